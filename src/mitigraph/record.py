"""Records: the fields of one row or one item, each knowing the cell or line it came from.

A reader (``mitigraph.read``) turns a file into a ``RecordSource``; iterating it gives ``Record`` objects. All values are text:
no reader casts. An empty or null cell gives no value at all.

>>> from mitigraph.record import FieldRecord
>>> record = FieldRecord("t.csv", 1, 2, {"title": "Red teaming", "year": ""})
>>> record.values("title"), record.values("year"), str(record.place("title"))
(['Red teaming'], [], 't.csv:2:title')
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from mitigraph.finding import Finding, Place

__all__ = ["Column", "FieldRecord", "Record", "RecordSource", "column_by_record", "entry_digest"]

Column = tuple[Sequence[int], list[str]]
"""Texts of several records: for each text, in ascending order, the position of the record that holds it; and the texts."""


class Record(Protocol):
    """One record. ``number`` counts from 1 within its iterator; ``line`` is the physical line where it begins."""

    number: int
    line: int

    def values(self, reference: str) -> list[str]:
        """The texts a reference names: [] for an empty or null cell; several for a list. KeyError: no such column in a table.

        For tables a reference is a column name; for trees a path relative to the item: ``name``, ``a.b``, ``a[*].b``,
        ``a['x y']``, ``@`` for the item itself, and ``^.name`` for a field of the enclosing object (``^^.`` two up).
        """

    def place(self, reference: str, index: int = 0) -> Place:
        """Where the reference's value (or the index-th of several) stands; for "" or what is nowhere the record's own place."""

    def written(self, reference: str, index: int = 0) -> str | None:
        """What is written there, letter by letter; None: nothing is."""

    def raw(self) -> object:
        """The record's own content as text, lists and mappings (what its digest is taken of)."""


class RecordSource(Protocol):
    """What a reader gives: iterate it (again and again) for records; ``findings`` fills as records are read.

    ``name`` is the file's display name; ``columns`` the header of a table, or None for trees; a row that cannot be read is a
    violation in ``findings`` and is counted in ``refused``.
    """

    name: str
    columns: list[str] | None
    findings: list[Finding]
    refused: int

    def __iter__(self) -> Iterator[Record]: ...

    def column(self, records: Sequence[Record], reference: str) -> Column:
        """What ``reference`` names in each of some records of this source. KeyError: no such column in a table."""


class FieldRecord:
    """A record held as a plain mapping of column names to texts: the simplest ``Record``."""

    __slots__ = ("_fields", "file", "line", "number")

    def __init__(self, file: str, number: int, line: int, fields: Mapping[str, str]) -> None:
        self.file, self.number, self.line, self._fields = file, number, line, fields

    def values(self, reference: str) -> list[str]:
        value = self._fields[reference]
        return [value] if value else []

    def place(self, reference: str, index: int = 0) -> Place:
        return Place(self.file, self.line, reference if reference in self._fields else None, self.number)

    def written(self, reference: str, index: int = 0) -> str | None:
        return self._fields.get(reference) or None

    def raw(self) -> object:
        return dict(self._fields)


def column_by_record(records: Sequence[Record], reference: str) -> Column:
    """A column read record by record: the way of every source that has no faster one.

    >>> rows = [FieldRecord("t.csv", n, n + 1, {"id": text}) for n, text in enumerate(["a", "", "c"])]
    >>> column_by_record(rows, "id")
    ([0, 2], ['a', 'c'])
    """
    found = [(position, text) for position, record in enumerate(records) for text in record.values(reference)]
    return [position for position, _ in found], [text for _, text in found]


def entry_digest(record: Record) -> str:
    """SHA-256 (hex) of a record's content as canonical JSON (sorted keys, no spaces, UTF-8): equal content, equal digest.

    >>> here, there = FieldRecord("a", 1, 2, {"b": "1", "a": "2"}), FieldRecord("z", 9, 9, {"a": "2", "b": "1"})
    >>> entry_digest(here) == entry_digest(there)
    True
    """
    text = json.dumps(record.raw(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
