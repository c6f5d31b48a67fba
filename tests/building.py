"""The command line run as its users run it, and a look at what a build left behind."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph

from mitigraph.formats import format_for
from mitigraph.parse import parse
from mitigraph.terms import Triple

ROOT = Path(__file__).resolve().parent.parent
PREFIXES = {
    "airmo": "https://w3id.org/airmo#",
    "id": "https://w3id.org/airmo/id/",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "spdx": "http://spdx.org/rdf/terms#",
    "sh": "http://www.w3.org/ns/shacl#",
}


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a user who has the checkout on the path."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1", **(more or {})}


def command(*arguments: str | Path) -> list[str]:
    """The command line as a list of words."""
    return [sys.executable, "-m", "mitigraph", *map(str, arguments)]


def run(
    *arguments: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None, given: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(env),
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def files(place: Path) -> dict[str, bytes]:
    """Every file of a folder by its name."""
    return {file.relative_to(place).as_posix(): file.read_bytes() for file in sorted(place.rglob("*")) if file.is_file()}


def broken_sums(place: Path) -> list[str]:
    """What ``sha256sum --check --strict`` would complain of, and files that it does not know."""
    sums = place / "SHA256SUMS"
    if not sums.is_file():
        return ["SHA256SUMS"]
    rows = [line.split("  ", 1) for line in sums.read_text("utf-8").splitlines()]
    wrong = [
        name
        for digest, name in rows
        if not (place / name).is_file() or hashlib.sha256((place / name).read_bytes()).hexdigest() != digest
    ]
    known = {"SHA256SUMS", *(name for _, name in rows)}
    return wrong + sorted(set(files(place)) - known)


def graph(file: Path) -> set[Triple]:
    """The triples of an RDF file."""
    data_format = format_for(file)
    assert data_format is not None, file
    return set(parse(file.read_bytes(), data_format, file.name))


@dataclass(frozen=True)
class Build:
    """A build's folder and what the command said."""

    place: Path
    exit_code: int
    said: str

    @cached_property
    def store(self) -> pyoxigraph.Store:
        """The full graph, as written to ``full.nt``."""
        store = pyoxigraph.Store()
        store.bulk_load(path=str(self.place / "full.nt"), format=pyoxigraph.RdfFormat.N_TRIPLES)
        return store

    def rows(self, where: str, *names: str) -> set[tuple[str, ...]]:
        """The different solutions of a pattern, as text."""
        query = f"SELECT DISTINCT {' '.join('?' + name for name in names)} WHERE {{ {where} }}"
        solutions = self.store.query(query, prefixes=PREFIXES)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        return {tuple(row[name].value if row[name] is not None else "" for name in names) for row in solutions}

    def count(self, where: str, *names: str) -> int:
        """How many different solutions a pattern has."""
        return len(self.rows(where, *(names or ("x",))))


def void_counts(triples: Collection[Triple]) -> dict[str, int]:
    """What a VoID description must say of a graph."""
    return {
        "triples": len(triples),
        "distinctSubjects": len({s for s, _, _ in triples}),
        "distinctObjects": len({o for _, _, o in triples}),
        "properties": len({p for _, p, _ in triples}),
    }
