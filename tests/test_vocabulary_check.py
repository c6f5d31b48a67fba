"""Terms that the ontology does not have are told where they are first named: in RDF and in queries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from building import Build, graph
from running import run

from mitigraph import assets
from mitigraph.gather import Found
from mitigraph.knowledge import Knowledge
from mitigraph.read import Content
from mitigraph.vocabulary_check import unknown_in_query, unknown_in_rdf

KNOWLEDGE = Knowledge()
AIRMO = "https://w3id.org/airmo#"
TURTLE = f"""@prefix airmo: <{AIRMO}> .

# airmo:hasStag stands in a comment, too
<urn:a> a airmo:Mitigation ;
    airmo:hasStage <urn:s> ;
    airmo:hasStag <urn:s> ;
    airmo:hasStag <urn:t> .
<urn:b> a airmo:Mitigatoin ; <https://w3id.org/airmo#qqqqqqq> airmo:hasStag .
"""
TURTLE_TOLD = [
    (6, "airmo:hasStag", "airmo:hasStage"),
    (8, "airmo:Mitigatoin", "airmo:Mitigation"),
    (8, "airmo:qqqqqqq", None),
]
JSON_LD = """{
 "@context": {"@vocab": "https://w3id.org/airmo#"},
 "@id": "urn:a",
 "@type": "Mitigation",
 "hasStag": {"@id": "urn:s"}
}
"""
XML = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:airmo="{AIRMO}">
 <airmo:Mitigation rdf:about="urn:a">
  <airmo:hasStag rdf:resource="urn:s"/>
 </airmo:Mitigation>
</rdf:RDF>
"""


def told(path: Path) -> list[tuple[int, str, str | None]]:
    findings = json.loads(run("validate", path, "--report", "json").out)["findings"]
    unknown = [finding for finding in findings if finding["code"] == "unknown-term"]
    assert {finding["severity"] for finding in unknown} <= {"warning"}
    return [(finding["line"], finding["value"], finding.get("suggestion")) for finding in unknown]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("new.ttl", TURTLE, TURTLE_TOLD),
        ("new.nt", f"<urn:a> <urn:p> 'x' .\n<urn:a> <{AIRMO}hasStag> <urn:s> .\n".replace("'", '"'), [(2, *TURTLE_TOLD[0][1:])]),
        ("new.jsonld", JSON_LD, [(5, *TURTLE_TOLD[0][1:])]),
        ("new.rdf", XML, [(3, *TURTLE_TOLD[0][1:])]),
    ],
)
def test_rdf_is_told_at_the_line_of_the_first_use(
    tmp_path: Path, name: str, text: str, expected: list[tuple[int, str, str | None]]
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert told(tmp_path / name) == expected


def test_what_a_build_writes_names_no_unknown_term(bundled: Build) -> None:
    for file in bundled.place.glob("*.ttl"):
        found = Found(file.name, file.name, file, True, Content.of_file(file))
        assert not unknown_in_rdf(found, graph(file), KNOWLEDGE), file.name


def test_named_queries_name_no_unknown_term() -> None:
    for file in [*assets.files("queries", "*.rq"), *assets.files("ontology", "rules/*.rq")]:
        assert not unknown_in_query(file.read_text("utf-8"), KNOWLEDGE), file.name


@pytest.mark.parametrize(
    ("sparql", "terms"),
    [
        ("ASK { ?m airmo:hasStag ?s }", ["query:1:10 airmo:hasStag"]),
        (
            "ASK {\n ?m ^airmo:hasStag/airmo:nonsuch+ ?s ; airmo:hasStag ?t }",
            ["query:2:6 airmo:hasStag", "query:2:20 airmo:nonsuch"],
        ),
        ("PREFIX a: <https://w3id.org/airmo#> ASK { ?m a:hasStag ?s }", ["query:1:46 airmo:hasStag"]),
        ("ASK { ?m <https://w3id.org/airmo#hasStag> ?s }", ["query:1:10 airmo:hasStag"]),
        ("PREFIX airmo: <https://example.org/> ASK { ?m airmo:hasStag ?s }", []),
        ("ASK { ?m airmo:hasStage 'airmo:hasStag' } # airmo:hasStag", []),
        ("ASK { ?m ?p mitv1:nonsuch, airmo: }", []),
    ],
)
def test_unknown_terms_of_a_query(sparql: str, terms: list[str]) -> None:
    assert [f"{finding.place} {finding.value}" for finding in unknown_in_query(sparql, KNOWLEDGE)] == terms


def test_a_query_with_an_unknown_term_is_answered_and_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "new.ttl").write_text(TURTLE, "utf-8")
    query = "SELECT ?s { ?m airmo:hasStag ?s } ORDER BY ?s"
    ran = run("query", query, "-d", tmp_path / "new.ttl", "-f", "csv")
    assert (ran.code, ran.text.split()) == (0, ["s", "urn:s", "urn:t"])
    assert ran.lines == [
        "query:1:16: warning[unknown-term] the ontology has no such term, found 'airmo:hasStag'; did you mean 'airmo:hasStage'?"
    ]
    assert run("query", query, "-d", tmp_path / "new.ttl", "-q").lines == []
