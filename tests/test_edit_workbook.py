"""Edits of workbooks: one cell's text changes, and of all other parts not a byte."""

from __future__ import annotations

import io
import random
import zipfile
from typing import Any

import openpyxl
import pytest
from book_strategies import TEXTS, books, calamine_values, holds_together, openpyxl_values, same_parts
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import by_hand, made, parts

from mitigraph.edit import Edit, Edited, Reading, diff, edited
from mitigraph.edit.xlsx import contents
from mitigraph.errors import MitigraphError
from mitigraph.finding import Place
from mitigraph.read.xlsx_rows import sheet_reference

READING = Reading("t.xlsx", "xlsx")


def at(cell: str, sheet: str = "Data") -> Place:
    return Place("t.xlsx", cell=sheet_reference(sheet, cell))


def changed(data: bytes, *edits: tuple[str, str, str]) -> Edited:
    return edited(data, READING, [Edit(at(cell), old, new) for cell, old, new in edits])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_only_the_edited_cells_of_a_workbook_change(data: st.DataObject) -> None:
    book = data.draw(books())
    values = openpyxl_values(book)
    texts = {key: value for key, value in values.items() if isinstance(value, str)}
    chosen = data.draw(st.lists(st.sampled_from(sorted(texts)), max_size=3, unique=True)) if texts else []
    wanted = {key: data.draw(TEXTS.filter(bool)) for key in chosen}
    done = edited(book, READING, [Edit(at(cell, sheet), texts[sheet, cell], new) for (sheet, cell), new in wanted.items()])
    assert done.refused == []
    holds_together(done.data)
    same_parts(book, done.data, {name for name in parts(book) if name.startswith("xl/worksheets/sheet")})
    assert openpyxl_values(done.data) == values | wanted
    before, after = calamine_values(book), calamine_values(done.data)
    for (sheet, cell), new in wanted.items():
        row, column = openpyxl.utils.cell.coordinate_to_tuple(cell)
        before[sheet][row - 1][column - 1] = new
    assert before == after
    held = contents(book, READING)
    told = {spot: text for spot, text in contents(done.data, READING).items() if held[spot] != text}
    assert sorted(map(str, told.values())) == sorted(new for key, new in wanted.items() if new != texts[key])
    assert diff(book, done.data, READING).count("→") == len(told)


def rich(text: str) -> bytes:
    return by_hand('<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>1</v></c></row>', shared=f"<si><t>z</t></si>{text}")


def test_formatted_text_keeps_its_formats() -> None:
    data = rich(
        '<si><r><rPr><b/></rPr><t>bold </t></r><r><t xml:space="preserve">Develper</t></r><rPh sb="0" eb="1"><t>p</t></rPh></si>'
    )
    done = changed(data, ("A2", "Develper", "Developer"))
    sheet = parts(done.data)["xl/worksheets/sheet1.xml"].decode()
    assert '<is><r><rPr><b/></rPr><t>bold </t></r><r><t xml:space="preserve">Developer</t></r></is>' in sheet
    assert parts(done.data)["xl/sharedStrings.xml"] == parts(data)["xl/sharedStrings.xml"]
    assert '<c r="B2" t="s"><v>1</v></c>' in sheet
    assert changed(data, ("A2", "bold Develper", "x")).refused[0][1] == "parts of the value are formatted differently"


@pytest.mark.parametrize(
    ("rows", "cell", "old", "reason"),
    [
        ('<row r="2"><c r="A2" t="str"><f>B2</f><v>x</v></c></row>', "A2", "x", "formula"),
        ('<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>', "A2", "#N/A", "no value"),
        ('<row r="2"><c r="A2" t="inlineStr" vm="1"><is><t>x</t></is></c></row>', "A2", "x", "more than a text"),
        ('<row r="2"><c r="A2"><v>1</v></c></row>', "B2", "x", "no such cell"),
        ('<row r="2"><c r="A2"><v>1</v></c></row>', "A2:B3", "x", "no single cell"),
        ('<row r="2"><c r="A2"><v>1</v></c></row>', "2:2", "x", "no single cell"),
    ],
)
def test_an_edit_that_is_not_sure_is_refused(rows: str, cell: str, old: str, reason: str) -> None:
    data = by_hand(rows)
    done = changed(data, (cell, old, "y"))
    assert done.data == data
    assert reason in done.refused[0][1]


def test_the_header_of_a_table_is_left_alone() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.title = "Data"
        for row in (("id", "actr"), ("1", "x")):
            book.active.append(row)
        book.active.add_table(openpyxl.worksheet.table.Table(displayName="T", ref="A1:B2"))

    data = made(fill)
    done = changed(data, ("B1", "actr", "actor"), ("B2", "x", "y"))
    assert "header of a table" in done.refused[0][1]
    assert openpyxl_values(done.data)["Data", "B2"] == "y"


