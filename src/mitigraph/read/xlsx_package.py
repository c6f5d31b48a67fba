"""The ZIP package of a workbook, opened with suspicion: its size is bounded before and while it is unpacked.

Nothing is ever written, so names of parts are only names; links out of the package are never followed.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Protocol
from urllib.parse import unquote
from xml.parsers import expat

from mitigraph.errors import InputError
from mitigraph.read import limits
from mitigraph.read.content import Content
from mitigraph.read.kinds import kind_of

__all__ = ["Attributes", "Package", "elements", "parse_part", "refuse_depth"]

Attributes = dict[str, str]

PIECE = 1 << 16
KIND_IS_TOLD_BY = 64
ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0"
DIRECTORY_ENTRY = b"PK\x01\x02"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    IndexError,
)
"""What ``zipfile`` raises over spoilt archives."""

OTHERS = (
    ("xl/workbook.bin", "a binary Excel workbook"),
    ("content.xml", "an OpenDocument file"),
    ("index/document.iwa", "a Numbers document"),
    ("index.zip", "a Numbers document"),
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
)
SAVE = "save it as .xlsx, or its sheets as CSV (UTF-8)"
WORKBOOK = "xl/workbook.xml"


class Package:
    """The parts of a workbook file by their names, in lower case and without a slash before them.

    InputError: no ZIP archive, an encrypted one, or one that unpacks to more than ``limits`` allow.
    """

    def __init__(self, content: Content, name: str) -> None:
        self.name, self._content = name, content
        self._refuse_foreign()
        self._refuse_crowd()
        self._parts: dict[str, zipfile.ZipInfo] = {}
        with self._unzipping("the ZIP archive is broken"), content.open() as stream, zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
        total = 0
        for entry in entries:
            total += self._checked(entry)
            key = _key(entry.filename)
            if key in self._parts:
                raise InputError(f"{name}: the part {entry.filename} is in the workbook twice")
            self._parts[key] = entry
        if total > limits.XLSX_BYTES:
            raise InputError(f"{name}: the workbook unpacks to more than {limits.XLSX_BYTES:,} bytes")

    def __contains__(self, part: str) -> bool:
        return _key(part) in self._parts

    def pieces(self, part: str) -> Iterator[bytes]:
        """The unpacked bytes of a part. InputError: there is no such part, it is broken, or holds more than was declared."""
        entry = self._parts.get(_key(part))
        if entry is None:
            raise InputError(f"{self.name}: the workbook lacks its part {part}")
        read = 0
        with (
            self._unzipping(f"the part {part} is broken"),
            self._content.open() as stream,
            zipfile.ZipFile(stream) as archive,
            archive.open(entry) as unpacked,
        ):
            for piece in iter(partial(unpacked.read, PIECE), b""):
                read += len(piece)
                if read > entry.file_size or _is_bomb(read, entry.compress_size):
                    raise InputError(f"{self.name}: the part {part} unpacks to more than it declares")
                yield piece

    def check(self, part: str) -> None:
        """Unpack a part to its end: a broken one is known before anything of it is used."""
        for _ in self.pieces(part):
            pass

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part points to inside the package: by the relation's id, the last word of its type, and the part."""
        folder, base = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if relations not in self:
            return found
        for _, element, told in elements(self, relations):
            if element == "Relationship" and told.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, unquote(told.get("Target", ""))))
                found[told.get("Id", "")] = told.get("Type", "").rpartition("/")[2], target.lstrip("/")
        return found

    def workbook(self) -> str:
        """The name of the main part. InputError: this is a ZIP archive of another kind."""
        main = [part for kind, part in self.related("").values() if kind == "officeDocument"]
        part = next((part for part in main if part in self), WORKBOOK)
        for sign, kind in OTHERS:
            if sign in self and (part not in self or _key(part) == sign):
                raise InputError(f"{self.name}: this is {kind}; {SAVE}")
        if part not in self:
            raise InputError(f"{self.name}: this is a ZIP archive without a workbook in it")
        return part

    def _refuse_foreign(self) -> None:
        head = self._content.head(KIND_IS_TOLD_BY)
        if head.startswith(OLE):
            locked = any(ENCRYPTED in piece for piece in self._overlapping(len(ENCRYPTED)))
            kind = "the workbook is protected by a password" if locked else "this is an old Excel workbook or Office document"
            raise InputError(f"{self.name}: {kind}; {'save it without one' if locked else SAVE}")
        if not head.startswith(ZIP):
            raise InputError(f"{self.name}: this is {kind_of(head) or 'something else'}, no Excel workbook")

    def _refuse_crowd(self) -> None:
        """Count entries before ``zipfile`` makes an object of each; the sign within packed data may count as one more."""
        count = sum(piece.count(DIRECTORY_ENTRY) for piece in self._overlapping(len(DIRECTORY_ENTRY)))
        if count > limits.XLSX_PARTS:
            raise InputError(f"{self.name}: the workbook has more than {limits.XLSX_PARTS:,} parts")

    def _overlapping(self, length: int) -> Iterator[bytes]:
        """The file in pieces that share just less than ``length`` bytes, so that no sign is cut in two."""
        rest = b""
        with self._content.open() as stream:
            for piece in iter(partial(stream.read, 1 << 20), b""):
                yield rest + piece
                rest = (rest + piece)[-(length - 1) :]

    def _checked(self, entry: zipfile.ZipInfo) -> int:
        """The size an entry declares, if it can be believed."""
        if entry.flag_bits & 1:
            raise InputError(f"{self.name}: the workbook is protected by a password; save it without one")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"{self.name}: the part {entry.filename} is packed in a way no workbook is")
        if _key(entry.filename).endswith((".xml", ".rels")) and _is_bomb(entry.file_size, entry.compress_size):
            raise InputError(f"{self.name}: the part {entry.filename} unpacks to more than {limits.XLSX_RATIO} times its size")
        return entry.file_size

    def _unzipping(self, what: str) -> _Unzipping:
        return _Unzipping(f"{self.name}: {what}")


