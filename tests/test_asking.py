"""``query`` and ``describe`` as an analyst uses them: which data is asked, how a resource is named, what is told of a mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from running import Ran, run

from mitigraph import assets
from mitigraph.asking import Asked, bundled
from mitigraph.errors import EngineError, UsageError
from mitigraph.terms import RDF

COUNT = "SELECT (COUNT(*) AS ?n) { ?m a airmo:Mitigation }"
CONSTRUCT = "CONSTRUCT WHERE { ?r a airmo:Risk }"
ENTRIES = "id,title,category\na,Hello,1.1.2\nb,World,9.9.9.9\n"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def elsewhere(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nothing in it, and a cache that the tests share."""
    monkeypatch.setenv("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("HOME", str(cache))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def number(ran: Ran) -> int:
    assert ran.code == 0, ran.err
    return int(ran.text.splitlines()[1])


# Which data is asked


def test_without_data_it_is_the_bundled_dataset_built_once() -> None:
    assert number(run("query", COUNT, "-f", "csv")) == 74
    built = (bundled() / "full.nt").stat()
    assert number(run("query", COUNT, "-f", "csv")) == 74
    assert (bundled() / "full.nt").stat() == built


def test_a_dist_here_goes_before_the_bundled_dataset(elsewhere: Path) -> None:
    (elsewhere / "dist").mkdir()
    assert number(run("query", COUNT, "-f", "csv")) == 74, "a folder that holds no build is none"
    (elsewhere / "dist" / "full.nt").write_text(f"<urn:m> <{RDF}type> <https://w3id.org/airmo#Mitigation> .\n")
    (elsewhere / "dist" / "build.json").write_text("{}")
    assert number(run("query", COUNT, "-f", "csv")) == 1


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="XDG_CACHE_HOME counts elsewhere only")
@pytest.mark.parametrize("place", ["file/in/the/way", "/dev/null/cache"])
def test_a_cache_that_cannot_be_written_only_costs_time(elsewhere: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    (elsewhere / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(elsewhere / place))
    with pytest.raises(EngineError):
        bundled()
    assert number(run("query", COUNT, "-f", "csv")) == 74


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="XDG_CACHE_HOME counts elsewhere only")
def test_a_cache_folder_that_is_not_absolute_does_not_count(
    cache: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "cache-here")
    assert bundled().is_relative_to(cache / ".cache")
    assert list(elsewhere.iterdir()) == []


def test_someone_without_a_home_is_served_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_class: type[Path]) -> Path:
        raise RuntimeError("could not determine home directory")

    monkeypatch.delenv("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", classmethod(nowhere))
    assert number(run("query", COUNT, "-f", "csv")) == 74


def test_data_is_a_build_a_file_a_folder_of_rdf_or_records(elsewhere: Path) -> None:
    build = bundled()
    (elsewhere / "rdf").mkdir()
    (elsewhere / "rdf" / "one.ttl").write_text("<urn:m> a <https://w3id.org/airmo#Mitigation> .")
    (elsewhere / "entries.csv").write_text(ENTRIES)
    (elsewhere / "records").mkdir()
    (elsewhere / "records" / "entries.csv").write_text(ENTRIES)
    sizes = {
        str(build): 74,
        str(build / "full.ttl"): 74,
        str(build / "data.jsonld"): 74,
        "rdf": 1,
        "rdf/one.ttl": 1,
        "entries.csv": 2,
        "records": 2,
    }
    assert {data: number(run("query", COUNT, "-f", "csv", "-d", data)) for data in sizes} == sizes
    assert number(run("query", COUNT, "-f", "csv", "-d", "rdf", "-d", "entries.csv")) == 3


def test_data_from_standard_input_is_records_or_rdf() -> None:
    assert number(run("query", COUNT, "-f", "csv", "-d", "-", stdin=ENTRIES.encode())) == 2
    turtle = b"@prefix a: <https://w3id.org/airmo#> .\n<urn:m> a a:Mitigation .\n"
    assert number(run("query", COUNT, "-f", "csv", "-d", "-", stdin=turtle)) == 1


