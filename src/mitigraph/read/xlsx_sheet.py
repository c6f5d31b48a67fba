"""One sheet of a workbook as a table: its header, and its rows as records, streamed as they are unpacked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read import limits
from mitigraph.read.options import Options
from mitigraph.read.table import CELLS, Header, TableRecord
from mitigraph.read.xlsx_book import Sheet, Workbook
from mitigraph.read.xlsx_doubts import ColumnTally, unstyled
from mitigraph.read.xlsx_rows import COLUMNS, LINES, Area, Layout, Row, letters, row_ranges, sheet_reference
from mitigraph.read.xlsx_values import TEXT, CellFaultError
from mitigraph.record import Column, Record

__all__ = ["NoHeaderError", "SheetHeader", "SheetRecord", "SheetSource", "SheetText", "Tallies"]

WHOLE = Area(0, 1, COLUMNS - 1, LINES)
Tallies = defaultdict[int, ColumnTally]
Faults = list[tuple[int, CellFaultError]]
"""Cells without a value that can be used, by their position in the table."""


class NoHeaderError(InputError):
    """A sheet without a header row: no table."""


class SheetText:
    """The part of a sheet that is the table, as rows of texts. InputError: a range that cannot be meant."""

    def __init__(self, book: Workbook, sheet: Sheet, options: Options) -> None:
        self.name, self.book, self.sheet, self.options = book.name, book, sheet, options
        area = WHOLE if options.range is None else Area.of(options.range)
        if area is None:
            raise InputError(f"{self.name}: option range must be like B3:H200, B3:H or B:H, not {options.range!r}")
        self.area = area._replace(left=area.left + options.skip_columns)
        self.first = area.top + options.skip_rows + (options.header_row or 1) - 1
        self._left_right = (self.area.left, area.right)

    def rows(self, layout: Layout) -> Generator[Row, None, None]:
        """The rows from the first that may be the header; the sheet is read to its end even where the table ends before."""
        first, bottom = self.first, self.area.bottom
        with closing(self.book.rows(self.sheet, layout)) as rows:
            for row in rows:
                if first <= row.line <= bottom:
                    yield row

    def header(self, null: frozenset[str]) -> tuple[int, list[str], list[tuple[int, int, CellFaultError]]]:
        """The last line of the header, the names in it, and the cells in it that have none. NoHeaderError: there is none.

        Names that stand in several rows are joined by a space.
        """
        names: list[str] = []
        odd: list[tuple[int, int, CellFaultError]] = []
        wanted, end = self.options.header_rows, 0
        with closing(self.rows(Layout())) as rows:
            for row in rows:
                is_late = not end and self.options.header_row is not None and row.line > self.first
                if is_late or (end and row.line > end):
                    break
                texts, faults = self.texts(row, 0, null)
                odd += [(row.line, at, fault) for at, fault in faults]
                if "".join(texts).strip():
                    end = end or row.line + max(wanted, 1) - 1
                    names = _joined(names, texts)
        if not end:
            which = f": the header row {self.first} is blank" if self.options.header_row is not None else " has no header row"
            raise NoHeaderError(f"{self.name}: sheet {self.sheet.name!r}{which}")
        if not wanted:
            return self.first - 1, list(self.options.names) or [""] * len(names), []
        return end, names, odd

    def texts(self, row: Row, width: int, null: frozenset[str], tallies: Tallies | None = None) -> tuple[list[str], Faults]:
        """The texts of a row by their position in the table; cells with an error that is a ``null`` token are empty."""
        left, right = self._left_right
        text_of = self.book.values.of
        texts, faults = [""] * width, list[tuple[int, CellFaultError]]()
        for column, kind, style, stored, has_formula in row.cells:
            if not left <= column <= right:
                continue
            at = column - left
            try:
                text, sort = text_of(kind, style, stored, has_formula)
            except CellFaultError as fault:
                if fault.value is None or fault.value not in null:
                    faults.append((at, fault))
                continue
            if at >= len(texts):
                if not text or text.isspace():
                    continue
                texts += [""] * (at + 1 - len(texts))
            texts[at] = text
            if text and tallies is not None:
                tally = tallies[at]
                if sort == TEXT and tally.has_looked:
                    tally.texts += 1
                else:
                    tally.add(sort, text, row.line)
        return texts, faults

    def unstyled(self, row: Row) -> Iterator[tuple[int, str]]:
        """The numbers of a row that refer to a format, by their position in the table."""
        left, right = self._left_right
        for column, kind, style, stored, _ in row.cells:
            if left <= column <= right and kind == "n" and style is not None and stored is not None and stored.strip():
                yield column - left, stored


def _joined(names: list[str], more: list[str]) -> list[str]:
    width = max(len(names), len(more))
    pairs = zip(names + [""] * (width - len(names)), more + [""] * (width - len(more)), strict=True)
    return [" ".join(filter(None, map(str.strip, pair))) for pair in pairs]


@dataclass
class _Pass:
    """What is learnt of a sheet in one pass over its rows."""

    layout: Layout = field(default_factory=Layout)
    tallies: defaultdict[int, ColumnTally] = field(default_factory=lambda: defaultdict(ColumnTally))
    hidden_lines: list[int] = field(default_factory=list)
    last_line: int = 0
    characters: int = 0


class SheetHeader(Header):
    """A table's header that knows its sheet, and in which column of the sheet the table begins."""

    __slots__ = ("left", "sheet")

    def __init__(self, file: str, options: Options, sheet: str, left: int) -> None:
        super().__init__(file, options)
        self.sheet, self.left = sheet, left

    def turned(self, records: Sequence[Record]) -> list[tuple[str, ...]]:
        """As for other tables, though rows that were read before a far column came to light are shorter."""
        return list(zip_longest(*map(CELLS, records), fillvalue=""))

    def place(self, at: int | None, line: int, number: int | None = None) -> Place:
        """The cell of a column, by its position in the table; without one the whole row."""
        cell = f"{line}:{line}" if at is None else f"{letters(self.left + at)}{line}"
        return Place(self.file, line, self.column_at(at), number, cell=sheet_reference(self.sheet, cell))


