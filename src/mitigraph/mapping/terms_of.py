"""From texts to terms: IRI-safe percent-encoding, checked IRIs, literals whose datatype must not change them.

>>> iri_safe("a b/ü"), literal_of("1.10", "http://www.w3.org/2001/XMLSchema#decimal")
('a%20b%2Fü', '"1.10"^^<http://www.w3.org/2001/XMLSchema#decimal>')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from urllib.parse import quote

from mitigraph.terms import XSD, iri, literal
from mitigraph.transforms import INTEGER, LINK_SCHEMES, CellError

__all__ = ["CASTS", "absolute", "iri_of", "iri_safe", "literal_encoder", "literal_of"]

# RFC 3987, ucschar: what beside ASCII's unreserved characters may stand in an IRI as it is.
_UCS = "\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef" + "".join(
    f"{chr(plane * 0x10000 + (0x1000 if plane == 14 else 0))}-{chr(plane * 0x10000 + 0xFFFD)}" for plane in range(1, 15)
)
_ENCODED = re.compile(f"[^A-Za-z0-9._~{_UCS}-]")
_UNSAFE = re.compile(f"[^A-Za-z0-9._~{_UCS}-]|^\\.{{1,2}}$")
_NOT_IN_IRI = re.compile('[\x00-\x20<>"{}|^`\\\\\x7f-\x9f\ud800-\udfff]')
_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SPECIAL = re.compile('["\\\\\x00-\x1f\x7f\ud800-\udfff]')
_RARE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_DATE = re.compile(rf"(-?(?:[1-9][0-9]{{3,}}|0[0-9]{{3}}))-([0-9]{{2}})-([0-9]{{2}}){_ZONE}")
_DATETIME = re.compile(r"(.*)T(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)" + _ZONE, re.DOTALL)
_YEAR = re.compile(rf"-?(?:[1-9][0-9]{{3,}}|0[0-9]{{3}}){_ZONE}")


@lru_cache(maxsize=4096)
def _percent(character: str) -> str:
    return quote(character, safe="")


def iri_safe(text: str) -> str:
    """Percent-encode all but unreserved characters (RML: IRI-safe). CellError ``unsafe-id`` for ``.`` and ``..``."""
    if not _UNSAFE.search(text):
        return text
    if text in (".", ".."):
        raise CellError("unsafe-id", "would climb out of its place in an IRI", expected="an id of letters and digits")
    try:
        return _ENCODED.sub(lambda match: _percent(match.group()), text)
    except UnicodeEncodeError:
        raise CellError("bad-text", "holds half a character (a lone surrogate)") from None


def absolute(text: str, base: str) -> str:
    """An IRI made absolute by putting the base before it."""
    return text if _ABSOLUTE.match(text) else base + text


def iri_of(text: str, base: str) -> str:
    """A value that is an IRI itself, as a term. CellError ``bad-iri`` or ``unsafe-link``."""
    scheme = _ABSOLUTE.match(text)
    if _NOT_IN_IRI.search(text):
        raise CellError("bad-iri", "not an IRI", expected="an IRI without spaces, quotes or brackets")
    if scheme and scheme.group(1).lower() not in LINK_SCHEMES:
        raise CellError("unsafe-link", "not a link that may be followed", expected="a link: " + ", ".join(LINK_SCHEMES))
    try:
        return iri(text if scheme else base + text)
    except ValueError:
        raise CellError("bad-iri", "not an IRI", expected="a well-formed IRI (RFC 3987)") from None


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(part) for part in match.groups())
    try:
        # A year with the same leap rule stands in for those that Python's calendar does not know.
        date(2000 + year % 400, month, day)
    except ValueError:
        return False
    return True


def _is_datetime(text: str) -> bool:
    match = _DATETIME.fullmatch(text)
    return match is not None and _is_date(match.group(1))


def _is_iri_reference(text: str) -> bool:
    return not _NOT_IN_IRI.search(text)


def _whole(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


CASTS: dict[str, tuple[Callable[[str], bool], str]] = {
    f"{XSD}integer": (_whole(INTEGER), "a whole number such as 3"),
    f"{XSD}decimal": (_whole(_DECIMAL), "a number such as 3.5"),
    f"{XSD}double": (_whole(_DOUBLE), "a number such as 3.5"),
    f"{XSD}boolean": (lambda text: text in ("true", "false", "1", "0"), "true or false"),
    f"{XSD}date": (_is_date, "a date such as 2024-05-31"),
    f"{XSD}dateTime": (_is_datetime, "a time such as 2024-05-31T12:00:00Z"),
    f"{XSD}gYear": (_whole(_YEAR), "a year such as 2024"),
    f"{XSD}anyURI": (_is_iri_reference, "an IRI without spaces"),
}
"""Datatypes whose lexical form is checked (XML Schema 1.1 part 2): the text is taken as it is or not at all."""


def literal_encoder(datatype: str | None = None, language: str | None = None) -> Callable[[str], str]:
    """The function that makes texts literals. It raises CellError ``bad-value`` or ``bad-text``."""
    suffix = literal("", datatype, language)[2:]
    special, check = _SPECIAL.search, CASTS.get(datatype or "")

    def plain(text: str) -> str:
        return _careful(text) + suffix if special(text) else f'"{text}"{suffix}'

    def checked(text: str) -> str:
        assert check is not None
        if not check[0](text):
            name = (datatype or "").rpartition("#")[2]
            raise CellError("bad-value", f"not a lossless {name}", expected=check[1], suggestion=_mended(text, check[0]))
        return plain(text)

    return checked if check else plain


def literal_of(text: str, datatype: str | None = None, language: str | None = None) -> str:
    """One text as a literal."""
    return literal_encoder(datatype, language)(text)


def _careful(text: str) -> str:
    """A text with characters to escape; those of ordinary prose by replacing, which is ten times as fast as a table."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    if not _RARE.search(escaped):
        return f'"{escaped}"'
    try:
        return literal(text)
    except ValueError:
        raise CellError("bad-text", "holds half a character (a lone surrogate)") from None


def _mended(text: str, check: Callable[[str], bool]) -> str | None:
    """A near value that would pass: without outer space, thousands' commas, or an empty fraction."""
    tries = (text.strip(), text.strip().replace(",", ""), re.sub(r"\.0+$", "", text.strip()), text.strip().lower())
    return next((one for one in tries if one and one != text and check(one)), None)
