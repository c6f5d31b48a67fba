"""Workbooks: what their cells say, what a sheet hides, what it has spoilt, and files that mean harm."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from mutation import Good, mutant
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from workbooks import MAIN, by_hand, head, made, package, parts, zipped

from mitigraph.errors import InputError, MitigraphError
from mitigraph.finding import Finding
from mitigraph.read import Content, limits, open_source
from mitigraph.read.xlsx_package import Package
from mitigraph.read.xlsx_values import DAYS_FROM_1900, DAYS_FROM_1904, CellFaultError, date_text, format_kind, number_text
from mitigraph.record import RecordSource

Fill = Callable[[openpyxl.Workbook], object]


def opened(data: bytes | Fill, **options: object) -> RecordSource:
    return open_source(Content.of_bytes(data if isinstance(data, bytes) else made(data)), "t.xlsx", "xlsx", options)


def read(data: bytes | Fill, **options: object) -> tuple[list[object], list[str]]:
    """The rows' contents, and each finding up to what is said of it."""
    source = opened(data, **options)
    rows = [record.raw() for record in source]
    return rows, [told(finding) for finding in source.findings]


def told(finding: Finding) -> str:
    return str(finding).partition("]")[0] + "]"


def rows(*lines: Sequence[object]) -> Fill:
    def fill(book: openpyxl.Workbook) -> None:
        for line in lines:
            book.active.append(line)

    return fill


