"""Compiled rules: for a batch the triples of each rule, as columns side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mitigraph.mapping.batch import Batch, Values, cross
from mitigraph.mapping.compiled import Compiled, turns_where
from mitigraph.mapping.plan import TriplesMap, Where

__all__ = ["CompiledMap", "Made", "Rule"]


class Made(NamedTuple):
    """Triples side by side: for each its turn, subject, predicate, object and graph ("" for the default graph)."""

    turns: Sequence[int]
    subjects: Sequence[str]
    predicates: Sequence[str]
    objects: Sequence[str]
    graphs: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule. ``graphs`` None: the default graph alone."""

    where: Where
    predicates: Compiled
    objects: Compiled
    graphs: Compiled | None
    condition: Compiled | None
    is_static: bool

    def make(self, batch: Batch, subjects: Values) -> Iterator[Made]:
        """The triples of a batch."""
        if self.condition is not None:
            batch = turns_where(self.condition, batch)
            subjects = batch.only(subjects)
        if not batch.turns:
            return
        # Also of records that have no subject all cells are looked at, whichever records go with them.
        objects = self.objects.evaluate(batch)
        if self.predicates.fixed is not None and self.graphs is None:
            turns, (given, terms) = cross([subjects, objects])
            for predicate in self.predicates.fixed:
                yield Made(turns, given, [predicate] * len(terms), terms)
            return
        columns = [subjects, self.predicates.evaluate(batch), objects]
        if self.graphs is not None:
            columns.append(self.graphs.evaluate(batch))
        turns, made = cross(columns)
        yield Made(turns, *made)


@dataclass(frozen=True, slots=True)
class CompiledMap:
    """A triples map over one file."""

    plan: TriplesMap
    subjects: Compiled
    rules: list[Rule]
    condition: Compiled | None
    passes: Compiled | None
    is_static: bool
    is_keyed: bool = False
    """Whether the subject is made of the entry's key alone: a record without one is no entry, whatever else it yields."""

    def turns(self, batch: Batch) -> Batch:
        """The turns of a batch of records: one for each value of ``each``, if there is one, for which the condition holds."""
        if self.passes is not None:
            batch = batch.frame.inner(self.passes.evaluate, batch).whole
        return batch if self.condition is None else turns_where(self.condition, batch)

    def reject_unnamed(self, batch: Batch, subjects: Values) -> None:
        """Note which records a key should tell, and cannot."""
        if self.is_keyed:
            frame = batch.frame
            asked = set(frame.root_turns(batch.turns))
            (frame.outer or frame).rejected.update(asked.difference(frame.root_turns(subjects.turns)))
