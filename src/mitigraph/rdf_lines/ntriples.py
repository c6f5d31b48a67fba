r"""The lines of some subjects in a large N-Triples file: one pass, and no more of the file is held than those lines.

If another subject is asked for after all, a second pass notes the first line of every subject.

>>> import io
>>> text = b'<urn:a> <urn:p> "1" .\n<urn:b> <urn:p> "2" .\n<urn:b> <urn:q> "3" .\n'
>>> lines = NTriplesLines(lambda: io.BytesIO(text), ["<urn:b>"])
>>> lines.of("<urn:b>"), lines.of("<urn:b>", "<urn:q>"), lines.of("<urn:b>", "<urn:p>", '"2"'), lines.of("<urn:a>")
(2, 3, 2, 1)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import BinaryIO

__all__ = ["NTriplesLines"]

_PIECE = 1 << 20


class NTriplesLines:
    """What ``RdfLines`` says of a file, most exactly for the given subjects."""

    def __init__(self, opens: Callable[[], BinaryIO], subjects: Iterable[str]) -> None:
        self._opens = opens
        wanted = {subject.encode() for subject in subjects}
        self._sought = {subject.decode() for subject in wanted}
        self._found: dict[str, list[tuple[int, str]]] = {}
        for number, line in _lines_of(opens, wanted):
            subject = line[: line.find(b" ")].decode()
            self._found.setdefault(subject, []).append((number, line.decode("utf-8", "replace")))

    @cached_property
    def _firsts(self) -> dict[bytes, int]:
        firsts: dict[bytes, int] = {}
        with self._opens() as stream:
            for number, line in enumerate(stream, 1):
                firsts.setdefault(line[: line.find(b" ")], number)
        return firsts

    def of(self, subject: str, predicate: str | None = None, value: str | None = None, anywhere: bool = True) -> int | None:
        """The line of a triple, else of its predicate, else the first of its subject; None where no line begins with it."""
        lines = self._found.get(subject)
        if not lines:
            return None if subject in self._sought or subject[0] != "<" else self._firsts.get(subject.encode())
        same = [(number, line) for number, line in lines if predicate and line.startswith(f"{subject} {predicate} ")]
        exact = [number for number, line in same if value and line.startswith(f"{subject} {predicate} {value} ")]
        return exact[0] if exact else (same or lines)[0][0]

    def triple(self, subject: str, predicate: str, value: str) -> int | None:
        """The line of just this triple, if the file has it."""
        start = f"{subject} {predicate} {value} "
        return next((number for number, line in self._found.get(subject, ()) if line.startswith(start)), None)


def _lines_of(opens: Callable[[], BinaryIO], wanted: set[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that begin with one of the subjects, each with its number."""
    first, rest = 1, b""
    with opens() as stream:
        while piece := stream.read(_PIECE):
            lines = (rest + piece).split(b"\n")
            rest = lines.pop()
            yield from [(number, line) for number, line in enumerate(lines, first) if line[: line.find(b" ")] in wanted]
            first += len(lines)
    if rest[: rest.find(b" ")] in wanted:
        yield first, rest
