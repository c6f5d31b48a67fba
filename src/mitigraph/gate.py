"""What is refused before a parser sees it: too large, too deep, a DOCTYPE, a remote JSON-LD context.

Parsers recurse, expand entities and fetch; these checks are cheap scans that make all three impossible.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NoReturn
from xml.parsers import expat

from mitigraph.errors import InputError

__all__ = ["DEPTH_LIMIT", "SIZE_LIMIT", "admit_jsonld", "admit_size", "admit_turtle", "admit_xml"]

SIZE_LIMIT = 1_000_000_000
"""Bytes of one file."""
DEPTH_LIMIT = 128
"""Brackets, objects or elements inside one another."""

_UTF8_BOM = b"\xef\xbb\xbf"
# One match per bracket that is really a bracket, and one at the end (so that no search fails and starts again a byte
# further on); strings, IRIs, comments and escaped names are passed over inside C.
_TURTLE_BRACKET = re.compile(
    rb'(?:[^\[\]()"\'<#\\]++|"""(?:[^"\\]|\\.|"(?!""))*+"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*+\'\'\''
    rb'|"(?:[^"\\\n\r]|\\.)*+"|\'(?:[^\'\\\n\r]|\\.)*+\'|<[^<>"{}|^`\x00-\x20]*+>|#[^\n\r]*+|\\.|["\'<\\])*+([\[\]()]|\Z)',
    re.DOTALL,
)
_JSON_BRACKET = re.compile(rb'(?:[^\[\]{}"]++|"(?:[^"\\]|\\.)*+"|")*+([\[\]{}]|\Z)', re.DOTALL)
_XML_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_XML_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
_XML_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}


def admit_size(data: bytes, name: str) -> None:
    """InputError when a file is larger than SIZE_LIMIT."""
    if len(data) > SIZE_LIMIT:
        raise InputError(f"{name}: {len(data):,} bytes, the limit is {SIZE_LIMIT:,}")


def admit_turtle(data: bytes, name: str) -> bytes:
    """Turtle or TriG without a byte order mark. InputError when brackets nest deeper than DEPTH_LIMIT."""
    if data.count(b"[") + data.count(b"(") > DEPTH_LIMIT:
        _admit_depth(_TURTLE_BRACKET, b"[(", data, name)
    return data.removeprefix(_UTF8_BOM)


def admit_jsonld(data: bytes, name: str) -> bytes:
    """JSON-LD as it was. InputError when it nests too deep or names a context to be fetched."""
    _admit_depth(_JSON_BRACKET, b"[{", data, name)
    remote = sorted({address for value in _contexts(data, name) for address in _addresses(value)})
    if remote:
        raise InputError(f"{name}: remote JSON-LD contexts are never fetched, write them inline: {', '.join(remote)}")
    return data


def admit_xml(data: bytes, name: str) -> tuple[bytes, dict[str, str]]:
    """RDF/XML as UTF-8 without declaration, and the prefixes it declares.

    InputError when it is ill-formed, has a DOCTYPE (entities can be made to explode), or nests too deep.
    """
    text = _xml_text(data, name)
    prefixes: dict[str, str] = {}
    depth = 0
    # The encoding is forced, so that what is checked here is what the RDF parser reads.
    parser = expat.ParserCreate("UTF-8", " ")

    def place() -> str:
        return f"{name}:{parser.CurrentLineNumber}:{parser.CurrentColumnNumber + 1}"

    def doctype(*_: object) -> NoReturn:
        raise InputError(f"{place()}: a DOCTYPE is refused in RDF/XML; write IRIs in full instead of entities")

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_LIMIT:
            raise InputError(f"{place()}: elements nest deeper than {DEPTH_LIMIT}")

    def end(_: object) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartNamespaceDeclHandler = lambda prefix, uri: prefixes.setdefault(prefix or "", uri or "")
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise InputError(f"{name}:{error.lineno}:{error.offset + 1}: {expat.ErrorString(error.code)}") from None
    return text, prefixes


def _admit_depth(bracket: re.Pattern[bytes], opening: bytes, data: bytes, name: str) -> None:
    depth = 0
    for match in bracket.finditer(data):
        if match[1] and match[1] in opening:
            depth += 1
            if depth > DEPTH_LIMIT:
                raise InputError(f"{name}:{_line(data, match.start(1))}: brackets nest deeper than {DEPTH_LIMIT}")
        elif depth:
            depth -= 1


def _xml_text(data: bytes, name: str) -> bytes:
    declared = _XML_ENCODING.match(data.removeprefix(_UTF8_BOM)[:200])
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data[:2] in (b"<\x00", b"\x00<"):
        encoding = "utf-16le" if data[:1] == b"<" else "utf-16be"
    elif data.startswith(_UTF8_BOM):
        encoding = "utf-8"
    if encoding not in _XML_CODECS:
        raise InputError(f"{name}:1: encoding {encoding!r} is not read; save the file as UTF-8")
    try:
        text = data.decode(_XML_CODECS[encoding]).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}:{_line(data, error.start)}: not {encoding}") from None
    # The declaration may name the old encoding; its line break is kept, so lines stay right.
    return _XML_DECLARATION.sub("", text, count=1).encode("utf-8", "surrogatepass")


def _contexts(data: bytes, name: str) -> list[object]:
    """The values of all keys ``@context``. Only where a letter may hide behind an escape is the whole file decoded."""
    if not _HIDDEN_LETTER.search(data):
        try:
            text = data.decode("utf-8-sig")
            return [_JSON.raw_decode(text, match.end())[0] for match in _CONTEXT_KEY.finditer(text)]
        except ValueError:
            pass  # The place is inside a string, or the file is broken: decoding all of it tells which.
    try:
        return [{"@context": _JSON.decode(data.decode("utf-8-sig"))}]
    except UnicodeDecodeError as error:
        raise InputError(f"{name}:{_line(data, error.start)}: not UTF-8, which JSON-LD must be") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{name}:{error.lineno}:{error.colno}: {error.msg}") from None
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None


def _addresses(context: object) -> Iterable[str]:
    """The addresses a context would be fetched from: texts in its place, ``@import``, and the same in contexts inside it."""
    if isinstance(context, str):
        yield context
    elif isinstance(context, list):
        for part in context:
            yield from _addresses(part)
    elif isinstance(context, dict):
        yield from _addresses_inside(context)


def _addresses_inside(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _addresses(part) if key in ("@context", "@import") else _addresses_inside(part)
    elif isinstance(value, list):
        for part in value:
            yield from _addresses_inside(part)


def _all_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object in which a repeated key loses nothing."""
    found: dict[str, object] = {}
    for key, value in pairs:
        found[key] = [found[key], value] if key in found else value
    return found


def _no_json_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


# Numbers stay text: one of many digits costs nothing and raises nothing.
_JSON = json.JSONDecoder(object_pairs_hook=_all_pairs, parse_int=str, parse_float=str, parse_constant=_no_json_number)
_CONTEXT_KEY = re.compile(r'(?<!\\)"@context"\s*:\s*')
_HIDDEN_LETTER = re.compile(rb"\\u00[4-7]")


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
