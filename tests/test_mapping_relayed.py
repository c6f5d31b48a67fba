"""A table in stretches, mapped by one process or several: bytes, findings and counts are those of one that reads row by row."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import NamedTuple

import pytest
from running import run

from mitigraph import relay
from mitigraph.errors import EngineError
from mitigraph.mapping import Input, Lexicon, Run, load_mapping, relayed
from mitigraph.read import Content, limits, open_source, stretches
from mitigraph.read import table as table_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

PLAIN = """
base: https://example.org/
sources:
  s: {{access: t.csv{options}}}
mappings:
  one:
    sources: s
    subject: m/$(a)
    po:
      - [rdfs:label, $(b), en~lang]
      - [dcterms:issued, $(c), xsd:integer]
      - [dcterms:source, $(d)~iri]
      - [rdfs:comment, mg:entryDigest()]
  two:
    sources: s
    condition: mg:notEqual($(b), x)
    po:
      - [rdfs:seeAlso, m/$(a)~iri]
"""
ROWS = b"a,b\n" + b"".join(b"%d,%d\n" % (number, number % 7) for number in range(300))
ONE = (
    "base: https://example.org/\nsources: {{s: {source}}}\nmappings: {{one: {{sources: s, {subject}, po: [[rdfs:label, $(b)]]}}}}"
)
NUMBERED = ONE.format(source="{access: t.csv}", subject="subjects: [{type: blank}]")
KEYED = ONE.format(source="{access: t.csv, fields: {key: mg:key($(b))}}", subject="s: m/$(key)")
MAPPING = ONE.format(source="{access: t.csv}", subject="s: m/$(a)")
OPTIONS = [
    "",
    ", skipBlankRows: false",
    ", condition: 'mg:notEqual($(b), y)'",
    ", commentPrefix: '#'",
    ", skipRows: 2",
    ", skipInitialSpace: true",
    ", doubleQuote: false",
    ", skipColumns: 1",
    ", quoteChar: ''",
    ", encoding: utf-16",
]
CELLS = [
    "x",
    "y",
    "1",
    "07",
    "n/a",
    "",
    " z ",
    "é",
    "\u2028",
    "𝄞",
    '"a ""b"""',
    '"c,d"',
    '"e\nf"',
    '"g\r\n\r\nh"',
    '"i\rj"',
    "https://a.b/c",
    "b\\",
]
FAULTS = ['"open', '"stray"x', "nu\0l", "caf\udce9", "x,y,z", 'in"side', "#", '""']


class Came(NamedTuple):
    """What came of a mapping."""

    data: bytes
    findings: list[str]
    counts: list[tuple[object, ...]]
    unread: list[str]
    refused: int


def random_table(dice: random.Random, rows: int, options: str) -> bytes:
    """Rows of four cells, of which the one or other has something wrong with it; ends of lines as they come."""
    ends = dice.choice([["\n"], ["\r\n"], ["\n", "\r\n", "\r"]])
    lines = ["a,b,c,d" + dice.choice(["", ","])]
    width = lines[0].count(",") + 1
    for _ in range(rows):
        cells = [dice.choice(CELLS) for _ in range(4)] + [dice.choice(["", "", "", "extra"])] * (width - 4)
        if dice.random() < 0.1:
            cells[dice.randrange(width)] = dice.choice(FAULTS)
        lines.append(",".join(cells) if dice.random() < 0.95 else dice.choice(["", "," * (width - 1), "# note", "a,b", " "]))
    if "skipColumns" in options:
        lines[:] = [f"{dice.choice(CELLS)},{line}" for line in lines]
    lines[:0] = ["made by", "someone"] if "skipRows" in options else []
    text = "".join(line + dice.choice(ends) for line in lines)
    text = text if dice.random() < 0.5 else text.rstrip("\r\n")
    if "utf-16" in options:
        return text.encode("utf-16", "replace")
    return (dice.choice(["", "\ufeff"]) + text).encode("utf-8", "surrogateescape")


def mapped(file: Path, mapping: str, runners: int) -> Came:
    plan = load_mapping(mapping.encode(), "m.yml", Lexicon())
    (source,) = plan.sources
    records = open_source(Content.of_file(file), "t.csv", "csv", source.options)
    one = Run(plan, [Input(source, records, "t.csv", "")], Lexicon())
    with (file.parent / "out.nq").open("wb", buffering=0) as out:
        one.write(out.write, runners)
    counts = [astuple(count) for count in one.counts]
    data = (file.parent / "out.nq").read_bytes()
    return Came(data, sorted(str(f) for f in one.findings), counts, [str(f) for f in records.findings], records.refused)


def row_by_row(file: Path, mapping: str, monkeypatch: pytest.MonkeyPatch) -> Came:
    with monkeypatch.context() as patched:
        patched.setattr(stretches.PlainReader, "rows", lambda reader, start: None)
        patched.setattr(stretches.PlainReader, "size", 1 << 30, raising=False)
        return mapped(file, mapping, 1)


@pytest.mark.parametrize("seed", range(60))
def test_cutting_a_table_cannot_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    dice = random.Random(seed)
    options = dice.choice(OPTIONS)
    file, mapping = tmp_path / "t.csv", PLAIN.format(options=options)
    file.write_bytes(random_table(dice, dice.choice([1, 8, 40]), options))
    monkeypatch.setattr(relayed, "LARGE", 0)
    expected = row_by_row(file, mapping, monkeypatch)
    for size in (1, dice.randrange(2, 200), 1 << 16):
        monkeypatch.setattr(stretches, "STRETCH", size)
        for runners in (1, 2, 3):
            assert mapped(file, mapping, runners) == expected, (size, runners)


