"""``mitigraph new``: asks, checks each answer, and adds one entry to a file of which no other byte changes."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import yaml
from building import command, environment
from hypothesis import given, settings
from hypothesis import strategies as st
from running import Ran, run
from workbooks import by_hand, package, parts, zipped

from mitigraph.errors import EngineError, InputError
from mitigraph.form import Form, destination, entry_form
from mitigraph.form.checker import Checker, bundled_keys, proposed_key
from mitigraph.form.destination import SUFFIXES, open_destination
from mitigraph.knowledge import Knowledge

ENTRY = {
    "id": "canary-strings",
    "title": "Canary strings: a test",
    "description": 'Unique markers, "quoted", in every file.',
    "category": "mit-v2:2.2.2 Testing & Evaluation; mit-v1:1.X",
    "actor": "Developer",
    "lifecycle_stage": "Verify and Validate; Deploy",
    "source_title": "Notes: on data",
    "source_year": "2025",
    "quote": " We place <them> & check. ",
    "page": "3-5",
}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The project's own files."""
    return Knowledge()


@pytest.fixture(scope="module")
def form(knowledge: Knowledge) -> Form:
    """The form of an entry."""
    return entry_form(knowledge)


def ask(file: Path, *lines: str, options: tuple[str, ...] = ()) -> Ran:
    """Run the command with answers, one a line."""
    return run("new", file, *options, stdin="".join(f"{line}\n" for line in lines).encode())


def answered(form: Form, **given: str) -> list[str]:
    """Answers to all questions in their order, empty where none is given, and the consent to save."""
    first = [given.get("title", "A title"), given.get("id", "")]
    return [*first, *(given.get(name, "") for name in form.names if name not in ("id", "title")), "y"]


# -- a whole dialogue ----------------------------------------------------------------------------------------


def test_answers_become_an_entry(tmp_path: Path, form: Form) -> None:
    file = tmp_path / "new.csv"
    ran = ask(file, *answered(form, title="Canary strings", actor="3", category="2.2.2; mit-v1:3.1", status="published"))
    assert (ran.code, ran.out) == (0, b"")
    assert ran.lines[-1] == f"{file}: canary-strings added; it has 1 now"
    header, row = file.read_text("utf-8").splitlines()
    assert header.split(",") == form.names
    assert row == (
        "canary-strings,Canary strings,,mit-v2:2.2.2 Testing & Evaluation; mit-v1:3.1 Testing & Auditing,,Developer"
        + "," * 12 + "Published,,"
    )  # fmt: skip
    said = run("validate", file)
    assert (said.code, said.findings()) == (0, [])


def test_a_second_entry_follows_and_its_key_is_another(tmp_path: Path, form: Form) -> None:
    file = tmp_path / "new.csv"
    assert ask(file, *answered(form, title="Canary strings")).code == 0
    before = file.read_bytes()
    ran = ask(file, *answered(form, title="Canary Strings!", parent="canary-strings"))
    assert ran.code == 0
    assert "id [canary-strings-2]> " in ran.err
    assert "violation[" not in ran.err  # nobody chose the key that is taken
    assert file.read_bytes().startswith(before)
    assert file.read_text("utf-8").splitlines()[-1].startswith("canary-strings-2,Canary Strings!,")
    assert ran.lines[-1].endswith("canary-strings-2 added; it has 2 now")


def test_a_wrong_value_is_told_and_asked_for_again(tmp_path: Path, form: Form) -> None:
    answers = answered(form, title="T", actor="develper", source_year="20244")
    at = answers.index("develper")
    answers[at + 1 : at + 1] = ["Developer"]
    at = answers.index("20244")
    answers[at + 1 : at + 1] = ["2024"]
    ran = ask(tmp_path / "new.csv", *answers)
    assert ran.code == 0
    assert [line for line in ran.lines if "violation[" in line] == [
        "actor: violation[unknown-concept] no concept of actor-roles, found 'develper'; did you mean 'Developer'?",
        "source_year: violation[bad-year] not a year, found '20244', expected a year from 1800 to 2100",
    ]
    assert len([line for line in ran.lines if line.startswith("actor (")]) == 2


def test_what_validate_says_of_the_shapes_is_said_at_once(tmp_path: Path, form: Form) -> None:
    answers = answered(form, title="T", risks="mit-risks-pre-v3/01.02.00", parent="nobody")
    answers.insert(answers.index("mit-risks-pre-v3/01.02.00") + 1, "-")
    answers.insert(answers.index("nobody") + 1, "-")
    ran = ask(tmp_path / "new.csv", *answers)
    assert ran.code == 0
    found = [line for line in ran.lines if "violation[" in line]
    assert found[0].startswith("risks: violation[mitigation-risk] What a mitigation lowers must be a risk that is in the data")
    assert found[1].startswith("parent: violation[unmatched-join]")


