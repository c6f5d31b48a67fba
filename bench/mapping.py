"""Mapping a CSV table to N-Triples: whole processes of ours and of Morph-KGC, and of ``serdi`` copying what came out.

The records are made up (``records.py``), the mapping is one, once in YARRRML and once in RML (``mitigations.yml`` and ``.ttl``);
that all three readings of it give the same graph is looked at first. Ours maps with a process per core, as the faster mode of
Morph-KGC does; ``taskset -c 0`` shows it with one. Morph-KGC writes IRIs as URIs (``ß`` as ``%C3%9F``), RML and ours keep letters
of every language: they are compared as URIs.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from bench import peers, records
from bench.measure import Process, process
from mitigraph import relay

__all__ = ["MAPPINGS", "as_uris", "rows"]

HERE = Path(__file__).resolve().parent
MAPPINGS = ("mitigations.yml", "mitigations.ttl")
SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000
LOOKED_AT = 1_000
MODES = {"one process": 1, "a process per core": os.cpu_count() or 1}
"""Of Morph-KGC; the faster one counts. Its default partitioning of the mapping is its fastest (of the three that it knows)."""

TIMES_MORPH, TIMES_SERDI, MEGABYTES = 6, 1.5, 150
"""Targets: at least, at most, at most."""

AS_URIS = " (IRIs compared as URIs: Morph-KGC writes ß as %C3%9F)"

_IRI = re.compile("<[^<>]*>")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')


def rows(full: bool) -> Iterator[str]:
    """The graphs compared, then 10,000 and 100,000 records against the peers; ``full``: and 1,000,000 of ours."""
    with tempfile.TemporaryDirectory(prefix="mitigraph-bench-") as name:
        folder = Path(name)
        for mapping in MAPPINGS:
            shutil.copy(HERE / mapping, folder)
        morph = peers.environment(*peers.MORPH_KGC)
        yield _same_graph(folder, morph)
        taken = {}
        for number in (SMALL, MIDDLE, *((LARGE,) if full else ())):
            ours = taken[number] = _ours(folder, number, runs=1 if number == LARGE else 5)
            yield f"mapping, {number:,} records: {ours} (whole processes)"
            yield from _against_morph(folder, morph, number, ours)
            yield from _against_serdi(folder, ours)
        yield _line(taken)


# -- one run -----------------------------------------------------------------------------------------------------------


def _ours(folder: Path, number: int, runs: int, mapping: str = MAPPINGS[0]) -> Process:
    with (folder / "records.csv").open("w", encoding="utf-8", newline="") as table:
        records.write(table, number)
    program = Path(sys.executable).with_name("mitigraph")
    command = [str(program)] if program.is_file() else [sys.executable, "-m", "mitigraph"]
    return process([*command, "map", "--quiet", "-m", mapping, "-o", "ours.nt"], folder, runs=runs, made="ours.nt")


def _morph(folder: Path, python: Path, processes: int, runs: int = 1) -> Process:
    settings = {"output_file": "morph.nt", "output_format": "N-TRIPLES", "number_of_processes": processes}
    lines = ["[CONFIGURATION]", *(f"{name}={value}" for name, value in settings.items()), "logging_level=WARNING"]
    (folder / "morph.ini").write_text("\n".join([*lines, "[records]", f"mappings={MAPPINGS[1]}", ""]), encoding="utf-8")
    return process([str(python), "-m", "morph_kgc", "morph.ini"], folder, runs=runs, made="morph.nt")


# -- comparisons -------------------------------------------------------------------------------------------------------


def _same_graph(folder: Path, morph: Path | None) -> str:
    """SystemExit: the graphs differ, so that there is nothing to compare."""
    graphs = {}
    for mapping in MAPPINGS:
        _ours(folder, LOOKED_AT, 1, mapping)
        graphs[f"ours from {mapping}"] = _graph(folder / "ours.nt")
    if morph is not None:
        _morph(folder, morph, 1)
        graphs["Morph-KGC"] = _graph(folder / "morph.nt")
    (first, graph), *others = graphs.items()
    for name, other in others:
        if other != graph:
            raise SystemExit(f"mapping: {first} and {name} differ: {sorted(graph ^ other)[:4]}")
    return f"mapping, {LOOKED_AT:,} records: {', '.join(graphs)}: the same {len(graph):,} triples{AS_URIS if morph else ''}"


def _against_morph(folder: Path, python: Path | None, number: int, ours: Process) -> Iterator[str]:
    if python is None or number == LARGE:
        yield "  Morph-KGC 2.10: not measured" + (" with so many" if python else ", it could not be installed")
        return
    taken = {name: _morph(folder, python, processes, runs=3) for name, processes in MODES.items()}
    best = min(taken, key=lambda name: taken[name].seconds)
    for name, one in taken.items():
        ratio = one.seconds / ours.seconds
        target = f" (target: at least {TIMES_MORPH}: {_met(ratio >= TIMES_MORPH)})" if number == MIDDLE and name == best else ""
        yield f"  Morph-KGC 2.10, {name}: {one}; {ratio:.1f} × ours{target}"


def _against_serdi(folder: Path, ours: Process) -> Iterator[str]:
    program = peers.serdi()
    if program is None:
        yield "  serdi: not measured, it is not installed (Debian: serdi)"
        return
    copy = process([program, "-i", "ntriples", "-o", "ntriples", "ours.nt"], folder, "copy.nt", runs=3, made="copy.nt")
    (folder / "copy.nt").unlink()
    ratio = ours.seconds / copy.seconds
    yield f"  serdi copying the output: {copy}; ours {ratio:.2f} × (target: at most {TIMES_SERDI}: {_met(ratio <= TIMES_SERDI)})"


def _line(taken: dict[int, Process]) -> str:
    """How time and memory grow with the records."""
    rates = ", ".join(
        f"{number:,}: {one.seconds * 100_000 / number:.2f} s, {one.megabytes:.0f} MB" for number, one in taken.items()
    )
    # Peaks are of the largest process; all are counted as if they shared nothing.
    processes = relay.cores()
    all_told = taken[max(taken)].megabytes * processes
    target = f"target: flat, under {MEGABYTES} MB, in {processes} processes {all_told:.0f} MB: {_met(all_told < MEGABYTES)}"
    return f"mapping, per 100,000 records: {rates} ({target})"


def _met(yes: bool) -> str:
    return "met" if yes else "missed"


def _graph(file: Path) -> set[str]:
    """The lines of an N-Triples file, each once, IRIs as URIs."""
    with file.open(encoding="utf-8") as lines:
        return {as_uris(line) for line in lines}


def as_uris(line: str) -> str:
    """A line of N-Triples, IRIs as URIs (RFC 3987, 3.1)."""
    texts = _LITERAL.findall(line)  # left alone: "<" may stand in them
    bare = _IRI.sub(lambda match: quote(match[0], safe="<>%:/?#[]@!$&'()*+,;=~"), _LITERAL.sub('"', line))
    return "".join(part + text for part, text in zip(bare.split('"'), [*texts, ""], strict=True))
