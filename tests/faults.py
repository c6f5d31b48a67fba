"""A table of entries with faults planted in known rows: what must be found, and what must come out all the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mitigraph.knowledge import Knowledge
from mitigraph.pipeline import Dataset, read_dataset

__all__ = ["KINDS", "Planted", "findings_of", "holds", "plant", "subjects"]

HEADER = b"id,title,description,category,source_year,source_url\n"
COLUMNS = 6

Cells = list[bytes]
Row = Callable[[Cells], bytes]


def _put(column: int, value: bytes) -> Row:
    def spoilt(cells: Cells) -> bytes:
        return b",".join([*cells[:column], value, *cells[column + 1 :]])

    return spoilt


KINDS: dict[str, tuple[Row, str | None, bool]] = {
    "ragged-row": (lambda cells: b",".join(cells[:3]), None, False),
    "nul-character": (_put(1, b"nu\0l"), "title", False),
    "bad-encoding": (_put(2, b"caf\xe9"), "description", False),
    "unclosed-quote": (_put(2, b'"open'), "description", False),
    "stray-quote": (_put(1, b'"open"x'), "title", False),
    "no-subject": (_put(0, b""), "id", False),
    "duplicate-id": (_put(0, b"e1"), "id", True),
    "unknown-concept": (_put(3, b"mit-v2:77.7"), "category", True),
    "bad-year": (_put(4, b"20024"), "source_year", True),
    "unsafe-link": (_put(5, b"javascript:alert(1)"), "source_url", True),
}
"""Ten kinds of faults: how the row is spoilt, the column to be named, whether the entry comes out all the same."""


@dataclass
class Planted:
    """A spoilt table: ``expected`` holds (row, line, column, code) of each fault, ``good`` the ids without any."""

    data: bytes
    expected: set[tuple[int, int, str | None, str]] = field(default_factory=set)
    good: set[str] = field(default_factory=set)
    kept: int = 0


def plant(records: int, faults: int, seed: int) -> Planted:
    """A table of so many records, a tenth of the faults of each kind. The first record is a good one."""
    dice = random.Random(seed)
    codes = list(KINDS) * (faults // len(KINDS))
    places = dict(zip(dice.sample(range(2, records + 1), len(codes)), codes, strict=True))
    lines, planted = [HEADER], Planted(b"")
    for row in range(1, records + 1):
        cells = [
            b"e%d" % row,
            b"Measure %d" % row,
            b"It does %d" % row,
            b"mit-v2:2.2.2",
            b"2024",
            b"https://example.org/%d" % row,
        ]
        code = places.get(row)
        if code is None:
            planted.good.add(f"e{row}")
            lines.append(b",".join(cells) + b"\n")
            continue
        spoil, column, stays = KINDS[code]
        planted.expected.add((row, row + 1, column, code))
        planted.kept += stays
        lines.append(spoil(cells) + b"\n")
    planted.data = b"".join(lines)
    return planted


def findings_of(planted: Planted, folder: Path) -> tuple[Dataset, list[tuple[int, int, str | None, str]]]:
    """Read the table; every violation as (row, line, column, code)."""
    file = folder / "planted.csv"
    file.write_bytes(planted.data)
    dataset = read_dataset([str(file)], Knowledge())
    found = [(f.place.row or 0, f.place.line or 0, f.place.column, f.code) for f in dataset.findings if f.severity == "violation"]
    return dataset, found


def subjects(dataset: Dataset) -> set[str]:
    """The keys of the mitigations that came out."""
    base = "<https://w3id.org/airmo/id/entries/"
    return {s[len(base) : -1] for s, _, o in dataset.asserted if o == "<https://w3id.org/airmo#Mitigation>"}


def holds(planted: Planted, folder: Path) -> None:
    """Exactly the planted faults are found, each in its cell, and every other record comes out."""
    dataset, found = findings_of(planted, folder)
    assert sorted(found, key=repr) == sorted(planted.expected, key=repr)
    out = subjects(dataset)
    assert planted.good <= out
    assert len(out) == len(planted.good) + planted.kept
    count = next(count for _, count in dataset.counts if count.file == "planted.csv")
    assert (count.read, count.mapped) == (len(planted.good) + len(planted.expected), len(out))
    assert count.read == count.mapped + count.rejected + count.repeated
