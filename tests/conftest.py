"""Fixtures shared by all rooms' tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import Build, run

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real sources beside the checkout; tests that need them are skipped where they are not there."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the real sources (../shared) are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """One build of the bundled example through the command line."""
    place = tmp_path_factory.mktemp("bundled") / "out"
    done = run("build", "-o", place)
    return Build(place, done.returncode, done.stderr)
