"""pySHACL as an oracle: what it gets wrong is listed here with the clauses that say so, and mended before it is asked.

Comparisons are mended with pyoxigraph's SPARQL, so that our own code is not asked about itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any, NamedTuple
from unittest.mock import patch

import pyoxigraph
from pyshacl.constraints.core import property_pair_constraints as pairs
from pyshacl.constraints.core import string_based_constraints as strings
from pyshacl.constraints.core import value_range_constraints as ranges
from pyshacl.helper import expression_helper
from rdflib import RDF, BNode, Literal, URIRef

from mitigraph.terms import XSD, literal, literal_parts

_ORDERED = ("string", "integer", "byte", "decimal", "double", "float", "boolean", "date", "dateTime")

__all__ = ["FAULTS", "Fault", "mended"]


class Fault(NamedTuple):
    """A fault of pySHACL: the clause of SHACL that it breaks, what is wrong, the smallest case (data and shapes in Turtle), the
    number of results that case has, how many pySHACL finds (None: it gives up); and the mend, if there is one."""

    clause: str
    wrong: str
    data: str
    shapes: str
    right: int
    found: int | None
    where: type | Any = None
    name: str = ""
    mend: Callable[..., Any] | None = None


def _is_comparable(term: str) -> bool:
    """Whether a literal has a value that SPARQL's < takes; pyoxigraph compares any with itself, and takes 300 for a byte."""
    found = literal_parts(term)
    kind = found.datatype.removeprefix(XSD)
    if kind == "byte" and not -128 <= int(found.text) <= 127:
        return False
    return kind in _ORDERED and not Literal(found.text, datatype=found.datatype).ill_typed


@lru_cache(maxsize=4096)
def _order(one: str, other: str) -> int | None:
    """Below, equal or above by SPARQL's operators; None where < is an error, or none of them is true (section 17.3)."""
    if not (_is_comparable(one) and _is_comparable(other)):
        return None
    signs = {"<": -1, "=": 0, ">": 1}
    wanted = " ".join(f"({one} {sign} {other} AS ?{name})" for sign, name in zip(signs, ("below", "equal", "above"), strict=True))
    rows = pyoxigraph.Store().query(f"SELECT {wanted} {{}}")
    assert isinstance(rows, pyoxigraph.QuerySolutions)
    below, equal, above = (str(term) for term in next(rows))
    if below == "None":
        return None
    return next((order for told, order in zip((below, equal, above), (-1, 0, 1), strict=True) if told.startswith('"true"')), None)


def _term(node: Literal) -> str:
    return literal(str(node), str(node.datatype) if node.datatype else None, node.language)


def _compare(one: Literal, other: Literal) -> int:
    """Below, equal or above. TypeError where the two cannot be compared."""
    order = _order(_term(one), _term(other))
    if order is None:
        raise TypeError(f"{one} and {other} are not comparable")
    return order


def _less(most: int) -> Callable[..., tuple[bool, list[Any]]]:
    def compare(self: Any, values: Iterable[Any], others: Iterable[Any], graph: Any, focus: Any) -> tuple[bool, list[Any]]:
        wrong = [value for value in values for other in others if not _holds(value, most, other)]
        return bool(wrong), [self.make_v_result(graph, focus, value_node=value) for value in wrong]

    return compare


def _holds(value: Any, most: int, other: Any) -> bool:
    if isinstance(value, BNode | URIRef) or isinstance(other, BNode | URIRef):
        return False  # SPARQL's < is of literals (section 17.3)
    order = _order(_term(value), _term(other))
    return order is not None and order <= most


_min_length: Callable[..., tuple[bool, list[Any]]] = strings.MinLengthConstraintComponent._evaluate_string_rule


def _longer(self: Any, rule: Literal, graph: Any, rows: dict[Any, Any]) -> tuple[bool, list[Any]]:
    if int(rule) > 0:
        return _min_length(self, rule, graph, rows)
    blank = [(focus, value) for focus, values in rows.items() for value in values if isinstance(value, BNode)]
    return bool(blank), [self.make_v_result(graph, focus, value_node=value) for focus, value in blank]


_along = expression_helper.value_nodes_from_path


def _back_along(shapes: Any, focus: Any, path: Any, graph: Any, inverse: bool = False, recursion: int = 0) -> Any:
    if not inverse or (path, RDF.first, None) not in shapes.graph:
        return _along(shapes, focus, path, graph, inverse=inverse, recursion=recursion)
    found = {focus}
    for step in reversed(list(shapes.graph.items(path))):
        found = {value for node in found for value in _back_along(shapes, node, step, graph, True, recursion + 1)}
    return found


FAULTS = {
    "inverse-of-sequence": Fault(
        "2.3.1.4",
        "takes the steps of an inverse sequence in the order of the sequence: ^(p/q) is ^q/^p",
        "ex:a ex:p ex:a . ex:b ex:q ex:a .",
        "ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:path [ sh:inversePath ( ex:p ex:q ) ] ; sh:maxCount 0 .",
        0,
        1,
        expression_helper,
        "value_nodes_from_path",
        _back_along,
    ),
    "incomparable": Fault(
        "4.3",
        "values that SPARQL cannot compare count as being in the range",
        "",
        'ex:s a sh:NodeShape ; sh:targetNode true ; sh:maxInclusive "2024-01-31T01:00:00Z"^^xsd:dateTime .',
        1,
        0,
        ranges,
        "compare_literal",
        _compare,
    ),
    "less-than-blank": Fault(
        "4.5.3",
        "gives up at a blank node, which SPARQL cannot compare: a result is due",
        "ex:a ex:p [] ; ex:q 1 .",
        "ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:path ex:p ; sh:lessThan ex:q .",
        1,
        None,
        pairs.LessThanConstraintComponent,
        "_compare_lt",
        _less(-1),
    ),
    "less-than-or-equals-iri": Fault(
        "4.5.4",
        "compares IRIs, which SPARQL cannot: a result is due",
        "ex:a ex:p ex:b ; ex:q ex:b .",
        "ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:path ex:p ; sh:lessThanOrEquals ex:q .",
        1,
        0,
        pairs.LessThanOrEqualsConstraintComponent,
        "_compare_ltoe",
        _less(0),
    ),
    "length-of-blank": Fault(
        "4.4.1",
        "lets blank nodes pass where the least length is 0; they have no text at all",
        "ex:a ex:p [] .",
        "ex:s a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:minLength 0 .",
        1,
        0,
        strings.MinLengthConstraintComponent,
        "_evaluate_string_rule",
        _longer,
    ),
    "unique-lang-one": Fault(
        "4.4.5",
        'takes sh:uniqueLang "1"^^xsd:boolean for true; the constraint is of the term true alone',
        'ex:a ex:p "a"@en , "b"@en .',
        'ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:path ex:p ; sh:uniqueLang "1"^^xsd:boolean .',
        0,
        1,
    ),
    "ask-of-values": Fault(
        "6.3",
        "asks an ASK validator once for all values of a property shape, and does not tell which is wrong",
        "ex:a ex:p 6 , 7 .",
        """ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:most ] ; sh:validator ex:is-most .
        ex:is-most a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER ($value <= $most) }" .
        ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:path ex:p ; ex:most 3 .""",
        2,
        1,
    ),
}


@contextmanager
def mended() -> Iterator[None]:
    """pySHACL without its known faults."""
    with ExitStack() as stack:
        for fault in FAULTS.values():
            if fault.mend is None:
                continue
            stack.enter_context(patch.object(fault.where, fault.name, fault.mend))
        yield
