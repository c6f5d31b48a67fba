"""Which blank nodes can be written where they are used: as ``[ … ]`` or ``( … )``, and which need a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mitigraph.canonical import is_blank
from mitigraph.terms import RDF

__all__ = ["Nesting", "Subjects", "nesting"]

Subjects = Mapping[str, list[tuple[str, str]]]
"""Subject → its predicate–object pairs."""

INLINE_DEPTH = 32
_FIRST, _REST, _NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"


class Nesting(NamedTuple):
    """``inline``: nodes to be written at their only use; ``lists``: first cell → members; ``named``: nodes that need a name.

    Blank nodes in none of them are used nowhere as an object: subjects that can be written ``[]``.
    """

    inline: frozenset[str]
    lists: dict[str, list[str]]
    named: frozenset[str]


def nesting(subjects: Subjects, pinned: frozenset[str] = frozenset()) -> Nesting:
    """Plans a graph. ``pinned`` nodes are named in any case. The plan depends on the graph's shape, not on names."""
    uses = Counter(o for pairs in subjects.values() for _, o in pairs if is_blank(o))
    users = {o: s for s, pairs in subjects.items() for _, o in pairs if is_blank(o)}
    while True:
        inline = {node for node, count in uses.items() if count == 1 and node not in pinned}
        lists, cells = _lists(subjects, inline, users)
        reached = _cut_by_depth(subjects, inline, lists)
        loops = _loops(inline - reached - cells, users)
        if not loops:
            named = (set(uses) | {node for node in pinned if is_blank(node)}) - inline
            return Nesting(frozenset(inline), lists, frozenset(named))
        pinned |= loops


def _lists(subjects: Subjects, inline: set[str], users: Mapping[str, str]) -> tuple[dict[str, list[str]], set[str]]:
    """Well-formed lists by their first cell, and their other cells; found from the end, as each cell has one user."""
    members = {node: found for node in inline if (found := _cell(subjects.get(node, ())))}
    lists: dict[str, list[str]] = {}
    inner: set[str] = set()
    for end in [node for node, (_, rest) in members.items() if rest == _NIL]:
        chain = [end]
        while (user := users[chain[-1]]) in members and members[user][1] == chain[-1]:
            chain.append(user)
        lists[chain[-1]] = [members[cell][0] for cell in reversed(chain)]
        inner.update(chain[:-1])
    return lists, inner


def _cell(pairs: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    found = dict(pairs)
    if len(list(pairs)) == 2 and found.keys() == {_FIRST, _REST}:
        return found[_FIRST], found[_REST]
    return None


def _cut_by_depth(subjects: Subjects, inline: set[str], lists: dict[str, list[str]]) -> set[str]:
    """Takes nodes out of ``inline`` where nesting would grow too deep to read; says which of them are reached at all."""
    reached: set[str] = set()
    stack = [(subject, 0) for subject in subjects if subject not in inline]
    while stack:
        node, depth = stack.pop()
        objects = lists[node] if node in lists else [o for _, o in subjects.get(node, ())]
        for child in objects:
            if child not in inline:
                continue
            reached.add(child)
            if depth < INLINE_DEPTH:
                stack.append((child, depth + 1))
            else:
                _named_again(child, subjects, inline, lists)
                stack.append((child, 0))
    return reached


def _named_again(node: str, subjects: Subjects, inline: set[str], lists: dict[str, list[str]]) -> None:
    inline.discard(node)
    members = lists.pop(node, [])
    if len(members) > 1:
        lists[dict(subjects[node])[_REST]] = members[1:]


def _loops(unreached: set[str], users: Mapping[str, str]) -> frozenset[str]:
    """The blank nodes on closed loops among nodes that no subject leads to."""
    found: set[str] = set()
    done: set[str] = set()
    for start in unreached:
        path: dict[str, None] = {}
        node = start
        while node not in path and node not in done:
            path[node] = None
            node = users[node]
        if node in path:
            steps = list(path)
            found.update(steps[steps.index(node) :])
        done |= path.keys()
    return frozenset(found)
