"""A page for each code of a finding, made from one table (``docs/findings.yml``) and from the shapes: ``python -m docs.codes``.

A row of the table says how grave the finding is, what it means, how it is mended, and an example: files, what is typed, and the
files as they are when they are mended. Both are run: the first must say the finding, the second must not. The pages of shapes are
made from the shapes and their examples (``tests/shapes``).
"""

from __future__ import annotations

import io
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

__all__ = ["PAGES", "TABLE", "Code", "Example", "codes", "index", "page", "said"]

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "findings.yml"
PAGES = ROOT / "docs" / "findings"
KINDS = {".csv": "csv", ".tsv": "text", ".json": "json", ".jsonl": "json", ".yml": "yaml", ".yaml": "yaml", ".ttl": "turtle"}
EXPECTED = re.compile(r"\A(?:# (?:finding|severity): .*\n)+\n*")

_INTRODUCED = {
    "Mappings": ["A mapping with a violation is not used (exit code 3). The line and key are those of the mapping's file.", ""],
    "Shapes": ["The codes of what must hold in the graph are the names of the rules in [`shapes/`](../shapes/).", ""],
}

PASSED_OVER = {"bad-assignment-concept-missing", "bad-mitigation-category-assignment-missing"}
"""Bad examples that are so only where nothing is inferred."""
INFERRED = {"mitigation-risk-link": "what is inferred makes it hold; the rule is for graphs that were made without it."}
"""Rules that hold of every graph to which everything is inferred."""
SHAPES = "Shapes"

Run = Callable[[list[str], Path], str]
"""Runs ``mitigraph`` with arguments in a folder and gives all that it says."""


@dataclass(frozen=True)
class Example:
    """Files by name (a text, or for a workbook its sheets: name → rows), and what is typed beside them."""

    files: Mapping[str, Any]
    command: str
    encoding: str = "utf-8"

    def write(self, folder: Path) -> None:
        """Put the files into a folder."""
        for name, content in self.files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode(self.encoding) if isinstance(content, str) else _workbook(content))


@dataclass(frozen=True)
class Code:
    """One row: a code, what it means, how it is mended, and the example with its mended twin (or why there is none)."""

    name: str
    section: str
    severity: str
    means: str
    mend: str
    bad: Example | None = None
    good: Example | None = None
    without: str = ""


def codes() -> list[Code]:
    """All rows of the table, in its order, then those of the shapes by name."""
    return [*_rows(), *_shapes()]


