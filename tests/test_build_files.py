"""What a build leaves behind: every file read by others' parsers, the same bytes everywhere, and small differences."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import re
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from building import ROOT, Build, broken_sums, files, graph, run, void_counts
from rdflib.compare import isomorphic

from mitigraph.canonical import canonical
from mitigraph.errors import UsageError
from mitigraph.formats import format_named
from mitigraph.knowledge import Knowledge
from mitigraph.parse import parse
from mitigraph.release import newest_date
from mitigraph.terms import XSD, Triple

TURTLE = ("data.ttl", "full.ttl", "schemes.ttl", "shapes.ttl", "report.ttl", "void.ttl", "dcat.ttl")
RAPPER = shutil.which("rapper")
WRITTEN = "2026-11-20"  # the day on which entries of the example say they were written down
BASE = "https://w3id.org/airmo/id/"
DATASET = "https://w3id.org/airmo/dataset"
DCT = "<http://purl.org/dc/terms/{}>"
NEW = {
    "id": "two-person-release",
    "title": "Release by Two People",
    "description": "A model goes out only when two people who do not report to each other have both signed.",
    "category": "mit-v1:1.1",
    "reasoning": "Who may decide is a matter of structure.",
    "actor": "Developer",
    "lifecycle_stage": "Deploy",
    "function": "Govern",
    "risks": "Information Security",
    "source_title": "A Note on Signing",
    "source_authors": "Doe, J.",
    "source_year": "2023",
    "source_url": "https://example.org/signing",
    "quote": "Two is more than one.",
    "page": "3",
}


def oxigraph(file: Path) -> set[Triple]:
    """The triples of a file as pyoxigraph reads it, without what mitigraph puts before it."""
    return {(str(t.subject), str(t.predicate), str(t.object)) for t in pyoxigraph.parse(path=str(file))}


def same(one: set[Triple], other: set[Triple]) -> bool:
    return canonical(one) == canonical(other)


# -- read by others -------------------------------------------------------------------------------------------------------


def test_full_turtle_is_full_ntriples_in_pyoxigraph(bundled: Build) -> None:
    turtle, lines = oxigraph(bundled.place / "full.ttl"), oxigraph(bundled.place / "full.nt")
    assert len(lines) > 6000
    assert same(turtle, lines)


def test_full_turtle_is_full_ntriples_in_rdflib(bundled: Build) -> None:
    turtle = rdflib.Graph().parse(bundled.place / "full.ttl", format="turtle")
    lines = rdflib.Graph().parse(bundled.place / "full.nt", format="nt")
    assert len(lines) == len(graph(bundled.place / "full.nt"))
    assert isomorphic(turtle, lines)


@pytest.mark.skipif(RAPPER is None, reason="rapper (raptor2-utils) is not installed")
@pytest.mark.parametrize("name", [*TURTLE, "full.nt", "ontology.ttl"])
def test_raptor_reads_the_same(bundled: Build, name: str) -> None:
    syntax = "ntriples" if name.endswith(".nt") else "turtle"
    command = [str(RAPPER), "-q", "-i", syntax, "-o", "ntriples", str(bundled.place / name)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert not done.stderr
    assert same(set(parse(done.stdout, format_named("nt"), "rapper")), oxigraph(bundled.place / name))


def test_json_ld_is_the_data_in_pyoxigraph(bundled: Build) -> None:
    assert same(oxigraph(bundled.place / "data.jsonld"), oxigraph(bundled.place / "data.ttl"))


def test_json_ld_is_the_data_in_rdflib(bundled: Build) -> None:
    linked = rdflib.Graph().parse(bundled.place / "data.jsonld", format="json-ld")
    turtle = rdflib.Graph().parse(bundled.place / "data.ttl", format="turtle")
    assert set(linked) == set(turtle)


def test_full_is_data_and_knowledge_and_what_follows(bundled: Build) -> None:
    full = canonical(graph(bundled.place / "full.nt"))
    parts = [graph(bundled.place / name) for name in ("data.ttl", "schemes.ttl")]
    assert all(part <= full for part in parts)
    named = {t for t in graph(bundled.place / "ontology.ttl") if not (t[0] + t[2]).count("_:")}
    assert named <= full
    assert len(full) > len(set().union(*parts, named))


def test_report_is_a_validation_report(bundled: Build) -> None:
    about = Build(bundled.place, 0, "")
    about.store.load(path=str(bundled.place / "report.ttl"))
    ((report, conforms),) = about.rows("?report a sh:ValidationReport ; sh:conforms ?conforms", "report", "conforms")
    results = about.rows(f"<{report}> sh:result ?result", "result")
    assert conforms == "false"
    assert len(results) == about.count("?x a sh:ValidationResult") > 40
    # SHACL, 3.6.2: exactly one focus node, severity and source constraint component; at most one path, value and shape.
    for name in ("focusNode", "resultSeverity", "sourceConstraintComponent", "resultPath", "value", "sourceShape"):
        values = Counter(result for result, _ in about.rows(f"?r a sh:ValidationResult ; sh:{name} ?v", "r", "v"))
        assert set(values.values()) <= {1}, name
        if name in ("focusNode", "resultSeverity", "sourceConstraintComponent", "sourceShape"):
            assert len(values) == len(results), name
    severities = {severity for (severity,) in about.rows("?r sh:resultSeverity ?v", "v")}
    assert severities <= {f"http://www.w3.org/ns/shacl#{name}" for name in ("Info", "Warning", "Violation")}
    assert about.count("?r sh:resultMessage ?m . FILTER(STRLEN(?m) > 10)", "r") == len(results)
    assert about.count("?r sh:sourceShape ?shape . ?r sh:focusNode ?node . ?node a ?class", "r") == len(results)


def test_report_json_has_each_result_at_a_cell(bundled: Build) -> None:
    report = json.loads((bundled.place / "report.json").read_bytes())
    assert report["counts"] == Counter(finding["severity"] for finding in report["findings"]) | {"violation": 0}
    shapes = [finding for finding in report["findings"] if "focus" in finding]
    assert len(shapes) > 40
    assert all(finding["line"] and (finding.get("column") or finding.get("pointer")) for finding in shapes)


def test_checksums_verify(bundled: Build) -> None:
    assert bundled.exit_code == 0
    assert not broken_sums(bundled.place)
    if tool := shutil.which("sha256sum"):
        subprocess.run([tool, "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=bundled.place, check=True, timeout=60)


@pytest.mark.parametrize("name", TURTLE)
def test_one_triple_a_line(bundled: Build, name: str) -> None:
    head, _, body = (bundled.place / name).read_text("utf-8").partition("\n\n")
    assert all(re.fullmatch(r"@prefix [\w-]+: <[^>]+> \.", line) for line in head.splitlines())
    assert head.splitlines() == sorted(head.splitlines())
    pairs = 0
    for block in body.rstrip("\n").split("\n\n"):
        subject, *lines, end = block.split("\n")
        assert re.fullmatch(r"\S+", subject) and end == ".", block
        pairs += len(lines)
        # Nested nodes and long lists take lines of their own, each deeper by four places.
        assert all(re.fullmatch(r"    \S+ .* ;|( {4})+(\S+ .* ;|\S+ [\[(]|[\])] ;|\S+|\( .* \))", line) for line in lines), block
    if name not in ("full.ttl", "shapes.ttl"):
        assert pairs == len(graph(bundled.place / name))


def test_lines_end_with_a_line_feed_and_are_utf8(bundled: Build) -> None:
    for name, data in files(bundled.place).items():
        data.decode("utf-8")
        assert data.endswith(b"\n") and b"\r" not in data, name


# -- the same bytes -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Build, Build]:
    """The example built in two folders, under names, clocks, locales and an order that differ."""
    built = []
    for number, (zone, locale, seed) in enumerate([("Pacific/Kiritimati", "C", "0"), ("America/St_Johns", "C.UTF-8", "4242")]):
        home = tmp_path_factory.mktemp(f"copy{number}")
        source = home / ("sources", "a folder with another name")[number]
        shutil.copytree(ROOT / "examples", source, ignore=shutil.ignore_patterns("README.md"))
        named: list[Path] = [source]
        if number:
            named = sorted(file for file in source.rglob("*") if file.is_file())
            random.Random(7).shuffle(named)
        env = {"TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed, "USER": f"marvin{number}", "HOME": str(home)}
        done = run("build", *(path.relative_to(home) if number else path for path in named), "-o", "out", cwd=home, env=env)
        assert done.returncode == 0, done.stderr
        built.append(Build(home / "out", done.returncode, done.stderr))
    return built[0], built[1]


def test_two_builds_are_the_same_bytes(copies: tuple[Build, Build], bundled: Build) -> None:
    one, other = files(copies[0].place), files(copies[1].place)
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    # The folder of the example also holds a README, which is a source that is set aside.
    beside = {"build.json", "report.json", "SHA256SUMS"}
    assert {name for name, data in files(bundled.place).items() if data != one[name]} == beside


def test_nothing_of_the_machine_gets_in(copies: tuple[Build, Build]) -> None:
    traces = [str(ROOT), "marvin", str(copies[0].place.parent), "another name", "/home/", "/tmp/", "pytest", socket.gethostname()]
    for name, data in files(copies[0].place).items():
        text = data.decode("utf-8")
        assert not [trace for trace in traces if trace in text], name
        if name not in ("ontology.ttl", "full.ttl", "full.nt"):
            assert date.today().isoformat() not in text.replace(WRITTEN, ""), name


def test_the_date_is_the_one_that_is_given(copies: tuple[Build, Build], tmp_path: Path) -> None:
    source = copies[0].place.parent / "sources"
    done = run("build", source, "-o", tmp_path / "out", env={"SOURCE_DATE_EPOCH": "1700000000"})
    assert done.returncode == 0
    dated, plain = files(tmp_path / "out"), files(copies[0].place)
    assert {name for name in plain if plain[name] != dated[name]} == {"build.json", "dcat.ttl", "SHA256SUMS"}
    assert json.loads(dated["build.json"])["date"] == "2023-11-14"
    assert json.loads(plain["build.json"])["date"] == WRITTEN
    assert b'dcterms:modified "2023-11-14"^^xsd:date' in dated["dcat.ttl"]


@pytest.mark.parametrize("epoch", ["yesterday", "-1", "9" * 30, "²", " "])
def test_a_date_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(UsageError, match=r"SOURCE_DATE_EPOCH: .* is no number of seconds"):
        newest_date([])


def dated(*rows: tuple[str, str, str]) -> list[Triple]:
    return [("<urn:r>", term, f'"{text}"^^<{XSD}{kind}>') for term, text, kind in rows]


def test_the_date_is_else_the_newest_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    made, changed, begun = "<http://www.w3.org/ns/prov#generatedAtTime>", DCT.format("modified"), DCT.format("created")
    times = [(made, f"{day}T10:00:00Z", "dateTime") for day in ("2025-01-02", "2025-03-01", "2024-12-31")]
    assert newest_date(dated(*times)) == "2025-03-01"
    assert newest_date(dated(*times, (changed, "2025-03-02", "date"), (begun, "2021-05-05", "date"))) == "2025-03-02"
    assert newest_date(dated((begun, "2021-05-05", "date"), (changed, "2020-01-01Z", "date"))) == "2021-05-05"
    assert newest_date(dated((DCT.format("valid"), "2030-01-01", "date"))) is None
    assert newest_date([]) is None


@pytest.mark.parametrize(
    "nonsense", ["soon", "2025-02-30", "9999-99-99", "20250101", "2025-W01-1", "12025-01-01", "2025-01-01 or so", "2025", ""]
)
def test_what_is_no_date_does_not_count(monkeypatch: pytest.MonkeyPatch, nonsense: str) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    rows = dated((DCT.format("modified"), nonsense, "date"), (DCT.format("created"), "2001-01-01", "date"))
    assert newest_date(rows) == "2001-01-01"
    assert newest_date([("<urn:r>", DCT.format("modified"), "<urn:2025-01-01>")]) is None


# -- what it says of itself -------------------------------------------------------------------------------------------------


def described(build: Build, name: str) -> Build:
    """A build whose store also holds what one of its files says of the dataset."""
    about = Build(build.place, 0, "")
    about.store.load(path=str(build.place / name))
    return about


def test_the_dataset_is_the_full_graph_and_its_subsets_are_smaller(bundled: Build) -> None:
    about = described(bundled, "void.ttl")
    names = ("full.nt", "data.ttl", "schemes.ttl", "ontology.ttl")
    graphs = [graph(bundled.place / name) for name in names]
    nodes = (DATASET, *(f"{DATASET}#{part}" for part in ("asserted", "schemes", "ontology")))
    assert about.rows(f"<{DATASET}> void:subset ?part", "part") == {(node,) for node in nodes[1:]}
    for node, triples in zip(nodes, graphs, strict=True):
        counts = void_counts(triples)
        for name, number in counts.items():
            assert about.rows(f"<{node}> void:{name} ?x", "x") == {(str(number),)}, (node, name)
        assert len(triples) <= len(graphs[0])
    dumps = {"": "full.nt full.ttl", "#asserted": "data.ttl data.jsonld", "#schemes": "schemes.ttl", "#ontology": "ontology.ttl"}
    expected = {(f"{DATASET}{part}", f"{DATASET}/{file}") for part, files in dumps.items() for file in files.split()}
    assert about.rows("?x void:dataDump ?dump", "x", "dump") == expected
    assert not about.count("?x void:documents ?n")
    assert about.count(f"<{DATASET}> void:classPartition ?x") == about.count("?s a ?x . FILTER(!STRSTARTS(STR(?x), STR(void:)))")


def test_every_distribution_says_where_it_is_had(bundled: Build) -> None:
    about = described(bundled, "dcat.ttl")
    written = files(bundled.place)
    rows = about.rows(
        f"<{DATASET}> a dcat:Dataset ; dcat:distribution ?d . ?d a dcat:Distribution ; dcterms:title ?t ; dcat:accessURL ?a ; "
        "dcat:downloadURL ?url ; dcat:mediaType ?m ; dcat:byteSize ?size ; spdx:checksum/spdx:checksumValue ?sum",
        *("a", "url", "size", "sum"),
    )
    graphs = ("data.jsonld", "data.ttl", "full.nt", "full.ttl", "ontology.ttl", "schemes.ttl", "shapes.ttl")
    digests = {name: hashlib.sha256(written[name]).hexdigest() for name in graphs}
    assert rows == {(DATASET, f"{DATASET}/{name}", str(len(written[name])), digests[name]) for name in graphs}
    assert about.count("?x a dcat:Distribution") == len(graphs)


@pytest.mark.parametrize(
    ("base", "dataset"),
    [
        (BASE, f"{BASE}dataset"),
        ("https://example.org/id/", "https://example.org/id/dataset"),
        ("https://example.org/#", "https://example.org/#dataset"),
        ("urn:example:", "urn:example:dataset"),
    ],
)
def test_what_others_build_bears_their_name_and_no_licence_of_ours(tmp_path: Path, base: str, dataset: str) -> None:
    done = run("build", ROOT / "examples/measures.csv", "-o", tmp_path / "out", "--base", base)
    assert done.returncode == 0, done.stderr
    built = Build(tmp_path / "out", 0, "")
    for name in ("void.ttl", "dcat.ttl"):
        text = (built.place / name).read_text("utf-8")
        assert f"<{DATASET}" not in text
        assert not [s for s, _, _ in graph(built.place / name) if not s.startswith(f"<{dataset}")]
    about = described(built, "dcat.ttl")
    assert about.rows("?x a dcat:Dataset", "x") == {(dataset,)}
    assert not about.count(f"<{dataset}> dcterms:license|dcterms:publisher|dcterms:creator ?x")
    licensed = {url.rpartition("/")[2] for (url,) in about.rows("?d dcat:downloadURL ?url ; dcterms:license ?l", "url")}
    assert licensed == {"ontology.ttl", "schemes.ttl"}, "these say so themselves"


def test_the_bundled_example_under_another_base_keeps_its_makers(tmp_path: Path) -> None:
    done = run("build", ROOT / "examples", "-o", tmp_path / "out", "--base", "https://example.org/id/")
    assert done.returncode == 0, done.stderr
    about = described(Build(tmp_path / "out", 0, ""), "dcat.ttl")
    assert about.rows("?x a dcat:Dataset ; dcterms:license ?l", "x") == {("https://example.org/id/dataset",)}


# -- small differences --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def more(copies: tuple[Build, Build], tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The example with one more record."""
    source = tmp_path_factory.mktemp("more") / "sources"
    shutil.copytree(copies[0].place.parent / "sources", source)
    table = source / "measures.csv"
    columns = next(csv.reader(io.StringIO(table.read_text("utf-8"))))
    with table.open("a", encoding="utf-8", newline="") as lines:
        csv.DictWriter(lines, columns, lineterminator="\n").writerow(NEW)
    done = run("build", source, "-o", source.parent / "out")
    assert done.returncode == 0, done.stderr
    return Build(source.parent / "out", 0, done.stderr)


