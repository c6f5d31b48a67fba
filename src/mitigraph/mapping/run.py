"""A run of a mapping over its inputs: triples as records are read, findings and counts, and the way back to a cell.

Every record counts once: mapped, rejected (its row cannot be read, or no rule is for it or can name it), or repeated (the
same entry was mapped before). What is rejected is told with a finding; nothing goes lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import repeat

from mitigraph.finding import Finding, Place
from mitigraph.mapping.batch import Context, Frame
from mitigraph.mapping.calls import Surroundings
from mitigraph.mapping.check_columns import check_columns, undefined_paths
from mitigraph.mapping.compiled import PER_RECORD
from mitigraph.mapping.count import Count
from mitigraph.mapping.joins import Index
from mitigraph.mapping.keys import KeyRegistry
from mitigraph.mapping.lines import lines
from mitigraph.mapping.origin import Origin
from mitigraph.mapping.plan import Join, Lexicon, LogicalSource, Mapping, TriplesMap
from mitigraph.mapping.program import Input, Program, compile_program, keys_of
from mitigraph.mapping.relayed import relayed, table_for_several
from mitigraph.mapping.rules import Made
from mitigraph.mapping.trace import Tracer
from mitigraph.mapping.traced import Statement
from mitigraph.record import Record
from mitigraph.terms import Quad, Triple

__all__ = ["Count", "Input", "Run"]


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
        self.programs = [
            compile_program(mapping, one, self._surroundings(one, number), self._indexes, self._parent)
            for number, one in enumerate(ordered)
        ]
        self._fed = False
        self._tracer: Tracer | None = None

    def report(self, finding: Finding) -> None:
        """Keep a finding unless the same was said of the same cell."""
        key = (finding.code, finding.place, finding.value, finding.message)
        if key not in self._told:
            self._told.add(key)
            self.findings.append(finding)

    @property
    def misses_parents(self) -> bool:
        """Whether records were to be joined to some that no input has."""
        return any(index.has_missed for index in self._indexes.values())

    def look_elsewhere(self, known: Callable[[Join, Sequence[str]], Sequence[str]]) -> None:
        """Take the subjects that ``known`` gives for the values of a join where no record of these inputs has the values."""
        for join, index in self._indexes.items():
            index.elsewhere = partial(known, join)

    def triples(self) -> Iterator[Triple]:
        """Every triple, as records are read; the same triple may come again."""
        for batch, _ in self._batches():
            for made in batch:
                yield from zip(made.subjects, made.predicates, made.objects, strict=True)

    def quads(self) -> Iterator[Quad]:
        """The same, each with the name of its graph."""
        for batch, _ in self._batches():
            for made in batch:
                yield from zip(made.subjects, made.predicates, made.objects, made.graphs or repeat(""), strict=False)

    def lines(self) -> Iterator[bytes]:
        """The same as lines of N-Quads (N-Triples where no graph is named), many at a time, record after record."""
        for batch, size in self._batches():
            yield lines(batch, size)

    def write(self, write: Callable[[bytes], object], runners: int = 1) -> None:
        """Write these lines. With several ``runners`` as many processes map a large table where that cannot be seen; ``write``
        must then lead, unbuffered, to a file that they can share. EngineError: one of them was killed."""
        self._feed_joins()
        write(lines(self._static(), 1))
        for program in self.programs:
            count, context = self._begun(program)
            table = table_for_several(self.mapping, program) if runners > 1 else None
            if table is not None:
                relayed(program, table, context, count, partial(self._block, program), runners, write)
            else:
                for frame in program.frames(context):
                    write(self._block(program, frame, count))
            self._finish(program, count, context)

    def _batches(self) -> Iterator[tuple[list[Made], int]]:
        """What depends on no record, then the triples of many records at a time, with their number."""
        self._feed_joins()
        yield self._static(), 1
        for program in self.programs:
            count, context = self._begun(program)
            for frame in program.frames(context):
                yield self._batch(program, frame, count), len(frame.records)
            self._finish(program, count, context)

    def head(self) -> Iterator[tuple[Statement, str]]:
        """Every triple, with its graph if it has one, and the rule it came from: as records are read, for a look at the first."""
        self._feed_joins()
        yield from self._tracing().head()

    def expect(self, subjects: Iterable[str]) -> None:
        """Of which subjects cells will be asked for, in about this order: their records are mapped once more many at a time."""
        self._feed_joins()
        self._tracing().expect(subjects)

    def locate(self, subject: str, predicate: str | None = None, object: str | None = None) -> list[Place]:
        """The cells that a triple, or all of a subject's triples of one predicate, came from.

        For what is not there: the cells that would have made it, else the subject's own.
        """
        self._feed_joins()
        return self._tracing().locate(subject, predicate, object)

    def rules(self, subject: str, predicate: str, object: str) -> list[str]:
        """The mapping rules that made a triple, as ``file:line key``."""
        return list(dict.fromkeys(origin.rule for origin in self.origins(subject, predicate, object)))

    def origins(self, subject: str, predicate: str, object: str) -> list[Origin]:
        """Every way in which a triple came about: the rule, and the cells with what is written in them.

        A triple that the run did not make has none. Nothing was kept for this: the records that speak of the subject are looked
        up, and mapped once more.
        """
        self._feed_joins()
        return self._tracing().origins(subject, predicate, object)

    # -- compiling -------------------------------------------------------------------------------------------

    def _surroundings(self, one: Input, number: int) -> Surroundings:
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
            number,
        )

    def _key_space(self, source: LogicalSource) -> str:
        """The first of the sources whose entries get their subjects by the same rule: their keys must not meet either."""
        shared = keys_of(self.mapping.triples_maps, source)
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

    # -- running ---------------------------------------------------------------------------------------------

    def _feed_joins(self) -> None:
        if self._fed:
            return
        self._fed = True
        last = max((number for number, program in enumerate(self.programs) if program.feeds), default=-1)
        for program in self.programs[: last + 1]:
            # Keys are minted in the order of files and records, whether or not a join asks for them first.
            if program.feeds or program.minted:
                for frame in program.frames(program.context(self.report)):
                    program.mint(frame, [(one, one.turns(frame.whole)) for one in program.moving])
                    for feed in program.feeds:
                        feed.take(frame)
        for join, index in self._indexes.items():
            if not index.is_fed and join.unmatched is not None:
                message = f"there is no file for {join.triples_map!r}: nothing is joined to it"
                self.report(Finding(join.unmatched, "no-parent", message, join.where.place))

    def _static(self) -> list[Made]:
        """Constant triples, each once, whichever inputs they come from."""
        static = (made for program in self.programs for _, _, made in program.static(self.report))
        quads = dict.fromkeys(quad for made in static for quad in zip(*made[1:4], made.graphs or repeat(""), strict=False))
        return [Made([0], [s], [p], [o], [g]) for s, p, o, g in quads]

    def _begun(self, program: Program) -> tuple[Count, Context]:
        count = Count(program.input.file_name, program.input.source.name)
        self.counts.append(count)
        return count, program.context(self.report)

    def _block(self, program: Program, frame: Frame, count: Count) -> bytes:
        return lines(self._batch(program, frame, count), len(frame.records))

    def _batch(self, program: Program, frame: Frame, count: Count) -> list[Made]:
        """The triples of a batch of records, those of its rejected and repeated records left out."""
        parts = [(one, one.turns(frame.whole)) for one in program.moving]
        program.mint(frame, parts)
        selected: set[int] = set()
        yielded: set[int] = set()
        out: list[Made] = []
        for one, batch in parts:
            subjects = one.subjects.evaluate(batch)
            asked, named = batch.frame.root_turns(batch.turns), batch.frame.root_turns(subjects.turns)
            selected.update(asked)
            if one.subjects.level == PER_RECORD or not program.tells_records:
                yielded.update(named)
            one.reject_unnamed(batch, subjects)
            for rule in one.rules:
                out += (made._replace(turns=batch.frame.root_turns(made.turns)) for made in rule.make(batch, subjects))
        # A mapping of constants has no rule that looks at records: none of them is left out by one.
        mapped = (yielded if parts else set(range(len(frame.records)))) - frame.rejected - frame.repeated
        self._count(program, frame, count, mapped, selected)
        if len(mapped) < len(frame.records):
            out = [_of_turns(made, mapped) for made in out]
        count.triples += sum(len(made.objects) for made in out)
        return out

    def _count(self, program: Program, frame: Frame, count: Count, mapped: set[int], selected: set[int]) -> None:
        repeated = len(frame.repeated)
        count.read += len(frame.records)
        count.mapped += len(mapped)
        count.repeated += repeated
        count.rejected += len(frame.records) - len(mapped) - repeated
        if len(mapped) + repeated < len(frame.records):
            for turn in range(len(frame.records)):
                if turn not in mapped and turn not in frame.repeated:
                    self._tell_rejected(program, frame, turn, turn in selected)

    def _tell_rejected(self, program: Program, frame: Frame, turn: int, is_selected: bool) -> None:
        record = frame.records[turn]
        here = record.place("")
        if turn in frame.noted:
            return
        if not is_selected:
            frame.context.report(Finding("info", "no-rule", "no rule of the mapping is for this record", here))
        elif program.moving:
            main = next((one for one in program.moving if one.is_keyed), program.moving[0])
            place = _unnamed(record, main.subjects.references) or here
            message = "the record has nothing to be named by and is left out"
            frame.context.report(
                Finding("violation", "no-subject", message, place, expected="a value", rule=str(main.plan.where))
            )

    def _finish(self, program: Program, count: Count, context: Context) -> None:
        one = program.input
        # A file of several lists may well lack one of them: that is worth a word only where nothing else was read of it.
        fed = any(other.read for other in self.counts if other.file == count.file)
        for finding in one.records.findings:
            if not (fed and finding.code == "empty-iterator"):
                self.report(finding)
        for finding in undefined_paths(self.mapping, one.source, one.records, one.file_name):
            self.report(finding)
        count.read += one.records.refused
        count.rejected += one.records.refused
        if context.passed_over:
            message = f"{context.passed_over} records are passed over: the condition of the source does not hold for them"
            self.report(Finding("info", "passed-over", message, Place(one.file_name), rule=str(one.source.where)))
        if context.alternatives:
            message = f"{count.repeated} entries are those of {self._root(one.source).name!r} and are not mapped again"
            self.report(Finding("info", "alternative-source", message, Place(one.file_name)))

    def _tracing(self) -> Tracer:
        if self._tracer is None:
            self._tracer = Tracer(self.programs, self.lexicon.chains)
        return self._tracer


def _of_turns(made: Made, turns: set[int]) -> Made:
    at = [position for position, turn in enumerate(made.turns) if turn in turns]
    s, p, o = ([column[position] for position in at] for column in (made.subjects, made.predicates, made.objects))
    graphs = None if made.graphs is None else [made.graphs[position] for position in at]
    return Made([made.turns[position] for position in at], s, p, o, graphs)


def _unnamed(record: Record, names: Sequence[str]) -> Place | None:
    """The cell whose emptiness leaves a record without a name."""
    for name in names:
        try:
            if not record.values(name):
                return record.place(name, 0)
        except KeyError:  # a column known by its place may lie outside the table
            continue
    return record.place(names[0], 0) if names else None
