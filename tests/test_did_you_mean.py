"""Did you mean: what a person wrote wrongly is found again, and nothing is offered where nothing is near."""

from __future__ import annotations

import json
import unicodedata
from math import inf
from pathlib import Path
from typing import Any

import pytest
from misspelling import CATEGORIES, answers, far_words, misspellings, schemes
from running import run

from mitigraph import likeness
from mitigraph.lexical import proper
from mitigraph.likeness import Guess, Words, _aligned, _lost, closest, plain, slips
from mitigraph.logic import CellError
from mitigraph.terms import XSD


def test_misspelt_labels_are_found_again() -> None:
    asked = misspellings(200, seed=3)
    given = [(one, *answers(one.text, one.schemes)) for one in asked]
    right = [one for one, text, _ in given if text is not None and schemes().find(text, one.schemes) is one.meant]
    assert len(right) >= 190
    surely_wrong = [one.text for one, text, sure in given if sure and schemes().find(text or "", one.schemes) is not one.meant]
    assert surely_wrong == []


def test_nothing_is_offered_where_nothing_is_near() -> None:
    asked = [CATEGORIES, *((name,) for name in schemes().schemes)]
    offered = {(text, names): answers(text, names)[0] for text in far_words(100, seed=4) for names in asked}
    assert {key: text for key, text in offered.items() if text is not None} == {}


@pytest.mark.parametrize(
    ("text", "names", "suggestion", "sure"),
    [
        ("Develper", ("actor-roles",), "Developer", True),
        ("DEVELOPPER", ("actor-roles",), "Developer", True),
        ("deployers", ("actor-roles",), "Deployer", True),
        ("Deveoyer", ("actor-roles",), None, False),  # as near to the one as to the other
        ("mit-v2:2.2.22", CATEGORIES, "mit-v2:2.2.2", False),
        ("mit-v2:2.2.02", CATEGORIES, "mit-v2:2.2.2", True),
        ("mit-v2:02.2.2", CATEGORIES, "mit-v2:2.2.2", True),
        ("mit-v2:2.2.O2", CATEGORIES, "mit-v2:2.2.2", True),
        ("mit-v2:2,2,2", CATEGORIES, "mit-v2:2.2.2", True),
        ("mit-v2:2.2.2.", CATEGORIES, "mit-v2:2.2.2", True),
        ("mit-v2 2.2.2", CATEGORIES, "mit-v2:2.2.2", True),
        ("mitv2:2.2.2", CATEGORIES, "mit-v2:2.2.2", True),
        ("mit-v3:2.2.2", CATEGORIES, "mit-v2:2.2.2", False),
        ("mit-v2:7.7.7", CATEGORIES, None, False),
        ("mit-v2:2.2.12", CATEGORIES, None, False),  # another digit is another thing
        ("mit-v2:Testing & Evaluation", CATEGORIES, "mit-v2:2.2.2", True),
        ("2.2.2 Testng & Evaluation", CATEGORIES, "2.2.2 Testing & Evaluation", True),
        ("2.2.3 Testing & Evaluation", CATEGORIES, "2.2.2 Testing & Evaluation", False),  # which of the two is wrong?
        ("evaluation and testing", CATEGORIES, "Testing & Evaluation", True),
        ("Othr", CATEGORIES, None, False),  # several are called Other
        ("x" * 201, CATEGORIES, None, False),
    ],
)
def test_what_is_suggested(text: str, names: tuple[str, ...], suggestion: str | None, sure: bool) -> None:
    assert answers(text, names) == (suggestion, sure)
    if suggestion is not None:
        assert schemes().find(suggestion, names) is not None


def test_the_code_or_the_choices_are_told_in_words() -> None:
    for text, names, expected in (
        ("Testng & Evaluation", CATEGORIES, "2.2.2 Testing & Evaluation"),
        ("xyz", ("functions",), "one of: Govern, Manage, Map, Measure"),
        ("xyz", CATEGORIES, None),
        ("Develper", ("actor-roles",), None),
    ):
        with pytest.raises(CellError) as caught:
            schemes().find(text, names)
        assert caught.value.expected == expected


