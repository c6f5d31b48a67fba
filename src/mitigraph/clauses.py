"""Inference rules as clauses: what a triple is made of, read backwards and forwards, so that a change can be followed.

A rule is taken if its CONSTRUCT query has a template of triples, and a pattern of triples whose predicates are terms or
property paths of one step or more, with at most ``VALUES`` before them and ``FILTER(!isLiteral(?x))`` beside them (SPARQL 1.1,
sections 9, 10.2, 16.2): all of the project's own have this form. Of any other it is said that it cannot be followed.

>>> from mitigraph.infer import Rule
>>> found = clauses(Rule("r", "d", "CONSTRUCT { ?a ex:q ?c } WHERE { ?a ex:p/ex:p* ?c FILTER(!isLiteral(?c)) }"), {"ex": "urn:"})
>>> found[0].head, found[0].body[0].path.sparql(), found[0].nodes
(('?a', '<urn:q>', '?c'), '<urn:p>/(<urn:p>*)', frozenset({'?c'}))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mitigraph.infer import Rule
from mitigraph.query import Token, tokens
from mitigraph.shacl.edges import is_empty
from mitigraph.shacl.paths import Alternative, Inverse, OneOrMore, Path, Predicate, Sequence, ZeroOrMore, ZeroOrOne
from mitigraph.terms import RDF, Triple

__all__ = ["Clause", "Pattern", "clauses"]

_TYPE = f"<{RDF}type>"


class Pattern(NamedTuple):
    """A triple pattern: two terms or variables (``?name``), and the path between them."""

    subject: str
    path: Path
    value: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One triple that follows where all patterns hold; the variables in ``nodes`` stand for no literals."""

    rule: str
    head: Triple
    body: tuple[Pattern, ...]
    nodes: frozenset[str]


def clauses(rule: Rule, prefixes: Mapping[str, str]) -> list[Clause] | None:
    """The clauses of a rule, one for each triple of its template and row of its values; None where it has another form."""
    try:
        return list(_Reader(rule, prefixes).clauses())
    except _OtherFormError:
        return None


class _OtherFormError(ValueError):
    """The query says something that is not followed."""


class _Reader:
    """Reads one query, token by token."""

    def __init__(self, rule: Rule, prefixes: Mapping[str, str]) -> None:
        self._name, self._prefixes = rule.name, prefixes
        self._tokens = [*tokens(rule.text), Token("end", "", len(rule.text))]
        self._place = 0

    def clauses(self) -> Iterator[Clause]:
        self._expect("CONSTRUCT")
        self._expect("{")
        template = [(s, self._plain(p), o) for s, p, o in self._triples()]
        self._expect("}")
        self._accept("WHERE")
        self._expect("{")
        rows, body, nodes = self._group()
        self._expect("}")
        if self._ahead.kind != "end":
            raise _OtherFormError
        for row in rows:
            for head in template:
                yield self._clause(head, body, nodes, row)

    def _clause(self, head: Triple, body: list[tuple[str, Path, str]], nodes: set[str], row: Mapping[str, str]) -> Clause:
        filled = tuple(Pattern(row.get(s, s), _filled(path, row), row.get(o, o)) for s, path, o in body)
        bound = {term for pattern in filled for term in (pattern.subject, pattern.value)}
        made: Triple = (row.get(head[0], head[0]), row.get(head[1], head[1]), row.get(head[2], head[2]))
        loose = any(term[0] == "?" and term not in bound for term in made) or made[1][0] == "?"
        if not filled or loose or any(is_empty(pattern.path) for pattern in filled):
            raise _OtherFormError
        return Clause(self._name, made, filled, frozenset(nodes))

    def _group(self) -> tuple[list[dict[str, str]], list[tuple[str, Path, str]], set[str]]:
        rows: list[dict[str, str]] = [{}]
        body: list[tuple[str, Path, str]] = []
        nodes: set[str] = set()
        while self._ahead.text != "}":
            if self._accept("VALUES"):
                rows = [{**one, **other} for one in rows for other in self._values()]
            elif self._accept("FILTER"):
                nodes.add(self._no_literal())
            elif not self._accept("."):
                body += self._triples()
        return rows, body, nodes

    def _values(self) -> list[dict[str, str]]:
        names = self._enclosed("(", ")") if self._ahead.text == "(" else [self._term()]
        single = len(names) == 1
        self._expect("{")
        rows = []
        while not self._accept("}"):
            row = self._enclosed("(", ")") if not single or self._ahead.text == "(" else [self._term()]
            if len(row) != len(names) or any(term[0] == "?" for term in row):
                raise _OtherFormError
            rows.append(dict(zip(names, row, strict=True)))
        return rows

    def _enclosed(self, opening: str, closing: str) -> list[str]:
        self._expect(opening)
        found = []
        while not self._accept(closing):
            found.append(self._term())
        return found

    def _no_literal(self) -> str:
        for text in ("(", "!", "isLiteral", "("):
            self._expect(text)
        name = self._term()
        self._expect(")")
        self._expect(")")
        if name[0] != "?":
            raise _OtherFormError
        return name

    def _triples(self) -> list[tuple[str, Path, str]]:
        """Triples up to what is none; a subject or a predicate may stand for several."""
        found = []
        subject = self._term()
        path = self._path()
        found.append((subject, path, self._term()))
        while self._ahead.text in (";", ",", "."):
            sign = self._next().text
            if self._ahead.text in ("}", "FILTER", "VALUES"):
                break
            if sign == ".":
                subject = self._term()
            if sign != ",":
                path = self._path()
            found.append((subject, path, self._term()))
        return found

    def _path(self) -> Path:
        parts = [self._sequence()]
        while self._accept("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Alternative(tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._step()]
        while self._accept("/"):
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _step(self) -> Path:
        inverse = self._accept("^")
        if self._accept("("):
            path = self._path()
            self._expect(")")
        else:
            path = Predicate(self._term(predicate=True))
        if self._ahead.text in ("*", "+", "?"):
            path = self._repeated(path)
        return Inverse(path) if inverse else path

    def _repeated(self, path: Path) -> Path:
        match self._next().text:
            case "*":
                return ZeroOrMore(path)
            case "+":
                return OneOrMore(path)
        return ZeroOrOne(path)

    def _term(self, predicate: bool = False) -> str:
        token = self._next()
        if token.kind == "variable":
            return "?" + token.text[1:]
        if token.kind == "iri":
            return token.text
        prefix, _, local = token.text.partition(":")
        if token.kind == "name" and prefix in self._prefixes and "\\" not in local:
            return f"<{self._prefixes[prefix]}{local}>"
        if predicate and token.text == "a":
            return _TYPE
        raise _OtherFormError

    def _plain(self, path: Path) -> str:
        if not isinstance(path, Predicate):
            raise _OtherFormError
        return path.term

    @property
    def _ahead(self) -> Token:
        return self._tokens[self._place]

    def _next(self) -> Token:
        token = self._ahead
        self._place += token.kind != "end"
        return token

    def _accept(self, text: str) -> bool:
        found = self._ahead.text.upper() == text.upper() and self._ahead.kind != "end"
        self._place += found
        return found

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise _OtherFormError


def _filled(path: Path, row: Mapping[str, str]) -> Path:
    if not isinstance(path, Predicate):
        if any(term[0] == "?" for term in path.predicates()):
            raise _OtherFormError
        return path
    term = row.get(path.term, path.term)
    if term[0] == "?":
        raise _OtherFormError
    return Predicate(term)
