r"""Where blank nodes stand in a text of Turtle: those between brackets, and the parts of lists.

Parsers name blank nodes as they like. Here each is told by what is said of it, and of what it leads to, and whose it is.

>>> from mitigraph.formats import format_named
>>> from mitigraph.parse import parse
>>> text = '<urn:s> <urn:p> [\n <urn:q> 1 ;\n <urn:r> 2 ] .'
>>> triples = parse(text.encode(), format_named("turtle"), "")
>>> node = next(s for s, p, o in triples if p == "<urn:q>")
>>> lines = NestedLines(text, {}, triples)
>>> lines.of(node), lines.of(node, "<urn:r>")
(1, 3)
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from mitigraph.rdf_lines.turtle import DIRECTIVE, STATEMENT, TOKEN, TYPE, TurtleText, skip
from mitigraph.terms import RDF, Triple

__all__ = ["NestedLines"]

_FIRST, _REST, _NIL = (f"<{RDF}{name}>" for name in ("first", "rest", "nil"))
_DEEP = 6
_CLOSING = ("]", ")")

Rows = Mapping[str, list[tuple[str, str]]]


class Told(NamedTuple):
    """One triple of a node: its predicate and value, and where each of them begins."""

    predicate: str
    value: str
    verb_at: int
    value_at: int


@dataclass
class _Open:
    """A node whose triples are being read: a subject, a node between brackets, or a list with its last part."""

    node: str
    kind: str
    verb: str = ""
    verb_at: int = 0
    owner: Told | None = None


@dataclass
class _Reading:
    """What is found: what is said of each node, and where a node without a name begins."""

    said: dict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    begins: dict[str, int] = field(default_factory=dict)

    def new(self, at: int) -> str:
        """A blank node that begins here."""
        node = f"_: {len(self.begins)}"
        self.begins[node] = at
        return node


class NestedLines(TurtleText):
    """One text with the triples that a parser found in it."""

    def __init__(self, text: str, prefixes: Mapping[str, str], triples: Iterable[Triple]) -> None:
        super().__init__(text, prefixes)
        self._starts = [0, *(at + 1 for at, sign in enumerate(text) if sign == "\n")]
        self._rows: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for subject, predicate, value in triples:
            self._rows[subject].append((predicate, value))

    def of(self, node: str, predicate: str | None = None, value: str | None = None) -> int | None:
        """The line of a triple of a node, blank or not; else of another with its predicate; else of the node."""
        here = self._known.get(node, node)
        same = self._told.get((here, predicate or ""), {})
        exact = same.get(self._known.get(value, value)) if value is not None else None
        if exact or same:
            place: int | None = exact.value_at if exact else next(iter(same.values())).verb_at
        else:
            place = self._read_through.begins.get(here)
        return None if place is None else bisect_right(self._starts, place)

    @cached_property
    def _told(self) -> dict[tuple[str, str], dict[str, Told]]:
        """Node and predicate → value → where that is first said."""
        found: dict[tuple[str, str], dict[str, Told]] = {}
        for node, rows in self._read_through.said.items():
            for said in rows:
                found.setdefault((node, said.predicate), {}).setdefault(said.value, said)
        return found

    @cached_property
    def _known(self) -> dict[str, str]:
        """The parser's blank nodes as they are called here: alike in what is said of them, one after the other."""
        here: dict[str, list[tuple[str, str]]] = {
            node: [(said.predicate, said.value) for said in rows] for node, rows in self._read_through.said.items()
        }
        waiting: dict[int, list[str]] = defaultdict(list)
        numbers: dict[object, int] = {}
        looks_here, looks = _Looks(here, numbers), _Looks(self._rows, numbers)
        for node in here:
            if node.startswith("_:"):
                waiting[looks_here.of(node)].append(node)
        found: dict[str, str] = {}
        for node in [node for node in self._rows if node.startswith("_:")]:
            alike = waiting[looks.of(node)]
            if alike:
                found[node] = alike.pop(0) if len(alike) > 1 else alike[0]
        return found

    @cached_property
    def _read_through(self) -> _Reading:
        reading, at, end = _Reading(), 0, len(self.text)
        while (at := skip(self.text, at)) < end:
            if directive := DIRECTIVE.match(self.text, at):
                at = directive.end()
                continue
            found = STATEMENT.match(self.text, at)
            stop = found.end() if found else end
            self._statement(reading, at, stop)
            at = stop + 1
        return reading

    def _statement(self, reading: _Reading, start: int, end: int) -> None:
        opened: list[_Open] = []
        for token in TOKEN.finditer(self.text, start, end):
            sign, term, at = token["sign"], self._read(token), token.start()
            if sign in ("[", "("):
                opened.append(self._opened(reading, opened, sign, at))
            elif sign in _CLOSING and opened:
                closed = opened.pop()
                if closed.kind == "(":
                    _end_list(reading, closed, at)
                if not opened:
                    opened.append(_Open(closed.node, "s"))
            elif sign == ";" and opened:
                opened[-1].verb = ""
            elif term is not None:
                self._term_at(reading, opened, term, at)

    def _opened(self, reading: _Reading, opened: list[_Open], sign: str, at: int) -> _Open:
        node = reading.new(at) if sign == "[" else ""
        if not opened:
            return _Open(node, sign)
        if sign == "[":
            _say(reading, opened[-1], node, at)
            return _Open(node, sign)
        above = opened[-1]
        if above.kind == "(":
            node = reading.new(at)
            _say(reading, above, node, at)
            return _Open(node, sign, verb=_FIRST)
        return _Open("", sign, owner=Told(above.verb, above.node, above.verb_at, at))

    def _term_at(self, reading: _Reading, opened: list[_Open], term: str, at: int) -> None:
        if not opened:
            opened.append(_Open(term, "s"))
            reading.begins.setdefault(term, at)
        elif opened[-1].kind != "(" and not opened[-1].verb:
            opened[-1].verb, opened[-1].verb_at = TYPE if term == "<a>" else term, at
        else:
            _say(reading, opened[-1], term, at)


