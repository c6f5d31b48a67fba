"""Tables of delimited text (RFC 4180, and tabs): strict rows that know their physical line, streamed over the bytes.

>>> table = TableSource(TableText(Content.of_bytes(b"id,title\\n1,Audits\\n2\\n3,Training\\n"), "t.csv", Options(), ","))
>>> [(record.number, record.line, record.values("title")) for record in table]
[(1, 2, ['Audits']), (3, 4, ['Training'])]
>>> table.refused, str(table.findings[0])
(1, 't.csv:3: violation[ragged-row] the row has 1 cell, expected 2 cells')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import compress
from operator import attrgetter
from typing import NamedTuple, overload

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read import limits
from mitigraph.read.content import Content
from mitigraph.read.lines import codec_of, shown
from mitigraph.read.options import Options
from mitigraph.read.rows import At, Fault, Habits, Rows, character_fault
from mitigraph.read.stretches import PlainReader, line_numbers
from mitigraph.record import Column, Record

__all__ = ["Header", "TableRecord", "TableSource", "TableText"]


TOGETHER = 1_000
"""So many single rows of a table that is not in UTF-8 are given at a time."""

CELLS = attrgetter("cells")
STRIP: dict[str, Callable[[str], str]] = {"both": str.strip, "start": str.lstrip, "end": str.rstrip}


class Header:
    """What all records of a table share: its file, the place of each column, and how cells become values."""

    __slots__ = ("_turned", "columns", "file", "index", "nameless", "null", "strip")

    def __init__(self, file: str, options: Options) -> None:
        self.file, self.null = file, options.null
        self.strip = None if options.trim is False else STRIP[options.trim_side]
        self.columns: list[str] = []
        self.index: dict[str, int] = {}
        self.nameless: list[int] = []
        self._turned: tuple[Sequence[Record], list[tuple[str, ...]]] = ((), [])

    def name(self, cells: Sequence[str], lines: Sequence[int], kind: str) -> list[Finding]:
        """Take the names of columns (or, transposed, of rows) and report those that come twice."""
        findings = []
        for position, (cell, line) in enumerate(zip(cells, lines, strict=True)):
            name = unique = cell.strip()
            if not name:
                self.nameless.append(position)
                self.index[f"({kind} {position + 1})"] = position
                continue
            count = 1
            while unique in self.index:
                count += 1
                unique = f"{name} ({count})"
            if unique != name:
                message = f"the name of {kind} {position + 1} comes twice; it is read as {unique!r}"
                findings.append(Finding("warning", f"duplicate-{kind}", message, Place(self.file, line, unique), value=name))
            self.index[unique] = position
            self.columns.append(unique)
        return findings

    def column(self, records: Sequence[Record], reference: str) -> Column:
        """The values of a column: as ``value`` has them, of many cells at once. KeyError: no such column."""
        at = self.index[reference]
        if not records:
            return range(0), []
        if self._turned[0] is not records:
            self._turned = (records, self.turned(records))
        cells = self._turned[1][at]
        texts = list(map(self.strip, cells) if self.strip else cells)
        if self.null:
            texts = ["" if text.strip() in self.null else text for text in texts]
        if all(texts):
            return range(len(texts)), texts
        return list(compress(range(len(texts)), texts)), list(filter(None, texts))

    def turned(self, records: Sequence[Record]) -> list[tuple[str, ...]]:
        """The cells of some records, column by column."""
        return list(zip(*(records.cells if isinstance(records, PlainRows) else map(CELLS, records)), strict=True))

    def value(self, cell: str) -> str | None:
        """A cell's value: trimmed if that is wanted; None if nothing is left or it is a null token."""
        text = self.strip(cell) if self.strip else cell
        return None if not text or (self.null and text.strip() in self.null) else text

    def column_at(self, position: int | None) -> str | None:
        """The name of the column at a position, if there is one."""
        return next((name for name, place in self.index.items() if place == position), None)


