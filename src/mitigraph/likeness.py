"""Did you mean: the known word that a text was probably meant to be, and whether that is sure.

Slips are weighed by how easily they happen: a letter doubled or dropped, two that changed places, a neighbouring key, O for
0, a plural. A digit is not lightly another digit: codes that differ in one are different things. Case, accents, hyphens and
spaces count next to nothing.

>>> words = Words({"Developer": "d", "Deployer": "p", "2.2.2": "t"})
>>> words.nearest("Develper"), words.nearest("2.2.22"), words.nearest("Gardener")
(Guess(text='Developer', sure=True), Guess(text='2.2.2', sure=False), None)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

__all__ = ["LONGEST_TEXT", "Guess", "Words", "closest", "plain"]

LONGEST_TEXT = 200
"""Nothing is guessed for a text longer than this many characters."""

MANY = 2_000
"""Among more words than this only case, accents, signs and the order of parts are forgiven: it would take too long."""

COMPARED = 6
"""How many words are weighed slip by slip, after a quick look at all of them."""

QUICK = 0.5
NEAR = 0.25
"""Slips may weigh this much of a letter for each letter of the word; chosen on generated misspellings and on foreign words."""

MOST = 4.0
"""… and never more than this many letters' worth."""

NEAR_NAME = 0.4
"""The same where a name of a program or a file is meant, and there are few."""

TIE = 0.25
"""Two words whose slips weigh the same to within this much: neither is offered."""

SURE, SURE_SHARE, APART = 2.0, 0.15, 1.5
"""Sure is a word whose slips weigh no more than this, and this much of a letter for each, when the next is so much further."""

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_ALIKE = frozenset(pair for a, b in ("0o", "1l", "1i", "li") for pair in ((a, b), (b, a)))
_VOWELS = frozenset("aeiouy")
_AND = re.compile(r"\s*&\s*")
_SIGNS = re.compile(r"(?<=\w)(\.)(?=\w)|[\W_]+")


class Guess(NamedTuple):
    """A known word, and whether it may be taken without asking."""

    text: str
    sure: bool


class Likeness(NamedTuple):
    """What the slips weigh that make a text of a word, how much longer or shorter it is, the word, the letters of the longer."""

    weight: float
    difference: int
    word: str
    letters: int


class Words:
    """Known words, each with what it stands for: several may stand for the same."""

    def __init__(self, meanings: Mapping[str, Hashable]) -> None:
        self.meanings = dict(sorted(meanings.items()))

    @cached_property
    def _plain(self) -> dict[str, str]:
        return {word: plain(word) for word in self.meanings}

    def nearest(self, text: str) -> Guess | None:
        """The word most like a text; None if none is like it, or two are alike that stand for different things."""
        ranked = self.ranked(text)
        if not ranked or ranked[0].weight > min(ranked[0].letters * NEAR, MOST):
            return None
        apart = ranked[1].weight - ranked[0].weight if len(ranked) > 1 else MOST
        weight, _, word, letters = ranked[0]
        return Guess(word, weight <= min(SURE, SURE_SHARE * letters) and apart >= APART) if apart >= TIE else None

    def ranked(self, text: str) -> list[Likeness]:
        """The words that may come near a text, the nearest first, one for each thing that they stand for."""
        given = plain(text)
        if len(text) > LONGEST_TEXT or not given:
            return []
        found: dict[Hashable, Likeness] = {}
        for word in self._likely(given):
            other, meaning = self._plain[word], self.meanings[word]
            one = Likeness(slips(given, other), abs(len(word) - len(text)), word, max(len(given), len(other)))
            found[meaning] = min(found.get(meaning, one), one)
        return sorted(found.values())

    def _likely(self, given: str) -> list[str]:
        if len(self._plain) > MANY:
            return self._turned.get(_sorted(given), [])
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        scorer = OSA.normalized_similarity
        found = process.extract(given, self._plain, scorer=scorer, score_cutoff=QUICK, limit=COMPARED)
        return [*dict.fromkeys([*(word for _, _, word in found), *self._turned.get(_sorted(given), ())])]

    @cached_property
    def _turned(self) -> dict[str, list[str]]:
        """The words by their parts in alphabetical order."""
        found: dict[str, list[str]] = {}
        for word, other in self._plain.items():
            found.setdefault(_sorted(other), []).append(word)
        return found


