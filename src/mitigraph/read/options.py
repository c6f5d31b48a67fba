"""The options of a source, checked and typed once, however they were written in the mapping.

Their names and meanings are those of CSV on the Web's dialects (https://www.w3.org/TR/tabular-metadata/#dialect-descriptions)
where it has one; ``headerRowNumber``, ``transpose``, ``iterator`` and ``flatten`` are ours.

>>> Options.of({"delimiter": ";", "null": "n/a", "headerRowNumber": "2"}, "t.csv").header_row
2
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mitigraph.errors import InputError

__all__ = ["OPTIONS", "BadOptionError", "Options"]

_TEXT_TABLES = frozenset({"csv", "tsv"})
_SHEETS = frozenset({"xlsx"})
_TABLES = _TEXT_TABLES | _SHEETS
_TREES = frozenset({"json", "jsonl", "yaml"})
_TEXTS = _TEXT_TABLES | _TREES | {"page"}

OPTIONS: Mapping[str, frozenset[str]] = {
    "commentPrefix": _TEXT_TABLES,
    "delimiter": _TEXT_TABLES,
    "doubleQuote": _TEXT_TABLES,
    "encoding": _TEXTS,
    "flatten": _TREES,
    "header": _TABLES,
    "headerRowCount": _TABLES,
    "headerRowNumber": _TABLES,
    "iterator": _TREES | {"page"},
    "lineTerminators": _TEXT_TABLES,
    "null": _TABLES | _TREES,
    "quoteChar": _TEXT_TABLES,
    "range": _SHEETS,
    "sheet": _SHEETS,
    "skipBlankRows": _TEXT_TABLES,
    "skipColumns": _TABLES,
    "skipInitialSpace": _TEXT_TABLES,
    "skipRows": _TABLES,
    "transpose": _TABLES,
    "trim": _TABLES | _TREES,
}
"""Every option, and the formats for which it means something."""

TRUTH = {True: True, False: False, "true": True, "false": False}
LINE_TERMINATORS = ("\r\n", "\n", "\r")
ESCAPES = {"\\t": "\t", "\\r\\n": "\r\n", "\\n": "\n", "\\r": "\r"}
MOST_HEADER_ROWS = 9


class BadOptionError(InputError):
    """An option with a value that cannot be meant; ``key`` is its name, ``reason`` what it must be."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: option {key} {reason}")
        self.key, self.reason = key, reason


