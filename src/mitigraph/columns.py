r"""N-Triples read straight into columns: for each predicate that is wanted, the subjects and the values beside them.

What a simple expression takes is well-formed and canonical beyond doubt; every other line (blank nodes, IRIs and escapes that
could be written otherwise, languages in capitals, comments, errors) gets a second look by the parser. So nothing passes
unseen: a line that no one wants is looked through like any other.

>>> from mitigraph.read.content import Content
>>> text = b'<urn:a> <urn:p> "1" .\n<urn:a> <urn:q> "2" .\n_:x <urn:p> "\\u0041"@EN .\n'
>>> found = read_columns(Content.of_bytes(text), "a.nt", {"<urn:p>"})
>>> found.columns["<urn:p>"][1], found.triples
(['"1"', '"A"@en'], 3)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph

from mitigraph.errors import InputError
from mitigraph.formats import format_named
from mitigraph.parse import parse, refuse_rdf12
from mitigraph.terms import RDF, XSD, Triple

if TYPE_CHECKING:
    from mitigraph.read.content import Content

__all__ = ["Columns", "read_columns"]

BLOCK = 1 << 20
"""Bytes that are looked through at a time."""

_SIGNS = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*+"
_PART = rf"{_SIGNS}(?:%[0-9A-Fa-f]{{2}}{_SIGNS})*+"
_IRI = rf"<(?:https?://[A-Za-z0-9][A-Za-z0-9.-]*+(?=[/?#>])|urn:[a-z0-9]++:){_PART}(?:[?]{_PART})?+(?:#{_PART})?+>"
_TEXT = r'"[^"\\\x00-\x1f\x7f]*+(?:\\[tbnrf"\\][^"\\\x00-\x1f\x7f]*+)*+"'
_OTHERWISE = rf"<(?:{re.escape(XSD)}string|{re.escape(RDF)}(?:lang|dirLang)String)>"
_END = rf"(?:@[a-z]{{2,3}}(?:-[a-z]{{2}})?+(?= )|\^\^(?!{_OTHERWISE}){_IRI})?+"
# Predicates are few: each is looked at once, when it first comes.
_LINE = re.compile(rf"({_IRI}) (<[^ >]*+>) ({_IRI}|{_TEXT}{_END}) \.\n|([^\n]*\n)")
_PREDICATE = re.compile(_IRI)
_NO_SIGNS = ("\ufffe", "\uffff")
"""What a canonical text has as escapes, beside the signs that the expression does not take."""

Column = tuple[list[str], list[str]]
Row = tuple[str, str, str, str]
"""Subject, predicate and value, or, beside empty ones, a line that is not plain."""


@dataclass
class Columns:
    """What was read: columns by predicate, how many triples there are, and those of them that were noticed."""

    columns: dict[str, Column] = field(default_factory=dict)
    triples: int = 0
    noticed: list[Triple] = field(default_factory=list)


def read_columns(
    content: Content,
    name: str,
    wanted: AbstractSet[str] | None,
    notice: Callable[[str], Iterable[str]] | None = None,
) -> Columns:
    """The triples of a file whose predicates (terms) are wanted, all if None; repeated ones repeatedly.

    ``notice`` gets the text block by block and gives the lines whose triples are to be kept in any case; with it, those of
    lines that needed a second look are kept, too. Blank nodes are named as by ``parse``. Raises InputError as ``parse`` does:
    ``name:LINE:COLUMN: what``.
    """
    return _Reading(content, name, wanted, notice).done()


class _Reading:
    """One pass: a term that is read again and again is held once."""

    def __init__(
        self,
        content: Content,
        name: str,
        wanted: AbstractSet[str] | None,
        notice: Callable[[str], Iterable[str]] | None,
    ) -> None:
        self._content, self._name, self._notice = content, name, notice
        self._wanted = wanted
        self._found = Columns()
        self._columns: dict[str, Column | None] = {}
        self._held: dict[str, str] = {}
        self._second_look: list[str] = []
        self._noticed: list[str] = []

    def done(self) -> Columns:
        try:
            for block in _blocks(self._content):
                self._block(block.decode("utf-8"))
            self._look_again()
            self._found.noticed += _parsed("".join(self._noticed))
        except (SyntaxError, UnicodeDecodeError):
            # Whatever is wrong, the parser says it best, with the line of the file.
            data = self._content.read()
            parse(data, format_named("ntriples"), self._name)
            raise InputError(f"{self._name}:{_line_of_other_encoding(data)}: a comment is not in UTF-8") from None
        return self._found

    def _block(self, text: str) -> None:
        hold, columns = self._held.setdefault, self._columns
        last = ""
        rows: list[Row] = _LINE.findall(text)
        if not text.isascii() and any(sign in text for sign in _NO_SIGNS):
            rows = [("", "", "", f"{line}\n") for line in text.split("\n")[:-1]]
        for subject, predicate, value, other in rows:
            try:
                column = columns[predicate]
            except KeyError:
                column = self._first_of(subject, predicate, value, other)
            if column is None:
                continue
            if subject != last:
                last = hold(subject, subject)
            column[0].append(last)
            column[1].append(hold(value, value) if value[0] == "<" else value)
        self._found.triples += len(rows)
        if self._notice is not None:
            self._noticed.extend(self._notice(text))

    def _first_of(self, subject: str, predicate: str, value: str, other: str) -> Column | None:
        """The column of a predicate that comes for the first time, None if it is not wanted; what is not plain is set aside."""
        if not predicate or not _PREDICATE.fullmatch(predicate):
            self._second_look.append(other or f"{subject} {predicate} {value} .\n")
            return None
        wanted = self._wanted is None or predicate in self._wanted
        self._columns[predicate] = column = self._found.columns.setdefault(predicate, ([], [])) if wanted else None
        return column

    def _look_again(self) -> None:
        """The lines that were not plain, by the parser."""
        text = "".join(self._second_look)
        self._found.triples -= len(self._second_look)
        rows = _renamed(_parsed(text), self._content)
        refuse_rdf12((value for _, _, value in rows), self._name)
        self._found.triples += len(rows)
        self._found.noticed = rows if self._notice is not None else []
        for subject, predicate, value in rows:
            if self._wanted is None or predicate in self._wanted:
                column = self._found.columns.setdefault(predicate, ([], []))
                column[0].append(subject)
                column[1].append(value)


def _blocks(content: Content) -> Iterator[bytes]:
    """The bytes, cut after line ends; the last line gets one where it has none."""
    rest: list[bytes] = []
    with content.open() as stream:
        start = stream.read(3).removeprefix(b"\xef\xbb\xbf")
        while piece := start + stream.read(BLOCK):
            start = b""
            cut = piece.rfind(b"\n") + 1
            if cut:
                yield b"".join([*rest, piece[:cut]])
                rest = []
            rest.append(piece[cut:])
    if last := b"".join(rest):
        yield last + b"\n"


def _line_of_other_encoding(data: bytes) -> int:
    """The line in which bytes are not UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    raise AssertionError("all is UTF-8")


def _parsed(text: str) -> list[Triple]:
    parser = pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return [(str(s), str(p), str(o)) for s, p, o, _ in parser]


def _renamed(rows: list[Triple], content: Content) -> list[Triple]:
    """Blank nodes named after the content of the file, in the order in which they come (as ``parse`` names them)."""
    labels: dict[str, str] = {}
    for row in rows:
        for term in row:
            if term.startswith("_:") and term not in labels:
                labels[term] = f"_:b{content.sha256[:10]}n{len(labels)}"
    new = labels.get
    return [(new(s, s), p, new(o, o)) for s, p, o in rows] if labels else rows
