"""Mappings on a shelf: what files each is for can be seen on its back; it is read as a whole when it is taken down.

>>> from mitigraph.mapping import Lexicon, load_mapping
>>> text = b"sources: {s: {access: a.csv, columns: [id]}}\\nmappings: {m: {sources: s, subject: 'x/$(id)', po: []}}\\n"
>>> shelf = Shelf({"m": Offer("m.yml", [])}, lambda name: load_mapping(text, f"{name}.yml", Lexicon()))
>>> "m" in shelf, shelf["m"].sources[0].columns
(True, ('id',))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from mitigraph.mapping.plan import LogicalSource
from mitigraph.mapping.plan import Mapping as RecordMapping

__all__ = ["Offer", "Offered", "Shelf"]


class Offered(Protocol):
    """What is known of a mapping before it is read: its file's name, and the files that its sources are for."""

    @property
    def name(self) -> str:
        """The name of the mapping's file."""

    @property
    def sources(self) -> Sequence[LogicalSource]:
        """Its sources, perhaps without what is asked of their records."""


class Offer(NamedTuple):
    """The same, of a mapping that is not read yet."""

    name: str
    sources: Sequence[LogicalSource]


class Shelf(Mapping[str, RecordMapping]):
    """Mappings by name; ``read`` is called once for each that is asked for."""

    def __init__(self, offers: Mapping[str, Offered], read: Callable[[str], RecordMapping]) -> None:
        self.offers, self._read = offers, read
        self._known: dict[str, RecordMapping] = {}

    @property
    def taken(self) -> list[str]:
        """The names of those that were read, in the order in which they were asked for."""
        return [*self._known]

    def __getitem__(self, name: str) -> RecordMapping:
        if name not in self._known and name in self.offers:
            self._known[name] = self._read(name)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self.offers

    def __iter__(self) -> Iterator[str]:
        return iter(self.offers)

    def __len__(self) -> int:
        return len(self.offers)
