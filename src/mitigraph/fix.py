"""``--fix``: what findings are sure of is put into the files, cell by cell, and nothing else of them changes.

>>> cell = Place("new.csv", 3, "actor", 2)
>>> sure = Finding("violation", "unknown-concept", "no such actor", cell, "Develper", suggestion="Developer", sure=True)
>>> [(str(edit.place), edit.old, edit.new) for _, edit in fixes([sure])["new.csv"]]
[('new.csv:3:actor', 'Develper', 'Developer')]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mitigraph import edit as editing
from mitigraph.edit import Edit, Reading
from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place, order
from mitigraph.gather import FIXED, Found, rdf_format_of
from mitigraph.knowledge import Knowledge
from mitigraph.pipeline import Dataset
from mitigraph.serialise.write import write

__all__ = ["Changed", "Fixed", "copy_of", "fix", "fix_file", "fixes", "readings_of"]

ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Changed:
    """A file and the bytes that it should have."""

    file: Found
    data: bytes


@dataclass
class Fixed:
    """What can be mended; nothing of it is written yet.

    ``diff``: for people, control characters escaped, "" where nothing changes. ``mended``: the findings that the changes
    answer. ``left``: a finding ``not-fixed`` (info) for each sure one that could not be mended, and why. ``stream``: the bytes
    that standard input should have had, changed or not; None where nothing was read from it.
    """

    diff: str = ""
    mended: list[Finding] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    stream: bytes | None = None
    inputs: Sequence[Path] = ()

    def write(self, in_place: bool) -> list[Path]:
        """Write what changed, each file whole or not at all: a copy ``NAME.fixed.SUFFIX`` beside it, or the file itself.

        Standard input has no place. An earlier copy is replaced; permissions are those of the file. InputError, before anything
        is written: a file was changed since it was read, or a copy's place is taken by what is no copy. EngineError: a file
        cannot be written.
        """
        there = [one for one in self.changed if one.file.path is not None]
        places = [Path(one.file.shown) if in_place else self._free_place(one.file) for one in there]
        for one in there:
            one.file.content.head(1)
        for place, one in zip(places, there, strict=True):
            write(place, one.data, like=one.file.path)
        return places

    def _free_place(self, file: Found) -> Path:
        """Where the copy goes. InputError: a link, a folder, a device or one of the inputs is there."""
        place = copy_of(Path(file.shown))
        is_input = any(place.samefile(path) for path in self.inputs if place.exists() and path.exists())
        if place.is_symlink() or is_input or (place.exists() and not place.is_file()):
            what = "it is one of the files that were read" if is_input else "it is no file of its own"
            raise InputError(f"{place}: the mended copy of {file.name} cannot be put there: {what}")
        return place


def copy_of(path: Path) -> Path:
    """The place of a file's mended copy.

    >>> str(copy_of(Path("data/new.v2.csv")))
    'data/new.v2.fixed.csv'
    """
    return path.with_name(f"{path.stem}{FIXED}{path.suffix}")


def fix(dataset: Dataset, knowledge: Knowledge, findings: Iterable[Finding]) -> Fixed:
    """What sure findings come to. EngineError: a changed file does not read as it should (a bug of ours)."""
    wanted = fixes(findings)
    readings = readings_of(dataset, knowledge)
    fixed = Fixed(inputs=[file.path for file in dataset.files if file.path is not None])
    for file in dataset.files:
        pairs = wanted.get(file.name, [])
        if file.path is None:
            fixed.stream = file.content.read()
        if file.path is not None and file.nameless:
            _leave(fixed, pairs, "it came through a pipe, which has no place for it")
        elif pairs:
            fix_file(fixed, file, readings.get(file.name, []), pairs)
    fixed.left.sort(key=lambda one: (order(one), one.suggestion or ""))
    return fixed


def fixes(findings: Iterable[Finding]) -> dict[str, list[tuple[Finding, Edit]]]:
    """The edits that sure findings ask for, each beside its finding, by file."""
    found: dict[str, list[tuple[Finding, Edit]]] = {}
    for one in sorted(findings, key=order):
        if one.sure and one.value and one.suggestion and one.value != one.suggestion:
            found.setdefault(one.place.file, []).append((one, Edit(one.place, one.value, one.suggestion)))
    return found


def readings_of(dataset: Dataset, knowledge: Knowledge) -> dict[str, list[Reading]]:
    """How each file of a dataset was read, by its name; one that several sources read has several readings."""
    found: dict[str, list[Reading]] = {}
    books = {file.name for file in dataset.files if file.content.head(len(ZIP)) == ZIP}
    for one in (program.input for run in dataset.runs for program in run.programs):
        options: Mapping[str, object] = {**knowledge.reader_options, **one.source.options}
        reading = Reading(one.file_name, "xlsx" if one.file_name in books else one.source.format, options)
        if reading not in found.setdefault(one.file_name, []):
            found[one.file_name].append(reading)
    for file in dataset.rdf:
        data_format = rdf_format_of(file)
        if data_format is not None:
            found.setdefault(file.name, []).append(Reading(file.name, data_format.name))
    return found


def fix_file(fixed: Fixed, file: Found, readings: Sequence[Reading], pairs: Sequence[tuple[Finding, Edit]]) -> None:
    """Make a file's edits, those that stand nowhere under one reading under the next."""
    try:
        before = after = file.content.read()
        left = dict.fromkeys((edit for _, edit in pairs), "how the file was read is not known")
        for reading in readings:
            if not left:
                break
            done = editing.edited(after, reading, list(left))
            after, left = done.data, dict(done.refused)
    except InputError as error:
        _leave(fixed, pairs, str(error))
        return
    for finding, edit in pairs:
        if edit in left:
            _leave(fixed, [(finding, edit)], left[edit])
        else:
            fixed.mended.append(finding)
    if after == before:
        return
    fixed.diff += editing.diff(before, after, readings[0])
    fixed.changed.append(Changed(file, after))
    if file.path is None:
        fixed.stream = after


def _leave(fixed: Fixed, pairs: Sequence[tuple[Finding, Edit]], reason: str) -> None:
    fixed.left += [_not_fixed(edit.place, edit, reason) for _, edit in pairs]


def _not_fixed(place: Place, edit: Edit, reason: str) -> Finding:
    return Finding("info", "not-fixed", f"could not be fixed: {reason}", place, edit.old, suggestion=edit.new)
