"""Annotated spreadsheets: a colour and a comment in exactly the cells of the findings; nothing is lost of the user's workbook."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from book_strategies import books, calamine_values, holds_together, opened, openpyxl_values, same_parts
from hypothesis import given, settings
from hypothesis import strategies as st
from mutation import GOOD, Good, mutant
from running import run
from workbooks import by_hand, made, parts, twin

from mitigraph.annotate import annotated, refuse_suffix
from mitigraph.annotate.book import annotated_book
from mitigraph.annotate.comments import drawing_part
from mitigraph.annotate.flat import flat_tree
from mitigraph.annotate.notes import COLOURS, LONGEST, comment
from mitigraph.annotate.tables import Table, new_book
from mitigraph.edit import Reading
from mitigraph.edit.xlsx import contents
from mitigraph.errors import MitigraphError, UsageError
from mitigraph.finding import Finding, Place
from mitigraph.knowledge import Knowledge
from mitigraph.pipeline import read_dataset
from mitigraph.read.xlsx_rows import sheet_reference

COLOUR = {severity: f"FF{colour}" for severity, colour in COLOURS.items()}
SPOILT = 200
known = cache(Knowledge)
TABLE = "id,title,actor\nx-1,=1+2,Develper\nx-2,,\nx-3,y\n"


def finding(cell: str, severity: str = "violation", sheet: str = "Data", **told: Any) -> Finding:
    place = Place("t.xlsx", cell=sheet_reference(sheet, cell))
    return Finding(severity, "some-code", told.pop("message", "it is wrong"), place, **told)


def noted(data: bytes, is_listed: bool = True) -> dict[tuple[str, str], tuple[str, str]]:
    """The colour and the comment of each cell that has either, but for those of the list, if there is one."""
    sheets = opened(data).worksheets
    cells = (cell for sheet in sheets[: len(sheets) - is_listed] for row in sheet.iter_rows() for cell in row)
    return {
        (cell.parent.title, cell.coordinate): (
            cell.fill.fgColor.rgb if cell.fill.fill_type else "",
            cell.comment.text if cell.comment else "",
        )
        for cell in cells
        if cell.comment or cell.fill.fill_type
    }


# -- a workbook that is patched ------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_exactly_the_cells_of_findings_are_marked(data: st.DataObject) -> None:
    book = data.draw(books())
    sheets = opened(book).sheetnames
    cells = st.sampled_from(["A1", "B2", "C3", "A7", "H2", "AA30", "D1"])
    found = data.draw(
        st.lists(
            st.builds(
                lambda sheet, cell, severity, message: finding(cell, severity, sheet, message=message, value="v"),
                st.sampled_from(sheets),
                cells,
                st.sampled_from(sorted(COLOURS)),
                st.text("ab<&\x1b\n'é😀", max_size=5),
            ),
            max_size=6,
        )
    )
    after = annotated_book(book, "t.xlsx", found)
    assert after == annotated_book(book, "t.xlsx", found)
    holds_together(after)
    there = set(parts(book))
    touched = {name for name in there if re.match(r"xl/(worksheets/|comments|drawings/|styles|workbook)|\[Content", name)}
    touched |= {name for name in there if name.endswith(".rels") or "comment" in name}
    same_parts(book, after, touched)
    _same_values(book, after)
    before, marks = noted(book, is_listed=False), noted(after)
    by_cell: dict[tuple[str, str], list[Finding]] = {}
    for one in found:
        sheet = next(name for name in sheets if one.place.cell and one.place.cell.startswith(sheet_reference(name, "")))
        by_cell.setdefault((sheet, str(one.place.cell).rpartition("!")[2]), []).append(one)
    assert set(marks) == set(before) | set(by_cell)
    for key, (colour, text) in marks.items():
        ours = comment(by_cell[key]) if key in by_cell else ""
        old_colour, old_text = before.get(key, ("", ""))
        gravest = max((one.severity for one in by_cell.get(key, [])), key=["info", "warning", "violation"].index, default="")
        assert colour == (COLOUR[gravest] if gravest else old_colour)
        assert text == "\n\n".join(filter(None, (old_text, ours)))


def _same_values(before: bytes, after: bytes) -> None:
    listed = opened(after).sheetnames[-1]
    assert listed.startswith("Findings")
    kept = {key: value for key, value in openpyxl_values(after).items() if key[0] != listed}
    assert kept == openpyxl_values(before)
    ours = {spot: text for spot, text in contents(after, Reading("t.xlsx", "xlsx")).items() if spot[0] != listed}  # type: ignore[index]
    assert ours == contents(before, Reading("t.xlsx", "xlsx"))
    told = calamine_values(after)
    del told[listed]
    assert {name: _trimmed(rows) for name, rows in told.items()} == {
        name: _trimmed(rows) for name, rows in calamine_values(before).items()
    }


def _trimmed(rows: Any) -> list[list[Any]]:
    """Rows without what is empty at their ends: a cell that only has a colour makes a sheet larger."""
    cut: list[list[Any]] = [row[: 1 + max((at for at, value in enumerate(row) if value != ""), default=-1)] for row in rows]
    return cut[: 1 + max((at for at, row in enumerate(cut) if row), default=-1)]


@pytest.fixture(scope="module")
def dressed() -> bytes:
    """A workbook with most of what a spreadsheet program can put in one."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet, other = book.add_worksheet("Data"), book.add_worksheet("Bob's list")
    bold = book.add_format({"bold": True, "num_format": "0.00", "border": 1})
    rows: list[list[Any]] = [["id", "actor"], ["x-1", "Develper"], ["x-2", 1.1]]
    for row, line in enumerate(rows):
        for column, value in enumerate(line):
            sheet.write(row, column, value, bold)
    sheet.write_comment("A2", "of the user", {"author": "them"})
    sheet.add_table("D1:E3", {"columns": [{"header": "k"}, {"header": "n"}]})
    sheet.conditional_format("A1:B3", {"type": "cell", "criteria": ">", "value": 1, "format": bold})
    sheet.data_validation("B2", {"validate": "list", "source": ["Developer"]})
    sheet.write_formula("F2", "=1+2", None, 3)
    sheet.write_url("F3", "https://example.org/")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Data!$B$2:$B$3"})
    sheet.insert_chart("H2", chart)
    other.set_column("C:C", 20, bold)
    other.set_row(4, 20, bold)
    other.insert_image("A1", "dot.png", {"image_data": io.BytesIO(_png())})
    other.set_header("&L&G", {"image_left": "dot.png", "image_data_left": io.BytesIO(_png())})
    book.define_name("mine", "=Data!$A$1")
    book.close()
    known = parts(stream.getvalue())
    known["xl/vbaProject.bin"] = b"macros"
    known["xl/pivotCache/pivotCacheDefinition1.xml"] = b"<pivotCacheDefinition/>"
    types = known["[Content_Types].xml"].replace(b"</Types>", b'<Default Extension="bin" ContentType="application/x"/></Types>')
    known["[Content_Types].xml"] = types
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in known.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _png() -> bytes:
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde"
    return head + b"\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82"


