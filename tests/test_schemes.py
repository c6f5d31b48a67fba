"""The concept schemes: what each must hold by itself, and against the sources whose values it names."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from mitigraph.knowledge import Knowledge
from mitigraph.transforms import CellError

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "ontology" / "schemes"
AIRMO = "https://w3id.org/airmo#"
BASE = "https://w3id.org/airmo/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"

# short name: (file stem, path under the base, concept class, number of concepts, number of top concepts)
SCHEMES = {
    "mit-v1": ("mit-v1", "mitigation-categories/mit-v1", "MitigationCategory", 31, 5),
    "mit-v2": ("mit-v2", "mitigation-categories/mit-v2", "MitigationCategory", 50, 4),
    "actor-roles": ("actor-roles", "actor-roles", "ActorRole", 6, 6),
    "lifecycle-stages": ("lifecycle-stages", "lifecycle-stages", "LifecycleStage", 6, 6),
    "functions": ("functions", "functions", "RiskManagementFunction", 4, 4),
    "risk-domains": ("risk-domains", "risk-domains", "RiskDomain", 31, 7),
    "causal-entity": ("causal", "causal/entity", "CausalFactor", 3, 3),
    "causal-intent": ("causal", "causal/intent", "CausalFactor", 3, 3),
    "causal-timing": ("causal", "causal/timing", "CausalFactor", 3, 3),
    "record-status": ("record-status", "record-status", "RecordStatus", 4, 4),
    "nist-actor-tasks": ("nist-actor-tasks", "nist-actor-tasks", "ActorTask", 13, 13),
    "nist-topics": ("nist-topics", "nist-topics", "Topic", 45, 45),
    "atlas-categories": ("atlas-categories", "mitigation-categories/atlas", "MitigationCategory", 3, 3),
    "atlas-lifecycle": ("atlas-lifecycle", "atlas-lifecycle", "LifecycleStage", 6, 6),
}
CODED = {"mit-v1", "mit-v2", "functions", "risk-domains", "causal-entity", "causal-intent", "causal-timing"}
FACETS = {"lifecycle": "lifecycle-stages", "actor": "actor-roles", "function": "functions"}
RANKED = {"lifecycle-stages", "atlas-lifecycle"}

Values = dict[str, list[NamedNode | Literal]]
every_scheme = pytest.mark.parametrize("name", SCHEMES)


@cache
def graph(stem: str) -> dict[str, Values]:
    """Subject IRI → predicate IRI → objects of one scheme file."""
    found: dict[str, Values] = defaultdict(lambda: defaultdict(list))
    for quad in parse(path=FOLDER / f"{stem}.ttl", format=RdfFormat.TURTLE):
        assert isinstance(quad.subject, NamedNode) and not isinstance(quad.object, BlankNode), f"blank node in {stem}.ttl"
        assert isinstance(quad.object, NamedNode | Literal)
        found[quad.subject.value][quad.predicate.value].append(quad.object)
    return found


def scheme_iri(name: str) -> str:
    return BASE + SCHEMES[name][1]


def scheme(name: str) -> Values:
    return graph(SCHEMES[name][0])[scheme_iri(name)]


@cache
def concepts(name: str) -> dict[str, Values]:
    inside = NamedNode(scheme_iri(name))
    return {s: values for s, values in graph(SCHEMES[name][0]).items() if inside in values[SKOS + "inScheme"]}


def texts(values: Iterable[NamedNode | Literal]) -> list[str]:
    return [value.value for value in values]


def one(values: Iterable[NamedNode | Literal]) -> str:
    (value,) = values
    return value.value


def are_literals(values: Iterable[NamedNode | Literal], datatype: str) -> bool:
    return all(isinstance(value, Literal) and value.datatype.value == XSD + datatype for value in values)


def label(concept: Values) -> str:
    return one(concept[SKOS + "prefLabel"])


def parent(concept: Values) -> str | None:
    return next(iter(texts(concept[SKOS + "broader"])), None)


def names(name: str) -> set[str]:
    """Every label by which a cell can name a concept of the scheme."""
    kinds = ("prefLabel", "altLabel", "hiddenLabel")
    return {text for concept in concepts(name).values() for kind in kinds for text in texts(concept[SKOS + kind])}


def codes(name: str) -> dict[str, str]:
    return {one(concept[SKOS + "notation"]): label(concept) for concept in concepts(name).values()}


def non_values(name: str) -> set[str]:
    return set(texts(scheme(name)[AIRMO + "nonValueLabel"]))


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


# ---- each scheme by itself


def test_every_file_belongs_to_the_table() -> None:
    assert {path.stem for path in FOLDER.glob("*.ttl")} == {row[0] for row in SCHEMES.values()}
    for stem in {row[0] for row in SCHEMES.values()}:
        here = [name for name, row in SCHEMES.items() if row[0] == stem]
        expected = {scheme_iri(name) for name in here}.union(*(concepts(name) for name in here))
        assert set(graph(stem)) == expected, f"{stem}.ttl describes something else besides"


@every_scheme
def test_scheme_header(name: str) -> None:
    head = scheme(name)
    assert texts(head[TYPE]) == [SKOS + "ConceptScheme"]
    assert one(head[DCTERMS + "identifier"]) == name
    assert one(head[DCTERMS + "license"]) == CC_BY
    assert re.fullmatch(r"\d+\.\d+\.\d+", one(head[OWL + "versionInfo"]))
    for term in (DCTERMS + "title", DCTERMS + "description", RDFS + "label"):
        (value,) = head[term]
        assert isinstance(value, Literal) and value.language == "en"
    assert head[DCTERMS + "source"]
    assert all(isinstance(value, NamedNode) for value in head[DCTERMS + "source"])
    assert are_literals(head[AIRMO + "nonValueLabel"], "string")


@every_scheme
def test_counts(name: str) -> None:
    *_, kind, number, tops = SCHEMES[name]
    assert len(concepts(name)) == number
    assert len(scheme(name)[SKOS + "hasTopConcept"]) == tops
    for concept in concepts(name).values():
        assert sorted(texts(concept[TYPE])) == sorted([SKOS + "Concept", AIRMO + kind])


@every_scheme
def test_concept_has_what_it_needs(name: str) -> None:
    for iri, concept in concepts(name).items():
        for term in ("prefLabel", "definition"):
            (value,) = concept[SKOS + term]
            assert isinstance(value, Literal) and value.language == "en" and value.value == value.value.strip() != "", iri
        assert one(concept[RDFS + "isDefinedBy"]) == scheme_iri(name)
        assert one(concept[SKOS + "inScheme"]) == scheme_iri(name)
        assert concept[DCTERMS + "source"], iri
        assert all(isinstance(value, NamedNode) for value in concept[DCTERMS + "source"])


@every_scheme
def test_both_directions_are_asserted(name: str) -> None:
    found = concepts(name)
    tops = set(texts(scheme(name)[SKOS + "hasTopConcept"]))
    assert tops == {iri for iri, concept in found.items() if concept[SKOS + "topConceptOf"]}
    for iri, concept in found.items():
        above = texts(concept[SKOS + "broader"])
        assert len(above) + len(concept[SKOS + "topConceptOf"]) == 1, iri
        assert all(value == scheme_iri(name) for value in texts(concept[SKOS + "topConceptOf"]))
        assert all(iri in texts(found[value][SKOS + "narrower"]) for value in above)
        assert all(parent(found[value]) == iri for value in texts(concept[SKOS + "narrower"]))


@every_scheme
def test_slug_is_the_path_of_labels(name: str) -> None:
    for iri, concept in concepts(name).items():
        above = parent(concept)
        start = scheme_iri(name) + "/" if above is None else above + "."
        assert iri == start + slug(label(concept))


@every_scheme
def test_labels_are_unique_among_siblings(name: str) -> None:
    seen = Counter((parent(concept), label(concept).casefold()) for concept in concepts(name).values())
    assert max(seen.values()) == 1, seen.most_common(1)


@every_scheme
def test_a_name_means_one_concept(name: str) -> None:
    """Variants clash with no other concept and no non-value; none repeats a label of its own concept (SKOS S13)."""
    owners: dict[str, set[str]] = defaultdict(set)
    for iri, concept in concepts(name).items():
        labels = [text for kind in ("prefLabel", "altLabel", "hiddenLabel") for text in texts(concept[SKOS + kind])]
        assert len(labels) == len(set(labels)), iri
        for text in labels:
            owners[text].add(iri)
    several = {text for text, iris in owners.items() if len(iris) > 1}
    assert several <= ({"Other"} if name == "mit-v2" else set())
    assert not non_values(name) & set(owners)


@every_scheme
def test_notations_are_plain_and_unique(name: str) -> None:
    notations = [value for concept in concepts(name).values() for value in concept[SKOS + "notation"]]
    assert are_literals(notations, "string")
    assert len({value.value for value in notations}) == len(notations)
    assert len(notations) == len(concepts(name))


@every_scheme
def test_a_concept_without_a_code_has_its_slug_for_one(name: str) -> None:
    for iri, concept in concepts(name).items():
        own = iri.removeprefix(scheme_iri(name) + "/")
        assert (one(concept[SKOS + "notation"]) == own) != (name in CODED), iri


@every_scheme
def test_every_way_to_name_a_concept_leads_to_it_and_no_other(name: str) -> None:
    schemes = Knowledge().lexicon.schemes
    for iri, concept in concepts(name).items():
        ways = [one(concept[SKOS + "notation"]), iri]
        # Several concepts of mit-v2 are called that, and one has it as its slug too.
        ways += [] if label(concept) == "Other" else [iri.removeprefix(scheme_iri(name) + "/"), label(concept)]
        for way in [*ways, f"{name}:{ways[0]}", *(way.upper() for way in ways[:1])]:
            found = schemes.find(way, [name])
            assert found is not None and found.iri == iri, way


def test_suggestions_name_labels_and_real_codes_only() -> None:
    schemes = Knowledge().lexicon.schemes
    for text, suggestion in {"Develper": "Developer", "develper": "Developer"}.items():
        with pytest.raises(CellError) as refused:
            schemes.find(text, ["actor-roles"])
        assert refused.value.suggestion == suggestion
    assert schemes.schemes["functions"].words()[:2] == ["Govern", "GV"]
    assert schemes.schemes["actor-roles"].words()[:2] == ["Affected Stakeholder", "Deployer"]


@every_scheme
def test_code_and_parent_agree(name: str) -> None:
    for concept in concepts(name).values():
        above = parent(concept)
        if above is not None:
            assert one(concept[SKOS + "notation"]).rpartition(".")[0] == one(concepts(name)[above][SKOS + "notation"])


@every_scheme
def test_stages_are_ranked_and_nothing_else(name: str) -> None:
    ranks = [value for concept in concepts(name).values() for value in concept[AIRMO + "rank"]]
    expected = range(1, SCHEMES[name][3] + 1) if name in RANKED else range(0)
    assert sorted(int(value.value) for value in ranks) == list(expected)
    assert are_literals(ranks, "integer")


def test_definitions_are_unique() -> None:
    seen = Counter(one(c[SKOS + "definition"]).casefold() for name in SCHEMES for c in concepts(name).values())
    assert max(seen.values()) == 1, seen.most_common(1)


def test_levels_of_the_large_schemes() -> None:
    v1 = Counter("catch-all" if "X" in code else "sub" if "." in code else "top" for code in codes("mit-v1"))
    assert v1 == {"top": 4, "sub": 23, "catch-all": 4}
    assert Counter("." in code for code in codes("risk-domains")) == {False: 7, True: 24}
    assert codes("risk-domains")["7.6"] == "Multi-agent risks"


def test_a_reconstruction_says_so() -> None:
    notes = texts(scheme("mit-v2")[RDFS + "comment"] + scheme("mit-v2")[SKOS + "note"])
    assert notes
    assert all("reconstructed, unofficial" in note.casefold() for note in notes)


# ---- against the sources


def test_mit_v1_holds_taxonomy_and_table(shared: Path) -> None:
    folder = shared / "data" / "mit-mitigations-v1"
    (path,) = folder.glob("mitigation-taxonomy-*.json")
    categories = json.loads(path.read_text(encoding="utf-8"))["categories"]
    expected = {entry["code"]: entry["name"] for top in categories for entry in [top, *top["subcategories"]]}
    cells = {row["MitigationCode"] for row in table(folder / "mitigation-database-2025-07-23.csv")}
    expected.update((code, text) for code, text in (cell.split(" ", 1) for cell in cells))
    assert codes("mit-v1") == expected


def test_mit_v2_holds_the_labels_that_are_known(shared: Path) -> None:
    rows = table(shared / "data" / "taxonomies" / "taxonomy_v2_reconstructed.csv")
    assert codes("mit-v2") == {row["code"]: row["label"] for row in rows if row["label_status"] != "unknown"}
    parents = {row["code"]: row["parent"] for row in rows}
    by_code = {one(concept[SKOS + "notation"]): concept for concept in concepts("mit-v2").values()}
    for code, concept in by_code.items():
        above = parent(concept)
        assert (one(concepts("mit-v2")[above][SKOS + "notation"]) if above else "") == parents[code]
    labelled = [row for row in rows if row["code"] in by_code]
    doubtful = [row for row in labelled if row["label_status"] == "inferred" or row["definition_status"] == "not-seen"]
    assert not [row["code"] for row in doubtful if not by_code[row["code"]][SKOS + "editorialNote"]]


@pytest.mark.parametrize(("facet", "name"), FACETS.items())
def test_facets(shared: Path, facet: str, name: str) -> None:
    rows = [row for row in table(shared / "data" / "taxonomies" / "facets_v2.csv") if row["facet"] == facet]
    absent = {row["label"] for row in rows if re.match(r"Other \(|Unable to classify", row["label"])}
    assert non_values(name) == absent
    by_label = {label(concept): concept for concept in concepts(name).values()}
    assert set(by_label) == {row["label"] for row in rows} - absent
    for row in rows:
        if row["label_status"] == "inferred":
            assert "inferred" in one(by_label[row["label"]][SKOS + "editorialNote"])


@pytest.fixture(scope="module")
def risks(shared: Path) -> list[dict[str, str]]:
    return table(shared / "data" / "mit-risks" / "risks.csv")


def test_every_domain_of_the_risk_table_resolves(risks: list[dict[str, str]]) -> None:
    known = names("risk-domains")
    for cell in {row["Domain"] for row in risks} - {""}:
        code, text = cell.split(". ", 1)
        assert codes("risk-domains")[code] == text
    for cell in {row["Sub-domain"] for row in risks} - {""} - non_values("risk-domains"):
        code, text = cell.split(" > ", 1)
        assert text in known
        assert code in known or codes("risk-domains")[code] == text


@pytest.mark.parametrize("column", ["Entity", "Intent", "Timing"])
def test_every_causal_value_of_the_risk_table_resolves(risks: list[dict[str, str]], column: str) -> None:
    name = f"causal-{column.lower()}"
    cells = {row[column] for row in risks} - {""}
    assert cells - names(name) == cells & non_values(name) == {"4 - Not coded"}
    assert {f"{code} - {text}" for code, text in codes(name).items()} == cells - {"4 - Not coded"}


def test_every_actor_task_resolves(shared: Path) -> None:
    rows = table(shared / "data" / "nist-genai-actions" / "actions_extracted_from_nist.csv")
    cells = {cell.strip() for row in rows for cell in row["AI Actor Tasks"].split(",")}
    playbook = entries(shared)
    listed = {actor for entry in playbook for actor in entry["AI Actors"]}
    assert (cells | listed) - names("nist-actor-tasks") == non_values("nist-actor-tasks") == {"Fairness and Bias"}
    slips = [entry for entry in playbook if "Fairness and Bias" in entry["AI Actors"]]
    assert [entry["title"] for entry in slips] == ["GOVERN 4.3"]
    assert "Fairness and Bias" in slips[0]["Topic"], "no slip after all: the topic would be lost"


def test_every_topic_and_function_resolves(shared: Path) -> None:
    playbook = entries(shared)
    topics = {topic for entry in playbook for topic in entry["Topic"]}
    assert names("nist-topics") - topics == {"Test, evaluation, verification, and validation"}
    assert topics <= names("nist-topics")
    assert {entry["type"] for entry in playbook} | {entry["title"].split()[0] for entry in playbook} == names("functions")
    actions = table(shared / "data" / "nist-genai-actions" / "actions_extracted_from_nist.csv")
    assert {row["NIST Action ID"].split("-")[0] for row in actions} == set(codes("functions"))


def entries(shared: Path) -> list[dict[str, Any]]:
    path = shared / "data" / "nist-ai-rmf" / "nist_ai_rmf_playbook.json"
    return list(json.loads(path.read_text(encoding="utf-8")))


def test_every_atlas_value_resolves(shared: Path) -> None:
    text = (shared / "data" / "mitre-atlas" / "ATLAS.yaml").read_text(encoding="utf-8")
    mitigations = [entry for matrix in yaml.load(text, yaml.CSafeLoader)["matrices"] for entry in matrix["mitigations"]]
    assert {value for entry in mitigations for value in entry["category"]} == names("atlas-categories")
    stages = [(entry["id"], value) for entry in mitigations for value in entry["ml-lifecycle"]]
    assert {value for _, value in stages if isinstance(value, str)} == names("atlas-lifecycle")
    assert [key for key, value in stages if not isinstance(value, str)] == ["AML.M0018", "AML.M0034"]
    assert not [iri for iri in concepts("atlas-lifecycle") if "aml" in iri.rpartition("/")[2]]


# ---- whose words


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def runs(text: str, length: int) -> set[str]:
    found = words(text)
    return {" ".join(found[at : at + length]) for at in range(len(found) - length + 1)}


def test_no_definition_is_taken_from_a_source(shared: Path) -> None:
    """No seven words in a row, nor a whole short definition, stand in any source."""
    kinds = {".csv", ".json", ".yaml", ".txt"}
    files = [path for folder in ("data", "seeds") for path in (shared / folder).rglob("*") if path.suffix in kinds]
    sources = [" ".join(words(path.read_text(encoding="utf-8-sig", errors="replace"))) for path in files]
    taken: set[str] = set().union(*(runs(source, 7) for source in sources))
    for name in SCHEMES:
        for iri, concept in concepts(name).items():
            definition = one(concept[SKOS + "definition"])
            assert not (found := sorted(runs(definition, 7) & taken)), f"{iri}: {found}"
            whole = " ".join(words(definition))
            assert not any(whole in source for source in sources), iri
