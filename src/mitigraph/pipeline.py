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

from mitigraph import gather, locate, release, swap
from mitigraph.deadline import Worker
from mitigraph.errors import InputError, UsageError
from mitigraph.finding import Finding, Place, at_least, order, worst
from mitigraph.formats import FORMATS, Format, format_for, format_named
from mitigraph.gather import Found, Gathered
from mitigraph.infer import infer
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Count, KeyRegistry, MappingError, Run
from mitigraph.mapping import Mapping as RecordMapping
from mitigraph.mapping.rml.write import rml_triples, to_rml
from mitigraph.parse import imports, parse, parse_quads, read_file
from mitigraph.serialise import write_graph, write_quads
from mitigraph.shacl import Result
from mitigraph.shacl.lint import refuse_unusable
from mitigraph.terms import Quad, Triple
from mitigraph.vocabulary_check import unknown_in_rdf

__all__ = [
    "Built",
    "Dataset",
    "Validation",
    "as_rml",
    "build",
    "head",
    "map_records",
    "read_dataset",
    "read_shapes",
    "report",
    "validate",
    "written",
]

LINES = ("ntriples", "nquads")
"""Formats that are written as records are read."""


@dataclass
class Dataset:
    """What came of the sources: asserted triples, what was read, what was found, and the way back to the cells."""

    files: list[Found]
    asserted: set[Triple] = field(default_factory=set)
    runs: list[Run] = field(default_factory=list)
    counts: list[tuple[str, Count]] = field(default_factory=list)
    rdf: list[Found] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: bool = False

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


