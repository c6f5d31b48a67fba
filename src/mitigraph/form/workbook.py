"""A workbook to fill in, made of a form: the table of entries with drop-downs and hints, the choices, and how to go about it.

All cells but those for numbers are text, so that ``1.10`` and ``3-5`` stay what they are. The same form gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import xlsxwriter

from mitigraph.form.fields import Field, Form
from mitigraph.form.words import explained, need, shape
from mitigraph.read.xlsx_rows import letters

__all__ = ["ENTRIES", "template"]

ENTRIES, CHOICES, HOW_TO = "Entries", "Choices", "How to"
MADE = datetime(1980, 1, 1)
"""The time that the file gives for its making: none, so that it is always the same."""
SHORT, LONG = 32, 255
"""Characters that a sheet shows of a title and of a message."""
WIDTHS = {"text": 40, "choice": 30, "integer": 12, "date": 22, "link": 36, "key": 24, "entry": 24}
COLOURS = {"Required": "#1F4E78", "Recommended": "#2E75B6", "Optional": "#7F7F7F"}
CHOICE_COLUMNS = (("Field", 18), ("Fill in", 48), ("Code", 20), ("Label", 44), ("Definition", 100))
FIELD_COLUMNS = (("Column", 18), ("Needed", 14), ("Meaning", 70), ("Form", 50), ("Example", 50))
STEPS = (
    'One row of the sheet "Entries" is one entry. Leave its first row as it is; rows may be as many as you need.',
    "Columns with a dark blue head are required; without those in lighter blue there is a warning; the grey ones are optional.",
    "Point at the head of a column to read what belongs into it. Drop-downs offer what is known; where several values are "
    'allowed, write them into the cell one after the other, separated by ";".',
    'The sheet "Choices" lists every value with its meaning. What stands under "Fill in" is what the cell should hold; a code or '
    "a label alone is understood too where it is clear.",
    "All cells but years are text, so that codes and page numbers stay as you write them.",
    "Save the file as .xlsx and check it with the command:    mitigraph validate {file}",
    'Every finding names its cell. Other sheets than "Entries" are not read.',
)

Cell = tuple[int, int]
Book = Any
Sheet = Any
"""The library has no types."""


def template(form: Form, file: str, rows: int, entry: Mapping[str, str]) -> bytes:
    """The workbook for a form. ``file``: what it will be called; ``rows``: how many have drop-downs; ``entry``: the first one.

    >>> from mitigraph.form.fields import Field
    >>> template(Form([Field("id", "Id", "A key.", kind="key")]), "new.xlsx", 10, {})[:2]
    b'PK'
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    book.set_properties({"title": "Entries of one's own", "created": MADE})
    entries, choices, how_to = (book.add_worksheet(name) for name in (ENTRIES, CHOICES, HOW_TO))
    ranges = _fill_choices(book, choices, form)
    _fill_entries(book, entries, form, rows, ranges)
    _fill_row(entries, form, entry)
    _fill_how_to(book, how_to, form, file)
    entries.activate()
    book.close()
    return stream.getvalue()


