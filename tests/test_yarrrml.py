"""YARRRML in all its forms: forms that say the same are the same plan, and every fault has its line, key and words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigraph.finding import Finding
from mitigraph.mapping import Lexicon, Mapping, MappingError, examine
from mitigraph.mapping.expression import Call, Reference, Template, Text
from mitigraph.mapping.plan import DEFAULT_GRAPH, Join, PredicateObject, TermMap, TriplesMap, Where
from mitigraph.mapping.yarrrml.words import ALIASES, MAP, OBJECT, PARAMETER, RULE, SOURCE, TOP

PREFIXES = "prefixes: {ex: 'https://example.org/'}\n"
EX = "https://example.org/"
LEXICON = Lexicon()


def read(text: str) -> Mapping:
    return examine((PREFIXES + text).encode(), "m.yml", LEXICON)


def grave(mapping: Mapping) -> list[Finding]:
    return [finding for finding in mapping.findings if finding.severity != "info"]


def plan(text: str) -> TriplesMap:
    """The first triples map of a file in which nothing is wrong."""
    mapping = read(text)
    assert grave(mapping) == []
    return mapping.triples_maps[0]


def rules(text: str) -> list[PredicateObject]:
    """The rules that ``text`` makes under ``po``, without their places."""
    made = plan(f"sources: {{t: [t.csv~csv]}}\nmappings:\n  m:\n    sources: t\n    s: ex:$(id)\n    po:\n      - {text}\n").rules
    return [bare(rule) for rule in made]


NOWHERE = Where("", 0, "")


def bare(rule: PredicateObject) -> PredicateObject:
    def plain(terms: tuple[TermMap, ...]) -> tuple[TermMap, ...]:
        return tuple(replace(term, where=NOWHERE) for term in terms)

    objects = tuple(replace(one, where=NOWHERE) for one in rule.objects)
    return replace(rule, predicates=plain(rule.predicates), objects=objects, graphs=plain(rule.graphs), where=NOWHERE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[ex:p, $(a)]", "{predicates: ex:p, objects: $(a)}"),
        ("[ex:p, $(a)]", "{predicate: [ex:p], object: [{value: $(a), type: literal}]}"),
        ("[a, ex:C]", "{p: rdf:type, o: ex:C~iri}"),
        ("[a, ex:C]", "{p: a, o: {v: ex:C, type: iri}}"),
        ("[[ex:p, ex:q], [$(a), $(b)]]", "{p: [ex:p, ex:q], o: [$(a), {value: $(b)}]}"),
        ("[ex:p, $(a), xsd:date]", "{p: ex:p, o: {value: $(a), datatype: xsd:date}}"),
        ("[ex:p, $(a), xsd:date]", "{p: ex:p, o: $(a), datatype: xsd:date}"),
        ("[ex:p, $(a), xsd:date]", "{p: ex:p, o: [[$(a), xsd:date]]}"),
        ("[ex:p, $(a), en~lang]", "{p: ex:p, o: {value: $(a), language: en}}"),
        ("[ex:p, $(a), en~lang]", "{p: ex:p, o: {value: $(a), language: en~lang}}"),
        ("[ex:p, $(a), en~lang]", "{p: ex:p, o: $(a), language: en}"),
        ("[ex:p, $(a), en~lang]", "{p: ex:p, o: {value: $(a), language: en, datatype: rdf:langString}}"),
        ("[ex:p, $(a), $(l)~lang]", "{p: ex:p, o: {value: $(a), language: {value: $(l)}}}"),
        ("[ex:p, $(a)~iri]", "{p: ex:p, o: $(a), type: iri}"),
        ("[ex:p, $(a)~iri]", "{p: ex:p, o: {value: $(a)~iri}}"),
        ("{p: ex:p, o: x, g: ex:g}", "{p: ex:p, o: x, graphs: [{value: ex:g}]}"),
        ("{p: ex:p, o: x, g: rr:defaultGraph}", "{p: ex:p, o: x, graph: rml:defaultGraph}"),
        ("{p: ex:p, o: x, c: mg:present($(a))}", "{p: ex:p, o: x, condition: {function: present, parameters: [$(a)]}}"),
        ("{p: ex:p, o: x, c: mg:present($(a))}", "{p: ex:p, o: {value: x, condition: mg:present($(a))}}"),
        (
            "{p: ex:p, o: x, c: [mg:absent($(a)), mg:present($(b))]}",
            "{p: ex:p, o: {v: x, c: mg:present($(b))}, c: mg:absent($(a))}",
        ),
        ("[ex:p, mg:upper($(a))]", "{p: ex:p, o: {f: grel:toUpperCase, pms: [[grel:valueParameter, $(a)]]}}"),
        ("[ex:p, mg:upper($(a))]", "{p: ex:p, o: {f: grel:toUpperCase, pms: [grel:valueParameter, $(a)]}}"),
        ("[ex:p, mg:upper($(a))]", "{p: ex:p, o: {fn: grel:toUpperCase, parameters: [{pm: grel:valueParameter, v: $(a)}]}}"),
        ("[ex:p, mg:upper($(a))]", "{p: ex:p, o: {f: 'grel:toUpperCase(grel:valueParameter = $(a))'}}"),
        ("[ex:p, mg:upper($(a))]", "{p: ex:p, o: {f: grel:toUpperCase(valueParameter = $(a))}}"),
        ("[ex:p, mg:upper($(a))]", "{p: ex:p, o: {f: upper, pms: {v: $(a)}}}"),
        ("[ex:p, mg:upper(mg:trim($(a)))]", "{p: ex:p, o: {f: upper, pms: [[value, {f: trim, pms: [$(a)]}]]}}"),
        ("[ex:p, mg:upper(mg:trim($(a)))]", "{p: ex:p, o: {f: upper, pms: [{f: trim, pms: [$(a)]}]}}"),
        ("[ex:p, mg:upper(mg:trim($(a)))]", "{p: ex:p, o: {f: upper, pms: [{parameter: value, f: trim, pms: [$(a)]}]}}"),
        ("[ex:p, mg:upper(mg:trim($(a)))]", "{p: ex:p, o: {value: mg:upper(mg:trim($(a)))}}"),
        ("{p: ex:p, o: ['mg:equal($(a), x)']}", "{p: ex:p, o: {f: equal, pms: [[str1, $(a)], [str2, x]]}}"),
        ("{p: ex:p, o: ['mg:equal($(a), x)']}", "{p: ex:p, o: {f: idlab-fn:equal, pms: [[str2, x], [str1, $(a)]]}}"),
    ],
)
def test_forms_that_say_the_same(one: str, other: str) -> None:
    assert rules(one) == rules(other)


@pytest.mark.parametrize(
    "condition",
    [
        "{function: equal, parameters: [[str1, $(a), s], [str2, $(b), o]]}",
        "{function: equal, parameters: [[str2, $(b), o], [str1, $(a), s]]}",
        "{function: equal, parameters: [[str2, $(a), s], [str1, $(b), o]]}",
        "{function: equal, parameters: [[str1, $(a)], [str2, $(b), object]]}",
        "{function: equal, parameters: [[str1, $(a), subject], [str2, $(b)]]}",
        "{function: equal, parameters: [[str1, $(a)], [str2, $(b)]]}",
        "{f: idlab-fn:equal, pms: [[grel:valueParameter, $(a), s], [grel:valueParameter2, $(b), o]]}",
        "'mg:equal($(a), $(b))'",
        "{function: 'idlab-fn:equal($(a), $(b))'}",
        "[{function: equal, parameters: [[str1, $(a), s], [str2, $(b), o]]}]",
        "{f: and, pms: [[conditions, {f: equal, pms: [[str1, $(a), s], [str2, $(b), o]]}]]}",
        "{f: grel:boolean_and, pms: [{pm: grel:param_rep_b, v: {f: equal, pms: [[str1, $(a), s], [str2, $(b), o]]}}]}",
    ],
)
def test_conditions_of_joins(condition: str) -> None:
    (rule,) = rules(f"{{p: ex:p, o: {{mapping: m, condition: {condition}}}}}")
    (join,) = rule.objects
    assert isinstance(join, Join)
    assert join.conditions == ((Reference("a"), Reference("b")),)


def test_a_join_over_functions_and_several_conditions() -> None:
    text = "{p: ex:p, o: {mapping: m, condition: [{f: equal, pms: [[str1, $(a), s], "
    text += "{pm: str2, v: {f: lower, pms: [[value, $(b), o]]}}]}, "
    (rule,) = rules(text + "'mg:and(mg:equal($(c), $(d)), mg:equal($(e), $(f)))']}}")
    (join,) = rule.objects
    assert isinstance(join, Join)
    assert join.conditions == (
        (Reference("a"), Call("lower", (Reference("b"),))),
        (Reference("c"), Reference("d")),
        (Reference("e"), Reference("f")),
    )


def test_a_join_with_several_mappings() -> None:
    (rule,) = rules("{p: ex:p, o: {mapping: [m, m], unmatched: none}}")
    assert [one.triples_map for one in rule.objects if isinstance(one, Join)] == ["m", "m"]


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("s: ex:a", [(Text(f"{EX}a"), "iri")]),
        ("subjects: [ex:a, $(b)]", [(Text(f"{EX}a"), "iri"), (Reference("b"), "iri")]),
        ("subject: {value: ex:$(a)}", [(Template((EX, Reference("a"))), "iri")]),
        ("subject: {value: $(a), type: blank}", [(Reference("a"), "blank")]),
        ("subject: {type: blank}", [(None, "blank")]),
        ("subject: {value: $(a), type: unsafe-iri}", [(Reference("a"), "unsafe-iri")]),
        ("subjects: ~", [(None, "blank")]),
        ("each: b", [(None, "blank")]),
        ("s: {function: lower, parameters: [$(a)]}", [(Call("lower", (Reference("a"),)), "iri")]),
        ("s: [{function: lower, parameters: [$(a)], type: blank}]", [(Call("lower", (Reference("a"),)), "blank")]),
        ("s: 'ex:$(a)\\:x'", [(Template((EX, Reference("a"), ":x")), "iri")]),
        ("s: ex:$((a\\))", [(Template((EX, Reference("(a)"))), "iri")]),
    ],
)
def test_subjects(text: str, subjects: list[tuple[object, str]]) -> None:
    found = plan(f"sources: {{t: [t.csv~csv]}}\nmappings: {{m: {{sources: t, {text}}}}}")
    assert [(one.expression, one.kind) for one in found.subjects] == subjects


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        ("[a.csv~csv]", ("a.csv", "csv", {})),
        ("[[a.csv~csv]]", ("a.csv", "csv", {})),
        ("a.tsv~csv", ("a.tsv", "tsv", {})),
        ("[a.txt~csv]", ("a.txt", "csv", {})),
        ("[a.txt~jsonpath, '$.a']", ("a.txt", "page", {"iterator": "$.a"})),
        ("[[a.json~jsonpath, '$.a[*]']]", ("a.json", "json", {"iterator": "$.a[*]"})),
        ("[a.yml~jsonpath, '$.[*]']", ("a.yml", "yaml", {"iterator": "$[*]"})),
        ("{access: b/a, referenceFormulation: JSONPath, iterator: $}", ("b/a", "json", {"iterator": "$"})),
        ("{access: a, type: localfile}", ("a", "csv", {})),
        ("{access: a, format: jsonl, 'null': [n/a]}", ("a", "jsonl", {"null": ["n/a"]})),
        ("{access: a.csv, quoteChar: ~, encoding: latin-1}", ("a.csv", "csv", {"quoteChar": None, "encoding": "latin-1"})),
        ("{access: a.csv, header: false, columns: [x, y]}", ("a.csv", "csv", {"header": "false", "columns": ["x", "y"]})),
    ],
)
def test_sources(sources: str, found: tuple[str, str, dict[str, object]]) -> None:
    for text in (
        f"mappings: {{m: {{sources: {sources}, s: ex:a}}}}",
        f"sources: {{t: {sources}}}\nmappings: {{m: {{sources: t, s: ex:a}}}}",
    ):
        if text.startswith("sources") and sources.startswith("[["):
            continue
        mapping = read(text)
        assert grave(mapping) == []
        (source,) = mapping.sources
        assert (source.access, source.format, dict(source.options)) == found
        assert mapping.triples_maps[0].sources == (source.name,)


def test_sources_by_name_and_in_place_together() -> None:
    mapping = read(
        "sources: {t: [t.csv~csv]}\nmappings:\n  m: {sources: [t, [u.json~jsonpath, $], {access: v.csv}], s: ex:a}\n"
        "  n: {sources: [[u.json~jsonpath, $]], s: ex:a}"
    )
    assert [one.sources for one in mapping.triples_maps] == [("t", "m#2", "m#3"), ("m#2",)]


def test_the_condition_of_a_source() -> None:
    mapping = read("sources: {t: {access: t.csv, c: mg:present($(a)), columns: [b]}}\nmappings: {m: {sources: t, s: ex:$(b)}}")
    assert mapping.sources[0].condition == Call("present", (Reference("a"),))
    assert [finding.value for finding in grave(mapping)] == ["a"]


def test_what_the_file_says_of_itself() -> None:
    mapping = read(
        "base: 'https://b.example/'\ntitle: T\ndataset: d\nexternal: {name: John, from: x}\n"
        "a: [Jo Do <j@do.com>, {name: Ja, email: j@a.b, website: 'https://j.a'}, 'https://j.d/#me']\n"
        "mapping: {m: {s: ex:$(_name), g: ex:$(_name), po: [[ex:p, '$(_name), $(_from)']]}}"
    )
    assert grave(mapping) == []
    assert mapping.base == "https://b.example/"
    assert mapping.authors == ("Jo Do <j@do.com>", "Ja <j@a.b> (https://j.a)", "https://j.d/#me")
    (only,) = mapping.triples_maps
    assert [only.subjects[0].expression, only.graphs[0].expression] == [Text(f"{EX}John"), Text(f"{EX}John")]
    assert only.rules[0].objects[0].expression == Text("John, x")  # type: ignore[union-attr]


def test_the_default_graph_by_its_names() -> None:
    found = plan("mappings: {m: {s: ex:a, graphs: [rr:defaultGraph, rml:defaultGraph]}}").graphs
    assert [one.expression for one in found] == [Text(DEFAULT_GRAPH)] * 2


def test_ways_back() -> None:
    mapping = read(
        "sources: {t: [t.csv~csv]}\nmappings:\n  m:\n    sources: t\n    s: ex:$(id)\n    c: mg:present($(x))\n    po:\n"
        "      - {p: ex:p, iv: [ex:q, ex:r], c: mg:present($(y)), o: "
        "[ex:$(a)~iri, {mapping: n, condition: 'mg:equal($(a), $(b))'}]}\n"
        "  n: {sources: t, s: ex:n/$(id)}"
    )
    assert grave(mapping) == []
    back, child, parent = mapping.triples_maps[2:]
    both = Call("and", (Call("present", (Reference("x"),)), Call("present", (Reference("y"),))))
    assert [one.expression for one in back.rules[0].predicates] == [Text(f"{EX}q"), Text(f"{EX}r")]
    assert (back.condition, back.subjects[0].expression) == (both, Template((EX, Reference("a"))))
    assert (child.condition, child.rules) == (both, ())
    (join,) = parent.rules[0].objects
    assert isinstance(join, Join)
    assert (join.triples_map, join.conditions) == (child.name, ((Reference("b"), Reference("a")),))
    assert parent.subjects == mapping.triples_maps[1].subjects


def faults(name: str) -> list[str]:
    """The lines of a table of faults."""
    lines = (Path(__file__).parent / "yarrrml" / name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("# ")]


@pytest.mark.parametrize("line", faults("faulty-rules.txt"))
def test_faults_of_rules(line: str) -> None:
    text, _, told = line.rpartition(" |")
    mapping = read(f"sources: {{t: [t.csv~csv]}}\nmappings:\n  m:\n    sources: t\n    s: ex:$(id)\n    po: [{text}]\n")
    if told:
        codes, lines = [finding.code for finding in mapping.findings], [str(finding) for finding in mapping.findings]
        assert told.strip() in (lines if told.startswith(" m.yml") else codes)
    else:
        assert mapping.findings == []


@pytest.mark.parametrize("line", faults("faulty-files.txt"))
def test_faults_of_the_rest(line: str) -> None:
    text, _, told = line.rpartition(" | ")
    found = [str(finding) for finding in read(text).findings]
    assert [one for one in found if one.startswith(told)], found


KEYS = st.sampled_from(sorted({*ALIASES, *TOP, *MAP, *RULE, *OBJECT, *SOURCE, *PARAMETER, "m", "t", "quoted", "~"}))
SCALARS = st.sampled_from(
    [
        "a",
        "ex:a",
        "$(a)",
        "ex:$(a)~iri",
        "mg:upper($(a))",
        "mg:equal(",
        "t",
        "m",
        "s",
        "o",
        "blank",
        "iri",
        "csv",
        "a.csv~csv",
        "_:b",
        "a.json~jsonpath",
        "$.[*]",
        "en~lang",
        "xsd:date",
        "equal",
        "and",
        "upper",
        "str1",
        "true",
        "1",
        "null",
        "\\",
        "$(_x)",
        "~",
        ":",
    ]
)
NODES = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def parts(keys: frozenset[str]) -> st.SearchStrategy[object]:
    """An object with some of the keys it may have, and anything below them."""
    return st.dictionaries(st.sampled_from(sorted(keys)), NODES, max_size=5) | NODES


DOCUMENTS = st.fixed_dictionaries(
    {"mappings": st.fixed_dictionaries({"m": parts(MAP)}), "sources": st.fixed_dictionaries({"t": parts(SOURCE)})},
    optional=dict.fromkeys(sorted(TOP - {"mappings", "sources", "prefixes"}), NODES),
)
RULES = st.lists(parts(RULE) | st.lists(parts(OBJECT), max_size=4), max_size=3)


@settings(max_examples=300, deadline=None)
@given(
    DOCUMENTS | RULES.map(lambda po: {"mappings": {"m": {"sources": "t", "s": "ex:a", "po": po}}, "sources": {"t": ["a~csv"]}})
)
def test_any_structure_is_read_or_refused(document: dict[str, object]) -> None:
    text = json.dumps({"prefixes": {"ex": EX}, **document})
    try:
        found = examine(text.encode(), "m.yml", LEXICON).findings
    except MappingError as error:
        found = error.findings
    assert all(finding.place.file == "m.yml" and finding.place.line for finding in found)
