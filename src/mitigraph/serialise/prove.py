"""The proof that written bytes say what was meant: they are parsed again and compared as graphs."""

from __future__ import annotations

from collections.abc import Iterable

from mitigraph.canonical import canonical, is_blank
from mitigraph.errors import EngineError, InputError
from mitigraph.formats import Format
from mitigraph.parse import Quad, parse_quads
from mitigraph.terms import Triple

__all__ = ["prove"]


def prove(data: bytes, format: Format, statements: Iterable[Triple | Quad]) -> None:
    """Parses again and compares, blank nodes by isomorphism. EngineError names the first statement lost or gained."""
    meant = {(*row, "") if len(row) == 3 else row for row in statements}
    try:
        found = set(parse_quads(data, format, f"the {format.name} just written"))
    except InputError as error:
        raise EngineError(f"{error}; nothing is written") from None
    if found == meant:
        return
    if any(is_blank(term) for row in meant for term in row):
        meant, found = canonical(meant), canonical(found)
    for missing, surplus, verb in ((meant, found, "lacks"), (found, meant, "adds")):
        if missing - surplus:
            row = " ".join(filter(None, min(missing - surplus)))
            raise EngineError(f"the {format.name} just written {verb} {row[:200]}; nothing is written")
