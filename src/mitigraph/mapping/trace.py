"""The way back: from a triple to the cells and the rule it came from.

Nothing is kept triple by triple. An index of subjects (which records speak of them) is made when first asked for; then a
record is mapped again, rule by rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from mitigraph.finding import Finding, Place
from mitigraph.mapping.context import EACH, OWN, Context
from mitigraph.mapping.plan import Mapping as MappingPlan
from mitigraph.mapping.rules import CompiledMap, Rule
from mitigraph.record import Record
from mitigraph.terms import Triple

if TYPE_CHECKING:
    from mitigraph.mapping.run import Program

__all__ = ["Traced", "Tracer", "trace_record", "trace_static"]

KEPT = 200_000
"""Files with no more records than this are kept in memory once something in them is looked for."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A triple, the rule that made it, the cells it was made of, and those its subject is named by.

    An object that is empty: the rule made nothing of its cells.
    """

    triple: Triple
    rule: Rule
    places: tuple[Place, ...]
    named: tuple[Place, ...]


def _silent(finding: Finding) -> None:
    """Findings were reported when the record was mapped."""


def trace_record(maps: Sequence[CompiledMap], context: Context) -> Iterator[Traced]:
    """The triples of the context's record by rule; a rule that makes none gives one with an empty object."""
    for one in maps:
        for _ in one.turns(context):
            for subject in one.subjects.evaluate(context):
                for rule in one.rules:
                    yield from _trace_rule(rule, subject, context, one)


def _trace_rule(rule: Rule, subject: str, context: Context, one: CompiledMap) -> Iterator[Traced]:
    out: list[Triple] = []
    rule.emit(context, subject, out)
    # What only this rule reads comes first; a rule with a constant object says what its subject's cells say.
    key = one.subjects.references
    references = sorted(rule.source.references, key=lambda name: name in key) or key
    named = _places(context, key, context.position - 1)
    if not out:
        places = _places(context, references, 0)
        yield from (Traced((subject, predicate, ""), rule, places, named) for predicate in rule.predicates)
    for index, triple in enumerate(out):
        at = {OWN: index, EACH: context.position - 1}.get(rule.source.spot, 0)
        yield Traced(triple, rule, _places(context, references, at), named)


def _places(context: Context, references: Sequence[str], index: int) -> tuple[Place, ...]:
    if not references:
        return (Place(context.file, context.record.line, None, context.record.number),)
    return tuple(dict.fromkeys(context.record.place(reference, max(index, 0)) for reference in references))


def _of_its_own(rule: Rule, context: Context) -> list[str]:
    """What a rule reads of the record itself; of what lies around it ("^.") only what is empty can be why it made nothing."""
    return [name for name in rule.source.references if not name.startswith("^") or not context.record.values(name)]


def trace_static(program: Program) -> Iterator[Traced]:
    """What does not depend on any record: from the mapping file itself, or from the file as a whole."""
    from mitigraph.mapping.run import static_triples

    for one, triple, rule, level in static_triples(program, _silent):
        of_file = max(level, one.subjects.level) > 0
        places = (Place(program.input.file_name) if of_file else rule.where.place,)
        yield Traced(triple, rule, places, places)


class Tracer:
    """Looks for the cells behind triples, over all inputs of a run."""

    def __init__(self, mapping: MappingPlan, programs: Sequence[Program], chains: Mapping[str, str]) -> None:
        from mitigraph.mapping.run import moving_maps

        self.programs = programs
        self.chains = {f"<{name}>": f"<{step}>" for name, step in chains.items()}
        self.maps = [moving_maps(program) for program in programs]
        self.static = [traced for program in programs for traced in trace_static(program)]
        self._index: dict[str, list[tuple[int, int]]] | None = None
        self._records: dict[int, dict[int, Record]] = {}
        self.traced = lru_cache(maxsize=512)(self._trace)

    def head(self, number: int) -> Iterator[tuple[Triple, str]]:
        """The constants, then the triples of each input's first records, each with its rule."""
        yield from dict.fromkeys((one.triple, str(one.rule.where)) for one in self.static)
        for program, maps in zip(self.programs, self.maps, strict=True):
            context = program.context(_silent)
            for record in islice(program.input.records, number):
                context.start(record)
                found = [one for one in trace_record(maps, context) if one.triple[2]]
                if not context.repeated:
                    yield from ((one.triple, str(one.rule.where)) for one in found)

    def rules(self, subject: str, predicate: str, term: str) -> list[str]:
        """The rules behind a triple."""
        return list(dict.fromkeys(str(one.rule.where) for one in self._of(subject) if one.triple == (subject, predicate, term)))

    def locate(self, subject: str, predicate: str | None, term: str | None) -> list[Place]:
        """The cells behind what is asked for, by the best answer there is."""
        traced = self._of(subject)
        if predicate is None or not traced:
            return list(traced[0].named) if traced else []
        step = self.chains.get(predicate)
        # What the subject itself is said to have; failing that, what its assignments and links say at the chain's end.
        own = [one for one in traced if one.triple[:2] == (subject, predicate)]
        far = [one for one in traced if step is not None and one.triple[1] == step]
        made = [one for one in own if one.triple[2]], [one for one in far if one.triple[2]]
        exact = [[one for one in found if one.triple[2] == term] for found in made]
        best = next((found for found in (*exact, *made, own, far) if found), None)
        if best is not None:
            return list(dict.fromkeys(place for one in best for place in one.places))
        return self._unmade(subject, {predicate, step}) or list(traced[0].named)

    def _unmade(self, subject: str, predicates: set[str | None]) -> list[Place]:
        """The cells of rules that did not apply to the subject's records."""
        found: dict[Place, None] = {}
        for number, row in self._subjects().get(subject, ()):
            record = self._record(number, row)
            if record is None:
                continue
            context = self.programs[number].context(_silent)
            context.start(record)
            for one in self.maps[number]:
                if next(one.turns(context), True) is True:
                    rules = [rule for rule in one.rules if not predicates.isdisjoint(rule.predicates)]
                    found.update((place, None) for rule in rules for place in _places(context, _of_its_own(rule, context), 0))
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
            for number, (program, maps) in enumerate(zip(self.programs, self.maps, strict=True)):
                self._enter(number, program, maps, self._index)
        return self._index

    def _enter(self, number: int, program: Program, maps: Sequence[CompiledMap], index: dict[str, list[tuple[int, int]]]) -> None:
        context = program.context(_silent)
        kept: dict[int, Record] = {}
        for record in program.input.records:
            if len(kept) <= KEPT:
                kept[record.number] = record
            context.start(record)
            subjects = {subject for one in maps for _ in one.turns(context) for subject in one.subjects.evaluate(context)}
            if not context.repeated:
                for subject in subjects:
                    index.setdefault(subject, []).append((number, record.number))
        if len(kept) <= KEPT:
            self._records[number] = kept

    def _trace(self, number: int, row: int) -> tuple[Traced, ...]:
        record = self._record(number, row)
        if record is None:
            return ()
        context = self.programs[number].context(_silent)
        context.start(record)
        return tuple(trace_record(self.maps[number], context))

    def _record(self, number: int, row: int) -> Record | None:
        if number in self._records:
            return self._records[number].get(row)
        return next((record for record in self.programs[number].input.records if record.number == row), None)
