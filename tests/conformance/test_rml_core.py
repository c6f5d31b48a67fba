"""The test cases of RML-Core: what must come out comes out, what is an error is told."""

from __future__ import annotations

from pathlib import Path

from rml_suite import core_cases, known, outcome, stated

BASE = ("--base", "http://example.com/")


def test_core(shared: Path, tmp_path: Path, root: Path) -> None:
    cases = core_cases(shared)
    failed = {case.name: told for case in cases if (told := outcome(case, tmp_path, BASE))}
    assert set(failed) == known(root, "rml-core"), "\n".join(f"{name}: {told}" for name, told in failed.items())
    assert stated(root, "rml-core") == (len(cases), len(cases) - len(failed))
    assert (len(cases), sum(case.is_error for case in cases)) == (76, 15)
