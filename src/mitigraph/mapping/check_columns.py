"""Does a file have what a plan reads? Columns that are not there, and those that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from mitigraph.finding import Finding, Place
from mitigraph.mapping.plan import LogicalSource, Mapping, Where
from mitigraph.mapping.problems import problem, refuse
from mitigraph.mapping.uses import is_position, uses
from mitigraph.record import RecordSource

__all__ = ["check_columns", "missing_columns", "undefined_paths", "unseen_paths", "unused_columns"]

LOOKED_AT = 10_000
"""How many records are gone through for a path that leads to nothing."""


def check_columns(mapping: Mapping, inputs: Sequence[tuple[LogicalSource, RecordSource, str]]) -> list[Finding]:
    """Notes about columns nothing reads. MappingError: columns that are read and are not there."""
    refuse(mapping.name, [found for one in inputs for found in missing_columns(mapping, *one)])
    return [found for source, records, file in inputs for found in unused_columns(mapping, [(source, records)], file)]


def missing_columns(mapping: Mapping, source: LogicalSource, records: RecordSource, file: str) -> Iterator[Finding]:
    """The columns of a table that are read or declared and are not there, each at the first place that reads it."""
    if records.columns is None:
        return
    needed = {name: where for name, where in _used(mapping, source).items() if name not in source.optional}
    needed |= {name: source.where for name in source.columns if name not in needed}
    present = set(records.columns)
    for name, where in needed.items():
        if name not in present and not is_position(name):
            yield problem("unknown-column", f"{file} has no such column", where, name, records.columns)


def unseen_paths(mapping: Mapping, source: LogicalSource, records: RecordSource, file: str) -> Iterator[Finding]:
    """The keys that a tree needs and has not; a note of each path that leads to nothing in all of the first records."""
    if records.columns is not None:
        return
    keys = getattr(records, "keys", ())
    for name in source.keys:
        if name not in keys:
            yield problem("missing-key", f"{file} has no such key", source.where, name, keys)
    unseen = _used(mapping, source)
    for record in islice(records, LOOKED_AT):
        for name in [name for name in unseen if record.values(name)]:
            del unseen[name]
        if not unseen:
            return
    for name, where in unseen.items():
        if name not in source.optional:
            yield problem("unseen-path", f"leads to nothing in {file}", where, name, keys, severity="info")


def undefined_paths(mapping: Mapping, source: LogicalSource, records: RecordSource, file: str) -> Iterator[Finding]:
    """The paths that were asked of all records and led nowhere in any, where the source says how grave that is."""
    severity, asked = source.options.get("undefined"), getattr(records, "asked", None)
    if severity is None or asked is None:
        return
    for name, where in _used(mapping, source).items():
        if name in asked.unseen and name not in source.optional:
            head = "$." if name.startswith("$.") else ""
            known = [f"{head}{one}" for one in asked.names]
            yield problem("unseen-path", f"leads to nothing in {file}", where, name, known, severity=str(severity))


def unused_columns(mapping: Mapping, sources: Sequence[tuple[LogicalSource, RecordSource]], file: str) -> Iterator[Finding]:
    """A note of the columns of a table that no rule for any of the sources it is reads."""
    used = {name for source, _ in sources for name in _used(mapping, source)}
    columns = dict.fromkeys(name for _, records in sources for name in records.columns or ())
    idle = ", ".join(repr(name) for name in columns if name not in used)
    if idle:
        yield Finding("info", "unused-column", f"no rule reads {idle}", Place(file), rule=str(sources[0][0].where))


def _used(mapping: Mapping, source: LogicalSource) -> dict[str, Where]:
    """Each column or path that is read, with the first place."""
    return dict(reversed(list(uses(mapping, source))))
