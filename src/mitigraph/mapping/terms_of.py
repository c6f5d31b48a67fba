"""From texts to terms, a column at once: IRI-safe percent-encoding, checked IRIs, literals whose datatype must not change them.

An encoder takes texts and gives terms; CellError: one of them cannot be encoded (given alone, it is that one).

>>> literal_encoder("http://www.w3.org/2001/XMLSchema#decimal")(["1.10", "2"])[0]
'"1.10"^^<http://www.w3.org/2001/XMLSchema#decimal>'
>>> safe_encoder("iri")(["a b/ü"]), safe_encoder("uri")(["ü"]), blank_encoder(["a b"])
(['a%20b%2Fü'], ['%C3%BC'], ['_:ba_20_b'])
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from urllib.parse import quote

from mitigraph.lexical import proper
from mitigraph.likeness import Guess
from mitigraph.terms import RDF, XSD, iri, is_language, literal
from mitigraph.transforms import INTEGER, LINK_SCHEMES, CellError

REMEMBERED = 2_000
"""How many texts are remembered to be good: dates, years and pages come again and again."""

__all__ = ["CASTS", "Encode", "absolute", "blank_encoder", "iri_encoder", "literal_encoder", "safe_encoder"]

Encode = Callable[[list[str]], list[str]]

# RFC 3987, ucschar: what beside ASCII's unreserved characters may stand in an IRI as it is. Not a pattern: one of so many
# characters takes longer to compile than most tables to map.
_UCS = (
    ("\xa0", "\ud7ff"),
    ("\uf900", "\ufdcf"),
    ("\ufdf0", "\uffef"),
    *((chr(plane * 0x10000 + (0x1000 if plane == 14 else 0)), chr(plane * 0x10000 + 0xFFFD)) for plane in range(1, 15)),
)
_NOT_IN_IRI = re.compile('[\x00-\x20<>"{}|^`\\\\\x7f-\x9f\ud800-\udfff]')
_PLAIN_LINK = re.compile(r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*+(?:/[A-Za-z0-9._~!$&'()*+,;=:@/-]*+)?")
"""Links that need no closer look."""
_NOT_WRITABLE = re.compile('[\x00-\x1f<>"\\\\\x7f-\x9f\ud800-\udfff]')
_NOT_IN_LABEL = re.compile("[^A-Za-z0-9]")
_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BETWEEN = "\x1e"
"""Stands between texts that are looked at together."""
_RARE = re.compile("[\x00-\x1d\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_DATE = re.compile(rf"(-?(?:[1-9][0-9]{{3,}}|0[0-9]{{3}}))-([0-9]{{2}})-([0-9]{{2}}){_ZONE}")
_DATETIME = re.compile(r"(.*)T(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)" + _ZONE, re.DOTALL)
_PLAIN_DATE = r"[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
"""Dates that need no calendar."""
_YEAR = re.compile(rf"-?(?:[1-9][0-9]{{3,}}|0[0-9]{{3}}){_ZONE}")


@lru_cache(maxsize=4096)
def _in_uri(character: str) -> str:
    return quote(character, safe="")


@lru_cache(maxsize=4096)
def _in_iri(character: str) -> str:
    return character if any(first <= character <= last for first, last in _UCS) else quote(character, safe="")


_SAFE = {"iri": _in_iri, "uri": _in_uri}
"""A character that is not unreserved, as it may stand in an IRI or a URI."""
_PLAIN = re.compile("[A-Za-z0-9._~-]*+")
_OTHERS = re.compile(f"[^{_BETWEEN}A-Za-z0-9._~-]")


def safe_encoder(kind: str) -> Encode:
    """Percent-encoding of all but unreserved characters (RML: IRI-safe, URI-safe); the ``unsafe-`` kinds leave texts as they are.

    CellError ``unsafe-id`` for ``.`` and ``..``, ``bad-text`` for half a character.
    """
    if kind not in _SAFE:
        return lambda texts: texts
    safe = _SAFE[kind]

    def percent(match: re.Match[str]) -> str:
        return safe(match.group())

    def encode(texts: list[str]) -> list[str]:
        if "." in texts or ".." in texts:
            raise CellError("unsafe-id", "would climb out of its place in an IRI", expected="an id of letters and digits")
        if _PLAIN.fullmatch("".join(texts)):
            return texts
        try:
            made = _OTHERS.sub(percent, _BETWEEN.join(texts)).split(_BETWEEN)
            if len(made) > len(texts):  # one holds what stands between them
                return [_OTHERS.sub(percent, text).replace(_BETWEEN, safe(_BETWEEN)) for text in texts]
            return made
        except UnicodeEncodeError:
            raise CellError("bad-text", "holds half a character (a lone surrogate)") from None

    return encode


def absolute(text: str, base: str) -> str:
    """An IRI made absolute by putting the base before it."""
    return text if _ABSOLUTE.match(text) else base + text


def iri_encoder(kind: str, base: str) -> Encode:
    """Texts that are IRIs themselves, as terms; relative ones get the base before them.

    CellError ``bad-iri`` or ``unsafe-link``; of the ``unsafe-`` kinds only for what no syntax could hold.
    """
    one = {"uri": _uri, "unsafe-iri": _unsafe, "unsafe-uri": _unsafe}.get(kind, _iri)

    plain = _PLAIN_LINK.fullmatch

    def encode(texts: list[str]) -> list[str]:
        known = {text: f"<{text}>" if plain(text) else one(text, base) for text in set(texts)}
        return [known[text] for text in texts]

    return encode


def _iri(text: str, base: str) -> str:
    scheme = _ABSOLUTE.match(text)
    if _NOT_IN_IRI.search(text):
        raise CellError("bad-iri", "not an IRI", expected="an IRI without spaces, quotes or brackets")
    if scheme and scheme.group(1).lower() not in LINK_SCHEMES:
        raise CellError("unsafe-link", "not a link that may be followed", expected="a link: " + ", ".join(LINK_SCHEMES))
    try:
        return iri(text if scheme else base + text)
    except ValueError:
        raise CellError("bad-iri", "not an IRI", expected="a well-formed IRI (RFC 3987)") from None


def _uri(text: str, base: str) -> str:
    return _iri(quote(text, safe=_ASCII), base)


def _unsafe(text: str, base: str) -> str:
    if _NOT_WRITABLE.search(text):
        raise CellError(
            "bad-iri", "cannot be written as an IRI", expected="an IRI without quotes, brackets and control characters"
        )
    made = f"<{absolute(text, base)}>"
    try:
        iri(made[1:-1])
    except ValueError:
        message = "not an IRI; it is written all the same, as the mapping asks, and many parsers will refuse it"
        raise CellError("unsafe-iri", message, "warning", expected="a well-formed IRI (RFC 3987)", result=made) from None
    return made


def blank_encoder(texts: list[str]) -> list[str]:
    """Labels of blank nodes: equal texts, equal labels; letters and digits stay, other characters are told by their numbers."""
    return [f"_:b{_NOT_IN_LABEL.sub(lambda match: f'_{ord(match.group()):x}_', text)}" for text in texts]


@lru_cache(maxsize=REMEMBERED)
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


def _all(plain: str) -> Callable[[list[str]], bool]:
    """Whether texts are plain, all of them at once."""
    are = re.compile(f"{plain}(?:{_BETWEEN}{plain})*+").fullmatch

    def all_plain(texts: list[str]) -> bool:
        joined = _BETWEEN.join(texts)
        return joined.count(_BETWEEN) < len(texts) and are(joined) is not None

    return all_plain


_ALL_PLAIN = {
    f"{XSD}integer": _all("[+-]?[0-9]++"),
    f"{XSD}date": _all(_PLAIN_DATE),
    f"{XSD}dateTime": _all(rf"{_PLAIN_DATE}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?"),
}
"""What tells of many texts at once that nothing is wrong with them; where it does not, each is looked at by itself."""

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


def literal_encoder(datatype: str | None = None, language: str | None = None) -> Encode:
    """Texts as literals. CellError ``bad-value``, ``bad-text``; ``bad-language`` and ``bad-datatype`` at once."""
    if language is not None and not is_language(language):
        raise CellError("bad-language", "not a language tag (BCP 47)", expected="a tag such as en or de-AT")
    if datatype is not None and language is None:
        _check_datatype(datatype)
    suffix = literal("", datatype, language)[2:]
    check = CASTS.get(datatype or "") if language is None else None
    are_plain: Callable[[list[str]], bool] = _ALL_PLAIN.get(datatype or "", lambda texts: False)
    good: set[str] = set()

    def encode(texts: list[str]) -> list[str]:
        if check is not None and not are_plain(texts) and not good.issuperset(texts):
            for text in set(texts) - good:
                if not check[0](text):
                    name = (datatype or "").rpartition("#")[2]
                    meant = _mended(text, datatype or "", check[0])
                    told = f"not a lossless {name}", "violation", check[1], meant and meant.text
                    raise CellError("bad-value", *told, sure=meant is not None and meant.sure)
            if len(good) > REMEMBERED:
                good.clear()
            good.update(texts)
        # The whole column is looked at in one go; most need no escapes.
        if _is_plain("".join(texts)):
            return [f'"{text}"{suffix}' for text in texts]
        return [f'"{text}"{suffix}' for text in _escaped(texts)]

    return encode


def _escaped(texts: list[str]) -> list[str]:
    """Texts with what literals escape: ordinary prose all at once, what holds rarer characters one by one."""
    joined = _BETWEEN.join(texts)
    prose = joined.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    if joined.count(_BETWEEN) == len(texts) - 1 and (prose.replace(_BETWEEN, "").isprintable() or not _RARE.search(prose)):
        return prose.split(_BETWEEN)
    return [text if _is_plain(text) else _careful(text) for text in texts]


def _is_plain(text: str) -> bool:
    return text.isprintable() and '"' not in text and "\\" not in text


def _check_datatype(datatype: str) -> None:
    try:
        usable = iri(datatype)[1:-1] not in (f"{RDF}langString", f"{RDF}dirLangString")
    except ValueError:
        usable = False
    if not usable:
        raise CellError("bad-datatype", "not a datatype", expected="an absolute IRI")


def _careful(text: str) -> str:
    try:
        return literal(text)[1:-1]
    except ValueError:
        raise CellError("bad-text", "holds half a character (a lone surrogate)") from None


def _mended(text: str, datatype: str, check: Callable[[str], bool]) -> Guess | None:
    """A near value that would pass: its proper form, or without thousands' commas."""
    near = proper(text, datatype) or Guess(text.strip().replace(",", ""), False)
    return near if near.text and near.text != text and check(near.text) else None
