"""Objects that are the subjects of another triples map: of the same record, or found by a hash table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from mitigraph.finding import Finding
from mitigraph.likeness import Words
from mitigraph.mapping.batch import Batch, Frame, Values
from mitigraph.mapping.compiled import PER_RECORD, Compiled, combined, lists
from mitigraph.mapping.plan import Join
from mitigraph.mapping.rules import CompiledMap
from mitigraph.mapping.spot import all_of, of_all_values

__all__ = ["Feed", "Index", "Joined", "joined_to", "of_same_record"]


class Index(dict[tuple[str, ...], dict[str, None]]):
    """A join's hash table: values of the parent's condition → its subjects, in order. ``is_fed``: there is a file for it;
    ``has_missed``: some values were not there; ``elsewhere``: where else to look for them."""

    is_fed = False
    has_missed = False
    elsewhere: Callable[[Sequence[str]], Sequence[str]] | None = None
    _words: tuple[int, dict[tuple[str, ...], Words]] = (0, {})

    def miss(self, values: Sequence[str]) -> Sequence[str]:
        """The subjects that another place has for values that are not here."""
        self.has_missed = True
        return () if self.elsewhere is None else self.elsewhere(values)

    def near(self, values: Sequence[str]) -> str | None:
        """The first value that was probably meant beside the others; in a large table nothing is guessed."""
        if len(self) > GUESSED:
            return None
        if self._words[0] != len(self):
            known: dict[tuple[str, ...], dict[str, str]] = {}
            for first, *rest in self:
                known.setdefault(tuple(rest), {})[first] = first
            self._words = len(self), {rest: Words(firsts) for rest, firsts in known.items()}
        words = self._words[1].get(tuple(values[1:]))
        return words.closest(values[0]) if words else None


GUESSED = 10_000
"""How many keys are looked through for the one that was probably meant."""


@dataclass(slots=True)
class Feed:
    """What a file gives to a join: the subjects of a triples map under the values of the parent's conditions."""

    parent: CompiledMap
    keys: list[Compiled]
    index: Index

    def take(self, frame: Frame) -> None:
        """Enter a batch of records into the hash table."""
        batch = self.parent.turns(frame.whole)
        columns = [lists(part)(batch) for part in (self.parent.subjects, *self.keys)]
        for subjects, *values in zip(*columns, strict=True):
            for combination in product(*values):
                self.index.setdefault(combination, {}).update(dict.fromkeys(subjects))


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Compiled):
    """Subjects of another triples map, found by what its records have in common with this one."""

    triples_map: str


def of_same_record(parent: CompiledMap) -> Compiled:
    """The subjects that another triples map has for the same record."""

    def evaluate(batch: Batch) -> Values:
        records = batch.of_records()
        inner = parent.turns(records)
        turns, subjects = parent.subjects.evaluate(inner)
        if inner.frame.outer is not None:
            turns = [inner.frame.at[turn] for turn in turns]
        found = Values(turns, subjects)
        return found if records is batch else batch.spread(found)

    return combined(evaluate, [parent.subjects])


def joined_to(join: Join, index: Index, children: Sequence[Compiled]) -> Joined:
    """The subjects of another triples map whose values equal this record's."""
    readers = [lists(child) for child in children]

    def evaluate(batch: Batch) -> Values:
        turns: list[int] = []
        found: list[str] = []
        for turn, *given in zip(batch.turns, *(read(batch) for read in readers), strict=True):
            subjects: dict[str, None] = {}
            for values in product(*given):
                if values in index:
                    subjects.update(index[values])
                elif known := index.miss(values):
                    subjects.update(dict.fromkeys(known))
                elif join.unmatched is not None and index.is_fed:
                    _tell_unmatched(batch, turn, join, children[0], values, index)
            turns += [turn] * len(subjects)
            found += subjects
        return Values(turns, found)

    spots = of_all_values(all_of(child.spots for child in children))
    return Joined(evaluate, spots, PER_RECORD, triples_map=join.triples_map)


def _tell_unmatched(batch: Batch, turn: int, join: Join, child: Compiled, values: Sequence[str], index: Index) -> None:
    also = "".join(f" and {value!r}" for value in values[1:])
    message = f"there is no {join.triples_map!r} of this key{also}"
    place = batch.place(child.spots, turn, 0)
    suggestion = index.near(values)
    severity = join.unmatched or "info"
    told = Finding(severity, "unmatched-join", message, place, values[0], suggestion=suggestion, rule=str(join.where))
    batch.note(turn, told)