@pytest.fixture
def small_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relayed, "LARGE", 0)
    monkeypatch.setattr(stretches, "STRETCH", 100)
    monkeypatch.setattr(relay, "cores", lambda: 3)


@pytest.fixture
def table_file(tmp_path: Path, small_stretches: None) -> Path:
    file = tmp_path / "t.csv"
    file.write_bytes(ROWS)
    (tmp_path / "m.yml").write_text(MAPPING)
    return file


def told_by(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many processes each relay that follows has."""
    processes, once = list[int](), relay.run

    def noted(*arguments: object) -> list[object]:
        processes.append(int(str(arguments[0])))
        return once(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(relay, "run", noted)
    return processes


@pytest.mark.parametrize(("mapping", "relays"), [(NUMBERED, [2]), (MAPPING, [2]), (KEYED, [])])
def test_records_keep_their_numbers_and_keys_are_minted_by_one(
    table_file: Path, monkeypatch: pytest.MonkeyPatch, mapping: str, relays: list[int]
) -> None:
    expected, noted = mapped(table_file, mapping, 1), told_by(monkeypatch)
    assert mapped(table_file, mapping, 2) == expected
    assert noted == relays


def test_a_table_that_is_joined_is_mapped_by_several_too(table_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    join = "{mapping: one, condition: 'mg:equal($(b), $(a))', unmatched: warning}"
    mapping = MAPPING.replace("[rdfs:label, $(b)]", "{p: rdfs:seeAlso, o: " + join + "}")
    expected, noted = mapped(table_file, mapping, 1), told_by(monkeypatch)
    assert mapped(table_file, mapping, 2) == expected
    assert (noted, expected.data.count(b"seeAlso")) == ([2], 300)


@pytest.mark.parametrize("rows", [2, 50, 299])
def test_where_reading_has_to_stop_nothing_comes_after(table_file: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(limits, "ROWS", rows)
    expected = mapped(table_file, MAPPING, 1)
    assert mapped(table_file, MAPPING, 3) == expected
    assert (expected.data.count(b"\n"), len(expected.findings)) == (rows, 1)


def test_a_file_that_is_changed_meanwhile_is_told_once(table_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, work = os.getpid(), relayed.MapRunner.work

    def changing(runner: relayed.MapRunner, stretch: table_of.Stretch) -> object:
        if os.getpid() != first:
            table_file.write_bytes(ROWS + b"1,2\n")
        return work(runner, stretch)

    monkeypatch.setattr(relayed.MapRunner, "work", changing)
    ran = run("map", "-m", table_file.parent / "m.yml", table_file, "-o", table_file.parent / "o.nt")
    (line,) = ran.findings()
    assert line.endswith("t.csv: violation[file-changed] reading stopped: the file was changed while it was being read")
    assert ran.code == 1


ENDS: dict[str, tuple[Callable[[], object], int, str]] = {
    "killed": (lambda: os.kill(os.getpid(), signal.SIGKILL), 4, "a process that worked beside this one was killed (signal 9)"),
    "full": (lambda: raise_(EngineError("o.nt: cannot be written: No space left")), 4, "o.nt: cannot be written: No space left"),
    "bug": (lambda: raise_(KeyError("x")), 5, "a bug of ours: RuntimeError: KeyError: 'x'; please"),
}


def raise_(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("how", ENDS)
def test_another_process_that_fails_is_one_line_and_no_file(table_file: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    first, work = os.getpid(), relayed.MapRunner.work
    fail, code, line = ENDS[how]

    def failing(runner: relayed.MapRunner, stretch: table_of.Stretch) -> object:
        if os.getpid() != first:
            fail()
        return work(runner, stretch)

    monkeypatch.setattr(relayed.MapRunner, "work", failing)
    ran = run("map", "-m", table_file.parent / "m.yml", table_file, "-o", table_file.parent / "o.nt")
    assert (ran.code, len(ran.lines)) == (code, 1)
    assert line in ran.lines[0]
    assert sorted(file.name for file in table_file.parent.iterdir()) == ["m.yml", "t.csv"]


def test_an_interrupted_run_leaves_no_file(table_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, work = os.getpid(), relayed.MapRunner.work

    def interrupted(runner: relayed.MapRunner, stretch: table_of.Stretch) -> object:
        if os.getpid() == first and stretch.records[0].number > 100:
            raise KeyboardInterrupt
        return work(runner, stretch)

    monkeypatch.setattr(relayed.MapRunner, "work", interrupted)
    ran = run("map", "-m", table_file.parent / "m.yml", table_file, "-o", table_file.parent / "o.nt")
    assert (ran.code, ran.lines[-1]) == (130, "mitigraph: interrupted")
    assert sorted(file.name for file in table_file.parent.iterdir()) == ["m.yml", "t.csv"]


@pytest.mark.parametrize("output", ["o.nt", "o.nq", "o.ttl", "-"])
def test_the_command_gives_the_same_with_one_core(table_file: Path, monkeypatch: pytest.MonkeyPatch, output: str) -> None:
    def command() -> tuple[object, ...]:
        place = output if output == "-" else str(table_file.parent / output)
        ran = run("map", "-m", table_file.parent / "m.yml", table_file, "-o", place)
        return ran.code, ran.out, ran.lines, Path(place).read_bytes() if place != "-" else b""

    several, noted = command(), told_by(monkeypatch)
    assert command() == several
    assert noted == ([3] if output in ("o.nt", "o.nq") else [])
    monkeypatch.setattr(relay, "cores", lambda: 1)
    assert command() == several
    assert noted == ([3] if output in ("o.nt", "o.nq") else [])