def test_nothing_is_lost_of_a_workbook(dressed: bytes) -> None:
    found = [
        finding("A2", "info"),
        finding("B2"),
        finding("C9", "warning"),
        finding("C9", sheet="Bob's list"),
        finding("D5", sheet="Bob's list"),
    ]
    after = annotated_book(dressed, "t.xlsx", found)
    holds_together(after)
    touched = {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
    }
    touched |= {"xl/worksheets/sheet2.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"}
    same_parts(dressed, after, touched | {"xl/worksheets/_rels/sheet2.xml.rels"})
    _same_values(dressed, after)
    assert noted(after)["Data", "A2"] == (COLOUR["info"], "of the user\n\n" + comment(found[:1]))
    assert [key for key in noted(after) if key[0] != "Data"] == [("Bob's list", "D5"), ("Bob's list", "C9")]
    drawing = parts(after)["xl/drawings/vmlDrawing1.vml"].decode()
    assert drawing.startswith(parts(dressed)["xl/drawings/vmlDrawing1.vml"].decode().removesuffix("</xml>"))
    assert drawing.count("ObjectType") == 3
    sheet = parts(after)["xl/worksheets/sheet2.xml"].decode()
    assert sheet.index("<drawing ") < sheet.index("<legacyDrawing ") < sheet.index("<legacyDrawingHF ")


