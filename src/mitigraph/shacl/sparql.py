"""SHACL-SPARQL: sh:sparql and constraint components of a shapes graph's own (SHACL, sections 5 and 6).

Queries run on an embedded store of the whole data graph; ``$shapesGraph`` and ``$currentShape`` are supported. Shapes are linted
before, so what is not well-formed is not met here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from mitigraph.errors import InputError
from mitigraph.shacl.component import Component, Constraint, Fault, Here
from mitigraph.shacl.data import Data
from mitigraph.shacl.paths import Predicate
from mitigraph.shacl.reading import Given
from mitigraph.shacl.sparql_declared import Declared, Query, declared, query
from mitigraph.shacl.sparql_store import SHAPES_GRAPH, Bound, Solution, SparqlStore
from mitigraph.shacl.sparql_text import variables, with_path
from mitigraph.shacl.vocabulary import Index, sh
from mitigraph.terms import XSD, is_iri, is_literal

__all__ = ["components"]

_TRUE = f'"true"^^<{XSD}boolean>'
_COMPONENT = sh("SPARQLConstraintComponent")
_SHAPES = ("shapesGraph", "currentShape")

Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class _Asked:
    """One constraint: its query, the parameters as variables, the messages it falls back to, and the shapes graph."""

    query: Query
    bound: Bound
    messages: tuple[str, ...]
    graph: Index


def components(graph: Index) -> list[Component]:
    """The component of sh:sparql, and those that the shapes graph declares."""
    own = Component(_COMPONENT, (sh("sparql"),), _read_constraints, _check)
    return [own, *(_component(one) for one in declared(graph) if one.mandatory)]


def _component(one: Declared) -> Component:
    return Component(one.node, tuple(parameter.path for parameter in one.parameters), _reader(one), _check)


def _read_constraints(given: Given, parameters: tuple[str, ...]) -> Iterator[tuple[Parameters, object]]:
    word = parameters[0]
    for node in given.all(word):
        found = query(given.graph, node)
        if found is not None and _TRUE not in given.graph[node].get(sh("deactivated"), ()):
            yield ((word, node),), _Asked(found, {}, found.messages, given.graph)


def _reader(one: Declared) -> Callable[[Given, tuple[str, ...]], Iterator[tuple[Parameters, object]]]:
    """How a shape's constraints of a component are read: one for each value of its only parameter, else one of them all."""

    def read(given: Given, _: tuple[str, ...]) -> Iterator[tuple[Parameters, object]]:
        validator = one.of_paths if given.all(sh("path")) else one.of_nodes
        if validator is None or not all(given.all(parameter.path) for parameter in one.mandatory):
            return
        messages = validator.messages or one.messages
        if len(one.parameters) == 1:
            rows = [[(one.parameters[0].path, term)] for term in given.all(one.parameters[0].path)]
        else:
            rows = [[(each.path, term) for each in one.parameters if (term := given.one(each.path)) is not None]]
        names = {parameter.path: parameter.name for parameter in one.parameters}
        for terms in rows:
            yield tuple(terms), _Asked(validator, {names[path]: term for path, term in terms}, messages, given.graph)

    return read


def _check(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """The faults that a query finds: its solutions (SELECT), or the value nodes for which it is not true (ASK)."""
    asked = constraint.argument
    assert isinstance(asked, _Asked)
    store = _store(here.data)
    fixed = dict(asked.bound)
    if not variables(asked.query.text).isdisjoint(_SHAPES):
        store.add_shapes(asked.graph)
        fixed |= {"shapesGraph": SHAPES_GRAPH, "currentShape": here.shape.node}
    find = _of_ask if asked.query.form == "ASK" else _of_select
    return find(here, asked, store, fixed)


def _of_select(here: Here, asked: _Asked, store: SparqlStore, fixed: Bound) -> Iterator[Fault]:
    path = here.shape.path
    text = asked.query.text if path is None else with_path(asked.query.text, path.sparql())
    found = list(store.solutions(text, asked.query.prefixes, sorted(here.focus), fixed))
    if failed := sorted(solution["this"] for solution in found if solution.get("failure") == _TRUE):
        raise InputError(f"could not check: the query of {_named(here, asked)} reports a failure for {failed[0]}")
    for solution in found:
        focus = solution["this"]
        value = solution.get("value", focus if path is None else None)
        yield _fault(here, asked, focus, value, solution)


def _of_ask(here: Here, asked: _Asked, store: SparqlStore, fixed: Bound) -> Iterator[Fault]:
    pairs = [(focus, value) for focus, row in here.rows() for value in row]
    rows = [{"this": focus, "value": value} for focus, value in sorted(pairs)]
    good = {(row["this"], row["value"]) for row in store.holding(asked.query.text, asked.query.prefixes, rows, fixed)}
    for focus, value in sorted(set(pairs) - good):
        yield _fault(here, asked, focus, value, {"this": focus, "value": value})


def _fault(here: Here, asked: _Asked, focus: str, value: str | None, solution: Solution) -> Fault:
    """A fault by SHACL's table of result properties (section 5.3.2). Of messages the query's own comes first; then, for
    sh:sparql, those of the constraint, and for a component those of the shape before those of the component."""
    said = solution.get("message", "")
    of_component = asked.bound and here.shape.messages
    path = solution.get("path", "")
    return Fault(
        focus,
        value,
        path=Predicate(path) if is_iri(path) else None,
        messages=(said,) if is_literal(said) else here.shape.messages if of_component else asked.messages,
        constraint=None if asked.bound else asked.query.node,
        bindings={**asked.bound, **solution},
    )


def _named(here: Here, asked: _Asked) -> str:
    return next((node for node in (asked.query.node, here.shape.node) if is_iri(node)), "a shape without a name")


_stores: WeakKeyDictionary[Data, SparqlStore] = WeakKeyDictionary()


def _store(data: Data) -> SparqlStore:
    """The store of a data graph, filled when it is first asked for."""
    if data not in _stores:
        _stores[data] = SparqlStore(data)
    return _stores[data]
