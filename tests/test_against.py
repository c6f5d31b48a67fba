"""New entries against an existing dataset: the same findings as all together would have, and only those the new ones touch."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from building import environment
from edits import Editor, everything
from running import run

from bench.entries import COLUMNS, entries
from mitigraph import against, existing, pipeline
from mitigraph.entail import Closed, Rules
from mitigraph.errors import EngineError, InputError
from mitigraph.existing import KEPT, open_existing
from mitigraph.finding import Finding
from mitigraph.infer import infer
from mitigraph.knowledge import Knowledge
from mitigraph.shacl import Result
from mitigraph.shacl.affected import Reach
from mitigraph.shacl.data import Tables
from mitigraph.shacl.engine import check
from mitigraph.shacl.shapes import shapes_of
from mitigraph.terms import Triple

ENTRIES = 40
EDITS = 40
EVERY = 8


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "mitigraph"


Table = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Writes a table of entries, each told by what it has besides an id and a title."""

    def write(name: str, *rows: Mapping[str, str]) -> Path:
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            usual = {"description": "d", "category": "mit-v2:2.2.2", "reasoning": "r"}
            writer.writerows({"title": f"Title of {row['id']}", **usual, **row} for row in rows)
        return tmp_path / name

    return write


def read(knowledge: Knowledge, *paths: Path) -> pipeline.Dataset:
    return pipeline.read_dataset([str(path) for path in paths], knowledge)


def found(findings: list[Finding]) -> set[tuple[str, str, str]]:
    """Where, which rule, what about."""
    return {(Path(one.place.file).name, one.code, (one.focus or "").rpartition("/id/")[2]) for one in findings}


# -- the same as all together --------------------------------------------------------------------------------


