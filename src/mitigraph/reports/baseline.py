"""Findings that are known already: an earlier JSON report says which, and the others are new.

>>> from mitigraph.release import report_json
>>> known = Finding("violation", "bad-year", "not a year", Place("new.csv", 4, "year", 3), value="20244")
>>> baseline = read_baseline(report_json([known]), "known.json")
>>> told = compare([known, known], baseline, ["new.csv"])
>>> print(len(told.new), told)
1 1 known, 1 new, 0 gone
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import PurePosixPath
from typing import Any

from mitigraph.errors import InputError
from mitigraph.finding import LEVELS, Finding, Place
from mitigraph.reports.fingerprint import fingerprint

__all__ = ["Compared", "compare", "read_baseline"]

_OF_PLACE = {part.name for part in fields(Place)}
_OF_FINDING = {part.name for part in fields(Finding)} - {"place"}
_NUMBERS = {"line", "row", "across"}


@dataclass(frozen=True)
class Compared:
    """What is new; how many are known; how many of the baseline's are gone, and how many are of files that were not looked at."""

    new: list[Finding]
    known: int
    gone: int
    elsewhere: int

    def __str__(self) -> str:
        text = f"{self.known:,} known, {len(self.new):,} new, {self.gone:,} gone"
        return f"{text}, {self.elsewhere:,} of files that were not checked" if self.elsewhere else text


def read_baseline(data: bytes, name: str) -> list[Finding]:
    """The findings of a JSON report. InputError: it is none."""
    try:
        report = json.loads(data)
    except (ValueError, RecursionError) as error:
        reason = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "not JSON"
        raise InputError(f"{name}: cannot be a baseline: {reason}") from None
    found = report.get("findings") if isinstance(report, dict) else None
    if not isinstance(found, list):
        raise InputError(f"{name}: cannot be a baseline: not a report as --report json writes it")
    return list(_findings(found, name))


def compare(findings: Sequence[Finding], baseline: Iterable[Finding], files: Iterable[str]) -> Compared:
    """Take known findings away, each as often as the baseline has it; ``files`` are the names of those that were looked at."""
    looked_at = {_last(file) for file in files} | {_last(finding.place.file) for finding in findings}
    known = Counter[str]()
    elsewhere = 0
    for finding in baseline:
        if _last(finding.place.file) in looked_at:
            known[fingerprint(finding)] += 1
        else:
            elsewhere += 1
    new = []
    for finding in findings:
        mark = fingerprint(finding)
        if known[mark]:
            known[mark] -= 1
        else:
            new.append(finding)
    return Compared(new, len(findings) - len(new), known.total(), elsewhere)


def _findings(found: Iterable[object], name: str) -> Iterator[Finding]:
    for number, parts in enumerate(found, 1):
        if not (isinstance(parts, dict) and _is_finding(parts)):
            raise InputError(f"{name}: cannot be a baseline: its finding number {number:,} is none")
        place = Place(**{part: value for part, value in parts.items() if part in _OF_PLACE})
        yield Finding(place=place, **{part: value for part, value in parts.items() if part in _OF_FINDING})


def _is_finding(parts: dict[str, Any]) -> bool:
    wanted = {"file", "code", "severity", "message"} <= parts.keys() and parts["severity"] in LEVELS
    kinds = {name: bool if name == "sure" else int if name in _NUMBERS else str for name in _OF_PLACE | _OF_FINDING}
    return wanted and all(isinstance(value, kinds[part]) for part, value in parts.items() if part in kinds)


def _last(file: str) -> str:
    return PurePosixPath(file).name
