"""sh:minExclusive, sh:minInclusive, sh:maxExclusive, sh:maxInclusive (SHACL, section 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mitigraph.shacl.component import Component, Constraint, Fault, Here
from mitigraph.shacl.components.faults import faulty
from mitigraph.shacl.components.reads import only
from mitigraph.shacl.reading import Given
from mitigraph.shacl.xsd import compare

__all__ = ["COMPONENTS"]


def _bounded(*orders: int) -> Callable[[Here, Constraint], Iterator[Fault]]:
    """What tells of value nodes that do not compare with the limit as one of the orders says, or do not compare at all."""

    def check(here: Here, constraint: Constraint) -> Iterator[Fault]:
        limit = str(constraint.argument)
        return faulty(here, {value for value in here.distinct() if compare(value, limit) not in orders})

    return check


def _limit(given: Given, word: str, term: str) -> str:
    return given.literal(word, term)


def _row(name: str, check: Callable[[Here, Constraint], Iterator[Fault]], words: str) -> Component:
    parameter = name[0].lower() + name[1:]
    return Component.core(name, parameter, only(_limit), check, f"The value must be {words} {{${parameter}}}.")


COMPONENTS = (
    _row("MinExclusive", _bounded(1), "greater than"),
    _row("MinInclusive", _bounded(0, 1), "at least"),
    _row("MaxExclusive", _bounded(-1), "less than"),
    _row("MaxInclusive", _bounded(-1, 0), "at most"),
)
