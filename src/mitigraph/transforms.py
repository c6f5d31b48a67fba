r"""Cell functions: small pure functions from text to text, the words mappings are written with (``mg:NAME``).

A cell function takes one text and gives a text, None (no value) or a list; several values are gone through one by one.
Those that take every argument as a list of texts are in ``mitigraph.logic`` and ``mitigraph.lists``; dates, numbers, parts
of texts and other notations have rooms of their own. What depends on the clock, chance or the machine is no cell function:
the same input gives the same bytes. What cannot be done without losing something raises ``CellError``, which becomes a
finding that points at the cell.

>>> FUNCTIONS["collapse"].call("one\n  two")
'one two'
"""

from __future__ import annotations

import hashlib
import inspect
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from mitigraph import logic
from mitigraph.amounts import AMOUNTS, AMOUNTS_OF_LISTS
from mitigraph.dates import DATES
from mitigraph.escapes import ESCAPES
from mitigraph.lists import LISTS
from mitigraph.logic import CellError, Result, Texts, compiled
from mitigraph.mending import dehyphenate, demojibake, ligatures, shorten, unquote
from mitigraph.parting import PARTING

__all__ = ["FUNCTIONS", "CellError", "Function", "Result", "fold"]

YEARS = range(1800, 2101)
LINK_SCHEMES = ("http", "https", "mailto", "urn")
INTEGER = re.compile(r"[+-]?[0-9]+")

_CODE = re.compile(r"\s*((?:[0-9]+|[A-Z])(?:\.[0-9]+)+|[0-9]+)\.?(?:\s*[>:–—-]\s+|\s+|$)(.*)", re.DOTALL)
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>]+")
_NOT_SLUG = re.compile(r"[\W_]+")
_LINK = re.compile(r"(?i:https?)://[^\s/?#@]+[^\s]*|(?i:mailto):[^\s@]+@[^\s@]+|(?i:urn):[A-Za-z0-9][A-Za-z0-9-]+:\S+")
_NOT_IN_IRI = re.compile('[\x00-\x20<>"{}|^`\\\\\x7f-\x9f\ud800-\udfff]')
_YEAR = re.compile(r"(?:[^\W\d_](?:[^0-9]*[^0-9])?)?([0-9]{4})[a-z]?")
_INITIALS = re.compile(r"(?:[A-Z]\.?[ -]?){1,4}")
_HAS_INITIAL = re.compile(r"(?<![^\W_])[A-Z]\.|, [A-Z]")


