"""RDF: what the shapes said, as a ``sh:ValidationReport`` (SHACL, section 3.6)."""

from __future__ import annotations

from collections.abc import Sequence

from mitigraph.finding import Finding
from mitigraph.formats import format_named
from mitigraph.reports.context import Context
from mitigraph.serialise import write_graph
from mitigraph.shacl.report import report_graph

__all__ = ["jsonld", "turtle"]


def turtle(_findings: Sequence[Finding], context: Context) -> bytes:
    """The report as Turtle: results of shapes only, as nothing else is in its vocabulary."""
    return _written("turtle", context)


def jsonld(_findings: Sequence[Finding], context: Context) -> bytes:
    """The same as JSON-LD."""
    return _written("jsonld", context)


def _written(name: str, context: Context) -> bytes:
    triples = report_graph(context.results, context.knowledge.base)
    return write_graph(triples, format_named(name), context.knowledge.context)