def test_words_and_names() -> None:
    assert plain("É–a & b") == "e a and b"
    assert slips("colour", "color") < slips("colour", "collar")
    assert Words({}).nearest("a") is None
    assert Words({"Alpha": 1, "Alfa": 1}).nearest("Alpa") is not None  # two words for one thing
    assert closest("titel", ["title", "id"]) == "title"
    assert closest("…", ["title"]) is None


def test_few_words_are_weighed_slip_by_slip_however_many_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed: list[str] = []

    def aligned(given: str, word: str, *others: Any) -> float:
        weighed.append(word)
        return _aligned(given, word, *others)

    monkeypatch.setattr(likeness, "_aligned", aligned)
    words = Words({f"section {one} of the plan": one for one in (f"{a}{b}" for a in "abcdefghij" for b in "klmnopqrst")})
    assert words.nearest("section 77 of the plann") is None
    assert 0 < len(weighed) <= likeness.COMPARED
    weighed.clear()
    assert words.nearest("banana") is None
    assert weighed == []


def test_slips_are_weighed_no_further_than_it_matters() -> None:
    pairs = [(plain(one.text), plain(one.meant.label or "")) for one in misspellings(100, seed=8)]
    for given, word in pairs:
        extra, missing = ([_lost(text, at) for at in range(len(text))] for text in (given, word))
        whole = round(_aligned(given, word, extra, missing, inf), 3)
        if sorted(given.split()) != sorted(word.split()):
            assert slips(given, word) == slips(given, word, whole + 0.5) == whole, (given, word)
            assert slips(given, word, whole / 2) > whole / 2
    assert slips("abcdef", "ghijkl", 2.0) == inf


@pytest.mark.parametrize(
    ("text", "datatype", "form", "sure"),
    [
        ("2024-1-5", "date", "2024-01-05", True),
        ("25/12/2024", "date", "2024-12-25", True),
        ("05/06/2024", "date", None, False),
        ("5 January 2024", "date", "2024-01-05", True),
        ("2024-05-31", "date", "2024-05-31", True),
        ("2024-05-31 12:00", "dateTime", "2024-05-31T12:00:00", True),
        ("2024-05-31", "dateTime", "2024-05-31T00:00:00Z", False),
        ("3.0", "integer", "3", True),
        ("3.5", "integer", None, False),
        ("\uff11\uff12", "integer", "12", True),
        ("1.", "decimal", "1", True),
        ("TRUE", "boolean", "true", True),
        ("yes", "boolean", "true", False),
        (" 2024 ", "gYear", "2024", True),
        ("x" * 201, "date", None, False),
        ("a", "string", None, False),
    ],
)
def test_proper_forms_of_datatypes(text: str, datatype: str, form: str | None, sure: bool) -> None:
    found = proper(text, f"{XSD}{datatype}")
    assert (found and found.text, found is not None and found.sure) == (form, sure)


# -- of what shapes find -----------------------------------------------------------------------------------------------------

HEAD = """@prefix airmo: <https://w3id.org/airmo#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix actor: <https://w3id.org/airmo/actor-roles/> .
@prefix status: <https://w3id.org/airmo/record-status/> .
@prefix ex: <https://example.org/> .
"""
DECOMPOSED = unicodedata.normalize("NFD", "Café")


