"""How long it takes until a command line answers at all, checks a small file, and builds the bundled example."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import entries, faulty
from bench.measure import Row, whole

__all__ = ["rows"]

SHAPES = Path(__file__).with_name("shapes.ttl")
SMALL = 3


def rows(full: bool) -> Iterator[Row]:
    """``--help`` of ours and of pySHACL, both from this environment; a small file checked; the bundled build, which nobody
    else does."""
    programs = Path(sys.executable).parent
    ours, peer = programs / "mitigraph", programs / "pyshacl"
    command = [str(ours)] if ours.is_file() else [sys.executable, "-m", "mitigraph"]
    runs = 21 if full else 9
    yield Row(
        "mitigraph --help",
        whole([*command, "--help"], runs),
        "pyshacl --help",
        whole([str(peer), "--help"], runs) if peer.is_file() else None,
        f"whole processes, median of {runs}",
    )
    with tempfile.TemporaryDirectory() as folder:
        yield from _small(Path(folder), command, peer, runs)
        build = [*command, "build", "--quiet", "-o", str(Path(folder) / "out")]
        # The example comes without violations; its folder is replaced in every run but the first.
        yield Row("mitigraph build", whole(build, 3), note="the bundled example, whole processes, median of 3")


def _small(folder: Path, command: Sequence[str], peer: Path, runs: int) -> Iterator[Row]:
    """A few records without a violation: of one's own entries, with the project's shapes, and as RDF with others."""
    table, turtle = folder / "small.csv", folder / "small.ttl"
    with table.open("w", encoding="utf-8", newline="") as file:
        entries.write(file, SMALL)
    lines = list(faulty.lines(SMALL))
    turtle.write_text("".join(lines), encoding="utf-8")
    validate, note = [*command, "validate", "--quiet"], f"whole processes, median of {runs}"
    yield Row("mitigraph validate small.csv", whole([*validate, str(table)], runs), note=f"{SMALL} entries, {note}")
    yield Row(
        "mitigraph validate small.ttl -s shapes.ttl",
        whole([*validate, str(turtle), "-s", str(SHAPES)], runs),
        "pyshacl -s shapes.ttl small.ttl",
        whole([str(peer), "-s", str(SHAPES), str(turtle)], runs) if peer.is_file() else None,
        f"{SMALL} records with what they refer to, {len(lines):,} triples, {note}",
    )
