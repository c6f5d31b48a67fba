"""RDF text in, triples out: from bytes with a declared format, fetching nothing.

>>> from mitigraph.formats import format_named
>>> parse(b'<urn:a> <urn:b> 1.10 .', format_named("turtle"), "a.ttl")
[('<urn:a>', '<urn:b>', '"1.10"^^<http://www.w3.org/2001/XMLSchema#decimal>')]
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pyoxigraph

from mitigraph.errors import InputError
from mitigraph.formats import Format
from mitigraph.gate import SIZE_LIMIT, admit_jsonld, admit_size, admit_turtle, admit_xml
from mitigraph.terms import Quad, Triple

__all__ = ["FETCHED", "Document", "imports", "parse", "parse_document", "parse_quads", "read_file", "refuse_rdf12"]

FETCHED = frozenset(("<http://www.w3.org/2002/07/owl#imports>", "<http://www.w3.org/ns/shacl#shapesGraph>"))
_PLACE_IN_MESSAGE = re.compile(r"^Parser error (?:at|between) line .*? columns? \d+(?: and (?:line \d+ column )?\d+)?: ")
_RDF12_SUFFIXES = ("--ltr", "--rtl")


class Document(NamedTuple):
    """A parsed file: its quads in file order, each once, and the prefixes it declares."""

    quads: list[Quad]
    prefixes: dict[str, str]


def read_file(path: Path) -> bytes:
    """A file's bytes. InputError when it is missing, a folder, too large or unreadable."""
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    admit_size(data, str(path))
    return data


def parse(data: bytes, format: Format, name: str, base: str | None = None) -> list[Triple]:
    """The triples of a file, of all its graphs together, each once, in file order.

    Raises InputError, ``name:LINE:COLUMN: what``, for bad syntax and for what ``gate`` refuses.
    """
    document = parse_document(data, format, name, base)
    return list(dict.fromkeys((s, p, o) for s, p, o, _ in document.quads))


def parse_quads(data: bytes, format: Format, name: str, base: str | None = None) -> list[Quad]:
    """The quads of a file, each once, in file order. Raises InputError as ``parse`` does."""
    return parse_document(data, format, name, base).quads


def parse_document(data: bytes, format: Format, name: str, base: str | None = None) -> Document:
    """A file's quads with its prefixes. Blank nodes are named after the file's content, so files merge without clashes."""
    admit_size(data, name)
    admitted, prefixes = _GATES[format.name](data, name)
    try:
        parser = pyoxigraph.parse(admitted, format=_ENGINE_FORMATS[format.name], base_iri=base)
        rows = [(str(s), str(p), str(o), "" if g == _DEFAULT else str(g)) for s, p, o, g in parser]
    except SyntaxError as error:
        raise InputError(_message(error, name)) from None
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
    refuse_rdf12((o for _, _, o, _ in rows), name)
    return Document(_renamed(rows, data, base), prefixes or dict(parser.prefixes))


def imports(triples: Iterable[Triple]) -> list[str]:
    """The IRIs of ``owl:imports`` and ``sh:shapesGraph``, sorted: to be listed, as nothing is fetched.

    >>> imports([("<urn:a>", "<http://www.w3.org/2002/07/owl#imports>", "<urn:b>")])
    ['urn:b']
    """
    return sorted({o[1:-1] for _, p, o in triples if p in FETCHED and o.startswith("<")})


_DEFAULT = pyoxigraph.DefaultGraph()
_ENGINE_FORMATS = {
    "turtle": pyoxigraph.RdfFormat.TURTLE,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "ntriples": pyoxigraph.RdfFormat.N_TRIPLES,
    "nquads": pyoxigraph.RdfFormat.N_QUADS,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "rdfxml": pyoxigraph.RdfFormat.RDF_XML,
}
_GATES: dict[str, Callable[[bytes, str], tuple[bytes, dict[str, str]]]] = {
    "turtle": lambda data, name: (admit_turtle(data, name), {}),
    "jsonld": lambda data, name: (admit_jsonld(data, name), {}),
    "ntriples": lambda data, name: (data.removeprefix(b"\xef\xbb\xbf"), {}),
    "nquads": lambda data, name: (data.removeprefix(b"\xef\xbb\xbf"), {}),
    "trig": lambda data, name: (admit_turtle(data, name), {}),
    "rdfxml": admit_xml,
}


def _renamed(rows: list[Quad], data: bytes, base: str | None) -> list[Quad]:
    labels: dict[str, str] = {}
    file_key = ""
    for row in rows:
        for term in row:
            if term.startswith("_:") and term not in labels:
                file_key = file_key or hashlib.sha256(data + (base or "").encode()).hexdigest()[:10]
                labels[term] = f"_:b{file_key}n{len(labels)}"
    if not labels:
        return list(dict.fromkeys(rows))
    new = labels.get
    return list(dict.fromkeys((new(s, s), p, new(o, o), new(g, g)) for s, p, o, g in rows))


def refuse_rdf12(values: Iterable[str], name: str) -> None:
    """InputError when one of the values of triples is of RDF 1.2.

    >>> refuse_rdf12(['"a"@en', "<urn:a>"], "a.nt")
    """
    for value in values:
        # A triple term is shown as its three terms, and no IRI holds a space.
        if value.endswith(_RDF12_SUFFIXES) if value[0] == '"' else " " in value:
            raise InputError(f"{name}: RDF 1.2 (triple terms, base direction) is not read, found {value[:80]}")


def _message(error: SyntaxError, name: str) -> str:
    text = _PLACE_IN_MESSAGE.sub("", error.msg)
    return f"{name}:{error.lineno}:{error.offset}: {text}" if error.lineno else f"{name}: {text}"
