"""The W3C data-shapes test suite, SPARQL part: each report is the expected one as a graph, each failure a refusal."""

from __future__ import annotations

from pathlib import Path

from shacl_suite import FAILURE, cases, differences, reports

CASES = 23
"""Of which the manifests name 22: component/nodeValidator-001 is beside them as proposed."""

REFUSED = 7


def test_sparql(shared: Path) -> None:
    files = cases(shared, "sparql")
    assert differences(files) == {}
    assert len(files) == CASES


def test_what_must_fail_is_refused(shared: Path) -> None:
    assert sum(reports(file)[0] == FAILURE for file in cases(shared, "sparql")) == REFUSED
