"""The options of a source, checked and typed once, however they were written in the mapping.

>>> Options.of({"delimiter": ";", "null": "n/a", "headerRowNumber": "2"}, "t.csv").header_row
2
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mitigraph.errors import InputError

__all__ = ["Options"]

TRUTH = {True: True, False: False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Options:
    """What a mapping may say about a source, named after CSV on the Web.

    ``quote`` None: quotes mean nothing; ``trim`` None: as is usual for the format.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = '"'
    header_row: int | None = None
    skip_rows: int = 0
    null: frozenset[str] = frozenset()
    transpose: bool = False
    trim: bool | None = None
    iterator: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, object], file: str) -> Options:
        """Check the keys that readers know; others are the mapping's. InputError: a value that cannot be meant."""
        reader = _Checked(given, file)
        checked = cls(
            encoding=reader.text("encoding"),
            delimiter=reader.character("delimiter"),
            quote=reader.character("quoteChar") if "quoteChar" in given else '"',
            header_row=reader.number("headerRowNumber", 1),
            skip_rows=reader.number("skipRows", 0) or 0,
            null=reader.tokens("null"),
            transpose=bool(reader.truth("transpose")),
            trim=reader.truth("trim"),
            iterator=reader.text("iterator"),
        )
        if checked.quote is not None and checked.quote == (checked.delimiter or ","):
            raise InputError(f"{file}: options delimiter and quoteChar are the same character")
        return checked


class _Checked:
    def __init__(self, given: Mapping[str, object], file: str) -> None:
        self.given, self.file = given, file

    def wrong(self, key: str, wanted: str) -> InputError:
        return InputError(f"{self.file}: option {key} must be {wanted}, not {self.given[key]!r}")

    def text(self, key: str) -> str | None:
        value = self.given.get(key)
        if value is None or isinstance(value, str):
            return value
        raise self.wrong(key, "a text")

    def character(self, key: str) -> str | None:
        value = self.text(key) or None
        if value == "\\t":
            return "\t"
        if value is not None and (len(value) != 1 or value in "\r\n\0" or "\ud800" <= value <= "\udfff"):
            raise self.wrong(key, "one character")
        return value

    def number(self, key: str, least: int) -> int | None:
        value = self.given.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        raise self.wrong(key, f"a whole number from {least}")

    def truth(self, key: str) -> bool | None:
        value = self.given.get(key)
        if value is None:
            return None
        if isinstance(value, bool | str) and value in TRUTH:
            return TRUTH[value]
        raise self.wrong(key, "true or false")

    def tokens(self, key: str) -> frozenset[str]:
        value = self.given.get(key)
        if value is None:
            return frozenset()
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list | tuple | set | frozenset) and all(isinstance(token, str) for token in listed):
            return frozenset(token.strip() for token in listed)
        raise self.wrong(key, "a text or a list of texts")
