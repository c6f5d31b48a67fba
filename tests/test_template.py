"""``mitigraph template``: what one may fill in is what ``validate`` takes, and the same form gives the same bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from building import run as run_anew
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from running import run

from mitigraph.form import Form, entry_form
from mitigraph.form.workbook import LONG, SHORT
from mitigraph.knowledge import Knowledge

NOTES = {"dataset-licence", "other-sheets"}
"""What ``validate`` remarks about any workbook of entries."""


@pytest.fixture(scope="module")
def form() -> Form:
    """The form of an entry."""
    return entry_form(Knowledge())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template with an example in it."""
    file = tmp_path_factory.mktemp("template") / "new.xlsx"
    assert run("template", file, "--example").code == 0
    return file


@pytest.fixture(scope="module")
def book(made: Path) -> openpyxl.Workbook:
    """The same, opened by another library."""
    return openpyxl.load_workbook(made)


def codes(text: str) -> set[str]:
    """The codes of the findings in a text."""
    return set(re.findall(r": (?:info|warning|violation)\[([\w-]+)\]", text))


def column(sheet: Worksheet, name: str) -> int:
    """The number of a column."""
    return [cell.value for cell in sheet[1]].index(name) + 1


# -- what is in it -------------------------------------------------------------------------------------------


def test_the_sheets_and_the_header(book: openpyxl.Workbook, form: Form) -> None:
    assert book.sheetnames == ["Entries", "Choices", "How to"]
    entries = book["Entries"]
    assert [cell.value for cell in entries[1]] == form.names
    assert entries.freeze_panes == "C2"
    assert book.active == entries


def test_required_columns_are_marked_and_every_head_explains_its_column(book: openpyxl.Workbook, form: Form) -> None:
    colours = {}
    for cell, field in zip(book["Entries"][1], form, strict=True):
        assert cell.comment is not None
        assert field.help in cell.comment.text
        assert cell.comment.text.startswith(field.label)
        assert not field.example or f"Example: {field.example}" in cell.comment.text
        colours[field.name] = cell.fill.fgColor.rgb
    assert colours["id"] == colours["title"]
    assert {name for name, colour in colours.items() if colour == colours["id"]} == {"id", "title"}
    assert len(set(colours.values())) == 3


def test_all_cells_are_text_but_for_numbers(made: Path, book: openpyxl.Workbook, form: Form) -> None:
    with zipfile.ZipFile(made) as archive:
        part = archive.read("xl/worksheets/sheet1.xml").decode("utf-8")
    styles = {}
    for first, last, style in re.findall(r'<col min="(\d+)" max="(\d+)" [^>]*style="(\d+)"', part):
        styles.update(dict.fromkeys(range(int(first), int(last) + 1), style))
    texts = {styles[at] for at, field in enumerate(form, 1) if field.kind != "integer"}
    numbers = {styles[at] for at, field in enumerate(form, 1) if field.kind == "integer"}
    assert (len(texts), len(numbers), texts & numbers) == (1, 1, set())
    for at, field in enumerate(form, 1):
        cell = book["Entries"].cell(2, at)
        assert str(cell.value or "") == field.example
        if field.example:
            assert f'<c r="{cell.coordinate}" s="{styles[at]}"' in part
            wanted = ("0", "n") if field.kind == "integer" else ("@", "s")
            assert (cell.number_format, cell.data_type) == wanted, field.name


def test_drop_downs_offer_every_choice_and_only_those(book: openpyxl.Workbook, form: Form) -> None:
    sheet, rules = book["Entries"], rules_of(book["Entries"])
    assert set(rules) == set(form.names)
    for field in form:
        rule = rules[field.name]
        if not field.choices:
            continue
        found = re.fullmatch(r"'Choices'!\$B\$(\d+):\$B\$(\d+)", rule.formula1)
        assert rule.type == "list" and found is not None
        rows = list(book["Choices"].iter_rows(int(found[1]), int(found[2]), values_only=True))
        assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
            (field.name, one.text, one.label, one.definition) for one in field.choices
        ]
        assert rule.showErrorMessage == (field.name == "status"), "several values, or others, may stand in the cell"
    assert sheet.max_row == 2


