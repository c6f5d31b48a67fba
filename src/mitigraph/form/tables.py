"""Tables of delimited text: a new one, and a row more at the end of one that is there, as its other rows are written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["append_row", "header_cells", "new_table"]

_LINE_END = re.compile(r'"(?:[^"]|"")*+"|(\r\n|\n|\r)')
"""An end of a line, those within quotes passed over."""


def new_table(columns: Sequence[str], entries: Iterable[Mapping[str, str]], delimiter: str = ",") -> bytes:
    """A header and rows, in UTF-8.

    >>> new_table(["id", "title"], [{"id": "a", "title": "One, two"}])
    b'id,title\\na,"One, two"\\n'
    """
    rows = [list(columns), *([entry.get(name, "") for name in columns] for entry in entries)]
    return "".join(_line(row, delimiter, "\n", False) for row in rows).encode()


def append_row(data: bytes, columns: Sequence[str], entry: Mapping[str, str], delimiter: str, codec: str, start: int) -> bytes:
    r"""The bytes with a row after the last: quotes, line ends and encoding as in the rest.

    ``columns`` are the names in the header, in their order; ``start`` is the length of the byte order mark.

    >>> append_row(b'"id","title"\r\n"a","One"', ["id", "title"], {"id": "b", "title": "Two"}, ",", "utf-8", 0)
    b'"id","title"\r\n"a","One"\r\n"b","Two"\r\n'
    """
    text = data[start:].decode(codec)
    end = next((found[1] for found in _LINE_END.finditer(text) if found[1]), "\n")
    first = text.lstrip().partition(end)[0]
    quoted = first.startswith('"') and first.endswith('"') and first.count(f'"{delimiter}"') == len(columns) - 1
    line = _line([entry.get(name, "") for name in columns], delimiter, end, quoted)
    return data + (("" if text.endswith(("\n", "\r")) else end) + line).encode(codec)


def header_cells(text: str, delimiter: str) -> list[str]:
    r"""The names in the header of a table, blank lines before it passed over; one that comes again is empty.

    >>> header_cells("\n id ,title,,id\n", ",")
    ['id', 'title', '', '']
    """
    first = next((row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(map(str.strip, row))), [])
    names = [cell.strip() for cell in first]
    return [name if name not in names[:at] else "" for at, name in enumerate(names)]


def _line(cells: Sequence[str], delimiter: str, end: str, quoted: bool) -> str:
    """A row after RFC 4180: what holds a delimiter, a quote or any line end stands in quotes."""
    needing = re.compile("[" + re.escape(delimiter) + '"\r\n]')
    texts = ('"' + cell.replace('"', '""') + '"' if quoted or needing.search(cell) else cell for cell in cells)
    return delimiter.join(texts) + end
