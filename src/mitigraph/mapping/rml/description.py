"""A mapping's RDF as it is read: resources with their properties in the order of the file, each knowing line and key.

Words of before are today's here (``words.modern``). What is wrong is collected in ``problems``; reading goes on.

>>> turtle = b"@prefix rml: <http://w3id.org/rml/> . <urn:m#a> rml:reference 'id' ; rml:template 'x' ."
>>> description = Description(turtle, "m.ttl", FORMATS[0], "urn:b")
>>> (one,) = description.subjects()
>>> value = description.one(one, rml.template)
>>> value.text, value.line, value.key
('x', 1, 'a.template')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from mitigraph.finding import Finding
from mitigraph.formats import FORMATS, Format
from mitigraph.mapping.plan import Where
from mitigraph.mapping.rml.lines import base_of, lines_of
from mitigraph.mapping.rml.words import csvw, fnml, legacy, modern, ours, ql, rml, rr
from mitigraph.parse import parse_document
from mitigraph.rdf_lines import RdfLines
from mitigraph.terms import RDF, iri_text, is_iri, is_literal, literal_parts
from mitigraph.vocabulary import closest

__all__ = ["FORMATS", "Description", "Value", "local", "rml"]

TYPE, FIRST, REST, NIL = f"{RDF}type", f"{RDF}first", f"{RDF}rest", f"<{RDF}nil>"
SPACES = (rml.space, legacy.space, rr.space, ql.space, fnml.space, csvw.space, ours.space)
"""The spaces of names whose words must be known; those of others say nothing to a mapping engine."""


def local(iri: str) -> str:
    """The last part of an IRI.

    >>> local("http://w3id.org/rml/template"), local("urn:x")
    ('template', 'x')
    """
    return re.split(r"[/#:]", iri.rstrip("/#"))[-1]


@dataclass(frozen=True, slots=True)
class Value:
    """A term of the mapping, with the line and key it stands at."""

    term: str
    line: int
    key: str

    @property
    def is_iri(self) -> bool:
        return is_iri(self.term)

    @property
    def is_literal(self) -> bool:
        return is_literal(self.term)

    @property
    def text(self) -> str:
        """A literal's text, an IRI as such, a blank node's label."""
        if self.is_literal:
            return literal_parts(self.term).text
        return iri_text(self.term) if self.is_iri else self.term

    @property
    def word(self) -> str:
        """An IRI, one of before as today's; "" for anything else."""
        return modern(iri_text(self.term)) if self.is_iri else ""


