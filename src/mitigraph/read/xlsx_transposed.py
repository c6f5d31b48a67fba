"""Sheets on their side: the first column holds the names of the fields, each further column is a record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read import limits
from mitigraph.read.xlsx_doubts import ColumnTally, Doubt, unstyled
from mitigraph.read.xlsx_rows import Layout
from mitigraph.read.xlsx_sheet import NoHeaderError, SheetHeader, SheetRecord, SheetText, Tallies
from mitigraph.read.xlsx_values import CellFaultError
from mitigraph.record import Column, Record

__all__ = ["TransposedSheet", "TransposedSheetRecord"]


class FieldHeader(SheetHeader):
    """The fields of a sheet on its side, each with the row it stands in."""

    __slots__ = ("lines",)
    lines: list[int]

    def cell(self, at: int | None, position: int, number: int | None = None) -> Place:
        """The cell of a field, by its number, in the column at a position."""
        line = self.lines[at or 0]
        return replace(self.place(position, line, number), column=None if at is None else self.column_at(at))


class TransposedSheetRecord(SheetRecord):
    """One column; a value's place is the row of its field."""

    __slots__ = ("position",)
    header: FieldHeader

    def __init__(self, header: FieldHeader, number: int, position: int, cells: list[str]) -> None:
        super().__init__(header, number, header.lines[0], cells)
        self.position = position

    def place(self, reference: str, index: int = 0) -> Place:
        return self.header.cell(self.header.index.get(reference), self.position, self.number)


class TransposedSheet:
    """The columns of a sheet as records; the sheet is held whole. ``columns`` are the field names.

    A row without a name is the field ``(row 2)``. InputError: no rows, or a cell of the first column without a value.
    """

    def __init__(self, text: SheetText) -> None:
        self.name, self.sheet = text.name, text.sheet
        self.header = FieldHeader(text.name, text.options, text.sheet.name, text.area.left)
        self.header.lines = []
        self._rows: list[list[str]] = []
        self._faults: dict[int, list[tuple[int, CellFaultError]]] = {}
        self._doubts: dict[int, list[tuple[int, Doubt]]] = {}
        self._unstyled: tuple[int, int, str] | None = None
        self._read(text)
        named = self.header.name([row[0] if row else "" for row in self._rows], self.header.lines, "row")
        self.findings = [replace(one, place=self.header.cell(self.header.index[one.place.column or ""], 0)) for one in named]
        if self._unstyled is not None:
            at, position, stored = self._unstyled
            self.findings.append(unstyled(stored, self.header.cell(at, position)))
        self.columns: list[str] | None = list(self.header.index)
        self.refused = self._reported = 0
        self._width = max(max(map(len, self._rows)), 1 + max(self._faults, default=0))

    @property
    def head(self) -> Place:
        """The column of the names."""
        return self.header.cell(None, 0)

    def column(self, records: Sequence[Record], reference: str) -> Column:
        return self.header.column(records, reference)

    def __iter__(self) -> Iterator[TransposedSheetRecord]:
        number = 0
        for position in range(1, self._width):
            cells = [row[position] if position < len(row) else "" for row in self._rows]
            is_blank, faults = not "".join(cells).strip(), self._faults.get(position, [])
            if is_blank and not faults:
                continue
            number += 1
            if number > self._reported:
                self._reported = number
                self.refused += is_blank
                self.findings += [self._finding(fault, at, position, number) for at, fault in faults]
                self.findings += [self._doubt(doubt, at, position, number) for at, doubt in self._doubts.get(position, [])]
            if not is_blank:
                yield TransposedSheetRecord(self.header, number, position, cells)

    def _read(self, text: SheetText) -> None:
        characters = 0
        with closing(text.rows(Layout())) as rows:
            for row in rows:
                tallies: Tallies = defaultdict(ColumnTally)
                texts, faults = text.texts(row, 0, self.header.null, tallies)
                if not faults and not "".join(texts).strip():
                    continue
                characters += sum(map(len, texts)) + len(texts)
                if characters > limits.FILE_BYTES:
                    raise InputError(f"{self.name}: sheet {self.sheet.name!r} holds too much to be read on its side")
                for at, fault in faults:
                    self._faults.setdefault(at, []).append((len(self._rows), fault))
                for at, tally in tallies.items():
                    for doubt in tally.long_numbers():
                        self._doubts.setdefault(at, []).append((len(self._rows), doubt))
                if self._unstyled is None and text.book.is_unstyled:
                    self._unstyled = next(((len(self._rows), *one) for one in text.unstyled(row)), None)
                self._rows.append(texts)
                self.header.lines.append(row.line)
        if not self._rows:
            raise NoHeaderError(f"{self.name}: sheet {self.sheet.name!r} has no rows")
        for at, fault in self._faults.get(0, ())[:1]:
            where = self.header.cell(at, 0).cell
            raise InputError(f"{self.name}: {where}: a field's name cannot be read: {fault.message}")

    def _finding(self, fault: CellFaultError, at: int, position: int, number: int) -> Finding:
        place = self.header.cell(at, position, number)
        return Finding("violation", fault.code, fault.message, place, fault.value, fault.expected)

    def _doubt(self, doubt: Doubt, at: int, position: int, number: int) -> Finding:
        code, _, text, message = doubt
        return Finding("warning", code, message, self.header.cell(at, position, number), text)
