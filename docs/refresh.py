"""Run what the pages show, and put what came out back into them: ``python -m docs.refresh [PAGE…]``.

A ``console`` block holds commands (``$ mitigraph …``) and what they print. A line that is only ``…`` stands for any lines: as
many as stand before and after it are kept when a page is refreshed. A command without lines below it is run, and only that.
What a page needs beforehand is run from its comment ``<!-- before: COMMAND -->``.
Between ``<!-- help:start -->`` and ``<!-- help:end -->`` stands the ``--help`` of the page's command, between
``<!-- shapes:start -->`` and ``<!-- shapes:end -->`` the table of shapes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from docs.codes import index

__all__ = [
    "BLOCK",
    "MARKED",
    "Playground",
    "Step",
    "fits",
    "help_text",
    "kept",
    "pages",
    "playground",
    "refreshed",
    "steps",
]

ROOT = Path(__file__).resolve().parent.parent
ANY = "…"
WIDTH = "100"
BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
BEFORE = re.compile(r"<!-- before: (.*?) -->")
MARKED = re.compile(r"(<!-- (help|codes):start -->\n)(.*?)(?=<!-- \2:end -->)", re.DOTALL)


class Step(NamedTuple):
    """One command of a block and the lines that stand below it."""

    command: str
    shown: list[str]


class Playground(NamedTuple):
    """A folder with the example beside nothing else, in which the commands of one page are run one after the other."""

    folder: Path
    environment: dict[str, str]

    def run(self, command: str) -> tuple[int, list[str]]:
        """Exit code and printed lines, as a person would see them."""
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        return done.returncode, done.stdout.decode("utf-8").splitlines()


@contextmanager
def playground() -> Iterator[Playground]:
    """A new folder with ``examples/`` and the tables of ``docs/``, and ``mitigraph`` on the path."""
    with tempfile.TemporaryDirectory() as name:
        home, folder = Path(name), Path(name) / "work"
        (home / "bin").mkdir()
        program = home / "bin" / "mitigraph"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mitigraph "$@"\n', "utf-8")
        program.chmod(0o755)
        shutil.copytree(ROOT / "examples", folder / "examples")
        (folder / "docs").mkdir()
        for file in [*(ROOT / "docs").glob("*.csv"), *(ROOT / "docs").glob("*.xlsx")]:
            shutil.copy(file, folder / "docs")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MITIGRAPH_", "SOURCE_DATE"))}
        yield Playground(
            folder,
            {
                **kept,
                "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT / "src"),
                "XDG_CACHE_HOME": str(home / "cache"),
                "COLUMNS": WIDTH,
                "LC_ALL": "C.UTF-8",
                "NO_COLOR": "1",
            },
        )


def pages() -> list[Path]:
    """The pages whose commands are run."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def steps(block: str) -> list[Step]:
    r"""The commands of a block.

    >>> steps("$ a\nx\n$ b\n")
    [Step(command='a', shown=['x']), Step(command='b', shown=[])]
    """
    lines = block.splitlines()
    starts = [index for index, line in enumerate(lines) if line.startswith("$ ")]
    ends = [*starts, len(lines)][1:]
    return [Step(lines[start][2:], lines[start + 1 : end]) for start, end in zip(starts, ends, strict=True)]


def fits(shown: list[str], printed: list[str]) -> bool:
    """Whether printed lines are those shown, where ``…`` stands for any.

    >>> fits(["a", "…", "z"], ["a", "b", "c", "z"]), fits(["a"], ["a", "b"]), fits([], ["anything"])
    (True, False, True)
    """
    if not shown:
        return True
    parts = [re.escape(line + "\n") if line != ANY else r"(?:.*\n)*?" for line in shown]
    return re.fullmatch("".join(parts), "".join(f"{line.rstrip()}\n" for line in printed)) is not None


def kept(shown: list[str], printed: list[str]) -> list[str]:
    """What is to be shown from now on: as many first and last lines as before, where there was a ``…``.

    >>> kept(["old", "…", "old"], ["1", "2", "3"]), kept(["old"], ["1", "2"]), kept([], ["1"])
    (['1', '…', '3'], ['1', '2'], [])
    """
    if not shown or ANY not in shown:
        return [line.rstrip() for line in printed] if shown else []
    first = len(list(takewhile(lambda line: line != ANY, shown)))
    last = len(list(takewhile(lambda line: line != ANY, reversed(shown))))
    if len(printed) <= first + last:
        return [line.rstrip() for line in printed]
    return [line.rstrip() for line in (*printed[:first], ANY, *printed[len(printed) - last :])]


def refreshed(page: Path) -> str:
    """A page's text with the output of its commands, its help and its tables as they are now."""
    text = page.read_text("utf-8")
    with playground() as place:
        for command in BEFORE.findall(text):
            place.run(command)

        def run(block: re.Match[str]) -> str:
            lines: list[str] = []
            code = 0
            for step in steps(block.group()):
                if step.command == "echo $?":
                    printed = [str(code)]
                else:
                    code, printed = place.run(step.command)
                lines += [f"$ {step.command}", *kept(step.shown, printed)]
            return "".join(f"{line}\n" for line in lines) or block.group()

        def fill(mark: re.Match[str]) -> str:
            made = index() if mark.group(2) == "codes" else help_text(page.stem, place)
            return mark.group(1) + "".join(f"{line}\n" for line in made)

        return MARKED.sub(fill, BLOCK.sub(lambda b: run(b) if "$ " in b.group() else b.group(), text))


def help_text(verb: str, place: Playground) -> list[str]:
    """A command's ``--help`` as a block."""
    return ["```text", *place.run(f"mitigraph {verb} --help")[1], "```"]


if __name__ == "__main__":
    for page in [Path(name) for name in sys.argv[1:]] or pages():
        new = refreshed(page)
        if new != page.read_text("utf-8"):
            page.write_text(new, "utf-8")
            print(f"{page.name}: refreshed")
