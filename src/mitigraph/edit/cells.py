"""Cells in a text: where each stands, what it says, and how it is written when it says something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mitigraph.edit.edits import Splice, spliced

__all__ = ["Cell", "Rewrite", "Units"]

Rewrite = Callable[[Sequence[Splice]], str]
"""From splices of what a cell says to what then stands in the file. CannotEditError: the form cannot say it so."""


@dataclass(frozen=True)
class Cell:
    """From ``start`` to ``end`` in the file's text stands what a reader takes for ``text``."""

    start: int
    end: int
    text: str
    rewrite: Rewrite


@dataclass(frozen=True)
class Units:
    """A text and the way it is written: ``starts`` and ``ends`` say where in ``raw`` each of its characters stands."""

    raw: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, pieces: Sequence[tuple[str, str]]) -> Units:
        """From pairs of what is written and the one character (or none) that it means."""
        starts, ends, place = list[int](), list[int](), 0
        for raw, text in pieces:
            if text:
                starts.append(place)
                ends.append(place + len(raw))
            place += len(raw)
        return cls("".join(raw for raw, _ in pieces), "".join(text for _, text in pieces), starts, ends)

    def written(self, splices: Sequence[Splice], escape: Callable[[str], str]) -> str:
        """What is written when characters (at least one for each splice) become others: only what is new is written anew.

        >>> Units.of([('"', ""), ("a", "a"), (r"\\n", "\\n"), ("b", "b"), ('"', "")]).written([Splice(2, 3, "c")], str)
        '"a\\\\nc"'
        """
        return spliced(self.raw, [Splice(self.starts[start], self.ends[end - 1], escape(new)) for start, end, new in splices])
