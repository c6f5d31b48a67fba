"""From the paths a user names to files, each with the one thing it is: records for a mapping, RDF, or set aside and said why.

A folder is walked in name order; in it a data file that fits no mapping is a note, RDF and other files are skipped with a
note. A file named outright is wanted: fitting nothing it is refused, and RDF is taken in.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from mitigraph import formats, read
from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.mapping import Input, fitting
from mitigraph.mapping import Mapping as RecordMapping
from mitigraph.record import RecordSource

__all__ = ["FALLBACK", "STDIN", "Found", "Gathered", "bundled_inputs", "find_files", "gather", "select"]

FALLBACK = "entry"
"""The mapping for people's own entries: tried for records that no source mapping fits."""

STDIN = "-"
SIZE_LIMIT = 1 << 30


@dataclass(frozen=True)
class Found:
    """A file that was found: ``name`` is how outputs speak of it, ``shown`` how its user named it, ``named`` outright or by folder."""

    name: str
    shown: str
    path: Path | None
    named: bool
    data: bytes

    @property
    def sha256(self) -> str:
        """Digest (hex) of the file's bytes."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass
class Gathered:
    """What came of the named paths. ``refused`` says that a file which was named outright was not taken."""

    inputs: dict[str, list[Input]] = field(default_factory=dict)
    rdf: list[tuple[Found, formats.Format]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: bool = False

    def note(self, file: Found, code: str, message: str, **parts: str) -> None:
        """A file that is set aside because it came with its folder."""
        self.findings.append(Finding("info", code, message, Place(file.name), **parts))

    def refuse(self, file: Found, code: str, message: str, **parts: str) -> None:
        """A file that was wanted and is not taken."""
        self.refused = True
        self.findings.append(Finding("violation", code, message, Place(file.name), **parts))


def find_files(paths: Sequence[str]) -> tuple[list[Found], list[Finding]]:
    """Every file the paths lead to, once each, in an order that does not depend on theirs; and what is missing or unreadable.

    >>> find_files(["no-such-file.csv"])[1][0].code
    'missing-file'
    """
    wanted: dict[Path, tuple[str, bool]] = {}
    findings: list[Finding] = []
    stdin = False
    for text in paths:
        path = Path(text)
        if text == STDIN:
            stdin = True
        elif path.is_dir():
            for file in _walk(path):
                wanted.setdefault(file.resolve(), (str(file), False))
        elif path.exists():
            wanted[path.resolve()] = (text, True)
        else:
            findings.append(Finding("violation", "missing-file", "there is no such file or folder", Place(text)))
    names = _short_names(list(wanted))
    found = []
    for path, (shown, named) in wanted.items():
        try:
            found.append(Found(names[path], shown, path, named, _content(path)))
        except (OSError, InputError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            findings.append(Finding("violation", "unreadable-file", f"cannot be read: {reason}", Place(shown)))
    if stdin:
        found.append(Found(STDIN, STDIN, None, True, sys.stdin.buffer.read()))
    return sorted(found, key=lambda file: file.name), findings


def gather(files: Iterable[Found], mappings: Mapping[str, RecordMapping], options: Mapping[str, object]) -> Gathered:
    """Each file with the mapping whose sources it fits; ``options`` go to every reader (the page reader's vocabulary)."""
    gathered = Gathered()
    for file in files:
        data_format = format_of(file)
        rdf = None if file.path is None else formats.format_for(file.path)
        if rdf is not None and data_format is None:
            _take_rdf(gathered, file, rdf)
        elif data_format is None:
            aside = gathered.refuse if file.named else gathered.note
            aside(file, "not-data", "skipped: not a kind of file mitigraph reads")
        else:
            _take_records(gathered, file, data_format, mappings, options)
    return gathered


def select(mappings: Mapping[str, RecordMapping], file: Found, data_format: str, options: Mapping[str, object]) -> dict[
    str, list[Input]
]:
    """The mappings a file fits, each with its logical sources opened over the file. InputError: the file cannot be read at all."""
    fits: dict[str, list[Input]] = {}
    problems: list[InputError] = []
    opened: dict[str, RecordSource] = {}
    for name, mapping in sorted(mappings.items()):
        for source in mapping.sources:
            if source.bundled or source.format != data_format or not source.matches(file.name):
                continue
            key = repr(sorted(source.options.items()))
            try:
                records = opened.get(key) or read.open_source(
                    file.data, file.name, data_format, {**options, **source.options}
                )
            except InputError as error:
                problems.append(error)
                continue
            opened[key] = records
            if source in fitting(mapping, file.name, records):
                fits.setdefault(name, []).append(Input(source, records, file.name, file.sha256))
    if not fits and problems:
        raise problems[0]
    return fits


def bundled_inputs(mapping: RecordMapping, folder: Path) -> list[Input]:
    """The tables that lie beside a mapping and are read along with it. InputError: one cannot be read."""
    inputs = []
    for source in (source for source in mapping.sources if source.bundled):
        try:
            data = (folder / source.access).read_bytes()
        except OSError as error:
            raise InputError(f"{mapping.name}: {source.access}: {error.strerror}") from error
        records = read.open_source(data, source.access, source.format, source.options)
        inputs.append(Input(source, records, source.access, hashlib.sha256(data).hexdigest()))
    return inputs


def format_of(file: Found) -> str | None:
    """The record format of a file by its name; standard input is looked at."""
    return read.format_of(file.name) if file.path is not None else _guess(file.data)


def _guess(data: bytes) -> str:
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"[", b"{"):
        return "json"
    first = data.split(b"\n", 1)[0]
    if b"," in first:
        return "csv"
    return "tsv" if b"\t" in first else "yaml"


