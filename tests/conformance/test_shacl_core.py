"""The W3C data-shapes test suite, core part: each report is the expected one as a graph."""

from __future__ import annotations

from pathlib import Path

from shacl_suite import cases, differences

CASES = 98


def test_core(shared: Path) -> None:
    files = cases(shared, "core")
    assert differences(files) == {}
    assert len(files) == CASES