def names_of_new(more: Build, before: Build) -> set[str]:
    """The IRIs that only the new record brings: its own and those of its document."""
    own = f"{BASE}entries/{NEW['id']}"
    assert more.count(f"<{own}> a airmo:Mitigation", "x") == 1
    documents = {document for (document,) in more.rows(f"<{own}> airmo:describedIn ?d", "d")}
    assert len(documents) == 1
    assert not any(before.count(f"<{iri}> ?p ?x") for iri in (own, *documents))
    return {own, *documents}


def test_one_more_record_in_ntriples(copies: tuple[Build, Build], more: Build) -> None:
    before = set((copies[0].place / "full.nt").read_text("utf-8").splitlines())
    after = set((more.place / "full.nt").read_text("utf-8").splitlines())
    names = names_of_new(more, copies[0])
    digest = f"<{BASE}entries/file/measures.csv> <https://w3id.org/airmo#sha256> "
    (gone,) = before - after
    assert gone.startswith(digest)
    added = after - before
    assert len(added) > 60
    strangers = [line for line in added if not line.startswith(digest) and not any(f"<{name}" in line for name in names)]
    assert not strangers


@pytest.mark.parametrize("name", ["data.ttl", "full.ttl"])
def test_one_more_record_in_turtle(copies: tuple[Build, Build], more: Build, name: str) -> None:
    names = names_of_new(more, copies[0])
    before = (copies[0].place / name).read_text("utf-8").split("\n\n")
    after = (more.place / name).read_text("utf-8").split("\n\n")

    def speaks(line: str) -> bool:
        return any(f"<{iri}" in line for iri in names)

    kept = [block for block in after if not speaks(block.partition("\n")[0])]
    assert len(after) - len(kept) >= 8, "the mitigation, its record, four assignments, passage, document and authorship"
    assert len(kept) == len(before)
    changed = [(old, new) for old, new in zip(before, kept, strict=True) if old != new]
    for old, new in changed:
        lines, others = old.splitlines(), [line for line in new.splitlines() if not speaks(line)]
        differing = [pair for pair in zip(lines, others, strict=True) if pair[0] != pair[1]]
        assert all("airmo:sha256" in line for pair in differing for line in pair), old
        assert len(differing) <= 1


