"""The words of SHACL Core and SHACL-SPARQL, and a shapes graph seen as an index: subject → predicate → objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from mitigraph.terms import RDF, RDFS, Triple

__all__ = [
    "CLASSES",
    "CONSTRAINTS",
    "SH",
    "SHAPE_LINKS",
    "SHAPE_LISTS",
    "TARGETS",
    "TERMS",
    "Index",
    "index",
    "instances",
    "members",
    "sh",
]

SH = "http://www.w3.org/ns/shacl#"
Index = dict[str, dict[str, list[str]]]


def sh(name: str) -> str:
    """The term for a word of SHACL.

    >>> sh("path")
    '<http://www.w3.org/ns/shacl#path>'
    """
    return f"<{SH}{name}>"


TARGETS = tuple(sh(name) for name in ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf"))
CLASSES = (f"<{RDFS}Class>", "<http://www.w3.org/2002/07/owl#Class>")
"""A shape of one of these is a target of itself (SHACL, section 2.1.3.3)."""

SHAPE_LINKS = tuple(sh(name) for name in ("node", "not", "property", "qualifiedValueShape"))
SHAPE_LISTS = tuple(sh(name) for name in ("and", "or", "xone"))
CONSTRAINTS = frozenset(
    sh(name)
    for name in (
        "and",
        "class",
        "closed",
        "datatype",
        "disjoint",
        "equals",
        "hasValue",
        "in",
        "languageIn",
        "lessThan",
        "lessThanOrEquals",
        "maxCount",
        "maxExclusive",
        "maxInclusive",
        "maxLength",
        "minCount",
        "minExclusive",
        "minInclusive",
        "minLength",
        "node",
        "nodeKind",
        "not",
        "or",
        "pattern",
        "property",
        "qualifiedValueShape",
        "sparql",
        "uniqueLang",
        "xone",
    )
)

_OTHER_PROPERTIES = (
    "alternativePath",
    "ask",
    "deactivated",
    "declare",
    "defaultValue",
    "description",
    "entailment",
    "flags",
    "group",
    "ignoredProperties",
    "inversePath",
    "labelTemplate",
    "message",
    "name",
    "namespace",
    "nodeValidator",
    "oneOrMorePath",
    "optional",
    "order",
    "parameter",
    "path",
    "prefix",
    "prefixes",
    "propertyValidator",
    "qualifiedMaxCount",
    "qualifiedMinCount",
    "qualifiedValueShapesDisjoint",
    "select",
    "severity",
    "shapesGraph",
    "shapesGraphWellFormed",
    "suggestedShapesGraph",
    "targetClass",
    "targetNode",
    "targetObjectsOf",
    "targetSubjectsOf",
    "validator",
    "zeroOrMorePath",
    "zeroOrOnePath",
)
_CLASSES_AND_INDIVIDUALS = (
    "BlankNode",
    "BlankNodeOrIRI",
    "BlankNodeOrLiteral",
    "ConstraintComponent",
    "IRI",
    "IRIOrLiteral",
    "Info",
    "Literal",
    "NodeKind",
    "NodeShape",
    "Parameter",
    "Parameterizable",
    "PrefixDeclaration",
    "PropertyGroup",
    "PropertyShape",
    "SPARQLAskExecutable",
    "SPARQLAskValidator",
    "SPARQLConstraint",
    "SPARQLExecutable",
    "SPARQLSelectExecutable",
    "SPARQLSelectValidator",
    "Severity",
    "Shape",
    "Validator",
    "Violation",
    "Warning",
)
TERMS = CONSTRAINTS | {sh(name) for name in (*_OTHER_PROPERTIES, *_CLASSES_AND_INDIVIDUALS)}
"""Every SHACL term that a shapes graph may use here; JavaScript, rules and advanced targets are not among them."""


def index(triples: Iterable[Triple]) -> Index:
    """Triples by subject and predicate, objects in sorted order."""
    found: Index = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in sorted(triples):
        found[subject][predicate].append(value)
    return {subject: dict(rows) for subject, rows in found.items()}


def instances(graph: Index, *classes: str) -> frozenset[str]:
    """The SHACL instances of classes (terms) in a graph, those of their subclasses too (SHACL, section 1.1).

    >>> below, typed = ("<urn:C>", f"<{RDFS}subClassOf>", "<urn:D>"), ("<urn:a>", f"<{RDF}type>", "<urn:C>")
    >>> instances(index([below, typed]), "<urn:D>")
    frozenset({'<urn:a>'})
    """
    known = set(classes)
    while more := {node for node, rows in graph.items() if not known.isdisjoint(rows.get(f"<{RDFS}subClassOf>", ()))} - known:
        known |= more
    return frozenset(node for node, rows in graph.items() if not known.isdisjoint(rows.get(f"<{RDF}type>", ())))


def members(shapes: Index, head: str) -> Iterator[str]:
    """The members of an RDF list; a list that loops or breaks off simply ends."""
    seen: set[str] = set()
    while head in shapes and head not in seen:
        seen.add(head)
        yield from shapes[head].get(f"<{RDF}first>", [])[:1]
        head = next(iter(shapes[head].get(f"<{RDF}rest>", [])), "")
