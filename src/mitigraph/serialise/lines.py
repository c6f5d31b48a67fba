"""N-Triples and N-Quads in canonical form: one sorted line each (RDF 1.1 N-Triples, section 4)."""

from __future__ import annotations

from collections.abc import Iterable

from mitigraph.canonical import canonical
from mitigraph.terms import Quad, Triple

__all__ = ["to_nquads", "to_ntriples"]


def to_ntriples(triples: Iterable[Triple]) -> bytes:
    """Sorted N-Triples.

    >>> to_ntriples([("<urn:b>", "<urn:p>", "_:x"), ("<urn:a>", "<urn:p>", '"1"')])
    b'<urn:a> <urn:p> "1" .\\n<urn:b> <urn:p> _:c14n0 .\\n'
    """
    return "".join([f"{s} {p} {o} .\n" for s, p, o in sorted(canonical(triples))]).encode()


def to_nquads(quads: Iterable[Quad]) -> bytes:
    """Sorted N-Quads; a quad of the default graph (fourth part "") is written as a triple."""
    return "".join(sorted(f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n" for s, p, o, g in canonical(quads))).encode()