def test_one_more_record_elsewhere(copies: tuple[Build, Build], more: Build) -> None:
    before, after = files(copies[0].place), files(more.place)
    unchanged = ["ontology.ttl", "report.json", "report.ttl", "schemes.ttl", "shapes.ttl"]
    assert [name for name in before if before[name] == after[name]] == unchanged
    names = names_of_new(more, copies[0])
    old, new = (json.loads(data)["@graph"] for data in (before["data.jsonld"], after["data.jsonld"]))
    short = {name.removeprefix(BASE) for name in names}
    kept = [node for node in new if not any(iri in node["@id"] for iri in short)]
    assert [node["@id"] for node in kept] == [node["@id"] for node in old]
    assert [b["@id"].rpartition("/")[2] for a, b in zip(old, kept, strict=True) if a != b] == ["measures.csv"]
    # Counts and digests change in place, nothing else does; but what is not the bundled example bears another name.
    a, b = (re.sub(r"\b[0-9a-f]{64}\b|\b\d+\b", "#", data["build.json"].decode()) for data in (before, after))
    assert a == b
    for name in ("void.ttl", "dcat.ttl"):
        assert shape_of(copies[0].place / name, DATASET) == shape_of(more.place / name, f"{BASE}dataset"), name


def shape_of(file: Path, dataset: str) -> Counter[tuple[str, ...]]:
    """What is said of parts and distributions of a dataset, without its name, the numbers, and the data's licence."""
    licensed = {f"<{dataset}#{name}>" for name in ("data.ttl", "data.jsonld", "full.ttl", "full.nt")}
    rows = [row for row in graph(file) if row[0].startswith(f"<{dataset}#")]
    rows = [(s, p, o) for s, p, o in rows if not (s in licensed and p.endswith("/license>"))]
    return Counter(tuple(re.sub(r'"[0-9a-f]+"', "#", term.replace(dataset, "")) for term in row) for row in rows)


