r"""Regular expressions that would never end: found by their form, before a text is read.

Python's engine tries every way in which a text can be matched. Where one and the same text can be gone through in two ways
again and again (``(a+)+``, ``(a|a)*``), the ways double with every letter. Such an expression is refused; for the others
``effort`` says with which power of the text's length the work can grow.

>>> refusal("(a+)+$")
'a text of some dozen letters could keep it busy for ever: one text can be gone through in many ways'
>>> refusal("[A-Z][0-9]+") is None, effort("[A-Z][0-9]+"), effort(".*:.*")
(True, 1, 2)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

__all__ = ["effort", "refusal"]

MOST_COPIES = 40
"""A part that is repeated a set number of times is written out so often; beyond that it counts as repeated at will."""

MOST_POSITIONS = 600
MOST_PAIRS = 60_000

AMBIGUOUS = "a text of some dozen letters could keep it busy for ever: one text can be gone through in many ways"
TOO_LARGE = "it is too large to be sure that it comes to an end"

_SAMPLES = tuple(map(chr, range(128))) + tuple("\x85\xa0ªßàéŉΩяא٣中\u2028😀")
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}

Letters = frozenset[str]
Edge = tuple[int, int]


class _TooLargeError(ValueError):
    """An automaton beyond what is looked through."""


@dataclass(slots=True)
class _Part:
    """A part of an expression: the positions it can begin and end with, each with the number of ways, and in how many ways
    it can be empty."""

    first: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)
    empty: int = 1


@lru_cache(maxsize=512)
def refusal(pattern: str, flags: int = 0) -> str | None:
    """Why a regular expression is refused; None if it is not. ``re.error`` if it is none.

    >>> refusal(r"(\\w+\\s?)*!") is None, refusal(r"\\w+(\\s\\w+)*!")
    (False, None)
    """
    try:
        return AMBIGUOUS if _Automaton(pattern, flags).doubles() else None
    except _TooLargeError as error:
        return str(error)


@lru_cache(maxsize=512)
def effort(pattern: str, flags: int = 0) -> int:
    """The power of a text's length with which the work can grow, for a match of the whole text; never too small.

    >>> effort("a{3}"), effort(r"\\s*x\\s*"), effort(".*/.*/.*")
    (1, 1, 3)
    """
    try:
        return _Automaton(pattern, flags).depth()
    except _TooLargeError:
        return 9


class _Automaton:
    """The positions of an expression (its letters, in order), what each matches, and which follow which, in how many ways."""

    def __init__(self, pattern: str, flags: int) -> None:
        tree = parser.parse(pattern, flags)
        self.flags = tree.state.flags
        self.letters: list[Letters] = []
        self.follow: list[Counter[int]] = []
        self.samples = (*_SAMPLES, *{sign for text in pattern for sign in (text, text.swapcase()) if len(sign) == 1})
        self.whole = self.sequence(tree)

    # -- from the expression to positions --------------------------------------------------------------------

    def sequence(self, items: Iterable[tuple[Any, Any]]) -> _Part:
        whole = _Part()
        for name, value in items:
            whole = self.joined(whole, self.item(name, value))
        return whole

    def item(self, name: Any, value: Any) -> _Part:
        """One item of the parsed expression."""
        if name in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            return self.position(self.matched(name, value))
        if name in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self.repeated(*value)
        if name is op.BRANCH:
            return self.either([self.sequence(one) for one in value[1]])
        if name is op.SUBPATTERN:
            return self.flagged(*value[1:])
        if name is op.ATOMIC_GROUP:
            return self.sequence(value)
        if name is op.GROUPREF_EXISTS:
            return self.either([self.sequence(one) if one else _Part() for one in value[1:]])
        if name is op.GROUPREF:
            return self.repeated(0, op.MAXREPEAT, [(op.ANY, None)])
        return _Part()  # anchors and looking around match no letter

    def flagged(self, added: int, taken: int, items: Any) -> _Part:
        """A group, which may have flags of its own."""
        before = self.flags
        self.flags = (before | added) & ~taken
        part = self.sequence(items)
        self.flags = before
        return part

    def position(self, letters: Letters) -> _Part:
        if len(self.letters) >= MOST_POSITIONS:
            raise _TooLargeError(TOO_LARGE)
        self.letters.append(letters)
        self.follow.append(Counter())
        at = len(self.letters) - 1
        return _Part(Counter({at: 1}), Counter({at: 1}), 0)

    def joined(self, left: _Part, right: _Part) -> _Part:
        self.link(left.last, right.first)
        first = left.first + _times(right.first, left.empty)
        last = right.last + _times(left.last, right.empty)
        return _Part(first, last, min(left.empty * right.empty, 2))

    def link(self, ends: Counter[int], starts: Counter[int]) -> None:
        for end, ways in ends.items():
            for start, more in starts.items():
                self.follow[end][start] += ways * more

    def either(self, parts: list[_Part]) -> _Part:
        whole = _Part(empty=0)
        for part in parts:
            whole = _Part(whole.first + part.first, whole.last + part.last, min(whole.empty + part.empty, 2))
        return whole

    def repeated(self, least: int, most: Any, items: Any) -> _Part:
        """A part again and again: written out where its turns are few, else a loop after those that must be."""
        few = most is not op.MAXREPEAT and most <= MOST_COPIES
        whole = _Part()
        for turn in range(most if few else min(least, MOST_COPIES) - 1):
            part = self.sequence(items)
            whole = self.joined(whole, part if turn < least else _Part(part.first, part.last, 1))
        if few:
            return whole
        part = self.sequence(items)
        self.link(part.last, part.first)
        return self.joined(whole, _Part(part.first, part.last, part.empty if least else 1))

    def matched(self, name: Any, value: Any) -> Letters:
        """The sample letters that an item matches."""
        if name is op.ANY:
            return frozenset(sign for sign in self.samples if self.flags & re.DOTALL or sign != "\n")
        if name is op.LITERAL:
            return self.with_case({chr(value)})
        if name is op.NOT_LITERAL:
            return frozenset(self.samples) - self.with_case({chr(value)})
        members = {sign for kind, one in value if kind is not op.NEGATE for sign in self.members(kind, one)}
        found = self.with_case(members)
        return frozenset(self.samples) - found if any(kind is op.NEGATE for kind, _ in value) else found

    def members(self, kind: Any, value: Any) -> Iterator[str]:
        if kind is op.LITERAL:
            yield chr(value)
        elif kind is op.RANGE:
            yield from (sign for sign in self.samples if value[0] <= ord(sign) <= value[1])
        elif kind is op.CATEGORY:
            flags = re.ASCII if self.flags & re.ASCII else 0
            yield from (sign for sign in self.samples if re.match(_CATEGORIES[str(value)], sign, flags))

    def with_case(self, letters: set[str]) -> Letters:
        if self.flags & re.IGNORECASE:
            letters = letters | {sign.swapcase() for sign in letters}
        return frozenset(letters)

    # -- what the positions show -----------------------------------------------------------------------------

    def doubles(self) -> bool:
        """Whether some text leads from a position back to it in two ways."""
        loops = _loops({at: set(after) for at, after in enumerate(self.follow)})
        return any(self.doubles_in(loop) for loop in loops)

    def doubles_in(self, loop: set[int]) -> bool:
        if any(ways > 1 and after in loop for at in loop for after, ways in self.follow[at].items()):
            return True
        pairs: dict[Edge, set[Edge]] = {}
        waiting = [(at, at) for at in loop]
        while waiting:
            pair = waiting.pop()
            if pair in pairs:
                continue
            if len(pairs) > MOST_PAIRS:
                raise _TooLargeError(TOO_LARGE)
            pairs[pair] = {
                (one, other)
                for one in self.follow[pair[0]]
                for other in self.follow[pair[1]]
                if one in loop and other in loop and not self.letters[one].isdisjoint(self.letters[other])
            }
            waiting.extend(pairs[pair])
        return any(
            any(one == other for one, other in found) and any(one != other for one, other in found) for found in _loops(pairs)
        )

    def depth(self) -> int:
        """The most loops that one text can be parted between in many ways, one after the other."""
        loops = _loops({at: set(after) for at, after in enumerate(self.follow)})
        inside = {at: number for number, loop in enumerate(loops) for at in loop}
        shared = [frozenset().union(*(self.letters[at] for at in loop)) for loop in loops]
        reached = {number: self.reached(loop, inside) for number, loop in enumerate(loops)}

        @cache
        def chain(number: int) -> int:
            after = [other for other in reached[number] if other != number and shared[number] & shared[other]]
            return 1 + max(map(chain, after), default=0)

        return max((chain(number) for number in range(len(loops))), default=1)

    def reached(self, loop: set[int], inside: dict[int, int]) -> set[int]:
        """The loops that come after one, by letters that it has too."""
        letters = frozenset().union(*(self.letters[at] for at in loop))
        seen, waiting, found = set(loop), list(loop), set()
        while waiting:
            for after in self.follow[waiting.pop()]:
                if after not in seen and not self.letters[after].isdisjoint(letters):
                    seen.add(after)
                    waiting.append(after)
                    if after in inside:
                        found.add(inside[after])
        return found


def _times(counted: Counter[int], times: int) -> Counter[int]:
    return Counter({at: ways * times for at, ways in counted.items()}) if times else Counter()


def _loops(graph: dict[Any, set[Any]]) -> list[set[Any]]:
    """The strongly connected parts of a graph that hold a way round (Tarjan, without recursion)."""
    index: dict[Any, int] = {}
    low: dict[Any, int] = {}
    stack: list[Any] = []
    on: set[Any] = set()
    found: list[set[Any]] = []
    for root in graph:
        work: list[tuple[Any, Iterator[Any]]] = [] if root in index else [_entered(root, graph, index, low, stack, on)]
        while work:
            node, after = work[-1]
            for one in after:
                if one not in index:
                    work.append(_entered(one, graph, index, low, stack, on))
                    break
                if one in on:
                    low[node] = min(low[node], index[one])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part = set(_popped(node, stack, on))
                    if len(part) > 1 or node in graph.get(node, ()):
                        found.append(part)
    return found


def _entered(
    node: Any, graph: dict[Any, set[Any]], index: dict[Any, int], low: dict[Any, int], stack: list[Any], on: set[Any]
) -> tuple[Any, Iterator[Any]]:
    index[node] = low[node] = len(index)
    stack.append(node)
    on.add(node)
    return node, iter(graph.get(node, ()))


def _popped(node: Any, stack: list[Any], on: set[Any]) -> Iterator[Any]:
    while True:
        one = stack.pop()
        on.discard(one)
        yield one
        if one == node:
            return