class TableRecord:
    """One row. ``cells`` are verbatim, by position (``header.index``); a column without a name is ``(column 5)``."""

    __slots__ = ("cells", "header", "line", "number")

    def __init__(self, header: Header, number: int, line: int, cells: list[str]) -> None:
        self.header, self.number, self.line, self.cells = header, number, line, cells

    def values(self, reference: str) -> list[str]:
        header = self.header
        text = header.value(self.cells[header.index[reference]])
        return [] if text is None else [text]

    def place(self, reference: str, index: int = 0) -> Place:
        header = self.header
        return Place(header.file, self.line, reference if reference in header.index else None, self.number)

    def written(self, reference: str, index: int = 0) -> str | None:
        at = self.header.index.get(reference)
        return None if at is None or at >= len(self.cells) else self.cells[at] or None

    def raw(self) -> object:
        """The cells verbatim by column name; nameless columns only where they hold data."""
        cells, nameless = self.cells, self.header.nameless
        return {name: cells[at] for name, at in self.header.index.items() if at not in nameless or cells[at].strip()}


class TableText:
    """The text of a table before any row is taken for a header: encoding, dialect, and how many rows to pass over.

    InputError: an unknown encoding.
    """

    def __init__(self, content: Content, name: str, options: Options, delimiter: str) -> None:
        self.name, self.options = name, options
        self.content, self.delimiter = content, options.delimiter or delimiter
        self.codec, self._start = codec_of(content.head(4), name, options.encoding)

    @property
    def is_utf_8(self) -> bool:
        """Whether the bytes of a line can be told from its text."""
        return self.codec == "utf-8"

    def rows(self, at: At | None = None) -> Rows:
        """The bare rows from the beginning of the file, or from where some row begins; close them."""
        told = self.options
        habits = Habits(told.double_quote, told.skip_initial_space, told.comment, told.skip_columns)
        return Rows(self.name, self.content, self.codec, at or At(self._start), self.delimiter, told.quote, habits)

    def header(self, rows: Rows) -> tuple[list[int], list[str]]:
        """Read up to the end of the header: the line and the name of each column. InputError: none, or it is broken.

        Names that stand in several rows are joined by a space. Without a header rows are left at the first record.
        """
        if self.options.header_rows == 0:
            return self._names_told(rows)
        line, names = self.first_row(rows)
        for _ in range(self.options.header_rows - 1):
            more = next(iter(rows), None)
            if not isinstance(more, list) or len(more) != len(names):
                raise InputError(f"{self.name}:{rows.line}: the header has rows of different widths")
            names = [" ".join(filter(None, map(str.strip, pair))) for pair in zip(names, more, strict=True)]
        return [line] * len(names), names

    def _names_told(self, rows: Rows) -> tuple[list[int], list[str]]:
        """The columns of a table without a header: as the mapping names them, else by their places."""
        further = iter(rows)
        for _ in range(self.options.skip_rows):
            next(further, None)
        names = list(self.options.names)
        if not names:
            with closing(self.rows()) as again:
                seen = (row for number, row in enumerate(again) if number >= self.options.skip_rows)
                names = [""] * len(next((row for row in seen if isinstance(row, list) and "".join(row).strip()), []))
        if not names:
            raise InputError(f"{self.name}: there are no rows")
        return [max(rows.line, 1)] * len(names), names

    def first_row(self, rows: Rows) -> tuple[int, list[str]]:
        """Read up to the header, by default the first row that is not blank. InputError: none, or it is broken."""
        wanted = self.options.header_row
        skipped = self.options.skip_rows + (wanted or 1) - 1
        for number, row in enumerate(rows):
            blank = isinstance(row, list) and not "".join(row).strip()
            if number < skipped or (wanted is None and blank):
                continue
            place = f"{self.name}:{rows.line}"
            if blank:
                raise InputError(f"{place}: the header row is blank")
            fault = row if isinstance(row, Fault) else character_fault(row, self.codec)
            if isinstance(row, list) and fault is None:
                return rows.line, row
            raise InputError(f"{place}: the header cannot be read: {fault and fault.message}")
        raise InputError(f"{self.name}: there is no header row")


