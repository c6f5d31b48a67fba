"""kill -9 at 200 random moments of a build: no torn folder, and both outcomes come up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_build_kill import kill_builds

pytestmark = pytest.mark.skipif(not os.environ.get("MITIGRAPH_SOAK"), reason="long: run by make soak")


def test_killed_two_hundred_times(tmp_path: Path) -> None:
    replaced, half_grown = kill_builds(tmp_path, 200, seed=2026)
    assert replaced > 5
    assert half_grown > 5
