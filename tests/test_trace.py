"""The way back from a triple to the very value of a list that it was made of, and to both records of a join."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from test_mapping import FOLDERS, inputs, lexicon, run_case
from test_mapping_engine import run_of

from mitigraph.finding import Place
from mitigraph.mapping import Lexicon, Run, load_mapping, trace
from mitigraph.terms import Triple, is_literal, literal_parts

__all__ = ["lexicon"]

ONE = """
sources: {{s: {{access: rows.json, iterator: "$[*]", fields: {{{fields}}}}}}}
mappings: {{m: {{sources: s, s: m/$(id), po: [[rdfs:label, {object}]]}}}}
"""


def values_behind(run: Run, predicate: str = "label>") -> dict[str, list[str]]:
    """For each literal the pointers, within their record, of the values it came from; ways of one triple are parted by "or"."""
    found: dict[str, list[str]] = {}
    for triple in dict.fromkeys(run.triples()):
        if triple[1].endswith(predicate):
            ways = [[(cell.place.pointer or "").partition("/")[2] for cell in one.cells] for one in run.origins(*triple)]
            text = literal_parts(triple[2]).text if is_literal(triple[2]) else triple[2].rpartition("example.org/")[2]
            found[text] = [pointer.partition("/")[2] for pointer in " or ".join(" ".join(way) for way in ways).split(" ")]
    return found


@pytest.mark.parametrize(
    ("fields", "label", "a", "b", "cells"),
    [
        pytest.param("", "mg:integer($(a))", ["x", "1", "2"], [], {"1": ["a/1"], "2": ["a/2"]}, id="refused"),
        pytest.param("", "mg:replace($(a), x, '')", ["x", "y"], [], {"y": ["a/1"]}, id="replaced by nothing"),
        pytest.param(
            "",
            "mg:split($(a), separator=',')",
            ["p,q", "r"],
            [],
            {"p": ["a/0"], "q": ["a/0"], "r": ["a/1"]},
            id="several of one",
        ),
        pytest.param("", "mg:unique($(a))", ["x", "x", "y"], [], {"x": ["a/0"], "y": ["a/2"]}, id="of all at once"),
        pytest.param("", "mg:reverse($(a))", ["x", "y"], [], {"x": ["a/0"], "y": ["a/1"]}, id="backwards"),
        pytest.param("", "$(a)", ["x", "y", "x"], [], {"x": ["a/0", "a/2"], "y": ["a/1"]}, id="the same twice"),
        pytest.param("", "mg:join($(a), '+')", ["x", "y"], [], {"x+y": ["a/0"]}, id="made of none alone"),
        pytest.param(
            "",
            "$(a)-$(b)",
            ["x"],
            ["1", "2"],
            {"x-1": ["a/0", "b/0"], "x-2": ["a/0", "b/1"]},
            id="one with each",
        ),
        pytest.param(
            "",
            "$(a)-$(b)",
            ["x", "y"],
            ["1", "2"],
            {
                "x-1": ["a/0", "b/0"],
                "x-2": ["a/0", "b/1"],
                "y-1": ["a/1", "b/0"],
                "y-2": ["a/1", "b/1"],
            },
            id="every combination",
        ),
        pytest.param(
            "both: ['mg:integer($(a))', 'mg:lower($(b))']",
            "$(both)",
            ["x", "1"],
            ["Y", "Z"],
            {"1": ["a/1"], "y": ["b/0"], "z": ["b/1"]},
            id="a list of expressions",
        ),
        pytest.param(
            "both: [$(a), $(b)]", "mg:sort($(both))", ["z"], ["y"], {"z": ["a/0"], "y": ["b/0"]}, id="a list, all at once"
        ),
    ],
)
def test_a_value_of_a_list(fields: str, label: str, a: list[str], b: list[str], cells: dict[str, list[str]]) -> None:
    data = json.dumps([{"id": "A", "a": a, "b": b}]).encode()
    run = run_of(ONE.format(fields=fields, object=f'"{label}"'), data, "rows.json", "json")
    assert values_behind(run) == cells


EACH = """
sources: {s: {access: rows.json, iterator: "$[*]", fields: {one: "mg:replace($(a), x, '')"}}}
mappings:
  m: {sources: s, s: m/$(id), po: [{p: rdfs:label, o: {mapping: each}}]}
  each:
    sources: s
    each: one
    condition: mg:notEqual($(one), none)
    fields: {n: mg:position()}
    s: m/$(id)/$(one)/$(n)
    po:
      - [rdfs:comment, "$(n): $(one)"]
      - [rdfs:seeAlso, "$(one) $(b)"]
      - [a, owl:Thing]
      - {p: rdfs:range, o: $(one), condition: 'mg:equal($(n), "3")'}