class PlainRows(Sequence[TableRecord]):
    """Rows that follow each other as records, each made when it is asked for: most are only looked at column by column."""

    __slots__ = ("_lines", "cells", "header", "number")

    def __init__(self, header: Header, cells: list[list[str]], number: int, lines: int | Sequence[int]) -> None:
        """``lines``: that of the first row, or those of all."""
        self.header, self.cells, self.number, self._lines = header, cells, number, lines

    @property
    def lines(self) -> Sequence[int]:
        """The physical line that each row begins on."""
        if isinstance(self._lines, int):
            self._lines = line_numbers(self.cells, self._lines)
        return self._lines

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, at: int) -> TableRecord: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[TableRecord]: ...
    def __getitem__(self, at: int | slice) -> TableRecord | Sequence[TableRecord]:
        if isinstance(at, int):
            return TableRecord(self.header, self.number + range(len(self))[at], self.lines[at], self.cells[at])
        start, _, step = at.indices(len(self))
        assert step == 1, "rows that follow each other"
        return PlainRows(self.header, self.cells[at], self.number + start, self.lines[at])


class Ahead(NamedTuple):
    """Where a stretch of a table begins: its place, how many rows were counted before it, and the columns without a name in
    which no data was met so far."""

    at: At
    number: int
    nameless: tuple[int, ...]


class Stretch(NamedTuple):
    """Some records, what comes after them (None: nothing), and why reading had to stop, if it had to."""

    records: Sequence[TableRecord]
    ahead: Ahead | None
    error: InputError | None = None


class TableSource:
    """The rows of a table as records. InputError: no header; later, while reading, too many rows.

    Rows that are ragged, hold NUL or undecodable bytes, or leave a quote open are violations; the others go on.
    """

    def __init__(self, text: TableText) -> None:
        self.name, self.text = text.name, text
        self.refused = self.reported = 0
        self.header = Header(text.name, text.options)
        with closing(text.rows()) as rows:
            lines, names = text.header(rows)
        self.width = len(names)
        self.findings = self.header.name(names, lines, "column")
        self.columns: list[str] | None = self.header.columns
        # Without a header no column has a name of its own, and that is no news.
        self.nameless = tuple(self.header.nameless) if text.options.header_rows else ()

    @property
    def size(self) -> int:
        """How many bytes the table has."""
        return self.text.content.size

    @property
    def is_cuttable(self) -> bool:
        """Whether several processes may read it: each can go to any byte by itself, and knows at which one rows begin."""
        return self.text.is_utf_8 and self.text.content.is_apart

    def column(self, records: Sequence[Record], reference: str) -> Column:
        return self.header.column(records, reference)

    def __iter__(self) -> Iterator[TableRecord]:
        for records in self.stretches():
            yield from records

    def stretches(self) -> Iterator[Sequence[TableRecord]]:
        """The records, many at a time. InputError comes after those that were read before it."""
        with closing(Passage(self)) as passage:
            ahead: Ahead | None = passage.beginning
            while ahead is not None:
                records, ahead, error = passage.read(ahead)
                yield records
                if error is not None:
                    raise error

    def record(self, row: list[str] | Fault, rows: Rows, number: int) -> TableRecord | None:
        """A row as the record of a number; None: something is wrong with it, and told."""
        if isinstance(row, Fault) or len(row) != self.width:
            self._refuse(row if isinstance(row, Fault) else self._ragged(row, rows), number, rows.line)
            return None
        if self._refuses_characters(row, number, rows.line):
            return None
        self._report_nameless(row, number, rows.line)
        return TableRecord(self.header, number, rows.line, row)

    def take_over(self, findings: Sequence[Finding], refused: int, reported: int) -> None:
        """What another process found wrong with rows, and the last of them."""
        self.findings.extend(findings)
        self.refused += refused
        self.reported = max(self.reported, reported)

    def _ragged(self, row: list[str], rows: Rows) -> Fault:
        """A row of the wrong width; if it ran over lines that are good rows by themselves, the quote was at fault."""
        lines = rows.lines()
        if any(len(rows.alone(line)) == self.width for line in lines[1:]):
            rows.retreat()
            return Fault("unclosed-quote", "a quote is opened and not closed")
        return Fault("ragged-row", f"the row has {_cells(len(row))}")

    def _refuses_characters(self, row: list[str], number: int, line: int) -> bool:
        fault = character_fault(row, self.text.codec)
        if fault is None:
            return False
        value = None if fault.cell is None else shown(row[fault.cell])
        self._refuse(fault, number, line, value)
        return True

    def _refuse(self, fault: Fault, number: int, line: int, value: str | None = None) -> None:
        # The source may be read again, or twice at once: each row is reported the first time it is met.
        if number <= self.reported:
            return
        self.reported, self.refused = number, self.refused + 1
        place = Place(self.name, line, self.header.column_at(fault.cell), number)
        expected = _cells(self.width) if fault.code == "ragged-row" else None
        self.findings.append(Finding("violation", fault.code, fault.message, place, value=value, expected=expected))

    def _report_nameless(self, row: list[str], number: int, line: int) -> None:
        for position in [at for at in self.nameless if row[at].strip()]:
            self.nameless = tuple(at for at in self.nameless if at != position)
            name = f"(column {position + 1})"
            message = f"column {position + 1} has data but no name"
            self.findings.append(
                Finding("info", "nameless-column", message, Place(self.name, line, name, number), value=row[position])
            )


