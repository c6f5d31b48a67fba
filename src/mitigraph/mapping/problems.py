"""What is said of a mapping that is wrong: the place, the reason, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mitigraph.finding import Finding
from mitigraph.mapping.plan import MappingError, Where
from mitigraph.vocabulary import closest

__all__ = ["problem", "refuse"]


def problem(
    code: str, message: str, where: Where, value: str | None = None, known: Iterable[str] = (), severity: str = "violation"
) -> Finding:
    """A finding about a mapping; what was probably meant is looked for among the known names."""
    names = list(known)
    suggestion = closest(value, names) if names and value else None
    return Finding(severity, code, message, where.place, value, None, suggestion)


def refuse(name: str, findings: Sequence[Finding]) -> None:
    """MappingError with all findings, if there is a violation among them; its text is the first, and how many more."""
    grave = [finding for finding in findings if finding.severity == "violation"]
    if grave:
        more = f" (and {len(grave) - 1} more)" if len(grave) > 1 else ""
        raise MappingError(f"{grave[0]}{more}", list(findings))
