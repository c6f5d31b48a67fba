"""Findings point at what is to be mended: planted faults in every kind of input, and the place each must be told at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import run

from mitigraph import locate
from mitigraph.formats import format_named
from mitigraph.gather import Found
from mitigraph.knowledge import Knowledge
from mitigraph.locate import WayBack
from mitigraph.mapping.batch import TOGETHER
from mitigraph.mapping.trace import KEPT_TRACES
from mitigraph.parse import parse
from mitigraph.pipeline import read_dataset
from mitigraph.rdf_lines import RdfLines
from mitigraph.read import Content
from mitigraph.shacl import Result
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import RDF

AIRMO = "https://w3id.org/airmo#"
PREFIXES = {"airmo": AIRMO, "id": "https://w3id.org/airmo/id/"}

CSV = """id,title,description,category,actor,lifecycle_stage,source_title,source_year
a,Alpha,What it does.,mit-v1:1.1,Developer,Deploy,A Book,2020
b,Beta,"What
it
does.",mit-v1:9.9,Developer,,A Book,2020
c,Gamma,,mit-v1:1.1,Develper,Deploy,A Book,20twenty
d, ,Text.,mit-v1:1.1,Developer,Deploy,A Book,2020
"""
CSV_FAULTS = {
    ("unknown-concept", 3, "category"),
    ("mitigation-stage", 3, "lifecycle_stage"),
    ("mitigation-description", 6, "description"),
    ("unknown-concept", 6, "actor"),
    ("bad-year", 6, "source_year"),
    ("mitigation-label", 7, "title"),
}
JSON = """[
 {"id": "a", "title": "Alpha", "description": "What it does.", "category": "mit-v1:1.1",
  "actor": "Developer", "lifecycle_stage": "Deploy"},
 {"id": "b", "title": "Beta",
  "description": "x",
  "category": ["mit-v1:1.1",
               "mit-v1:9.9"],
  "actor": "Develper", "lifecycle_stage": ""},
 {"id": "c",
  "title": "Gamma", "category": "mit-v1:1.1", "actor": "Developer", "lifecycle_stage": "Deploy",
  "source_title": "A Book",
  "source_year": 20.5}
]
"""
JSON_FAULTS = {
    ("unknown-concept", 7, "/1/category/1"),
    ("unknown-concept", 8, "/1/actor"),
    ("mitigation-stage", 8, "/1/lifecycle_stage"),
    ("mitigation-description", 9, "/2"),
    ("bad-year", 12, "/2/source_year"),
}
YAML = """# entries
- id: a
  title: Alpha
  description: What it does.
  category: mit-v1:1.1
  actor: Developer
  lifecycle_stage: Deploy
- id: b
  title:
  description: >
    What it
    does.
  category:
    - mit-v1:1.1
    - mit-v1:9.9
  actor: [Developer, Develper]
  lifecycle_stage: Deploy
"""
YAML_FAULTS = {
    ("mitigation-label", 9, "/1/title"),
    ("unknown-concept", 15, "/1/category/1"),
    ("unknown-concept", 16, "/1/actor/1"),
}
JSONL = """{"id": "a", "title": "Alpha", "description": "x", "category": "mit-v1:1.1", "actor": "Developer"}

{"id": "b", "title": "", "description": "x", "category": "mit-v1:9.9", "actor": "Developer"}
"""
JSONL_FAULTS = {
    ("mitigation-stage", 1, "/id"),
    ("mitigation-stage", 3, "/id"),
    ("mitigation-label", 3, "/title"),
    ("unknown-concept", 3, "/category"),
}
TURTLE = """@prefix airmo: <https://w3id.org/airmo#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix my: <https://example.org/> .

my:alpha a airmo:Mitigation ;
    rdfs:label "Alpha"@en ;
    airmo:mitigatesRisk my:risk .

my:risk a airmo:Risk ;
    airmo:inRiskDomain my:domain ;
    rdfs:label ""@en .

<https://example.org/path/beta>
    a airmo:Mitigation ;
    airmo:doi "no doi" ;
