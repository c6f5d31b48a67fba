"""The mapping engine: golden cases (a folder each, no Python needed), and what must hold for any data.

A case folder holds ``mapping.yml``, its sources, ``expected.nt`` (absent if the mapping is refused) and ``findings.txt``
(absent if there are none). ``MITIGRAPH_ACCEPT=1`` writes what came out; look at it before you keep it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mitigraph.errors import InputError
from mitigraph.finding import Finding, order
from mitigraph.mapping import Input, KeyRegistry, Lexicon, Mapping, MappingError, Run, fitting, load_mapping
from mitigraph.mapping.names import CONTEXT_FUNCTIONS
from mitigraph.read import Content, open_source
from mitigraph.terms import Triple, literal_parts
from mitigraph.transforms import FUNCTIONS
from mitigraph.vocabulary import Schemes

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/mapping.yml"))
NOT_SOURCES = {"mapping.yml", "expected.nt", "findings.txt"}
PREFIXES = {
    "airmo": "https://w3id.org/airmo#",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "kind": "https://example.org/kinds/",
}
TERMS = frozenset(f"https://w3id.org/airmo#{name}" for name in ("Mitigation", "Risk", "hasCategory", "nonValue"))
CHAINS = {"http://purl.org/dc/terms/relation": "http://purl.org/dc/terms/subject"}


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The schemes of the cases, a few prefixes and terms."""
    quads = pyoxigraph.parse((CASES / "schemes.ttl").read_bytes(), format=pyoxigraph.RdfFormat.TURTLE)
    schemes = Schemes.from_triples((str(q.subject), str(q.predicate), str(q.object)) for q in quads)
    return Lexicon(schemes, PREFIXES, TERMS, "https://w3id.org/airmo#", "https://example.org/id/", CHAINS)


def inputs(mapping: Mapping, files: dict[str, bytes]) -> list[Input]:
    """Files as the sources they fit, bundled ones by their name."""
    found = []
    for name, data in sorted(files.items()):
        for source in mapping.sources:
            try:
                records = open_source(Content.of_bytes(data), name, source.format, source.options)
            except InputError:
                continue
            if (source.bundled and name == source.access) or source in fitting(mapping, name, records):
                found.append(Input(source, records, name, hashlib.sha256(data).hexdigest()))
    return found


def run_case(folder: Path, lexicon: Lexicon) -> tuple[Run | None, list[Triple], list[Finding]]:
    """A case's run, triples and findings; no run if the mapping is refused."""
    try:
        mapping = load_mapping((folder / "mapping.yml").read_bytes(), "mapping.yml", lexicon)
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in NOT_SOURCES}
        run = Run(mapping, inputs(mapping, files), lexicon)
        triples = list(run.triples())
    except MappingError as error:
        return None, [], error.findings
    return run, triples, run.findings


def written(triples: list[Triple]) -> str:
    """Sorted N-Triples, each triple once."""
    return "".join(f"{' '.join(triple)} .\n" for triple in sorted(set(triples)))


def parsed(text: str) -> set[str]:
    """The triples that a second parser finds in N-Triples."""
    found = pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return {f"{quad.subject} {quad.predicate} {quad.object}" for quad in found}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_case(folder: Path, lexicon: Lexicon) -> None:
    run, triples, findings = run_case(folder, lexicon)
    found = {
        "expected.nt": None if run is None else written(triples),
        "findings.txt": "".join(f"{finding}\n" for finding in sorted(findings, key=order)) or None,
    }
    if os.environ.get("MITIGRAPH_ACCEPT"):
        for name, text in found.items():
            (folder / name).unlink(missing_ok=True)
            if text is not None:
                (folder / name).write_text(text, encoding="utf-8", newline="")
    for name, text in found.items():
        path = folder / name
        assert text == (path.read_bytes().decode() if path.exists() else None), name
    if run is not None:
        assert len(parsed(written(triples))) == len(set(triples))
        for count in run.counts:
            assert count.read == count.mapped + count.rejected + count.repeated


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_triple_leads_back(folder: Path, lexicon: Lexicon) -> None:
    run, triples, _ = run_case(folder, lexicon)
    if run is None:
        pytest.skip("the mapping is refused")
    for triple in set(triples):
        assert run.locate(*triple), triple
        assert run.rules(*triple), triple
    assert {triple for triple, _ in run.head()} == set(triples)


ROWS = b"""
dataset: d
sources:
  rows:
    access: rows.csv
    columns: [id, kind, tags, note]
    fields:
      key: mg:key($(id))
      concept: mg:concept($(kind), scheme=kinds)
mappings:
  row:
    sources: rows
    subject: d/$(key)
    po:
      - [rdfs:label, $(note), en~lang]
      - [dcterms:hasPart, d/$(key)/kind~iri]
      - [dcterms:source, d/$(key)/$(tags)~iri]
      - [dcterms:type, row]
  kind:
    sources: rows
    condition: mg:present($(concept))
    subject: d/$(key)/kind
    po: [[dcterms:subject, $(concept)~iri]]
  tag:
    sources: rows
    fields: {tag: mg:split($(tags))}
    each: tags
    subject: d/$(key)/tag/$(tags)
    po: [[rdfs:label, $(tags)]]
"""
SUBJECT, LABEL = "<https://example.org/id/d/A>", "<http://www.w3.org/2000/01/rdf-schema#label>"
DC = "<http://purl.org/dc/terms/"


