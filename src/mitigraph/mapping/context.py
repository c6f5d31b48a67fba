"""What a compiled mapping knows while one record goes through it: the record, derived fields, and where findings go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mitigraph.finding import Finding, Place
from mitigraph.mapping.plan import Where
from mitigraph.record import Record, entry_digest
from mitigraph.transforms import CellError

__all__ = ["EACH", "NONE", "OWN", "Compiled", "Context", "Evaluate"]

OWN, EACH, NONE = "own", "each", "none"
"""Which of a reference's values a result belongs to: the one with its own index, the one gone through now, or none."""

CONSTANT, PER_FILE, PER_RECORD = 0, 1, 2
"""How often a value changes."""


class Context:
    """One file's record at a time. ``position`` counts the values of an ``each`` from 1."""

    __slots__ = (
        "_digest",
        "alternatives",
        "file",
        "noted",
        "position",
        "record",
        "rejected",
        "repeated",
        "report",
        "selected",
        "slots",
        "slots_blank",
        "yielded",
    )

    record: Record

    def __init__(self, file: str, slots: int, report: Callable[[Finding], None]) -> None:
        self.file, self.report = file, report
        self.slots_blank: list[list[str] | None] = [None] * slots
        self.alternatives = 0
        self.slots = self.slots_blank.copy()
        self.clear()

    def clear(self) -> None:
        """Forget what is known of the last record."""
        self._digest: str | None = None
        self.position = 0
        self.rejected = self.repeated = self.selected = self.yielded = self.noted = False

    def start(self, record: Record) -> None:
        """Turn to the next record."""
        self.record = record
        self.slots = self.slots_blank.copy()
        self.clear()

    def digest(self) -> str:
        """The digest of the record's content, taken once."""
        if self._digest is None:
            self._digest = entry_digest(self.record)
        return self._digest

    def place(self, compiled: Compiled, index: int = 0) -> Place:
        """The cell a value was made of: the first reference's, at the value's index where there is one."""
        if not compiled.references:
            return Place(self.file, self.record.line, None, self.record.number)
        at = {OWN: index, EACH: self.position - 1}.get(compiled.spot, 0)
        return self.record.place(compiled.references[0], max(at, 0))

    def fail(self, error: CellError, value: str | None, compiled: Compiled, index: int, where: Where) -> None:
        """Report what a cell function has to say of a value."""
        self.note(
            error.severity, error.code, error.message, self.place(compiled, index), value, where, error.expected, error.suggestion
        )

    def note(
        self,
        severity: str,
        code: str,
        message: str,
        place: Place,
        value: str | None,
        where: Where,
        expected: str | None = None,
        suggestion: str | None = None,
    ) -> None:
        """Report a finding about the record."""
        self.noted = self.noted or severity == "violation"
        self.report(Finding(severity, code, message, place, value, expected, suggestion, str(where)))


Evaluate = Callable[[Context], list[str]]


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression ready to be evaluated: to a list of texts or terms.

    ``references`` are the columns or paths it reads; ``fixed`` its values where they are known beforehand; ``spot`` says which
    value of its first reference a result belongs to.
    """

    evaluate: Evaluate
    references: tuple[str, ...] = ()
    level: int = CONSTANT
    spot: str = NONE
    fixed: tuple[str, ...] | None = None


def fixed(values: tuple[str, ...], level: int = CONSTANT) -> Compiled:
    """Values that are known beforehand.

    >>> fixed(("a",)).fixed
    ('a',)
    """
    texts = list(values)
    return Compiled(lambda context: texts, level=level, fixed=values)