.
"""
TURTLE_FAULTS = {
    ("mitigation-record", 5, None),
    ("mitigation-stage", 5, None),
    ("risk-source", 9, None),
    ("risk-domain-known", 10, None),
    ("risk-label-trimmed", 11, None),
    ("mitigation-label", 13, None),
}
NTRIPLES = f"""<urn:a> <{RDF}type> <{AIRMO}Mitigation> .
<urn:b> <{RDF}type> <{AIRMO}Risk> .
<urn:b> <http://www.w3.org/2000/01/rdf-schema#comment> "One"@en .
<urn:b> <http://www.w3.org/2000/01/rdf-schema#label> ""@en .
"""
NTRIPLES_FAULTS = {("mitigation-label", 1, None), ("risk-source", 2, None), ("risk-label-trimmed", 4, None)}
JSON_LD = """{
 "@context": {"airmo": "https://w3id.org/airmo#", "@vocab": "https://w3id.org/airmo#", "my": "https://example.org/"},
 "@graph": [
  {"@id": "my:alpha", "@type": "Mitigation"},
  {
   "@id": "https://example.org/risk",
   "@type": "Risk"
  }
 ]
}
"""
JSON_LD_FAULTS = {("mitigation-label", 4, None), ("risk-label", 6, None)}
RDF_XML = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="{RDF}" xmlns:airmo="{AIRMO}">
 <airmo:Mitigation rdf:about="urn:a"/>
 <airmo:Risk
  rdf:about="urn:b"/>
</rdf:RDF>
"""
RDF_XML_FAULTS = {("mitigation-label", 3, None), ("risk-label", 5, None)}


def found(path: Path) -> set[tuple[str, int | None, str | None]]:
    """Code, line, and column or pointer of every finding of ``validate`` about a file."""
    report = json.loads(run("validate", path, "--report", "json").out)
    return {
        (finding["code"], finding.get("line"), finding.get("column", finding.get("pointer")))
        for finding in report["findings"]
        if finding["file"] == path.name
    }


@pytest.mark.parametrize(
    ("name", "text", "faults"),
    [
        ("new.csv", CSV, CSV_FAULTS),
        ("new.json", JSON, JSON_FAULTS),
        ("new.yaml", YAML, YAML_FAULTS),
        ("new.jsonl", JSONL, JSONL_FAULTS),
    ],
)
def test_faults_of_records(tmp_path: Path, name: str, text: str, faults: set[tuple[str, int, str]]) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert found(tmp_path / name) == faults


@pytest.mark.parametrize(
    ("name", "text", "faults"),
    [
        ("new.ttl", TURTLE, TURTLE_FAULTS),
        ("new.nt", NTRIPLES, NTRIPLES_FAULTS),
        ("new.jsonld", JSON_LD, JSON_LD_FAULTS),
        ("new.rdf", RDF_XML, RDF_XML_FAULTS),
    ],
)
def test_faults_of_rdf(tmp_path: Path, name: str, text: str, faults: set[tuple[str, int, None]]) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    got = found(tmp_path / name)
    assert faults <= got
    lines = {line for code, line, _ in got if code.startswith(("mitigation-", "risk-"))}
    assert lines == {line for _, line, _ in faults}


