"""The mappings of real sources: the sources themselves, counted and looked at, and small cases of our own with every triple.

The sources lie beside the checkout (``../shared``); without them those tests are skipped. A case is a folder
``tests/mappings/<mapping>/`` with source files, ``expected.nt`` and ``findings.txt``; ``MITIGRAPH_ACCEPT=1`` writes the two anew.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

from mitigraph import assets, read
from mitigraph.errors import InputError
from mitigraph.finding import Finding
from mitigraph.knowledge import BASE, Knowledge
from mitigraph.mapping import Count, Input, Mapping, Run, fitting, load_mapping
from mitigraph.terms import RDF, RDFS, SKOS, XSD, Triple, literal

AIRMO = "https://w3id.org/airmo#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
DOMAINS = "https://w3id.org/airmo/risk-domains/"
V1 = "https://w3id.org/airmo/mitigation-categories/mit-v1/"
V2 = "https://w3id.org/airmo/mitigation-categories/mit-v2/"
LABEL = f"{RDFS}label"
CASES = Path(__file__).resolve().parent / "mappings"
SOURCES = {
    "mit-mitigations-v1": "data/mit-mitigations-v1",
    "mit-risks": "data/mit-risks",
    "mitre-atlas": "data/mitre-atlas",
    "navigator-page": "seeds",
    "nist-ai-rmf": "data/nist-ai-rmf",
    "nist-genai-actions": "data/nist-genai-actions",
}
CASE_NAMES = [*SOURCES, "entry"]
DATASETS = {
    "mit-mitigations-v1": ("mit-mitigations-v1", "2025-07-23"),
    "mit-risks": ("mit-risks-pre-v3", "pre-v3"),
    "mitre-atlas": ("mitre-atlas-5.6.0", "5.6.0"),
    "navigator-page": ("navigator-pages", None),
    "nist-ai-rmf": ("nist-ai-rmf-2023", "2023"),
    "nist-genai-actions": ("nist-genai-actions-2024", "2024"),
}
"""The dataset of each source, edition included, and the version that it states."""
MITIGATIONS = {
    "mit-mitigations-v1": 831,
    "mit-risks": 0,
    "mitre-atlas": 35,
    "navigator-page": 21,
    "nist-ai-rmf": 72,
    "nist-genai-actions": 212,
}


@dataclass(frozen=True, eq=False)
class Mapped:
    """What came of a mapping over some files; ``unreadable`` names those that a reader refused whole."""

    triples: frozenset[Triple]
    run: Run
    unreadable: frozenset[str]

    @property
    def counts(self) -> Sequence[Count]:
        return self.run.counts

    @property
    def findings(self) -> Sequence[Finding]:
        return self.run.findings

    @cached_property
    def objects(self) -> dict[tuple[str, str], set[str]]:
        """Objects by subject and predicate."""
        found: dict[tuple[str, str], set[str]] = {}
        for s, p, o in self.triples:
            found.setdefault((s, p), set()).add(short(o))
        return found

    def of_class(self, name: str) -> set[str]:
        """Short names of everything of an AIRMO class."""
        return {short(s) for s, p, o in self.triples if p == f"<{RDF}type>" and o == f"<{AIRMO}{name}>"}

    def values(self, subject: str, predicate: str) -> set[str]:
        """Objects of an individual's property: an AIRMO one by its local name, any other by its IRI."""
        iri = predicate if ":" in predicate else AIRMO + predicate
        return self.objects.get((f"<{BASE}{subject}>", f"<{iri}>"), set())

    def pairs(self, predicate: str) -> set[tuple[str, str]]:
        """Subjects and objects of an AIRMO property."""
        return {(short(s), short(o)) for s, p, o in self.triples if p == f"<{AIRMO}{predicate}>"}

    def found(self) -> Counter[tuple[str, str]]:
        """How many findings there are of each severity and code; remarks on unused columns left out."""
        return Counter((f.severity, f.code) for f in self.findings if f.code != "unused-column")

    def only(self, code: str) -> Finding:
        """The one finding of a code."""
        (finding,) = (f for f in self.findings if f.code == code)
        return finding

    def count(self, source: str) -> tuple[int, int, int, int]:
        """Records read, mapped, rejected and repeated, over all files of a source."""
        rows = [(c.read, c.mapped, c.rejected, c.repeated) for c in self.counts if c.source == source]
        read_, mapped_, rejected, repeated = (sum(column) for column in zip(*rows, strict=True))
        return read_, mapped_, rejected, repeated


def short(term: str) -> str:
    """An individual's name after the base; another IRI without its brackets; a literal as it is."""
    return term[1:-1].removeprefix(BASE) if term.startswith("<") else term


@cache
def knowledge() -> Knowledge:
    return Knowledge()


