"""Misspellings as hands make them, of the labels of all schemes; and words that are near none of these.

The slips are written here by themselves and know nothing of how they are weighed when a word is looked for.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from mitigraph.knowledge import Knowledge
from mitigraph.logic import CellError
from mitigraph.vocabulary import Concept, Schemes

__all__ = ["CATEGORIES", "Asked", "answers", "far_words", "misspellings", "schemes"]

KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
LOOKALIKES = {"o": "0", "O": "0", "l": "1", "I": "1", "i": "1"}
CATEGORIES = ("mit-v2", "mit-v1")
"""The schemes that entries are searched in together."""

FAR = """Kiefer Schraubenzieher Gartenzaun Regenschirm Wochenende Brötchen Fahrrad Geschwindigkeit Zwiebel Frühstück
    parapluie grenouille bibliothèque fromage écureuil aujourd'hui chaussure boulangerie fenêtre pamplemousse
    mantequilla lluvia cumpleaños zapato cuchara ventana bicicleta zanahoria paraguas murciélago
    cucchiaio farfalla scarpa finestra pioggia formaggio biscotto orologio zucchero asciugamano
    fiets vlinder paraplu schaatsen boterham verjaardag gezellig sinaasappel stoel wolkenkrabber
    кошка дерево облако 猫 りんご 窓 βιβλίο θάλασσα شجرة חלון
    banana umbrella yesterday giraffe orchestra velocity kitchen bicycle purple mountain lantern walnut
    Ludwigshafen Reykjavik Ouagadougou Kowalczyk Nguyen MacDonald Zhuangzi Vercingetorix"""


class Asked(NamedTuple):
    """A misspelling of one of a concept's texts, looked for in some schemes."""

    text: str
    schemes: tuple[str, ...]
    meant: Concept


@cache
def schemes() -> Schemes:
    """The project's schemes, read once."""
    return Knowledge().lexicon.schemes


@cache
def _texts() -> list[tuple[str, tuple[str, ...], Concept]]:
    """Every label and alternative label of five letters or more that leads to one concept."""
    asked = [CATEGORIES, *((name,) for name in schemes().schemes if name not in CATEGORIES)]
    found = []
    for names in asked:
        for concept in (one for name in names for one in schemes().schemes[name].concepts.values()):
            for text in (concept.label, *concept.variants):
                if text is not None and len(text) > 4 and _is(text, names, concept):
                    found.append((text, names, concept))
    return found


def _is(text: str, names: tuple[str, ...], concept: Concept) -> bool:
    try:
        return schemes().find(text, names) is concept
    except CellError:
        return False


def misspellings(count: int, seed: int) -> list[Asked]:
    """So many that no scheme knows: one slip each, now and then two in a long word."""
    dice, made = random.Random(seed), list[Asked]()
    while len(made) < count:
        text, names, meant = dice.choice(_texts())
        slips = 2 if len(text) > 9 and dice.random() < 0.25 else 1
        wrong = text
        for _ in range(slips):
            wrong = dice.choice(SLIPS)(wrong, dice)
        try:
            schemes().find(wrong, names)
        except CellError:
            made.append(Asked(wrong, names, meant))
    return made


def answers(text: str, names: tuple[str, ...]) -> tuple[str | None, bool]:
    """What is suggested for a text, and whether that is sure."""
    try:
        schemes().find(text, names)
    except CellError as error:
        return error.suggestion, error.sure
    return None, False


def far_words(count: int, seed: int) -> list[str]:
    """Random letters, made-up words, and words of other languages, no two the same."""
    dice, found = random.Random(seed), dict.fromkeys(FAR.split()[:count])
    while len(found) < count:
        size = dice.randint(5, 14)
        letters = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=size))
        sounds = "".join(dice.choice("bdfghjklmnprstvwz") + dice.choice("aeiou") for _ in range(size // 2 + 1))
        found[dice.choice((letters, sounds, f"{sounds} {letters}"))] = None
    return list(found)


# -- slips -------------------------------------------------------------------------------------------------------------------


def _dropped(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + text[at + 1 :]


def _doubled(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[: at + 1] + text[at:]


def _swapped(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _next_key(sign: str, dice: random.Random) -> str:
    row = next((keys for keys in KEYS if sign.lower() in keys), "as")
    at = max(row.find(sign.lower()), 0)
    return dice.choice([row[place] for place in (at - 1, at + 1) if 0 <= place < len(row)])


def _mistyped(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + _next_key(text[at], dice) + text[at + 1 :]


def _inserted(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + _next_key(text[at], dice) + text[at:]


def _hyphened(text: str, dice: random.Random) -> str:
    return text.replace(" ", dice.choice(("-", "_", "", " - ")), 1)


def _numbered(text: str, dice: random.Random) -> str:
    return text.removesuffix("s") if text.endswith("s") else f"{text}s"


def _alike(text: str, dice: random.Random) -> str:
    places = [at for at, sign in enumerate(text) if sign in LOOKALIKES]
    at = dice.choice(places) if places else 0
    return text[:at] + LOOKALIKES.get(text[at], text[at]) + text[at + 1 :]


def _shouted(text: str, dice: random.Random) -> str:
    return _dropped(text.upper(), dice)


SLIPS: tuple[Callable[[str, random.Random], str], ...] = (
    _dropped,
    _doubled,
    _swapped,
    _mistyped,
    _inserted,
    _hyphened,
    _numbered,
    _alike,
    _shouted,
)
