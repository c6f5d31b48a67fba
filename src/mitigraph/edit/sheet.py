"""Cells and rows in the XML of a sheet: where they stand in its bytes, and where those belong that are not written out.

>>> xml = b'<worksheet><sheetData><row r="2"><c r="B2"/></row></sheetData></worksheet>'
>>> found = find(xml, {(2, 1), (2, 2), (5, 0)})
>>> [xml[span.start:span.end] for span in found.cells.values()]
[b'<c r="B2"/>']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from mitigraph.edit.edits import CannotEditError
from mitigraph.edit.markup import BROKEN, Patch, Span, elements, filled, parse, refuse_encoding, span_of, told
from mitigraph.read.xlsx_rows import column_number

__all__ = ["Found", "find", "format_at", "inserted"]

Spot = tuple[int, int]
"""Line (from 1) and column (from 0)."""

TRUE = ("1", "true")


@dataclass
class Found:
    """What was looked for: cells and the rows of all; where cells and rows that are missing belong; what is around them."""

    prefix: str = ""
    cells: dict[Spot, Span] = field(default_factory=dict)
    rows: dict[int, Span] = field(default_factory=dict)
    places: dict[Spot, int] = field(default_factory=dict)
    row_places: dict[int, int] = field(default_factory=dict)
    data: Span | None = None
    around: list[tuple[str, Span]] = field(default_factory=list)

    def named(self, local: str) -> str:
        """An element's name with the prefix that the sheet's own have."""
        return f"{self.prefix}:{local}" if self.prefix else local


def find(sheet: bytes, wanted: Iterable[Spot]) -> Found:
    """The cells at some spots. CannotEditError: the sheet cannot be taken apart for sure."""
    refuse_encoding(sheet)
    reading = _Reading(sheet, set(wanted))
    parse(reading.parser, sheet)
    if reading.found.data is None:
        raise CannotEditError(BROKEN)
    return reading.found


def format_at(sheet: bytes, found: Found, spot: Spot) -> int:
    """The number of a cell's format: its own, else its row's, else its column's."""
    cell, row = found.cells.get(spot), found.rows.get(spot[0])
    if cell is not None:
        return _declared(told(sheet[cell.start : cell.tag_end], "s"))
    if row is not None and told(sheet[row.start : row.tag_end], "customFormat") in TRUE:
        return _declared(told(sheet[row.start : row.tag_end], "s"))
    return next((style for first, last, style in _columns(sheet, found) if first <= spot[1] + 1 <= last), 0)


def inserted(sheet: bytes, found: Found, new: Mapping[int, Sequence[tuple[int, bytes]]]) -> Iterator[Patch]:
    """What puts cells (columns and their XML, by line) where there are none yet, with rows for those that are not written out."""
    rows = list[tuple[int, bytes]]()
    for line, cells in sorted(new.items()):
        row = found.rows.get(line)
        if row is None:
            name = found.named("row")
            rows.append((line, f'<{name} r="{line}">'.encode() + b"".join(xml for _, xml in cells) + f"</{name}>".encode()))
        elif row.is_empty:
            yield filled(sheet, row, b"".join(xml for _, xml in cells))
        else:
            yield from (_at(found.places[line, column], xml) for column, xml in cells)
    if found.data is not None and found.data.is_empty and rows:
        yield filled(sheet, found.data, b"".join(xml for _, xml in rows))
    else:
        yield from (_at(found.row_places[line], xml) for line, xml in rows)


def _at(place: int, new: bytes) -> Patch:
    return Patch(place, place, new)


def _columns(sheet: bytes, found: Found) -> Iterator[tuple[int, int, int]]:
    """The first and last column (from 1) of each declared run of columns, and the number of its format."""
    for name, span in found.around:
        if name.rpartition(":")[2] == "cols":
            for one in elements(sheet[span.start : span.end]):
                if one.name == "col":
                    yield _declared(one.told.get("min")), _declared(one.told.get("max")), _declared(one.told.get("style"))


def _declared(text: str | None) -> int:
    stripped = (text or "").strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) < 8 else 0


class _Reading:
    def __init__(self, sheet: bytes, wanted: set[Spot]) -> None:
        self.sheet, self.found = sheet, Found()
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.end
        self._rows: dict[int, set[int]] = {}
        for line, column in wanted:
            self._rows.setdefault(line, set()).add(column)
        self._missing = sorted(self._rows, reverse=True)
        self._open: list[int] = []
        self._line, self._column = 0, -1
        self._spot: Spot | None = None
        self._columns: list[int] = []
        self._within = self._row = self._cell = ""

    def start(self, name: str, told: dict[str, str]) -> None:
        at = self.parser.CurrentByteIndex
        self._open.append(at)
        if not self._within and name.rpartition(":")[2] == "sheetData":
            self.found.prefix = name.rpartition(":")[0]
            self._within, self._row, self._cell = name, self.found.named("row"), self.found.named("c")
        elif self._within and name == self._row:
            self._start_row(told, at)
        elif self._within and name == self._cell:
            self._start_cell(told, at)

    def end(self, name: str) -> None:
        start = self._open.pop()
        if self._within and name == self._cell:
            if self._spot is not None:
                self.found.cells[self._spot] = self._span(start)
                self._spot = None
        elif self._within and name == self._row:
            self._end_row(self._span(start))
        elif name == self._within:
            self.found.data = self._span(start)
            self._place_rows(None, self.found.data.inner_end)
            self._within = ""
        elif len(self._open) == 1:
            self.found.around.append((name, self._span(start)))

    def _start_row(self, told: dict[str, str], at: int) -> None:
        self._line = _number(told.get("r", str(self._line + 1)))
        self._place_rows(self._line, at)
        self._column = -1
        self._columns = sorted(self._rows.get(self._line, ()), reverse=True)

    def _start_cell(self, told: dict[str, str], at: int) -> None:
        reference = told.get("r")
        self._column = self._column + 1 if reference is None else column_number(reference.rstrip("0123456789"))
        while self._columns and self._columns[-1] < self._column:
            self.found.places[self._line, self._columns.pop()] = at
        if self._columns and self._columns[-1] == self._column:
            self._spot = self._line, self._columns.pop()

    def _end_row(self, span: Span) -> None:
        if self._line in self._rows:
            self.found.rows[self._line] = span
            self.found.places.update({(self._line, column): span.inner_end for column in self._columns})
        self._columns = []

    def _place_rows(self, line: int | None, at: int) -> None:
        """Rows that are not written out belong before the next that is."""
        while self._missing and (line is None or self._missing[-1] < line):
            self.found.row_places[self._missing.pop()] = at
        if self._missing and self._missing[-1] == line:
            self._missing.pop()

    def _span(self, start: int) -> Span:
        return span_of(self.sheet, start, self.parser.CurrentByteIndex)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise CannotEditError(BROKEN)
    return int(text)