def test_other_data_may_be_referred_to(tmp_path: Path, form: Form) -> None:
    other = tmp_path / "risks.ttl"
    other.write_text(
        "@prefix airmo: <https://w3id.org/airmo#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<https://w3id.org/airmo/id/mine/r1> a airmo:Risk ; rdfs:label "One"@en .\n',
        "utf-8",
    )
    ran = ask(tmp_path / "new.csv", *answered(form, title="T", risks="mine/r1"), options=("--against", str(other)))
    assert ran.code == 0, ran.err
    assert "violation" not in ran.err


def test_a_warning_can_be_kept(tmp_path: Path, form: Form) -> None:
    answers = answered(form, title="T", same_as="nobody-known")
    at = answers.index("nobody-known")
    ran = ask(tmp_path / "new.csv", *answers[: at + 1], "!", *answers[at + 1 :])
    assert ran.code == 0
    assert "same_as: warning[mitigation-same-measure]" in ran.err
    assert "! keeps it all the same" in ran.err
    assert "nobody-known" in (tmp_path / "new.csv").read_text("utf-8")


def test_what_was_meant_can_be_taken(tmp_path: Path, form: Form) -> None:
    answers = answered(form, title="T", actor="user; Develper; Govrnance Actor", page="=")
    at = answers.index("user; Develper; Govrnance Actor")
    ran = ask(tmp_path / "new.csv", *answers[: at + 1], "=", *answers[at + 1 : answers.index("=") + 1], "", *answers[-4:])
    assert ran.code == 0, ran.err
    assert ",User; Developer; Governance Actor," in (tmp_path / "new.csv").read_text("utf-8")
    assert "there is nothing that = could stand for" in ran.err


def test_parents_are_chosen_among_the_entries_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text("id,title,parent\nfirst,One,\nsecond,Two,\n", "utf-8")
    ran = ask(file, "Three", "", "2", "")
    assert ran.code == 0
    assert "  2  second  Two" in ran.lines
    assert file.read_text("utf-8").endswith("three,Three,second\n")
    file.write_text("id,title,parent\n2,One,\n1,Two,\n", "utf-8")
    ran = ask(file, "Three", "", "2", "")
    assert "  2  One" in ran.lines
    assert file.read_text("utf-8").endswith("three,Three,2\n"), "an id is no place in the list"


def test_data_that_is_not_there_is_told_before_the_questions(tmp_path: Path) -> None:
    ran = ask(tmp_path / "new.csv", "T", options=("--against", str(tmp_path / "nowhere.ttl")))
    assert (ran.code, ran.lines) == (3, [
        "mitigraph: nowhere.ttl: violation[missing-file] there is no such file or folder",
    ])  # fmt: skip


def test_a_violation_cannot_be_kept(tmp_path: Path, form: Form) -> None:
    answers = answered(form, title="T", source_year="20244")
    at = answers.index("20244")
    ran = ask(tmp_path / "new.csv", *answers[: at + 1], "!", "", *answers[at + 1 :])
    assert ran.code == 0
    assert "there is nothing that ! could stand for" in ran.err
    assert "20244" not in (tmp_path / "new.csv").read_text("utf-8")


