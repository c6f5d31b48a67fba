"""What is to be changed in a file, how the file was read, and what cannot be done.

>>> Edit(Place("new.csv", 3, "actor", 2), "Develper", "Developer").old
'Develper'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mitigraph.finding import Place

__all__ = ["CannotEditError", "Edit", "Edited", "Reading", "Splice", "spliced"]


class Edit(NamedTuple):
    """In the cell at ``place``, ``old`` (all of its text or a part of it, as it is written there) becomes ``new``."""

    place: Place
    old: str
    new: str


class CannotEditError(ValueError):
    """Why an edit is not made; the text goes on after "could not be fixed: "."""


@dataclass(frozen=True)
class Reading:
    """How a file was read: its ``format`` (one of ``edit.FORMS``) and the options of the source that it was read as."""

    name: str
    format: str
    options: Mapping[str, object] = field(default_factory=dict)


class Edited(NamedTuple):
    """A file's new bytes, the edits that are refused, each with its reason, and what each changed cell said and says."""

    data: bytes
    refused: list[tuple[Edit, str]]
    changes: list[tuple[str, str]]


class Splice(NamedTuple):
    """What stands between two positions becomes something else."""

    start: int
    end: int
    new: str


def spliced(text: str, splices: list[Splice]) -> str:
    """A text with all splices made. ValueError: two of them meet.

    >>> spliced("a,b,c", [Splice(4, 5, "C"), Splice(0, 1, "A")])
    'A,b,C'
    """
    parts, at = list[str](), 0
    for start, end, new in sorted(splices):
        if start < at:
            raise ValueError(f"two splices meet at {start}")
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])
