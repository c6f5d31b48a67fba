"""From the triples of a shapes graph to shapes (SHACL, section 2).

>>> from mitigraph.shacl.vocabulary import sh
>>> shapes = shapes_of([("<urn:s>", sh("targetNode"), "<urn:a>"), ("<urn:s>", sh("nodeKind"), sh("IRI"))])
>>> shapes["<urn:s>"].targets, shapes["<urn:s>"].constraints[0].parameters
((('targetNode', '<urn:a>'),), (('<http://www.w3.org/ns/shacl#nodeKind>', '<http://www.w3.org/ns/shacl#IRI>'),))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mitigraph.shacl.component import Component, Constraint, Shape
from mitigraph.shacl.components import CORE
from mitigraph.shacl.reading import Given
from mitigraph.shacl.vocabulary import CLASSES, SHAPE_LINKS, SHAPE_LISTS, TARGETS, Index, index, instances, sh
from mitigraph.terms import RDF, XSD, Triple, is_literal, literal_parts

__all__ = ["Constraint", "Shape", "Shapes", "components_of", "shapes_of"]

_SHAPE_CLASSES = (sh("NodeShape"), sh("PropertyShape"))
_NEED_SPARQL = (sh("sparql"), sh("validator"), sh("nodeValidator"), sh("propertyValidator"))
_TEXT = {XSD + "string", RDF + "langString"}


class Shapes(dict[str, Shape]):
    """Shapes by node, in the order of their nodes, with the table of the components they use."""

    def __init__(self, shapes: Mapping[str, Shape], components: Mapping[str, Component]) -> None:
        super().__init__(shapes)
        self.components = components


def shapes_of(triples: Iterable[Triple]) -> Shapes:
    """Every shape of a shapes graph. InputError, ``could not check: …``: a shape is ill-formed."""
    graph = index(set(triples))
    components = components_of(graph)
    declared = instances(graph, *_SHAPE_CLASSES)
    nodes = sorted(declared.union(_nodes(graph, components)))
    classes = declared & instances(graph, *CLASSES)
    return Shapes({node: _shape(Given(graph, node), components, node in classes) for node in nodes}, components)


def components_of(graph: Index) -> dict[str, Component]:
    """The components by their terms: those of SHACL Core, and those of SHACL-SPARQL where the graph has such."""
    found = {component.term: component for component in CORE}
    if any(word in rows for rows in graph.values() for word in _NEED_SPARQL):
        from mitigraph.shacl.sparql import components  # rarely needed

        found |= {component.term: component for component in components(graph)}
    return found


def _nodes(graph: Index, components: Mapping[str, Component]) -> Iterator[str]:
    """The nodes that are shapes by what is said of them (SHACL, section 2.1)."""
    telling = {component.parameters[0] for component in components.values()} | set(TARGETS)
    for node, rows in graph.items():
        if not telling.isdisjoint(rows):
            yield node
        for link in SHAPE_LINKS:
            yield from rows.get(link, ())
        for link in SHAPE_LISTS:
            for head in rows.get(link, ()):
                yield from Given(graph, node).members(link, head)


def _shape(given: Given, components: Mapping[str, Component], is_class: bool) -> Shape:
    if is_literal(given.node):
        given.refuse(f"is a literal in the place of a shape: {given.node}")
    path = given.one(sh("path"))
    severity = given.one(sh("severity"))
    return Shape(
        node=given.node,
        path=None if path is None else given.path(path),
        targets=tuple(_targets(given, is_class)),
        constraints=tuple(_constraints(given, components, path is not None)),
        severity=sh("Violation") if severity is None else given.iri(sh("severity"), severity),
        messages=tuple(_messages(given)),
        deactivated=given.boolean(sh("deactivated")),
    )


def _targets(given: Given, is_class: bool) -> Iterator[tuple[str, str]]:
    if is_class:
        yield "targetClass", given.node
    for word in TARGETS:
        for value in given.all(word):
            name = word.rpartition("#")[2].rstrip(">")
            yield name, value if name == "targetNode" else given.iri(word, value)


def _constraints(given: Given, components: Mapping[str, Component], has_path: bool) -> Iterator[Constraint]:
    for component in components.values():
        if not given.all(component.parameters[0]):
            continue
        if component.on_paths and not has_path:
            given.refuse(f"has no sh:path, which {component.parameters[0]} needs")
        for parameters, argument in component.read(given, component.parameters):
            yield Constraint(component.term, parameters, argument)


def _messages(given: Given) -> Iterator[str]:
    for term in given.all(sh("message")):
        if not is_literal(term) or literal_parts(term).datatype not in _TEXT:
            given.refuse(f"has a value of sh:message that is no text: {term}")
        yield term