def test_cells_keep_their_formats_and_numbers_become_texts() -> None:
    styles = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="2"/></cellXfs>'
    data = by_hand('<row r="2"><c r="A2" s="1"><v>1.1</v></c><c t="b"><v>1</v></c></row>', styles=styles)
    done = changed(data, ("A2", "1.10", "1.2"), ("B2", "true", "yes"))
    sheet = parts(done.data)["xl/worksheets/sheet1.xml"]
    assert b'<c r="A2" s="1" t="inlineStr"><is><t xml:space="preserve">1.2</t></is></c>' in sheet
    assert b'<c t="inlineStr"><is><t xml:space="preserve">yes</t></is></c>' in sheet


def test_characters_that_xml_cannot_say_are_escaped() -> None:
    done = changed(rich("<si><t>x</t></si>"), ("A2", "x", "a\x1f_x000D_<"))
    assert contents(done.data, READING) | {} == contents(done.data, READING)
    assert "a\x1f_x000D_<" in contents(done.data, READING).values()
    assert changed(done.data, ("A2", "_x000D_", "b")).changes == [("a\x1f_x000D_<", "a\x1fb<")]


def test_prefixes_are_those_of_the_sheet() -> None:
    known = parts(by_hand('<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c></row>'))
    sheet = known["xl/worksheets/sheet1.xml"].decode()
    prefixed = sheet.replace("</", "\0").replace("<", "<m:").replace("\0", "</m:").replace("xmlns=", "xmlns:m=")
    known["xl/worksheets/sheet1.xml"] = prefixed.encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in known.items():
            archive.writestr(name, content)
    done = changed(stream.getvalue(), ("A2", "x", "y"))
    assert done.refused == []
    assert (
        b'<m:c r="A2" t="inlineStr"><m:is><m:t xml:space="preserve">y</m:t></m:is></m:c>'
        in parts(done.data)["xl/worksheets/sheet1.xml"]
    )


def test_archives_of_any_kind_stay_as_they_are() -> None:
    known = parts(rich("<si><t>x</t></si>"))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.comment = b"mine"
        for number, (name, content) in enumerate(known.items()):
            entry = zipfile.ZipInfo(name, (2001 + number, 2, 3, 4, 5, 6))
            entry.compress_type, entry.comment, entry.extra = (8 if number % 2 else 0), b"of it", b"\xfe\xca\x02\0ab"
            archive.writestr(entry, content)
        with archive.open(zipfile.ZipInfo("xl/large.bin"), "w", force_zip64=True) as large:
            large.write(b"large")
    done = changed(stream.getvalue(), ("A2", "x", "y"))
    assert done.refused == []
    holds_together_but_for_types(done.data)
    same_parts(stream.getvalue(), done.data, {"xl/worksheets/sheet1.xml"})
    with zipfile.ZipFile(io.BytesIO(done.data)) as archive:
        assert archive.read("xl/large.bin") == b"large"
        assert all(entry.extra == b"\xfe\xca\x02\0ab" for entry in archive.infolist() if entry.filename != "xl/large.bin")


class _Pipe(io.RawIOBase):
    """A place to write that has no way back, as that of a server's answer."""

    def __init__(self) -> None:
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.written += bytes(data)
        return len(data)


def test_archives_that_were_written_without_looking_back() -> None:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(rich("<si><t>x</t></si>")).items():
            archive.writestr(name, content)
    done = changed(pipe.written, ("A2", "x", "y"))
    assert done.refused == []
    holds_together_but_for_types(done.data)
    same_parts(pipe.written, done.data, {"xl/worksheets/sheet1.xml"})
    assert "y" in contents(done.data, READING).values()


def holds_together_but_for_types(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None


def test_archives_in_front_of_which_something_stands_are_refused() -> None:
    data = b"before" + rich("<si><t>x</t></si>")
    with pytest.raises(MitigraphError):
        changed(data, ("A2", "x", "y"))


@pytest.mark.parametrize("seed", range(200))
def test_spoilt_workbooks_are_edited_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(rich("<si><t>x</t></si>"))
    for _ in range(chance.randint(1, 4)):
        spoil: Any = chance.choice([_flip, _cut, _double])
        spoil(data, chance)
    try:
        done = changed(bytes(data), ("A2", "x", "y"), ("B2", "z", "y"))
    except MitigraphError:
        return
    assert isinstance(done.data, bytes)


def _flip(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.randint(1, 20)]


def _double(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    data[start:start] = data[start : start + chance.randint(1, 50)]