@cache
def mapping_of(name: str) -> Mapping:
    file = assets.path("mappings", f"{name}.yml")
    return load_mapping(file.read_bytes(), file.name, knowledge().lexicon)


@cache
def mapped(name: str, *files: Path) -> Mapped:
    """Files through one of the project's mappings; each is read as every logical source that it fits."""
    mapping = mapping_of(name)
    inputs, unreadable = inputs_of(mapping, files)
    run = Run(mapping, inputs, knowledge().lexicon)
    triples = frozenset(run.triples())
    return Mapped(triples, run, frozenset(unreadable))


def inputs_of(mapping: Mapping, files: Iterable[Path]) -> tuple[list[Input], list[str]]:
    """What a mapping takes of the files, tables that lie beside it included; and the names of files that no reader takes."""
    inputs, unreadable = [], []
    for source in mapping.sources:
        for file in [assets.path("mappings", source.access)] if source.bundled else files:
            wanted = source.bundled or source.matches(file.name)
            if not wanted or read.format_of(file.name) != source.format:
                continue
            content = read.Content.of_file(file)
            options = {**knowledge().reader_options, **source.options}
            try:
                records = read.open_source(content, file.name, source.format, options)
            except InputError:
                unreadable.append(file.name)
                continue
            if source.bundled or source in fitting(mapping, file.name, records):
                inputs.append(Input(source, records, file.name, content.sha256))
    return inputs, unreadable


def real(shared: Path, name: str) -> Mapped:
    """A whole real source through its mapping."""
    return mapped(name, *sorted(file for file in (shared / SOURCES[name]).iterdir() if file.is_file()))


def everything(shared: Path) -> list[Path]:
    """Every file beside the sources, documentation and vocabularies included."""
    return sorted(file for part in ("data", "seeds") for file in (shared / part).rglob("*") if file.is_file())


# -- all sources ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_is_lost(shared: Path, name: str) -> None:
    for count in real(shared, name).counts:
        assert count.read == count.mapped + count.rejected + count.repeated, count
        assert count.rejected == 0, count


def test_there_are_1171_mitigations(shared: Path) -> None:
    found = {name: real(shared, name).of_class("Mitigation") for name in SOURCES}
    assert {name: len(mitigations) for name, mitigations in found.items()} == MITIGATIONS
    assert len(set().union(*found.values())) == 1171


@pytest.mark.parametrize("name", SOURCES)
def test_every_mitigation_has_one_record(shared: Path, name: str) -> None:
    result = real(shared, name)
    assert Counter(mitigation for _, mitigation in result.pairs("recordOf")) == Counter(result.of_class("Mitigation"))
    assert len(result.of_class("MitigationRecord")) == MITIGATIONS[name]


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_pointed_to_is_there(shared: Path, name: str) -> None:
    result = real(shared, name)
    subjects = {s for s, _, _ in result.triples}
    lost = {(s, p, o) for s, p, o in result.triples if o.startswith(f"<{BASE}") and o not in subjects}
    assert not lost


@pytest.mark.parametrize("name", SOURCES)
def test_the_dataset_says_whose_it_is(shared: Path, name: str) -> None:
    result = real(shared, name)
    dataset, version = DATASETS[name]
    assert dataset in result.of_class("SourceDataset")
    assert version is None or result.values(dataset, "datasetVersion") == {literal(version)}
    assert result.values(dataset, "attribution")
    licensed = result.values(dataset, f"{DCTERMS}license")
    assert len(licensed) == (0 if name == "navigator-page" else 1)
    assert result.values(f"{dataset}/mapping", f"{PROV}used") == {dataset}
    assert result.values(f"{dataset}/mapping", "mappingFile") == {f'"{name}.yml"'}


@pytest.mark.parametrize("name", SOURCES)
def test_every_id_of_a_source_has_its_edition(shared: Path, name: str) -> None:
    dataset, _ = DATASETS[name]
    shared_ids = ("agent/", "document/", "nist-ai-600-1")
    own = {short(s) for s, _, _ in real(shared, name).triples if not short(s).startswith(shared_ids)}
    assert own
    assert {one.partition("/")[0] for one in own} == {dataset}


@pytest.mark.parametrize("name", SOURCES)
def test_the_mapping_was_made_with_a_tool(shared: Path, name: str) -> None:
    result = real(shared, name)
    assert result.values(f"{DATASETS[name][0]}/mapping", f"{PROV}wasAssociatedWith") == {"agent/mitigraph"}
    assert result.values("agent/mitigraph", LABEL) == {'"mitigraph"@en'}


