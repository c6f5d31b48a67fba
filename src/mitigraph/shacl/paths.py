"""SHACL property paths: which values they lead to, and how they are written (SHACL, section 2.3.1).

>>> from mitigraph.shacl.data import Tables
>>> family = Tables([("<urn:a>", "<urn:parent>", "<urn:b>"), ("<urn:b>", "<urn:parent>", "<urn:c>")])
>>> above = OneOrMore(Predicate("<urn:parent>"))
>>> above.values(family, "<urn:a>"), above.reversed().values(family, "<urn:c>")
(['<urn:b>', '<urn:c>'], ['<urn:b>', '<urn:a>'])
>>> Alternative((Predicate("<urn:p>"), Sequence((Predicate("<urn:q>"), Inverse(Predicate("<urn:p>")))))).sparql()
'<urn:p>|(<urn:q>/^<urn:p>)'
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mitigraph.shacl.data import Data

__all__ = ["Alternative", "Inverse", "OneOrMore", "Path", "Predicate", "Sequence", "ZeroOrMore", "ZeroOrOne", "path_of"]

_TOKEN = re.compile(r"<[^<>]*>|[()/|^*+?]")


class Path(ABC):
    """A way from a node to others. Two paths are equal when they are written alike."""

    __slots__ = ()

    @abstractmethod
    def values(self, data: Data, node: str) -> list[str]:
        """The nodes a node leads to, each once, in the order of the data."""

    @abstractmethod
    def reversed(self) -> Path:
        """The path that leads back."""

    @abstractmethod
    def sparql(self) -> str:
        """The path as a SPARQL property path over IRI terms."""

    @abstractmethod
    def predicates(self) -> frozenset[str]:
        """All predicates that it follows, one way or the other."""

    def table(self, data: Data, focus: Collection[str]) -> Mapping[str, Collection[str]]:
        """Node → values, for those focus nodes that have any (and, where a whole table is at hand, for other nodes too)."""
        values = self.values
        return {node: found for node in focus if (found := values(data, node))}

    def step(self) -> str:
        """The path as a part of a longer one."""
        return f"({self.sparql()})"


@dataclass(frozen=True, slots=True)
class Predicate(Path):
    """The values of a property."""

    term: str

    def values(self, data: Data, node: str) -> list[str]:
        return list(data.out(self.term).get(node, ()))

    def reversed(self) -> Path:
        return Inverse(self)

    def sparql(self) -> str:
        return self.term

    def predicates(self) -> frozenset[str]:
        return frozenset((self.term,))

    def table(self, data: Data, focus: Collection[str]) -> Mapping[str, Collection[str]]:
        return data.out(self.term)

    def step(self) -> str:
        return self.term


@dataclass(frozen=True, slots=True)
class Inverse(Path):
    """A path walked backwards."""

    path: Path

    def values(self, data: Data, node: str) -> list[str]:
        if isinstance(self.path, Predicate):
            return list(data.into(self.path.term).get(node, ()))
        return self.path.reversed().values(data, node)

    def reversed(self) -> Path:
        return self.path

    def sparql(self) -> str:
        return f"^({self.path.sparql()})" if isinstance(self.path, Inverse) else f"^{self.path.step()}"

    def predicates(self) -> frozenset[str]:
        return self.path.predicates()

    def table(self, data: Data, focus: Collection[str]) -> Mapping[str, Collection[str]]:
        if isinstance(self.path, Predicate):
            return data.into(self.path.term)
        return self.path.reversed().table(data, focus)

    def step(self) -> str:
        return self.sparql()


@dataclass(frozen=True, slots=True)
class Sequence(Path):
    """One path after another."""

    paths: tuple[Path, ...]

    def table(self, data: Data, focus: Collection[str]) -> Mapping[str, Collection[str]]:
        first, *others = self.paths
        step = first.table(data, focus)
        found: dict[str, Collection[str]] = {node: step[node] for node in focus if node in step}
        for path in others:
            step = path.table(data, set().union(*found.values()))
            found = {node: values for node, row in found.items() if (values := _followed(row, step))}
        return found

    def values(self, data: Data, node: str) -> list[str]:
        found = [node]
        for path in self.paths:
            found = _each_once(value for here in found for value in path.values(data, here))
        return found

    def reversed(self) -> Path:
        return Sequence(tuple(path.reversed() for path in reversed(self.paths)))

    def sparql(self) -> str:
        return "/".join(path.step() for path in self.paths)

    def predicates(self) -> frozenset[str]:
        return _all_predicates(self.paths)


@dataclass(frozen=True, slots=True)
class Alternative(Path):
    """Any of several paths."""

    paths: tuple[Path, ...]

    def table(self, data: Data, focus: Collection[str]) -> Mapping[str, Collection[str]]:
        steps = [path.table(data, focus) for path in self.paths]
        rows = ((node, [step[node] for step in steps if node in step]) for node in focus)
        return {node: _each_once(chain.from_iterable(found)) for node, found in rows if found}

    def values(self, data: Data, node: str) -> list[str]:
        return _each_once(value for path in self.paths for value in path.values(data, node))

    def reversed(self) -> Path:
        return Alternative(tuple(path.reversed() for path in self.paths))

    def sparql(self) -> str:
        return "|".join(path.step() for path in self.paths)

    def predicates(self) -> frozenset[str]:
        return _all_predicates(self.paths)


@dataclass(frozen=True, slots=True)
class ZeroOrMore(Path):
    """The node itself and all that repeating a path leads to."""

    path: Path

    def values(self, data: Data, node: str) -> list[str]:
        return _closure(self.path, data, [node])

    def reversed(self) -> Path:
        return ZeroOrMore(self.path.reversed())

    def sparql(self) -> str:
        return _repeated(self.path, "*")

    def predicates(self) -> frozenset[str]:
        return self.path.predicates()


@dataclass(frozen=True, slots=True)
class OneOrMore(Path):
    """All that repeating a path leads to."""

    path: Path

    def values(self, data: Data, node: str) -> list[str]:
        return _closure(self.path, data, self.path.values(data, node))

    def reversed(self) -> Path:
        return OneOrMore(self.path.reversed())

    def sparql(self) -> str:
        return _repeated(self.path, "+")

    def predicates(self) -> frozenset[str]:
        return self.path.predicates()


@dataclass(frozen=True, slots=True)
class ZeroOrOne(Path):
    """The node itself and the values of a path."""

    path: Path

    def values(self, data: Data, node: str) -> list[str]:
        return _each_once([node, *self.path.values(data, node)])

    def reversed(self) -> Path:
        return ZeroOrOne(self.path.reversed())

    def sparql(self) -> str:
        return _repeated(self.path, "?")

    def predicates(self) -> frozenset[str]:
        return self.path.predicates()


def _closure(path: Path, data: Data, start: list[str]) -> list[str]:
    """The given nodes and all that a path leads to from them, however often it is walked; circles end by themselves."""
    found = dict.fromkeys(start)
    waiting = list(found)
    for node in waiting:  # the list grows while it is walked
        for value in path.values(data, node):
            if value not in found:
                found[value] = None
                waiting.append(value)
    return waiting


def _followed(row: Collection[str], step: Mapping[str, Collection[str]]) -> Collection[str]:
    """The values that a step leads to from any of some nodes."""
    if len(row) == 1:
        (node,) = row
        return step.get(node, ())
    return _each_once(value for node in row for value in step.get(node, ()))


def _repeated(path: Path, sign: str) -> str:
    return f"{path.sparql()}{sign}" if isinstance(path, Predicate) else f"({path.sparql()}){sign}"


def _each_once(nodes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(nodes))


def _all_predicates(paths: Iterable[Path]) -> frozenset[str]:
    return frozenset().union(*(path.predicates() for path in paths))


def path_of(text: str) -> Path:
    """The path that ``sparql()`` wrote. ValueError: it wrote no such text.

    >>> path_of("<urn:p>/^(<urn:q>|<urn:r>)").reversed().sparql()
    '(<urn:q>|<urn:r>)/^<urn:p>'
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise ValueError(f"not a path: {text[:80]!r}")
    tokens.reverse()
    try:
        path = _read_alternative(tokens)
    except IndexError:
        raise ValueError(f"not a path: {text[:80]!r}") from None
    if tokens:
        raise ValueError(f"not a path: {text[:80]!r}")
    return path


def _read_alternative(tokens: list[str]) -> Path:
    parts = [_read_sequence(tokens)]
    while tokens and tokens[-1] == "|":
        tokens.pop()
        parts.append(_read_sequence(tokens))
    return parts[0] if len(parts) == 1 else Alternative(tuple(parts))


def _read_sequence(tokens: list[str]) -> Path:
    parts = [_read_step(tokens)]
    while tokens and tokens[-1] == "/":
        tokens.pop()
        parts.append(_read_step(tokens))
    return parts[0] if len(parts) == 1 else Sequence(tuple(parts))


def _read_step(tokens: list[str]) -> Path:
    token = tokens.pop()
    if token == "^":
        return Inverse(_read_step(tokens))
    path: Path = Predicate(token)
    if token == "(":
        path = _read_alternative(tokens)
        token = tokens.pop()
    if token[0] not in "<)":
        raise ValueError(f"not a part of a path: {token!r}")
    return _REPEATED[tokens.pop()](path) if tokens and tokens[-1] in _REPEATED else path


_REPEATED: dict[str, Callable[[Path], Path]] = {"*": ZeroOrMore, "+": OneOrMore, "?": ZeroOrOne}
