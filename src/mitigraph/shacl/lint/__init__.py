"""A look at the shapes before they are used: what an engine would skip in silence or choke on is refused here.

>>> from mitigraph.shacl.vocabulary import sh
>>> shapes = shapes_graph([("<urn:s>", sh("targetNode"), "<urn:a>"), ("<urn:s>", sh("minCout"), '"1"')])
>>> print(faults(shapes)[0].message)
<urn:s> uses the unknown SHACL term sh:minCout; did you mean sh:minCount?
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mitigraph.errors import InputError
from mitigraph.finding import one_line
from mitigraph.shacl.lint.form import idle_parameters, ill_formed
from mitigraph.shacl.lint.graph import Fault, ShapesGraph, shapes_graph
from mitigraph.shacl.lint.patterns import unusable_patterns
from mitigraph.shacl.lint.reach import idle, nothing_to_check, recursion
from mitigraph.shacl.lint.terms import stray_terms, unknown_datatypes, unknown_terms
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import Triple

__all__ = ["Fault", "ShapesGraph", "UnusableShapesError", "doubts", "faults", "refuse_unusable", "shapes_graph"]

SHOWN = 20
"""So many faults are told; the rest are counted."""

_OF_QUERIES = frozenset(sh(name) for name in ("ask", "declare", "parameter", "select", "sparql"))


class UnusableShapesError(InputError):
    """Shapes that cannot be used as they are: a line for each thing to mend."""

    def __init__(self, text: str, reasons: Iterable[str] = ()) -> None:
        super().__init__(text)
        self.reasons = list(reasons) or [text]

    def lines(self) -> list[str]:
        """A line for each reason, up to a number."""
        more = len(self.reasons) - SHOWN
        counted = [f"could not check: {more:,} more faults of the shapes"] if more > 0 else []
        return [f"mitigraph: {reason}" for reason in (*self.reasons[:SHOWN], *counted)]

    @classmethod
    def of(cls, reasons: Iterable[str]) -> UnusableShapesError:
        """The error for some reasons, of which there is at least one."""
        told = [f"could not check: {one_line(reason)}" for reason in dict.fromkeys(reasons)]
        return cls(told[0], told)


def faults(graph: ShapesGraph) -> list[Fault]:
    """All that keeps the shapes from being used: unknown terms, broken syntax rules, recursion, patterns and queries that
    cannot be used; and, if there is nothing of that, that no shape has both a target and a constraint."""
    checks = (unknown_terms, ill_formed, recursion, unusable_patterns, _unusable_queries)
    found = [fault for check in checks for fault in check(graph)]
    return found or list(nothing_to_check(graph))


def _unusable_queries(graph: ShapesGraph) -> Iterator[Fault]:
    if _has_queries(graph):
        from mitigraph.shacl.lint.queries import unusable_queries  # what reads queries takes its time to import

        yield from unusable_queries(graph)


def _idle_components(graph: ShapesGraph) -> Iterator[Fault]:
    if _has_queries(graph):
        from mitigraph.shacl.lint.queries import idle_components

        yield from idle_components(graph)


def _has_queries(graph: ShapesGraph) -> bool:
    return any(predicate in _OF_QUERIES for _, predicate, _ in graph.triples)


def doubts(graph: ShapesGraph) -> list[tuple[str, Fault]]:
    """What can be used, but hardly says what was meant, each with the code of its finding."""
    unknown = [*stray_terms(graph), *unknown_datatypes(graph)]
    idle_ones = [*idle(graph), *idle_parameters(graph, sorted(graph.shapes)), *_idle_components(graph)]
    return [("unknown-term", fault) for fault in unknown] + [("idle-shape", fault) for fault in idle_ones]


def refuse_unusable(shapes: Iterable[Triple]) -> None:
    """UnusableShapesError when there is a fault; see ``faults``."""
    graph = shapes_graph(shapes)
    if found := faults(graph):
        raise UnusableShapesError.of(fault.message for fault in found)
