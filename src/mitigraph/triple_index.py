"""Triples in one file that is opened without being read: terms as numbers, a table each way for every predicate.

The file is mapped into memory and searched by bisection, so that a look-up costs microseconds and opening next to nothing,
however large the graph. It is written once and never changed.

>>> import tempfile
>>> file = Path(tempfile.mkdtemp()) / "a.index"
>>> write_index(file, [("<urn:a>", "<urn:p>", '"1"')], [("<urn:a>", "<urn:q>", "<urn:b>")])
>>> with TripleIndex(file) as index:
...     index.objects("<urn:a>", "<urn:p>"), index.subjects("<urn:q>", "<urn:b>"), len(index)
(['"1"'], ['<urn:a>'], 2)
"""

from __future__ import annotations

import json
import mmap
import os
import secrets
import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Self
from zlib import crc32

from mitigraph.errors import EngineError, InputError
from mitigraph.terms import Triple

__all__ = ["Spot", "TripleIndex", "write_index"]

MAGIC = b"mitigraph index 1\n"
_WORD, _LONG, _BYTE = "I", "Q", "B"
_LOW = 0xFFFFFFFF
_ALIGNED = 8


class Spot(NamedTuple):
    """A line of a file (from 1), and the byte at which it begins."""

    line: int
    offset: int