def test_formats_are_kept_but_for_the_colour(dressed: bytes) -> None:
    after = annotated_book(
        dressed, "t.xlsx", [finding("B3"), finding("C9", sheet="Bob's list"), finding("E5", sheet="Bob's list")]
    )
    book = openpyxl.load_workbook(io.BytesIO(after))
    for cell in (book["Data"]["B3"], book["Bob's list"]["C9"], book["Bob's list"]["E5"]):
        assert (cell.font.bold, cell.number_format, cell.border.left.style) == (True, "0.00", "thin")
        assert cell.fill.fgColor.rgb == COLOUR["violation"]
    assert book["Data"]["A3"].fill.fill_type is None


def test_all_findings_are_listed_and_linked() -> None:
    data = twin_of(TABLE)
    nowhere = Finding("info", "other", "of the whole", Place("t.xlsx"), value="=1+2\x1b")
    after = annotated_book(
        data, "t.xlsx", [finding("C2", sheet="Sheet", value="a", expected="b", suggestion="c", rule="r"), nowhere]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(after))["Findings"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1:] == [
        ["violation", "some-code", "t.xlsx:Sheet!C2", "it is wrong", "a", "b", "c", "r"],
        ["info", "other", "t.xlsx", "of the whole", "=1+2\\x1b", None, None, None],
    ]
    assert sheet["C2"].hyperlink.location == "Sheet!C2"
    assert sheet["C3"].hyperlink is None
    assert sheet["E3"].data_type == "s" or sheet["E3"].data_type == "inlineStr"


def test_a_second_list_has_a_name_of_its_own() -> None:
    once = annotated_book(twin_of(TABLE), "t.xlsx", [finding("A1", sheet="Sheet")])
    twice = annotated_book(once, "t.xlsx", [finding("A1", sheet="Sheet")])
    holds_together(twice)
    assert openpyxl.load_workbook(io.BytesIO(twice)).sheetnames == ["Sheet", "Findings", "Findings (2)"]


def test_a_workbook_without_formats_types_or_rows() -> None:
    known = parts(by_hand('<row r="2"/><row r="4"><c r="B4"><v>1</v></c><c><v>2</v></c></row>'))
    types = (
        "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'><Default Extension='xml' "
        "ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/>"
        "<Default Extension='rels' ContentType='text/xml'/></Types>"
    )
    known["[Content_Types].xml"] = types.encode()
    found = [finding(cell) for cell in ("A2", "A3", "B3", "A4", "C4", "E4", "B9")]
    for styles in ("yes", "no"):
        if styles == "no":
            del known["xl/styles.xml"]
            text = known["xl/_rels/workbook.xml.rels"].decode()
            known["xl/_rels/workbook.xml.rels"] = re.sub(r'<Relationship Id="s3"[^>]*>', "", text).encode()
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, content in known.items():
                archive.writestr(name, content)
        after = annotated_book(stream.getvalue(), "t.xlsx", found)
        holds_together(after)
        assert sorted(cell for _, cell in noted(after)) == ["A2", "A3", "A4", "B3", "B9", "C4", "E4"]


def test_a_workbook_without_a_list_of_types_is_refused() -> None:
    with pytest.raises(MitigraphError, match=r"t\.xlsx: cannot be annotated: it has no list of the types of its parts"):
        annotated_book(by_hand('<row r="2"><c r="A2"><v>1</v></c></row>'), "t.xlsx", [finding("A2")])


