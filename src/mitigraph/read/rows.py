"""Rows of delimited text, strictly after RFC 4180, that know the physical line they begin on.

A row without quotes is a line, and is taken apart at once; the others are for Python's C parser. Where that stops at a quote,
only the row's first line is given up and the next is read.

>>> rows = Rows('t.csv', Content.of_bytes(b'a,b\\n"x,1\\ny,2\\n'), "utf-8", At(), ",", '"')
>>> for row in rows:
...     print(rows.line, row)
1 ['a', 'b']
2 Fault(code='unclosed-quote', message='a quote is opened and not closed', cell=0)
3 ['y', '2']
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypedDict

from mitigraph.errors import InputError
from mitigraph.read import limits
from mitigraph.read.content import Content
from mitigraph.read.lines import UNREADABLE, open_text, unreadable_bytes

__all__ = ["At", "Dialect", "Fault", "Habits", "Rows", "character_fault", "dialect"]

LINE_ENDS = ("\n", "\r")

NEVER = "\n\n"
"""No line has it: stands for the quote where quotes mean nothing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be read, and in which cell (from 0) if that is known."""

    code: str
    message: str
    cell: int | None = None


UNCLOSED = ("unclosed-quote", "a quote is opened and not closed")
STRAY = ("stray-quote", "text follows a closing quote (a quote inside quotes is written twice)")


class Dialect(TypedDict):
    """Parameters of ``csv.reader``; ``quoting`` is QUOTE_MINIMAL or QUOTE_NONE."""

    delimiter: str
    quotechar: str | None
    quoting: Literal[0, 3]
    doublequote: bool
    escapechar: str | None
    skipinitialspace: bool
    strict: bool


class Habits(NamedTuple):
    """What few tables do: no doubled quotes within quotes but backslashes, space after delimiters, lines of comment, columns
    before the first that counts."""

    double_quote: bool = True
    skip_initial_space: bool = False
    comment: str | None = None
    skip_columns: int = 0


class At(NamedTuple):
    """Where rows begin: the byte, its physical line, and how many characters were read again before it."""

    byte: int = 0
    line: int = 1
    reread: int = 0


class _TooLongError(Exception):
    """A row beyond ``limits.ROW_CHARACTERS``."""


class Rows:
    """Iterate once for the rows, each a list of cells (one, empty, for a blank line) or a ``Fault``.

    ``line`` is where the present row began, ``end`` where the next one will; ``quote`` None: quotes mean nothing. InputError:
    so many unclosed quotes that reading on would take for ever.
    """

    def __init__(
        self,
        name: str,
        content: Content,
        codec: str,
        at: At,
        delimiter: str,
        quote: str | None,
        habits: Habits = Habits(),  # noqa: B008 (it cannot be changed)
    ) -> None:
        self.line, self._name, self._byte = at.line, name, at.byte
        self._stream = open_text(content, codec, at.byte)
        self._delimiter, self._quote, self._habits = delimiter, quote, habits
        self._dialect = dialect(delimiter, quote, habits.double_quote, habits.skip_initial_space)
        self._size = _bytes if codec == "utf-8" else _unknown
        self._pending: list[str] = []
        self._ahead: deque[str] = deque()
        self._reread = at.reread

    @property
    def byte(self) -> int:
        """Where the next row begins; told only for UTF-8."""
        return self._byte + self._size(self._pending)

    @property
    def end(self) -> At:
        """What comes after the present row."""
        return At(self.byte, self.line + len(self._pending), self._reread)

    def __iter__(self) -> Iterator[list[str] | Fault]:
        return self._rows() if not self._habits.skip_columns else self._cut()

    def _cut(self) -> Iterator[list[str] | Fault]:
        """The rows without the columns that do not count."""
        skipped = self._habits.skip_columns
        for row in self._rows():
            if isinstance(row, list):
                yield row[skipped:]
            else:
                cell = None if row.cell is None or row.cell < skipped else row.cell - skipped
                yield Fault(row.code, row.message, cell)

    def _rows(self) -> Iterator[list[str] | Fault]:
        # The limit is the csv module's own and counts for the whole process.
        csv.field_size_limit(limits.FIELD_CHARACTERS)
        delimiter, quote, comment = self._delimiter, self._quote or NEVER, self._habits.comment
        if self._habits.skip_initial_space or not self._habits.double_quote:
            quote = ""  # every line has it: nothing but the parser will do
        ahead, read, limit = self._ahead, self._stream.readline, limits.ROW_CHARACTERS
        longest = min(limits.FIELD_CHARACTERS, limit - 1)
        reader = self._reader()
        while line := ahead.popleft() if ahead else read(limit):
            self._byte += self._size(self._pending)
            self.line += len(self._pending)
            self._pending = [line]
            if comment and line.startswith(comment):
                continue
            if quote not in line and len(line) <= longest:
                # What the parser would do, in half its time.
                yield line.rstrip("\r\n").split(delimiter)
                continue
            try:
                row: list[str] | Fault = next(reader)
            except (csv.Error, _TooLongError) as error:
                row = self._give_up(error)
                reader = self._reader()
            yield row

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def lines(self) -> list[str]:
        """The physical lines of the present row."""
        return list(self._pending)

    def retreat(self) -> None:
        """Count only the first line of the present row as read; the others come again."""
        again = self._pending[1:]
        self._reread += sum(map(len, again))
        if self._reread > limits.REREAD_CHARACTERS:
            raise InputError(f"{self._name}:{self.line}: too many quotes that are opened and not closed to read on")
        self._ahead.extendleft(reversed(again))
        del self._pending[1:]

    def alone(self, line: str) -> list[str]:
        """The cells of a line read by itself; none if it is no row, or has a quote that may belong to a longer one."""
        try:
            row: list[str] = next(csv.reader([line], **self._dialect), [])
        except csv.Error:
            return []
        return [] if self._quote and any(self._quote in cell for cell in row) else row[self._habits.skip_columns :]

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._feed(), **self._dialect)

    def _feed(self) -> Iterator[str]:
        """What the parser asks for: the line that begins a row, then those that it needs to end it."""
        ahead, read, limit = self._ahead, self._stream.readline, limits.ROW_CHARACTERS
        pending: list[str] = []
        while True:
            if pending is not self._pending:
                pending, size = self._pending, 0
                line = pending[0]
            elif line := ahead.popleft() if ahead else read(limit):
                pending.append(line)
            else:
                return
            size += len(line)
            if size >= limit:
                raise _TooLongError
            yield line

    def _give_up(self, error: Exception) -> Fault:
        first = self._pending[0]
        if len(first) >= limits.ROW_CHARACTERS:
            self._skip_line(first)
            return Fault("row-too-long", f"the line is longer than {limits.ROW_CHARACTERS:,} characters")
        if "field larger" in str(error) and len(self._pending) == 1:
            return Fault("field-too-long", f"a cell is longer than {limits.FIELD_CHARACTERS:,} characters")
        self.retreat()
        return _quote_fault(first, self._delimiter, self._quote or '"')

    def _skip_line(self, part: str) -> None:
        while part and not part.endswith(LINE_ENDS):
            part = self._stream.readline(limits.ROW_CHARACTERS)
            self._byte += self._size([part])


def _bytes(lines: Sequence[str]) -> int:
    """How many bytes of UTF-8 lines were read from, those that are no text among them."""
    return sum(len(line) if line.isascii() else len(line.encode("utf-8", "surrogateescape")) for line in lines)


def _unknown(lines: Sequence[str]) -> int:
    return 0


def dialect(delimiter: str, quote: str | None, double_quote: bool, skip_initial_space: bool) -> Dialect:
    """What Python's parser is to be told; it is to be strict."""
    quoting: Literal[0, 3] = 0 if quote else 3
    return {
        "delimiter": delimiter,
        "quotechar": quote,
        "quoting": quoting,
        "doublequote": double_quote,
        "escapechar": None if double_quote else "\\",
        "skipinitialspace": skip_initial_space,
        "strict": True,
    }


