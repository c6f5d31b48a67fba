"""Timing with the standard library alone: medians, of whole processes or of what a process says it took; and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["Process", "Row", "process", "said", "whole"]


class Process(NamedTuple):
    """What a whole process took: seconds and, at its peak, megabytes (of its largest process, if it starts more); and how long
    processors were at work for it, which tells more where others are at work, too."""

    seconds: float
    megabytes: float
    processors: float

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s, {self.megabytes:.0f} MB"


class Row(NamedTuple):
    """One comparison: what was measured, seconds of ours and of a peer (None: no peer), and what must be known to read it."""

    what: str
    ours: float
    peer_name: str = ""
    peer: float | None = None
    note: str = ""

    def __str__(self) -> str:
        ours = f"{self.what}: {self.ours:.2f} s"
        compared = "" if self.peer is None else f"; {self.peer_name} {self.peer:.2f} s, {self.peer / self.ours:.1f} × ours"
        return ours + compared + (f" ({self.note})" if self.note else "")


def whole(command: Sequence[str], runs: int) -> float:
    """Median seconds of a whole process, from start to end. CalledProcessError: it did not end well."""
    return statistics.median(_once(command) for _ in range(runs))


def process(command: Sequence[str], folder: Path, output: str = "/dev/null", runs: int = 1, made: str | None = None) -> Process:
    """Median seconds and peak of a whole process run in a folder. CalledProcessError: it did not end well.

    A file that it has ``made`` is removed before each run, and what still waits to be written to the disk is written first, so
    that no run pays for the one before it.
    """
    taken = []
    for _ in range(runs):
        if made is not None:
            (folder / made).unlink(missing_ok=True)
            os.sync()
        taken.append(_measured(command, folder, output))
    return Process(*(statistics.median(parts) for parts in zip(*taken, strict=True)))


def said(module: str, *arguments: str, runs: int = 3) -> float:
    """Median of the seconds that ``python -m module …`` prints as its only line: only the work, without making its input."""
    command = [sys.executable, "-m", module, *arguments]
    return statistics.median(float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(runs))


def _once(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def _measured(command: Sequence[str], folder: Path, output: str) -> Process:
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("peak.py")), output, *command]
    done = subprocess.run(launcher, check=True, cwd=folder, capture_output=True, encoding="utf-8")
    code, seconds, kilobytes, processors = done.stdout.split()
    if int(code):
        error = subprocess.CalledProcessError(int(code), list(command), stderr=done.stderr)
        error.add_note(done.stderr)
        raise error
    return Process(float(seconds), int(kilobytes) / 1024, float(processors))
