"""The values that a shapes graph gives to one shape: refused where they are ill-formed (SHACL, appendix A)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn

from mitigraph.errors import InputError
from mitigraph.shacl.paths import Alternative, Inverse, OneOrMore, Path, Predicate, Sequence, ZeroOrMore, ZeroOrOne
from mitigraph.shacl.vocabulary import SH, Index, sh
from mitigraph.terms import RDF, XSD, is_iri, is_literal, literal_parts

__all__ = ["Given"]

_FIRST, _REST, _NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"
_BOOLEAN = {f'"{text}"^^<{XSD}boolean>': text in ("true", "1") for text in ("true", "false", "1", "0")}
_DEEPEST = 100
_FORMS: Mapping[str, Callable[[Path], Path]] = {
    sh("inversePath"): Inverse,
    sh("zeroOrMorePath"): ZeroOrMore,
    sh("oneOrMorePath"): OneOrMore,
    sh("zeroOrOnePath"): ZeroOrOne,
}


class Given:
    """What is said of one node of a shapes graph. Every refusal is an InputError that begins with ``could not check:``."""

    def __init__(self, graph: Index, node: str) -> None:
        self.graph, self.node = graph, node
        self._rows = graph.get(node, {})

    def refuse(self, reason: str) -> NoReturn:
        """InputError that names the shape."""
        named = self.node if is_iri(self.node) else "a shape without a name"
        raise InputError(f"could not check: {named} {reason}")

    def all(self, parameter: str) -> list[str]:
        """The values of a property, in sorted order."""
        return self._rows.get(parameter, [])

    def one(self, parameter: str) -> str | None:
        """The only value of a property, None without one."""
        values = self.all(parameter)
        if len(values) > 1:
            self.refuse(f"has {len(values)} values of {_word(parameter)}, it may have one")
        return values[0] if values else None

    def iri(self, parameter: str, term: str) -> str:
        """A value that must be an IRI."""
        return term if is_iri(term) else self.refuse(f"has a value of {_word(parameter)} that is no IRI: {term}")

    def node_of(self, parameter: str, term: str) -> str:
        """A value that must be a node: a shape or a part of it."""
        return self.refuse(f"has a literal as {_word(parameter)}: {term}") if is_literal(term) else term

    def boolean(self, parameter: str) -> bool:
        """A property that is true or false, false without a value."""
        term = self.one(parameter)
        if term is None:
            return False
        if term not in _BOOLEAN:
            self.refuse(f"has a value of {_word(parameter)} that is neither true nor false: {term}")
        return _BOOLEAN[term]

    def integer(self, parameter: str, term: str) -> int:
        """A value that must be an xsd:integer."""
        text = literal_parts(term) if is_literal(term) else None
        sign_and_digits = text.text.removeprefix("+").removeprefix("-") if text else ""
        if text is None or text.datatype != XSD + "integer" or not (sign_and_digits.isascii() and sign_and_digits.isdigit()):
            self.refuse(f"has a value of {_word(parameter)} that is no whole number: {term}")
        if len(sign_and_digits) > 1000:
            self.refuse(f"has a value of {_word(parameter)} of more than 1,000 digits")
        return int(text.text)

    def literal(self, parameter: str, term: str) -> str:
        """A value that must be a literal."""
        return term if is_literal(term) else self.refuse(f"has a value of {_word(parameter)} that is no literal: {term}")

    def text(self, parameter: str, term: str) -> str:
        """A value that must be a plain string."""
        if not is_literal(term) or literal_parts(term).datatype != XSD + "string":
            self.refuse(f"has a value of {_word(parameter)} that is no plain text: {term}")
        return literal_parts(term).text

    def members(self, parameter: str, head: str) -> tuple[str, ...]:
        """The members of an RDF list, which must be well-formed."""
        found: list[str] = []
        seen = set[str]()
        while head != _NIL:
            rows = self.graph.get(head, {})
            if head in seen or len(rows.get(_FIRST, [])) != 1 or len(rows.get(_REST, [])) != 1:
                self.refuse(f"has a value of {_word(parameter)} that is no list")
            seen.add(head)
            found += rows[_FIRST]
            head = rows[_REST][0]
        return tuple(found)

    def path(self, node: str, depth: int = 0) -> Path:
        """A property path (SHACL, section 2.3.1)."""
        if is_iri(node):
            return Predicate(node)
        rows = self.graph.get(node, {})
        if depth > _DEEPEST or is_literal(node):
            self.refuse(f"has a path that {'is a literal' if is_literal(node) else 'refers to itself'}")
        if _FIRST in rows:
            return Sequence(tuple(self._parts(sh("path"), node, depth)))
        words = [word for word in (*_FORMS, sh("alternativePath")) if word in rows]
        if len(words) != 1 or len(rows[words[0]]) != 1:
            self.refuse("has a path that cannot be read")
        word, inner = words[0], rows[words[0]][0]
        if word in _FORMS:
            return _FORMS[word](self.path(inner, depth + 1))
        return Alternative(tuple(self._parts(word, inner, depth)))

    def _parts(self, word: str, head: str, depth: int) -> Iterator[Path]:
        members = self.members(word, head)
        if len(members) < 2:
            self.refuse("has a path of fewer than two parts")
        return (self.path(member, depth + 1) for member in members)


def _word(parameter: str) -> str:
    return parameter.replace(f"<{SH}", "sh:").rstrip(">") if parameter.startswith(f"<{SH}") else parameter
