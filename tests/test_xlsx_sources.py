"""Workbooks as sources: the same graph as from CSV, the mapping they fit, and findings that name their cells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from mutation import Good
from openpyxl.cell.cell import Cell
from running import Ran, run
from workbooks import made, twin

from mitigraph.finding import Finding, Place, order

HEAD = ["id", "title", "description", "category", "actor"]
ROW = ["n-1", "Red teaming", "Attacking the system.", "mit-v2:2.2.2", "Developer"]


def graph(ran: Ran, name: str) -> set[str]:
    """The triples, without what names the file and its bytes."""
    assert ran.code == 0, ran.err
    return {re.sub(r"[0-9a-f]{64}", "DIGEST", line.replace(name, "FILE")) for line in ran.text.splitlines()}


def workbook(*rows: Sequence[object], sheet: str = "Entries") -> bytes:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.title = sheet
        for row in rows:
            book.active.append(row)

    return made(fill)


def as_typed(cell: Cell, text: str) -> None:
    """What a spreadsheet makes of numbers and days that are typed into it."""
    if re.fullmatch(r"[1-9][0-9]*(?:\.[0-9]*[1-9])?", text):
        cell.value, cell.data_type = float(text) if "." in text else int(text), "n"
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        cell.value = date.fromisoformat(text)
        cell.number_format = "d mmm yyyy"


@pytest.mark.parametrize("typed", [None, as_typed])
@pytest.mark.parametrize("source", ["examples/measures.csv", "tests/good/rows.csv"])
def test_a_workbook_gives_the_graph_of_its_csv(
    root: Path, tmp_path: Path, source: str, typed: Callable[[Cell, str], None] | None
) -> None:
    file = tmp_path / Path(source).name
    file.write_bytes((root / source).read_bytes())
    book = file.with_suffix(".xlsx")
    book.write_bytes(twin(file, typed))
    expected = graph(run("map", file, "-f", "nt"), file.name)
    assert len(expected) > 100
    assert graph(run("map", book, "-f", "nt"), book.name) == expected
    piped = [graph(run("map", "-", "-f", "nt", stdin=one.read_bytes()), "-") for one in (file, book)]
    assert piped[0] == piped[1]


def test_real_sources_as_workbooks(shared: Path, tmp_path: Path) -> None:
    for name in ("mit-mitigations-v1", "nist-genai-actions"):
        here, there = tmp_path / name / "csv", tmp_path / name / "xlsx"
        here.mkdir(parents=True)
        there.mkdir()
        for file in sorted((shared / "data" / name).glob("*.csv")):
            (here / file.name).write_bytes(file.read_bytes())
            (there / file.name).with_suffix(".xlsx").write_bytes(twin(file))
        ran = [run("map", folder, "-f", "nt") for folder in (here, there)]
        triples = [{re.sub(r"\.xlsx|\.csv|[0-9a-f]{64}", "", line) for line in one.text.splitlines()} for one in ran]
        assert len(triples[0]) > 1000
        assert triples[0] == triples[1]
        assert len(ran[0].findings("violation")) == len(ran[1].findings("violation"))


def test_findings_name_the_cell_and_reports_have_it(tmp_path: Path) -> None:
    file = tmp_path / "new.xlsx"
    file.write_bytes(workbook(HEAD, ROW, [], ["n-2", "Gates", "Stops.", "mit-v2:2.2.22", "Develper"], ["n-3", "=A1&B1"]))
    ran = run("validate", file, "--quiet")
    assert ran.code == 1
    assert f"{file}:Entries!D4: violation[unknown-concept]" in ran.text
    assert f"{file}:Entries!E4: violation[unknown-concept]" in ran.text
    assert f"{file}:Entries!B5: violation[formula-without-value]" in ran.text
    found = json.loads(run("validate", file, "--report", "json").out)["findings"]
    (one,) = [finding for finding in found if finding.get("cell") == "Entries!D4" and finding["severity"] == "violation"]
    assert (one["line"], one["row"], one["column"], one["file"]) == (4, 2, "category", "new.xlsx")


def test_findings_of_a_shape_name_the_cell(tmp_path: Path) -> None:
    file = tmp_path / "new.xlsx"
    file.write_bytes(workbook(HEAD, ["n-1", "Red teaming", None, "mit-v2:2.2.2", None]))
    ran = run("validate", file, "-v")
    assert re.search(r"new\.xlsx:Entries!E2: warning\[mitigation-actor\]", ran.text + ran.err)


def test_a_folder_of_workbooks_is_built(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "new.xlsm").write_bytes(workbook(HEAD, ROW))
    (tmp_path / "in" / "other.xlsx").write_bytes(workbook(["colour"], ["red"]))
    (tmp_path / "in" / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    ran = run("build", tmp_path / "in", "-o", tmp_path / "out")
    assert ran.code == 0, ran.err
    assert "Red teaming" in (tmp_path / "out" / "data.ttl").read_text("utf-8")
    assert "info[no-mapping]" in ran.err
    assert "info[not-data]" in ran.err


def test_the_sheet_with_the_columns_is_found(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.title = "Read me"
        book.active.append(["How to fill in this workbook"])
        book.create_sheet("Entries").append(HEAD)
        book["Entries"].append(ROW)

    file = tmp_path / "new.xlsx"
    file.write_bytes(made(fill))
    ran = run("map", file, "-f", "nt")
    assert ran.code == 0, ran.err
    assert "entries/n-1>" in ran.text
    assert "info[other-sheets] other sheets are not read; read is 'Entries', found 'Read me'" in ran.err


def test_columns_that_fit_nothing_are_named_at_the_header(tmp_path: Path) -> None:
    file = tmp_path / "new.xlsx"
    file.write_bytes(workbook([], ["ID", "titel"], ["a", "b"]))
    ran = run("map", file)
    assert ran.code == 3
    assert f"{file}:Entries!2:2: violation[no-mapping] no mapping reads these columns, found 'ID, titel'" in ran.err


MAPPING = """
sources:
  table: {access: any.csv, match: "any*.csv", columns: [id]}
  book: {access: any.xlsx, sheet: Own, range: "B2:C", columns: [id]}
