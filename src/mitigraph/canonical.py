"""Blank nodes named by where they stand, so that equal graphs become equal bytes.

RDFC-1.0 does it for nearly every graph. Its cost explodes where many blank nodes look alike (a list of a thousand equal
members); such graphs are told apart by partition refinement instead. Which road is taken depends on the shape alone.

>>> sorted(canonical([("_:x", "<urn:p>", '"1"'), ("<urn:a>", "<urn:q>", "_:x")]))
[('<urn:a>', '<urn:q>', '_:c14n0'), ('_:c14n0', '<urn:p>', '"1"')]
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TypeVar

import pyoxigraph

from mitigraph.errors import EngineError

__all__ = ["canonical", "is_blank"]

Row = tuple[str, ...]
Statement = TypeVar("Statement", bound=Row)
Occurrences = dict[str, list[Row]]

COMPONENT_LIMIT = 40
ORDERINGS_LIMIT = 1_000
TIES_LIMIT = 300


def is_blank(term: str) -> bool:
    """Whether a term is a blank node."""
    return term.startswith("_:")


def canonical(statements: Iterable[Statement]) -> set[Statement]:
    """The statements (all triples, or all quads with "" for the default graph) with canonical blank nodes.

    EngineError when blank nodes are so alike that telling them apart would take too long.
    """
    rows = set(statements)
    blank = {row for row in rows if row[0][0] == "_" or row[2][0] == "_" or is_blank(row[-1])}
    if not blank:
        return rows
    occurrences = _occurrences(blank)
    # Names depend only on the statements that hold blank nodes (RDFC-1.0, 4.4).
    named = _rdfc(blank) if _rdfc_is_cheap(occurrences) else _refined(blank, occurrences)
    return (rows - blank).union(named)


def _occurrences(rows: Iterable[Row]) -> Occurrences:
    found: Occurrences = defaultdict(list)
    for row in rows:
        for term in set(filter(is_blank, row)):
            found[term].append(row)
    return found


def _rdfc(rows: Iterable[Statement]) -> list[Statement]:
    lines = "".join(f"{' '.join(filter(None, row))} .\n" for row in rows)
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(lines.encode(), format=pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    width = len(next(iter(rows)))
    default = pyoxigraph.DefaultGraph()
    quads = ((str(s), str(p), str(o), "" if g == default else str(g)) for s, p, o, g in dataset)
    return [quad[:width] for quad in quads]  # type: ignore[misc]


def _seen_from(node: str, rows: Iterable[Row], colours: dict[str, str]) -> tuple[Row, ...]:
    """A node's statements, itself marked and other blank nodes as their colour: equal for nodes not yet told apart."""
    return tuple(sorted(tuple("_:self" if t == node else colours.get(t, t) for t in row) for row in rows))


def _rdfc_is_cheap(occurrences: Occurrences) -> bool:
    """Whether the recursion of RDFC-1.0 (among nodes that share a first-degree hash) stays small."""
    plain = dict.fromkeys(occurrences, "_:other")
    views = {node: _seen_from(node, rows, plain) for node, rows in occurrences.items()}
    counts = Counter(views.values())
    alike = {node: view for node, view in views.items() if counts[view] > 1}
    seen: set[str] = set()
    return all(node in seen or _is_small(node, alike, occurrences, seen) for node in alike)


def _is_small(start: str, alike: dict[str, tuple[Row, ...]], occurrences: Occurrences, seen: set[str]) -> bool:
    """Whether the connected part around a node has few nodes and few orders in which RDFC-1.0 would try them."""
    stack, size, orderings = [start], 0, 1
    seen.add(start)
    while stack:
        node = stack.pop()
        size += 1
        near = [(i, row[1], t) for row in occurrences[node] for i, t in enumerate(row) if t in alike and t != node]
        ties = Counter((position, predicate, alike[term]) for position, predicate, term in near)
        orderings *= math.prod(math.factorial(min(n, 20)) for n in ties.values())
        fresh = {term for *_, term in near} - seen
        seen |= fresh
        stack.extend(fresh)
        if size > COMPONENT_LIMIT or orderings > ORDERINGS_LIMIT:
            return False
    return True


