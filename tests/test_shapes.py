"""The shapes against their examples: tests/shapes/<file of shapes>/ok-*.ttl conform, bad-*.ttl raise what they name.

An example is a full graph by itself (what would be inferred stands in it) and is held against its own file of shapes,
with the concepts of the schemes around it; only nodes of ``https://example.org/`` are looked at. A bad example begins
with a ``# finding:`` and a ``# severity:`` line for each finding it must raise; it must raise no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph
import pytest

from mitigraph.infer import infer, load_rules
from mitigraph.shacl import Result, validate
from mitigraph.shacl.vocabulary import CONSTRAINTS, TARGETS, Index, index, members, sh
from mitigraph.terms import RDF, RDFS, SKOS, XSD, Triple, literal
from mitigraph.transforms import YEARS

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "tests" / "shapes").glob("*/*.ttl"))
FILES = sorted((ROOT / "shapes").glob("*.ttl"))
FULL = [file.stem for file in FILES if file.stem != "consumer"]
EXPECTED = re.compile(r"^# finding: (\S+)\n# severity: (\S+)$", re.MULTILINE)
AROUND = {f"<{RDF}type>", f"<{RDFS}subClassOf>", f"<{SKOS}inScheme>", f"<{SKOS}notation>"}
PARAMETERS = CONSTRAINTS - {sh("property")}


def triples(files: Iterable[Path]) -> list[Triple]:
    quads = [quad for file in files for quad in pyoxigraph.parse(path=file, rename_blank_nodes=True)]
    return [(term(quad.subject), term(quad.predicate), term(quad.object)) for quad in quads]


def term(node: object) -> str:
    if isinstance(node, pyoxigraph.Literal):
        return literal(node.value, node.datatype.value, node.language)
    return str(node)


@cache
def shapes(*stems: str) -> list[Triple]:
    return triples(ROOT / "shapes" / f"{stem}.ttl" for stem in stems)


@cache
def rules(*stems: str) -> Index:
    """The shapes that carry constraints of their own, by IRI."""
    found = index(shapes(*stems))
    return {name: rows for name, rows in found.items() if name.startswith("<") and PARAMETERS & rows.keys()}


@cache
def background() -> list[Triple]:
    return triples([ROOT / "ontology" / "airmo.ttl", *sorted((ROOT / "ontology" / "schemes").glob("*.ttl"))])


@cache
def around() -> list[Triple]:
    return [triple for triple in background() if triple[1] in AROUND]


@cache
def results(example: Path, stem: str) -> list[Result]:
    data = triples([example])
    focus = {subject for subject, _, _ in data if subject.startswith("<https://example.org/")}
    return validate([*data, *around()], shapes(stem), focus)


def expected(example: Path) -> set[tuple[str, str]]:
    return set(EXPECTED.findall(example.read_text(encoding="utf-8")))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_example(example: Path) -> None:
    found = {(result.code, result.severity) for result in results(example, example.parent.name)}
    assert found == expected(example)
    assert bool(found) == example.name.startswith("bad-")


def component(parameter: str) -> str:
    name = parameter[len(sh("")) - 1 : -1].replace("qualifiedValueShape", "qualifiedMaxCount")
    return sh(name[0].upper() + name[1:] + "ConstraintComponent")


def test_every_constraint_has_a_bad_example() -> None:
    full = rules(*FULL)
    stated = {(name, component(parameter)) for name in full for parameter in PARAMETERS & full[name].keys()}
    found = [result for example in EXAMPLES for result in results(example, example.parent.name)]
    raised = {(result.shape, result.component) for result in found}
    assert stated == raised


@pytest.mark.parametrize("stem", [file.stem for file in FILES])
def test_every_shape_is_complete(stem: str) -> None:
    """A name of its own, a label; where it has constraints a severity and a message in plain English, one of each."""
    for name, rows in index(shapes(stem)).items():
        if not name.startswith("<"):
            continue
        assert len(rows[f"<{RDFS}label>"]) == 1, name
        if name in rules(stem):
            assert len(rows[sh("severity")]) == len(rows[sh("message")]) == 1, name
            assert re.fullmatch(r'"[A-Z].*\."', rows[sh("message")][0]), name
            assert re.fullmatch(r"<https://w3id\.org/airmo/shapes(/consumer)?#[a-z0-9-]+>", name), name


def test_every_shape_is_used() -> None:
    """A rule without a target of its own belongs to a node shape that has one; nothing belongs to two."""
    known = index(shapes(*FULL))
    inner = [value for rows in known.values() for value in rows.get(sh("property"), [])]
    assert len(inner) == len(set(inner))
    targeted = {name for name, rows in rules(*FULL).items() if set(TARGETS) & rows.keys()}
    assert targeted | set(inner) == rules(*FULL).keys()


def test_the_years_of_documents_are_those_that_the_mappings_take() -> None:
    rows = index(shapes("document"))["<https://w3id.org/airmo/shapes#document-year>"]
    limits = [literal(str(year), f"{XSD}integer") for year in (YEARS[0], YEARS[-1])]
    assert [rows[sh("minInclusive")], rows[sh("maxInclusive")]] == [[limit] for limit in limits]


def written_out(found: Index, node: str) -> object:
    """A shape without the names of blank nodes and without its own IRI."""
    if f"<{RDF}first>" in found.get(node, {}):
        return [written_out(found, member) for member in members(found, node)]
    if node.startswith("_:"):
        rows = found[node].items()
        return sorted((predicate, str([written_out(found, value) for value in values])) for predicate, values in rows)
    return node


def test_consumer_set_repeats_rules_of_the_full_set() -> None:
    full, small = index(shapes(*FULL)), index(shapes("consumer"))
    for name, rows in rules("consumer").items():
        twin = full[name.replace("/shapes/consumer#", "/shapes#")]
        for predicate in rows.keys() | twin.keys():
            assert [written_out(small, value) for value in rows[predicate]] == [
                written_out(full, value) for value in twin[predicate]
            ], (name, predicate)


def test_consumer_set_finds_what_the_full_set_finds() -> None:
    small = {result.rpartition("#")[2].rstrip(">") for result in rules("consumer")}
    for example in EXAMPLES:
        wanted = {finding for finding in expected(example) if finding[0] in small}
        if wanted:
            assert {(result.code, result.severity) for result in results(example, "consumer")} >= wanted, example


def test_ontology_and_schemes_conform() -> None:
    assert validate(background(), shapes(*FULL)) == []


@pytest.mark.parametrize("stems", [FULL, ["consumer"]], ids=["full set", "consumer set"])
def test_asserted_data_conform_once_the_rules_have_run(stems: list[str], prefixes: dict[str, str]) -> None:
    data = [*triples([ROOT / "tests" / "shapes" / "asserted.ttl"]), *background()]
    graph = [*data, *infer(data, load_rules(ROOT / "ontology" / "rules"), prefixes)]
    assert validate(graph, shapes(*stems)) == []


@pytest.fixture
def prefixes() -> dict[str, str]:
    text = (ROOT / "ontology" / "airmo.ttl").read_text(encoding="utf-8")
    return {**dict(re.findall(r"@prefix (\w+):\s+<([^>]+)>", text)), "rdf": RDF}
