"""Where a path may walk over a triple: what comes before that step, and what comes after.

A change of one triple can change the values of a path only for nodes from which some use of the path begins: those that the
part before the step, walked backwards, leads to.

>>> from mitigraph.shacl.paths import OneOrMore, Sequence
>>> path = Sequence((Inverse(Predicate("<urn:p>")), OneOrMore(Predicate("<urn:q>"))))
>>> for use in uses(path):
...     print(use.before and use.before.sparql(), use.predicate, use.inverse, use.after and use.after.sparql())
None <urn:p> True <urn:q>+
^<urn:p>/(<urn:q>*) <urn:q> False <urn:q>*
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mitigraph.shacl.data import Data
from mitigraph.shacl.paths import Alternative, Inverse, OneOrMore, Path, Predicate, Sequence, ZeroOrMore, ZeroOrOne

__all__ = ["Use", "is_empty", "joined", "uses"]


class Use(NamedTuple):
    """A step of a path: over triples of a predicate, against their direction if ``inverse``; None: nothing before, or after."""

    before: Path | None
    predicate: str
    inverse: bool
    after: Path | None

    def starts(self, data: Data, subject: str, value: str) -> list[str]:
        """The nodes from which a walk may come to a triple."""
        node = value if self.inverse else subject
        return [node] if self.before is None else self.before.reversed().values(data, node)

    def ends(self, data: Data, subject: str, value: str) -> list[str]:
        """The nodes that a walk over a triple may lead to."""
        node = subject if self.inverse else value
        return [node] if self.after is None else self.after.values(data, node)


def joined(*paths: Path | None) -> Path | None:
    """One path after another; None where there is none."""
    parts: list[Path] = []
    for path in paths:
        if path is not None:
            parts += path.paths if isinstance(path, Sequence) else [path]
    return Sequence(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)


def uses(path: Path) -> Iterator[Use]:
    """Every step of a path."""
    match path:
        case Predicate(term):
            yield Use(None, term, False, None)
        case Inverse(Predicate(term)):
            yield Use(None, term, True, None)
        case Inverse(inner):
            yield from uses(inner.reversed())
        case Alternative(paths):
            for one in paths:
                yield from uses(one)
        case Sequence(paths):
            for place, one in enumerate(paths):
                yield from _within(joined(*paths[:place]), one, joined(*paths[place + 1 :]))
        case ZeroOrMore(inner) | OneOrMore(inner):
            again = ZeroOrMore(inner)
            yield from _within(again, inner, again)
        case ZeroOrOne(inner):
            yield from uses(inner)
        case _:
            raise TypeError(f"no path: {path!r}")


def is_empty(path: Path) -> bool:
    """Whether a path leads from each node to itself without a step."""
    match path:
        case ZeroOrMore() | ZeroOrOne():
            return True
        case Inverse(inner) | OneOrMore(inner):
            return is_empty(inner)
        case Alternative(paths):
            return any(map(is_empty, paths))
        case Sequence(paths):
            return all(map(is_empty, paths))
    return False


def _within(before: Path | None, path: Path, after: Path | None) -> Iterator[Use]:
    for use in uses(path):
        yield Use(joined(before, use.before), use.predicate, use.inverse, joined(use.after, after))
