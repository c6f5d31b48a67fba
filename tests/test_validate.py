"""The options of ``mitigraph validate``, alone and together: what goes to which stream, what is written, how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyoxigraph
import pytest
from building import command, environment
from lxml import etree
from running import Ran, run

from mitigraph.cli.validate import REPORTS
from mitigraph.reports import FORMATS

HEAD = "id,title,category,actor,source_year\n"
FINE = HEAD + "m1,One,mit-v2:2.2.2,Developer,2024\n"
BAD = HEAD + "m1,One,mit-v2:2.2.2,Develper,2024\nm2,Two,mit-v2:2.2.2,Developer,20244\n"
MENDED = BAD.replace("Develper", "Developer")
VERDICT = "2 violations, "


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with ``fine.csv``, and ``bad.csv`` with one fault that is sure to be mended and one that is not."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fine.csv").write_text(FINE, "utf-8")
    (tmp_path / "bad.csv").write_text(BAD, "utf-8")
    return tmp_path


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()} - {"fine.csv", "bad.csv"}


def violations(ran: Ran) -> list[str]:
    return [line.partition(":")[0] + line[line.index("[") : line.index("]") + 1] for line in ran.findings()]


# -- reports -------------------------------------------------------------------------------------------------


def parsed_rdf(name: pyoxigraph.RdfFormat) -> Callable[[bytes], object]:
    return lambda data: len(list(pyoxigraph.parse(data, format=name))) > 1


CONSUMERS: dict[str, Callable[[bytes], object]] = {
    "json": json.loads,
    "sarif": json.loads,
    "turtle": parsed_rdf(pyoxigraph.RdfFormat.TURTLE),
    "jsonld": parsed_rdf(pyoxigraph.RdfFormat.JSON_LD),
    "junit": etree.fromstring,
    "github": lambda data: all(line.startswith("::") for line in data.decode().splitlines()),
    "csv": lambda data: list(csv.reader(io.StringIO(data.decode()))),
    "html": lambda data: data.startswith(b"<!DOCTYPE html>"),
}


def test_every_report_has_a_consumer() -> None:
    assert {*FORMATS, "human"} == set(REPORTS)
    assert set(CONSUMERS) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_for_machines_is_alone_on_standard_output(name: str, folder: Path) -> None:
    ran = run("validate", "bad.csv", "--report", name)
    assert (ran.code, ran.err) == (1, "")
    assert CONSUMERS[name](ran.out) is not False
    assert str(folder) not in ran.text
    assert run("validate", "bad.csv", "--report", name, "-o", "-").out == ran.out


@pytest.mark.parametrize("suffix", [suffix for one in FORMATS.values() for suffix in one.suffixes])
def test_the_suffix_of_an_output_names_the_report(suffix: str, folder: Path) -> None:
    name = next(name for name, one in FORMATS.items() if suffix in one.suffixes)
    ran = run("validate", "bad.csv", "-o", f"out{suffix}")
    assert (ran.code, ran.out) == (1, b"")
    assert len(ran.findings()) == 2
    assert ran.lines[-1].startswith(VERDICT)
    assert ran.lines[-1].endswith(f"; all are in out{suffix}")
    assert (folder / f"out{suffix}").read_bytes() == run("validate", "bad.csv", "--report", name).out


def test_a_report_that_is_named_outranks_the_suffix(folder: Path) -> None:
    assert run("validate", "bad.csv", "--report", "github", "-o", "out.json").code == 1
    assert (folder / "out.json").read_text("utf-8").startswith("::")


def test_the_report_for_people_goes_to_a_file_too(folder: Path) -> None:
    ran = run("validate", "bad.csv", "--report", "human", "-o", "out.txt", terminal=True)
    assert (ran.code, ran.out) == (1, b"")
    assert (folder / "out.txt").read_text("utf-8") == run("validate", "bad.csv").text


def test_a_suffix_of_no_report(folder: Path) -> None:
    for output in ("out.txt", "out", "out.nt"):
        ran = run("validate", "bad.csv", "-o", output)
        assert (ran.code, len(ran.lines)) == (2, 1)
        assert "its suffix is that of no report (.json .ttl .jsonld .sarif" in ran.err
        assert names(folder) == set()


def test_a_report_is_not_written_over_what_is_read(folder: Path) -> None:
    (folder / "known.json").write_bytes(run("validate", "bad.csv", "--report", "json").out)
    for arguments in (
        ["bad.csv", "--report", "csv", "-o", "bad.csv"],
        ["bad.csv", "--baseline", "known.json", "-o", "known.json"],
        ["fine.csv", "--against", "bad.csv", "-o", "./bad.csv"],
    ):
        ran = run("validate", *arguments)
        assert (ran.code, len(ran.lines)) == (2, 1)
        assert "is what is read" in ran.err
    assert (folder / "bad.csv").read_text("utf-8") == BAD


def test_nor_over_a_file_of_a_build(folder: Path) -> None:
    assert run("build", "fine.csv", "-o", "dist", "-q").code == 0
    before = (folder / "dist" / "report.json").read_bytes()
    for against in (["--against", "dist"], ["--against"]):
        ran = run("validate", "bad.csv", *against, "-o", "dist/report.json")
        assert (ran.code, len(ran.lines)) == (2, 1)
        assert "is what is read" in ran.err
    assert (folder / "dist" / "report.json").read_bytes() == before


def test_nor_over_what_was_found_in_a_folder(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "bad.csv").rename(folder / "in" / "bad.csv")
    assert run("validate", "in", "--annotate", "book.xlsx", "-q").code == 1
    for option, name in (("-o", "in/bad.csv"), ("--annotate", "in/bad.xlsx")):
        if option == "--annotate":
            (folder / "book.xlsx").rename(folder / name)
        before = (folder / name).read_bytes()
        ran = run("validate", "in", option, name)
        assert (ran.code, ran.lines) == (
            2,
            [f"mitigraph validate: invalid value for {option}: {name!r} is what is read (mitigraph validate --help)"],
        )
        assert (folder / name).read_bytes() == before


def test_an_earlier_report_in_the_folder_is_replaced(folder: Path) -> None:
    first = run("validate", ".", "-o", "known.json").code
    assert (first, run("validate", ".", "-o", "known.json").code) == (1, 1)


def test_two_outputs_are_two_files(folder: Path) -> None:
    ran = run("validate", "bad.csv", "--report", "csv", "-o", "out.xlsx", "--annotate", "./out.xlsx")
    assert (ran.code, ran.lines) == (2, ["mitigraph validate: -o and --annotate cannot be one file (mitigraph validate --help)"])


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e300", "-1", "0", "soon"])
def test_a_time_limit_that_is_none(folder: Path, seconds: str) -> None:
    ran = run("validate", "fine.csv", "--timeout", seconds)
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "--timeout" in ran.err


def test_the_longest_time_limit(folder: Path) -> None:
    assert run("validate", "fine.csv", "--timeout", "1e6").code == 0


def test_a_report_that_cannot_be_written_leaves_nothing(folder: Path) -> None:
    ran = run("validate", "bad.csv", "-o", "nowhere/out.sarif")
    assert (ran.code, len(ran.lines)) == (4, 1)
    assert names(folder) == set()


def test_a_report_to_a_pipe_that_is_closed(folder: Path) -> None:
    (folder / "bad.csv").write_text(HEAD + "".join(f"m{n},One,mit-v2:9.9,Nobody,{n}0000\n" for n in range(60)), "utf-8")
    for name in ("sarif", "html"):
        process = subprocess.Popen(
            command("validate", "bad.csv", "--report", name),
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait(timeout=120) == 1


def test_files_are_counted_each_where_there_are_several(folder: Path) -> None:
    (folder / "worse.csv").write_text(BAD.replace("m1", "m8").replace("m2", "m9"), "utf-8")
    (folder / "fine.csv").write_text(FINE.replace("m1", "m0"), "utf-8")
    ran = run("validate", "bad.csv", "worse.csv", "fine.csv")
    counted = [line.partition(",")[0] for line in ran.lines if ".csv: " in line]
    assert [line for line in counted if "violation" in line] == ["bad.csv: 2 violations", "worse.csv: 2 violations"]
    files = [line.partition(":")[0] for line in ran.findings()]
    assert files == sorted(files)


def test_a_line_is_folded_on_a_terminal_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    folded, plain = run("validate", "bad.csv", terminal=True).text, run("validate", "bad.csv").text
    assert max(map(len, folded.splitlines())) <= 60 < max(map(len, plain.splitlines()))
    assert folded.replace("\n    ", " ") == plain


def test_shapes_and_mappings_are_named_as_the_working_folder_sees_them(folder: Path) -> None:
    (folder / "my").mkdir()
    shapes = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<urn:s> a sh:NodeShape ; sh:targetNode <urn:n> ; sh:nodeKind sh:IRI .\n"
    )
    imports = "<urn:o> a <http://www.w3.org/2002/07/owl#Ontology> ; <http://www.w3.org/2002/07/owl#imports> <urn:x> .\n"
    (folder / "my" / "mine.ttl").write_text(shapes + "<urn:idle> a sh:NodeShape .\n" + imports, "utf-8")
    for typed in ("my/mine.ttl", str(folder / "my" / "mine.ttl")):
        assert f"{typed}: info[not-fetched]" in run("validate", "fine.csv", "-s", typed).text
        for name in {*FORMATS} - {"turtle", "jsonld"}:
            data = run("validate", str(folder / "fine.csv"), "-s", typed, "--report", name).text
            assert "my/mine.ttl" in data
            assert str(folder) not in data


@pytest.mark.parametrize("name", REPORTS)
def test_a_file_whose_name_is_no_text(name: str, folder: Path) -> None:
    file = os.fsdecode(b"\xff bad.csv")
    (folder / "bad.csv").rename(folder / file)
    for path in (file, ".", folder / file):
        ran = run("validate", path, "--report", name, "-o", "out.txt")
        assert ran.code == 1, ran.err
        told = (folder / "out.txt").read_text("utf-8")
        assert "udcff bad.csv" in told.replace("%5C", "").replace("%20", " ") or name in ("turtle", "jsonld")
        (folder / "out.txt").unlink()
    gone = run("validate", os.fsdecode(b"\xff gone.csv"), "--report", name)
    assert gone.code == 3


# -- --fail-on -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "level", "code"),
    [
        ("bad.csv", "violation", 1),
        ("bad.csv", "none", 0),
        ("bad.csv", "info", 1),
        ("fine.csv", "violation", 0),
        ("fine.csv", "warning", 1),
        ("fine.csv", "none", 0),
        ("gone.csv", "none", 3),
    ],
)
def test_the_level_that_counts(file: str, level: str, code: int, folder: Path) -> None:
    assert run("validate", file, "--fail-on", level).code == code
    suites = etree.fromstring(run("validate", file, "--fail-on", level, "--report", "junit").out)
    assert (int(suites.get("failures")) > 0) is (code > 0)


# -- --baseline ----------------------------------------------------------------------------------------------


def test_known_findings_are_counted_and_new_ones_told(folder: Path) -> None:
    (folder / "known.json").write_bytes(run("validate", "bad.csv", "--report", "json").out)
    again = run("validate", "bad.csv", "--baseline", "known.json")
    assert (again.code, again.out) == (0, b"")
    assert again.lines[-1].endswith(" known, 0 new, 0 gone")
    added = BAD.replace("m1,", "m3,Three,mit-v2:2.2.2,Developer,19\nm1,")
    (folder / "bad.csv").write_text(added.replace("20244", "2024"), "utf-8")
    ran = run("validate", "bad.csv", "--baseline", "known.json")
    assert ran.code == 1
    assert violations(ran) == ["bad.csv[bad-year]"]
    assert "found '19'" in ran.text
    assert " known, " in ran.lines[-1] and ran.lines[-1].endswith(" gone")


def test_only_new_findings_are_in_reports_and_counted(folder: Path) -> None:
    known = run("validate", "bad.csv", "--report", "json").out
    (folder / "bad.csv").write_text(BAD + "m9,Nine,mit-v2:2.2.2,Developer,99999\n", "utf-8")
    ran = run("validate", "bad.csv", "--baseline", "-", "--report", "json", stdin=known)
    assert ran.code == 1
    told = [one["value"] for one in json.loads(ran.out)["findings"] if one["severity"] == "violation"]
    assert told == ["99999"]
    assert len(ran.lines) == 1
    assert " 0 gone" in ran.err


def test_a_build_s_report_is_a_baseline_too(folder: Path) -> None:
    assert run("build", "bad.csv", "-o", "out").code == 1
    ran = run("validate", "bad.csv", "--baseline", "out/report.json")
    assert (ran.code, ran.findings()) == (0, [])


def test_what_is_refused_is_never_known(folder: Path) -> None:
    known = run("validate", "gone.csv", "--report", "json").out
    ran = run("validate", "gone.csv", "--baseline", "-", stdin=known)
    assert ran.code == 3


def test_a_baseline_that_is_not_there(folder: Path) -> None:
    ran = run("validate", "bad.csv", "--baseline", "gone.json")
    assert (ran.code, ran.out, len(ran.lines)) == (3, b"", 1)
    assert "gone.json" in ran.err


# -- --fix ---------------------------------------------------------------------------------------------------


def test_a_mended_copy_is_written_and_the_file_is_as_it_was(folder: Path) -> None:
    ran = run("validate", "bad.csv", "--fix")
    assert ran.code == 1
    assert len(ran.findings()) == 2, "they are those of the file as it stands"
    assert names(folder) == {"bad.fixed.csv"}
    assert (folder / "bad.fixed.csv").read_text("utf-8") == MENDED
    assert (folder / "bad.csv").read_text("utf-8") == BAD
    assert "-m1,One,mit-v2:2.2.2,Develper,2024" in ran.lines
    assert "+m1,One,mit-v2:2.2.2,Developer,2024" in ran.lines
    assert any(line.startswith("mended 1 of ") and line.endswith("; wrote bad.fixed.csv") for line in ran.lines)


def test_a_file_is_mended_in_place(folder: Path) -> None:
    ran = run("validate", "bad.csv", "--fix", "--in-place")
    assert ran.code == 1
    assert violations(ran) == ["bad.csv[bad-year]"]
    assert (folder / "bad.csv").read_text("utf-8") == MENDED
    assert names(folder) == set()


def test_a_file_that_is_mended_whole_is_fine(folder: Path) -> None:
    (folder / "bad.csv").write_text(BAD.replace("20244", "2024"), "utf-8")
    assert run("validate", "bad.csv", "--fix", "--in-place").code == 0
    assert run("validate", "bad.csv").code == 0


def test_standard_input_comes_out_mended(folder: Path) -> None:
    ran = run("validate", "-", "--fix", stdin=BAD.encode())
    assert ran.out.decode() == MENDED
    assert ran.code == 1
    assert len([line for line in ran.lines if ": violation[" in line]) == 1
    assert names(folder) == set()


def test_standard_input_with_nothing_to_mend_comes_out_as_it_is(folder: Path) -> None:
    ran = run("validate", "-", "--fix", "-q", stdin=FINE.encode())
    assert (ran.code, ran.out, ran.err) == (0, FINE.encode(), "")


def test_standard_input_is_mended_beside_a_report(folder: Path) -> None:
    ran = run("validate", "-", "--fix", "-o", "left.json", stdin=BAD.encode())
    assert ran.out.decode() == MENDED
    told = [one["code"] for one in json.loads((folder / "left.json").read_bytes())["findings"] if one["severity"] == "violation"]
    assert told == ["bad-year"]


def test_mending_with_a_baseline_leaves_what_is_known(folder: Path) -> None:
    (folder / "known.json").write_bytes(run("validate", "bad.csv", "--report", "json").out)
    ran = run("validate", "bad.csv", "--fix", "--baseline", "known.json")
    assert ran.code == 0
    assert names(folder) == {"known.json"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["bad.csv", "--in-place"], "--in-place goes with --fix"),
        (["bad.csv", "--annotate", "out.csv"], "'out.csv' is no workbook: its suffix must be .xlsx or .xlsm"),
        (["-", "--fix", "--report", "json"], "standard output is for the mended data"),
        (["-", "--baseline", "-"], "standard input cannot be both the data and the baseline"),
        (["bad.csv", "--baseline", "known.json", "--report", "turtle"], "take another report, such as json"),
        (["bad.csv", "--baseline", "known.json", "-o", "x.jsonld"], "take another report, such as json"),
        (["bad.csv", "--report", "xml"], "'xml' is not one of"),
        (["bad.csv", "--engine", "jena"], "'jena' is not one of"),
        (["--against", "bad.csv"], "missing argument 'DATA...'"),
    ],
)
def test_what_cannot_be_meant(arguments: list[str], told: str, folder: Path) -> None:
    ran = run("validate", *arguments, stdin=BAD.encode())
    assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)
    assert told in ran.err
    assert names(folder) == set()


# -- --annotate ----------------------------------------------------------------------------------------------


def test_an_annotated_copy_has_a_comment_in_each_bad_cell(folder: Path) -> None:
    ran = run("validate", "bad.csv", "--annotate", "marked.xlsx")
    assert ran.code == 1
    assert "wrote marked.xlsx" in ran.lines
    book = openpyxl.load_workbook(folder / "marked.xlsx")
    commented = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.comment}
    assert {"Develper", "20244"} <= commented


def test_annotating_mending_and_reporting_at_once(folder: Path) -> None:
    ran = run("validate", "bad.csv", "--annotate", "marked.xlsx", "--fix", "--in-place", "-o", "left.sarif", "--fail-on", "none")
    assert (ran.code, ran.out) == (0, b"")
    assert names(folder) == {"marked.xlsx", "left.sarif"}
    assert (folder / "bad.csv").read_text("utf-8") == MENDED
    results = json.loads((folder / "left.sarif").read_bytes())["runs"][0]["results"]
    assert [one["ruleId"] for one in results if one["level"] == "error"] == ["bad-year"]


def test_an_annotated_copy_is_not_written_over_what_is_read(folder: Path) -> None:
    openpyxl.Workbook().save(folder / "book.xlsx")
    before = (folder / "book.xlsx").read_bytes()
    ran = run("validate", "book.xlsx", "--annotate", "book.xlsx")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert (folder / "book.xlsx").read_bytes() == before


# -- SARIF, to the character ---------------------------------------------------------------------------------


def regions(ran: Ran) -> dict[str, tuple[int, ...]]:
    results = json.loads(ran.out)["runs"][0]["results"]
    return {
        one["properties"]["value"]: tuple(one["locations"][0]["physicalLocation"]["region"].values())
        for one in results
        if one["level"] == "error"
    }


def test_sarif_knows_the_cell_and_mends_it(folder: Path) -> None:
    ran = run("validate", "bad.csv", "--report", "sarif")
    assert regions(ran) == {"Develper": (2, 21, 2, 29), "20244": (3, 31, 3, 36)}
    (fixes,) = [one["fixes"] for one in json.loads(ran.out)["runs"][0]["results"] if "fixes" in one]
    (change,) = fixes[0]["artifactChanges"]
    (replacement,) = change["replacements"]
    lines = BAD.splitlines(keepends=True)
    region = replacement["deletedRegion"]
    line = lines[region["startLine"] - 1]
    lines[region["startLine"] - 1] = (
        line[: region["startColumn"] - 1] + replacement["insertedContent"]["text"] + line[region["endColumn"] - 1 :]
    )
    assert "".join(lines) == MENDED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_columns_are_characters_whatever_the_encoding(encoding: str, folder: Path) -> None:
    (folder / "bad.csv").write_bytes(BAD.replace("One", "Öne 🎉").encode(encoding))
    assert regions(run("validate", "bad.csv", "--report", "sarif"))["Develper"] == (2, 23, 2, 31)


def test_the_other_forms_of_file(folder: Path) -> None:
    (folder / "a.json").write_text('[\n {"id": "m1", "title": "One",\n  "actor": "Develper"}\n]\n', "utf-8")
    (folder / "a.yaml").write_text("- id: m2\n  title: Two\n  actor: Develper\n", "utf-8")
    assert regions(run("validate", "a.json", "--report", "sarif")) == {"Develper": (3, 12, 3, 22)}
    assert regions(run("validate", "a.yaml", "--report", "sarif")) == {"Develper": (3, 10, 3, 18)}


# -- --engine and --against ----------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["own", "pyshacl", "both"])
def test_every_engine_says_the_same(engine: str, folder: Path) -> None:
    ran = run("validate", "bad.csv", "--engine", engine, "--report", "json")
    assert ran.code == 1, ran.err
    assert ran.out == run("validate", "bad.csv", "--report", "json").out


def test_new_entries_are_held_against_a_dataset(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    assert run("build", "fine.csv", "-o", "dist").code == 0
    (folder / "new.csv").write_text(FINE.replace("m1", "m2"), "utf-8")
    alone = run("validate", "new.csv")
    for against in (["--against", "dist"], ["--against", "dist/data.ttl"], ["--against"]):
        ran = run("validate", "new.csv", *against)
        assert ran.code == 0, ran.text + ran.err
        assert ran.out == alone.out


def test_a_dataset_that_is_not_there(folder: Path) -> None:
    ran = run("validate", "fine.csv", "--against", "nowhere")
    assert (ran.code, ran.out, len(ran.lines)) == (3, b"", 1)
    assert "nowhere" in ran.err


@pytest.mark.parametrize(
    ("data", "options", "is_told"),
    [
        ("<urn:a> a <urn:D> .", [], True),
        ("", [], True),
        ("<urn:a> a <urn:C> .", [], False),
        ("<urn:a> a <urn:D> .", ["-s", "more.ttl"], False),
    ],
)
@pytest.mark.parametrize("name", ["data.ttl", "data.nt"])
def test_shapes_that_look_at_nothing_are_told(folder: Path, name: str, data: str, options: list[str], is_told: bool) -> None:
    start = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    Path("mine.ttl").write_text(f"{start}<urn:s> sh:targetClass <urn:C> ; sh:nodeKind sh:IRI .", "utf-8")
    Path("more.ttl").write_text(f"{start}<urn:t> sh:targetClass <urn:D> ; sh:nodeKind sh:IRI .", "utf-8")
    Path(name).write_text(data.replace(" a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ") + "\n", "utf-8")
    ran = run("validate", name, "-s", "mine.ttl", *options)
    said = f"{name}: warning[idle-shape] no node here is a target of any of the shapes: nothing was checked"
    assert (ran.code, said in ran.text.splitlines()) == (0, is_told)
