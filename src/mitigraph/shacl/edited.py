"""Data with changes laid over them: what others read stays as it is, and what was before can still be asked.

>>> from mitigraph.shacl.data import Tables
>>> before = Tables([("<urn:a>", "<urn:p>", '"1"'), ("<urn:a>", "<urn:p>", '"2"')])
>>> after = Edited(before)
>>> after.discard(("<urn:a>", "<urn:p>", '"1"')), after.add(("<urn:b>", "<urn:p>", '"2"'))
(True, True)
>>> sorted(after.out("<urn:p>").items()), after.into("<urn:p>")['"2"']
([('<urn:a>', ['"2"']), ('<urn:b>', ['"2"'])], ['<urn:a>', '<urn:b>'])
>>> list(before.out("<urn:p>"))
['<urn:a>']
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from mitigraph.shacl.data import SUBCLASS, TYPE, ByRow, Data, Table
from mitigraph.terms import Triple

__all__ = ["Edited", "Instances", "Lookup", "classes_above"]

_Rows = dict[str, dict[str, dict[str, None]]]
_NONE: dict[str, dict[str, None]] = {}


class Lookup:
    """What follows from tables that are looked into and never read whole: classes, values, whether a triple is there."""

    def out(self, predicate: str) -> Table:
        """See ``Data``."""
        raise NotImplementedError

    def into(self, predicate: str) -> Table:
        """See ``Data``."""
        raise NotImplementedError

    def values(self, predicate: str) -> AbstractSet[str]:
        """See ``Data``."""
        return self.into(predicate).keys()

    def instances(self, name: str) -> AbstractSet[str]:
        """See ``Data``."""
        return Instances(self, name)

    def types(self, node: str) -> AbstractSet[str]:
        """See ``Data``."""
        return classes_above(self.out(SUBCLASS), self.out(TYPE).get(node, ()))

    def holds(self, triple: Triple) -> bool:
        """Whether a triple is there."""
        return triple[2] in self.out(triple[1]).get(triple[0], ())


class Edited(Lookup):
    """Other data, with triples added and taken away."""

    def __init__(self, base: Data) -> None:
        self.base = base
        self._plus: tuple[_Rows, _Rows] = {}, {}
        self._minus: tuple[_Rows, _Rows] = {}, {}

    def add(self, triple: Triple) -> bool:
        """Add a triple; False where it is there already."""
        if self.holds(triple):
            return False
        if not _drop(self._minus, triple):
            _put(self._plus, triple)
        return True

    def discard(self, triple: Triple) -> bool:
        """Take a triple away; False where it is not there."""
        if not self.holds(triple):
            return False
        if not _drop(self._plus, triple):
            _put(self._minus, triple)
        return True

    def holds(self, triple: Triple) -> bool:
        """Whether a triple is here: a row may be very long and is not read for it where there is another way."""
        subject, predicate, value = triple
        if value in self._minus[0].get(predicate, _NONE).get(subject, ()):
            return False
        if value in self._plus[0].get(predicate, _NONE).get(subject, ()):
            return True
        base = self.base
        return base.holds(triple) if isinstance(base, Lookup) else value in base.out(predicate).get(subject, ())

    def added(self) -> Iterator[Triple]:
        """The triples that are here and not in what lies below."""
        return _all(self._plus[0])

    def removed(self) -> Iterator[Triple]:
        """The triples of what lies below that are not here."""
        return _all(self._minus[0])

    def predicates(self) -> Collection[str]:
        return [*self.base.predicates(), *(one for one in self._plus[0] if one not in self.base.predicates())]

    def out(self, predicate: str) -> Table:
        return self._table(self.base.out(predicate), 0, predicate)

    def into(self, predicate: str) -> Table:
        return self._table(self.base.into(predicate), 1, predicate)

    def triples(self) -> Iterator[Triple]:
        for predicate in self.predicates():
            for subject, values in self.out(predicate).items():
                for value in values:
                    yield subject, predicate, value

    def _table(self, base: Table, side: int, predicate: str) -> Table:
        plus, minus = self._plus[side].get(predicate), self._minus[side].get(predicate)
        return base if plus is None and minus is None else _Patched(base, plus or _NONE, minus or _NONE)


class _Patched(ByRow):
    """A table with rows changed."""

    def __init__(self, base: Table, plus: Mapping[str, Mapping[str, None]], minus: Mapping[str, Mapping[str, None]]) -> None:
        self._base, self._plus, self._minus = base, plus, minus

    def __iter__(self) -> Iterator[str]:
        for key in self._base:
            if key not in self._minus or self._row(key):
                yield key
        for key in self._plus:
            if key not in self._base:
                yield key

    def __len__(self) -> int:
        gone = sum(1 for key in self._minus if not self._row(key))
        return len(self._base) - gone + sum(1 for key in self._plus if key not in self._base)

    def _row(self, key: str) -> Collection[str]:
        row: Collection[str] = self._base.get(key, ())
        if key in self._minus:
            gone = self._minus[key]
            row = [one for one in row if one not in gone]
        return [*row, *self._plus[key]] if key in self._plus else row


class Instances(AbstractSet[str]):
    """The instances of a class, looked for one at a time."""

    def __init__(self, data: Lookup, name: str) -> None:
        self._data = data
        self._below = classes_above(data.into(SUBCLASS), [name])
        self._types = data.out(TYPE)

    def __contains__(self, node: object) -> bool:
        return any(one in self._below for one in self._types.get(node, ())) if isinstance(node, str) else False

    def __iter__(self) -> Iterator[str]:
        typed = self._data.into(TYPE)
        return iter(dict.fromkeys(node for name in self._below for node in typed.get(name, ())))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @classmethod
    def _from_iterable(cls, it: Any) -> Any:
        return set(it)


def classes_above(table: Table, names: Collection[str]) -> AbstractSet[str]:
    """Classes and all that a table of subclasses leads to from them, either way round."""
    found = dict.fromkeys(names)
    waiting = list(found)
    for name in waiting:  # the list grows while it is walked
        fresh = [one for one in table.get(name, ()) if one not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return found.keys()


def _put(rows: tuple[_Rows, _Rows], triple: Triple) -> None:
    subject, predicate, value = triple
    rows[0].setdefault(predicate, {}).setdefault(subject, {})[value] = None
    rows[1].setdefault(predicate, {}).setdefault(value, {})[subject] = None


def _drop(rows: tuple[_Rows, _Rows], triple: Triple) -> bool:
    """Take a triple out of both tables; False where it is not in them."""
    subject, predicate, value = triple
    if value not in rows[0].get(predicate, _NONE).get(subject, ()):
        return False
    for table, key, other in ((rows[0], subject, value), (rows[1], value, subject)):
        del table[predicate][key][other]
        if not table[predicate][key]:
            del table[predicate][key]
        if not table[predicate]:
            del table[predicate]
    return True


def _all(rows: _Rows) -> Iterator[Triple]:
    return ((subject, predicate, value) for predicate, row in rows.items() for subject, values in row.items() for value in values)
