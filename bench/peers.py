"""The programs we are measured against: each in an environment of its own under ``build/peers``, made when first asked for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["MORPH_KGC", "environment", "serdi"]

PLACE = Path(__file__).resolve().parent.parent / "build" / "peers"
MORPH_KGC = ("morph-kgc", "morph-kgc==2.10.0")
"""The name of its environment and what is installed there."""


def environment(name: str, *requirements: str) -> Path | None:
    """The Python of a peer's own environment; None where it cannot be made (no network, no package for this Python).

    An environment counts as made when the file ``.made`` in it names the same requirements.
    """
    folder = PLACE / name
    python, made, wanted = folder / "bin" / "python", folder / ".made", "\n".join(requirements)
    if python.is_file() and made.is_file() and made.read_text("utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    for command in ([sys.executable, "-m", "venv", str(folder)], install):
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            print(f"no {name}: {(done.stderr.strip().splitlines() or ['?'])[-1]}", file=sys.stderr)
            return None
    made.write_text(wanted, encoding="utf-8")
    return python


def serdi() -> str | None:
    """The program ``serdi`` (Debian: serdi), which copies N-Triples as fast as parsing and writing them allows."""
    return shutil.which("serdi")
