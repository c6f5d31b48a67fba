"""Which of a reference's values a result was made of: what leads from a value back to its own cell in a list.

>>> from mitigraph.record import FieldRecord
>>> record = FieldRecord("t.csv", 1, 2, {"a": "x", "b": "y"})
>>> Spot(("a", "b")).cell(record, 1, 0), Spot(("b",)).cell(record, 0, 0)
(('b', 0), ('b', 0))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mitigraph.record import Record

__all__ = ["EACH", "FIRST", "OWN", "Spot", "all_of", "going_through", "listed", "of_all_values"]

OWN, EACH, FIRST = "own", "each", "first"
"""What says which value it is: the result's own index, the value of ``each`` gone through now, or nothing: the first counts."""


class Spot(NamedTuple):
    """References whose values, one reference's after the other's, a result was made of; and what says which value it is."""

    references: tuple[str, ...]
    by: str = OWN

    def cell(self, record: Record, own: int, each: int) -> tuple[str, int]:
        """The reference and the index of the value, for a result's own index and that of ``each``."""
        at = {OWN: own, EACH: each}.get(self.by, 0)
        if len(self.references) == 1 and not at:
            return self.references[0], 0
        for reference in self.references:
            count = len(record.values(reference))
            if at < count:
                return reference, at
            at -= count
        return self.references[0], 0


def all_of(parts: Iterable[Sequence[Spot]]) -> tuple[Spot, ...]:
    """The spots of several expressions, each once."""
    return tuple(dict.fromkeys(spot for part in parts for spot in part))


def listed(parts: Sequence[Sequence[Spot]]) -> tuple[Spot, ...]:
    """The spots of expressions whose values come one after the other: one for all where each has its own.

    >>> listed([[Spot(("a",))], [Spot(("b",))]])
    (Spot(references=('a', 'b'), by='own'),)
    """
    spots = all_of(parts)
    if all(len(part) <= 1 for part in parts) and all(spot.by == OWN for spot in spots):
        names = tuple(name for spot in spots for name in spot.references)
        return (Spot(names),) if names else ()
    return of_all_values(spots)


def going_through(spots: Sequence[Spot]) -> tuple[Spot, ...]:
    """The spots of a value when values are gone through one by one."""
    return tuple(Spot(spot.references, EACH if spot.by == OWN else FIRST) for spot in spots)


def of_all_values(spots: Iterable[Spot]) -> tuple[Spot, ...]:
    """The spots of what was made of all values at once."""
    return tuple(spot if spot.by == EACH else Spot(spot.references, FIRST) for spot in spots)
