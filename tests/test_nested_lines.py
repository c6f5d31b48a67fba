"""Where blank nodes stand in Turtle: every triple of every shape is found on the line that says it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mitigraph.formats import format_named
from mitigraph.parse import parse
from mitigraph.rdf_lines.nested import NestedLines
from mitigraph.terms import is_iri, is_literal, literal_parts

ROOT = Path(__file__).resolve().parent.parent
TURTLE = format_named("turtle")

HARD = """\
@prefix ex: <https://example.org/> .
ex:a ex:p [ ex:q 1 ; ex:r ( 1 [ ex:q 2 ] ( ex:deep ) ) ] , [
    ex:q "a [ is no ; bracket ] # here" ;
    ex:r () ;
  ] ; ex:s _:named .
# [ ex:q 3 ]
_:named ex:q '''long
 ; ''' ; ex:r 1.5 .
[ ex:q 4 ; ex:r
    ex:b ] ex:s
    ex:c .
[] ex:q 5 .
"""


def shown(term: str) -> str:
    """What a line must hold to say a term."""
    if is_literal(term):
        return literal_parts(term).text.split("\n")[0].replace("\\", "\\\\")
    return re.split(r"[/#:]", term.strip("<>"))[-1] if is_iri(term) else ""


@pytest.mark.parametrize("file", sorted((ROOT / "shapes").glob("*.ttl")), ids=lambda file: file.stem)
def test_each_triple_of_the_shapes_is_on_its_line(file: Path) -> None:
    text = file.read_text("utf-8")
    triples = parse(file.read_bytes(), TURTLE, file.name)
    lines, rows = NestedLines(text, {}, triples), text.split("\n")
    for subject, predicate, value in triples:
        line = lines.of(subject, predicate, value)
        assert line is not None
        assert shown(value).replace('"', '\\"') in rows[line - 1] or shown(value) in rows[line - 1] or value.endswith("#nil>")


def test_hard_turtle_is_gone_through() -> None:
    triples = parse(HARD.encode(), TURTLE, "hard.ttl")
    lines = NestedLines(HARD, {}, triples)
    found = {
        shown(value): lines.of(subject, predicate, value)
        for subject, predicate, value in triples
        if predicate == "<https://example.org/q>" or value.endswith(("deep>", "/b>", "/c>"))
    }
    assert found == {"1": 2, "2": 2, "deep": 2, "a [ is no ; bracket ] # here": 3, "long": 7, "4": 9, "b": 10, "c": 11, "5": 12}


def test_what_is_not_there_has_no_line() -> None:
    lines = NestedLines(HARD, {}, parse(HARD.encode(), TURTLE, "hard.ttl"))
    assert lines.of("_:elsewhere") is None
    assert lines.of("<https://example.org/none>", "<https://example.org/p>") is None
    assert lines.of("<https://example.org/a>", "<https://example.org/none>") == 2


def test_nodes_that_lead_to_one_another_in_many_ways_are_soon_looked_at() -> None:
    """Six steps of forty ways each: every way on its own would be four milliard."""
    nodes = [f"_:n{number}" for number in range(40)]
    text = "".join(f"{one} <urn:p> {' , '.join(nodes)} .\n" for one in nodes) + "<urn:a> <urn:p> _:n0 .\n_:n7 <urn:q> 1 .\n"
    triples = parse(text.encode(), format_named("turtle"), "")
    [node] = {subject for subject, predicate, _ in triples if predicate == "<urn:q>"}
    assert NestedLines(text, {}, triples).of(node, "<urn:q>") == 42
