"""The way back: from a triple to the cells and the rule it came from.

Nothing is kept triple by triple. An index of subjects (which records speak of them) is made when first asked for; then a
record is mapped again, rule by rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import repeat

from mitigraph.finding import Finding, Place
from mitigraph.mapping.apart import Apart, At, Results, Sources, Views
from mitigraph.mapping.batch import Frame, Values, index_of
from mitigraph.mapping.compiled import Compiled
from mitigraph.mapping.joins import Joined
from mitigraph.mapping.origin import Cell, Origin
from mitigraph.mapping.program import Program
from mitigraph.mapping.rules import CompiledMap, Made, Rule
from mitigraph.mapping.spot import Spot
from mitigraph.record import Record
from mitigraph.terms import Triple

__all__ = ["Traced", "Tracer", "trace_record", "trace_static"]

KEPT = 200_000
"""Files with no more records than this are kept in memory once something in them is looked for."""


Statement = tuple[str, str, str] | tuple[str, str, str, str]
"""A triple, or one with the name of its graph."""

Said = tuple[str, str, str]
"""What is said of a subject: predicate, object, graph."""

Behind = Callable[[], tuple[Cell, ...]]
"""The cells behind something."""


@dataclass(frozen=True, slots=True)
class Traced:
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


def _silent(finding: Finding) -> None:
    """Findings were reported when the record was mapped."""


def trace_record(maps: Sequence[CompiledMap], frame: Frame) -> Iterator[Traced]:
    """The triples of a frame's one record by rule; a rule that makes none gives one with an empty object."""
    views = Views(frame)
    for one in maps:
        batch, apart = one.turns(frame.whole), Apart(one, views)
        subjects = one.subjects.evaluate(batch)
        one.reject_unnamed(batch, subjects)
        naming = apart.sources(one.subjects.spots, _subjects_made(one))
        # What only a rule reads comes before what its subject is made of too.
        key = set(one.subjects.references)
        ordered = [sorted(rule.objects.spots, key=lambda spot: key.issuperset(spot.references)) for rule in one.rules]
        sources = [apart.sources(spots, _made_by(rule)) for rule, spots in zip(one.rules, ordered, strict=True)]
        for position, (at, subject) in enumerate(zip(subjects.turns, subjects.texts, strict=True)):
            turn, alone = Turn(batch.frame, at), batch.select([at])
            named = partial(turn.name, naming, subject, index_of(subjects.turns, position))
            for rule, source in zip(one.rules, sources, strict=True):
                made = [said for _, said in _quads(rule.make(alone, Values([at], [subject])))]
                for said, behind in _behind(rule, source, made, turn):
                    yield Traced((subject, said[0], said[1]), said[2], rule, one.plan.name, behind, named)


def _behind(rule: Rule, source: Sources, made: Sequence[Said], turn: Turn) -> Iterator[tuple[Said, Behind]]:
    """What a rule says in a turn; if that is nothing, of which predicates it says nothing."""
    if not made:
        yield from (((predicate, "", ""), partial(turn.first, source.spots)) for predicate in rule.predicates.fixed or ())
    counted: Counter[tuple[str, str]] = Counter()
    for said in made:
        index = counted[said[0], said[2]]
        counted[said[0], said[2]] += 1
        yield said, partial(turn.made, source, said, index)


def _quads(made: Iterable[Made]) -> Iterator[tuple[int, Said]]:
    """Predicates, objects and graphs, each beside its turn."""
    for part in made:
        said = zip(part.predicates, part.objects, part.graphs or repeat(""), strict=False)
        yield from zip(part.turns, said, strict=True)


def _made_by(rule: Rule) -> Results:
    """What a rule says in a batch, of whichever subject."""
    always = replace(rule, condition=None)
    return lambda batch: _quads(always.make(batch, Values(batch.turns, [""] * len(batch.turns))))


def _subjects_made(one: CompiledMap) -> Results:
    return lambda batch: zip(*one.subjects.evaluate(batch), strict=True)


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

    def name(self, source: Sources, subject: str, index: int) -> tuple[Cell, ...]:
        """The cells that a subject was made of; the record's own place if there are none."""
        return self.made(source, subject, index) or (Cell(self.frame.records[self.turn].place("")),)

    def first(self, spots: Iterable[Spot]) -> tuple[Cell, ...]:
        """The cells that could have made something, but did not."""
        record, each = self.frame.records[self.turn], self.frame.each_index(self.turn)
        return self.cells(spot.cell(record, 0, each) for spot in spots)

    def of_its_own(self, source: Compiled) -> tuple[Cell, ...]:
        """What a rule reads of the record itself; of what lies around it ("^.") only what is empty can be why it made nothing."""
        record = self.frame.records[self.turn]
        names = [name for name in source.references if not name.startswith("^") or not record.values(name)]
        return self.cells((name, 0) for name in names)


def trace_static(program: Program) -> Iterator[Traced]:
    """What does not depend on any record: from the mapping file itself, or from the file as a whole."""
    for one, rule, made in program.static(_silent):
        of_file = max(rule.objects.level, one.subjects.level) > 0
        cell = Cell(Place(program.input.file_name) if of_file else rule.where.place)
        behind = partial(tuple[Cell, ...], [cell])
        quads = zip(made.subjects, made.predicates, made.objects, made.graphs or repeat(""), strict=False)
        yield from (Traced((s, p, o), graph, rule, one.plan.name, behind, behind) for s, p, o, graph in quads)