def test_another_base_moves_the_individuals_and_nothing_else(copies: tuple[Build, Build], tmp_path: Path) -> None:
    base = "https://example.org/things/"
    done = run("build", copies[0].place.parent / "sources", "-o", tmp_path / "out", "--base", base)
    assert done.returncode == 0, done.stderr
    before, after = files(copies[0].place), files(tmp_path / "out")
    background = Knowledge().background  # the ontology and its makers stay where they are
    data = graph(copies[0].place / "data.ttl")

    def moved(rows: Iterable[Triple]) -> set[Triple]:
        return {(s.replace(BASE, base), p.replace(BASE, base), o.replace(BASE, base)) for s, p, o in rows}

    for name in ("full.nt", "full.ttl", "data.ttl", "data.jsonld", "report.ttl"):
        rows = set(graph(copies[0].place / name))
        stays = rows & background if name.startswith("full") else set()
        there = stays | moved(rows - stays) | (moved(data) if stays else set())
        here = graph(tmp_path / "out" / name)
        assert canonical(there) == canonical(here), name
        assert not [term for row in set(here) - stays for term in row if BASE in term], name
    for name in ("ontology.ttl", "schemes.ttl", "shapes.ttl"):
        assert before[name] == after[name], name
    assert json.loads(after["build.json"])["base"] == base
    assert sorted(after["data.ttl"].replace(base.encode(), BASE.encode()).splitlines()) == sorted(before["data.ttl"].splitlines())


