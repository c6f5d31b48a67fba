"""RDF terms as canonical N-Triples text, the one form in which graphs travel through mitigraph.

A triple is a tuple of three such texts: hashable, sortable, and a line of N-Triples when joined
(RDF 1.1 N-Triples, section 4 and appendix A: canonical form).

>>> iri("https://example.org/a"), literal("one\\ntwo", language="en")
('<https://example.org/a>', '"one\\\\ntwo"@en')
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pyoxigraph

__all__ = [
    "RDF",
    "RDFS",
    "SKOS",
    "XSD",
    "LiteralParts",
    "Quad",
    "Triple",
    "iri",
    "iri_text",
    "is_iri",
    "is_language",
    "is_literal",
    "literal",
    "literal_parts",
]

Triple = tuple[str, str, str]

Quad = tuple[str, str, str, str]
"""A triple and the name of its graph, "" for the default graph."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPES.update({chr(c): f"\\u{c:04X}" for c in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF) if chr(c) not in _ESCAPES})
_ESCAPE_TABLE = str.maketrans(_ESCAPES)
_UNESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


class LiteralParts(NamedTuple):
    """The parts of a literal: lexical form, language tag or None, datatype IRI."""

    text: str
    language: str | None
    datatype: str


def iri(text: str) -> str:
    """An absolute IRI as an N-Triples term. ValueError when it is none (RFC 3987), for what the strict parser would refuse."""
    try:
        return str(pyoxigraph.NamedNode(text))
    except ValueError:
        raise ValueError(f"not an absolute IRI: {text!r}") from None


def is_language(tag: str) -> bool:
    """Whether a text is a well-formed language tag (BCP 47).

    >>> is_language("en-GB"), is_language("e")
    (True, False)
    """
    try:
        pyoxigraph.Literal("", language=tag)
    except ValueError:
        return False
    return True


def literal(text: str, datatype: str | None = None, language: str | None = None) -> str:
    """A literal as canonical N-Triples; xsd:string is left out, the language tag lower-cased as RDF 1.1 asks of its value."""
    if _SURROGATE.search(text):
        raise ValueError(f"not Unicode text: {text!r}")
    quoted = f'"{text.translate(_ESCAPE_TABLE)}"'
    if language:
        return f"{quoted}@{language.lower()}"
    return quoted if datatype in (None, XSD + "string") else f"{quoted}^^<{datatype}>"


def is_iri(term: str) -> bool:
    """Whether a term is an IRI."""
    return term.startswith("<")


def is_literal(term: str) -> bool:
    """Whether a term is a literal."""
    return term.startswith('"')


def iri_text(term: str) -> str:
    """The IRI inside an IRI term.

    >>> iri_text("<https://example.org/a>")
    'https://example.org/a'
    """
    if not is_iri(term):
        raise ValueError(f"not an IRI term: {term!r}")
    return _unescape(term[1:-1])


def literal_parts(term: str) -> LiteralParts:
    r"""Text, language and datatype of a literal term.

    >>> literal_parts('"two\\nlines"@en').text
    'two\nlines'
    """
    match = _LITERAL.fullmatch(term)
    if match is None:
        raise ValueError(f"not a literal term: {term!r}")
    text, language, datatype = match.groups()
    return LiteralParts(_unescape(text), language, datatype or (RDF + "langString" if language else XSD + "string"))


def _unescape(text: str) -> str:
    return _ESCAPED.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1) or match.group(2)
    return chr(int(code, 16)) if code else _UNESCAPES[match.group(3)]