def _refined(rows: Iterable[Statement], occurrences: Occurrences) -> list[Statement]:
    partition = _Partition(occurrences)
    return _settled(partition, list(rows), Counter())


def _settled(partition: _Partition, rows: list[Statement], tries: Counter[str]) -> list[Statement]:
    """The least outcome over every way to break the ties that are left."""
    while (tied := partition.smallest_tie()) is not None:
        twins = partition.twins(tied)
        if len(twins) == 1:
            partition.separate(tied)
            continue
        tries["ties"] += 1
        if tries["ties"] > TIES_LIMIT:
            raise EngineError(f"blank nodes too alike to be named canonically ({len(tied)} in one tie); give them IRIs")
        return min(_settled(partition.copied(group[0]), rows, tries) for group in twins)
    names = partition.colours
    return sorted(tuple(names.get(term, term) for term in row) for row in rows)  # type: ignore[misc]


class _Partition:
    """Blank nodes in classes ("colours") that are split by what their neighbours are, until nothing splits any more.

    The largest part of a split class keeps its colour, so that only neighbours of the smaller parts are looked at again.
    """

    def __init__(self, occurrences: Occurrences) -> None:
        self.occurrences = occurrences
        self.colours = dict.fromkeys(occurrences, _colour(0))
        self.sizes = Counter(self.colours.values())
        self._refine(set(occurrences))

    def copied(self, chosen: str) -> _Partition:
        """Another partition in which one node stands alone."""
        other = object.__new__(_Partition)
        other.occurrences, other.colours, other.sizes = self.occurrences, dict(self.colours), Counter(self.sizes)
        other._move([chosen])
        other._refine(other._neighbours([chosen]))
        return other

    def smallest_tie(self) -> list[str] | None:
        """The members of the smallest class of more than one node, None when all stand alone."""
        tied = [(size, colour) for colour, size in self.sizes.items() if size > 1]
        if not tied:
            return None
        _, least = min(tied)
        return [node for node, colour in self.colours.items() if colour == least]

    def twins(self, nodes: list[str]) -> list[list[str]]:
        """Nodes grouped by equal statements: the members of a group may change places without any difference."""
        groups: dict[tuple[Row, ...], list[str]] = defaultdict(list)
        for node in nodes:
            groups[_seen_from(node, self.occurrences[node], {})].append(node)
        return list(groups.values())

    def separate(self, nodes: list[str]) -> None:
        """Twins each get a colour, in any order."""
        for node in nodes[1:]:
            self._move([node])

    def _move(self, nodes: list[str]) -> None:
        new = _colour(len(self.sizes))
        for node in nodes:
            self.sizes[self.colours[node]] -= 1
            self.colours[node] = new
        self.sizes[new] = len(nodes)

    def _neighbours(self, nodes: Iterable[str]) -> set[str]:
        return {term for node in nodes for row in self.occurrences[node] for term in row if term in self.colours}

    def _refine(self, touched: set[str]) -> None:
        while touched:
            views: dict[str, dict[tuple[Row, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
            for node in touched:
                if self.sizes[self.colours[node]] > 1:
                    views[self.colours[node]][_seen_from(node, self.occurrences[node], self.colours)].append(node)
            moved = [node for colour in sorted(views) for node in self._split(colour, views[colour])]
            touched = self._neighbours(moved)

    def _split(self, colour: str, views: dict[tuple[Row, ...], list[str]]) -> list[str]:
        """Gives every part but one a new colour and says which nodes moved; nodes not looked at stay, else the largest."""
        looked_at = sum(map(len, views.values()))
        stay = None if looked_at < self.sizes[colour] else max((len(nodes), view) for view, nodes in views.items())[1]
        moved = []
        for view in sorted(views):
            if view != stay:
                self._move(views[view])
                moved += views[view]
        return moved


def _colour(number: int) -> str:
    return f"_:b{number:07}"
