"""A run: a mapping over its files, records in, triples out; what was found and counted, and the way back to the cells.

Memory stays flat but for the keys of entries and the hash tables of joins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.mapping.calls import Surroundings
from mitigraph.mapping.check import check_columns
from mitigraph.mapping.compiler import Compiler, Index, Scope
from mitigraph.mapping.context import Compiled, Context
from mitigraph.mapping.expression import Call, references, walk
from mitigraph.mapping.keys import KeyRegistry
from mitigraph.mapping.names import CONTEXT_FUNCTIONS
from mitigraph.mapping.plan import Join, Lexicon, LogicalSource, Mapping, TriplesMap
from mitigraph.mapping.rules import CompiledMap, Rule
from mitigraph.mapping.trace import Tracer
from mitigraph.record import FieldRecord, Record, RecordSource
from mitigraph.terms import Triple

__all__ = ["Count", "Input", "Program", "Run"]


@dataclass(frozen=True, slots=True)
class Input:
    """A file that is read as one of the mapping's sources. ``sha256`` is the digest (hex) of its bytes."""

    source: LogicalSource
    records: RecordSource
    file_name: str
    sha256: str


@dataclass(slots=True)
class Count:
    """What became of a file's records: ``read`` = ``mapped`` + ``rejected`` + ``repeated``."""

    file: str
    source: str
    read: int = 0
    mapped: int = 0
    rejected: int = 0
    repeated: int = 0
    triples: int = 0


@dataclass(slots=True)
class Feed:
    """What a file gives to a join: the subjects of a triples map under the values of the parent's conditions."""

    parent: CompiledMap
    keys: list[Compiled]
    index: Index

    def take(self, context: Context) -> None:
        """Enter the context's record into the hash table."""
        for _ in self.parent.turns(context):
            values = [key.evaluate(context) for key in self.keys]
            subjects = self.parent.subjects.evaluate(context) if all(values) else []
            for combination in product(*values):
                self.index.setdefault(combination, {}).update(dict.fromkeys(subjects))


@dataclass(slots=True)
class Program:
    """A mapping compiled for one input."""

    input: Input
    maps: list[CompiledMap]
    feeds: list[Feed]
    slots: int

    def context(self, report: Callable[[Finding], None]) -> Context:
        """A fresh context; its record is empty, for what does not depend on one."""
        context = Context(self.input.file_name, self.slots, report)
        context.record = FieldRecord(self.input.file_name, 1, 1, {})
        return context


