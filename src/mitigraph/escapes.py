"""Cell functions that write a text for another notation and back, and digests of it: GREL's escape, unescape, md5, sha1.

>>> escape("a&b", "xml"), unescape("a%20b", "url")
('a&amp;b', 'a b')
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

from mitigraph.logic import CellError, Result

__all__ = ["ESCAPES"]

_XML = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&apos;"}
_SCRIPT = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "'": r"\'", "/": r"\/", "\\": "\\\\"}
_TO_SCRIPT = re.compile(r"[^ -~]|[\"'/\\]")
_FROM_SCRIPT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\(.)", re.DOTALL)
_UNSCRIPT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}
_XML_REFERENCE = re.compile("&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")


def _to_script(value: str) -> str:
    return _TO_SCRIPT.sub(_script_of, value)


def _script_of(match: re.Match[str]) -> str:
    sign = match.group()
    if sign in _SCRIPT:
        return _SCRIPT[sign]
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02X}{units[at + 1]:02X}" for at in range(0, len(units), 2))


def _from_script(value: str) -> str:
    plain = _FROM_SCRIPT.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _UNSCRIPT.get(m[3], m[3]), value)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16")


def _to_csv(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if any(sign in value for sign in ',"\r\n') else value


def _from_csv(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1].replace('""', '"') if quoted and _to_csv(value[1:-1].replace('""', '"')) == value else value


def _to_html(value: str) -> str:
    from html.entities import codepoint2name  # a large table, that few mappings need

    return value.translate({code: f"&{name};" for code, name in codepoint2name.items()})


def _from_html(value: str) -> str:
    from html import unescape as from_html

    return from_html(value)


def _to_url(value: str) -> str:
    return quote(value, safe="!'()*~-._")


def _from_url(value: str) -> str:
    return unquote_to_bytes(value).decode("utf-8")


ESCAPING: dict[str, Callable[[str], str]] = {
    "html": _to_html,
    "xml": lambda value: value.translate(_XML),
    "csv": _to_csv,
    "url": _to_url,
    "javascript": _to_script,
}
UNESCAPING: dict[str, Callable[[str], str]] = {
    "html": _from_html,
    "xml": lambda value: _XML_REFERENCE.sub(lambda m: _from_html(m.group()), value),
    "csv": _from_csv,
    "url": _from_url,
    "javascript": _from_script,
}


def _as(table: dict[str, Callable[[str], str]], value: str, mode: str) -> str:
    write = table.get(mode.lower())
    if write is None:
        raise CellError("bad-value", f"no notation {mode!r}", expected=f"one of: {', '.join(table)}")
    try:
        return write(value)
    except UnicodeError:
        raise CellError("bad-value", f"cannot be read or written as {mode}") from None


def escape(value: str, mode: str) -> str:
    r"""Written for ``html``, ``xml``, ``csv``, ``url`` or ``javascript``. CellError ``bad-value``.

    >>> escape("é<", "html"), escape("a b/ä", "url"), escape("a,b", "csv"), escape("a'b", "javascript")
    ('&eacute;&lt;', 'a%20b%2F%C3%A4', '"a,b"', "a\\'b")
    """
    return _as(ESCAPING, value, mode)


def unescape(value: str, mode: str) -> str:
    r"""Read from ``html``, ``xml``, ``csv``, ``url`` or ``javascript``. CellError ``bad-value``.

    >>> unescape("&eacute;&lt;", "html"), unescape('"a,b"', "csv"), unescape(r"\u00e9", "javascript")
    ('é<', 'a,b', 'é')
    """
    return _as(UNESCAPING, value, mode)


def md5(value: str) -> str:
    """MD5 in hexadecimal digits, of the UTF-8 text; a check of sameness, not of safety.

    >>> md5("")
    'd41d8cd98f00b204e9800998ecf8427e'
    """
    return hashlib.md5(value.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def sha1(value: str) -> str:
    """SHA-1 in hexadecimal digits, of the UTF-8 text; a check of sameness, not of safety.

    >>> sha1("")[:8]
    'da39a3ee'
    """
    return hashlib.sha1(value.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def sha256(value: str) -> str:
    """SHA-256 in hexadecimal digits, of the UTF-8 text.

    >>> sha256("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def upper_url(value: str) -> str:
    """In upper case, with ``http://`` before it where it has no scheme (so in the test cases of RML-FNML).

    >>> upper_url("http://example.org/a"), upper_url("example.org")
    ('HTTP://EXAMPLE.ORG/A', 'http://EXAMPLE.ORG')
    """
    upper = value.upper()
    return upper if upper.startswith(("HTTP://", "HTTPS://")) else f"http://{upper}"


ESCAPES: dict[str, Callable[..., Result]] = {
    "escape": escape,
    "unescape": unescape,
    "md5": md5,
    "sha1": sha1,
    "sha256": sha256,
    "upperURL": upper_url,
}
"""These functions by the names mappings use."""
