"""Shapes and data that break tools like this one: each is told in a clear line with the right exit code, within its time."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Ran, run

PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
USED = PREFIXES + "<urn:s> a sh:NodeShape ; sh:targetSubjectsOf <urn:p> ; "
DATA = "<urn:a> <urn:p> 1 .\n<urn:b> <urn:p> 2 .\n"
CLOSED_PORT = "http://127.0.0.1:9/"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data.ttl").write_text(DATA, "utf-8")


def checked(shapes: str, *options: str, data: str = "data.ttl") -> Ran:
    Path("mine.ttl").write_text(shapes, "utf-8")
    return run("validate", data, "-s", "mine.ttl", *options)


def test_a_pattern_that_would_never_end_is_refused() -> None:
    Path("data.ttl").write_text(f'<urn:a> <urn:p> "{"a" * 60}!" .\n', "utf-8")
    ran = checked(USED + 'sh:property [ sh:path <urn:p> ;\n sh:pattern "^(a+)+$" ] .')
    assert (ran.code, ran.out) == (3, b"")
    [line] = ran.lines
    assert line.startswith("mitigraph: could not check: mine.ttl:4: a shape within <urn:s> has a pattern that is refused: ")


def test_a_pattern_that_only_takes_long_ends_with_the_time() -> None:
    """Some expressions are slow without being hopeless: here the work grows with the fifth power of the text's length."""
    Path("data.ttl").write_text(f'<urn:a> <urn:p> "{"a" * 20_000}" .\n', "utf-8")
    ran = checked(USED + 'sh:property [ sh:path <urn:p> ; sh:pattern "^.*a.*a.*a.*a.*b$" ] .', "--timeout", "1")
    assert (ran.code, ran.out, ran.lines) == (4, b"", ["mitigraph: stopped after 1 s (--timeout)"])


@pytest.mark.parametrize("engine", ["own", "pyshacl"])
def test_a_query_that_multiplies_everything_ends_with_the_time(engine: str) -> None:
    Path("data.ttl").write_text("".join(f"<urn:a{number}> <urn:p> {number} .\n" for number in range(40)), "utf-8")
    every = " ".join(f"?s{number} ?p{number} ?o{number} ." for number in range(8))
    tested = "".join(f"STR(?o{number}), " for number in range(8))
    select = f"SELECT $this {{ $this ?p ?o . {every} FILTER (CONCAT({tested}'') = 'nothing') }}"
    ran = checked(USED + f'sh:sparql [ sh:select "{select}" ] .', "--timeout", "2", "--engine", engine)
    assert (ran.code, ran.out, ran.lines) == (4, b"", ["mitigraph: stopped after 2 s (--timeout)"])


def test_a_query_that_is_nested_too_deep_is_refused() -> None:
    ran = checked(USED + f'sh:sparql [ sh:select "SELECT $this {"{" * 2201}{"}" * 2201}" ] .')
    assert (ran.code, ran.out) == (3, b"")
    assert "nested or chained further than mitigraph allows" in ran.lines[0]


def test_a_query_that_leaves_the_graph_is_refused() -> None:
    ran = checked(USED + f'sh:sparql [ sh:select "SELECT $this {{ SERVICE <{CLOSED_PORT}> {{ $this ?p ?o }} }}" ] .')
    assert (ran.code, ran.out) == (3, b"")
    assert "SERVICE is refused: nothing is ever fetched" in ran.lines[0]


def test_a_query_that_reports_a_failure_is_told() -> None:
    ran = checked(USED + 'sh:sparql [ sh:select "SELECT $this (true AS ?failure) { $this ?p ?o }" ] .')
    assert (ran.code, ran.out) == (3, b"")
    assert ran.lines == ["mitigraph: could not check: the query of <urn:s> reports a failure for <urn:a>"]


def test_recursive_shapes_are_refused() -> None:
    ran = checked(USED + "sh:property [ sh:path <urn:p> ; sh:node <urn:t> ] .\n<urn:t> sh:not <urn:s> .")
    assert (ran.code, ran.out) == (3, b"")
    assert ran.lines[0].startswith("mitigraph: could not check: mine.ttl:")
    assert "<urn:s> refers to itself (through <urn:t>): recursive shapes are not checked" in ran.lines[0]


def test_nothing_is_fetched_for_shapes_and_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("nothing is fetched"))
    imported = f"<urn:o> <http://www.w3.org/2002/07/owl#imports> <{CLOSED_PORT}ontology> .\n"
    Path("data.ttl").write_text(DATA + imported + f"<urn:o> <http://www.w3.org/ns/shacl#shapesGraph> <{CLOSED_PORT}more> .\n")
    for engine in ("own", "both"):
        ran = checked(
            USED + f"sh:nodeKind sh:IRI .\n{imported}<urn:o> sh:shapesGraph <{CLOSED_PORT}shapes> .", "--engine", engine
        )
        assert ran.code == 0, ran.err
        told = [line for line in ran.text.splitlines() if "info[not-fetched]" in line]
        assert [line.partition(":")[0] for line in told] == ["data.ttl", "data.ttl", "mine.ttl", "mine.ttl"]


