"""sh:class, sh:datatype, sh:nodeKind (SHACL, section 4.1)."""

from __future__ import annotations

from collections.abc import Iterator

from mitigraph.shacl.component import Component, Constraint, Fault, Here
from mitigraph.shacl.components.faults import faulty
from mitigraph.shacl.components.reads import each, iri, only
from mitigraph.shacl.reading import Given
from mitigraph.shacl.vocabulary import sh
from mitigraph.shacl.xsd import lexical_test, quick_lexical_test
from mitigraph.terms import RDF, XSD, iri_text, is_literal, literal_parts

__all__ = ["COMPONENTS"]

_KINDS = {
    sh("BlankNode"): "_",
    sh("IRI"): "<",
    sh("Literal"): '"',
    sh("BlankNodeOrIRI"): "_<",
    sh("BlankNodeOrLiteral"): '_"',
    sh("IRIOrLiteral"): '<"',
}
"""Node kinds by the first letters of the terms they take."""


def class_(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes that are no instances of the class."""
    return faulty(here, here.distinct() - here.data.instances(str(constraint.argument)))


def datatype(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes that are no literals of the datatype, or ill-typed ones."""
    name = iri_text(str(constraint.argument))
    if name == XSD + "string":
        return faulty(here, {value for value in here.each() if value[-1] != '"' or value[0] != '"'})
    if name == RDF + "langString":
        return faulty(here, {value for value in here.each() if value[-1] in '">' or value[0] != '"'})
    end, test, plain = f'"^^<{name}>', lexical_test(name), quick_lexical_test(name)
    cut = -len(end)
    found = here.distinct()
    if plain is not None:
        found = {value for value in found if not plain(value[1:cut]) or not value.endswith(end)}
    wrong = {value for value in found if not value.endswith(end) or value[0] != '"'}
    if test is not None:
        wrong |= {value for value in found - wrong if not test(literal_parts(value).text)}
    return faulty(here, wrong)


def node_kind(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes of another kind."""
    letters = str(constraint.argument)
    return faulty(here, {value for value in here.each() if value[0] not in letters})


def _kind(given: Given, word: str, term: str) -> str:
    return _KINDS[term] if term in _KINDS else given.refuse(f"has a value of sh:nodeKind that is no kind of node: {term}")


def _datatype(given: Given, word: str, term: str) -> str:
    return given.refuse(f"has a literal as sh:datatype: {term}") if is_literal(term) else given.iri(word, term)


COMPONENTS = (
    Component.core("Class", "class", each(iri), class_, "The value must be of the class {$class}."),
    Component.core("Datatype", "datatype", only(_datatype), datatype, "The value must be a {$datatype}."),
    Component.core("NodeKind", "nodeKind", only(_kind), node_kind, "The value must be of the kind {$nodeKind}."),
)
