"""The whole road in reading order: START READING HERE.

sources → records → mapping → asserted triples → inference → SHACL → findings at their cells → a folder of files

Each step lives in a room of its own; here they only follow one another. Graphs are sets of N-Triples-encoded triples
(``mitigraph.terms``); data flows one way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from mitigraph import gather
from mitigraph.errors import InputError, UsageError
from mitigraph.finding import Finding, Place, at_least, order, worst
from mitigraph.formats import FORMATS, Format, format_for, format_named
from mitigraph.gather import Found, Gathered
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Count, KeyRegistry, MappingError, Run
from mitigraph.mapping import Mapping as RecordMapping
from mitigraph.parse import FETCHED, imports, parse_quads
from mitigraph.terms import Quad, Triple

if TYPE_CHECKING:
    from mitigraph.shacl import Result
    from mitigraph.shacl.data import Tables

__all__ = [
    "Built",
    "Dataset",
    "Validation",
    "as_rml",
    "build",
    "head",
    "map_records",
    "read_dataset",
    "validate",
    "written",
]

# The steps that not every verb takes are imported where they are taken: starting up is most of the time of a small run.

SMALL = 5_000
"""Of no more triples than these all that follows is inferred: that is sooner done than to find out what shapes can see."""
BYTES_OF_SMALL = 100 * SMALL
"""A file of N-Triples that is no longer is read as a whole, for the same reason."""

LINES = ("ntriples", "nquads")
"""Formats that are written as records are read."""


@dataclass
class Dataset:
    """What came of the sources: asserted triples, what was read, what was found, and the way back to the cells.

    Read for a check alone, N-Triples are not among ``asserted``: ``tables`` hold what the check looks at, and of the rest only
    what is odd is ``noticed``.
    """

    files: list[Found]
    asserted: set[Triple] = field(default_factory=set)
    runs: list[Run] = field(default_factory=list)
    counts: list[tuple[str, Count]] = field(default_factory=list)
    rdf: list[Found] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: bool = False
    tables: Tables | None = None
    noticed: list[Triple] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Whether all that was named was refused: then there is nothing to write."""
        return self.refused and not self.runs and not self.rdf

    def refuse(self, *findings: Finding) -> None:
        """Something that was named outright is not taken; the rest goes on."""
        self.refused = True
        self.findings.extend(findings)


@dataclass
class Validation:
    """What inference added and what the shapes say; ``findings`` holds the dataset's own too, in the one order."""

    inferred: set[Triple]
    results: list[Result]
    findings: list[Finding]


@dataclass
class Built:
    """What a build did; ``written`` is False when the earlier folder was kept: by ``--strict``, or as all was refused."""

    dataset: Dataset
    validation: Validation
    files: dict[str, bytes]
    written: bool


def read_dataset(
    paths: Sequence[str], knowledge: Knowledge, only: RecordMapping | None = None, check: Sequence[Triple] | None = None
) -> Dataset:
    """Find the files, fit each to its mapping (or to ``only``), map them; RDF that was named outright is taken in as it is.

    A dataset is one graph: what a mapping puts in named graphs is taken in with a note. Where it is read for nothing but a
    ``check`` against these shapes, of N-Triples only what they can see is kept.
    """
    asserted: set[Triple] = set()
    naming: list[str] = []

    def take_rdf(name: str, quads: list[Quad]) -> None:
        asserted.update((s, p, o) for s, p, o, _ in quads)
        naming.extend([name] if any(graph for *_, graph in quads) else [])

    dataset = _read(paths, knowledge, only, lambda run: asserted.update(run.triples()), take_rdf, check)
    dataset.asserted = asserted
    for name in [*naming, *(run.mapping.name for run in dataset.runs if run.mapping.names_graphs)]:
        message = "it names graphs; a dataset is one graph, and their triples are taken into it"
        dataset.findings.append(Finding("info", "graphs-merged", message, Place(name)))
    return dataset