def test_going_back_and_emptying(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text("id,title,page\n", "utf-8")
    ran = ask(file, "<", "First", "-", "", "7", "page", "-", "y")
    assert ran.code == 0
    assert "id is required" in ran.err
    assert file.read_text("utf-8") == "id,title,page\nfirst,First,\n"


def test_going_back_keeps_what_was_said(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text("id,title,page\n", "utf-8")
    ran = ask(file, "First", "mine", "<", "<", "", "", "iv", "<", "9", "")
    assert ran.code == 0, ran.err
    assert "title [First]> " in ran.err and "id [mine]> " in ran.err and "page [iv]> " in ran.err
    assert file.read_text("utf-8") == "id,title,page\nmine,First,9\n"


def test_required_fields_are_required(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text("id,title\n", "utf-8")
    ran = ask(file, "", "-", "One", "-", "mine", "y")
    assert ran.err.count("title is required") == 2
    assert ran.err.count("id is required") == 1
    assert (ran.code, file.read_text("utf-8")) == (0, "id,title\nmine,One\n")


def test_a_key_of_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text("id,title\nfirst,One\nsecond,Two\n", "utf-8")
    ran = ask(file, "Three", "second", "third", "")
    assert ran.code == 0
    assert "id: violation[duplicate-id] the id of another entry with other content; it is given" in ran.err
    assert file.read_text("utf-8") == "id,title\nfirst,One\nsecond,Two\nthird,Three\n"


def test_lists_and_explanations(tmp_path: Path, form: Form) -> None:
    answers = answered(form, title="T", category="?")
    at = answers.index("?")
    answers[at : at + 1] = ["?", "?leader", "?nothing has this", ""]
    ran = ask(tmp_path / "new.csv", *answers)
    assert ran.code == 0
    assert "  81 choices: ? lists them" in ran.err
    assert sum(line.startswith("  mit-v") for line in ran.lines) == 81 + 1
    assert "  mit-v2:2.1.1  Leadership Oversight: Involving" in ran.err
    assert "  no choice has 'nothing has this' in it" in ran.err
    assert '  A value of the list; several values are separated by ";" or "|".' in ran.err
    assert "  left out: The mitigation has no category." in ran.err


def test_numbers_are_never_taken_for_codes(tmp_path: Path, form: Form) -> None:
    answers = answered(form, title="T", category="1", function="1", risks="99")
    at = answers.index("99")
    ran = ask(tmp_path / "new.csv", *answers[: at + 1], "", *answers[at + 1 :])
    assert ran.code == 0
    text = (tmp_path / "new.csv").read_text("utf-8")
    assert "category: 1" in ran.err.splitlines(), "a code that both schemes have is left to the mapping"
    assert ",Govern," in text
    assert "risks: violation[unknown-value]" in ran.err


def test_what_is_missing_is_told_and_must_be_mended_before_it_is_saved(tmp_path: Path, form: Form) -> None:
    file = tmp_path / "new.csv"
    answers = answered(form, title="T", status="preliminary")[:-1]
    ran = ask(file, *answers, "y", "citation policy", "Do not cite", "y")
    assert ran.code == 0
    line = "entry: violation[record-citation-policy] A preliminary record must say how it may be cited."
    assert ran.lines.count(line) == 2
    assert "Do not cite" in file.read_text("utf-8")


def test_giving_up_writes_nothing(tmp_path: Path, form: Form) -> None:
    file = tmp_path / "new.csv"
    ran = ask(file, *answered(form, title="T")[:-1], "what", "n")
    assert (ran.code, ran.lines[-1]) == (0, "nothing is written")
    assert not file.exists()


@pytest.mark.parametrize("count", [0, 1, 5, 20, 21])
def test_the_end_of_the_answers_writes_nothing(tmp_path: Path, form: Form, count: int) -> None:
    file = tmp_path / "new.csv"
    ran = ask(file, *answered(form, title="T")[:-1][:count])
    assert ran.code == 3
    assert ran.lines[-1] == "mitigraph: standard input ended before all was answered; nothing is written"
    assert not file.exists()


def test_answers_that_are_no_text(tmp_path: Path) -> None:
    ran = run("new", tmp_path / "new.csv", stdin=b"caf\xe9\n")
    assert (ran.code, ran.lines[-1]) == (3, "mitigraph: standard input is not UTF-8; nothing is written")


def test_a_hostile_answer_stays_one_line(tmp_path: Path, form: Form) -> None:
    ran = ask(tmp_path / "new.csv", *answered(form, title="x\x1b[31mred"))
    assert "\x1b" not in ran.err


def test_a_key_that_is_given_is_not_asked_for(tmp_path: Path, form: Form) -> None:
    file = tmp_path / "new.csv"
    answers = answered(form, title="T")
    ran = ask(file, *answers[:1], *answers[2:], options=("--id", "mine"))
    assert ran.code == 0
    assert "id [" not in ran.err
    assert "\nmine,T," in file.read_text("utf-8")
    again = ask(file, options=("--id", "mine"))
    assert (again.code, len(again.lines)) == (2, 1)
    assert "invalid value for --id: id: violation[duplicate-id]" in again.err
    none = ask(file, options=("--id", " "))
    assert (none.code, len(none.lines)) == (2, 1)
    unsafe = ask(file, options=("--id", "../x"))
    assert (unsafe.code, len(unsafe.lines)) == (2, 1)
    assert "unsafe-id" in unsafe.err


def test_quiet_says_only_questions_and_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text("id,title,source_year\n", "utf-8")
    ran = ask(file, "T", "", "1", "", "y", options=("-q",))
    assert ran.code == 0
    questions = [line.partition(">")[0] for line in ran.lines if "warning[" not in line]
    assert questions[:3] == ["title", "id [t]", "source_year (optional)"]
    assert questions[3].startswith("source_year: violation[bad-year]")
    assert questions[4:] == ["source_year (optional)", f"Save to {file}? Y, n, or a field to change"]


# -- the file ------------------------------------------------------------------------------------------------

BEFORE = {
    "plain.csv": b"id,title,page\na,One,1.10\n",
    "open.csv": b"id,title,page\na,One,1.10",
    "dos.csv": b"id,title,page\r\na,One,1.10\r\n",
    "bom.csv": b"\xef\xbb\xbfid,title,page\r\na,One,1",
    "quoted.csv": b'"id","title","page"\n"a","One, two","1"\n',
    "lines.csv": b'id,title,page\na,"One\ntwo",1\n',
    "within.csv": b'id,title,page\na,"One\r\ntwo",1\n',
    "order.csv": b"page,own notes,title,,id\n1,keep,One,x,a\n",
    "wide.csv": "id,title,page\na,Один,1\n".encode("utf-16"),
    "tabs.tsv": b"id\ttitle\tpage\na\tOne\t1\n",
    "blank.csv": b"\n\nid,title,page\na,One,1\n\n",
    "list.json": b'[\n  {\n    "id": "a",\n    "title": "One"\n  }\n]\n',
    "line.json": b'[{"id":"a","title":"One"}]',
    "dense.json": b'[\n\t{"id":"a","title":"]"},\n\t{"id":"b","title":"Two"}\n]',
    "keyed.json": b'{"licence": [1], "entries": [\n  {"id": "a", "title": "One"}\n], "more": {"entries": [1]}}',
    "empty.json": b"[]\n",
    "none.json": b'{"entries": [ ]}',
    "dos.json": b'[\r\n  {"id": "a", "title": "One"}\r\n]\r\n',
    "lines.jsonl": b'{"id": "a", "title": "One"}',
    "ended.jsonl": b'{"id": "a", "title": "One"}\r\n',
    "list.yaml": b"# mine\n- id: a\n  title: One   # so\n\n# the end\n",
    "keyed.yml": b"entries:\n  - id: a\n    title: >-\n      One\n      and more\n    page: NO\nlicence: x\n",
    "flush.yaml": b"entries:\n- id: a\n  title: One",
    "flow.yaml": b"[{id: a, title: One}]\n",
    "nested.yaml": b"---\n-   id: a\n    title: One\n    sources:\n      - {title: X,\n         year: 1999}\n...\n",
    "below.yaml": b"-\n  id: a\n  title: One\n-\n  id: c\n  title: Two\n",
    "alias.yaml": b"- id: &x a\n  title: *x\n",
    "empty.yaml": b"entries: []\n",
    "blank.yaml": b"\n",
}


@pytest.mark.parametrize("name", BEFORE)
def test_all_that_was_there_stays_as_it_was(name: str, tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    file, before = tmp_path / name, BEFORE[name]
    file.write_bytes(before)
    opened = open_destination(file, form, knowledge)
    entry = {field: value for field, value in ENTRY.items() if field in opened.fields}
    opened.save(entry)
    after = file.read_bytes()
    assert is_insertion(before, after) or before.strip() == b""
    again = open_destination(file, form, knowledge)
    assert list(again.entries) == [*opened.entries, "canary-strings"]
    assert run("map", file, "-m", "entry", "-f", "nt").code in (0, 1)
    if name.startswith(("dos", "bom")) and b"\r" in before:
        assert b"\n" not in after.replace(b"\r\n", b"")


def is_insertion(before: bytes, after: bytes) -> bool:
    """Whether something was put into bytes at one place, and nothing else done to them."""
    at = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(before))
    return any(after.endswith(before[place:]) and after.startswith(before[:place]) for place in range(at + 1)) and len(
        after
    ) > len(before)


def test_quotes_and_columns_are_as_in_the_file(tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    expected = {
        "quoted.csv": b'"canary-strings","Canary strings: a test","3-5"\n',
        "order.csv": b"3-5,,Canary strings: a test,,canary-strings\n",
        "dos.csv": b"canary-strings,Canary strings: a test,3-5\r\n",
        "open.csv": b"\ncanary-strings,Canary strings: a test,3-5\n",
        "within.csv": b"canary-strings,Canary strings: a test,3-5\n",
    }
    for name, row in expected.items():
        file = tmp_path / name
        file.write_bytes(BEFORE[name])
        opened = open_destination(file, form, knowledge)
        opened.save({field: value for field, value in ENTRY.items() if field in opened.fields})
        assert file.read_bytes() == BEFORE[name] + row


def test_objects_are_written_as_their_neighbours(tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    entry = {"id": "b", "title": "no", "actor": "Developer; User", "source_year": "2025"}
    expected = {
        "list.json": '    "title": "One"\n  },\n  {\n    "id": "b",\n    "title": "no",\n    "actor": [\n      "Developer",\n',
        "dense.json": '"Two"},\n\t{"id": "b", "title": "no", "actor": ["Developer", "User"], "source_year": "2025"}\n]',
        "keyed.yml": '  - id: b\n    title: "no"\n    actor: [Developer, User]\n    source_year: "2025"\nlicence: x\n',
        "lines.jsonl": '\n{"id": "b", "title": "no", "actor": ["Developer", "User"], "source_year": "2025"}\n',
    }
    for name, text in expected.items():
        file = tmp_path / name
        file.write_bytes(BEFORE[name])
        open_destination(file, form, knowledge).save(entry)
        assert text in file.read_text("utf-8")
    assert yaml.safe_load((tmp_path / "keyed.yml").read_text("utf-8"))["entries"][1]["title"] == "no"
    assert json.loads((tmp_path / "list.json").read_text("utf-8"))[1]["actor"] == ["Developer", "User"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_new_files_of_every_kind(suffix: str, tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    file = tmp_path / f"new{suffix}"
    for number in range(3):
        open_destination(file, form, knowledge).save({**ENTRY, "id": f"key-{number}"})
    again = open_destination(file, form, knowledge)
    assert again.entries == {f"key-{number}": ENTRY["title"] for number in range(3)}
    said = run("validate", file, "-v")
    assert (said.code, said.findings(), said.findings("warning")) == (0, [], [])
    quotes = run("map", file, "-f", "nt").text
    assert quotes.count('" We place <them> & check. "') == 3


TEXTS = [
    "=1+1",
    "a\tb",
    "x_x0041_y",
    "😀 e\u0301",
    "'",
    '"',
    "\\",
    "- a",
    "# b",
    "{c}",
    "null",
    "1.0",
    "a: b",
    "é" * 500,
    "]]>",
    "@",
]


@pytest.mark.parametrize("suffix", SUFFIXES[:-1])
def test_any_text_comes_back_as_it_was(suffix: str, tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    file = tmp_path / f"new{suffix}"
    for number, text in enumerate(TEXTS):
        open_destination(file, form, knowledge).save({"id": f"key-{number}", "title": f"T{number}", "quote": text})
    records = open_destination(file, form, knowledge).records
    assert records is not None
    assert [record.values("quote") for record in records] == [[text] for text in TEXTS]


@settings(max_examples=12, deadline=None)
@given(
    st.text(
        st.one_of(st.sampled_from("\r\n\t \"',;|:#-{}[]&<>=\\%@`?!*01~\x85\u2028\ufeff"), st.characters(codec="utf-8")),
        min_size=1,
    )
)
def test_whatever_is_written_comes_back_or_is_refused(text: str) -> None:
    knowledge = KNOWLEDGE()
    form = entry_form(knowledge)
    with tempfile.TemporaryDirectory() as folder:
        for suffix in SUFFIXES[:-1]:
            file = Path(folder) / f"new{suffix}"
            open_destination(file, form, knowledge).save({"id": "a", "title": "One"})
            before = file.read_bytes()
            try:
                open_destination(file, form, knowledge).save({"id": "b", "title": "Two", "quote": text})
            except InputError:
                assert UNREADABLE.search(text)
                assert file.read_bytes() == before
            else:
                records = open_destination(file, form, knowledge).records
                assert records is not None
                assert [record.values("quote") for record in records] == [[], [text]]


UNREADABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
"""What some format has no way to say, or no reader takes."""
KNOWLEDGE = cache(Knowledge)


def test_a_row_goes_into_the_workbook_s_sheet(tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    file = tmp_path / "mine.xlsx"
    book = openpyxl.Workbook()
    notes = book.active
    notes.title = "Notes"
    notes["A1"] = "Read me"
    sheet = book.create_sheet("Mine")
    sheet["B3"], sheet["C3"], sheet["D3"], sheet["B4"], sheet["C4"] = "title", "id", "source_year", "One", "a"
    sheet["B5"].number_format = sheet["C6"].number_format = "@"
    sheet["F9"].number_format = "0.00"
    sheet.column_dimensions["C"].width = 33
    book.save(file)
    opened = open_destination(file, form, knowledge)
    assert opened.fields == ["id", "title", "source_year"]
    opened.save({"id": "b", "title": "<Two>", "source_year": "2025"})
    after = openpyxl.load_workbook(file)
    assert after["Notes"]["A1"].value == "Read me"
    assert [cell.value for cell in after["Mine"][5][1:4]] == ["<Two>", "b", 2025]
    assert after["Mine"].column_dimensions["C"].width == 33
    assert after["Mine"]["F9"].number_format == "0.00"
    opened = open_destination(file, form, knowledge)
    opened.save({"id": "c", "title": "Three"})
    assert [cell.value for cell in openpyxl.load_workbook(file)["Mine"][6][1:4]] == ["Three", "c", None]


def test_an_empty_row_keeps_its_looks_and_its_formulas(tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    row = '<row r="3" ht="30" customHeight="1"><c r="B3" s="1"/><c r="C3"><f>A3&amp;"x"</f><v></v></c></row><row r="7" ht="9"/>'
    styles = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="49"/></cellXfs>'
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>title</t></is></c></row>'
    second = '<row r="2"><c r="A2" t="inlineStr"><is><t>a</t></is></c><c r="B2" t="inlineStr"><is><t>One</t></is></c></row>'
    for rows, wanted in (
        (first + second + row, '<row r="3" ht="30" customHeight="1"><c r="A3" t="inlineStr">*<c r="B3" s="1" t="inlineStr">*'
         '<c r="C3"><f>A3&amp;"x"</f><v></v></c></row><row r="7" ht="9"/>'),
        (first + '<row r="2"/><row r="4"/>', '<row r="2"><c r="A2" t="inlineStr">*<c r="B2" t="inlineStr">*</row><row r="4"/>'),
        (first + '<row r="4" ht="5"/>', '<row r="2"><c r="A2" t="inlineStr">*<c r="B2" t="inlineStr">*</row><row r="4" ht="5"/>'),
        (first + second + '<row r="3" s="1" customFormat="1"/>',
         '<row r="3" s="1" customFormat="1"><c r="A3" s="1" t="inlineStr">*<c r="B3" s="1" t="inlineStr">*</row>'),
    ):  # fmt: skip
        file = tmp_path / "x.xlsx"
        file.write_bytes(by_hand(rows, styles=styles))
        open_destination(file, form, knowledge).save({"id": "b", "title": "Two"})
        told = re.sub(r"<is>.*?</is></c>", "*", parts(file.read_bytes())["xl/worksheets/sheet1.xml"].decode())
        assert wanted in told
        assert len(open_destination(file, form, knowledge).entries) == (2 if second in rows else 1)


def test_a_sheet_whose_elements_have_a_prefix(tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    pieces = package(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>title</t></is></c></row>'
    )
    sheet = pieces["xl/worksheets/sheet1.xml"].decode()
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet).replace("xmlns=", "xmlns:x=")
    file = tmp_path / "x.xlsx"
    file.write_bytes(zipped({**pieces, "xl/worksheets/sheet1.xml": prefixed.encode()}))
    open_destination(file, form, knowledge).save({"id": "b", "title": "Two"})
    assert open_destination(file, form, knowledge).entries == {"b": "Two"}


def test_what_only_looks_like_a_row_is_none(tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    button = '<o:anchor xmlns:o="urn:x"><o:col>1</o:col><o:row>1</o:row></o:anchor>'
    file = tmp_path / "x.xlsx"
    file.write_bytes(by_hand("", around=button))
    open_destination(file, form, knowledge).save({"id": "a", "title": "One"})
    assert open_destination(file, form, knowledge).entries == {"a": "One"}
    assert button in parts(file.read_bytes())["xl/worksheets/sheet1.xml"].decode()


def test_a_template_is_filled_row_by_row(tmp_path: Path, form: Form) -> None:
    file = tmp_path / "new.xlsx"
    assert run("template", file).code == 0
    for title in ("One", "Two"):
        ran = ask(file, *answered(form, title=title, source_year="2024", source_title="A book"))
        assert ran.code == 0, ran.err
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["Entries", "Choices", "How to"]
    assert [row[1] for row in book["Entries"].iter_rows(values_only=True)] == ["title", "One", "Two"]
    assert len(book["Entries"].data_validations.dataValidation) == len(form.names)
    assert book["Entries"]["A3"].number_format == "@"


# -- what is refused -----------------------------------------------------------------------------------------

REFUSED = [
    ("x.ods", None, 2, "x.ods: entries go to a file that ends with .csv, .tsv, .xlsx, .json, .jsonl, .yaml or .yml"),
    ("x.xlsm", None, 2, "x.xlsm: entries go to a file"),
    ("x.csv", b"name,age\nx,1\n", 3, "no mapping reads these columns"),
    ("x.csv", b"id;title\na;One\n", 3, "the cells seem to be separated by ';'"),
    ("x.json", b'{"id": "a", "title": "One"}', 3, "holds a single entry; put it into a list"),
    ("x.yaml", b"id: a\ntitle: One\n", 3, "holds a single entry; put it into a list"),
    ("x.json", b'[{"id": "a", "title": "One"}', 3, "not JSON"),
    ("x.xlsx", b"not a workbook", 3, "no Excel workbook"),
]


@pytest.mark.parametrize(("name", "data", "code", "line"), REFUSED, ids=[f"{name} {line[:20]}" for name, _, _, line in REFUSED])
def test_files_that_cannot_take_an_entry(name: str, data: bytes | None, code: int, line: str, tmp_path: Path) -> None:
    file = tmp_path / name
    if data is not None:
        file.write_bytes(data)
    ran = ask(file, "T")
    assert (ran.code, len(ran.lines)) == (code, 1)
    assert line in ran.err
    assert (file.read_bytes() if data is not None else None) == data


def test_broken_rows_of_before_stay_as_they_are(tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    for name, data in (("x.csv", b'id,title\na,One\nb,"never closed\n'), ("x.jsonl", b'{"id": "a", "title": "One"}\n{"id": ')):
        file = tmp_path / name
        file.write_bytes(data)
        open_destination(file, form, knowledge).save({"id": "c", "title": "Two"})
        assert file.read_bytes().startswith(data)
        assert list(open_destination(file, form, knowledge).entries) == ["a", "c"]


def test_what_cannot_be_added_to_safely_is_left_alone(tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    block = b"- id: a\n  title: |+\n    One\n\n\n"  # blank lines at the end belong to the text
    for name, data, line in (
        ("x.json", b'{"entr\\u0069es": [{"id": "a", "title": "One"}]}', "has no list of entries: neither at its root nor under"),
        ("x.yaml", b"entries:\r- id: a\r  title: One\rmore: x\r", "x.yaml: cannot be added to without changing what it holds"),
    ):
        file = tmp_path / name
        file.write_bytes(data)
        with pytest.raises(InputError, match=line):
            open_destination(file, form, knowledge).save({"id": "c", "title": "Two"})
        assert file.read_bytes() == data
    (tmp_path / "y.yaml").write_bytes(block)
    open_destination(tmp_path / "y.yaml", form, knowledge).save({"id": "c", "title": "Two"})
    assert (tmp_path / "y.yaml").read_bytes() == block + b"- id: c\n  title: Two\n"


def test_bytes_that_do_not_read_as_they_should_are_not_written(
    tmp_path: Path, form: Form, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"id,title\na,One\n")
    for wrong in (b"", b"id,title\na,One\n", b"id,title\na,Two\nb,Two\n", b"id,title\na,One\nb,Other\n", b"id\nb\n"):
        monkeypatch.setitem(destination.APPENDERS, "csv", lambda *_, wrong=wrong: wrong)
        with pytest.raises(InputError, match="cannot be added to without changing what it holds"):
            open_destination(file, form, knowledge).save({"id": "b", "title": "Two"})
    assert file.read_bytes() == b"id,title\na,One\n"


def test_a_file_in_another_encoding_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes("id,title\na,Café\n".encode("latin-1"))
    ran = ask(file, "T", "", "y")
    assert (ran.code, ran.lines) == (3, [f"mitigraph: {file}: holds bytes that are no text in utf-8; nothing is written"])
    assert file.read_bytes() == "id,title\na,Café\n".encode("latin-1")


def test_what_cannot_be_added_to_is_told_before_the_questions(tmp_path: Path) -> None:
    for name, data in (
        ("x.yaml", b"entries:\r- id: a\r  title: One\rmore: x\r"),
        ("x.json", b'{"entr\\u0069es": [{"id": "a"}]}'),
    ):
        (tmp_path / name).write_bytes(data)
        ran = ask(tmp_path / name, "T")
        assert (ran.code, len(ran.lines)) == (3, 1), name
        assert (tmp_path / name).read_bytes() == data


def test_no_file_and_no_folder_to_write_to_are_told_before_the_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "endless.csv").symlink_to("/dev/zero")
    for name in ("pipe.csv", "endless.csv"):
        ran = ask(tmp_path / name, "T")
        assert (ran.code, ran.lines) == (3, [f"mitigraph: {tmp_path / name}: cannot be read: it is no file"])
    monkeypatch.setattr(os, "access", lambda folder, mode: (folder, mode) != (tmp_path.resolve(), os.W_OK))
    ran = ask(tmp_path / "x.csv", "T")
    line = f"mitigraph: {tmp_path / 'x.csv'}: cannot be written: nothing may be written to its folder"
    assert (ran.code, ran.lines) == (4, [line])


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path, form: Form, knowledge: Knowledge) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"id,title\na,One\n")
    opened = open_destination(file, form, knowledge)
    file.write_bytes(b"id,title\na,One\nb,Two\n")
    with pytest.raises(EngineError, match=r"x\.csv: was changed while you were answering; nothing is written$"):
        opened.save({"id": "c", "title": "Three"})
    assert file.read_bytes() == b"id,title\na,One\nb,Two\n"


def test_a_place_that_is_not_there_is_told_before_the_questions(tmp_path: Path) -> None:
    ran = ask(tmp_path / "no" / "x.csv", "T")
    assert (ran.code, len(ran.lines)) == (4, 1)
    assert "there is no folder" in ran.err
    (tmp_path / "x.csv").mkdir()
    ran = ask(tmp_path / "x.csv", "T")
    assert (ran.code, len(ran.lines)) == (3, 1)


def test_columns_that_a_file_lacks_are_not_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"id,title,actor\n")
    ran = ask(file, "T", "", "", "")
    assert ran.code == 0
    assert ran.lines[0].startswith(f"{file} has no columns description, category,")
    assert [line.partition(" ")[0] for line in ran.lines if "> " in line and "Save" not in line] == ["title>", "id", "actor"]


@pytest.mark.parametrize(("arguments", "code", "unneeded"), [
    (["new", "new.csv"], 3, ("pyshacl", "rdflib", "owlready2", "rapidfuzz", "xlsxwriter", "mitigraph.pipeline")),
    (["template", "new.xlsx"], 0, ("pyshacl", "rdflib", "owlready2", "rapidfuzz", "mitigraph.pipeline")),
])  # fmt: skip
def test_nothing_is_loaded_before_it_is_needed(
    arguments: list[str], code: int, unneeded: tuple[str, ...], tmp_path: Path
) -> None:
    program = (
        f"import sys\nfrom mitigraph.cli import run\nassert run({arguments!r}) == {code}\n"
        f"sys.stdout.write(' '.join(sorted(set(sys.modules) & set({unneeded!r}))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


# -- keys ----------------------------------------------------------------------------------------------------


def test_proposed_keys(form: Form, knowledge: Knowledge) -> None:
    assert proposed_key("", {}) == "entry"
    assert proposed_key("!!!", {"entry": 1}) == "entry-2"
    assert proposed_key("word " * 30, {}) == "-".join(["word"] * 12)
    assert proposed_key("x" * 99, {}) == "x" * 60
    assert proposed_key("A B", {"a_b": 1, "A-B-2": 1}) == "a-b-3"
    bundled = bundled_keys(form, knowledge)
    assert "adversarial-testing" in bundled and "deep-refusal-recovery" in bundled
    assert proposed_key("Adversarial Testing", bundled) == "adversarial-testing-2"


def test_the_check_is_validate_s(form: Form, knowledge: Knowledge, tmp_path: Path) -> None:
    others = {"first": "One", "second": "Two"}
    checker = Checker(form, knowledge, others)
    assert [
        one.code for one in checker.findings({"id": "x", "title": "T", "parent": "first; third"}) if one.place.file == "parent"
    ] == ["unmatched-join"]
    entries = [
        {"id": "x", "title": "T", "actor": "Develper", "source_year": "x"},
        {"id": "x", "title": "T", "quote": "words"},
        {"id": "x", "title": "T", "status": "preliminary", "page": "1"},
        form.example(),
    ]
    for entry in entries:
        file = tmp_path / "x.csv"
        file.unlink(missing_ok=True)
        open_destination(file, form, knowledge).save(entry)
        report = json.loads(run("validate", file, "--report", "json").out)
        told = sorted(one["code"] for one in report["findings"] if one["file"] == "x.csv")
        assert sorted(one.code for one in checker.findings(entry)) == told


# -- a terminal ----------------------------------------------------------------------------------------------


class Terminal:
    """A person before a terminal: reads until something stands there, and types."""

    def __init__(self, master: int) -> None:
        self.master, self.seen = master, ""

    def wait_for(self, text: str) -> str:
        """What was printed up to the text."""
        deadline = time.monotonic() + 60
        while text not in self.seen:
            ready, _, _ = select.select([self.master], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{text!r} did not come:\n{self.seen}"
            self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
        before, _, self.seen = self.seen.partition(text)
        return before

    def insist(self, sign: str, text: str) -> None:
        """Type a sign until a text stands there: one that comes between a question and the waiting for its answer is not seen."""
        for _ in range(60):
            os.write(self.master, sign.encode())
            while select.select([self.master], [], [], 1)[0]:
                self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
                if text in self.seen:
                    return
        raise AssertionError(f"{text!r} did not come:\n{self.seen}")

    def type(self, text: str) -> None:
        """Type, without the Enter key."""
        os.write(self.master, text.encode())


@contextmanager
def terminal(*arguments: str | Path, **more: str) -> Iterator[tuple[Terminal, Callable[[], int]]]:
    """The command on a terminal of its own, and what waits for its exit code."""
    master, slave = pty.openpty()
    variables = {name: value for name, value in environment(more).items() if name != "NO_COLOR" or "NO_COLOR" in more}

    def own_terminal() -> None:
        os.setsid()
        import fcntl
        import termios

        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        command(*arguments), env={**variables, "TERM": "xterm"}, stdin=slave, stdout=slave, stderr=slave, preexec_fn=own_terminal
    )
    os.close(slave)
    try:
        yield Terminal(master), lambda: process.wait(60)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_on_a_terminal(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_bytes(b"id,title,actor\n")
    with terminal("new", file) as (person, ends):
        assert "\x1b[1mTitle\x1b[0m: The name of the measure" in person.wait_for("title> ")
        person.type("Canary strings\r")
        person.wait_for("id [canary-strings]> ")
        person.type("\r")
        assert "  3  Developer" in person.wait_for("actor (recommended)> ")
        person.type("develper\r")
        told = person.wait_for("actor (recommended)> ")
        assert "\x1b[31mviolation[unknown-concept]\x1b[0m" in told
        assert "did you mean 'Developer'?" in told
        person.type("3\r")
        person.wait_for("or a field to change> ")
        person.type("y\r")
        person.wait_for("added; it has 1 now")
        assert ends() == 0
    assert file.read_bytes() == b"id,title,actor\ncanary-strings,Canary strings,Developer\n"


def test_no_colours_where_none_are_wanted(tmp_path: Path) -> None:
    with terminal("new", tmp_path / "new.csv", NO_COLOR="1") as (person, _):
        assert re.search("\x1b\\[[0-9;]*m", person.wait_for("title> ")) is None


@pytest.mark.parametrize(("sign", "answers"), [("\x03", 0), ("\x03", 2), ("\x04", 1)])
def test_an_interruption_leaves_the_file_as_it_was(tmp_path: Path, sign: str, answers: int) -> None:
    file = tmp_path / "new.csv"
    file.write_bytes(b"id,title,actor\n")
    with terminal("new", file) as (person, ends):
        for question, answer in [("title> ", "One"), ("id [one]> ", "")][:answers]:
            person.wait_for(question)
            person.type(f"{answer}\r")
        person.wait_for("> ")
        person.insist(sign, "interrupted")
        assert ends() == 130
    assert file.read_bytes() == b"id,title,actor\n"
    assert [one.name for one in tmp_path.iterdir()] == ["new.csv"]
