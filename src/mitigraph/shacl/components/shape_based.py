"""sh:node, sh:property, sh:qualifiedValueShape (SHACL, section 4.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from mitigraph.shacl.component import Component, Constraint, Fault, Here
from mitigraph.shacl.components.faults import faulty
from mitigraph.shacl.components.reads import Parameters, each, node
from mitigraph.shacl.reading import Given
from mitigraph.shacl.vocabulary import sh

__all__ = ["COMPONENTS", "PROPERTY", "Qualified"]

PROPERTY = sh("PropertyConstraintComponent")
"""The component without results of its own: those of the property shape stand for it."""

_SHAPE, _DISJOINT = sh("qualifiedValueShape"), sh("qualifiedValueShapesDisjoint")


@dataclass(frozen=True, slots=True)
class Qualified:
    """The shape that values are counted by, the shapes that they must not conform to besides, and how many there may be."""

    shape: str
    siblings: tuple[str, ...]
    limit: int


def node_(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes that do not conform to the shape."""
    shape, nodes = str(constraint.argument), here.distinct()
    return faulty(here, nodes & here.failing(shape, nodes), (shape,))


def property_(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes that do not conform to the property shape."""
    nodes = here.distinct()
    return faulty(here, nodes & here.failing(str(constraint.argument), nodes))


def qualified(here: Here, constraint: Constraint, few: bool) -> Iterator[Fault]:
    """Focus nodes with too few or too many values that conform to the shape (and to no sibling's, where that is asked)."""
    asked = constraint.argument
    assert isinstance(asked, Qualified)
    if few and asked.limit < 1:
        return
    nodes = here.distinct()
    taken = nodes - here.failing(asked.shape, nodes)
    for sibling in asked.siblings:
        taken = taken & here.failing(sibling, taken)
    numbers = Counter(focus for focus, _ in here.holding(taken))
    if few:
        wrong = here.focus - {focus for focus, number in numbers.items() if number >= asked.limit}
    else:
        wrong = {focus for focus, number in numbers.items() if number > asked.limit}
    for focus in wrong:
        yield Fault(focus)


def _qualified(given: Given, parameters: tuple[str, ...]) -> Iterator[tuple[Parameters, object]]:
    limit_word, _, _ = parameters
    limit, shape = given.one(limit_word), given.one(_SHAPE)
    if limit is None or shape is None:
        return
    if given.one(sh("path")) is None:
        given.refuse("has no sh:path, which sh:qualifiedValueShape needs")
    told = ((_SHAPE, given.node_of(_SHAPE, shape)), (limit_word, limit))
    siblings = _siblings(given, shape) if given.boolean(_DISJOINT) else ()
    yield told, Qualified(shape, siblings, given.integer(limit_word, limit))


def _siblings(given: Given, shape: str) -> tuple[str, ...]:
    """The qualified value shapes beside this one, of all shapes that this shape is a property of."""
    parents = [rows for rows in given.graph.values() if given.node in rows.get(sh("property"), ())]
    beside = {other for rows in parents for other in rows[sh("property")]}
    found = {one for other in beside for one in given.graph.get(other, {}).get(_SHAPE, ())}
    return tuple(sorted(found - {shape}))


def _count(name: str, few: bool, words: str) -> Component:
    parameter = name[0].lower() + name[1:]
    parameters = f"{parameter} qualifiedValueShape qualifiedValueShapesDisjoint"
    message = f"There must be {{${parameter}}} values {words} that conform to the shape."
    return Component.core(name, parameters, _qualified, partial(qualified, few=few), message)


COMPONENTS = (
    Component.core("Node", "node", each(node), node_, "The value must conform to the shape {$node}."),
    Component.core("Property", "property", each(node), property_, ""),
    _count("QualifiedMinCount", True, "or more"),
    _count("QualifiedMaxCount", False, "or fewer"),
)
