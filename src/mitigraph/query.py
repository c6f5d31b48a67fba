"""SPARQL 1.1 queries on a store, after a gate that refuses what would change data, reach out, or break the engine.

The gate stands before the engine, which follows ``SERVICE`` and does not survive very deep nesting. It reads tokens exactly
as the grammar has them (SPARQL 1.1, section 19.8), so that nothing inside a string, an IRI or a comment counts, and refuses
what two readers could cut into tokens differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

import pyoxigraph as ox

from mitigraph.errors import UsageError
from mitigraph.terms import Triple

__all__ = ["Answer", "Token", "ask", "guard", "iris", "store_of", "tokens"]

SIZE_LIMIT = 64 * 1024
"""Bytes of a query."""
DEPTH_LIMIT = 128
"""Brackets inside one another; the engine dies at some 850."""
PARTS_LIMIT = 1024
"""Brackets and operators in all, data in VALUES apart; the engine dies at some 2,600 in a row."""

UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))
FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_WORDS = """
    BASE PREFIX DISTINCT REDUCED WHERE GROUP HAVING ORDER LIMIT OFFSET VALUES OPTIONAL GRAPH UNION MINUS FILTER BIND UNDEF
    EXISTS COUNT SAMPLE SEPARATOR GROUP_CONCAT DATATYPE BOUND CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRLEN SUBSTR
    LCASE UCASE REPLACE REGEX CONCAT COALESCE LANGMATCHES ISIRI ISBLANK ISLITERAL ISNUMERIC
"""
KEYWORDS = FORMS | frozenset(_WORDS.split())
CHAINED = frozenset("!-+/|^&*=")
SIGNS = CHAINED | frozenset(".,;<>?")
OPERANDS = frozenset(("string", "iri", "variable", "name", "number", "tag", "close"))

Answer = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean

_LETTER = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF"
    r"\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_IN_VARIABLE = rf"{_LETTER}_0-9\u00B7\u0300-\u036F\u203F\u2040"
_IN_NAME = rf"{_IN_VARIABLE}\-"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
      | (?P<comment>\#[^\n\r]*)
      | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''
                  |"(?:[^"\\\n\r]|\\.)*+"|'(?:[^'\\\n\r]|\\.)*+')
      | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
      | (?P<variable>[?$][{_LETTER}_0-9][{_IN_VARIABLE}]*+)
      | (?P<number>(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)
      | (?P<name>_:[{_LETTER}_0-9](?:\.*+[{_IN_NAME}])*+
                |(?:[{_LETTER}][{_IN_NAME}]*+)?:(?:\.*+(?:[{_IN_NAME}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%]))*+)
      | (?P<tag>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
      | (?P<word>[{_LETTER}_][{_IN_NAME}]*+)
      | (?P<open>[({{\[]) | (?P<close>[)}}\]])
      | (?P<sign><<|.)""",
    re.VERBOSE | re.DOTALL,
)
# The engine needs no space around a keyword, and may end a name at a dot within it.
_SERVICE = re.compile(r"(?i)(?:^[^:]*|\.[^.]*)service")
_ENGINE_PLACE = re.compile(r"error at (\d+):(\d+): ")
_ENGINE_REASON = re.compile(
    r"The SELECT contains a variable that is unbound|Duplicated variable name in SELECT|(?:IRI|language tag) parsing failed"
)
_SLASHED = re.compile(r"(?<![\w<:/])[A-Za-z][\w-]*:[\w.-]+(?:/[\w.%-]+)+(?![\w:])")
_ESCAPED = re.compile(r"\\(?=.)")
_GAP = " " * 20


class Token(NamedTuple):
    """One token: the name of its kind, its text, and where it begins in the query."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query, white space and comments left out (SPARQL 1.1, section 19.8).

    >>> [token.kind for token in tokens("ASK { ?s <urn:p> 'SERVICE' } # LOAD")]
    ['word', 'open', 'variable', 'iri', 'string', 'close']
    """
    for match in _TOKEN.finditer(text):
        if match.lastgroup not in ("space", "comment"):
            yield Token(str(match.lastgroup), match.group(), match.start())


