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

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read import limits
from mitigraph.read.content import Content
from mitigraph.read.lines import codec_of, shown
from mitigraph.read.options import Options
from mitigraph.read.rows import Fault, Habits, Rows, character_fault
from mitigraph.record import Column, Record

__all__ = ["Header", "TableRecord", "TableSource", "TableText"]


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
        return list(zip(*map(CELLS, records), strict=True))

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
        self._content, self._delimiter = content, options.delimiter or delimiter
        self.codec, self._start = codec_of(content.head(4), name, options.encoding)

    def is_plain(self) -> bool:
        """Whether no row can hold NUL or undecodable bytes."""
        return self.codec == "utf-8" and self._content.is_plain

    def rows(self) -> Rows:
        """The bare rows from the beginning of the file; close them."""
        told = self.options
        habits = Habits(told.double_quote, told.skip_initial_space, told.comment, told.skip_columns)
        return Rows(self.name, self._content, self.codec, self._start, self._delimiter, told.quote, habits)

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


class TableSource:
    """The rows of a table as records. InputError: no header; later, while reading, too many rows.

    Rows that are ragged, hold NUL or undecodable bytes, or leave a quote open are violations; the others go on.
    """

    def __init__(self, text: TableText) -> None:
        self.name, self._text = text.name, text
        self.refused = self._reported = 0
        self.header = Header(text.name, text.options)
        with closing(text.rows()) as rows:
            lines, names = text.header(rows)
        self._width = len(names)
        self.findings = self.header.name(names, lines, "column")
        self.columns: list[str] | None = self.header.columns
        # Without a header no column has a name of its own, and that is no news.
        self._unreported_nameless = list(self.header.nameless) if text.options.header_rows else []

    def column(self, records: Sequence[Record], reference: str) -> Column:
        return self.header.column(records, reference)

    def __iter__(self) -> Iterator[TableRecord]:
        header, width, plain, limit = self.header, self._width, self._text.is_plain(), limits.ROWS
        number, skips_blank = 0, self._text.options.skip_blank_rows
        with closing(self._text.rows()) as rows:
            self._text.header(rows)
            for row in rows:
                if isinstance(row, list) and len(row) == width:
                    first = row[0]
                    if skips_blank and (not first or first.isspace()) and not "".join(row).strip():
                        continue
                    number += 1
                    if plain or not self._refuses_characters(row, number, rows.line):
                        if self._unreported_nameless:
                            self._report_nameless(row, number, rows.line)
                        yield TableRecord(header, number, rows.line, row)
                elif isinstance(row, Fault) or not skips_blank or "".join(row).strip():
                    number += 1
                    self._refuse(row if isinstance(row, Fault) else self._ragged(row, rows), number, rows.line)
                if number >= limit:
                    self._stop_at_limit(rows)

    def _ragged(self, row: list[str], rows: Rows) -> Fault:
        """A row of the wrong width; if it ran over lines that are good rows by themselves, the quote was at fault."""
        lines = rows.lines()
        if any(len(rows.alone(line)) == self._width for line in lines[1:]):
            rows.retreat()
            return Fault("unclosed-quote", "a quote is opened and not closed")
        return Fault("ragged-row", f"the row has {_cells(len(row))}")

    def _refuses_characters(self, row: list[str], number: int, line: int) -> bool:
        fault = character_fault(row, self._text.codec)
        if fault is None:
            return False
        value = None if fault.cell is None else shown(row[fault.cell])
        self._refuse(fault, number, line, value)
        return True

    def _refuse(self, fault: Fault, number: int, line: int, value: str | None = None) -> None:
        # The source may be read again, or twice at once: each row is reported the first time it is met.
        if number <= self._reported:
            return
        self._reported, self.refused = number, self.refused + 1
        place = Place(self.name, line, self.header.column_at(fault.cell), number)
        expected = _cells(self._width) if fault.code == "ragged-row" else None
        self.findings.append(Finding("violation", fault.code, fault.message, place, value=value, expected=expected))

    def _report_nameless(self, row: list[str], number: int, line: int) -> None:
        for position in [at for at in self._unreported_nameless if row[at].strip()]:
            self._unreported_nameless.remove(position)
            name = f"(column {position + 1})"
            message = f"column {position + 1} has data but no name"
            self.findings.append(
                Finding("info", "nameless-column", message, Place(self.name, line, name, number), value=row[position])
            )

    def _stop_at_limit(self, rows: Rows) -> None:
        if any(isinstance(row, Fault) or "".join(row).strip() for row in rows):
            raise InputError(f"{self.name}:{rows.line}: more than {limits.ROWS:,} rows")


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"
