"""A new workbook of files that are none: a sheet for each, its cells as text, the bad ones marked."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from mitigraph.annotate.listing import WHERE, more
from mitigraph.annotate.notes import AUTHOR, COLOURS, COLUMNS, MOST_COMMENTS, MOST_ROWS, clipped, comment, row_of, severity_of
from mitigraph.finding import Finding
from mitigraph.read.lines import shown
from mitigraph.read.xlsx_rows import COLUMNS as MOST_COLUMNS
from mitigraph.read.xlsx_rows import LINES, letters, sheet_reference

__all__ = ["Table", "new_book", "sheet_names"]

MADE = datetime(2000, 1, 1)
"""The date in the workbook, always the same so that its bytes are."""

NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
LONGEST_NAME = 31
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}

Spot = tuple[int, int]


class Table(NamedTuple):
    """A sheet to be made: its name, its rows of texts, the findings of its cells (row and column from 0)."""

    name: str
    rows: Iterable[Sequence[str]]
    marks: Mapping[Spot, Sequence[Finding]]


def new_book(tables: Sequence[Table], findings: Sequence[Finding], listed: str) -> bytes:
    """The workbook; ``listed`` is the name of the sheet of all findings."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, OPTIONS)
    book.set_properties({"created": MADE})
    formats = {severity: book.add_format({"bg_color": f"#{colour}"}) for severity, colour in COLOURS.items()}
    links: dict[Finding, str] = {}
    for table in tables:
        sheet = book.add_worksheet(table.name)
        _fill(sheet, table, formats)
        for (row, column), found in table.marks.items():
            links.update(dict.fromkeys(found, sheet_reference(table.name, f"{letters(column)}{row + 1}")))
    _list(book.add_worksheet(listed), findings, links, formats)
    book.close()
    return stream.getvalue()


def sheet_names(files: Sequence[str]) -> dict[str, str]:
    """A name for the sheet of each file: as near to the file's own as a sheet's may be.

    >>> sheet_names(["a.csv", "b/a.csv", "Findings"])
    {'a.csv': 'a.csv', 'b/a.csv': 'b_a.csv', 'Findings': 'Findings (2)'}
    """
    names: dict[str, str] = {}
    taken = {"findings", "history"}
    for file in files:
        plain = NOT_IN_NAMES.sub("_", shown(file)).strip("'")[:LONGEST_NAME] or "data"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            ending = f" ({number})"
            name = plain[: LONGEST_NAME - len(ending)] + ending
        taken.add(name.casefold())
        names[file] = name
    return names


def _fill(sheet: Any, table: Table, formats: Mapping[str, Any]) -> None:
    marked = dict(sorted(table.marks.items()))
    commented = set(list(marked)[:MOST_COMMENTS])
    by_row: dict[int, list[int]] = {}
    for row, column in marked:
        by_row.setdefault(row, []).append(column)
    for row, texts in enumerate(_bounded(table.rows)):
        width = max([len(texts), *(column + 1 for column in by_row.get(row, ()))])
        for column in range(min(width, MOST_COLUMNS)):
            text = clipped(shown(texts[column])) if column < len(texts) else ""
            found = marked.get((row, column))
            cell_format = None if found is None else formats[severity_of(found)]
            if text:
                sheet.write_string(row, column, text, cell_format)
            elif cell_format is not None:
                sheet.write_blank(row, column, None, cell_format)
            if found is not None and (row, column) in commented:
                sheet.write_comment(row, column, comment(found), {"author": AUTHOR, "x_scale": 2, "y_scale": 1.5})
    sheet.freeze_panes(1, 0)


def _bounded(rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    """As many rows as a sheet takes; the last says that there are more."""
    for number, row in enumerate(rows, 1):
        if number == LINES:
            yield ["the rows from here on do not fit on a sheet"]
            return
        yield row


def _list(sheet: Any, findings: Sequence[Finding], links: Mapping[Finding, str], formats: Mapping[str, Any]) -> None:
    for at, (name, width) in enumerate(COLUMNS):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, name)
    for line, finding in enumerate(findings[:MOST_ROWS], 1):
        for at, text in enumerate(row_of(finding)):
            cell_format = formats.get(finding.severity) if at == 0 else None
            if at == WHERE and finding in links:
                sheet.write_url(line, at, f"internal:{links[finding]}", None, text)
            elif text:
                sheet.write_string(line, at, text, cell_format)
    if len(findings) > MOST_ROWS:
        sheet.write_string(MOST_ROWS + 1, 0, more(len(findings)))
    sheet.freeze_panes(1, 0)
