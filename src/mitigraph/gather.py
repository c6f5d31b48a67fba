"""From the paths a user names to files, each with the one thing it is: records for a mapping, RDF, or set aside and said why.

A folder is walked in name order; in it a data file that fits no mapping is a note, RDF and other files are skipped with a
note. A file named outright is wanted: fitting nothing it is refused, and RDF is taken in.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePath

from mitigraph import formats, read
from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.fit import FALLBACK, diagnose, fit
from mitigraph.mapping import Count, Input
from mitigraph.mapping import Mapping as RecordMapping
from mitigraph.mapping.shelf import Offered, Shelf
from mitigraph.mapping.uses import calls
from mitigraph.read import Content, limits
from mitigraph.read.guess import SAMPLE, guess
from mitigraph.record import RecordSource

__all__ = [
    "FALLBACK",
    "FIXED",
    "STDIN",
    "Found",
    "Gathered",
    "bundled_inputs",
    "find_files",
    "format_of",
    "gather",
    "gather_own",
    "is_told_by_files",
    "own_paths",
    "rdf_format_of",
    "refusal",
    "without_data",
    "without_records",
]

FIXED = ".fixed"
"""What the name of a mended copy has before its suffix."""
STDIN = "-"
PIPE = "pipe"
READ = ".csv .tsv .xlsx .json .jsonl .yaml .txt, or RDF"
SPREADSHEETS = (".xls", ".xlsb", ".ods", ".numbers")


@dataclass(frozen=True)
class Found:
    """A file: ``name`` is how outputs speak of it, ``shown`` how its user named it, ``named`` outright or by its folder.

    ``nameless``: its name says nothing, as that of standard input or of the pipe that a shell puts for ``<(command)``.
    """

    name: str
    shown: str
    path: Path | None
    named: bool
    content: Content
    nameless: bool = False


@dataclass
class Gathered:
    """What came of the named paths. ``refused`` says that something that was named outright was not taken."""

    inputs: dict[str, list[Input]] = field(default_factory=dict)
    rdf: list[tuple[Found, formats.Format]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: bool = False
    taken: dict[tuple[int, str], list[Found]] = field(default_factory=dict)

    def is_new(self, file: Found, reading: str) -> bool:
        """Whether no file of the same bytes was taken to be read in the same way; else this one is set aside with a note."""
        file.content.head(1)  # InputError: it is another by now
        alike = self.taken.setdefault((file.content.size, reading), [])
        # A digest is only taken where sizes do not tell files apart.
        first = next((other for other in alike if other.content.sha256 == file.content.sha256), None)
        if first is None:
            alike.append(file)
        elif first.name != file.name:
            self.findings.append(Finding("info", "same-file", f"same content as {first.name}; read once", Place(file.name)))
        return first is None or first.name == file.name

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
                    if _is_copy(file):
                        findings.append(_passed_over(file))
                    else:
                        wanted.setdefault(file.resolve(), (str(file), False))
            elif Path(text).exists():
                wanted[_place(Path(text))] = (text, True)
            else:
                findings.append(_missing(text))
        except OSError as error:
            findings.append(_unreadable(text, error))
    names = _short_names(list(wanted))
    pipes = _pipe_names(wanted)
    found = []
    for path, (shown, named) in wanted.items():
        try:
            found.append(Found(pipes.get(path, _whole(names[path])), shown, path, named, _content(path), path in pipes))
        except (OSError, InputError) as error:
            findings.append(_unreadable(shown, error))
    if stdin:
        try:
            found.append(Found(STDIN, STDIN, None, True, Content.of_stream(sys.stdin.buffer), True))
        except (OSError, InputError) as error:
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
    """The record format of a file by its name; one without is looked at."""
    name = read.format_of(file.name) if not file.nameless else guess(file.content.head(SAMPLE))
    return name if name in read.FORMATS else None


def rdf_format_of(file: Found) -> formats.Format | None:
    """The RDF format of a file by its name; one without is looked at."""
    if file.path is not None and not file.nameless:
        return formats.format_for(file.path)
    name = guess(file.content.head(SAMPLE))
    return formats.format_named(name) if formats.is_format(name) else None


def is_told_by_files(mapping: RecordMapping) -> bool:
    """Whether a mapping's sources are told by nothing but the files they name, as those of RML are."""
    own = [source for source in mapping.sources if not source.bundled]
    return bool(own) and all(source.access and not (source.match or source.columns or source.keys) for source in own)


def own_paths(mapping: RecordMapping, folder: Path) -> dict[str, str]:
    """Where the files of a mapping's own sources are, by the sources' names; they begin at the mapping's folder."""
    own = (source for source in mapping.sources if not source.bundled)
    return {source.name: STDIN if source.access == STDIN else str(folder / source.access) for source in own}


