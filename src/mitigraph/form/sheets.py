"""A workbook: a row more below the last entry of the sheet. All other parts of the file keep their content.

Where the sheet has an empty row there, the row and its cells keep what they are (height, styles, formulas of columns that are
none of the table's); else cells get the style of their column. What else the sheet holds stays as it is: drop-downs, comments.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from xml.parsers import expat

from mitigraph.edit.archive import repacked
from mitigraph.edit.edits import CannotEditError
from mitigraph.errors import InputError

__all__ = ["append_sheet_row", "letters"]

MOST_COLUMNS = 16_384
_TAG_END = re.compile(rb"""(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_REFERENCE = re.compile(rb'(<(?:\w+:)?dimension\b[^>]*\bref=")([A-Z]+\d+)(?::([A-Z]+)(\d+))?(")')
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def append_sheet_row(data: bytes, part: str, line: int, cells: Mapping[int, tuple[str, bool]]) -> bytes:
    """The workbook with a row at ``line`` (from 1): by column (from 0) the text and whether it is a number.

    InputError: the sheet cannot be written to.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {name.replace("\\", "/").lstrip("/").lower(): name for name in archive.namelist()}
        content = archive.read(names[part.lower()])
    try:
        return repacked(data, {names[part.lower()]: _with_row(content, line, cells)})
    except CannotEditError as error:
        raise InputError(str(error)) from None


def letters(column: int) -> str:
    """The name of a column, counted from 0.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        name, column = chr(ord("A") + rest) + name, column - 1
    return name


def number_of(reference: str) -> int:
    """The column of a cell, counted from 0.

    >>> number_of("A1"), number_of("AA17")
    (0, 26)
    """
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return number - 1


@dataclass
class _Sheet:
    """Where in the bytes of a sheet its rows are, and the cells of one row; the styles of its columns."""

    content: bytes
    line: int
    prefix: str = ""
    rows: list[tuple[int, int, int]] = field(default_factory=list)
    """Number, first byte, byte after the last."""
    cells: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Those of the one row, by column: first byte, byte after the last."""
    styles: dict[int, str] = field(default_factory=dict)
    end: tuple[int, int] | None = None
    """The last tag of ``sheetData``: first byte, byte after the last."""

    _begun: dict[str, int] = field(default_factory=dict)

    def start(self, name: str, told: dict[str, str]) -> None:
        prefix, _, local = name.rpartition(":")
        at = self._begun[local] = self.parser.CurrentByteIndex
        if local == "col" and "style" in told:
            for column in range(int(told["min"]) - 1, min(int(told["max"]), MOST_COLUMNS)):
                self.styles[column] = told["style"]
        elif local == "sheetData":
            self.prefix = f"{prefix}:" if prefix else ""
        elif local == "row":
            number = int(told["r"]) if "r" in told else (self.rows[-1][0] if self.rows else 0) + 1
            self.rows.append((number, at, at))
        elif local == "c" and self.rows[-1][0] == self.line:
            column = number_of(told["r"]) if "r" in told else max(self.cells, default=-1) + 1
            self.cells[column] = at, at
            if "s" in told:
                self.styles[column] = told["s"]

    def finish(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local not in ("sheetData", "row", "c"):
            return
        # Of an element that is one tag, the parser tells the end of the tag, of others the beginning of the second one.
        begun = self._begun[local]
        end = self.tag_end(begun)
        is_one = self.content[end - 2 : end] == b"/>"
        at = begun if is_one else self.parser.CurrentByteIndex
        if local == "sheetData":
            self.end = at, self.tag_end(at)
        elif local == "row":
            self.rows[-1] = (*self.rows[-1][:2], self.tag_end(at))
        elif self.rows[-1][0] == self.line:
            column = next(reversed(self.cells))
            self.cells[column] = self.cells[column][0], self.tag_end(at)

    def tag_end(self, at: int) -> int:
        """The byte after a tag."""
        found = _TAG_END.match(self.content, at)
        return found.end() if found else at

    def read(self) -> None:
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.finish
        try:
            self.parser.Parse(self.content, True)
        except (expat.ExpatError, ValueError, IndexError) as error:
            raise InputError(f"the sheet cannot be written to: {error}") from None
        if self.end is None:
            raise InputError("the sheet cannot be written to: it has no rows")


def _with_row(content: bytes, line: int, cells: Mapping[int, tuple[str, bool]]) -> bytes:
    sheet = _Sheet(content, line)
    sheet.read()
    assert sheet.end is not None
    start, end = sheet.end
    taken = next(((first, last) for number, first, last in sheet.rows if number == line), None)
    after = next((first for number, first, _ in sheet.rows if number > line), start)
    row = _row(sheet, line, cells, taken)
    if taken is not None:
        content = content[: taken[0]] + row + content[taken[1] :]
    elif content[start:end].startswith(b"</"):
        content = content[:after] + row + content[after:]
    else:
        content = content[:start] + _opened(content[start:end]) + row + f"</{sheet.prefix}sheetData>".encode() + content[end:]
    return _REFERENCE.sub(lambda found: _widened(found, line, max(cells, default=0)), content, count=1)


def _opened(tag: bytes) -> bytes:
    """A tag that opens an element, of one that may also have closed it."""
    return tag.removesuffix(b">").rstrip().removesuffix(b"/").rstrip() + b">"


def _row(sheet: _Sheet, line: int, cells: Mapping[int, tuple[str, bool]], taken: tuple[int, int] | None) -> bytes:
    """The new row; of one that stood there, what it says of itself and the cells that get no text."""
    p = sheet.prefix
    head = f'<{p}row r="{line}">'.encode()
    if taken is not None:
        head = _opened(sheet.content[taken[0] : sheet.tag_end(taken[0])])
    made = {column: sheet.content[first:last] for column, (first, last) in sheet.cells.items()}
    for column, (text, is_number) in cells.items():
        style = f' s="{sheet.styles[column]}"' if column in sheet.styles else ""
        at = f'<{p}c r="{letters(column)}{line}"{style}'
        if is_number:
            made[column] = f"{at}><{p}v>{text}</{p}v></{p}c>".encode()
        else:
            told = f'<{p}is><{p}t xml:space="preserve">{_text(text)}</{p}t></{p}is>'
            made[column] = f'{at} t="inlineStr">{told}</{p}c>'.encode()
    return head + b"".join(made[column] for column in sorted(made)) + f"</{p}row>".encode()


def _text(text: str) -> str:
    """A cell's text; what XML cannot hold is written as ECMA-376 says (part 1, 22.9.2.19)."""
    safe = _UNWRITABLE.sub(lambda found: f"_x{ord(found.group()):04X}_", text)
    return escape(safe, quote=False).replace("\r", "_x000D_")


def _widened(found: re.Match[bytes], line: int, column: int) -> bytes:
    """The area of the sheet that holds cells, so that it holds the new ones."""
    first, last = found[2], max(line, int(found[4] or re.sub(rb"\D", b"", found[2])))
    far = found[3] or re.sub(rb"\d", b"", found[2])
    widest = max((far, letters(column).encode()), key=lambda name: (len(name), name))
    return found[1] + first + b":" + widest + str(last).encode() + found[5]
