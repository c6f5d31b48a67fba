"""The public suites of RML mappings: their cases, what each expects, and how what comes out is compared with it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
import pytest
from running import Ran, run

from mitigraph.canonical import canonical

__all__ = ["Case", "core_cases", "known", "legacy_cases", "outcome", "stated"]

Quad = tuple[str, str, str, str]

# The suite of before tells in its metadata which cases are errors; these are they.
LEGACY_ERRORS = ("0002c", "0002e", "0004b", "0012c", "0012d", "0015b")


@dataclass(frozen=True)
class Case:
    """One case: a folder with a mapping and its data; ``is_error``: the engine has to complain."""

    folder: Path
    is_error: bool

    @property
    def name(self) -> str:
        return self.folder.name.removeprefix("RMLTC")

    @property
    def expected(self) -> bytes | None:
        """What must come out; None where only the complaint matters."""
        file = self.folder / "output.nq"
        return file.read_bytes() if file.exists() and not self.is_error else None


def core_cases(shared: Path) -> list[Case]:
    """The cases of RML-Core."""
    folder = _suite(shared, "rml-core")
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as file:
        return [Case(folder / row["ID"], row["error"] == "true") for row in csv.DictReader(file)]


def legacy_cases(shared: Path, kind: str) -> list[Case]:
    """The cases of the RML of before for one kind of source, ``CSV`` or ``JSON``."""
    folders = sorted(_suite(shared, "rml-legacy").glob(f"RMLTC*-{kind}"))
    return [Case(folder, folder.name.removeprefix("RMLTC").removesuffix(f"-{kind}") in LEGACY_ERRORS) for folder in folders]


def _suite(shared: Path, name: str) -> Path:
    folder = shared / "suites" / name / "test-cases"
    if not folder.is_dir():
        pytest.skip(f"the suite {name} is not beside this checkout")
    return folder


def outcome(case: Case, place: Path, arguments: Sequence[str] = ()) -> str:
    """What is wrong with a case's result, "" for nothing: through the command line, from its own sources."""
    output = place / f"{case.folder.name}.nq"
    ran = run("map", "-m", case.folder / "mapping.ttl", "-o", output, *arguments)
    if ran.code > 3 or "Traceback" in ran.err:
        return f"broke: {ran.err}"
    if case.is_error:
        return "" if ran.code in (1, 3) and ran.findings() else f"no complaint (exit code {ran.code})"
    return _compared(case, ran, output)


def _compared(case: Case, ran: Ran, output: Path) -> str:
    made = _dataset(output.read_bytes()) if output.exists() else set()
    expected = _dataset(case.expected or b"")
    if made == expected:
        return ""
    told = [f"- {' '.join(quad)}" for quad in sorted(expected - made)] + [
        f"+ {' '.join(quad)}" for quad in sorted(made - expected)
    ]
    return "\n".join([f"exit code {ran.code}", *told, *ran.lines])


def _dataset(lines: bytes) -> set[Quad]:
    """The quads with canonical blank nodes. Lenient, as a case asks for an IRI with a space."""
    parsed = pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
    quads = {(str(s), str(p), _object(o), "" if isinstance(g, pyoxigraph.DefaultGraph) else str(g)) for s, p, o, g in parsed}
    strict = {quad for quad in quads if any(term.startswith("_:") for term in quad)}
    return (quads - strict) | canonical(strict)


def _object(term: object) -> str:
    """Language tags are compared in lower case, as RDF 1.1 does."""
    if isinstance(term, pyoxigraph.Literal) and term.language:
        return str(pyoxigraph.Literal(term.value, language=term.language.lower()))
    return str(term)


def known(root: Path, suite: str) -> set[str]:
    """The cases that docs/conformance.md names as not passed, each of which must have a reason there."""
    page = (root / "docs" / "conformance.md").read_text("utf-8").partition("## Cases not passed")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    assert all(len(row) == 3 and all(row) for row in rows)
    return {case for name, case, _ in rows if name == f"`{suite}`"}


def stated(root: Path, suite: str) -> tuple[int, int]:
    """How many cases a suite has and how many are passed, as docs/conformance.md says."""
    page = (root / "docs" / "conformance.md").read_text("utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith(f"| `{suite}` ("))
    _, cases, passed = (cell.strip() for cell in row.strip("|").split("|"))
    return int(cases), int(passed)
