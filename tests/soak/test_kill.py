"""kill -9 at 200 random moments: no torn folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_swap import kill_at_random_moments

pytestmark = pytest.mark.skipif(not os.environ.get("MITIGRAPH_SOAK"), reason="long: run by make soak")


def test_killed_two_hundred_times(root: Path, tmp_path: Path) -> None:
    kill_at_random_moments(root, tmp_path, 200, seed=2026)
