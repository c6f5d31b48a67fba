"""Random RDF terms and graphs for property-based tests, hostile on purpose."""

from __future__ import annotations

import pyoxigraph
from hypothesis import strategies as st

from mitigraph.terms import XSD, Triple, iri, literal

STARTS = [
    "http://example.org/",
    "http://example.org/a_",
    "https://w3id.org/airmo#",
    "urn:x:",
    "mailto:",
    "tag:a,2024:",
    "http://é.example/",
    "http://example.org/?q=",
    "x-y.z+1:",
]
PIECES = [
    "a",
    "B",
    "9",
    "_",
    "-",
    ".",
    "~",
    "%41",
    "%C3%A9",
    "é",
    "中",
    "\U0001f600",
    ":",
    "/",
    "@",
    "!",
    "$",
    "&",
    "'",
    "(",
    ")",
    "*",
    "+",
    ",",
    ";",
    "=",
    "?",
    "#",
    "..",
    "//",
    "true",
    "@type",
]
PREDICATE_ENDS = ["p", "q1", "é", "a.b", "a-b", "_x"]
LANGUAGES = ["en", "de-at", "zh-hans-cn", "x-private", "en-a1b2c3d4"]
DATATYPES = [XSD + name for name in ("string", "integer", "boolean", "decimal", "double", "date", "anyURI")]
LEXICAL = [
    "",
    "0",
    "1",
    "-1",
    "01",
    "+1",
    "1.10",
    "true",
    "false",
    "1",
    "1e3",
    "99999999999999999999",
    "NaN",
    "@id",
    "_:b",
    "http://example.org/x",
    "\ufeff",
    "\\",
    '"""',
    "'''",
    "]]>",
    "<a>&amp;",
    " \t\r\n",
    "a\r\nb",
    "\x00",
    "\x85\u2028",
    "\ufffe",
]


def valid(text: str) -> bool:
    """Whether a strict parser takes a text for an absolute IRI."""
    try:
        pyoxigraph.NamedNode(text)
    except ValueError:
        return False
    return True


iris = (
    st.builds(
        lambda start, pieces: start + "".join(pieces), st.sampled_from(STARTS), st.lists(st.sampled_from(PIECES), max_size=6)
    )
    .filter(valid)
    .map(iri)
)
predicates = st.builds(
    lambda start, end: iri(start + end),
    st.sampled_from(["http://example.org/", "https://w3id.org/airmo#", "urn:x:"]),
    st.sampled_from(PREDICATE_ENDS),
)
characters = st.characters(exclude_categories=["Cs"])
texts = st.one_of(st.sampled_from(LEXICAL), st.text(characters, max_size=12))
xml_texts = texts.map(lambda text: "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff")))
blank_nodes = st.sampled_from([f"_:n{i}" for i in range(4)])


def literals(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Plain, language-tagged and typed literals."""
    return st.one_of(
        st.builds(literal, texts),
        st.builds(lambda text, language: literal(text, language=language), texts, st.sampled_from(LANGUAGES)),
        st.builds(literal, texts, st.one_of(st.sampled_from(DATATYPES), st.just("http://example.org/dt"))),
    )


def triples(texts: st.SearchStrategy[str] = texts, blank: bool = True) -> st.SearchStrategy[list[Triple]]:
    """Graphs of a few triples."""
    nodes = st.one_of(iris, blank_nodes) if blank else iris
    types = st.just("<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>")
    return st.lists(st.tuples(nodes, st.one_of(predicates, types), st.one_of(nodes, literals(texts))), max_size=8)
