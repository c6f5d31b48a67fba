"""``map --check``: a mapping held against the ontology and its files, the summary, the exit codes; and whose base wins."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import run

from mitigraph.knowledge import Knowledge
from mitigraph.mapping_check import check_mapping

MAPPING = """\
prefixes: {ex: "https://example.org/"}
base: https://example.org/id/
sources:
  people: {access: people.csv, columns: [id, name]}
  things: {access: things.json, iterator: "$.things[*]", keys: [things]}
mappings:
  person: {sources: people, s: person/$(id), po: [[rdfs:label, $(name)], [a, foaf:Person]]}
  thing: {sources: things, s: thing/$(id), po: [[rdfs:label, $(label)]]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A mapping and both of its sources."""
    (tmp_path / "m.yml").write_text(MAPPING)
    (tmp_path / "people.csv").write_text("id,name\n1,Ann\n")
    (tmp_path / "things.json").write_text('{"things": [{"id": 1, "label": "a"}, {"id": 2}]}')
    return tmp_path


def checked(folder: Path, *names: str) -> list[str]:
    return [
        str(one) for one in check_mapping(str(folder / "m.yml"), [str(folder / name) for name in names], Knowledge()).findings
    ]


def test_nothing_wrong(folder: Path) -> None:
    ran = run("map", "--check", "-m", folder / "m.yml")
    assert (ran.code, ran.out) == (0, b"")
    assert ran.lines == ["m.yml: 3 rules for 2 sources, 2 files; nothing wrong"]
    assert run("map", "--check", "-m", folder / "m.yml", "-q").lines == []


def test_own_sources_that_are_not_there_are_no_fault(folder: Path) -> None:
    (folder / "people.csv").unlink()
    (folder / "things.json").unlink()
    ran = run("map", "--check", "-m", folder / "m.yml")
    assert (ran.code, ran.lines) == (0, ["m.yml: 3 rules for 2 sources; nothing wrong"])


def test_columns_missing_and_unused(folder: Path) -> None:
    (folder / "other.csv").write_text("id,nmae,age\n1,Ann,3\n")
    ran = run("map", "--check", "-m", folder / "m.yml", folder / "other.csv")
    assert ran.code == 1
    assert ran.out.decode().splitlines() == [
        f"{folder}/other.csv: info[unused-column] no rule reads 'nmae', 'age'",
        f"{folder}/m.yml:7:mappings.person.po[1]: violation[unknown-column] other.csv has no such column, "
        "found 'name'; did you mean 'nmae'?",
    ]
    assert ran.lines == ["m.yml: 3 rules for 2 sources, 1 file; 1 violation"]


def test_a_declared_column_that_nothing_reads_must_be_there_too(folder: Path) -> None:
    (folder / "m.yml").write_text(MAPPING.replace("[id, name]", "[id, name, born]"))
    assert checked(folder, "people.csv") == [
        "m.yml:4:sources.people: violation[unknown-column] people.csv has no such column, found 'born'"
    ]


def test_keys_missing_and_paths_that_lead_nowhere(folder: Path) -> None:
    (folder / "other.json").write_text('{"thngs": [{"id": 1}]}')
    assert (
        checked(folder, "other.json")[0]
        == "m.yml:5:sources.things: violation[missing-key] other.json has no such key, found 'things'; did you mean 'thngs'?"
    )
    (folder / "other.json").write_text('{"things": [{"id": 1}]}')
    assert checked(folder, "other.json") == [
        "m.yml:8:mappings.thing.po[1]: info[unseen-path] leads to nothing in other.json, found 'label'"
    ]


def test_what_the_plan_shows_is_told_once(folder: Path) -> None:
    (folder / "m.yml").write_text(MAPPING.replace("$(name)", "$(nam)"))
    found = checked(folder, "people.csv")
    assert sum("unknown-column" in one for one in found) == 1


def test_a_file_of_another_kind(folder: Path) -> None:
    (folder / "notes.jsonl").write_text("{}\n")
    assert checked(folder, "notes.jsonl") == [
        "notes.jsonl: violation[no-mapping] the mapping has no source for jsonl files, expected one of csv, json"
    ]


def test_a_mapping_that_cannot_be_read(folder: Path) -> None:
    (folder / "b.yml").write_text("a: [")
    ran = run("map", "--check", "-m", folder / "b.yml")
    assert (ran.code, ran.lines) == (3, [])
    assert ran.text == f"{folder}/b.yml:1: violation[bad-yaml] not YAML: did not find expected node content\n"
    ran = run("map", "--check", "-m", folder / "absent.yml")
    assert (ran.code, ran.out) == (3, b"")
    assert ran.lines[0].endswith("absent.yml: cannot be read: No such file or directory")


def test_a_source_that_cannot_be_read(folder: Path) -> None:
    assert run("map", "--check", "-m", folder / "m.yml", folder / "no.csv").code == 3
    (folder / "people.csv").write_bytes(b"")
    ran = run("map", "--check", "-m", folder / "m.yml", folder / "people.csv")
    assert ran.code == 3
    assert b"unreadable-data" in ran.out


def test_rml_is_checked_too(folder: Path) -> None:
    assert run("map", "-m", folder / "m.yml", "--to", "rml", "-o", folder / "m.ttl").code == 0
    ran = run("map", "--check", "-m", folder / "m.ttl", folder / "people.csv")
    assert ran.code == 0
    assert ran.lines[-1].endswith("1 file; nothing wrong")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (
            "[airmo:Mitigation, x]",
            "violation[unknown-term] the ontology has no property 'Mitigation': it is a class, found 'Mitigation'",
        ),
        ("[skos:Concept, x]", "violation[unknown-term] the ontology has no property 'Concept': it is a class, found 'Concept'"),
        ("[a, airmo:mitigatesRisk]", "violation[unknown-term] the ontology has no class 'mitigatesRisk': it is a property"),
        (
            "[a, airmo:Mitigatio]",
            "violation[unknown-term] the ontology has no class 'Mitigatio', found 'Mitigatio'; did you mean 'Mitigation'?",
        ),
        ("[airmo:mitigatesRsk, x]", "found 'mitigatesRsk'; did you mean 'mitigatesRisk'?"),
        ("[airmo:hasStages, x]", "found 'hasStages'; did you mean 'hasStatus'?"),
        ("[airmo:hasStage, x~iri]", "info[deprecated-term] the term is deprecated, found 'hasStage', expected appliesAtStage"),
        ("[dcterms:subject, airmo:Mitigation]", ""),
        ("[skos:broader, x~iri]", ""),
    ],
)
def test_properties_and_classes_are_told_apart(folder: Path, rule: str, told: str) -> None:
    (folder / "m.yml").write_text(MAPPING.replace("[rdfs:label, $(name)]", f"[rdfs:label, $(name)], {rule}"))
    found = [one for one in checked(folder, "people.csv") if "po[2]" in one]
    assert [told in one for one in found] == [True] * bool(told)


def test_conditions_that_may_be_true_in_the_data(folder: Path) -> None:
    """Fields are followed to what they are made from; in trees a value may be a truth value."""
    text = MAPPING.replace("s: thing/", "condition: $(done), s: thing/").replace("s: person/", "condition: $(known), s: person/")
    for field, number in (("mg:present($(name))", 0), ("mg:upper($(name))", 1), ("$(name)", 1), ("$(known)", 1)):
        (folder / "m.yml").write_text(text.replace("columns: [id, name]", f'fields: {{known: "{field}"}}'))
        assert sum("bad-condition" in one for one in checked(folder, "people.csv", "things.json")) == number, field
    (folder / "m.yml").write_text(MAPPING.replace("columns: [id, name]", "condition: $(name)"))
    assert sum("people: warning[bad-condition]" in one for one in checked(folder, "people.csv")) == 1


@pytest.mark.parametrize("name", sorted(Knowledge().mappings))
def test_the_own_mappings_are_right(name: str) -> None:
    found = check_mapping(name, [], Knowledge())
    assert (found.refused, [str(one) for one in found.findings if one.severity != "info"]) == (False, [])
    assert found.rules > 10


@pytest.mark.parametrize(
    ("own", "given", "base"),
    [
        (True, (), "https://example.org/id/"),
        (False, (), "https://w3id.org/airmo/id/"),
        (True, ("--base", "https://b.example/"), "https://b.example/"),
    ],
)
def test_whose_base_wins(folder: Path, own: bool, given: tuple[str, ...], base: str) -> None:
    if not own:
        (folder / "m.yml").write_text(MAPPING.replace("base: https://example.org/id/\n", ""))
    ran = run("map", "-m", folder / "m.yml", folder / "people.csv", "-f", "nt", *given)
    assert f"<{base}person/1>" in ran.out.decode()


def test_a_base_must_be_one(folder: Path) -> None:
    assert run("map", "-m", folder / "m.yml", "--base", "here").code == 2


def test_the_first_triples_say_their_graph(folder: Path) -> None:
    (folder / "m.yml").write_text(MAPPING.replace("s: person", "g: ex:g, s: person"))
    ran = run("map", "-m", folder / "m.yml", folder / "people.csv", "--head", "1")
    line = '<https://example.org/id/person/1> <http://www.w3.org/2000/01/rdf-schema#label> "Ann" <https://example.org/g> .'
    assert ran.out.decode() == f"{line}  # m.yml:7 mappings.person.po[1]\n"
