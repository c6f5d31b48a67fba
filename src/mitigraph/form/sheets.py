"""A workbook: a row more below the last entry of the sheet. All other parts of the file keep their content.

Where the sheet has an empty row there, the row and its cells keep what they are (height, styles, formulas of columns that are
none of the table's); else cells get the style of their column. What else the sheet holds stays as it is: drop-downs, comments.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from mitigraph.edit.archive import part_key, repacked
from mitigraph.edit.edits import CannotEditError
from mitigraph.edit.markup import Patch, escaped_text, patched
from mitigraph.edit.sheet import Found, find, format_at, inserted
from mitigraph.errors import InputError
from mitigraph.read.xlsx_rows import letters

__all__ = ["append_sheet_row"]

_REFERENCE = re.compile(rb"""(<(?:\w+:)?dimension\b[^>]*\bref=["'])([A-Z]+\d+)(?::([A-Z]+)(\d+))?(["'])""")


def append_sheet_row(data: bytes, part: str, line: int, cells: Mapping[int, tuple[str, bool]]) -> bytes:
    """The workbook with a row at ``line`` (from 1): by column (from 0) the text and whether it is a number.

    InputError: the sheet cannot be written to.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {part_key(name): name for name in archive.namelist()}
        content = archive.read(names[part_key(part)])
    try:
        return repacked(data, {part: _with_row(content, line, cells)})
    except CannotEditError as error:
        raise InputError(f"the sheet cannot be written to: {error}") from None


def _with_row(sheet: bytes, line: int, cells: Mapping[int, tuple[str, bool]]) -> bytes:
    found = find(sheet, [(line, column) for column in cells])
    made = {column: _cell(sheet, found, (line, column), *told) for column, told in sorted(cells.items())}
    there = {column: span for (_, column), span in found.cells.items()}
    patches = [Patch(span.start, span.end, made[column]) for column, span in there.items()]
    patches += inserted(sheet, found, {line: [(column, xml) for column, xml in made.items() if column not in there]})
    return _REFERENCE.sub(lambda area: _widened(area, line, max(cells, default=0)), patched(sheet, patches), count=1)


def _cell(sheet: bytes, found: Found, spot: tuple[int, int], text: str, is_number: bool) -> bytes:
    """A cell in the format that the sheet has for it."""
    style = format_at(sheet, found, spot)
    name, told = found.named("c"), f'r="{letters(spot[1])}{spot[0]}"' + (f' s="{style}"' if style else "")
    if is_number:
        value = found.named("v")
        return f"<{name} {told}><{value}>{text}</{value}></{name}>".encode()
    string, run = found.named("is"), found.named("t")
    opening = f'<{name} {told} t="inlineStr"><{string}><{run} xml:space="preserve">'.encode()
    return opening + escaped_text(text) + f"</{run}></{string}></{name}>".encode()


def _widened(found: re.Match[bytes], line: int, column: int) -> bytes:
    """The area of the sheet that holds cells, so that it holds the new ones."""
    first, last = found[2], max(line, int(found[4] or re.sub(rb"\D", b"", found[2])))
    far = found[3] or re.sub(rb"\d", b"", found[2])
    widest = max((far, letters(column).encode()), key=lambda name: (len(name), name))
    return found[1] + first + b":" + widest + str(last).encode() + found[5]
