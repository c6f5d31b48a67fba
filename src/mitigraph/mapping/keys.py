"""Keys of entries: minted once per entry, never shared by two; a collision is told with both rows.

>>> registry, scope = KeyRegistry(), ("mit", "rows")
>>> registry.mint(scope, "A1", Owner("rows", "t.csv", 1, 2, "aa" * 32))
Minted(key='A1', outcome='new', owner=None)
>>> registry.mint(scope, "A1", Owner("rows", "t.csv", 7, 9, "bb" * 32)).key
'A1~bbbbbbbb'
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from mitigraph.transforms import digest_of

__all__ = ["KeyRegistry", "Minted", "Owner", "is_unsafe"]

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_CLIMBING = re.compile(r"(?:^|[/\\])\.{1,2}(?:[/\\]|$)")


class Owner(NamedTuple):
    """The entry that a key belongs to: its source, file, record number and line, and the digest of its content."""

    source: str
    file: str
    row: int
    line: int
    digest: str

    def same_entry(self, other: Owner) -> bool:
        """Whether both are one record of one file."""
        return self[:3] == other[:3]


class Minted(NamedTuple):
    """A key and how it came about.

    ``outcome``: ``new``; ``same`` (asked again); ``repeated`` (another record with equal content); ``alternative`` (the entry
    came from the source this one stands in for); ``clash`` (other content: the key was changed); ``near`` (new, but differs
    from another key by case or Unicode form only). ``owner`` is the other record.
    """

    key: str
    outcome: str
    owner: Owner | None = None


class KeyRegistry:
    """Which entry owns which key, across all files of a build. Grows by one small record for each entry."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, ...], dict[str, Owner]] = {}
        self._spellings: dict[tuple[str, ...], dict[str, str]] = {}

    def mint(self, scope: tuple[str, ...], value: str, owner: Owner) -> Minted:
        """The key of an entry whose own id is ``value``, within a scope (dataset, source, edition if told)."""
        owners = self._owners.setdefault(scope, {})
        other = owners.get(value)
        if other is None:
            owners[value] = owner
            return self._spelt(scope, value, owners)
        if owner.same_entry(other):
            return Minted(value, "same")
        if owner.source != other.source:
            return Minted(value, "alternative", other)
        if owner.digest == other.digest:
            return Minted(value, "repeated", other)
        return self._clash(owners, value, owner, other)

    def _clash(self, owners: dict[str, Owner], value: str, owner: Owner, other: Owner) -> Minted:
        for length in range(8, len(owner.digest) + 1, 8):
            key = f"{value}~{owner.digest[:length]}"
            holder = owners.setdefault(key, owner)
            if holder is owner or owner.same_entry(holder):
                return Minted(key, "clash", other)
            if holder.digest == owner.digest:
                return Minted(key, "repeated", holder)
        raise AssertionError("two contents with one SHA-256")

    def _spelt(self, scope: tuple[str, ...], value: str, owners: dict[str, Owner]) -> Minted:
        """Keys in their plain spelling need no second entry: only the others are kept by it."""
        plain = value.lower() if value.isascii() else unicodedata.normalize("NFC", value).casefold()
        spellings = self._spellings.setdefault(scope, {})
        held = plain if plain in owners and plain != value else None
        near = held or (spellings.get(plain) if plain == value else spellings.setdefault(plain, value))
        if near is None or near == value:
            return Minted(value, "new")
        return Minted(value, "near", owners[near])


def is_unsafe(value: str) -> bool:
    """Whether an id cannot be a part of an IRI or a file name as it is: nothing but dots, a path that climbs, signs that
    cannot be seen or that turn the direction of writing, more than 512 characters.

    >>> is_unsafe(".."), is_unsafe("../x"), is_unsafe("a/b")
    (True, True, False)
    """
    hidden = _CONTROL.search(value) or _CLIMBING.search(value)
    return not value.strip(". ") or hidden is not None or len(value) > 512


def hash_key(value: str) -> str:
    """A key that stands for an unsafe id."""
    return f"hash-{digest_of([value])}"
