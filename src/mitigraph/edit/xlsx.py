"""Cells of a workbook: one becomes a text of its own; shared texts, styles and all other parts stay byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mitigraph.edit.archive import repacked
from mitigraph.edit.edits import CannotEditError, Edit, Edited, Reading, Splice, spliced
from mitigraph.edit.markup import Patch, Span, escaped_text, inner_texts, patched, text_of, told, with_attribute, without
from mitigraph.edit.parts import merged
from mitigraph.edit.sheet import Found, find
from mitigraph.read import Content
from mitigraph.read.xlsx_book import Sheet, Workbook
from mitigraph.read.xlsx_rows import LINES, Area, Cell, Layout, sheet_reference
from mitigraph.read.xlsx_values import CellFaultError, unescaped

__all__ = ["Spot", "area_of", "changed_cells", "contents", "edit_workbook", "part_bytes", "texts"]

REFERENCE = re.compile(r"(?:'((?:[^']|'')*)'|([^'!]*))!(.+)", re.DOTALL)
PHONETIC = re.compile(rb"<((?:[\w.-]+:)?)(rPh|phoneticPr)\b(?:[^>]*/>|.*?</\1\2\s*>)", re.DOTALL)
ODD = ("cm", "vm")
"""Attributes of cells that hold more than a text can say: spilled formulas, pictures."""


class Spot(NamedTuple):
    """A cell of a workbook: its sheet's name, its line (from 1) and column (from 0)."""

    sheet: str
    line: int
    column: int


def area_of(reference: str) -> tuple[str, Area] | None:
    """The sheet's name and the cells of a place in a workbook.

    >>> area_of("'Bob''s list'!C17")
    ("Bob's list", Area(left=2, top=17, right=2, bottom=17))
    """
    found = REFERENCE.fullmatch(reference)
    area = Area.of(found[3]) if found else None
    if found is None or area is None:
        return None
    return found[1].replace("''", "'") if found[1] is not None else found[2], area


def contents(data: bytes, reading: Reading) -> dict[object, object]:
    """Every cell that is written out, on all sheets: its text, or why it has none."""
    book = Workbook(Content.of_bytes(data), reading.name)
    return {spot: _value(book, cell) for spot, cell in _cells(book)}


def texts(data: bytes, reading: Reading) -> dict[Spot, str]:
    """Every cell that is written out, on all sheets: its text, of one that has none what stands there."""
    book = Workbook(Content.of_bytes(data), reading.name)
    read = {spot: _read(book, cell) for spot, cell in _cells(book)}
    return {spot: told if isinstance(told, str) else told.value or "" for spot, told in read.items()}


def changed_cells(before: bytes, after: bytes, reading: Reading) -> list[tuple[str, str, str]]:
    """The cells that differ, by the names a spreadsheet program has for them, each with both texts."""
    old, new = contents(before, reading), contents(after, reading)
    differ = sorted(spot for spot in old if isinstance(spot, Spot) and old[spot] != new.get(spot))
    return [(name_of(spot), str(old[spot]), str(new.get(spot))) for spot in differ]


def name_of(spot: Spot) -> str:
    """``Sheet1!C17``"""
    area = Area(spot.column, spot.line, spot.column, spot.line).text.partition(":")[0]
    return sheet_reference(spot.sheet, area)


def edit_workbook(data: bytes, reading: Reading, edits: Sequence[Edit]) -> Edited:
    """Put edits into a workbook; those that cannot be made are refused. InputError: no workbook."""
    book = Workbook(Content.of_bytes(data), reading.name)
    work = _Work(book)
    for edit in edits:
        spot = _spot(edit)
        work.wanted.setdefault(spot, []).append(edit) if spot else work.refuse(edit, "it stands in no single cell")
    for sheet in book.sheets:
        work.look_at(sheet)
    for spot, lost in list(work.wanted.items()):
        if spot not in work.done:
            work.refuse_all(lost, "there is no such cell")
    return _repacked(data, work, edits)