class Run:
    """A mapping over all its inputs.

    ``triples()`` yields as it reads; afterwards ``findings`` and ``counts`` are complete. MappingError: a file lacks columns
    that the mapping reads.
    """

    def __init__(self, mapping: Mapping, inputs: Sequence[Input], lexicon: Lexicon, registry: KeyRegistry | None = None) -> None:
        self.mapping, self.lexicon = mapping, lexicon
        self.registry = registry if registry is not None else KeyRegistry()
        self.findings: list[Finding] = list(mapping.findings)
        self.counts: list[Count] = []
        self._told: set[tuple[object, ...]] = set()
        self._indexes: dict[Join, Index] = {}
        ordered = sorted(inputs, key=lambda one: (self._depth(one.source), mapping.sources.index(one.source)))
        for note in check_columns(mapping, [(one.source, one.records, one.file_name) for one in ordered]):
            self.report(note)
        self.programs = [self._program(one) for one in ordered]
        self._fed = False
        self._tracer: Tracer | None = None

    def report(self, finding: Finding) -> None:
        """Keep a finding unless the same was said of the same cell."""
        key = (finding.code, finding.place, finding.value)
        if key not in self._told:
            self._told.add(key)
            self.findings.append(finding)

    def triples(self) -> Iterator[Triple]:
        """Every triple, as records are read; the same triple may come again."""
        return chain.from_iterable(self._batches())

    def _batches(self) -> Iterator[Iterable[Triple]]:
        """What depends on no record, then the triples of one record after the other."""
        self._feed_joins()
        yield dict.fromkeys(triple for program in self.programs for _, triple, _, _ in static_triples(program, self.report))
        for program in self.programs:
            yield from self._records(program)

    def head(self, number: int) -> Iterator[tuple[Triple, str]]:
        """The triples of each input's first records, each with the rule it came from."""
        self._feed_joins()
        tracer = self._tracing()
        yield from tracer.head(number)

    def locate(self, subject: str, predicate: str | None = None, object: str | None = None) -> list[Place]:
        """The cells that a triple, or all of a subject's triples of one predicate, came from.

        For what is not there: the cells that would have made it, else the subject's own.
        """
        self._feed_joins()
        return self._tracing().locate(subject, predicate, object)

    def rules(self, subject: str, predicate: str, object: str) -> list[str]:
        """The mapping rules that made a triple, as ``file:line key``."""
        self._feed_joins()
        return self._tracing().rules(subject, predicate, object)

    # -- compiling -------------------------------------------------------------------------------------------

    def _program(self, one: Input) -> Program:
        compiler = Compiler(self._surroundings(one), self.mapping.base, self._index_of(one.source))
        columns = one.records.columns
        scope = Scope({}, frozenset(columns) if columns is not None else None)
        compiler.fields(one.source.fields, scope)
        maps = [
            compiler.triples_map(plan, scope, self._parent)
            for plan in self.mapping.triples_maps
            if one.source.name in plan.sources or not plan.sources
        ]
        for compiled in maps:
            made_of = _references(compiled.plan)
            keys = _minted(one.source)
            compiled.is_keyed = not keys.isdisjoint(made_of) and made_of <= keys | _editions(one.source)
        feeds = [
            self._feed(join, compiler, scope)
            for join in self._joins()
            if one.source.name in self._parent(join.triples_map).sources
        ]
        return Program(one, maps, feeds, compiler.slots)

    def _surroundings(self, one: Input) -> Surroundings:
        dataset = self.mapping.dataset or self.mapping.name
        scope = (dataset, self._key_space(self._root(one.source)))
        return Surroundings(
            self.mapping.name,
            dataset,
            one.source,
            scope,
            one.file_name,
            one.sha256,
            self.lexicon.schemes,
            self.mapping.lookups,
            self.registry,
        )

    def _key_space(self, source: LogicalSource) -> str:
        """The first of the sources whose entries get their subjects by the same rule: their keys must not meet either."""
        keys = _minted(source)
        shared = [
            plan.sources
            for plan in self.mapping.triples_maps
            if source.name in plan.sources and not keys.isdisjoint(_references(plan))
        ]
        named = {name for sources in shared for name in sources} | {source.name}
        return next(one.name for one in self.mapping.sources if one.name in named)

    def _root(self, source: LogicalSource) -> LogicalSource:
        for _ in self.mapping.sources:
            other = self.mapping.source(source.alternative_to) if source.alternative_to else None
            if other is None:
                break
            source = other
        return source

    def _depth(self, source: LogicalSource) -> int:
        return int(self._root(source) is not source)

    def _parent(self, name: str) -> TriplesMap:
        parent = self.mapping.triples_map(name)
        assert parent is not None, "check has seen to it"
        return parent

    def _joins(self) -> list[Join]:
        return list(
            dict.fromkeys(
                one
                for plan in self.mapping.triples_maps
                for rule in plan.rules
                for one in rule.objects
                if isinstance(one, Join) and one.conditions
            )
        )

    def _index_of(self, source: LogicalSource) -> Callable[[Join], Index | None]:
        return lambda join: self._indexes.setdefault(join, {}) if join.conditions else None

    def _feed(self, join: Join, compiler: Compiler, scope: Scope) -> Feed:
        parent, inner = compiler.head(self._parent(join.triples_map), scope)
        keys = [compiler.texts(key, inner, join.where) for _, key in join.conditions]
        return Feed(parent, keys, self._indexes.setdefault(join, {}))

    # -- running ---------------------------------------------------------------------------------------------

    def _feed_joins(self) -> None:
        if self._fed:
            return
        self._fed = True
        for program in self.programs:
            if program.feeds:
                context = program.context(self.report)
                for record in program.input.records:
                    context.start(record)
                    for feed in program.feeds:
                        feed.take(context)

    def _records(self, program: Program) -> Iterator[list[Triple]]:
        one = program.input
        count = Count(one.file_name, one.source.name)
        self.counts.append(count)
        context = program.context(self.report)
        moving = moving_maps(program)
        try:
            for record in one.records:
                out = self._record(context, record, moving, count)
                count.triples += len(out)
                yield out
        except InputError as error:
            message = f"reading stopped: {str(error).removeprefix(f'{one.file_name}: ')}"
            self.report(Finding("violation", "unreadable-data", message, Place(one.file_name)))
        self._finish(program, count, context)

    def _record(self, context: Context, record: Record, maps: list[CompiledMap], count: Count) -> list[Triple]:
        context.start(record)
        out: list[Triple] = []
        for one in maps:
            one.run(context, out)
        count.read += 1
        if context.repeated:
            count.repeated += 1
            return []
        if context.yielded and not context.rejected:
            count.mapped += 1
            return out
        count.rejected += 1
        self._tell_rejected(context, maps)
        return []

    def _tell_rejected(self, context: Context, maps: list[CompiledMap]) -> None:
        record = context.record
        here = Place(context.file, record.line, None, record.number)
        if not context.selected:
            self.report(Finding("info", "no-rule", "no rule of the mapping is for this record", here))
        elif not context.noted and maps:
            main = next((one for one in maps if one.is_keyed), maps[0])
            place = _unnamed(context, main.subjects.references) or here
            message = "the record has nothing to be named by and is left out"
            self.report(Finding("violation", "no-subject", message, place, expected="a value", rule=str(main.plan.where)))

    def _finish(self, program: Program, count: Count, context: Context) -> None:
        one = program.input
        # A file of several lists may well lack one of them: that is worth a word only where nothing else was read of it.
        fed = any(other.read for other in self.counts if other.file == count.file)
        for finding in one.records.findings:
            if not (fed and finding.code == "empty-iterator"):
                self.report(finding)
        count.read += one.records.refused
        count.rejected += one.records.refused
        if context.alternatives:
            message = f"{count.repeated} entries are those of {self._root(one.source).name!r} and are not mapped again"
            self.report(Finding("info", "alternative-source", message, Place(one.file_name)))

    def _tracing(self) -> Tracer:
        if self._tracer is None:
            self._tracer = Tracer(self.mapping, self.programs, self.lexicon.chains)
        return self._tracer


