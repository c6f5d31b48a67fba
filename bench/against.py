"""One new entry held against a dataset of very many: ours beside the full run, which reads and checks everything again.

``ours`` is all the work from the entry's triples to the findings, once the dataset is open; what opening takes is said beside it.
The first opening makes the index and is told apart.
"""

from __future__ import annotations

import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import entries
from bench.measure import Row, process

__all__ = ["rows"]

NUMBER = 100_000
SHARE = 10
RUNS = 5
TIMES = ("index", "open", "work", "cpu")


def rows(full: bool) -> Iterator[Row]:
    """A tenth of the entries unless ``full``."""
    number = NUMBER if full else NUMBER // SHARE
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with (folder / "old.csv").open("w", encoding="utf-8", newline="") as file:
            entries.write(file, number)
        with (folder / "new.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([entries.COLUMNS, NEW])
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
        command = [sys.executable, "-m", "bench.against", str(folder / "old.csv"), str(folder / "new.csv")]
        said = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", env=environment).stdout
        taken = dict(zip(TIMES, map(float, said.split()), strict=True))
        everything = process([*_mitigraph(), "old.csv", "new.csv"], folder)
    work, cpu, opening = (f"{taken[name] * 1000:.0f} ms" for name in ("work", "cpu", "open"))
    told = f"{work}, {cpu} of them at work, beyond opening the index: {opening}, the first time {taken['index']:.0f} s"
    note = f"{told}; median of {RUNS}" + ("" if full else f"; {NUMBER:,} with --full")
    yield Row(f"one entry against {number:,}", taken["work"], "all of them again", everything.seconds, note)


NEW = [
    "new-1",
    "Review the tool calls of agents",
    "Somebody other than the owner looks at what an agent did with its tools, every week.",
    "mit-v2:2.2.2",
    "It is about what a system may do.",
    "Deployer",
    "Deploy",
    "Manage",
    "Confabulation; Information Security",
    "e-0000007",
    "A report on 5",
    entries.NAMES[5],
    "2005",
    "Agents want looking after.",
    "7",
]
"""A part of an earlier entry, from a document that others are from, too."""


def _mitigraph() -> list[str]:
    return [sys.executable, "-m", "mitigraph", "validate", "--fail-on", "none", "--timeout", "7200", "--report", "json"]


def _times(old: str, new: str) -> list[float]:
    """Seconds to make the index, to open it, for the work, and of the processor for the work."""
    from mitigraph import against, pipeline
    from mitigraph.existing import open_existing
    from mitigraph.knowledge import Knowledge

    knowledge = Knowledge()
    dataset = pipeline.read_dataset([new], knowledge)
    taken: dict[str, list[float]] = {name: [] for name in TIMES}
    for run in range(RUNS + 1):
        began = time.perf_counter()
        existing = open_existing(old, knowledge)
        opened, at_work = time.perf_counter(), time.process_time()
        against.beside(dataset, existing)
        taken["open" if run else "index"].append(opened - began)
        if run:
            taken["work"].append(time.perf_counter() - opened)
            taken["cpu"].append(time.process_time() - at_work)
        existing.index.close()
    return [statistics.median(taken[name]) for name in TIMES]


if __name__ == "__main__":
    print(*_times(*sys.argv[1:]))