def refused(data: bytes, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        list(opened(data, **options))
    assert str(caught.value).startswith("t.xlsx: ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix("t.xlsx: ")


# -- values --------------------------------------------------------------------------------------------------


def test_rows_know_their_sheet_row_and_cell() -> None:
    source = opened(rows(["id", "title"], ["a", "Audits"], [], [" ", None], ["b", "Training"]))
    assert [(r.number, r.line, r.values("id"), r.values("title")) for r in source] == [
        (1, 2, ["a"], ["Audits"]),
        (2, 5, ["b"], ["Training"]),
    ]
    records = list(source)
    assert str(records[1].place("title")) == "t.xlsx:Sheet!B5"
    assert str(records[1].place("nope")) == "t.xlsx:Sheet!5:5"
    assert (records[1].place("title").line, records[1].place("title").column, records[1].place("title").row) == (5, "title", 2)
    assert source.column(records, "title") == (range(2), ["Audits", "Training"])
    with pytest.raises(KeyError):
        records[0].values("nope")
    assert source.findings == []


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1.1000000000000001, "General", "1.1"),
        (3.0, "0.00", "3.00"),
        (1.1, "0.00", "1.10"),
        (1.125, "0.00", "1.125"),
        (3, "000", "003"),
        (-3, "000", "-003"),
        (1234, "000", "1234"),
        (3.5, "000", "3.5"),
        (1.5, "00.00", "01.50"),
        (1234.5, "#,##0.00", "1234.5"),
        (1e-7, "0.00", "1e-07"),
        (-7, "General", "-7"),
        (2**53, "0", "9007199254740992"),
        (-(2**53), "000", "-9007199254740992"),
        (True, "General", "true"),
        (False, "General", "false"),
        (date(2024, 3, 5), "yyyy-mm-dd", "2024-03-05"),
        (datetime(2024, 3, 5, 14, 30), "d/m/yy h:mm", "2024-03-05T14:30:00"),
        (datetime(2024, 3, 5, 14, 30, 1, 250000), "d/m/yy h:mm", "2024-03-05T14:30:01.250"),
        (datetime(2024, 3, 5, 14, 30), "dd.mm.yyyy", "2024-03-05T14:30:00"),
        (time(14, 30), "h:mm", "14:30:00"),
        (1.5, "[h]:mm", "36:00:00"),
        ("'quoted", "General", "'quoted"),
        (" outer  space ", "General", " outer  space "),
        ("two\nlines", "General", "two\nlines"),
        ("007", "@", "007"),
        ("=1+1", "@", "=1+1"),
        ("naïve 😀 ﬁ", "General", "naïve 😀 ﬁ"),
        (CellRichText("a ", TextBlock(InlineFont(b=True), "bold"), " word"), "General", "a bold word"),
    ],
)
def test_what_a_cell_says(value: object, number_format: str, text: str) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.append(["id", "value"])
        cell = book.active.cell(2, 2, value)
        if isinstance(value, str):
            cell.data_type = "s"
        cell.number_format = number_format

    found, findings = read(fill)
    assert (found, findings) == ([{"id": "", "value": text}], [])


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="B2" t="s"><v>0</v></c>', "plain"),
        ('<c r="B2" t="s"><v>1</v></c>', "東京"),
        ('<c r="B2" t="s"><v>2</v></c>', "a\r\nb _x000D_ 😀"),
        ('<c r="B2" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r><rPh><t>no</t></rPh></is></c>', "a b"),
        ('<c r="B2" t="str"><f>A2</f><v>told</v></c>', "told"),
        ('<c r="B2" t="str"><f>A2</f><v></v></c>', ""),
        ('<c r="B2">\n <v>1.50</v>\n</c>', "1.5"),
        ('<c r="B2"><v>1.1000000000000001</v></c>', "1.1"),
        ('<c r="B2"><v>0.30000000000000004</v></c>', "0.30000000000000004"),
        ('<c r="B2"><v>1E3</v></c>', "1000"),
        ('<c r="B2"><v>-0</v></c>', "0"),
        ('<c r="B2"><v> </v></c>', ""),
        ('<c r="B2" t="d"><v>2024-03-05</v></c>', "2024-03-05"),
        ('<c r="B2" t="b"><v>TRUE</v></c>', "true"),
        ('<c r="B2" s="99"><v>4</v></c>', "4"),
        ('<c r="B2" s="1"><v>45356</v></c>', "2024-03-05"),
        ("<c><v>1</v></c><c><v>2</v></c>", "2"),
    ],
)
def test_what_a_cell_says_as_other_programs_write_it(cell: str, text: str) -> None:
    shared = "<si><t>plain</t></si><si><r><t>東</t></r><r><t>京</t></r><rPh sb='0' eb='1'><t>とうきょう</t></rPh></si>"
    shared += "<si><t>a_x000D_\nb _x005F_x000D_ _xD83D__xDE00_</t></si>"
    styles = '<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    stands = '<c r="A2" t="inlineStr"><is><t>a</t></is></c>' if 'r="B2"' in cell else ""
    source = opened(by_hand(f'<row r="2">{stands}{cell}</row>', shared=shared, styles=styles))
    (record,) = source
    assert (record.values("title"), source.findings) == ([text] if text else [], [])


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("9007199254740993", "9007199254740993"),
        ("1.2345678901234567E+16", "12345678901234568"),
        ("-12345678901234567890", "-12345678901234567890"),
        ("1e20", "100000000000000000000"),
        ("1E23", "100000000000000000000000"),
    ],
)
def test_a_number_of_more_digits_than_a_sheet_keeps_is_written_in_digits_and_told(stored: str, text: str) -> None:
    data = f'<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>{stored}</v></c></row>'
    assert read(by_hand(data)) == ([{"id": "1", "title": text}], ["t.xlsx:Data!B2: warning[long-number]"])
    shown = by_hand(data.replace('"B2"', '"B2" s="0"'), styles='<cellXfs><xf numFmtId="2"/></cellXfs>')
    assert read(shown) == ([{"id": "1", "title": f"{text}.00"}], ["t.xlsx:Data!B2: warning[long-number]"])
    side = opened(by_hand(f'<row r="1"><c r="A1" t="str"><v>id</v></c><c r="C1"><v>{stored}</v></c></row>'), transpose=True)
    for _ in range(2):
        assert [(record.number, record.values("id")) for record in side] == [(1, [text])]
    assert [(told(finding), finding.place.row) for finding in side.findings] == [("t.xlsx:Data!C1: warning[long-number]", 1)]


def test_a_workbook_without_formats_cannot_tell_its_dates() -> None:
    lines = [["day", 2024], [date(2024, 3, 5), 7], [date(2024, 3, 6), 8]]
    data = zipped({name: part for name, part in parts(made(rows(*lines))).items() if name != "xl/styles.xml"})
    assert read(data) == (
        [{"day": "45356", "2024": "7"}, {"day": "45357", "2024": "8"}],
        ["t.xlsx:Sheet!A2: warning[no-styles]"],
    )
    assert read(data, transpose=True)[1] == ["t.xlsx:Sheet!A2: warning[no-styles]"]
    plain = made(rows(["n"], [7]))
    assert read(zipped({name: part for name, part in parts(plain).items() if name != "xl/styles.xml"}))[1] == []


def test_days_from_1904_and_a_prefix_before_every_name() -> None:
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    data = package('<row r="1"><c r="A1" t="str"><v>d</v></c></row><row r="2"><c r="A2" s="0"><v>0</v></c></row>', styles=styles)
    data["xl/workbook.xml"] = data["xl/workbook.xml"].replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    sheet = data["xl/worksheets/sheet1.xml"].replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
    data["xl/worksheets/sheet1.xml"] = sheet.replace(b"xmlns=", b"xmlns:x=")
    assert read(zipped(data)) == ([{"d": "1904-01-01"}], [])


