"""Random workbooks, with all that a spreadsheet program puts beside cells; and what must hold of one that was changed."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import openpyxl
import python_calamine
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from workbooks import made, parts

__all__ = ["TEXTS", "books", "calamine_values", "holds_together", "opened", "openpyxl_values", "same_parts"]

TEXTS = st.text("ab <&>\"';,=+-@é中😀\t_x000D_", max_size=10).map(str.strip)
VALUES = st.one_of(TEXTS, st.integers(-5, 10**6), st.floats(-10, 10, allow_nan=False), st.booleans())
NAMES = st.sampled_from(["Data", "Bob's list", "Ä & B", "2024", "A1"])


@st.composite
def books(draw: st.DrawFn) -> bytes:
    """A workbook."""
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))

    def fill(book: openpyxl.Workbook) -> None:
        book.remove(book.active)
        for name in names:
            sheet = book.create_sheet(name)
            for row in range(1, draw(st.integers(1, 5)) + 1):
                for column in range(1, draw(st.integers(1, 4)) + 1):
                    value = draw(VALUES)
                    if value == "":
                        continue
                    cell = sheet.cell(row, column)
                    cell.value = value
                    if isinstance(value, str):
                        cell.data_type = "s"
                    _dress(draw, cell)
            if draw(st.booleans()):
                sheet.conditional_formatting.add("A1:B9", openpyxl.formatting.rule.CellIsRule("equal", ["1"]))
                sheet.merge_cells("F1:G2")
                sheet.column_dimensions["C"].fill = PatternFill("solid", "FF00FF00")

    return made(fill)


def _dress(draw: st.DrawFn, cell: Any) -> None:
    kind = draw(st.sampled_from(["", "", "bold", "comment", "fill"]))
    if kind == "bold":
        cell.font = Font(bold=True)
    elif kind == "fill":
        cell.fill = PatternFill("solid", "FF0000FF")
    elif kind == "comment":
        cell.comment = Comment("of the user", "them")


@lru_cache(maxsize=4)
def opened(data: bytes) -> openpyxl.Workbook:
    """A workbook as another program has it, to be looked at only."""
    return openpyxl.load_workbook(io.BytesIO(data))


def openpyxl_values(data: bytes) -> dict[tuple[str, str], Any]:
    """The values of a workbook by sheet and cell."""
    cells = (cell for sheet in opened(data).worksheets for row in sheet.iter_rows() for cell in row)
    return {(cell.parent.title, cell.coordinate): cell.value for cell in cells if cell.value is not None}


def calamine_values(data: bytes) -> dict[str, list[list[Any]]]:
    """The values of a workbook by sheet, as another reader has them."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def same_parts(before: bytes, after: bytes, but: set[str]) -> None:
    """All members are as they were, but for some, and in their order; others may have come after them."""
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        for one, other in zip(old.infolist(), new.infolist(), strict=False):
            assert one.filename == other.filename
            for name in ("date_time", "compress_type", "comment", "create_system", "external_attr", "internal_attr"):
                assert getattr(one, name) == getattr(other, name)
            if one.filename not in but:
                assert _member(before, one) == _member(after, other), one.filename
        assert old.comment == new.comment


def _member(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """A member as it stands in the archive, its own head in front of it."""
    at = entry.header_offset
    return data[at : at + 30 + sum(struct.unpack_from("<HH", data, at + 26)) + entry.compress_size]


def holds_together(data: bytes) -> None:
    """A package: every checksum is right, every relation leads to a part, every part has a type, every reference a relation."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(set(archive.namelist()))
    known = parts(data)
    types = known["[Content_Types].xml"].decode()
    extensions = {one.lower() for one in re.findall(r"""<(?:\w+:)?Default[^>]*?Extension=["'](\w+)""", types)}
    named = set(re.findall(r"""<(?:\w+:)?Override[^>]*?PartName=["']/([^"']+)""", types))
    assert named <= set(known)
    for name in known:
        assert name == "[Content_Types].xml" or name in named or name.rpartition(".")[2].lower() in extensions, name
    for name in known:
        if not name.endswith(".rels"):
            continue
        folder, base = posixpath.split(name)
        text = known[name].decode()
        tags = re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", text)
        ids = [re.search(r"""\sId=["']([^"']+)""", tag)[1] for tag in tags]  # type: ignore[index]
        assert len(ids) == len(set(ids))
        for tag in tags:
            if "External" not in tag:
                target = unquote(re.search(r"""Target=["']([^"']+)""", tag)[1])  # type: ignore[index]
                path = posixpath.normpath(posixpath.join("/", posixpath.dirname(folder), target)).lstrip("/")
                assert path in known, (name, target)
        owner = posixpath.join(posixpath.dirname(folder), base.removesuffix(".rels"))
        if owner in known and owner.endswith(".xml"):
            assert set(re.findall(r"""\br:id=["']([^"']+)""", known[owner].decode())) <= set(ids)
