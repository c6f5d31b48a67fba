"""What the SHACL bench is made of: as many constraints and triples as it says, and every hundredth record with a fault."""

from __future__ import annotations

from pathlib import Path

from bench import faulty
from mitigraph.formats import format_named
from mitigraph.parse import parse
from mitigraph.shacl import validate
from mitigraph.shacl.components.shape_based import PROPERTY
from mitigraph.shacl.shapes import shapes_of
from mitigraph.terms import Triple

RECORDS = 1_000


def shapes(root: Path) -> list[Triple]:
    return parse((root / "bench" / "shapes.ttl").read_bytes(), format_named("turtle"), "shapes.ttl")


def test_there_are_51_constraints(root: Path) -> None:
    found = [one.component for shape in shapes_of(shapes(root)).values() for one in shape.constraints]
    assert len([component for component in found if component != PROPERTY]) == 51


def test_every_fault_is_found_and_no_other(root: Path) -> None:
    lines = list(faulty.lines(RECORDS))
    assert len(lines) / RECORDS < 23
    results = validate(parse("".join(lines).encode(), format_named("ntriples"), "data.nt"), shapes(root))
    named = {result.focus.removesuffix(">").partition("/measure/")[2].partition("/")[0] for result in results}
    assert len(named) == RECORDS // faulty.EVERY
    assert len({result.shape for result in results}) == len(faulty.FAULTS) + 1 == 11