class Description:
    """The triples of a mapping file. InputError: it cannot be parsed."""

    def __init__(self, data: bytes, name: str, format: Format, base: str) -> None:
        self.name, self.problems = name, list[Finding]()
        document = parse_document(data, format, name, base)
        self.prefixes = document.prefixes
        triples = [(s, p, o) for s, p, o, _ in document.quads]
        text = data.decode("utf-8", "replace").removeprefix("\ufeff")
        self.base = base_of(text) if format.name in ("turtle", "trig") else None
        lines = lines_of(text, triples) if format.name in ("turtle", "ntriples") else None
        if lines is None:
            lines = _lines_by_name(data, triples, document.prefixes)
        self.is_legacy = False
        self._rows: dict[str, list[tuple[str, str, int, str]]] = {}
        self._lines: dict[str, int] = {}
        for (subject, predicate, value), (subject_line, line) in zip(triples, lines, strict=True):
            written = iri_text(predicate)
            self.is_legacy = self.is_legacy or written.startswith(legacy.space)
            self._rows.setdefault(subject, []).append((modern(written), value, line, written))
            self._lines.setdefault(subject, subject_line)
        self._checked: set[str] = set()

    # -- reading ---------------------------------------------------------------------------------------------

    def subjects(self) -> Iterator[Value]:
        """Every resource that something is said of, in the order of the file."""
        for subject, line in sorted(self._lines.items(), key=lambda item: item[1]):
            yield Value(subject, line, unquote(local(iri_text(subject))) if is_iri(subject) else f"(line {line})")

    def words(self) -> set[str]:
        """Every property that is used, as written."""
        return {written for rows in self._rows.values() for *_, written in rows}

    def words_of(self, owner: Value) -> set[str]:
        """The properties of one resource, as written."""
        return {written for *_, written in self._rows.get(owner.term, [])}

    def has(self, owner: Value, *words: str) -> bool:
        """Whether a resource has one of some properties."""
        return any(word in words for word, *_ in self._rows.get(owner.term, []))

    def types(self, owner: Value) -> set[str]:
        """The classes of a resource, those of before as today's."""
        return {one.word for one in self.values(owner, TYPE)}

    def values(self, owner: Value, *words: str) -> list[Value]:
        """The values of properties, in the order of the file; several of one property are numbered from 1."""
        rows = [row for row in self._rows.get(owner.term, []) if row[0] in words]
        counts = {word: sum(row[0] == word for row in rows) for word in words}
        seen: dict[str, int] = {}
        found = []
        for word, term, line, _ in rows:
            seen[word] = seen.get(word, 0) + 1
            number = f"[{seen[word]}]" if counts[word] > 1 else ""
            found.append(Value(term, line, f"{owner.key}.{local(word)}{number}"))
        return found

    def one(self, owner: Value, *words: str) -> Value | None:
        """The one value of some properties; more than one is a problem."""
        found = self.values(owner, *words)
        if len(found) > 1:
            names = " or ".join(dict.fromkeys(local(word) for word in words))
            self.problem("bad-mapping", f"there is one {names} at most, here are {len(found)}", found[1])
        return found[0] if found else None

    def text(self, owner: Value, *words: str) -> str | None:
        """The one literal of some properties, as text."""
        found = self.one(owner, *words)
        if found is None or found.is_literal:
            return found.text if found else None
        self.problem("bad-value", "a text is wanted here", found, found.text)
        return None

    def texts(self, owner: Value, *words: str) -> tuple[str, ...]:
        """The literals of some properties, as texts."""
        return tuple(one.text for one in self.values(owner, *words))

    def members(self, head: Value) -> list[Value]:
        """The members of a list."""
        found, seen, node = list[Value](), set[str](), head
        while node.term != NIL and node.term not in seen:
            seen.add(node.term)
            first, rest = self.values(node, FIRST), self.values(node, REST)
            if not first or not rest:
                self.problem("bad-value", "a list is wanted here", head)
                break
            found.append(Value(first[0].term, first[0].line, f"{head.key}[{len(found) + 1}]"))
            node = Value(rest[0].term, rest[0].line, head.key)
        return found

    # -- problems --------------------------------------------------------------------------------------------

    def where(self, at: Value) -> Where:
        """A value's place."""
        return Where(self.name, at.line, at.key)

    def problem(
        self,
        code: str,
        message: str,
        at: Value,
        value: str | None = None,
        known: Iterable[str] = (),
        severity: str = "violation",
        expected: str | None = None,
        wrong: str | None = None,
    ) -> None:
        """A finding; what was probably meant by ``wrong``, else by ``value``, is looked for among the known names."""
        names, given = sorted(known), wrong or value
        suggestion = closest(given, names) if names and given else None
        made = Finding(severity, code, message, self.where(at).place, value, expected, suggestion)
        if made not in self.problems:
            self.problems.append(made)

    def only(self, owner: Value, what: str, *words: str) -> None:
        """Every word of a resource that does not belong to it becomes a problem: a misspelt one would be passed over."""
        if owner.term in self._checked:
            return
        self._checked.add(owner.term)
        names = {local(word): word for word in words}
        for word, term, line, written in self._rows.get(owner.term, []):
            if word in words or word == TYPE or not written.startswith(SPACES):
                continue
            at = Value(term, line, f"{owner.key}.{local(written)}")
            self.problem("unknown-key", f"{what} has no {local(written)!r}", at, None, names, wrong=local(written))


def _lines_by_name(data: bytes, triples: list[tuple[str, str, str]], prefixes: dict[str, str]) -> list[tuple[int, int]]:
    """Lines by the names that stand in the text: those of a blank node are the lines of what it belongs to."""
    lines = RdfLines(data, prefixes)
    owners = {o: s for s, _, o in triples if o.startswith("_:")}
    known: dict[str, int] = {}

    def line_of(subject: str) -> int:
        climbed = {subject}
        while subject in owners and owners[subject] not in climbed and subject not in known:
            subject = owners[subject]
            climbed.add(subject)
        line = known[subject] if subject in known else lines.of(subject) or 1
        known.update(dict.fromkeys(climbed, line))
        return line

    return [(line_of(s), lines.of(s, p, None if o.startswith("_:") else o) or line_of(s)) for s, p, o in triples]
