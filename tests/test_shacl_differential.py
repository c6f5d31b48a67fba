"""Our engine beside pySHACL: the same results for random shapes and data, and pySHACL's known faults one by one."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from shacl_oracle import FAULTS, Fault, mended
from shacl_strategies import CONSTRAINTS, Pair, pairs
from test_shacl import turtle

from mitigraph.errors import EngineError, MitigraphError
from mitigraph.shacl import validate
from mitigraph.shacl.engines import SHOWN, compared
from mitigraph.shacl.vocabulary import CONSTRAINTS as CORE
from mitigraph.shacl.vocabulary import sh

SAMPLE = 60
seen: set[str] = set()


def agree(pair: Pair) -> None:
    """Both engines say the same of focus node, path, value, component, severity and shape of every result."""
    with mended():
        ours, theirs = (compared(validate(pair.data, pair.shapes, engine=name)) for name in ("own", "pyshacl"))
    assert ours == theirs


@settings(max_examples=SAMPLE, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(pairs())
def test_a_sample_of_random_pairs(pair: Pair) -> None:
    agree(pair)
    seen.update(predicate for _, predicate, _ in pair.shapes)


def test_the_strategies_know_every_constraint_of_core() -> None:
    assert {sh(name) for name in CONSTRAINTS} >= CORE - {sh("sparql")}


def test_the_sample_is_of_nearly_all_constraints() -> None:
    if not seen:
        pytest.skip("the sample did not run before")
    assert len(seen & CORE) > 20


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_known_fault_of_pyshacl(fault: Fault) -> None:
    """The case shows it: our engine has the results that the clause wants; pySHACL has not, unless it is mended."""
    data, shapes = turtle(fault.data), turtle(fault.shapes)
    assert len(validate(data, shapes)) == fault.right
    assert found(data, shapes) == fault.found
    with mended():
        assert found(data, shapes) == (fault.right if fault.mend else fault.found)


def found(data: list[tuple[str, str, str]], shapes: list[tuple[str, str, str]]) -> int | None:
    """How many results pySHACL finds, None where it gives up."""
    try:
        return len(validate(data, shapes, engine="pyshacl"))
    except MitigraphError:
        return None


def test_both_engines_must_agree() -> None:
    shapes = turtle("ex:s a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:nodeKind sh:BlankNode .")
    data = turtle("ex:a ex:p 1 . ex:b ex:p 1 .")
    assert validate(data, shapes, engine="both") == validate(data, shapes) != []


def test_disagreements_are_an_error_with_the_first_of_them() -> None:
    fault = FAULTS["length-of-blank"]
    data = turtle(" ".join(f"ex:a{number} ex:p [] ." for number in range(SHOWN + 2)))
    with pytest.raises(EngineError) as caught:
        validate(data, turtle(fault.shapes), engine="both")
    told = str(caught.value)
    assert told.startswith("the engines disagree: only own: _:")
    assert told.count("only own") == SHOWN
    assert told.endswith("; and 2 more")
    assert caught.value.exit_code == 4
    assert os.linesep not in told