@pytest.mark.parametrize("name", SOURCES)
def test_files_are_named_with_their_digests(shared: Path, name: str) -> None:
    result = real(shared, name)
    for file in {count.file for count in result.counts}:
        path = shared / SOURCES[name] / file
        path = path if path.is_file() else assets.path("mappings", file)
        (node,) = (node for node in result.of_class("SourceFile") if node.endswith(f"/{file}"))
        assert result.values(node, "sha256") == {literal(hashlib.sha256(path.read_bytes()).hexdigest())}


def test_each_file_fits_its_own_mapping_and_no_other(shared: Path) -> None:
    fits = {
        file: sorted(name for name in CASE_NAMES if any(not i.source.bundled for i in inputs_of(mapping_of(name), [file])[0]))
        for file in everything(shared)
    }
    names = {file.name: found for file, found in fits.items() if found}
    assert names == {
        "000_6515abfbafdea9df.txt": ["navigator-page"],
        "001_0417435366daff1c.txt": ["navigator-page"],
        "002_f8eae2ad83a96f8d.txt": ["navigator-page"],
        "ATLAS.yaml": ["mitre-atlas"],
        "actions_extracted_from_nist.csv": ["nist-genai-actions"],
        "mitigation-database-2025-07-23.csv": ["mit-mitigations-v1"],
        "mitigation-database-included-documents-2025-07-23.csv": ["mit-mitigations-v1"],
        "nist_ai_rmf_playbook.csv": ["nist-ai-rmf"],
        "nist_ai_rmf_playbook.json": ["nist-ai-rmf"],
        "risks.csv": ["mit-risks"],
    }


# -- mit-mitigations-v1 -------------------------------------------------------------------------------------------------


def test_mit_mitigations_are_counted(shared: Path) -> None:
    result = real(shared, "mit-mitigations-v1")
    assert result.count("mitigations") == (831, 831, 0, 0)
    assert result.count("documents") == (13, 13, 0, 0)
    assert len(result.of_class("SourceDocument")) == 13
    assert len(result.pairs("describedIn")) == 831
    assert len({category for _, category in result.pairs("assignedCategory")}) == 27
    described = {m for m in result.of_class("Mitigation") if result.values(m, f"{DCTERMS}description")}
    assert len(described) == 820
    assert not result.found()


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("mitigation-database-2025-07-23.csv", "2025-07-23"),
        ("2026-01-02 mitigations.csv", "2026-01-02"),
        ("export-20250723.csv", "v1"),
        ("mitigations.csv", "v1"),
    ],
)
def test_the_version_is_the_date_in_the_file_name(tmp_path: Path, name: str, version: str) -> None:
    file = tmp_path / name
    file.write_bytes((CASES / "mit-mitigations-v1" / "mitigations.csv").read_bytes())
    assert mapped("mit-mitigations-v1", file).values("mit-mitigations-v1", "datasetVersion") == {literal(version)}


def test_a_mit_mitigation(shared: Path) -> None:
    result = real(shared, "mit-mitigations-v1")
    name = "mit-mitigations-v1/A0086_Future%20of%20Life%20Institute2024"
    assignment = f"{name}/classification/mit/mit-v1.governance-oversight-controls.board-structure-oversight"
    assert result.values(name, LABEL) == {'"AI Safety Team"@en'}
    assert result.values(name, "qualifiedClassification") == {assignment}
    assert result.values(assignment, "assignedCategory") == {f"{V1}governance-oversight-controls.board-structure-oversight"}
    assert result.values(assignment, f"{PROV}wasAttributedTo") == {"agent/mit"}
    assert result.values(f"{name}/record", f"{DCTERMS}identifier") == {'"A0086_Future of Life Institute2024"'}
    (document,) = result.values(name, "describedIn")
    assert result.values(document, LABEL) == {'"FLI AI Safety Index 2024"@en'}


def test_a_catch_all_and_an_id_of_other_letters(shared: Path) -> None:
    result = real(shared, "mit-mitigations-v1")
    caught = [a for a, category in result.pairs("assignedCategory") if category.endswith("control-not-otherwise-categorized")]
    assert len(caught) == 2 + 1 + 2 + 11
    assert len([name for name in result.of_class("Mitigation") if name.endswith("_Gipiškis2024")]) == 83


def test_a_mit_document(shared: Path) -> None:
    result = real(shared, "mit-mitigations-v1")
    document = "document/doi-10.48550_arxiv.2501.17805"
    assert result.values(document, "doi") == {'"10.48550/arxiv.2501.17805"'}
    assert result.values(document, "publicationYear") == {literal("2025", f"{XSD}integer")}
    (authorship,) = result.values(document, "hasAuthorship")
    assert result.values(authorship, "authorName") == {'"Bengio"'}
    assert len(result.pairs("doi")) == 7


# -- mit-risks ------------------------------------------------------------------------------------------------------------


