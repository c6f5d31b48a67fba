"""How long it takes until a command line answers at all, and until the bundled example is built."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, whole

__all__ = ["rows"]


def rows(full: bool) -> Iterator[Row]:
    """``--help`` of ours and of pySHACL, both from this environment; the bundled build, which nobody else does."""
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
        build = [*command, "build", "--quiet", "-o", str(Path(folder) / "out")]
        # The example comes without violations; its folder is replaced in every run but the first.
        yield Row("mitigraph build", whole(build, 3), note="the bundled example, whole processes, median of 3")
