"""The syntax rules of SHACL-SPARQL: constraints, components, prefixes, what queries must not hold (SHACL, sections 5 and 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mitigraph.shacl.lint.form import BOOLEAN, IRI, STRING, TEXT, TRUE_OR_FALSE, Kind
from mitigraph.shacl.lint.graph import Fault, ShapesGraph
from mitigraph.shacl.sparql_declared import FORMS, NAMELESS, Declared, declared, parameter_name, prefixes_of, query
from mitigraph.shacl.sparql_text import OPTIONAL, THIS, complaint
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import XSD, is_iri, is_literal, literal_parts

__all__ = ["idle_components", "unusable_queries"]

_VALIDATORS = {"validator": "ask", "nodeValidator": "select", "propertyValidator": "select"}
_VARIABLE = re.compile(r"\w+")
_NODE = Kind("a node", lambda _, term: "found a literal" if is_literal(term) else "")
_URIS = (f"{XSD}anyURI", f"{XSD}string")  # the standard wants the first, and writes the second itself (appendix C)
_NAMESPACE = Kind(
    "an xsd:anyURI",
    lambda _, term: "" if is_literal(term) and literal_parts(term).datatype in _URIS else f"found {term}",
)


def unusable_queries(graph: ShapesGraph) -> Iterator[Fault]:
    """A fault for each rule that a constraint, a component, a validator or a query breaks."""
    yield from _prefix_declarations(graph)
    used: dict[str, tuple[frozenset[str], bool]] = {}
    for component, parts in graph.components.items():
        names: list[str] = []
        for part in parts:
            yield from _parameter(graph, component, part, names)
        if names and all(_is_optional(graph, part) for part in parts):
            yield Fault(f"{graph.named(component)} has no parameter that is not optional", component, sh("parameter"))
        for name, property in _VALIDATORS.items():
            for validator in graph.values(component, name):
                used[validator] = (frozenset(names), name == "propertyValidator")
                if not graph.values(validator, property):
                    message = f"sh:{name} of {graph.named(component)} must hold a sh:{property} query"
                    yield Fault(message, component, sh(name), validator)
    for shape in sorted(graph.rows):
        for constraint in graph.values(shape, "sparql"):
            used[constraint] = (frozenset(), sh("path") in graph.rows[shape] and used.get(constraint, ("", True))[1])
            yield from _constraint(graph, shape, constraint)
    for node in sorted(graph.rows):
        if any(sh(name) in graph.rows[node] for name in FORMS):
            yield from _query(graph, node, *used.get(node, (frozenset(), True)))


def idle_components(graph: ShapesGraph) -> Iterator[Fault]:
    """Shapes with parameters of a component that checks nothing there (SHACL, sections 6.2 and 6.3)."""
    used = {one.node: one for one in declared(graph.rows)}
    for node, parts in graph.components.items():
        paths = [path for part in parts for path in graph.values(part, "path")]
        for shape in sorted(graph.shapes):
            given = [path for path in paths if path in graph.rows.get(shape, ())]
            if given and (reason := _idle_reason(graph, shape, used.get(node))):
                yield Fault(f"{graph.named(shape)} is not checked by {graph.named(node)}, {reason}", shape, given[0])


def _idle_reason(graph: ShapesGraph, shape: str, component: Declared | None) -> str:
    if component is None:
        return "which is not of the type sh:ConstraintComponent"
    if missing := [one.path for one in component.mandatory if one.path not in graph.rows[shape]]:
        return f"which also needs {missing[0]}"
    kind = "property" if sh("path") in graph.rows[shape] else "node"
    validator = component.of_paths if kind == "property" else component.of_nodes
    return f"which has no validator for {kind} shapes" if validator is None else ""


def _prefix_declarations(graph: ShapesGraph) -> Iterator[Fault]:
    for node in sorted(graph.rows):
        for declaration in graph.values(node, "declare"):
            yield from _exactly_one(graph, declaration, "prefix", STRING)
            yield from _exactly_one(graph, declaration, "namespace", _NAMESPACE)


def _exactly_one(graph: ShapesGraph, node: str, name: str, kind: Kind) -> Iterator[Fault]:
    values = graph.values(node, name)
    if len(values) != 1:
        yield Fault(f"{graph.named(node)} must have exactly one sh:{name}, but has {len(values)}", node, sh(name))
    yield from _each(graph, node, name, kind)


def _each(graph: ShapesGraph, node: str, name: str, kind: Kind) -> Iterator[Fault]:
    for value in graph.values(node, name):
        if wrong := kind.fault(graph, value):
            yield Fault(f"sh:{name} of {graph.named(node)} must be {kind.words}, but {wrong}", node, sh(name), value)


def _parameter(graph: ShapesGraph, component: str, part: str, names: list[str]) -> Iterator[Fault]:
    yield from _exactly_one(graph, part, "path", IRI)
    yield from _each(graph, part, "optional", BOOLEAN)
    for path in filter(is_iri, graph.values(part, "path")):
        name = parameter_name(path)
        if not _VARIABLE.fullmatch(name) or name in NAMELESS or name in names:
            why = "another parameter has it" if name in names else "no variable can be called so"
            yield Fault(f"a parameter of {graph.named(component)} has the name {name!r}: {why}", part, sh("path"), path)
        names.append(name)


def _is_optional(graph: ShapesGraph, part: str) -> bool:
    return any(literal_parts(term).text in ("true", "1") for term in graph.values(part, "optional") if is_literal(term))


def _constraint(graph: ShapesGraph, shape: str, constraint: str) -> Iterator[Fault]:
    if is_literal(constraint):
        yield Fault(f"sh:sparql of {graph.named(shape)} must be a node, found a literal", shape, sh("sparql"), constraint)
        return
    if not graph.values(constraint, "select"):
        yield Fault(f"sh:sparql of {graph.named(shape)} must hold a sh:select query", shape, sh("sparql"), constraint)
    yield from _each(graph, constraint, "message", TEXT)
    yield from _each(graph, constraint, "deactivated", TRUE_OR_FALSE)


def _query(graph: ShapesGraph, node: str, names: frozenset[str], path: bool) -> Iterator[Fault]:
    texts = [(name, value) for name in FORMS for value in graph.values(node, name)]
    if len(texts) > 1:
        yield Fault(f"{graph.named(node)} holds more than one query", node, sh(texts[1][0]), texts[1][1])
        return
    yield from _each(graph, node, "prefixes", _NODE)
    spaces = set(prefixes_of(graph.rows, node))
    if clash := sorted(prefix for prefix, _ in spaces if sum(prefix == other for other, _ in spaces) > 1):
        yield Fault(f"the prefix {clash[0]!r} has several namespaces for {graph.named(node)}", node, sh("prefixes"))
        return
    yield from _each(graph, node, texts[0][0], STRING)
    if found := query(graph.rows, node):
        bound = THIS | OPTIONAL | names | ({"value"} if found.form == "ASK" else set())
        if reason := complaint(found.text, found.form, bound, found.prefixes, path and found.form == "SELECT"):
            yield Fault(f"{graph.named(node)} holds a query that cannot be used: {reason}", node, sh(texts[0][0]), texts[0][1])
