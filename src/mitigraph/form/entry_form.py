"""The form of people's own entries: ``mappings/entry.yml`` with the shapes, the schemes and what ``entry-columns.csv`` says."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain

from mitigraph import assets
from mitigraph.errors import UsageError
from mitigraph.form.checks import checks_of
from mitigraph.form.choices import scheme_choices, table_choices
from mitigraph.form.columns import Column, columns_of
from mitigraph.form.fields import Check, Choice, Field, Form
from mitigraph.gather import bundled_inputs
from mitigraph.knowledge import NAMESPACE, Knowledge
from mitigraph.mapping import Mapping as RecordMapping
from mitigraph.mapping import Run
from mitigraph.terms import iri_text, literal_parts

__all__ = ["SOURCE", "TEXTS", "entry_form"]

SOURCE = "csv"
"""The source of the mapping whose columns are the form's; those of the other formats have the same names."""
TEXTS = "entry-columns.csv"
RANK = f"<{NAMESPACE}rank>"
DESCRIPTION = "<http://purl.org/dc/terms/description>"


def entry_form(knowledge: Knowledge, only: Iterable[str] = ()) -> Form:
    """The form of an entry. ``only``: the schemes to choose from where a field has several.

    UsageError: ``only`` names a scheme that is none of several. InputError: one of the project's own files is missing.
    """
    mapping = knowledge.entry_mapping
    source = mapping.source(SOURCE)
    assert source is not None, f"{mapping.name} has no source {SOURCE}"
    columns = columns_of(mapping, source)
    wanted = set(only)
    known = dict.fromkeys(scheme for column in columns.values() if len(column.schemes) > 1 for scheme in column.schemes)
    if unknown := sorted(wanted - known.keys()):
        raise UsageError(f"no field has the scheme {unknown[0]!r} as one of several; there are {', '.join(known)}")
    checks, inferred = checks_of(knowledge.shapes), _inferred(knowledge.lexicon.chains)
    texts = _texts()
    return Form(
        [_field(column, mapping, knowledge, wanted, texts, _checks(column, checks, inferred)) for column in columns.values()]
    )


def _field(
    column: Column,
    mapping: RecordMapping,
    knowledge: Knowledge,
    wanted: set[str],
    texts: Mapping[str, Mapping[str, str]],
    checks: tuple[Check, ...],
) -> Field:
    said = texts.get(column.name, {})
    needed = any(one.of_entry and one.minimum and one.severity == "violation" for one in checks)
    return Field(
        name=column.name,
        label=said.get("label") or column.name.replace("_", " ").capitalize(),
        help=said.get("meaning", ""),
        example=said.get("example", ""),
        kind=column.kind,
        required=column.required or (needed and column.default is None),
        separators=tuple(column.separators),
        choices=_choices(column, mapping, knowledge, wanted),
        is_open=len(column.ways) > 1 and column.kind != "key",
        verbatim=column.verbatim,
        default=column.default,
        checks=checks,
    )


def _choices(column: Column, mapping: RecordMapping, knowledge: Knowledge, wanted: set[str]) -> tuple[Choice, ...]:
    if column.schemes:
        ranks = {iri_text(s): int(literal_parts(o).text) for s, p, o in knowledge.schemes if p == RANK}
        choices = scheme_choices(column.schemes, knowledge.lexicon.schemes, ranks, column.separators)
        return tuple(one for one in choices if not wanted & set(column.schemes) or one.scheme in wanted)
    found = (table_choices(mapping.lookups[table], _definitions(way, mapping, knowledge)) for table, way in column.tables.items())
    return tuple(chain.from_iterable(found))


def _definitions(way: str, mapping: RecordMapping, knowledge: Knowledge) -> dict[str, str]:
    """What the tables that lie beside the mapping say of the resources that keys become, by key."""
    start, _, end = (mapping.base + way).partition("{}")
    inputs = bundled_inputs(mapping, knowledge.folder(mapping))
    said = (triple for triple in Run(mapping, inputs, knowledge.lexicon).triples() if triple[1] == DESCRIPTION)
    found = {iri_text(s): literal_parts(o).text for s, _, o in said}
    return {
        iri[len(start) : len(iri) - len(end)]: text for iri, text in found.items() if iri.startswith(start) and iri.endswith(end)
    }


def _inferred(chains: Mapping[str, str]) -> dict[str, list[str]]:
    """The last property of a chain → the properties that are inferred by such chains."""
    found: dict[str, list[str]] = {}
    for inferred, last in chains.items():
        found.setdefault(last, []).append(inferred)
    return found


def _checks(
    column: Column, checks: Mapping[tuple[str, str], list[Check]], inferred: Mapping[str, list[str]]
) -> tuple[Check, ...]:
    """What is asked of the column's properties, and of those that are inferred from them about the entry itself."""
    asked = {*column.properties}
    asked |= {(one, kind) for prop, _ in column.properties for one in inferred.get(prop, ()) for kind in column.of_entry}
    found = {
        replace(check, of_entry=kind in column.of_entry) for prop, kind in sorted(asked) for check in checks.get((kind, prop), ())
    }
    return tuple(sorted(found, key=lambda one: one.rule))


def _texts() -> dict[str, dict[str, str]]:
    rows = csv.DictReader(assets.read("mappings", TEXTS).decode("utf-8").splitlines())
    return {row["column"]: row for row in rows}
