"""Every rule of the shapes, in every form of source: a planted fault is told at exactly its place.

In RDF each bad example of ``tests/shapes`` is written out, in a namespace of its own, into one file of each syntax, where the
line of every triple is known; in entries and pages ``planted_rules`` says what is changed and which cell must be named.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from places import SYNTAXES, Written
from planted_rules import ENTRIES, GOOD, INFERRED, PAGES, PROPERTY, Cell, Planted, without_way
from running import run
from test_shapes import EXAMPLES, FULL, around, expected, rules, shapes, triples
from workbooks import twin

from mitigraph import locate
from mitigraph.gather import Found
from mitigraph.knowledge import Knowledge
from mitigraph.read import Content
from mitigraph.results import compact
from mitigraph.shacl import validate
from mitigraph.terms import Triple, iri_text, is_literal, literal_parts

BAD = [example for example in EXAMPLES if example.name.startswith("bad-")]
SHARED = ("<http://purl.org/dc/terms/identifier>", "<https://w3id.org/airmo#doi>")
"""What must be unique: two examples must not get in each other's way."""


def test_every_rule_has_its_row() -> None:
    known = {name.rpartition("#")[2].rstrip(">") for name in rules(*FULL)}
    assert known == set(PROPERTY)
    assert set(ENTRIES) | set(PAGES) <= known
    assert set(ENTRIES) | set(without_way()) == known


# -- RDF ---------------------------------------------------------------------------------------------------------------------


@cache
def renamed(example: Path, number: int) -> list[Triple]:
    """An example in a namespace of its own."""
    found = []
    for s, p, o in triples([example]):
        s, p, o = (term.replace("<https://example.org/", f"<https://example.org/{number}/") for term in (s, p, o))
        if p in SHARED and re.fullmatch(r'"[^\s"]+"', o):
            o = f'{o[:-1]}-x{number}"'
        found.append((s, p, o))
    return found


@pytest.fixture(scope="module", params=SYNTAXES)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Written, list[dict[str, Any]]]:
    """All bad examples in one file, and what is found in it."""
    written = SYNTAXES[request.param](triple for number, example in enumerate(BAD) for triple in renamed(example, number))
    file = tmp_path_factory.mktemp("places") / f"all.{request.param}"
    file.write_text(written.text, "utf-8")
    return written, json.loads(run("validate", file, "--report", "json").out)["findings"]


def line_of(written: Written, focus: str, name: str, value: str | None) -> int:
    """Where a fault of a property is: at the value, else at the property's first, else at the subject."""
    prefixes = Knowledge().prefixes
    prefix, _, local = name.removeprefix("^").partition(":")
    predicate, turned = f"<{prefixes[prefix]}{local}>", name.startswith("^")
    shown = {
        line: triple[0] if turned else triple[2]
        for triple, line in written.triples.items()
        if triple[1] == predicate and triple[2 if turned else 0] == focus
    }
    exact = [line for line, term in shown.items() if value in texts(term, prefixes)]
    return min(exact or ([] if turned else shown) or [written.subjects[focus]])


def texts(term: str, prefixes: dict[str, str]) -> set[str]:
    return {literal_parts(term).text} if is_literal(term) else {iri_text(term), compact(iri_text(term), prefixes)}


def test_every_rule_in_rdf(told: tuple[Written, list[dict[str, Any]]]) -> None:
    written, found = told
    missing, wrong = set(), []
    for number, example in enumerate(BAD):
        own = [one for one in found if one.get("focus", "").startswith(f"https://example.org/{number}/")]
        for rule, severity in expected(example):
            here = [one for one in own if one["code"] == rule]
            missing |= {example.stem.removeprefix("bad-")} - {example.stem.removeprefix("bad-") for _ in here}
            for one in here:
                line = line_of(written, f"<{one['focus']}>", PROPERTY[rule], one.get("value"))
                if (one.get("line"), one["severity"]) != (line, severity):
                    wrong.append((example.stem, one.get("line"), line))
    assert wrong == []
    assert missing == INFERRED.keys()


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("name", sorted(INFERRED))
def test_rules_that_inference_keeps(name: str, syntax: str) -> None:
    """The graph as it stands, as when somebody else's rules are run, or none."""
    example = next(one for one in BAD if one.stem == f"bad-{name}")
    data = triples([example])
    written = SYNTAXES[syntax](data)
    file = Found(f"a.{syntax}", f"a.{syntax}", None, True, Content.of_bytes(written.text.encode()))
    focus = {subject for subject, _, _ in data}
    results = validate([*data, *around()], shapes(example.parent.name), focus)
    way_back = locate.WayBack([], [file], Knowledge().prefixes)
    found = locate.findings(results, way_back, Knowledge(), triples=lambda: [*data, *around()])
    assert {one.code for one in found} == {rule for rule, _ in expected(example)}
    for one in found:
        assert one.place.line == line_of(written, f"<{one.focus}>", *INFERRED[name])


