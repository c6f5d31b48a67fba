"""A Turtle file somebody writes by hand, brought into the one canonical shape with its comments kept.

Comments before or among the prefixes stay at the top; a comment before, inside or right behind a statement goes before the
block of its subject; comments at the end stay at the end.

>>> print(format_turtle(b'@prefix e: <http://e/> .\\n# about b\\ne:b a e:C ; e:p [ e:q 1 ] .', "x.ttl").decode(), end="")
@prefix e: <http://e/> .
<BLANKLINE>
# about b
e:b
    a e:C ;
    e:p [
        e:q 1 ;
    ] ;
.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mitigraph.canonical import canonical, is_blank
from mitigraph.errors import EngineError, InputError
from mitigraph.formats import format_named
from mitigraph.parse import parse, parse_document
from mitigraph.serialise.curies import Curies, header
from mitigraph.serialise.prove import prove
from mitigraph.serialise.turtle import Block, blocks
from mitigraph.terms import Triple

__all__ = ["format_turtle"]

_TURTLE = format_named("turtle")
_NAME_CHARACTER = r"""[^\s<>"'()\[\],;#\\.]"""
_TOKEN = re.compile(
    rf'''(?P<comment>\#[^\n\r]*)
    |(?P<line>\r\n|[\n\r])
    |(?P<skip>[^\S\n\r]+|"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\'
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<iri><[^<>"{{}}|^`\x00-\x20]*>)
    |(?P<word>(?:{_NAME_CHARACTER}|\\.|\.(?=[0-9]))(?:{_NAME_CHARACTER}|\\.|\.+(?={_NAME_CHARACTER}|\\))*)
    |(?P<open>[\[(]) |(?P<close>[\])]) |(?P<stop>\.) |(?P<other>.)''',
    re.VERBOSE | re.DOTALL,
)


def format_turtle(data: bytes, name: str) -> bytes:
    """The canonical shape of a Turtle file: same triples, same prefixes, same comments; formatting it again changes nothing.

    InputError when it is no Turtle; EngineError when the result cannot be proven to say the same.
    """
    document = parse_document(data, _TURTLE, name)
    triples = canonical((s, p, o) for s, p, o, _ in document.quads)
    try:
        source = _Source(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}: not UTF-8 in a comment") from None
    written = blocks(triples, Curies(document.prefixes))
    comments = _placed(source, written, triples)
    parts = [
        _paragraphs(source.top),
        header(document.prefixes, document.prefixes),
        *(_paragraphs(comments.pop(index, [])) + block.text for index, block in enumerate(written)),
        _paragraphs(source.end),
    ]
    result = "\n".join(filter(None, parts))
    _prove_comments(source, result)
    prove(result.encode(), _TURTLE, triples)
    return result.encode()


@dataclass
class _Statement:
    """A statement's text with its comments; an empty comment is a blank line between paragraphs."""

    comments: list[str]
    start: int
    end: int = 0
    prologue: str = ""


@dataclass
class _Source:
    """A file taken apart: comments at the top, statements with theirs, comments at the end."""

    text: str
    top: list[str] = field(default_factory=list)
    statements: list[_Statement] = field(default_factory=list)
    end: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        _Scan(self).run()

    def comments(self) -> list[str]:
        """Every comment, sorted."""
        groups = (self.top, self.end, *(statement.comments for statement in self.statements))
        return sorted(comment for group in groups for comment in group if comment)


class _Scan:
    """One pass over the tokens: what is pending, which statement is open, whether the line it ended on still goes on."""

    def __init__(self, source: _Source) -> None:
        self.source = source
        self.pending: list[str] = []
        self.open: _Statement | None = None
        self.behind: list[str] | None = None
        self.directive = ""
        self.prologue = ""
        self.depth = 0
        self.line_is_empty = True

    def run(self) -> None:
        for match in _TOKEN.finditer(self.source.text):
            kind = match.lastgroup
            if kind == "comment":
                self._comment(match[0].rstrip())
            elif kind == "line":
                self._line()
            elif not match[0].isspace():
                self._token(kind or "", match)
        self._finish()

    def _comment(self, text: str) -> None:
        self.line_is_empty = False
        home = self.open.comments if self.open else self.pending if self.behind is None else self.behind
        home.append(text)

    def _line(self) -> None:
        self.behind = None
        if self.line_is_empty and not self.open and self.pending and self.pending[-1]:
            self.pending.append("")
        self.line_is_empty = True

    def _token(self, kind: str, match: re.Match[str]) -> None:
        self.line_is_empty = False
        if self.open is None:
            self._begin(match)
        self.depth += {"open": 1, "close": -1}.get(kind, 0)
        sparql_style = self.directive in ("prefix", "base") and kind == "iri"
        if sparql_style or (kind == "stop" and self.depth == 0):
            self._end(match.end())

    def _begin(self, match: re.Match[str]) -> None:
        word = match[0]
        # "@prefix:" may be written without a space before the nameless prefix.
        style = word.partition(":")[0] if word.startswith("@") else word.lower()
        self.directive = style if style in ("prefix", "base", "@prefix", "@base") else ""
        if not self.directive and not self.source.statements and not self.prologue:
            self._keep_file_head()
        self.open = _Statement(self.pending, match.start(), prologue=self.prologue)
        self.pending = []
        self.depth = 0

    def _keep_file_head(self) -> None:
        """Without prefixes, the comments that a blank line parts from the first statement are the file's."""
        cut = len(self.pending) - self.pending[::-1].index("") if "" in self.pending else 0
        self.source.top += self.pending[:cut]
        self.pending = self.pending[cut:]

    def _end(self, position: int) -> None:
        statement = self.open
        assert statement is not None
        statement.end = position
        if self.directive:
            self.source.top += statement.comments
            self.prologue += self.source.text[statement.start : position] + "\n"
            self.behind = self.source.top
        else:
            self.source.statements.append(statement)
            self.behind = statement.comments
        self.open = None

    def _finish(self) -> None:
        nothing_before = not self.source.statements and not self.prologue
        (self.source.top if nothing_before else self.source.end).extend(self.pending)


def _placed(source: _Source, written: list[Block], triples: Iterable[Triple]) -> dict[int, list[str]]:
    """Block number → the comments before it. What belongs to no block is added to the file's end."""
    block_of = {member: index for index, block in enumerate(written) for member in block.members}
    faces = _faces(triples)
    placed: dict[int, list[str]] = defaultdict(list)
    for statement in source.statements:
        if statement.comments:
            member = _member(source.text, statement, block_of, faces)
            home = source.end if member is None else placed[block_of[member]]
            home.extend(statement.comments)
    return placed


def _member(text: str, statement: _Statement, members: Iterable[str], faces: Mapping[str, _Face]) -> str | None:
    """The node a statement speaks of. A blank node has no name to be known by, only what is said of it."""
    alone = statement.prologue + text[statement.start : statement.end]
    try:
        said = parse(alone.encode(), _TURTLE, "statement")
    except InputError:
        return None
    subjects = [s for s, _, _ in said]
    named = [s for s in subjects if not is_blank(s)]
    if named or not said:
        return next(iter(named), None)
    objects = {o for s, _, o in said if s != o}
    face = _faces(said)[next((s for s in subjects if s not in objects), subjects[0])]
    fitting = [member for member in members if is_blank(member) and face <= faces.get(member, frozenset())]
    return min(fitting, key=lambda member: len(faces[member]), default=None)


_Face = frozenset[tuple[str, str]]


def _faces(triples: Iterable[Triple]) -> dict[str, _Face]:
    """Blank node → what is said of it in IRIs and literals."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for s, p, o in triples:
        if is_blank(s):
            found[s].add((p, "_:" if is_blank(o) else o))
    return {node: frozenset(pairs) for node, pairs in found.items()}


def _paragraphs(comments: list[str]) -> str:
    """Comment lines, paragraphs parted by one blank line."""
    text = "\n".join(comments).strip("\n")
    return f"{text}\n" if text else ""


def _prove_comments(source: _Source, result: str) -> None:
    if _Source(result).comments() != source.comments():
        raise EngineError("a comment was lost in formatting; the file is left as it is")