@pytest.mark.parametrize(
    ("said", "code", "suggestion", "sure"),
    [
        ('a airmo:Risk ; rdfs:label " Leak "@en', "risk-label-trimmed", "Leak", True),
        ('a airmo:Risk ; rdfs:label " "@en', "risk-label-trimmed", None, False),
        ('a airmo:Risk ; rdfs:label "Leak"', "risk-label-language", '"Leak"@en', False),
        (f'a airmo:Risk ; rdfs:label "{DECOMPOSED}"@en', "not-nfc", "Café", True),
        ('a airmo:SourceDocument ; airmo:doi "https://doi.org/10.1234/x"', "document-doi", "10.1234/x", True),
        ('a airmo:SourceDocument ; airmo:doi "no doi"', "document-doi", None, False),
        ('a airmo:SourceDocument ; airmo:publicationYear "2024"', "document-year", f'"2024"^^<{XSD}integer>', False),
        ('a airmo:SourceDocument ; airmo:publicationYear "2024.0"^^xsd:integer', "document-year", "2024", True),
        ("a airmo:ClassificationAssignment ; airmo:assignedActor actor:develper", "assignment-actor", "actor:developer", True),
        ("a airmo:ClassificationAssignment ; airmo:assignedActor actor:gardener", "assignment-actor", None, False),
        ('a airmo:ClassificationAssignment ; airmo:assignmentRank "primry"', "assignment-rank", "primary", True),
        ('a airmo:ClassificationAssignment ; airmo:assignmentRank "first"', "assignment-rank", None, False),
        ("a airmo:MitigationRecord ; airmo:hasStatus status:Published", "record-status", "status:published", True),
        ("a airmo:MitigationRecord ; airmo:hasStatus ex:none", "record-status", None, False),
        (
            'a airmo:MitigationRecord ; prov:generatedAtTime "2024-5-31T1:2:3"^^xsd:dateTime',
            "record-retrieved",
            "2024-05-31T01:02:03",
            True,
        ),
    ],
)
def test_suggestions_for_what_shapes_find(tmp_path: Path, said: str, code: str, suggestion: str | None, sure: bool) -> None:
    (tmp_path / "a.ttl").write_text(f"{HEAD}ex:a {said} .\n", "utf-8")
    found = json.loads(run("validate", tmp_path / "a.ttl", "--report", "json").out)["findings"]
    here = {(one.get("suggestion"), one.get("sure", False)) for one in found if one["code"] == code and "value" in one}
    assert here - {(None, False)} == {(suggestion, sure)} - {(None, False)}
    assert here


SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property
  [ sh:path ex:year ; sh:name "year" ; sh:datatype xsd:integer ; sh:minInclusive 1800 ; sh:maxInclusive 2100 ] ,
  [ sh:path ex:colour ; sh:name "colour" ; sh:in ( "red" "green" ) ; sh:minCount 1 ; sh:maxCount 1 ] ,
  [ sh:path ex:name ; sh:name "name" ; sh:uniqueLang true ; sh:minCount 1 ] ,
  [ sh:path ex:code ; sh:name "code" ; sh:pattern "^[A-Z]{2}$" ] .
"""


def test_a_rule_that_says_nothing_itself_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(SHAPES)
    data = f'{HEAD}ex:a a ex:Thing ; ex:year 1700 ;\n ex:colour "gren" ;\n ex:code "ab" .\n'
    (tmp_path / "a.ttl").write_text(data)
    ran = run("validate", tmp_path / "a.ttl", "-s", tmp_path / "shapes.ttl", "--report", "json")
    told = {(one["expected"], one.get("suggestion"), one["line"]) for one in json.loads(ran.out)["findings"] if "expected" in one}
    assert told == {
        ("year: a whole number from 1800 to 2100", None, 9),
        ("colour: exactly one, one of: red, green", "green", 10),
        ("name: exactly one per language", None, 9),
        ("code: of the form ^[A-Z]{2}$", "AB", 11),
    }


@pytest.mark.parametrize("text", ["x, Confabulation", "Confabulation 2", "a Confabulation"])
def test_what_would_lose_a_part_is_never_sure(text: str) -> None:
    assert Words({"Confabulation": 1}).nearest(text) == Guess("Confabulation", False)


@pytest.mark.parametrize("text", ["Confab ulation", "confabulation?", "Confabulations"])
def test_what_only_spells_differently_is_sure(text: str) -> None:
    assert Words({"Confabulation": 1}).nearest(text) == Guess("Confabulation", True)
