"""SPARQL 1.1 queries on a store, after a gate that refuses what would change data, reach out, or break the engine.

The gate looks at tokens, so that nothing inside a string, an IRI or a comment counts. It stands before evaluation: the
engine follows ``SERVICE`` and ``LOAD`` and does not survive very deep nesting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

import pyoxigraph as ox

from mitigraph.errors import UsageError
from mitigraph.terms import Triple

__all__ = ["Answer", "ask", "guard", "store_of", "tokens"]

SIZE_LIMIT = 64 * 1024
DEPTH_LIMIT = 128
CHAIN_LIMIT = 1024

UPDATES = frozenset("INSERT DELETE LOAD CLEAR CREATE DROP COPY MOVE ADD WITH".split())
FORMS = frozenset("SELECT ASK CONSTRUCT DESCRIBE".split())
CHAINS = frozenset("UNION MINUS OPTIONAL FILTER BIND VALUES".split()) | frozenset("!-+/|^&*=")

Answer = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean

_TOKEN = re.compile(
    r"""(?P<string>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<comment>\#[^\n\r]*)
      | (?P<variable>[?$]\w+)
      | (?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w:%.-]|\\.)*|_:\w[\w.-]*)
      | (?P<word>@?\w[\w-]*)
      | (?P<open>[({\[]) | (?P<close>[)}\]])
      | (?P<space>\s+)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """The tokens of a query as (kind, text, offset), white space and comments left out (SPARQL 1.1, section 19).

    >>> [kind for kind, _, _ in tokens("ASK { ?s <urn:p> 'SERVICE' } # LOAD")]
    ['word', 'open', 'variable', 'iri', 'string', 'close']
    """
    for match in _TOKEN.finditer(text):
        if match.lastgroup not in ("space", "comment"):
            yield str(match.lastgroup), match.group(), match.start()


def guard(text: str) -> None:
    """Refuse a query that is too large or too deep, updates, ``SERVICE`` and ``FROM``.

    Raises UsageError with the place in the text and what to do instead.

    >>> guard("SELECT * { ?s ?p ?o }")
    >>> guard("SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }")
    Traceback (most recent call last):
    mitigraph.errors.UsageError: query:1:12: SERVICE is refused: mitigraph never fetches; load the other data with -d
    """
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_LIMIT:
        raise UsageError(f"query: larger than {SIZE_LIMIT // 1024} KB")
    depth = chained = 0
    form_seen = False
    for kind, token, offset in tokens(text):
        word = token.upper() if kind == "word" else token
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif kind == "word":
            _refuse_word(text, word, offset, form_seen)
            form_seen = form_seen or word in FORMS
        chained += word in CHAINS
        if depth > DEPTH_LIMIT or chained > CHAIN_LIMIT:
            raise UsageError(f"{_place(text, offset)}: nested or chained deeper than mitigraph allows")
    if not form_seen:
        raise UsageError("query: no SELECT, ASK, CONSTRUCT or DESCRIBE in it" + _near_form(text))


def ask(store: ox.Store, text: str, prefixes: Mapping[str, str]) -> Answer:
    """Run a guarded query on a store; the prefixes need not be declared in it. UsageError: its syntax is wrong."""
    guard(text)
    try:
        return store.query(text, prefixes=dict(prefixes))
    except SyntaxError as error:
        raise UsageError(_syntax_line(text, error)) from None
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


def _refuse_word(text: str, word: str, offset: int, form_seen: bool) -> None:
    if word == "SERVICE":
        raise UsageError(f"{_place(text, offset)}: SERVICE is refused: mitigraph never fetches; load the other data with -d")
    if word == "FROM":
        raise UsageError(f"{_place(text, offset)}: FROM is refused: choose the data with -d instead")
    if word in UPDATES and not form_seen:
        raise UsageError(
            f"{_place(text, offset)}: {word} is an update and is refused: queries only read;"
            " change the sources and build again"
        )


def _near_form(text: str) -> str:
    words = [token for kind, token, _ in tokens(text) if kind == "word"]
    near = get_close_matches(words[0].upper(), FORMS, 1) if words else []
    return f"; did you mean {near[0]!r}?" if near else ""


def _syntax_line(text: str, error: SyntaxError) -> str:
    """The engine's message as one line with its place in the text."""
    message = str(error.msg or error).strip().splitlines()[-1]
    found = re.search(r"(\d+):(\d+): (.*)", str(error), re.DOTALL)
    if found:
        line, column, message = found.groups()
        return f"query:{line}:{column}: {' '.join(message.split())}{_near_keyword(text, int(line), int(column))}"
    return f"query: {message}"


def _near_keyword(text: str, line: int, column: int) -> str:
    rows = text.splitlines()
    word = re.match(r"\w*", rows[line - 1][column - 1 :]) if line <= len(rows) else None
    keywords = sorted(FORMS | {"WHERE", "FILTER", "OPTIONAL", "PREFIX", "ORDER", "GROUP", "LIMIT", "DISTINCT", "UNION"})
    near = get_close_matches(word.group().upper(), keywords, 1, 0.75) if word else []
    return f"; did you mean {near[0]!r}?" if near and word and near[0] != word.group().upper() else ""


def _place(text: str, offset: int) -> str:
    line = text.count("\n", 0, offset) + 1
    return f"query:{line}:{offset - text.rfind(chr(10), 0, offset)}"
