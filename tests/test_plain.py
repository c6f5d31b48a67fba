"""Rules in plain words: what a shape asks for, said so that whoever fills in a cell can do it."""

from __future__ import annotations

import pytest

from mitigraph.formats import format_named
from mitigraph.parse import parse
from mitigraph.shacl.plain import Plain

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <urn:x#> .
ex:s rdfs:label "thing, only one"@en ; """

NAMES = {"<urn:x#Role>": "Role", "<urn:x#Item>": "Item", "<urn:x#p>": "part", "<urn:x#a>": "Alpha"}
KINDS = {"<urn:x#Role>": ["Developer", "Deployer"], "<urn:x#Item>": [f"Item {number}" for number in range(16)]}


def told(rule: str) -> str | None:
    shapes = parse(f"{HEAD}{rule} .".encode(), format_named("turtle"), "s.ttl")
    return Plain(shapes, NAMES, KINDS).rule("<urn:x#s>")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("sh:minCount 1 ; sh:maxCount 1", "exactly one"),
        ("sh:minCount 1", "at least one"),
        ("sh:maxCount 4", "at most 4"),
        ("sh:minCount 2 ; sh:maxCount 3", "from two to three"),
        ("sh:minCount 0 ; sh:maxCount 0", "none"),
        ("sh:uniqueLang true ; sh:minCount 1", "exactly one per language"),
        ("sh:uniqueLang true", "at most one per language"),
        ("sh:datatype xsd:integer ; sh:minInclusive 1800 ; sh:maxInclusive 2100", "a whole number from 1800 to 2100"),
        ("sh:minExclusive 0 ; sh:maxExclusive 10", "a value above 0 below 10"),
        ("sh:datatype rdf:langString", "text with a language tag such as @en"),
        ("sh:datatype ex:odd", "a value of odd"),
        ("sh:nodeKind sh:IRI", "an IRI"),
        ('sh:nodeKind sh:IRI ; sh:pattern "^https?://"', "a web address that begins with http:// or https://"),
        ("sh:minLength 2 ; sh:maxLength 5", "2 to 5 characters"),
        ("sh:minLength 2", "at least 2 characters"),
        ("sh:maxLength 5", "at most 5 characters"),
        ("sh:minLength 5 ; sh:maxLength 5", "5 characters"),
        ('sh:pattern "^[A-Z]$"', "of the form ^[A-Z]$"),
        ('sh:languageIn ( "en" "de" )', "in en or de"),
        ("sh:class ex:Role", "one of: Developer, Deployer"),
        ("sh:class ex:Item", "an item"),  # too many to be listed
        ('sh:in ( "red" ex:a )', "one of: red, Alpha"),
        ('sh:in ( "red" )', "red"),
        ("sh:hasValue ex:a", "Alpha among them"),
        ("sh:equals ex:p", "the same values as 'part'"),
        ("sh:disjoint ex:p", "no value of 'part'"),
        ("sh:lessThan ex:p", "less than 'part'"),
        ("sh:lessThanOrEquals ex:p", "not more than 'part'"),
        ('sh:not [ sh:pattern "^(\\\\s|$)|\\\\s$" ]', "not empty and without white space before or after it"),
        ("sh:not [ sh:class ex:Role ]", "not one of: Developer, Deployer"),
        ("sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYear ] )", "a date such as 2024-05-31 or a year such as 2024"),
        (
            "sh:xone ( [ sh:path ex:p ; sh:minCount 1 ] [ sh:hasValue ex:a ] )",
            "either part at least one, or else Alpha among them",
        ),
        ("sh:and ( [ sh:minLength 1 ] [ sh:maxLength 2 ] )", "at least 1 character and at most 2 characters"),
        ("sh:node [ sh:path ex:p ; sh:maxCount 1 ]", "part at most one"),
        ("sh:qualifiedValueShape [ sh:class ex:Role ] ; sh:qualifiedMaxCount 1", "at most one with one of: Developer, Deployer"),
        ("sh:closed true", "no other properties"),
    ],
)
def test_rules_in_plain_words(rule: str, words: str) -> None:
    assert told(rule) == f"thing: {words}"


def test_a_shape_that_asks_nothing_says_nothing() -> None:
    assert told("a sh:NodeShape") is None
