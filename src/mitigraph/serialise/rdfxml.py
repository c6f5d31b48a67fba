"""RDF/XML: one rdf:Description a subject, sorted (RDF 1.1 XML Syntax, section 7)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from mitigraph.canonical import canonical, is_blank
from mitigraph.errors import EngineError
from mitigraph.terms import RDF, XSD, Triple, iri_text, is_iri, literal_parts

__all__ = ["to_rdfxml"]

# The letters on which the fourth and fifth edition of XML 1.0 agree and that are likely in a name; parsers follow either.
_NAME_START = "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u4e00-\u9fa5"
_NAME = rf"[{_NAME_START}][{_NAME_START}0-9.-]*"
_WHOLE_NAME = re.compile(_NAME)
_NAME_AT_END = re.compile(rf"{_NAME}$")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RESERVED = {
    RDF + name
    for name in (
        "Description",
        "RDF",
        "ID",
        "about",
        "parseType",
        "resource",
        "nodeID",
        "datatype",
        "li",
        "aboutEach",
        "aboutEachPrefix",
        "bagID",
    )
}
_XML_NAMESPACES = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")
# A carriage return must be a reference: an XML parser turns a plain one into a line feed.
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_QUOTED = {**_TEXT, **str.maketrans({"\n": "&#10;", "\t": "&#9;", '"': "&quot;"})}


def to_rdfxml(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Canonical RDF/XML. EngineError for what XML 1.0 cannot say, naming it: control characters, nameless predicates."""
    subjects: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for s, p, o in canonical(triples):
        subjects[s].append((p, o))
    names = _element_names({p for pairs in subjects.values() for p, _ in pairs}, prefixes)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF']
    parts += [f"\n    xmlns:{prefix}={_quoted(namespace)}" for prefix, namespace in sorted(_declared(names).items())]
    parts.append(">\n")
    for subject in sorted(subjects, key=lambda term: (is_blank(term), term.strip("<>"))):
        parts.append(f"  <rdf:Description {_node('about', subject)}>\n")
        parts += [_property(":".join((names[p][0], names[p][2])), subject, o) for p, o in sorted(subjects[subject])]
        parts.append("  </rdf:Description>\n")
    parts.append("</rdf:RDF>\n")
    return "".join(parts).encode()


def _property(tag: str, subject: str, term: str) -> str:
    if is_iri(term) or is_blank(term):
        return f"    <{tag} {_node('resource', term)}/>\n"
    text, language, datatype = literal_parts(term)
    if found := _NOT_XML.search(text):
        raise EngineError(
            f"RDF/XML cannot hold U+{ord(found[0]):04X}, which is in {term[:80]} of {subject}; write Turtle, JSON-LD or N-Triples"
        )
    attribute = f" xml:lang={_quoted(language)}" if language else ""
    if not language and datatype != XSD + "string":
        attribute = f" rdf:datatype={_quoted(datatype)}"
    return f"    <{tag}{attribute}>{text.translate(_TEXT)}</{tag}>\n"


def _node(attribute: str, term: str) -> str:
    if is_blank(term):
        return f"rdf:nodeID={_quoted(term[2:])}"
    return f"rdf:{attribute}={_quoted(iri_text(term))}"


def _quoted(text: str) -> str:
    return f'"{text.translate(_QUOTED)}"'


def _element_names(predicates: set[str], prefixes: Mapping[str, str]) -> dict[str, tuple[str, str, str]]:
    """Predicate → prefix, namespace, local name; namespaces without a prefix are numbered in sorted order."""
    known = {
        namespace: prefix
        for prefix, namespace in sorted(prefixes.items(), reverse=True)
        if _WHOLE_NAME.fullmatch(prefix)
        and not prefix.lower().startswith("xml")
        and prefix != "rdf"
        and namespace not in _XML_NAMESPACES
    }
    known[RDF] = "rdf"
    splits = {predicate: _split(predicate, known) for predicate in sorted(predicates)}
    taken = set(known.values())
    for namespace in sorted({namespace for namespace, _ in splits.values()} - known.keys()):
        number = len(known)
        while f"ns{number}" in taken:
            number += 1
        known[namespace] = f"ns{number}"
        taken.add(known[namespace])
    return {predicate: (known[namespace], namespace, local) for predicate, (namespace, local) in splits.items()}


def _split(predicate: str, known: Mapping[str, str]) -> tuple[str, str]:
    text = iri_text(predicate)
    for namespace in sorted(known, key=lambda n: (-len(n), n)):
        if text.startswith(namespace) and _WHOLE_NAME.fullmatch(text[len(namespace) :]):
            return _allowed(predicate, namespace, text[len(namespace) :])
    found = _NAME_AT_END.search(text)
    if found is None or found.start() == 0:
        raise EngineError(f"RDF/XML cannot hold the predicate {predicate}: it does not end in an XML name")
    return _allowed(predicate, text[: found.start()], found[0])


def _allowed(predicate: str, namespace: str, local: str) -> tuple[str, str]:
    if iri_text(predicate) in _RESERVED or namespace in _XML_NAMESPACES:
        raise EngineError(f"RDF/XML cannot hold the predicate {predicate}: the name is reserved")
    return namespace, local


def _declared(names: Mapping[str, tuple[str, str, str]]) -> dict[str, str]:
    return {"rdf": RDF, **{prefix: namespace for prefix, namespace, _ in names.values()}}
