"""The pages: every command is run, what they show is what comes out, every command and finding has its place."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import openpyxl
import pytest

from docs.codes import index
from docs.refresh import BEFORE, BLOCK, MARKED, Playground, fits, help_text, pages, playground, steps
from mitigraph.cli import VERBS


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_what_a_page_shows_comes_out(page: Path) -> None:
    text = page.read_text("utf-8")
    with playground() as place:
        for command in BEFORE.findall(text):
            assert place.run(command)[0] in (0, 1)
        for block in BLOCK.findall(text):
            run_block(block, place)
        for _, kind, shown, *_ in MARKED.findall(text):
            made = index() if kind == "codes" else help_text(page.stem, place)
            assert shown.splitlines() == made, f"python -m docs.refresh docs/{page.name}"


def run_block(block: str, place: Playground) -> None:
    code = 0
    asked = steps(block)
    for step, following in zip(asked, [*asked, None][1:], strict=True):
        if step.command == "echo $?":
            assert step.shown == [str(code)]
            continue
        code, printed = place.run(step.command)
        assert fits(step.shown, printed), f"{step.command}\n" + "\n".join(printed)
        assert code in (0, 1) or (following and following.command == "echo $?") or step.shown, (
            f"{step.command}: {code}\n{printed}"
        )
        assert code != 5 and "Traceback" not in "".join(printed)


def test_every_command_has_a_page_with_its_help_and_examples(root: Path) -> None:
    for verb in VERBS:
        text = (root / "docs" / f"{verb}.md").read_text("utf-8")
        assert text.startswith(f"# mitigraph {verb}\n")
        assert "<!-- help:start -->" in text
        assert f"$ mitigraph {verb} " in text


def test_links_between_the_files_lead_somewhere(root: Path) -> None:
    for page in [*pages(), *root.glob("*.md"), *root.glob("*/README.md"), *root.glob("docs/findings/*.md")]:
        for target, heading in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)", page.read_text("utf-8")):
            place = page.parent / target if target else page
            assert place.exists(), f"{page.name}: {target}"
            assert not heading or heading in headings(place), f"{page.name}: {target}#{heading}"


def headings(page: Path) -> set[str]:
    """The names that code hosts give to the headings of a page."""
    found = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_the_workbook_holds_what_the_table_holds(root: Path) -> None:
    with (root / "docs" / "new-entries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    (sheet,) = openpyxl.load_workbook(root / "docs" / "new-entries.xlsx").worksheets
    assert [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)] == rows


def test_no_page_names_a_machine(root: Path) -> None:
    for page in [*pages(), *root.glob("*.md")]:
        assert not re.search(r"/(?:work|home|root|tmp|Users)/", page.read_text("utf-8")), page.name
