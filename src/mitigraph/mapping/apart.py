"""A record's values taken one by one: what is made of one of them alone came from that one.

Counting results would do as long as every value gives one. One that is refused, or is no value, shifts those after it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from mitigraph.mapping.batch import Batch, Frame, Values, grouped
from mitigraph.mapping.compiled import Evaluate
from mitigraph.mapping.rules import CompiledMap
from mitigraph.mapping.spot import FIRST, Spot

__all__ = ["Apart", "At", "Results", "Sources", "Views"]

At = tuple[str, int]
"""A reference and the index of one of its values."""

Table = dict[tuple[int, object], dict[At, None]]
"""For a pass and what is made in it the values that it is made of."""

Results = Callable[[Batch], Iterable[tuple[int, object]]]
"""What is made in a batch, each beside its turn."""


class OneByOne(Frame):
    """A record as many times as some references have values between them: in each turn one of these is there, alone.

    The rest, the record's keys and digest and the numbers of its passes are the ``entire`` record's in each of the turns.
    """

    __slots__ = ("_kinds", "at_turn", "entire", "references")

    def __init__(self, entire: Frame, references: Sequence[str]) -> None:
        self.entire, self.references = entire, references
        self.at_turn = [(name, index) for name in references for index in range(len(entire.column(name).texts))]
        super().__init__(entire.context, [*entire.records] * len(self.at_turn))
        for name in references:
            turns = [turn for turn, at in enumerate(self.at_turn) if at[0] == name]
            self.columns[name] = Values(turns, entire.column(name).texts)
        self._kinds: dict[str, list[str]] = {}

    def column(self, reference: str) -> Values:
        known = self.columns.get(reference)
        if known is None:
            known = self.columns[reference] = _in_each(self.whole, self.entire.column(reference))
        return known

    def kinds(self, turn: int, reference: str) -> list[str]:
        known = self._kinds.get(reference)
        if known is None:
            known = self._kinds[reference] = self.entire.kinds(0, reference)
        if reference not in self.references:
            return known
        name, index = self.at_turn[turn]
        return known[index : index + 1] if name == reference else []

    def digest(self, turn: int) -> str:
        return self.entire.digest(0)

    def minted(self, texts: Evaluate, mint: Evaluate, batch: Batch) -> Values:
        keys = dict(zip(texts(self.entire.whole).texts, mint(self.entire.whole).texts, strict=True))
        # A key that is made of all values is none of theirs: it stays as it is.
        given = grouped(texts(batch), batch.turns)
        made = [[keys[text] for text in own if text in keys] or [*keys.values()] for own in given]
        return Values(
            [turn for turn, own in zip(batch.turns, made, strict=True) for _ in own], [key for own in made for key in own]
        )

    def numbered(self, passes: Values, evaluate: Evaluate) -> Sequence[int]:
        entire = evaluate(self.entire.whole).texts
        ahead: dict[str, deque[int]] = {}
        for position, text in enumerate(entire, 1):
            ahead.setdefault(text, deque()).append(position)
        found: list[int] = []
        for texts in grouped(passes, range(len(self.records))):
            # Values that the passes do not depend on are without effect on their numbers.
            found += range(1, len(texts) + 1) if texts == entire else (_next(ahead.get(text)) for text in texts)
        return found


def _in_each(batch: Batch, values: Values) -> Values:
    """What the entire record has, in each of the turns."""
    return Values([turn for turn in batch.turns for _ in values.texts], values.texts * len(batch.turns))


def _next(positions: deque[int] | None) -> int:
    if positions is None:
        return 0
    return positions.popleft() if len(positions) > 1 else positions[0]


class Views:
    """A record's values one by one, for those references that have several."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._known: dict[tuple[str, ...], OneByOne | None] = {}

    def of(self, references: tuple[str, ...]) -> OneByOne | None:
        """None: there is but one value, and no question."""
        if references not in self._known:
            several = sum(len(self.frame.column(name).texts) for name in references) > 1
            self._known[references] = OneByOne(self.frame, references) if several else None
        return self._known[references]


class Sources:
    """Which values each of some results came from, in each of the passes; worked out when it is first asked for."""

    def __init__(self, spots: Sequence[Spot], table: Callable[[tuple[str, ...]], Table]) -> None:
        self.spots, self._table = spots, table

    @cached_property
    def _tables(self) -> list[Table]:
        return [self._table(spot.references) for spot in self.spots]

    def of(self, frame: Frame, turn: int, result: object, index: int) -> list[At]:
        """The values of a turn's result; those counted to, by its index, where none makes it alone."""
        each = frame.each_index(turn)
        found: list[At] = []
        for spot, table in zip(self.spots, self._tables, strict=True):
            made = [*table.get((each, result), ())] or [spot.cell(frame.records[turn], index, each)]
            found += made[:1] if spot.by == FIRST else made
        return found


class Apart:
    """What a triples map makes of a record's values one by one.

    Conditions are not asked again: they were of the whole record's passes, and may well look at all values together.
    """

    def __init__(self, one: CompiledMap, views: Views) -> None:
        self._map, self._views = replace(one, condition=None), views
        self._batches: dict[tuple[str, ...], Batch] = {}

    def sources(self, spots: Sequence[Spot], results: Results) -> Sources:
        """Where results come from that are made of some spots."""
        return Sources(spots, lambda references: self._table(references, results))

    def _table(self, references: tuple[str, ...], results: Results) -> Table:
        view = self._views.of(references)
        table: Table = {}
        if view is None:
            return table
        batch = self._batches.get(references)
        if batch is None:
            batch = self._batches[references] = self._map.turns(view.whole)
        made = [*results(batch)]
        roots = batch.frame.root_turns([turn for turn, _ in made])
        for root, (turn, result) in zip(roots, made, strict=True):
            table.setdefault((batch.frame.each_index(turn), result), {})[view.at_turn[root]] = None
        return table
