"""Edits of files: what is meant changes, and of all else not a byte."""

from __future__ import annotations

import csv
import difflib
import io
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from edit_strategies import File, edits, json_files, jsonl_files, tables, yaml_files
from hypothesis import given, settings
from hypothesis import strategies as st
from mutation import GOOD, Good, mutant

from mitigraph.edit import FORMS, Edit, Reading, diff, edited
from mitigraph.edit.diff import GAP, LONG, _changes
from mitigraph.edit.json import leaves
from mitigraph.edit.text import decode
from mitigraph.errors import EngineError, InputError
from mitigraph.finding import Place
from mitigraph.knowledge import Knowledge
from mitigraph.read import Content, open_source
from mitigraph.read.tree import TreeRecord

SPOILT = 100
NEW = ["new", "a,b", "x: y", 'q"', "é中", "\n", "- ", " #"]
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
MANY = settings(max_examples=150, deadline=None)


def outcome(file: File, wanted: list[Edit]) -> tuple[bytes, dict[Place, str]]:
    """The file after its edits, and what its cells should then say: those that are not refused are made."""
    done = edited(file.data, file.reading, wanted)
    refused = {edit for edit, _ in done.refused}
    said = {place: says for place, (says, _, _) in file.cells.items()}
    for edit in wanted:
        if edit not in refused:
            said[edit.place] = _replaced(said[edit.place], edit)
    changed = [place for place, (says, _, _) in file.cells.items() if said[place] != says]
    if not changed:
        assert done.data == file.data
    if len(changed) == 1:
        _, before, behind = file.cells[changed[0]]
        assert done.data.startswith(before)
        assert done.data.endswith(behind)
        assert len(done.data) >= len(before) + len(behind)
    return done.data, said


def _replaced(text: str, edit: Edit) -> str:
    """Where a value stands once that is plain; where it stands as one of several it is not the letters alone that count."""
    if text.count(edit.old) == 1:
        return text.replace(edit.old, edit.new)
    done = edited(json.dumps([text]).encode(), Reading("x", "json"), [Edit(Place("x", 1, pointer="/0"), edit.old, edit.new)])
    assert not done.refused
    return str(json.loads(done.data)[0])


@MANY
@given(st.data())
def test_only_the_edited_cells_of_a_table_change(data: st.DataObject) -> None:
    file = data.draw(tables())
    after, said = outcome(file, data.draw(edits(file)))
    codec = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb": "utf-8-sig"}.get(
        file.data[:2], str(file.reading.options.get("encoding") or "utf-8")
    )
    told = file.reading.options
    text = io.StringIO(after.decode(codec), newline="")
    rows = list(csv.reader(text, delimiter=str(told["delimiter"]), quotechar=str(told["quoteChar"]), strict=True))
    names = rows[0]
    assert said == {place: rows[place.row or 0][names.index(place.column or "")] for place in said}


@MANY
@given(st.data())
def test_only_the_edited_values_of_json_change(data: st.DataObject) -> None:
    file = data.draw(json_files())
    after, said = outcome(file, data.draw(edits(file)))
    _hold(after, said, 1)


@MANY
@given(st.data())
def test_only_the_edited_values_of_json_lines_change(data: st.DataObject) -> None:
    file = data.draw(jsonl_files())
    after, said = outcome(file, data.draw(edits(file)))
    for line, text in enumerate(after.decode().split("\n")[:-1], 1):
        _hold(text.encode(), said, line)


@MANY
@given(st.data())
def test_only_the_edited_values_of_yaml_change(data: st.DataObject) -> None:
    file = data.draw(yaml_files())
    after, said = outcome(file, data.draw(edits(file)))
    root = yaml.load(after, LOADER)
    assert said == {place: root[int(place.pointer.split("/")[1])][place.pointer.split("/")[2]] for place in said if place.pointer}


def _hold(data: bytes, said: dict[Place, str], line: int) -> None:
    root: Any = json.loads(data, parse_int=str, parse_float=str)
    for place, text in said.items():
        if place.line == line:
            value = root
            for key in (place.pointer or "").split("/")[1:]:
                plain = key.replace("~1", "/").replace("~0", "~")
                value = value[int(plain)] if isinstance(value, list) else value[plain]
            assert text == (value if isinstance(value, str) else json.dumps(value))


# -- cases ---------------------------------------------------------------------------------------------------

