"""The SHACL room: results in a fixed order and form, and no shapes graph that passes because it was not understood."""

from __future__ import annotations

import logging
import random

import pyoxigraph
import pytest

from mitigraph.errors import EngineError, InputError
from mitigraph.shacl import Result, pyshacl_engine, validate
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import Triple, literal

PREFIXES = """
@prefix ex: <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
PERSON = """
ex:PersonShape a sh:NodeShape ; sh:targetClass ex:Person ; sh:property ex:name , ex:age .
ex:name sh:path ex:name ; sh:minCount 1 ; sh:message "no name" .
ex:age sh:path ex:age ; sh:datatype xsd:integer ; sh:severity sh:Warning ; sh:message "Alter"@de , "age"@en .
"""


def turtle(text: str) -> list[Triple]:
    return [
        (term(quad.subject), term(quad.predicate), term(quad.object))
        for quad in pyoxigraph.parse(input=PREFIXES + text, format=pyoxigraph.RdfFormat.TURTLE)
    ]


def term(node: object) -> str:
    if isinstance(node, pyoxigraph.Literal):
        return literal(node.value, node.datatype.value, node.language)
    return str(node)


def ex(name: str) -> str:
    return f"<https://example.org/{name}>"


def test_results_are_whole_sorted_and_the_same_in_any_order() -> None:
    data = turtle('ex:b a ex:Person ; ex:age "old" . ex:a a ex:Person ; ex:age "1e"^^xsd:integer ; ex:name "A" .')
    shapes = turtle(PERSON)
    datatype, count = sh("DatatypeConstraintComponent"), sh("MinCountConstraintComponent")
    wanted = [
        Result(ex("a"), ex("age"), '"1e"^^<http://www.w3.org/2001/XMLSchema#integer>', ex("age"), datatype, "warning", "age"),
        Result(ex("b"), ex("age"), '"old"', ex("age"), datatype, "warning", "age"),
        Result(ex("b"), ex("name"), None, ex("name"), count, "violation", "no name"),
    ]
    for seed in range(3):
        random.Random(seed).shuffle(data)
        random.Random(seed).shuffle(shapes)
        found = validate(data, shapes)
        assert [Result(*result[:7]) for result in found] == wanted
        assert [result.severity_iri for result in found] == [sh("Warning"), sh("Warning"), sh("Violation")]
        assert [result.messages for result in found] == [('"Alter"@de', '"age"@en')] * 2 + [('"no name"',)]


def test_ill_typed_literals_are_findings_and_no_log_lines(capfd: pytest.CaptureFixture[str]) -> None:
    data = turtle('ex:a a ex:Person ; ex:name "A" ; ex:age "1e"^^xsd:integer , "2024-13-45"^^xsd:date .')
    assert len(validate(data, turtle(PERSON))) == 2
    assert capfd.readouterr() == ("", "")
    assert not logging.getLogger("rdflib.term").disabled


def test_values_come_back_as_they_were() -> None:
    texts = ['"a\\"b\\\\c\\nd"', '"x"@en-gb', '"1.10"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"é😀"', "_:b0", ex("%C3%A9")]
    data = [(ex("a"), ex("p"), value) for value in texts]
    shapes = turtle("ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:in ( ex:none ) ; a sh:PropertyShape .")
    assert sorted(result.value or "" for result in validate(data, shapes)) == sorted(texts)


def test_only_targets_in_focus_are_checked() -> None:
    data = turtle("ex:a a ex:Person . ex:b a ex:Student . ex:c ex:age 1 . ex:Student rdfs:subClassOf ex:Person .")
    shapes = turtle(PERSON)
    assert [result.focus for result in validate(data, shapes)] == [ex("a"), ex("b")]
    assert [result.focus for result in validate(data, shapes, [ex("b"), ex("c")])] == [ex("b")]
    assert validate(data, shapes, []) == []


def test_focus_does_not_reach_into_nested_shapes() -> None:
    """pySHACL's own focus option skips the values of nested shapes and so turns sh:not around."""
    data = turtle('ex:a ex:p "fine" .')
    shapes = turtle('ex:s a sh:PropertyShape ; sh:targetSubjectsOf ex:p ; sh:path ex:p ; sh:not [ sh:pattern " $" ] .')
    assert validate(data, shapes, [ex("a")]) == validate(data, shapes) == []