@pytest.mark.parametrize("days", [0.0, 60.0, -1.0, 2958466.0, 1e300])
def test_days_no_calendar_has(days: float) -> None:
    with pytest.raises(CellFaultError):
        date_text(days, "date", DAYS_FROM_1900)


def test_days() -> None:
    for day in (1, 59, 61, 45356, 2958465):
        expected = openpyxl.utils.datetime.from_excel(day).date().isoformat()
        assert date_text(float(day), "date", DAYS_FROM_1900) == expected
    assert date_text(1.0, "date", DAYS_FROM_1904) == "1904-01-02"
    assert date_text(0.999999999999, "time", DAYS_FROM_1900) == "24:00:00"
    assert date_text(45356.999999999999, "datetime", DAYS_FROM_1900) == "2024-03-06T00:00:00"


def test_formats_are_told_as_openpyxl_tells_them() -> None:
    codes = [*openpyxl.styles.numbers.BUILTIN_FORMATS.values(), '0.0 "days"', "[Red]0", "[$-F800]dddd", "mmm-yy", "#,##0_);(0)"]
    for code in codes:
        assert (format_kind(code) != "number") == openpyxl.styles.numbers.is_date_format(code), code


@pytest.mark.parametrize("text", ["", "x", "1_0", "nan", "inf", "1e999", "0x10", "١", "--1", "1e99999"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(CellFaultError):
        number_text(text)


def test_two_other_readers_see_the_same_values() -> None:
    dice = random.Random(7)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["a", "b", "c", "d"])
    for line in range(1, 60):
        sheet.write_string(line, 0, dice.choice(["x", " y ", "é\n", "1.10", "<&>", "_x0041_"]) * dice.randrange(1, 4))
        sheet.write_number(
            line, 1, dice.choice([dice.random(), dice.randrange(10**6), dice.random() * 10 ** dice.randrange(-9, 15)])
        )
        sheet.write_datetime(line, 2, datetime(1990, 1, 1 + dice.randrange(28), 0, 0), day)
        sheet.write_boolean(line, 3, dice.random() < 0.5)
    book.close()
    ours = [list(record.raw().values()) for record in opened(stream.getvalue())]  # type: ignore[attr-defined]
    stream.seek(0)
    theirs = python_calamine.CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0).to_python()[1:]
    others = list(openpyxl.load_workbook(stream).active.iter_rows(min_row=2, values_only=True))
    assert ours == [[_shown(value) for value in row] for row in theirs]
    assert ours == [[_shown(value) for value in row] for row in others]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value)


# -- the table in the sheet ----------------------------------------------------------------------------------


def test_banner_rows_ranges_and_options() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet["A1"] = "A banner"
        sheet["B3"], sheet["C3"], sheet["D3"] = "id", "title", "aside"
        sheet["B4"], sheet["C4"], sheet["D4"] = "a", " Audits ", "n/a"
        sheet["B6"], sheet["C6"] = "b", "Training"
        sheet["B8"] = "a note"

    for options in ({"headerRowNumber": "3"}, {"skipRows": 1}):
        found, _ = read(fill, **options)
        assert found[0] == {"id": "a", "title": " Audits ", "aside": "n/a"}
        assert len(found) == 3
    for area in ("B3:C6", "$B$3:$C$6", "b3:c6"):
        source = opened(fill, range=area)
        assert [(r.line, str(r.place("id")), r.values("title")) for r in source] == [
            (4, "t.xlsx:Sheet!B4", ["Audits"]),
            (6, "t.xlsx:Sheet!B6", ["Training"]),
        ]
    assert len(read(fill, range="B3:C")[0]) == 3
    assert opened(fill, range="A1:D6", headerRowNumber=3).columns == ["id", "title", "aside"]
    assert opened(fill, range="B2:D6", headerRowNumber=2).columns == ["id", "title", "aside"]
    assert opened(fill, range="A3:D9", skipColumns=2).columns == ["title", "aside"]
    (first, *_) = opened(fill, range="B3:D6", trim=False, null=["n/a"])
    assert (first.values("title"), first.values("aside")) == ([" Audits "], [])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"range": "what"}, "option range must be like"),
        ({"range": "C3:B9"}, "option range must be like"),
        ({"range": ":"}, "option range must be like"),
        ({"range": "A0:B1"}, "option range must be like"),
        ({"sheet": "Nope"}, "no sheet 'Nope'; there are 'Sheet'"),
        ({"sheet": 0}, "no sheet '0'"),
        ({"sheet": 2}, "no sheet '2'"),
        ({"sheet": "1", "headerRowNumber": 9}, "the header row 9 is blank"),
        ({"skipRows": 9}, "no visible sheet of the workbook has a header row"),
        ({"sheet": True}, "option sheet must be a text"),
    ],
)
def test_options_that_cannot_be_meant(options: dict[str, object], said: str) -> None:
    assert said in refused(made(rows(["id"], ["a"])), **options)


