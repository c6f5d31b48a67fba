"""The alignments: both forms say the same, each names terms that exist on both sides, and none touches what it aligns."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef

from mitigraph import assets
from mitigraph.knowledge import Knowledge

SSSOM = Namespace("https://w3id.org/sssom/")
SETS = assets.files("ontology", "alignments/*.sssom.tsv")
JUSTIFICATION = "semapv:ManualMappingCuration"
STATED = ("subject_id", "predicate_id", "object_id", "mapping_justification", "confidence", "author_id", "mapping_date")
"""Elements that stand in RDF too; labels are those of the terms, and ``comment`` is ``rdfs:comment`` as SSSOM has it."""
MATCHES = {"skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"}


class MappingSet:
    """One file of mappings: its metadata and its rows."""

    def __init__(self, file: Path) -> None:
        lines = file.read_text("utf-8").splitlines()
        self.metadata = yaml.load("\n".join(line[1:] for line in lines if line.startswith("#")), yaml.CSafeLoader)
        self.rows = list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))
        self.graph = Graph().parse(file.with_name(file.name.replace(".sssom.tsv", ".ttl")))

    def expand(self, curie: str) -> URIRef:
        prefix, _, local = curie.partition(":")
        return URIRef(self.metadata["curie_map"][prefix] + local)


@pytest.fixture(params=SETS, ids=lambda file: file.name, scope="module")
def mapping_set(request: pytest.FixtureRequest) -> MappingSet:
    return MappingSet(request.param)


def test_the_metadata_is_that_of_sssom(mapping_set: MappingSet) -> None:
    assert mapping_set.metadata["sssom_version"] == "1.1"
    for element in ("mapping_set_id", "mapping_set_version", "mapping_set_title", "license"):
        assert mapping_set.metadata[element]
    used = {row[name].partition(":")[0] for row in mapping_set.rows for name in row if name.endswith(("_id", "_justification"))}
    assert used == set(mapping_set.metadata["curie_map"])


def test_each_row_is_reviewed_and_says_why(mapping_set: MappingSet) -> None:
    for row in mapping_set.rows:
        assert row["mapping_justification"] == JUSTIFICATION
        assert row["predicate_id"] in MATCHES
        assert 0 < float(row["confidence"]) <= 1
        assert len(row["comment"]) > 40


def test_rdf_says_the_same(mapping_set: MappingSet) -> None:
    graph = mapping_set.graph
    assert {mapping_set.expand(row["record_id"]) for row in mapping_set.rows} == set(graph.subjects())
    for row in mapping_set.rows:
        said = dict(graph.predicate_objects(mapping_set.expand(row["record_id"])))
        assert set(said) == {RDF.type, RDFS.comment, *(SSSOM[name] for name in STATED)}
        assert said[RDF.type] == SSSOM.Mapping
        assert str(said[RDFS.comment]) == row["comment"]
        for name in STATED:
            value = said[SSSOM[name]]
            assert str(value) == row[name] if isinstance(value, Literal) else value == mapping_set.expand(row[name])


def test_our_side_exists_with_the_label_that_is_given(mapping_set: MappingSet) -> None:
    knowledge = Knowledge()
    ours = {(s, o) for s, p, o in knowledge.background if p in (f"<{RDFS.label}>", f"<{SKOS.prefLabel}>")}
    for row in mapping_set.rows:
        assert (f"<{mapping_set.expand(row['subject_id'])}>", f'"{row["subject_label"]}"@en') in ours


def test_the_other_side_exists_with_the_label_that_is_given(mapping_set: MappingSet, shared: Path) -> None:
    theirs = Graph()
    for file in sorted((shared / "data" / "alignments").glob("*.ttl")):
        theirs.parse(file)
    for row in mapping_set.rows:
        term, label = mapping_set.expand(row["object_id"]), Literal(row["object_label"], lang="en")
        assert (term, RDFS.label, label) in theirs or (term, SKOS.prefLabel, label) in theirs


def test_nothing_is_asserted_of_the_terms_themselves(mapping_set: MappingSet) -> None:
    """A match between classes would make individuals of them; the links are values of annotation properties."""
    ontology = Graph().parse(assets.path("ontology", "airmo.ttl"))
    for predicate in set(mapping_set.graph.predicates()) - {RDF.type, RDFS.comment}:
        assert (predicate, RDF.type, OWL.AnnotationProperty) in ontology
    assert (SSSOM.Mapping, RDF.type, OWL.Class) in ontology


def test_they_stand_in_full_and_not_in_the_data() -> None:
    knowledge = Knowledge()
    assert len(knowledge.alignments) == 27
    assert set(knowledge.alignments) <= knowledge.background
    assert not set(knowledge.alignments) & {*knowledge.ontology, *knowledge.schemes}
