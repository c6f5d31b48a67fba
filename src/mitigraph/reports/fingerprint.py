"""Which findings of two runs are the same: what stays when lines are added above, files moved or messages reworded."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from mitigraph.finding import Finding, Place

__all__ = ["fingerprint", "fingerprints"]


def fingerprint(finding: Finding) -> str:
    """16 hexadecimal digits made of the file's last name, the code, the value, the focus node and the column.

    >>> at = Finding("violation", "bad-year", "not a year", Place("data/new.csv", 4, "year", 3), value="20244")
    >>> moved = Finding("violation", "bad-year", "no year", Place("new.csv", 9, "year", 8), value="20244")
    >>> fingerprint(at) == fingerprint(moved)
    True
    """
    name = PurePosixPath(finding.place.file).name
    parts = (name, finding.code, finding.value, finding.focus, finding.path, _spot(finding.place))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """One for each finding, told apart by a number where several are alike: ``0123456789abcdef:2``."""
    seen: Counter[str] = Counter()
    told = []
    for finding in findings:
        mark = fingerprint(finding)
        seen[mark] += 1
        told.append(f"{mark}:{seen[mark]}")
    return told


def _spot(place: Place) -> str:
    """The column without the row: a pointer without its positions, a cell without its number.

    >>> _spot(Place("a.json", 3, pointer="/12/risks/0")), _spot(Place("a.xlsx", 3, cell="Entries!D3"))
    ('/*/risks/*', 'Entries!D')
    """
    if place.column is not None:
        return place.column
    if place.pointer is not None:
        return re.sub(r"(?<=/)[0-9]+(?=/|$)", "*", place.pointer)
    sheet, mark, cells = (place.cell or "").rpartition("!")
    return sheet + mark + re.sub("[0-9]+", "", cells)