def mapped(knowledge: Knowledge, folder: Path, number: int) -> set[Triple]:
    """The triples of so many made-up entries."""
    folder.mkdir()
    with (folder / "entries.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *entries(number)])
    return read(knowledge, folder / "entries.csv").asserted


def full_run(knowledge: Knowledge, asserted: set[Triple]) -> list[Result]:
    known = asserted | knowledge.background
    return check(Tables(known | infer(known, knowledge.rules, knowledge.prefixes)), shapes_of(knowledge.shapes))


def test_edits_have_the_findings_of_the_full_run(knowledge: Knowledge, tmp_path: Path) -> None:
    first, more = mapped(knowledge, tmp_path / "first", ENTRIES), mapped(knowledge, tmp_path / "more", ENTRIES + EDITS)
    editor = Editor(first, more, knowledge.schemes, seed=EDITS)
    shapes, rules = shapes_of(knowledge.shapes), Rules(knowledge.rules, knowledge.prefixes)
    asserted = first | knowledge.background
    derived = infer(asserted, knowledge.rules, knowledge.prefixes)
    state = Closed(Tables(asserted | derived), derived.__contains__)
    told = everything(state, shapes)
    reach, elsewhere = Reach(shapes), 0
    for number in range(1, EDITS + 1):
        change = editor.change()
        edit = against.edit(state, rules, shapes, reach, change.added, change.removed)
        told.subtract(one for found in edit.earlier.values() for one in found)
        told.update(one for found in edit.later.values() for one in found)
        subjects = {subject for subject, _, _ in change.added | change.removed}
        elsewhere += any(one.focus not in subjects for found in edit.later.values() for one in found)
        state.absorb(edit.after)
        if number % EVERY == 0:
            asserted = editor.asserted | knowledge.background
            full = asserted | infer(asserted, knowledge.rules, knowledge.prefixes)
            assert set(state.triples()) == full, change.name
            assert sorted(+told, key=Result.sort_key) == check(Tables(full), shapes), change.name
    assert elsewhere > EDITS / 10, "faults must appear elsewhere, too"


def test_new_entries_have_the_findings_of_all_together(knowledge: Knowledge, table: Table, tmp_path: Path) -> None:
    old = table("old.csv", {"id": "a", "title": "Old"}, {"id": "b", "title": " "}, {"id": "c", "actor": "Developer"})
    new = table("new.csv", {"id": "c", "title": "Another c"}, {"id": "d", "actor": "Deployer"}, {"id": "e", "quote": " odd "})
    pipeline.build([str(old)], tmp_path / "dist", knowledge)
    dataset = read(knowledge, new)
    before = full_run(knowledge, read(knowledge, old).asserted)
    together = full_run(knowledge, read(knowledge, old).asserted | dataset.asserted)
    subjects = {subject for subject, _, _ in dataset.asserted}
    wanted = [one for one in together if one not in before or one.focus in subjects]
    assert any(one.focus.endswith("/c/record>") for one in wanted)
    for place in ("dist", "old.csv", "dist/full.nt", "dist/data.ttl"):
        assert against.validate(dataset, knowledge, str(tmp_path / place)).results == wanted, place


def test_what_was_wrong_before_is_not_told(knowledge: Knowledge, table: Table) -> None:
    old, new = table("old.csv", {"id": "a", "quote": " odd "}), table("new.csv", {"id": "b"})
    codes = {one.code for one in pipeline.validate(read(knowledge, old), knowledge).findings}
    assert "extract-text" in codes or codes
    told = against.validate(read(knowledge, new), knowledge, str(old)).findings
    assert {one.place.file for one in told} <= {"entry.yml", "new.csv"}


def test_entries_that_are_there_already_change_nothing(knowledge: Knowledge, table: Table, tmp_path: Path) -> None:
    old = table("old.csv", {"id": "a"}, {"id": "b", "title": " "})
    pipeline.build([str(old)], tmp_path / "dist", knowledge)
    alone = pipeline.validate(read(knowledge, old), knowledge)
    beside = against.validate(read(knowledge, old), knowledge, str(tmp_path / "dist"))
    assert (beside.findings, beside.inferred) == (alone.findings, set())


# -- where findings point ------------------------------------------------------------------------------------


@pytest.fixture
def clash(table: Table) -> tuple[Path, Path]:
    """A document that a new entry gives a second author in the first place, which is wrong with an old document's authorship."""
    source = {"source_title": "A report", "source_year": "2020", "quote": "q"}
    old = table("old.csv", {"id": "a"}, {"id": "b", **source, "source_authors": "Ada Okafor"})
    return old, table("new.csv", {"id": "c", **source, "source_authors": "Søren Lund"})


def test_findings_about_the_new_point_at_their_cells(knowledge: Knowledge, clash: tuple[Path, Path]) -> None:
    told = against.validate(read(knowledge, clash[1]), knowledge, str(clash[0])).findings
    (one,) = [one for one in told if one.code == "authorship-name"]
    assert str(one.place) == "new.csv:2:source_authors"


GONE = """
@prefix airmo: <https://w3id.org/airmo#> .
<https://w3id.org/airmo/id/entries/b> airmo:hasParentMitigation <https://w3id.org/airmo/id/entries/a> .
<https://w3id.org/airmo/id/entries/a> airmo:hasParentMitigation <https://w3id.org/airmo/id/entries/c> .
"""


def circle(table: Table, tmp_path: Path) -> tuple[Path, Path]:
    """A child and a parent; new is that the parent is a part of a part of the child."""
    old = table("old.csv", {"id": "a"}, {"id": "b"}, {"id": "c", "parent": "b"})
    new = tmp_path / "new.ttl"
    new.write_text(GONE, "utf-8")
    return old, new


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("old.csv", "old.csv:4"),
        ("dist", "full.nt:"),
        ("dist/full.nt", "full.nt:"),
        ("dist/data.ttl", "data.ttl:"),
        ("dist/data.jsonld", "data.jsonld:"),
    ],
)
def test_findings_about_the_old_point_into_its_files(
    knowledge: Knowledge, table: Table, tmp_path: Path, place: str, where: str
) -> None:
    old, new = circle(table, tmp_path)
    pipeline.build([str(old)], tmp_path / "dist", knowledge)
    told = against.validate(read(knowledge, new), knowledge, str(tmp_path / place)).findings
    (one,) = [one for one in told if one.code == "mitigation-own-ancestor" and (one.focus or "").endswith("/c")]
    assert where in str(one.place)
    if where == "full.nt:":
        line = (tmp_path / "dist" / "full.nt").read_text("utf-8").splitlines()[(one.place.line or 0) - 1]
        assert line.startswith("<https://w3id.org/airmo/id/entries/c> ")


