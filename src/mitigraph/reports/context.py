"""What reports are made of besides the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mitigraph.finding import Finding, at_least
from mitigraph.knowledge import BASE, Knowledge
from mitigraph.shacl import Result

__all__ = ["Context", "Region", "Spot"]


class Region(NamedTuple):
    """A stretch of a text file: lines and columns from 1, columns in code points; the character at the end is not in it."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


class Spot(NamedTuple):
    """The cell of a finding, and what mends the finding when it stands there; None: nothing is sure to."""

    region: Region
    new: str | None = None


@dataclass(frozen=True)
class Context:
    """How findings came about.

    ``files`` are all that were looked at, named as the findings' places name them; ``fail_on`` is the level that counts;
    ``refused``: something that was named was not taken; ``results`` are those of SHACL, for the graph formats; ``spots``:
    where findings stand, to the character.
    """

    knowledge: Knowledge = field(default_factory=lambda: Knowledge(BASE))
    results: Sequence[Result] = ()
    files: Sequence[str] = ()
    fail_on: str = "violation"
    refused: bool = False
    spots: Mapping[Finding, Spot] = field(default_factory=dict)

    def counts(self, finding: Finding) -> bool:
        """Whether a finding is what makes the check fail."""
        return at_least(finding.severity, self.fail_on) or (self.refused and finding.severity == "violation")