def _unnamed(context: Context, names: Sequence[str]) -> Place | None:
    """The cell whose emptiness leaves a record without a name."""
    for name in names:
        try:
            if not context.record.values(name):
                return context.record.place(name, 0)
        except KeyError:  # a column known by its place may lie outside the table
            continue
    return context.record.place(names[0], 0) if names else None


def _minted(source: LogicalSource) -> set[str]:
    """The fields of a source that are keys of entries."""
    return {name for name, _ in _key_calls(source)}


def _key_calls(source: LogicalSource) -> Iterator[tuple[str, Call]]:
    """Where keys are minted, each with its field."""
    for field in source.fields:
        for part in walk(field.expression):
            if isinstance(part, Call) and part.function == "key":
                yield field.name, part


def _editions(source: LogicalSource) -> set[str]:
    """What the keys of a source's entries are unique within: a part of the subject, but not of the entry."""
    names = CONTEXT_FUNCTIONS["key"]
    told = [dict(zip(names, call.arguments, strict=False)) | dict(call.named) for _, call in _key_calls(source)]
    return {name for given in told if "within" in given for name in references(given["within"])}


def _references(plan: TriplesMap) -> set[str]:
    """What a triples map's subjects are made of."""
    return {name for subject in plan.subjects if subject.expression for name in references(subject.expression)}


def moving_maps(program: Program) -> list[CompiledMap]:
    """The triples maps that have to look at each record, without the rules that need not."""
    moving = [one for one in program.maps if not one.is_static]
    for one in program.maps:
        rules = [rule for rule in one.rules if not rule.is_static]
        if one.is_static and rules:
            moving.append(one.keep(rules))
    return moving


def static_triples(program: Program, report: Callable[[Finding], None]) -> Iterator[tuple[CompiledMap, Triple, Rule, int]]:
    """The triples that do not depend on any record: constants, and what is said of the file."""
    context = program.context(report)
    for one in program.maps:
        if not one.is_static:
            continue
        for _ in one.turns(context):
            for subject in one.subjects.evaluate(context):
                for rule in (rule for rule in one.rules if rule.is_static):
                    out: list[Triple] = []
                    rule.emit(context, subject, out)
                    for triple in out:
                        yield one, triple, rule, rule.source.level
