"""What lies in a file and is not read because a path stops short of it: it is told, unless the mapping reads on from there."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import run

DATA = '[{"id":"1","n":{"x":1},"l":[{"a":1},"z",[2,[{"b":3}]]],"e":{}},{"id":2,"n":"ok"}]'
MAPPING = """\
prefixes: {ex: "http://e/"}
sources: {t: {access: t.json, iterator: "$[*]"}}
mappings:
  t: {sources: t, s: "http://e/$(id)", po: [[ex:p, REFERENCES]]}
"""
BOTH = """\
prefixes: {ex: "http://e/"}
sources:
  t: {access: t.json, iterator: "$[*]"}
  o: {access: t.json, iterator: "$[*].n"}
mappings:
  t: {sources: t, s: "http://e/$(id)", po: [[ex:p, REFERENCES]]}
  o: {sources: o, s: "http://e/$(x)", po: [[ex:q, "$(x)"]]}
"""


def mapped(
    folder: Path, references: str, data: str = DATA, name: str = "t.json", mapping: str = MAPPING
) -> tuple[int, list[str]]:
    """What a mapping says of some data: its exit code, and what it warns of."""
    (folder / name).write_text(data)
    objects = ", ".join(f'"$({reference})"' for reference in references.split())
    (folder / "m.yml").write_text(mapping.replace("t.json", name).replace("REFERENCES", f"[{objects}]"))
    done = run("map", "-m", folder / "m.yml", "-f", "nt", "-v")
    return done.code, [line.removeprefix(f"{folder}/") for line in done.findings("warning")]


def warning(place: str, path: str, members: str) -> str:
    message = f"the path '{path}' ends at an object, not at a value, expected a path to its members, as {members}"
    return f"t.json:{place}: warning[not-a-value] {message}"


@pytest.mark.parametrize(
    ("references", "told"),
    [
        ("n", [warning("1:/0/n", "n", "n.name")]),
        ("l", [warning("1:/0/l/0", "l", "l[*].name"), warning("1:/0/l/2/1/0", "l", "l[*][*][*].name")]),
        ("l l[*]", [warning("1:/0/l/0", "l", "l[*].name"), warning("1:/0/l/2/1/0", "l", "l[*][*][*].name")]),
        ("n n.x", []),
        ("n $.n.x", []),
        ("n nn.x", [warning("1:/0/n", "n", "n.name")]),
        ("l l[*].a", []),
        ("$..x $..n", [warning("1:/0/n", "$..n", "$..n.name")]),
        ("id e", []),
    ],
)
def test_an_object_at_the_end_of_a_path(tmp_path: Path, references: str, told: list[str]) -> None:
    assert mapped(tmp_path, references) == (0, told)


def test_lines_and_yaml(tmp_path: Path) -> None:
    lines = '{"id":1,"n":{"x":1}}\n{"id":2,"n":{"x":1}}\n'
    code, told = mapped(tmp_path, "n", lines, "t.jsonl", MAPPING.replace("$[*]", "$"))
    assert (code, [line.partition(": ")[0] for line in told]) == (0, ["t.jsonl:1:/n", "t.jsonl:2:/n"])
    code, told = mapped(tmp_path, "n", "- {id: 1, n: {x: 1}}\n", "t.yaml")
    assert (code, [line.partition(": ")[0] for line in told]) == (0, ["t.yaml:1:/0/n"])


@pytest.mark.parametrize(("iterator", "places"), [("$[*].n", []), ("$[*].m", ["t.json:1:/0/n"])])
def test_what_another_source_of_the_mapping_reads_is_known_to_it(tmp_path: Path, iterator: str, places: list[str]) -> None:
    mapping = BOTH.replace("$[*].n", iterator)
    code, told = mapped(tmp_path, "n", '[{"id": 1, "n": {"x": 1}, "m": {"x": 2}}]', mapping=mapping)
    assert (code, [line.partition(": ")[0] for line in told]) == (0, places)


@pytest.mark.parametrize(("references", "places"), [("^.by", ["t.json:1:/docs/0/by"]), ("^.by ^^.docs[*].by.x", [])])
def test_paths_that_climb(tmp_path: Path, references: str, places: list[str]) -> None:
    mapping = MAPPING.replace("$[*]", "$.docs[*].items[*]").replace("$(id)", "$(^.id)")
    code, told = mapped(tmp_path, references, '{"docs": [{"id": 1, "by": {"x": 1}, "items": [{}]}]}', mapping=mapping)
    assert (code, [line.partition(": ")[0] for line in told]) == (0, places)


def test_a_check_says_where_a_path_ends(tmp_path: Path) -> None:
    mapped(tmp_path, "n e f g", '[{"id": 1, "n": {"x": 1}, "e": [], "f": null}]')
    done = run("map", "--check", "-m", tmp_path / "m.yml", tmp_path / "t.json")
    at = f"{tmp_path}/m.yml:4:mappings.t.po[1]"
    assert done.text.splitlines() == [
        f"{at}: info[unseen-path] leads to no value in t.json, found 'e'",
        f"{at}: info[unseen-path] leads to no value in t.json, found 'f'",
        f"{at}: info[unseen-path] leads to nothing in t.json, found 'g'",
        f"{at}: warning[not-a-value] ends at an object in t.json, found 'n', expected a path to its members, as n.name",
    ]


def test_two_records_of_a_table_on_its_side_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "tr.csv").write_text('id,a,b,c,d\nt,A,B,C,D\nn,5,x,,"7\n8"\n')
    (tmp_path / "m.yml").write_text(
        'prefixes: {ex: "http://e/"}\nsources: {t: {access: tr.csv, transpose: true}}\nmappings:\n'
        '  t: {sources: t, s: "http://e/$(id)", po: [{p: ex:n, o: {value: $(n), datatype: xsd:integer}}]}\n'
    )
    said = [line.removeprefix(f"{tmp_path}/") for line in run("map", "-m", tmp_path / "m.yml", "-v").findings()]
    assert [line.partition(": ")[0] for line in said] == ["tr.csv:3:n (column 3)", "tr.csv:3:n (column 5)"]