def character_fault(row: Sequence[str], codec: str) -> Fault | None:
    """The first cell with a NUL or with bytes that do not belong to the encoding."""
    text = "".join(row)
    if "\0" not in text and not UNREADABLE.search(text):
        return None
    for position, cell in enumerate(row):
        if "\0" in cell:
            return Fault("nul-character", "a NUL character", position)
        if UNREADABLE.search(cell):
            return Fault("bad-encoding", f"bytes that are no text in {codec}: {unreadable_bytes(cell)}", position)
    return None


def _quote_fault(line: str, delimiter: str, quote: str) -> Fault:
    q, d = re.escape(quote), re.escape(delimiter)
    quoted = re.compile(f"{q}(?:[^{q}]|{q}{q})*+{q}")
    plain = re.compile(f"[^{d}]*")
    position = cell = 0
    while position < len(line):
        if line[position] == quote:
            found = quoted.match(line, position)
            if found is None:
                return Fault(*UNCLOSED, cell)
            position = found.end()
            if position < len(line) and line[position] not in (delimiter, *LINE_ENDS):
                return Fault(*STRAY, cell)
        else:
            position = plain.match(line, position).end()  # type: ignore[union-attr]
        position, cell = position + 1, cell + 1
    return Fault(*UNCLOSED)