"""


def test_passes_are_numbered_as_in_the_whole_record() -> None:
    data = b'[{"id": "A", "a": ["x", "none", "y", "y", "z"], "b": ["1", "2"]}]'
    run = run_of(EACH, data, "rows.json", "json")
    assert values_behind(run, "comment>") == {"2: y": ["a/2"], "3: y": ["a/3"], "4: z": ["a/4"]}
    assert values_behind(run, "seeAlso>")["z 2"] == ["b/1", "a/4"]
    assert values_behind(run, "range>") == {"y": ["a/3"]}
    parts = {o: [str(place.pointer) for place in run.locate(s, p, o)] for s, p, o in run.triples() if p.endswith("label>")}
    assert sorted(map(tuple, parts.values())) == [("/0/a/2", "/0/id"), ("/0/a/3", "/0/id"), ("/0/a/4", "/0/id")]
    types = [run.origins(s, p, o)[0].cells for s, p, o in run.triples() if p.endswith("type>")]
    assert [[cell.place.pointer for cell in cells if "/a/" in str(cell.place)] for cells in types] == [
        ["/0/a/2"],
        ["/0/a/3"],
        ["/0/a/4"],
    ]


def test_a_key_is_the_whole_records() -> None:
    """One made of all values is not made anew of each: nobody's key would be taken by what is only looked at."""
    fields = "key: \"mg:key(mg:join($(a), '-'))\""
    text = ONE.format(fields=fields, object='"$(key): $(a)"').replace("m/$(id)", "m/$(key)")
    run = run_of(text, b'[{"a": ["x", "y"]}, {"a": ["y"]}]', "rows.json", "json")
    assert values_behind(run) == {"x-y: x": ["a/0"], "x-y: y": ["a/1"], "y: y": ["a/0"]}
    assert [s for s, _, _ in run.triples()][-1] == "<https://example.org/m/y>"
    assert run.findings == []


def test_a_subject_of_several_keys() -> None:
    text = ONE.format(fields="key: mg:key(mg:lower($(a)))", object="$(key)").replace("m/$(id)", "m/$(key)")
    run = run_of(text, b'[{"a": ["X", "Y"]}]', "rows.json", "json")
    subject, label = "<https://example.org/m/y>", "<http://www.w3.org/2000/01/rdf-schema#label>"
    assert [str(place.pointer) for place in run.locate(subject)] == ["/0/a/1"]
    assert values_behind(run) == {"x": ["a/0"], "y": ["a/1"]} and run.rules(subject, label, '"x"')


RML = """
@prefix rml: <http://w3id.org/rml/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<#m> a rml:TriplesMap ;
  rml:logicalSource [ rml:source [ a rml:RelativePathSource ; rml:path "rows.json" ] ;
    rml:referenceFormulation rml:JSONPath ; rml:iterator "$[*]" ] ;
  rml:subjectMap [ rml:template "https://example.org/{$.id}" ] ;
  rml:predicateObjectMap [ rml:predicate rdfs:label ; rml:objectMap [ rml:reference "$.a[*]" ] ] .
"""


def test_values_of_natural_types_and_of_paths_that_end_at_values() -> None:
    mapping = load_mapping(RML.encode(), "m.ttl", Lexicon(base="https://example.org/"))
    run = Run(mapping, inputs(mapping, {"rows.json": b'[{"id": "A", "a": [null, [3], 1, "1", true]}]'}), Lexicon())
    told = {o: [cell.place.pointer for cell in run.origins(s, p, o)[0].cells] for s, p, o in run.triples()}
    assert {term.partition("#")[2] or term: pointers for term, pointers in told.items()} == {
        "integer>": ["/0/a/2"],
        '"1"': ["/0/a/3"],
        "boolean>": ["/0/a/4"],
    }
    assert [finding.code for finding in run.findings] == ["not-a-value"], "nothing is told again"