def _say(reading: _Reading, here: _Open, value: str, at: int) -> None:
    """Note a value: of the verb that is open, or as the next member of a list."""
    if here.kind != "(":
        reading.said[here.node].append(Told(here.verb, value, here.verb_at, at))
        return
    cell = here.node if here.verb == _FIRST else reading.new(at)
    if here.owner is not None:
        reading.said[here.owner.value].append(Told(here.owner.predicate, cell, here.owner.verb_at, at))
    elif here.node and here.verb == _REST:
        reading.said[here.node].append(Told(_REST, cell, at, at))
    reading.said[cell].append(Told(_FIRST, value, at, at))
    here.node, here.verb, here.owner = cell, _REST, None


def _end_list(reading: _Reading, closed: _Open, at: int) -> None:
    if closed.owner is not None:
        reading.said[closed.owner.value].append(Told(closed.owner.predicate, _NIL, closed.owner.verb_at, at))
    elif closed.node:
        reading.said[closed.node].append(Told(_REST, _NIL, at, at))


@dataclass
class _Looks:
    """What nodes look like, whatever they are called: those that look alike have the same number."""

    rows: Rows
    numbers: dict[object, int]
    known: dict[tuple[str, int], int] = field(default_factory=dict)

    def of(self, node: str, deep: int = _DEEP) -> int:
        """The number of a node's looks; each is looked at once, however many lead to it."""
        if not deep:
            return -1
        if (node, deep) not in self.known:
            said = frozenset(
                (predicate, self.of(value, deep - 1) if value.startswith("_:") else value)
                for predicate, value in self.rows.get(node, ())
            )
            self.known[node, deep] = self.numbers.setdefault(said, len(self.numbers))
        return self.known[node, deep]