def write_index(
    file: Path, asserted: Iterable[Triple], derived: Iterable[Triple], lines: Mapping[str, Spot] | None = None
) -> None:
    """Write triples, each once, and which of them are derived; ``lines`` say where subjects begin in the file they came from.

    The file is whole or absent, whoever else writes it at the same time. EngineError: it cannot be written.
    """
    growing = file.with_name(f".{file.name}.new-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with growing.open("wb") as target:
            _Writer(asserted, derived, lines or {}).write(target)
            target.flush()
            os.fsync(target.fileno())
        growing.replace(file)
    except OSError as error:
        raise EngineError(f"{file}: cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            growing.unlink()


class TripleIndex:
    """The triples of a written file. InputError: the file is missing, cut off, or not of this form."""

    def __init__(self, file: Path) -> None:
        try:
            with file.open("rb") as opened:
                self._map = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise InputError(f"{file}: cannot be opened: {error}") from None
        self._view = memoryview(self._map)
        header = self._header(file)
        self._sections: dict[str, list[Any]] = header["sections"]
        self._tables: dict[str, int] = header["predicates"]
        self._opened: dict[str, memoryview[int]] = {}
        self._ids: dict[str, int | None] = {}
        self._terms: dict[int, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return sum(self._sections[f"{number}.objects"][1] for number in self._tables.values())

    def close(self) -> None:
        """Let go of the file."""
        for view in (*self._opened.values(), self._view):
            view.release()
        self._opened.clear()
        self._map.close()

    @property
    def predicates(self) -> list[str]:
        """Every predicate that some triple has."""
        return list(self._tables)

    def objects(self, subject: str, predicate: str) -> list[str]:
        """The objects of a subject's triples with a predicate."""
        first, last = self._span(predicate, "subjects", subject)
        return [self._term(number) for number in self._section(predicate, "objects")[first:last]] if first < last else []

    def subjects(self, predicate: str, value: str) -> list[str]:
        """The subjects of the triples with a predicate and an object."""
        first, last = self._span(predicate, "values", value)
        return [self._term(number) for number in self._section(predicate, "owners")[first:last]] if first < last else []

    def holds(self, subject: str, predicate: str, value: str) -> bool:
        """Whether a triple is there."""
        return self._position(subject, predicate, value) is not None

    def is_derived(self, subject: str, predicate: str, value: str) -> bool:
        """Whether a triple is there only because rules gave it."""
        position = self._position(subject, predicate, value)
        return position is not None and bool(self._section(predicate, "derived")[position])

    def all_subjects(self, predicate: str) -> Iterator[str]:
        """Every subject of triples with a predicate, once."""
        return map(self._term, self._section(predicate, "subjects")) if predicate in self._tables else iter(())

    def all_objects(self, predicate: str) -> Iterator[str]:
        """Every object of triples with a predicate, once."""
        return map(self._term, self._section(predicate, "values")) if predicate in self._tables else iter(())

    def count(self, predicate: str) -> tuple[int, int]:
        """How many subjects and how many objects a predicate has."""
        if predicate not in self._tables:
            return 0, 0
        return len(self._section(predicate, "subjects")), len(self._section(predicate, "values"))

    def triples(self) -> Iterator[Triple]:
        """Every triple."""
        for predicate in self._tables:
            starts, objects = self._section(predicate, "subjects.starts"), self._section(predicate, "objects")
            for place, subject in enumerate(self._section(predicate, "subjects")):
                for position in range(starts[place], starts[place + 1]):
                    yield self._term(subject), predicate, self._term(objects[position])

    def spot(self, subject: str) -> Spot | None:
        """Where a subject begins in the file that the triples came from; None where it is not known."""
        number = self._id(subject)
        if number is None:
            return None
        known = self._part("lines.subjects")
        place = bisect_left(known, number)
        found = place < len(known) and known[place] == number
        return Spot(self._part("lines")[place], self._part("offsets")[place]) if found else None

    def _header(self, file: Path) -> dict[str, Any]:
        start = len(MAGIC) + 8
        if bytes(self._view[: len(MAGIC)]) == MAGIC:
            length = int.from_bytes(self._view[len(MAGIC) : start], "little")
            try:
                header: dict[str, Any] = json.loads(bytes(self._view[start : start + length]))
            except ValueError:
                header = {}
            if header.get("order") == sys.byteorder and header.get("size") == len(self._view) - _aligned(start + length):
                self._base = _aligned(start + length)
                return header
        self._view.release()
        self._map.close()
        raise InputError(f"{file}: is no whole index of this machine")

    def _position(self, subject: str, predicate: str, value: str) -> int | None:
        """Where in the table of a predicate a triple stands."""
        first, last = self._span(predicate, "subjects", subject)
        number = self._id(value) if first < last else None
        if number is None:
            return None
        objects = self._section(predicate, "objects")
        place = bisect_left(objects, number, first, last)
        return place if place < last and objects[place] == number else None

    def _span(self, predicate: str, side: str, term: str) -> tuple[int, int]:
        number = self._id(term) if predicate in self._tables else None
        if number is None:
            return 0, 0
        keys = self._section(predicate, side)
        place = bisect_left(keys, number)
        if place == len(keys) or keys[place] != number:
            return 0, 0
        starts = self._section(predicate, f"{side}.starts")
        return starts[place], starts[place + 1]

    def _id(self, term: str) -> int | None:
        if term not in self._ids:
            self._ids[term] = self._find(term.encode())
        return self._ids[term]

    def _find(self, term: bytes) -> int | None:
        sums, numbers = self._part("sums"), self._part("sums.terms")
        wanted = crc32(term)
        place = bisect_left(sums, wanted)
        while place < len(sums) and sums[place] == wanted:
            if self._text(numbers[place]) == term:
                return numbers[place]
            place += 1
        return None

    def _term(self, number: int) -> str:
        term = self._terms.get(number)
        if term is None:
            term = self._terms[number] = self._text(number).decode()
        return term

    def _text(self, number: int) -> bytes:
        ends = self._part("ends")
        return bytes(self._part("texts")[ends[number] : ends[number + 1]])

    def _section(self, predicate: str, name: str) -> memoryview[int]:
        return self._part(f"{self._tables[predicate]}.{name}")

    def _part(self, name: str) -> memoryview[int]:
        part = self._opened.get(name)
        if part is None:
            offset, count, code = self._sections[name]
            start = self._base + offset
            part = self._opened[name] = self._view[start : start + count * array(code).itemsize].cast(code)
        return part


class _Writer:
    """The tables of a graph, and from them the bytes of a file."""

    def __init__(self, asserted: Iterable[Triple], derived: Iterable[Triple], lines: Mapping[str, Spot]) -> None:
        self._ids: dict[str, int] = {}
        self._tables: dict[str, tuple[array[int], array[int]]] = defaultdict(lambda: (array(_LONG), array(_LONG)))
        for side, triples in enumerate((asserted, derived)):
            self._take(side, triples)
        self._lines = sorted((self._ids[subject], *spot) for subject, spot in lines.items() if subject in self._ids)

    def _take(self, side: int, triples: Iterable[Triple]) -> None:
        ids, tables = self._ids, self._tables
        for subject, predicate, value in triples:
            first = ids.setdefault(subject, len(ids))
            tables[predicate][side].append(first << 32 | ids.setdefault(value, len(ids)))

    def write(self, target: Any) -> None:
        """The magic word, a header that says where each section lies, the sections."""
        sections: dict[str, list[object]] = {}
        body: list[array[int]] = []
        size = 0
        for name, part in self._parts():
            sections[name] = [size, len(part), part.typecode]
            body.append(part)
            size = _aligned(size + len(part) * part.itemsize)
        numbers = {predicate: number for number, predicate in enumerate(sorted(self._tables))}
        header = {"order": sys.byteorder, "size": size, "predicates": numbers, "sections": sections}
        encoded = json.dumps(header).encode()
        start = MAGIC + len(encoded).to_bytes(8, "little") + encoded
        target.write(start.ljust(_aligned(len(start)), b"\0"))
        for part in body:
            part.tofile(target)
            length = len(part) * part.itemsize
            target.write(bytes(_aligned(length) - length))

    def _parts(self) -> Iterator[tuple[str, array[int]]]:
        for number, predicate in enumerate(sorted(self._tables)):
            yield from ((f"{number}.{name}", part) for name, part in _table(*self._tables[predicate]))
        yield "lines.subjects", array(_WORD, (subject for subject, _, _ in self._lines))
        yield "lines", array(_WORD, (line for _, line, _ in self._lines))
        yield "offsets", array(_LONG, (offset for _, _, offset in self._lines))
        yield from self._dictionary()

    def _dictionary(self) -> Iterator[tuple[str, array[int]]]:
        texts, ends, sums = array(_BYTE), array(_LONG, [0]), []
        for term, number in self._ids.items():
            text = term.encode()
            texts.frombytes(text)
            ends.append(len(texts))
            sums.append(crc32(text) << 32 | number)
        sums.sort()
        yield "texts", texts
        yield "ends", ends
        yield "sums", array(_WORD, (both >> 32 for both in sums))
        yield "sums.terms", array(_WORD, (both & _LOW for both in sums))


def _table(asserted: array[int], derived: array[int]) -> Iterator[tuple[str, array[int]]]:
    """The sections of one predicate: objects by subject, which of them are derived, subjects by object."""
    firm = set(asserted)
    pairs = sorted(firm.union(derived))
    yield from _grouped(pairs, "subjects", "objects")
    marks = (pair not in firm for pair in pairs) if len(firm) < len(pairs) else bytes(len(pairs))
    yield "derived", array(_BYTE, marks)
    turned = sorted((pair & _LOW) << 32 | pair >> 32 for pair in pairs)
    yield from _grouped(turned, "values", "owners")


def _grouped(pairs: list[int], keys: str, values: str) -> Iterator[tuple[str, array[int]]]:
    found, starts, place = array(_WORD), array(_WORD), 0
    for key, group in groupby(pair >> 32 for pair in pairs):
        found.append(key)
        starts.append(place)
        place += sum(1 for _ in group)
    starts.append(place)
    yield keys, found
    yield f"{keys}.starts", starts
    yield values, array(_WORD, (pair & _LOW for pair in pairs))


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