def test_queries_see_all_of_the_data_however_it_is_read() -> None:
    """Of N-Triples only what the shapes look at is kept: a query may look at anything."""
    Path("data.nt").write_text("<urn:a> <urn:p> <urn:b> .\n<urn:b> <urn:seen-by-the-query-alone> <urn:c> .\n", "utf-8")
    shapes = USED + 'sh:sparql [ sh:select "SELECT $this ?value { $this <urn:p>/?any ?value }" ] .'
    assert checked(shapes, data="data.nt").code == 3  # no variable stands in a path
    shapes = USED + 'sh:sparql [ sh:select "SELECT $this ?value { $this <urn:p> ?b . ?b ?any ?value }" ] .'
    ran = checked(shapes, data="data.nt")
    assert (ran.code, len(ran.findings())) == (1, 1)
    Path("more.nt").write_text("<urn:a> <urn:p> <urn:b> .\n", "utf-8")
    Path("data.nt").write_text("<urn:b> <urn:seen-by-the-query-alone> <urn:c> .\n", "utf-8")
    ran = checked(shapes, "--against", "data.nt", data="more.nt")
    assert (ran.code, len(ran.findings())) == (1, 1), ran.err


def test_ill_typed_literals_are_findings() -> None:
    Path("data.ttl").write_text(PREFIXES + '<urn:a> <urn:p> "1e"^^xsd:integer , "2024-13-45"^^xsd:date .\n', "utf-8")
    ran = checked(USED + "sh:property [ sh:path <urn:p> ; sh:or ( [ sh:datatype xsd:integer ] [ sh:datatype xsd:date ] ) ] .")
    assert ran.code == 1
    assert len(ran.findings()) == 2
    assert all(line.startswith("data.ttl:3") for line in ran.findings())


@pytest.mark.parametrize("name", ["data.ttl", "mine.ttl"])
def test_broken_turtle_is_told_with_line_and_column(name: str) -> None:
    shapes = USED + "sh:nodeKind sh:IRI ."
    if name == "data.ttl":
        Path(name).write_text(DATA + "<urn:c> <urn:p> .\n", "utf-8")
    else:
        shapes += "\n<urn:c> <urn:p> ."
    ran = checked(shapes)
    assert ran.code == 3
    said = ran.text + ran.err
    line = "3" if name == "data.ttl" else "4"
    assert f"{name}:{line}:" in said
    assert "is not a valid RDF object" in said
    assert ("could not check" in said) == (name == "mine.ttl")


def test_empty_data_conform_and_empty_shapes_do_not() -> None:
    Path("data.ttl").write_text("", "utf-8")
    assert checked(USED + "sh:nodeKind sh:IRI .").code == 0
    ran = checked("")
    assert (ran.code, ran.out) == (3, b"")
    assert ran.lines == ["mitigraph: could not check: mine.ttl: the shapes hold no shape that has both a target and a constraint"]


def test_an_unknown_format_is_told() -> None:
    Path("data.docx").write_bytes(b"PK")
    assert checked(USED + "sh:nodeKind sh:IRI .", data="data.docx").code == 3
    Path("mine.docx").write_bytes(b"PK")
    ran = run("validate", "data.ttl", "-s", "mine.docx")
    assert (ran.code, ran.out) == (3, b"")
    assert ran.lines == ["mitigraph: could not check: mine.docx: shapes are RDF: Turtle, JSON-LD, N-Triples, RDF/XML"]


def test_shapes_that_are_not_there_are_told() -> None:
    ran = run("validate", "data.ttl", "-s", "none.ttl")
    assert (ran.code, ran.out, len(ran.lines)) == (3, b"", 1)
    assert ran.lines[0].startswith("mitigraph: could not check: none.ttl: cannot be read")


def test_an_unknown_engine_is_wrong_use() -> None:
    ran = checked(USED + "sh:nodeKind sh:IRI .", "--engine", "jena")
    assert ran.code == 2
    assert any("'jena' is not one of 'own', 'pyshacl', 'both'" in line for line in ran.lines)


def test_engines_that_disagree_are_an_error_and_no_verdict() -> None:
    Path("data.ttl").write_text("<urn:a> <urn:p> [] .\n", "utf-8")
    shapes = PREFIXES + "<urn:s> a sh:NodeShape ; sh:targetObjectsOf <urn:p> ; sh:minLength 0 ."
    assert checked(shapes).code == 1
    ran = checked(shapes, "--engine", "both")
    assert (ran.code, ran.out) == (4, b"")
    [line] = ran.lines
    assert line.startswith("mitigraph: the engines disagree: only own: _:")


def test_values_come_back_as_they_were_written() -> None:
    """The store that runs queries writes 1.10 as 1.1 and knows one of both: each is told as it stands in the data."""
    Path("data.ttl").write_text(
        '<urn:a> <urn:p> 1.10 .\n<urn:b> <urn:p> 1.1 , "01"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    )
    ran = checked(USED + 'sh:sparql [ sh:message "{?value}" ; sh:select "SELECT $this ?value { $this ?p ?value }" ] .')
    assert ran.code == 1
    told = [line.partition("] ")[2].partition(",")[0] for line in ran.findings()]
    assert sorted(told) == ["01", "1.1", "1.10"]
