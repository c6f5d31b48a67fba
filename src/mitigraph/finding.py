"""A finding and where it points: one line for a person, all its parts for a machine.

>>> place = Place("new.csv", line=3, column="category", row=2)
>>> print(Finding("violation", "unknown-concept", "no such category", place, value="mit-v1:9.9", suggestion="mit-v1:1.1"))
new.csv:3:category: violation[unknown-concept] no such category, found 'mit-v1:9.9'; did you mean 'mit-v1:1.1'?
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

__all__ = ["LEVELS", "Finding", "Place", "at_least", "clipped", "one_line", "order", "worst"]

LEVELS = ("none", "info", "warning", "violation")
"""Severities from lightest to gravest; ``none`` is only a threshold (``--fail-on none``)."""

VALUE_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding points: a file, a physical line (from 1), a column name or a JSON pointer, a record row (from 1).

    ``cell`` is a workbook's own name for the place, a cell or a range; ``line`` is then the row of the sheet. ``across`` is the
    position (from 1) of a record's own column in a table on its side, whose ``column`` is the name that its line begins with.

    >>> print(Place("new.xlsx", 17, "category", 16, cell="Sheet1!C17"))
    new.xlsx:Sheet1!C17
    >>> print(Place("side.csv", 3, "title", 1, across=2))
    side.csv:3:title (column 2)
    """

    file: str
    line: int | None = None
    column: str | None = None
    row: int | None = None
    pointer: str | None = None
    cell: str | None = None
    across: int | None = None

    def __str__(self) -> str:
        if self.cell is not None:
            return f"{one_line(self.file)}:{one_line(self.cell)}"
        spot = self.column if self.column is not None else self.pointer
        if self.across is not None:
            spot = f"{spot or ''} (column {self.across})".lstrip()
        parts = [self.file, *([str(self.line)] if self.line is not None else []), *([spot] if spot else [])]
        return ":".join(one_line(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or worth knowing.

    ``severity`` is one of ``LEVELS[1:]``; ``code`` a stable kebab-case name; ``value`` the raw value found; ``expected``
    and ``suggestion`` say how to mend it: the text that should stand instead of ``value``; ``sure``, that it is the only one that
    comes near, and very near. ``rule`` names the mapping rule or shape; ``focus`` and ``path`` are IRIs.
    """

    severity: str
    code: str
    message: str
    place: Place
    value: str | None = None
    expected: str | None = None
    suggestion: str | None = None
    rule: str | None = None
    focus: str | None = None
    path: str | None = None
    sure: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}[{self.code}] {self.told}"

    @property
    def told(self) -> str:
        """What is wrong, the value, what was expected, what was probably meant: the line without its place.

        >>> Finding("violation", "bad-year", "not a year", Place("a.csv"), value="20244", expected="four digits").told
        "not a year, found '20244', expected four digits"
        """
        more = (self.value, self.expected, self.suggestion) != (None, None, None)
        text = one_line(self.message).removesuffix(".") if more else one_line(self.message)
        if self.value is not None:
            text += f", found {_shown(self.value)}"
        if self.expected is not None:
            text += f", expected {one_line(self.expected)}"
        if self.suggestion is not None:
            text += f"; did you mean {_shown(self.suggestion)}?"
        return text

    def as_dict(self) -> dict[str, object]:
        """Parts by name, places flattened, absent ones (and ``sure`` without a suggestion) left out: as in ``report.json``."""
        parts = asdict(self)
        parts.update(parts.pop("place"))
        if self.suggestion is None:
            del parts["sure"]
        return {name: value for name, value in sorted(parts.items()) if value is not None}


def at_least(severity: str, level: str) -> bool:
    """Whether a severity reaches a ``--fail-on`` level; nothing reaches ``none``.

    >>> at_least("warning", "violation"), at_least("violation", "warning"), at_least("violation", "none")
    (False, True, False)
    """
    return level != "none" and LEVELS.index(severity) >= LEVELS.index(level)


def worst(findings: Iterable[Finding]) -> str:
    """The gravest severity among findings, ``none`` if there are none."""
    return max((finding.severity for finding in findings), key=LEVELS.index, default="none")


def order(finding: Finding) -> tuple[object, ...]:
    """The one sort key for findings: by file, line, row, column, cell, code and value; no two that differ are equal in it."""
    place = finding.place
    spot = place.column or place.pointer or ""
    return (
        place.file,
        place.line or 0,
        place.row or 0,
        spot,
        place.cell or "",
        finding.code,
        finding.value or "",
        finding.focus or "",
        finding.path or "",
        finding.message,
        finding.severity,
        finding.rule or "",
        finding.expected or "",
        finding.suggestion or "",
        finding.sure,
        place.pointer or "",
        place.across or 0,
    )


def _shown(value: str) -> str:
    return repr(clipped(value, VALUE_LIMIT))


def clipped(text: str, most: int) -> str:
    """A text of at most so many characters; what is cut ends with ``…``.

    >>> clipped("red teaming", 11), clipped("red teaming", 4)
    ('red teaming', 'red…')
    """
    return text if len(text) <= most else text[: most - 1] + "…"


def one_line(text: str) -> str:
    r"""Control characters and line breaks as escapes, so that a hostile cell cannot forge lines or colours.

    >>> one_line("a\x1b[31m")
    'a\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
