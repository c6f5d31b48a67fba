"""sh:closed, sh:hasValue, sh:in (SHACL, section 4.8)."""

from __future__ import annotations

from collections.abc import Iterator

from mitigraph.shacl.component import Component, Constraint, Fault, Here
from mitigraph.shacl.components.faults import faulty
from mitigraph.shacl.components.reads import Parameters, each, only
from mitigraph.shacl.paths import Predicate
from mitigraph.shacl.reading import Given
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import is_iri

__all__ = ["CLOSED", "COMPONENTS"]

CLOSED = sh("ClosedConstraintComponent")
"""The component that looks at every predicate there is."""


def closed(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Values of the value nodes' properties beyond those that are allowed."""
    allowed = constraint.argument
    assert isinstance(allowed, frozenset)
    nodes = here.distinct()
    for predicate in here.data.predicates():
        if predicate in allowed:
            continue
        table = here.data.out(predicate)
        wrong = {node for node in nodes if node in table}
        for focus, node in here.holding(wrong) if wrong else ():
            for value in table[node]:
                yield Fault(focus, value, Predicate(predicate))


def has_value(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Focus nodes that lack the value."""
    wanted = frozenset((str(constraint.argument),))
    having = {focus for focus, _ in here.holding(wanted)}
    for focus in here.focus - having:
        yield Fault(focus)


def in_(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes that are not in the list."""
    members = constraint.argument
    assert isinstance(members, frozenset)
    return faulty(here, here.distinct() - members)


def _closed(given: Given, parameters: tuple[str, ...]) -> Iterator[tuple[Parameters, object]]:
    word, ignored_word = parameters
    term, head = given.one(word), given.one(ignored_word)
    ignored = given.members(ignored_word, head) if head is not None else ()
    if not given.boolean(word) or term is None:
        return
    paths = [path for shape in given.all(sh("property")) for path in given.graph.get(shape, {}).get(sh("path"), ())]
    yield ((word, term), *([(ignored_word, head)] if head else [])), frozenset({*filter(is_iri, paths), *ignored})


def _term(given: Given, word: str, term: str) -> str:
    return term


def _members(given: Given, word: str, term: str) -> frozenset[str]:
    return frozenset(given.members(word, term))


COMPONENTS = (
    Component.core("Closed", "closed ignoredProperties", _closed, closed, "The property is not among those that are allowed."),
    Component.core("HasValue", "hasValue", each(_term), has_value, "The value {$hasValue} is missing."),
    Component.core("In", "in", only(_members), in_, "The value is not in the list of those that are allowed."),
)