def _repacked(data: bytes, work: _Work, edits: Sequence[Edit]) -> Edited:
    if not work.patches:
        return Edited(data, work.refused, [])
    try:
        parts = {part: patched(part_bytes(work.book, part), patches) for part, patches in work.patches.items()}
        return Edited(repacked(data, parts), work.refused, work.changes)
    except CannotEditError as error:
        told = {edit for edit, _ in work.refused}
        return Edited(data, [*work.refused, *((edit, str(error)) for edit in edits if edit not in told)], [])


class _Work:
    """The edits of one workbook as they come to patches of its sheets."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.wanted: dict[Spot, list[Edit]] = {}
        self.refused: list[tuple[Edit, str]] = []
        self.patches: dict[str, list[Patch]] = {}
        self.changes: list[tuple[str, str]] = []
        self.done: set[Spot] = set()
        self._shared: list[bytes] | None = None

    def refuse(self, edit: Edit, reason: str) -> None:
        self.refused.append((edit, reason))

    def refuse_all(self, edits: Sequence[Edit], reason: str) -> None:
        self.refused += [(edit, reason) for edit in edits]

    def look_at(self, sheet: Sheet) -> None:
        """The cells of one sheet."""
        spots = {spot for spot in self.wanted if spot.sheet == sheet.name}
        if not spots:
            return
        here = {spot: cell for spot, cell in _cells_of(self.book, sheet) if spot in spots}
        try:
            xml = part_bytes(self.book, sheet.part)
            found = find(xml, {(spot.line, spot.column) for spot in here})
        except CannotEditError as error:
            for spot in spots:
                self.refuse_all(self.wanted[spot], str(error))
            self.done |= spots
            return
        heads = _table_heads(self.book, sheet)
        for spot, cell in here.items():
            self.done.add(spot)
            try:
                if any(head.left <= spot.column <= head.right and head.top == spot.line for head in heads):
                    raise CannotEditError("the cell is the header of a table, which names it too")
                self._change(sheet, xml, found, spot, cell)
            except CannotEditError as error:
                self.refuse_all(self.wanted[spot], str(error))

    def _change(self, sheet: Sheet, xml: bytes, found: Found, spot: Spot, cell: Cell) -> None:
        text = _text(self.book, cell)
        within, odd = merged(text, self.wanted[spot])
        span = found.cells[spot.line, spot.column]
        tag = xml[span.start : span.tag_end]
        if any(told(tag, name) for name in ODD):
            raise CannotEditError("the cell holds more than a text")
        inner = self._inner(cell, xml, span, found.prefix)
        new = _inline(tag, found.prefix, _changed_inner(inner, found.prefix, within, text)) if within else b""
        self.refused += odd
        if within:
            self.patches.setdefault(sheet.part, []).append(Patch(span.start, span.end, new))
            self.changes.append((text, spliced(text, list(within))))

    def _inner(self, cell: Cell, xml: bytes, span: Span, prefix: str) -> bytes | None:
        """The string of a cell as it is written, in its runs; None: it is no string, or its runs are named otherwise."""
        _, kind, _, stored, _ = cell
        if kind == "inlineStr":
            name = _named(prefix, "is")
            found = re.search(rb"<%s(?:\s[^>]*)?>(.*)</%s\s*>" % (name, name), xml[span.tag_end : span.inner_end], re.DOTALL)
            return found[1] if found else None
        if kind != "s" or stored is None:
            return None
        if self._shared is None:
            self._shared = _shared_strings(self.book, prefix)
        number = int(stored)
        return self._shared[number] if number < len(self._shared) else None


def _changed_inner(inner: bytes | None, prefix: str, within: Sequence[Splice], text: str) -> bytes:
    """A string's runs with the splices made in those that hold them. CannotEditError: one goes over the end of a run."""
    inner = PHONETIC.sub(b"", inner or b"")
    runs = inner_texts(inner, prefix)
    texts = [unescaped(text_of(inner[start:end])) for start, end in runs]
    name = _named(prefix, "t")
    if not runs or "".join(texts) != text:
        if runs:
            raise CannotEditError("the cell's formatted text cannot be taken apart for sure")
        return b"<%s%s>%s</%s>" % (name, _SPACE, escaped_text(spliced(text, list(within))), name)
    patches, at = list[Patch](), 0
    left = list(within)
    for (start, end), run in zip(runs, texts, strict=True):
        own = [Splice(one.start - at, one.end - at, one.new) for one in left if at <= one.start and one.end <= at + len(run)]
        left = [one for one in left if not (at <= one.start and one.end <= at + len(run))]
        if own:
            opening = inner.rindex(b"<", 0, start)
            tag = with_attribute(inner[opening:start], "xml:space", "preserve")
            patches.append(Patch(opening, end, tag + escaped_text(spliced(run, own))))
        at += len(run)
    if left:
        raise CannotEditError("parts of the value are formatted differently")
    return patched(inner, patches)


