"""Made-up records of mitigations as one CSV table, the same for the same number: what the mapping bench maps.

As real ones they have ids with spaces and letters beyond ASCII, quotes and line breaks in descriptions, empty cells. About 20.7
triples come of each by ``mitigations.yml``. All are valid: the peer stops at the first cell that is not.

>>> import io
>>> table = io.StringIO()
>>> write(table, 2)
>>> table.getvalue().partition(",")[0], table.getvalue().count("mit-v2")
('id', 2)
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from typing import TextIO

__all__ = ["COLUMNS", "rows", "write"]

COLUMNS = [
    "id",
    "title",
    "title_de",
    "description",
    "category",
    "stage",
    "actor",
    "function",
    "risk",
    "second_risk",
    "document",
    "page",
    "year",
    "published",
    "modified",
    "author",
]
SEED = 2026

VERBS = ["Review", "Record", "Restrict", "Rehearse", "Separate", "Sample", "Publish", "Compare", "Withhold", "Limit"]
THINGS = ["access", "model weights", "training data", "tool calls", "user reports", "release notes", "audit trails"]
WHO = ["the owner", "an outside team", "two people", "the release board", "those on call", "a named reviewer"]
WHEN = ["before each release", "every quarter", "after an incident", "while it runs", "as soon as it is retired"]
GERMAN = ["Prüfung", "Nachweis", "Begrenzung", "Übung", "Trennung", "Stichprobe", "Veröffentlichung", "Überwachung"]
STAGES = ["plan", "collect", "build", "verify", "deploy", "operate", "retire"]
ACTORS = ["developer", "deployer", "evaluator", "regulator", "user"]
FUNCTIONS = ["govern", "map", "measure", "manage"]
NAMES = ["Ada Okafor", "Søren Lund", "Mei-Ling Tan", "José Álvarez", "Nour Haddad", "Ivana Šimić"]


def rows(number: int) -> Iterator[list[str]]:
    """So many records, each a list of cells in the order of ``COLUMNS``."""
    dice = random.Random(SEED)
    return (_row(row, dice) for row in range(1, number + 1))


def write(target: TextIO, number: int) -> None:
    """Write the header and so many records."""
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(number))


def _row(row: int, dice: random.Random) -> list[str]:
    verb, thing, who, when = dice.choice(VERBS), dice.choice(THINGS), dice.choice(WHO), dice.choice(WHEN)
    year, month, day = dice.randint(2016, 2026), dice.randint(1, 12), dice.randint(1, 28)
    return [
        _id(row, dice),
        f"{verb} {thing} {when}",
        f"{dice.choice(GERMAN)} Nr. {row}" if dice.random() < 0.8 else "",
        _description(row, f"{verb} {thing} {when}: {who} will check number {row}.", dice),
        f"mit-v2:{dice.randint(1, 4)}.{dice.randint(1, 6)}.{dice.randint(1, 3)}",
        dice.choice(STAGES),
        dice.choice(ACTORS),
        dice.choice(FUNCTIONS),
        f"R{dice.randint(1, 1_061):04}",
        f"R{dice.randint(1, 1_061):04}" if dice.random() < 0.5 else "",
        f"doi-10.5555-{dice.randint(1, 400)}",
        str(dice.randint(1, 180)) if dice.random() < 0.4 else "",
        str(year),
        f"{year}-{month:02}-{day:02}",
        f"{year}-{month:02}-{day:02}T{dice.randint(0, 23):02}:{dice.randint(0, 59):02}:00Z",
        dice.choice(NAMES),
    ]


def _id(row: int, dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.30:
        return f"MIT {row:07}"
    return f"MIT-Maßnahme-{row:07}" if kind < 0.40 else f"MIT-{row:07}"


def _description(row: int, text: str, dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.25:
        return f'{text} Teams call this a "second look", and keep it in writing.'
    if kind < 0.50:
        return f"{text}\nStep one is to ask; step two is to wait for the answer.\nStep three closes entry {row}."
    return f"{text} Nothing goes on until the answer is there, and what was found is kept beside the entry."
