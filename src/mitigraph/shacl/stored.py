"""The data in an index on disk: each row is looked up when it is asked for, and nothing is read whole unless it must be.

>>> import tempfile
>>> from pathlib import Path
>>> from mitigraph.triple_index import write_index
>>> file = Path(tempfile.mkdtemp()) / "a.index"
>>> write_index(file, [("<urn:a>", "<urn:p>", '"1"'), ("<urn:b>", "<urn:p>", '"1"')], [])
>>> data = Stored(TripleIndex(file))
>>> data.out("<urn:p>")["<urn:a>"], data.into("<urn:p>")['"1"'], "<urn:c>" in data.out("<urn:p>")
(['"1"'], ['<urn:a>', '<urn:b>'], False)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mitigraph.shacl.data import ByRow, Table
from mitigraph.shacl.edited import Lookup
from mitigraph.terms import Triple
from mitigraph.triple_index import TripleIndex

__all__ = ["Stored"]


class Stored(Lookup):
    """The triples of an index under the protocol of ``Data``."""

    def __init__(self, index: TripleIndex) -> None:
        self.index = index
        self._tables: dict[tuple[str, bool], Table] = {}

    def predicates(self) -> Collection[str]:
        return self.index.predicates

    def out(self, predicate: str) -> Table:
        return self._table(predicate, False)

    def into(self, predicate: str) -> Table:
        return self._table(predicate, True)

    def holds(self, triple: Triple) -> bool:
        return self.index.holds(*triple)

    def triples(self) -> Iterator[Triple]:
        return self.index.triples()

    def _table(self, predicate: str, backward: bool) -> Table:
        found = self._tables.get((predicate, backward))
        if found is None:
            found = self._tables[predicate, backward] = _Rows(self.index, predicate, backward)
        return found


class _Rows(ByRow):
    """One predicate's table, one way or the other. Rows that were asked for are kept: the same are asked for again and again."""

    def __init__(self, index: TripleIndex, predicate: str, backward: bool) -> None:
        self._index, self._predicate, self._backward = index, predicate, backward
        self._kept: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[str]:
        return self._index.all_objects(self._predicate) if self._backward else self._index.all_subjects(self._predicate)

    def __len__(self) -> int:
        return self._index.count(self._predicate)[self._backward]

    def _row(self, key: str) -> list[str]:
        found = self._kept.get(key)
        if found is None:
            index, predicate = self._index, self._predicate
            found = index.subjects(predicate, key) if self._backward else index.objects(key, predicate)
            self._kept[key] = found
        return found
