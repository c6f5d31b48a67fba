"""Shapes from files, looked over before they are used: what is wrong stands at its file and line.

What cannot be used is refused, with all its faults; what can be used but hardly says what was meant is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.formats import format_for
from mitigraph.knowledge import Knowledge
from mitigraph.locate import not_fetched
from mitigraph.parse import imports, parse, read_file
from mitigraph.rdf_lines import RdfLines
from mitigraph.rdf_lines.nested import NestedLines
from mitigraph.shacl.lint import Fault, ShapesGraph, UnusableShapesError, doubts, faults, shapes_graph
from mitigraph.terms import Triple
from mitigraph.vocabulary_check import unknown_in

__all__ = ["OwnShapes", "read_shapes"]

FORMATS = "Turtle, JSON-LD, N-Triples, RDF/XML"


class OwnShapes(NamedTuple):
    """The triples of shapes that can be used, and what is to be said about them."""

    triples: list[Triple]
    findings: list[Finding]


@dataclass(frozen=True)
class _File:
    """A file of shapes: its name, its content, its triples, and where they stand."""

    name: str
    format: str
    data: bytes
    triples: list[Triple]
    prefixes: Mapping[str, str]

    def read(self) -> bytes:
        """Its content."""
        return self.data

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The nodes it says something of."""
        return frozenset(subject for subject, _, _ in self.triples)

    @cached_property
    def nested(self) -> NestedLines:
        """The lines of all its nodes, those without a name too; of Turtle only."""
        return NestedLines(self.data.decode("utf-8-sig", "replace"), self.prefixes, self.triples)

    @cached_property
    def lines(self) -> RdfLines:
        """The lines of the nodes that have a name."""
        return RdfLines(self.data, self.prefixes)


def read_shapes(paths: Sequence[str], knowledge: Knowledge) -> OwnShapes:
    """Shapes from RDF files, with findings about what they leave unsaid, name wrongly or would have had fetched.

    Raises InputError, ``could not check: …``, when a file cannot be read; UnusableShapesError, with a line for each fault, when
    the shapes cannot be used.
    """
    files = [_read(path, knowledge) for path in dict.fromkeys(paths)]
    graph = shapes_graph(triple for file in files for triple in file.triples)
    if found := faults(graph):
        raise UnusableShapesError.of(f"{_place(fault, graph, files)}: {fault.message}" for fault in found)
    said = [
        Finding("warning", code, fault.message, _place(fault, graph, files), rule=fault.node.strip("<>") or None)
        for code, fault in doubts(graph)
    ]
    for file in files:
        said += not_fetched(file.name, imports(file.triples))
        said += unknown_in(file.name, file.read, file.triples, knowledge)
    return OwnShapes(graph.triples, said)


def _read(path: str, knowledge: Knowledge) -> _File:
    data_format = format_for(path)
    if data_format is None:
        raise InputError(f"could not check: {path}: shapes are RDF: {FORMATS}")
    try:
        data = read_file(Path(path))
        triples = parse(data, data_format, path)
    except InputError as error:
        raise InputError(f"could not check: {error}") from None
    return _File(path, data_format.name, data, triples, knowledge.prefixes)


def _place(fault: Fault, graph: ShapesGraph, files: list[_File]) -> Place:
    """The file and line of a fault, as near as the file lets it be told."""
    file = next((file for file in files if fault.node in file.subjects), None)
    return Place(", ".join(one.name for one in files)) if file is None else Place(file.name, _line(file, graph, fault))


def _line(file: _File, graph: ShapesGraph, fault: Fault) -> int | None:
    if file.format in ("turtle", "ntriples"):
        return file.nested.of(fault.node, fault.predicate, fault.value)
    owner = graph.owner(fault.node)
    value = None if fault.value is None or fault.value.startswith("_:") else fault.value
    return file.lines.of(owner, fault.predicate, value) if owner else None
