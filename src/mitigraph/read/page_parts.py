"""The parts of a mitigation page and what their lines look like, before any of them is placed.

>>> is_title("Manual Red Teaming"), is_title("People attack the model by hand.")
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = [
    "FACETS",
    "Byline",
    "Code",
    "Document",
    "Facet",
    "Item",
    "Line",
    "Page",
    "byline",
    "is_label",
    "is_title",
    "path_parts",
]

FACETS = {"stage": "lifecycle stage", "actor": "actor", "function": "risk-management function"}
"""The three parts a page ends with, in order: the tree's key and how a person calls it."""

TITLE_WORDS = 25
LABEL_WORDS = 6
NAME_WORDS = 8

_SENTENCE_END = re.compile(r"[.;:,…][\"'”’)\]]*\Z")
_PATH_STEP = re.compile(r"\s>\s")
_PERSON = re.compile(r"[^,;]{1,60}, [^,;]{1,60}(?:, [^,;]{1,20})?")
_YEAR = re.compile(r"[0-9]{4}[a-z]?|n\. ?d\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A text and the physical line (from 1) it stands on; ``derived``: it is told by that line, and stands nowhere as it is."""

    text: str
    number: int
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A category as printed under an item: notation, label, physical line."""

    notation: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Item:
    """Another mitigation of the page's document; ``code`` is None when none is printed under it."""

    title: Line
    heading: Line | None
    description: Sequence[Line]
    code: Code | None


@dataclass(frozen=True, slots=True)
class Document:
    """The source document; ``authors`` are the names in order, all on one line."""

    title: Line | None
    authors: Sequence[Line]
    year: Line | None
    abstract: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Facet:
    """A lifecycle stage, actor or function: the label as printed and its definition."""

    label: Line
    definition: Line | None


@dataclass(slots=True)
class Page:
    """The parts of a page, each with its lines; ``parent`` is the label after ``Also in``."""

    notices: Sequence[Line] = ()
    definition: Line | None = None
    parent: Line | None = None
    description: Sequence[Line] = ()
    reasoning: Sequence[Line] = ()
    items: list[Item] = field(default_factory=list)
    document: Document | None = None
    facets: dict[str, Facet] = field(default_factory=dict)


class Byline(NamedTuple):
    """An authors' line: names, year, and ``doubt``, which is 0 for persons with a year, more for less sure readings."""

    names: list[str]
    year: str | None
    doubt: int


def path_parts(title: str) -> list[str]:
    """The steps of a title path.

    >>> path_parts("Red Teaming > Manual Red Teaming")
    ['Red Teaming', 'Manual Red Teaming']
    """
    return [part for part in map(str.strip, _PATH_STEP.split(title)) if part] or [title.strip()]


def is_title(text: str) -> bool:
    """Whether a line can be a title: not too long and not ending as a sentence does."""
    return len(text.split(None, TITLE_WORDS)) <= TITLE_WORDS and not _SENTENCE_END.search(text.rstrip())


def is_label(text: str) -> bool:
    """Whether a line can be a heading or a label: a title of few words."""
    return is_title(text) and len(text.split()) <= LABEL_WORDS


def byline(text: str) -> Byline | None:
    """An authors' line taken apart, or None when the text cannot be one.

    >>> byline("Doe, Jane; Roe, Rick (2024)")
    Byline(names=['Doe, Jane', 'Roe, Rick'], year='2024', doubt=0)
    """
    before, bracket, inside = text.strip().rpartition("(")
    year = inside.removesuffix(")").strip() if bracket and _YEAR.fullmatch(inside.removesuffix(")").strip()) else None
    names = [name for name in (part.strip() for part in (text if year is None else before).split(";")) if name]
    persons = bool(names) and all(_PERSON.fullmatch(name) for name in names)
    if persons and (year is not None or len(names) > 1):
        return Byline(names, year, 0)
    if year is not None and all(len(name.split(None, NAME_WORDS)) <= NAME_WORDS for name in names):
        return Byline(names, year, 1)
    return Byline(names, year, 2) if persons else None
