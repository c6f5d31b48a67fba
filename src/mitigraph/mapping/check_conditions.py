"""Are the conditions of a plan conditions? One that never answers "true" keeps its rule from ever making anything.

What is in the data cannot be known: trees and workbooks have truth values, and a column may hold the word, so it is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mitigraph.finding import Finding
from mitigraph.mapping.expression import Call, Expression, Reference, Several, Template
from mitigraph.mapping.plan import Field, Mapping, TriplesMap, Where

__all__ = ["check_conditions"]

_ANSWERS = "absent boolean contains endsWith equal in inRange isListed matches notEqual present startsWith"
_OPEN = "choose constant decide first get lookup map tableLabel unique unless"
ANSWERS, OPEN = frozenset(_ANSWERS.split()), frozenset(_OPEN.split())
"""Functions that answer true or false; those that give back what they were given, or what a table says: an answer, it may be."""

COMBINED = frozenset({"and", "not", "or", "xor"})
"""Functions of conditions."""

TEXT_ONLY = ("csv", "tsv")
ANSWER = "a function that answers true or false, such as equal, present or boolean"

Asked = tuple[Expression, Where, Sequence[Field], bool]
"""A condition, its place, the fields there are, and whether all that is read is text."""


def check_conditions(mapping: Mapping) -> Iterator[Finding]:
    """A warning of each condition that is no question."""
    for expression, where, fields, is_text in _conditions(mapping):
        if any(_is_mere_value(part, fields, is_text) for part in _parts(expression)):
            yield Finding("warning", "bad-condition", "holds only for the word true", where.place, expected=ANSWER)


def _conditions(mapping: Mapping) -> Iterator[Asked]:
    for source in mapping.sources:
        if source.condition is not None:
            yield source.condition, source.where, source.fields, source.format in TEXT_ONLY
    for plan in mapping.triples_maps:
        fields, is_text = _scope(mapping, plan)
        for expression, where in ((plan.condition, plan.where), *((rule.condition, rule.where) for rule in plan.rules)):
            if expression is not None:
                yield expression, where, fields, is_text


def _scope(mapping: Mapping, plan: TriplesMap) -> tuple[Sequence[Field], bool]:
    sources = [source for name in plan.sources if (source := mapping.source(name)) is not None]
    fields = [*(one for source in sources for one in source.fields), *plan.fields]
    return fields, all(source.format in TEXT_ONLY for source in sources)


def _parts(condition: Expression) -> Iterator[Expression]:
    """The conditions that a condition is put together from."""
    if isinstance(condition, Call) and condition.function in COMBINED:
        for one in (*condition.arguments, *(value for _, value in condition.named)):
            yield from _parts(one)
    elif isinstance(condition, Several):
        for one in condition.parts:
            yield from _parts(one)
    else:
        yield condition


def _is_mere_value(expression: Expression, fields: Sequence[Field], is_text: bool) -> bool:
    if isinstance(expression, Reference):
        for number in range(len(fields) - 1, -1, -1):
            if fields[number].name == expression.name:
                # A field may go by the name of what it is made from: only those before it are meant there.
                return any(_is_mere_value(part, fields[:number], is_text) for part in _parts(fields[number].expression))
        return is_text
    if isinstance(expression, Call):
        return expression.function not in ANSWERS | OPEN
    return isinstance(expression, Template)
