"""airmo.ttl, context.jsonld and dataset.ttl: they parse everywhere, say what they must, and agree with each other."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS, VANN

ROOT = Path(__file__).resolve().parent.parent
ONTOLOGY = ROOT / "ontology"
AIRMO = Namespace("https://w3id.org/airmo#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
BIBO = Namespace("http://purl.org/ontology/bibo/")
HEADER = URIRef("https://w3id.org/airmo")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
LOGICAL = (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.inverseOf, OWL.propertyChainAxiom)
RL_RANGES = {XSD.string, XSD.integer, XSD.boolean}
THINGS = {
    "Mitigation", "Risk", "MitigationRecord", "SourceDocument", "Extract", "ClassificationAssignment", "MitigationLink",
    "Authorship", "SourceDataset", "SourceFile",
}  # fmt: skip
CONCEPTS = {
    "MitigationCategory", "LifecycleStage", "ActorRole", "RiskManagementFunction", "RiskDomain", "CausalFactor",
    "RecordStatus", "ActorTask", "Topic",
}  # fmt: skip
CONTEXT: dict[str, str | dict[str, str]] = json.loads((ONTOLOGY / "context.jsonld").read_bytes())["@context"]
PREFIXES = {name: value for name, value in CONTEXT.items() if isinstance(value, str) and value.endswith(("#", "/"))}
TERMS = {name: value for name, value in CONTEXT.items() if name not in PREFIXES}
COERCED = {str(XSD.integer): "xsd:integer", str(XSD.boolean): "xsd:boolean"}
ELSEWHERE = {RDFS.label, RDFS.seeAlso, RDFS.isDefinedBy}
"""Terms of the context that OWL itself declares."""

GRAPH = Graph().parse(ONTOLOGY / "airmo.ttl")
OWN = sorted({s for s in GRAPH.subjects() if isinstance(s, URIRef) and s in AIRMO})
DEPRECATED = sorted(s for s in GRAPH.subjects(OWL.deprecated, Literal(True)) if isinstance(s, URIRef))
CURRENT = [term for term in OWN if term not in DEPRECATED]
BORROWED = sorted({s for k in KINDS for s in GRAPH.subjects(RDF.type, k) if isinstance(s, URIRef)} - set(OWN))


def expand(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def target(name: str) -> URIRef:
    value = TERMS[name]
    return URIRef(expand(value if isinstance(value, str) else value["@id"]))


@pytest.mark.parametrize("name", ["airmo.ttl", "dataset.ttl"])
def test_both_parsers_read_the_same(name: str) -> None:
    assert len(list(pyoxigraph.parse(path=ONTOLOGY / name))) == len(Graph().parse(ONTOLOGY / name)) > 20


def test_nothing_is_imported() -> None:
    assert not list(GRAPH.triples((None, OWL.imports, None)))


# The header


@pytest.mark.parametrize(
    "field",
    [
        *(DCTERMS[name] for name in ("title", "description", "abstract", "license", "creator", "created", "issued",
                                     "modified", "source", "bibliographicCitation")),
        OWL.versionIRI, OWL.versionInfo, BIBO.status, VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri,
    ],
)  # fmt: skip
def test_the_header_has(field: URIRef) -> None:
    assert (HEADER, field, None) in GRAPH


@pytest.mark.parametrize("field", [DCTERMS.license, DCTERMS.creator, DCTERMS.source, OWL.versionIRI, BIBO.status])
def test_the_header_names_by_iri(field: URIRef) -> None:
    assert all(isinstance(value, URIRef) for value in GRAPH.objects(HEADER, field))


def test_the_version_is_the_same_wherever_it_stands() -> None:
    version = str(GRAPH.value(HEADER, OWL.versionInfo))
    assert str(GRAPH.value(HEADER, OWL.versionIRI)) == f"{HEADER}/{version}"
    assert f"version {version}. {HEADER}/{version}" in str(GRAPH.value(HEADER, DCTERMS.bibliographicCitation))


def test_the_namespace_of_the_header_is_that_of_the_context() -> None:
    prefix = str(GRAPH.value(HEADER, VANN.preferredNamespacePrefix))
    assert PREFIXES[prefix] == str(GRAPH.value(HEADER, VANN.preferredNamespaceUri)) == str(AIRMO)


# Terms


@pytest.mark.parametrize("term", OWN, ids=lambda term: term.removeprefix(AIRMO))
def test_a_term_is_of_one_kind_and_says_what_it_is(term: URIRef) -> None:
    assert len([kind for kind in KINDS if (term, RDF.type, kind) in GRAPH]) == 1
    (label,) = GRAPH.objects(term, RDFS.label)
    (definition,) = GRAPH.objects(term, SKOS.definition)
    assert isinstance(label, Literal)
    assert isinstance(definition, Literal)
    assert label.language == definition.language == "en"
    assert str(label) == str(label).strip()
    assert re.fullmatch(r"[A-Z].{20,}\.", definition), "a definition is a sentence"
    assert set(GRAPH.objects(term, RDFS.isDefinedBy)) == {HEADER}


def test_labels_and_definitions_are_unique() -> None:
    for predicate in (RDFS.label, SKOS.definition):
        texts = [str(text) for term in OWN for text in GRAPH.objects(term, predicate)]
        assert len(texts) == len(set(texts))


@pytest.mark.parametrize("term", BORROWED, ids=str)
def test_a_borrowed_term_is_declared_and_nothing_is_added_to_it(term: URIRef) -> None:
    assert set(GRAPH.predicates(term)) == {RDF.type, RDFS.isDefinedBy}
    assert len(list(GRAPH.objects(term, RDF.type))) == 1


def test_every_predicate_and_class_used_is_declared() -> None:
    builtin = (str(OWL), str(RDF), str(RDFS))
    used = set(GRAPH.predicates()) | set(GRAPH.objects(None, RDF.type))
    used |= {term for axiom in LOGICAL for term in GRAPH.objects(None, axiom) if isinstance(term, URIRef)}
    used |= {term for chain in GRAPH.objects(None, OWL.propertyChainAxiom) for term in Collection(GRAPH, chain)}
    undeclared = {str(term) for term in used if not str(term).startswith((*builtin, str(XSD)))}
    assert undeclared - {str(term) for term in (*OWN, *BORROWED)} == set()


# Axioms


@pytest.mark.parametrize(("names", "parent"), [(THINGS, None), (CONCEPTS, SKOS.Concept)], ids=["things", "concepts"])
def test_classes_are_disjoint(names: set[str], parent: URIRef | None) -> None:
    members = {AIRMO[name] for name in names}
    disjoint = [set(Collection(GRAPH, node)) for node in GRAPH.objects(None, OWL.members)]
    assert members in disjoint
    if parent is not None:
        assert members == set(GRAPH.subjects(RDFS.subClassOf, parent))


def test_every_class_is_in_exactly_one_disjointness() -> None:
    classes = {term for term in OWN if (term, RDF.type, OWL.Class) in GRAPH}
    assert classes == {AIRMO[name] for name in THINGS | CONCEPTS}


@pytest.mark.parametrize(
    ("term", "chains"),
    [
        ("hasCategory", {"qualifiedClassification assignedCategory"}),
        ("inCategory", {"inCategory broader"}),
        ("appliesAtStage", {"qualifiedClassification assignedStage"}),
        ("responsibleActor", {"qualifiedClassification assignedActor"}),
        ("servesFunction", {"qualifiedClassification assignedFunction"}),
        ("mitigatesRisk", {"qualifiedMitigation linkedRisk"}),
        ("targetsRiskDomain", {"qualifiedClassification assignedRiskDomain", "mitigatesRisk inRiskDomain"}),
        ("addressesRiskDomain", {"addressesRiskDomain broader"}),
        ("describedIn", {"hasExtract extractedFrom"}),
    ],
)
def test_chains(term: str, chains: set[str]) -> None:
    lists = GRAPH.objects(AIRMO[term], OWL.propertyChainAxiom)
    assert {" ".join(str(step).rpartition("#")[2] for step in Collection(GRAPH, node)) for node in lists} == chains


@pytest.mark.parametrize(
    ("term", "predicate", "value"),
    [
        ("classifies", OWL.inverseOf, "qualifiedClassification"),
        ("isCategoryOf", OWL.inverseOf, "hasCategory"),
        ("isMitigatedBy", OWL.inverseOf, "mitigatesRisk"),
        ("hasChildMitigation", OWL.inverseOf, "hasParentMitigation"),
        ("hasDescendantMitigation", OWL.inverseOf, "hasAncestorMitigation"),
        ("hasCategory", RDFS.subPropertyOf, "inCategory"),
        ("targetsRiskDomain", RDFS.subPropertyOf, "addressesRiskDomain"),
        ("hasParentMitigation", RDFS.subPropertyOf, "hasAncestorMitigation"),
        ("hasChildMitigation", RDFS.subPropertyOf, "hasDescendantMitigation"),
    ],
)
def test_pairs(term: str, predicate: URIRef, value: str) -> None:
    assert set(GRAPH.objects(AIRMO[term], predicate)) == {AIRMO[value]}


def test_characteristics_are_only_these() -> None:
    """Functional, asymmetric or irreflexive on a property that a chain or transitivity implies would leave OWL 2 DL."""
    kinds = {kind for kind in GRAPH.objects(None, RDF.type) if str(kind).endswith("Property")} - set(KINDS)
    assert {(s, k) for k in kinds for s in GRAPH.subjects(RDF.type, k)} == {
        (AIRMO.classifies, OWL.FunctionalProperty),
        (AIRMO.hasAncestorMitigation, OWL.TransitiveProperty),
        (AIRMO.sameMeasureAs, OWL.SymmetricProperty),
    }


def test_ranges_of_data_properties_are_within_owl_rl() -> None:
    for term in GRAPH.subjects(RDF.type, OWL.DatatypeProperty):
        assert set(GRAPH.objects(term, RDFS.range)) <= RL_RANGES, term


def test_what_risks_share_with_mitigations_has_no_domain() -> None:
    for name in ("hasExtract", "describedIn", "nonValue", "rank", "doi", "attribution"):
        assert (AIRMO[name], RDFS.domain, None) not in GRAPH


# Deprecated terms


def test_three_terms_of_the_draft_are_deprecated() -> None:
    replaced = {
        (str(term).rpartition("#")[2], str(GRAPH.value(term, DCTERMS.isReplacedBy)).rpartition("#")[2]) for term in DEPRECATED
    }
    assert replaced == {("hasActor", "responsibleActor"), ("hasFunction", "servesFunction"), ("hasStage", "appliesAtStage")}


@pytest.mark.parametrize("term", DEPRECATED, ids=lambda term: term.removeprefix(AIRMO))
def test_a_deprecated_term_has_a_replacement_of_its_kind_and_no_axioms(term: URIRef) -> None:
    (replacement,) = GRAPH.objects(term, DCTERMS.isReplacedBy)
    assert replacement in CURRENT
    assert set(GRAPH.objects(replacement, RDF.type)) >= set(GRAPH.objects(term, RDF.type))
    assert not set(GRAPH.predicates(term)) & set(LOGICAL)
    assert set(GRAPH.subjects(None, term)) == set()


# The context


def test_the_context_has_no_remote_part() -> None:
    assert not {"@import", "@vocab", "@base"} & set(CONTEXT)
    assert all(isinstance(value, (str, dict)) for value in CONTEXT.values())


def test_prefixes_are_absolute_and_distinct() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)
    assert all(re.match(r"https?://", value) for value in PREFIXES.values())


@pytest.mark.parametrize("name", TERMS)
def test_a_term_of_the_context_is_one_of_the_ontology(name: str) -> None:
    assert target(name) in {*OWN, *BORROWED, *ELSEWHERE}


def test_every_own_term_is_in_the_context_once() -> None:
    targets = [target(name) for name in TERMS]
    assert len(targets) == len(set(targets))
    assert set(CURRENT) - set(targets) == set()
    assert set(DEPRECATED) & set(targets) == set(), "nothing new is to be written with a deprecated term"


@pytest.mark.parametrize("term", CURRENT, ids=lambda term: term.removeprefix(AIRMO))
def test_a_term_is_coerced_as_the_ontology_says(term: URIRef) -> None:
    (value,) = (value for name, value in TERMS.items() if target(name) == term)
    coercion = None if isinstance(value, str) else value["@type"]
    datatype = str(GRAPH.value(term, RDFS.range))
    if (term, RDF.type, OWL.ObjectProperty) in GRAPH:
        assert coercion == "@id"
    else:
        assert coercion == COERCED.get(datatype)


def test_both_parsers_understand_the_context() -> None:
    document = json.dumps(
        {
            "@context": CONTEXT,
            "@id": "id:d/1",
            "@type": "Mitigation",
            "label": "Red teaming",
            "hasCategory": ["mitv2:a.b", "mitv1:c"],
            "hasExtract": {"@id": "id:d/1/extract/x", "@type": "Extract", "extractText": "As it stands."},
            "causalEntity": "entity:human",
            "rank": "1",
        }
    )
    ours = Graph().parse(data=document, format="json-ld")
    triples = [quad.triple for quad in pyoxigraph.parse(input=document, format=pyoxigraph.RdfFormat.JSON_LD)]
    theirs = Graph().parse(data=pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES), format="nt")
    thing = URIRef("https://w3id.org/airmo/id/d/1")
    assert set(ours) == set(theirs)
    assert len(ours) == 9
    assert (thing, AIRMO.entity, URIRef("https://w3id.org/airmo/causal/entity/human")) in ours
    assert (thing, AIRMO.rank, Literal(1)) in ours
    assert (thing, RDFS.label, Literal("Red teaming", lang="en")) in ours


# The dataset's own description


def test_the_dataset_is_described() -> None:
    dcat = Namespace("http://www.w3.org/ns/dcat#")
    graph = Graph().parse(ONTOLOGY / "dataset.ttl")
    (dataset,) = graph.subjects(RDF.type, dcat.Dataset)
    for field in (DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS.publisher, dcat.keyword):
        assert (dataset, field, None) in graph
    assert (dataset, DCTERMS.conformsTo, HEADER) in graph
