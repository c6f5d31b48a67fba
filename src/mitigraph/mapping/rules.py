"""Compiled rules: what appends a subject's triples, and the triples map that goes through them for each record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from mitigraph.mapping.context import Compiled, Context, Evaluate
from mitigraph.mapping.plan import TriplesMap, Where
from mitigraph.terms import Triple

__all__ = ["CompiledMap", "Emit", "Rule", "emitter", "guarded"]

Emit = Callable[[Context, str, list[Triple]], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule: appends triples of a subject. ``predicates`` are those known beforehand; ``source`` what it reads."""

    where: Where
    emit: Emit
    predicates: tuple[str, ...]
    source: Compiled
    is_static: bool


@dataclass(slots=True)
class CompiledMap:
    """A triples map over one file."""

    plan: TriplesMap
    subjects: Compiled
    rules: list[Rule]
    condition: Callable[[Context], bool] | None
    passes: Compiled | None
    each_slot: int
    local_slots: tuple[int, ...]
    is_static: bool
    emits: list[Emit] = field(default_factory=list)
    is_keyed: bool = False
    """Whether the subject is made of the entry's key alone: a record without one is no entry, whatever else it yields."""

    def keep(self, rules: list[Rule]) -> CompiledMap:
        """The same with these rules."""
        return replace(self, rules=rules, emits=[rule.emit for rule in rules])

    def turns(self, context: Context) -> Iterator[None]:
        """One turn for each value of ``each`` (one in all without it) for which the condition holds."""
        if self.passes is None:
            if self.condition is None or self.condition(context):
                yield
            return
        outer = context.position
        for position, text in enumerate(self.passes.evaluate(context), 1):
            context.position = position
            for slot in self.local_slots:
                context.slots[slot] = None
            context.slots[self.each_slot] = [text]
            if self.condition is None or self.condition(context):
                yield
        context.position = outer

    def run(self, context: Context, out: list[Triple]) -> None:
        """Append the triples of the context's record."""
        if self.passes is not None:
            for _ in self.turns(context):
                self.apply(context, out)
        elif self.condition is None or self.condition(context):
            self.apply(context, out)

    def apply(self, context: Context, out: list[Triple]) -> None:
        """Append the triples of one turn."""
        context.selected = True
        subjects = self.subjects.evaluate(context)
        if self.is_keyed and not subjects:
            context.rejected = True
        for subject in subjects:
            context.yielded = True
            for emit in self.emits:
                emit(context, subject, out)


def emitter(predicates: Compiled, objects: Compiled) -> Emit:
    """What appends a rule's triples; the commonest rule has one predicate."""
    if predicates.fixed is None or len(predicates.fixed) != 1:
        return _general_emitter(predicates.evaluate, objects.evaluate)
    (predicate,) = predicates.fixed
    if objects.fixed is not None and len(objects.fixed) == 1:
        (term,) = objects.fixed
        return lambda context, subject, out: out.append((subject, predicate, term))
    read = objects.evaluate

    def emit(context: Context, subject: str, out: list[Triple]) -> None:
        for term in read(context):
            out.append((subject, predicate, term))

    return emit


def _general_emitter(predicates: Evaluate, objects: Evaluate) -> Emit:
    def emit(context: Context, subject: str, out: list[Triple]) -> None:
        terms = objects(context)
        out.extend((subject, predicate, term) for predicate in predicates(context) for term in terms)

    return emit


def guarded(emit: Emit, condition: Callable[[Context], bool]) -> Emit:
    """A rule under a condition."""

    def checked(context: Context, subject: str, out: list[Triple]) -> None:
        if condition(context):
            emit(context, subject, out)

    return checked