class SheetRecord(TableRecord):
    """One row; ``line`` is the row of the sheet. Cells that lie beyond all that was known when it was read are empty."""

    __slots__ = ()
    header: SheetHeader

    def values(self, reference: str) -> list[str]:
        return super().values(reference) if self.header.index[reference] < len(self.cells) else []

    def place(self, reference: str, index: int = 0) -> Place:
        return self.header.place(self.header.index.get(reference), self.line, self.number)

    def raw(self) -> object:
        """As for other tables: texts by column name."""
        self.cells += [""] * (1 + max(self.header.index.values(), default=0) - len(self.cells))
        return super().raw()


class SheetSource:
    """The rows of a sheet as records. InputError: no header row; later, while reading, a broken sheet or too many rows.

    A cell that has no value that can be used is a violation, and its record goes on without it; a row of nothing else is
    refused. What a sheet hides or merges is told when it has been read to its end.
    """

    def __init__(self, text: SheetText) -> None:
        self.name, self.sheet, self._text = text.name, text.sheet, text
        self.header = SheetHeader(self.name, text.options, text.sheet.name, text.area.left)
        self.refused = self._reported = 0
        self._is_told = self._is_stale_told = self._is_unstyled_told = False
        self._head_line, names, odd = text.header(self.header.null)
        self.findings = [self._finding(fault, at, line) for line, at, fault in odd]
        self.findings += self._named(names)
        self.columns: list[str] | None = self.header.columns
        self._width = len(names)
        self._unreported_nameless, self._far = set(self.header.nameless), set[int]()

    @property
    def head(self) -> Place:
        """The header row."""
        return self.header.place(None, self._head_line)

    def column(self, records: Sequence[Record], reference: str) -> Column:
        try:
            return self.header.column(records, reference)
        except IndexError:  # a nameless column that came to light after the last of the records
            return (), []

    def __iter__(self) -> Iterator[SheetRecord]:
        number, seen, text, null = 0, _Pass(), self._text, self.header.null
        with closing(text.rows(seen.layout)) as rows:
            for row in rows:
                if row.line <= self._head_line:
                    continue
                cells, faults = text.texts(row, self._width, null, seen.tallies)
                is_blank = not "".join(cells).strip()
                if is_blank and not faults:
                    continue
                number += 1
                self._note(seen, row, cells, number)
                if number > self._reported:
                    self._reported = number
                    self.refused += is_blank
                    self.findings += [self._finding(fault, at, row.line, number) for at, fault in faults]
                if is_blank:
                    continue
                if self._unreported_nameless or len(cells) > self._width:
                    self._report_nameless(cells, number, row.line)
                yield SheetRecord(self.header, number, row.line, cells)
        self._finish(seen)

    def _named(self, names: list[str]) -> Iterator[Finding]:
        for finding in self.header.name(names, [self._head_line] * len(names), "column"):
            at = self.header.index[finding.place.column or ""]
            yield replace(finding, place=self.header.place(at, self._head_line))

    def _note(self, seen: _Pass, row: Row, cells: list[str], number: int) -> None:
        if number > limits.ROWS:
            raise InputError(f"{self.name}: sheet {self.sheet.name!r} has more than {limits.ROWS:,} rows")
        # One shared text may stand in a million cells.
        seen.characters += sum(map(len, cells))
        if seen.characters > limits.FILE_BYTES:
            raise InputError(f"{self.name}: the texts of sheet {self.sheet.name!r} add up to more than {limits.FILE_BYTES:,}")
        seen.last_line = row.line
        if row.hidden:
            seen.hidden_lines.append(row.line)
        if self._text.book.is_stale and not self._is_stale_told:
            self._report_stale(row)
        if self._text.book.is_unstyled and not self._is_unstyled_told:
            self._report_unstyled(row)

    # -- findings --------------------------------------------------------------------------------------------

    def _finding(self, fault: CellFaultError, at: int, line: int, number: int | None = None) -> Finding:
        place = self.header.place(at, line, number)
        return Finding("violation", fault.code, fault.message, place, fault.value, fault.expected)

    def _report_nameless(self, cells: list[str], number: int, line: int) -> None:
        header = self.header
        for at in [*sorted(self._unreported_nameless), *range(self._width, len(cells))]:
            if not cells[at].strip() or (at >= self._width and at in self._far):
                continue
            if at >= self._width:
                self._far.add(at)
                header.nameless.append(at)
                header.index[f"(column {at + 1})"] = at
            self._unreported_nameless.discard(at)
            if not self._text.options.header_rows:
                continue  # without a header no column has a name of its own, and that is no news
            message = f"column {letters(header.left + at)} has data but no name"
            place = header.place(at, line, number)
            self.findings.append(Finding("info", "nameless-column", message, place, value=cells[at]))

    def _report_stale(self, row: Row) -> None:
        """The first stored value of a formula in a workbook that does not trust them itself."""
        area = self._text.area
        for column, _, _, stored, has_formula in row.cells:
            if has_formula and stored and area.left <= column <= area.right:
                self._is_stale_told = True
                place = self.header.place(column - area.left, row.line)
                message = "values of formulas may be out of date: the workbook asks for them to be calculated when it is opened"
                expected = "a workbook that a spreadsheet program has saved"
                self.findings.append(Finding("warning", "stale-formulas", message, place, expected=expected))
                return

    def _report_unstyled(self, row: Row) -> None:
        """The first number of a workbook that does not say how it is shown, be it a date."""
        for at, text in self._text.unstyled(row):
            self._is_unstyled_told = True
            self.findings.append(unstyled(text, self.header.place(at, row.line)))
            return

    def _finish(self, seen: _Pass) -> None:
        if self._is_told:
            return
        self._is_told = True
        for at, tally in sorted(seen.tallies.items()):
            for code, line, text, message in tally.doubts():
                self.findings.append(Finding("warning", code, message, self.header.place(at, line), value=text))
        self.findings += self._hidden(seen)
        self.findings += self._merged(seen)

    def _hidden(self, seen: _Pass) -> Iterator[Finding]:
        if lines := seen.hidden_lines:
            place = self.header.place(None, lines[0])
            yield Finding("warning", "hidden-rows", "hidden rows are read like others", place, value=row_ranges(lines))
        hidden = [
            at
            for at in sorted(seen.tallies)
            if any(first <= at + self._text.area.left <= last for first, last in seen.layout.hidden_columns)
        ]
        if hidden:
            names = ", ".join(letters(at + self._text.area.left) for at in hidden)
            place = self.header.place(hidden[0], self._head_line)
            yield Finding("warning", "hidden-columns", "hidden columns are read like others", place, value=names)

    def _merged(self, seen: _Pass) -> Iterator[Finding]:
        """By the column in which merged ranges begin: those among the rows of the table."""
        # A header of several rows is merged for good reason.
        top = self._head_line + (self._text.options.header_rows != 1)
        table = self._text.area._replace(top=top, bottom=seen.last_line)
        columns: dict[int, list[Area]] = {}
        for area in filter(None, map(Area.of, seen.layout.merged)):
            if area.meets(table):
                columns.setdefault(area.left, []).append(area)
        for left, areas in sorted(columns.items()):
            ranges = [area.text for area in sorted(areas, key=lambda one: one.top)]
            at, line = max(left - self._text.area.left, 0), min(area.top for area in areas)
            place = replace(self.header.place(at, line), cell=sheet_reference(self.sheet.name, ranges[0]))
            message = "of merged cells only the first has the value, the others are empty"
            expected = "cells that are not merged, each with its own value"
            yield Finding("warning", "merged-cells", message, place, value=", ".join(ranges), expected=expected)
