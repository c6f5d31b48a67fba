"""The syntax rules of SHACL Core: a table of what each property of a shape may have as values (SHACL, appendices B and C)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from mitigraph.shacl.lint.graph import FIRST, NIL, REST, TYPE, Fault, ShapesGraph
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import RDF, XSD, is_iri, is_literal, literal_parts

__all__ = ["RULES", "idle_parameters", "ill_formed", "list_fault", "list_members"]

_INTEGER = re.compile(r"[+-]?[0-9]+")
_TRUE_OR_FALSE = {f'"{word}"^^<{XSD}boolean>' for word in ("true", "false")}
_ONE = f'"1"^^<{XSD}boolean>'
_BOOLEANS = _TRUE_OR_FALSE | {f'"{digit}"^^<{XSD}boolean>' for digit in "10"}
_NODE_KINDS = {sh(name) for name in ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")}
_TEXTS = (f"{XSD}string", f"{RDF}langString")


class Kind(NamedTuple):
    """What a value may be: in words, and as a check that gives what is wrong with it, "" if nothing is."""

    words: str
    fault: Callable[[ShapesGraph, str], str]


class Rule(NamedTuple):
    """What the values of a property of shapes are, and how many a shape may have (None: any number)."""

    kind: Kind
    most: int | None = None


def _found(test: Callable[[str], bool]) -> Callable[[ShapesGraph, str], str]:
    return lambda graph, term: "" if test(term) else f"found {_shown(graph, term)}"


def _of_type(*datatypes: str) -> Callable[[str], bool]:
    return lambda term: is_literal(term) and literal_parts(term).datatype in datatypes


def _is_integer(term: str) -> bool:
    if not is_literal(term):
        return False
    text, _, datatype = literal_parts(term)
    return datatype == f"{XSD}integer" and _INTEGER.fullmatch(text) is not None


def _list_of(words: str, kind: Kind | None) -> Kind:
    def fault(graph: ShapesGraph, head: str) -> str:
        if wrong := list_fault(graph, head):
            return wrong
        faults = (kind.fault(graph, member) for member in list_members(graph, head)) if kind else ()
        return next((f"in it {wrong}" for wrong in faults if wrong), "")

    return Kind(words, fault)


def _shape_fault(graph: ShapesGraph, node: str) -> str:
    if is_literal(node):
        return f"found {_shown(graph, node)}"
    if is_iri(node) and node not in graph.rows:
        return f"of {node} nothing is said here"
    return ""


def list_fault(graph: ShapesGraph, head: str) -> str:
    """What is wrong with a list, "" if it is well-formed (SHACL, section 1.4.2)."""
    seen: set[str] = set()
    while head != NIL:
        rows = graph.rows.get(head, {})
        if is_literal(head) or not rows.keys() & {FIRST, REST}:
            return f"found {_shown(graph, head)}" if not seen else "the list has no end"
        if len(rows.get(FIRST, ())) != 1 or len(rows.get(REST, ())) != 1:
            return "the list has a part without exactly one rdf:first and one rdf:rest"
        if head in seen:
            return "the list goes round in a circle"
        seen.add(head)
        head = rows[REST][0]
    return ""


def list_members(graph: ShapesGraph, head: str) -> Iterator[str]:
    """The members of a list that is well-formed."""
    while head != NIL:
        yield graph.rows[head][FIRST][0]
        head = graph.rows[head][REST][0]


def _shown(graph: ShapesGraph, term: str) -> str:
    if is_literal(term):
        text, language, datatype = literal_parts(term)
        mark = f"@{language}" if language else "" if datatype == f"{XSD}string" else f"^^{_brief(datatype)}"
        return f'"{text[:60]}"{mark}'
    return term if is_iri(term) else "a blank node"


def _brief(iri: str) -> str:
    return f"xsd:{iri.removeprefix(XSD)}" if iri.startswith(XSD) else f"<{iri}>"


IRI = Kind("an IRI", _found(is_iri))
LITERAL = Kind("a literal", _found(is_literal))
IRI_OR_LITERAL = Kind("an IRI or a literal", _found(lambda term: is_iri(term) or is_literal(term)))
INTEGER = Kind("an xsd:integer", _found(_is_integer))
BOOLEAN = Kind("an xsd:boolean", _found(_BOOLEANS.__contains__))
TRUE_OR_FALSE = Kind("true or false", _found(_TRUE_OR_FALSE.__contains__))
STRING = Kind("an xsd:string", _found(_of_type(f"{XSD}string")))
TEXT = Kind("a text", _found(_of_type(*_TEXTS)))
NODE_KIND = Kind("one of the six node kinds (sh:IRI, sh:BlankNode, sh:Literal …)", _found(_NODE_KINDS.__contains__))
SHAPE = Kind("a shape", _shape_fault)
LIST = _list_of("a list", None)
SHAPES = _list_of("a list of shapes", SHAPE)
IRIS = _list_of("a list of IRIs", IRI)
STRINGS = _list_of("a list of xsd:string", STRING)

RULES = {
    "targetNode": Rule(IRI_OR_LITERAL),
    "targetClass": Rule(IRI),
    "targetSubjectsOf": Rule(IRI),
    "targetObjectsOf": Rule(IRI),
    "severity": Rule(IRI, 1),
    "message": Rule(TEXT),
    "deactivated": Rule(TRUE_OR_FALSE, 1),
    "and": Rule(SHAPES),
    "or": Rule(SHAPES),
    "xone": Rule(SHAPES),
    "not": Rule(SHAPE),
    "node": Rule(SHAPE),
    "property": Rule(SHAPE),
    "qualifiedValueShape": Rule(SHAPE, 1),
    "class": Rule(IRI),
    "datatype": Rule(IRI, 1),
    "nodeKind": Rule(NODE_KIND, 1),
    "minCount": Rule(INTEGER, 1),
    "maxCount": Rule(INTEGER, 1),
    "minExclusive": Rule(LITERAL, 1),
    "minInclusive": Rule(LITERAL, 1),
    "maxExclusive": Rule(LITERAL, 1),
    "maxInclusive": Rule(LITERAL, 1),
    "minLength": Rule(INTEGER, 1),
    "maxLength": Rule(INTEGER, 1),
    "pattern": Rule(STRING, 1),
    "flags": Rule(STRING, 1),
    "languageIn": Rule(STRINGS, 1),
    "uniqueLang": Rule(BOOLEAN, 1),
    "equals": Rule(IRI),
    "disjoint": Rule(IRI),
    "lessThan": Rule(IRI),
    "lessThanOrEquals": Rule(IRI),
    "qualifiedMinCount": Rule(INTEGER, 1),
    "qualifiedMaxCount": Rule(INTEGER, 1),
    "qualifiedValueShapesDisjoint": Rule(BOOLEAN, 1),
    "closed": Rule(BOOLEAN, 1),
    "ignoredProperties": Rule(IRIS, 1),
    "in": Rule(LIST, 1),
}
"""Every property of shapes that has a syntax rule of its own; sh:path, sh:sparql and hasValue are elsewhere or free."""

OF_PROPERTY_SHAPES = ("lessThan", "lessThanOrEquals", "maxCount", "minCount", "qualifiedValueShape", "uniqueLang")

COMPANIONS = {
    "flags": ("pattern",),
    "ignoredProperties": ("closed",),
    "qualifiedMinCount": ("qualifiedValueShape",),
    "qualifiedMaxCount": ("qualifiedValueShape",),
    "qualifiedValueShape": ("qualifiedMinCount", "qualifiedMaxCount"),
    "qualifiedValueShapesDisjoint": ("qualifiedValueShape",),
}
"""What says nothing unless one of the others stands beside it."""

PATHLESS = "is to be a property shape, but has no sh:path"
_PATHS = ("alternativePath", "inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")


def ill_formed(graph: ShapesGraph) -> Iterator[Fault]:
    """A fault for each syntax rule that a shape breaks."""
    for node in sorted(graph.shapes):
        if node in graph.rows:
            yield from _values(graph, node)
            yield from _kind_of_shape(graph, node)
        elif node in graph.property_shapes and not is_iri(node):
            yield Fault(f"{graph.named(node)} {PATHLESS}", graph.parents[node], sh("property"), node)
    for node, regime in graph_values(graph, "entailment"):
        yield Fault(f"sh:entailment asks for {_shown(graph, regime)}, which is not done here", node, sh("entailment"), regime)
    for node, other in graph_values(graph, "shapesGraph"):
        if not is_iri(other):
            yield Fault(f"sh:shapesGraph must be an IRI, found {_shown(graph, other)}", node, sh("shapesGraph"), other)


def graph_values(graph: ShapesGraph, name: str) -> Iterator[tuple[str, str]]:
    """All subjects and values of a SHACL property."""
    return ((subject, value) for subject, predicate, value in graph.triples if predicate == sh(name))


def _values(graph: ShapesGraph, node: str) -> Iterator[Fault]:
    rows = graph.rows[node]
    for name, (kind, most) in RULES.items():
        values = rows.get(sh(name), [])
        if most is not None and len(values) > most:
            yield Fault(f"{graph.named(node)} has more than one sh:{name}", node, sh(name), values[1])
        for value in values:
            if wrong := kind.fault(graph, value):
                yield Fault(f"sh:{name} of {graph.named(node)} must be {kind.words}, but {wrong}", node, sh(name), value)


def _kind_of_shape(graph: ShapesGraph, node: str) -> Iterator[Fault]:
    """Whether it is a property shape or a node shape, and only what it calls itself (SHACL, sections 2.2 and 2.3)."""
    rows, name, path = graph.rows[node], graph.named(node), sh("path")
    paths = rows.get(path, [])
    if node in graph.own_targets and not is_iri(node):
        yield Fault("a shape that is also a class must have an IRI", node, TYPE)
    if len(paths) > 1:
        yield Fault(f"{name} has more than one sh:path", node, path, paths[1])
    elif paths:
        if wrong := _path_fault(graph, paths[0]):
            yield Fault(f"sh:path of {name} is no path: {wrong}", node, path, paths[0])
        if node in graph.node_shapes:
            yield Fault(f"{name} is to be a node shape, but has a sh:path", node, path, paths[0])
    elif node in graph.property_shapes:
        yield Fault(f"{name} {PATHLESS}", node)
    else:
        for one in OF_PROPERTY_SHAPES:
            if values := rows.get(sh(one)):
                yield Fault(f"sh:{one} of {name} needs a property shape, one with a sh:path", node, sh(one), values[0])


def _path_fault(graph: ShapesGraph, path: str, above: frozenset[str] = frozenset()) -> str:
    """What is wrong with a path, "" if it is well-formed (SHACL, section 2.3.1)."""
    if is_iri(path):
        return ""
    rows = graph.rows.get(path, {})
    if is_literal(path) or not rows:
        return f"found {_shown(graph, path)}"
    if path in above:
        return "it leads back to itself"
    inside = above | {path}
    if FIRST in rows:
        return _steps_fault(graph, path, inside)
    forms = [(name, value) for name in _PATHS for value in rows.get(sh(name), [])]
    if len(forms) != 1 or set(rows) != {sh(forms[0][0])}:
        return "it must have exactly one of sh:alternativePath, sh:inversePath … and nothing else"
    name, value = forms[0]
    return _steps_fault(graph, value, inside) if name == "alternativePath" else _path_fault(graph, value, inside)


def _steps_fault(graph: ShapesGraph, head: str, above: frozenset[str]) -> str:
    if wrong := list_fault(graph, head):
        return wrong
    steps = list(list_members(graph, head))
    if len(steps) < 2:
        return "a sequence or an alternative has at least two members"
    return next(filter(None, (_path_fault(graph, step, above) for step in steps)), "")


def idle_parameters(graph: ShapesGraph, nodes: Iterable[str]) -> Iterator[Fault]:
    """What is well-formed but says nothing, because what it belongs to is not there."""
    for node in nodes:
        rows = graph.rows.get(node, {})
        for name, others in COMPANIONS.items():
            if sh(name) in rows and not any(sh(other) in rows for other in others):
                wanted = " or ".join(f"sh:{other}" for other in others)
                yield Fault(f"sh:{name} of {graph.named(node)} says nothing without {wanted}", node, sh(name), rows[sh(name)][0])
        if _ONE in rows.get(sh("uniqueLang"), ()):
            message = f"sh:uniqueLang of {graph.named(node)} says nothing unless it is written true (SHACL, section 4.4.5)"
            yield Fault(message, node, sh("uniqueLang"), _ONE)