def test_records_are_inferred_over_together_with_rdf_that_stands_beside_them(elsewhere: Path) -> None:
    (elsewhere / "above.ttl").write_text(
        "@prefix a: <https://w3id.org/airmo#> .\n<https://w3id.org/airmo/id/entries/a> a:hasParentMitigation <urn:top> ."
    )
    (elsewhere / "entries.csv").write_text(ENTRIES)
    ran = run("query", "ASK { <urn:top> airmo:hasDescendantMitigation ?m }", "-d", "above.ttl", "-d", "entries.csv")
    assert ran.text == "true\n"


def test_what_is_wrong_in_records_is_told_beside_the_answer(elsewhere: Path) -> None:
    (elsewhere / "entries.csv").write_text(ENTRIES)
    ran = run("query", COUNT, "-f", "csv", "-d", "entries.csv")
    assert number(ran) == 2
    assert [line[:45] for line in ran.lines] == ["entries.csv:3:category: violation[unknown-con"]
    assert run("describe", "World", "-d", "entries.csv").lines == ran.lines


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("missing.ttl", "missing.ttl: "),
        ("missing.csv", "missing.csv: "),
        ("missing", "missing: "),
        ("notes.docx", "notes.docx: violation[not-data] "),
        ("empty", "empty: violation[no-data] "),
        ("broken.ttl", "broken.ttl:1:1: "),
        ("broken.json", "broken.json:1"),
    ],
)
@pytest.mark.parametrize("verb", [("query", COUNT), ("describe", "airmo:Risk")], ids=["query", "describe"])
def test_data_that_cannot_be_read_is_one_line(elsewhere: Path, data: str, said: str, verb: tuple[str, str]) -> None:
    (elsewhere / "empty").mkdir()
    for name in ("notes.docx", "broken.ttl", "broken.json"):
        (elsewhere / name).write_text("broken <")
    ran = run(*verb, "-d", data)
    assert (ran.code, ran.out, len(ran.lines)) == (3, b"", 1), ran
    assert ran.lines[0].startswith(f"mitigraph: {said}")


# How a resource is named


@pytest.mark.parametrize(
    "name",
    [
        "https://w3id.org/airmo/mitigation-categories/mit-v2/ai-system.model.learning-objectives",
        "<https://w3id.org/airmo/mitigation-categories/mit-v2/ai-system.model.learning-objectives>",
        "mitv2:ai-system.model.learning-objectives",
        "Learning Objectives",
        "learning objectives",
        "mit-v2:1.1.2",
        "1.1.2",
    ],
)
def test_one_resource_by_all_its_names(name: str) -> None:
    ran = run("describe", name)
    assert ran.code == 0
    assert ran.text.splitlines()[0] == "mitv2:ai-system.model.learning-objectives  (Learning Objectives)"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Red Teeming", "nothing is called 'Red Teeming'; did you mean 'Red Teaming'?"),
        ("xyzzy plugh", "nothing is called 'xyzzy plugh'"),
        ("", "nothing is called ''"),
        ("airm:Risk", "nothing is called 'airm:Risk', and there is no prefix 'airm'; did you mean 'airmo'?"),
        ("airmo:Risc", "nothing is said of airmo:Risc; did you mean 'airmo:Risk'?"),
        ("urn:nothing:at:all", "nothing is said of urn:nothing:at:all"),
        ("http://a b", "'http://a b' is no IRI"),
        (
            "mit-v2:1.1.22",
            "no concept of mit-v2, found 'mit-v2:1.1.22', expected 1.1.2 Learning Objectives; did you mean 'mit-v2:1.1.2'?",
        ),
    ],
)
def test_a_name_that_nothing_has(name: str, said: str) -> None:
    ran = run("describe", name)
    assert (ran.code, ran.out, ran.lines) == (2, b"", [f"mitigraph: {said}"])


def test_a_name_that_several_have() -> None:
    ran = run("describe", "3.1")
    assert ran.code == 2
    assert ran.lines == [
        "mitigraph: '3.1' is what 3 resources are called; take one of mitv1:operational-process-controls.testing-auditing, "
        "mitv2:ecosystem.legal-regulatory, domain:misinformation.false-or-misleading-information"
    ]


