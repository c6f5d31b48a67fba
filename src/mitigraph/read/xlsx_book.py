"""A workbook: its sheets by name, and what their cells refer to. Macros, links and all else in it are left alone."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property

from mitigraph.errors import InputError
from mitigraph.read import limits
from mitigraph.read.content import Content
from mitigraph.read.xlsx_package import Attributes, Package, elements, parse_part, refuse_depth
from mitigraph.read.xlsx_rows import Layout, Row, read_rows
from mitigraph.read.xlsx_values import BUILT_IN_FORMATS, DAYS_FROM_1900, DAYS_FROM_1904, Values, format_of, unescaped

__all__ = ["Sheet", "Workbook"]

TRUE = ("1", "true", "on")


@dataclass(frozen=True)
class Sheet:
    """A sheet that holds cells. ``part`` is where in the package they are; ``visible`` as its tab is."""

    name: str
    part: str
    visible: bool


class Workbook:
    """InputError: no workbook, or one that is broken or refused (``Package``)."""

    def __init__(self, content: Content, name: str) -> None:
        self.name = name
        self.package = Package(content, name)
        self._main = self.package.workbook()
        self._related = self.package.related(self._main)
        self._counts_from_1904 = self.is_stale = False
        self.sheets: list[Sheet] = []
        for above, element, told in elements(self.package, self._main):
            if above == "sheets" and element == "sheet":
                self._add(told)
            elif element == "workbookPr":
                self._counts_from_1904 = told.get("date1904") in TRUE
            elif element == "calcPr":
                self.is_stale = told.get("fullCalcOnLoad") in TRUE
        if not self.sheets:
            raise InputError(f"{name}: the workbook has no sheet with cells")

    def rows(self, sheet: Sheet, layout: Layout) -> Generator[Row, None, None]:
        """The rows of a sheet, streamed; ``layout`` fills on the way."""
        return read_rows(self.package.pieces(sheet.part), f"{self.name}: sheet {sheet.name!r}", layout)

    @cached_property
    def values(self) -> Values:
        """How cells are turned into text; the shared texts are read when they are first needed."""
        return Values(self._shared(), self._formats(), DAYS_FROM_1904 if self._counts_from_1904 else DAYS_FROM_1900)

    @cached_property
    def is_unstyled(self) -> bool:
        """Whether the part is missing that says which numbers are dates."""
        return self._part("styles") is None

    def _add(self, told: Attributes) -> None:
        kind, part = self._related.get(told.get("id", ""), ("", ""))
        name = unescaped(told.get("name", ""))
        if kind == "worksheet":
            self.sheets.append(Sheet(name, part, told.get("state", "visible") == "visible"))
        elif not kind:
            raise InputError(f"{self.name}: the workbook lacks the part of its sheet {name!r}")

    def _part(self, kind: str) -> str | None:
        return next((part for one, part in self._related.values() if one == kind and part in self.package), None)

    def _formats(self) -> list[str]:
        """What number format each cell format has, by its number: its kind, or the digits it shows."""
        part = self._part("styles")
        kinds, formats = list[str](), {str(number): kind for number, kind in BUILT_IN_FORMATS.items()}
        for above, element, told in elements(self.package, part) if part else ():
            if element == "numFmt" and above == "numFmts":
                formats[told.get("numFmtId", "")] = format_of(told.get("formatCode", ""))
            elif element == "xf" and above == "cellXfs":
                kinds.append(formats.get(told.get("numFmtId", ""), "number"))
        return kinds

    def _shared(self) -> list[str]:
        part = self._part("sharedStrings")
        if part is None:
            return []
        what = f"{self.name}: the part {part}"
        reading = _SharedTexts(what)
        for _ in parse_part(self.package.pieces(part), what, reading):
            pass
        return reading.found


class _SharedTexts:
    """Handlers for the shared texts: runs of rich text are joined, phonetic ones left out."""

    def __init__(self, what: str) -> None:
        self.found: list[str] = []
        self._what, self._depth = what, 0
        self._parts: list[str] = []
        self._takes = self._phonetic = False

    def start(self, name: str, told: Attributes) -> None:
        self._depth += 1
        refuse_depth(self._depth, self._what)
        local = name.rpartition(":")[2]
        if local == "t":
            self._takes = not self._phonetic
        elif local == "rPh":
            self._phonetic = True

    def text(self, text: str) -> None:
        if self._takes:
            self._parts.append(text)

    def end(self, name: str) -> None:
        self._depth -= 1
        local = name.rpartition(":")[2]
        if local == "t":
            self._takes = False
        elif local == "si":
            self.found.append(unescaped("".join(self._parts)))
            self._parts = []
            if len(self.found) > limits.ROWS:
                raise InputError(f"{self._what} holds more than {limits.ROWS:,} texts")
        elif local == "rPh":
            self._phonetic = False
