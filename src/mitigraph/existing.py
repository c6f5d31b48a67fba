"""An existing dataset, opened in milliseconds however large it is: its triples, all that follows from them, and where they stand.

The first time everything is read, mapped and inferred, and an index of it is kept in the user's cache folder under the digest of
the files (and of the project's own: other rules entail other triples). The newest few are kept. Where nothing can be written, an
index lives as long as it is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from mitigraph import __version__, assets, gather, pipeline
from mitigraph.asking import BUILD, FULL, cache_folder, rdf_files
from mitigraph.errors import EngineError, InputError
from mitigraph.finding import Place
from mitigraph.formats import format_for
from mitigraph.gather import Found
from mitigraph.infer import infer
from mitigraph.knowledge import Knowledge
from mitigraph.locate import WayBack
from mitigraph.shacl.stored import Stored
from mitigraph.terms import Triple
from mitigraph.triple_index import Spot, TripleIndex, write_index

__all__ = ["KEPT", "Existing", "open_existing"]

KEPT = 4
"""So many indexes stay in the cache folder."""
LARGE = 16 * 1024 * 1024
"""Of files from this size on, the digest is kept, too, for as long as the file looks the same to the system."""
SETTLED = 2_000_000_000
"""Nanoseconds after which a file that changes again looks different."""
SUFFIX, DIGEST = ".index", ".digest"
_LINES_OF_A_SUBJECT = 10_000
_ESCAPED = b"\\"


@dataclass
class Existing:
    """A dataset with all that follows from it. ``built``: it is the full graph of a build."""

    files: Sequence[Found]
    built: bool
    index: TripleIndex
    knowledge: Knowledge

    def __post_init__(self) -> None:
        self.data = Stored(self.index)

    def is_derived(self, triple: Triple) -> bool:
        """Whether a triple is there only because rules gave it; of a build's full graph that is not known, and False."""
        return self.index.is_derived(*triple)

    def place(self, focus: str, path: str | None = None, value: str | None = None) -> Place:
        """The line or the cell where a triple, or what comes nearest to it, stands in the files of the dataset."""
        spot = self.index.spot(focus)
        if spot is None:
            return self._way_back.place(focus, path, value)
        file = self.files[0]
        assert file.path is not None
        return Place(file.shown, _line(file.path, spot, focus, path, value))

    @cached_property
    def _way_back(self) -> WayBack:
        """The files are read once more: that is only for datasets without lines in their index, which are no builds."""
        if self.built:
            return WayBack([], [], self.knowledge.prefixes)
        dataset = _read(self.files, self.knowledge)
        return WayBack(dataset.runs, dataset.rdf, self.knowledge.prefixes)


def open_existing(place: str, knowledge: Knowledge) -> Existing:
    """The dataset of a build's folder, of a folder, or of a file of RDF or records.

    InputError: it is missing, holds no data, or is refused.
    """
    files, built = _files(Path(place))
    name = f"against-{_key(files, built, knowledge)}{SUFFIX}"
    try:
        folder = cache_folder()
        return Existing(files, built, _kept(folder / name, lambda file: _write(file, files, built, knowledge)), knowledge)
    except (EngineError, OSError):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            file = Path(scratch) / name
            _write(file, files, built, knowledge)
            return Existing(files, built, TripleIndex(file), knowledge)


def _files(place: Path) -> tuple[list[Found], bool]:
    built = (place / BUILD).is_file() and (place / FULL).is_file()
    named = rdf_files(place) if place.exists() else []
    files, missing = gather.find_files([str(file) for file in named] or [str(place)])
    for finding in missing:
        if finding.severity == "violation":
            raise InputError(f"{place}: {finding.message}")
    if not files:
        raise InputError(f"{place}: holds no data")
    return files, built


