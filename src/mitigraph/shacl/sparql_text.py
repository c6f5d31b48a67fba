"""The text of a SHACL-SPARQL query: what it must not hold, and where variables are bound before it runs (SHACL, appendix A).

Pre-binding joins every basic pattern with the values that are given. Here each group of the query begins with a look
at a graph of its own in which they stand: so they are joined everywhere, blank nodes and literals too, and many nodes can be
checked at once.

>>> complaint("SELECT $this { $this ?p ?o MINUS { ?s ?p 1 } }", "SELECT", THIS, {})
'MINUS is refused: it does not go with variables that are bound before (SHACL, appendix A)'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import pyoxigraph as ox

from mitigraph.errors import UsageError
from mitigraph.query import Token, ask, guard, tokens

__all__ = ["THIS", "ask_as_select", "bound_first", "complaint", "goes_in_batches", "variables", "with_path"]

THIS = frozenset(("this",))
OPTIONAL = frozenset(("shapesGraph", "currentShape"))
"""What subqueries need not return."""

PATH = "PATH"
_ANY_PATH = "^<urn:path>"
_REFUSED = ("MINUS", "VALUES")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_AGGREGATES = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "HAVING"))
_ONE_BY_ONE = frozenset(("LIMIT", "OFFSET", "REDUCED"))
_DOTLESS = re.compile(r"[?$]PATH\b")


@dataclass
class _Select:
    """A SELECT as it is read: how deep it stands, what it returns, and which variables its own patterns hold."""

    level: int
    text: str = "SELECT"
    star: bool = False
    head: bool = True
    returned: set[str] = field(default_factory=set)
    inside: set[str] = field(default_factory=set)

    @property
    def names(self) -> set[str]:
        return self.returned | (self.inside if self.star else set())


def complaint(text: str, form: str, bound: AbstractSet[str], prefixes: Mapping[str, str], path: bool = True) -> str:
    """Why a query cannot be used, "" if it can.

    ``form`` is SELECT or ASK, ``bound`` the variables that may be bound before; ``path``: whether it may have a ``$PATH``.
    """
    try:
        guard(text)
    except UsageError as error:
        return str(error).replace("; load the other data with -d", "").replace(": choose the data with -d instead", "")
    read = list(tokens(text))
    words = [_word(token) for token in read]
    first = next((word for word in words if word in _FORMS), "")
    if first != form:
        return f"it must be a {form} query, not {first}"
    if word := next((word for word in words if word in _REFUSED), None):
        return f"{word} is refused: it does not go with variables that are bound before (SHACL, appendix A)"
    for word, after in zip(words, read[1:], strict=False):
        if word == "AS" and after.kind == "variable" and after.text[1:] in bound:
            return f"AS {after.text} is refused: that variable is bound before (SHACL, appendix A)"
    if PATH in variables(text) and not path:
        return "it uses $PATH, which only the queries of property shapes have"
    return _selects_complaint(read, form, bound) or _syntax_complaint(text, prefixes)


def _selects_complaint(read: list[Token], form: str, bound: AbstractSet[str]) -> str:
    selects = list(_selects(read))
    if form == "SELECT":
        top = selects.pop()  # the outermost is closed last
        if "this" not in top.names:
            return "it must return $this"
    for select in selects:
        if missing := sorted(bound - OPTIONAL - select.names):
            return f"its subquery must return {', '.join('$' + name for name in missing)} (SHACL, appendix A)"
    return ""


def _syntax_complaint(text: str, prefixes: Mapping[str, str]) -> str:
    try:
        ask(ox.Store(), with_path(text, _ANY_PATH), prefixes)
    except UsageError as error:
        return str(error)
    return ""


def variables(text: str) -> set[str]:
    """The names of all variables in a query."""
    return {token.text[1:] for token in tokens(text) if token.kind == "variable"}


def with_path(text: str, path: str) -> str:
    """The query with a property path in the place of ``$PATH`` (SHACL, section 5.2).

    >>> with_path("ASK { $this $PATH ?value }", "<urn:p>/<urn:q>")
    'ASK { $this (<urn:p>/<urn:q>) ?value }'
    """
    written = path if _DOTLESS.search(text) is None or _is_iri(path) else f"({path})"
    return _replaced(text, {token.start: (token.text, written) for token in tokens(text) if _is_path(token)})


def _is_path(token: Token) -> bool:
    return token.kind == "variable" and token.text[1:] == PATH


def _is_iri(path: str) -> bool:
    return path.startswith("<") and path.endswith(">") and path.count("<") == 1


def _replaced(text: str, changes: Mapping[int, tuple[str, str]]) -> str:
    for start, (old, new) in sorted(changes.items(), reverse=True):
        text = text[:start] + new + text[start + len(old) :]
    return text


def bound_first(text: str, pattern: str, batch: bool) -> str:
    """The query with a pattern at the beginning of each group; in a batch those within EXISTS are left as they are, for they
    are tried with one solution at a time.

    >>> bound_first("ASK { FILTER ($this = 1) }", "<urn:a> <urn:b> ?this .", False)
    'ASK { <urn:a> <urn:b> ?this . FILTER ($this = 1) }'
    """
    read = list(tokens(text))
    changes: dict[int, tuple[str, str]] = {}
    opened: list[str] = []
    before = ""
    for token, after in zip(read, [*read[1:], Token("close", "}", len(text))], strict=True):
        if token.kind == "open":
            opened.append("exists" if before == "EXISTS" else token.text)
            if token.text == "{" and _word(after) != "SELECT" and not (batch and "exists" in opened):
                changes[token.start] = ("{", "{ " + pattern)
        elif token.kind == "close" and opened:
            opened.pop()
        before = _word(token)
    return _replaced(text, changes)


def ask_as_select(text: str) -> str:
    """An ASK query as the SELECT of the nodes for which it is true.

    >>> ask_as_select("PREFIX ex: <urn:ex> ASK { FILTER ($value > 1) }")
    'PREFIX ex: <urn:ex> SELECT DISTINCT ?this ?value { FILTER ($value > 1) }'
    """
    word = next(token for token in tokens(text) if _word(token) == "ASK")
    return _replaced(text, {word.start: (word.text, "SELECT DISTINCT ?this ?value")})


def goes_in_batches(text: str) -> bool:
    """Whether the solutions for many nodes at once are those for each: nothing counts or cuts off over all of them.

    >>> goes_in_batches("SELECT $this { $this ?p ?o }"), goes_in_batches("SELECT $this { $this ?p ?o } LIMIT 1")
    (True, False)
    >>> goes_in_batches("SELECT $this (COUNT(?o) AS ?n) { $this ?p ?o } GROUP BY $this HAVING (COUNT(?o) > 1)")
    True
    """
    read = list(tokens(text))
    words = [_word(token) for token in read]
    if not _ONE_BY_ONE.isdisjoint(words):
        return False
    if "GROUP" not in words:
        return _AGGREGATES.isdisjoint(words)
    if words.count("SELECT") != 1 or words.count("GROUP") != 1:
        return False
    keys = read[words.index("GROUP") + 2 :]
    end = next((number for number, token in enumerate(keys) if token.kind != "variable"), len(keys))
    return "this" in {token.text[1:] for token in keys[:end]}


def _word(token: Token) -> str:
    return token.text.upper() if token.kind == "word" else ""


def _selects(read: list[Token]) -> Iterator[_Select]:
    """Every SELECT of a query as it ends, the outermost last."""
    opened: list[str] = []
    reading: list[_Select] = []
    before = ""
    for token in read:
        word = _word(token)
        if word == "SELECT":
            reading.append(_Select(len(opened)))
        elif token.kind == "open":
            if reading and token.text == "{" and len(opened) == reading[-1].level:
                reading[-1].head = False
            opened.append("exists" if before == "EXISTS" else token.text)
        elif token.kind == "close" and opened:
            opened.pop()
            if len(reading) > 1 and len(opened) < reading[-1].level:
                yield reading.pop()
        elif reading:
            _note(reading[-1], token, opened, before)
        before = word
    yield from reversed(reading)


def _note(select: _Select, token: Token, opened: list[str], before: str) -> None:
    here = opened[select.level :]
    if select.head:
        select.star = select.star or (token.text == "*" and not here)
        if token.kind == "variable" and (not here or before == "AS"):
            select.returned.add(token.text[1:])
    elif token.kind == "variable" and here and not {"(", "exists"} & set(here):
        select.inside.add(token.text[1:])