def gather_own(files: Iterable[Found], mapping: RecordMapping, folder: Path, options: Mapping[str, object]) -> Gathered:
    """Each of a mapping's own sources with the file it names, read as the source says, whatever the file is called."""
    gathered, found = Gathered(), {file.path: file for file in files}
    for name, path in own_paths(mapping, folder).items():
        source, file = mapping.source(name), found.get(None if path == STDIN else _place(Path(path)))
        if source is None or file is None:
            continue  # that it is missing has been told
        try:
            records = read.open_source(file.content, file.name, source.format, {**options, **source.options})
        except InputError as error:
            gathered.set_aside(file, refusal(file.name, error))
        else:
            gathered.inputs.setdefault(mapping.name, []).append(_input(mapping, name, records, file))
    return gathered


def bundled_inputs(mapping: RecordMapping, folder: Path) -> list[Input]:
    """The tables that lie beside a mapping and are read along with it. InputError: one cannot be read."""
    inputs = []
    for source in (source for source in mapping.sources if source.bundled):
        try:
            content = Content.of_file(folder / source.access)
        except OSError as error:
            raise InputError(f"{mapping.name}: {source.access}: {error.strerror}") from error
        records = read.open_source(content, source.access, source.format, source.options)
        inputs.append(Input(source, records, source.access, content.sha256))
    return inputs


def without_data(path: str) -> Finding:
    """What is said of a path under which nothing at all was taken."""
    message = "holds no file that a mapping reads; RDF that lies in a folder must be named outright"
    return Finding("violation", "no-data", message, Place(path))


def without_records(inputs: Iterable[Input], counts: Iterable[Count]) -> list[Finding]:
    """A warning for each file that was read and held no record, not even a bad one."""
    files = {one.file_name for one in inputs}
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
    return Finding(severity, error.code, message, place)


def _take_rdf(gathered: Gathered, file: Found, data_format: formats.Format) -> None:
    if file.named:
        try:
            if gathered.is_new(file, data_format.name):
                gathered.rdf.append((file, data_format))
        except InputError as error:
            gathered.set_aside(file, refusal(file.name, error))
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
    offers: Mapping[str, Offered] = mappings.offers if isinstance(mappings, Shelf) else mappings
    try:
        chosen = FALLBACK not in mappings
        fits = fit(offers, file.name, file.content, data_format, options, nameless=file.nameless, chosen=chosen)
        if not fits:
            gathered.set_aside(file, diagnose(offers, file.name, file.content, data_format, options, severity))
        elif len(fits) > 1:
            gathered.refused = True
            message = f"fits {len(fits)} mappings ({', '.join(fits)}); choose one with -m"
            gathered.findings.append(Finding("violation", "two-mappings", message, Place(file.name)))
        else:
            name, sources = fits.popitem()
            if gathered.is_new(file, " ".join([name, *(source.name for source, _ in sources)])):
                inputs = [_input(mappings[name], source.name, records, file) for source, records in sources]
                gathered.inputs.setdefault(name, []).extend(inputs)
    except InputError as error:
        gathered.set_aside(file, refusal(file.name, error, severity))


def _input(mapping: RecordMapping, name: str, records: RecordSource, file: Found) -> Input:
    source = mapping.source(name)
    assert source is not None, "an offer's sources are the mapping's"
    return Input(source, records, file.name, file.content.sha256 if calls(mapping, "fileDigest") else "")


def _not_data(file: Found) -> Finding:
    severity = "violation" if file.named else "info"
    message = "not a kind of file mitigraph reads" if file.named else "skipped: not a kind of file mitigraph reads"
    if PurePath(file.name).suffix.lower() in SPREADSHEETS:
        return Finding(severity, "not-data", f"{message}; save it as .xlsx, or its sheets as CSV (UTF-8)", Place(file.name))
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
    return Place(_whole(PurePath(text).name or text))


def _whole(name: str) -> str:
    """A name that can be written down: bytes of it that are no text, by their numbers."""
    return name.encode("utf-8", "backslashreplace").decode()


def _place(path: Path) -> Path:
    """Where a file is, whatever links lead to it; a pipe's path as it is, as what that leads to cannot be opened."""
    return path.parent.resolve() / path.name if path.exists() and not path.is_file() else path.resolve()


def _pipe_names(paths: Iterable[Path]) -> dict[Path, str]:
    """What pipes are called whose own names tell no format, as those that shells number."""
    pipes = [path for path in paths if not (path.is_file() or read.format_of(path.name) or formats.format_for(path))]
    return {path: f"{PIPE} ({number})" if number > 1 else PIPE for number, path in enumerate(pipes, 1)}


def _is_copy(file: Path) -> bool:
    return file.stem.endswith(FIXED) and file.with_name(file.stem.removesuffix(FIXED) + file.suffix).is_file()


def _passed_over(file: Path) -> Finding:
    message = "skipped: the mended copy of a file beside it; name it outright to have it read"
    return Finding("info", "fixed-copy", message, Place(file.name))


def _walk(folder: Path) -> list[Path]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts))


def _content(path: Path) -> Content:
    content = Content.of_file(path)
    if content.size > limits.FILE_BYTES:
        raise InputError(f"it is larger than {limits.FILE_BYTES:,} bytes")
    return content


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