def closest(text: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, if any is like it at all: more boldly than among the words of a vocabulary.

    >>> closest("slugg", ["slug", "split"]), closest("zzz", ["slug"])
    ('slug', None)
    """
    ranked = Words({word: word for word in known}).ranked(text)
    return ranked[0].word if ranked and ranked[0].weight <= ranked[0].letters * NEAR_NAME else None


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A text without case, accents and signs, dots between letters or digits excepted.

    >>> plain("Human–AI  Configuration & Été"), plain("(2.2.2.)")
    ('human ai configuration and ete', '2.2.2')
    """
    letters = text if text.isascii() else unicodedata.normalize("NFKD", text)
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign)).casefold()
    return _SIGNS.sub(lambda found: found[1] or " ", _AND.sub(" and ", letters)).strip()


@lru_cache(maxsize=1 << 16)
def _sorted(text: str) -> str:
    return " ".join(sorted(text.split()))


def slips(given: str, word: str) -> float:
    """What the slips weigh that make one plain text of another: an optimal string alignment with weights.

    >>> slips("develper", "developer"), slips("2.2.3", "2.2.2") > slips("2.2.22", "2.2.2")
    (1.0, True)
    """
    if _sorted(given) == _sorted(word):
        return 0.0 if given == word else 0.6
    before: list[float] = []
    row = [0.0]
    for at in range(len(word)):
        row.append(row[-1] + _lost(word, at))
    for place, sign in enumerate(given):
        earlier, before = before, row
        row = [before[0] + _lost(given, place)]
        for at, other in enumerate(word):
            swapped = place and at and sign == word[at - 1] and other == given[place - 1] and sign != other
            row.append(
                min(
                    before[at] + _changed(sign, other),
                    before[at + 1] + _lost(given, place),
                    row[at] + _lost(word, at),
                    *([earlier[at - 1] + _swapped(sign, other)] if swapped else []),
                )
            )
    return round(row[-1], 3)


def _lost(text: str, at: int) -> float:
    """What it weighs that a character is there which the other text has not."""
    sign, before = text[at], text[at - 1] if at else ""
    if sign == " ":
        return 0.2
    if sign in "0o" and not before.isalnum() and text[at + 1 : at + 2].isdigit():
        return 0.3
    if sign.isdigit():
        return 2.0 if sign != before and (before + text[at + 1 : at + 2]).strip("abcdefghijklmnopqrstuvwxyz ") else 1.0
    if sign == before:
        return 0.6
    return 0.6 if sign == "s" and text[at + 1 : at + 2] in ("", " ") else 1.0


def _changed(sign: str, other: str) -> float:
    if sign == other:
        return 0.0
    pair = (sign, other)
    if pair in _ALIKE:
        return 0.3
    if " " in pair or "." in pair:
        return 0.2 if set(pair) == {" ", "."} else 1.2
    if sign.isdigit() and other.isdigit():
        return 2.0
    if sign.isdigit() or other.isdigit():
        return 0.8 if pair in _NEIGHBOURS else 1.5
    return 0.7 if pair in _NEIGHBOURS else 0.8 if sign in _VOWELS and other in _VOWELS else 1.2


def _swapped(sign: str, other: str) -> float:
    return 1.5 if sign.isdigit() or other.isdigit() else 0.7


def _neighbours() -> frozenset[tuple[str, str]]:
    """Keys that lie side by side, or one above the other."""
    at = {key: (line, place + line / 2) for line, keys in enumerate(_ROWS) for place, key in enumerate(keys)}
    return frozenset((a, b) for a in at for b in at if a != b and all(abs(x - y) <= 1 for x, y in zip(at[a], at[b], strict=True)))


_NEIGHBOURS = _neighbours()