def test_windows_lines_and_a_byte_order_mark_move_nothing(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_bytes(b"\xef\xbb\xbf" + CSV.replace("\n", "\r\n").encode())
    assert found(tmp_path / "new.csv") == CSV_FAULTS


def test_faults_of_a_page(tmp_path: Path, root: Path) -> None:
    page = (root / "examples/pages/harmlessness-training.txt").read_text("utf-8").splitlines()
    title = next(number for number, line in enumerate(page, 1) if line == "Pre-deployment risk assessments")
    stage = page.index("Build and Use Model") + 1
    del page[title]  # its description
    (tmp_path / "page.txt").write_text("\n".join(page) + "\n", "utf-8")
    got = {(code, line) for code, line, _ in found(tmp_path / "page.txt")}
    assert ("mitigation-description", title) in got
    # Those that the page only lists have no stage of their own: it is not the page's stage that is wrong.
    assert ("mitigation-stage", title) in got
    assert ("mitigation-stage", stage - 1) not in got


def test_the_line_that_a_person_reads(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(CSV, "utf-8")
    done = run("validate", tmp_path / "new.csv")
    assert done.code == 1
    lines = [line for line in (done.text + done.err).splitlines() if "Develper" in line]
    file = tmp_path / "new.csv"
    assert lines == [
        f"{file}:6:actor: violation[unknown-concept] no concept of actor-roles, found 'Develper'; did you mean 'Developer'?"
    ]


def test_two_files_and_the_right_one(tmp_path: Path) -> None:
    (tmp_path / "one.ttl").write_text(f"<urn:b> <{AIRMO}mitigatesRisk> <urn:a> .\n", "utf-8")
    (tmp_path / "two.ttl").write_text(f"\n<urn:a> a <{AIRMO}Risk> .\n", "utf-8")
    report = json.loads(run("validate", tmp_path / "one.ttl", tmp_path / "two.ttl", "--report", "json").out)
    labels = {(f["file"], f["line"]) for f in report["findings"] if f["code"] == "risk-label"}
    assert labels == {("two.ttl", 2)}


# -- lines of RDF -----------------------------------------------------------------------------------------------------------

EX = "<https://example.org/{}>"


@pytest.mark.parametrize(
    ("text", "subject", "predicate", "value", "line"),
    [
        ("PREFIX e: <https://example.org/>\ne:ab e:p 1 .\ne:a e:p 1 .", "a", None, None, 3),
        ("@prefix : <https://example.org/> .\n:a :p 1 .", "a", None, None, 2),
        ("@prefix e: <https://example.org/> .\ne:b\\/a e:p 1 .", "b/a", None, None, 2),
        ("<https://example.org/b> <https://example.org/p> <https://example.org/a> .", "a", None, None, 1),
        ("<https://example.org/ab> <https://example.org/p> 1 .", "a", None, None, None),
        ("@prefix e: <https://example.org/> .\ne:a\n  e:p 1 ;\n  e:p 2 ;\n  e:q 3 .", "a", "p", '"2"^^<{xsd}integer>', 4),
        ("@prefix e: <https://example.org/> .\ne:a\n  e:p 1 ;\n  e:q 3 .\ne:b\n  e:r 1 .", "a", "r", None, 2),
        ("@prefix e: <https://example.org/> .\ne:a\n  e:p e:b ;\n  e:p e:c .", "a", "p", EX.format("c"), 4),
        ('@prefix e: <https://example.org/> .\ne:a\n  e:p "x"@en ;\n  e:p "y\\n"@en .', "a", "p", '"y\\n"@en', 4),
        ("", "a", None, None, None),
    ],
)
def test_lines_of_triples(text: str, subject: str, predicate: str | None, value: str | None, line: int | None) -> None:
    lines = RdfLines(text.encode(), {})
    value = value and value.replace("{xsd}", "http://www.w3.org/2001/XMLSchema#")
    assert lines.of(EX.format(subject), predicate and EX.format(predicate), value) == line


LINES = [
    ('# <urn:a> <urn:p> 1 .\n<urn:b> <urn:p> "<urn:a> ." .\n<urn:a> <urn:p> 2 .', "2", 3),
    ('<urn:a> <urn:q> """x\n<urn:a> <urn:p> 1 .\n""" ;\n <urn:p> 1.5 , 1 .', "1", 4),
    ("@base <urn:x> . PREFIX e: <urn:>\ne:a e:q [ e:p 1 ;\n e:p 2 ] ;\n e:p 1,\n2.\ne:b e:p 2 .", "2", 5),
    ("GRAPH <urn:g> {\n <urn:a> <urn:p> 1 .\n <urn:a> <urn:p> 2\n}", "2", 3),
    ("@prefix e: <urn:> .\ne:a a e:C ; e:q ( 1\n2 ) ;\ne:p '2' , 2 .", "2", 4),
    ("<urn:a> <urn:p> 1 .\n<urn:b> <urn:p> 2 .\n<urn:a> <urn:p> 2 .", "2", 3),
]


@pytest.mark.parametrize(("text", "number", "line"), LINES)
def test_lines_of_just_one_triple(text: str, number: str, line: int) -> None:
    lines = RdfLines(text.encode(), {})
    value = f'"{number}"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert lines.triple("<urn:a>", "<urn:p>", value) == line
    assert lines.triple("<urn:a>", "<urn:p>", '"no"') is None
    assert lines.triple("<urn:none>", "<urn:p>", value) is lines.triple("_:a", "<urn:p>", value) is None


NODES = """{"@context": [{"ex": "urn:ex:", "id": "@id", "type": "@type", "@vocab": "urn:v:", "label": {"@id": "ex:l"}}],
 "@graph": [
  {"id": "ex:a",
   "type": "Thing",
   "label": {"en": "one",
             "de": "eins"},
   "ex:p": [1,
            {"id": "ex:b",
             "label": "two"},
            true]},
  {"id": "ex:b", "ex:q": {
    "@value": "x",
    "@type": "ex:T"}}
 ]}"""


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "line"),
    [
        ("a", f"{RDF}type", "<urn:v:Thing>", 4),
        ("a", "urn:ex:l", '"eins"@de', 6),
        ("a", "urn:ex:p", "<urn:ex:b>", 8),
        ("a", "urn:ex:p", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', 10),
        ("b", "urn:ex:l", '"two"', 9),
        ("b", "urn:ex:q", '"x"^^<urn:ex:T>', 12),
        ("b", "urn:ex:q", '"y"', None),
    ],
)
def test_lines_of_values_in_json_ld(subject: str, predicate: str, value: str, line: int | None) -> None:
    assert RdfLines(NODES.encode(), {}).triple(f"<urn:ex:{subject}>", f"<{predicate}>", value) == line


ALIKE = """{"@context": {"ex": "urn:ex:", "@language": "de", "fr": {"@id": "ex:p", "@language": "fr"},
    "typed": {"@id": "ex:p", "@type": "ex:T"}, "plain": {"@id": "ex:p", "@language": null}},
 "@id": "urn:ex:a",
 "ex:p": ["1",
   {"@value": "1"},
   {"@type": "ex:U", "@value": "1"},
   {"@value": "1",
    "@language": "EN"},
   1],
 "fr": "1",
 "typed": "1",
 "plain": {"@set": ["2"]}}"""


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ('"1"@de', 4),
        ('"1"', 5),
        ('"1"^^<urn:ex:U>', 6),
        ('"1"@en', 7),
        ('"1"^^<http://www.w3.org/2001/XMLSchema#integer>', 9),
        ('"1"@fr', 10),
        ('"1"^^<urn:ex:T>', 11),
        ('"2"', 12),
    ],
)
def test_values_of_json_ld_with_the_same_text(value: str, line: int) -> None:
    assert RdfLines(ALIKE.encode(), {}).triple("<urn:ex:a>", "<urn:ex:p>", value) == line
    assert ("<urn:ex:a>", "<urn:ex:p>", value) in parse(ALIKE.encode(), format_named("jsonld"), "")