def _take_rdf(gathered: Gathered, file: Found, data_format: formats.Format) -> None:
    if file.named:
        gathered.rdf.append((file, data_format))
    else:
        gathered.note(file, "rdf-skipped", "skipped: RDF is taken in only when it is named outright")


def _take_records(
    gathered: Gathered,
    file: Found,
    data_format: str,
    mappings: Mapping[str, RecordMapping],
    options: Mapping[str, object],
) -> None:
    aside = gathered.refuse if file.named else gathered.note
    special = {name: mapping for name, mapping in mappings.items() if name != FALLBACK}
    try:
        fits = select(special, file, data_format, options)
        if not fits and FALLBACK in mappings:
            fits = select({FALLBACK: mappings[FALLBACK]}, file, data_format, options)
    except InputError as error:
        aside(file, "unreadable-data", str(error).removeprefix(f"{file.name}: "))
        return
    if len(fits) > 1:
        gathered.refuse(file, "two-mappings", f"fits {len(fits)} mappings ({', '.join(fits)}); choose one with -m")
    elif not fits:
        aside(file, "no-mapping", "fits no mapping", expected=_nearest(file, mappings))
    else:
        (name, inputs), = fits.items()
        gathered.inputs.setdefault(name, []).extend(inputs)


def _nearest(file: Found, mappings: Mapping[str, RecordMapping]) -> str:
    wanted = mappings[FALLBACK].sources[0].columns if FALLBACK in mappings else []
    return f"the columns of a source mapping, or {', '.join(wanted)} of {FALLBACK}.yml" if wanted else "a mapping's columns"


def _walk(folder: Path) -> list[Path]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts))


def _content(path: Path) -> bytes:
    if path.stat().st_size > SIZE_LIMIT:
        raise InputError(f"larger than {SIZE_LIMIT >> 30} GB")
    return path.read_bytes()


def _short_names(paths: list[Path]) -> dict[Path, str]:
    """File names, with as many folders before them as tell equal ones apart.

    >>> sorted(_short_names([Path("/a/x.csv"), Path("/b/x.csv"), Path("/b/y.csv")]).values())
    ['a/x.csv', 'b/x.csv', 'y.csv']
    """
    names = {path: path.name for path in paths}
    depth = 1
    while len(set(names.values())) < len(names):
        depth += 1
        taken = list(names.values())
        names = {
            path: name if taken.count(name) == 1 else PurePath(*path.parts[-depth:]).as_posix()
            for path, name in names.items()
        }
    return names
