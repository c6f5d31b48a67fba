"""A shapes graph as the lint sees it: which of its nodes are shapes, what leads to them, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from mitigraph.shacl.vocabulary import (
    CLASSES,
    CONSTRAINTS,
    SHAPE_LINKS,
    SHAPE_LISTS,
    TARGETS,
    Index,
    index,
    instances,
    members,
    sh,
)
from mitigraph.terms import RDF, Triple, is_iri, is_literal, literal_parts

__all__ = ["CORE_PARAMETERS", "FIRST", "NIL", "REST", "TYPE", "Fault", "ShapesGraph", "shapes_graph"]

TYPE, FIRST, REST, NIL = (f"<{RDF}{name}>" for name in ("type", "first", "rest", "nil"))
_MORE_PARAMETERS = ("flags", "ignoredProperties", "qualifiedMaxCount", "qualifiedMinCount", "qualifiedValueShapesDisjoint")
CORE_PARAMETERS = CONSTRAINTS | {sh(name) for name in _MORE_PARAMETERS}
REACH = 50


class Fault(NamedTuple):
    """One thing that is wrong with shapes: said of a node, at best at one of its triples."""

    message: str
    node: str
    predicate: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class ShapesGraph:
    """The triples of a shapes graph and what follows from them."""

    triples: list[Triple]

    @cached_property
    def rows(self) -> Index:
        """Subject → predicate → objects, sorted."""
        return index(self.triples)

    @cached_property
    def components(self) -> dict[str, list[str]]:
        """The constraint components that are declared here, each with its parameter declarations (SHACL, section 6.2.1)."""
        found = instances(self.rows, sh("ConstraintComponent")) | {s for s, rows in self.rows.items() if sh("parameter") in rows}
        return {node: self.values(node, "parameter") for node in sorted(found)}

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The properties that are parameters of a component declared here."""
        declared = {part for parts in self.components.values() for part in parts}
        return frozenset(path for part in declared for path in self.values(part, "path"))

    @cached_property
    def shapes(self) -> frozenset[str]:
        """The nodes that are shapes (SHACL, section 2.1), declarations of parameters left out."""
        words = CORE_PARAMETERS | set(TARGETS) | self.parameters
        found = self.declared | {subject for subject, rows in self.rows.items() if not words.isdisjoint(rows)}
        found |= {value for shape in list(self.rows) for _, value in self.links(shape) if not is_literal(value)}
        return frozenset(found - {part for parts in self.components.values() for part in parts})

    @cached_property
    def declared(self) -> frozenset[str]:
        """The nodes that are called shapes by their type."""
        return instances(self.rows, sh("NodeShape"), sh("PropertyShape"))

    @cached_property
    def node_shapes(self) -> frozenset[str]:
        """The nodes that must be node shapes: called so, or values of sh:node."""
        return instances(self.rows, sh("NodeShape")).union(*(rows.get(sh("node"), ()) for rows in self.rows.values()))

    @cached_property
    def property_shapes(self) -> frozenset[str]:
        """The nodes that must be property shapes: called so, or values of sh:property."""
        return instances(self.rows, sh("PropertyShape")).union(*(rows.get(sh("property"), ()) for rows in self.rows.values()))

    @cached_property
    def parents(self) -> dict[str, str]:
        """For each blank node one node that leads to it: how a place is found for what has no name."""
        return {value: subject for subject, _, value in sorted(self.triples, reverse=True) if value.startswith("_:")}

    def values(self, node: str, name: str) -> list[str]:
        """The values of a SHACL property at a node."""
        return self.rows.get(node, {}).get(sh(name), [])

    def text(self, node: str, name: str) -> str | None:
        """The text of the first literal value of a SHACL property."""
        return next((literal_parts(value).text for value in self.values(node, name) if is_literal(value)), None)

    @cached_property
    def own_targets(self) -> frozenset[str]:
        """The nodes that are called both shapes and classes, and so are their own targets (SHACL, section 2.1.3.3)."""
        return self.declared & instances(self.rows, *CLASSES)

    def has_target(self, node: str) -> bool:
        """Whether a shape has a target of its own."""
        return any(target in self.rows.get(node, {}) for target in TARGETS) or node in self.own_targets

    def has_constraint(self, node: str) -> bool:
        """Whether a shape says anything that a node could break."""
        return not (CONSTRAINTS | self.parameters).isdisjoint(self.rows.get(node, {}))

    def links(self, shape: str) -> Iterator[tuple[str, str]]:
        """What a shape refers to as a shape, each with the predicate."""
        rows = self.rows.get(shape, {})
        for link in SHAPE_LINKS:
            yield from ((link, value) for value in rows.get(link, ()))
        for link in SHAPE_LISTS:
            for head in rows.get(link, ()):
                yield from ((link, value) for value in members(self.rows, head))

    def named(self, node: str) -> str:
        """A node for a person: its IRI, else what it is part of."""
        if is_iri(node):
            return node
        kind, owner = "shape" if node in self.shapes else "part", self.owner(node)
        return f"a {kind} within {owner}" if owner else f"a {kind} without a name"

    def owner(self, node: str) -> str | None:
        """The nearest node with an IRI that leads to a blank node."""
        for _ in range(REACH):
            if is_iri(node):
                return node
            node = self.parents.get(node, "")
        return None


def shapes_graph(triples: Iterable[Triple]) -> ShapesGraph:
    """The shapes graph of some triples, each once and in a fixed order."""
    return ShapesGraph(sorted(set(triples)))
