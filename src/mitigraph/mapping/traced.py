"""Records mapped once more, this time with the rule behind each triple, and the cells behind it for who asks.

Many records go through the rules together, as in a run; what that costs is a small part of mapping them one by one. Which of
several values a triple was made of is only worked out when its cells are asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import repeat
from typing import NamedTuple

from mitigraph.finding import Finding, Place
from mitigraph.mapping.apart import Apart, At, Results, Sources, Views
from mitigraph.mapping.batch import Batch, Frame, Values
from mitigraph.mapping.compiled import Compiled
from mitigraph.mapping.origin import Cell
from mitigraph.mapping.program import Program
from mitigraph.mapping.rules import CompiledMap, Made, Rule
from mitigraph.mapping.spot import Spot
from mitigraph.terms import Triple

__all__ = ["Statement", "Traced", "Traces", "Turn", "silent", "trace", "trace_static"]

Statement = tuple[str, str, str] | tuple[str, str, str, str]
"""A triple, or one with the name of its graph."""

Said = tuple[str, str, str]
"""What is said of a subject: predicate, object, graph."""

Behind = Callable[[], tuple[Cell, ...]]
"""The cells behind something."""


_NAMING = -1
"""What stands for a rule's position where the subject is meant."""


class Traced(NamedTuple):
    """A triple and the rule that made it; its cells are looked for when they are asked for.

    An object that is empty: the rule made nothing of its cells. ``of`` is the triples map.
    """

    triple: Triple
    graph: str
    rule: Rule
    of: str
    behind: Behind
    naming: Behind

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells it was made of; of a constant those its subject is named by."""
        return self.behind() or self.named

    @property
    def named(self) -> tuple[Cell, ...]:
        """The cells its subject is named by, or the place of its record."""
        return self.naming()

    @property
    def statement(self) -> Statement:
        """The triple, and the name of its graph if it has one."""
        return (*self.triple, self.graph) if self.graph else self.triple


@dataclass(slots=True)
class Traces:
    """What became of one record: its triples by triples map, subject and rule; a rule that makes none gives one with an empty
    object. ``idle``: the triples maps that are not for it."""

    turn: Turn
    made: list[Traced] = field(default_factory=list)
    idle: list[CompiledMap] = field(default_factory=list)


def silent(finding: Finding) -> None:
    """Findings were reported when the records were mapped."""


def trace(maps: Sequence[CompiledMap], frame: Frame) -> list[Traces]:
    """What became of each of a frame's records."""
    found = [Traces(Turn(frame, turn)) for turn in range(len(frame.records))]
    views: dict[int, Views] = {}
    for one in maps:
        batch = one.turns(frame.whole)
        roots = batch.frame.root_turns(batch.turns)
        for turn in set(range(len(frame.records))).difference(roots):
            found[turn].idle.append(one)
        if batch.turns:
            _trace_map(one, batch, found, _Ways(one, batch.frame, views))
    return found


def _trace_map(one: CompiledMap, batch: Batch, found: list[Traces], ways: _Ways) -> None:
    subjects = one.subjects.evaluate(batch)
    one.reject_unnamed(batch, subjects)
    layers = [[_said(rule, batch, layer) for rule in one.rules] for layer in _layers(subjects)]
    counted: Counter[int] = Counter()
    roots = batch.frame.root_turns(subjects.turns)
    for turn, subject, root in zip(subjects.turns, subjects.texts, roots, strict=True):
        number = counted[turn]
        counted[turn] += 1
        named = partial(ways.name, turn, subject, number)
        made = found[root].made
        for at, (rule, said) in enumerate(zip(one.rules, layers[number], strict=True)):
            for (predicate, term, graph), behind in _behind(rule, said.get(turn, ()), ways, at, turn):
                made.append(Traced((subject, predicate, term), graph, rule, one.plan.name, behind, named))


def _layers(subjects: Values) -> Iterator[Values]:
    """The first subject of each turn, then the second of those that have two, and so on."""
    ahead = subjects
    while ahead.texts:
        first = dict(zip(reversed(ahead.turns), reversed(ahead.texts), strict=True))
        if len(first) == len(ahead.turns):
            yield ahead
            return
        turns = sorted(first)
        yield Values(turns, [first[turn] for turn in turns])
        later = [position for position in range(1, len(ahead.turns)) if ahead.turns[position] == ahead.turns[position - 1]]
        ahead = Values([ahead.turns[position] for position in later], [ahead.texts[position] for position in later])


def _said(rule: Rule, batch: Batch, subjects: Values) -> dict[int, list[Said]]:
    """What a rule says in each of the turns that have subjects."""
    found: dict[int, list[Said]] = {}
    for turn, said in _quads(rule.make(batch, subjects)):
        found.setdefault(turn, []).append(said)
    return found


