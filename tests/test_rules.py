"""The rules of ontology/rules entail what OWL 2 RL entails from the axioms of airmo.ttl, and nothing else.

The oracle is owlrl's OWL-RL closure of airmo.ttl and the sample. Of it, those triples count whose subject is a thing
of the sample and whose predicate is a term of AIRMO, SKOS or PROV-O, or rdf:type with a class of those. Set aside is
what the closure says besides: reflexive owl:sameAs, owl:Thing, types of literals, and triples about the terms.
Types by domain or range are not set aside: the sample types everything, so that there are none. (The rules would not
give them; superclasses.rq says why.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import owlrl
import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigraph.errors import EngineError, InputError
from mitigraph.infer import Rule, derive, infer, load_rules
from mitigraph.terms import Triple

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "tests" / "rules" / "sample.ttl"
RULES = load_rules(ROOT / "ontology" / "rules")
PREFIXES: dict[str, str] = {
    name: value
    for name, value in json.loads((ROOT / "ontology" / "context.jsonld").read_bytes())["@context"].items()
    if isinstance(value, str) and value.endswith(("#", "/"))
}
AIRMO, SKOS, PROV, RDF = (PREFIXES[name] for name in ("airmo", "skos", "prov", "rdf"))
EX = "https://example.org/"
TYPE = f"<{RDF}type>"
VOCABULARIES = tuple(f"<{namespace}" for namespace in (AIRMO, SKOS, PROV))


def read(path: Path) -> set[Triple]:
    return {(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in pyoxigraph.parse(path=path)}


def owl_rl(triples: Iterable[Triple]) -> set[Triple]:
    """The OWL 2 RL closure, restricted as the head of this file says; literals entail nothing here and are left out."""
    graph = rdflib.Graph()
    lines = "\n".join(f"{' '.join(triple)} ." for triple in triples if not triple[2].startswith('"'))
    graph.parse(data=lines, format="nt")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    closure = {(f"<{subject}>", f"<{predicate}>", f"<{object_}>") for subject, predicate, object_ in graph}
    return {triple for triple in closure if triple[0].startswith(f"<{EX}") and _term(triple).startswith(VOCABULARIES)}


def _term(triple: Triple) -> str:
    return triple[2] if triple[1] == TYPE else triple[1]


@pytest.fixture(scope="module")
def sample() -> set[Triple]:
    return read(SAMPLE)


def test_the_rules_give_what_owl_rl_gives(sample: set[Triple]) -> None:
    expected = owl_rl(read(ROOT / "ontology" / "airmo.ttl") | sample) - sample
    found = infer(sample, RULES, PREFIXES)
    assert sorted(found - expected) == []
    assert sorted(expected - found) == []


def test_every_rule_gives_something(sample: set[Triple]) -> None:
    assert set(derive(sample, RULES, PREFIXES).values()) == {rule.name for rule in RULES}


def test_the_sample_exercises_every_axiom(sample: set[Triple]) -> None:
    """A new chain, inverse, super-property or superclass fails here until the sample (and so the oracle) knows it."""
    axioms = ("propertyChainAxiom", "inverseOf", "subPropertyOf", "subClassOf")
    told = {
        subject
        for subject, predicate, _ in read(ROOT / "ontology" / "airmo.ttl")
        if predicate.rstrip(">").endswith(axioms) and subject.startswith(f"<{AIRMO}")
    }
    graph = sample | infer(sample, RULES, PREFIXES)
    seen = {predicate for _, predicate, _ in graph} | {object_ for _, _, object_ in graph}
    assert told - seen == set()


def test_inference_adds_only_what_is_new_and_is_idempotent(sample: set[Triple]) -> None:
    found = infer(sample, RULES, PREFIXES)
    assert not found & sample
    assert infer(sample | found, RULES, PREFIXES) == set()
    assert all(term.startswith("<") for triple in found for term in triple)


def test_the_ontology_may_stand_among_the_data(sample: set[Triple]) -> None:
    ontology = read(ROOT / "ontology" / "airmo.ttl")
    assert infer(sample | ontology, RULES, PREFIXES) == infer(sample, RULES, PREFIXES)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_ancestors_are_the_transitive_closure_of_parents_cycles_included(edges: set[tuple[int, int]]) -> None:
    closure = set(edges)
    while more := {(a, d) for a, b in closure for c, d in closure if b == c} - closure:
        closure |= more
    parents = {(f"<{EX}{a}>", f"<{AIRMO}hasParentMitigation>", f"<{EX}{b}>") for a, b in edges}
    found = infer(parents, RULES, PREFIXES)
    assert {t for t in found if t[1] == f"<{AIRMO}hasAncestorMitigation>"} == {
        (f"<{EX}{a}>", f"<{AIRMO}hasAncestorMitigation>", f"<{EX}{b}>") for a, b in closure
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_literal_where_an_iri_belongs_is_never_passed_on(rule: Rule) -> None:
    properties = re.findall(r"airmo:(\w+)", rule.text)
    data = {(f"<{EX}s>", f"<{AIRMO}{name}>", '"text"') for name in properties}
    assert infer(data, [rule], PREFIXES) == set()


def test_blank_nodes_keep_their_labels() -> None:
    data = {("_:m", f"<{AIRMO}hasExtract>", "_:x"), ("_:x", f"<{AIRMO}extractedFrom>", f"<{EX}d>")}
    assert ("_:m", f"<{AIRMO}describedIn>", f"<{EX}d>") in infer(data, RULES, PREFIXES)


def test_each_rule_says_what_it_infers_and_which_axiom_it_realises() -> None:
    for rule in RULES:
        inferred, _, axiom = rule.description.partition("\n\n")
        assert inferred.endswith("."), rule.name
        assert "airmo" in axiom, rule.name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "no comment"),
        ("# Head.\nSELECT * WHERE { ?s ?p ?o }", r"bad.rq:2: a rule is one CONSTRUCT"),
        ("# Head.\nCONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://localhost/> { ?s ?p ?o } }", "SERVICE is refused"),
        ("# Head.\nCONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }", r"\[ is refused"),
        ("# Head.\nCONSTRUCT { ?s ?p _:b } WHERE { ?s ?p ?o }", "_: is refused"),
    ],
)
def test_a_faulty_rule_file_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "bad.rq").write_text(text)
    with pytest.raises(InputError, match=message):
        load_rules(tmp_path)


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rules"):
        load_rules(tmp_path)


def test_faults_met_while_running_name_the_rule_or_the_data() -> None:
    data = [(f"<{EX}s>", f"<{EX}p>", f"<{EX}o>")]
    with pytest.raises(InputError, match=r"odd\.rq"):
        infer(data, [Rule("odd", "Odd.", "CONSTRUCT { ?s ?p } WHERE { ?s ?p ?o }")], PREFIXES)
    with pytest.raises(InputError, match=r"odd\.rq"):
        infer(data, [Rule("odd", "Odd.", "ASK { ?s ?p ?o }")], PREFIXES)
    with pytest.raises(InputError, match="not N-Triples"):
        infer([("no term", "at", "all")], RULES, PREFIXES)
    loop = "CONSTRUCT { ?s ?p ?next } WHERE { ?s ?p ?o BIND(IRI(CONCAT(STR(?o), 'o')) AS ?next) }"
    with pytest.raises(EngineError, match=r"loop\.rq"):
        infer(data, [Rule("loop", "Loop.", loop)], PREFIXES)
