"""CSV (RFC 4180) for spreadsheets: a row for each finding. Formula cells are made plain text by the rule of ``formula``.

>>> from mitigraph.finding import Place
>>> odd = Finding("violation", "bad-year", "not a year", Place("new.csv", 4, "source_year", 3), value="=2024")
>>> write([odd], Context()).decode().splitlines()[1]
"violation,bad-year,new.csv,4,source_year,3,,,,not a year,'=2024,,,,,,"
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from mitigraph.finding import Finding
from mitigraph.formula import neutral
from mitigraph.reports.context import Context

__all__ = ["COLUMNS", "write"]

COLUMNS = (
    "severity",
    "code",
    "file",
    "line",
    "column",
    "row",
    "cell",
    "pointer",
    "across",
    "message",
    "value",
    "expected",
    "suggestion",
    "sure",
    "rule",
    "focus",
    "path",
)


def write(findings: Sequence[Finding], _context: Context) -> bytes:
    """A header and a row for each finding, in UTF-8, each line ended by CR LF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in findings:
        parts = finding.as_dict()
        writer.writerow([neutral(_text(parts.get(name))) for name in COLUMNS])
    return text.getvalue().encode()


def _text(value: object) -> str:
    """A part as a cell; NUL, which no reader of CSV takes, by its picture."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value).replace("\0", "\u2400")
