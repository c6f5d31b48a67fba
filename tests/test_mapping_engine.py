"""What the engine promises whatever a mapping says: batches cannot be seen, and every way to take its triples gives the same."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import run
from test_mapping import FOLDERS, lexicon, run_case

from mitigraph import pipeline
from mitigraph.finding import order
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Input, Lexicon, Run, load_mapping
from mitigraph.mapping import batch as batches_of
from mitigraph.mapping.batch import Values, cross, grouped
from mitigraph.mapping.plan import DEFAULT_GRAPH
from mitigraph.mapping.terms_of import blank_encoder, iri_encoder, literal_encoder, safe_encoder
from mitigraph.read import Content, limits, open_source
from mitigraph.terms import literal_parts

__all__ = ["lexicon"]

XSD = "http://www.w3.org/2001/XMLSchema#"


def run_of(text: str, data: bytes, name: str = "rows.csv", format: str = "csv") -> Run:
    """A mapping of one source over one file."""
    mapping = load_mapping(text.encode(), "m.yml", Lexicon(base="https://example.org/"))
    source = mapping.sources[0]
    records = open_source(Content.of_bytes(data), name, format, source.options)
    return Run(mapping, [Input(source, records, name, hashlib.sha256(data).hexdigest())], Lexicon())


def mapping_of(rule: str, subject: str = "m/$(id)", access: str = "rows.csv") -> str:
    return f"sources: {{s: {{access: {access}}}}}\nmappings: {{m: {{sources: s, s: {subject}, po: [{rule}]}}}}"


@pytest.mark.parametrize("together", [1, 2, 3])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_how_many_records_go_together_cannot_be_seen(
    folder: Path, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    run, triples, findings = run_case(folder, lexicon)
    monkeypatch.setattr(batches_of, "TOGETHER", together)
    again, others, found = run_case(folder, lexicon)
    assert sorted(set(triples)) == sorted(set(others))
    assert sorted(findings, key=order) == sorted(found, key=order)
    assert (run and run.counts) == (again and again.counts)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_lines_and_quads_are_the_triples(folder: Path, lexicon: Lexicon) -> None:
    run, triples, _ = run_case(folder, lexicon)
    if run is None:
        return
    text = b"".join(run.lines()).decode()
    assert sorted(text.split("\n")[:-1]) == sorted(f"{s} {p} {o} ." for s, p, o in triples)
    assert sorted(run.quads()) == sorted((s, p, o, "") for s, p, o in triples)


def test_lines_follow_the_records() -> None:
    run = run_of(mapping_of("[rdfs:label, $(a)], [rdfs:comment, $(b)]"), b"id,a,b\n1,x,y\n2,,z\n3,v,w\n")
    assert re.findall(r'm/(\d)> \S+ "(\w)"', b"".join(run.lines()).decode()) == [
        ("1", "x"),
        ("1", "y"),
        ("2", "z"),
        ("3", "v"),
        ("3", "w"),
    ]


def test_the_later_of_two_entries_gives_way_whichever_map_asks_first() -> None:
    text = """
sources: {s: {access: rows.csv, fields: {key: mg:key($(id))}}}
mappings:
  one: {sources: s, condition: 'mg:equal($(kind), "one")', s: m/$(key), po: [[rdfs:label, $(kind)]]}
  two: {sources: s, condition: 'mg:equal($(kind), "two")', s: m/$(key), po: [[rdfs:label, $(kind)]]}
"""
    triples = set(run_of(text, b"id,kind\nA,two\nA,one\n").triples())
    assert [s for s, _, o in triples if o == '"two"'] == ["<https://example.org/m/A>"]
    assert [s for s, _, o in triples if o == '"one"'] != ["<https://example.org/m/A>"]


def test_a_field_is_only_worked_out_for_the_records_that_ask_for_it() -> None:
    text = """
sources: {s: {access: rows.csv, fields: {number: mg:integer($(n))}}}
mappings:
  all: {sources: s, s: m/$(id), po: [[rdfs:label, $(id)]]}
  some:
    sources: s
    condition: mg:present($(n))
    s: m/$(id)
    po: [{p: rdfs:comment, o: $(number), condition: 'mg:equal($(id), "2")'}]
"""
    run = run_of(text, b"id,n\n1,bad\n2,7\n3,worse\n")
    assert '"7"' in {o for _, _, o in run.triples()}
    assert run.findings == []


def test_graphs_of_the_map_and_of_the_rule_and_the_default_graph() -> None:
    text = f"""
