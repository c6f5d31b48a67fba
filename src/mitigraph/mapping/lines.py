"""Triples of a batch as lines of N-Quads (RDF 1.1 N-Quads; without a graph, N-Triples), one record after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat

from mitigraph.mapping.rules import Made

__all__ = ["lines"]


def lines(batch: Sequence[Made], records: int) -> str:
    """The lines of a batch of so many records.

    >>> a = Made(range(2), ["<urn:1>", "<urn:2>"], ["<urn:p>"] * 2, ['"a"', '"b"'])
    >>> b = Made([1], ["<urn:2>"], ["<urn:q>"], ['"c"'], ["<urn:g>"])
    >>> print(lines([b, a], 2), end="")
    <urn:1> <urn:p> "a" .
    <urn:2> <urn:q> "c" <urn:g> .
    <urn:2> <urn:p> "b" .
    """
    pieces = [piece for made in batch for piece in _pieces(made, records)]
    # One join of all pieces: no line is put together before the whole text is.
    return "".join(chain.from_iterable(zip(*pieces, strict=False)))


def _pieces(made: Made, records: int) -> list[Iterable[str]]:
    """For each record its part of the text, in one piece or several."""
    predicates = made.predicates
    if made.graphs is None and made.turns == range(records) and predicates.count(predicates[0]) == records:
        return [made.subjects, repeat(f" {predicates[0]} "), made.objects, repeat(" .\n")]
    column = [""] * records
    for turn, s, p, o, g in zip(*made[:4], made.graphs or repeat(""), strict=False):
        column[turn] += f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n"
    return [column]
