"""The house rules: which room may use which, how large a file may grow, where versions stand, what every verb must have."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from mitigraph import __version__
from mitigraph.cli import VERBS
from mitigraph.knowledge import Knowledge

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "mitigraph"
FILES = sorted(SOURCE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

FLOORS = {
    "things": "amounts dates errors escapes finding formats formula lexical likeness lists logic mending parting patterns"
    " rdf_lines record relay terms transforms triple_index vocabulary",
    "steps": "canonical clauses columns deadline edit entail gate infer layout mapping parse query questions read results"
    " serialise shacl swap",
    "whole": "advice against annotate asking assets catalogue concern description existing fit fix form gather knowledge"
    " locate mapping_check outlook pipeline references release reports shapes_check vocabulary_check",
    "top": "cli",
}
"""The rooms, from the lowest floor up; engines live with the steps."""

FLOOR = {room: number for number, names in enumerate(FLOORS.values()) for room in names.split()}

TOOLS = {
    "clauses": {"infer", "query", "shacl"},
    "columns": {"parse", "read"},
    "entail": {"clauses", "infer", "shacl"},
    "edit": {"parse", "read"},
    "mapping": {"parse", "read", "serialise"},
    "parse": {"gate"},
    "serialise": {"canonical", "parse"},
    "layout": {"canonical", "parse", "serialise"},
    "questions": {"query"},
    "results": {"query"},
    "shacl": {"query"},
}
"""A step that is plainly the tool of another."""

SWALLOWING = {
    "cli/__init__.py": "where a bug of ours becomes a line and an exit code",
    "deadline.py": "the edge of a process, over which a bug must be carried",
    "relay.py": "likewise",
}
"""Where every exception may be caught, and why."""

MOST_LINES_OF_A_FILE = 500
MOST_LINES_OF_A_FUNCTION = 60
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler", "service"}
FOREIGN = re.compile(
    r"^\s*(?:SELECT|CONSTRUCT|ASK|DESCRIBE|PREFIX|INSERT)\b|^\s*@prefix\b|</?(?:html|div|table|p|a)\b", re.MULTILINE
)


def name_of(file: Path) -> str:
    return file.relative_to(SOURCE).as_posix()


def room_of(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(file: Path) -> Iterator[str]:
    """Every module a file imports, those inside functions too."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms() -> dict[str, set[str]]:
    """Each room with the rooms it uses."""
    known = {room_of(file) for file in FILES}
    uses: dict[str, set[str]] = defaultdict(set)
    for file in FILES:
        parts = [module.split(".") for module in imported(file)]
        uses[room_of(file)] |= {part[1] for part in parts if part[0] == "mitigraph" and len(part) > 1 and part[1] in known}
    return {room: used - {room} for room, used in uses.items()}


# -- arrows --------------------------------------------------------------------------------------------------


def on(floor: str) -> set[str]:
    """The rooms of a floor."""
    return set(FLOORS[floor].split())


def test_every_room_has_its_floor() -> None:
    assert set(rooms()) - {"__init__", "__main__"} == set(FLOOR)
    assert len(FLOOR) == sum(len(names.split()) for names in FLOORS.values())


def test_arrows_point_down() -> None:
    uses = rooms()
    assert [f"{room} → {used}" for room in FLOOR for used in uses[room] & set(FLOOR) if FLOOR[used] > FLOOR[room]] == []


def test_steps_use_each_other_only_as_tools() -> None:
    steps, uses = on("steps"), rooms()
    assert {room: uses[room] & steps for room in steps if uses[room] & steps} == TOOLS


def test_nothing_goes_round_in_a_circle() -> None:
    TopologicalSorter(rooms()).prepare()


def test_nothing_imports_the_command_line_and_nothing_else_click() -> None:
    for file in FILES:
        modules = set(imported(file))
        if room_of(file) not in ("cli", "__main__"):
            assert not any(module.split(".")[:2] == ["mitigraph", "cli"] for module in modules), name_of(file)
        if room_of(file) != "cli":
            assert not any(module.split(".")[0] == "click" for module in modules), name_of(file)


def test_things_know_no_heavy_engine() -> None:
    foreign = {"rdflib", "pyshacl", "owlready2", "yaml", "rich"}
    for file in FILES:
        if room_of(file) in on("things"):
            assert not foreign & {module.split(".")[0] for module in imported(file)}, name_of(file)


# -- how it is written ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_files_and_functions_stay_small(file: Path) -> None:
    text = file.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES_OF_A_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_LINES_OF_A_FUNCTION, node.name


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_every_file_says_what_it_is(file: Path) -> None:
    assert ast.get_docstring(ast.parse(file.read_text("utf-8")))


def test_no_file_is_a_bag_of_leftovers() -> None:
    assert [file.name for file in (*FILES, *TESTS) if NO_NAMES & set(file.stem.lower().split("_"))] == []


def test_nothing_swallows_every_exception() -> None:
    found = {
        name_of(file)
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        if not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
    }
    assert found == set(SWALLOWING)


def test_no_sparql_turtle_or_html_in_strings_of_several_lines() -> None:
    found = []
    for file in FILES:
        tree = ast.parse(file.read_text("utf-8"))
        documented = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
        docstrings = {id(node.body[0].value) for node in documented if node.body and isinstance(node.body[0], ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
                continue
            if node.value.count("\n") > 2 and FOREIGN.search(node.value):
                found.append(f"{name_of(file)}:{node.lineno}")
    assert found == []


# -- each thing in all its places ----------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_file_its_page_and_its_tests(verb: str) -> None:
    assert (SOURCE / "cli" / f"{verb}.py").is_file()
    page = ROOT / "docs" / f"{verb}.md"
    assert page.is_file()
    assert f"mitigraph {verb}" in page.read_text("utf-8")
    called = re.compile(rf'(?:run|command|mitigraph)\(\s*"{verb}"|\["{verb}"')
    assert any(called.search(file.read_text("utf-8")) for file in TESTS)


def test_the_package_has_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" not in project["project"]
    assert "version" in project["project"]["dynamic"]
    assert (ROOT / project["tool"]["hatch"]["version"]["path"]) == SOURCE / "__init__.py"
    citation = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    changes = re.search(r"^## (?!Unreleased)\[?([^\s\]]+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert citation is not None
    assert changes is not None
    assert citation[1] == changes[1] == __version__


def test_the_ontology_has_one_version() -> None:
    ontology = (ROOT / "ontology" / "airmo.ttl").read_text("utf-8")
    info = re.search(r'owl:versionInfo\s+"([^"]+)"', ontology)
    address = re.search(r"owl:versionIRI\s+<\S+/([^/>]+)>", ontology)
    changes = re.search(r"AIRMO (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert info is not None
    assert address is not None
    assert changes is not None
    assert info[1] == address[1] == changes[1] == Knowledge().version
