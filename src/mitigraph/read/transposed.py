"""Tables on their side: the first column holds the names of the fields, each further column is a record.

>>> from mitigraph.read.content import Content
>>> from mitigraph.read.options import Options
>>> text = TableText(Content.of_bytes(b"id,M1,M2\\ntitle,Audits,Training\\n"), "t.csv", Options(), ",")
>>> [(record.values("id"), record.place("title").line) for record in TransposedSource(text)]
[(['M1'], 2), (['M2'], 2)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read import limits
from mitigraph.read.lines import shown
from mitigraph.read.rows import Fault, Rows, character_fault
from mitigraph.read.table import Header, TableRecord, TableText
from mitigraph.record import Column, Record

__all__ = ["TransposedRecord", "TransposedSource"]


class TransposedRecord(TableRecord):
    """One column; a value's place is the line of its own row, and how far across the record lies."""

    __slots__ = ("across", "lines")

    def __init__(self, header: Header, number: int, across: int, lines: list[int], cells: list[str]) -> None:
        super().__init__(header, number, lines[0], cells)
        self.across, self.lines = across, lines

    def place(self, reference: str, index: int = 0) -> Place:
        at = self.header.index.get(reference)
        line, column = (self.line, None) if at is None else (self.lines[at], reference)
        return Place(self.header.file, line, column, self.number, across=self.across)


class TransposedSource:
    """The columns of a table as records; the table is held whole. ``columns`` are the field names.

    A row without a name is the field ``(row 2)``. A record that a short row has no cell for is a violation.
    InputError: a row that cannot be read, for it takes a field from every record.
    """

    def __init__(self, text: TableText) -> None:
        self.name, self._codec = text.name, text.codec
        self._rows: list[list[str]] = []
        self._lines: list[int] = []
        with closing(text.rows()) as rows:
            self._read(text, rows)
        self.header = Header(text.name, text.options)
        self.findings = self.header.name([row[0] for row in self._rows], self._lines, "row")
        self.columns: list[str] | None = list(self.header.index)
        self.refused = self._reported = 0
        self._width = max(map(len, self._rows))

    def column(self, records: Sequence[Record], reference: str) -> Column:
        return self.header.column(records, reference)

    def __iter__(self) -> Iterator[TransposedRecord]:
        number = 0
        for position in range(1, self._width):
            if not any(len(row) > position and row[position].strip() for row in self._rows):
                continue
            number += 1
            found = self._fault(position)
            if found is not None:
                self._refuse(*found, number, position + 1)
                continue
            yield TransposedRecord(self.header, number, position + 1, self._lines, [row[position] for row in self._rows])

    def _read(self, text: TableText, rows: Rows) -> None:
        line, row = text.first_row(rows)
        self._rows.append(row)
        self._lines.append(line)
        for further in rows:
            fault = further if isinstance(further, Fault) else character_fault(further[:1], self._codec)
            if isinstance(further, Fault) or fault is not None:
                raise InputError(f"{self.name}:{rows.line}: the row cannot be read: {fault and fault.message}")
            if "".join(further).strip():
                self._rows.append(further)
                self._lines.append(rows.line)
        if max(len(row) for row in self._rows) > limits.ROWS:
            raise InputError(f"{self.name}: more than {limits.ROWS:,} columns")

    def _fault(self, position: int) -> tuple[Fault, int, str | None] | None:
        """What is wrong with a record, in which row, and the cell."""
        for at, row in enumerate(self._rows):
            if len(row) <= position:
                return Fault("ragged-row", f"the row has no cell for column {position + 1}", at), at, None
            fault = character_fault([row[position]], self._codec)
            if fault is not None:
                return fault, at, shown(row[position])
        return None

    def _refuse(self, fault: Fault, at: int, value: str | None, number: int, across: int) -> None:
        if number <= self._reported:
            return
        self._reported, self.refused = number, self.refused + 1
        place = Place(self.name, self._lines[at], self.header.column_at(at), number, across=across)
        self.findings.append(Finding("violation", fault.code, fault.message, place, value=value))
