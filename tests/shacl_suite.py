"""The W3C data-shapes test suite: its cases, and each report beside the expected one, up to the names of their nodes.

Messages count where a case gives any; results of nested shapes (sh:detail) are ours to add.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from mitigraph.canonical import canonical
from mitigraph.errors import InputError
from mitigraph.shacl.data import Tables
from mitigraph.shacl.engine import check
from mitigraph.shacl.lint import refuse_unusable
from mitigraph.shacl.report import report_graph
from mitigraph.shacl.shapes import shapes_of
from mitigraph.shacl.vocabulary import Index, index, sh
from mitigraph.terms import RDF, Triple, iri_text, literal

__all__ = ["FAILURE", "cases", "differences", "reports"]

MF = "<http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#{}>"
SHT = "<http://www.w3.org/ns/shacl-test#{}>"
OURS = "https://example.org/results-of-this-test/"
OWN_STRUCTURE = (f"<{RDF}first>", f"<{RDF}rest>")
PATHS = tuple(sh(f"{word}Path") for word in ("inverse", "alternative", "zeroOrMore", "oneOrMore", "zeroOrOne"))
FAILURE = SHT.format("Failure")


def triples(path: Path) -> list[Triple]:
    return [
        (term(quad.subject), term(quad.predicate), term(quad.object))
        for quad in pyoxigraph.parse(path=path, base_iri=path.as_uri())
    ]


def term(node: object) -> str:
    if isinstance(node, pyoxigraph.Literal):
        return literal(node.value, node.datatype.value, node.language)
    return str(node)


def reached(graph: Index, start: str, links: tuple[str, ...]) -> set[str]:
    """The nodes that links lead to, the start with them."""
    found, waiting = {start}, [start]
    while waiting:
        rows = graph.get(waiting.pop(), {})
        fresh = {value for predicate in links for value in rows.get(predicate, [])} - found
        found |= fresh
        waiting.extend(fresh)
    return found


def without(graph: Index, top: str, all_triples: list[Triple]) -> list[Triple]:
    """A file without its test's own description, whose report would otherwise look like broken shapes."""
    gone = reached(graph, top, (MF.format("action"), MF.format("result"), sh("result")))
    return [triple for triple in all_triples if triple[0] not in gone]


def report_of(graph: Index, node: str) -> set[Triple]:
    """A report: its triples, those of its results, and those of their paths."""
    results = graph[node].get(sh("result"), [])
    paths = [path for result in results for path in graph[result].get(sh("resultPath"), []) if path.startswith("_:")]
    inside = {part for path in paths for part in reached(graph, path, (*OWN_STRUCTURE, *PATHS)) if part.startswith("_:")}
    return {(s, p, o) for s in (node, *results, *inside) for p, values in graph[s].items() for o in values}


def comparable(report: set[Triple], top: str, messages: bool) -> set[Triple]:
    """The report with blank nodes for what it names itself, and those named canonically."""

    def blank(node: str) -> str:
        return f"_:{node[len(OURS) + 1 : -1].replace('/', 'x')}" if node.startswith(f"<{OURS}") or node == top else node

    left_out = {sh("detail"), *(() if messages else (sh("resultMessage"),))}
    told = {(blank(s), p, blank(o)) for s, p, o in report if p not in left_out}
    return canonical((("_:report" if s == blank(top) else s), p, o) for s, p, o in told)


def cases(shared: Path, part: str) -> list[Path]:
    """The files of a part of the suite, each a case; the test is skipped where there are none."""
    files = (shared / "suites" / "shacl-w3c" / "data-shapes-test-suite" / "tests" / part).rglob("*.ttl")
    found = sorted(file for file in files if "mf:action" in file.read_text(encoding="utf-8"))
    return found or pytest.skip("the W3C data-shapes test suite is not beside this checkout")


def reports(path: Path) -> tuple[set[Triple] | str, set[Triple] | str]:
    """Ours and the expected one; FAILURE where there is none because the shapes are refused."""
    here = triples(path)
    graph = index(here)
    top = next(subject for subject, rows in graph.items() if MF.format("action") in rows)
    action, expected = graph[graph[top][MF.format("action")][0]], graph[top][MF.format("result")][0]
    files = [Path(iri_text(action[SHT.format(part)][0]).removeprefix("file://")) for part in ("dataGraph", "shapesGraph")]
    data, shapes = (without(graph, top, here) if file == path else triples(file) for file in files)
    wanted = set() if expected == FAILURE else report_of(graph, expected)
    messages = any(p == sh("resultMessage") for _, p, _ in wanted)
    try:
        refuse_unusable(shapes)
    except InputError:
        return FAILURE, expected if expected == FAILURE else comparable(wanted, expected, messages)
    ours = index(report_graph(check(Tables(data), shapes_of(shapes), every=True), OURS))
    report = f"<{OURS}report>"
    return comparable(report_of(ours, report), report, messages), comparable(wanted, expected, messages)


def differences(files: list[Path]) -> dict[str, list[Triple] | str]:
    """The cases whose report is not the expected one, with what differs."""
    wrong: dict[str, list[Triple] | str] = {}
    for path in files:
        ours, wanted = reports(path)
        if ours != wanted:
            apart = f"{ours} for {wanted}" if isinstance(ours, str) or isinstance(wanted, str) else sorted(ours ^ wanted)
            wrong[f"{path.parent.name}/{path.stem}"] = apart
    return wrong
