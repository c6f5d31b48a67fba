"""The data as the engine sees them: for each predicate a table subject → values, and classes with their instances.

>>> data = Tables([("<urn:a>", "<urn:p>", '"1"'), ("<urn:a>", "<urn:p>", '"2"'), ("<urn:b>", "<urn:p>", '"1"')])
>>> data.out("<urn:p>")["<urn:a>"], data.into("<urn:p>")['"1"']
(['"1"', '"2"'], ['<urn:a>', '<urn:b>'])
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

from mitigraph.terms import RDF, RDFS, Triple

__all__ = ["SUBCLASS", "TYPE", "ByRow", "Data", "Table", "Tables"]

TYPE, SUBCLASS = f"<{RDF}type>", f"<{RDFS}subClassOf>"

Table = Mapping[str, Collection[str]]
"""Subject → values (or value → subjects), each once."""


class ByRow(Mapping[str, Collection[str]]):
    """A table of which each row is looked up when it is asked for; an empty row is none."""

    @abstractmethod
    def _row(self, key: str) -> Collection[str]: ...

    def __getitem__(self, key: str) -> Collection[str]:
        found = self._row(key)
        if not found:
            raise KeyError(key)
        return found

    def get(self, key: str, default: Any = None) -> Any:
        return self._row(key) or default

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bool(self._row(key))


class Data(Protocol):
    """What constraints may ask of the data, however they are kept."""

    def predicates(self) -> Collection[str]:
        """All predicates there are."""

    def out(self, predicate: str) -> Table:
        """Subject → values; empty where nothing has the predicate. Not to be changed."""

    def into(self, predicate: str) -> Table:
        """Value → subjects; made when first asked for."""

    def values(self, predicate: str) -> AbstractSet[str]:
        """All values of a predicate."""

    def instances(self, name: str) -> AbstractSet[str]:
        """The SHACL instances of a class: those of its subclasses too (SHACL, section 1.1)."""

    def types(self, node: str) -> AbstractSet[str]:
        """The classes a node is a SHACL instance of."""

    def triples(self) -> Iterator[Triple]:
        """All triples that are kept."""


class Tables:
    """Tables in memory, of any triples (repeated ones are taken once); with ``keep``, of those predicates only."""

    def __init__(self, triples: Iterable[Triple] = (), keep: AbstractSet[str] | None = None) -> None:
        self._keep = keep
        self._tables: dict[str, dict[str, list[str] | tuple[str, ...]]] = {}
        self._unsure: set[str] = set()
        self._backward: dict[str, dict[str, list[str]]] = {}
        self._values: dict[str, set[str]] = {}
        self._instances: dict[str, set[str]] = {}
        self.add(triples)

    def add(self, triples: Iterable[Triple]) -> None:
        """Take in more triples; what was asked before may then be out of date, so add all before asking."""
        rows: dict[str, tuple[list[str], list[str]]] = {}
        for subject, predicate, value in triples:
            found = rows.get(predicate)
            if found is None:
                found = rows[predicate] = ([], [])
            found[0].append(subject)
            found[1].append(value)
        for predicate, (subjects, values) in rows.items():
            self.add_columns(predicate, subjects, values)

    def add_columns(self, predicate: str, subjects: list[str], values: list[str]) -> None:
        """Take in the triples of one predicate, as subjects and the values beside them."""
        if self._keep is not None and predicate not in self._keep:
            return
        for kept in (self._backward, self._values):
            kept.pop(predicate, None)
        self._instances.clear()
        table = self._tables.get(predicate)
        if table is None:
            table = self._tables[predicate] = dict(zip(subjects, zip(values)))  # noqa: B905 (rows of one)
            if len(table) == len(subjects):
                return
            table.clear()
        self._unsure.add(predicate)
        for subject, value in zip(subjects, values, strict=True):
            row = table.get(subject)
            if row is None:
                table[subject] = (value,)
            elif type(row) is list:
                row.append(value)
            else:
                table[subject] = [*row, value]

    def predicates(self) -> Collection[str]:
        return self._tables.keys()

    def out(self, predicate: str) -> Table:
        table = self._tables.get(predicate)
        if table is None:
            return {}
        if predicate in self._unsure:
            self._unsure.discard(predicate)
            for subject, row in table.items():
                if len(row) > 1 and len(set(row)) < len(row):
                    table[subject] = list(dict.fromkeys(row))
        return table

    def into(self, predicate: str) -> Table:
        found = self._backward.get(predicate)
        if found is None:
            found = self._backward[predicate] = {}
            for subject, row in self.out(predicate).items():
                for value in row:
                    if value in found:
                        found[value].append(subject)
                    else:
                        found[value] = [subject]
        return found

    def values(self, predicate: str) -> AbstractSet[str]:
        found = self._values.get(predicate)
        if found is None:
            found = self._values[predicate] = set().union(*self.out(predicate).values())
        return found

    def instances(self, name: str) -> AbstractSet[str]:
        found = self._instances.get(name)
        if found is None:
            below, typed = self._closure(name, self.into(SUBCLASS)), self.into(TYPE)
            found = self._instances[name] = {node for one in below for node in typed.get(one, ())}
        return found

    def types(self, node: str) -> AbstractSet[str]:
        above = self.out(SUBCLASS)
        return {name for one in self.out(TYPE).get(node, ()) for name in self._closure(one, above)}

    def __iter__(self) -> Iterator[Triple]:
        return self.triples()

    def triples(self, only: AbstractSet[str] | None = None) -> Iterator[Triple]:
        for predicate in self._tables if only is None else only & self._tables.keys():
            for subject, row in self.out(predicate).items():
                for value in row:
                    yield subject, predicate, value

    @staticmethod
    def _closure(start: str, table: Table) -> list[str]:
        found = {start: None}
        waiting = [start]
        for name in waiting:  # the list grows while it is walked
            for one in table.get(name, ()):
                if one not in found:
                    found[one] = None
                    waiting.append(one)
        return waiting