def mapped(lexicon: Lexicon, text: bytes, **files: bytes) -> tuple[Run, list[Triple]]:
    """A run over files given as ``rows_csv=b"…"``."""
    mapping = load_mapping(text, "m.yml", lexicon)
    run = Run(mapping, inputs(mapping, {name.replace("_", "."): data for name, data in files.items()}), lexicon)
    return run, list(run.triples())


@pytest.mark.parametrize(
    ("asked", "cells"),
    [
        ((LABEL, '"a note"@en'), ["rows.csv:2:note"]),
        ((LABEL, None), ["rows.csv:2:note"]),
        ((LABEL, '"another"@en'), ["rows.csv:2:note"]),
        ((f"{DC}type>", '"row"'), ["rows.csv:2:id"]),
        ((None, None), ["rows.csv:2:id"]),
        ((f"{DC}nothing>", None), ["rows.csv:2:id"]),
        ((f"{DC}hasPart>", None), ["rows.csv:2:id"]),
        ((f"{DC}source>", None), ["rows.csv:2:tags", "rows.csv:2:id"]),
        ((f"{DC}relation>", "<https://example.org/kinds/model>"), ["rows.csv:2:kind"]),
        ((f"{DC}relation>", None), ["rows.csv:2:kind"]),
    ],
)
def test_locate(lexicon: Lexicon, asked: tuple[str | None, str | None], cells: list[str]) -> None:
    run, _ = mapped(lexicon, ROWS, rows_csv=b"id,kind,tags,note\nA,Model,x,a note\nB,,,\n")
    assert [str(place) for place in run.locate(SUBJECT, *asked)] == cells


def test_locate_what_is_missing(lexicon: Lexicon) -> None:
    run, _ = mapped(lexicon, ROWS, rows_csv=b"id,kind,tags,note\nA,Model,x,a note\nB,,,\n")
    other = SUBJECT.replace("/A", "/B")
    assert [str(place) for place in run.locate(other, LABEL)] == ["rows.csv:3:note"]
    assert [str(place) for place in run.locate(other, f"{DC}relation>")] == ["rows.csv:3:kind"]
    assert run.locate("<https://example.org/id/d/Z>", LABEL) == []


def test_keys_are_shared_by_the_runs_of_a_build(lexicon: Lexicon) -> None:
    mapping = load_mapping(ROWS, "m.yml", lexicon)
    registry = KeyRegistry()
    counts = []
    for name, note in (("one.csv", b"a"), ("two.csv", b"a"), ("three.csv", b"b")):
        run = Run(mapping, inputs(mapping, {name: b"id,kind,tags,note\nA,,," + note + b"\n"}), lexicon, registry)
        list(run.triples())
        counts.append((run.counts[0].mapped, run.counts[0].repeated, [finding.code for finding in run.findings]))
    assert counts == [(1, 0, []), (0, 1, []), (1, 0, ["duplicate-id"])]


def test_own_base_wins_over_the_default(lexicon: Lexicon) -> None:
    text = b"base: https://own.example/\nmappings: {m: {subject: a, po: [[rdfs:label, A]]}}"
    subjects = {base: load_mapping(text, "m.yml", Lexicon(base=base)).base for base in (None, "https://b.example/")}
    assert subjects == {None: "https://own.example/", "https://b.example/": "https://b.example/"}


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12) | st.sampled_from(
    ["..", "A", "a", "1.1", "Model", "Other", "$(id)", "%", "a\\b", '"', "\u2028", "\ud7ff", "x;y", "2024", "N/A"]
)


def table(rows: list[list[str]]) -> bytes:
    """Rows as CSV under the header of ROWS."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["id", "kind", "tags", "note"], *rows])
    return text.getvalue().encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=8))
def test_any_cells_make_good_triples_and_true_counts(lexicon: Lexicon, rows: list[list[str]]) -> None:
    run, triples = mapped(lexicon, ROWS, rows_csv=table(rows))
    assert len(parsed(written(triples))) == len(set(triples))
    count = run.counts[0]
    assert count.read == count.mapped + count.rejected + count.repeated
    notes = {literal_parts(triple[2]).text for triple in triples if triple[1] == LABEL and triple[2].endswith("@en")}
    assert notes <= {row[3].strip() for row in rows}
    keys = {triple[0] for triple in triples if triple[1] == f"{DC}type>"}
    assert len(keys) == count.mapped
    assert all(run.locate(*triple) for triple in triples)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            ["$(", ")", "mg:", "split(", "(", ",", "id", "\\", '"', "'", "=", ";", " ", "trim", "key(", "ex:", "~iri"]
        ),
        max_size=12,
    ).map("".join)
)
def test_any_expression_is_read_or_refused(lexicon: Lexicon, text: str) -> None:
    quoted = text.replace("'", "''")
    document = f"sources: {{s: {{access: a.csv}}}}\nmappings: {{m: {{sources: s, s: a, po: [[rdfs:label, '{quoted}']]}}}}"
    try:
        load_mapping(document.encode("utf-8", "surrogatepass"), "m.yml", lexicon)
    except MappingError as error:
        assert error.findings


def test_the_language_page(lexicon: Lexicon, root: Path) -> None:
    """Its example is a sound mapping, and it names every function."""
    page = (root / "mappings" / "README.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0].replace('"mit-v2 mit-v1"', "kinds")
    terms = TERMS | {f"https://w3id.org/airmo#{name}" for name in ("describedIn", "SourceDocument")}
    mapping = load_mapping(example.encode(), "README.md", replace(lexicon, terms=terms))
    assert not mapping.findings
    functions = page.partition("## Functions")[2]
    assert [name for name in (*FUNCTIONS, *CONTEXT_FUNCTIONS) if f"`{name}" not in functions] == []