mappings:
  table: {sources: table, subject: table/$(id), po: [[a, airmo:Risk]]}
  book: {sources: book, subject: book/$(id), po: [[a, airmo:Risk]]}
"""


def test_a_source_that_names_a_workbook_goes_before_one_of_csv(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.append(["id"])
        book.active.append(["first"])
        sheet = book.create_sheet("Own")
        sheet["B2"], sheet["B3"] = "id", "second"

    (tmp_path / "mine.yml").write_text(MAPPING, "utf-8")
    (tmp_path / "any.xlsx").write_bytes(made(fill))
    ran = run("map", "-m", tmp_path / "mine.yml", tmp_path / "any.xlsx", "-f", "nt")
    assert re.findall(r"id/(\w+/\w+)>", ran.text) == ["book/second"], ran.err
    (tmp_path / "any.xlsx").write_bytes(workbook(["id"], ["first"]))
    ran = run("map", "-m", tmp_path / "mine.yml", tmp_path / "any.xlsx", "-f", "nt")
    assert re.findall(r"id/(\w+/\w+)>", ran.text) == ["table/first"], ran.err


def test_rows_that_cannot_be_named_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "new.xlsx"
    file.write_bytes(workbook(HEAD, ROW, [None, "nameless"], ["n-2", "Gates", "Stops.", "mit-v2:2.2.2", "Developer"]))
    ran = run("map", file, "-f", "nt")
    assert ran.code == 1
    assert re.search(r"csv +\S+new\.xlsx +3 +2 +1 +0", ran.err), ran.err
    assert f"{file}:Entries!A3: violation[no-subject]" in ran.err


def test_places_of_cells_are_told_and_ordered() -> None:
    here, there = Place("a.xlsx", 2, "x", 1, cell="S!A2"), Place("a.xlsx", 2, "x", 1, cell="T!A2")
    assert (str(here), str(Place("a\n.xlsx", cell="S\x1b!A2"))) == ("a.xlsx:S!A2", "a\\n.xlsx:S\\x1b!A2")
    found = [Finding("info", "x", "m", there), Finding("info", "x", "m", here)]
    assert sorted(found, key=order) == found[::-1]
    assert found[0].as_dict()["cell"] == "T!A2"


def test_a_spoilt_workbook_through_the_command_line(tmp_path: Path) -> None:
    from fuzzing import check
    from test_read_xlsx import spoilt

    for seed in range(40):
        data = spoilt(seed)
        check(Good("records", "rows.xlsx", data, b""), data, tmp_path)