def read_dataset(paths: Sequence[str], knowledge: Knowledge, only: RecordMapping | None = None) -> Dataset:
    """Find the files, fit each to its mapping (or to ``only``), map them; RDF that was named outright is taken in as it is.

    A dataset is one graph: what a mapping puts in named graphs is taken in with a note.
    """
    asserted: set[Triple] = set()
    naming: list[str] = []

    def take_rdf(name: str, quads: list[Quad]) -> None:
        asserted.update((s, p, o) for s, p, o, _ in quads)
        naming.extend([name] if any(graph for *_, graph in quads) else [])

    dataset = _read(paths, knowledge, only, lambda run: asserted.update(run.triples()), take_rdf)
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
) -> Dataset:
    """The same without keeping the graph: N-Triples and N-Quads are written as records are read, whatever their number
    (a triple that several records make comes several times); other formats when all is read.

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
        for block in run.lines():
            write(block)

    def take_rdf(name: str, given: list[Quad]) -> None:
        if not data_format.is_quads and any(graph for *_, graph in given):
            refuse(name)
        quads.update(given)

    dataset = _read(paths, knowledge, only, take, take_rdf)
    if quads or (data_format.name not in LINES and not dataset.is_nothing):
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
        try:
            quads = parse_quads(file.content.read(), data_format, file.name)
        except InputError as error:
            dataset.refuse(gather.refusal(file.name, error))
            continue
        take_rdf(file.name, quads)
        triples = [(s, p, o) for s, p, o, _ in quads]
        dataset.rdf.append(file)
        dataset.findings.extend(locate.not_fetched(file.name, imports(triples)))
        dataset.findings.extend(unknown_in_rdf(file, triples, knowledge))
    return dataset


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
    dataset: Dataset, knowledge: Knowledge, shapes: Sequence[Triple] | None = None, timeout: float | None = None
) -> Validation:
    """Infer, then hold the full graph against the shapes (the project's own unless given): findings point at cells.

    Raises EngineError when it takes longer than ``timeout`` seconds.
    """
    with _checking() as worker:
        inferred = _inferred(dataset, knowledge)
        _send(worker, dataset, inferred, knowledge, shapes)
        return _validation(worker, dataset, inferred, knowledge, timeout)


def build(paths: Sequence[str], place: Path, knowledge: Knowledge, strict_level: str | None = None) -> Built:
    """Sources in, a whole folder out. With ``strict_level`` the earlier folder stays when a finding reaches that level;
    it always does when nothing at all could be read.

    Raises EngineError when the folder cannot be written.
    """
    swap.refuse_foreign(place)
    with _checking() as worker:
        dataset = read_dataset(paths, knowledge)
        if dataset.is_nothing:
            return Built(dataset, Validation(set(), [], sorted(dataset.findings, key=order)), {}, False)
        inferred = _inferred(dataset, knowledge)
        _send(worker, dataset, inferred, knowledge, None)
        files = release.graphs(dataset.asserted, inferred, knowledge)
        validation = _validation(worker, dataset, inferred, knowledge, None)
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
    mappings = knowledge.mappings if only is None else {only.name: only}
    if own is not None and gather.is_told_by_files(own):
        gathered = gather.gather_own(files, own, knowledge.folder(own), knowledge.reader_options)
    else:
        gathered = gather.gather(files, mappings, knowledge.reader_options)
    dataset = Dataset(files, findings=[*missing, *gathered.findings], refused=bool(missing) or gathered.refused)
    if not dataset.refused and not gathered.inputs and not gathered.rdf:
        dataset.refuse(*map(gather.without_data, paths))
    return dataset, gathered


def _runs(dataset: Dataset, gathered: Gathered, knowledge: Knowledge, only: RecordMapping | None) -> Iterator[Run]:
    mappings = knowledge.mappings if only is None else {only.name: only}
    registry = KeyRegistry()
    for name, inputs in sorted(gathered.inputs.items()):
        beside = gather.bundled_inputs(mappings[name], knowledge.folder(mappings[name]))
        try:
            run = Run(mappings[name], [*inputs, *beside], knowledge.lexicon, registry)
        except MappingError as error:
            dataset.refuse(*error.findings)
        else:
            yield run


def _inferred(dataset: Dataset, knowledge: Knowledge) -> set[Triple]:
    return infer(dataset.asserted | knowledge.background, knowledge.rules, knowledge.prefixes)


def _checking() -> Worker:
    """A process for the SHACL engine: its imports run while records are mapped, its checks while graphs are written."""
    return Worker("mitigraph.shacl.pyshacl_engine")


def _send(worker: Worker, dataset: Dataset, inferred: set[Triple], knowledge: Knowledge, shapes: Sequence[Triple] | None) -> None:
    full = dataset.asserted | inferred | knowledge.background
    worker.call("mitigraph.shacl", "validate", full, knowledge.shapes if shapes is None else shapes)


def _validation(
    worker: Worker, dataset: Dataset, inferred: set[Triple], knowledge: Knowledge, timeout: float | None
) -> Validation:
    results: list[Result] = worker.result(timeout)
    way_back = locate.WayBack(dataset.runs, dataset.rdf, knowledge.prefixes)
    found = locate.findings(results, way_back)
    odd = locate.not_normal(dataset.asserted, way_back)
    told = {*dataset.findings, *found, *odd}
    return Validation(inferred, results, sorted(told - locate.consequences(told), key=order))


def written(triples: Iterable[Triple], output: str | None, format_name: str | None, knowledge: Knowledge) -> bytes:
    """Triples in the format that is named, else in that of the output's suffix, else as Turtle. UsageError: no such format."""
    return write_graph(triples, output_format(output, format_name), knowledge.context)


def as_rml(mapping: RecordMapping, output: str | None, format_name: str | None, knowledge: Knowledge) -> bytes:
    """A mapping itself as RDF, in the words of RML and ours. UsageError: no such format."""
    data_format = output_format(output, format_name)
    if data_format.name == "turtle":
        return to_rml(mapping)
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


def report(validation: Validation, name: str, knowledge: Knowledge) -> bytes:
    """The report of a validation: ``json`` has all findings with their cells, RDF formats the ``sh:ValidationReport``."""
    if name == "json":
        return release.report_json(validation.findings)
    return written(release.report_graph(validation.results, knowledge.base), None, name, knowledge)


def read_shapes(paths: Sequence[str]) -> list[Triple]:
    """Shapes from RDF files. InputError: one is missing or cannot be parsed or used."""
    shapes: list[Triple] = []
    for path in paths:
        data_format = format_for(path)
        if data_format is None:
            raise InputError(f"could not check: {path}: shapes are RDF: Turtle, JSON-LD, N-Triples, RDF/XML")
        try:
            shapes += parse(read_file(Path(path)), data_format, path)
        except InputError as error:
            raise InputError(f"could not check: {error}") from None
    try:
        refuse_unusable(shapes)
    except InputError as error:
        reason = str(error).removeprefix("could not check: ")
        raise InputError(f"could not check: {', '.join(paths)}: {reason}") from None
    return shapes