def test_mit_risks_are_counted(shared: Path) -> None:
    result = real(shared, "mit-risks")
    assert result.count("rows") == (1518, 1518, 0, 0)
    assert len(result.of_class("Risk")) == 1061 == 398 + 663
    assert len(result.pairs("hasParentRisk")) == 663
    assert len(result.of_class("SourceDocument")) == 56
    assert len(result.pairs("describedIn")) == 1061


def test_evidence_rows_are_passages_of_their_risks(shared: Path) -> None:
    result = real(shared, "mit-risks")
    evidence = {e for e in result.of_class("Extract") if result.values(e, f"{DCTERMS}identifier")}
    assert len(evidence) == 401
    owners = Counter(extract for _, extract in result.pairs("hasExtract"))
    assert set(owners) == result.of_class("Extract")
    assert set(owners.values()) == {1}
    # the one row whose text is empty: it stays, with its page, for the shapes to tell of
    (empty,) = result.of_class("Extract") - {extract for extract, _ in result.pairs("extractText")}
    assert result.values(empty, f"{DCTERMS}identifier") == {'"17.06.01.b"'}
    assert result.values(empty, "pageLabel") == {'"32"'}


def test_an_id_of_two_risks_keeps_both(shared: Path) -> None:
    result = real(shared, "mit-risks")
    assert result.found() == {("violation", "duplicate-id"): 1}
    finding = result.only("duplicate-id")
    assert (finding.place.line, finding.place.column, finding.value) == (1438, "Ev_ID", "49.01.02")
    assert "risks.csv:1437" in finding.message
    both = {risk for risk in result.of_class("Risk") if risk.startswith("mit-risks-pre-v3/49.01.02")}
    assert {label for risk in both for label in result.values(risk, LABEL)} == {
        '"Disinformation and manipulation of public opinion"@en',
        '"Cyber offence"@en',
    }
    (second,) = both - {"mit-risks-pre-v3/49.01.02"}
    passages = {e for e in result.values(second, "hasExtract") if "/49.01.02." in e}
    assert len(passages) == 2
    assert all(result.values(risk, "hasParentRisk") == {"mit-risks-pre-v3/49.01.00"} for risk in both)


def test_domains_of_risks(shared: Path) -> None:
    result = real(shared, "mit-risks")
    domains = Counter(domain.removeprefix(DOMAINS) for _, domain in result.pairs("inRiskDomain"))
    assert sum(domains.values()) == 1061 - 94
    assert sum(number for domain, number in domains.items() if "." not in domain) == 47
    assert domains["ai-system-safety-failures-limitations"] == 13
    reasons = Counter(reason for _, reason in result.pairs("nonValue"))
    assert reasons == {
        '"domain: X.1 > Excluded"': 94,
        '"entity: 4 - Not coded"': 123,
        '"intent: 4 - Not coded"': 123,
        '"timing: 4 - Not coded"': 123,
    }
    for factor in ("entity", "intent", "timing"):
        assert len(result.pairs(factor)) == 1061 - 123


def test_a_risk(shared: Path) -> None:
    result = real(shared, "mit-risks")
    risk = "mit-risks-pre-v3/01.01.00"
    assert result.values(risk, LABEL) == {'"Type 1: Diffusion of responsibility"@en'}
    assert result.values(risk, "inRiskDomain") == {f"{DOMAINS}socioeconomic-and-environmental.governance-failure"}
    assert result.values(risk, "entity") == {"https://w3id.org/airmo/causal/entity/human"}
    assert result.values(risk, "timing") == {"https://w3id.org/airmo/causal/timing/other"}
    assert len(result.values(risk, "hasExtract")) == 5
    (paper,) = result.values(risk, "describedIn")
    assert result.values(paper, "publicationYear") == {literal("2023", f"{XSD}integer")}


def test_evidence_under_a_risk_with_a_letter(shared: Path) -> None:
    result = real(shared, "mit-risks")
    assert len(result.values("mit-risks-pre-v3/21.02.01.a", "hasExtract")) == 1 + 3
    assert result.values("mit-risks-pre-v3/21.02.01.a", "hasParentRisk") == {"mit-risks-pre-v3/21.02.00"}


# -- nist-genai-actions -----------------------------------------------------------------------------------------------------


def test_nist_actions_are_counted(shared: Path) -> None:
    result = real(shared, "nist-genai-actions")
    assert result.count("actions") == (212, 212, 0, 0)
    assert result.count("risks") == (12, 12, 0, 0)
    assert len(result.of_class("Risk")) == 12
    # 429 parts between separators, two of which hold two names, and one that is no risk
    assert len(result.pairs("mitigatesRisk")) == 429 + 2 - 1 == 430
    assert len({risk for _, risk in result.pairs("mitigatesRisk")}) == 12
    assert len(result.pairs("involvesActorTask")) == 801
    assert len({task for _, task in result.pairs("involvesActorTask")}) == 13