def test_of_many_with_one_name_the_first_are_listed(elsewhere: Path) -> None:
    lines = [f"<urn:x:{number:02}> <http://www.w3.org/2000/01/rdf-schema#label> 'Same' ." for number in range(12)]
    (elsewhere / "same.ttl").write_text("\n".join(lines))
    (line,) = run("describe", "same", "-d", "same.ttl").lines
    assert line.startswith("mitigraph: 'same' is what 12 resources are called; take one of urn:x:00, ")
    assert line.endswith("urn:x:09 and 2 more")


def test_a_label_goes_before_a_code(elsewhere: Path) -> None:
    (elsewhere / "two.ttl").write_text(
        "@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n<urn:a> s:prefLabel '7' . <urn:b> s:notation '7' ."
    )
    assert run("describe", "7", "-d", "two.ttl").text.splitlines()[0] == "urn:a  (7)"


def test_a_value_of_a_scheme() -> None:
    asked = Asked()
    v1 = "https://w3id.org/airmo/mitigation-categories/mit-v1/transparency-accountability-controls.incident-reporting"
    for value in (v1, f"<{v1}>", "mitv1:transparency-accountability-controls.incident-reporting", "mit-v1:4.3"):
        assert asked.resolve(value, "mit-v2") == v1
    assert asked.resolve("4.3", "mit-v1") == v1
    for value in ("4.3.9", "actor:developer", "actor-roles:Developer", "Other", "Unable to classify"):
        with pytest.raises(UsageError):
            asked.resolve(value, "mit-v2")
    with pytest.raises(UsageError, match=r"is no value of actor-roles$"):
        asked.resolve("Unable to classify", "actor-roles")


# Questions


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["@in-categori"], "no named query @in-categori; did you mean 'in-category'? (query --list shows them)"),
        (["in-category"], "a named query is asked with @ before its name: @in-category"),
        (["@in-category", "-p", "categry=Model"], "@in-category has no parameter 'categry'; did you mean 'category'?"),
        (
            ["@in-category", "-p", "category=Modle"],
            "-p category: no concept of mit-v2, found 'Modle', expected 1.1 Model; did you mean 'Model'?",
        ),
        (
            ["@why-category", "-p", "mitigation=Modle Card"],
            "-p mitigation: nothing is called 'Modle Card'; did you mean 'Model Card'?",
        ),
        (["@why-category", "-p", "mitigation=id:entries/no"], "-p mitigation: nothing is said of id:entries/no"),
        (["@thin-risk-domains", "-p", "most=two"], "-p most: 'two' is no integer: expected digits"),
        (["ASK {}", "-p", "x=1"], "-p goes with a named query (@NAME)"),
        (["hello"], "query: no SELECT, ASK, CONSTRUCT or DESCRIBE in it"),
        (["x" * 5000], "query: no SELECT, ASK, CONSTRUCT or DESCRIBE in it"),
        (["DESCRIBE id:entries/model-card"], r"query:1:21: a '/' within a name is written '\/': id:entries\/model-card"),
        (
            ["SELECT * { id:entries/model-card ?p ?o }"],
            r"query:1:22: a '/' within a name is written '\/': id:entries\/model-card",
        ),
        (
            ["SELECT * { ?s ?p ?o }", "-f", "turtle"],
            "-f turtle: the answer is a table, which needs one of table, csv, tsv, json, xml, md, html",
        ),
        ([CONSTRUCT, "-f", "csv"], "-f csv: the answer is a graph, which needs an RDF format such as turtle or jsonld"),
    ],
)
def test_a_wrong_question_is_one_line_and_wrong_usage(arguments: list[str], said: str) -> None:
    ran = run("query", *arguments)
    assert (ran.code, ran.out) == (2, b"")
    assert len(ran.lines) == 1
    assert ran.lines[0].startswith(f"mitigraph: {said}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "ask something: @NAME"),
        (["@in-category", "-p", "category"], "'category': expected NAME=VALUE"),
        (["@in-category", "-p", "category=a", "-p", "category=b"], "'category' is given twice"),
        (["@citable", "-o", "rows.xyz"], "'rows.xyz': no format has the suffix '.xyz'"),
    ],
)
def test_a_wrong_option_is_one_line_too(elsewhere: Path, arguments: list[str], said: str) -> None:
    ran = run("query", *arguments)
    assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)
    assert said in ran.lines[0]
    assert list(elsewhere.iterdir()) == []