def test_a_table_without_header() -> None:
    table = rows([], ["a", "Audits"], ["b", "Training", "more"])
    found, findings = read(table, header=False, columns=["id", "title"])
    assert found == [{"id": "a", "title": "Audits"}, {"id": "b", "title": "Training", "(column 3)": "more"}]
    assert findings == []
    (first, _) = opened(table, header=False)
    assert (first.values("(column 2)"), str(first.place("(column 2)"))) == (["Audits"], "t.xlsx:Sheet!B2")


def test_a_header_of_two_rows() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        rows(["id", "Source", None], [None, "title", "year"], ["a", "Audits", 2024])(book)
        book.active.merge_cells("B1:C1")
        book.active.merge_cells("A1:A2")

    source = opened(fill, headerRowCount=2)
    assert [(r.line, r.raw()) for r in source] == [(3, {"id": "a", "Source title": "Audits", "year": "2024"})]
    assert source.findings == []
    assert opened(rows(["id"], [], ["a"]), headerRowCount=2).columns == ["id"]


def test_a_sheet_on_its_side() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        rows(["id", "a", None, "b"], [], ["title", "Audits", None, "#N/A"], [None, "x"], ["id", None, None, "y"])(book)
        book.active["D3"].data_type = "e"
        book.active["F3"], book.active["F3"].data_type = "#REF!", "e"

    source = opened(fill, transpose=True)
    assert source.columns == ["id", "title", "(row 3)", "id (2)"]
    for _ in range(2):
        found = [(r.number, r.raw(), str(r.place("title")), str(r.place("nope"))) for r in source]
        assert found == [
            (1, {"id": "a", "title": "Audits", "(row 3)": "x", "id (2)": ""}, "t.xlsx:Sheet!B3", "t.xlsx:Sheet!B1"),
            (2, {"id": "b", "title": "", "id (2)": "y"}, "t.xlsx:Sheet!D3", "t.xlsx:Sheet!D1"),
        ]
    assert source.refused == 1
    assert [(told(finding), finding.place.column) for finding in source.findings] == [
        ("t.xlsx:Sheet!A5: warning[duplicate-row]", "id (2)"),
        ("t.xlsx:Sheet!D3: violation[error-value]", "title"),
        ("t.xlsx:Sheet!F3: violation[error-value]", "title"),
    ]
    records = list(source)
    assert source.column(records, "title") == ([0], ["Audits"])
    assert "no visible sheet" in refused(made(rows([])), transpose=True)
    odd = by_hand('<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>')
    assert "Data!A1: a field's name cannot be read" in refused(odd, transpose=True)


def test_names_that_come_twice_or_are_missing() -> None:
    found, findings = read(rows(["id", None, "note", "note"], ["a"], ["b", "x", "1", "2", None, "far"], ["c", "y"]))
    assert found[1:] == [
        {"id": "b", "(column 2)": "x", "note": "1", "note (2)": "2", "(column 6)": "far"},
        {"id": "c", "(column 2)": "y", "note": "", "note (2)": ""},
    ]
    assert findings == [
        "t.xlsx:Sheet!D1: warning[duplicate-column]",
        "t.xlsx:Sheet!B3: info[nameless-column]",
        "t.xlsx:Sheet!F3: info[nameless-column]",
    ]


def test_a_column_that_comes_to_light_late() -> None:
    source = opened(rows(["id"], ["a"], ["b", None, "far"]))
    records = list(source)
    assert records[0].values("(column 3)") == []
    assert source.column(records, "(column 3)") == ([1], ["far"])
    assert source.column(records, "id") == (range(2), ["a", "b"])
    assert source.column(records[:1], "(column 3)") == ((), [])


# -- sheets --------------------------------------------------------------------------------------------------


def sheets(book: openpyxl.Workbook) -> None:
    book.active.title = "Read me"
    book.create_sheet("Lists").append(["stage"])
    book["Lists"].sheet_state = "hidden"
    book.create_sheet("New entries").append(["id", "title"])
    book["New entries"].append(["a", "Audits"])
    book.create_sheet("Old").append(["id", "title"])
    book.create_sheet("2024").append(["year"])
    book.create_chartsheet("Picture")


