"""Is a plan sound? All that can be known before a record is read: names, functions, terms, columns.

Every problem is a finding with the mapping file, the line and the key, and what was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from mitigraph.errors import InputError
from mitigraph.finding import Finding
from mitigraph.mapping.expression import Call, Expression, Reference, Template, Text, references, walk
from mitigraph.mapping.names import CONTEXT_FUNCTIONS
from mitigraph.mapping.plan import Join, Lexicon, LogicalSource, Mapping, MappingError, TermMap, TriplesMap, Where
from mitigraph.mapping.terms_of import absolute
from mitigraph.read.path import compile_path
from mitigraph.record import RecordSource
from mitigraph.terms import RDF, iri
from mitigraph.transforms import FUNCTIONS
from mitigraph.vocabulary import closest

__all__ = ["check_columns", "check_plan", "is_position", "refuse"]

_POSITION = re.compile(r"\((?:column|row) [1-9][0-9]*\)")

TYPE = Text(f"{RDF}type")
TABLES = ("csv", "tsv", "xlsx")
RECORD_CALLS = frozenset({"key", "position", "entryDigest"})
ENTRY_ONLY = {"concept": 1, "conceptKey": 1, "nonValue": 1, "lookup": 2, "tableLabel": 2, "split": 1, "key": 1}
"""How many arguments the functions of the context need."""

Problem = Finding


def problem(
    code: str, message: str, where: Where, value: str | None = None, known: Iterable[str] = (), severity: str = "violation"
) -> Problem:
    """A finding about a mapping; what was probably meant is looked for among the known names."""
    names = list(known)
    suggestion = closest(value, names) if names and value else None
    return Finding(severity, code, message, where.place, value, None, suggestion)


def refuse(name: str, findings: Sequence[Finding]) -> None:
    """MappingError with all findings, if there is a violation among them; its text is the first, and how many more."""
    grave = [finding for finding in findings if finding.severity == "violation"]
    if grave:
        more = f" (and {len(grave) - 1} more)" if len(grave) > 1 else ""
        raise MappingError(f"{grave[0]}{more}", list(findings))


def is_position(name: str) -> bool:
    """Whether a reference names a column that has no name, by its place: ``(column 5)``.

    >>> is_position("(column 5)"), is_position("Title")
    (True, False)
    """
    return _POSITION.fullmatch(name) is not None


def check_plan(mapping: Mapping, lexicon: Lexicon) -> list[Problem]:
    """Every problem of a plan, as far as it shows without data."""
    found: list[Problem] = []
    for source in mapping.sources:
        found += _check_source(mapping, source)
    for plan in mapping.triples_maps:
        found += _check_map(mapping, plan)
    for expression, where in _all_expressions(mapping):
        for part in walk(expression):
            if isinstance(part, Call):
                found += _check_call(mapping, part, where, lexicon)
    for expression, where, role in _all_iris(mapping):
        found += _check_iri(mapping, expression, where, role, lexicon)
    return found


# -- sources and triples maps --------------------------------------------------------------------------------


def _check_source(mapping: Mapping, source: LogicalSource) -> Iterator[Problem]:
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


def _check_map(mapping: Mapping, plan: TriplesMap) -> Iterator[Problem]:
    names = [one.name for one in mapping.sources]
    for name in plan.sources:
        if name not in names:
            yield problem("unknown-source", f"no source {name!r}", plan.where, name, names)
    if not plan.sources and any(_changes(expression) for expression, _ in _expressions(plan)):
        yield problem("no-source", "rules that read a record need 'sources'", plan.where)
    for rule in plan.rules:
        for one in rule.objects:
            if isinstance(one, Join):
                yield from _check_join(mapping, plan, one)


def _check_join(mapping: Mapping, plan: TriplesMap, join: Join) -> Iterator[Problem]:
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


# -- expressions ---------------------------------------------------------------------------------------------


def _rule_expressions(plan: TriplesMap) -> Iterator[tuple[Expression, Where]]:
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


def _expressions(plan: TriplesMap) -> Iterator[tuple[Expression, Where]]:
    """Every expression of a triples map, fields apart, that is evaluated over its own sources."""
    if plan.each is not None:
        yield Reference(plan.each), plan.where
    if plan.condition is not None:
        yield plan.condition, plan.where
    yield from _of_terms(plan.subjects)
    yield from _of_terms(plan.graphs)
    yield from _rule_expressions(plan)


def _of_terms(terms: Sequence[TermMap]) -> Iterator[tuple[Expression, Where]]:
    for term in terms:
        given = (term.expression, term.datatype, term.language)
        yield from ((one, term.where) for one in given if one is not None)


def _all_expressions(mapping: Mapping) -> Iterator[tuple[Expression, Where]]:
    for source in mapping.sources:
        yield from ((one.expression, one.where) for one in source.fields)
    for plan in mapping.triples_maps:
        yield from ((one.expression, one.where) for one in plan.fields)
        yield from _expressions(plan)
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
    for expression, where in (*_expressions(plan), *parents):
        yield from ((name, where) for name in references(expression) if name not in inner)


def _check_call(mapping: Mapping, call: Call, where: Where, lexicon: Lexicon) -> Iterator[Problem]:
    if call.function in CONTEXT_FUNCTIONS:
        parameters: Sequence[str] = CONTEXT_FUNCTIONS[call.function]
        required = ENTRY_ONLY.get(call.function, 0)
    elif call.function in FUNCTIONS:
        parameters, required = FUNCTIONS[call.function].parameters, FUNCTIONS[call.function].required
    else:
        return
    yield from _check_arguments(call, parameters, required, where)
    given = dict(zip(parameters, call.arguments, strict=False)) | dict(call.named)
    for name, check in CHECKED_ARGUMENTS.items():
        if name in given and (call.function in CONTEXT_FUNCTIONS or name == "pattern"):
            yield from check(given[name], mapping, lexicon, where)


def _check_arguments(call: Call, parameters: Sequence[str], required: int, where: Where) -> Iterator[Problem]:
    many = any(name.startswith("*") for name in parameters)
    for name, _ in call.named:
        if name not in parameters:
            yield problem("unknown-argument", f"{call.function} has no argument {name!r}", where, name, parameters)
    if len(call.arguments) > len(parameters) and not many:
        most = f"{len(parameters)} argument{'s' * (len(parameters) != 1)}"
        yield problem("bad-arguments", f"{call.function} takes at most {most}", where, str(len(call.arguments)))
    filled = {*parameters[: len(call.arguments)], *(name for name, _ in call.named)}
    missing = [name for name in parameters[:required] if name not in filled]
    if missing:
        yield problem("bad-arguments", f"{call.function} needs {', '.join(missing)}", where)


def _check_schemes(argument: Expression, mapping: Mapping, lexicon: Lexicon, where: Where) -> Iterator[Problem]:
    if not isinstance(argument, Text):
        yield problem("bad-arguments", "schemes are named outright", where)
        return
    for name in argument.text.split():
        if lexicon.schemes.named(name) is None:
            yield problem("unknown-scheme", f"no scheme {name!r}", where, name, lexicon.schemes.schemes)


def _check_table(argument: Expression, mapping: Mapping, lexicon: Lexicon, where: Where) -> Iterator[Problem]:
    if not isinstance(argument, Text):
        yield problem("bad-arguments", "a table is named outright", where)
    elif argument.text not in mapping.lookups and lexicon.schemes.named(argument.text) is None:
        known = [*mapping.lookups, *lexicon.schemes.schemes]
        yield problem("unknown-lookup", f"no lookup table {argument.text!r}", where, argument.text, known)


def _check_pattern(argument: Expression, mapping: Mapping, lexicon: Lexicon, where: Where) -> Iterator[Problem]:
    if isinstance(argument, Text):
        try:
            re.compile(argument.text)
        except re.error as error:
            yield problem("bad-pattern", f"not a regular expression: {error}", where, argument.text)


CHECKED_ARGUMENTS: dict[str, Callable[[Expression, Mapping, Lexicon, Where], Iterator[Problem]]] = {
    "scheme": _check_schemes,
    "table": _check_table,
    "pattern": _check_pattern,
}


# -- terms ---------------------------------------------------------------------------------------------------


def _all_iris(mapping: Mapping) -> Iterator[tuple[Expression, Where, str]]:
    for plan in mapping.triples_maps:
        yield from _iris(plan.subjects, "subject")
        yield from _iris(plan.graphs, "graph")
        for rule in plan.rules:
            yield from _iris(rule.predicates, "property")
            yield from _iris(rule.graphs, "graph")
            role = "class" if any(one.expression == TYPE for one in rule.predicates) else "term"
            yield from _iris([one for one in rule.objects if isinstance(one, TermMap)], role)


def _iris(terms: Sequence[TermMap], role: str) -> Iterator[tuple[Expression, Where, str]]:
    """What makes an IRI, and of which role: the terms' own, and those of their datatypes."""
    for term in terms:
        if term.expression is not None and term.kind not in ("blank", "literal"):
            yield term.expression, term.where, role
        if term.datatype is not None:
            yield term.datatype, term.where, "datatype"