def test_closed_shapes_keep_their_properties() -> None:
    shapes = turtle("ex:s a sh:NodeShape ; sh:targetNode ex:a ; sh:closed true ; sh:property [ sh:path ex:p ] .")
    data = turtle("ex:a ex:p 1 ; ex:q 2 .")
    assert [result.path for result in validate(data, shapes)] == [ex("q")]


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("( ex:p [ sh:inversePath ex:p ] )", "{p}/^{p}"),
        ("[ sh:alternativePath ( ex:p ( ex:q ex:p ) ) ]", "{p}|({q}/{p})"),
        ("[ sh:oneOrMorePath [ sh:inversePath ex:p ] ]", "(^{p})+"),
        ("[ sh:inversePath ( ex:p ex:q ) ]", "^({p}/{q})"),
        ("[ sh:zeroOrMorePath ex:p ]", "{p}*"),
    ],
)
def test_paths_are_written_as_in_sparql(path: str, written: str) -> None:
    shapes = turtle(f"ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:path {path} ; sh:minCount 9 .")
    wanted = written.format(p=ex("p"), q=ex("q"))
    assert [result.path for result in validate(turtle("ex:b ex:p ex:a ."), shapes)] == [wanted]
    pyoxigraph.Store().query(f"ASK {{ ?a {wanted} ?b }}")


S = "ex:s a sh:NodeShape ; sh:targetNode ex:a ; "


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ("", "no shape that has both"),
        ("ex:s a sh:NodeShape ; sh:class ex:C .", "no shape that has both"),
        (S + "rdfs:label 'idle' .", "no shape that has both"),
        (S + "sh:js ex:f ; sh:class ex:C .", "sh:js"),
        (S + "sh:property [ sh:path ex:p ; sh:minCout 1 ] .", "did you mean sh:minCount"),
        (S + "sh:or ( [ sh:minLenght 3 ] ) .", "did you mean sh:minLength"),
        (S + "sh:class ex:C ; sh:severity sh:Warn .", "sh:Warn"),
        (S + "sh:node ex:s .", "refers to itself"),
        (S + "sh:or ( [ sh:not ex:s ] [ sh:class ex:C ] ) .", "refers to itself"),
        (S + "sh:property [ sh:minCount 1 ] .", "could not check"),
        (S + "sh:property [ sh:path ex:p ; sh:minCount 'one' ] .", "could not check"),
        (S + "sh:datatype ex:d , ex:e .", "could not check"),
        (S + "sh:pattern '(' .", "a pattern that cannot be read"),
        (S + "sh:sparql [ sh:select 'SELECT' ] .", "a query that cannot be used"),
        (S + "sh:sparql [ sh:select 'SELECT $this { $this x:p 1 }' ] .", "a query that cannot be used"),
        (S + "sh:sparql [ sh:select 'SELECT $this { service <http://127.0.0.1/> { $this ?p ?o } }' ] .", "SERVICE"),
        (S + f"sh:sparql [ sh:select 'SELECT $this {'{' * 2201}{'}' * 2201}' ] .", "nested or chained"),
    ],
)
def test_shapes_that_cannot_be_used_never_conform(shapes: str, said: str) -> None:
    with pytest.raises((InputError, EngineError), match=said) as caught:
        validate(turtle("ex:a ex:p 1 ."), turtle(shapes))
    assert str(caught.value).startswith("could not check: ")
    assert "\n" not in str(caught.value)


def test_sparql_constraints_are_checked() -> None:
    query = "SELECT $this ?value { $this $PATH ?value FILTER (?value > 3) }"
    shapes = turtle(f"ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:path ex:p ; sh:sparql [ sh:select '{query}' ] .")
    found = validate(turtle("ex:a ex:p 3 , 4 ."), shapes)
    assert [result.value for result in found] == ['"4"^^<http://www.w3.org/2001/XMLSchema#integer>']


def test_imports_are_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("nothing is fetched"))
    data = turtle("<https://example.org/> owl:imports <http://127.0.0.1:9/other> . ex:a a ex:Person ; ex:name 'A' .")
    assert validate(data, [*turtle(PERSON), *data]) == []


def test_property_shapes_checked_over_all_nodes_give_the_same_results(monkeypatch: pytest.MonkeyPatch) -> None:
    data = turtle("ex:a a ex:Person . ex:b a ex:Person ; ex:age 'old' . ex:c a ex:Person ; ex:name 'C' .")
    quick = validate(data, turtle(PERSON), engine="pyshacl")
    monkeypatch.setattr(pyshacl_engine, "hoist", list)
    assert validate(data, turtle(PERSON), engine="pyshacl") == quick != []