def test_functions_of_nist_actions(shared: Path) -> None:
    result = real(shared, "nist-genai-actions")
    functions = Counter(function.rpartition("/")[2] for _, function in result.pairs("assignedFunction"))
    prefixes = Counter(name.removeprefix("nist-genai-actions-2024/")[:2] for name in result.of_class("Mitigation"))
    assert [functions[name] for name in ("govern", "map", "measure", "manage")] == [
        prefixes[name] for name in ("GV", "MP", "MS", "MG")
    ]


def test_separators_that_are_missing_or_odd(shared: Path) -> None:
    result = real(shared, "nist-genai-actions")
    assert result.found() == {("warning", "missing-separator"): 2, ("violation", "unknown-value"): 1}
    assert {f.value: f.place.line for f in result.findings if f.code == "missing-separator"} == {
        "Human-AI Configuration, Dangerous, Violent, or Hateful Content": 195,
        "Human-AI Configuration Information Integrity": 207,
    }
    assert result.values("nist-genai-actions-2024/MG-4.1-007", "mitigatesRisk") == {
        "nist-ai-600-1/human-ai-configuration",
        "nist-ai-600-1/information-integrity",
    }
    assert result.values("nist-genai-actions-2024/MG-3.2-004", "mitigatesRisk") == {
        "nist-ai-600-1/human-ai-configuration",
        "nist-ai-600-1/dangerous-violent-or-hateful-content",
    }


def test_a_risk_that_is_none(shared: Path) -> None:
    result = real(shared, "nist-genai-actions")
    finding = result.only("unknown-value")
    assert (finding.value, finding.place.line, finding.place.column) == ("Civil Rights violations", 13, "NIST GAI Risks")
    assert len(result.values("nist-genai-actions-2024/GV-1.4-002", "mitigatesRisk")) == 3


def test_names_that_are_cut_off_or_spelt_otherwise(shared: Path) -> None:
    result = real(shared, "nist-genai-actions")
    for action, risk in {
        "GV-1.3-006": "cbrn-information-or-capabilities",
        "GV-1.7-002": "human-ai-configuration",
        "MS-2.2-002": "human-ai-configuration",
        "MS-2.10-001": "intellectual-property",
        "MS-2.12-002": "environmental-impacts",
    }.items():
        assert f"nist-ai-600-1/{risk}" in result.values(f"nist-genai-actions-2024/{action}", "mitigatesRisk")


def test_actions_and_database_speak_of_one_document(shared: Path) -> None:
    actions, database = real(shared, "nist-genai-actions"), real(shared, "mit-mitigations-v1")
    (document,) = actions.of_class("SourceDocument")
    assert document in database.of_class("SourceDocument")
    assert actions.values(document, LABEL) == database.values(document, LABEL)


def test_words_that_were_decoded_wrongly(shared: Path) -> None:
    result = real(shared, "nist-genai-actions")
    affected = [task for _, task in result.pairs("involvesActorTask") if task.endswith("/affected-individuals-and-communities")]
    assert len(affected) == 22 + 17


def test_labels_of_nist_actions_can_be_read_and_told_apart(shared: Path) -> None:
    result = real(shared, "nist-genai-actions")
    labels = {action: one for action in result.of_class("Mitigation") for one in result.values(action, LABEL)}
    assert len(set(labels.values())) == 212
    derived = {action for record, action in result.pairs("recordOf") if result.values(record, "labelDerived")}
    for action, label in labels.items():
        (text,) = result.values(action, f"{DCTERMS}description")
        written, number = label.removesuffix("@en")[1:-1], action.rpartition("/")[2]
        assert len(written) <= 150
        assert (action in derived) == (written != text.removesuffix("@en")[1:-1])
        if action in derived:
            prefix, _, beginning = written.partition(": ")
            assert prefix == number
            assert len(beginning) <= 120
            assert text[1:].startswith(beginning.removesuffix("…"))
    assert len(derived) == 132


def test_stray_quotes_stay_in_the_passage_alone(shared: Path) -> None:
    result = real(shared, "nist-genai-actions")
    stray = {
        action
        for action in result.of_class("Mitigation")
        for e in result.values(action, "hasExtract")
        for text in result.values(e, "extractText")
        if text.endswith('\\""')
    }
    assert len(stray) == 11
    assert not [t for t in result.triples if t[1] in (f"<{LABEL}>", f"<{DCTERMS}description>") and '\\"' in t[2]]


def test_passages_of_nist_actions_are_verbatim(shared: Path) -> None:
    with (shared / SOURCES["nist-genai-actions"] / "actions_extracted_from_nist.csv").open(encoding="utf-8-sig") as lines:
        raw = {literal(row["NIST Title"]) for row in csv.DictReader(lines)}
    assert {text for _, text in real(shared, "nist-genai-actions").pairs("extractText")} == raw