def iris(text: str, prefixes: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Every absolute IRI that a query names, written out, and where; relative ones and undeclared prefixes left out.

    >>> list(iris("ASK { ?s ex:p <urn:o> }", {"ex": "https://example.org/"}))
    [('https://example.org/p', 9), ('urn:o', 14)]
    """
    known = {**prefixes, **_declared(text)}
    for token in tokens(text):
        prefix, colon, local = token.text.partition(":")
        if token.kind == "iri" and colon:
            yield token.text[1:-1], token.start
        elif token.kind == "name" and prefix in known:
            yield known[prefix] + _ESCAPED.sub("", local), token.start


def guard(text: str) -> None:
    """Refuse a query that is too large or too deep, updates, ``SERVICE`` and ``FROM``.

    Raises UsageError with the place in the text and what to do instead.

    >>> guard("SELECT * { ?s ?p ?o }")
    >>> guard("SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }")
    Traceback (most recent call last):
    mitigraph.errors.UsageError: query:1:12: SERVICE is refused: nothing is ever fetched; load the other data with -d
    """
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_LIMIT:
        raise UsageError(f"query: larger than {SIZE_LIMIT // 1024} KB")
    opened: list[str] = []
    parts = 0
    form_seen = data_ahead = after_operand = False
    for token in tokens(text):
        word = token.text.upper() if token.kind == "word" else ""
        refusal = _refusal(token, word, form_seen, after_operand and opened[-1:] == ["("])
        if token.kind == "open":
            opened.append("data" if "data" in opened or (data_ahead and token.text == "{") else token.text)
        elif token.kind == "close" and opened:
            opened.pop()
        parts += (token.kind == "open" or token.text in CHAINED) and "data" not in opened
        if len(opened) > DEPTH_LIMIT or parts > PARTS_LIMIT:
            refusal = f"nested or chained further than mitigraph allows ({DEPTH_LIMIT} deep, {PARTS_LIMIT} in all)"
        if refusal:
            raise UsageError(f"{_place(text, token.start)}: {refusal}")
        form_seen = form_seen or word in FORMS
        data_ahead = word == "VALUES" or (data_ahead and token.text not in ("{", "}"))
        after_operand = token.kind in OPERANDS or word in ("TRUE", "FALSE")
    if not form_seen:
        raise UsageError(f"query: no SELECT, ASK, CONSTRUCT or DESCRIBE in it{_near_form(text)}")


def ask(store: ox.Store, text: str, prefixes: Mapping[str, str]) -> Answer:
    """Run a guarded query on a store; the prefixes need not be declared in it. UsageError: its syntax is wrong."""
    guard(text)
    try:
        return store.query(_for_engine(text, prefixes)[0], prefixes=dict(prefixes))
    except SyntaxError as error:
        raise UsageError(_mistake(text, prefixes, error)) from None
    except (ValueError, OSError, RuntimeError) as error:
        raise UsageError(f"query: {error}") from None


def store_of(triples: Iterable[Triple]) -> ox.Store:
    """An embedded store in memory that holds the triples.

    >>> store = store_of([("<urn:a>", "<urn:b>", '"c"')])
    >>> bool(ask(store, "ASK { <urn:a> ?p 'c' }", {}))
    True
    """
    store = ox.Store()
    store.bulk_load("".join(f"{s} {p} {o} .\n" for s, p, o in triples).encode(), ox.RdfFormat.N_TRIPLES)
    return store


def _refusal(token: Token, word: str, form_seen: bool, comparing: bool) -> str | None:
    """Why a token is refused, if it is. ``comparing``: a ``<`` here may be less-than, so what follows may be no IRI."""
    if token.kind in ("word", "name") and _SERVICE.search(token.text):
        return "SERVICE is refused: nothing is ever fetched; load the other data with -d"
    if word == "FROM":
        return "FROM is refused: choose the data with -d instead"
    if word in UPDATES and not form_seen:
        return f"{word} is an update and is refused: queries only read; change the sources and build again"
    if token.kind == "iri" and comparing:
        return "'<' can be less-than or begin an IRI here: put a space after it, or write the IRI with a prefix"
    if token.kind == "sign" and token.text not in SIGNS:
        return _STRAY.get(token.text, f"{token.text!r} is no part of SPARQL here")
    return None


_STRAY = {
    '"': 'the string that begins here has no end (\'"""\' may span lines)',
    "'": "the string that begins here has no end (\"'''\" may span lines)",
    "<<": "triple terms ('<<') are not part of SPARQL 1.1",
}


