"""What is said in a cell: all its findings as one comment, and how grave the gravest is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mitigraph.finding import Finding, one_line, order, worst

__all__ = ["AUTHOR", "COLOURS", "COLUMNS", "LONGEST", "MOST_COMMENTS", "MOST_ROWS", "clipped", "comment", "row_of", "severity_of"]

AUTHOR = "mitigraph"
COLOURS = {"violation": "FFC7CE", "warning": "FFEB9C", "info": "DDEBF7"}
"""Fills by severity: those that spreadsheet programs offer as bad, neutral and a note."""

LONGEST = 32_767
"""Characters in a cell or comment."""

MOST_COMMENTS = 10_000
"""Comments on a sheet; cells beyond are coloured, and their findings listed."""

MOST_ROWS = 65_000
"""Findings that are listed: a sheet takes about as many links."""

COLUMNS = (
    ("severity", 10),
    ("code", 24),
    ("where", 32),
    ("message", 60),
    ("found", 30),
    ("expected", 30),
    ("did you mean", 30),
    ("rule", 30),
)
"""The columns of the sheet on which all findings are listed, and their widths."""


def severity_of(findings: Iterable[Finding]) -> str:
    """The gravest severity."""
    return worst(findings)


def comment(findings: Sequence[Finding]) -> str:
    """All that is said of a cell, the gravest first."""
    gravest = sorted(findings, key=lambda one: (-list(COLOURS)[::-1].index(one.severity), order(one)))
    return clipped("\n\n".join(map(_told, gravest)))


def row_of(finding: Finding) -> tuple[str, ...]:
    """A finding as cells of the list."""
    texts = (
        finding.severity,
        finding.code,
        str(finding.place),
        finding.message,
        finding.value,
        finding.expected,
        finding.suggestion,
        finding.rule,
    )
    return tuple(clipped(one_line(text or "")) for text in texts)


def clipped(text: str) -> str:
    """A text that a cell can hold."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _told(finding: Finding) -> str:
    lines = [f"{finding.severity} [{finding.code}]", one_line(finding.message)]
    for word, text in (("found", finding.value), ("expected", finding.expected), ("did you mean", finding.suggestion)):
        lines += [f"{word}: {one_line(text)}"] if text is not None else []
    return "\n".join(lines)