class Passage:
    """One passage over a table, a stretch at a time from wherever rows begin. InputError: the header cannot be read any more."""

    def __init__(self, source: TableSource) -> None:
        self._source, self._text = source, source.text
        self._rest = self._text.rows()
        self._text.header(self._rest)
        self.beginning = Ahead(self._rest.end, 0, source.nameless)
        self._plain: PlainReader | None = None
        text = self._text
        if text.is_utf_8:
            self._rest.close()
            self._plain = PlainReader(text.content, text.options, text.delimiter, source.width)

    def read(self, ahead: Ahead) -> Stretch:
        """The stretch that begins there."""
        source = self._source
        source.nameless = tuple(at for at in source.nameless if at in ahead.nameless)
        if self._plain is None:
            return self._row_by_row(self._rest, ahead, 0)
        try:
            rows = self._plain.rows(ahead.at.byte)
        except InputError as error:
            return Stretch([], None, error)
        (byte, line, reread), number = ahead.at, ahead.number
        size, end = self._plain.size, number + (len(rows) if rows else 0)
        if rows is None or end >= limits.ROWS or any(row[at].strip() for at in source.nameless for row in rows):
            with closing(self._text.rows(ahead.at)) as careful:
                return self._row_by_row(careful, ahead, byte + size)
        records = PlainRows(source.header, rows, number + 1, line)
        after = Ahead(At(byte + size, line + self._plain.breaks, reread), end, source.nameless)
        return Stretch(records, after if rows else None)

    def close(self) -> None:
        """Let go of the file."""
        self._rest.close()
        if self._plain is not None:
            self._plain.close()

    def _row_by_row(self, rows: Rows, ahead: Ahead, goal: int) -> Stretch:
        """Rows up to a byte at least, or where bytes are not counted so many, each looked at by itself."""
        records: list[TableRecord] = []
        number, source, skips_blank = ahead.number, self._source, self._text.options.skip_blank_rows
        try:
            for row in rows:
                if skips_blank and isinstance(row, list) and not "".join(row).strip():
                    continue
                number += 1
                record = source.record(row, rows, number)
                if record is not None:
                    records.append(record)
                if number >= limits.ROWS:
                    self._refuse_more(rows)
                elif rows.byte >= goal and (goal or number >= ahead.number + TOGETHER):
                    return Stretch(records, Ahead(rows.end, number, source.nameless))
        except InputError as error:
            return Stretch(records, None, error)
        return Stretch(records, None)

    def _refuse_more(self, rows: Rows) -> None:
        if any(isinstance(row, Fault) or "".join(row).strip() for row in rows):
            raise InputError(f"{self._text.name}:{rows.line}: more than {limits.ROWS:,} rows")


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"
