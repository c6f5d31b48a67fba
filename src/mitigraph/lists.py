"""Functions that join, count, pick from and order lists of texts: GREL's array functions, in GREL's meaning.

Positions count from 0; a negative one counts from the end; what lies outside is nothing.

>>> join(["a", "b"], ["; "]), get(["a", "b", "c"], ["-1"])
(['a; b'], ['c'])
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from mitigraph.logic import Result, Texts
from mitigraph.parting import whole_number

__all__ = ["LISTS"]


def concat(*values: Texts, separator: Texts = ()) -> Result:
    """Every combination of the values, joined; nothing if one of them is missing.

    >>> concat(["a", "b"], ["1"], separator=["-"])
    ['a-1', 'b-1']
    """
    return [(separator[0] if separator else "").join(parts) for parts in product(*values)]


def join_two(value: Texts, other: Texts, separator: Texts = ()) -> Result:
    """Two values joined; every combination where there are several.

    >>> join_two(["a"], ["b"], ["-"])
    ['a-b']
    """
    return concat(value, other, separator=separator)


def join(values: Texts, separator: Texts = ()) -> Result:
    """All values in one text.

    >>> join(["a", "b"], [";"]), join([])
    (['a;b'], [])
    """
    return [(separator[0] if separator else "").join(values)] if values else []


def count(values: Texts) -> Result:
    """How many values there are.

    >>> count(["a", "b"]), count([])
    (['2'], ['0'])
    """
    return [str(len(values))]


def get(values: Texts, start: Texts, end: Texts = ()) -> Result:
    """The value at a position, or those from a position up to another, which is left out.

    >>> get(["a", "b", "c"], ["1"]), get(["a", "b", "c"], ["0"], ["2"]), get(["a"], ["7"])
    (['b'], ['a', 'b'], [])
    """
    if end:
        return cut(values, start, end)
    at = _position(start)
    return list(values[at : at + 1 or None])


def cut(values: Texts, start: Texts, end: Texts = ()) -> Result:
    """The values from a position up to another, which is left out, or to the end.

    >>> cut(["a", "b", "c"], ["1"]), cut(["a", "b", "c"], ["0"], ["-1"])
    (['b', 'c'], ['a', 'b'])
    """
    return list(values[_position(start) : _position(end) if end else None])


def _position(texts: Texts) -> int:
    return whole_number(texts[0] if texts else "", "a position")


def reverse(values: Texts) -> Result:
    """The values from the last to the first.

    >>> reverse(["a", "b"])
    ['b', 'a']
    """
    return list(values[::-1])


def sort(values: Texts) -> Result:
    """The values in the order of their characters' numbers in Unicode, the same on every machine.

    >>> sort(["b", "a", "B"])
    ['B', 'a', 'b']
    """
    return sorted(values)


def unique(values: Texts) -> Result:
    """Each value once, in the order in which they come first.

    >>> unique(["b", "a", "b"])
    ['b', 'a']
    """
    return list(dict.fromkeys(values))


LISTS: dict[str, Callable[..., Result]] = {
    "concat": concat,
    "count": count,
    "get": get,
    "join": join,
    "joinTwo": join_two,
    "reverse": reverse,
    "slice": cut,
    "sort": sort,
    "unique": unique,
}
"""These functions by the names mappings use."""