def test_the_first_visible_sheet_with_data_is_read_and_the_others_named() -> None:
    source = opened(sheets)
    assert [str(record.place("id")) for record in source] == ["t.xlsx:'New entries'!A2"]
    assert [(told(finding), finding.value) for finding in source.findings] == [
        ("t.xlsx: warning[other-sheets]", "Old"),
        ("t.xlsx: info[other-sheets]", "2024"),
        ("t.xlsx: info[hidden-sheets]", "Lists"),
    ]


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        ({"columns": ["year"]}, ["year"]),
        ({"columns": ["nowhere"]}, ["id", "title"]),
        ({"sheet": "old"}, ["id", "title"]),
        ({"sheet": "Lists"}, ["stage"]),
        ({"sheet": "2024"}, ["year"]),
        ({"sheet": 2024}, ["year"]),
        ({"sheet": "4"}, ["year"]),
    ],
)
def test_a_sheet_is_chosen_by_its_columns_its_name_or_its_number(options: dict[str, object], columns: list[str]) -> None:
    assert opened(sheets, **options).columns == columns


def test_a_workbook_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    pieces = Package.pieces

    def noted(self: Package, part: str) -> Iterator[bytes]:
        taken.append(part)
        return pieces(self, part)

    monkeypatch.setattr(Package, "pieces", noted)
    content = Content.of_bytes(GOOD)
    for columns in (["id"], ["title"], ["none"]):
        assert len(list(open_source(content, "t.xlsx", "xlsx", {"columns": columns}))) == 13
    assert taken.count("xl/sharedStrings.xml") == 1


def test_only_hidden_sheets() -> None:
    data = parts(made(rows(["id"], ["a"])))
    data["xl/workbook.xml"] = data["xl/workbook.xml"].replace(b'state="visible"', b'state="veryHidden"')
    assert "no visible sheet of the workbook has a header row; one that is hidden can be named" in refused(zipped(data))
    assert opened(zipped(data), sheet="Sheet").columns == ["id"]


# -- what a sheet has spoilt ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "code", "value"),
    [
        ('<c r="B2"><f>1+1</f></c>', "formula-without-value", None),
        ('<c r="B2"><f>1+1</f><v/></c>', "formula-without-value", None),
        ('<c r="B2" t="e"><v>#N/A</v></c>', "error-value", "#N/A"),
        ('<c r="B2" t="e"><f>X!A1</f><v>#REF!</v></c>', "error-value", "#REF!"),
        ('<c r="B2" s="1"><v>60</v></c>', "bad-date", "60"),
        ('<c r="B2" s="1"><v>-3</v></c>', "bad-date", "-3"),
        ('<c r="B2"><v>12x</v></c>', "bad-cell", "12x"),
        ('<c r="B2" t="b"><v>maybe</v></c>', "bad-cell", "maybe"),
        ('<c r="B2" t="s"><v>7</v></c>', "bad-cell", "7"),
        ('<c r="B2" t="s"><v>-1</v></c>', "bad-cell", "-1"),
        ('<c r="B2" t="zz"><v>1</v></c>', "bad-cell", "1"),
        ('<c r="B2" t="str"><v>a_x0000_</v></c>', "nul-character", "a\0"),
        ('<c r="B2" t="str"><v>a_xD800_</v></c>', "bad-encoding", "a\ufffd"),
    ],
)
def test_a_cell_without_a_value_costs_the_cell_and_is_told(cell: str, code: str, value: str | None) -> None:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    source = opened(by_hand(f'<row r="2"><c r="A2"><v>1</v></c>{cell}</row>', styles=styles, shared="<si><t>x</t></si>"))
    for _ in range(2):
        (record,) = source
        assert (record.values("id"), record.values("title")) == (["1"], [])
    (finding,) = source.findings
    assert (finding.code, finding.severity, finding.value) == (code, "violation", value)
    assert str(finding.place) == "t.xlsx:Data!B2"
    assert (finding.place.line, finding.place.column, finding.place.row) == (2, "title", 1)
    assert source.refused == 0


def test_a_row_of_nothing_but_such_cells_is_refused() -> None:
    source = opened(by_hand('<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>'))
    assert [[record.number for record in source], [record.number for record in source]] == [[2], [2]]
    assert source.refused == len(source.findings) == 1


def test_an_error_that_the_mapping_takes_for_nothing() -> None:
    data = by_hand('<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="e"><v>#N/A</v></c></row>')
    assert read(data, null=["#N/A"]) == ([{"id": "1", "title": ""}], [])


def test_a_header_cell_with_an_error_is_nameless() -> None:
    found, findings = read(by_hand('<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="e"><v>#REF!</v></c></row>'))
    assert (found, findings) == ([], ["t.xlsx:Data!B1: violation[error-value]"])


