"""Triples of a batch as lines of N-Quads (RDF 1.1 N-Quads; without a graph, N-Triples), one record after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat

from mitigraph.mapping.rules import Made

__all__ = ["lines"]


def lines(batch: Sequence[Made], records: int) -> bytes:
    """The lines of a batch of so many records, in UTF-8.

    >>> a = Made(range(2), ["<urn:1>", "<urn:2>"], ["<urn:p>"] * 2, ['"a"', '"b"'])
    >>> b = Made([1], ["<urn:2>"], ["<urn:q>"], ['"c"'], ["<urn:g>"])
    >>> print(lines([b, a], 2).decode(), end="")
    <urn:1> <urn:p> "a" .
    <urn:2> <urn:q> "c" <urn:g> .
    <urn:2> <urn:p> "b" .
    """
    encoded: dict[int, list[bytes]] = {}
    pieces = [piece for made in batch for piece in _pieces(made, records, encoded)]
    # One join of all pieces: no line is put together before the whole is. Pieces are encoded alone, as one wide character
    # would make a whole text of them wide.
    return b"".join(chain.from_iterable(zip(*pieces, strict=False)))


def _pieces(made: Made, records: int, encoded: dict[int, list[bytes]]) -> list[Iterable[bytes]]:
    """For each record its part of the lines, in one piece or several."""
    predicates, subjects, objects = made.predicates, made.subjects, made.objects
    if made.graphs is None and made.turns == range(records) and _is_one(predicates):
        same = encoded.get(id(subjects))
        if same is None:
            same = encoded[id(subjects)] = list(map(str.encode, subjects))
        if _is_one(objects):
            return [same, repeat(f" {predicates[0]} {objects[0]} .\n".encode())]
        return [same, repeat(f" {predicates[0]} ".encode()), map(str.encode, objects), repeat(b" .\n")]
    column = [""] * records
    for turn, s, p, o, g in zip(*made[:4], made.graphs or repeat(""), strict=False):
        column[turn] += f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n"
    return [map(str.encode, column)]


def _is_one(terms: Sequence[str]) -> bool:
    return terms[0] is terms[-1] and terms.count(terms[0]) == len(terms)
