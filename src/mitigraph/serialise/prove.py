"""The proof that written bytes say what was meant: they are parsed again and compared as graphs."""

from __future__ import annotations

from collections.abc import Iterable

from mitigraph.canonical import canonical, is_blank
from mitigraph.errors import EngineError, InputError
from mitigraph.formats import Format, format_named
from mitigraph.parse import parse_quads
from mitigraph.serialise.lines import to_nquads
from mitigraph.terms import Quad, Triple

__all__ = ["prove"]

_NQUADS = format_named("nquads")


def prove(data: bytes, format: Format, statements: Iterable[Triple | Quad]) -> None:
    """Parses again and compares, blank nodes by isomorphism. EngineError names the first statement lost or gained."""
    meant: set[Quad] = {(row[0], row[1], row[2], row[3] if len(row) == 4 else "") for row in statements}
    try:
        found = set(parse_quads(data, format, f"the {format.name} just written"))
        lost, gained = meant - found, found - meant
        if not lost and not gained:
            return
        # A term may be spelt in more than one way (an escape more or less); blank nodes are named anew at each reading.
        lost = set(parse_quads(to_nquads(lost.union(filter(_has_blank, meant))), _NQUADS, "the statements to write"))
    except InputError as error:
        raise EngineError(f"{error}; nothing is written") from None
    lost, gained = canonical(lost), canonical(gained.union(filter(_has_blank, found)))
    for missing, surplus, verb in ((lost, gained, "lacks"), (gained, lost, "adds")):
        if missing - surplus:
            row = " ".join(filter(None, min(missing - surplus)))
            raise EngineError(f"the {format.name} just written {verb} {row[:200]}; nothing is written")


def _has_blank(row: Quad) -> bool:
    return is_blank(row[0]) or is_blank(row[2]) or is_blank(row[3])
