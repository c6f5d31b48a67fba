"""From bytes to text: the encoding of a file, its lines, and a mark for every byte that does not belong to it.

>>> codec_of("\ufeffa".encode("utf-16-le"), "t.csv", None)
('utf-16-le', 2)
>>> unreadable_bytes(decoded(b"caf\\xe9", "utf-8", 0))
'0xE9'
"""

from __future__ import annotations

import codecs
import io
import re

from mitigraph.errors import InputError
from mitigraph.read.content import Content

__all__ = ["UNREADABLE", "codec_of", "decoded", "open_text", "shown", "unreadable_bytes"]

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WITHOUT_BOM = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}

TEXT_CODECS = re.compile(
    r"utf-(8|16|32)(-sig|-le|-be)?|ascii|iso8859-\d+|cp\d+|mac-\w+|koi8-\w|gb\w+|big5\w*|shift_jis\w*|euc_\w+"
)
"""Python has codecs that are no character sets (``rot13``, ``unicode_escape``, ``idna``); only these are taken."""

MARK = "mitigraph.unreadable"

UNREADABLE = re.compile("[\ud800-\udfff]")
"""What a byte that cannot be decoded turns into: U+DC00 plus the byte. No well-formed text has such characters."""


def codec_of(head: bytes, name: str, encoding: str | None) -> tuple[str, int]:
    """By the first bytes, the codec and the length of the byte order mark, which outranks ``encoding``.

    InputError: no such encoding.
    """
    for bom, codec in BOMS:
        if head.startswith(bom):
            return codec, len(bom)
    if encoding is None:
        return "utf-8", 0
    try:
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        codec = ""
    if not TEXT_CODECS.fullmatch(codec):
        raise InputError(f"{name}: unknown encoding {encoding!r}")
    return WITHOUT_BOM.get(codec, codec), 0


def open_text(content: Content, codec: str, start: int) -> io.TextIOWrapper:
    """The text as a stream of lines, ends kept (LF, CR LF or CR), unreadable bytes marked."""
    stream = content.open()
    stream.seek(start)
    return io.TextIOWrapper(stream, codec, errors=MARK, newline="")


def decoded(data: bytes, codec: str, start: int) -> str:
    """The whole text, unreadable bytes marked."""
    return codecs.decode(memoryview(data)[start:], codec, MARK)


def unreadable_bytes(text: str) -> str:
    """The first marked bytes of a text, in hexadecimal."""
    return " ".join(f"0x{ord(mark) & 0xFF:02X}" for mark in UNREADABLE.findall(text)[:4])


def shown(text: str) -> str:
    """A text that can be written out: U+FFFD for every mark and every lone surrogate."""
    return UNREADABLE.sub("�", text)


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(MARK, _mark)