_SPACE = b' xml:space="preserve"'


def _inline(tag: bytes, prefix: str, inner: bytes) -> bytes:
    """A cell with a text of its own."""
    opening = with_attribute(without(tag, "t"), "t", "inlineStr")
    opening = opening[:-2].rstrip() + b">" if opening.endswith(b"/>") else opening
    name = _named(prefix, "is")
    return b"%s<%s>%s</%s></%s>" % (opening, name, inner, name, _named(prefix, "c"))


def _named(prefix: str, local: str) -> bytes:
    return (f"{prefix}:{local}" if prefix else local).encode()


def _spot(edit: Edit) -> Spot | None:
    found = area_of(edit.place.cell or "")
    if found is None or found[1].left != found[1].right or found[1].top != found[1].bottom:
        return None
    return Spot(found[0], found[1].top, found[1].left)


def _text(book: Workbook, cell: Cell) -> str:
    told = _read(book, cell)
    if cell[-1]:
        raise CannotEditError("the cell holds a formula")
    if isinstance(told, str):
        return told
    raise CannotEditError(f"the cell has no value that can be used: {told}")


def _value(book: Workbook, cell: Cell) -> str:
    told = _read(book, cell)
    return told if isinstance(told, str) else f"{told.code}: {told.value}"


def _read(book: Workbook, cell: Cell) -> str | CellFaultError:
    _, kind, style, stored, has_formula = cell
    try:
        return book.values.of(kind, style, stored, has_formula)[0]
    except CellFaultError as error:
        return error


def _cells(book: Workbook) -> Iterator[tuple[Spot, Cell]]:
    for sheet in book.sheets:
        yield from _cells_of(book, sheet)


def _cells_of(book: Workbook, sheet: Sheet) -> Iterator[tuple[Spot, Cell]]:
    for row in book.rows(sheet, Layout()):
        for cell in row.cells:
            yield Spot(sheet.name, row.line, cell[0]), cell


def part_bytes(book: Workbook, part: str) -> bytes:
    """A part, whole."""
    return b"".join(book.package.pieces(part))


def _table_heads(book: Workbook, sheet: Sheet) -> list[Area]:
    """The first rows of the tables that a sheet declares."""
    heads = []
    for kind, part in book.package.related(sheet.part).values():
        if kind == "table" and part in book.package:
            found = re.search(rb"""\sref\s*=\s*["']([A-Z0-9:$]+)["']""", part_bytes(book, part))
            area = Area.of(found[1].decode()) if found else None
            heads += [area] if area and area.bottom <= LINES else []
    return heads


def _shared_strings(book: Workbook, prefix: str) -> list[bytes]:
    """The shared strings as they are written; none where their elements are named otherwise than the sheet's."""
    parts = [part for kind, part in book.package.related(book.package.workbook()).values() if kind == "sharedStrings"]
    if not parts or parts[0] not in book.package:
        return []
    xml, name = part_bytes(book, parts[0]), _named(prefix, "si")
    return [
        found[1] or b"" for found in re.finditer(rb"<%s(?:\s[^>]*)?(?:/>|(?<!/)>(.*?)</%s\s*>)" % (name, name), xml, re.DOTALL)
    ]
