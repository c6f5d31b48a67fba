"""Shapes that nothing leads to, that have nothing to say, or that lead back to themselves."""

from __future__ import annotations

from collections.abc import Iterator

from mitigraph.shacl.lint.graph import CORE_PARAMETERS, Fault, ShapesGraph
from mitigraph.shacl.vocabulary import SHAPE_LINKS, sh
from mitigraph.terms import RDF, Triple, iri_text, is_literal

__all__ = ["idle", "nothing_to_check", "recursion"]

NOTHING = "the shapes hold no shape that has both a target and a constraint"
_IN_LISTS = f"<{RDF}first>"


def nothing_to_check(graph: ShapesGraph) -> Iterator[Fault]:
    """A fault when there is no shape with both a target and a constraint: whatever the data are, they would conform."""
    if not any(graph.has_target(node) and graph.has_constraint(node) for node in graph.rows):
        yield Fault(NOTHING, "")


def idle(graph: ShapesGraph) -> Iterator[Fault]:
    """Shapes that check nothing: without target and reference, or without a constraint where one is looked for."""
    yield from _empty(graph)
    referred = {value for _, predicate, value in graph.triples if _refers(graph, predicate)}
    for node in sorted(graph.shapes):
        if node not in graph.rows or not (node in graph.declared or _is_told_by_core(graph, node)):
            continue
        if not graph.has_target(node):
            if node not in referred:
                yield Fault(f"{graph.named(node)} has no target, and no other shape refers to it: it checks nothing", node)
        elif not graph.has_constraint(node):
            yield Fault(f"{graph.named(node)} has a target but no constraint: it checks nothing", node)


def _empty(graph: ShapesGraph) -> Iterator[Fault]:
    """Shapes without a constraint that others hold values against: everything conforms to them."""
    for node in sorted(graph.rows):
        for predicate, shape in graph.links(node):
            if predicate != sh("property") and not is_literal(shape) and not graph.has_constraint(shape):
                name = f"sh:{iri_text(predicate).rpartition('#')[2]}"
                message = f"{name} of {graph.named(node)} leads to a shape without a constraint: everything conforms to it"
                yield Fault(message, node, predicate, shape if predicate in SHAPE_LINKS else None)


def _refers(graph: ShapesGraph, predicate: str) -> bool:
    return predicate == _IN_LISTS or predicate in CORE_PARAMETERS or predicate in graph.parameters


def _is_told_by_core(graph: ShapesGraph, node: str) -> bool:
    """Whether a word of SHACL itself makes a node a shape: data may have properties that some component has for parameters."""
    rows = graph.rows[node]
    return graph.has_target(node) or sh("path") in rows or not CORE_PARAMETERS.isdisjoint(rows)


def recursion(graph: ShapesGraph) -> Iterator[Fault]:
    """A fault for each circle of shapes: what it would mean is left open by SHACL (section 3.4.3)."""
    done: set[str] = set()
    for start in sorted(graph.shapes):
        branch: dict[str, Iterator[Triple]] = {} if start in done else {start: _linked(graph, start)}
        while branch:
            shape = next(reversed(branch))
            link = next(branch[shape], None)
            if link is None:
                done.add(shape)
                del branch[shape]
            elif link[2] in branch:
                yield Fault(_circle(graph, list(branch), link[2]), *link)
            elif link[2] not in done:
                branch[link[2]] = _linked(graph, link[2])


def _linked(graph: ShapesGraph, shape: str) -> Iterator[Triple]:
    return ((shape, predicate, value) for predicate, value in graph.links(shape))


def _circle(graph: ShapesGraph, branch: list[str], again: str) -> str:
    around = [node for node in branch[branch.index(again) :] if node.startswith("<")][1:]
    through = f" (through {', '.join(around[:3])})" if around else ""
    return f"{graph.named(again)} refers to itself{through}: recursive shapes are not checked"