# -- references between new and old --------------------------------------------------------------------------


def test_a_new_entry_may_be_part_of_an_old_one(knowledge: Knowledge, table: Table, tmp_path: Path) -> None:
    old = table("old.csv", {"id": "a b"}, {"id": "b"})
    new = table("new.csv", {"id": "c", "parent": "a b"}, {"id": "d", "parent": "c"}, {"id": "e", "parent": "none"})
    pipeline.build([str(old)], tmp_path / "dist", knowledge)
    dataset = read(knowledge, new)
    together = full_run(knowledge, read(knowledge, old, new).asserted)
    for place in (tmp_path / "dist", old):
        validation = against.validate(dataset, knowledge, str(place))
        unmatched = [str(one.place) for one in validation.findings if one.code == "unmatched-join"]
        assert unmatched == ["new.csv:4:parent"]
        assert [one for one in validation.results if "ancestor" in one.shape] == []
        has_ancestor = "<https://w3id.org/airmo#hasAncestorMitigation>"
        above = {o.rpartition("/")[2] for s, p, o in validation.inferred if p == has_ancestor and s.endswith("entries/d>")}
        assert above == {"c>", next(iter(read(knowledge, old).asserted))[0][:0] + "a%20b>"}
        assert set(validation.results) <= set(together)


def test_an_old_entry_may_name_a_new_one(knowledge: Knowledge, table: Table, tmp_path: Path) -> None:
    old, new = table("old.csv", {"id": "a", "risks": "entries/r"}), tmp_path / "new.ttl"
    before = pipeline.validate(read(knowledge, old), knowledge).findings
    assert any(one.code == "mitigation-risk" for one in before), "the risk is not there yet"
    new.write_text("<https://w3id.org/airmo/id/entries/r> a <https://w3id.org/airmo#Risk> .", "utf-8")
    told = against.validate(read(knowledge, new), knowledge, str(old)).findings
    assert not any(one.code == "mitigation-risk" for one in told)
    assert {one.code for one in told if one.focus and one.focus.endswith("/r")} >= {"risk-label", "risk-source"}


# -- the existing dataset ------------------------------------------------------------------------------------