@pytest.mark.parametrize("seed", range(SPOILT))
def test_spoilt_workbooks_are_annotated_or_refused(seed: int, dressed: bytes) -> None:
    chance = random.Random(seed)
    known = parts(dressed)
    name = chance.choice([name for name in known if name.endswith((".xml", ".rels", ".vml"))])
    content = bytearray(known[name])
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(content))
        content[at : at + chance.choice([0, 1, 1, 8])] = chance.choice(
            [b"", b"<", b">", b'"', b"\xff", b"</a>", content[at : at + 30]]
        )
    known[name] = bytes(content)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in known.items():
            archive.writestr(part, data)
    try:
        after = annotated_book(stream.getvalue(), "t.xlsx", [finding("A2"), finding("C9", sheet="Bob's list")])
    except MitigraphError:
        return
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        assert archive.testzip() is None


def test_the_box_of_a_comment_stays_on_the_sheet() -> None:
    drawing = drawing_part(None, [(1, 0), (1 << 20, (1 << 14) - 1)]).decode()
    anchors = [list(map(int, found.split(", "))) for found in re.findall("<x:Anchor>([^<]*)<", drawing)]
    assert [(one[0], one[2], one[4], one[6]) for one in anchors] == [(1, 0, 5, 8), (16379, 1048567, 16383, 1048575)]


def test_boxes_are_numbered_in_the_blocks_that_the_drawing_names() -> None:
    once = drawing_part(None, [(line, 0) for line in range(1, 1500)]).decode()
    assert "data='1,2'" in once
    twice = drawing_part(once.encode(), [(9, 9)]).decode()
    numbers = re.findall(r"id='_x0000_s(\d+)'", twice)
    assert len(numbers) == len(set(numbers)) == 1500
    assert twice.count("<v:shapetype") == 1


def test_comments_are_cut_where_a_cell_ends() -> None:
    assert len(comment([finding("A1", value="x" * 2 * LONGEST)])) == LONGEST
    after = annotated_book(twin_of(TABLE), "t.xlsx", [finding("A1", sheet="Sheet", value="x" * 2 * LONGEST)])
    assert noted(after)["Sheet", "A1"][1].endswith("x…")


def twin_of(text: str) -> bytes:
    rows = [line.split(",") for line in text.splitlines()]

    def fill(book: openpyxl.Workbook) -> None:
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                cell = book.active.cell(line, column)
                cell.value, cell.data_type = value or None, "s" if value else "n"

    return made(fill)


