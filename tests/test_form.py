"""The fields of an entry: made from the mapping, the shapes and the schemes, and nothing of them written down twice."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mitigraph.errors import UsageError
from mitigraph.form import Choice, Field, Form, entry_form
from mitigraph.form.checks import checks_of
from mitigraph.form.columns import columns_of
from mitigraph.form.words import explained, need, shape
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Lexicon, load_mapping
from mitigraph.transforms import CellError
from mitigraph.vocabulary import Schemes

AIRMO = "https://w3id.org/airmo#"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The project's own files."""
    return Knowledge()


@pytest.fixture(scope="module")
def form(knowledge: Knowledge) -> Form:
    """The form of an entry."""
    return entry_form(knowledge)


# -- from the mapping ----------------------------------------------------------------------------------------


def test_the_header_is_the_mapping_s(form: Form, knowledge: Knowledge) -> None:
    for name in ("csv", "tsv", "jsonl"):
        source = knowledge.entry_mapping.source(name)
        assert source is not None
        assert form.names == [*(source.columns or source.keys), *source.optional]


def test_kinds_and_separators_are_those_of_the_functions(form: Form) -> None:
    assert {field.name: field.kind for field in form if field.kind != "text"} == {
        "id": "key",
        "category": "choice",
        "actor": "choice",
        "lifecycle_stage": "choice",
        "function": "choice",
        "risks": "choice",
        "parent": "entry",
        "same_as": "link",
        "source_year": "integer",
        "source_url": "link",
        "status": "choice",
        "retrieved": "date",
    }
    several = {"category", "actor", "lifecycle_stage", "function", "risks", "parent", "same_as", "source_authors"}
    assert {field.name for field in form if field.several} == several
    assert all(field.separators in ((), (";", "|")) for field in form)
    assert [field.name for field in form if field.verbatim] == ["quote"]
    assert {field.name: field.default for field in form if field.default} == {"status": "published"}