def rules_of(sheet: Worksheet) -> dict[str, DataValidation]:
    """The validation of each column, by its name."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        (area,) = rule.sqref.ranges
        assert (area.min_row, area.max_row) == (2, 1001)
        found[sheet.cell(1, area.min_col).value] = rule
    return found


def test_other_columns_are_held_against_what_the_shapes_ask(book: openpyxl.Workbook) -> None:
    rules = rules_of(book["Entries"])
    year, key, parent = rules["source_year"], rules["id"], rules["parent"]
    assert (year.type, year.operator or "between", year.formula1, year.formula2) == ("whole", "between", "1800", "2100")
    assert (key.type, key.formula1) == ("custom", "COUNTIF($A$2:$A$1001,A2)=1")
    assert (parent.type, parent.formula1, parent.showErrorMessage) == ("list", "$A$2:$A$1001", False)


def test_hints_fit_into_what_a_sheet_shows(book: openpyxl.Workbook) -> None:
    for rule in rules_of(book["Entries"]).values():
        assert 0 < len(rule.promptTitle) <= SHORT
        assert 0 < len(rule.prompt) <= LONG
        assert len(rule.error or "") <= LONG


def test_the_file_says_how_it_is_checked(book: openpyxl.Workbook, form: Form) -> None:
    texts = [str(cell.value) for row in book["How to"].iter_rows() for cell in row if cell.value]
    assert any("mitigraph validate new.xlsx" in text for text in texts)
    assert set(form.names) <= set(texts)


# -- what validate says --------------------------------------------------------------------------------------


def test_it_is_valid_as_it_is_made(made: Path, tmp_path: Path) -> None:
    full = run("validate", made, "-v", "--fail-on", "warning")
    assert (full.code, codes(full.text + full.err)) == (0, NOTES)
    assert run("template", tmp_path / "empty.xlsx").code == 0
    empty = run("validate", tmp_path / "empty.xlsx", "-v")
    assert (empty.code, codes(empty.text + empty.err)) == (0, NOTES | {"no-records"})


def test_every_choice_of_every_field_is_taken(made: Path, form: Form, tmp_path: Path) -> None:
    example = form.example()
    rows = [
        {**example, "id": f"{field.name}-{number}", field.name: choice.text}
        for field in form
        for number, choice in enumerate(field.choices)
    ]
    rows += [{**example, "id": f"all-{field.name}", field.name: field.joined(one.text for one in field.choices)}
             for field in form if field.several and field.choices]  # fmt: skip
    rows += [{**example, "id": "a-part", "parent": "all-actor; all-function"}, {**example, "id": "again", "same_as": "a-part"}]
    rows += [{"id": f"only-{field.name}", "title": "T", field.name: field.example} for field in form if alone(field.name)]
    book = openpyxl.load_workbook(made)
    sheet = book["Entries"]
    places = {name: column(sheet, name) for name in form.names}
    for line, row in enumerate(rows, 3):
        for name, value in row.items():
            cell = sheet.cell(line, places[name])
            cell.value = int(value) if form[name].kind == "integer" and value else value or None
    book.save(tmp_path / "filled.xlsx")
    said = run("validate", tmp_path / "filled.xlsx", "-v")
    missing = {"mitigation-description", "mitigation-category", "mitigation-actor", "mitigation-stage"}
    assert (said.code, codes(said.text + said.err) - missing) == (0, NOTES)
    told = said.findings("warning")
    lines = {int(found[1]) for line in told if (found := re.search(r"!\w+?(\d+)", line))}
    assert lines <= {line for line, row in enumerate(rows, 3) if row["id"].startswith("only-")}
    assert f"{len(rows) + 1:,}  " in said.err


def alone(name: str) -> bool:
    """Whether a field's example is right without the other fields of its entry."""
    return name not in ("id", "title", "quote", "page")


