"""What a command says: few lines for much, every number accounted for, and nothing that only a machine would want."""

from __future__ import annotations

from pathlib import Path

import pytest

from mitigraph.cli.build import _near
from mitigraph.cli.talk import Talk
from mitigraph.finding import Finding, Place
from mitigraph.gather import Found
from mitigraph.mapping import Count
from mitigraph.read import Content


def missing(file: str, line: int, column: str = "actor") -> Finding:
    return Finding("warning", "no-actor", "there is no actor", Place(file, line, column))


def unknown(line: int, value: str, severity: str = "violation") -> Finding:
    return Finding(severity, "unknown", "no such actor", Place("a.csv", line, "actor"), value)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    streams = capsys.readouterr()
    assert streams.out == ""
    return streams.err.splitlines()


def test_lighter_findings_that_differ_only_in_place_share_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    Talk().findings([missing("a.csv", line) for line in range(2, 1002)] + [missing("b.csv", 7)])
    assert said(capsys) == [
        "a.csv:2:actor: warning[no-actor] there is no actor (1,000 in all)",
        "b.csv:7:actor: warning[no-actor] there is no actor",
    ]


def test_of_other_values_the_first_few_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    Talk().findings([unknown(line, f"Nobody {line}", "warning") for line in range(2, 8)])
    lines = said(capsys)
    assert [line.partition(": ")[0] for line in lines] == ["a.csv:2:actor", "a.csv:3:actor", "a.csv:4:actor", "a.csv"]
    assert lines[-1] == "a.csv: warning[unknown] 3 more values like these (-v shows them)"


def test_violations_are_all_shown_and_come_last(capsys: pytest.CaptureFixture[str]) -> None:
    Talk().findings([*(unknown(line, "Nobody") for line in range(2, 8)), missing("z.csv", 2)])
    lines = said(capsys)
    assert len(lines) == 7
    assert lines[0].startswith("z.csv:2")
    assert all("violation[unknown]" in line for line in lines[1:])


def test_the_same_line_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    Talk(verbosity=1).findings([unknown(2, "Nobody")] * 3 + [missing("a.csv", 2)] * 2)
    assert said(capsys) == [
        "a.csv:2:actor: warning[no-actor] there is no actor (2 in all)",
        "a.csv:2:actor: violation[unknown] no such actor, found 'Nobody' (3 in all)",
    ]


@pytest.mark.parametrize(("verbosity", "lines"), [(-1, 1), (0, 2), (1, 6)])
def test_how_much_is_said(capsys: pytest.CaptureFixture[str], verbosity: int, lines: int) -> None:
    talk = Talk(verbosity)
    talk.findings([unknown(9, "Nobody"), *(missing("a.csv", line) for line in range(5))])
    assert len(said(capsys)) == lines
    talk.verdict([unknown(9, "Nobody")])
    talk.counts([("a.yml", Count("a.csv", "rows", 1, 1))])
    assert len(said(capsys)) == (0 if verbosity < 0 else 3)


def test_files_are_named_as_the_user_did(capsys: pytest.CaptureFixture[str]) -> None:
    talk = Talk()
    talk.names(
        [Found("a.csv", "../data/a.csv", Path("/data/a.csv"), False, Content.of_bytes(b""))], ["../data", "/far/away/b.csv"]
    )
    talk.findings([missing("a.csv", 2), missing("b.csv", 2), missing("entry.yml", 3)])
    assert [line.split(":")[0] for line in said(capsys)] == ["../data/a.csv", "/far/away/b.csv", "entry.yml"]


def test_the_table_adds_up_over_files_of_one_kind(capsys: pytest.CaptureFixture[str]) -> None:
    talk = Talk(shown={"a.csv": "in/a.csv", "b.csv": "in/b.csv"})
    talk.counts(
        [
            ("entry.yml", Count("a.csv", "rows", 1200, 1000, 150, 50, 9000)),
            ("entry.yml", Count("b.csv", "rows", 3, 2, 1, 0, 7)),
            ("entry.yml", Count("c.json", "list", 4, 4, 0, 0, 20)),
            ("entry.yml", Count("c.json", "further", 0)),
            ("page.yml", Count("d.txt", "pages", 1, 1, 0, 0, 5)),
        ]
    )
    assert [" ".join(line.split()) for line in said(capsys)] == [
        "read with records from read mapped rejected repeated triples",
        "entry.yml rows 2 files in in 1,203 1,002 151 50 9,007",
        "list c.json 4 4 0 0 20",
        "page.yml pages d.txt 1 1 0 0 5",
    ]


def test_a_record_that_is_lost_is_a_bug_of_ours() -> None:
    with pytest.raises(AssertionError, match=r"a\.csv: records are missing"):
        Talk().counts([("entry.yml", Count("a.csv", "rows", 3, 1, 1, 0, 7))])


def test_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    Talk().verdict([unknown(1, "x"), missing("a.csv", 1), missing("a.csv", 2)], "; more")
    assert said(capsys) == ["1 violation, 2 warnings, 0 info; more"]


def test_the_verdict_says_what_was_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [unknown(2, "x"), Finding("info", "no-licence", "there is no licence", Place("entry.yml", 9))]
    for talk, more in ((Talk(shown={"a.csv": "a.csv"}), " (1 shown only with -v)"), (Talk(1, shown={"a.csv": "a.csv"}), "")):
        talk.findings(findings)
        talk.verdict(findings)
        *lines, verdict = said(capsys)
        assert verdict == f"1 violation, 0 warnings, 1 info{more}"
        assert any("no-licence" in line for line in lines) == (not more)


def test_a_hostile_cell_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Talk().findings([unknown(2, "x\n\x1b[31ma.csv:1: violation[forged]")])
    (line,) = said(capsys)
    assert "\x1b" not in line


def test_a_folder_is_shown_from_here_where_that_is_shorter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert _near(tmp_path / "examples") == "examples"
    assert _near(Path("/a")) == "/a"
