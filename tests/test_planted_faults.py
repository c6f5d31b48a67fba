"""Faults that cost a record: each is found in its cell, once, and all other records come out. The soak has ten times more."""

from __future__ import annotations

from collections import Counter

import pytest
from planting import KINDS, holds, plant


def test_the_planted_faults_and_no_other_are_found() -> None:
    planted = plant(10_000, 100, seed=2)
    assert Counter(code for *_, code in planted.expected) == dict.fromkeys(KINDS, 10)
    assert len(planted.good) == 9_900
    holds(planted)


@pytest.mark.parametrize("seed", range(5))
def test_faults_that_stand_close_together(seed: int) -> None:
    holds(plant(100, 90, seed))


def test_the_same_seed_plants_the_same() -> None:
    assert plant(50, 10, seed=7) == plant(50, 10, seed=7)
    assert plant(50, 10, seed=7) != plant(50, 10, seed=8)
