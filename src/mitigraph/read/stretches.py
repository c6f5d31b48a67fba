"""A table read in stretches of its bytes, each some whole rows, taken apart by Python's C parser at once.

A stretch in which anything is not plain (a cell too many, an unclosed quote, a NUL, bytes that are no UTF-8, a blank row …) is
left to the reader of single rows, which tells what is wrong; so is every table that is not in UTF-8.

>>> from mitigraph.read.options import Options
>>> reader = PlainReader(Content.of_bytes(b'1,a\\n2,"b\\nc"\\n3,d\\n'), Options(), ",", width=2)
>>> reader.rows(0), reader.size, reader.breaks
([['1', 'a'], ['2', 'b\\nc'], ['3', 'd']], 16, 4)
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from itertools import accumulate

from mitigraph.read import limits
from mitigraph.read.content import Content
from mitigraph.read.options import Options
from mitigraph.read.rows import dialect

__all__ = ["PlainReader", "line_numbers"]

STRETCH = 1 << 16
"""So many bytes are read at a time, if the rows let it: some hundred rows, whose cells stay near while rules go over them."""

_BREAK = re.compile(r"\r\n|\r|\n")


class PlainReader:
    """Gives the rows of a stretch if it is plain throughout: all of one width and none blank, so that nothing is to be said.

    After a call ``size`` is how many bytes the stretch has, plain or not, and ``breaks`` how many line ends.
    """

    def __init__(self, content: Content, options: Options, delimiter: str, width: int) -> None:
        self._stream, self._options, self._width = content.open(), options, width
        self._dialect = dialect(delimiter, options.quote, options.double_quote, options.skip_initial_space)
        comment = re.escape(options.comment or "")
        self._comment = re.compile(f"(?:\\A|[\r\n]){comment}") if comment else None
        self.size = self.breaks = 0

    def rows(self, start: int) -> list[list[str]] | None:
        """The rows from a byte on; none at the end; None: they are not plain."""
        data, is_whole = self._whole_rows(start)
        self.size, self.breaks = len(data), data.count(b"\n")
        if b"\r" in data:
            self.breaks += data.count(b"\r") - data.count(b"\r\n")
        if not is_whole or b"\0" in data or len(data) >= limits.ROW_CHARACTERS:
            return None
        try:
            text = data.decode()
            if self._comment and self._comment.search(text):
                return None
            if not self._options.double_quote and "\\" in text:
                return None  # it may stand before the end of a line
            csv.field_size_limit(limits.FIELD_CHARACTERS)
            rows = list(csv.reader(io.StringIO(text, newline=""), **self._dialect))
        except (UnicodeDecodeError, csv.Error):
            return None
        if skipped := self._options.skip_columns:
            if self.breaks > len(rows):
                return None  # some may be in cells that do not count
            rows = [row[skipped:] for row in rows]
        return rows if self._are_plain(rows) else None

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def _are_plain(self, rows: Sequence[Sequence[str]]) -> bool:
        if not set(map(len, rows)) <= {self._width}:
            return False
        return not self._options.skip_blank_rows or all((row[0] and not row[0].isspace()) or "".join(row).strip() for row in rows)

    def _whole_rows(self, start: int) -> tuple[bytes, bool]:
        """Bytes up to the end of a line outside quotes, as far as counting them shows (the parser will not be deceived), and
        whether there is one."""
        self._stream.seek(start)
        data = self._stream.read(STRETCH)
        if len(data) < STRETCH:
            return data, True
        quote = (self._options.quote or "\0").encode()
        end = data.rfind(b"\n") + 1
        inside = data.count(quote, 0, end) % 2
        while end and inside:
            before = data.rfind(b"\n", 0, end - 1) + 1
            inside ^= data.count(quote, before, end) % 2
            end = before
        return (data[:end], True) if end else (data, False)


def line_numbers(rows: Sequence[Sequence[str]], first: int) -> list[int]:
    """The physical line that each row begins on: line breaks within rows are all in their cells.

    >>> line_numbers([["1", "a"], ["2", "b\\r\\nc"], ["3", "d"]], 5)
    [5, 6, 8]
    """
    texts = map("".join, rows[:-1])
    sizes = [1 + _breaks(row) if "\n" in text or "\r" in text else 1 for row, text in zip(rows, texts, strict=False)]
    return list(accumulate(sizes, initial=first))


def _breaks(row: Sequence[str]) -> int:
    return sum(len(_BREAK.findall(cell)) for cell in row)
