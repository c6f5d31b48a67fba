"""The way back: from a triple to the cells and the rule it came from.

Nothing is kept triple by triple. An index of subjects (which records speak of them) is made when first asked for; then records
are mapped again, rule by rule: those that are expected to be asked for many at a time, in the order in which they will be.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from mitigraph.finding import Place
from mitigraph.mapping.batch import TOGETHER, Frame
from mitigraph.mapping.joins import Joined
from mitigraph.mapping.origin import Cell, Origin
from mitigraph.mapping.program import Program
from mitigraph.mapping.traced import Statement, Traced, Traces, silent, trace, trace_static
from mitigraph.record import Record

__all__ = ["Tracer"]

KEPT = 200_000
"""Files with no more records than this are kept in memory once something in them is looked for; of others those expected."""

KEPT_TRACES = 2_000
"""So many records' traces are kept: some batches."""

FEW = 8
"""A subject that more records speak of does not bring them along: they would hardly be asked for by themselves."""

Where = tuple[int, int]
"""The number of an input, and of a record in it."""


class Tracer:
    """Looks for the cells behind triples, over all inputs of a run."""

    def __init__(self, programs: Sequence[Program], chains: Mapping[str, str]) -> None:
        self.programs = programs
        self.chains = {f"<{name}>": f"<{step}>" for name, step in chains.items()}
        self.static = [traced for program in programs for traced in trace_static(program)]
        self.batches = 0
        """How many times records went through the rules together to be traced."""
        self._expected: dict[str, None] = {}
        self._index: dict[str, list[Where]] | None = None
        self._together: dict[Where, list[int]] = {}
        self._records: dict[int, dict[int, Record]] = {}
        self._partly: set[int] = set()
        self._traces: OrderedDict[Where, Traces | None] = OrderedDict()
        self._of = lru_cache(maxsize=8)(self._said_of)

    def expect(self, subjects: Iterable[str]) -> None:
        """What will be asked about, in this order."""
        self._expected.update(dict.fromkeys(subjects))
        if self._index is not None:
            self._put_together(self._index)

    def head(self) -> Iterator[tuple[Statement, str]]:
        """The constants, then the triples of one record after the other, each with its graph if it has one, and its rule."""
        yield from dict.fromkeys((one.statement, str(one.rule.where)) for one in self.static)
        for program in self.programs:
            context = program.context(silent)
            for record in (record for frame in program.frames(context) for record in frame.records):
                frame = Frame(context, [record])
                found = [one for traces in trace(program.moving, frame) for one in traces.made if one.triple[2]]
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
        there = (one for traces in self._traces_of(self._subjects().get(term, ())) for one in traces.made)
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
        for traces in self._traces_of(self._subjects().get(subject, ())):
            for one in traces.idle:
                rules = [rule for rule in one.rules if not predicates.isdisjoint(rule.predicates.fixed or ())]
                cells = [cell for rule in rules for cell in traces.turn.of_its_own(rule.objects)]
                found.update(dict.fromkeys(_places(cells)))
        return [place for place in found if place.column or place.pointer]

    def _said_of(self, subject: str) -> list[Traced]:
        """What the records that speak of a subject say, its own triples first."""
        found = [one for one in self.static if one.triple[0] == subject]
        for traces in self._traces_of(self._subjects().get(subject, ())):
            found += traces.made
        return sorted(found, key=lambda one: one.triple[0] != subject)

    # -- which records ---------------------------------------------------------------------------------------

    def _subjects(self) -> dict[str, list[Where]]:
        if self._index is None:
            self._index = {}
            for number, program in enumerate(self.programs):
                self._enter(number, program, self._index)
            self._put_together(self._index)
        return self._index

    def _enter(self, number: int, program: Program, index: dict[str, list[Where]]) -> None:
        context = program.context(silent)
        kept: dict[int, Record] = {}
        expected: dict[int, Record] = {}
        for frame in program.frames(context):
            if len(kept) <= KEPT:
                kept.update((record.number, record) for record in frame.records)
            for turn, subject in sorted(_subjects(program, frame)):
                if turn not in frame.repeated and turn not in frame.rejected:
                    record = frame.records[turn]
                    index.setdefault(subject, []).append((number, record.number))
                    if subject in self._expected:
                        expected[record.number] = record
        if len(kept) > KEPT:
            self._partly.add(number)
        self._records[number] = expected if number in self._partly else kept

    def _put_together(self, index: Mapping[str, Sequence[Where]]) -> None:
        """Which records will be traced together: those that will be asked for after one another."""
        ahead: dict[int, dict[int, None]] = defaultdict(dict)
        for subject in self._expected:
            places = index.get(subject, ())
            if len(places) <= FEW:
                for number, row in places:
                    if (number, row) not in self._traces:
                        ahead[number][row] = None
        for number, rows in ahead.items():
            ordered = [*rows]
            for start in range(0, len(ordered), TOGETHER):
                batch = ordered[start : start + TOGETHER]
                self._together.update(((number, row), batch) for row in batch)

    # -- their traces ----------------------------------------------------------------------------------------

    def _traces_of(self, places: Iterable[Where]) -> Iterator[Traces]:
        """What became of some records, each traced with those that will be asked for after it."""
        wanted = list(places)
        missing: dict[int, dict[int, None]] = defaultdict(dict)
        for number, row in (one for one in wanted if one not in self._traces):
            # A batch is traced once: what was thrown away of it since then is traced by itself.
            missing[number].update(dict.fromkeys(self._together.get((number, row), ())))
            missing[number][row] = None
        known = {one: self._traces[one] for one in wanted if one in self._traces}
        for number, rows in missing.items():
            for traced in self._trace(number, [*rows]):
                known.update(traced)
        for one in wanted:
            traces = known[one]
            if traces is not None:
                yield traces

    def _trace(self, number: int, rows: Sequence[int]) -> Iterator[dict[Where, Traces | None]]:
        program, records = self.programs[number], self._found(number, rows)
        for start in range(0, len(rows), TOGETHER):
            batch = rows[start : start + TOGETHER]
            frame = Frame(program.context(silent), [records[row] for row in batch if row in records])
            found = trace(program.moving, frame) if frame.records else []
            traced = dict[Where, Traces | None].fromkeys((number, row) for row in batch)
            traced.update(((number, record.number), one) for record, one in zip(frame.records, found, strict=True))
            self.batches += 1
            self._keep(traced)
            yield traced

    def _keep(self, traced: Mapping[Where, Traces | None]) -> None:
        for where in traced:
            self._together.pop(where, None)
        self._traces.update(traced)
        while len(self._traces) > KEPT_TRACES:
            self._traces.popitem(last=False)

    def _found(self, number: int, rows: Sequence[int]) -> dict[int, Record]:
        """The records of some numbers, those that were not kept read again."""
        kept = self._records[number]
        found = {row: kept[row] for row in rows if row in kept}
        wanted = set(rows).difference(found) if number in self._partly else ()
        if wanted:
            found.update((one.number, one) for one in self.programs[number].input.records if one.number in wanted)
        return found


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
