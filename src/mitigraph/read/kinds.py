"""Files that are not what they are called: told by their first bytes, before a reader makes nonsense of them.

>>> refuse_wrong_kind(b"PK\\x03\\x04...", "risks.csv")
Traceback (most recent call last):
mitigraph.errors.InputError: risks.csv: this is a ZIP archive or an Excel workbook, not text
"""

from __future__ import annotations

import codecs

from mitigraph.errors import InputError

__all__ = ["SAMPLE", "kind_of", "refuse_wrong_kind"]

MAGIC = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet table"),
)
MARKUP = ((b"<!doctype html", "an HTML page"), (b"<html", "an HTML page"), (b"<?xml", "an XML document"))
WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
SAMPLE = 1 << 16
"""Of how many first bytes a kind is told."""

NUL_SHARE = 0.3
"""Latin text in UTF-16 is half NULs; a table with some stray NULs is far below this."""


def kind_of(data: bytes) -> str | None:
    """What the first bytes of a file show it to be, if they do.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"id,title")
    ('a PDF', None)
    """
    beginning = data[:64].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    found = [kind for magic, kind in MAGIC if data.startswith(magic)]
    found += [kind for magic, kind in MARKUP if beginning.startswith(magic)]
    return found[0] if found else None


def refuse_wrong_kind(data: bytes, name: str, encoding: str | None = None) -> None:
    """Do nothing for text. InputError: an archive, an image, a page, … or mostly NULs without a declared encoding."""
    kind = kind_of(data)
    if kind is not None:
        raise InputError(f"{name}: this is {kind}{'' if kind in dict(MARKUP).values() else ', not text'}")
    if encoding is None and not data.startswith(WIDE_BOMS):
        sample = data[:SAMPLE]
        if sample.count(0) > NUL_SHARE * len(sample):
            hint = "or UTF-16 without a byte order mark (then say encoding: utf-16)"
            raise InputError(f"{name}: this is binary data, {hint}")
