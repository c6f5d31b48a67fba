"""100,000 spoilt files, and 100,000 records with 1,000 planted faults."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from faults import holds, plant
from fuzzing import check
from mutation import GOOD, Good, mutant

pytestmark = pytest.mark.skipif(not os.environ.get("MITIGRAPH_SOAK"), reason="long: run by make soak")

MUTANTS = 100_000
FEW = 1_000
"""Of shapes: the engine that checks with the few that can be used takes its time."""


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.name)
def test_spoilt_files(good: Good, tmp_path: Path) -> None:
    number = FEW if good.kind == "shapes" else (MUTANTS - FEW) // (len(GOOD) - 1) + 1
    for seed in range(number):
        try:
            check(good, mutant(good, seed), tmp_path)
        except Exception as error:
            error.add_note(f"mutant({good.name}, {seed})")
            raise


def test_a_thousand_faults_in_a_hundred_thousand_records(tmp_path: Path) -> None:
    holds(plant(100_000, 1_000, seed=2026), tmp_path)
