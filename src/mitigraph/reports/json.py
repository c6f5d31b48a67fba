"""JSON: every part of every finding."""

from __future__ import annotations

from collections.abc import Sequence

from mitigraph.finding import Finding
from mitigraph.release import report_json
from mitigraph.reports.context import Context

__all__ = ["write"]


def write(findings: Sequence[Finding], _context: Context) -> bytes:
    """Counts by severity and a list of findings: the form of a build's ``report.json``, and of a baseline."""
    return report_json(findings)
