"""Workbooks (Office Open XML, ``.xlsx`` and ``.xlsm``) as tables: one sheet, read row by row as it is unpacked.

A sheet says what its CSV export would say, and besides what the export would hide: errors, formulas nobody has calculated,
merged and hidden cells. Only Python's own libraries take part: a hostile workbook costs neither memory nor the process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read.content import Content
from mitigraph.read.options import Options
from mitigraph.read.xlsx_book import Sheet, Workbook
from mitigraph.read.xlsx_sheet import NoHeaderError, SheetSource, SheetText
from mitigraph.read.xlsx_transposed import TransposedSheet
from mitigraph.record import RecordSource

__all__ = ["open_workbook"]

Opened = SheetSource | TransposedSheet


def open_workbook(content: Content, name: str, options: Options, given: Mapping[str, object]) -> RecordSource:
    """The sheet that ``options`` name; else the first visible one that has the ``columns`` given, or else any data.

    InputError: no workbook, or one that is broken, protected or too large; no such sheet; no sheet with data.
    """
    book = _book(content, name)
    if options.sheet is not None:
        return _opened(book, _named(book, options.sheet), options)
    columns = given.get("columns") or ()
    wanted = set(columns if isinstance(columns, Sequence) and not isinstance(columns, str) else ())
    opened = [source for sheet in book.sheets if (source := _with_data(book, sheet, options)) is not None]
    visible = [source for source in opened if source.sheet.visible]
    if not visible:
        hidden = "; one that is hidden can be named with the option sheet" if opened else ""
        raise InputError(f"{name}: no visible sheet of the workbook has a header row{hidden}")
    chosen = next((source for source in visible if wanted.issubset(source.columns or ())), visible[0])
    chosen.findings[:0] = _left_out(chosen, opened)
    return chosen


def _book(content: Content, name: str) -> Workbook:
    """The workbook, taken apart once however many mappings it is held against."""
    kept = content.kept.get(Workbook)
    if not isinstance(kept, Workbook) or kept.name != name:
        content.kept[Workbook] = kept = Workbook(content, name)
    return kept


def _named(book: Workbook, wanted: str) -> Sheet:
    """The sheet of a name, else of a number among the tabs that are seen. InputError: there is none."""
    visible = [sheet for sheet in book.sheets if sheet.visible]
    for found in (
        [sheet for sheet in book.sheets if sheet.name == wanted],
        [sheet for sheet in book.sheets if sheet.name.casefold() == wanted.strip().casefold()],
        visible[int(wanted) - 1 : int(wanted)]
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 and int(wanted)
        else [],
    ):
        if found:
            return found[0]
    names = ", ".join(repr(sheet.name) for sheet in book.sheets)
    raise InputError(f"{book.name}: no sheet {wanted!r}; there are {names}")


def _opened(book: Workbook, sheet: Sheet, options: Options) -> Opened:
    text = SheetText(book, sheet, options)
    return TransposedSheet(text) if options.transpose else SheetSource(text)


def _with_data(book: Workbook, sheet: Sheet, options: Options) -> Opened | None:
    try:
        return _opened(book, sheet, options)
    except NoHeaderError:
        return None


def _left_out(chosen: Opened, opened: Sequence[Opened]) -> list[Finding]:
    """What is said of sheets that hold data and are not read: more loudly where they look like the one that is."""
    others = [source for source in opened if source is not chosen]
    alike = [one for one in others if one.sheet.visible and one.columns == chosen.columns]
    kinds = (
        ("warning", "other-sheets", "sheets with the same columns are not read", alike),
        ("info", "other-sheets", "other sheets are not read", [one for one in others if one.sheet.visible and one not in alike]),
        ("info", "hidden-sheets", "hidden sheets are not read", [one for one in others if not one.sheet.visible]),
    )
    return [
        Finding(severity, code, f"{message}; read is {chosen.sheet.name!r}", Place(chosen.name), value=names)
        for severity, code, message, found in kinds
        if (names := ", ".join(one.sheet.name for one in found))
    ]