def map_records(
    paths: Sequence[str],
    knowledge: Knowledge,
    only: RecordMapping | None,
    data_format: Format,
    write: Callable[[bytes], object],
    runners: int = 1,
) -> Dataset:
    """The same without keeping the graph: N-Triples and N-Quads are written as records are read, whatever their number
    (a triple that several records make comes several times); other formats when all is read. With several ``runners`` as many
    processes map a large table; ``write`` must then lead, unbuffered, to a file.

    Raises UsageError when a mapping names graphs and the format cannot.
    """
    quads: set[Quad] = set()

    def refuse(name: str) -> None:
        raise UsageError(f"{name} names graphs and {data_format.name} cannot: write nquads, trig or jsonld")

    def take(run: Run) -> None:
        if run.mapping.names_graphs and not data_format.is_quads:
            refuse(run.mapping.name)
        if data_format.name not in LINES:
            quads.update(run.quads())
            return
        run.write(write, runners)

    def take_rdf(name: str, given: list[Quad]) -> None:
        if not data_format.is_quads and any(graph for *_, graph in given):
            refuse(name)
        quads.update(given)

    dataset = _read(paths, knowledge, only, take, take_rdf)
    if quads or (data_format.name not in LINES and not dataset.is_nothing):
        from mitigraph.serialise import write_quads

        write(write_quads(quads, data_format, _with_own_prefixes(knowledge.context, dataset, data_format)))
    return dataset


def _with_own_prefixes(context: dict[str, object], dataset: Dataset, data_format: Format) -> dict[str, object]:
    """The context, and the mappings' own prefixes where only those that are used are written."""
    if data_format.name == "jsonld":
        return context
    own = {name: space for run in dataset.runs for name, space in run.mapping.prefixes.items() if not name.startswith("@")}
    return own | context


def _read(
    paths: Sequence[str],
    knowledge: Knowledge,
    only: RecordMapping | None,
    take: Callable[[Run], None],
    take_rdf: Callable[[str, list[Quad]], None],
    shapes: Sequence[Triple] | None = None,
) -> Dataset:
    dataset, gathered = _gathered(paths, knowledge, only)
    for run in _runs(dataset, gathered, knowledge, only):
        take(run)
        dataset.runs.append(run)
        dataset.counts.extend((run.mapping.name, count) for count in run.counts)
        dataset.findings.extend(run.findings)
    read = [program.input for run in dataset.runs for program in run.programs]
    dataset.findings.extend(gather.without_records(read, [count for _, count in dataset.counts]))
    for file, data_format in gathered.rdf:
        if shapes is not None and data_format.name == "ntriples" and file.content.size > BYTES_OF_SMALL:
            _take_columns(dataset, file, knowledge, shapes)
        else:
            _take_rdf(dataset, file, data_format, knowledge, take_rdf)
    return dataset


def _take_columns(dataset: Dataset, file: Found, knowledge: Knowledge, shapes: Sequence[Triple]) -> None:
    """What a check needs of a file of N-Triples."""
    from mitigraph import locate
    from mitigraph.columns import read_columns
    from mitigraph.outlook import Watch, outlook
    from mitigraph.shacl.data import Tables
    from mitigraph.shacl.engine import unhurried
    from mitigraph.vocabulary_check import unknown_in_rdf

    with unhurried():
        try:
            keep = outlook(shapes, knowledge).keep
            wanted = None if keep is None else keep | FETCHED
            found = read_columns(file.content, file.name, wanted, Watch(knowledge))
        except InputError as error:
            dataset.refuse(gather.refusal(file.name, error))
            return
        fetched = [(s, p, o) for p in FETCHED & found.columns.keys() for s, o in zip(*found.columns[p], strict=True)]
        dataset.tables = dataset.tables or Tables()
        for predicate in list(found.columns):
            dataset.tables.add_columns(predicate, *found.columns.pop(predicate))
    dataset.rdf.append(file)
    dataset.noticed.extend(found.noticed)
    dataset.findings.extend(locate.not_fetched(file.name, imports(fetched)))
    dataset.findings.extend(unknown_in_rdf(file, found.noticed, knowledge))


def _take_rdf(
    dataset: Dataset, file: Found, data_format: Format, knowledge: Knowledge, take: Callable[[str, list[Quad]], None]
) -> None:
    from mitigraph import locate
    from mitigraph.vocabulary_check import unknown_in_rdf

    try:
        quads = parse_quads(file.content.read(), data_format, file.name)
    except InputError as error:
        dataset.refuse(gather.refusal(file.name, error))
        return
    take(file.name, quads)
    triples = [(s, p, o) for s, p, o, _ in quads]
    dataset.rdf.append(file)
    dataset.findings.extend(locate.not_fetched(file.name, imports(triples)))
    dataset.findings.extend(unknown_in_rdf(file, triples, knowledge))


