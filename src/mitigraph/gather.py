"""From the paths a user names to files, each with the one thing it is: records for a mapping, RDF, or set aside and said why.

A folder is walked in name order; in it a data file that fits no mapping is a note, RDF and other files are skipped with a
note. A file named outright is wanted: fitting nothing it is refused, and RDF is taken in.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import BinaryIO

from mitigraph import formats, read
from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.fit import FALLBACK, diagnose, fit
from mitigraph.mapping import Count, Input
from mitigraph.mapping import Mapping as RecordMapping
from mitigraph.read import limits
from mitigraph.read.guess import guess

__all__ = [
    "FALLBACK",
    "STDIN",
    "Found",
    "Gathered",
    "bundled_inputs",
    "find_files",
    "format_of",
    "gather",
    "rdf_format_of",
    "refusal",
    "without_data",
    "without_records",
]

STDIN = "-"
SIZE_LIMIT = limits.FILE_BYTES
TOO_LARGE = f"it is larger than {SIZE_LIMIT:,} bytes"
READ = ".csv .tsv .json .jsonl .yaml .txt, or RDF"
SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")


@dataclass(frozen=True)
class Found:
    """A file: ``name`` is how outputs speak of it, ``shown`` how its user named it, ``named`` outright or by its folder."""

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
    """What came of the named paths. ``refused`` says that something that was named outright was not taken."""

    inputs: dict[str, list[Input]] = field(default_factory=dict)
    rdf: list[tuple[Found, formats.Format]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: bool = False
    taken: dict[tuple[str, str], str] = field(default_factory=dict)

    def is_new(self, file: Found, reading: str) -> bool:
        """Whether no file of the same bytes was taken to be read in the same way; else this one is set aside with a note."""
        first = self.taken.setdefault((file.sha256, reading), file.name)
        if first != file.name:
            self.findings.append(Finding("info", "same-file", f"same content as {first}; read once", Place(file.name)))
        return first == file.name

    def set_aside(self, file: Found, finding: Finding) -> None:
        """A file that is not taken: a note where it came with its folder, a refusal where it was named outright."""
        self.refused = self.refused or file.named
        self.findings.append(finding)


def find_files(paths: Sequence[str]) -> tuple[list[Found], list[Finding]]:
    """Every file the paths lead to, once each, in an order that does not depend on theirs; and what is missing or unreadable.

    >>> find_files(["no-such-file.csv"])[1][0].code
    'missing-file'
    """
    wanted: dict[Path, tuple[str, bool]] = {}
    findings: list[Finding] = []
    stdin = False
    for text in paths:
        try:
            if text == STDIN:
                stdin = True
            elif Path(text).is_dir():
                for file in _walk(Path(text)):
                    wanted.setdefault(file.resolve(), (str(file), False))
            elif Path(text).exists():
                wanted[Path(text).resolve()] = (text, True)
            else:
                findings.append(_missing(text))
        except OSError as error:
            findings.append(_unreadable(text, error))
    names = _short_names(list(wanted))
    found = []
    for path, (shown, named) in wanted.items():
        try:
            found.append(Found(names[path], shown, path, named, _content(path)))
        except (OSError, InputError) as error:
            findings.append(_unreadable(shown, error))
    if stdin:
        try:
            found.append(Found(STDIN, STDIN, None, True, _bounded(sys.stdin.buffer)))
        except InputError as error:
            findings.append(_unreadable(STDIN, error))
    return sorted(found, key=lambda file: file.name), findings


def gather(files: Iterable[Found], mappings: Mapping[str, RecordMapping], options: Mapping[str, object]) -> Gathered:
    """Each file with the mapping whose sources it fits; ``options`` go to every reader (the page reader's vocabulary)."""
    gathered = Gathered()
    for file in files:
        data_format = format_of(file)
        rdf = rdf_format_of(file)
        if rdf is not None:
            _take_rdf(gathered, file, rdf)
        elif data_format is None:
            gathered.set_aside(file, _not_data(file))
        else:
            _take_records(gathered, file, data_format, mappings, options)
    return gathered


def format_of(file: Found) -> str | None:
    """The record format of a file by its name; standard input is looked at."""
    name = read.format_of(file.name) if file.path is not None else guess(file.data)
    return name if name in read.FORMATS else None


def rdf_format_of(file: Found) -> formats.Format | None:
    """The RDF format of a file by its name; standard input is looked at."""
    if file.path is not None:
        return formats.format_for(file.path)
    name = guess(file.data)
    return formats.format_named(name) if formats.is_format(name) else None


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


def without_data(path: str) -> Finding:
    """What is said of a path under which nothing at all was taken."""
    message = "holds no file that a mapping reads; RDF that lies in a folder must be named outright"
    return Finding("violation", "no-data", message, Place(path))


def without_records(gathered: Gathered, counts: Iterable[Count]) -> list[Finding]:
    """A warning for each file that was taken and held no record, not even a bad one."""
    files = {one.file_name for inputs in gathered.inputs.values() for one in inputs}
    idle = files - {count.file for count in counts if count.read}
    return [Finding("warning", "no-records", "there are no records in it", Place(name)) for name in sorted(idle)]


def refusal(name: str, error: InputError, severity: str = "violation") -> Finding:
    """What keeps a whole file from being read, at its line and column if the error names them.

    >>> print(refusal("a.json", InputError("a.json:3:12: not JSON")))
    a.json:3:12: violation[unreadable-data] not JSON
    """
    place, message = Place(name), str(error)
    found = re.fullmatch(re.escape(name) + r"(?::(\d+))?(?::(\d+))?: (.*)", message, re.DOTALL)
    if found is not None:
        place, message = Place(name, int(found[1]) if found[1] else None, found[2]), found[3]
    return Finding(severity, "unreadable-data", message, place)


def _take_rdf(gathered: Gathered, file: Found, data_format: formats.Format) -> None:
    if file.named:
        if gathered.is_new(file, data_format.name):
            gathered.rdf.append((file, data_format))
    else:
        message = "skipped: in a folder only records are read; name an RDF file outright to have it taken in"
        gathered.set_aside(file, Finding("info", "rdf-skipped", message, Place(file.name)))


def _take_records(
    gathered: Gathered,
    file: Found,
    data_format: str,
    mappings: Mapping[str, RecordMapping],
    options: Mapping[str, object],
) -> None:
    severity = "violation" if file.named else "info"
    try:
        chosen = FALLBACK not in mappings
        fits = fit(mappings, file.name, file.data, data_format, options, nameless=file.path is None, chosen=chosen)
        if not fits:
            gathered.set_aside(file, diagnose(mappings, file.name, file.data, data_format, options, severity))
            return
    except InputError as error:
        gathered.set_aside(file, refusal(file.name, error, severity))
        return
    if len(fits) > 1:
        gathered.refused = True
        message = f"fits {len(fits)} mappings ({', '.join(fits)}); choose one with -m"
        gathered.findings.append(Finding("violation", "two-mappings", message, Place(file.name)))
    else:
        ((name, sources),) = fits.items()
        if not gathered.is_new(file, " ".join([name, *(source.name for source, _ in sources)])):
            return
        inputs = [Input(source, records, file.name, file.sha256) for source, records in sources]
        gathered.inputs.setdefault(name, []).extend(inputs)


def _not_data(file: Found) -> Finding:
    severity = "violation" if file.named else "info"
    message = "not a kind of file mitigraph reads" if file.named else "skipped: not a kind of file mitigraph reads"
    if PurePath(file.name).suffix.lower() in SPREADSHEETS:
        return Finding(severity, "not-data", f"{message}; save its sheets as CSV (UTF-8)", Place(file.name))
    return Finding(severity, "not-data", message, Place(file.name), expected=READ if file.named else None)


def _unreadable(shown: str, error: OSError | InputError) -> Finding:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return Finding("violation", "unreadable-file", f"cannot be read: {reason}", _unplaced(shown))


def _missing(text: str) -> Finding:
    """A path that leads nowhere, with the most similar name that lies in the same folder."""
    path = Path(text)
    try:
        beside = sorted(file.name for file in path.parent.iterdir())
    except OSError:
        beside = []
    near = get_close_matches(path.name, beside, n=1, cutoff=0.75)
    suggestion = near[0] if near else None
    return Finding("violation", "missing-file", "there is no such file or folder", _unplaced(text), suggestion=suggestion)


def _unplaced(text: str) -> Place:
    """A path by its last name: folders of this machine do not get into reports."""
    return Place(PurePath(text).name or text)


def _walk(folder: Path) -> list[Path]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts))


def _content(path: Path) -> bytes:
    if path.stat().st_size > SIZE_LIMIT:
        raise InputError(TOO_LARGE)
    with path.open("rb") as stream:
        return _bounded(stream)


def _bounded(stream: BinaryIO) -> bytes:
    """What a stream holds; pipes and devices do not say beforehand how much that is."""
    data = stream.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise InputError(TOO_LARGE)
    return data


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
            path: name if taken.count(name) == 1 else PurePath(*path.parts[-depth:]).as_posix() for path, name in names.items()
        }
    return names