@pytest.mark.parametrize("name", ["nist-genai-actions", "entry"])
def test_bundled_risks_and_lookups_agree(name: str) -> None:
    with assets.path("mappings", "nist-ai-600-1-risks.csv").open(encoding="utf-8", newline="") as lines:
        rows = {row["id"]: [row["label"], *filter(None, row["variants"].split("|"))] for row in csv.DictReader(lines)}
    assert len(rows) == 12
    assert mapping_of(name).lookups["nist-risks"].entries == rows


# -- nist-ai-rmf ------------------------------------------------------------------------------------------------------------


def test_nist_playbook_is_counted(shared: Path) -> None:
    result = real(shared, "nist-ai-rmf")
    assert result.count("playbook") == (72, 72, 0, 0)
    assert result.count("sections") == (72, 0, 0, 72)
    assert result.found() == {("info", "alternative-source"): 1}
    functions = Counter(function.rpartition("/")[2] for _, function in result.pairs("assignedFunction"))
    assert functions == {"govern": 19, "map": 18, "measure": 22, "manage": 13}
    assert len(result.of_class("Extract")) == 72 * 4


def test_a_playbook_entry(shared: Path) -> None:
    result = real(shared, "nist-ai-rmf")
    entry = "nist-ai-rmf-2023/GOVERN%201.1"
    assert result.values(entry, LABEL) == {'"GOVERN 1.1"@en'}
    topics = "https://w3id.org/airmo/nist-topics/"
    assert result.values(entry, "hasTopic") == {f"{topics}legal-and-regulatory", f"{topics}governance"}
    headings = {h for extract in result.values(entry, "hasExtract") for h in result.values(extract, "sectionHeading")}
    assert headings == {'"About"', '"Suggested Actions"', '"Transparency and Documentation"', '"References"'}


def test_a_topic_among_actors_is_no_actor(shared: Path) -> None:
    assert {reason for _, reason in real(shared, "nist-ai-rmf").pairs("nonValue")} == {'"actor task: Fairness and Bias"'}


def test_the_playbook_as_a_table_alone(shared: Path) -> None:
    alone = mapped("nist-ai-rmf", shared / SOURCES["nist-ai-rmf"] / "nist_ai_rmf_playbook.csv")
    whole = real(shared, "nist-ai-rmf")
    assert alone.count("sections") == (72, 72, 0, 0)
    assert alone.of_class("Mitigation") == whole.of_class("Mitigation")
    assert alone.pairs("assignedFunction") == whole.pairs("assignedFunction")
    assert len(alone.of_class("Extract")) == 72 * 4


# -- mitre-atlas ------------------------------------------------------------------------------------------------------------


def test_atlas_is_counted(shared: Path) -> None:
    result = real(shared, "mitre-atlas")
    assert result.count("mitigations") == (35, 35, 0, 0)
    assert result.count("techniques") == (170, 170, 0, 0)
    assert result.count("links") == (246, 246, 0, 0)
    assert len(result.of_class("Risk")) == 170
    assert len(result.pairs("hasParentRisk")) == 69
    assert len(result.pairs("assignedStage")) == 84
    categories = Counter(category.rpartition("/")[2] for _, category in result.pairs("assignedCategory"))
    assert categories == {"technical-ml": 16, "technical-cyber": 12, "policy": 7}


def test_atlas_links_say_how(shared: Path) -> None:
    result = real(shared, "mitre-atlas")
    assert len(result.of_class("MitigationLink")) == len(result.pairs("howItMitigates")) == 246
    risks = dict(result.pairs("linkedRisk"))
    pairs = Counter((mitigation, risks[link]) for mitigation, link in result.pairs("qualifiedMitigation"))
    assert len(pairs) == 244
    assert {pair for pair, number in pairs.items() if number == 2} == {
        ("mitre-atlas-5.6.0/AML.M0002", "mitre-atlas-5.6.0/AML.T0043.001"),
        ("mitre-atlas-5.6.0/AML.M0004", "mitre-atlas-5.6.0/AML.T0043.001"),
    }


def test_techniques_among_stages_are_found(shared: Path) -> None:
    result = real(shared, "mitre-atlas")
    assert result.found() == {("violation", "unknown-concept"): 2}
    assert {(f.place.pointer, f.place.line, f.value) for f in result.findings} == {
        ("/matrices/0/mitigations/18/ml-lifecycle/6/id", 4787, "AML.T0052.001"),
        ("/matrices/0/mitigations/34/ml-lifecycle/4/id", 5404, "AML.T0052.001"),
    }
    stages = {
        m: len([a for a in result.values(m, "qualifiedClassification") if "/atlas-lifecycle." in a])
        for m in ("mitre-atlas-5.6.0/AML.M0018", "mitre-atlas-5.6.0/AML.M0034")
    }
    assert stages == {"mitre-atlas-5.6.0/AML.M0018": 6, "mitre-atlas-5.6.0/AML.M0034": 4}


