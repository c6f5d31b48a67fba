"""The pages of findings: each example raises what it shows and its mended twin does not; each code has its row and page."""

from __future__ import annotations

import ast
import re
from contextlib import chdir
from pathlib import Path

import pytest
from running import run

from docs.codes import PAGES, Code, codes, page, said
from mitigraph.finding import LEVELS

ROWS = codes()

# Words that have a code's form and are none: schemes, encodings, formats, programs, elements.
NOT_CODES = re.compile(r"an-entry|unsafe-uri|(?:actor|idlab|iso|json|latin|lifecycle|mit|pyshacl|us|utf)-.*|non-value|system-out")
OWN_CODES = {"duplicate-column", "duplicate-row"}  # put together from two words


def runs(words: list[str], folder: Path) -> str:
    with chdir(folder):
        ran = run(*words)
    return f"{ran.text}\n{ran.err}"


@pytest.mark.parametrize("code", ROWS, ids=lambda code: code.name)
def test_a_page_is_true(code: Code) -> None:
    """The example is run again: it raises the finding, its mended twin does not, and the page shows what comes out now."""
    said_now: list[str] = []

    def noted(words: list[str], folder: Path) -> str:
        said_now.append(runs(words, folder))
        return said_now[-1]

    assert (PAGES / f"{code.name}.md").read_text("utf-8") == page(code, noted), "python -m docs.codes"
    if code.bad is not None:
        assert any(f" {level}[{code.name}] " in said_now[0] for level in LEVELS)
    if code.good is not None:
        assert said(code.name, code.good, runs) == []


def test_every_row_has_an_example_and_a_mend_or_a_reason() -> None:
    for code in ROWS:
        assert (code.bad is None) == bool(code.without), code.name
        assert (code.good is not None) or code.without or code.section == "Shapes", code.name
        assert code.means.endswith(".") and code.mend.endswith("."), code.name


def test_every_code_has_its_row(root: Path) -> None:
    used = set(OWN_CODES)
    for file in (root / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+", node.value):
                used.add(node.value)
    used = {code for code in used if not NOT_CODES.fullmatch(code)}
    assert {code.name for code in ROWS if code.section != "Shapes"} == used


def test_there_is_no_page_without_a_row() -> None:
    assert {file.stem for file in PAGES.glob("*.md")} == {code.name for code in ROWS}