sources: {{s: {{access: rows.csv}}}}
mappings:
  m:
    sources: s
    s: m/$(id)
    graphs: [g/$(id)~iri]
    po:
      - {{p: rdfs:label, o: $(a), graphs: "{DEFAULT_GRAPH}"}}
      - [rdfs:comment, $(a)]
"""
    run = run_of(text, b"id,a\n1,x\n")
    label, comment = (f"<http://www.w3.org/2000/01/rdf-schema#{name}>" for name in ("label", "comment"))
    subject, graph = "<https://example.org/m/1>", "<https://example.org/g/1>"
    assert set(run.quads()) == {(subject, label, '"x"', graph), (subject, label, '"x"', ""), (subject, comment, '"x"', graph)}
    assert set(map(bytes.decode, run.lines())) >= {
        f'{subject} {label} "x" {graph} .\n{subject} {label} "x" .\n{subject} {comment} "x" {graph} .\n'
    }


def test_languages_and_datatypes_of_the_data() -> None:
    rules = "[rdfs:label, $(a), $(lang)~lang], [rdfs:comment, $(n), 'xsd:$(type)']"
    run = run_of(mapping_of(rules), b"id,a,lang,n,type\n1,x,de-AT,7,integer\n2,y,,x,integer\n3,z,no lang,8,\n")
    found = {o for _, _, o in run.triples()}
    assert found == {'"x"@de-at', f'"7"^^<{XSD}integer>'}
    assert sorted(finding.code for finding in run.findings) == ["bad-language", "bad-value"]


def test_what_does_not_fit_is_told_and_the_rest_goes_on() -> None:
    run = run_of(mapping_of(f"[rdfs:label, $(a)], [rdfs:comment, $(n), '{XSD}integer']"), b"id,a,n\n1,x,7\n2,y,7.5\n")
    assert len(list(run.triples())) == 3
    assert [str(finding.place) for finding in run.findings] == ["rows.csv:3:n"]


@given(st.lists(st.text(max_size=12), max_size=6))
def test_literals_are_exact_and_columns_are_what_their_cells_are(texts: list[str]) -> None:
    encode = literal_encoder()
    made = encode(texts)
    assert made == [term for text in texts for term in encode([text])]
    assert [literal_parts(term).text for term in made] == texts


@given(st.lists(st.text(min_size=1, max_size=8).filter(lambda text: text not in (".", "..")), max_size=6))
def test_safe_texts_are_parts_of_iris_and_no_two_are_one(texts: list[str]) -> None:
    for kind in ("iri", "uri"):
        made = safe_encoder(kind)(texts)
        assert len(set(made)) == len(set(texts))
        for text in made:
            assert pyoxigraph.NamedNode(f"https://example.org/{text}")
            assert kind == "iri" or text.isascii()


@given(st.lists(st.text(max_size=8), max_size=6))
def test_labels_of_blank_nodes_are_told_apart(texts: list[str]) -> None:
    labels = blank_encoder(texts)
    assert len(set(labels)) == len(set(texts))
    assert all(pyoxigraph.BlankNode(label.removeprefix("_:")) for label in labels)


@pytest.mark.parametrize(
    ("kind", "text", "term"),
    [
        ("iri", "https://example.org/ü", "<https://example.org/ü>"),
        ("uri", "https://example.org/ü", "<https://example.org/%C3%BC>"),
        ("iri", "a", "<https://b.example/a>"),
        ("unsafe-iri", "a/ü", "<https://b.example/a/ü>"),
    ],
)
def test_iris(kind: str, text: str, term: str) -> None:
    assert iri_encoder(kind, "https://b.example/")([text]) == [term]


@st.composite
def columns(draw: st.DrawFn) -> list[Values]:
    """Some columns over five turns, with gaps and repetitions, or without."""
    made = []
    for number in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            turns: range | list[int] = range(5)
        else:
            turns = sorted(draw(st.lists(st.integers(0, 4), max_size=6)))
        made.append(Values(turns, [f"{number}.{position}" for position in range(len(turns))]))
    return made


@given(columns())
def test_cross_is_every_combination_of_a_turn(given_columns: list[Values]) -> None:
    turns, parts = cross(given_columns)
    expected = []
    for turn in range(5):
        rows: list[tuple[str, ...]] = [()]
        for one in given_columns:
            rows = [(*row, text) for row in rows for text in grouped(one, [turn])[0]]
        expected += [(turn, *row) for row in rows]
    assert sorted(zip(turns, *parts, strict=True)) == sorted(expected)
    assert list(turns) == sorted(turns)


@pytest.mark.parametrize("together", [1, 7])
def test_batches_of_real_sources(shared: Path, monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    files = [str(shared / "data" / "mit-risks"), str(shared / "data" / "nist-genai-actions")]
    knowledge = Knowledge()
    whole = pipeline.read_dataset(files, knowledge)
    monkeypatch.setattr(batches_of, "TOGETHER", together)
    parts = pipeline.read_dataset(files, knowledge)
    assert whole.asserted == parts.asserted
    assert sorted(whole.findings, key=order) == sorted(parts.findings, key=order)


def test_graphs_are_kept_or_refused_by_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text("id\n1\n")
    Path("m.yml").write_text(mapping_of("{p: a, o: airmo:Risk, graphs: g/$(id)~iri}"))
    base = "https://w3id.org/airmo/id"
    assert f"<{base}/g/1> {{\n".encode() in run("map", "-q", "-m", "m.yml").out
    assert run("map", "-q", "-m", "m.yml", "-f", "nq").out.endswith(f"<{base}/g/1> .\n".encode())
    refused = run("map", "-q", "-m", "m.yml", "-f", "nt")
    assert (refused.code, refused.out) == (2, b"")
    assert "m.yml names graphs and ntriples cannot: write nquads, trig or jsonld" in refused.err


def test_a_dataset_is_one_graph(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id\n1\n")
    (tmp_path / "m.yml").write_text(mapping_of("{p: a, o: airmo:Risk, graphs: g/$(id)~iri}"))
    knowledge = Knowledge()
    dataset = pipeline.read_dataset([str(tmp_path / "rows.csv")], knowledge, knowledge.mapping(tmp_path / "m.yml"))
    assert len(dataset.asserted) == 1
    assert "graphs-merged" in {finding.code for finding in dataset.findings}


def test_what_is_no_iri_is_written_as_asked_and_told() -> None:
    run = run_of(mapping_of("{p: rdfs:seeAlso, o: {value: 'x/$(a)', type: unsafe-iri}}"), b'id,a\n1,b c\n2,"<"\n3,d\n')
    assert [o for _, _, o in run.triples()] == ["<https://example.org/x/b c>", "<https://example.org/x/d>"]
    assert [(str(one.place), one.severity, one.code) for one in run.findings] == [
        ("rows.csv:2:a", "warning", "unsafe-iri"),
        ("rows.csv:3:a", "violation", "bad-iri"),
    ]


@pytest.mark.parametrize("condition", ["", ", condition: 'mg:equal($(id), $(id))'"])
def test_a_join_leads_to_the_blank_node_of_the_other_map(condition: str) -> None:
    text = f"""
