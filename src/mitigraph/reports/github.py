"""Workflow commands of GitHub Actions: a line for each finding, which GitHub shows at the line of the file."""

from __future__ import annotations

from collections.abc import Sequence

from mitigraph.finding import Finding, Place, one_line
from mitigraph.reports.context import Context

__all__ = ["write"]

COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}
_DATA = {ord("%"): "%25", ord("\r"): "%0D", ord("\n"): "%0A"}
_PROPERTY = {**_DATA, ord(":"): "%3A", ord(","): "%2C"}


def write(findings: Sequence[Finding], _context: Context) -> bytes:
    """``::error file=…,line=…,title=CODE::what is wrong``, the cell or column first as GitHub has no place for it."""
    return "".join(f"{_line(finding)}\n" for finding in findings).encode()


def _line(finding: Finding) -> str:
    place = finding.place
    parts = {"file": place.file, "line": None if place.cell else place.line, "title": finding.code}
    properties = ",".join(
        f"{name}={one_line(str(part)).translate(_PROPERTY)}" for name, part in parts.items() if part is not None
    )
    said = f"{_spot(place)}: {finding.told}" if _spot(place) else finding.told
    return f"::{COMMANDS[finding.severity]} {properties}::{said.translate(_DATA)}"


def _spot(place: Place) -> str:
    return one_line(place.cell or place.column or place.pointer or "")
