"""Does a file have what a plan reads? Columns that are not there, and those that nothing reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mitigraph.finding import Finding, Place
from mitigraph.mapping.plan import LogicalSource, Mapping, Where
from mitigraph.mapping.problems import problem, refuse
from mitigraph.mapping.uses import is_position, uses
from mitigraph.read.path import Step, compile_path
from mitigraph.read.selectors import Descent, Union
from mitigraph.read.tree import Asked, TreeRecord
from mitigraph.record import Record, RecordSource

__all__ = ["check_columns", "missing_columns", "undefined_paths", "unseen_paths", "unused_columns"]

SHOWN = 30
"""How many unused columns are named."""

LOOKED_AT = 10_000
"""How many records are gone through for a path that leads to nothing."""


def check_columns(mapping: Mapping, inputs: Sequence[tuple[LogicalSource, RecordSource, str]]) -> list[Finding]:
    """Notes about columns nothing reads. MappingError: columns that are read and are not there."""
    refuse(mapping.name, [found for one in inputs for found in missing_columns(mapping, *one)])
    by_file: dict[str, list[tuple[LogicalSource, RecordSource]]] = {}
    for source, records, file in inputs:
        by_file.setdefault(file, []).append((source, records))
    return [found for file, read in by_file.items() for found in unused_columns(mapping, read, file)]


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
    ends: dict[str, bool] = {}
    for name in source.keys:
        if name not in keys:
            yield problem("missing-key", f"{file} has no such key", source.where, name, keys)
    unseen = _used(mapping, source)
    for record in islice(records, LOOKED_AT):
        for name in [name for name in unseen if record.values(name)]:
            del unseen[name]
        if not unseen:
            return
        _look_for_ends(record, unseen, ends)
    for name, where in unseen.items():
        if name not in source.optional:
            if ends.get(name):
                members = f"a path to its members, as {name}.name"
                yield Finding("warning", "not-a-value", f"ends at an object in {file}", where.place, name, members)
            elif name in ends:
                yield problem("unseen-path", f"leads to no value in {file}", where, name, severity="info")
            else:
                yield problem("unseen-path", f"leads to nothing in {file}", where, name, keys, severity="info")


def _look_for_ends(record: Record, names: Iterable[str], ends: dict[str, bool]) -> None:
    """Note the paths that lead somewhere in a record, if not to a value: whether it is to an object."""
    if isinstance(record, TreeRecord):
        for name in names:
            for node in record.nodes(name):
                ends[name] = ends.get(name, False) or any(record.objects(node))


def undefined_paths(mapping: Mapping, source: LogicalSource, records: RecordSource, file: str) -> Iterator[Finding]:
    """What the paths that were asked of all records did not lead to.

    Objects at which one ended; and the paths that led nowhere in any record, where the source says how grave that is.
    """
    severity, asked = source.options.get("undefined"), getattr(records, "asked", None)
    if not isinstance(asked, Asked):
        return
    yield from _objects_left_out(mapping, source, asked)
    if severity is None:
        return
    for name, where in _used(mapping, source).items():
        if name in asked.unseen and name not in source.optional:
            head = "$." if name.startswith("$.") else ""
            known = [f"{head}{one}" for one in asked.names]
            yield problem("unseen-path", f"leads to nothing in {file}", where, name, known, severity=str(severity))


def _objects_left_out(mapping: Mapping, source: LogicalSource, asked: Asked) -> Iterator[Finding]:
    """The objects at which a path ended, those apart that another path of the mapping reads into: it knows of them."""
    if not asked.left_out:
        return
    alike = [one for one in mapping.sources if one.format == source.format]
    read = {_from_root(one, name) for one in alike for name in _used(mapping, one)}
    known: dict[str, bool] = {}
    for name, finding in asked.left_out.values():
        if name not in known:
            path = _from_root(source, name)
            known[name] = any(other[: len(path)] == path and len(other) > len(path) for other in read)
        if not known[name]:
            yield finding


def _from_root(source: LogicalSource, name: str) -> tuple[Step, ...]:
    """The names on the way from a file's root to where a path ends; ``..`` is as good as a name of its own."""
    iterator, path = source.options.get("iterator"), compile_path(name)
    steps = list(compile_path(iterator).steps) if isinstance(iterator, str) else []
    for _ in range(path.climb):
        while steps and not isinstance(steps.pop(), str):
            continue
    names = list[Step]()
    for step in (*steps, *path.steps):
        if isinstance(step, str | Union | Descent):
            names.append(step)
    return tuple(names)


def unused_columns(mapping: Mapping, sources: Sequence[tuple[LogicalSource, RecordSource]], file: str) -> Iterator[Finding]:
    """A note of the columns of a table that no rule for any of the sources it is reads."""
    used = {name for source, _ in sources for name in _used(mapping, source)}
    columns = dict.fromkeys(name for _, records in sources for name in records.columns or ())
    idle = [repr(name) for name in columns if name not in used]
    if idle:
        shown = ", ".join(idle[:SHOWN]) + (f" and {len(idle) - SHOWN} more" if len(idle) > SHOWN else "")
        yield Finding("info", "unused-column", f"no rule reads {shown}", Place(file), rule=str(sources[0][0].where))


def _used(mapping: Mapping, source: LogicalSource) -> dict[str, Where]:
    """Each column or path that is read, with the first place."""
    return dict(reversed(list(uses(mapping, source))))