def _mistake(text: str, prefixes: Mapping[str, str], error: SyntaxError) -> str:
    """One line for a syntax error, with the place of the token that the engine could not take."""
    token = _failed_token(text, prefixes, error)
    place = _place(text, token.start if token else len(text))
    if known := _ENGINE_REASON.search(str(error)):
        return f"{place}: {known.group()}"
    if token is None:
        opened = _unclosed(text)
        return f"{place}: the query ends too early" + (
            f": {opened.text!r} of {_place(text, opened.start)} is open" if opened else ""
        )
    if token.kind == "name" and (hint := _undeclared(token.text, text, prefixes)):
        return f"{place}: {hint}"
    if hint := _slashed(text, token.start):
        return f"{place}: {hint}"
    word = token.text.upper()
    near = get_close_matches(word, sorted(KEYWORDS - {word}), 1, 0.7) if token.kind == "word" else []
    return f"{place}: not SPARQL from here on, found {token.text!r}{_did_you_mean(near)}"


def _undeclared(name: str, text: str, prefixes: Mapping[str, str]) -> str | None:
    prefix, _, _ = name.partition(":")
    known = {"_", *prefixes, *_declared(text)}
    near = get_close_matches(prefix, sorted(known), 1)
    return None if prefix in known else f"the prefix {prefix!r} is not declared{_did_you_mean(near)}"


def _slashed(text: str, offset: int) -> str | None:
    """A hint where the engine stopped inside a name such as ``id:entries/model-card``, as results show IRIs."""
    name = next((match for match in _SLASHED.finditer(text) if match.start() < offset < match.end()), None)
    return name and f"a '/' within a name is written '\\/': {name.group().replace('/', chr(92) + '/')}"


def _failed_token(text: str, prefixes: Mapping[str, str], error: SyntaxError) -> Token | None:
    """The token at which the engine stopped; None when that is the end.

    The engine's own column is off by the length of the keyword it looked for. With wide gaps between tokens that length
    cannot reach the next one, so the same query is put to it once more, widened.
    """
    widened, starts = _for_engine(text, prefixes, _GAP)
    try:
        ox.Store().query(widened + _GAP, prefixes=dict(prefixes))
    except SyntaxError as again:
        error = again
    found = _ENGINE_PLACE.match(str(error))
    if found is None:
        return None
    line, column = int(found[1]), int(found[2])
    offset = sum(len(row) for row in widened.splitlines(keepends=True)[: line - 1]) + column - 1
    return None if offset >= len(widened) else next((token for start, token in reversed(starts) if start <= offset), None)


def _for_engine(text: str, prefixes: Mapping[str, str], gap: str = "") -> tuple[str, list[tuple[int, Token]]]:
    """The query with a gap wherever white space may stand, and where in it each token begins.

    Names with more than one dot, such as those of nested concepts, are written as IRIs: the engine cannot read them.
    """
    known = {**prefixes, **_declared(text)}
    pieces: list[str] = []
    starts: list[tuple[int, Token]] = []
    length = 0
    for match in _TOKEN.finditer(text):
        token = Token(str(match.lastgroup), match.group(), match.start())
        around = gap if token.kind in ("space", "open", "close") else ""
        if token.kind not in ("space", "comment"):
            starts.append((length + len(around), token))
        prefix, _, local = token.text.partition(":")
        dotted = token.kind == "name" and local.count(".") > 1 and prefix in known
        pieces.append(f"<{known[prefix]}{_ESCAPED.sub('', local)}>" if dotted else f"{around}{token.text}{around}")
        length += len(pieces[-1])
    return "".join(pieces), starts


def _declared(text: str) -> dict[str, str]:
    """The prefixes that a query declares itself."""
    stream = list(tokens(text))
    return {
        name.text[:-1]: iri.text[1:-1]
        for keyword, name, iri in zip(stream, stream[1:], stream[2:], strict=False)
        if keyword.text.upper() == "PREFIX" and name.kind == "name" and iri.kind == "iri"
    }


def _unclosed(text: str) -> Token | None:
    opened = []
    for token in tokens(text):
        if token.kind == "open":
            opened.append(token)
        elif token.kind == "close" and opened:
            opened.pop()
    return opened[-1] if opened else None


def _near_form(text: str) -> str:
    words = (token.text.upper() for token in tokens(text) if token.kind == "word")
    return _did_you_mean(near for word in words for near in get_close_matches(word, FORMS, 1))


def _did_you_mean(near: Iterable[str]) -> str:
    best = next(iter(near), None)
    return f"; did you mean {best!r}?" if best else ""


def _place(text: str, offset: int) -> str:
    line = text.count("\n", 0, offset) + 1
    return f"query:{line}:{offset - text.rfind(chr(10), 0, offset)}"
