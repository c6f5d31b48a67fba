"""sh:not, sh:and, sh:or, sh:xone (SHACL, section 4.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mitigraph.shacl.component import Component, Constraint, Fault, Here
from mitigraph.shacl.components.faults import faulty
from mitigraph.shacl.components.reads import each, node
from mitigraph.shacl.reading import Given

__all__ = ["COMPONENTS"]


def not_(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes that conform to the shape."""
    nodes = here.distinct()
    return faulty(here, nodes - here.failing(str(constraint.argument), nodes))


def and_(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes that do not conform to one of the shapes."""
    shapes, nodes = _shapes(constraint), here.distinct()
    wrong = set().union(*(here.failing(shape, nodes) for shape in shapes))
    return faulty(here, nodes & wrong, shapes)


def or_(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes that conform to none of the shapes."""
    shapes, wrong = _shapes(constraint), here.distinct()
    for shape in shapes:
        wrong = wrong & here.failing(shape, wrong)
    return faulty(here, wrong, shapes)


def xone(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes that conform to none of the shapes, or to several."""
    shapes, nodes = _shapes(constraint), here.distinct()
    conforming = Counter(value for shape in shapes for value in nodes - here.failing(shape, nodes))
    return faulty(here, {value for value in nodes if conforming[value] != 1})


def _shapes(constraint: Constraint) -> tuple[str, ...]:
    assert isinstance(constraint.argument, tuple)
    return constraint.argument


def _list(given: Given, word: str, term: str) -> tuple[str, ...]:
    return tuple(given.node_of(word, member) for member in given.members(word, term))


COMPONENTS = (
    Component.core("Not", "not", each(node), not_, "The value must not conform to the shape."),
    Component.core("And", "and", each(_list), and_, "The value must conform to all of the shapes."),
    Component.core("Or", "or", each(_list), or_, "The value must conform to at least one of the shapes."),
    Component.core("Xone", "xone", each(_list), xone, "The value must conform to exactly one of the shapes."),
)