def test_a_column_of_another_mapping_is_seen_as_that_mapping_has_it() -> None:
    text = (
        b"{lookups: {sizes: {s: Small, l: Large}}, sources: {a: {access: a.csv, columns: [no], optional: [size, when, up],"
        b' fields: {big: "mg:lookup(mg:split($(size), separator=/), table=sizes)"}}},'
        b" mappings: {m: {sources: a, subject: 'x/$(no)', po: [[a, ex:Thing], [ex:when, $(when), xsd:dateTime],"
        b" {p: ex:up, o: {mapping: m, condition: 'mg:equal($(up), $(no))'}}]},"
        b" n: {sources: a, each: big, subject: 'x/$(no)', po: [[ex:size, 'size/$(big)~iri']]}}}"
    )
    prefixes = {"ex": "https://x.example/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
    mapping = load_mapping(text, "m.yml", Lexicon(prefixes=prefixes))
    source = mapping.source("a")
    assert source is not None
    found = columns_of(mapping, source)
    assert {name: column.kind for name, column in found.items()} == {
        "no": "text",
        "size": "choice",
        "when": "date",
        "up": "entry",
    }
    assert [column.required for column in found.values()] == [True, False, False, False]
    assert (found["size"].separators, found["size"].tables) == (["/"], {"sizes": "size/{}"})
    assert found["size"].properties == {("https://x.example/size", "https://x.example/Thing")}
    assert found["when"].of_entry == {"https://x.example/Thing"}


# -- from the shapes -----------------------------------------------------------------------------------------


def test_what_is_needed_is_what_the_shapes_need(form: Form) -> None:
    assert {field.name for field in form if field.required} == {"id", "title"}
    assert {field.name: field.wanted for field in form if field.wanted} == {
        "description": "The mitigation has no description.",
        "category": "The mitigation has no category.",
        "actor": "The mitigation has no responsible actor.",
        "lifecycle_stage": "The mitigation has no lifecycle stage.",
    }
    assert need(form["title"]) == "Required"
    assert need(form["actor"]) == "Recommended"
    assert need(form["page"]) == "Optional"


def test_bounds_and_rules_are_those_of_the_shapes(form: Form) -> None:
    assert form["source_year"].bounds == ("1800", "2100")
    assert shape(form["source_year"]) == "A whole number from 1800 to 2100."
    (rule,) = form["source_year"].checks
    assert (rule.rule, rule.severity, rule.maximum) == ("document-year", "violation", 1)
    assert rule.datatype == "http://www.w3.org/2001/XMLSchema#integer"
    assert [one.rule for one in form["page"].checks] == ["extract-page"]
    patterns = [one.pattern for one in form["source_url"].checks]
    assert "^https?://" in patterns


def test_every_simple_rule_of_a_target_is_found(knowledge: Knowledge) -> None:
    checks = checks_of(knowledge.shapes)
    labels = {one.rule for one in checks[f"{AIRMO}Mitigation", "http://www.w3.org/2000/01/rdf-schema#label"]}
    assert labels == {"mitigation-label", "mitigation-label-language", "mitigation-label-once", "mitigation-label-trimmed"}
    assert all(one.message and one.severity in ("info", "warning", "violation") for found in checks.values() for one in found)


# -- from the schemes ----------------------------------------------------------------------------------------


def test_choices_are_all_concepts_and_what_is_written_finds_them(form: Form, knowledge: Knowledge) -> None:
    schemes = knowledge.lexicon.schemes
    wanted = {
        "category": ["mit-v2", "mit-v1"],
        "actor": ["actor-roles"],
        "lifecycle_stage": ["lifecycle-stages"],
        "function": ["functions"],
        "status": ["record-status"],
    }
    for name, names in wanted.items():
        field = form[name]
        concepts = [concept for scheme in names for concept in schemes.schemes[scheme].concepts.values()]
        assert len(field.choices) == len(concepts)
        found = [schemes.find(choice.text, names) for choice in field.choices]
        assert {one.iri for one in found if one is not None} == {one.iri for one in concepts}
        assert [one.label for one in found if one is not None] == [choice.label for choice in field.choices]
        assert all(choice.definition for choice in field.choices)
        assert not any(sign in choice.text for choice in field.choices for sign in field.separators)


def test_of_several_schemes_the_scheme_is_named(form: Form) -> None:
    category = form["category"]
    assert category.choices[0] == Choice("mit-v2:1 AI System", "mit-v2:1", "AI System", category.choices[0].definition, "mit-v2")
    assert [choice.code for choice in category.choices][:4] == ["mit-v2:1", "mit-v2:1.1", "mit-v2:1.1.1", "mit-v2:1.1.2"]
    assert category.choice("mit-v1:1.1") != category.choice("mit-v2:1.1")
    assert category.choice("1.1.1") == category.choice("Training Data") == category.choices[2]
    assert category.choice("1.1") is None, "a code of both schemes"
    assert category.choice("Other") is None


def test_a_code_and_a_label_must_agree(knowledge: Knowledge) -> None:
    schemes, names = knowledge.lexicon.schemes, ["mit-v2", "mit-v1"]
    found = schemes.find("mit-v2:1.1 Model", names)
    assert found is not None and found.label == "Model"
    for text in ("mit-v1:1.1 Model", "mit-v2:1.2 Model", "mit-v2: Model", "mit-v3:1.1 Model"):
        with pytest.raises(CellError) as refused:
            schemes.find(text, names)
        assert refused.value.code == "unknown-concept"


def test_stages_come_in_their_order(form: Form) -> None:
    assert [choice.text for choice in form["lifecycle_stage"].choices] == [
        "Plan and Design",
        "Collect and Process Data",
        "Build and Use Model",
        "Verify and Validate",
        "Deploy",
        "Operate and Monitor",
    ]


def test_a_lookup_table_gives_its_labels_and_what_its_rows_say(form: Form) -> None:
    risks = form["risks"]
    assert len(risks.choices) == 12
    assert risks.is_open
    assert risks.choices[1].text == "Confabulation"
    assert all(choice.definition.endswith(".") for choice in risks.choices)


def test_a_scheme_can_be_chosen(knowledge: Knowledge, form: Form) -> None:
    only = entry_form(knowledge, ["mit-v2"])
    assert {choice.scheme for choice in only["category"].choices} == {"mit-v2"}
    assert only["actor"].choices == form["actor"].choices
    for name in ("mit-v3", "actor-roles"):
        with pytest.raises(UsageError, match=rf"^no field has the scheme '{name}' as one of several; there are mit-v2, mit-v1$"):
            entry_form(knowledge, ["mit-v2", name])


def test_a_label_that_others_share_is_written_with_its_code() -> None:
    skos, scheme = "<http://www.w3.org/2004/02/skos/core#", "<https://x.example/s>"
    triples = [(scheme, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", f"{skos}ConceptScheme>")]
    for number in ("1", "2"):
        concept = f"<https://x.example/s/{number}>"
        triples += [(concept, f"{skos}inScheme>", scheme), (concept, f"{skos}prefLabel>", '"Other"@en')]
        triples += [(concept, f"{skos}notation>", f'"{number}.{number}"')]
    from mitigraph.form.choices import scheme_choices

    assert [one.text for one in scheme_choices(["s"], Schemes.from_triples(triples), {}, (";",))] == ["1.1 Other", "2.2 Other"]
    assert [one.text for one in scheme_choices(["s"], Schemes.from_triples(triples), {}, (" ",))] == ["s:1.1", "s:2.2"]


# -- in words ------------------------------------------------------------------------------------------------


def test_every_column_has_its_words_and_no_other(form: Form, root: Path) -> None:
    with (root / "mappings" / "entry-columns.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["column"] for row in rows] == form.names
    assert all(row["label"] and row["meaning"].endswith(".") for row in rows)


def test_a_field_explains_itself(form: Form) -> None:
    assert explained(form["status"])[1:] == ["A value of the list.", "Left empty, it is published.", "Example: Published"]
    assert "Left empty, there is a warning: The mitigation has no category." in explained(form["category"])
    several = 'several values are separated by ";" or "|".'
    assert shape(form["risks"]) == f"A value of the list or other text; {several}"
    assert shape(form["same_as"]) == f"A web address or a key; {several}"
    # Words for "no value" are taken as well, but are nothing to be offered.
    assert {shape(form[name]) for name in ("category", "actor", "lifecycle_stage", "function")} == {
        f"A value of the list; {several}"
    }
    assert shape(form["id"]) == "A key."


def test_values_are_parted_and_joined() -> None:
    field = Field("a", "A", separators=(";", "|"))
    assert field.parts(" x; y |z;; ") == ["x", "y", "z"]
    assert field.joined(["x", "y"]) == "x; y"
    assert Field("a", "A").parts("x; y") == ["x; y"]
    assert Field("a", "A").parts("") == []