sources: {{s: {{access: rows.csv}}}}
mappings:
  b: {{sources: s, po: [[rdfs:label, $(name)]]}}
  a: {{sources: s, s: m/$(id), po: [{{p: rdfs:seeAlso, o: {{mapping: b{condition}}}}}]}}
"""
    triples = set(run_of(text, b"id,name\n1,Ann\n2,Bo\n").triples())
    named = {s: o for s, p, o in triples if p.endswith("label>")}
    assert sorted(named[o] for s, p, o in triples if p.endswith("seeAlso>")) == ['"Ann"', '"Bo"']


def test_positions_are_those_of_the_turn_wherever_they_stand() -> None:
    text = """
sources: {s: {access: rows.csv, fields: {word: "mg:split($(words), separator=' ')"}}}
mappings:
  m:
    sources: s
    each: word
    s: {f: mg:concat, pms: [w/, mg:position()]}
    po: [[rdfs:label, $(word)], {p: rdfs:comment, o: first, condition: "mg:equal(mg:position(), 1)"}]
"""
    triples = set(run_of(text, b"words\nx y\n").triples())
    assert {(s[-2:-1], o) for s, _, o in triples} == {("1", '"x"'), ("2", '"y"'), ("1", '"first"')}


def test_a_join_changes_no_key() -> None:
    alone = """
sources: {s: {access: rows.csv, fields: {key: mg:key($(id))}}}
mappings:
  a: {sources: s, s: m/$(key), po: [[rdfs:label, $(v)]]}
"""
    joined = (
        alone
        + """
  b: {sources: s, condition: 'mg:equal($(g), b)', s: m/$(key), po: []}
  c: {sources: s, s: m/$(key), po: [{p: rdfs:seeAlso, o: {mapping: b, condition: 'mg:equal($(g), $(g))'}}]}