class Tracer:
    """Looks for the cells behind triples, over all inputs of a run."""

    def __init__(self, programs: Sequence[Program], chains: Mapping[str, str]) -> None:
        self.programs = programs
        self.chains = {f"<{name}>": f"<{step}>" for name, step in chains.items()}
        self.static = [traced for program in programs for traced in trace_static(program)]
        self._index: dict[str, list[tuple[int, int]]] | None = None
        self._records: dict[int, dict[int, Record]] = {}
        self.traced = lru_cache(maxsize=512)(self._trace)

    def head(self) -> Iterator[tuple[Statement, str]]:
        """The constants, then the triples of one record after the other, each with its graph if it has one, and its rule."""
        yield from dict.fromkeys((one.statement, str(one.rule.where)) for one in self.static)
        for program in self.programs:
            context = program.context(_silent)
            for record in (record for frame in program.frames(context) for record in frame.records):
                frame = Frame(context, [record])
                found = [one for one in trace_record(program.moving, frame) if one.triple[2]]
                if not frame.repeated and not frame.rejected:
                    yield from ((one.statement, str(one.rule.where)) for one in found)

    def origins(self, subject: str, predicate: str, term: str) -> list[Origin]:
        """The ways in which a triple came about."""
        found = [one for one in self._of(subject) if one.triple == (subject, predicate, term)]
        return list(dict.fromkeys(Origin(str(one.rule.where), self._cells(one), one.graph) for one in found))

    def _cells(self, traced: Traced) -> tuple[Cell, ...]:
        """The cells behind a triple; where it joins two records, those that name the object in the other too."""
        objects, term = traced.rule.objects, traced.triple[2]
        if not isinstance(objects, Joined):
            return traced.cells
        there = (one for where in self._subjects().get(term, ()) for one in self.traced(*where))
        named = next((one.named for one in there if (one.of, one.triple[0]) == (objects.triples_map, term)), ())
        return tuple(dict.fromkeys((*traced.cells, *named)))

    def locate(self, subject: str, predicate: str | None, term: str | None) -> list[Place]:
        """The cells behind what is asked for, by the best answer there is."""
        traced = self._of(subject)
        if predicate is None or not traced:
            return _places(traced[0].named) if traced else []
        step = self.chains.get(predicate)
        # What the subject itself is said to have; failing that, what its assignments and links say at the chain's end.
        own = [one for one in traced if one.triple[:2] == (subject, predicate)]
        far = [one for one in traced if step is not None and one.triple[1] == step]
        made = [one for one in own if one.triple[2]], [one for one in far if one.triple[2]]
        exact = [[one for one in found if one.triple[2] == term] for found in made]
        best = next((found for found in (*exact, *made, own, far) if found), None)
        if best is not None:
            return _places(cell for one in best for cell in one.cells)
        return self._unmade(subject, {predicate, step}) or _places(traced[0].named)

    def _unmade(self, subject: str, predicates: set[str | None]) -> list[Place]:
        """The cells of rules that did not apply to the subject's records."""
        found: dict[Place, None] = {}
        for number, row in self._subjects().get(subject, ()):
            record = self._record(number, row)
            if record is None:
                continue
            frame = Frame(self.programs[number].context(_silent), [record])
            turn = Turn(frame, 0)
            for one in self.programs[number].moving:
                if not one.turns(frame.whole).turns:
                    rules = [rule for rule in one.rules if not predicates.isdisjoint(rule.predicates.fixed or ())]
                    cells = [cell for rule in rules for cell in turn.of_its_own(rule.objects)]
                    found.update(dict.fromkeys(_places(cells)))
        return [place for place in found if place.column or place.pointer]

    def _of(self, subject: str) -> list[Traced]:
        """What the records that speak of a subject say, its own triples first."""
        index = self._subjects()
        found = [one for one in self.static if one.triple[0] == subject]
        for number, row in index.get(subject, ()):
            found += self.traced(number, row)
        return sorted(found, key=lambda one: one.triple[0] != subject)

    def _subjects(self) -> dict[str, list[tuple[int, int]]]:
        if self._index is None:
            self._index = {}
            for number, program in enumerate(self.programs):
                self._enter(number, program, self._index)
        return self._index

    def _enter(self, number: int, program: Program, index: dict[str, list[tuple[int, int]]]) -> None:
        context = program.context(_silent)
        kept: dict[int, Record] = {}
        for frame in program.frames(context):
            if len(kept) <= KEPT:
                kept.update((record.number, record) for record in frame.records)
            for turn, subject in sorted(_subjects(program, frame)):
                if turn not in frame.repeated and turn not in frame.rejected:
                    index.setdefault(subject, []).append((number, frame.records[turn].number))
        if len(kept) <= KEPT:
            self._records[number] = kept

    def _trace(self, number: int, row: int) -> tuple[Traced, ...]:
        record = self._record(number, row)
        if record is None:
            return ()
        program = self.programs[number]
        return tuple(trace_record(program.moving, Frame(program.context(_silent), [record])))

    def _record(self, number: int, row: int) -> Record | None:
        if number in self._records:
            return self._records[number].get(row)
        return next((record for record in self.programs[number].input.records if record.number == row), None)


def _places(cells: Iterable[Cell]) -> list[Place]:
    return list(dict.fromkeys(cell.place for cell in cells))


def _subjects(program: Program, frame: Frame) -> set[tuple[int, str]]:
    """The subjects of a batch's records, each beside its record's turn."""
    found: set[tuple[int, str]] = set()
    for one in program.moving:
        batch = one.turns(frame.whole)
        subjects = one.subjects.evaluate(batch)
        one.reject_unnamed(batch, subjects)
        found.update(zip(batch.frame.root_turns(subjects.turns), subjects.texts, strict=True))
    return found