# -- what stays as it was -------------------------------------------------------------------------------------------------------

BAD = "id,title,description,category\na,Alpha,What it does.,mit-v1:9.9\n"


@pytest.fixture
def earlier(tmp_path: Path, bundled: Build) -> Path:
    """A folder with an earlier build, beside a source with a violation."""
    shutil.copytree(bundled.place, tmp_path / "out")
    (tmp_path / "bad.csv").write_text(BAD, "utf-8")
    return tmp_path


def test_strict_keeps_the_earlier_folder(earlier: Path) -> None:
    before = files(earlier / "out")
    done = run("build", "bad.csv", "-o", "out", "--strict", cwd=earlier)
    assert done.returncode == 1
    assert "bad.csv:2:category: violation[unknown-concept]" in done.stderr
    assert "out is left as it was" in done.stderr
    assert files(earlier / "out") == before
    assert run("build", "bad.csv", "-o", "out", cwd=earlier).returncode == 1
    assert files(earlier / "out") != before
    assert not broken_sums(earlier / "out")


def test_strict_goes_by_the_level(earlier: Path) -> None:
    before = files(earlier / "out")
    warned = ROOT / "examples/pages/preference-alignment.txt"
    assert run("build", warned, "-o", "out", "--strict", "--fail-on", "warning", cwd=earlier).returncode == 1
    assert files(earlier / "out") == before
    done = run("build", "bad.csv", "-o", "out", "--strict", "--fail-on", "none", cwd=earlier)
    assert (done.returncode, files(earlier / "out") == before) == (0, False)


