"""Cells of delimited text, whatever its dialect: quotes come only where the new value needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from mitigraph.edit.cells import Cell, Units
from mitigraph.edit.edits import CannotEditError, Reading, Splice, spliced
from mitigraph.finding import Place
from mitigraph.read import Content
from mitigraph.read.options import Options
from mitigraph.read.rows import Fault
from mitigraph.read.table import TableSource, TableText

__all__ = ["DELIMITERS", "cells", "contents", "header_of", "rows_of", "table_text"]

DELIMITERS: Mapping[str, str] = {"csv": ",", "tsv": "\t"}
LINE_END = re.compile(r"\r\n|\n|\r")

Found = Cell | CannotEditError


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    delimiter: str
    quote: str | None
    doubles: bool
    skips_space: bool
    comment: str | None

    def needs_quotes(self, text: str) -> bool:
        """Whether a text cannot stand without quotes, wherever in a cell."""
        signs = {self.delimiter, "\n", "\r", *([self.quote] if self.quote else [])}
        return not signs.isdisjoint(text) or (not self.doubles and "\\" in text)

    def misleads(self, text: str, first: bool) -> bool:
        """Whether a cell that begins so, as the ``first`` of its row or not, would be taken for something else."""
        begins = (self.quote, " " if self.skips_space else None, self.comment if first else None)
        return text.startswith(tuple(filter(None, begins)))

    def escaped(self, text: str) -> str:
        """A text as it stands within quotes."""
        quote = self.quote or ""
        return text.replace(quote, quote * 2) if self.doubles else text.replace("\\", "\\\\").replace(quote, "\\" + quote)


def table_text(data: bytes, reading: Reading) -> TableText:
    """The table, its dialect known."""
    options = Options.of(reading.options, reading.name)
    return TableText(Content.of_bytes(data), reading.name, options, DELIMITERS[reading.format])


def rows_of(text: TableText) -> Iterator[tuple[int, list[str] | Fault]]:
    """Every row, be it the header, a record or broken, with the line it begins on; columns that do not count left out."""
    with closing(text.rows()) as rows:
        for row in rows:
            yield rows.line, row


def header_of(text: TableText) -> Mapping[str, int]:
    """The columns by name. InputError: there is no header."""
    return TableSource(text).header.index


def contents(data: bytes, reading: Reading) -> dict[object, object]:
    """Every cell by the number of its row and its own; what cannot be read by the fault."""
    found: dict[object, object] = {}
    for number, (_, row) in enumerate(rows_of(table_text(data, reading))):
        cells = row if isinstance(row, list) else [row.code]
        found.update({(number, at): cell for at, cell in enumerate(cells)})
    return found


def cells(data: bytes, text: str, reading: Reading, places: Sequence[Place]) -> dict[Place, Found]:
    """The cells at some places."""
    table = table_text(data, reading)
    told = table.options
    dialect = Dialect(
        told.delimiter or DELIMITERS[reading.format], told.quote, told.double_quote, told.skip_initial_space, told.comment
    )
    index = {} if told.transpose else header_of(table)
    rows = _rows_at(table, {place.line or 0 for place in places})
    starts = [0, *(found.end() for found in LINE_END.finditer(text))]
    found: dict[Place, Found] = {}
    for place in places:
        at = place.across - 1 if told.transpose and place.across else index.get(place.column or "")
        try:
            found[place] = _cell(text, dialect, told.skip_columns, starts, rows.get(place.line or 0), at)
        except CannotEditError as error:
            found[place] = error
    return found


def _rows_at(table: TableText, lines: set[int]) -> dict[int, tuple[int, list[str]]]:
    """By each of some lines, the line where the row begins that stands on it, and its cells."""
    found: dict[int, tuple[int, list[str]]] = {}
    wanted = sorted(lines, reverse=True)
    before: tuple[int, list[str]] | None = None
    for line, row in _records(table):
        while wanted and wanted[-1] < line:
            if before is not None:
                found[wanted[-1]] = before
            wanted.pop()
        before = (line, row)
    return found | {line: before for line in wanted if before is not None}


def _records(table: TableText) -> Iterator[tuple[int, list[str]]]:
    if table.options.transpose:
        yield from ((line, row) for line, row in rows_of(table) if isinstance(row, list))
    else:
        yield from ((record.line, record.cells) for record in TableSource(table))


def _cell(
    text: str, dialect: Dialect, skipped: int, starts: Sequence[int], row: tuple[int, list[str]] | None, at: int | None
) -> Cell:
    if row is None or at is None or at >= len(row[1]):
        raise CannotEditError("it stands in no cell of a row that can be read")
    line, expected = row
    spans = list(_spans(text, starts[line - 1], dialect))
    if [units.text for _, units in spans[skipped:]] != expected:
        raise CannotEditError("its row cannot be taken apart for sure")
    start, units = spans[skipped + at]
    first = skipped + at == 0
    return Cell(start, start + len(units.raw), units.text, partial(_written, units, dialect, first))


def _written(units: Units, dialect: Dialect, first: bool, splices: Sequence[Splice]) -> str:
    if dialect.quote and units.raw.lstrip(" " * dialect.skips_space).startswith(dialect.quote):
        return units.written(splices, dialect.escaped)
    new = spliced(units.text, list(splices))
    added = "".join(splice.new for splice in splices)
    if not dialect.needs_quotes(added) and not dialect.misleads(new, first):
        return units.written(splices, str)
    if not dialect.quote:
        raise CannotEditError("the table has no quotes, which the new value needs")
    return f"{dialect.quote}{dialect.escaped(new)}{dialect.quote}"


def _spans(text: str, start: int, dialect: Dialect) -> Iterator[tuple[int, Units]]:
    """The cells of the row that begins at a position, each with where it begins."""
    while True:
        pieces, end = _pieces(text, start, dialect)
        units = Units.of(pieces)
        yield start, units
        if text[end : end + 1] != dialect.delimiter:
            return
        start = end + 1


def _pieces(text: str, at: int, dialect: Dialect) -> tuple[list[tuple[str, str]], int]:
    """A cell as pieces of what is written and what it means, and where it ends."""
    pieces: list[tuple[str, str]] = []
    while dialect.skips_space and text[at : at + 1] == " ":
        pieces.append((" ", ""))
        at += 1
    quote = dialect.quote
    inside = bool(quote) and text[at : at + 1] == quote
    if inside:
        pieces.append((text[at], ""))
        at += 1
    while at < len(text):
        sign = text[at]
        if not inside and (sign == dialect.delimiter or sign in "\r\n"):
            break
        length = 1
        if not dialect.doubles and sign == "\\":
            length, sign = 2, text[at + 1 : at + 2]
        elif inside and sign == quote:
            if dialect.doubles and text[at + 1 : at + 2] == quote:
                length = 2
            else:
                inside, sign = False, ""
        pieces.append((text[at : at + length], sign))
        at += length
    return pieces, at