def _fill_entries(book: Book, sheet: Sheet, form: Form, rows: int, ranges: Mapping[str, str]) -> None:
    sheet.freeze_panes(1, 2)
    sheet.ignore_errors({"number_stored_as_text": f"A2:{letters(len(form.names) - 1)}{rows + 1}"})
    text = {"valign": "top", "text_wrap": True}
    formats = {"integer": book.add_format({**text, "num_format": "0"}), "": book.add_format({**text, "num_format": "@"})}
    heads = {word: book.add_format(_head(colour)) for word, colour in COLOURS.items()}
    for at, field in enumerate(form):
        sheet.set_column(at, at, WIDTHS[field.kind], formats.get(field.kind, formats[""]))
        sheet.write_string(0, at, field.name, heads[need(field)])
        comment = "\n".join([field.label, *explained(field)])
        height = 20 * (2 + comment.count("\n") + len(comment) // 45)
        sheet.write_comment(0, at, comment, {"author": "", "width": 320, "height": height})
        own = f"$A$2:$A${rows + 1}"
        sheet.data_validation(1, at, rows, at, {**_hint(field), **_rule(field, at, ranges.get(field.name), own)})


def _rule(field: Field, at: int, choices: str | None, own: str) -> dict[str, object]:
    """What a cell of the field is held against while it is typed; ``own`` is where the entries' keys are."""
    least, most = field.bounds
    if choices is not None:
        strict = not (field.several or field.is_open)
        return {"validate": "list", "source": choices, "show_error": strict, **_refusal("No such value", "Take one of the list.")}
    if field.kind == "integer" and least is not None and most is not None:
        limits = {"validate": "integer", "criteria": "between", "minimum": int(least), "maximum": int(most)}
        return {**limits, **_refusal("No such number", shape(field))}
    if field.kind == "entry":
        return {"validate": "list", "source": f"={own}", "show_error": False}
    if field.kind == "key" and at == 0:
        unique = {"validate": "custom", "value": f"=COUNTIF({own},A2)=1"}
        return {**unique, **_refusal("Already taken", "Another entry has this key; each needs its own.")}
    return {"validate": "any"}


def _refusal(title: str, message: str) -> dict[str, object]:
    return {"error_title": title, "error_message": message[:LONG]}


def _hint(field: Field) -> dict[str, object]:
    """What is shown beside a cell while it is filled in: as much as a sheet shows, whole lines of it."""
    lines = explained(field)
    while len("\n".join(lines)) > LONG and len(lines) > 1:
        lines.pop()
    return {"input_title": field.label[:SHORT], "input_message": "\n".join(lines)[:LONG]}


def _fill_row(sheet: Sheet, form: Form, entry: Mapping[str, str]) -> None:
    for at, field in enumerate(form):
        if value := entry.get(field.name):
            if field.kind == "integer":
                sheet.write_number(1, at, int(value))
            else:
                sheet.write_string(1, at, value)


def _fill_choices(book: Book, sheet: Sheet, form: Form) -> dict[str, str]:
    """Fill the sheet of choices; where in it each field's are, as a formula."""
    _begin(book, sheet, 0, CHOICE_COLUMNS)
    sheet.freeze_panes(1, 0)
    row, ranges = 1, {}
    for field in form:
        first = row
        for one in field.choices:
            for at, value in enumerate((field.name, one.text, one.code, one.label, one.definition)):
                sheet.write_string(row, at, value)
            row += 1
        if row > first:
            ranges[field.name] = f"='{CHOICES}'!$B${first + 1}:$B${row}"
    sheet.autofilter(0, 0, max(row - 1, 1), len(CHOICE_COLUMNS) - 1)
    return ranges


def _fill_how_to(book: Book, sheet: Sheet, form: Form, file: str) -> None:
    for row, step in enumerate(STEPS):
        sheet.write_string(row, 0, f"{row + 1}.  {step.format(file=file)}")
    first = len(STEPS) + 1
    _begin(book, sheet, first, FIELD_COLUMNS)
    for row, field in enumerate(form, first + 1):
        for at, value in enumerate((field.name, need(field), field.help, shape(field), field.example)):
            sheet.write_string(row, at, value)


def _begin(book: Book, sheet: Sheet, row: int, columns: tuple[tuple[str, int], ...]) -> None:
    """Headings and widths of a table; its cells are text."""
    head, text = book.add_format(_head(COLOURS["Required"])), book.add_format({"num_format": "@", "valign": "top"})
    for at, (name, width) in enumerate(columns):
        sheet.set_column(at, at, width, text)
        sheet.write_string(row, at, name, head)


def _head(colour: str) -> dict[str, object]:
    return {"bold": True, "font_color": "#FFFFFF", "bg_color": colour, "border": 1, "valign": "top", "num_format": "@"}