def _behind(rule: Rule, made: Sequence[Said], ways: _Ways, at: int, turn: int) -> Iterator[tuple[Said, Behind]]:
    """What a rule says in a turn; if that is nothing, of which predicates it says nothing."""
    if not made:
        yield from (((predicate, "", ""), partial(ways.first, at, turn)) for predicate in rule.predicates.fixed or ())
    elif len(made) == 1:
        yield made[0], partial(ways.made, at, turn, made[0], 0)
    else:
        counted: Counter[tuple[str, str]] = Counter()
        for said in made:
            index = counted[said[0], said[2]]
            counted[said[0], said[2]] += 1
            yield said, partial(ways.made, at, turn, said, index)


def _quads(made: Iterable[Made]) -> Iterator[tuple[int, Said]]:
    """Predicates, objects and graphs, each beside its turn."""
    for part in made:
        said = zip(part.predicates, part.objects, part.graphs or repeat(""), strict=False)
        yield from zip(part.turns, said, strict=True)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, and the cells of its record."""

    frame: Frame
    turn: int

    def cells(self, values: Iterable[At]) -> tuple[Cell, ...]:
        """The cells of some values."""
        record = self.frame.records[self.turn]
        found = [Cell(record.place(name, at), record.written(name, at)) for name, at in dict.fromkeys(values)]
        return tuple(dict.fromkeys(found))

    def made(self, source: Sources, result: object, index: int) -> tuple[Cell, ...]:
        """The cells that a result was made of."""
        return self.cells(source.of(self.frame, self.turn, result, index))

    def first(self, spots: Iterable[Spot]) -> tuple[Cell, ...]:
        """The cells that could have made something, but did not."""
        record, each = self.frame.records[self.turn], self.frame.each_index(self.turn)
        return self.cells(spot.cell(record, 0, each) for spot in spots)

    def of_its_own(self, source: Compiled) -> tuple[Cell, ...]:
        """What a rule reads of the record itself; of what lies around it ("^.") only what is empty can be why it made nothing."""
        record = self.frame.records[self.turn]
        names = [name for name in source.references if not name.startswith("^") or not record.values(name)]
        return self.cells((name, 0) for name in names)


class _Ways:
    """From what a triples map makes in a frame's turns back to cells; ``views`` of the frame's records are shared by all maps."""

    def __init__(self, one: CompiledMap, frame: Frame, views: dict[int, Views]) -> None:
        self._map, self._frame, self._views = one, frame, views
        self._parts: dict[int, Apart] = {}
        self._sources: dict[tuple[int, int], Sources] = {}

    def made(self, at: int, turn: int, said: Said, index: int) -> tuple[Cell, ...]:
        """The cells of what the rule at a position says."""
        return Turn(self._frame, turn).made(self._source(at, turn), said, index)

    def first(self, at: int, turn: int) -> tuple[Cell, ...]:
        """The cells that the rule at a position makes nothing of."""
        return Turn(self._frame, turn).first(self._spots(at))

    def name(self, turn: int, subject: str, index: int) -> tuple[Cell, ...]:
        """The cells that a subject was made of; the record's own place if there are none."""
        found = Turn(self._frame, turn).made(self._source(_NAMING, turn), subject, index)
        return found or (Cell(self._frame.records[turn].place("")),)

    def _source(self, at: int, turn: int) -> Sources:
        root = self._frame.root_turns([turn])[0]
        known = self._sources.get((at, root))
        if known is None:
            results = _subjects_made(self._map) if at == _NAMING else _made_by(self._map.rules[at])
            known = self._sources[at, root] = self._apart(root).sources(self._spots(at), results)
        return known

    def _spots(self, at: int) -> Sequence[Spot]:
        if at == _NAMING:
            return self._map.subjects.spots
        # What only a rule reads comes before what its subject is made of too.
        key = set(self._map.subjects.references)
        return sorted(self._map.rules[at].objects.spots, key=lambda spot: key.issuperset(spot.references))

    def _apart(self, root: int) -> Apart:
        if root not in self._parts:
            if root not in self._views:
                frame = self._frame.outer or self._frame
                self._views[root] = Views(Frame(frame.context, [frame.records[root]]))
            self._parts[root] = Apart(self._map, self._views[root])
        return self._parts[root]


def _made_by(rule: Rule) -> Results:
    """What a rule says in a batch, of whichever subject."""
    always = replace(rule, condition=None)
    return lambda batch: _quads(always.make(batch, Values(batch.turns, [""] * len(batch.turns))))


def _subjects_made(one: CompiledMap) -> Results:
    return lambda batch: zip(*one.subjects.evaluate(batch), strict=True)


def trace_static(program: Program) -> Iterator[Traced]:
    """What does not depend on any record: from the mapping file itself, or from the file as a whole."""
    for one, rule, made in program.static(silent):
        of_file = max(rule.objects.level, one.subjects.level) > 0
        cell = Cell(Place(program.input.file_name) if of_file else rule.where.place)
        behind = partial(tuple[Cell, ...], [cell])
        quads = zip(made.subjects, made.predicates, made.objects, made.graphs or repeat(""), strict=False)
        yield from (Traced((s, p, o), graph, rule, one.plan.name, behind, behind) for s, p, o, graph in quads)