def test_a_question_from_a_file_and_from_standard_input(elsewhere: Path) -> None:
    (elsewhere / "mine.rq").write_text(COUNT, "utf-8-sig")
    assert number(run("query", "mine.rq", "-f", "csv")) == 74
    assert number(run("query", "-", "-f", "csv", stdin=COUNT.encode())) == 74


@pytest.mark.parametrize("name", ["missing.rq", "latin.rq", "folder.rq"])
def test_a_question_that_cannot_be_read(elsewhere: Path, name: str) -> None:
    (elsewhere / "latin.rq").write_bytes("ASK { ?s ?p 'é' }".encode("latin-1"))
    (elsewhere / "folder.rq").mkdir()
    ran = run("query", name)
    assert (ran.code, ran.out, len(ran.lines)) == (3, b"", 1)
    assert ran.lines[0].startswith(f"mitigraph: {name}: ")
    assert run("query", "-", stdin=b"\xff").lines == ["mitigraph: -: not UTF-8"]


def test_ones_own_named_queries_join_the_projects_and_a_wrong_one_spoils_no_other(elsewhere: Path) -> None:
    (elsewhere / "queries").mkdir()
    (elsewhere / "queries" / "risks.rq").write_text("# Which risks are there?\n\nSELECT ?r { ?r a airmo:Risk }")
    (elsewhere / "queries" / "citable.rq").write_text("# Mine?\n\nASK { }")
    (elsewhere / "queries" / "plain.rq").write_text("ASK { }")
    assert len(run("query", "@risks", "-f", "csv").text.splitlines()) == 13
    assert run("query", "@citable").text == "true\n"
    wrong = run("query", "@plain")
    assert (wrong.code, wrong.lines) == (3, ["mitigraph: plain.rq:1: the first line must be a comment with the question"])
    listed = run("query", "--list").text.splitlines()
    assert "@plain  cannot be asked: plain.rq:1: the first line must be a comment with the question" in listed
    assert {"@risks  Which risks are there?", "@citable  Mine?"} <= set(listed)


def test_the_list_shows_what_can_be_typed() -> None:
    listed = run("query", "--list").text.splitlines()
    assert listed.index("@in-category  Which mitigations fall anywhere under a category?") > 0
    assert "    -p 'category=Learning Objectives'  the category, at any level (scheme mit-v2)" in listed
    assert "    -p most=4  how many mitigations a domain may have to count as thin (integer)" in listed
    assert [line for line in listed if line.startswith("@")] == sorted(line for line in listed if line.startswith("@"))
    assert len([line for line in listed if line.startswith("@")]) == len(assets.files("queries", "*.rq"))


# Where answers go


@pytest.mark.parametrize(
    ("query", "name", "begins"),
    [
        ("@citable", "rows.csv", "mitigation,label\n"),
        ("@citable", "rows.tsv", "?mitigation\t?label\n"),
        ("@citable", "rows.json", "{"),
        ("@citable", "rows.srj", "{"),
        ("@citable", "rows.xml", '<?xml version="1.0"?><sparql '),
        ("@citable", "rows.md", "| mitigation | label |\n"),
        ("@citable", "rows.html", "<table>"),
        ("@citable", "rows.txt", "mitigation   "),
        ("@citable", "rows", "mitigation   "),
        (CONSTRUCT, "graph.ttl", "@prefix airmo:"),
        (CONSTRUCT, "graph.nt", "<https://w3id.org/airmo/id/nist-ai-600-1/"),
        (CONSTRUCT, "graph.jsonld", "{"),
        (CONSTRUCT, "graph.rdf", '<?xml version="1.0"'),
        (CONSTRUCT, "graph.xml", '<?xml version="1.0"'),
    ],
)
def test_the_suffix_says_the_format(elsewhere: Path, query: str, name: str, begins: str) -> None:
    ran = run("query", query, "-o", name)
    assert (ran.code, ran.out, ran.lines) == (0, b"", [])
    assert (elsewhere / name).read_text("utf-8").startswith(begins)


def test_an_output_that_cannot_be_written_is_told(elsewhere: Path) -> None:
    ran = run("query", "@citable", "-o", "no/where.csv")
    assert (ran.code, len(ran.lines)) == (4, 1)
    assert ran.lines[0].startswith("mitigraph: no/where.csv: ")


