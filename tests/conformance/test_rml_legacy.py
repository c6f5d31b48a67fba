"""The test cases of the RML of before, for CSV and JSON: what must come out comes out, what is an error is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from rml_suite import known, legacy_cases, outcome, stated


@pytest.mark.parametrize(("kind", "number"), [("CSV", 39), ("JSON", 41)])
def test_legacy(kind: str, number: int, shared: Path, tmp_path: Path, root: Path) -> None:
    cases, suite = legacy_cases(shared, kind), f"rml-legacy-{kind.lower()}"
    failed = {case.name: told for case in cases if (told := outcome(case, tmp_path))}
    assert set(failed) == known(root, suite), "\n".join(f"{name}: {told}" for name, told in failed.items())
    assert stated(root, suite) == (len(cases), len(cases) - len(failed))
    assert (len(cases), sum(case.is_error for case in cases)) == (number, 6)