def said(code: str, example: Example, run: Run) -> list[str]:
    """The lines with a code that an example makes ``mitigraph`` say."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        example.write(folder)
        words = shlex.split(example.command)
        assert words.pop(0) == "mitigraph", example.command
        return [line for line in run(words, folder).splitlines() if f"[{code}]" in line]


def page(code: Code, run: Run) -> str:
    """The page of a code as Markdown, with what its example says now."""
    parts = [f"# {code.name}", f"{code.severity.capitalize()} · [{code.section}](../findings.md)", code.means]
    if code.bad is not None:
        parts += ["## Example", *_files(code.bad), _console(code.bad, said(code.name, code.bad, run))]
    if code.without:
        parts += ["## Example", f"There is none here: {code.without}"]
    parts += ["## Mend", code.mend]
    if code.good is not None:
        parts += _files(code.good)
        if code.bad is not None and code.good.command != code.bad.command:
            parts.append(_console(code.good, []))
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def index() -> list[str]:
    """The lines of the table of all codes, by section."""
    lines: list[str] = []
    for section, rows in groupby(codes(), key=lambda code: code.section):
        lines += ["", f"## {section}", "", *_INTRODUCED.get(section, ()), "| code | severity | means |", "|---|---|---|"]
        lines += [f"| [`{code.name}`](findings/{code.name}.md) | {code.severity} | {code.means} |" for code in rows]
    return lines[1:]


def _table() -> dict[str, dict[str, dict[str, Any]]]:
    table: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(TABLE.read_text("utf-8"))
    return table


def _rows() -> Iterator[Code]:
    for section, rows in _table().items():
        if section != SHAPES:
            for name, row in rows.items():
                yield _row(name, section, dict(row))


def _row(name: str, section: str, row: dict[str, Any]) -> Code:
    bad, good, encoding = row.pop("bad", None), row.pop("good", None), row.pop("encoding", "utf-8")
    command = row.pop("run", None) or f"mitigraph validate {next(iter(bad or good or ['-']))}"
    mended = row.pop("run-mended", command)
    return Code(
        name,
        section,
        bad=Example(bad, command, encoding) if bad is not None else None,
        good=Example({**(bad or {}), **(good or {})}, mended) if good is not None or mended != command else None,
        **row,
    )


def _shapes() -> Iterator[Code]:
    """The rules of ``shapes/``: their example is one of the table, else their first bad one; the mend is the rule in words."""
    from mitigraph.advice import Advice
    from mitigraph.knowledge import Knowledge
    from mitigraph.shacl.vocabulary import sh
    from mitigraph.terms import literal_parts

    plain = Advice(Knowledge(), None, list).plain
    files = sorted((ROOT / "tests" / "shapes").glob("*/bad-*.ttl"))
    told = _table()[SHAPES]
    for shape, rows in plain.index.items():
        if not shape.startswith("<") or sh("message") not in rows:
            continue
        name = shape[1:-1].rpartition("#")[2]
        example = next(file for file in files if file.stem not in PASSED_OVER and _raises(file, name))
        file = f"shapes/{example.parent.name}.ttl"
        mend = f"What must hold, in [`{file}`](../../{file}): {plain.rule(shape)}."
        row = {
            "severity": rows[sh("severity")][0][1:-1].rpartition("#")[2].lower(),
            "means": literal_parts(rows[sh("message")][0]).text,
            "without": INFERRED.get(name, ""),
            "bad": None if name in INFERRED else {"data.ttl": EXPECTED.sub("", example.read_text("utf-8"))},
            **told.get(name, {}),
        }
        yield _row(name, SHAPES, {**row, "mend": " ".join(filter(None, [row.get("mend"), mend]))})


def _raises(example: Path, name: str) -> bool:
    return f"# finding: {name}\n" in example.read_text("utf-8")


def _files(example: Example) -> Iterator[str]:
    for name, content in example.files.items():
        kind = KINDS.get(Path(name).suffix, "text")
        if isinstance(content, str):
            yield f"`{name}`:\n\n```{kind}\n{content.rstrip()}\n```"
        else:
            for sheet, rows in content.items():
                lines = ("| " + " | ".join("" if cell is None else str(cell) for cell in row) + " |" for row in rows)
                yield f"`{name}`, sheet {sheet}:\n\n" + "\n".join(_ruled(list(lines)))


def _ruled(lines: list[str]) -> list[str]:
    return [lines[0], "|" + "---|" * (lines[0].count(" | ") + 1), *lines[1:]]


def _console(example: Example, lines: list[str]) -> str:
    return "\n".join(["```text", f"$ {example.command}", *lines, "```"])


def _workbook(sheets: Mapping[str, list[list[Any]]]) -> bytes:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if str(cell).startswith("#"):
                        sheet.write_formula(number, column, "=NA()", value=cell)
                    else:
                        sheet.write(number, column, cell)
    return data.getvalue()


def _run(words: list[str], folder: Path) -> str:
    """In this process: one of its own for each example would take minutes."""
    from mitigraph import cli

    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    with chdir(folder), redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        cli.run(words)
    for stream in streams:
        stream.seek(0)
    return "\n".join(stream.read() for stream in streams)


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    sys.path.insert(0, str(ROOT / "src"))
    made = {f"{code.name}.md": page(code, _run) for code in codes()}
    for old in PAGES.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (PAGES / name).write_text(text, "utf-8")
