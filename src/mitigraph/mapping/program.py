"""A mapping compiled for one input: its triples maps, what it feeds to joins, and the keys it mints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.mapping.batch import Batch, Context, Frame, batches
from mitigraph.mapping.calls import Surroundings
from mitigraph.mapping.compiled import PER_RECORD, Compiled, turns_where
from mitigraph.mapping.compiler import Compiler, Scope
from mitigraph.mapping.expression import Call, Expression, references, walk
from mitigraph.mapping.joins import Feed, Index
from mitigraph.mapping.names import CONTEXT_FUNCTIONS
from mitigraph.mapping.plan import Join, LogicalSource, Mapping, TriplesMap
from mitigraph.mapping.rules import CompiledMap, Made, Rule
from mitigraph.record import FieldRecord, Record, RecordSource

__all__ = ["Input", "Program", "compile_program", "minted_fields"]


@dataclass(frozen=True, slots=True)
class Input:
    """A file that is read as one of the mapping's sources. ``sha256`` is the digest (hex) of its bytes, if the mapping
    asks for it."""

    source: LogicalSource
    records: RecordSource
    file_name: str
    sha256: str


@dataclass(slots=True)
class Program:
    """A mapping compiled for one input. ``minted``: keys of entries, each with the triples maps that need it; ``condition``:
    which records are the source's own."""

    input: Input
    maps: list[CompiledMap]
    feeds: list[Feed]
    minted: list[tuple[Compiled, frozenset[str]]]
    condition: Compiled | None = None
    moving: list[CompiledMap] = field(init=False)
    """The triples maps that have to look at each record, without the rules that need not."""

    tells_records: bool = field(init=False)
    """Whether subjects depend on records: then one that is the same for all does not count as having mapped a record."""

    def __post_init__(self) -> None:
        self.moving = [one for one in self.maps if not one.is_static]
        for one in self.maps:
            rules = [rule for rule in one.rules if not rule.is_static]
            if one.is_static and rules:
                self.moving.append(replace(one, rules=rules))
        self.tells_records = any(one.subjects.level == PER_RECORD for one in self.moving)

    def context(self, report: Callable[[Finding], None]) -> Context:
        """What holds for all batches of the input."""
        return Context(self.input.file_name, self.input.records, report)

    def frames(self, context: Context) -> Iterator[Frame]:
        """The input's own records in batches; those for which the source's condition does not hold are passed over.

        Where reading has to stop, that is a finding, and what was read before it counts.
        """
        try:
            for records in batches(self.input.records):
                yield from self.framed(context, records)
        except InputError as error:
            self.stop(context, error)

    def framed(self, context: Context, records: Sequence[Record]) -> Iterator[Frame]:
        """Some records in one batch, if any of them is the source's own."""
        frame = Frame(context, records)
        if self.condition is not None:
            own = turns_where(self.condition, frame.whole).turns
            if len(own) < len(records):
                context.passed_over += len(records) - len(own)
                frame = Frame(context, [records[turn] for turn in own])
        if frame.records:
            yield frame

    def stop(self, context: Context, error: InputError) -> None:
        """Say why reading had to stop."""
        name = self.input.file_name
        message = f"reading stopped: {str(error).removeprefix(f'{name}: ')}"
        context.report(Finding("violation", error.code, message, Place(name)))

    def mint(self, frame: Frame, parts: Sequence[tuple[CompiledMap, Batch]]) -> None:
        """Mint the keys that the turns of triples maps ask for in the order of records: the later of two equal ones gives way."""
        for key, names in self.minted:
            asking = [batch for one, batch in parts if one.plan.name in names]
            turns = sorted({turn for batch in asking for turn in batch.frame.root_turns(batch.turns)})
            if turns:
                key.evaluate(frame.whole.select(turns))

    def static(self, report: Callable[[Finding], None]) -> Iterator[tuple[CompiledMap, Rule, Made]]:
        """The triples that do not depend on any record: constants, and what is said of the file."""
        whole = Frame(self.context(report), [FieldRecord(self.input.file_name, 1, 1, {})]).whole
        for one in self.maps:
            if one.is_static:
                batch = one.turns(whole)
                subjects = one.subjects.evaluate(batch)
                yield from ((one, rule, made) for rule in one.rules if rule.is_static for made in rule.make(batch, subjects))


