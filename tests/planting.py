"""A register of measures with faults planted in known cells, each of which costs its record and nothing else.

``faults.py`` plants into the table of one's own entries, where a bad cell costs that cell alone.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from test_mapping import inputs

from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Run
from mitigraph.terms import RDF, RDFS, literal_parts

__all__ = ["KINDS", "Planted", "holds", "plant"]

MAPPING = Path(__file__).parent / "planted" / "mapping.yml"
COLUMNS = "kind office year number category title description stage actor issued pages link risks paper above".split()  # noqa: SIM905
OFFICES, PAPERS = ("safety", "Office of Audit", "Audit", "launch"), 50
CATEGORIES = ("1.1.1", "1.2.3", "2.2.2", "mit-v2:2.4.1", "3.1.3", "3.2.1")
LABEL, TYPE = f"<{RDFS}label>", f"<{RDF}type>"
MITIGATION = "<https://w3id.org/airmo#Mitigation>"

Cells = dict[str, bytes]
Spoil = Callable[[Cells], bytes]
Seen = tuple[int | None, int | None, str | None, str]
"""Row, line, column and code of a finding."""


def _joined(cells: Cells) -> bytes:
    return b",".join(cells.values())


def _put(column: str, value: bytes) -> Spoil:
    return lambda cells: _joined({**cells, column: value})


KINDS: dict[str, tuple[Spoil, str | None]] = {
    "ragged-row": (lambda cells: _joined(cells).rpartition(b",")[0], None),
    "nul-character": (_put("title", b"nu\0l"), "title"),
    "bad-encoding": (_put("description", b"caf\xe9"), "description"),
    "unclosed-quote": (_put("description", b'"open'), "description"),
    "stray-quote": (_put("title", b'"open" and shut'), "title"),
    "no-subject": (_put("number", b" "), "number"),
    "bad-value": (_put("number", b"12a"), "number"),
    "bad-year": (_put("year", b"20024"), "year"),
    "unknown-concept": (_put("category", b"mit-v2:77.7"), "category"),
    "unknown-value": (_put("office", b"Office of Weather"), "office"),
}
"""Ten kinds of faults: how the row is spoilt, and the column to be named."""


@dataclass
class Planted:
    """A spoilt table beside a sound one. ``expected`` holds what each fault must be found as, ``good`` the other rows."""

    measures: bytes = b""
    papers: bytes = b""
    expected: set[Seen] = field(default_factory=set)
    good: set[int] = field(default_factory=set)


def plant(records: int, faults: int, seed: int) -> Planted:
    """A table of so many records, a tenth of the faults of each kind; neither the first nor the last record has one."""
    dice, planted = random.Random(seed), Planted()
    codes = list(KINDS) * (faults // len(KINDS))
    places = dict(zip(dice.sample(range(2, records), len(codes)), codes, strict=True))
    lines, line = [",".join(COLUMNS).encode() + b"\n"], 2
    for row in range(1, records + 1):
        code = places.get(row)
        cells = _cells(row, dice, code is None)
        if code is None:
            planted.good.add(row)
            lines.append(_joined(cells) + b"\n")
        else:
            spoil, column = KINDS[code]
            planted.expected.add((row, line, column, code))
            lines.append(spoil(cells) + b"\n")
        line += lines[-1].count(b"\n")
    planted.measures = b"".join(lines)
    planted.papers = "".join(["ref,name,printed\n", *(f"P{n},Paper {n},{1990 + n % 30}\n" for n in range(PAPERS))]).encode()
    return planted


def _cells(row: int, dice: random.Random, sound: bool) -> Cells:
    """A record as real ones are; in one that is to be spoilt no cell goes over several lines, so that one line is lost."""
    text = dice.choice(['"It says ""stop"", and stops."', "Plain words", "Prüft Fälle"])
    broken = '"First ask.\nThen, wait.\n\nThen ""go""."'
    cells = {
        "kind": "measure",
        "office": dice.choice(OFFICES),
        "year": str(dice.randint(2000, 2026)),
        "number": str(row),
        "category": dice.choice(CATEGORIES),
        "title": f"Measure {row}",
        "description": broken if sound and dice.random() < 0.3 else text,
        "stage": dice.choice(["", "deploy"]),
        "actor": dice.choice(["", "developer", "developer; user"]),
        "issued": f"{dice.randint(2000, 2026)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
        "pages": str(dice.randint(1, 99)),
        "link": f"https://example.org/{row}",
        "risks": dice.choice(["", "R 1", "R 1|Ü2"]),
        "paper": f"P{dice.randrange(PAPERS)}",
        "above": dice.choice(["", "1"]) if row > 1 else "",
    }
    return {name: text.encode() for name, text in cells.items()}


def holds(planted: Planted) -> None:
    """Exactly the planted faults are found, each in its cell; every other record comes out, and nothing of the spoilt ones."""
    knowledge = Knowledge()
    mapping = knowledge.mapping(MAPPING)
    run = Run(mapping, inputs(mapping, {"measures.csv": planted.measures, "papers.csv": planted.papers}), knowledge.lexicon)
    subjects, labels = Counter[str](), set()
    for subject, predicate, term in run.triples():
        subjects[subject] += predicate == TYPE and term == MITIGATION
        if predicate == LABEL and (text := literal_parts(term).text).startswith("Measure "):
            labels.add(int(text.removeprefix("Measure ")))
    found = [(f.place.row, f.place.line, f.place.column, f.code) for f in run.findings]
    assert sorted(found, key=repr) == sorted(planted.expected, key=repr)
    assert labels == planted.good
    assert sum(subjects.values()) == len(planted.good)
    assert max(subjects.values()) == 1
    read, lost = len(planted.good) + len(planted.expected), len(planted.expected)
    counts = {count.file: (count.read, count.mapped, count.rejected, count.repeated) for count in run.counts}
    assert counts == {"measures.csv": (read, read - lost, lost, 0), "papers.csv": (PAPERS, PAPERS, 0, 0)}
