"""Which part of a cell an edit means, and what several edits of one cell come to together.

>>> part_of("Developer; Develper", "Develper")
(11, 19)
>>> part_of("act; actor", "act")
(0, 3)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from mitigraph.edit.edits import CannotEditError, Edit, Splice

__all__ = ["merged", "part_of"]

BETWEEN = re.compile(r"[;|\n]")
"""What stands between the values of a cell that has several, in people's own tables."""

SHOWN = 40


def part_of(text: str, old: str) -> tuple[int, int]:
    """Where a value stands in a cell: as the whole, as one of several that are listed there, or as the only such words.

    CannotEditError: nowhere, or in several places.
    """
    if old and text.strip() == old.strip() and old in text:
        start = text.index(old)
        return start, start + len(old)
    for found in (_listed(text, old), _words(text, old)) if old else ():
        if len(found) == 1:
            return found[0], found[0] + len(old)
        if found:
            raise CannotEditError(f"the value stands {len(found)} times in the cell")
    raise CannotEditError("the value does not stand in the cell as it was found")


def merged(text: str, edits: Iterable[Edit]) -> tuple[list[Splice], list[tuple[Edit, str]]]:
    """The splices of a cell's text, and the edits that are refused, each with its reason; of edits that conflict none is made."""
    wanted: dict[Splice, list[Edit]] = {}
    refused: list[tuple[Edit, str]] = []
    for edit in edits:
        try:
            wanted.setdefault(Splice(*part_of(text, edit.old), edit.new), []).append(edit)
        except CannotEditError as error:
            refused.append((edit, str(error)))
    splices = sorted(wanted)
    conflicting = {one for at, one in enumerate(splices) for other in splices[at + 1 :] for one in _meeting(one, other)}
    for splice in sorted(conflicting):
        others = sorted(repr(other.new[:SHOWN]) for other in conflicting if other != splice)
        refused += [(edit, f"another fix would put {', '.join(others)} there") for edit in wanted[splice]]
    made = [splice for splice in splices if splice not in conflicting and text[splice.start : splice.end] != splice.new]
    return made, refused


def _meeting(one: Splice, other: Splice) -> tuple[Splice, ...]:
    return (one, other) if one.start < other.end and other.start < one.end else ()


def _listed(text: str, old: str) -> list[int]:
    """Where a value is all that stands between two separators."""
    ends = [-1, *(found.start() for found in BETWEEN.finditer(text)), len(text)]
    starts = []
    for before, end in pairwise(ends):
        piece = text[before + 1 : end]
        if piece.strip() == old.strip() and old in piece:
            starts.append(before + 1 + piece.index(old))
    return starts


def _words(text: str, old: str) -> list[int]:
    """Where a value stands that no letter or digit makes longer."""
    left = r"(?<!\w)" if re.match(r"\w", old) else ""
    right = r"(?!\w)" if re.search(r"\w\Z", old) else ""
    return [found.start() for found in re.finditer(f"{left}{re.escape(old)}{right}", text)]