def head(
    paths: Sequence[str], knowledge: Knowledge, only: RecordMapping | None, number: int
) -> tuple[Dataset, list[tuple[tuple[str, ...], str]]]:
    """The first triples, with the names of their graphs, each beside the rule that made it.

    The dataset says which files were not taken.
    """
    dataset, gathered = _gathered(paths, knowledge, only)
    rows: Iterator[tuple[tuple[str, ...], str]]
    rows = (row for run in _runs(dataset, gathered, knowledge, only) for row in run.head())
    return dataset, list(islice(rows, number))


def validate(
    dataset: Dataset,
    knowledge: Knowledge,
    shapes: Sequence[Triple] | None = None,
    timeout: float | None = None,
    engine: str = "own",
) -> Validation:
    """Infer what the shapes (the project's own unless given) can see, then hold the graph against them: findings point at cells.

    Raises EngineError when it takes longer than ``timeout`` seconds.
    """
    from mitigraph.deadline import within

    with within(timeout):
        inferred = _visible(dataset, knowledge, knowledge.shapes if shapes is None else shapes)
        return _validation(dataset, inferred, knowledge, shapes, timeout, engine)


def build(paths: Sequence[str], place: Path, knowledge: Knowledge, strict_level: str | None = None) -> Built:
    """Sources in, a whole folder out. With ``strict_level`` the earlier folder stays when a finding reaches that level;
    it always does when nothing at all could be read.

    Raises EngineError when the folder cannot be written.
    """
    from mitigraph import release, swap

    swap.refuse_foreign(place)
    dataset = read_dataset(paths, knowledge)
    if dataset.is_nothing:
        return Built(dataset, Validation(set(), [], sorted(dataset.findings, key=order)), {}, False)
    inferred = _inferred(dataset, knowledge)
    validation = _validation(dataset, inferred, knowledge)
    files = release.graphs(dataset.asserted, inferred, knowledge)
    files |= release.reports(validation.findings, validation.results, knowledge)
    contents = release.Contents(dataset.files, dataset.counts, validation.findings, dataset.asserted, inferred)
    files |= release.metadata(files, contents, knowledge)
    keep = strict_level is not None and at_least(worst(validation.findings), strict_level)
    if not keep:
        swap.replace_folder(place, files)
    return Built(dataset, validation, files, not keep)


def _gathered(paths: Sequence[str], knowledge: Knowledge, only: RecordMapping | None) -> tuple[Dataset, Gathered]:
    """The files behind the paths; without paths, the sources that the mapping itself names."""
    own = only if not paths else None
    if own is not None:
        paths = list(gather.own_paths(own, knowledge.folder(own)).values())
    files, missing = gather.find_files(list(dict.fromkeys(paths)))
    if own is not None and gather.is_told_by_files(own):
        gathered = gather.gather_own(files, own, knowledge.folder(own), knowledge.reader_options)
    elif all(gather.rdf_format_of(file) for file in files):
        gathered = gather.gather(files, {}, {})  # RDF needs no mappings, and reading those takes longer than a small file
    else:
        mappings = knowledge.mappings if only is None else {only.name: only}
        gathered = gather.gather(files, mappings, knowledge.reader_options)
    is_refused = gathered.refused or worst(missing) == "violation"
    dataset = Dataset(files, findings=[*missing, *gathered.findings], refused=is_refused)
    if not dataset.refused and not gathered.inputs and not gathered.rdf:
        dataset.refuse(*map(gather.without_data, paths))
    return dataset, gathered


def _runs(dataset: Dataset, gathered: Gathered, knowledge: Knowledge, only: RecordMapping | None) -> Iterator[Run]:
    registry = KeyRegistry()
    for name, inputs in sorted(gathered.inputs.items()):
        mappings = knowledge.mappings if only is None else {only.name: only}
        beside = gather.bundled_inputs(mappings[name], knowledge.folder(mappings[name]))
        try:
            run = Run(mappings[name], [*inputs, *beside], knowledge.lexicon, registry)
        except MappingError as error:
            dataset.refuse(*error.findings)
        else:
            yield run


def _inferred(dataset: Dataset, knowledge: Knowledge) -> set[Triple]:
    from mitigraph.infer import infer

    return infer(dataset.asserted | knowledge.background, knowledge.rules, knowledge.prefixes)


