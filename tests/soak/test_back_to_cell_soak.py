"""Every triple of the real sources leads back to cells that hold it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_back_to_cell import reading, unexplained

pytestmark = pytest.mark.skipif(not os.environ.get("MITIGRAPH_SOAK"), reason="long: run by make soak")


def test_every_triple(shared: Path) -> None:
    real = reading(shared)
    assert unexplained(real, sorted(real.dataset.asserted)) == []