"""
    )
    data = b"id,g,v\n1,a,x\n1,b,y\n"
    labels = [{(s, o) for s, p, o in run_of(text, data).triples() if p.endswith("label>")} for text in (alone, joined)]
    assert labels[0] == labels[1]


JOIN = """
sources: {s: {access: rows.csv}, t: {access: other.csv}}
mappings:
  a: {sources: s, s: m/$(id), po: [{p: rdfs:seeAlso, o: {mapping: b, unmatched: warning, condition: 'mg:equal($(of), $(key))'}}]}
  b: {sources: t, s: k/$(key), po: [[rdfs:label, $(key)]]}
"""


def test_a_join_without_a_file_is_told_once_and_one_without_records_by_record() -> None:
    data = b"id,of\n1,x\n2,y\n"
    run = run_of(JOIN, data)
    assert len(list(run.triples())) == 0
    assert [(one.severity, one.code) for one in run.findings if one.code == "no-parent"] == [("warning", "no-parent")]
    mapping = load_mapping(JOIN.encode(), "m.yml", Lexicon())
    files = {"rows.csv": data, "other.csv": b"key\n"}
    both = [
        Input(source, open_source(Content.of_bytes(files[source.access]), source.access, "csv"), source.access, "")
        for source in mapping.sources
    ]
    empty = Run(mapping, both, Lexicon())
    list(empty.triples())
    assert [str(one.place) for one in empty.findings if one.code == "unmatched-join"] == ["rows.csv:2:of", "rows.csv:3:of"]


def test_a_bad_language_is_told_at_its_own_cell() -> None:
    run = run_of(mapping_of("[rdfs:label, $(name), $(lang)~lang]"), b"id,name,lang\n1,Ann,xx yy\n")
    assert list(run.triples()) == []
    assert [(str(one.place), one.value) for one in run.findings] == [("rows.csv:2:lang", "xx yy")]


def test_a_bad_second_argument_is_told_at_its_own_cell() -> None:
    for call in ("mg:mod($(n), $(b))", "mg:min($(n), $(b))"):
        run = run_of(mapping_of(f"[rdfs:label, '{call}']"), b"id,n,b\n1,7,yes\n")
        list(run.triples())
        assert [(str(one.place), one.value) for one in run.findings] == [("rows.csv:2:b", "yes")], call


def test_what_is_left_out_is_not_shown_either() -> None:
    text = """
sources: {s: {access: rows.csv, fields: {key: mg:key($(id))}}}
mappings:
  a: {sources: s, s: m/$(key), po: [[rdfs:label, $(v)]]}
  b: {sources: s, s: g/$(g), po: [[rdfs:label, $(v)]]}
"""
    run = run_of(text, b"id,g,v\n,a,e\n1,b,f\n")
    triples = set(run.triples())
    assert {triple for triple, _ in run.head()} == triples
    assert not [triple for triple in triples if triple[0].endswith("g/a>")]
    assert run.origins("<https://example.org/g/a>", "<http://www.w3.org/2000/01/rdf-schema#label>", '"e"') == []


def test_a_mapping_of_constants_leaves_no_record_out() -> None:
    run = run_of(mapping_of("[rdfs:label, v]", subject="k"), b"id\n1\n2\n")
    assert len(list(run.triples())) == 1
    assert [(count.read, count.mapped, count.rejected) for count in run.counts] == [(2, 2, 0)]
    assert [one.code for one in run.findings if one.severity != "info"] == []


def test_a_record_is_not_mapped_by_what_is_said_of_all() -> None:
    text = """
sources: {s: {access: rows.csv}}
mappings:
  a: {sources: s, s: m/$(id), po: [[rdfs:label, $(v)]]}
  b: {sources: s, s: all, po: [[rdfs:seeAlso, $(v)]]}
