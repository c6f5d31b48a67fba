"""What a shapes graph declares for SHACL-SPARQL: queries with their prefixes and messages, components with their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mitigraph.shacl.vocabulary import Index, instances, sh
from mitigraph.terms import XSD, Triple, iri_text, is_iri, is_literal, literal_parts

__all__ = [
    "NAMELESS",
    "Declared",
    "Parameter",
    "Query",
    "component_nodes",
    "declared",
    "needs_queries",
    "parameter_name",
    "prefixes_of",
    "query",
]

_IMPORTS = "<http://www.w3.org/2002/07/owl#imports>"
_TRUE = {f'"{text}"^^<{XSD}boolean>' for text in ("true", "1")}
_TELLING = frozenset(sh(name) for name in ("sparql", "validator", "nodeValidator", "propertyValidator"))
_LAST_NAME = re.compile(r"[^\W\d][\w.\-]*\Z")
FORMS = {"select": "SELECT", "ask": "ASK"}

NAMELESS = frozenset(("this", "shapesGraph", "currentShape", "path", "PATH", "value"))
"""Names that a parameter must not have (SHACL, section 6.2.1)."""


class Query(NamedTuple):
    """A query of the shapes graph: the node that holds it, its text, SELECT or ASK, its prefixes and messages (literal terms)."""

    node: str
    text: str
    form: str
    prefixes: dict[str, str]
    messages: tuple[str, ...]


class Parameter(NamedTuple):
    """A parameter of a component: the property (a term) by which shapes give it, the variable it becomes."""

    path: str
    name: str
    optional: bool


class Declared(NamedTuple):
    """A component and its validators for each kind of shape; None where it has none."""

    node: str
    parameters: tuple[Parameter, ...]
    of_nodes: Query | None
    of_paths: Query | None
    messages: tuple[str, ...]

    @property
    def mandatory(self) -> tuple[Parameter, ...]:
        """The parameters that a shape must give."""
        return tuple(parameter for parameter in self.parameters if not parameter.optional)


def needs_queries(shapes: Iterable[Triple]) -> bool:
    """Whether shapes hold constraints that are SPARQL queries, whose time nobody can foretell."""
    return any(predicate in _TELLING for _, predicate, _ in shapes)


def declared(graph: Index) -> Iterator[Declared]:
    """The constraint components that a shapes graph declares, in the order of their nodes (SHACL, section 6.2)."""
    for node in component_nodes(graph):
        rows = graph[node]
        parameters = sorted(_parameters(graph, rows.get(sh("parameter"), [])), key=lambda one: (one.optional, one.path))
        plain = _validator(graph, rows, "validator")
        yield Declared(
            node,
            tuple(parameters),
            _validator(graph, rows, "nodeValidator") or plain,
            _validator(graph, rows, "propertyValidator") or plain,
            messages(graph, node),
        )


def component_nodes(graph: Index) -> list[str]:
    """The SHACL instances of sh:ConstraintComponent that have a parameter."""
    return sorted(node for node in instances(graph, sh("ConstraintComponent")) if sh("parameter") in graph[node])


def _parameters(graph: Index, nodes: list[str]) -> Iterator[Parameter]:
    for node in nodes:
        for path in filter(is_iri, graph.get(node, {}).get(sh("path"), [])):
            optional = not _TRUE.isdisjoint(graph[node].get(sh("optional"), ()))
            yield Parameter(path, parameter_name(path), optional)


def parameter_name(path: str) -> str:
    """The local name of a parameter's property, as the variable is called (SHACL, section 6.2.1).

    >>> parameter_name("<https://example.org/ns#lang>"), parameter_name("<https://example.org/2>")
    ('lang', '')
    """
    found = _LAST_NAME.search(iri_text(path))
    return found.group() if found else ""


def _validator(graph: Index, rows: dict[str, list[str]], name: str) -> Query | None:
    return next((found for node in rows.get(sh(name), []) if (found := query(graph, node))), None)


def query(graph: Index, node: str) -> Query | None:
    """The query that a constraint or a validator holds; None without one."""
    rows = graph.get(node, {})
    for name, form in FORMS.items():
        for text in filter(is_literal, rows.get(sh(name), [])):
            return Query(node, literal_parts(text).text, form, dict(prefixes_of(graph, node)), messages(graph, node))
    return None


def messages(graph: Index, node: str) -> tuple[str, ...]:
    """The literals of sh:message at a node."""
    return tuple(filter(is_literal, graph.get(node, {}).get(sh("message"), [])))


def prefixes_of(graph: Index, node: str) -> Iterator[tuple[str, str]]:
    """Each prefix and namespace declared for a query, along sh:prefixes/owl:imports*/sh:declare (SHACL, section 5.2.1)."""
    waiting = list(graph.get(node, {}).get(sh("prefixes"), []))
    seen = set(waiting)
    for holder in waiting:  # the list grows while it is walked
        rows = graph.get(holder, {})
        for part in rows.get(sh("declare"), []):
            yield _text(graph, part, "prefix"), _text(graph, part, "namespace")
        more = [one for one in rows.get(_IMPORTS, []) if one not in seen]
        seen.update(more)
        waiting.extend(more)


def _text(graph: Index, node: str, name: str) -> str:
    return next((literal_parts(term).text for term in graph.get(node, {}).get(sh(name), []) if is_literal(term)), "")
