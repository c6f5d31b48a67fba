"""Comments of a sheet, and the old drawings (VML) without which spreadsheet programs do not show them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mitigraph.annotate.notes import AUTHOR, LONGEST
from mitigraph.edit.edits import CannotEditError
from mitigraph.edit.markup import Element, Patch, elements, escaped_text, filled, patched, refuse_encoding
from mitigraph.read.xlsx_rows import COLUMNS, LINES, letters

__all__ = ["comments_part", "drawing_part", "reference"]

NEW_COMMENTS = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?><comments xmlns='{}'><authors/><commentList/></comments>"
NEW_DRAWING = (
    b"<xml xmlns:v='urn:schemas-microsoft-com:vml' xmlns:o='urn:schemas-microsoft-com:office:office' "
    b"xmlns:x='urn:schemas-microsoft-com:office:excel'>"
    b"<o:shapelayout v:ext='edit'><o:idmap v:ext='edit' data='1'/></o:shapelayout></xml>"
)
NAMES = (
    "xmlns:v='urn:schemas-microsoft-com:vml' xmlns:o='urn:schemas-microsoft-com:office:office' "
    "xmlns:x='urn:schemas-microsoft-com:office:excel'"
)
KIND = (
    f"<v:shapetype {NAMES} id='_x0000_t202' coordsize='21600,21600' o:spt='202' path='m,l,21600r21600,l21600,xe'>"
    "<v:stroke joinstyle='miter'/><v:path gradientshapeok='t' o:connecttype='rect'/></v:shapetype>"
)
SHAPE = (
    f"<v:shape {NAMES} id='_x0000_s{{number}}' type='#_x0000_t202' fillcolor='#ffffe1' o:insetmode='auto' "
    "style='position:absolute;z-index:1;visibility:hidden'><v:fill color2='#ffffe1'/>"
    "<v:shadow on='t' color='black' obscured='t'/><v:path o:connecttype='none'/><v:textbox style='mso-direction-alt:auto'/>"
    "<x:ClientData ObjectType='Note'><x:MoveWithCells/><x:SizeWithCells/>"
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 31, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
HEIGHT, WIDTH = 8, 4
"""Rows and columns that a comment covers when it is shown."""

SHAPES = re.compile(rb"_x0000_s(\d{1,9})\b")
BLOCKS = re.compile(rb"""(<(?:\w+:)?idmap\b[^>]*?\bdata\s*=\s*)(["'])([\d,\s]*)\2""")
BLOCK = 1024
"""Shapes are numbered in blocks, which a drawing must name."""

Spot = tuple[int, int]


def reference(spot: Spot) -> str:
    """The name of the cell at a line and a column.

    >>> reference((17, 2))
    'C17'
    """
    return f"{letters(spot[1])}{spot[0]}"


def comments_part(part: bytes | None, namespace: str, texts: Mapping[Spot, str]) -> tuple[bytes, list[Spot]]:
    """The comments of a sheet with ours added, behind what the user wrote of the same cell; and the cells that had none."""
    part = part or NEW_COMMENTS.format(namespace).encode()
    found = elements(part)
    authors = next((one for one in found if one.name == "authors"), None)
    listed = next((one for one in found if one.name == "commentList"), None)
    if authors is None or listed is None:
        raise CannotEditError("the workbook's comments cannot be taken apart for sure")
    before = f"{listed.prefix}:" if listed.prefix else ""
    number = sum(one.name == "author" for one in found)
    patches = [filled(part, authors.span, f"<{before}author>{AUTHOR}</{before}author>".encode())]
    there = {one.told.get("ref", ""): one for one in found if one.name == "comment"}
    new, spots = list[bytes](), list[Spot]()
    for spot, text in sorted(texts.items()):
        old = there.get(reference(spot))
        if old is not None:
            patches += _appended(part, found, old, before, text)
            continue
        spots.append(spot)
        opening = f"<{before}comment ref='{reference(spot)}' authorId='{number}'><{before}text>".encode()
        new.append(opening + _run(before, text) + f"</{before}text></{before}comment>".encode())
    if new:
        patches.append(filled(part, listed.span, b"".join(new)))
    return patched(part, patches), spots


def _appended(part: bytes, found: Sequence[Element], comment: Element, before: str, text: str) -> list[Patch]:
    """Our text behind that of a comment, all of which stays."""
    inside = [one for one in found if comment.span.start <= one.span.start < comment.span.end]
    body = next((one for one in inside if one.name == "text"), None)
    if body is None:
        return []
    runs = [one for one in inside if one.parent == "text" and one.name in ("t", "r")]
    room = LONGEST - sum(one.span.end - one.span.start for one in runs)
    added = _run(before, ("\n\n" + text)[: max(room, 0)])
    if not runs:
        return [filled(part, body.span, added)]
    last = runs[-1].span.end
    # A bare text becomes a run like ours: the two are never mixed by programs that write comments.
    bare = [one.span for one in runs if one.name == "t"]
    wraps = [Patch(at.start, at.start, f"<{before}r>".encode()) for at in bare]
    wraps += [Patch(at.end, at.end, f"</{before}r>".encode()) for at in bare]
    return [*wraps, Patch(last, last, added)]


def _run(before: str, text: str) -> bytes:
    opening = f"<{before}r><{before}t xml:space='preserve'>".encode()
    return opening + escaped_text(text) + f"</{before}t></{before}r>".encode()


def drawing_part(part: bytes | None, spots: Sequence[Spot]) -> bytes:
    """The drawing of a sheet with a box for each comment at some cells; all that it holds stays."""
    part = part or NEW_DRAWING
    refuse_encoding(part)
    end = part.rfind(b"</xml>")
    if end < 0:
        raise CannotEditError("the drawing behind the workbook's comments cannot be taken apart for sure")
    first = max([BLOCK, *map(int, SHAPES.findall(part))]) + 1
    kind = b"" if re.search(rb"""\bid\s*=\s*["']_x0000_t202["']""", part) else KIND.encode()
    shapes = "".join(_shape(first + at, *spot) for at, spot in enumerate(spots)).encode()
    blocks = {number // BLOCK for number in range(first, first + len(spots))}
    return BLOCKS.sub(lambda found: _with_blocks(found, blocks), part[:end] + kind + shapes + part[end:], count=1)


def _shape(number: int, line: int, column: int) -> str:
    """The box of a comment, beside its cell and inside the sheet."""
    left, top = min(column + 1, COLUMNS - 1 - WIDTH), min(max(line - 2, 0), LINES - 1 - HEIGHT)
    places = {"left": left, "right": left + WIDTH, "top": top, "bottom": top + HEIGHT}
    return SHAPE.format(number=number, row=line - 1, column=column, **places)


def _with_blocks(found: re.Match[bytes], blocks: set[int]) -> bytes:
    there = [int(one) for one in found[3].split(b",") if one.strip().isdigit()]
    told = ",".join(map(str, sorted({*there, *blocks}))).encode()
    return found[1] + found[2] + told + found[2]
