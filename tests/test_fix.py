"""``--fix``: what is sure is mended, in a copy or in place, and a file is never left half."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from running import Ran, run
from workbooks import twin

from mitigraph import fix as fixing
from mitigraph.errors import FileChangedError, InputError
from mitigraph.finding import Finding, Place
from mitigraph.fix import Fixed, fix, fixes
from mitigraph.knowledge import Knowledge
from mitigraph.pipeline import Dataset, read_dataset

TABLE = "id,title,actor\r\nx-1,Red teaming,Develper\r\nx-2,Audits,Deploer; AI Developer\r\n"
MENDED = TABLE.replace("Develper", "Developer").replace("Deploer", "Deployer")
JSON = '[{"id": "x-1", "title": "Red teaming", "actor": ["Develper", "b"]}]\n'
FORMS = {
    "new.csv": (TABLE, MENDED),
    "new.tsv": (TABLE.replace(",", "\t"), MENDED.replace(",", "\t")),
    "new.json": (JSON, JSON.replace("Develper", "Developer")),
    "new.jsonl": (JSON[1:-2] + "\n", JSON[1:-2].replace("Develper", "Developer") + "\n"),
    "new.yml": ("- id: x-1 # why\n  title: a\n  actor: Develper\n", "- id: x-1 # why\n  title: a\n  actor: Developer\n"),
}


known = cache(Knowledge)


def mended(*paths: Path) -> tuple[Dataset, Fixed]:
    knowledge = known()
    dataset = read_dataset([str(path) for path in paths], knowledge)
    return dataset, fix(dataset, knowledge, dataset.findings)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "new.csv"
    file.write_text(TABLE, newline="")
    return file


def test_only_sure_findings_with_something_to_change_are_fixes() -> None:
    place = Place("a.csv", 2, "actor", 1)

    def told(**parts: object) -> Finding:
        given = {"value": "a", "suggestion": "b", "sure": True, **parts}
        return Finding("violation", "c", "m", place, **given)  # type: ignore[arg-type]

    unsure = [told(sure=False), told(value=None), told(suggestion=None), told(suggestion="a"), told(value="")]
    assert fixes(unsure) == {}
    assert [(edit.place, edit.old, edit.new) for _, edit in fixes([*unsure, told()])["a.csv"]] == [(place, "a", "b")]


@pytest.mark.parametrize("name", FORMS)
def test_a_copy_is_mended_in_every_form(name: str, tmp_path: Path) -> None:
    before, after = FORMS[name]
    file = tmp_path / name
    file.write_text(before, newline="")
    ran = run("validate", file, "--fix")
    copy = file.with_name(f"new.fixed{file.suffix}")
    assert (file.read_bytes(), copy.read_bytes()) == (before.encode(), after.encode())
    assert ran.code == 1, "the file that was named is still as it was"
    assert "-" in ran.err and "Developer" in ran.err
    again = run("validate", copy)
    assert "Develper" not in again.text


def test_a_workbook_is_mended(table: Path) -> None:
    file = table.with_suffix(".xlsx")
    file.write_bytes(twin(table))
    ran = run("validate", file, "--fix")
    book = openpyxl.load_workbook(table.with_name("new.fixed.xlsx"))
    assert [cell.value for cell in book.active["C"]] == ["actor", "Developer", "Deployer; AI Developer"]
    assert "Sheet!C2: 'Develper' → 'Developer'" in ran.err


def test_what_is_mended_in_place_is_no_longer_told(table: Path) -> None:
    table.chmod(0o640)
    ran = run("validate", table, "--fix", "--in-place")
    assert table.read_bytes() == MENDED.encode()
    assert table.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in table.parent.iterdir()) == ["new.csv"]
    assert "Develper" not in ran.text
    assert "AI Developer" in ran.text


def test_a_copy_has_the_permissions_of_the_file_and_replaces_an_earlier_one(table: Path) -> None:
    table.chmod(0o600)
    copy = table.with_name("new.fixed.csv")
    for _ in range(2):
        _, fixed = mended(table)
        assert fixed.write(in_place=False) == [copy]
        assert (copy.read_bytes(), copy.stat().st_mode & 0o777) == (MENDED.encode(), 0o600)
        copy.write_text("an earlier one")
        copy.chmod(0o644)


def test_links_are_followed_and_stay_links(table: Path) -> None:
    (table.parent / "far").mkdir()
    far = table.rename(table.parent / "far" / "own.csv")
    table.symlink_to(far)
    assert mended(table)[1].write(in_place=False) == [table.with_name("new.fixed.csv")]
    assert mended(table)[1].write(in_place=True) == [table]
    assert table.is_symlink()
    assert far.read_bytes() == MENDED.encode()


def test_a_place_that_is_taken_is_left_alone(table: Path) -> None:
    copy, other = table.with_name("new.fixed.csv"), table.with_name("other.csv")
    copy.mkdir()
    with pytest.raises(InputError, match=r"new\.fixed\.csv: the mended copy of new\.csv cannot be put there: it is no file"):
        mended(table)[1].write(in_place=False)
    copy.rmdir()
    other.write_text("mine")
    copy.symlink_to(other)
    with pytest.raises(InputError, match="it is no file of its own"):
        mended(table)[1].write(in_place=False)
    assert other.read_text() == "mine"
    copy.unlink()
    copy.write_text(TABLE.replace("x-", "y-"), newline="")
    with pytest.raises(InputError, match="one of the files that were read"):
        mended(table, copy)[1].write(in_place=False)
    assert run("validate", table, copy, "--fix").code == 3
    assert copy.read_text().count("y-") == 2


def test_a_file_that_was_changed_meanwhile_is_not_written_over(table: Path) -> None:
    _, fixed = mended(table)
    table.write_text("mine")
    with pytest.raises(FileChangedError):
        fixed.write(in_place=True)
    assert table.read_text() == "mine"
    with pytest.raises(FileChangedError):
        fixed.write(in_place=False)
    assert not table.with_name("new.fixed.csv").exists()


def test_a_file_that_changes_before_it_is_mended_is_left(table: Path) -> None:
    knowledge = known()
    dataset = read_dataset([str(table)], knowledge)
    sure = [finding for finding in dataset.findings if finding.sure]
    readings = fixing.readings_of(dataset, knowledge)
    fixed = Fixed()
    table.write_text("mine")
    fixing.fix_file(fixed, dataset.files[0], readings["new.csv"], fixes(sure)["new.csv"])
    assert (fixed.changed, fixed.mended, {one.code for one in fixed.left}) == ([], [], {"not-fixed"})
    assert "was changed while it was being read" in fixed.left[0].message


def test_standard_input_comes_out_mended() -> None:
    ran = run("validate", "-", "--fix", stdin=TABLE.encode())
    assert ran.out == MENDED.encode()
    assert "AI Developer" in ran.err
    clean = run("validate", "-", "--fix", stdin=b"id,title\nx-1,Audits\n")
    assert clean.out == b"id,title\nx-1,Audits\n"


def test_what_comes_through_a_pipe_has_no_place(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.write(write, TABLE.encode())
    os.close(write)
    dataset, fixed = mended(Path(f"/dev/fd/{read}"))
    os.close(read)
    assert dataset.files[0].nameless
    assert (fixed.changed, len(fixed.left)) == ([], 2)
    assert "pipe" in fixed.left[0].message


def test_conflicting_fixes_are_left(table: Path) -> None:
    knowledge = known()
    dataset = read_dataset([str(table)], knowledge)
    place = Place("new.csv", 2, "actor", 1)
    rival = Finding("violation", "other", "m", place, "Develper", suggestion="Deployer", sure=True)
    fixed = fix(dataset, knowledge, [*dataset.findings, rival])
    assert [str(one).partition(": info")[2] for one in fixed.left] == [
        "[not-fixed] could not be fixed: another fix would put 'Deployer' there, found 'Develper'; did you mean 'Developer'?",
        "[not-fixed] could not be fixed: another fix would put 'Developer' there, found 'Develper'; did you mean 'Deployer'?",
    ]
    assert fixed.changed[0].data == TABLE.replace("Deploer", "Deployer").encode()


def test_nothing_to_mend_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("id,title\nx-1,Audits\n")
    ran: Ran = run("validate", tmp_path / "new.csv", "--fix")
    assert [one.name for one in tmp_path.iterdir()] == ["new.csv"]
    assert ran.code == 0


@pytest.mark.parametrize("options", [("--annotate", "new.fixed.xlsx"), ("-o", "new.fixed.xlsx", "--report", "json")])
def test_what_else_is_written_does_not_take_the_place_of_a_copy(options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(TABLE)
    (tmp_path / "new.xlsx").write_bytes(twin(tmp_path / "new.csv"))
    ran = run("validate", tmp_path / "new.xlsx", "--fix", options[0], tmp_path / "." / options[1], *options[2:])
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "is where the mended copy" in ran.err
    assert not (tmp_path / "new.fixed.xlsx").exists()
    assert run("validate", tmp_path / "new.xlsx", "--fix", "--in-place", options[0], tmp_path / options[1], *options[2:]).code < 2


def test_what_is_written_is_named_as_its_user_did(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(table.parent)
    assert "; wrote new.fixed.csv" in run("validate", "new.csv", "--fix").err
    assert run("validate", "new.csv", "--fix", "--in-place").err.partition("; wrote ")[2].startswith("new.csv\n")
    assert table.read_bytes() == MENDED.encode()


def test_a_folder_can_be_fixed_twice(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("id,title,actor\nm-1,Red teaming,Develper\n")
    first = run("validate", tmp_path, "--fix")
    copy = (tmp_path / "new.fixed.csv").read_bytes()
    second = run("validate", tmp_path, "--fix", "-v")
    assert (first.code, second.code) == (1, 1)
    assert (tmp_path / "new.fixed.csv").read_bytes() == copy
    assert "info[fixed-copy]" in second.text
