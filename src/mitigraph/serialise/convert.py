"""From one format to another, through parsed statements."""

from __future__ import annotations

from collections.abc import Mapping

from mitigraph.errors import InputError
from mitigraph.formats import Format
from mitigraph.parse import parse_document
from mitigraph.serialise.graph import write_quads
from mitigraph.serialise.prove import prove

__all__ = ["convert"]


def convert(data: bytes, source: Format, target: Format, name: str, context: Mapping[str, object]) -> bytes:
    """The same statements in another format, proven by reading them back.

    The input's own prefixes are kept; where it has none, ``context`` (a JSON-LD context, or plain prefixes → IRIs) gives them.
    InputError when the input is refused or names graphs that the target cannot name; EngineError when the target cannot
    hold some term.

    >>> from mitigraph.formats import format_named
    >>> convert(b"<urn:a> <urn:p> 1 .", format_named("turtle"), format_named("nt"), "a.ttl", {})
    b'<urn:a> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\\n'
    """
    quads, prefixes = parse_document(data, source, name)
    own = _as_context(prefixes) or context
    graphs = sorted({g for *_, g in quads if g})
    if graphs and not target.is_quads:
        shown = ", ".join(graphs[:3]) + (f" and {len(graphs) - 3} more" if len(graphs) > 3 else "")
        raise InputError(
            f"{name}: {target.name} cannot name graphs and the input names {shown}; convert to nquads, trig or jsonld"
        )
    written = write_quads(quads, target, own)
    prove(written, target, quads)
    return written


def _as_context(prefixes: Mapping[str, str]) -> dict[str, object]:
    """Prefixes as a JSON-LD context; said to be prefixes, as JSON-LD takes only some IRIs for one unasked."""
    return {
        prefix: namespace if namespace.endswith(tuple(":/?#[]@")) else {"@id": namespace, "@prefix": True}
        for prefix, namespace in prefixes.items()
    }