CELL = Place("t", 2, "actor", 1)
POINTER = Place("t", 1, pointer="/0/a")

CASES = [
    # name, form, options, before, place, old, new, after
    ("spaces stay", "csv", {}, b"id,actor\n1, Develper \n", CELL, "Develper", "Developer", b"id,actor\n1, Developer \n"),
    ("quotes where needed", "csv", {}, b"id,actor\r\n1,x\r\n", CELL, "x", "a,b", b'id,actor\r\n1,"a,b"\r\n'),
    ("quotes that are there", "csv", {}, b'id,actor\n1,"x ""y"""\n', CELL, "x", 'a"', b'id,actor\n1,"a"" ""y"""\n'),
    ("no quotes for a tab", "csv", {}, b"id,actor\n1,x\n", CELL, "x", "a\tb", b"id,actor\n1,a\tb\n"),
    ("one of several", "csv", {}, b"id,actor\n1,act; actor; act two\n", CELL, "act", "b", b"id,actor\n1,b; actor; act two\n"),
    ("no end of line", "csv", {}, b"id,actor\n1,x", CELL, "x", "y", b"id,actor\n1,y"),
    ("backslashes", "csv", {"doubleQuote": "false"}, rb"""id,actor
1,"a \" x"
""", CELL, "x", 'b"', rb"""id,actor
1,"a \" b\""
"""),
    ("space after delimiters", "csv", {"skipInitialSpace": "true"}, b"id,actor\n1, x\n", CELL, "x", " y", b'id,actor\n1," y"\n'),
    ("columns that do not count", "csv", {"skipColumns": 1}, b"-,id,actor\n-,1,x\n", CELL, "x", "y", b"-,id,actor\n-,1,y\n"),
    ("a comment", "csv", {"commentPrefix": "#"}, b"actor\nx\n", CELL, "x", "#y", b'actor\n"#y"\n'),
    ("a table on its side", "csv", {"transpose": True}, b"id,1,2\nactor,x,x\n",
     Place("t", 2, "actor", 2, across=3), "x", "y", b"id,1,2\nactor,x,y\n"),
    ("a row behind a row of several lines", "csv", {}, b'id,actor\n"1\n2",x\n3,x\n',
     Place("t", 4, "actor", 2), "x", "y", b'id,actor\n"1\n2",x\n3,y\n'),
    ("bytes that are no text", "csv", {}, b"id,actor\n1,x\n2,\xff\n", CELL, "x", "y", b"id,actor\n1,y\n2,\xff\n"),
    ("Latin-1", "csv", {"encoding": "latin-1"}, b"id,actor\n\xe9,x\n", CELL, "x", "\xfc", b"id,actor\n\xe9,\xfc\n"),
    ("escapes stay", "json", {}, b'[{"a": "caf\\u00e9 \\/ x"}]', POINTER, "x", "\u4e2d", b'[{"a": "caf\\u00e9 \\/ \\u4e2d"}]'),
    ("no escapes come", "json", {}, '[{"a": "é x"}]'.encode(), POINTER, "x", "中", '[{"a": "é 中"}]'.encode()),
    ("numbers stay numbers", "json", {}, b'[{"a": 1.10}]', POINTER, "1.10", "1.1", b'[{"a": 1.1}]'),
    ("numbers become texts", "json", {}, b'[{"a": 1.10}]', POINTER, "1.10", "v1", b'[{"a": "v1"}]'),
    ("the first of equal names", "json", {}, b'[{"a": "x", "a": "x"}]', POINTER, "x", "y", b'[{"a": "y", "a": "x"}]'),
    ("plain", "yaml", {}, b"- a: x # why\n", POINTER, "x", "y z", b"- a: y z # why\n"),
    ("plain no more", "yaml", {}, b"- a: x # why\n", POINTER, "x", "y: z", b"- a: 'y: z' # why\n"),
    ("a text stays one", "yaml", {}, b"- a: x\n", POINTER, "x", "NO", b"- a: 'NO'\n"),
    ("in brackets", "yaml", {}, b"[{a: x}]\n", POINTER, "x", "y, z", b"[{a: 'y, z'}]\n"),
    ("single quotes", "yaml", {}, b"- a: 'it''s x'\n", POINTER, "x", "y's", b"- a: 'it''s y''s'\n"),
    ("double quotes", "yaml", {}, b'- a: "\\t x"\n', POINTER, "x", "y\"", b'- a: "\\t y\\""\n'),
    ("a block", "yaml", {}, b"- a: |\n    b x\n    c\n", POINTER, "x", "y: #", b"- a: |\n    b y: #\n    c\n"),
    ("a tag and an anchor", "yaml", {}, b"- a: &b !!str x\n", POINTER, "x", "y", b"- a: &b !!str y\n"),
    ("N-Triples", "ntriples", {}, b'<urn:a> <urn:p> "x"@en .\n', Place("t", 1), "x", "y", b'<urn:a> <urn:p> "y"@en .\n'),
    ("Turtle", "turtle", {}, b"<urn:a> <urn:p> 'x' ;\n <urn:q> \"x\" .\n", Place("t", 2), "x", "y",
     b"<urn:a> <urn:p> 'x' ;\n <urn:q> \"y\" .\n"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "options", "before", "place", "old", "new", "after"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_an_edit_changes_this(
    form: str, options: dict[str, object], before: bytes, place: Place, old: str, new: str, after: bytes
) -> None:
    done = edited(before, Reading("t", form, options), [Edit(place, old, new)])
    assert (done.data, done.refused) == (after, [])


REFUSED = [
    # form, options, data, place, old, new, part of the reason
    ("csv", {}, b"id,actor\n1,x\n", CELL, "y", "z", "does not stand"),
    ("csv", {}, b"id,actor\n1,xy\n", CELL, "x", "z", "does not stand"),
    ("csv", {}, b"id,actor\n1,x; x\n", CELL, "x", "z", "2 times"),
    ("csv", {}, b"id,actor\n1,x\n", Place("t", 2, "nobody", 1), "x", "z", "no cell"),
    ("csv", {}, b"id,actor\n1,x\n", Place("t", 9, "actor", 1), "y", "z", "does not stand"),
    ("csv", {}, b"id,actor\n1,x\n", Place("t", 1, "actor"), "actor", "z", "no cell"),
    ("csv", {"quoteChar": ""}, b"id,actor\n1,x\n", CELL, "x", "a,b", "no quotes"),
    ("csv", {"encoding": "latin-1"}, b"id,actor\n1,x\n", CELL, "x", "\u4e2d", "has no '\u4e2d'"),
    ("csv", {"encoding": "utf-7"}, b"id,actor\n1,x\n", CELL, "x", "y", ""),
    ("json", {}, b'[{"a": ["x"]}]', POINTER, "x", "y", "no value of its own"),
    ("json", {}, b'[{"a": "x \\ud800"}]', POINTER, "x", "y", "no text"),
    ("csv", {}, b"id,actor\n1,x \xff\n", CELL, "x", "y", "no cell"),
    ("csv", {"transpose": True}, b"id,1\nactor,x \xff\n", Place("t", 2, "actor", 1, across=2), "x", "y", "no text"),
    ("json", {}, b'[{"a": null}]', POINTER, "x", "y", "does not stand"),
    ("yaml", {}, b"- a: &b x\n- c: *b\n", POINTER, "x", "y", "alias repeats"),
    ("yaml", {}, b"- &b {c: x}\n- a: *b\n", Place("t", 1, pointer="/1/a/c"), "x", "y", "alias"),
    ("yaml", {}, b"- a: |2\n      x\n", POINTER, "x", "y", "cannot be taken apart"),
    ("yaml", {}, b"- a: |\n    x\n", POINTER, "x", "y\nz", "cannot be written"),
    ("turtle", {}, b'<urn:a> <urn:p> "x", "x"@en .\n', Place("t", 1), "x", "y", "in RDF"),
    ("turtle", {}, b"<urn:a> <urn:p> <urn:x> .\n", Place("t", 1), "urn:x", "urn:y", "in RDF"),
    ("turtle", {}, b'<urn:a> <urn:p> "x" .\n', Place("t", 1), "x", 'y"', "escapes"),
    ("turtle", {}, b'<urn:a> <urn:p> "x" .\n', Place("t", 7), "x", "y", "no line"),
    ("rdfxml", {}, b"<x/>", Place("t", 1), "x", "y", "not edited"),
]


@pytest.mark.parametrize(("form", "options", "data", "place", "old", "new", "reason"), REFUSED)
def test_an_edit_that_is_not_sure_is_refused(
    form: str, options: dict[str, object], data: bytes, place: Place, old: str, new: str, reason: str
) -> None:
    if reason == "":
        with pytest.raises(InputError, match="unknown encoding"):
            edited(data, Reading("t", form, options), [Edit(place, old, new)])
        return
    done = edited(data, Reading("t", form, options), [Edit(place, old, new)])
    assert done.data == data
    assert [told for _, told in done.refused if reason in told], done.refused


def test_edits_of_one_cell_are_made_together_and_conflicting_ones_not_at_all() -> None:
    data, reading = b"id,actor\n1,a; b; c\n", Reading("t", "csv")
    both = [Edit(CELL, "a", "A"), Edit(CELL, "b", "B"), Edit(CELL, "b", "B")]
    assert edited(data, reading, both).data == b"id,actor\n1,A; B; c\n"
    done = edited(data, reading, [*both, Edit(CELL, "b", "Z")])
    assert done.data == b"id,actor\n1,A; b; c\n"
    assert {edit.new for edit, _ in done.refused} == {"B", "Z"}
    assert all("another fix" in reason for _, reason in done.refused)


def test_a_page_changes_in_its_line(root: Path) -> None:
    data = (root / "tests" / "pages" / "full.txt").read_bytes()
    lines = data.decode().split("\n")
    at = next(number for number, line in enumerate(lines, 1) if line.strip() == "Reasoning")
    edit = Edit(Place("full.txt", at + 1, pointer="/mitigations/0/reasoning"), lines[at].split()[0], "Xyz")
    done = edited(data, Reading("full.txt", "page", Knowledge().reader_options), [edit])
    lines[at] = lines[at].replace(edit.old, "Xyz", 1)
    assert (done.data, done.refused) == ("\n".join(lines).encode(), [])


def test_what_does_not_come_out_as_it_should_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    form = FORMS["json"]
    for data in (b'[{"a": "y", "b": "z"}]', b'[{"a": "y"'):
        spoilt = form._replace(edit=lambda *given, data=data: form.edit(*given)._replace(data=data))
        monkeypatch.setattr("mitigraph.edit.FORMS", {"json": spoilt})
        with pytest.raises(EngineError, match="not fixed"):
            edited(b'[{"a": "x", "b": "x"}]', Reading("t", "json"), [Edit(POINTER, "x", "y")])


def test_a_fix_that_would_change_more_is_refused_and_the_others_are_made() -> None:
    data = b'id,actor\n1,"x\na,a\nb,b\nc,c\n'
    edits = [
        Edit(Place("t", line, "id", line - 1), old, new) for line, old, new in ((3, "a", "A"), (4, "b", "\nB"), (5, "c", "C"))
    ]
    done = edited(data, Reading("t", "csv"), edits)
    assert done.data == b'id,actor\n1,"x\nA,a\nb,b\nC,c\n'
    assert done.refused == [(edits[1], "with it the file does not differ in the edited cells alone")]


def test_a_page_that_would_be_none_any_more_is_refused(root: Path) -> None:
    lines = (root / "tests" / "pages" / "full.txt").read_text().split("\n")
    at = lines.index("Reasoning") + 1
    data = "\n".join(lines[: at + 1]).encode()
    reading = Reading("full.txt", "page", Knowledge().reader_options)
    edits = [Edit(Place("t", at), "Reasoning", "x"), Edit(Place("t", at + 1), lines[at], "y")]
    done = edited(data, reading, edits)
    assert done.data == "\n".join([*lines[:at], "y"]).encode()
    assert ["cannot be read any more" in told for _, told in done.refused] == [True]


FORM_OF = {
    "rows.csv": "csv",
    "rows.tsv": "tsv",
    "rows.json": "json",
    "rows.jsonl": "jsonl",
    "rows.yaml": "yaml",
    "full.txt": "page",
    "data.ttl": "turtle",
    "data.nt": "ntriples",
}


@pytest.mark.parametrize("good_file", [one for one in GOOD if one.name in FORM_OF], ids=lambda one: one.name)
def test_spoilt_files_are_edited_or_refused(good_file: Good) -> None:
    form, options = FORM_OF[good_file.name], Knowledge().reader_options
    made = 0
    for seed in range(SPOILT):
        chance, data = random.Random(seed), mutant(good_file, seed)
        reading = Reading(good_file.name, form, options if form == "page" else {})
        try:
            places = _places(data, reading)
            if places:
                chosen = [Edit(*chance.choice(places), chance.choice(NEW)) for _ in range(4)]
                done = edited(data, reading, chosen)
                assert len(done.refused) <= len(chosen)
                made += len(done.changes)
        except InputError:
            continue
    assert made


def _places(data: bytes, reading: Reading) -> list[tuple[Place, str]]:
    """Places of a file, and what stands there."""
    if reading.format in ("turtle", "ntriples", "page"):
        lines = enumerate(re.split(r"\r\n|\n|\r", decode(data, reading)[0]), 1)
        if reading.format == "page":
            return [(Place("t", number), line) for number, line in lines if line]
        return [(Place("t", number), text) for number, line in lines for text in re.findall('"([^"]+)"', line)]
    source = open_source(Content.of_bytes(data), reading.name, reading.format, reading.options)
    records = list(source)
    if source.columns is not None:
        cells = ((record.place(name), record.written(name)) for record in records for name in source.columns)
    else:
        nodes = (node for record in records if isinstance(record, TreeRecord) for node in leaves(record.node))
        cells = ((Place("t", node.line, pointer=node.pointer), str(node.value or "")) for node in nodes)
    return [(place, text) for place, text in cells if text]


def test_a_diff_is_that_of_a_tool_and_cannot_forge_lines() -> None:
    before = b"".join(b"row %d\x1b[31m\n" % number for number in range(30))
    after = before.replace(b"row 5", b"Row 5").replace(b"row 9\x1b", b"Row 9\x1b").replace(b"row 29", b"Row 29")
    told = diff(before, after, Reading("t.csv", "csv"))
    wanted = difflib.unified_diff(
        before.decode().splitlines(), after.decode().splitlines(), "t.csv", "t.csv (fixed)", lineterm=""
    )
    assert told == "".join(line.replace("\x1b", "\\x1b") + "\n" for line in wanted)
    assert diff(before, before, Reading("t.csv", "csv")) == ""
    longer = diff(b"a\nb\n", b"a\nx\ny\n", Reading("t.csv", "csv"))
    assert longer.splitlines()[2:] == ["@@ -1,2 +1,3 @@", " a", "-b", "+x", "+y"]


def test_a_diff_of_more_lines_keeps_those_that_look_like_its_head() -> None:
    told = diff(b"a\n-- x\nb\n", b"a\n++ y\nz\nb\n", Reading("t.csv", "csv"))
    assert told.splitlines()[2:] == ["@@ -1,3 +1,4 @@", " a", "--- x", "+++ y", "+z", " b"]


def test_a_diff_shows_of_long_lines_what_is_near_to_changes() -> None:
    far = "".join(f"{number} " for number in range(1000))
    before, after = f"{far}Develper;{far}Deplyer,y", f"{far}Developer;{far}Deployer,y"
    told = diff(f"{far}\n{before}\n".encode(), f"{far}\n{after}\n".encode(), Reading("t.csv", "csv")).splitlines()[3:]
    assert told[0] == f" {far[:LONG]}{GAP}"
    for line, whole, words in ((told[1], before, ("Develper", "Deplyer,y")), (told[2], after, ("Developer", "Deployer,y"))):
        first, one, other = line[1:].split(GAP)
        assert (first, len(line) < LONG) == ("", True)
        assert one in whole
        assert words[0] in one
        assert words[1] in other
        assert whole.endswith(other)
    long = diff(f"a{far}b\n".encode(), f"a{far[::-1]}b\n".encode(), Reading("t.csv", "csv")).splitlines()
    assert [len(line) < LONG for line in long] == [True] * 5
    assert (long[3].startswith("-a0 1 2"), long[4].startswith("+a 999 8"), long[4].endswith(" 0b")) == (True, True, True)


@given(st.text("ab", max_size=40), st.lists(st.tuples(st.text("bc", max_size=12), st.text("abc", max_size=40)), max_size=4))
def test_changes_of_a_line_turn_it_into_the_other(first: str, rest: list[tuple[str, str]]) -> None:
    old, new = first + "".join(kept for _, kept in rest), first + "".join(added + kept for added, kept in rest)
    made, at = "", 0
    for (start, end), (there, last) in _changes(old, new):
        made += old[at:start] + new[there:last]
        at = end
    assert made + old[at:] == new
