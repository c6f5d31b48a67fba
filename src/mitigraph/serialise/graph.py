"""One way to write a graph in whichever format is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mitigraph.formats import Format
from mitigraph.serialise.compact import prefixes_of
from mitigraph.serialise.jsonld import dataset_to_jsonld, to_jsonld
from mitigraph.serialise.lines import to_nquads, to_ntriples
from mitigraph.serialise.rdfxml import to_rdfxml
from mitigraph.serialise.turtle import to_trig, to_turtle
from mitigraph.terms import Quad, Triple

__all__ = ["write_graph", "write_quads"]


def write_graph(triples: Iterable[Triple], format: Format, context: Mapping[str, object]) -> bytes:
    """Triples in a format, with the prefixes (and, as JSON-LD, the terms) of a context. EngineError: it cannot hold them.

    >>> from mitigraph.formats import format_named
    >>> write_graph([("<urn:a>", "<urn:b>", '"c"')], format_named("nt"), {})
    b'<urn:a> <urn:b> "c" .\\n'
    """
    return _WRITERS[format.name](triples, context)


def write_quads(quads: Iterable[Quad], format: Format, context: Mapping[str, object]) -> bytes:
    """Quads in a format that can name graphs (``format.is_quads``); where all are of the default graph, in any.

    >>> from mitigraph.formats import format_named
    >>> write_quads([("<urn:a>", "<urn:b>", '"c"', "<urn:g>")], format_named("nq"), {})
    b'<urn:a> <urn:b> "c" <urn:g> .\\n'
    """
    held = list(quads)
    if any(graph for *_, graph in held):
        return _QUAD_WRITERS[format.name](held, context)
    return write_graph([(s, p, o) for s, p, o, _ in held], format, context)


def _in_default_graph(triples: Iterable[Triple]) -> list[tuple[str, str, str, str]]:
    return [(s, p, o, "") for s, p, o in triples]


_WRITERS: dict[str, Callable[[Iterable[Triple], Mapping[str, object]], bytes]] = {
    "turtle": lambda triples, context: to_turtle(triples, prefixes_of(context)),
    "jsonld": to_jsonld,
    "ntriples": lambda triples, _: to_ntriples(triples),
    "nquads": lambda triples, _: to_nquads(_in_default_graph(triples)),
    "trig": lambda triples, context: to_trig(_in_default_graph(triples), prefixes_of(context)),
    "rdfxml": lambda triples, context: to_rdfxml(triples, prefixes_of(context)),
}

_QUAD_WRITERS: dict[str, Callable[[Iterable[Quad], Mapping[str, object]], bytes]] = {
    "jsonld": dataset_to_jsonld,
    "nquads": lambda quads, _: to_nquads(quads),
    "trig": lambda quads, context: to_trig(quads, prefixes_of(context)),
}
