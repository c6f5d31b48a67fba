r"""On which line of a Turtle file a triple's predicate and object stand: parsers give triples, people mend lines.

The file has been parsed already; here it is gone through once more for its tokens alone, which come in nearly the parser's
order: a blank node's own triples before the one that it is the object of. What the parser gave and what is found here are laid
beside each other; where they do not agree there are no lines, rather than wrong ones.

>>> text = '@prefix e: <urn:e:> .\n\ne:a e:b [\n  e:c 1 ] ;\n  e:d "x" .'
>>> triples = [("_:n", "<urn:e:c>", '"1"'), ("<urn:e:a>", "<urn:e:b>", "_:n"), ("<urn:e:a>", "<urn:e:d>", '"x"')]
>>> lines_of(text, triples)
[(3, 4), (3, 3), (3, 5)]
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from mitigraph.terms import RDF, Triple

__all__ = ["base_of", "lines_of"]

TOKEN = re.compile(
    r'''(?P<skip>\s+|\#[^\n]*)
      | (?P<literal>"""(?:"{0,2}(?:[^"\\]|\\.))*"""|\'\'\'(?:'{0,2}(?:[^'\\]|\\.))*\'\'\'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<iri><[^>]*>)
      | (?P<directive>@?(?:prefix|base)(?=[\s<]))
      | (?P<tail>\^\^|@[A-Za-z0-9-]+)
      | (?P<sign>[\[\](){};,])
      | (?P<blank>_:[\w.·-]*[\w-])
      | (?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<dot>\.)
      | (?P<name>(?:[^\s<>"'\[\](){};,#\\.]|\\.|\.(?=[^\s\[\](){};,<>"'\#]))+)''',
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
BASE = re.compile(r"^\s*@?base\s*<([^>\s]*)>", re.MULTILINE | re.IGNORECASE)
TYPE, FIRST, REST, NIL = f"<{RDF}type>", f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"
NEST = 128
WINDOW = 8
"""How far the parser may be ahead: it keeps a text back until it has seen whether a language or datatype follows."""


class _UnlikeError(Exception):
    """What is found is not what the parser gave."""


class _Token(NamedTuple):
    kind: str
    text: str
    place: int


class _Row(NamedTuple):
    """A triple's predicate and object as written, and where the object and the subject are."""

    predicate: str
    object: str
    place: int
    subject: int


def base_of(text: str) -> str | None:
    """The base that a Turtle file declares, the last of several.

    >>> base_of("@base <http://example.org/> .")
    'http://example.org/'
    """
    found = BASE.findall(text)
    return found[-1] if found else None


def lines_of(text: str, triples: Sequence[Triple]) -> list[tuple[int, int]] | None:
    """The lines of each triple's subject and object (the first, where it is said twice); None if the text cannot be followed."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    lines: list[tuple[int, int]] = []
    try:
        rows = _Walk(text).rows()
        near = list(islice(rows, WINDOW))
        for triple in triples:
            # What is said twice is there once among the triples, and its second row is passed over.
            while (row := next((one for one in near if _alike(one, triple)), None)) is None:
                near = [*near[1:], next(rows)]
            near.remove(row)
            near += islice(rows, 1)
            lines.append((bisect_right(starts, row.subject), bisect_right(starts, row.place)))
    except (_UnlikeError, StopIteration):
        return None
    return lines


def _alike(row: _Row, triple: Triple) -> bool:
    return _is(row.predicate, triple[1]) and _is(row.object, triple[2])


def _is(written: str, term: str) -> bool:
    """Whether a term may be what is written; as much as can be told without prefixes and base."""
    if written in ("[", "_"):
        return term.startswith("_:")
    if term.startswith('"'):
        if written[0] in "\"'":
            return "\\" in term or written.strip("\"'") in term
        return written[0].isdigit() or written[0] in "+-." or written in ("true", "false")
    if term.startswith("_:"):
        return written.startswith("_:")
    if written == "a":
        return term == TYPE
    if written.startswith("<"):
        return "\\" in written or term.endswith(written.removeprefix("<").lstrip("./"))
    local = written.partition(":")[2].replace("\\", "")
    return ":" in written and term.endswith(f"{local}>")


class _Walk:
    """Goes through the statements of a Turtle file."""

    def __init__(self, text: str) -> None:
        self.text, self.depth = text, 0
        self.tokens = self.scan()
        self.next: _Token | None = next(self.tokens, None)

    def scan(self) -> Iterator[_Token]:
        position = 0
        while position < len(self.text):
            found = TOKEN.match(self.text, position)
            if found is None or found.end() == position:
                raise _UnlikeError
            if found.lastgroup != "skip":
                yield _Token(found.lastgroup or "", found.group(), position)
            position = found.end()

    def take(self) -> _Token:
        token = self.next
        if token is None:
            raise _UnlikeError
        self.next = next(self.tokens, None)
        return token

    def at(self, *texts: str) -> bool:
        return self.next is not None and self.next.text in texts

    def rows(self) -> Iterator[_Row]:
        while self.next is not None:
            token = self.take()
            if token.kind == "directive":
                self.directive()
            else:
                yield from self.node(token)
                if not self.at("."):
                    yield from self.statements(".", token.place)
                self.take()

    def directive(self) -> None:
        """Past the IRI, and the dot that not all directives end with."""
        while self.take().kind != "iri":
            pass
        if self.at("."):
            self.take()

    def node(self, token: _Token) -> Iterator[_Row]:
        """What is said within a node."""
        if token.text == "[":
            self.depth += 1
            if self.depth > NEST:
                raise _UnlikeError
            if not self.at("]"):
                yield from self.statements("]", token.place)
            self.take()
            self.depth -= 1
        elif token.text == "(":
            raise _UnlikeError  # a list as a subject has an order of its own
        elif token.kind == "literal":
            while self.next is not None and self.next.kind == "tail":
                if self.take().text == "^^":
                    self.take()

    def statements(self, end: str, subject: int) -> Iterator[_Row]:
        while not self.at(end):
            if self.at(";"):
                self.take()
                continue
            verb = self.take().text
            yield from self.value(verb, subject)
            while self.at(","):
                self.take()
                yield from self.value(verb, subject)

    def value(self, verb: str, subject: int) -> Iterator[_Row]:
        """An object, what is said within it, and the row that it is the object of."""
        token = self.take()
        if token.text == "(":
            yield from self.sequence(verb, token, subject)
            return
        yield from self.node(token)
        yield _Row(verb, token.text, token.place, subject)

    def sequence(self, verb: str, opening: _Token, subject: int) -> Iterator[_Row]:
        """A list: the triple that it is the object of, then its members."""
        if self.at(")"):
            self.take()
            yield _Row(verb, NIL, opening.place, subject)
            return
        yield _Row(verb, "_", opening.place, subject)
        yield from self.value(FIRST, opening.place)
        while not self.at(")"):
            yield _Row(REST, "_", self.next.place if self.next else 0, opening.place)
            yield from self.value(FIRST, opening.place)
        yield _Row(REST, NIL, self.take().place, opening.place)
