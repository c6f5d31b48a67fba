"""The bundled example: what it holds, that each file has one mapping, and that its words are its own."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from mitigraph import gather
from mitigraph.finding import Finding
from mitigraph.fit import fit
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Count, KeyRegistry, Run
from mitigraph.terms import RDF, Triple, iri_text, literal_parts

AIRMO = "https://w3id.org/airmo#"
DCTERMS = "http://purl.org/dc/terms/"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
DESCRIPTION = f"<{DCTERMS}description>"
HOW = f"<{AIRMO}howItMitigates>"
OWN_WORDS = (DESCRIPTION, f"<{DCTERMS}abstract>", f"<{AIRMO}reasoning>", HOW, f"<{AIRMO}extractText>")
PUBLISHED = "<https://w3id.org/airmo/record-status/published>"
PRELIMINARY = "<https://w3id.org/airmo/record-status/preliminary>"
DATA_SUFFIXES = {".csv", ".json", ".md", ".ttl", ".txt", ".yaml", ".yml"}
RUN_LENGTH = 7

EXPECTED = {
    "harmlessness-training.txt": "navigator-page",
    "measures.csv": "entry",
    "preference-alignment.txt": "navigator-page",
    "recursive-reward-modelling.txt": "navigator-page",
    "risk-links.json": "example-measures",
    "shallow-alignment.yml": "entry",
}


@dataclass
class Example:
    """The example, mapped: the mappings each file fits, triples, findings and counts."""

    mappings: dict[str, set[str]]
    triples: set[Triple]
    findings: list[Finding]
    counts: list[Count]

    @cached_property
    def by_predicate(self) -> dict[str, list[tuple[str, str]]]:
        """Predicate → its pairs of subject and object."""
        pairs: dict[str, list[tuple[str, str]]] = {}
        for subject, predicate, object_ in sorted(self.triples):
            pairs.setdefault(predicate, []).append((subject, object_))
        return pairs

    def typed(self, name: str) -> set[str]:
        """The subjects of a class."""
        return {s for s, o in self.by_predicate[f"<{RDF}type>"] if o == f"<{AIRMO}{name}>"}

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """Subject and object of a property of the ontology."""
        return self.by_predicate.get(f"<{AIRMO}{name}>", [])


@pytest.fixture(scope="module")
def example(root: Path) -> Example:
    knowledge = Knowledge()
    files, findings = gather.find_files([str(root / "examples")])
    gathered = gather.gather(files, knowledge.mappings, knowledge.reader_options)
    result = Example({}, set(), [*findings, *gathered.findings], [])
    registry = KeyRegistry()
    for name, inputs in sorted(gathered.inputs.items()):
        for one in inputs:
            result.mappings.setdefault(one.file_name, set()).add(name)
        mapping = knowledge.mappings[name]
        beside = gather.bundled_inputs(mapping, knowledge.folder(mapping))
        run = Run(mapping, [*inputs, *beside], knowledge.lexicon, registry)
        result.triples.update(run.triples())
        result.findings += run.findings
        result.counts += run.counts
    return result


def test_every_file_fits_exactly_one_mapping(example: Example, root: Path) -> None:
    names = {file.name for file in (root / "examples").rglob("*") if file.is_file()} - {"README.md"}
    assert names == set(EXPECTED)
    assert example.mappings == {name: {mapping} for name, mapping in EXPECTED.items()}


def test_no_mapping_of_a_source_claims_the_plain_entries(root: Path) -> None:
    knowledge = Knowledge()
    sources = {name: mapping for name, mapping in knowledge.mappings.items() if name != gather.FALLBACK}
    files, _ = gather.find_files([str(root / "examples")])
    for file in files:
        if EXPECTED.get(file.name) == gather.FALLBACK:
            assert fit(sources, file.name, file.content, str(gather.format_of(file)), knowledge.reader_options) == {}


def test_nothing_is_found_amiss(example: Example) -> None:
    assert [str(finding) for finding in example.findings if finding.severity != "info"] == []


def test_every_record_is_mapped(example: Example) -> None:
    assert [count for count in example.counts if count.mapped != count.read or not count.read] == []


def test_it_holds_what_the_readme_says(example: Example) -> None:
    in_dataset = Counter(
        re.split("/", iri_text(one).removeprefix("https://w3id.org/airmo/id/"))[0] for one in example.typed("Mitigation")
    )
    assert in_dataset == {"entries": 32, "example-measures": 21, "navigator-pages": 21}
    assert len(example.typed("Risk")) == 12
    assert len(example.typed("MitigationLink")) == 41


def test_each_mitigation_has_a_title_of_its_own(example: Example) -> None:
    mitigations = example.typed("Mitigation")
    titles = Counter(o for s, o in example.by_predicate[LABEL] if s in mitigations)
    assert len(mitigations) >= 60
    assert len(titles) == len(mitigations) == titles.total()


def test_descriptions_are_unique(example: Example) -> None:
    things = example.typed("Mitigation") | example.typed("Risk")
    texts = Counter(o for s, o in example.by_predicate[DESCRIPTION] if s in things)
    assert [text for text, times in texts.items() if times > 1] == []


def test_each_link_says_how(example: Example) -> None:
    how = dict(example.by_predicate[HOW])
    assert set(how) == example.typed("MitigationLink")
    assert len(set(how.values())) == len(how)
    assert min(len(literal_parts(text).text) for text in how.values()) > 40


def test_every_risk_is_lowered_and_every_hand_written_measure_lowers_one(example: Example) -> None:
    links, linked = example.pairs("qualifiedMitigation"), dict(example.pairs("linkedRisk"))
    lowered = {(s, linked[o]) for s, o in links} | set(example.pairs("mitigatesRisk"))
    assert {risk for _, risk in lowered} == example.typed("Risk")
    by_hand = {one for one in example.typed("Mitigation") if "navigator-pages" not in one}
    assert by_hand == {measure for measure, _ in lowered}


def test_status_says_who_wrote(example: Example) -> None:
    status = dict(example.pairs("hasStatus"))
    expected = {one: PRELIMINARY if "navigator-pages" in one else PUBLISHED for one in example.typed("MitigationRecord")}
    assert status == expected


def test_hand_written_measures_give_a_reason_for_each_category(example: Example) -> None:
    reasons = {s for s, _ in example.pairs("reasoning")}
    by_hand = {s for s, _ in example.pairs("assignedCategory") if "navigator-pages" not in s}
    assert by_hand - reasons == set()


def test_parents_are_in_the_data(example: Example) -> None:
    parents = [pair for pair in example.pairs("hasParentMitigation") if "navigator-pages" not in pair[0]]
    assert len(parents) == 7
    assert {s for pair in parents for s in pair} <= example.typed("Mitigation")


def test_an_entry_may_cite_two_documents(example: Example) -> None:
    shallow = [o for s, o in example.pairs("describedIn") if s.endswith("/first-token-constraint>")]
    assert len(shallow) == 2


def test_quotations_are_of_nist_and_have_a_page(example: Example) -> None:
    quoted = {s: o for s, o in example.pairs("extractedFrom") if "navigator-pages" not in s}
    titles = dict(example.by_predicate[LABEL])
    assert len(quoted) >= 10
    assert all("NIST AI 600-1" in titles[document] for document in quoted.values())
    assert set(quoted) <= {s for s, _ in example.pairs("pageLabel")}


def test_documents_have_authors_and_a_year(example: Example) -> None:
    documents = example.typed("SourceDocument")
    assert documents == {s for s, _ in example.pairs("publicationYear")}
    assert documents == {s for s, _ in example.pairs("hasAuthorship")}


def test_each_author_is_one_of_the_file_in_its_place(example: Example, root: Path) -> None:
    with (root / "examples" / "measures.csv").open(encoding="utf-8", newline="") as lines:
        listed = {row["source_title"]: row["source_authors"].split("; ") for row in csv.DictReader(lines)}
    documents = json.loads((root / "examples" / "risk-links.json").read_bytes())["documents"]
    listed |= {document["title"]: document["authors"] for document in documents}
    titles = {s: literal_parts(o).text for s, o in example.by_predicate[LABEL]}
    names, ranks = dict(example.pairs("authorName")), dict(example.pairs("rank"))
    found: dict[str, dict[int, str]] = {}
    for document, author in example.pairs("hasAuthorship"):
        found.setdefault(titles[document], {})[int(literal_parts(ranks[author]).text)] = literal_parts(names[author]).text
    assert {title: list(enumerate(of, 1)) for title, of in listed.items()} == {t: sorted(found[t].items()) for t in listed}
    assert [of for title, of in found.items() if "NIST AI 600-1" in title] == [
        {1: "National Institute of Standards and Technology"}
    ]
    assert len(ranks) == len(example.typed("Authorship")) == sum(map(len, found.values()))


def test_one_measure_of_two_sources_was_reviewed(example: Example) -> None:
    ((one, other),) = example.pairs("sameMeasureAs")
    titles = dict(example.by_predicate[LABEL])
    assert [titles[one], titles[other]] == ['"Automated Attack Search"@en', '"LLMs as Red Teamers"@en']


def test_some_records_say_when_they_were_written_down(example: Example) -> None:
    when = example.by_predicate["<http://www.w3.org/ns/prov#generatedAtTime>"]
    assert {literal_parts(o).text for _, o in when} == {"2026-11-20T00:00:00Z"}
    assert {s for s, _ in when} <= example.typed("MitigationRecord")
    assert len(when) == 5 + 2 + 21


def test_words_are_our_own(example: Example, shared: Path) -> None:
    """Titles, names and NIST's quoted passages aside, no run of seven words is taken from the pages or data."""
    taken = _runs_of_files(shared)
    quoted = {s for s, _ in example.pairs("extractText") if "navigator-pages" not in s}
    copied = {
        (subject, " ".join(run))
        for predicate in OWN_WORDS
        for subject, text in example.by_predicate[predicate]
        if subject not in quoted
        for run in _runs(literal_parts(text).text)
        if run in taken
    }
    assert copied == set()


def _runs_of_files(shared: Path) -> set[tuple[str, ...]]:
    files = [*(shared / "seeds").glob("*.txt"), *(shared / "data").rglob("*")]
    return {run for file in files if file.suffix in DATA_SUFFIXES for run in _runs(file.read_text("utf-8", errors="replace"))}


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return zip(*(words[start:] for start in range(RUN_LENGTH)), strict=False)
