"""What a plan reads: every expression, and every column or path with the place where it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mitigraph.mapping.expression import Call, Expression, Reference, references, walk
from mitigraph.mapping.plan import Join, LogicalSource, Mapping, TermMap, TriplesMap, Where

__all__ = ["all_expressions", "calls", "expressions", "is_position", "uses"]

_POSITION = re.compile(r"\((?:column|row) [1-9][0-9]*\)")


def is_position(name: str) -> bool:
    """Whether a reference names a column that has no name, by its place: ``(column 5)``.

    >>> is_position("(column 5)"), is_position("Title")
    (True, False)
    """
    return _POSITION.fullmatch(name) is not None


def calls(mapping: Mapping, function: str) -> bool:
    """Whether a mapping calls a function anywhere."""
    parts = (part for expression, _ in all_expressions(mapping) for part in walk(expression))
    return any(isinstance(part, Call) and part.function == function for part in parts)


def _of_rules(plan: TriplesMap) -> Iterator[tuple[Expression, Where]]:
    for rule in plan.rules:
        yield from _of_terms(rule.predicates)
        yield from _of_terms(rule.graphs)
        if rule.condition is not None:
            yield rule.condition, rule.where
        for one in rule.objects:
            if isinstance(one, TermMap):
                yield from _of_terms([one])
            else:
                yield from ((child, one.where) for child, _ in one.conditions)


def expressions(plan: TriplesMap) -> Iterator[tuple[Expression, Where]]:
    """Every expression of a triples map, fields apart, that is evaluated over its own sources."""
    if plan.each is not None:
        yield Reference(plan.each), plan.where
    if plan.condition is not None:
        yield plan.condition, plan.where
    yield from _of_terms(plan.subjects)
    yield from _of_terms(plan.graphs)
    yield from _of_rules(plan)


def _of_terms(terms: Sequence[TermMap]) -> Iterator[tuple[Expression, Where]]:
    for term in terms:
        given = (term.expression, term.datatype, term.language)
        yield from ((one, term.where) for one in given if one is not None)


def all_expressions(mapping: Mapping) -> Iterator[tuple[Expression, Where]]:
    """Every expression of a mapping, and where it stands."""
    for source in mapping.sources:
        yield from ((one.expression, one.where) for one in source.fields)
        if source.condition is not None:
            yield source.condition, source.where
    for plan in mapping.triples_maps:
        yield from ((one.expression, one.where) for one in plan.fields)
        yield from expressions(plan)
        for join in _joins(plan):
            yield from ((parent, join.where) for _, parent in join.conditions)


def _joins(plan: TriplesMap) -> Iterator[Join]:
    return (one for rule in plan.rules for one in rule.objects if isinstance(one, Join))


def uses(mapping: Mapping, source: LogicalSource) -> Iterator[tuple[str, Where]]:
    """Every column or path that is read from a source, and where; derived fields are none."""
    outer: set[str] = set()
    for one in source.fields:
        yield from ((name, one.where) for name in references(one.expression) if name not in outer)
        outer.add(one.name)
    if source.condition is not None:
        yield from ((name, source.where) for name in references(source.condition) if name not in outer)
    joins = [join for plan in mapping.triples_maps for join in _joins(plan)]
    for plan in mapping.triples_maps:
        if source.name in plan.sources:
            parents = [(parent, join.where) for join in joins if join.triples_map == plan.name for _, parent in join.conditions]
            yield from _map_uses(plan, outer, parents)


def _map_uses(plan: TriplesMap, outer: set[str], parents: Sequence[tuple[Expression, Where]]) -> Iterator[tuple[str, Where]]:
    inner = set(outer)
    if plan.each is not None:
        if plan.each not in inner:
            yield plan.each, plan.where
        inner.add(plan.each)
    for one in plan.fields:
        yield from ((name, one.where) for name in references(one.expression) if name not in inner)
        inner.add(one.name)
    for expression, where in (*expressions(plan), *parents):
        yield from ((name, where) for name in references(expression) if name not in inner)
