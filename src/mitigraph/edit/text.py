"""Edits of a file that is text: the bytes around the edited cells stay what they are, in whatever encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from mitigraph.edit.cells import Cell
from mitigraph.edit.edits import CannotEditError, Edit, Edited, Reading, Splice, spliced
from mitigraph.edit.parts import merged
from mitigraph.read.lines import UNREADABLE, codec_of, decoded

__all__ = ["Finder", "Spot", "decode", "edit_text", "text_spots"]

Finder = Callable[[bytes, str, Reading, Sequence[Edit]], dict[Edit, Cell | CannotEditError]]
"""From a file's bytes, its text and how it was read to the cell of each edit."""

KEEP = "mitigraph.keep"


class Spot(NamedTuple):
    """Where in a file's text the cell of an edit stands, and what stands there once that edit is made; None: it cannot be."""

    start: int
    end: int
    new: str | None


def decode(data: bytes, reading: Reading) -> tuple[str, str, int]:
    """A file's text, its codec and the length of its byte order mark. InputError: no such encoding."""
    encoding = reading.options.get("encoding")
    codec, start = codec_of(data[:4], reading.name, str(encoding) if encoding else None)
    return decoded(data, codec, start), codec, start


def edit_text(data: bytes, reading: Reading, edits: Sequence[Edit], find: Finder) -> Edited:
    """Put edits into a text; those that cannot be made are refused."""
    text, codec, start = decode(data, reading)
    refused: list[tuple[Edit, str]] = []
    if _encoded(text, codec) != data[start:]:
        return Edited(data, [(edit, f"the file's text is not written in {codec} in the usual way") for edit in edits], [])
    cells: dict[tuple[int, int], tuple[Cell, list[Edit]]] = {}
    for edit, cell in find(data, text, reading, edits).items():
        if isinstance(cell, CannotEditError):
            refused.append((edit, str(cell)))
        elif UNREADABLE.search(cell.text):
            refused.append((edit, "the cell holds what is no text"))
        else:
            cells.setdefault((cell.start, cell.end), (cell, []))[1].append(edit)
    splices, changes = list[Splice](), list[tuple[str, str]]()
    for cell, wanted in cells.values():
        within, odd = merged(cell.text, wanted)
        refused += odd
        made = [edit for edit in wanted if edit not in [one for one, _ in odd]]
        try:
            splice = _splice(cell, within, codec)
        except CannotEditError as error:
            refused += [(edit, str(error)) for edit in made]
            continue
        if within:
            splices.append(splice)
            changes.append((cell.text, spliced(cell.text, within)))
    return Edited(data[:start] + _encoded(spliced(text, splices), codec), refused, changes)


def text_spots(data: bytes, reading: Reading, edits: Sequence[Edit], find: Finder) -> tuple[str, dict[Edit, Spot]]:
    """A file's text, and the spots of those edits whose cell is found."""
    text, codec, _ = decode(data, reading)
    found = find(data, text, reading, edits)
    return text, {edit: _spot(cell, edit, codec) for edit, cell in found.items() if isinstance(cell, Cell)}


def _spot(cell: Cell, edit: Edit, codec: str) -> Spot:
    within, _ = merged(cell.text, [edit])
    try:
        return Spot(cell.start, cell.end, _splice(cell, within, codec).new if within else None)
    except CannotEditError:
        return Spot(cell.start, cell.end, None)


def _splice(cell: Cell, within: Sequence[Splice], codec: str) -> Splice:
    new = cell.rewrite(within)
    try:
        "".join(splice.new for splice in within).encode(codec)
    except UnicodeEncodeError as error:
        sign = error.object[error.start]
        raise CannotEditError(f"the file's encoding, {codec}, has no {sign!r}") from None
    return Splice(cell.start, cell.end, new)


def _encoded(text: str, codec: str) -> bytes:
    try:
        return text.encode(codec, KEEP)
    except UnicodeError:
        return b""


def _keep(error: UnicodeError) -> tuple[bytes, int]:
    """Bytes that are no text, each marked as ``read.lines`` does, become what they were."""
    if not isinstance(error, UnicodeEncodeError) or not re.fullmatch("[\udc00-\udcff]+", error.object[error.start : error.end]):
        raise error
    return bytes(ord(mark) & 0xFF for mark in error.object[error.start : error.end]), error.end


codecs.register_error(KEEP, _keep)
