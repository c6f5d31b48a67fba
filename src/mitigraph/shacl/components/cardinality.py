"""sh:minCount, sh:maxCount (SHACL, section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from mitigraph.shacl.component import Component, Constraint, Fault, Here
from mitigraph.shacl.components.reads import only
from mitigraph.shacl.reading import Given

__all__ = ["COMPONENTS"]


def min_count(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Focus nodes with too few values."""
    least = int(str(constraint.argument))
    if least < 1:
        return
    few = here.lacking() if least == 1 else here.focus - {node for node, _ in here.longer(least - 1)}
    for node in few:
        yield Fault(node)


def max_count(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Focus nodes with too many values."""
    most = int(str(constraint.argument))
    for node, _ in here.longer(most):
        yield Fault(node)


def _count(given: Given, word: str, term: str) -> int:
    return given.integer(word, term)


COMPONENTS = (
    Component.core("MinCount", "minCount", only(_count), min_count, "There must be {$minCount} values or more.", True),
    Component.core("MaxCount", "maxCount", only(_count), max_count, "There may be {$maxCount} values or fewer.", True),
)
