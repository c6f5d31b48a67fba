"""sh:equals, sh:disjoint, sh:lessThan, sh:lessThanOrEquals (SHACL, section 4.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mitigraph.shacl.component import Component, Constraint, Fault, Here
from mitigraph.shacl.components.reads import each, iri
from mitigraph.shacl.xsd import compare

__all__ = ["COMPONENTS"]


def equals(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Values that the other property lacks, and those that it alone has."""
    others = here.data.out(str(constraint.argument))
    for focus in here.focus:
        mine, theirs = here.of(focus), others.get(focus, ())
        if mine or theirs:
            for value in set(mine).symmetric_difference(theirs):
                yield Fault(focus, value)


def disjoint(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Values that the other property has, too."""
    others = here.data.out(str(constraint.argument))
    for focus, row in here.rows():
        theirs = others.get(focus)
        if theirs:
            for value in set(row).intersection(theirs):
                yield Fault(focus, value)


def _ordered(*orders: int) -> Callable[[Here, Constraint], Iterator[Fault]]:
    """What tells of values that do not compare with each value of the other property as one of the orders says."""

    def check(here: Here, constraint: Constraint) -> Iterator[Fault]:
        others = here.data.out(str(constraint.argument))
        for focus, row in here.rows():
            for other in others.get(focus, ()):
                for value in row:
                    if compare(value, other) not in orders:
                        yield Fault(focus, value)

    return check


COMPONENTS = (
    Component.core("Equals", "equals", each(iri), equals, "The values must be the same as those of {$equals}."),
    Component.core("Disjoint", "disjoint", each(iri), disjoint, "The value must not be among those of {$disjoint}."),
    Component.core("LessThan", "lessThan", each(iri), _ordered(-1), "The value must be less than those of {$lessThan}.", True),
    Component.core(
        "LessThanOrEquals",
        "lessThanOrEquals",
        each(iri),
        _ordered(-1, 0),
        "The value must not be greater than those of {$lessThanOrEquals}.",
        True,
    ),
)
