"""100,000 records with 1,000 planted faults, each of which costs its record."""

from __future__ import annotations

import os

import pytest
from planting import holds, plant

pytestmark = pytest.mark.skipif(not os.environ.get("MITIGRAPH_SOAK"), reason="long: run by make soak")


def test_a_thousand_records_are_lost_to_a_thousand_faults() -> None:
    planted = plant(100_000, 1_000, seed=2026)
    assert (len(planted.good), len(planted.expected)) == (99_000, 1_000)
    holds(planted)
