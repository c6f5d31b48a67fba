"""Machine reports: each opens in its own consumer, holds every finding as it is, and is the same bytes everywhere."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from building import environment
from lxml import etree
from running import run

from mitigraph import reports
from mitigraph.finding import LEVELS, Finding, Place, one_line
from mitigraph.formula import neutral, original
from mitigraph.gather import Found
from mitigraph.knowledge import Knowledge
from mitigraph.read import Content
from mitigraph.reports import FORMATS, Context, rules
from mitigraph.reports.baseline import compare, read_baseline
from mitigraph.reports.context import Region, Spot
from mitigraph.reports.fingerprint import fingerprint, fingerprints
from mitigraph.reports.paths import placed, report_paths

SCHEMAS = Path(__file__).parent / "schemas"
KNOWLEDGE = Knowledge()
NAUGHTY = (
    "",
    " ",
    '=HYPERLINK("http://x.example","click")',
    "@SUM(1+1)",
    "'=1",
    "\t=1",
    "＝１",
    'a,b"c\r\nd;e',
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]>&amp;<!--",
    "{0} {{1}} }",
    "[click](javascript:alert(1))",
    "::error file=x::forged\n::stop-commands::x",
    "%0A%25,:",
    "\x1b[31mred\x07\x00\x7f",
    "\ud800 half",
    "\ufffe\uffff\u2028\u202e",
    "日本語 🎉 é e\u0301",
    "C:\\new\\table",
    "{{ 7 * 7 }} {% raw %}",
    "x" * 40_000,
)
CODES = ("unknown-concept", "bad-year", "dataset-licence", "my own: shape", 'a"b<c>')


def naughty_findings() -> list[Finding]:
    """Every odd text in every part of a finding that comes from data."""
    found = []
    for number, text in enumerate(NAUGHTY, 1):
        place = Place(f"odd {text[:40]}.csv".replace("\0", ""), number, text or None, number)
        tree, book = Place("a.json", number, pointer=f"/{text}"), Place("b.xlsx", number, text, number, cell=f"{text}!C{number}")
        severity, code = LEVELS[1 + number % 3], CODES[number % len(CODES)]
        found += [
            Finding(severity, code, f"odd {text}", place, text, f"not {text}", text, text, text, text, sure=True),
            Finding(severity, code, text or "nothing", tree, value=text),
            Finding(severity, code, "in a book", book, value=text, suggestion="Developer"),
        ]
    return placed(found, {})


def usual(count: int = 4) -> list[Finding]:
    return placed(
        [
            Finding("violation", "bad-year", "not a year", Place("new.csv", n + 1, "source_year", n), f"20{n}", "a year")
            for n in range(1, count + 1)
        ],
        {"new.csv": "data/new.csv"},
    )


CASES = {"usual": usual(), "naughty": naughty_findings(), "none": []}
CONTEXTS = {
    "usual": Context(KNOWLEDGE, files=["data/new.csv", "data/fine.csv"]),
    "naughty": Context(KNOWLEDGE, files=["a.json"], fail_on="info"),
    "none": Context(KNOWLEDGE),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[list[Finding], Context]:
    return CASES[request.param], CONTEXTS[request.param]


def written(name: str, findings: list[Finding], context: Context | None = None) -> bytes:
    return reports.write(name, findings, context or Context(KNOWLEDGE))


# -- every format --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_findings_is_no_matter(name: str, case: tuple[list[Finding], Context]) -> None:
    findings, context = case
    mixed = findings.copy()
    random.Random(7).shuffle(mixed)
    assert written(name, placed(mixed, {}), context) == written(name, findings, context)


@pytest.mark.parametrize("name", FORMATS)
def test_it_is_text_in_utf_8_that_ends_with_a_line(name: str, case: tuple[list[Finding], Context]) -> None:
    data = written(name, *case)
    assert not data or data.endswith(b"\n")
    data.decode("utf-8")


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("turtle", "jsonld")])
def test_ten_thousand_findings(name: str) -> None:
    data = written(name, usual(10_000)).decode()
    assert data.count("2010000") >= 1
    assert data.count("not a year, found" if name in ("sarif", "junit", "github") else "not a year") >= 10_000


ALL_REPORTS = """
import json, sys
from mitigraph.reports import FORMATS
from running import run
made = {name: run("validate", *sys.argv[1:], "--report", name) for name in FORMATS}
print(json.dumps({name: [ran.code, ran.out.decode("utf-8")] for name, ran in made.items()}))
"""
"""Every report of the same data, by one process: starting one for each would take most of the time."""


def test_the_same_bytes_whatever_the_hash_seed_and_the_folder(tmp_path: Path) -> None:
    made: dict[str, set[str]] = {name: set() for name in FORMATS}
    for seed, place in (("1", "a"), ("2", "b/c")):
        folder = tmp_path / place / "work"
        (folder / "data").mkdir(parents=True)
        for file, text in (("new.csv", "id,title,category,actor\nm1,One,mit-v2:9.9,Develper\n"), ("old.csv", "id,title\nm2,\n")):
            (folder / "data" / file).write_text(text, "utf-8")
        paths = ["data", str(folder / "data" / "new.csv")]
        told = subprocess.run(
            [sys.executable, "-c", ALL_REPORTS, *(paths if seed == "1" else paths[::-1])],
            cwd=folder,
            env=environment(
                {
                    "PYTHONPATH": os.pathsep.join(sys.path),
                    "PYTHONHASHSEED": seed,
                    "TZ": "Asia/Tokyo" if seed == "1" else "UTC",
                }
            ),
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        for name, (code, data) in json.loads(told.stdout).items():
            assert code == 1
            assert str(tmp_path) not in data
            made[name].add(data)
    assert {name: len(bytes_) for name, bytes_ in made.items()} == dict.fromkeys(FORMATS, 1)


def test_every_suffix_is_of_one_format() -> None:
    assert len(reports.suffixes()) == len(set(reports.suffixes()))
    assert {reports.format_of_suffix(f"x{suffix}") for suffix in reports.suffixes()} == {*FORMATS} - {"github"}


# -- how files are named -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "path", "named"),
    [
        ("new.csv", "/w/new.csv", "new.csv"),
        ("./data/new.csv", "/w/data/new.csv", "data/new.csv"),
        ("/w/data/new.csv", "/w/data/new.csv", "data/new.csv"),
        ("../w/data/new.csv", "/w/data/new.csv", "data/new.csv"),
        ("../new.csv", "/new.csv", "new.csv"),
        ("/far/away/new.csv", "/far/away/new.csv", "new.csv"),
        ("link/new.csv", "/far/away/new.csv", "link/new.csv"),
    ],
)
def test_files_are_named_as_the_working_folder_sees_them(shown: str, path: str, named: str) -> None:
    found = Found("new.csv", shown, Path(path), True, Content.of_bytes(b""))
    assert report_paths([found], [shown], Path("/w")) == {"new.csv": named, shown: named}


def test_standard_input_and_missing_files_have_names() -> None:
    stdin = Found("-", "-", None, True, Content.of_bytes(b""), nameless=True)
    names = report_paths([stdin], ["-", "data/gone.csv", "/far/gone.ttl"], Path("/w"))
    gone = {"data/gone.csv": "data/gone.csv", "/far/gone.ttl": "gone.ttl"}
    assert names == {"-": "-", "gone.csv": "data/gone.csv", "gone.ttl": "gone.ttl", **gone}


# -- JSON ----------------------------------------------------------------------------------------------------


def test_json_has_every_part(case: tuple[list[Finding], Context]) -> None:
    findings, context = case
    assert read_baseline(written("json", findings, context), "x") == findings


# -- SARIF ---------------------------------------------------------------------------------------------------


def sarif(findings: list[Finding], context: Context | None = None) -> dict[str, Any]:
    """A log that holds to our schema; its only run."""
    log = json.loads(written("sarif", findings, context))
    jsonschema.validate(log, json.loads((SCHEMAS / "sarif.schema.json").read_text("utf-8")))
    (only,) = log["runs"]
    assert isinstance(only, dict)
    return only


def test_sarif_holds_to_its_schema_and_tells_every_finding(case: tuple[list[Finding], Context]) -> None:
    findings, context = case
    made = sarif(findings, context)
    assert len(made["results"]) == len(findings)
    for finding, result in zip(findings, made["results"], strict=True):
        rule = made["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"] == finding.code
        where = result["locations"][0]["physicalLocation"]
        assert made["artifacts"][where["artifactLocation"]["index"]]["location"]["uri"] == where["artifactLocation"]["uri"]
        assert unquote(where["artifactLocation"]["uri"]) == finding.place.file
        assert where["region"]["startLine"] == (finding.place.line or 1)
        told = finding.told.replace("](", "] (")
        assert result["message"]["text"].replace("{{", "{").replace("}}", "}") == told
        assert result["properties"].get("value") == finding.value
    assert [one["location"]["index"] for one in made["artifacts"]] == list(range(len(made["artifacts"])))
    named = {unquote(one["location"]["uri"]) for one in made["artifacts"] if "uriBaseId" in one["location"]}
    assert named == set(context.files)


def test_sarif_holds_to_the_schema_of_the_standard(shared: Path, case: tuple[list[Finding], Context]) -> None:
    schema = shared / "suites" / "reports" / "sarif-schema-2.1.0.json"
    if not schema.is_file():
        pytest.skip("the standard's own schema is not beside this checkout")
    checks = jsonschema.FormatChecker()
    jsonschema.Draft4Validator(json.loads(schema.read_text("utf-8")), format_checker=checks).validate(
        json.loads(written("sarif", *case))
    )


def test_the_schema_of_sarif_can_fail() -> None:
    log = json.loads(written("sarif", usual()))
    schema = json.loads((SCHEMAS / "sarif.schema.json").read_text("utf-8"))
    spoils: list[Callable[[dict[str, Any]], object]] = [
        lambda run: run.pop("tool"),
        lambda run: run["results"][0].pop("locations"),
        lambda run: run["results"][0]["message"].update(text="a {0}"),
        lambda run: run["artifacts"][0]["location"].update(uri="/home/me/new.csv"),
        lambda run: run["artifacts"][0]["location"].update(uri="C:/new.csv"),
        lambda run: run["results"][0].update(level="violation"),
        lambda run: run["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
    ]
    for spoil in spoils:
        spoilt = json.loads(json.dumps(log))
        spoil(spoilt["runs"][0])
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(spoilt, schema)


def test_sarif_says_what_rules_mean_and_where_they_are_explained() -> None:
    driver = sarif(naughty_findings())["tool"]["driver"]
    described = {rule["id"]: rule for rule in driver["rules"]}
    assert described["bad-year"]["helpUri"] == rules.PAGES + "bad-year"
    assert "Mend: " in described["bad-year"]["help"]["text"]
    assert described["dataset-licence"]["fullDescription"]["text"] == "The source dataset has no licence."
    assert "helpUri" not in described["my own: shape"]


def test_levels_of_sarif() -> None:
    place = Place("a.csv")
    found = placed([Finding(level, f"x-{level}", "odd", place) for level in LEVELS[1:]], {})
    assert [result["level"] for result in sarif(found)["results"]] == ["note", "error", "warning"]


def test_logical_locations() -> None:
    places = [
        (Place("a.csv", 3, "actor", 2), ("actor", "actor[2]", "column")),
        (Place("a.json", 3, pointer="/2/risks/0"), ("0", "/2/risks/0", "value")),
        (Place("a.xlsx", 3, "actor", 2, cell="My Sheet!C3"), ("C3", "My Sheet!C3", "cell")),
    ]
    for place, told in places:
        (result,) = sarif([Finding("warning", "x-y", "odd", place)])["results"]
        assert tuple(result["locations"][0]["logicalLocations"][0].values()) == told
    (result,) = sarif([Finding("warning", "x-y", "odd", Place("a.csv"))])["results"]
    assert "logicalLocations" not in result["locations"][0]


def test_a_sure_suggestion_whose_place_is_known_is_a_fix() -> None:
    finding = Finding("violation", "bad-year", "no", Place("a.csv", 2, "actor"), "Develper", suggestion="Developer", sure=True)
    spots = {finding: Spot(Region(2, 5, 2, 13), "Developer")}
    (result,) = sarif([finding], Context(KNOWLEDGE, spots=spots))["results"]
    region = {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 13}
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "Developer"}}]
    assert result["locations"][0]["physicalLocation"]["region"] == region
    assert "fixes" not in sarif([finding])["results"][0]


def test_what_was_refused_is_an_analysis_that_did_not_succeed() -> None:
    assert sarif(usual(), Context(KNOWLEDGE, refused=True))["invocations"] == [{"executionSuccessful": False}]


def test_fingerprints_stay_when_rows_are_added_above(tmp_path: Path) -> None:
    head, row = "id,title,source_year,actor\n", "m{0},One,2002{0},Nobody{0}\n"
    marks = []
    for name, rows in (("a", "12"), ("b", "312")):
        (tmp_path / name).mkdir()
        file = tmp_path / name / "new.csv"
        file.write_text(head + "".join(row.format(number) for number in rows), "utf-8")
        log = json.loads(run("validate", file, "--report", "sarif").out)
        results = [one for one in log["runs"][0]["results"] if one["level"] == "error"]
        marks.append({one["partialFingerprints"]["primaryLocationLineHash"] for one in results})
        assert len(marks[-1]) == len(results) == 2 * len(rows)
    assert marks[0] < marks[1]


# -- JUnit ---------------------------------------------------------------------------------------------------


def junit(findings: list[Finding], context: Context | None = None) -> Any:
    """A document that holds to our schema."""
    tree = etree.fromstring(written("junit", findings, context))
    etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd")).assertValid(tree)
    return tree


def test_junit_holds_to_its_schema_and_its_numbers_are_right(case: tuple[list[Finding], Context]) -> None:
    findings, context = case
    tree = junit(findings, context)
    for node in (tree, *tree):
        assert int(node.get("tests")) == len(node.findall(".//testcase"))
        assert int(node.get("failures")) == len(node.findall(".//failure"))
    assert {node.get("name") for node in tree} == {
        one_line(name) for name in (*context.files, *(finding.place.file for finding in findings))
    }
    said = Counter(line for node in tree.iter("failure", "system-out") for line in node.text.splitlines())
    assert said == Counter(map(str, findings))


def test_junit_holds_to_the_schema_of_a_build_server(shared: Path, case: tuple[list[Finding], Context]) -> None:
    schema = shared / "suites" / "reports" / "junit-10.xsd"
    if not schema.is_file():
        pytest.skip("a build server's own schema is not beside this checkout")
    etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(written("junit", *case)))


@pytest.mark.parametrize(
    ("level", "refused", "failures"), [("violation", False, 1), ("info", False, 3), ("none", False, 0), ("none", True, 1)]
)
def test_junit_fails_where_the_exit_code_does(level: str, refused: bool, failures: int) -> None:
    found = placed([Finding(severity, f"x-{severity}", "odd", Place("a.csv")) for severity in LEVELS[1:]], {})
    tree = junit(found, Context(KNOWLEDGE, fail_on=level, refused=refused))
    assert (int(tree.get("tests")), int(tree.get("failures"))) == (3, failures)


def test_a_file_without_findings_is_a_case_that_passes() -> None:
    tree = junit([], Context(KNOWLEDGE, files=["a.csv", "b.csv"]))
    assert [(suite.get("name"), [case.get("name") for case in suite]) for suite in tree] == [
        ("a.csv", ["no findings"]),
        ("b.csv", ["no findings"]),
    ]


# -- GitHub --------------------------------------------------------------------------------------------------

_COMMAND = re.compile(
    r"::(?P<kind>error|warning|notice) file=(?P<file>[^:,]*)(?:,line=(?P<line>\d+))?,title=(?P<title>[^:,]*)::(?P<told>.*)"
)


def unescaped(text: str) -> str:
    return text.replace("%2C", ",").replace("%3A", ":").replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def test_github_s_commands_are_a_line_each(case: tuple[list[Finding], Context]) -> None:
    findings, context = case
    lines = written("github", findings, context).decode().splitlines()
    assert len(lines) == len(findings)
    for finding, line in zip(findings, lines, strict=True):
        parts = _COMMAND.fullmatch(line)
        assert parts is not None, line
        assert unescaped(parts["file"]) == one_line(finding.place.file)
        assert unescaped(parts["title"]) == finding.code
        assert unescaped(parts["told"]).endswith(finding.told)
        assert parts["line"] == (str(finding.place.line) if finding.place.line and not finding.place.cell else None)


# -- CSV -----------------------------------------------------------------------------------------------------


def test_csv_is_read_back_as_it_was(case: tuple[list[Finding], Context]) -> None:
    findings, context = case
    data = written("csv", findings, context)
    assert data.startswith(b"severity,code,file,")
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert len(rows) == len(findings)
    for finding, row in zip(findings, rows, strict=True):
        told = {name: original(cell) for name, cell in row.items()}
        parts = {name: str(part).lower() if name == "sure" else str(part) for name, part in finding.as_dict().items()}
        assert {name: cell for name, cell in told.items() if cell} == {
            name: part.replace("\0", "\u2400") for name, part in parts.items() if part
        }


def test_no_cell_of_csv_is_a_formula() -> None:
    for row in csv.reader(io.StringIO(written("csv", naughty_findings()).decode(), newline="")):
        assert not [cell for cell in row if cell[:1] in tuple("=+-@＝＋－＠\t\r\n") and cell]


@pytest.mark.parametrize("text", [*NAUGHTY, "'", "''", "'''=x", "'x", "-", "=", "a=1", "'a=1"])
def test_neutral_cells_can_be_turned_round(text: str) -> None:
    assert original(neutral(text)) == text
    assert neutral(text) == text or neutral(text) == "'" + text


# -- HTML ----------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The elements of a page, its texts, and the targets of its links."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


WORDS = re.compile(r"\S+")
ELEMENTS = WORDS.findall(
    "html head meta title style body header h1 h2 nav ul li a main table caption thead tbody tr th td details summary q"
    " section dl dt dd strong footer p"
)
ATTRIBUTES = WORDS.findall("lang charset http-equiv content name aria-label aria-labelledby class href id scope open")


def test_html_has_no_element_or_attribute_of_the_data(case: tuple[list[Finding], Context]) -> None:
    page = Page(written("html", *case))
    assert set(page.tags) <= set(ELEMENTS)
    assert {name for _, name, _ in page.attributes} <= set(ATTRIBUTES)
    for _, name, value in page.attributes:
        if name == "href":
            assert value.startswith(("#", rules.PAGES))
        if name == "class":
            assert value in (*LEVELS, "number", "place", "code")


def test_every_finding_is_on_the_page(case: tuple[list[Finding], Context]) -> None:
    findings, context = case
    page = Page(written("html", findings, context))
    shown = "\n".join(page.texts)
    for finding in findings:
        assert one_line(finding.message)[:200] in shown
        assert one_line(finding.value or "")[:200] in shown
    assert page.tags["q"] == sum((one.value is not None) + (one.suggestion is not None) for one in findings)


def test_every_anchor_of_the_page_is_there(case: tuple[list[Finding], Context]) -> None:
    page = Page(written("html", *case))
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value[1:] for _, name, value in page.attributes if name == "href" and value[0] == "#"} <= set(ids)


def test_the_page_allows_its_own_style_and_nothing_else() -> None:
    data = written("html", naughty_findings()).decode()
    style = data.partition("<style>")[2].partition("</style>")[0]
    mark = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{mark}'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in data
    assert "url(" not in style and "@import" not in style
    assert not re.search(r"\b(?:style|on\w+)\s*=", data.replace(style, "").partition("<body>")[0])


def test_the_page_is_whole_without_its_style() -> None:
    data = written("html", usual()).decode()
    assert '<meta name="color-scheme" content="light dark">' in data
    assert '<details id="violation" open>' in data
    assert 'scope="col"' in data and "<caption>" in data and '<html lang="en">' in data


# -- what codes mean -----------------------------------------------------------------------------------------


def test_every_rule_of_the_project_is_described(root: Path) -> None:
    codes = set(re.findall(r"^  ([a-z-]+):$", (root / "docs" / "findings.yml").read_text("utf-8"), re.MULTILINE))
    described = rules.rules(codes | {"dataset-licence"}, KNOWLEDGE)
    assert described.keys() == codes | {"dataset-licence"}
    for rule in described.values():
        assert rule.severity in LEVELS[1:]
        assert rule.means
        assert "`" not in rule.means + rule.mend and "](" not in rule.means + rule.mend


# -- baselines -----------------------------------------------------------------------------------------------


def year(line: int, value: str, file: str = "new.csv") -> Finding:
    return Finding("violation", "bad-year", "not a year", Place(file, line, "year", line - 1), value)


def test_known_findings_are_counted_as_often_as_they_are_known() -> None:
    told = compare(
        [year(2, "1"), year(3, "1"), year(4, "1"), year(5, "2")], [year(9, "1"), year(8, "1"), year(7, "3")], ["new.csv"]
    )
    assert [str(one) for one in told.new] == [str(year(4, "1")), str(year(5, "2"))]
    assert str(told) == "2 known, 2 new, 1 gone"


def test_known_findings_of_files_that_are_not_checked_are_not_gone() -> None:
    told = compare([year(2, "1")], [year(2, "1"), year(3, "3"), year(2, "1", "other.csv")], ["new.csv"])
    assert str(told) == "1 known, 0 new, 1 gone, 1 of files that were not checked"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Place("a.csv", 2, "x", 1), Place("in/a.csv", 9, "x", 8), True),
        (Place("a.csv", 2, "x", 1), Place("a.csv", 2, "y", 1), False),
        (Place("a.csv", 2, "x", 1), Place("b.csv", 2, "x", 1), False),
        (Place("a.json", 2, pointer="/1/risks/0"), Place("a.json", 7, pointer="/12/risks/3"), True),
        (Place("a.json", 2, pointer="/1/risks/0"), Place("a.json", 2, pointer="/1/actor/0"), False),
        (Place("a.xlsx", 2, cell="S!C2"), Place("a.xlsx", 5, cell="S!C5"), True),
        (Place("a.xlsx", 2, cell="S!C2"), Place("a.xlsx", 2, cell="S!D2"), False),
    ],
)
def test_what_makes_two_findings_the_same(one: Place, other: Place, same: bool) -> None:
    marks = [fingerprint(Finding("violation", "x-y", "odd", place, "v")) for place in (one, other)]
    assert (marks[0] == marks[1]) is same


def test_equal_findings_are_numbered() -> None:
    first, second = fingerprints([year(2, "1"), year(3, "1")])
    assert first.removesuffix("1") == second.removesuffix("2")


def broken_baselines() -> Iterator[tuple[str, bytes]]:
    good = json.loads(reports.write("json", [year(2, "1")], Context(KNOWLEDGE)))
    yield "empty", b""
    yield "no JSON", b"{'findings': []}"
    yield "cut", reports.write("json", [year(2, "1")], Context(KNOWLEDGE))[:-9]
    yield "a list", b"[]"
    yield "a number", b"1"
    yield "another report", b'{"runs": []}'
    yield "findings of another kind", b'{"findings": {}}'
    yield "a finding that is none", b'{"findings": [1]}'
    yield "deep", b"[" * 200_000
    yield "a long number", b'{"findings": [' + b"1" * 5000 + b"]}"
    yield "bytes", b"\xff\xfe\x00"
    for part, value in (("code", None), ("file", None), ("line", "3"), ("value", 7), ("severity", "grave"), ("sure", "yes")):
        (finding,) = json.loads(json.dumps(good))["findings"]
        finding = {name: one for name, one in finding.items() if name != part} | ({} if value is None else {part: value})
        yield f"{part} {value}", json.dumps({"findings": [finding]}).encode()


@pytest.mark.parametrize("content", [pytest.param(data, id=name) for name, data in broken_baselines()])
def test_a_broken_baseline_is_one_line(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "known.json").write_bytes(content)
    (tmp_path / "new.csv").write_text("id,title\nm1,One\n", "utf-8")
    ran = run("validate", tmp_path / "new.csv", "--baseline", tmp_path / "known.json")
    assert (ran.code, ran.out, len(ran.lines)) == (3, b"", 1)
    assert "known.json: cannot be a baseline: " in ran.err


def test_a_report_is_its_own_baseline(tmp_path: Path) -> None:
    findings = naughty_findings()
    baseline = read_baseline(written("json", findings), "x")
    told = compare(findings, baseline, [])
    assert (told.new, told.known, told.gone, told.elsewhere) == ([], len(findings), 0, 0)