@dataclass(frozen=True, slots=True)
class Function:
    """A named function; ``whole`` functions take every argument as a list of texts, the others a text at a time."""

    name: str
    call: Callable[..., Result]
    whole: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, in order; a last one written ``*name`` takes any number."""
        return signature(self.call)[0]

    @property
    def required(self) -> int:
        """How many arguments must be given."""
        return signature(self.call)[1]


@cache
def signature(call: Callable[..., Result]) -> tuple[tuple[str, ...], int]:
    """Parameter names and how many are required.

    >>> signature(LISTS["concat"])
    (('*values', 'separator'), 0)
    """
    found = inspect.signature(call).parameters.values()
    names = tuple(f"*{p.name}" if p.kind is p.VAR_POSITIONAL else p.name for p in found)
    return names, sum(p.default is p.empty and p.kind is not p.VAR_POSITIONAL for p in found)


def fold(text: str) -> str:
    """Text as it is compared: NFC, no case, single spaces, plain apostrophes.

    >>> fold(" Human–AI  Configuration ") == fold("human–ai configuration")
    True
    """
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    return " ".join(plain.split())


def trim(value: str) -> str:
    """Without outer white space.

    >>> trim(" a b ")
    'a b'
    """
    return value.strip()


def nfc(value: str) -> str:
    """In Unicode Normalization Form C.

    >>> len(nfc("e" + chr(0x301)))
    1
    """
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def collapse(value: str) -> str:
    """Every run of white space as one space, none outside.

    >>> collapse(" a  b ")
    'a b'
    """
    return " ".join(value.split())


def code(value: str) -> Result:
    """The code a label begins with, if it does.

    >>> code("1.1 Board"), code("7.6 > X"), code("7. X"), code("2 - AI"), code("X.1 > Y"), code("Board")
    ('1.1', '7.6', '7', '2', 'X.1', None)
    """
    match = _CODE.fullmatch(value)
    return match.group(1) if match else None


def label(value: str) -> Result:
    """What follows the code; the whole where there is no code.

    >>> label("1.1 Board"), label("7.6 > X"), label("Board"), label("1.1")
    ('Board', 'X', 'Board', None)
    """
    match = _CODE.fullmatch(value)
    return (match.group(2) if match else value).strip() or None


def split(value: str, separator: str = ";") -> Result:
    """The parts between separators, trimmed, empty ones left out.

    >>> split("a; b;;c")
    ['a', 'b', 'c']
    """
    parts = value.split(separator) if separator else [value]
    return [part for part in map(str.strip, parts) if part]


def names(value: str) -> Result:
    """Names out of a list: by semicolons, else by commas and "and" where that is sure to be a list of people.

    Sure is: no part is a single word and initials stand in one of them; two parts need an "and" or initials after each
    surname. So a lone "Surname, Given" and an organisation stay whole, and so does a list that might be one of these.

    >>> names("Bai, Y.; Kadavath, S."), names("Ann Lee, Bo Yu and C. Du"), names("Bai, Y., Lee, A. B.")
    (['Bai, Y.', 'Kadavath, S.'], ['Ann Lee', 'Bo Yu', 'C. Du'], ['Bai, Y.', 'Lee, A. B.'])
    >>> names("Daumé III, Hal J."), names("Department for Science, Innovation and Technology")
    (['Daumé III, Hal J.'], ['Department for Science, Innovation and Technology'])
    """
    if ";" in value:
        return split(value, ";")
    people = _people(value)
    listed = len(people) > 2 or all(", " in one for one in people) or re.search(" (?:and|&) ", value)
    sure = listed and all(" " in one for one in people) and any(map(_HAS_INITIAL.search, people))
    return people if sure else [collapse(value)]


def _people(value: str) -> list[str]:
    people: list[str] = []
    for part in re.split(r" ?, ?(?:(?:and|&) )?| (?:and|&) ", collapse(value)):
        if people and _INITIALS.fullmatch(part):
            people[-1] += f", {part}"
        elif part:
            people.append(part)
    return people


def hashed(first: Texts, *others: Texts) -> Result:
    """Twelve hexadecimal digits that stand for the texts (SHA-256 of their NFC joined by U+001F), one for each first text.

    >>> hashed(["a"], ["b"]) == hashed(["a"], ["b"]) != hashed(["ab"])
    True
    """
    rest = [unicodedata.normalize("NFC", " ".join(texts)) for texts in others]
    return [digest_of([unicodedata.normalize("NFC", text), *rest]) for text in first]


def digest_of(texts: Texts, length: int = 12) -> str:
    """Hexadecimal digits of the SHA-256 of texts joined by U+001F."""
    return hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:length]


def doi(value: str) -> Result:
    """The bare DOI in a text or link, in lower case (DOIs are equal whatever their case); none if there is none.

    >>> doi("https://doi.org/10.48550/arXiv.2501.17805."), doi("arXiv")
    ('10.48550/arxiv.2501.17805', None)
    """
    match = _DOI.search(value.replace("%2F", "/").replace("%2f", "/"))
    return match.group().rstrip(".,;)]'").lower() if match else None


def document_key(doi: Texts = (), title: Texts = (), year: Texts = ()) -> Result:
    """The key of a document: from its DOI, else a hash of its normalised title and its year; none without either.

    >>> document_key(["https://doi.org/10.48550/arXiv.2501.17805"])
    ['doi-10.48550_arxiv.2501.17805']
    >>> document_key(title=["A Title"], year=["2024"]) == document_key(title=["a  title."], year=["2024"])
    True
    """
    found = _doi_of(doi[0]) if doi else None
    if found:
        return [f"doi-{found.replace('/', '_', 1)}"]
    plain = " ".join(_NOT_SLUG.split(fold(title[0]))).strip() if title else ""
    return [f"title-{digest_of([plain or title[0], *year[:1]])}"] if title else None


def _doi_of(value: str) -> str | None:
    found = doi(value)
    return found if isinstance(found, str) else None


def slug(value: str) -> Result:
    """Lower-case words joined by hyphens.

    >>> slug("Testing & Evaluation (own)")
    'testing-evaluation-own'
    """
    return "-".join(word for word in _NOT_SLUG.split(unicodedata.normalize("NFC", value).lower()) if word) or None


def year(value: str) -> Result:
    """A plausible year, by itself or at the end of a short reference. CellError ``bad-year`` for anything else.

    >>> year("2024"), year("Critch2023"), year("Future of Life Institute2024b")
    ('2024', '2023', '2024')
    """
    match = _YEAR.fullmatch(value.strip())
    if match and int(match.group(1)) in YEARS:
        return match.group(1)
    inner = re.search(r"(?<![0-9])(?:18|19|20)[0-9]{2}(?![0-9])", value)
    raise CellError(
        "bad-year", "not a year", expected=f"a year from {YEARS[0]} to {YEARS[-1]}", suggestion=inner.group() if inner else None
    )


def integer(value: str) -> Result:
    """A whole number, digits as they are. CellError ``bad-value`` for anything else: 3.0 is not 3.

    >>> integer("42")
    '42'
    """
    if INTEGER.fullmatch(value):
        return value
    raise CellError("bad-value", "not a whole number", expected="a whole number such as 3")


def link(value: str) -> Result:
    """A link that is safe to follow: http, https, urn or mailto, well formed. CellError ``unsafe-link`` for anything else.

    >>> link("https://example.org/a")
    'https://example.org/a'
    """
    text = value.strip()
    if _LINK.fullmatch(text) and not _NOT_IN_IRI.search(text):
        return text
    guess = f"https://{text}" if re.fullmatch(r"(?:www\.|doi\.org/)[^\s<>\"]+", text) else None
    raise CellError(
        "unsafe-link", "not a link that may be followed", expected="a link: " + ", ".join(LINK_SCHEMES), suggestion=guess
    )


def lower(value: str) -> str:
    """In lower case.

    >>> lower("A")
    'a'
    """
    return value.lower()


def upper(value: str) -> str:
    """In upper case.

    >>> upper("a")
    'A'
    """
    return value.upper()


def replace(value: str, pattern: str, new: str = "") -> Result:
    """Every match of a regular expression replaced, ``\\1`` standing for its first group; none if nothing is left.

    >>> replace("01.02.03.b", "[.][a-z]$")
    '01.02.03'
    """
    try:
        return compiled(pattern).sub(new, value) or None
    except (re.error, IndexError) as error:
        raise CellError("bad-pattern", f"cannot replace {pattern!r}: {error}") from None


def map_value(value: str, *pairs: str) -> Result:
    """The right side of the ``left=right`` pair whose left side equals the value; ``*=right`` for any other.

    CellError ``unknown-value`` if there is none.

    >>> map_value("Yes", "yes=true", "no=false")
    'true'
    """
    table = _pairs(pairs)
    found = table.get(fold(value), table.get("*"))
    if found is None:
        known = ", ".join(pair.partition("=")[0] for pair in pairs)
        raise CellError("unknown-value", "not a value this mapping knows", expected=f"one of: {known}")
    return found or None


@lru_cache(maxsize=256)
def _pairs(pairs: tuple[str, ...]) -> dict[str, str]:
    return {fold(left): right for left, _, right in (pair.partition("=") for pair in pairs)}


def unless(value: str, *tokens: str) -> Result:
    """The value, unless it is one of the tokens that stand for no value in its column, whatever the case.

    >>> unless("N/A", "n/a", "-"), unless("yes", "n/a", "-")
    (None, 'yes')
    """
    return None if fold(value) in _folded(tokens) else value


@lru_cache(maxsize=256)
def _folded(tokens: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, tokens))


def _table(cell: dict[str, Callable[..., Result]], whole: dict[str, Callable[..., Result]]) -> dict[str, Function]:
    rows = [Function(name, call) for name, call in cell.items()]
    return {row.name: row for row in rows + [Function(name, call, whole=True) for name, call in whole.items()]}


FUNCTIONS = _table(
    cell={
        "trim": trim,
        "nfc": nfc,
        "collapse": collapse,
        "ligatures": ligatures,
        "dehyphenate": dehyphenate,
        "demojibake": demojibake,
        "unquote": unquote,
        "shorten": shorten,
        "code": code,
        "label": label,
        "split": split,
        "names": names,
        "doi": doi,
        "slug": slug,
        "year": year,
        "integer": integer,
        "iri": link,
        "lower": lower,
        "upper": upper,
        "replace": replace,
        "map": map_value,
        "unless": unless,
        **PARTING,
        **ESCAPES,
        **AMOUNTS,
        **DATES,
    },
    whole={
        "hash": hashed,
        "documentKey": document_key,
        **LISTS,
        **AMOUNTS_OF_LISTS,
        "equal": logic.equal,
        "notEqual": logic.not_equal,
        "in": logic.is_in,
        "matches": logic.matches,
        "present": logic.present,
        "absent": logic.absent,
        "and": logic.all_of,
        "or": logic.any_of,
        "xor": logic.one_of,
        "not": logic.negation,
        "choose": logic.choose,
        "decide": logic.decide,
        "first": logic.first,
        "constant": logic.constant,
    },
)
"""Every function that needs nothing but its arguments, by the name mappings use."""