"""
    run = run_of(text, b"id,v\n1,x\n,lost\n")
    assert '"lost"' not in {o for _, _, o in run.triples()}
    assert [(count.read, count.mapped, count.rejected) for count in run.counts] == [(2, 1, 1)]
    assert [(str(one.place), one.code) for one in run.findings] == [("rows.csv:3:id", "no-subject")]


def test_graphs_of_rdf_are_kept_or_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    quad = b'<http://e.example/s> <http://e.example/p> "o" <http://e.example/g> .\n'
    Path("n.nq").write_bytes(quad)
    assert run("map", "-q", "n.nq", "-f", "nq").out == quad
    assert run("map", "n.nq", "-f", "nt").code == 2
    assert "graphs-merged" in {finding.code for finding in pipeline.read_dataset(["n.nq"], Knowledge()).findings}


def test_what_is_read_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text("id\n1\n")
    Path("m.yml").write_text(text := mapping_of("[a, airmo:Risk]"))
    for name in ("rows.csv", "m.yml"):
        refused = run("map", "-m", "m.yml", "rows.csv", "-f", "nt", "-o", name)
        assert (refused.code, refused.lines) == (
            2,
            [f"mitigraph map: invalid value for -o: {name!r} is what is read (mitigraph map --help)"],
        )
    assert (Path("rows.csv").read_text(), Path("m.yml").read_text()) == ("id\n1\n", text)


def test_nor_over_what_is_found_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/rows.csv").write_text("id\n1\n")
    Path("m.yml").write_text(mapping_of("[a, airmo:Risk]"))
    refused = run("map", "-m", "m.yml", "in", "-f", "nt", "-o", "in/rows.csv")
    assert (refused.code, len(refused.lines)) == (2, 1)
    assert "is what is read" in refused.err
    assert Path("in/rows.csv").read_text() == "id\n1\n"
    assert [path.name for path in Path("in").iterdir()] == ["rows.csv"]
    assert run("map", "-m", "m.yml", "in", "-o", "in/out.nt").code == 0
    assert run("map", "-m", "m.yml", "in", "-o", "in/out.nt").code == 0


def test_columns_are_judged_over_all_sources_of_a_file() -> None:
    text = """
sources: {s: {access: rows.csv}, t: {access: rows.csv, condition: "mg:present($(b))"}}
mappings:
  a: {sources: s, s: m/$(id), po: [[rdfs:label, $(a)]]}
  b: {sources: t, s: m/$(id), po: [[rdfs:comment, $(b)]]}
"""
    mapping = load_mapping(text.encode(), "m.yml", Lexicon())
    data = Content.of_bytes(b"id,a,b\n1,x,y\n")
    both = [Input(source, open_source(data, "rows.csv", "csv"), "rows.csv", "") for source in mapping.sources]
    assert [one.code for one in Run(mapping, both, Lexicon()).findings] == []


def test_a_long_list_of_columns_is_cut() -> None:
    names = ",".join(f"c{number}" for number in range(50))
    (told,) = run_of(mapping_of("[rdfs:label, $(id)]"), f"id,{names}\n1{',' * 50}\n".encode()).findings[:1]
    assert told.code == "unused-column"
    assert told.message.endswith("'c29' and 20 more")


def test_of_an_entry_that_comes_again_nothing_is_said_again() -> None:
    text = """
sources: {s: {access: rows.csv, fields: {key: mg:key($(id))}}}
mappings: {a: {sources: s, s: m/$(key), po: [[rdfs:label, $(n), xsd:integer]]}}
"""
    run = run_of(text, b"id,n\n1,x\n1,x\n")
    assert len(list(run.triples())) == 0
    assert [str(one.place) for one in run.findings] == ["rows.csv:2:n"]


def test_each_bad_language_of_a_list_is_told_at_its_own_value() -> None:
    text = mapping_of("{p: rdfs:label, o: {value: $(n), language: '$(l[*])'}}", access="rows.json")
    run = run_of(text, b'[{"id": "1", "n": "x", "l": ["en", "zz-!"]}]', "rows.json", "json")
    assert {o for _, _, o in run.triples()} == {'"x"@en'}
    assert [(str(one.place), one.value) for one in run.findings] == [("rows.json:1:/0/l/1", "zz-!")]


def test_a_parent_that_cannot_be_read_to_its_end_costs_only_its_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 2)
    mapping = load_mapping(JOIN.encode(), "m.yml", Lexicon())
    files = {"rows.csv": b"id,of\n1,x\n2,z\n", "other.csv": b"key\nx\ny\nz\n"}
    both = [
        Input(source, open_source(Content.of_bytes(files[source.access]), source.access, "csv"), source.access, "")
        for source in mapping.sources
    ]
    run = Run(mapping, both, Lexicon())
    assert len([triple for triple in run.triples() if triple[1].endswith("seeAlso>")]) == 1
    assert [(str(one.place), one.code) for one in run.findings] == [
        ("other.csv", "unreadable-data"),
        ("rows.csv:3:of", "unmatched-join"),
    ]
