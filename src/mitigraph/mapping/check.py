"""Is a plan sound? All that can be known before a record is read: names, functions, terms, columns.

Every problem is a finding with the mapping file, the line and the key, and what was probably meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from mitigraph.errors import InputError
from mitigraph.finding import Finding
from mitigraph.mapping.check_calls import check_call
from mitigraph.mapping.check_columns import check_columns
from mitigraph.mapping.check_conditions import check_conditions
from mitigraph.mapping.check_terms import check_terms
from mitigraph.mapping.expression import Call, Expression, Reference, walk
from mitigraph.mapping.plan import Join, Lexicon, LogicalSource, Mapping, TriplesMap
from mitigraph.mapping.problems import problem, refuse
from mitigraph.mapping.uses import all_expressions, expressions, is_position, uses
from mitigraph.read.path import compile_path

__all__ = ["check_columns", "check_plan", "is_position", "refuse"]

TABLES = ("csv", "tsv", "xlsx")
RECORD_CALLS = frozenset({"key", "position", "entryDigest"})


def check_plan(mapping: Mapping, lexicon: Lexicon) -> list[Finding]:
    """Every problem of a plan, as far as it shows without data."""
    found: list[Finding] = []
    for source in mapping.sources:
        found += _check_source(mapping, source)
    for plan in mapping.triples_maps:
        found += _check_map(mapping, plan)
    for expression, where in all_expressions(mapping):
        for part in walk(expression):
            if isinstance(part, Call):
                found += check_call(mapping, part, where, lexicon)
    found += [*check_terms(mapping, lexicon), *check_conditions(mapping)]
    # A rule that stands in several triples maps (its ways back) is told of once.
    return list(dict.fromkeys(found))


def _check_source(mapping: Mapping, source: LogicalSource) -> Iterator[Finding]:
    names = [one.name for one in mapping.sources]
    if source.alternative_to is not None and source.alternative_to not in names:
        yield problem("unknown-source", f"no source {source.alternative_to!r}", source.where, source.alternative_to, names)
    if source.bundled and not source.access:
        yield problem("no-access", "a bundled source needs 'access'", source.where)
    declared = {*source.columns, *source.optional}
    for name, where in uses(mapping, source):
        if source.format in TABLES:
            if source.columns and name not in declared and not is_position(name):
                known = {*declared, *(one.name for one in source.fields)}
                yield problem("unknown-column", f"source {source.name!r} declares no such column", where, name, known)
        else:
            try:
                compile_path(name)
            except InputError as error:
                yield problem("bad-path", str(error), where, name)


def _check_map(mapping: Mapping, plan: TriplesMap) -> Iterator[Finding]:
    names = [one.name for one in mapping.sources]
    for name in plan.sources:
        if name not in names:
            yield problem("unknown-source", f"no source {name!r}", plan.where, name, names)
    if not plan.sources and any(_changes(expression) for expression, _ in expressions(plan)):
        yield problem("no-source", "rules that read a record need 'sources'", plan.where)
    for rule in plan.rules:
        for one in rule.objects:
            if isinstance(one, Join):
                yield from _check_join(mapping, plan, one)


def _check_join(mapping: Mapping, plan: TriplesMap, join: Join) -> Iterator[Finding]:
    parent = mapping.triples_map(join.triples_map)
    if parent is None:
        known = [one.name for one in mapping.triples_maps]
        yield problem("unknown-mapping", f"no mapping {join.triples_map!r}", join.where, join.triples_map, known)
    elif not join.conditions and not set(plan.sources) <= set(parent.sources):
        yield problem("no-join-condition", "two sources are joined by a condition", join.where, join.triples_map)


def _changes(expression: Expression) -> bool:
    return any(
        isinstance(part, Reference) or (isinstance(part, Call) and part.function in RECORD_CALLS) for part in walk(expression)
    )