def _key(files: Sequence[Found], built: bool, knowledge: Knowledge) -> str:
    """What an index depends on, as a name."""
    parts = [assets.digest(), __version__, knowledge.base, str(built)]
    parts += [part for file in files for part in (file.name, _digest(file))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _digest(file: Found) -> str:
    """SHA-256 of a file; of a large one from the cache folder, if it is there and the file has not been touched since."""
    if file.path is None or file.content.size < LARGE:
        return file.content.sha256
    status = file.path.stat()
    looks = repr((str(file.path.resolve()), status.st_size, status.st_mtime_ns, status.st_ino))
    try:
        note = cache_folder() / f"{hashlib.sha256(looks.encode()).hexdigest()[:32]}{DIGEST}"
        known = note.read_text("ascii")
        if len(known) == hashlib.sha256().digest_size * 2:
            return known
    except (EngineError, OSError, UnicodeDecodeError):
        pass
    digest = file.content.sha256
    if time.time_ns() - status.st_mtime_ns > SETTLED:
        with suppress(EngineError, OSError):
            _note(note, digest)
    return digest


def _note(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    growing = file.with_name(f".{file.name}.new-{os.getpid()}-{secrets.token_hex(4)}")
    growing.write_text(text, "ascii")
    growing.replace(file)
    _thin_out(file.parent, DIGEST, 8 * KEPT)


def _kept(file: Path, write: Callable[[Path], None]) -> TripleIndex:
    """The index in a file, made when it is not there or not whole; others that were not used lately go."""
    try:
        index = TripleIndex(file)
    except InputError:
        write(file)
        index = TripleIndex(file)
    with suppress(OSError):
        os.utime(file)
    _thin_out(file.parent, SUFFIX, KEPT)
    return index


def _thin_out(folder: Path, suffix: str, number: int) -> None:
    ages: list[tuple[int, Path]] = []
    for file in folder.glob(f"against-*{suffix}" if suffix == SUFFIX else f"*{suffix}"):
        with suppress(OSError):
            ages.append((file.stat().st_mtime_ns, file))
    for _, file in sorted(ages, reverse=True)[number:]:
        with suppress(OSError):
            file.unlink()


def _write(file: Path, files: Sequence[Found], built: bool, knowledge: Knowledge) -> None:
    lines = _spots(files[0].path) if len(files) == 1 and _is_ntriples(files[0]) and files[0].path is not None else {}
    if built and files[0].path is not None and _is_current(files[0].path.parent, knowledge):
        write_index(file, _streamed(files[0].path), (), lines)
        return
    asserted = _read(files, knowledge).asserted | knowledge.background
    write_index(file, asserted, infer(asserted, knowledge.rules, knowledge.prefixes), lines)


def _is_current(folder: Path, knowledge: Knowledge) -> bool:
    """Whether a build is of this version: then it holds all that follows from it."""
    try:
        record = json.loads((folder / BUILD).read_bytes())
    except (OSError, ValueError):
        return False
    told: Mapping[str, object] = record if isinstance(record, dict) else {}
    return (told.get("toolkit"), told.get("ontology"), told.get("base")) == (__version__, knowledge.version, knowledge.base)


def _read(files: Sequence[Found], knowledge: Knowledge) -> pipeline.Dataset:
    dataset = pipeline.read_dataset([file.shown for file in files], knowledge)
    if dataset.refused:
        raise InputError(next(str(finding) for finding in dataset.findings if finding.severity == "violation"))
    return dataset


def _streamed(file: Path) -> Iterator[Triple]:
    try:
        for triple in ox.parse(path=str(file), format=ox.RdfFormat.N_TRIPLES):
            yield str(triple.subject), str(triple.predicate), str(triple.object)
    except (SyntaxError, OSError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None


def _is_ntriples(file: Found) -> bool:
    data_format = format_for(file.name)
    return data_format is not None and data_format.name == "ntriples"


def _spots(file: Path) -> dict[str, Spot]:
    """Where each subject of N-Triples first begins a line."""
    found: dict[str, Spot] = {}
    offset, before = 0, b""
    with file.open("rb") as opened:
        for number, line in enumerate(opened, 1):
            subject = line[: line.find(b" ")]
            if subject != before and subject[:1] == b"<":
                found.setdefault(subject.decode("utf-8", "replace"), Spot(number, offset))
            before, offset = subject, offset + len(line)
    return found


def _line(file: Path, spot: Spot, subject: str, predicate: str | None, value: str | None) -> int:
    """The line of a triple, else of its predicate, else of its subject: those of a subject stand together."""
    best = None
    wanted = f"{subject} {predicate} ".encode()
    whole = wanted + f"{value} ".encode()
    for number, line in _lines(file, spot, f"{subject} ".encode()):
        if line.startswith(whole):
            return number
        if best is None and line.startswith(wanted):
            best = number
    return best or spot.line


def _lines(file: Path, spot: Spot, beginning: bytes) -> Iterable[tuple[int, bytes]]:
    with file.open("rb") as opened:
        opened.seek(spot.offset)
        for number in range(spot.line, spot.line + _LINES_OF_A_SUBJECT):
            line = opened.readline()
            if not line.startswith(beginning):
                return
            yield number, line
