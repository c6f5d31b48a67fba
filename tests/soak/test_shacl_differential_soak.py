"""2,000 random pairs of shapes and data: our engine says what pySHACL says, once that is rid of its known faults."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from shacl_strategies import Pair, pairs
from test_shacl_differential import agree

pytestmark = pytest.mark.skipif(not os.environ.get("MITIGRAPH_SOAK"), reason="long: run by make soak")

PAIRS = 2_000


@settings(max_examples=PAIRS, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck))
@given(pairs())
def test_random_pairs(pair: Pair) -> None:
    agree(pair)
