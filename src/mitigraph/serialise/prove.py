"""The proof that written bytes say what was meant: they are parsed again and compared as graphs."""

from __future__ import annotations

from collections.abc import Iterable

from mitigraph.canonical import canonical, is_blank
from mitigraph.errors import EngineError, InputError
from mitigraph.formats import Format, format_named
from mitigraph.parse import Quad, parse_quads
from mitigraph.serialise.lines import to_nquads
from mitigraph.terms import Triple

__all__ = ["prove"]

_NQUADS = format_named("nquads")


def prove(data: bytes, format: Format, statements: Iterable[Triple | Quad]) -> None:
    """Parses again and compares, blank nodes by isomorphism. EngineError names the first statement lost or gained."""
    meant: set[Quad] = {(row[0], row[1], row[2], row[3] if len(row) == 4 else "") for row in statements}
    try:
        found = set(parse_quads(data, format, f"the {format.name} just written"))
        if found == meant:
            return
        # A term may be spelt in more than one way (an escape more or less).
        meant = set(parse_quads(to_nquads(meant), _NQUADS, "the statements to write"))
    except InputError as error:
        raise EngineError(f"{error}; nothing is written") from None
    if any(is_blank(term) for row in meant for term in row):
        meant, found = canonical(meant), canonical(found)
    for missing, surplus, verb in ((meant, found, "lacks"), (found, meant, "adds")):
        if missing - surplus:
            row = " ".join(filter(None, min(missing - surplus)))
            raise EngineError(f"the {format.name} just written {verb} {row[:200]}; nothing is written")
