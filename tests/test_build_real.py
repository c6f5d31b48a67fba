"""The whole road over the real sources, through the command line: what is in ``full.nt`` is counted, not what was reported."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from building import Build, broken_sums, files, graph, run, void_counts

SOURCES = (
    "data/mit-mitigations-v1",
    "data/mit-risks",
    "data/nist-genai-actions",
    "data/nist-ai-rmf",
    "data/mitre-atlas",
    "seeds",
)
NO_PAGE = "003_fc58b86153bec0fb.txt"
AIRMO = "https://w3id.org/airmo#"
ID = "https://w3id.org/airmo/id/"
FROM = "?m a airmo:Mitigation . ?record airmo:recordOf ?m ; prov:wasDerivedFrom/airmo:partOfDataset id:"
RISK = "?r a airmo:Risk ; prov:wasDerivedFrom/airmo:partOfDataset id:mit-risks-pre-v3"


@pytest.fixture(scope="session")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """One build of all real sources."""
    place = tmp_path_factory.mktemp("real") / "out"
    done = run("build", *(shared / source for source in SOURCES), "-o", place)
    return Build(place, done.returncode, done.stderr)


@pytest.fixture(scope="session")
def found(real: Build) -> list[dict[str, Any]]:
    """The findings of ``report.json``."""
    findings: list[dict[str, Any]] = json.loads((real.place / "report.json").read_bytes())["findings"]
    return findings


def of_code(found: list[dict[str, Any]], *codes: str) -> list[dict[str, Any]]:
    return [finding for finding in found if finding["code"] in codes]


def table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


# -- all of it ---------------------------------------------------------------------------------------------------------


def test_it_is_written_and_says_that_there_are_violations(real: Build) -> None:
    assert real.exit_code == 1
    assert "Traceback" not in real.said
    assert not broken_sums(real.place)


def test_mitigations_by_dataset(real: Build) -> None:
    numbers = {dataset: real.count(FROM + dataset.replace(".", r"\."), "m") for dataset in SIZES}
    assert numbers == SIZES
    assert real.count("?x a airmo:Mitigation") == sum(SIZES.values()) == 1171
    assert real.count("?x airmo:recordOf ?m") == 1171


SIZES = {
    "mit-mitigations-v1": 831,
    "nist-genai-actions-2024": 212,
    "nist-ai-rmf-2023": 72,
    "mitre-atlas-5.6.0": 35,
    "navigator-pages": 21,
}


def test_every_mitigation_says_where_it_is_from(real: Build) -> None:
    file = "?record prov:wasDerivedFrom ?file . ?file airmo:sha256 ?digest ; airmo:fileName ?name"
    assert real.count(f"?m a airmo:Mitigation . ?record airmo:recordOf ?m . {file}", "m") == 1171
    assert real.count("?m a airmo:Mitigation ; airmo:describedIn ?document", "m") == 1171


def test_what_is_pointed_to_is_there(real: Build) -> None:
    assert not real.rows(f"?s ?p ?o . FILTER(isIRI(?o) && STRSTARTS(STR(?o), '{ID}')) FILTER NOT EXISTS {{ ?o ?q ?v }}", "o")


def test_every_record_is_accounted_for(real: Build) -> None:
    record = json.loads((real.place / "build.json").read_bytes())
    assert record["read"]
    for row in record["read"]:
        assert row["read"] == row["mapped"] + row["rejected"] + row["repeated"], row
    rows = {(row["file"], row["source"]): (row["read"], row["mapped"], row["repeated"]) for row in record["read"]}
    assert rows["risks.csv", "rows"] == (1518, 1518, 0)
    assert rows["nist_ai_rmf_playbook.csv", "sections"] == (72, 0, 72)


def test_the_table_that_is_shown_adds_up(real: Build) -> None:
    lines = real.said.splitlines()
    start = next(number for number, line in enumerate(lines) if line.split()[-5:-1] == ["read", "mapped", "rejected", "repeated"])
    shown = []
    for line in lines[start + 1 :]:
        cells = line.replace(",", "").split()[-5:]
        if not all(cell.isdigit() for cell in cells):
            break
        shown.append([int(cell) for cell in cells])
    record = json.loads((real.place / "build.json").read_bytes())
    for read, mapped, rejected, repeated, _ in shown:
        assert read == mapped + rejected + repeated
    names = ("read", "mapped", "rejected", "repeated", "triples")
    assert [sum(column) for column in zip(*shown, strict=True)] == [sum(row[n] for row in record["read"]) for n in names]


# -- mit-mitigations-v1 ------------------------------------------------------------------------------------------------


def test_mit_mitigations(real: Build, shared: Path) -> None:
    source = FROM + "mit-mitigations-v1 ; dcterms:identifier ?id"
    rows = list(table(shared / "data/mit-mitigations-v1/mitigation-database-2025-07-23.csv"))
    assert real.rows(source, "id") == {(row["Action ID"].strip(),) for row in rows}
    assert real.rows(f"{source} . ?m rdfs:label ?l", "id", "l") == {
        (row["Action ID"].strip(), row["Action Name"].strip()) for row in rows
    }
    assert real.count(f"{source} . ?m airmo:describedIn ?x", "x") == 13
    assert real.count(f"{source} . ?m airmo:hasCategory ?x . ?x skos:inScheme ?s", "m") == 831
    assert real.count(f"{source} . ?m airmo:hasCategory ?x", "x") == 27
    assert real.count(f"{source} . ?m dcterms:description ?x", "m") == 820


# -- mit-risks ---------------------------------------------------------------------------------------------------------


def test_mit_risks(real: Build, shared: Path) -> None:
    rows = list(table(shared / "data/mit-risks/risks.csv"))
    levels = Counter(row["Category level"].strip() for row in rows)
    assert levels == {"Paper": 56, "Risk Category": 398, "Risk Sub-Category": 663, "Additional evidence": 401}
    assert real.count(RISK, "r") == 398 + 663 == 1061
    assert real.count(RISK + " ; airmo:hasParentRisk ?p . ?p a airmo:Risk", "r") == 663
    assert real.count(RISK + " ; airmo:describedIn ?x", "x") == 56
    assert real.count(RISK + " ; airmo:describedIn ?x", "r") == 1061
    risks = [row for row in rows if row["Category level"].strip().startswith("Risk")]
    assert real.rows(RISK + " ; dcterms:identifier ?id", "id") == {(row["Ev_ID"].strip(),) for row in risks}


def test_domains_of_risks(real: Build) -> None:
    placed = RISK + " ; airmo:inRiskDomain ?d"
    assert real.count(placed + " . ?d skos:broader ?top . ?top skos:topConceptOf ?s", "r") == 1061 - 94 - 47
    assert real.count(placed + " . ?d skos:topConceptOf ?s", "r") == 47
    assert real.rows(RISK + " ; airmo:nonValue ?n . FILTER(STRSTARTS(?n, 'domain'))", "n") == {("domain: X.1 > Excluded",)}
    assert real.count(RISK + " ; airmo:nonValue 'domain: X.1 > Excluded'", "r") == 94


@pytest.mark.parametrize("factor", ["entity", "intent", "timing"])
def test_causes_of_risks(real: Build, factor: str) -> None:
    assert real.count(f"{RISK} ; airmo:{factor} ?x . ?x a airmo:CausalFactor", "r") == 1061 - 123
    assert real.count(f"{RISK} ; airmo:nonValue '{factor}: 4 - Not coded'", "r") == 123
    assert 3 <= real.count(f"{RISK} ; airmo:{factor} ?x", "x") <= 4


def test_an_id_that_two_risks_share(real: Build, found: list[dict[str, Any]]) -> None:
    both = real.rows(RISK + " ; dcterms:identifier '49.01.02' ; rdfs:label ?l", "r", "l")
    assert {label for _, label in both} == {"Disinformation and manipulation of public opinion", "Cyber offence"}
    assert len({risk for risk, _ in both}) == 2
    (finding,) = of_code(found, "duplicate-id")
    assert (finding["severity"], finding["file"], finding["line"], finding["column"]) == ("violation", "risks.csv", 1438, "Ev_ID")
    assert "risks.csv:1437" in finding["message"]


def test_evidence_is_a_passage_of_its_risk(real: Build, shared: Path, found: list[dict[str, Any]]) -> None:
    evidence = RISK + " ; airmo:hasExtract ?e . ?e dcterms:identifier ?id"
    rows = [r for r in table(shared / "data/mit-risks/risks.csv") if r["Category level"].strip() == "Additional evidence"]
    assert real.count(evidence, "e") == len(rows) == 401
    assert real.rows(evidence, "id") == {(row["Ev_ID"].strip(),) for row in rows}
    assert real.count(evidence, "r", "e") == 401, "each of one risk"
    # One row has a page and no text: it is kept, and told.
    (empty,) = real.rows(evidence + " . FILTER NOT EXISTS { ?e airmo:extractText ?text }", "id")
    assert empty == ("17.06.01.b",)
    (finding,) = of_code(found, "extract-text")
    assert (finding["file"], finding["line"], finding["column"]) == ("risks.csv", 476, "Additional ev.")
    assert real.count(evidence + " ; airmo:extractText ?text", "e") == 400


# -- nist --------------------------------------------------------------------------------------------------------------


def test_nist_actions(real: Build, found: list[dict[str, Any]]) -> None:
    links = (
        FROM + "nist-genai-actions-2024 . ?m airmo:mitigatesRisk ?r . ?r prov:wasDerivedFrom/airmo:partOfDataset id:nist-ai-600-1"
    )
    assert real.count(links, "m", "r") == 430
    assert real.count(links, "r") == 12
    mine = [
        f for f in found if f["file"] == "actions_extracted_from_nist.csv" and f["code"] in ("unknown-value", "missing-separator")
    ]
    assert {(f["code"], f["line"], f["column"]) for f in mine} == {
        ("unknown-value", 13, "NIST GAI Risks"),
        ("missing-separator", 195, "NIST GAI Risks"),
        ("missing-separator", 207, "NIST GAI Risks"),
    }
    assert next(f for f in mine if f["code"] == "unknown-value")["value"] == "Civil Rights violations"


def test_the_playbook_counts_once(real: Build, found: list[dict[str, Any]]) -> None:
    functions = Counter(
        function.rpartition("/")[2] for _, function in real.rows(FROM + "nist-ai-rmf-2023 . ?m airmo:servesFunction ?f", "m", "f")
    )
    assert functions == {"govern": 19, "map": 18, "measure": 22, "manage": 13}
    (note,) = of_code(found, "alternative-source")
    assert (note["severity"], note["file"]) == ("info", "nist_ai_rmf_playbook.csv")


# -- mitre-atlas -------------------------------------------------------------------------------------------------------


def test_atlas(real: Build, shared: Path, found: list[dict[str, Any]]) -> None:
    link = FROM + r"mitre-atlas-5\.6\.0 . ?m airmo:qualifiedMitigation ?l . ?l airmo:linkedRisk ?r"
    assert real.count(link + " ; airmo:howItMitigates ?how", "m", "r") == 244
    assert real.count(link + " ; airmo:howItMitigates ?how", "l") == 246
    assert real.count(FROM + r"mitre-atlas-5\.6\.0 . ?m airmo:mitigatesRisk ?r", "m", "r") == 244
    misplaced = of_code(found, "unknown-concept")
    assert [(f["severity"], f["value"], f["line"]) for f in misplaced] == [
        ("violation", "AML.T0052.001", 4787),
        ("violation", "AML.T0052.001", 5404),
    ]
    lines = (shared / "data/mitre-atlas/ATLAS.yaml").read_text("utf-8").splitlines()
    assert all("AML.T0052.001" in lines[f["line"] - 1] for f in misplaced)


# -- pages -------------------------------------------------------------------------------------------------------------


def test_pages(real: Build, found: list[dict[str, Any]]) -> None:
    assert real.count(FROM + "navigator-pages . ?m airmo:describedIn ?x", "x") == 3
    assert real.count(FROM + "navigator-pages ; airmo:citationPolicy 'do-not-cite'", "m") == 21
    (note,) = [f for f in found if f["file"] == NO_PAGE]
    assert note["severity"] == "info"
    assert not real.count(f"?x airmo:fileName '{NO_PAGE}'")


def test_a_page_that_is_none_is_refused_when_it_is_named(shared: Path, tmp_path: Path) -> None:
    done = run("build", shared / "seeds" / NO_PAGE, "-o", tmp_path / "out")
    assert done.returncode == 3
    (line,) = [line for line in done.stderr.splitlines() if "violation[" in line]
    assert line.startswith(f"{shared / 'seeds' / NO_PAGE}:")
    assert "not a mitigation page" in line
    assert not (tmp_path / "out").exists()


def test_beside_good_files_the_refused_one_does_not_stop_them(shared: Path, tmp_path: Path) -> None:
    seeds = sorted((shared / "seeds").glob("*.txt"))
    done = run("build", *seeds, "-o", tmp_path / "out")
    assert done.returncode == 3
    assert Build(tmp_path / "out", 3, done.stderr).count("?x a airmo:Mitigation") == 21


# -- what the build says of itself -------------------------------------------------------------------------------------


def test_build_json_agrees_with_the_files(real: Build, shared: Path) -> None:
    record = json.loads((real.place / "build.json").read_bytes())
    full, data = graph(real.place / "full.nt"), graph(real.place / "data.ttl")
    assert record["triples"] == {"asserted": len(data), "full": len(full)}
    assert data < full
    for name, number in record["entities"].items():
        assert real.count(f"?x a airmo:{name}") == number, name
    digests = {row["file"]: row["sha256"] for row in record["sources"]}
    given = {file.name: file for source in SOURCES for file in (shared / source).iterdir()}
    assert len(digests) == sum(len(list((shared / source).iterdir())) for source in SOURCES)
    for name, digest in digests.items():
        if "/" not in name:
            assert hashlib.sha256(given[name].read_bytes()).hexdigest() == digest, name
    said = Counter(finding["severity"] for finding in json.loads((real.place / "report.json").read_bytes())["findings"])
    assert record["findings"] == {level: said[level] for level in ("info", "warning", "violation")}


def test_void_agrees_with_the_files(real: Build) -> None:
    about = Build(real.place, 0, "")
    about.store.load(path=str(real.place / "void.ttl"))
    full = f"<{ID}dataset> void:"
    triples = graph(real.place / "full.nt")
    expected = void_counts(triples)
    for name, number in expected.items():
        assert about.rows(full + f"{name} ?x", "x") == {(str(number),)}, name
    parts = about.rows(full + "classPartition ?part . ?part void:class ?class ; void:entities ?number", "class", "number")
    assert len(parts) > 20
    for kind, entities in parts:
        assert real.count(f"?x a <{kind}>") == int(entities), kind


def test_dcat_agrees_with_the_files(real: Build) -> None:
    about = Build(real.place, 0, "")
    about.store.load(path=str(real.place / "dcat.ttl"))
    rows = about.rows(
        "?d dcat:distribution ?x . ?x dcat:downloadURL ?file ; dcat:byteSize ?size ; spdx:checksum/spdx:checksumValue ?sum",
        "file",
        "size",
        "sum",
    )
    written = files(real.place)
    assert len(rows) == 7
    for file, size, digest in rows:
        data = written[file.rpartition("/")[2]]
        assert (len(data), hashlib.sha256(data).hexdigest()) == (int(size), digest), file