def test_what_spreadsheets_would_change_stays_as_it_is(made: Path, tmp_path: Path, form: Form) -> None:
    book = openpyxl.load_workbook(made)
    sheet = book["Entries"]
    for name, value in (("page", "1.10"), ("id", "007"), ("citation_policy", "3-5")):
        assert sheet.cell(2, column(sheet, name)).number_format == "@"
        sheet.cell(2, column(sheet, name)).value = value
    book.save(tmp_path / "kept.xlsx")
    said = run("map", tmp_path / "kept.xlsx", "-f", "nt")
    assert said.code == 0
    assert '"1.10"' in said.text and "/entries/007>" in said.text and '"3-5"' in said.text


def test_a_csv_template_is_the_header(tmp_path: Path, form: Form) -> None:
    assert run("template", tmp_path / "new.csv").code == 0
    assert (tmp_path / "new.csv").read_bytes() == (",".join(form.names) + "\n").encode()
    assert run("template", tmp_path / "more.CSV", "--example").code == 0
    (row,) = csv.DictReader(io.StringIO((tmp_path / "more.CSV").read_text("utf-8")))
    assert {name: value for name, value in row.items() if value} == form.example()
    said = run("validate", tmp_path / "more.CSV", "-v", "--fail-on", "warning")
    assert (said.code, codes(said.text + said.err)) == (0, {"dataset-licence"})


# -- options, refusals, bytes --------------------------------------------------------------------------------


def test_rows_and_scheme(tmp_path: Path) -> None:
    assert run("template", tmp_path / "a.xlsx", "--rows", "7", "--scheme", "mit-v2").code == 0
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    ranges = [area for rule in book["Entries"].data_validations.dataValidation for area in rule.sqref.ranges]
    assert {area.max_row for area in ranges} == {8}
    texts = [row[1] for row in book["Choices"].iter_rows(values_only=True) if row[0] == "category"]
    assert len(texts) == 50
    assert all(str(text).startswith("mit-v2:") for text in texts)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("x.ods",), "'x.ods': a template is a file that ends with .xlsx or .csv (mitigraph template --help)"),
        (("-",), "'-': a template is a file that ends with .xlsx or .csv (mitigraph template --help)"),
        (
            ("x.xlsx", "--scheme", "mit-v3"),
            "no field has the scheme 'mit-v3' as one of several; there are mit-v2, mit-v1",
        ),
        (
            ("x.xlsx", "--scheme", "actor-roles"),
            "no field has the scheme 'actor-roles' as one of several; there are",
        ),
        (("x.csv", "--scheme", "mit-v2"), "--scheme is for the drop-downs of a workbook; a table of text has none"),
        (("x.csv", "--rows", "1000"), "--rows is for the drop-downs of a workbook; a table of text has none"),
        (("x.xlsx", "--rows", "0"), "invalid value for '--rows': 0 is not in the range"),
        (("x.xlsx", "--rows", "2000000"), "invalid value for '--rows': 2000000 is not in the range"),
    ],
)
def test_wrong_use(arguments: tuple[str, ...], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("template", *arguments)
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert line in ran.err
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_only_replaced_when_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.xlsx"
    file.write_bytes(b"precious")
    ran = run("template", file)
    assert (ran.code, ran.lines) == (4, [f"mitigraph: {file}: is there already; --force replaces it"])
    assert file.read_bytes() == b"precious"
    assert run("template", file, "--force", "-q").code == 0
    assert file.read_bytes()[:2] == b"PK"


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    ran = run("template", tmp_path / "no" / "x.xlsx")
    assert (ran.code, len(ran.lines)) == (4, 1)


def test_the_same_bytes_whatever_the_hash_seed_and_the_time_zone(tmp_path: Path) -> None:
    made = []
    for number, zone in enumerate(("UTC", "Asia/Tokyo")):
        folder = tmp_path / str(number)
        folder.mkdir()
        done = run_anew("template", folder / "new.xlsx", "--example", env={"PYTHONHASHSEED": str(number), "TZ": zone})
        assert done.returncode == 0, done.stderr
        made.append((folder / "new.xlsx").read_bytes())
    assert made[0] == made[1]


def test_what_is_said(tmp_path: Path) -> None:
    ran = run("template", tmp_path / "new.csv")
    assert (ran.out, len(ran.lines)) == (b"", 1)
    assert ran.err.endswith(f"then: mitigraph validate {tmp_path / 'new.csv'}\n")
    assert run("template", tmp_path / "other.csv", "-q").err == ""