@dataclass(frozen=True, slots=True)
class Options:
    """What a mapping may say about a source.

    ``quote`` None: quotes mean nothing; ``double_quote`` False: a backslash stands before a quote within quotes;
    ``header_row``: the row in which the header begins, None: the first that is not blank; ``header_rows``: how many rows it
    has, 0: none, the columns are ``names`` or go by their places; ``trim`` None: as is usual for the format, ``trim_side``:
    at which end (``both``, ``start``, ``end``); ``flatten``: whether lists are taken apart where a path ends at one;
    ``sheet`` and ``range``: which sheet of a workbook, by name or number, and which of its cells.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = '"'
    double_quote: bool = True
    skip_initial_space: bool = False
    comment: str | None = None
    header_row: int | None = None
    header_rows: int = 1
    names: tuple[str, ...] = ()
    skip_rows: int = 0
    skip_columns: int = 0
    skip_blank_rows: bool = True
    null: frozenset[str] = frozenset()
    transpose: bool = False
    trim: bool | None = None
    trim_side: str = "both"
    iterator: str | None = None
    flatten: bool = True
    sheet: str | None = None
    range: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, object], file: str) -> Options:
        """Check the keys that readers know; others are the mapping's. BadOptionError: a value that cannot be meant."""
        reader = _Checked(given, file)
        reader.line_terminators()
        side = given["trim"] if given.get("trim") in ("start", "end") else None
        checked = cls(
            encoding=reader.text("encoding"),
            delimiter=reader.character("delimiter"),
            quote=reader.character("quoteChar") if "quoteChar" in given else '"',
            double_quote=reader.truth("doubleQuote") is not False,
            skip_initial_space=bool(reader.truth("skipInitialSpace")),
            comment=reader.character("commentPrefix"),
            header_row=reader.number("headerRowNumber", 1),
            header_rows=reader.header_rows(),
            names=tuple(reader.listed("columns")) if cls.headerless(given) else (),
            skip_rows=reader.number("skipRows", 0) or 0,
            skip_columns=reader.number("skipColumns", 0) or 0,
            skip_blank_rows=reader.truth("skipBlankRows") is not False,
            null=frozenset(token.strip() for token in reader.listed("null")),
            transpose=bool(reader.truth("transpose")),
            trim=True if side else reader.truth("trim", "true, false, start or end"),
            trim_side=str(side or "both"),
            iterator=reader.text("iterator"),
            flatten=reader.truth("flatten") is not False,
            sheet=reader.sheet(),
            range=reader.text("range"),
        )
        checked.refuse_contradictions(given, file)
        return checked

    @staticmethod
    def headerless(given: Mapping[str, object]) -> bool:
        """Whether options say that there is no header.

        >>> Options.headerless({"header": "false"}), Options.headerless({"skipRows": "1"})
        (True, False)
        """
        header, count = given.get("header"), given.get("headerRowCount")
        return (isinstance(header, bool | str) and TRUTH.get(header) is False) or count in (0, "0")

    def refuse_contradictions(self, given: Mapping[str, object], file: str) -> None:
        """BadOptionError: two options that cannot both be meant."""
        separators = {"delimiter": self.delimiter or ",", "quoteChar": self.quote, "commentPrefix": self.comment}
        for key, other in (("quoteChar", "delimiter"), ("commentPrefix", "delimiter"), ("commentPrefix", "quoteChar")):
            if separators[key] is not None and separators[key] == separators[other]:
                raise BadOptionError(file, key, f"is the same character as {other}")
        if self.header_rows == 0 and self.header_row is not None:
            raise BadOptionError(file, "headerRowNumber", "and no header contradict each other")
        if self.transpose and self.header_rows != 1:
            key = "headerRowCount" if "headerRowCount" in given else "header"
            raise BadOptionError(file, key, "means nothing for a transposed table, whose names stand in its first column")


class _Checked:
    def __init__(self, given: Mapping[str, object], file: str) -> None:
        self.given, self.file = given, file

    def wrong(self, key: str, wanted: str) -> BadOptionError:
        return BadOptionError(self.file, key, f"must be {wanted}, not {self.given[key]!r}")

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

    def truth(self, key: str, wanted: str = "true or false") -> bool | None:
        value = self.given.get(key)
        if value is None:
            return None
        if isinstance(value, bool | str) and value in TRUTH:
            return TRUTH[value]
        raise self.wrong(key, wanted)

    def listed(self, key: str) -> list[str]:
        value = self.given.get(key)
        if value is None:
            return []
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list | tuple | set | frozenset) and all(isinstance(one, str) for one in listed):
            return [str(one) for one in listed]
        raise self.wrong(key, "a text or a list of texts")

    def header_rows(self) -> int:
        header, count = self.truth("header"), self.number("headerRowCount", 0)
        if count is not None and header is not None and bool(count) != header:
            raise self.wrong("headerRowCount", "0 without a header" if not header else "1 or more with a header")
        if count is not None and count > MOST_HEADER_ROWS:
            raise self.wrong("headerRowCount", f"at most {MOST_HEADER_ROWS}")
        return count if count is not None else int(header is not False)

    def sheet(self) -> str | None:
        value = self.given.get("sheet")
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else self.text("sheet")

    def line_terminators(self) -> None:
        """All three that there are end a line, whichever of them are told."""
        if any(ESCAPES.get(one, one) not in LINE_TERMINATORS for one in self.listed("lineTerminators")):
            raise self.wrong("lineTerminators", 'among "\\r\\n", "\\n" and "\\r"')
