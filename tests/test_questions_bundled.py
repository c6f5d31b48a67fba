"""The project's named queries on the bundled dataset: exactly the rows beside them, in two engines, without a reasoner."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from mitigraph import assets, pipeline
from mitigraph.asking import Asked
from mitigraph.knowledge import Knowledge
from mitigraph.query import ask
from mitigraph.questions import Question, bind, read_questions
from mitigraph.results import write_answer

QUERIES = assets.path("queries")
QUESTIONS = read_questions(QUERIES)
COMPETENCY = {
    "Which mitigations fall anywhere under Model?": "in-category",
    "What must a Developer do at Build and Use Model for Manage?": "duties",
    "Coverage matrix stage × actor": "coverage",
    "Risk domains with few or no mitigations": "thin-risk-domains",
    "Why is M in this category, says who?": "why-category",
    "The exact source text and page for M": "source-text",
    "Which may I cite?": "citable",
    "All sub-mitigations, any depth": "sub-mitigations",
    "Mitigations without an extract": "without-extract",
    "Which documents propose learning-objective measures?": "documents-proposing",
    "Measures proposed by two or more independent sources": "independent-proposals",
    "Mitigations with two categories in one scheme": "two-categories",
    "What is still Other?": "still-other",
    "What maps to other vocabularies, how strongly, why?": "alignments",
    "Deprecated terms and their replacement": "deprecated",
    "Which page, when, with which tool?": "provenance",
    "Everything but NIST-derived": "without-source",
    "Which mitigations lower risk R or any risk in its domain?": "lowering-risk",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    place = tmp_path_factory.mktemp("bundled") / "dist"
    pipeline.build([str(assets.examples())], place, Knowledge())
    return Asked([str(place)])


@pytest.fixture(scope="module")
def graph(asked: Asked) -> rdflib.Graph:
    text = "".join(f"{s} {p} {o} .\n" for s, p, o in asked.triples)
    return rdflib.Graph().parse(data=text, format="nt")


def expected(name: str) -> bytes:
    return (QUERIES / f"{name}.csv").read_bytes()


def in_csv(asked: Asked, name: str, **values: str) -> bytes:
    answer = asked.ask(asked.text(f"@{name}", values))
    return write_answer(answer, "csv", asked.prefixes, asked.write_graph)


def column(data: bytes, name: str) -> list[str]:
    return [row[name] for row in csv.DictReader(io.StringIO(data.decode()))]


def test_each_competency_question_has_its_query_and_each_query_its_rows() -> None:
    assert set(COMPETENCY.values()) == set(QUESTIONS) == {file.stem for file in QUERIES.glob("*.csv")}
    assert len(COMPETENCY) == len(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_gives_the_rows_beside_it(asked: Asked, name: str) -> None:
    assert in_csv(asked, name) == expected(name)
    assert len(expected(name).splitlines()) > 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_another_engine_gives_the_same_rows_in_the_same_order(asked: Asked, graph: rdflib.Graph, name: str) -> None:
    result = graph.query(asked.text(f"@{name}", {}), initNs=asked.prefixes)
    rows = [["" if value is None else str(value) for value in row] for row in result if isinstance(row, rdflib.query.ResultRow)]
    assert rows == list(csv.reader(io.StringIO(expected(name).decode())))[1:]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_order_of_rows_leaves_nothing_open(asked: Asked, question: Question) -> None:
    answer = asked.ask(question.sparql)
    assert isinstance(answer, ox.QuerySolutions)
    order = re.findall(r"\?(\w+)", question.sparql[question.sparql.rindex("ORDER BY") :])
    assert {variable.value for variable in answer.variables} <= set(order)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_default_is_the_term_that_stands_in_the_query(asked: Asked, question: Question) -> None:
    """The file as it is and the query with its defaults put in ask the same: the file runs in any engine."""
    assert "UNDEF" not in question.sparql
    assert all(parameter.default for parameter in question.parameters)
    for parameter in question.parameters:
        terms = [_values(text, parameter.name, asked) for text in (question.sparql, bind(question, {}, asked.resolve))]
        assert terms[0] == terms[1] != []


def _values(sparql: str, name: str, asked: Asked) -> list[str]:
    (block,) = re.findall(rf"VALUES \?{name} {{[^}}]*}}", sparql)
    answer = ask(ox.Store(), f"SELECT ?{name} {{ {block} }}", asked.prefixes)
    assert isinstance(answer, ox.QuerySolutions)
    return [str(solution[name]) for solution in answer]


# What a question must do that its default does not show


def test_any_depth(asked: Asked) -> None:
    parts = column(in_csv(asked, "sub-mitigations"), "label")
    assert "Dangerous-Capability Tests with Stated Thresholds" in parts, "a part of a part"
    red_teaming = column(in_csv(asked, "sub-mitigations", mitigation="Red Teaming"), "label")
    assert red_teaming == ["LLMs as Red Teamers", "Manual Red Teaming"]


def test_a_category_of_the_other_version(asked: Asked) -> None:
    labels = column(in_csv(asked, "in-category", category="mit-v1:4.3"), "label")
    assert labels == ["Report to a Shared Incident Database"]


def test_thin_domains_without_any(asked: Asked) -> None:
    assert set(column(in_csv(asked, "thin-risk-domains", most="0"), "mitigations")) == {"0"}


def test_a_publisher_is_found_by_name_number_or_link_but_not_within_a_word(asked: Asked) -> None:
    everything = in_csv(asked, "without-source", words="no such publisher")
    assert len(column(everything, "label")) == 74
    assert in_csv(asked, "without-source", words="IST") == everything
    assert in_csv(asked, "without-source", words="( [") == everything
    left_out = set(column(everything, "label")) - set(column(in_csv(asked, "without-source", words="nist"), "label"))
    assert {"Courses in Critical Use", "Secure Development Practices for Models", "Check of Cited Sources"} <= left_out
    by_author = set(column(everything, "label")) - set(column(in_csv(asked, "without-source", words="OWASP Foundation"), "label"))
    assert by_author == {"Sandbox with Narrow Tool Permissions"}


def test_a_document_that_retells_another_is_no_second_source(asked: Asked) -> None:
    found = column(in_csv(asked, "independent-proposals", least="1"), "mitigation")
    described = {s for s, p, _ in asked.triples if p == "<https://w3id.org/airmo#describedIn>"}
    assert len(found) == len(described)
    assert not any(iri.endswith("/first-token-constraint") for iri in column(expected("independent-proposals"), "mitigation"))


def test_the_same_measure_in_two_sources_counts_for_both_and_shared_authors_do_not(tmp_path: Path) -> None:
    lines = ["@prefix a: <https://w3id.org/airmo#> . @prefix e: <urn:e:> . @prefix l: <http://www.w3.org/2000/01/rdf-schema#> ."]
    for number, author in ((1, "A"), (2, "B"), (3, "B")):
        lines.append(f"e:m{number} a a:Mitigation ; l:label 'M{number}' ; a:describedIn e:d{number} .")
        lines.append(f"e:d{number} a a:SourceDocument ; a:hasAuthorship e:w{number} . e:w{number} a:authorName '{author}' .")
    lines.append("e:m1 a:sameMeasureAs e:m2 . e:m2 a:sameMeasureAs e:m1, e:m3 . e:m3 a:sameMeasureAs e:m2 .")
    (tmp_path / "same.ttl").write_text("\n".join(lines), "utf-8")
    small = Asked([str(tmp_path / "same.ttl")])
    rows = in_csv(small, "independent-proposals", least="1")
    assert dict(zip(column(rows, "label"), column(rows, "sources"), strict=True)) == {"M1": "2", "M2": "2", "M3": "1"}


def test_a_record_with_a_policy_on_citing_is_not_citable(asked: Asked) -> None:
    citable = column(expected("citable"), "mitigation")
    assert not any("/navigator-pages/" in iri for iri in citable)
    assert len(citable) == 53