def test_a_missing_source_keeps_the_folder_and_is_said(earlier: Path) -> None:
    before = files(earlier / "out")
    done = run("build", "nowhere.csv", "-o", "out", cwd=earlier)
    assert done.returncode == 3
    assert "nowhere.csv: violation[missing-file]" in done.stderr
    assert files(earlier / "out") == before


def test_a_missing_source_leaves_no_path_in_the_report(earlier: Path) -> None:
    done = run("build", "bad.csv", earlier / "nowhere.csv", "-o", "out", cwd=earlier)
    assert done.returncode == 3
    assert f"{earlier / 'nowhere.csv'}: violation[missing-file]" in done.stderr
    assert not [name for name, data in files(earlier / "out").items() if str(earlier).encode() in data]


def test_a_foreign_file_is_never_lost(earlier: Path) -> None:
    (earlier / "out" / "notes.txt").write_text("mine", "utf-8")
    before = files(earlier / "out")
    done = run("build", "bad.csv", "-o", "out", cwd=earlier)
    assert done.returncode == 4
    assert done.stderr.startswith("mitigraph: out: holds 'notes.txt'")
    assert len(done.stderr.splitlines()) == 1
    assert files(earlier / "out") == before


@pytest.mark.parametrize("place", ["bad.csv", "bad.csv/out", "/proc/mitigraph/out"])
def test_a_place_that_cannot_be(earlier: Path, place: str) -> None:
    done = run("build", "bad.csv", "-o", place, cwd=earlier)
    assert done.returncode == 4
    assert done.stderr.splitlines()[-1].startswith("mitigraph: ")
    assert (earlier / "bad.csv").read_text("utf-8") == BAD