def test_an_atlas_mitigation(shared: Path) -> None:
    result = real(shared, "mitre-atlas")
    name = "mitre-atlas-5.6.0/AML.M0000"
    assert result.values(name, LABEL) == {'"Limit Public Release of Information"@en'}
    assert result.values(name, f"{DCTERMS}created") == {literal("2023-04-12", f"{XSD}date")}
    assert result.values(name, f"{DCTERMS}modified") == {literal("2025-12-23", f"{XSD}date")}
    assert result.values("mitre-atlas-5.6.0/AML.T0000.000", "hasParentRisk") == {"mitre-atlas-5.6.0/AML.T0000"}
    (document,) = result.values(name, "describedIn")
    assert result.values(document, LABEL) == {literal("MITRE ATLAS 5.6.0", language="en")}
    assert result.values("mitre-atlas-5.6.0", "datasetVersion") == {literal("5.6.0")}


@pytest.mark.parametrize("kind", ["Mitigation", "Risk"])
def test_atlas_dates_all_that_it_names(shared: Path, kind: str) -> None:
    result = real(shared, "mitre-atlas")
    for one in result.of_class(kind):
        (created,) = result.values(one, f"{DCTERMS}created")
        (modified,) = result.values(one, f"{DCTERMS}modified")
        assert all("2021-05-13" <= date[1:11] <= "2026-04-30" and date.endswith("#date>") for date in (created, modified))


def test_two_atlas_releases_stand_side_by_side(shared: Path, tmp_path: Path) -> None:
    file = shared / SOURCES["mitre-atlas"] / "ATLAS.yaml"
    later = tmp_path / "ATLAS-later.yaml"
    later.write_text(
        file.read_text("utf-8").replace("version: 5.6.0", "version: 5.7.0", 1).replace("how", "how much", 1), "utf-8"
    )
    one, both = mapped("mitre-atlas", file), mapped("mitre-atlas", file, later)
    assert one.triples < both.triples
    assert both.found() == {("violation", "unknown-concept"): 4}
    assert [both.count(source) for source in ("mitigations", "techniques", "links")] == [
        (70, 70, 0, 0),
        (340, 340, 0, 0),
        (492, 492, 0, 0),
    ]
    for name in ("Mitigation", "MitigationRecord", "Risk", "MitigationLink", "ClassificationAssignment", "SourceDocument"):
        assert len(both.of_class(name)) == 2 * len(one.of_class(name)), name
    release = {
        name: {pair[0].partition("/")[0] for pair in both.pairs(name) if pair[0].split("/")[0] != pair[1].split("/")[0]}
        for name in ("linkedRisk", "hasParentRisk", "qualifiedMitigation", "recordOf")
    }
    assert not any(release.values()), "nothing joins one release to the other"


def test_the_same_atlas_release_twice_counts_once(shared: Path, tmp_path: Path) -> None:
    file = shared / SOURCES["mitre-atlas"] / "ATLAS.yaml"
    copy = tmp_path / "copy.yaml"
    copy.write_bytes(file.read_bytes())
    both = mapped("mitre-atlas", file, copy)
    assert both.count("mitigations") == (70, 35, 0, 35)
    assert both.of_class("Mitigation") == real(shared, "mitre-atlas").of_class("Mitigation")


# -- navigator-page -----------------------------------------------------------------------------------------------------------


def test_navigator_pages_are_counted(shared: Path) -> None:
    result = real(shared, "navigator-page")
    assert result.count("mitigations") == (21, 21, 0, 0)
    assert len(result.of_class("SourceDocument")) == 3
    assert len(result.pairs("hasAuthorship")) == 6 + 13 + 6
    assert len(result.pairs("hasParentMitigation")) == 8
    assert not result.found()
    assert result.unreadable == {"003_fc58b86153bec0fb.txt"}


def test_all_of_a_page_is_preliminary(shared: Path) -> None:
    result = real(shared, "navigator-page")
    assert {status for _, status in result.pairs("hasStatus")} == {"https://w3id.org/airmo/record-status/preliminary"}
    assert Counter(policy for _, policy in result.pairs("citationPolicy")) == {'"do-not-cite"': 21}