def test_types_are_written_with_a() -> None:
    lines = RdfLines(b"<urn:a>\n  <urn:p> 1 ;\n  a <urn:c> .", {})
    assert lines.of("<urn:a>", f"<{RDF}type>", "<urn:c>") == 3


def test_blank_nodes_have_no_line() -> None:
    assert RdfLines(b"_:a <urn:p> 1 .", {}).of("_:a") is None


def test_what_is_nowhere_is_built_in() -> None:
    assert str(WayBack([], [], PREFIXES).place("<urn:a>", None, None)) == "(built-in)"
    file = Found("a.ttl", "a.ttl", None, True, Content.of_bytes(b"<urn:b> <urn:p> 1 ."))
    assert str(WayBack([], [file], PREFIXES).place("<urn:a>", None, None)) == "a.ttl"


def test_a_key_given_twice_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text("id,title\nk 1,One\nk 1,Another\n")
    told = run("validate", file).findings()
    assert len(told) == 1
    assert f"{file}:3:id: violation[duplicate-id]" in told[0]


def test_a_record_is_mapped_once_for_all_its_findings(tmp_path: Path) -> None:
    """However many findings a file has: its records are looked into once, and together, not once per finding."""
    file, count = tmp_path / "many.csv", 2 * KEPT_TRACES + 1
    file.write_text("id,title,description,actor\n" + "".join(f"m{number},T,,\n" for number in range(count)))
    knowledge = Knowledge()
    dataset = read_dataset([str(file)], knowledge)
    shapes = "https://w3id.org/airmo/shapes#mitigation-"
    missing = {
        "description": "http://purl.org/dc/terms/description",
        "actor": f"{AIRMO}responsibleActor",
        "stage": f"{AIRMO}appliesAtStage",
    }
    results = [
        Result(f"<{knowledge.base}entries/m{number}>", f"<{path}>", None, f"<{shapes}{rule}>", sh("Min"), "warning", "none")
        for number in range(count)
        for rule, path in missing.items()
    ]
    found = locate.findings(sorted(results, key=Result.sort_key), WayBack(dataset.runs, [], {}), knowledge)
    assert {(one.place.line, one.place.column) for one in found} == {
        (number + 2, column) for number in range(count) for column in ("description", "actor", "id")
    }
    assert sum(run._tracing().batches for run in dataset.runs) == -(-count // TOGETHER)


OF_BLANK_NODES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:s> sh:targetClass <urn:C> ; sh:property [ sh:path <urn:p> ; sh:nodeKind sh:IRI ; sh:maxCount 2 ] .
"""
BLANK_NODES = """<urn:a> a <urn:C> ;
  <urn:p> [ <urn:q> 1 ] ,
    [ <urn:q> 2 ] .
[] a <urn:C> ;
  <urn:p> 3 ,
    4 .
_:c a <urn:C> ; <urn:p> <urn:x> , <urn:y> , <urn:z> .
"""


@pytest.mark.parametrize(
    ("name", "lines"),
    [("second.ttl", [2, 3, 5, 6, 7]), ("second.nt", [3, 5, 7, 8, 10]), ("second.trig", [None, None, None, 2, 2])],
)
def test_what_has_no_name_is_told_in_its_own_file(
    name: str, lines: list[int | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shapes.ttl").write_text(OF_BLANK_NODES)
    Path("first.ttl").write_text("<urn:b> a <urn:C> .\n[] a <urn:C> .\n")
    text = BLANK_NODES
    if name.endswith(".nt"):
        triples = parse(text.encode(), format_named("turtle"), "")
        text = "".join(f"{s} {p} {o} .\n" for s, p, o in triples)
    Path(name).write_text(text)
    found = json.loads(run("validate", "first.ttl", name, "-s", "shapes.ttl", "--report", "json").out)["findings"]
    assert {one["file"] for one in found} == {name}
    assert sorted((one.get("line") for one in found), key=lambda line: line or 0) == lines
