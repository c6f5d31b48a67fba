"""Which triples a validation result is about: those that a person would look at first.

A result names a focus node, a path and perhaps a value; what is to be mended may be the triple with which the path begins, one
that points to the focus node, or that of the property which is compared with.

>>> from mitigraph.shacl import Result
>>> from mitigraph.shacl.vocabulary import index, sh
>>> shapes = index([("<urn:s>", sh("path"), "_:p"), ("_:p", sh("inversePath"), "<urn:of>")])
>>> result = Result("<urn:a>", "^<urn:of>", "<urn:b>", "<urn:s>", sh("ClassConstraintComponent"), "violation", "")
>>> list(Concern(shapes, list).triples(result))
[('<urn:b>', '<urn:of>', '<urn:a>')]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import product

from mitigraph.shacl import Result
from mitigraph.shacl.data import Data, Tables
from mitigraph.shacl.edited import Lookup
from mitigraph.shacl.vocabulary import Index, members, sh
from mitigraph.terms import RDF, RDFS, Triple, is_iri

__all__ = ["Concern", "Pattern"]

Pattern = tuple[str, str, str | None]
"""A triple, or all of a subject and a predicate."""

Steps = list[tuple[str, bool]]
"""Predicates one after the other, each with whether it is followed forwards."""

_REPEATED = tuple(sh(name) for name in ("oneOrMorePath", "zeroOrMorePath", "zeroOrOnePath"))
_COMPARED = tuple(sh(name) for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"))
_NESTED = tuple(sh(name) for name in ("and", "or", "xone"))
_DEPTH = 4
_BELOW = f"<{RDFS}subPropertyOf>"


class Concern:
    """``shapes`` as an index; ``triples`` gives the whole graph when a path has more than one step."""

    def __init__(self, shapes: Index, triples: Callable[[], Iterable[Triple]]) -> None:
        self._shapes, self._triples = shapes, triples

    def triples(self, result: Result) -> Iterator[Pattern]:
        """The triples, the most telling first; where a value is missing, what would have held it."""
        focus, value = result.focus, result.value
        rows = self._shapes.get(result.shape, {})
        for name in _COMPARED:
            for other in rows.get(name, ()):
                # What is said with a narrower property is what somebody wrote; the rest follows from it.
                for narrower in self._narrower.get(other, ()):
                    yield from ((focus, narrower, end) for end in self._values(focus, narrower))
                yield focus, other, value
        for path in rows.get(sh("path"), [result.path] if result.path else []):
            for steps in self._ways(path):
                yield from self._begun(focus, steps, value)
        if sh("path") not in rows:
            yield from self._inside(focus, result.shape)

    def _begun(self, focus: str, steps: Steps, value: str | None) -> Iterator[Pattern]:
        """The first step of a way: from the focus node towards the value."""
        predicate, is_forward = steps[0]
        ends: Mapping[str | None, None]
        if len(steps) == 1:
            ends = {value: None}
        else:
            ends = self._first_nodes(focus, predicate, is_forward)
            if value is not None:
                ends = {node: None for node in self._lead_to(value, steps[1:]) if node in ends}
        for end in ends:
            if is_forward:
                yield focus, predicate, end
            elif end is not None and is_iri(end):
                yield end, predicate, focus
        if not ends and value is None and is_forward:
            yield focus, predicate, None

    def _inside(self, focus: str, shape: str) -> Iterator[Pattern]:
        """What the shapes within a shape of nodes look at: first what is not there."""
        seen = dict.fromkeys(predicate for predicate in self._looked_at(shape, _DEPTH))
        for predicate in seen:
            if not self._values(focus, predicate):
                yield focus, predicate, None
        for predicate in seen:
            values = self._values(focus, predicate)
            yield focus, predicate, values[0] if len(values) == 1 else None

    def _looked_at(self, shape: str, depth: int) -> Iterator[str]:
        rows = self._shapes.get(shape, {})
        for path in rows.get(sh("path"), ()):
            yield from (steps[0][0] for steps in self._ways(path) if steps[0][1])
        inner = [*rows.get(sh("not"), ()), *rows.get(sh("node"), ())]
        inner += [one for name in _NESTED for head in rows.get(name, ()) for one in members(self._shapes, head)]
        if depth:
            for one in inner:
                yield from self._looked_at(one, depth - 1)

    # -- paths ----------------------------------------------------------------------------------------------

    def _ways(self, path: str, depth: int = 8) -> list[Steps]:
        """A path as the ways it allows; of what may be repeated one round."""
        rows = self._shapes.get(path, {})
        if not depth:
            return []
        if f"<{RDF}first>" in rows:
            parts = [self._ways(step, depth - 1) for step in members(self._shapes, path)]
            return [[step for part in way for step in part] for way in product(*parts)]
        for inner in rows.get(sh("inversePath"), ()):
            return [[(name, not forward) for name, forward in reversed(way)] for way in self._ways(inner, depth - 1)]
        for head in rows.get(sh("alternativePath"), ()):
            return [way for one in members(self._shapes, head) for way in self._ways(one, depth - 1)]
        for name in _REPEATED:
            for inner in rows.get(name, ()):
                return self._ways(inner, depth - 1)
        return [[(path, True)]] if is_iri(path) and path.count("<") == 1 else []

    @lru_cache(maxsize=64)  # noqa: B019  # lives as long as the concern
    def _first_nodes(self, node: str, predicate: str, is_forward: bool) -> dict[str | None, None]:
        """The nodes that a step leads to, in sorted order."""
        table = self._data.out(predicate) if is_forward else self._data.into(predicate)
        return dict.fromkeys(sorted(table.get(node, ())))

    def _lead_to(self, value: str, steps: Steps) -> list[str]:
        """The nodes from which some steps lead to a value, in sorted order."""
        found = {value}
        for predicate, is_forward in reversed(steps):
            table = self._data.into(predicate) if is_forward else self._data.out(predicate)
            found = {start for node in found for start in table.get(node, ())}
        return sorted(found)

    def _values(self, node: str, predicate: str) -> list[str]:
        return sorted(self._data.out(predicate).get(node, ()))

    @cached_property
    def _data(self) -> Data:
        """The predicates that any of the shapes' paths follows."""
        wanted = {term for rows in self._shapes.values() for terms in rows.values() for term in terms} | {_BELOW}
        triples = self._triples()
        return triples if isinstance(triples, Tables | Lookup) else Tables(triples, wanted)

    @cached_property
    def _narrower(self) -> dict[str, list[str]]:
        """Property → the properties below it."""
        return {name: sorted(below) for name, below in self._data.into(_BELOW).items()}