def test_a_page_s_own_mitigation(shared: Path) -> None:
    result = real(shared, "navigator-page")
    name = "navigator-pages/000_6515abfbafdea9df"
    prefix = f"{name}/classification/navigator/"
    assert result.values(name, LABEL) == {'"Learning Objectives (Chen 2024)"@en'}
    assert result.values(f"{name}/record", "labelDerived") == {literal("true", f"{XSD}boolean")}
    assert {a.removeprefix(prefix) for a in result.values(name, "qualifiedClassification")} == {
        "mit-v2.ai-system.model.learning-objectives",
        "lifecycle-stages.build-and-use-model",
        "actor-roles.developer",
        "functions.manage",
    }
    assert result.values(f"{prefix}mit-v2.ai-system.model.learning-objectives", "reasoning") == {
        '"Iteratively refines reward model through human feedback to shape model optimization objectives."'
    }
    assert len(result.pairs("labelDerived")) == len(result.pairs("reasoning")) == 3


def test_other_mitigations_of_a_page(shared: Path) -> None:
    result = real(shared, "navigator-page")
    by_label = {label: m for m in result.of_class("Mitigation") for label in result.values(m, LABEL)}
    manual, above = by_label['"Manual Red Teaming"@en'], by_label['"Red Teaming"@en']
    assert result.values(manual, "hasParentMitigation") == {above}
    (assignment,) = result.values(manual, "qualifiedClassification")
    assert result.values(assignment, "assignedCategory") == {f"{V2}organisation.risk-assurance.testing-evaluation"}
    notes = {o for _, p, o in result.triples if p == f"<{SKOS}note>"}
    assert notes == {'"Listed under the heading “Training”."@en'}


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("b1_page", "Learning Objectives (Ahlgren 2021)"),
        ("b2_unknown_category", "Mitigation of On Models That Wait"),
        ("b3_cut_off", "Mitigation on page b3_cut_off"),
        ("b4_no_authors", "Mitigation of On Models That Rest"),
    ],
)
def test_a_page_without_category_or_authors_has_a_title_of_ours(page: str, title: str) -> None:
    result = mapped("navigator-page", *sorted((CASES / "navigator-page").glob("*.txt")))
    assert result.values(f"navigator-pages/{page}", LABEL) == {literal(title, language="en")}
    assert result.values(f"navigator-pages/{page}/record", "labelDerived") == {literal("true", f"{XSD}boolean")}


def test_authors_keep_their_order(shared: Path) -> None:
    result = real(shared, "navigator-page")
    (document,) = result.values("navigator-pages/000_6515abfbafdea9df", "describedIn")
    ranked = sorted(
        (int(rank.split('"')[1]), name)
        for authorship in result.values(document, "hasAuthorship")
        for rank in result.values(authorship, "rank")
        for name in result.values(authorship, "authorName")
    )
    assert [name for _, name in ranked][:2] == ['"Chen, Chen"', '"Gong, Xueluan"']
    assert [rank for rank, _ in ranked] == [1, 2, 3, 4, 5, 6]


# -- entry --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ("National Institute of Standards and Technology", ["National Institute of Standards and Technology"]),
        ("Doe, Jane", ["Doe, Jane"]),
        ("Doe, Jane and Roe, Rick", ["Doe, Jane and Roe, Rick"]),
        ("Doe, Jane; Roe, Rick|Office of A, B and C", ["Doe, Jane", "Roe, Rick", "Office of A, B and C"]),
        (["Doe, Jane", "Council of Europe"], ["Doe, Jane", "Council of Europe"]),
    ],
)
def test_authors_of_an_entry_are_parted_by_signs_alone(tmp_path: Path, cell: object, authors: list[str]) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps([{"id": "a", "title": "A", "source_title": "T", "source_authors": cell}]), encoding="utf-8")
    result = mapped("entry", file)
    (document,) = result.values("entries/a", "describedIn")
    assert result.values(document, "hasAuthorship") == {f"{document}/author/{rank + 1}" for rank in range(len(authors))}
    for rank, name in enumerate(authors, 1):
        assert result.values(f"{document}/author/{rank}", "authorName") == {literal(name)}
        assert result.values(f"{document}/author/{rank}", "rank") == {literal(str(rank), f"{XSD}integer")}


# -- cases of our own -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASE_NAMES)
def test_case(name: str) -> None:
    folder = CASES / name
    expected = {"expected.nt": "", "findings.txt": ""}
    result = mapped(name, *sorted(file for file in folder.iterdir() if file.name not in expected))
    got = {
        "expected.nt": "".join(f"{s} {p} {o} .\n" for s, p, o in sorted(result.triples)),
        "findings.txt": "".join(sorted(f"{f}\n" for f in result.findings)),
    }
    if os.environ.get("MITIGRAPH_ACCEPT"):
        for file, text in got.items():
            (folder / file).write_text(text, encoding="utf-8")
    for file in expected:
        assert got[file] == (folder / file).read_text(encoding="utf-8"), file
    for triple in result.triples:
        assert result.run.locate(*triple), triple
        assert result.run.rules(*triple), triple