def test_a_closed_pipe_ends_quietly(root: Path) -> None:
    command = f"'{sys.executable}' -m mitigraph query 'SELECT * {{ ?s ?p ?o }}' -d '{bundled()}' | head -n 1"
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, timeout=60, env={"PYTHONPATH": str(root / "src")}, check=True
    )
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1


# Descriptions


def test_a_description_begins_with_what_the_thing_is() -> None:
    lines = run("describe", "Model Card").text.splitlines()
    assert lines[0] == "id:entries/model-card  (Model Card)"
    assert [line.split()[0] for line in lines[1:4]] == ["rdf:type", "rdfs:label", "dcterms:description"]
    assert "  airmo:appliesAtStage           stage:deploy  (Deploy)" in lines
    assert "  is airmo:recordOf of           id:entries/model-card/record" in lines


def test_lists_and_nodes_without_names_are_shown_by_what_is_in_them(elsewhere: Path) -> None:
    text = run("describe", "airmo:hasCategory").text
    assert "owl:propertyChainAxiom  ( airmo:qualifiedClassification airmo:assignedCategory )" in text
    assert "_:" not in text
    turtle = run("describe", "airmo:hasCategory", "-f", "turtle").text
    assert "owl:propertyChainAxiom ( airmo:qualifiedClassification airmo:assignedCategory ) ;" in turtle
    (elsewhere / "nodes.ttl").write_text(
        "<urn:a> <urn:p> [ a <urn:C> ; <urn:q> (1 'two' [ <urn:r> <urn:s> ]) ] ; <urn:none> () .\n"
        "<urn:a> <urn:loop> _:x . _:x <urn:p> _:y . _:y <urn:p> _:x .\n"
    )
    lines = run("describe", "urn:a", "-d", "nodes.ttl").text.splitlines()
    one = '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert f'  urn:p     [ a urn:C ; urn:q ( {one} "two" [ urn:r urn:s ] ) ]' in lines
    assert "  urn:none  rdf:nil" in lines
    (loop,) = [line for line in lines if "urn:loop" in line]
    assert loop.startswith("  urn:loop  [ urn:p [ urn:p _:")


def test_what_stands_there_is_not_said_again_the_other_way_round() -> None:
    text = run("describe", "Red Teaming").text
    assert text.count("(Manual Red Teaming)") == 2, "as child and as descendant"
    assert "hasParentMitigation" not in text
    assert "airmo:classifies" not in text


def test_of_many_the_first_stand_for_all() -> None:
    lines = [line for line in run("describe", "airmo:Mitigation").text.splitlines() if "is rdf:type of" in line]
    assert len(lines) == 11
    assert lines[-1].endswith("… and 64 more (-f turtle has them all)")
    assert len(run("describe", "airmo:Mitigation", "-f", "nt").text.splitlines()) > 74


def test_nothing_in_the_data_can_pass_for_a_line_of_the_description(elsewhere: Path) -> None:
    text = json.dumps("one\ntwo\u2028three\x1b[31m\r")
    (elsewhere / "odd.ttl").write_text(f"<urn:a> <http://www.w3.org/2000/01/rdf-schema#label> {text} .")
    lines = run("describe", "urn:a", "-d", "odd.ttl").text.split("\n")
    assert lines[0].startswith("urn:a  (one two three ")
    assert all(line.startswith("  ") for line in lines[1:-1])
    assert "\x1b" not in "".join(lines)


def test_a_description_as_rdf_or_into_a_file(elsewhere: Path) -> None:
    assert run("describe", "airmo:Risk", "-f", "turtle").text.startswith("@prefix airmo:")
    assert run("describe", "airmo:Risk", "-o", "risk.xml").out == b""
    assert (elsewhere / "risk.xml").read_text().startswith('<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF')
    run("describe", "airmo:Risk", "-o", "risk.txt")
    assert (elsewhere / "risk.txt").read_bytes() == run("describe", "airmo:Risk").out


@pytest.mark.parametrize("arguments", [["-f", "csv"], ["-f", "ttttle"], ["-o", "risk.csv"]])
def test_a_description_in_no_format_there_is(elsewhere: Path, arguments: list[str]) -> None:
    ran = run("describe", "airmo:Risk", *arguments)
    assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)
    assert list(elsewhere.iterdir()) == []
