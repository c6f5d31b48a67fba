"""The W3C data-shapes test suite, core part: every expected result, and no other."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from mitigraph.shacl import validate
from mitigraph.shacl.vocabulary import Index, index, sh
from mitigraph.terms import Triple, iri_text, literal

MF = "<http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#{}>"
SHT = "<http://www.w3.org/ns/shacl-test#{}>"
SEVERITIES = {sh("Info"): "info", sh("Warning"): "warning"}
PARTS = tuple(sh(part) for part in ("focusNode", "value", "sourceShape", "sourceConstraintComponent"))
KNOWN = {"core/property/uniqueLang-002": 'pySHACL takes sh:uniqueLang "1"^^xsd:boolean for true'}


def triples(path: Path) -> list[Triple]:
    return [
        (term(quad.subject), term(quad.predicate), term(quad.object))
        for quad in pyoxigraph.parse(path=path, base_iri=path.as_uri())
    ]


def term(node: object) -> str:
    if isinstance(node, pyoxigraph.Literal):
        return literal(node.value, node.datatype.value, node.language)
    return str(node)


def name(value: str | None) -> str:
    """A term; blank nodes are all alike, since shapes and report name them apart."""
    return "_:" if (value or "").startswith("_:") else value or ""


def expected(graph: Index, report: str) -> set[tuple[str, ...]]:
    results = [graph[node] for node in graph[report].get(sh("result"), [])]
    return {
        (
            *(name(next(iter(rows.get(part, [])), None)) for part in PARTS),
            SEVERITIES.get(rows[sh("resultSeverity")][0], "violation"),
        )
        for rows in results
    }


def without(graph: Index, top: str, all_triples: list[Triple]) -> list[Triple]:
    """A file without its test's own description, whose report would otherwise look like broken shapes."""
    gone, waiting = {top}, [top]
    while waiting:
        rows = graph.get(waiting.pop(), {})
        parts = (MF.format("action"), MF.format("result"), sh("result"))
        found = {value for predicate in parts for value in rows.get(predicate, [])} - gone
        gone |= found
        waiting.extend(found)
    return [triple for triple in all_triples if triple[0] not in gone]


def cases(shared: Path) -> list[Path]:
    files = (shared / "suites" / "shacl-w3c" / "data-shapes-test-suite" / "tests" / "core").rglob("*.ttl")
    return sorted(file for file in files if "mf:action" in file.read_text(encoding="utf-8"))


def differs(path: Path) -> bool:
    here = triples(path)
    graph = index(here)
    top = next(subject for subject, rows in graph.items() if MF.format("action") in rows)
    action, report = graph[graph[top][MF.format("action")][0]], graph[top][MF.format("result")][0]
    files = [Path(iri_text(action[SHT.format(part)][0]).removeprefix("file://")) for part in ("dataGraph", "shapesGraph")]
    data, shapes = (without(graph, top, here) if file == path else triples(file) for file in files)
    found = {
        (name(result.focus), name(result.value), name(result.shape), result.component, result.severity)
        for result in validate(data, shapes)
    }
    return found != expected(graph, report)


def test_core(shared: Path) -> None:
    if not cases(shared):
        pytest.skip("the W3C data-shapes test suite is not beside this checkout")
    wrong = {f"{path.parent.parent.name}/{path.parent.name}/{path.stem}" for path in cases(shared) if differs(path)}
    assert wrong == set(KNOWN)
