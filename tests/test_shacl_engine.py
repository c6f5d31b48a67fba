"""Our own engine: what datatypes allow and how values compare, messages, details, severities, and what it refuses."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from running import run
from test_shacl import PREFIXES, ex, turtle

from mitigraph import pipeline
from mitigraph.errors import InputError
from mitigraph.infer import infer
from mitigraph.knowledge import Knowledge
from mitigraph.outlook import outlook
from mitigraph.shacl import validate
from mitigraph.shacl.components.strings import expression
from mitigraph.shacl.data import Tables
from mitigraph.shacl.engine import check
from mitigraph.shacl.paths import path_of
from mitigraph.shacl.report import report_graph
from mitigraph.shacl.shapes import shapes_of
from mitigraph.shacl.vocabulary import sh
from mitigraph.shacl.xsd import DATATYPES, compare, is_well_typed, quick_lexical_test
from mitigraph.terms import XSD, literal

ALLOWED = {
    "integer": "0 -0 +12 007 99999999999999999999999999",
    "decimal": "1 1.0 -1.50 .5 5. +0.1",
    "double": "1 1e3 -1.5E-10 .5 INF -INF NaN +INF",
    "float": "1 1e3 NaN",
    "boolean": "true false 1 0",
    "byte": "-128 127 +1",
    "unsignedByte": "0 255",
    "short": "32767",
    "unsignedShort": "65535",
    "unsignedInt": "4294967295",
    "int": "-2147483648",
    "long": "9223372036854775807",
    "unsignedLong": "18446744073709551615",
    "positiveInteger": "1 99",
    "nonNegativeInteger": "0 -0",
    "negativeInteger": "-1",
    "nonPositiveInteger": "0 -7",
    "date": "2024-02-29 2000-02-29 2024-12-31Z -0044-03-15 12024-01-01+14:00 0000-01-01",
    "dateTime": "2024-02-29T23:59:59 2024-01-01T24:00:00 2024-01-01T00:00:00.123456789-05:00",
    "dateTimeStamp": "2024-01-01T00:00:00Z",
    "time": "00:00:00 24:00:00 23:59:59.9Z",
    "gYear": "2024 -0001 12024Z",
    "gYearMonth": "2024-02",
    "gMonth": "--02",
    "gMonthDay": "--02-29",
    "gDay": "---31",
    "duration": "P1Y2M3DT4H5M6.7S -P1D PT0S",
    "yearMonthDuration": "P1Y2M -P3M",
    "dayTimeDuration": "P1DT2H PT0.5S",
    "hexBinary": "0aFF",
    "base64Binary": "aGk= aGVsbG8h",
    "language": "en en-GB x-klingon",
    "NCName": "a_b-c.1 é",
    "Name": "a:b",
    "NMTOKEN": "1a",
    "token": "a",
    "normalizedString": "a",
    "anyURI": "http://a/b no-uri-at-all",
}
REFUSED = {
    "integer": "1.0 1e3 ١ 0x1 +-1",
    "decimal": "1e3 . NaN",
    "double": "inf 1e e5 nan",
    "boolean": "TRUE yes 2",
    "byte": "128 -129 1.0",
    "unsignedByte": "256 -1",
    "short": "32768",
    "unsignedShort": "65536",
    "unsignedInt": "4294967296 -1",
    "int": "2147483648",
    "long": "9223372036854775808",
    "unsignedLong": "18446744073709551616",
    "positiveInteger": "0 -1",
    "nonNegativeInteger": "-1",
    "negativeInteger": "0 12",
    "nonPositiveInteger": "1 99",
    "date": "2023-02-29 1900-02-29 2024-13-01 2024-04-31 24-01-01 2024-1-1 02024-01-01 2024-01-01+15:00 2024-01-01T00:00:00",
    "dateTime": "2024-01-01 2023-02-29T00:00:00 2024-01-01T24:00:01 2024-01-01T25:00:00 2024-01-01T00:00",
    "dateTimeStamp": "2024-01-01T00:00:00",
    "time": "24:00:01 12:00",
    "gYear": "24 02024",
    "gMonth": "--13",
    "gMonthDay": "--02-30 --04-31",
    "gDay": "---32",
    "duration": "P PT P1YT 1Y P-1Y",
    "yearMonthDuration": "P1D P",
    "dayTimeDuration": "P1Y PT",
    "hexBinary": "0 0g",
    "base64Binary": "a a=== aGl=",
    "language": "e_n toolonglanguage",
    "NCName": "a:b 1a",
    "token": "",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_texts_that_a_datatype_allows(name: str) -> None:
    assert [text for text in ALLOWED[name].split() if not is_well_typed(text, XSD + name)] == []


@pytest.mark.parametrize("name", REFUSED)
def test_texts_that_a_datatype_does_not_allow(name: str) -> None:
    assert [text for text in REFUSED[name].split() if is_well_typed(text, XSD + name)] == []


def test_white_space_is_no_part_of_a_value() -> None:
    for name in set(ALLOWED) - {"normalizedString", "anyURI"}:
        text = ALLOWED[name].split()[0]
        assert not is_well_typed(f" {text}", XSD + name), name
        assert not is_well_typed(f"{text}\n", XSD + name), name
    assert not is_well_typed("a\tb", XSD + "normalizedString")
    assert not is_well_typed("a  b", XSD + "token")


def test_what_is_quick_to_tell_is_right() -> None:
    texts = {text for table in (ALLOWED, REFUSED) for row in table.values() for text in row.split()}
    quick = {name: test for name in DATATYPES if (test := quick_lexical_test(name)) is not None}
    assert len(quick) > 10
    assert [(name, text) for name in quick for text in texts if quick[name](text) and not is_well_typed(text, name)] == []


def test_every_datatype_that_the_table_has_is_tried() -> None:
    assert {name.removeprefix(XSD) for name in DATATYPES if name.startswith(XSD)} - {"string"} == set(ALLOWED)


def of(text: str, name: str) -> str:
    return literal(text, XSD + name)


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        (of("9007199254740993", "integer"), of("9007199254740992.5", "decimal"), 1),
        (of("1", "integer"), of("1.0", "decimal"), 0),
        (of("0.1", "decimal"), of("0.1", "double"), 0),
        (of("1" * 400, "integer"), of("1e300", "double"), 1),
        (of("NaN", "double"), of("1", "integer"), None),
        (of("x", "integer"), of("1", "integer"), None),
        (of("a", "string"), of("b", "string"), -1),
        ('"a"@en', '"b"@en', None),
        (of("false", "boolean"), of("1", "boolean"), -1),
        (of("true", "boolean"), of("1", "integer"), None),
        ("<urn:a>", of("1", "integer"), None),
        (of("2024-01-01T00:00:00Z", "dateTime"), of("2024-01-01T01:00:00+01:00", "dateTime"), 0),
        (of("2024-01-01T00:00:00", "dateTime"), of("2024-01-01T10:00:00Z", "dateTime"), None),
        (of("2024-01-01T00:00:00", "dateTime"), of("2024-01-01T14:00:01Z", "dateTime"), -1),
        (of("2024-01-01T24:00:00", "dateTime"), of("2024-01-02T00:00:00", "dateTime"), 0),
        (of("-0044-03-15", "date"), of("0001-01-01", "date"), -1),
        (of("2024-02-29", "date"), of("2024-03-01", "date"), -1),
        (of("2024-01-01", "date"), of("2024-01-01T00:00:00", "dateTime"), None),
        (of("2024", "gYear"), of("2023", "gYear"), 1),
        (of("P1Y", "duration"), of("P12M", "yearMonthDuration"), 0),
        (of("P1M", "duration"), of("P30D", "duration"), None),
        (of("1" * 10_001 + "-01-01", "date"), of("2024-01-01", "date"), None),
        (of(f"P{'1' * 10_001}Y", "duration"), of("P1Y", "duration"), None),
        (of("1" * 5000 + "-01-01", "date"), of("1" * 4999 + "-01-01", "date"), 1),
        (of(f"2024-01-01T00:00:00.{'0' * 40}1", "dateTime"), of("2024-01-01T00:00:00", "dateTime"), 1),
        (of("PT36H", "dayTimeDuration"), of("P1D", "dayTimeDuration"), 1),
    ],
)
def test_values_compare(left: str, right: str, order: int | None) -> None:
    assert compare(left, right) == order
    assert compare(right, left) == (None if order is None else -order)


def test_days_go_on_without_gaps() -> None:
    days = [of(f"{year:04}-{month:02}-28", "date") for year in (-4, 0, 1600, 1999, 2000, 2100) for month in range(1, 13)]
    days = [day.replace("-004-", "-0004-") for day in days]
    assert all(compare(one, other) == -1 for one, other in pairwise(days))


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "found"),
    [
        ("^a$", "", "a\n", False),
        ("^a$", "m", "b\na\n", True),
        ("A", "i", "a", True),
        ("a.c", "q", "abc", False),
        ("^a b$", "x", "ab", True),
        ("^a#b$", "x", "a", False),
        ("^a#[ ]\\ $", "x", "a#  ", True),
        ("[$]$", "", "$", True),
    ],
)
def test_patterns_are_those_of_xpath(pattern: str, flags: str, text: str, found: bool) -> None:
    assert bool(expression(pattern, flags).search(text)) == found


# -- results ------------------------------------------------------------------------------------------------------------


def test_messages_say_what_was_found() -> None:
    message = "{$this} has {?value}, not more than {$maxInclusive}; {$path} {$unknown}"
    shapes = turtle(
        f"ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:maxInclusive 3 ; sh:message '{message}' , 'Zahl {{?value}}'@de ."
    )
    (result,) = validate(turtle("ex:a ex:p 4 ."), shapes)
    assert result.message == "https://example.org/a has 4, not more than 3; https://example.org/p {$unknown}"
    assert '"Zahl 4"@de' in result.messages


def test_a_shape_without_a_message_still_says_what_is_wrong() -> None:
    (result,) = validate([], turtle("ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:minCount 2 ."))
    assert result.message == "There must be 2 values or more."


def test_severities_of_ones_own_are_kept() -> None:
    (result,) = validate([], turtle("ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:minCount 1 ; sh:severity ex:Grave ."))
    assert (result.severity, result.severity_iri) == ("violation", ex("Grave"))


def test_details_say_why_a_nested_shape_fails() -> None:
    shapes = turtle(
        "ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:node [ sh:property [ sh:path ex:q ; sh:minCount 1 ; sh:message 'no q' ] ] ."
    )
    (result,) = validate(turtle("ex:a ex:p ex:b ."), shapes)
    assert [(detail.focus, detail.message) for detail in result.details] == [(ex("b"), "no q")]
    told = report_graph([result], "https://example.org/")
    assert [o for _, p, o in told if p == sh("resultMessage")][-1] == '"no q"'
    assert len({s for s, p, _ in told if p == sh("detail")}) == 1


def test_reports_name_results_the_same_each_time_and_paths_are_structures() -> None:
    shapes = turtle("ex:s sh:targetNode ex:a ; sh:path ( ex:p [ sh:zeroOrMorePath [ sh:inversePath ex:q ] ] ) ; sh:minCount 1 .")
    results = validate([], shapes)
    report = report_graph(results, "https://example.org/")
    assert report == report_graph(results, "https://example.org/")
    words = {sh("zeroOrMorePath"), sh("inversePath")}
    assert {p for _, p, _ in report} >= words
    assert len({s for s, p, _ in report_graph(results * 2, "https://example.org/") if p == sh("focusNode")}) == 2


def test_the_same_result_is_told_once_or_as_often_as_the_standard_has_it() -> None:
    both = "[ sh:path ex:p ; sh:property ex:t ] , [ sh:path ex:q ; sh:property ex:t ]"
    shapes = shapes_of(turtle(f"ex:s sh:targetNode ex:a ; sh:property {both} . ex:t sh:path ex:r ; sh:minCount 1 ."))
    data = Tables(turtle("ex:a ex:p ex:b ; ex:q ex:b ."))
    assert (len(check(data, shapes)), len(check(data, shapes, every=True))) == (1, 2)


@pytest.mark.parametrize(
    "text", ["<urn:p>/(<urn:q>|^<urn:r>)", "(<urn:p>/<urn:q>)*", "^(^<urn:p>)", "((<urn:p>|<urn:q>)?)/(<urn:r>+)"]
)
def test_paths_are_read_as_they_are_written(text: str) -> None:
    assert path_of(text).sparql() == text
    assert path_of(text).reversed().reversed().sparql() == text.replace("^(^<urn:p>)", "<urn:p>")


@pytest.mark.parametrize("text", ["", "<urn:p>/", "(<urn:p>", "<urn:p> <urn:q>", "*", "<urn:p>)"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        path_of(text)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("sh:path ex:p ; sh:minCount 'one'", "no whole number"),
        ("sh:path ex:p ; sh:minCount 1 , 2", "2 values"),
        ("sh:minCount 1", "sh:path"),
        ("sh:path 'p' ; sh:minCount 1", "a literal"),
        ("sh:path [ sh:inversePath ex:p ; sh:zeroOrMorePath ex:p ] ; sh:minCount 1", "cannot be read"),
        ("sh:path ( ex:p ) ; sh:minCount 1", "fewer than two"),
        ("sh:in ex:p", "no list"),
        ("sh:nodeKind ex:p", "no kind"),
        ("sh:class 'c'", "no IRI"),
        ("sh:datatype 'c'", "literal"),
        ("sh:pattern 1", "no plain text"),
        ("sh:pattern 'a' ; sh:flags 'z'", "cannot be read"),
        ("sh:node 'c'", "literal"),
        ("sh:deactivated 'c' ; sh:class ex:C", "neither true nor false"),
        ("sh:message 1 ; sh:class ex:C", "no text"),
        ("sh:severity 'c' ; sh:class ex:C", "no IRI"),
        ("sh:maxInclusive ex:p", "no literal"),
        ("sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1", "sh:path"),
    ],
)
def test_ill_formed_shapes_are_refused(shape: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        shapes_of(turtle(f"ex:s sh:targetNode ex:a ; {shape} ."))
    assert str(caught.value).startswith("could not check: ")


def test_shapes_that_refer_to_themselves_are_refused_by_the_engine_too() -> None:
    with pytest.raises(InputError, match="refers to itself"):
        check(Tables(), shapes_of(turtle("ex:s sh:targetNode ex:a ; sh:node ex:s .")))


# -- what is not looked at -------------------------------------------------------------------------------------------------


def test_what_shapes_cannot_see_changes_no_result(shared: Path) -> None:
    knowledge = Knowledge()
    dataset = pipeline.read_dataset([str(shared / "seeds"), str(shared / "data" / "mit-mitigations-v1")], knowledge)
    asserted = dataset.asserted | knowledge.background
    full = asserted | infer(asserted, knowledge.rules, knowledge.prefixes)
    keep, rules = outlook(knowledge.shapes, knowledge, [])
    assert keep is not None
    assert 0 < len(rules) < len(knowledge.rules)
    seen = {triple for triple in asserted if triple[1] in keep}
    narrow = seen | infer(seen, rules, knowledge.prefixes)
    assert len(narrow) < len(full)
    assert validate(narrow, knowledge.shapes) == validate(full, knowledge.shapes) != []


@pytest.mark.parametrize("large", [1 << 20, 0])
def test_ntriples_are_checked_as_turtle_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    monkeypatch.setattr("mitigraph.locate._LARGE", large)
    airmo, label = "https://w3id.org/airmo#", "http://www.w3.org/2000/01/rdf-schema#label"
    lines = [
        f"<urn:x:m> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{airmo}Mitigation> .",
        f'<urn:x:m> <{label}> " cafe\u0301 "@EN .',
        f"<urn:x:m> <{airmo}hasCategry> _:b .",
        "<urn:x:m> <http://www.w3.org/2002/07/owl#imports> <urn:x:o> .",
        f"<urn:x:m> <{airmo}qualifiedClassification> <urn:x:c> .",
    ]
    said = []
    for name in ("a.nt", "a.ttl"):
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = run("validate", tmp_path / name, "--report", "json")
        said.append(done.out.replace(b"a.ttl", b"a.nt"))
    assert said[0] == said[1]
    assert said[0].count(b'"code"') > 5


def test_own_shapes_in_another_vocabulary_need_no_rule(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(PREFIXES + "ex:s sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .", encoding="utf-8")
    assert outlook(turtle(shapes.read_text(encoding="utf-8")), Knowledge(), []).rules == []
    data = tmp_path / "data.nt"
    data.write_text("<urn:x:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/C> .\n", encoding="utf-8")
    done = run("validate", data, "-s", shapes)
    assert (done.code, done.out.count(b"data.nt:1:")) == (1, 1)
