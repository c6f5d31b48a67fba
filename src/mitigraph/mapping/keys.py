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
from array import array
from hashlib import blake2b
from typing import NamedTuple

from mitigraph.transforms import digest_of

__all__ = ["KeyRegistry", "Minted", "Owner", "hash_key", "is_unsafe", "likeness"]

_PUNCTUATION = r"\s\-_.,:;/|\\()\[\]{}'\"\u00ab\u00b7\u00bb\u2010-\u2015\u2018-\u201f\u2026\u2039\u203a"
_WORDS = re.compile(rf"[0-9]+|[^0-9{_PUNCTUATION}]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_CLIMBING = re.compile(r"(?:^|[/\\])\.{1,2}(?:[/\\]|$)")


SHORT = (1 << 60) - 1
"""Sixty bits, as many as the smallest object for a number holds: what two likenesses share by chance once in a million
builds of a million entries costs a note too many, never a key."""


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
    from another key by case, Unicode form or punctuation only). ``owner`` is the other record; of its digest the first half.
    """

    key: str
    outcome: str
    owner: Owner | None = None


class KeyRegistry:
    """Which entry owns which key, across all files of a build: about 150 bytes for each entry, however long its key.

    Of a key a digest of 128 bits is kept, found by a digest of its likeness; owners lie in arrays, in the order of minting.
    """

    def __init__(self) -> None:
        self._scopes: dict[tuple[str, ...], dict[int, int | dict[bytes, int]]] = {}
        self._files: dict[tuple[str, str], int] = {}
        self._named: list[tuple[str, str]] = []
        self._where = array("q")
        self._digests = bytearray()

    def mint(self, scope: tuple[str, ...], value: str, owner: Owner) -> Minted:
        """The key of an entry whose own id is ``value``, within a scope (dataset, source, edition if told)."""
        other, near = self._claim(scope, value, owner)
        if other is None:
            return Minted(value, "new" if near is None else "near", near)
        if owner.same_entry(other):
            return Minted(value, "same")
        if owner.source != other.source:
            return Minted(value, "alternative", other)
        if _same_content(owner, other):
            return Minted(value, "repeated", other)
        return self._clash(scope, value, owner, other)

    def _clash(self, scope: tuple[str, ...], value: str, owner: Owner, other: Owner) -> Minted:
        for length in range(8, len(owner.digest) + 1, 8):
            key = f"{value}~{owner.digest[:length]}"
            holder, _ = self._claim(scope, key, owner)
            if holder is None or owner.same_entry(holder):
                return Minted(key, "clash", other)
            if _same_content(owner, holder):
                return Minted(key, "repeated", holder)
        raise AssertionError("two contents with one SHA-256")

    def _claim(self, scope: tuple[str, ...], value: str, owner: Owner) -> tuple[Owner | None, Owner | None]:
        """Who has a key already, if anyone; else it is the owner's now, and who has one that looks like it."""
        buckets = self._scopes.setdefault(scope, {})
        like, exact = hash(likeness(value)) & SHORT, _digest(value)
        found = buckets.get(like)
        if found is None:
            buckets[like] = self._keep(exact, owner)
            return None, None
        if isinstance(found, int):
            found = {bytes(self._digests[32 * found : 32 * found + 16]): found}
        held = found.get(exact)
        if held is not None:
            return self._owner(held), None
        near = self._owner(next(iter(found.values())))
        found[exact] = self._keep(exact, owner)
        buckets[like] = found
        return None, near

    def _keep(self, exact: bytes, owner: Owner) -> int:
        name = (owner.source, owner.file)
        file = self._files.setdefault(name, len(self._named))
        if file == len(self._named):
            self._named.append(name)
        self._where.extend((file << 40 | owner.row, owner.line))
        self._digests += exact + bytes.fromhex(owner.digest)[:16]
        return len(self._where) // 2 - 1

    def _owner(self, index: int) -> Owner:
        place, line = self._where[2 * index], self._where[2 * index + 1]
        digest = self._digests[32 * index + 16 : 32 * index + 32].hex()
        return Owner(*self._named[place >> 40], place & (1 << 40) - 1, line, digest)


def _same_content(one: Owner, other: Owner) -> bool:
    return one.digest[:32] == other.digest[:32]


def _digest(value: str) -> bytes:
    """Sixteen bytes that stand for a key: its UTF-8 where that is short (0xFF is in no UTF-8), else a digest."""
    data = value.encode("utf-8", "surrogatepass")
    return data.ljust(16, b"\xff") if len(data) < 16 else blake2b(data, digest_size=16).digest()


def likeness(value: str) -> str:
    """What keys that could be meant as one have in common: their words and numbers, in Unicode form NFC and without case.

    Punctuation parts words from words and numbers from numbers, whichever it is; at the ends, and between a word and a
    number, it may as well be absent. Signs that mean something (``+ # % & ~``) belong to words.

    >>> likeness("A-1") == likeness("a_1.") == likeness("(A 1)") == likeness("A1")
    True
    >>> len({likeness("1.1"), likeness("11"), likeness("1.1.0"), likeness("01.1"), likeness("C"), likeness("C++")})
    6
    """
    plain = value.lower() if value.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", value).casefold())
    return " ".join(_WORDS.findall(plain)) or plain


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