class _Unzipping:
    """Turns what ``zipfile`` raises into one clear line; what is raised on purpose goes through."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BROKEN_ZIP) and not isinstance(error, InputError):
            raise InputError(f"{self.what}: {error or type(error).__name__}") from None


class Handlers(Protocol):
    """What is called for the tags and texts of a part. ``start`` must not let elements nest without end."""

    def start(self, name: str, told: Attributes) -> object: ...

    def end(self, name: str) -> object: ...

    def text(self, text: str) -> object: ...


def parse_part(pieces: Iterator[bytes], what: str, handlers: Handlers) -> Iterator[None]:
    """Drive handlers over a part's XML; a turn for each piece, so that what they collect can be taken away.

    InputError: not well-formed, or with a document type (which could name files or multiply itself).
    """

    def doctype(*_: object) -> None:
        raise InputError(f"{what} has a DOCTYPE, which is refused")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = handlers.start, handlers.end
    parser.CharacterDataHandler = handlers.text
    parser.StartDoctypeDeclHandler = doctype
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
        yield
    except InputError:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise InputError(f"{what} is broken: {error}") from None


def elements(package: Package, part: str) -> Iterator[tuple[str, str, Attributes]]:
    """The elements of a small part: the parent's name, the name, the attributes, all without prefixes."""
    what = f"{package.name}: the part {part}"
    handlers = _Elements(what)
    for _ in parse_part(package.pieces(part), what, handlers):
        yield from handlers.found
        handlers.found.clear()


class _Elements:
    def __init__(self, what: str) -> None:
        self.found: list[tuple[str, str, Attributes]] = []
        self._what, self._above, self._count = what, [""], 0

    def start(self, name: str, told: Attributes) -> None:
        local = name.rpartition(":")[2]
        self.found.append((self._above[-1], local, {key.rpartition(":")[2]: value for key, value in told.items()}))
        self._above.append(local)
        refuse_depth(len(self._above), self._what)
        self._count += 1
        if self._count > limits.XLSX_ELEMENTS:
            raise InputError(f"{self._what} has more than {limits.XLSX_ELEMENTS:,} elements")

    def end(self, name: str) -> None:
        self._above.pop()

    def text(self, text: str) -> None:
        pass


def refuse_depth(depth: int, what: str) -> None:
    """InputError: elements within each other beyond all that a workbook has."""
    if depth > limits.NESTING:
        raise InputError(f"{what} is nested deeper than {limits.NESTING}")


def _key(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > limits.XLSX_SMALL and unpacked > packed * limits.XLSX_RATIO
