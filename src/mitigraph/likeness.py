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
from bisect import bisect
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from math import inf
from typing import NamedTuple

__all__ = ["LONGEST_TEXT", "Guess", "Words", "closest", "plain"]

LONGEST_TEXT = 200
"""Nothing is guessed for a text longer than this many characters."""

MANY = 2_000
"""Among more words than this only case, accents, signs and the order of parts are forgiven: it would take too long."""

COMPARED = 6
"""How many words are weighed slip by slip, after a quick look at all of them."""

QUICK = 0.5
"""How like a word must be for that, by the plain count of slips."""

AROUND = 3
"""How many characters around a difference are weighed with it: what a slip weighs depends on its neighbours."""

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
        ranked = self.ranked(text, NEAR, MOST)
        if not ranked or ranked[0].weight > min(ranked[0].letters * NEAR, MOST):
            return None
        apart = ranked[1].weight - ranked[0].weight if len(ranked) > 1 else MOST
        weight, _, word, letters = ranked[0]
        is_sure = weight <= min(SURE, SURE_SHARE * letters) and apart >= APART and not _says_more(plain(text), self._plain[word])
        return Guess(word, is_sure) if apart >= TIE else None

    def closest(self, text: str) -> str | None:
        """The word most like a text, if any is like it at all: more boldly than ``nearest``."""
        ranked = self.ranked(text, NEAR_NAME, inf)
        return ranked[0].word if ranked and ranked[0].weight <= ranked[0].letters * NEAR_NAME else None

    def ranked(self, text: str, share: float, most: float) -> list[Likeness]:
        """The words near a text, the nearest first, one for each thing that they stand for.

        Left out are those whose slips weigh more than this share of the letters, or than the most, and others that are so far
        behind the nearest that they put nothing in doubt.
        """
        given = plain(text)
        if len(text) > LONGEST_TEXT or not given:
            return []
        likely = self._likely(given)
        letters = max(len(one) for one in (given, *map(self._plain.__getitem__, likely)))
        bound = min(letters * share, most) + APART
        found: dict[Hashable, Likeness] = {}
        for word in likely:
            other, meaning = self._plain[word], self.meanings[word]
            weight = slips(given, other, bound)
            if weight <= bound:
                bound = min(bound, weight + APART)
                one = Likeness(weight, abs(len(word) - len(text)), word, max(len(given), len(other)))
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


def _says_more(given: str, word: str) -> bool:
    """Whether a text has a part, be it of one letter, that would be lost with the word in its place."""
    return len(given.split()) > len(word.split()) and _letters(given) != _letters(word)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def closest(text: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, if any is like it at all: more boldly than among the words of a vocabulary.

    >>> closest("slugg", ["slug", "split"]), closest("zzz", ["slug"])
    ('slug', None)
    """
    return Words({word: word for word in known}).closest(text)


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


def slips(given: str, word: str, most: float = inf) -> float:
    """What the slips weigh that make one plain text of another: an optimal string alignment with weights; infinite if more
    than the most.

    >>> slips("develper", "developer"), slips("2.2.3", "2.2.2") > slips("2.2.22", "2.2.2")
    (1.0, True)
    """
    if _sorted(given) == _sorted(word):
        return 0.0 if given == word else 0.6
    one, other = _differing(given, word)
    return round(_aligned(given[one], word[other], _losses(given)[one], _losses(word)[other], most), 3)


def _differing(given: str, word: str) -> tuple[slice, slice]:
    """The parts of two texts that are not the same at the start and at the end, and a few characters around them."""
    from rapidfuzz.distance import Postfix, Prefix

    start = max(Prefix.similarity(given, word) - AROUND, 0)
    end = max(min(Postfix.similarity(given, word), len(given) - start, len(word) - start) - AROUND, 0)
    return slice(start, len(given) - end), slice(start, len(word) - end)


def _aligned(given: str, word: str, extra: Sequence[float], missing: Sequence[float], most: float) -> float:
    """The weight of the best alignment of two texts whose characters weigh so much where the other has none.

    Row by row, but no further from the diagonal than the lightest losses can lead, and no longer than any weight is left.
    """
    longer, shorter = _affordable(extra, most), _affordable(missing, most)
    earlier, before = [inf], [*accumulate(missing, initial=0.0)]
    for place, sign in enumerate(given):
        lost = extra[place]
        row = [before[0] + lost, *[inf] * len(word)]
        for at in range(max(place - longer, 0), min(place + shorter + 1, len(word))):
            other = word[at]
            weight = min(before[at] + _changed(sign, other), before[at + 1] + lost, row[at] + missing[at])
            if place and at and sign == word[at - 1] and other == given[place - 1]:
                weight = min(weight, earlier[at - 1] + _swapped(sign, other))
            row[at + 1] = weight
        if min(row) > most and min(before) > most:
            return inf
        earlier, before = before, row
    return before[-1]


def _affordable(losses: Sequence[float], most: float) -> int:
    """How many characters may be lost before it weighs more than this."""
    return bisect([*accumulate(sorted(losses))], most)


@lru_cache(maxsize=4096)
def _losses(text: str) -> tuple[float, ...]:
    return tuple(_lost(text, at) for at in range(len(text)))


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


@lru_cache(maxsize=4096)
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
