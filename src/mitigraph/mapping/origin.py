"""Why a triple is there: the mapping rule that made it, and the cells it was made of."""

from __future__ import annotations

from dataclasses import dataclass

from mitigraph.finding import Place

__all__ = ["Cell", "Origin"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, or a value of a tree: where it is, and what is written there, letter by letter (None: nothing is).

    >>> str(Cell(Place("new.csv", 3, "title", 2), " Red teaming").place)
    'new.csv:3:title'
    """

    place: Place
    written: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """One way in which a triple came about.

    ``rule`` is the rule of the mapping, as ``file:line key``; ``cells`` those that the rule read for it, the subject's own
    where it is a constant, and for a join after them those that name the object in its own record; of what depends on no
    record, the file or the rule itself. ``graph`` is "" for the default graph.
    """

    rule: str
    cells: tuple[Cell, ...]
    graph: str = ""
