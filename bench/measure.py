"""Timing with the standard library alone: medians, of whole processes or of what a process says it took."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Row", "said", "whole"]


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


def said(module: str, *arguments: str, runs: int = 3) -> float:
    """Median of the seconds that ``python -m module …`` prints as its only line: only the work, without making its input."""
    command = [sys.executable, "-m", module, *arguments]
    return statistics.median(float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(runs))


def _once(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began
