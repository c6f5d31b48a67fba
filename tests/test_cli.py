"""The command line is a contract: verbs, options, exit codes, what goes to which stream. Parametrised over the table of verbs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from building import command, environment
from mutation import good
from running import run

from mitigraph import __version__, pipeline
from mitigraph.cli import VERBS
from mitigraph.formats import FORMATS

OPTIONS = {
    "build": ("-o", "--base", "--fail-on", "--strict"),
    "map": ("-m", "-o", "--head", "--check", "--base", "--to"),
    "validate": (
        *("-s", "-m", "--report", "-o", "--fail-on", "--timeout", "--baseline"),
        *("--against", "--fix", "--in-place", "--annotate", "--engine"),
    ),
    "query": ("-d", "-f", "--list", "-p"),
    "describe": (),
    "convert": ("-o",),
    "fmt": ("--check",),
    "template": ("--example", "--rows", "--scheme", "--force"),
    "new": ("--id", "--against"),
}
"""The options that each verb has promised so far."""

EVERYWHERE = ("-v", "-q", "--debug", "-h")
HEAVY = ("rdflib", "pyshacl", "pyoxigraph", "owlready2", "yaml", "rich", "rapidfuzz", "xlsxwriter")
ENTRIES_CSV, ENTRIES_JSON, ENTRIES_YAML, TURTLE = map(good, ("rows.csv", "rows.json", "rows.yaml", "data.ttl"))
BAD_ENTRIES = b"id,title,source_year\nm1,One,20024\n"


@pytest.fixture
def entries(tmp_path: Path) -> Path:
    """A table of entries with nothing wrong in it."""
    file = tmp_path / "new.csv"
    file.write_bytes(ENTRIES_CSV)
    return file


@pytest.fixture
def turtle(tmp_path: Path) -> Path:
    """A Turtle file."""
    file = tmp_path / "data.ttl"
    file.write_bytes(TURTLE)
    return file


def parsed(data: bytes, data_format: pyoxigraph.RdfFormat) -> int:
    return len(list(pyoxigraph.parse(data, format=data_format)))


# -- help ----------------------------------------------------------------------------------------------------


def test_the_table_of_options_has_every_verb() -> None:
    assert set(OPTIONS) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_has_synopsis_examples_and_all_options(verb: str, flag: str) -> None:
    ran = run(verb, flag)
    assert ran.code == 0
    assert ran.err == ""
    assert ran.text.startswith(f"Usage: mitigraph {verb} ")
    examples = ran.text.partition("Examples:")[2].partition("Options:")[0]
    assert len(re.findall(rf"mitigraph {verb}\b", examples)) >= 2
    described = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", ran.text.partition("Options:")[2]))
    assert {*OPTIONS[verb], *EVERYWHERE} <= described


def test_help_lists_every_verb_with_its_line() -> None:
    for flag in ("--help", "-h"):
        ran = run(flag)
        assert ran.code == 0
        for verb, line in VERBS.items():
            assert re.search(rf"^  {verb} +{re.escape(line)}$", ran.text, re.MULTILINE)


def test_without_arguments_help_is_shown_as_wrong_use() -> None:
    ran = run()
    assert (ran.code, ran.out) == (2, b"")
    assert "Commands:" in ran.err


def test_version() -> None:
    assert run("--version").text == run("-V").text == f"mitigraph {__version__}\n"


def test_help_imports_no_engine() -> None:
    verbs = [[verb, "--help"] for verb in VERBS]
    code = (
        "import sys\nfrom mitigraph.cli import run\n"
        f"for arguments in {[['--help'], *verbs]!r}: assert run(arguments) == 0\n"
        f"sys.stderr.write(' '.join(sorted(set(sys.modules) & set({HEAVY!r}))))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=True, text=True)
    assert done.stderr == ""


# -- wrong use -----------------------------------------------------------------------------------------------

WRONG = [
    (["bild"], "mitigraph: no such command 'bild'; did you mean 'build'? (mitigraph --help)"),
    (["frobnicate"], f"mitigraph: no such command 'frobnicate'; there are {', '.join(VERBS)} (mitigraph --help)"),
    (["map", "x.csv", "--hed", "3"], "mitigraph map: no such option '--hed'; did you mean '--head'? (mitigraph map --help)"),
    (
        ["map", "x.csv", "--head", "0"],
        "mitigraph map: invalid value for '--head': 0 is not in the range x>=1 (mitigraph map --help)",
    ),
    (["map"], "mitigraph map: name a SOURCE, or a mapping with -m whose own sources are read (mitigraph map --help)"),
    (
        ["map", "--check", "x.csv"],
        "mitigraph map: --check wants a mapping with -m, and only says what is wrong with it (mitigraph map --help)",
    ),
    (["validate"], "mitigraph validate: missing argument 'DATA...' (mitigraph validate --help)"),
    (["build", "x.csv"], "mitigraph build: with a SOURCE, name the folder to write: -o DIR (mitigraph build --help)"),
    (["map", "x.csv", "-f", "tutle"], "mitigraph: no RDF format 'tutle'; did you mean 'turtle'?"),
    (["query", "@in-categry"], "mitigraph: no named query @in-categry; did you mean 'in-category'? (query --list shows them)"),
]


@pytest.mark.parametrize(("arguments", "line"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_wrong_use_is_one_line_with_a_suggestion(arguments: list[str], line: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out, ran.lines) == (2, b"", [line])


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_option_of_every_verb(verb: str) -> None:
    ran = run(verb, "--hepl")
    assert ran.code == 2
    assert ran.lines == [f"mitigraph {verb}: no such option '--hepl'; did you mean '--help'? (mitigraph {verb} --help)"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("convert", "data.ttl", "-f", "jsonl"),
        ("convert", "data.ttl", "--from", "turtel", "-f", "nt"),
        ("describe", "airmo:Mitigation", "-f", "turtel"),
        ("map", "data.ttl", "-f", "ntripels"),
    ],
)
def test_an_unknown_rdf_format(arguments: tuple[str, ...], turtle: Path) -> None:
    ran = run(*(turtle if argument == "data.ttl" else argument for argument in arguments))
    assert ran.code == 2
    assert len(ran.lines) == 1
    assert "did you mean" in ran.err


def test_an_unknown_result_format(turtle: Path) -> None:
    ran = run("query", "SELECT * {}", "-d", turtle, "-f", "jsn")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "json" in ran.err


def test_an_output_whose_suffix_says_nothing(entries: Path, tmp_path: Path) -> None:
    for name in ("out.foo", "out"):
        ran = run("map", entries, "-o", tmp_path / name)
        assert ran.code == 2
        assert "is that of no RDF format (.ttl " in ran.err
        assert not (tmp_path / name).exists()


# -- exit codes ----------------------------------------------------------------------------------------------


def test_0_fine(entries: Path) -> None:
    assert run("map", entries).code == 0


def test_1_findings(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_bytes(BAD_ENTRIES)
    assert run("map", file).code == 1
    assert run("validate", file).code == 1
    assert run("validate", file, "--fail-on", "none").code == 0


def test_1_lighter_findings_count_when_asked_for(entries: Path, tmp_path: Path) -> None:
    assert run("validate", entries).code == 0
    assert run("validate", entries, "--fail-on", "warning").code == 1


def test_1_fmt_check(turtle: Path) -> None:
    ran = run("fmt", "--check", turtle)
    assert (ran.code, ran.out) == (1, b"")
    assert turtle.read_bytes() == TURTLE
    assert run("fmt", turtle).code == 0
    assert run("fmt", "--check", turtle).code == 0


@pytest.mark.parametrize("text", ["SELEC * {}", "SELECT * {", "INSERT DATA {}", "SELECT * { SERVICE <http://x.example/> {} }"])
def test_2_queries_that_are_refused(text: str, turtle: Path) -> None:
    ran = run("query", text, "-d", turtle)
    assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)


def test_3_missing_and_unreadable(entries: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.csv"
    for arguments in (
        ["map", nowhere],
        ["validate", nowhere],
        ["convert", tmp_path / "no.ttl", "-f", "nt"],
        ["fmt", tmp_path / "no.ttl"],
    ):
        ran = run(*arguments)
        assert ran.code == 3
        assert "no such file" in (ran.text + ran.err).lower()


def test_3_outranks_1(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_bytes(BAD_ENTRIES)
    assert run("map", file, tmp_path / "nowhere.csv").code == 3


def test_4_outputs_that_cannot_be_written(entries: Path, turtle: Path, tmp_path: Path) -> None:
    for arguments in (
        ["map", entries, "-o", entries / "out.nt"],
        ["convert", turtle, "-o", tmp_path / "nowhere" / "out.nt"],
        ["build", entries, "-o", entries],
        ["build", entries, "-o", tmp_path],
    ):
        ran = run(*arguments)
        assert (ran.code, len(ran.lines)) == (4, 1), ran.err
    assert entries.read_bytes() == ENTRIES_CSV


def test_4_time_limit(entries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(pipeline, "_visible", endless)
    ran = run("validate", entries, "--timeout", "0.1")
    assert ran.code == 4
    assert ran.lines[-1].startswith("mitigraph: ")
    assert "--timeout" in ran.err


def test_5_a_bug_is_one_line_and_a_traceback_only_when_asked_for(entries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("planted\nbug")

    monkeypatch.setattr(pipeline, "map_records", broken)
    ran = run("map", entries)
    assert (ran.code, len(ran.lines)) == (5, 1)
    assert "a bug of ours: RuntimeError: planted bug; please report it" in ran.err
    told = run("map", entries, "--debug")
    assert told.code == 5
    assert "Traceback (most recent call last)" in told.err
    assert told.lines[-1] == ran.lines[0]


def test_130_interrupted() -> None:
    process = subprocess.Popen(
        command("map", "-"), env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(b"x" * (1 << 20))  # more than a pipe holds: when this returns, it is being read
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"\nmitigraph: interrupted\n")


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    file = tmp_path / "many.nt"
    file.write_text(
        "".join(f"<https://example.org/{n}> <https://example.org/p> <https://example.org/o> .\n" for n in range(20_000))
    )
    for arguments in (["convert", file, "-f", "nt"], ["query", "SELECT * { ?s ?p ?o }", "-d", file, "-f", "csv"]):
        process = subprocess.Popen(
            command(*map(str, arguments)), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == b""
        process.stderr.close()


@pytest.mark.parametrize(("category", "code"), [("mit-v1:1.1", 0), ("mit-v1:9.9", 1)])
@pytest.mark.parametrize("both", [True, False], ids=["2>&1", "data only"])
def test_a_closed_pipe_does_not_change_the_verdict(tmp_path: Path, category: str, code: int, both: bool) -> None:
    rows = "".join(f"id-{n},Title {n},{category}\n" for n in range(300))
    (tmp_path / "new.csv").write_text(f"id,title,category\n{rows}", "utf-8")
    process = subprocess.Popen(
        command("validate", "-v", tmp_path / "new.csv"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if both else subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    said = process.stderr.read() if process.stderr is not None else b""
    assert process.wait(timeout=60) == code
    assert b"roken" not in said and b"Traceback" not in said
    if process.stderr is not None:
        process.stderr.close()


def test_nobody_need_read_what_goes_to_either_stream() -> None:
    for arguments, code in ((["--help"], 0), (["nonsuch"], 2), (["query", "--list"], 0), (["map", "nowhere.csv"], 3)):
        reading, writing = os.pipe()
        os.close(reading)
        try:
            done = subprocess.run(command(*arguments), env=environment(), stdout=writing, stderr=writing, timeout=60, check=False)
        finally:
            os.close(writing)
        assert done.returncode == code, arguments


# -- streams -------------------------------------------------------------------------------------------------


def test_standard_output_holds_data_and_nothing_else(entries: Path, turtle: Path) -> None:
    assert parsed(run("map", entries).out, pyoxigraph.RdfFormat.TURTLE) > 20
    assert parsed(run("convert", turtle, "-f", "nt").out, pyoxigraph.RdfFormat.N_TRIPLES) > 5
    assert parsed(run("describe", "airmo:Mitigation", "-d", turtle.parent, "-f", "turtle").out, pyoxigraph.RdfFormat.TURTLE) >= 0
    assert json.loads(run("validate", entries, "--report", "json").out)["counts"]["violation"] == 0
    assert (
        run("query", "SELECT ?s { ?s a <https://example.org/Thing> }", "-d", turtle, "-f", "csv").text
        == "s\r\nhttps://example.org/a\r\n"
    )


def test_talk_goes_to_standard_error(entries: Path, tmp_path: Path) -> None:
    human = run("validate", entries)
    assert re.fullmatch(r"0 violations, \d+ warnings, \d+ info \(\d+ shown only with -v\)", human.lines[-1])
    assert all(re.search(r": (warning|info)\[", line) for line in human.text.splitlines()), "the report is the data"
    to_file = run("map", entries, "-o", tmp_path / "out.nt")
    assert to_file.out == b""
    assert "mapped" in to_file.err


def test_quiet_and_verbose(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    rows = "".join(f"m{n},One,{n}0024,v{n}\n" for n in range(9))
    file.write_text(f"id,title,source_year,unread\n{rows}")
    quiet, plain, verbose = (run("validate", file, *flags) for flags in (["-q"], [], ["-v"]))
    assert quiet.text.splitlines() == quiet.findings()
    assert quiet.err == ""
    assert len(quiet.findings()) == len(plain.findings()) == len(verbose.findings()) == 9
    assert len(plain.findings("warning")) < len(verbose.findings("warning"))
    assert any("no rule reads 'unread'" in line for line in plain.findings("info"))


def test_colours_only_on_a_terminal_and_never_with_no_color(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "new.csv"
    file.write_bytes(BAD_ENTRIES)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in run("map", file, terminal=True).err
    assert "\x1b[" not in run("map", file).err
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("map", file, terminal=True).err


def test_data_is_never_coloured(entries: Path, turtle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    runs: list[list[str | Path]] = [
        ["map", entries],
        ["validate", entries, "--report", "json"],
        ["convert", turtle, "-f", "jsonld"],
        *(["query", "SELECT * { ?s ?p ?o }", "-d", turtle, "-f", name] for name in ("csv", "tsv", "json", "xml", "md", "html")),
        ["fmt", "-"],
    ]
    for arguments in runs:
        assert b"\x1b[" not in run(*arguments, stdin=TURTLE, terminal=True).out


@pytest.mark.parametrize("content", [ENTRIES_CSV, ENTRIES_JSON, ENTRIES_YAML, TURTLE], ids=["csv", "json", "yaml", "turtle"])
def test_standard_input_of_map_and_validate(content: bytes) -> None:
    ran = run("map", "-", stdin=content)
    assert ran.code == 0, ran.err
    assert parsed(ran.out, pyoxigraph.RdfFormat.TURTLE) > 5
    assert run("validate", "-", stdin=content).code in (0, 1)


def test_standard_input_of_map_in_the_other_formats(root: Path) -> None:
    page = (root / "tests" / "pages" / "full.txt").read_bytes()
    for content in (ENTRIES_CSV.replace(b",", b"\t"), b'{"id": "m1", "title": "A"}\n{"id": "m2", "title": "B"}\n', page):
        ran = run("map", "-", stdin=content)
        assert ran.code == 0, ran.err
        assert b"airmo:Mitigation" in ran.out


def test_standard_input_of_the_other_verbs(turtle: Path, tmp_path: Path) -> None:
    assert run("convert", "-", "--from", "turtle", "-f", "nt", stdin=TURTLE).out == run("convert", turtle, "-f", "nt").out
    assert run("query", "-", "-d", turtle, "-f", "csv", stdin=b"SELECT (1 AS ?n) {}").text == "n\r\n1\r\n"
    formatted = run("fmt", "-", stdin=TURTLE)
    assert formatted.code == 0
    assert run("fmt", "-", stdin=formatted.out).out == formatted.out
    place = tmp_path / "out"
    assert run("build", "-", "-o", place, stdin=ENTRIES_CSV).code == 0
    assert (place / "data.ttl").is_file()


# -- formats -------------------------------------------------------------------------------------------------


def _aliases() -> Iterator[tuple[str, str]]:
    for one in FORMATS:
        for alias in (one.name, *one.aliases):
            yield alias, one.name


@pytest.mark.parametrize(("alias", "name"), list(_aliases()))
def test_every_alias_names_its_format(alias: str, name: str, turtle: Path, entries: Path) -> None:
    ran = run("convert", turtle, "-f", alias)
    assert ran.code == 0, ran.err
    assert ran.out == run("convert", turtle, "-f", name.upper()).out
    assert run("map", entries, "--format", alias).code == 0
    assert run("convert", "-", "--from", alias, "-f", "nt", stdin=ran.out).code == 0


@pytest.mark.parametrize("suffix", [suffix for one in FORMATS for suffix in one.suffixes])
def test_an_output_s_suffix_names_its_format(suffix: str, turtle: Path, entries: Path, tmp_path: Path) -> None:
    name = next(one.name for one in FORMATS if suffix in one.suffixes)
    for arguments in (["convert", turtle], ["map", entries]):
        file = tmp_path / f"out{suffix}"
        assert run(*arguments, "-o", file).code == 0
        assert file.read_bytes() == run(*arguments, "-f", name).out


@pytest.mark.parametrize("name", ["table", "csv", "tsv", "json", "xml", "md", "html"])
def test_every_format_of_results(name: str, turtle: Path, tmp_path: Path) -> None:
    asked = ("query", "SELECT ?s { ?s a <https://example.org/Thing> }", "-d", turtle)
    ran = run(*asked, "-f", name)
    assert (ran.code, b"example.org/a" in ran.out) == (0, True)
    file = tmp_path / f"out.{name}"
    if name != "table":
        assert run(*asked, "-o", file).code == 0
        assert file.read_bytes() == ran.out


@pytest.mark.parametrize("name", ["json", "turtle", "jsonld"])
def test_every_report(name: str, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_bytes(BAD_ENTRIES)
    ran = run("validate", file, "--report", name)
    assert (ran.code, ran.err) == (1, "")
    kinds = {"turtle": pyoxigraph.RdfFormat.TURTLE, "jsonld": pyoxigraph.RdfFormat.JSON_LD}
    if name in kinds:
        assert parsed(ran.out, kinds[name]) > 2
    else:
        [finding] = [one for one in json.loads(ran.out)["findings"] if one["severity"] == "violation"]
        assert (finding["code"], finding["row"], finding["line"], finding["column"], finding["value"]) == (
            "bad-year",
            1,
            2,
            "source_year",
            "20024",
        )


# -- outputs are whole or absent -----------------------------------------------------------------------------


def test_what_cannot_be_read_leaves_an_earlier_output_as_it_was(tmp_path: Path) -> None:
    output = tmp_path / "out.nt"
    output.write_bytes(b"earlier")
    assert run("map", tmp_path / "nowhere.csv", "-o", output).code == 3
    assert run("convert", tmp_path / "nowhere.ttl", "-o", output).code == 3
    assert output.read_bytes() == b"earlier"


def test_a_build_of_nothing_leaves_the_earlier_folder(entries: Path, tmp_path: Path) -> None:
    place = tmp_path / "out"
    assert run("build", entries, "-o", place).code == 0
    before = {file.name: file.read_bytes() for file in place.iterdir()}
    ran = run("build", tmp_path / "nowhere.csv", "-o", place)
    assert ran.code == 3
    assert f"{place} is not written: nothing could be read" in ran.err
    assert {file.name: file.read_bytes() for file in place.iterdir()} == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["new.csv", "out"]


@pytest.mark.parametrize("verb", ["map", "validate"])
def test_an_output_that_is_full_or_closed_is_one_line(entries: Path, verb: str) -> None:
    program = [sys.executable, "-m", "mitigraph", verb, str(entries)]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (4, "mitigraph: output: No space left on device\n")
    closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *program], stderr=subprocess.PIPE, text=True, check=False)
    assert (closed.returncode, closed.stderr) == (4, "mitigraph: standard output: it is closed\n")