def _visible(dataset: Dataset, knowledge: Knowledge, shapes: Sequence[Triple]) -> set[Triple]:
    """What rules add that the shapes can see, from what those rules look at."""
    if dataset.tables is None and len(dataset.asserted) <= SMALL:
        return _inferred(dataset, knowledge)
    from mitigraph.infer import infer
    from mitigraph.outlook import outlook
    from mitigraph.shacl.data import SUBCLASS

    subclasses = [triple for triple in dataset.asserted if triple[1] == SUBCLASS]
    if dataset.tables is not None:
        subclasses += dataset.tables.triples({SUBCLASS})
    keep, rules = outlook(shapes, knowledge, subclasses)
    if not rules:
        return set()
    facts = [triple for triple in (*dataset.asserted, *knowledge.background) if keep is None or triple[1] in keep]
    return infer([*facts, *(dataset.tables.triples(keep) if dataset.tables else ())], rules, knowledge.prefixes)


def _results(
    data: Iterable[Triple], knowledge: Knowledge, shapes: Sequence[Triple] | None, engine: str, timeout: float | None
) -> list[Result]:
    """The check itself; queries in shapes, and pySHACL, run in a process of their own, which can be ended in the middle."""
    if shapes is None and engine == "own":
        from mitigraph.shacl.engines import own

        return own(data, knowledge.shapes)  # tests have seen to it that they can be used, and hold no queries
    from mitigraph.shacl import validate as check
    from mitigraph.shacl.sparql_declared import needs_queries

    shapes = knowledge.shapes if shapes is None else shapes
    if engine == "own" and not needs_queries(shapes):
        return check(data, shapes, engine=engine)
    from mitigraph.deadline import Worker

    with Worker("mitigraph.shacl.engines") as worker:
        worker.call("mitigraph.shacl", "validate", list(data), shapes, None, engine)
        results: list[Result] = worker.result(timeout)
        return results


def _validation(
    dataset: Dataset,
    inferred: set[Triple],
    knowledge: Knowledge,
    shapes: Sequence[Triple] | None = None,
    timeout: float | None = None,
    engine: str = "own",
) -> Validation:
    from mitigraph import locate
    from mitigraph.shacl.engine import unhurried

    with unhurried():
        full: Iterable[Triple] = dataset.asserted | inferred | knowledge.background
        if dataset.tables is not None:
            dataset.tables.add(full)
            full = dataset.tables
        results = _results(full, knowledge, shapes, engine, timeout)
        way_back = locate.WayBack(dataset.runs, dataset.rdf, knowledge.prefixes)
        found = locate.findings(results, way_back, knowledge, shapes, lambda: full)
        found += _aimless(dataset, full, shapes) if shapes is not None and not results else []
        odd = locate.not_normal([*dataset.asserted, *dataset.noticed], way_back)
    told = {*dataset.findings, *found, *odd}
    return Validation(inferred, results, sorted(told - locate.consequences(told), key=order))


def _aimless(dataset: Dataset, data: Iterable[Triple], shapes: Sequence[Triple]) -> list[Finding]:
    """What is to be said where the shapes find nothing because they look at nothing."""
    from mitigraph.shacl.targets import are_all_without_focus

    if dataset.refused or not dataset.files or not are_all_without_focus(shapes, data):
        return []
    message = "no node here is a target of any of the shapes: nothing was checked"
    return [Finding("warning", "idle-shape", message, Place(dataset.files[0].name))]


def written(triples: Iterable[Triple], output: str | None, format_name: str | None, knowledge: Knowledge) -> bytes:
    """Triples in the format that is named, else in that of the output's suffix, else as Turtle. UsageError: no such format."""
    from mitigraph.serialise import write_graph

    return write_graph(triples, output_format(output, format_name), knowledge.context)


def as_rml(mapping: RecordMapping, output: str | None, format_name: str | None, knowledge: Knowledge) -> bytes:
    """A mapping itself as RDF, in the words of RML and ours. UsageError: no such format."""
    from mitigraph.mapping.rml.write import rml_triples, to_rml

    data_format = output_format(output, format_name)
    if data_format.name == "turtle":
        return to_rml(mapping)
    from mitigraph.serialise import write_graph

    return write_graph(rml_triples(mapping), data_format, knowledge.context)


def output_format(output: str | None, format_name: str | None) -> Format:
    """The RDF format that is named, else that of the output's suffix, else Turtle. UsageError: neither names one.

    >>> output_format("a.nt", None).name, output_format(None, None).name
    ('ntriples', 'turtle')
    """
    if format_name:
        return format_named(format_name)
    if output is None or output == gather.STDIN:
        return format_named("turtle")
    found = format_for(output)
    if found is None:
        known = " ".join(suffix for one in FORMATS for suffix in one.suffixes)
        raise UsageError(f"{output}: its suffix is that of no RDF format ({known}); name one with -f")
    return found