# -- entries -----------------------------------------------------------------------------------------------------------------

Place = tuple[int | None, str | None]
COLUMNS = list(GOOD[0])


def entries(planted: Planted | None) -> list[dict[str, str]]:
    changes = planted.changes if planted else {}
    return [{name: changes.get(Cell(one["id"], name), text) for name, text in one.items()} for one in GOOD]


def as_csv(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_json(rows: list[dict[str, str]]) -> str:
    items = [",\n".join(f"  {json.dumps(name)}: {json.dumps(text)}" for name, text in row.items()) for row in rows]
    return "[" + ",\n".join(f" {{\n{item}\n }}" for item in items) + "]\n"


def as_yaml(rows: list[dict[str, str]]) -> str:
    lines = ["# entries"]
    for row in rows:
        for place, (name, text) in enumerate(row.items()):
            lines.append(f"{'  ' if place else '- '}{name}: {json.dumps(text)}")
    return "\n".join(lines) + "\n"


def as_jsonl(rows: list[dict[str, str]]) -> str:
    return "\n\n".join(json.dumps(row) for row in rows) + "\n"


def row_and_column(cell: Cell) -> tuple[int, int]:
    return next(number for number, one in enumerate(GOOD) if one["id"] == cell.entry), COLUMNS.index(cell.field)


FORMS: dict[str, tuple[Callable[[list[dict[str, str]]], str], Callable[[int, int, str], dict[str, Any]]]] = {
    "csv": (as_csv, lambda row, column, name: {"line": row + 2, "column": name, "row": row + 1}),
    "json": (as_json, lambda row, column, name: {"line": row * 22 + column + 2, "pointer": f"/{row}/{name}"}),
    "yaml": (as_yaml, lambda row, column, name: {"line": row * 20 + column + 2, "pointer": f"/{row}/{name}"}),
    "jsonl": (as_jsonl, lambda row, column, name: {"line": row * 2 + 1, "pointer": f"/{name}"}),
    "xlsx": (as_csv, lambda row, column, name: {"line": row + 2, "column": name, "cell": f"Sheet!{chr(65 + column)}{row + 2}"}),
}
"""Suffix → how entries are written, and where a cell then is."""


def findings_of(folder: Path, suffix: str, planted: Planted | None) -> list[dict[str, Any]]:
    write, _ = FORMS[suffix]
    file = folder / f"entries.{suffix}"
    if suffix == "xlsx":
        table = folder / "table.csv"
        table.write_text(write(entries(planted)), "utf-8")
        file.write_bytes(twin(table))
    else:
        file.write_text(write(entries(planted)), "utf-8")
    found: list[dict[str, Any]] = json.loads(run("validate", file, "--report", "json").out)["findings"]
    return [one for one in found if one["file"] == file.name and one["severity"] != "info"]


@pytest.mark.parametrize("suffix", FORMS)
def test_good_entries_have_no_fault(tmp_path: Path, suffix: str) -> None:
    assert findings_of(tmp_path, suffix, None) == []


@pytest.mark.parametrize("suffix", FORMS)
@pytest.mark.parametrize("rule", ENTRIES)
def test_every_rule_in_entries(tmp_path: Path, rule: str, suffix: str) -> None:
    planted = ENTRIES[rule]
    found = findings_of(tmp_path, suffix, planted)
    assert {one["code"] for one in found} == {rule}
    row, column = row_and_column(planted.at)
    place = FORMS[suffix][1](row, column, planted.at.field)
    for one in found:
        assert {name: one.get(name) for name in place} == place
        assert (one.get("value"), one.get("suggestion")) == (planted.value, planted.suggestion)


# -- pages -------------------------------------------------------------------------------------------------------------------


def lines_told(file: Path, lines: list[str], rule: str) -> set[int]:
    file.write_text("\n".join(lines) + "\n", "utf-8")
    found = json.loads(run("validate", file, "--report", "json").out)["findings"]
    return {one["line"] for one in found if one["code"] == rule and one["file"] == file.name}


@pytest.mark.parametrize("rule", PAGES)
def test_every_rule_in_pages(tmp_path: Path, root: Path, rule: str) -> None:
    start, new, at = PAGES[rule]
    good = (root / "examples/pages/harmlessness-training.txt").read_text("utf-8").splitlines()
    place = next(number for number, line in enumerate(good) if line.startswith(start))
    bad = [*good[:place], *([new] if new else []), *good[place + 1 :]]
    before = {good[line - 1] for line in lines_told(tmp_path / "page.txt", good, rule)}
    after = {bad[line - 1] for line in lines_told(tmp_path / "page.txt", bad, rule)}
    assert [line[: len(at)] for line in after - before] == [at]
