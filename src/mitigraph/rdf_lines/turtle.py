r"""Subjects and triples in a text of Turtle, TriG, N-Triples or N-Quads, and where they stand.

The text has been parsed before: this is no second parser but a look for places, and takes what no parser would let pass.
One pass finds the statements and whose they are; their triples are looked at when somebody asks.

>>> text = '@prefix ex: <https://example.org/> .\nex:a ex:p 1 ;\n  ex:q "two"@en .'
>>> turtle = TurtleText(text, {})
>>> [(said.value, said.value_at) for said in turtle.said("https://example.org/a")]
[('"1"^^<http://www.w3.org/2001/XMLSchema#integer>', 47), ('"two"@en', 58)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from urllib.parse import urljoin

from mitigraph.rdf_lines.spoken import Said
from mitigraph.terms import RDF, XSD, literal

__all__ = ["DIRECTIVE", "STATEMENT", "TOKEN", "TYPE", "TurtleText", "skip"]

_STRING = r"""\"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''|"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'"""
_DOT = r"\.(?=[^\s<>\"'\[\](){},;#])"
_WORD = rf"(?:[^\s<>\"'\[\](){{}},;@#^.\\]|\\.|{_DOT})++"
_SKIP = re.compile(r"(?:\s|#[^\n]*+)*+")
STATEMENT = re.compile(rf"(?:[^<\"'#.{{}}\\]|<[^>\n]*+>|{_STRING}|#[^\n]*+|\\.|{_DOT}|<)*+", re.DOTALL)
DIRECTIVE = re.compile(
    r"(?:@prefix|prefix)\s+(?P<prefix>[^\s:]*):\s*<(?P<space>[^>\s]*)>(?:\s*\.)?|(?:@base|base)\s*<(?P<base>[^>\s]*)>(?:\s*\.)?",
    re.IGNORECASE,
)
_SUBJECT = re.compile(rf"<[^>\n]*>|{_WORD}")
TOKEN = re.compile(
    rf"\s++|#[^\n]*+|(?P<string>{_STRING})(?:@(?P<tag>[A-Za-z]+(?:-[A-Za-z0-9]+)*)|\s*\^\^\s*(?P<type><[^>\n]*>|{_WORD}))?"
    rf"|(?P<term><[^>\n]*>|{_WORD})|(?P<sign>.)",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_NUMBERS = (
    (re.compile(r"[+-]?[0-9]+"), "integer"),
    (re.compile(r"[+-]?[0-9]*\.[0-9]+"), "decimal"),
    (re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"), "double"),
    (re.compile(r"true|false"), "boolean"),
)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
TYPE = f"<{RDF}type>"
_UNNAMED = "_:"


class TurtleText:
    """One text. ``prefixes`` are those that it may use without declaring them."""

    def __init__(self, text: str, prefixes: Mapping[str, str]) -> None:
        self.text, self.prefixes, self._base = text, dict(prefixes), ""
        self._spans: dict[str, list[tuple[int, int]]] = {}
        self._split()
        self.said = lru_cache(maxsize=1024)(self._said)

    def subject(self, iri: str) -> int | None:
        """Where a subject is first spoken of."""
        spans = self._spans.get(iri)
        return spans[0][0] if spans else None

    def named(self, iri: str) -> int | None:
        """Where an IRI is first named at all."""
        return self._named.get(f"<{iri}>")

    @cached_property
    def _named(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for token in TOKEN.finditer(self.text):
            if token["term"] and (token["term"][0] == "<" or ":" in token["term"]):
                found.setdefault(self._term(token["term"]), token.start())
        return found

    def _split(self) -> None:
        """Statement by statement: whose it is. Those of one subject that follow each other are one span."""
        at, end, last = 0, len(self.text), ""
        while (at := skip(self.text, at)) < end:
            if directive := DIRECTIVE.match(self.text, at):
                self._declare(directive)
                at = directive.end()
                continue
            stop = STATEMENT.match(self.text, at).end()  # type: ignore[union-attr]  # it matches nothing if nothing else
            if found := _SUBJECT.match(self.text, at, stop):
                iri = self._term(found[0])[1:-1]
                spans = self._spans.setdefault(iri, [])
                if iri == last:
                    spans[-1] = (spans[-1][0], stop + 1)
                else:
                    spans.append((at, stop + 1))
                last = iri
            else:
                last = ""
            at = stop + 1

    def _declare(self, directive: re.Match[str]) -> None:
        if directive["base"] is not None:
            self._base = urljoin(self._base, directive["base"])
        else:
            self.prefixes[directive["prefix"]] = self._term(f"<{directive['space']}>")[1:-1]

    def _said(self, iri: str) -> list[Said]:
        return [said for start, end in self._spans.get(iri, ()) for said in self._triples(start, end)]

    def _triples(self, start: int, end: int) -> Iterator[Said]:
        """What the statements of a span say of their own subject; what they say of blank nodes inside is passed over."""
        depth, subject, verb, verb_at = 0, False, "", 0
        for token in TOKEN.finditer(self.text, start, end):
            sign, term = token["sign"], self._read(token)
            if sign is not None:
                if sign == "[" and depth == 0 and verb:
                    yield Said(verb, _UNNAMED, verb_at, token.start())
                depth = max(0, depth + (sign == "[") - (sign == "]"))
                if sign in ".{}":
                    depth, subject, verb = 0, False, ""
                elif sign == ";" and not depth:
                    verb = ""
            elif term is None or depth:
                continue
            elif not subject:
                subject = True
            elif not verb:
                verb, verb_at = TYPE if term == "<a>" else term, token.start()
            else:
                yield Said(verb, term, verb_at, token.start())

    def _read(self, token: re.Match[str]) -> str | None:
        if token["string"] is not None:
            quotes = 3 if token["string"][:3] in ('"""', "'''") else 1
            kind = self._term(token["type"])[1:-1] if token["type"] else None
            return literal(_unescaped(token["string"][quotes:-quotes]), kind, token["tag"])
        return self._term(token["term"]) if token["term"] else None

    def _term(self, written: str) -> str:
        """An IRI, a prefixed name or a number as a term; ``a`` stays ``<a>``, which is no IRI."""
        if written[0] == "<":
            iri = _unescaped(written[1:-1]) if "\\" in written else written[1:-1]
            return f"<{urljoin(self._base, iri) if self._base and not _ABSOLUTE.match(iri) else iri}>"
        prefix, colon, local = written.partition(":")
        if colon:
            local = re.sub(r"\\(.)", r"\1", local) if "\\" in local else local
            return f"{written}" if prefix == "_" else f"<{self.prefixes.get(prefix, written)}{local}>"
        kind = next((name for pattern, name in _NUMBERS if pattern.fullmatch(written)), None)
        return f'"{written}"^^<{XSD}{kind}>' if kind else f"<{written}>"


def skip(text: str, at: int) -> int:
    """Where the next word begins: white space and comments are passed over."""
    found = _SKIP.match(text, at)
    return found.end() if found else at


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(_plain, text) if "\\" in text else text


def _plain(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _ESCAPES.get(match[3], match[3])