def test_formulas_that_nobody_has_calculated_since() -> None:
    data = '<row r="2"><c r="A2"><f>1+1</f><v>0</v></c></row><row r="3"><c r="A3"><f>1+1</f><v>0</v></c></row>'
    assert read(by_hand(data))[1] == []
    assert read(by_hand(data, workbook='<calcPr fullCalcOnLoad="1"/>'))[1] == ["t.xlsx:Data!A2: warning[stale-formulas]"]


def test_merged_cells() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        rows(["Title of it all"], ["id", "title", "category"], ["a", "x", "1"], ["b", "y"], ["c", "z", "2"], ["d"])(book)
        for area in ("A1:C1", "C3:C4", "C5:C6", "A6:B6", "A99:B99"):
            book.active.merge_cells(area)

    source = opened(fill, skipRows=1)
    assert [record.values("category") for record in source] == [["1"], [], ["2"], []]
    assert [(told(finding), finding.value) for finding in source.findings] == [
        ("t.xlsx:Sheet!A6:B6: warning[merged-cells]", "A6:B6"),
        ("t.xlsx:Sheet!C3:C4: warning[merged-cells]", "C3:C4, C5:C6"),
    ]


def test_hidden_rows_and_columns_are_read_and_named() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        rows(["id", "title", "secret", "empty"], *([f"m{at}", "t", "s"] for at in range(6)))(book)
        for line in (3, 4, 6, 50):
            book.active.row_dimensions[line].hidden = True
        for letter in "CD":
            book.active.column_dimensions[letter].hidden = True

    source = opened(fill)
    assert len(list(source)) == 6
    assert [(told(finding), finding.value) for finding in source.findings] == [
        ("t.xlsx:Sheet!3:3: warning[hidden-rows]", "3-4, 6"),
        ("t.xlsx:Sheet!C1: warning[hidden-columns]", "C"),
    ]


DAY = date(2024, 5, 3)


@pytest.mark.parametrize(
    ("cells", "findings"),
    [
        (["4", 7, DAY, "12-15", 9], ["A4: warning[date-in-text-column]"]),
        ([4, 7, DAY, 12], ["A4: warning[date-in-text-column]"]),
        ([DAY, DAY, "soon"], []),
        ([DAY, "soon"], []),
        ([DAY, DAY, DAY], []),
        (["1.2.3", "1.2.4", 1.1, 1.2], ["A4: warning[number-in-code-column]"]),
        (["mit-v2:2.2.2", "2.1 Board; 2.2", 1.1], ["A4: warning[number-in-code-column]"]),
        (["1.2.3", "1.2.4", 1, 2], []),
        ([1.5, 2.5, 3.25], []),
        (["about 3", "many", 1.5], []),
    ],
)
def test_columns_that_a_spreadsheet_may_have_changed(cells: list[object], findings: list[str]) -> None:
    assert read(rows(["x"], *([cell] for cell in cells)))[1] == [f"t.xlsx:Sheet!{finding}" for finding in findings]


# -- files that are broken or mean harm ----------------------------------------------------------------------

PLAIN = made(rows(["id", "title"], ["a", "Audits"]))


