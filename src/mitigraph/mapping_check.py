"""Is a mapping sound, and does it fit its files? All of it is told at once, before a record is mapped.

The plan is held against the ontology; the files, against what the plan reads of them: columns that are not there, columns
that nothing reads, paths that lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mitigraph import gather, read
from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place, order, worst
from mitigraph.gather import Found
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import LogicalSource, Mapping, MappingError, accepts, names_of
from mitigraph.mapping.check_columns import missing_columns, unseen_paths, unused_columns
from mitigraph.record import RecordSource

__all__ = ["Checked", "check_mapping"]

Opened = tuple[LogicalSource, RecordSource]


@dataclass
class Checked:
    """What came of it. ``refused``: the mapping, or a file that was named, cannot be read at all."""

    name: str
    findings: list[Finding]
    rules: int = 0
    sources: int = 0
    files: Sequence[Found] = ()
    refused: bool = False

    @property
    def summary(self) -> str:
        """How much there is: ``mapping.yml: 12 rules for 3 sources, 1 file``.

        >>> Checked("m.yml", [], rules=1, sources=2).summary
        'm.yml: 1 rule for 2 sources'
        """
        counted = ((self.rules, "rule"), (self.sources, "source"), (len(self.files), "file"))
        rules, sources, files = (f"{number:,} {noun}{'s' * (number != 1)}" for number, noun in counted)
        return f"{self.name}: {rules} for {sources}{f', {files}' if self.files else ''}"


def check_mapping(name: str, paths: Sequence[str], knowledge: Knowledge) -> Checked:
    """A mapping by its file or name, and the files it is for (without paths its own, those that are there).

    InputError: there is no such mapping.
    """
    try:
        mapping = knowledge.examined_mapping(name)
    except MappingError as error:
        return Checked(name, error.findings, refused=True)
    own = [knowledge.folder(mapping) / source.access for source in mapping.sources if source.access and not source.bundled]
    files, missing = gather.find_files(list(paths or dict.fromkeys(str(path) for path in own if path.is_file())))
    rules = {rule.where for plan in mapping.triples_maps for rule in plan.rules}
    checked = Checked(
        mapping.name, [*mapping.findings, *missing], len(rules), len(mapping.sources), files, worst(missing) == "violation"
    )
    for found in (*_bundled(mapping, knowledge), *(one for file in files for one in _of_file(file, mapping, knowledge))):
        checked.refused = checked.refused or found.code == InputError.code
        checked.findings.append(found)
    # What the plan shows by itself is not told again of each file.
    first = {(found.code, found.place, found.value): found for found in reversed(checked.findings)}
    checked.findings = sorted(first.values(), key=order)
    return checked


def _bundled(mapping: Mapping, knowledge: Knowledge) -> Iterator[Finding]:
    """What is wrong with the tables that lie beside the mapping."""
    try:
        inputs = gather.bundled_inputs(mapping, knowledge.folder(mapping))
    except InputError as error:
        yield gather.refusal(mapping.name, error)
        return
    for one in inputs:
        yield from missing_columns(mapping, one.source, one.records, one.file_name)


def _of_file(file: Found, mapping: Mapping, knowledge: Knowledge) -> Iterator[Finding]:
    """What a file lacks of what the mapping's sources read, and what no rule reads of it."""
    data_format = gather.format_of(file)
    sources = [source for source in mapping.sources if source.format == data_format and not source.bundled]
    if not sources:
        kinds = ", ".join(sorted({source.format for source in mapping.sources}))
        message = f"the mapping has no source for {data_format or 'such'} files"
        yield Finding("violation", "no-mapping", message, Place(file.name), expected=kinds and f"one of {kinds}")
        return
    opened: list[Opened] = []
    for source in sources:
        try:
            options = {**knowledge.reader_options, **source.options}
            opened.append((source, read.open_source(file.content, file.name, source.format, options)))
        except InputError as error:
            yield gather.refusal(file.name, error)
    for source, records in _nearest(opened, file):
        yield from missing_columns(mapping, source, records, file.name)
        yield from unseen_paths(mapping, source, records, file.name)
    yield from unused_columns(mapping, _nearest(opened, file), file.name)


def _nearest(opened: Sequence[Opened], file: Found) -> list[Opened]:
    """The sources that a file is: by name and columns, else by columns, else the one that misses least."""
    fits = [one for one in opened if accepts(*one)]
    by_name = [one for one in fits if one[0].matches(file.name)]
    return by_name or fits or sorted(opened, key=lambda one: _lacking(*one))[:1]


def _lacking(source: LogicalSource, records: RecordSource) -> tuple[int, int]:
    needed, present = {*source.columns, *source.keys}, set(names_of(records))
    return len(needed - present), -len(needed & present)
