"""Workbooks made for tests: by a library that knows how, or by hand where no library would write such a thing."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell

__all__ = ["by_hand", "made", "package", "parts", "twin", "zipped"]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def made(fill: Callable[[openpyxl.Workbook], object]) -> bytes:
    """A workbook that openpyxl writes after ``fill`` has filled it."""
    book = openpyxl.Workbook()
    fill(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def twin(file: Path, typed: Callable[[Cell, str], None] | None = None) -> bytes:
    """The workbook of a CSV file, all cells as text, or as ``typed`` sets them."""

    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        with file.open(newline="", encoding="utf-8-sig") as stream:
            for line, row in enumerate(csv.reader(stream), 1):
                for column, text in enumerate(row, 1):
                    if text:
                        cell = sheet.cell(line, column)
                        cell.value, cell.data_type = text, "s"
                        if typed is not None and line > 1:
                            typed(cell, text)

    return made(fill)


def package(rows: str, *, around: str = "", workbook: str = "", shared: str = "", styles: str = "") -> dict[str, bytes]:
    """The parts of a workbook of one sheet ``Data`` whose rows are given as XML."""
    texts = {
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}'
        '<sheets><sheet name="Data" sheetId="1" r:id="s1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="s1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="s2" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
        f'<Relationship Id="s3" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{around}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    return {name: text.encode() for name, text in texts.items()}


def by_hand(rows: str, *, around: str = "", workbook: str = "", shared: str = "", styles: str = "") -> bytes:
    """``package``, zipped; a header ``id | title`` stands in row 1 unless the rows say otherwise."""
    if not re.search(r'<row r="1"', rows):
        rows = head("id", "title") + rows
    return zipped(package(rows, around=around, workbook=workbook, shared=shared, styles=styles))


def head(*names: str) -> str:
    """A header in row 1."""
    cells = "".join(f'<c r="{"ABCDEF"[at]}1" t="inlineStr"><is><t>{name}</t></is></c>' for at, name in enumerate(names))
    return f'<row r="1">{cells}</row>'


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Parts as a ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of a ZIP archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
