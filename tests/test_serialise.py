"""Writing: shape, determinism, proof by reading back with three parsers, and files written whole or not at all."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import rdf_strategies as rdf
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigraph.canonical import canonical
from mitigraph.errors import EngineError, InputError
from mitigraph.formats import FORMATS, Format, format_named
from mitigraph.parse import parse, parse_quads
from mitigraph.serialise import (
    convert,
    dataset_to_jsonld,
    prove,
    to_jsonld,
    to_nquads,
    to_ntriples,
    to_rdfxml,
    to_trig,
    to_turtle,
    write,
    write_graph,
)
from mitigraph.terms import RDF, XSD, Quad, Triple, iri, literal

TYPE = f"<{RDF}type>"
SOURCE = str(Path(__file__).parents[1] / "src")
PREFIXES = {
    "ex": "http://example.org/",
    "airmo": "https://w3id.org/airmo#",
    "aa": "http://example.org/a_",
    "xsd": XSD,
    "": "urn:x:",
}
CONTEXT: dict[str, object] = {
    **{prefix: namespace for prefix, namespace in PREFIXES.items() if prefix and prefix != "aa"},
    "aa": {"@id": "http://example.org/a_", "@prefix": True},
    "type": "@type",
    "p": {"@id": "ex:p", "@type": "@id"},
    "name": {"@id": "ex:p", "@language": "en"},
    "count": {"@id": "ex:q1", "@type": "xsd:integer"},
    "day": {"@id": "ex:q1", "@type": "xsd:date"},
    "flags": {"@id": "ex:a.b", "@container": "@set"},
    "kind": {"@id": "airmo:p", "@type": "@vocab"},
    "Thing": "http://example.org/a",
    "tag": "http://example.org/tag",
    "listed": {"@id": "airmo:q1", "@container": "@list"},
    "back": {"@reverse": "airmo:q1"},
    "raw": {"@id": "airmo:_x", "@type": "@json"},
    "text": {"@id": "airmo:a-b", "@type": "xsd:string"},
    "nothing": None,
}
CONTEXTS: list[dict[str, object]] = [
    {},
    CONTEXT,
    {"@context": {**CONTEXT, "@language": "de-AT", "id": "@id", "plain": {"@id": "ex:a-b", "@language": None}}},
    {**CONTEXT, "@vocab": "http://example.org/", "urn": "http://example.org/"},
]


def as_rdflib(data: bytes, fmt: Format) -> set[tuple[str, ...]]:
    """What rdflib reads, as canonical statements."""
    names = {"ntriples": "nt", "nquads": "nquads", "turtle": "turtle", "trig": "trig", "jsonld": "json-ld", "rdfxml": "xml"}
    graph = rdflib.Dataset(default_union=True) if fmt.is_quads else rdflib.Graph()
    graph.parse(data=data, format=names[fmt.name])
    return {tuple(map(term_of, row[:3])) for row in graph}


def term_of(term: object) -> str:
    if isinstance(term, rdflib.Literal):
        return literal(str(term), str(term.datatype) if term.datatype else None, term.language)
    return f"_:{term}" if isinstance(term, rdflib.BNode) else iri(str(term))


@pytest.fixture(autouse=True)
def literals_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    monkeypatch.setattr(rdflib.term, "NORMALIZE_LITERALS", False, raising=False)


def check(data: bytes, fmt: Format, meant: list[Triple]) -> None:
    """Both parsers read what was meant."""
    prove(data, fmt, meant)
    assert canonical(as_rdflib(data, fmt)) == canonical(meant)


def hides(error: EngineError) -> bool:
    return "hides" in str(error)


@given(rdf.triples(), st.sampled_from(["turtle", "ntriples", "nquads", "trig"]))
@settings(deadline=None)
def test_text_formats_round_trip(rows: list[Triple], name: str) -> None:
    fmt = format_named(name)
    data = write_graph(rows, fmt, {p: n for p, n in CONTEXT.items() if p in PREFIXES})
    check(data, fmt, rows)


@given(rdf.triples(), st.sampled_from(CONTEXTS))
@settings(deadline=None, max_examples=200)
def test_jsonld_round_trips_under_any_context(rows: list[Triple], context: dict[str, object]) -> None:
    try:
        data = to_jsonld(rows, context)
    except EngineError as error:
        assert hides(error) and "urn" in context
        return
    json.loads(data)
    check(data, format_named("jsonld"), rows)


@given(rdf.triples(rdf.xml_texts))
@settings(deadline=None)
def test_rdfxml_round_trips(rows: list[Triple]) -> None:
    check(to_rdfxml(rows, PREFIXES), format_named("rdfxml"), rows)


@given(st.lists(st.tuples(rdf.triples(), st.one_of(st.just(""), rdf.iris, rdf.blank_nodes)), max_size=3))
@settings(deadline=None)
def test_datasets_round_trip(parts: list[tuple[list[Triple], str]]) -> None:
    quads: list[Quad] = [(*row, graph) for rows, graph in parts for row in rows]
    written = {"nq": to_nquads(quads), "trig": to_trig(quads, PREFIXES), "jsonld": dataset_to_jsonld(quads, CONTEXT)}
    for name, data in written.items():
        prove(data, format_named(name), quads)


@given(st.lists(rdf.triples(rdf.xml_texts), min_size=1, max_size=30))
@settings(deadline=None, max_examples=15)
def test_rapper_reads_the_same(graphs: list[list[Triple]]) -> None:
    rapper = shutil.which("rapper")
    if rapper is None:
        pytest.skip("rapper (raptor2-utils) is not installed")
    # rapper resolves dot segments even in absolute IRIs.
    rows = [row for graph in graphs for row in graph if not any(re.match("<.*[/:][.]", term) for term in row)]
    written = {"turtle": to_turtle(rows, PREFIXES), "rdfxml": to_rdfxml(rows, PREFIXES), "ntriples": to_ntriples(rows)}
    for name, data in written.items():
        done = subprocess.run(
            [rapper, "-q", "-i", name, "-o", "ntriples", "-", "http://base.example/"], input=data, capture_output=True, check=True
        )
        assert canonical(parse(done.stdout, format_named("nt"), "rapper")) == canonical(rows)


def test_turtle_shape() -> None:
    rows = [
        ("<http://example.org/b>", "<http://example.org/n>", literal("7", XSD + "integer")),
        ("<http://example.org/b>", "<http://example.org/n>", literal("07", XSD + "integer")),
        ("<http://example.org/b>", "<http://example.org/n>", literal("1.10", XSD + "decimal")),
        ("<http://example.org/b>", "<http://example.org/n>", literal("true", XSD + "boolean")),
        ("<http://example.org/b>", "<http://example.org/l>", literal("two\nlines", language="en")),
        ("<http://example.org/b>", TYPE, "<http://example.org/a/c>"),
        ("<http://example.org/b#x>", "<http://example.org/l>", f"<{RDF}nil>"),
    ]
    assert to_turtle(rows, {"ex": "http://example.org/", "xsd": XSD, "unused": "urn:u:"}).decode() == (
        "@prefix ex: <http://example.org/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
        'ex:b\n    a <http://example.org/a/c> ;\n    ex:l "two\\nlines"@en ;\n    ex:n "07"^^xsd:integer ;\n'
        '    ex:n "1.10"^^xsd:decimal ;\n    ex:n 7 ;\n    ex:n true ;\n.\n\n'
        "<http://example.org/b#x>\n    ex:l () ;\n.\n"
    )


def test_blank_nodes_are_nested_where_used_once_and_named_where_shared() -> None:
    text = """@prefix e: <http://e/> .
        e:a e:p [ e:q ( 1 [ e:r 2 ] ) ] , _:s . e:b e:p _:s . _:s e:q _:s . [] e:only 1 . _:x e:next _:y . _:y e:next _:x ."""
    turtle = format_named("turtle")
    rows = parse(text.encode(), turtle, "x")
    data = to_turtle(rows, {"e": "http://e/"})
    check(data, turtle, rows)
    assert b"e:q (\n            1\n            [\n                e:r 2 ;\n            ]\n        ) ;" in data
    assert b"\n[]\n    e:only 1 ;\n.\n" in data
    assert to_turtle(parse(data, turtle, "y"), {"e": "http://e/"}) == data


def test_deep_chains_stay_readable() -> None:
    chain = [("<urn:a>", "<urn:p>", "_:0"), *((f"_:{i}", "<urn:p>", f"_:{i + 1}") for i in range(2000))]
    lists = [
        row for i in range(300) for row in ((f"_:{i}", f"<{RDF}first>", f"_:{i + 1}"), (f"_:{i}", f"<{RDF}rest>", f"<{RDF}nil>"))
    ]
    for rows in (chain, [("<urn:a>", "<urn:p>", "_:0"), *lists]):
        prove(to_turtle(rows, {}), format_named("turtle"), rows)


def test_same_triples_same_bytes_in_any_order_and_under_any_names() -> None:
    data = b"@prefix e: <http://e/> . e:a e:p [ e:q 1 ], [ e:q 2 ], ( 1 2 3 ), _:s . e:b e:p _:s . _:s e:x [ e:y _:s ] ."
    rows = parse(data, format_named("turtle"), "x")
    for fmt in FORMATS:
        outcomes = set()
        for seed in range(8):
            rng = random.Random(seed)
            nodes = sorted({term for row in rows for term in row if term.startswith("_:")})
            names = dict(zip(nodes, rng.sample([f"_:z{i}" for i in range(100)], len(nodes)), strict=True))
            shuffled = [(names.get(s, s), p, names.get(o, o)) for s, p, o in rows]
            rng.shuffle(shuffled)
            outcomes.add(write_graph(shuffled, fmt, PREFIXES))
        assert len(outcomes) == 1, fmt.name


def test_same_bytes_under_any_hash_seed_and_locale() -> None:
    code = """import sys