def ole(sign: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + sign.encode("utf-16-le") + bytes(600)


def without(part: str) -> bytes:
    return zipped({name: content for name, content in package(head("id")).items() if name != part})


def with_part(part: str, content: bytes) -> bytes:
    return zipped(package(head("id")) | {part: content})


def twice() -> bytes:
    stream = io.BytesIO(PLAIN)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("XL\\Workbook.xml", b"")
    return stream.getvalue()


def locked() -> bytes:
    """The bit that says that an entry is encrypted, set in every entry of the directory."""
    data = bytearray(PLAIN)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(data)


SHEET = "xl/worksheets/sheet1.xml"
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "csv": (b"id,title\n", "this is something else, no Excel workbook"),
    "page": (b"<html>", "this is an HTML page, no Excel workbook"),
    "locked": (ole("EncryptedPackage"), "protected by a password"),
    "locked-zip": (locked(), "protected by a password"),
    "old": (ole("Workbook"), "an old Excel workbook or Office document; save it as .xlsx"),
    "ods": (zipped({"mimetype": b"", "content.xml": b""}), "an OpenDocument file; save it as .xlsx"),
    "numbers": (zipped({"Index/Document.iwa": b""}), "a Numbers document; save it as .xlsx"),
    "binary": (zipped({"xl/workbook.bin": b""}), "a binary Excel workbook; save it as .xlsx"),
    "word": (zipped({"word/document.xml": b"<a/>"}), "a Word document"),
    "zip": (zipped({"../../readme.txt": b""}), "a ZIP archive without a workbook"),
    "cut": (PLAIN[: len(PLAIN) // 2], "the ZIP archive is broken"),
    "twice": (twice(), "is in the workbook twice"),
    "no-sheet": (without(SHEET), f"the workbook lacks its part {SHEET}"),
    "no-relations": (without("xl/_rels/workbook.xml.rels"), "lacks the part of its sheet 'Data'"),
    "xml": (with_part(SHEET, b"<worksheet><sheetData></worksheet>"), "sheet 'Data' is broken: mismatched tag"),
    "cut-xml": (with_part(SHEET, b"<worksheet><sheetData>"), "sheet 'Data' is broken: no element found"),
    "charset": (with_part(SHEET, b'<?xml version="1.0" encoding="nope"?><a/>'), "sheet 'Data' is broken"),
    "doctype": (with_part(SHEET, b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'), "has a DOCTYPE"),
    "doctype-shared": (with_part("xl/sharedStrings.xml", b"<!DOCTYPE a []><a/>"), "has a DOCTYPE"),
    "deep": (with_part(SHEET, b"<worksheet><sheetData>" + b"<x>" * 200), "nested deeper than 128"),
    "deep-shared": (with_part("xl/sharedStrings.xml", b"<a>" * 200), "nested deeper than 128"),
    "deep-book": (with_part("xl/workbook.xml", b"<a>" * 200), "nested deeper than 128"),
    "row-in-row": (by_hand('<row r="2"><row r="3"/></row>'), "row '3' follows row 2"),
    "cell-in-cell": (by_hand('<row r="2"><c r="A2"><c r="B2"/></c></row>'), "cell B2 follows A"),
    "cell-alone": (by_hand('<row r="2"/><c r="B2"/>'), "cell B2 follows A"),
    "value-in-value": (by_hand('<row r="2"><c r="A2"><v><v/></v></c></row>'), "a value within a value in row 2"),
    "row-twice": (by_hand('<row r="2"/><row r="2"/>'), "row '2' follows row 2"),
    "row-beyond": (by_hand('<row r="1048577"/>'), "row '1048577'"),
    "row-word": (by_hand('<row r="x"/>'), "row 'x'"),
    "cell-twice": (by_hand('<row r="2"><c r="B2"/><c r="B2"/></row>'), "cell B2 follows B"),
    "cell-beyond": (by_hand('<row r="2"><c r="XFE2"/></row>'), "XFE2"),
    "cell-elsewhere": (by_hand('<row r="2"><c r="B7"/></row>'), "cell 'B7' stands in row 2"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_cannot_be_read(name: str) -> None:
    data, said = REFUSED[name]
    assert said in refused(data)


def test_a_broken_byte_is_noticed() -> None:
    data = bytearray(zipped(package(head("id") + '<row r="2"><c r="A2"><v>12345</v></c></row>')))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo(SHEET)
    data[entry.header_offset + 30 + len(SHEET) + entry.compress_size // 2] ^= 0xFF
    assert "broken" in refused(bytes(data))


def test_links_out_of_the_package_and_up_its_folders_are_only_names() -> None:
    for target, mode in (("http://192.0.2.1/sheet.xml", 'TargetMode="External"'), ("../../../../etc/passwd", "")):
        data = package(head("id"))
        old = b'Target="worksheets/sheet1.xml"'
        data["xl/_rels/workbook.xml.rels"] = data["xl/_rels/workbook.xml.rels"].replace(old, f'Target="{target}" {mode}'.encode())
        assert "the workbook lacks" in refused(zipped(data))
    extra = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0", "../../escape.txt": b"x", "xl/externalLinks/externalLink1.xml": b"<a/>"}
    assert read(zipped(parts(PLAIN) | extra)) == ([{"id": "a", "title": "Audits"}], [])


# -- limits --------------------------------------------------------------------------------------------------


def test_a_part_that_unpacks_to_a_hundred_times_its_size() -> None:
    data = with_part(SHEET, f'<worksheet xmlns="{MAIN}">'.encode() + b" " * (2 << 20))
    assert "unpacks to more than 100 times its size" in refused(data)
    assert "unpacks to more than 100 times its size" in refused(with_part("xl/unused.xml", b" " * (2 << 20)))
    assert opened(with_part(SHEET, package(head("id"))[SHEET] + b" " * (1 << 19))).columns == ["id"]


def test_a_workbook_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "XLSX_BYTES", 10_000)
    noise = random.Random(1).randbytes(5_000)
    assert opened(with_part("xl/media/a.png", noise)).columns == ["id"]
    assert "unpacks to more than 10,000 bytes" in refused(zipped(package(head("id")) | {"a": noise, "b": noise}))


def test_a_directory_that_lies_about_sizes() -> None:
    """The size is checked where it is declared; a smaller one than is true is found out while unpacking."""
    data = with_part(SHEET, package(head("id"))[SHEET] + b" " * (2 << 20))
    true, small = struct.pack("<L", (2 << 20) + len(package(head("id"))[SHEET])), struct.pack("<L", 300)
    assert data.count(true) == 2
    assert "is broken" in refused(data.replace(true, small))


def test_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "XLSX_PARTS", 20)
    assert "more than 20 parts" in refused(zipped(package(head("id")) | {f"x{at}": b"" for at in range(20)}))


def test_too_many_rows_and_merged_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 2)
    lines = "".join(f'<row r="{at}"><c r="A{at}"><v>1</v></c></row>' for at in (2, 3, 4))
    assert "has more than 2 rows" in refused(by_hand(lines))
    monkeypatch.setattr(limits, "MERGED_RANGES", 1)
    merged = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/></mergeCells>'
    assert "more than 1 merged ranges" in refused(by_hand('<row r="2"/>', around=merged))


def test_too_many_shared_texts_and_styles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 2)
    assert "holds more than 2 texts" in refused(by_hand('<row r="2"/>', shared="<si/>" * 3))
    monkeypatch.setattr(limits, "XLSX_ELEMENTS", 50)
    assert "xl/styles.xml has more than 50 elements" in refused(by_hand('<row r="2"/>', styles="<xf/>" * 60))


def test_texts_that_are_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    data = by_hand('<row r="2"><c r="A2" t="str"><v>abcdefghijk</v></c><c r="B2"><v>1</v></c></row>')
    monkeypatch.setattr(limits, "FIELD_CHARACTERS", 10)
    assert read(data) == ([{"id": "", "title": "1"}], ["t.xlsx:Data!A2: violation[field-too-long]"])


def test_one_text_in_very_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(2, 300))
    data = by_hand(lines, shared=f"<si><t>{'x' * 1000}</t></si>")
    monkeypatch.setattr(limits, "FILE_BYTES", 100_000)
    assert "add up to more than 100,000" in refused(data)


def test_far_corners_cost_nothing() -> None:
    lines = '<row r="2"><c r="A2"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    found, findings = read(by_hand(lines, around='<dimension ref="A1:XFD1048576"/>'))
    assert found[-1] == {"id": "", "title": "", "(column 16384)": "2"}
    assert findings == ["t.xlsx:Data!XFD1048576: info[nameless-column]"]


# -- spoilt workbooks ----------------------------------------------------------------------------------------


def _good() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("Data")
    day = book.add_format({"num_format": "d mmm yyyy"})
    sheet.write_row(0, 0, ["id", "title", "category", "page", "when", "flag", "sum"])
    for at in range(1, 12):
        sheet.write_row(at, 0, [f"m{at}", f"Title é {at}", "2.2.2", at * 1.1])
        sheet.write_datetime(at, 4, datetime(2024, 5, at), day)
        sheet.write_boolean(at, 5, at % 2 == 0)
        sheet.write_formula(at, 6, "=1+1", None, 2)
    sheet.merge_range("C14:C15", "2.2.1")
    sheet.set_row(3, None, None, {"hidden": True})
    sheet.write_rich_string(15, 1, "a ", book.add_format({"bold": True}), "bold", " end")
    book.add_worksheet("Lists").hide()
    book.close()
    return stream.getvalue()


GOOD = _good()
GOOD_PARTS = parts(GOOD)
MUTANTS = 800


def spoilt(seed: int) -> bytes:
    """A fifth of all have the archive's bytes spoilt, the others a part or two inside it."""
    dice = random.Random(seed)
    if dice.random() < 0.2:
        return mutant(Good("records", "rows.xlsx", GOOD, b"PK\x01\x02\x05\x06\0"), seed)
    changed = dict(GOOD_PARTS)
    read_parts = [name for name in changed if name.startswith(("xl/work", "xl/_rels", "xl/shared", "xl/styles", "_rels"))]
    for _ in range(dice.choice((1, 1, 2))):
        name = dice.choice([*read_parts, *[SHEET] * 6])
        changed[name] = mutant(Good("records", name, changed[name], b'<>"/=rstvc'), seed)
    return zipped(changed)


def test_spoilt_workbooks_are_findings_or_refused() -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(MUTANTS):
        try:
            source = opened(spoilt(seed), transpose=seed % 5 == 0)
            for record in source:
                assert str(record.place("id")).startswith("t.xlsx:")
                record.raw()
            assert all(str(finding).isprintable() for finding in source.findings)
            outcomes["read"] += 1
        except MitigraphError as error:
            assert str(error).startswith("t.xlsx: ")
            outcomes["refused"] += 1
        except Exception as error:
            error.add_note(f"spoilt({seed})")
            raise
    assert min(outcomes["read"], outcomes["refused"]) > MUTANTS // 10