def _check_iri(mapping: Mapping, expression: Expression, where: Where, role: str, lexicon: Lexicon) -> Iterator[Problem]:
    if role == "datatype" and isinstance(expression, Text):
        if not _is_datatype(expression.text):
            message = "a datatype is an absolute IRI or prefix:name; a language is written LANGUAGE~lang"
            yield problem("bad-datatype", message, where, expression.text)
        return
    constants = [part for part in expression.parts if isinstance(part, str)] if isinstance(expression, Template) else []
    if isinstance(expression, Text):
        text = absolute(expression.text, mapping.base)
        yield from _check_term(text, where, role, lexicon)
        constants = [text]
    elif constants and isinstance(expression, Template) and constants[0] == expression.parts[0]:
        constants[0] = absolute(constants[0], mapping.base)
    try:
        iri(f"x:{''.join(constants)}")
    except ValueError:
        yield problem("bad-iri", "not an IRI", where, "".join(constants))


def _is_datatype(text: str) -> bool:
    try:
        return iri(text)[1:-1] not in (f"{RDF}langString", f"{RDF}dirLangString")
    except ValueError:
        return False


def _check_term(text: str, where: Where, role: str, lexicon: Lexicon) -> Iterator[Problem]:
    spaces = lexicon.namespaces_checked
    checked = (spaces,) if isinstance(spaces, str) else spaces
    for space in checked:
        if lexicon.terms and space and text.startswith(space) and text not in lexicon.terms:
            known = {one.removeprefix(space) for one in lexicon.terms if one.startswith(space)}
            name = text.removeprefix(space)
            yield problem("unknown-term", f"the ontology has no {role} {name!r}", where, name, known)
    if text in lexicon.schemes.concepts or role in ("subject", "graph"):
        return
    for scheme in lexicon.schemes.schemes.values():
        if text.startswith(f"{scheme.iri}/") and not any(
            other.iri.startswith(f"{scheme.iri}/") and text.startswith(other.iri) for other in lexicon.schemes.schemes.values()
        ):
            slug = text.removeprefix(f"{scheme.iri}/")
            known = {concept.slug for concept in scheme.concepts.values()}
            yield problem("unknown-concept", f"no concept {slug!r} in {scheme.name}", where, slug, known)


# -- columns -------------------------------------------------------------------------------------------------


def check_columns(mapping: Mapping, inputs: Sequence[tuple[LogicalSource, RecordSource, str]]) -> list[Finding]:
    """Notes about columns nothing reads. MappingError: columns that are read and are not there."""
    problems: list[Finding] = []
    notes: list[Finding] = []
    for source, records, file in inputs:
        if records.columns is None:
            continue
        used = dict(reversed(list(uses(mapping, source))))
        needed = {name: where for name, where in used.items() if name not in source.optional}
        needed |= {name: source.where for name in source.columns if name not in needed}
        present = set(records.columns)
        for name, where in needed.items():
            if name not in present and not is_position(name):
                problems.append(problem("unknown-column", f"{file} has no such column", where, name, records.columns))
        idle = [name for name in records.columns if name not in used]
        if idle:
            notes.append(_unused(source, file, idle))
    refuse(mapping.name, problems)
    return notes


def _unused(source: LogicalSource, file: str, idle: Sequence[str]) -> Finding:
    from mitigraph.finding import Place

    listed = ", ".join(repr(name) for name in idle)
    return Finding("info", "unused-column", f"no rule reads {listed}", Place(file), rule=str(source.where))