@pytest.mark.parametrize("kind", ["patched", "new"])
def test_another_program_opens_it(kind: str, dressed: bytes, tmp_path: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    found = [finding("B2"), finding("C9")]
    marks = {(1, 1): found[:1]}
    data = (
        annotated_book(dressed, "t.xlsx", found)
        if kind == "patched"
        else new_book([Table("t", [["a", "b"]], marks)], found, "Findings")
    )
    (tmp_path / "t.xlsx").write_bytes(data)
    command = [program, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), str(tmp_path / "t.xlsx")]
    subprocess.run(command, check=True, timeout=120, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
    assert (tmp_path / "t.csv").read_text().startswith("id,actor" if kind == "patched" else "a,b")


# -- a new workbook ------------------------------------------------------------------------------------------

FORMS = {
    "t.csv": TABLE,
    "t.tsv": TABLE.replace(",", "\t"),
    "t.json": '[{"id": "x-1", "title": "=1+2", "actor": ["Develper", "b"]}, {"id": "x-2"}]',
    "t.jsonl": '{"id": "x-1", "title": "=1+2", "actor": ["Develper", "b"]}\n{"id": "x-2"}\n',
    "t.yml": "- id: x-1\n  title: =1+2\n  actor: [Develper, b]\n- id: x-2\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_files_that_are_no_workbook_get_a_sheet(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(FORMS[name])
    knowledge = known()
    dataset = read_dataset([str(tmp_path / name)], knowledge)
    [bad] = [one for one in dataset.findings if one.value == "Develper"]
    data = annotated(dataset, knowledge, dataset.findings, tmp_path / "out.xlsx")
    assert data == annotated(dataset, knowledge, dataset.findings, tmp_path / "out.xlsx")
    holds_together(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == [name, "Findings"]
    sheet = book[name]
    formula = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+2")
    assert formula.data_type == "s"
    marked = [cell for row in sheet.iter_rows() for cell in row if cell.comment and "Develper" in cell.comment.text]
    assert [cell.value for cell in marked] == ["Develper"]
    assert marked[0].fill.fgColor.rgb == COLOUR["violation"]
    listed = {row[2].value: row[2].hyperlink for row in book["Findings"].iter_rows(min_row=2)}
    assert listed[str(bad.place)].location == f"{sheet_reference(name, marked[0].coordinate)}"
    assert calamine_values(data)[name][0] == [cell.value or "" for cell in sheet[1]]


def test_several_files_get_several_sheets(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE)
    (tmp_path / "b.xlsx").write_bytes(twin_of(TABLE.replace("x-", "y-")))
    knowledge = known()
    dataset = read_dataset([str(tmp_path / "a.csv"), str(tmp_path / "b.xlsx")], knowledge)
    data = annotated(dataset, knowledge, dataset.findings, tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["a.csv", "b.xlsx Sheet", "Findings"]
    marks = {key: colour for key, (colour, text) in noted(data).items() if "Develper" in text}
    assert marks == {("a.csv", "C2"): COLOUR["violation"], ("b.xlsx Sheet", "C2"): COLOUR["violation"]}


def test_rows_that_cannot_be_read_are_shown_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'id,title,actor\n"x,1,2\ny,b\xff,\n')
    knowledge = known()
    dataset = read_dataset([str(tmp_path / "a.csv")], knowledge)
    data = annotated(dataset, knowledge, dataset.findings, tmp_path / "out.xlsx")
    values = openpyxl_values(data)
    assert values["a.csv", "A2"] == '"x,1,2'
    assert values["a.csv", "B3"] == "b\N{REPLACEMENT CHARACTER}"


def test_the_suffix_must_be_that_of_the_workbook() -> None:
    for output, inputs in (("o.csv", ["a.csv"]), ("o.xlsm", ["a.xlsx"]), ("o.xlsx", ["a.xlsm"]), ("o.xlsm", ["a.xlsm", "b.csv"])):
        with pytest.raises(UsageError, match="name it with"):
            refuse_suffix(Path(output), inputs)
    refuse_suffix(Path("o.XLSX"), ["a.csv"])
    refuse_suffix(Path("o.xlsm"), ["a.xlsm"])


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_command_writes_it(suffix: str, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(TABLE)
    if suffix == "xlsx":
        (tmp_path / "new.xlsx").write_bytes(twin(tmp_path / "new.csv"))
    ran = run("validate", tmp_path / f"new.{suffix}", "--annotate", tmp_path / "out.xlsx")
    assert (ran.code, "Traceback" in ran.err) == (1, False)
    assert any("Develper" in text for _, text in noted((tmp_path / "out.xlsx").read_bytes()).values())
    wrong = run("validate", tmp_path / f"new.{suffix}", "--annotate", tmp_path / "out.csv")
    assert wrong.code == 2


def test_trees_of_several_sources_have_a_row_for_each_record() -> None:
    text = """
{"about": {"name": "n", "tags": ["a", "b"]},
 "tools": [{"id": 1, "uses": [{"to": 2}]}, {"id": 3}],
 "risks": [{"id": 4}, {"id": 5, "of": [[6]]}],
 "none": []}"""
    readings = [Reading("t.json", "json", {"iterator": path}) for path in ("$", "$.tools[*].uses[*]", "$.tools[*]")]
    flat = flat_tree(text.encode(), readings)
    assert [list(row) for row in flat.rows()] == [
        ["(line)", "id", "uses/0/to", "about/name", "about/tags/0", "about/tags/1", "0"],
        ["3", "1", "2", "", "", "", ""],
        ["3", "3", "", "", "", "", ""],
        ["2", "", "", "n", "a", "b", ""],
        ["4", "4", "", "", "", "", ""],
        ["4", "5", "", "", "", "", ""],
        ["4", "", "", "", "", "", "6"],
    ]
    assert flat.spot(Place("t.json", 3, pointer="/tools/0/uses/0/to")) == (1, 2)
    assert flat.spot(Place("t.json", 2, pointer="/about/tags/1")) == (3, 5)
    assert flat.spot(Place("t.json", 2, pointer="/about")) is None
    assert flat.spot(Place("t.json", 3, pointer="/tools/1")) == (2, 0)


def test_what_is_said_of_a_whole_record_stands_at_its_line(tmp_path: Path) -> None:
    one, other = '{"id": "x", "title": "X"}', '{"id": "y", "title": "Y"}'
    for name, text, pointer in (("a.json", f"[{one},\n{other}]", "/1"), ("b.jsonl", f"{one}\n{other}\n", None)):
        (tmp_path / name).write_text(text)
        dataset = read_dataset([str(tmp_path / name)], known(), known().named_mapping("entry"))
        found = [Finding("warning", "some-code", "it lacks much", Place(name, 2, pointer=pointer))]
        (tmp_path / "out.xlsx").write_bytes(annotated(dataset, known(), found, tmp_path / "out.xlsx"))
        assert noted((tmp_path / "out.xlsx").read_bytes()) == {(name, "A3"): (COLOUR["warning"], comment(found))}


def test_cells_of_another_workbook_that_have_no_value_are_left_empty(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE)
    broken = '<row r="2"><c r="A2"><f>1+1</f></c><c r="B2" t="e"><v>#REF!</v></c></row>'
    (tmp_path / "b.xlsx").write_bytes(by_hand(broken))
    assert run("validate", tmp_path / "a.csv", tmp_path / "b.xlsx", "--annotate", tmp_path / "out.xlsx").code in (1, 3)
    sheet = opened((tmp_path / "out.xlsx").read_bytes()).worksheets[1]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["id", "title"], [None, "#REF!"]]


def test_the_strict_form_of_workbooks_stays_strict(dressed: bytes) -> None:
    loose, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts(dressed).items():
            for word in (b"officeDocument/", b"spreadsheetml/"):
                changed = word.replace(b"spreadsheetml/", b"spreadsheetml/main")
                content = content.replace(loose + word + b"2006/main", strict + changed)
                content = content.replace(loose + word + b"2006/", strict + word)
            archive.writestr(name, content)
    after = annotated_book(stream.getvalue(), "t.xlsx", [finding("B2"), finding("B2", sheet="Bob's list")])
    holds_together(after)
    for name in ("xl/_rels/workbook.xml.rels", "xl/worksheets/_rels/sheet2.xml.rels"):
        assert b"schemas.openxmlformats.org/officeDocument" not in parts(after)[name]
    assert (
        parts(after)["xl/worksheets/findings1.xml"].count(b"<worksheet xmlns='http://purl.oclc.org/ooxml/spreadsheetml/main'>")
        == 1
    )


@pytest.mark.parametrize("good_file", [one for one in GOOD if one.kind == "records"], ids=lambda one: one.name)
def test_spoilt_files_never_end_in_a_traceback(good_file: Good, tmp_path: Path) -> None:
    for seed in range(4):
        file, output = tmp_path / f"{seed}{Path(good_file.name).suffix}", tmp_path / f"{seed}.xlsx"
        file.write_bytes(mutant(good_file, seed))
        ran = run("validate", file, "--fix", "--annotate", output)
        assert ran.code in (0, 1, 3), ran.err
        assert openpyxl.load_workbook(output).sheetnames[-1] == "Findings"