from mitigraph.formats import FORMATS, format_named
from mitigraph.parse import parse
from mitigraph.serialise import write_graph
text = '<urn:é> <http://e/p> <urn:z>, "ö"@de, 1, [ <http://e/q> _:s ], [ <http://e/q> _:s ] .'
rows = parse(text.encode(), format_named('ttl'), 'x')
for fmt in FORMATS: sys.stdout.buffer.write(write_graph(rows, fmt, {'u': 'http://e/'}))"""
    outcomes = set()
    for seed, locale in (("1", "C"), ("2", "C.UTF-8"), ("3", "POSIX")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONPATH": SOURCE}
        outcomes.add(subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True).stdout)
    assert len(outcomes) == 1


def test_canonical_names_of_look_alikes() -> None:
    equal_list = [("<urn:a>", "<urn:p>", "_:0")]
    for i in range(3000):
        rest = f"_:{i + 1}" if i < 2999 else f"<{RDF}nil>"
        equal_list += [(f"_:{i}", f"<{RDF}first>", '"1"'), (f"_:{i}", f"<{RDF}rest>", rest)]
    start = time.process_time()
    assert len(canonical(equal_list)) == 6001
    hubs = [("_:hub", "<urn:p>", "_:other"), ("_:other", "<urn:p>", "_:hub")]
    twins = [(f"_:{i}", "<urn:p>", "_:hub") for i in range(3000)] + hubs
    renamed = [(s.replace("_:", "_:r"), p, o.replace("_:", "_:r")) for s, p, o in twins]
    assert canonical(twins) == canonical(renamed)
    assert time.process_time() - start < 10


def test_poison_graphs_are_refused_not_hung_on() -> None:
    clique = [(f"_:{i}", "<urn:p>", f"_:{j}") for i in range(12) for j in range(12) if i != j]
    start = time.process_time()
    with pytest.raises(EngineError, match="too alike"):
        canonical(clique)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"@context": "http://h/c"}, "one object"),
        ({"@import": "http://h/c"}, "@import"),
        ({"@vocab": "x"}, "@vocab"),
        ({"a": "b:x", "b": "a:x"}, "by itself"),
        ({"a:b": "urn:x"}, "looks like an IRI"),
        ({"a": 1}, "neither text nor an object"),
        ({"urn": "http://example.org/"}, "hides"),
    ],
)
def test_contexts_that_cannot_be_written_with(context: dict[str, object], message: str) -> None:
    with pytest.raises(EngineError, match=message):
        to_jsonld([("<urn:a>", "<urn:p>", '"x"')], context)


def test_jsonld_uses_the_terms() -> None:
    rows = [
        ("<http://example.org/s>", TYPE, "<http://example.org/a>"),
        ("<http://example.org/s>", "<http://example.org/p>", "<http://example.org/o>"),
        ("<http://example.org/s>", "<http://example.org/p>", '"x"@en'),
        ("<http://example.org/s>", "<http://example.org/p>", '"x"@fr'),
        ("<http://example.org/s>", "<http://example.org/q1>", literal("5", XSD + "integer")),
        ("<http://example.org/s>", "<http://example.org/q1>", literal("2024-01-01", XSD + "date")),
        ("<http://example.org/s>", "<http://example.org/a.b>", literal("true", XSD + "boolean")),
        ("<http://example.org/s>", "<https://w3id.org/airmo#p>", "<http://example.org/a>"),
        ("<http://example.org/s>", "<https://w3id.org/airmo#q1>", "<tag:a,2024:x>"),
    ]
    data = to_jsonld(rows, CONTEXT)
    check(data, format_named("jsonld"), rows)
    assert json.loads(data)["@graph"] == [
        {
            "@id": "ex:s",
            "type": "Thing",
            "p": "ex:o",
            "name": ["x", {"@language": "fr", "@value": "x"}],
            "count": 5,
            "day": "2024-01-01",
            "flags": [True],
            "kind": "Thing",
            "airmo:q1": {"@id": "tag:a,2024:x"},
        }
    ]


def test_own_files_under_the_own_context(root: Path) -> None:
    context = json.loads((root / "ontology/context.jsonld").read_text("utf-8"))
    turtle, jsonld = format_named("turtle"), format_named("jsonld")
    for path in [*root.glob("ontology/**/*.ttl"), *root.glob("shapes/*.ttl")]:
        rows = parse(path.read_bytes(), turtle, path.name)
        data = to_jsonld(rows, context)
        check(data, jsonld, rows)
        check(convert(data, jsonld, turtle, path.name, {}), turtle, rows)


def test_rdfxml_names_what_it_cannot_hold() -> None:
    with pytest.raises(EngineError, match=r'U\+0001.*"a\\u0001" of <urn:a>'):
        to_rdfxml([("<urn:a>", "<urn:p>", '"a\\u0001"')], {})
    for predicate in ("<urn:p:1>", f"<{RDF}li>", f"<{RDF}about>", "<http://www.w3.org/2000/xmlns/foo>"):
        with pytest.raises(EngineError, match="cannot hold the predicate"):
            to_rdfxml([("<urn:a>", predicate, '"a"')], {})


def test_rdfxml_prefixes_that_xml_reserves_are_replaced() -> None:
    rows: list[Triple] = [("<urn:a>", f"<http://{host}/p>", '"x"') for host in "efg"]
    data = to_rdfxml(rows, {"xmlfoo": "http://e/", "rdf": "http://f/", "ns1": "http://g/"})
    check(data, format_named("xml"), rows)


def test_prove_names_the_difference() -> None:
    nt, rows = format_named("nt"), [("<urn:a>", "<urn:p>", '"1"')]
    with pytest.raises(EngineError, match='lacks <urn:a> <urn:p> "1"'):
        prove(b"", nt, rows)
    with pytest.raises(EngineError, match="adds"):
        prove(to_ntriples([*rows, ("<urn:a>", "<urn:p>", "_:x")]), nt, rows)
    with pytest.raises(EngineError, match="nothing is written"):
        prove(b"<", nt, rows)


@pytest.mark.parametrize("target", [fmt.name for fmt in FORMATS])
@pytest.mark.parametrize("source", [fmt.name for fmt in FORMATS])
def test_convert_between_all_formats(source: str, target: str) -> None:
    rows = parse(b'@prefix e: <http://e/> . e:a a e:B ; e:p [ e:q "x"@en, ( 1 2 ) ] .', format_named("ttl"), "x")
    data = write_graph(rows, format_named(source), {"e": "http://e/"})
    result = convert(data, format_named(source), format_named(target), "in", {"e": "http://e/"})
    check(result, format_named(target), rows)
    assert b"e:p" in result or target in ("ntriples", "nquads")


def test_convert_keeps_the_inputs_prefixes() -> None:
    turtle, jsonld = format_named("ttl"), format_named("jsonld")
    data = b"@prefix own: <http://e/x_> . @prefix : <http://e/> . own:a :p own:b ."
    assert b"own:a" in convert(data, turtle, format_named("trig"), "x", {"ex": "http://e/"})
    assert json.loads(convert(data, turtle, jsonld, "x", {}))["@graph"][0]["@id"] == "own:a"
    assert b"ex:x_a" in convert(b"<http://e/x_a> <http://e/p> 1 .", turtle, turtle, "x", {"ex": "http://e/"})


def test_convert_keeps_graph_names_or_says_that_it_cannot() -> None:
    data, nq = b"<urn:a> <urn:p> <urn:b> <urn:g> .\n<urn:a> <urn:p> _:x _:g .\n", format_named("nq")
    for name in ("trig", "jsonld", "nq"):
        assert parse_quads(convert(data, nq, format_named(name), "x", {}), format_named(name), "x")
    for name in ("turtle", "nt", "xml"):
        with pytest.raises(InputError, match=r"cannot name graphs and the input names <urn:g>"):
            convert(data, nq, format_named(name), "x.nq", {})
    assert convert(b"<urn:a> <urn:p> <urn:b> .\n", nq, format_named("ttl"), "x", {})


def test_write_replaces_whole_files(tmp_path: Path) -> None:
    path = tmp_path / "out.ttl"
    write(path, b"one")
    path.chmod(0o640)
    write(path, b"two")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o640)
    link = tmp_path / "link.ttl"
    link.symlink_to(path)
    write(link, b"three")
    assert link.is_symlink() and path.read_bytes() == b"three"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.ttl", "out.ttl"]
    write(Path(os.devnull), b"gone")


def test_write_says_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "none" / "x", tmp_path / "file" / "x", tmp_path):
        with pytest.raises(EngineError, match=r"cannot be written"):
            write(path, b"data")
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o500)
    # The superuser may write in any folder but those of the kernel.
    folder = Path("/proc") if os.access(closed, os.W_OK) else closed
    with pytest.raises(EngineError, match="cannot be written"):
        write(folder / "x", b"data")


def test_a_failing_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    write(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EngineError, match="No space left"):
        write(path, b"new")
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


def test_a_killed_write_leaves_a_whole_file(tmp_path: Path) -> None:
    code = """import itertools, sys
from pathlib import Path
from mitigraph.serialise import write
for i in itertools.count(): write(Path(sys.argv[1]), bytes([48 + i % 10]) * 3_000_000); print(i, flush=True)"""
    path = tmp_path / "x"
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    for seed in range(5):
        child = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, env=environment)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(random.Random(seed).random() / 20)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        data = path.read_bytes()
        assert len(data) == 3_000_000 and len(set(data)) == 1
    assert all(p.name.startswith(".") for p in tmp_path.iterdir() if p != path)