def test_without_a_build_the_bundled_dataset_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (Path(against.default()) / "full.nt").is_file()
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "full.nt").touch()
    assert against.default() == "dist"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.csv", None, "no such file"),
        ("broken.ttl", "<urn:a> <urn:b> .", "broken.ttl"),
        ("odd.csv", "what,is,this\n1,2,3\n", "odd.csv"),
        ("empty.csv", "", "empty.csv"),
    ],
)
def test_what_cannot_be_read_is_refused(
    knowledge: Knowledge, table: Table, tmp_path: Path, name: str, content: str | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(InputError, match=reason):
        against.validate(read(knowledge, table("new.csv", {"id": "a"})), knowledge, str(tmp_path / name))


def test_an_empty_folder_is_refused(knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(InputError, match="nothing"):
        open_existing(str(tmp_path / "nothing"), knowledge)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.nt"
    file.write_text("<urn:a> <urn:b> <urn:c> .\n", "utf-8")
    return file


def indexes(cache: Path) -> list[Path]:
    return sorted(cache.glob("against-*.index"))


def test_an_index_is_used_again(knowledge: Knowledge, small: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(open_existing(str(small), knowledge).index)
    assert len(indexes(cache)) == 1

    def write(*_: object) -> None:
        raise AssertionError("it is there")

    monkeypatch.setattr(existing, "_write", write)
    assert len(open_existing(str(small), knowledge).index) == size


def test_another_content_is_another_index(knowledge: Knowledge, small: Path, cache: Path) -> None:
    open_existing(str(small), knowledge)
    small.write_text("<urn:a> <urn:b> <urn:d> .\n", "utf-8")
    assert open_existing(str(small), knowledge).data.out("<urn:b>")["<urn:a>"] == ["<urn:d>"]
    assert len(indexes(cache)) == 2


def test_an_index_that_is_cut_off_is_made_anew(knowledge: Knowledge, small: Path, cache: Path) -> None:
    open_existing(str(small), knowledge).index.close()
    (file,) = indexes(cache)
    for content in (file.read_bytes()[:-100], b"", b"something else", file.read_bytes()[:40]):
        file.write_bytes(content)
        opened = open_existing(str(small), knowledge)
        assert opened.data.out("<urn:b>")["<urn:a>"] == ["<urn:c>"]
        opened.index.close()


def test_only_the_newest_indexes_are_kept(knowledge: Knowledge, small: Path, cache: Path) -> None:
    for number in range(KEPT + 2):
        small.write_text(f"<urn:a> <urn:b> <urn:c{number}> .\n", "utf-8")
        open_existing(str(small), knowledge)
        for age, file in enumerate(sorted(indexes(cache), key=os.path.getmtime, reverse=True)):
            os.utime(file, (1_000_000 - age, 1_000_000 - age))
    assert len(indexes(cache)) == KEPT
    assert not list(cache.glob(".*"))


def test_without_a_cache_folder_it_works_all_the_same(
    knowledge: Knowledge, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert open_existing(str(small), knowledge).data.out("<urn:b>")["<urn:a>"] == ["<urn:c>"]


def test_the_digest_of_a_large_file_is_kept(
    knowledge: Knowledge, small: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(existing, "LARGE", 1)
    open_existing(str(small), knowledge)
    assert not list(cache.glob("*.digest")), "what has just been written may be written again within the same tick"
    os.utime(small, (1_000_000_000, 1_000_000_000))
    open_existing(str(small), knowledge)
    (note,) = cache.glob("*.digest")
    note.write_text("0" * 64, "ascii")
    open_existing(str(small), knowledge)
    assert len(indexes(cache)) == 2, "the digest was taken from the note"
    note.write_text("cut", "ascii")
    open_existing(str(small), knowledge)
    assert len(indexes(cache)) == 2
    assert len(note.read_text("ascii")) == 64


def test_several_may_open_it_at_once(small: Path, cache: Path) -> None:
    program = "import sys; from mitigraph.existing import open_existing as o; from mitigraph.knowledge import Knowledge as K;"
    words = [sys.executable, "-c", f"{program} print(len(o(sys.argv[1], K()).index))", str(small)]
    several = [subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE) for _ in range(3)]
    assert len({one.communicate(timeout=120)[0] for one in several}) == 1
    assert [one.returncode for one in several] == [0, 0, 0]
    assert len(indexes(cache)) == 1
    assert not list(cache.glob(".*"))


def test_a_build_of_another_version_is_inferred_anew(knowledge: Knowledge, table: Table, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    pipeline.build([str(table("old.csv", {"id": "a"}))], dist, knowledge)
    whole = len(open_existing(str(dist), knowledge).index)
    lines = (dist / "full.nt").read_text("utf-8").splitlines(keepends=True)
    (dist / "full.nt").write_text("".join(line for line in lines if "#inCategory>" not in line), "utf-8")
    less = len(open_existing(str(dist), knowledge).index)
    record = json.loads((dist / "build.json").read_text("utf-8"))
    (dist / "build.json").write_text(json.dumps({**record, "toolkit": "0.0"}), "utf-8")
    (dist / "full.nt").write_text("".join(["\n", *(line for line in lines if "#inCategory>" not in line)]), "utf-8")
    assert less < whole <= len(open_existing(str(dist), knowledge).index)


# -- other engines, queries, time ----------------------------------------------------------------------------

QUERY = '''
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix airmo: <https://w3id.org/airmo#> .
<https://example.org/s> a sh:NodeShape ; sh:targetClass airmo:MitigationRecord ; sh:message "a key twice" ;
    sh:sparql [ sh:select """
        SELECT $this WHERE {
          $this <http://purl.org/dc/terms/identifier> ?key .
          ?other <http://purl.org/dc/terms/identifier> ?key
          FILTER(?other != $this && STRENDS(STR(?other), 'record'))
        }
    """ ] .
'''


def test_shapes_with_queries_are_checked_in_full(knowledge: Knowledge, table: Table, tmp_path: Path) -> None:
    from mitigraph.shapes_check import read_shapes

    (tmp_path / "shapes.ttl").write_text(QUERY, "utf-8")
    shapes = read_shapes([str(tmp_path / "shapes.ttl")], knowledge).triples
    old = table("old.csv", {"id": "a"}, {"id": "b"})
    twin = "<https://w3id.org/airmo/id/x/record> a airmo:MitigationRecord ; <http://purl.org/dc/terms/identifier> 'a' ."
    (tmp_path / "new.ttl").write_text(f"@prefix airmo: <https://w3id.org/airmo#> .\n{twin}", "utf-8")
    told = against.validate(read(knowledge, tmp_path / "new.ttl"), knowledge, str(old), shapes, timeout=60)
    assert {one.focus.rpartition("/id/")[2] for one in told.results} == {"x/record>", "entries/a/record>"}


def test_pyshacl_finds_the_same(knowledge: Knowledge, table: Table) -> None:
    old, new = table("old.csv", {"id": "a"}), table("new.csv", {"id": "a", "title": "Another a"})
    told = [against.validate(read(knowledge, new), knowledge, str(old), engine=name).findings for name in ("own", "pyshacl")]
    assert found(told[0]) == found(told[1])
    assert any(one.code == "record-digest" for one in told[0])


def test_the_time_limit_holds(knowledge: Knowledge, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> Iterator[Triple]:
        while True:
            pass

    monkeypatch.setattr(against, "edit", endless)
    old = table("old.csv", {"id": "a"})
    with pytest.raises(EngineError, match="--timeout"):
        against.validate(read(knowledge, old), knowledge, str(old), timeout=0.2)


# -- the command ---------------------------------------------------------------------------------------------


def test_the_command_tells_what_new_entries_touch(table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    table("old.csv", {"id": "a"}, {"id": "b", "title": " "})
    table("right.csv", {"id": "c", "parent": "a"})
    table("wrong.csv", {"id": "a", "title": "Another a"})
    assert run("build", "old.csv", "-o", "dist", "--quiet").code == 1, "what was wrong before is not told again below"
    for place in (("--against", "old.csv"), ("--against", "dist"), ("--against",)):
        right = run("validate", "right.csv", *place)
        assert (right.code, right.findings()) == (0, [])
        wrong = run("validate", "wrong.csv", *place)
        assert wrong.code == 1
        assert {line.partition(": ")[0] for line in wrong.findings()} <= {"wrong.csv:2:id", "wrong.csv:2:title"}
    stdin = run("validate", "-", "--against", "dist", stdin=(tmp_path / "wrong.csv").read_bytes())
    assert stdin.code == 1
    report = json.loads(run("validate", "wrong.csv", "--against", "dist", "--report", "json").out)
    assert report["counts"]["violation"] == len(wrong.findings())


@pytest.mark.parametrize("content", [None, b"\x00\xff"], ids=["missing", "noise"])
def test_the_command_refuses_what_is_no_dataset(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    monkeypatch.chdir(tmp_path)
    table("new.csv", {"id": "a"})
    if content is not None:
        (tmp_path / "old.csv").write_bytes(content)
    refused = run("validate", "new.csv", "--against", "old.csv")
    assert refused.code == 3
    assert len(refused.lines) == 1
    assert "old.csv" in refused.lines[0]


def test_the_command_refuses_a_broken_build(table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("build", table("old.csv", {"id": "a"}).name, "-o", "dist", "--quiet")
    with (tmp_path / "dist" / "full.nt").open("ab") as file:
        file.write(b"<urn:a> <urn:b> \xff .\n")
    refused = run("validate", "old.csv", "--against", "dist")
    assert (refused.code, len(refused.lines)) == (3, 1)
    assert "full.nt" in refused.lines[0]