def compile_program(
    mapping: Mapping, one: Input, around: Surroundings, indexes: dict[Join, Index], parents: Callable[[str], TriplesMap]
) -> Program:
    """Compile a mapping for an input. ``indexes`` are the hash tables that joins share across inputs."""
    compiler = Compiler(around, mapping.base, lambda join: indexes.setdefault(join, Index()) if join.conditions else None)
    columns = one.records.columns
    scope = Scope({}, frozenset(columns) if columns is not None else None)
    compiler.fields(one.source.fields, scope)
    plans = [plan for plan in mapping.triples_maps if one.source.name in plan.sources or not plan.sources]
    keys, editions = minted_fields(one.source), _editions(one.source)
    maps = []
    for plan in plans:
        made_of = set(_references(plan))
        is_keyed = not keys.isdisjoint(made_of) and made_of <= keys | editions
        maps.append(replace(compiler.triples_map(plan, scope, parents), is_keyed=is_keyed))
    feeds = [
        _feed(join, compiler, scope, parents, indexes)
        for join in _joins(mapping)
        if one.source.name in parents(join.triples_map).sources
    ]
    needs = {plan.name: _needs(plan, one.source) for plan in plans}
    minted = [(scope.fields[key], frozenset(name for name, needed in needs.items() if key in needed)) for key in sorted(keys)]
    moving = [(compiled, names) for compiled, names in minted if compiled.level == PER_RECORD]
    return Program(one, maps, feeds, moving, compiler.truth(one.source.condition, scope, one.source.where))


def _joins(mapping: Mapping) -> list[Join]:
    objects = (one for plan in mapping.triples_maps for rule in plan.rules for one in rule.objects)
    return list(dict.fromkeys(one for one in objects if isinstance(one, Join) and one.conditions))


def _feed(join: Join, compiler: Compiler, scope: Scope, parents: Callable[[str], TriplesMap], indexes: dict[Join, Index]) -> Feed:
    parent, inner = compiler.head(parents(join.triples_map), scope)
    keys = [compiler.texts(key, inner, join.where) for _, key in join.conditions]
    index = indexes.setdefault(join, Index())
    index.is_fed = True
    return Feed(parent, keys, index)


def minted_fields(source: LogicalSource) -> set[str]:
    """The fields of a source that are keys of entries."""
    return {name for name, _ in _key_calls(source)}


def _key_calls(source: LogicalSource) -> Iterator[tuple[str, Call]]:
    """Where keys are minted, each with its field."""
    for one in source.fields:
        for part in walk(one.expression):
            if isinstance(part, Call) and part.function == "key":
                yield one.name, part


def _editions(source: LogicalSource) -> set[str]:
    """What the keys of a source's entries are unique within: a part of the subject, but not of the entry."""
    names = CONTEXT_FUNCTIONS["key"]
    told = [dict(zip(names, call.arguments, strict=False)) | dict(call.named) for _, call in _key_calls(source)]
    return {name for given in told if "within" in given for name in references(given["within"])}


def _references(plan: TriplesMap) -> list[str]:
    """What a triples map's subjects are made of."""
    return [name for subject in plan.subjects if subject.expression is not None for name in references(subject.expression)]


def _needs(plan: TriplesMap, source: LogicalSource) -> set[str]:
    """Every name that a triples map's subjects and rules lead to, through fields of fields."""
    made_of = {one.name: references(one.expression) for one in (*source.fields, *plan.fields)}
    reached: set[str] = set()
    ahead = [name for expression in _expressions(plan) for name in references(expression)]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += made_of.get(name, ())
    return reached


def _expressions(plan: TriplesMap) -> Iterator[Expression]:
    for term in (*plan.subjects, *plan.graphs):
        yield from (one for one in (term.expression, term.datatype, term.language) if one is not None)
    for rule in plan.rules:
        for one in (*rule.predicates, *rule.graphs, *rule.objects):
            if isinstance(one, Join):
                yield from (child for child, _ in one.conditions)
            else:
                yield from (part for part in (one.expression, one.datatype, one.language) if part is not None)


def keys_of(plans: Sequence[TriplesMap], source: LogicalSource) -> list[tuple[str, ...]]:
    """The sources of each triples map whose subjects are made of the source's keys."""
    keys = minted_fields(source)
    return [plan.sources for plan in plans if source.name in plan.sources and not keys.isdisjoint(_references(plan))]