JOIN = """
sources: {s: {access: rows.csv}}
mappings:
  m:
    sources: s
    s: m/$(id)
    po: [{p: dcterms:isPartOf, o: {mapping: group, condition: "mg:equal($(parent), $(id))"}}]
  group: {sources: s, s: "group/$(name)", po: [[rdfs:label, $(name)]]}
  other: {sources: s, s: "group/$(note)", po: [[rdfs:label, $(name)]]}
"""


def test_a_join_leads_to_both_records() -> None:
    run = run_of(JOIN, b"id,name,parent,note\n1,x,,y\n2,y,,\n3,z,2,\n")
    ((s, p, o),) = [triple for triple in run.triples() if triple[1].endswith("isPartOf>")]
    (origin,) = run.origins(s, p, o)
    assert [str(cell.place) for cell in origin.cells] == ["rows.csv:4:parent", "rows.csv:3:name"]
    assert [str(place) for place in run.locate(s, p, o)] == ["rows.csv:4:parent"], "what is to be mended"


def test_of_a_record_with_a_violation_it_is_not_said_that_no_rule_is_for_it() -> None:
    text = """
sources: {s: {access: rows.csv}}
mappings: {m: {sources: s, condition: 'mg:equal(mg:integer($(n)), "1")', s: m/$(id), po: [[rdfs:label, $(n)]]}}
"""
    run = run_of(text, b"id,n\n1,1\n2,x\n3,3\n")
    assert len(list(run.triples())) == 1
    assert [(finding.code, str(finding.place)) for finding in run.findings] == [
        ("bad-value", "rows.csv:3:n"),
        ("no-rule", "rows.csv:4"),
    ]
    assert run.counts[0].rejected == 2


def told_of(run: Run, triples: list[Triple]) -> list[object]:
    """All that can be asked for: of each triple, and of what each subject might have had."""
    subjects, predicates = (sorted({triple[number] for triple in triples}) for number in (0, 1))
    asked: list[tuple[str, str | None]] = [*product(subjects, predicates), *((subject, None) for subject in subjects)]
    ways = [(run.origins(*triple), run.locate(*triple)) for triple in triples]
    return [ways, [run.locate(*one) for one in asked]]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_what_is_traced_together_is_told_as_if_it_were_traced_alone(
    folder: Path, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether or not it was said what will be asked for, however many records are traced at once, kept, or read again."""
    run, found, _ = run_case(folder, lexicon)
    triples = sorted(set(found))[:60]
    if run is None or not triples:
        pytest.skip("nothing is mapped")
    alone = told_of(run, triples)
    for together, kept, few, held in ((400, 2_000, 8, 200_000), (2, 1, 8, 200_000), (3, 2, 1, 0)):
        for name, number in {"TOGETHER": together, "KEPT_TRACES": kept, "FEW": few, "KEPT": held}.items():
            monkeypatch.setattr(trace, name, number)
        again, _, _ = run_case(folder, lexicon)
        assert again is not None
        again.expect([triple[0] for triple in reversed(triples)][::2])
        assert told_of(again, triples) == alone


MANY = "sources: {s: {access: rows.csv}}\nmappings: {m: {sources: s, s: m/$(id), po: [[rdfs:label, $(name)]]}}"


def test_records_that_will_be_asked_for_are_traced_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no others with them; without a word of it, each by itself. What is thrown away does not bring all others back."""
    numbers = range(1, 41)
    data = "id,name\n" + "".join(f"{number},x\n" for number in numbers)

    def batches(expected: Sequence[int], asked: Sequence[int]) -> int:
        run = run_of(MANY, data.encode())
        run.expect([f"<https://example.org/m/{number}>" for number in expected])
        for number in asked:
            told = run.locate(f"<https://example.org/m/{number}>", "<http://www.w3.org/2000/01/rdf-schema#label>")
            assert told == [Place("rows.csv", number + 1, "name", number)]
        return run._tracing().batches

    assert (batches([], numbers), batches(numbers, numbers), batches(numbers[:30], numbers[:30])) == (40, 1, 1)
    monkeypatch.setattr(trace, "TOGETHER", 10)
    monkeypatch.setattr(trace, "KEPT_TRACES", 10)
    assert (batches(numbers, numbers), batches(numbers, [*numbers, 1])) == (4, 5)
