"""Made-up entries of one's own, the same for the same number: what ``mappings/entry.yml`` reads and the project's shapes check.

Their words are those of ``bench.records``; their categories, actors, stages, functions and risks are the project's own, every
tenth is part of an earlier one, every third names a document.

>>> import io
>>> table = io.StringIO()
>>> write(table, 2)
>>> [line.partition(",")[0] for line in table.getvalue().splitlines()]
['id', 'e-0000001', 'e-0000002']
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from typing import TextIO

from bench.records import GERMAN, NAMES, SEED, THINGS, VERBS, WHEN, WHO

__all__ = ["COLUMNS", "NAMES", "entries", "write"]

COLUMNS = [
    "id",
    "title",
    "description",
    "category",
    "reasoning",
    "actor",
    "lifecycle_stage",
    "function",
    "risks",
    "parent",
    "source_title",
    "source_authors",
    "source_year",
    "quote",
    "page",
]
CATEGORIES = ["mit-v2:1.1.2", "mit-v2:2.2.2", "mit-v2:2.1.1", "mit-v2:3.1.1", "Access & Security Controls"]
ACTORS = ["Developer", "Deployer"]
STAGES = ["Verify and Validate", "Deploy"]
FUNCTIONS = ["Govern", "Map", "Measure", "Manage"]
RISKS = ["Confabulation", "Data Privacy", "Information Integrity", "Information Security", "Human-AI Configuration"]


def entries(number: int) -> Iterator[list[str]]:
    """So many entries, each a list of cells in the order of ``COLUMNS``."""
    dice = random.Random(SEED)
    return (_entry(row, dice) for row in range(1, number + 1))


def write(target: TextIO, number: int) -> None:
    """Write the header and so many entries."""
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(entries(number))


def _entry(row: int, dice: random.Random) -> list[str]:
    verb, thing, when, who = dice.choice(VERBS), dice.choice(THINGS), dice.choice(WHEN), dice.choice(WHO)
    document = dice.randint(1, 2_000) if row % 3 == 0 else 0
    return [
        f"e-{row:07}",
        f"{verb} {thing} {when}, number {row}",
        f"{verb} {thing} {when}: {who} will check it. {dice.choice(GERMAN)}.",
        dice.choice(CATEGORIES),
        f"It is about {thing}.",
        dice.choice(ACTORS),
        dice.choice(STAGES),
        dice.choice(FUNCTIONS),
        "; ".join(sorted(dice.sample(RISKS, dice.randint(1, 2)))),
        f"e-{dice.randint(1, row - 1):07}" if row % 10 == 0 else "",
        f"A report on {document}" if document else "",
        NAMES[document % len(NAMES)] if document else "",
        str(2000 + document % 26) if document else "",
        f"{verb} {thing}, as number {row} has it." if document else "",
        str(document % 90 + 1) if document else "",
    ]
