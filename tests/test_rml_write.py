"""Mappings as RML: every mapping can be written, in words that others know wherever there are such, and means the same again.

``tests/rml`` holds mappings of standard features only, which Morph-KGC runs as well (``python -m bench rml``); beside one lies
the Turtle that is written of it. ``MITIGRAPH_ACCEPT=1`` writes what came out; look at it before you keep it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from running import run
from test_mapping import PREFIXES

from mitigraph.canonical import canonical
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Input, Lexicon, Mapping, MappingError, Run, load_mapping
from mitigraph.mapping.expression import Call, Expression, Reference, Several, Template, Text
from mitigraph.mapping.names import MG, parameter, resolve
from mitigraph.mapping.plan import Join, LogicalSource, PredicateObject, TermMap, TriplesMap, Where
from mitigraph.mapping.rml.standard import standard_part
from mitigraph.mapping.rml.words import WRITTEN_AS, csvw, modern, ours, rml
from mitigraph.mapping.rml.write import rml_triples, to_rml
from mitigraph.read import Content, open_source
from mitigraph.read.options import Options
from mitigraph.terms import RDF, XSD, Triple, iri_text, is_iri, literal_parts
from mitigraph.transforms import FUNCTIONS
from mitigraph.vocabulary import Schemes

ROOT = Path(__file__).resolve().parent.parent
STANDARD = sorted((ROOT / "tests" / "rml").glob("*.yml"))
CASES = ROOT / "tests" / "cases"
FILES = [*sorted((ROOT / "mappings").glob("*.yml")), *sorted(CASES.glob("*/mapping.yml")), *STANDARD]
HERE = Where("m.yml", 1, "m")
REFUSED = {"bad-mapping", "bad-shape", "bad-yaml"}
A, B = Reference("a"), Reference("b")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge()


@pytest.fixture
def lexicon(file: Path, knowledge: Knowledge) -> Lexicon:
    """What a mapping may speak of: the project's own vocabulary, or that of the cases."""
    if CASES not in file.parents:
        return knowledge.lexicon
    quads = pyoxigraph.parse((CASES / "schemes.ttl").read_bytes(), format=pyoxigraph.RdfFormat.TURTLE)
    schemes = Schemes.from_triples((str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads)
    return Lexicon(schemes, PREFIXES, base="https://example.org/id/")


def load(file: Path, lexicon: Lexicon) -> Mapping:
    try:
        return load_mapping(file.read_bytes(), file.name, lexicon)
    except MappingError as error:
        if file.parent.name not in REFUSED:
            raise
        pytest.skip(f"is refused: {error}")


def called(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


# -- every mapping -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=called)
def test_every_mapping_can_be_written(file: Path, lexicon: Lexicon) -> None:
    mapping = load(file, lexicon)
    turtle = to_rml(mapping)
    assert turtle == to_rml(load(file, lexicon))
    quads = list(pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE))
    assert len({(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads}) == len(set(rml_triples(mapping)))
    said = {iri_text(str(quad.predicate)) for quad in quads}
    assert {word for word in said if word.startswith("http://w3id.org/rml/")} <= WORDS
    written = {str(quad.subject): 0 for quad in quads if str(quad.object) == f"<{rml.TriplesMap}>"}
    for word in (rml.subject, rml.subjectMap):
        for quad in quads:
            if str(quad.predicate) == f"<{word}>":
                written[str(quad.subject)] += 1
    assert set(written.values()) == {1}


WORDS = {
    rml.space + name
    for name in (
        *("TriplesMap", "LogicalSource", "PredicateObjectMap", "baseIRI", "logicalSource", "source", "iterator"),
        *("referenceFormulation", "subject", "subjectMap", "predicate", "predicateMap", "predicateObjectMap", "object"),
        *("objectMap", "graph", "graphMap", "constant", "reference", "template", "termType", "datatype", "datatypeMap"),
        *("language", "languageMap", "parentTriplesMap", "joinCondition", "child", "childMap", "parent", "parentMap"),
        *("functionExecution", "function", "input", "parameter", "inputValue", "inputValueMap"),
    )
}


@pytest.mark.parametrize("file", STANDARD, ids=called)
def test_a_standard_mapping_needs_no_word_of_ours(file: Path, lexicon: Lexicon) -> None:
    mapping = load(file, lexicon)
    part = standard_part(mapping)
    assert [len(plan.rules) for plan in part.triples_maps] == [len(plan.rules) for plan in mapping.triples_maps]
    known = {ours.base, ours.sources, ours.triplesMaps, ours.trim}
    assert {iri_text(p) for _, p, _ in rml_triples(part) if ours.space in p} <= known


@pytest.mark.parametrize("name", ["both"])
def test_what_is_written(name: str, knowledge: Knowledge) -> None:
    file = ROOT / "tests" / "rml" / f"{name}.ttl"
    turtle = to_rml(load(file.with_suffix(".yml"), knowledge.lexicon))
    if os.environ.get("MITIGRAPH_ACCEPT"):
        file.write_bytes(turtle)
    assert turtle.decode() == file.read_text("utf-8")


def test_what_is_ours_is_left_out_of_the_standard_part(knowledge: Knowledge) -> None:
    mapping = load(ROOT / "mappings" / "example-measures.yml", knowledge.lexicon)
    part = standard_part(mapping)
    assert 0 < sum(len(plan.rules) for plan in part.triples_maps) < sum(len(plan.rules) for plan in mapping.triples_maps)
    assert not {iri_text(p) for _, p, _ in rml_triples(part)} & {ours.fields, ours.condition, ours.each, rml.function}


# -- one plan ----------------------------------------------------------------------------------------------------------


def plan(*objects: TermMap | Join, subject: Expression = A, source: LogicalSource | None = None, **more: object) -> Mapping:
    """A mapping of one rule."""
    source = source or LogicalSource("s", HERE, "a.csv")
    rule = PredicateObject((TermMap(Text("https://example.org/p"), HERE, "iri"),), objects, HERE)
    one = TriplesMap("m", HERE, ("s",), (TermMap(subject, HERE, "iri"),), (rule,))
    return Mapping("m.yml", None, None, "https://example.org/id/", {}, [source], [replace(one, **more)], {})  # type: ignore[arg-type]


def tree(triples: Sequence[Triple], node: str) -> dict[str, object]:
    """What is said of a node, nested, with the last parts of its properties for keys."""
    found: dict[str, list[object]] = {}
    for s, p, o in triples:
        if s == node:
            value = tree(triples, o) if o.startswith("_:") else iri_text(o) if is_iri(o) else literal_parts(o).text
            found.setdefault(iri_text(p).replace("#", "/").rpartition("/")[2], []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def written(name: str, mapping: Mapping) -> dict[str, object]:
    return tree(rml_triples(mapping), f"<https://w3id.org/airmo/mapping/m#{name}>")


def object_map(term: TermMap | Join, **more: object) -> object:
    said = written("m.po1", plan(term, **more))  # type: ignore[arg-type]
    return said.get("objectMap", said.get("object"))


JSON = LogicalSource("s", HERE, "a.json", "json", options={"iterator": "$[*]"})


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (TermMap(Text("x"), HERE), "x"),
        (TermMap(Text("x"), HERE, language=Text("en")), {"constant": "x", "language": "en"}),
        (TermMap(Text("ex"), HERE, "iri"), "https://example.org/id/ex"),
        (TermMap(Text("http://e.org/"), HERE, "iri"), "http://e.org/"),
        (TermMap(Text("x{y}"), HERE, "blank"), {"template": r"x\{y\}", "termType": rml.BlankNode}),
        (TermMap(None, HERE, "blank"), {"termType": rml.BlankNode}),
        (TermMap(A, HERE), {"reference": "a"}),
        (TermMap(A, HERE, "iri"), {"reference": "a", "termType": rml.IRI}),
        (TermMap(A, HERE, "unsafe-uri"), {"reference": "a", "termType": rml.UnsafeURI}),
        (TermMap(A, HERE, datatype=Text(XSD + "date")), {"reference": "a", "datatype": XSD + "date"}),
        (TermMap(A, HERE, datatype=B), {"reference": "a", "datatypeMap": {"reference": "b"}}),
        (TermMap(A, HERE, language=B), {"reference": "a", "languageMap": {"reference": "b"}}),
        (TermMap(Template(("x/", A)), HERE, "iri"), {"template": "https://example.org/id/x/{a}"}),
        (TermMap(Template((A, "/x")), HERE, "iri"), {"template": "https://example.org/id/{a}/x"}),
        (TermMap(Template((A, "/x")), HERE, "unsafe-iri"), {"template": "{a}/x", "termType": rml.UnsafeIRI}),
        (TermMap(Template(("urn:x:", A)), HERE, "uri"), {"template": "urn:x:{a}", "termType": rml.URI}),
        (
            TermMap(Template(("{\\}", Reference("a{b}"))), HERE),
            {"template": r"\{\\\}{a\{b\}}", "termType": rml.Literal},
        ),
        (TermMap(Several((A, B)), HERE), [{"reference": "a"}, {"reference": "b"}]),
    ],
)
def test_term_maps(term: TermMap, expected: object) -> None:
    assert object_map(term) == expected


def test_text_of_a_tree_stays_text() -> None:
    assert object_map(TermMap(A, HERE), source=JSON) == {"reference": "a", "datatype": XSD + "string"}
    assert object_map(TermMap(A, HERE, natural=True), source=JSON) == {"reference": "a"}
    assert object_map(TermMap(Reference("@"), HERE, natural=True), source=JSON) == {"reference": "$"}


def test_functions_nest_and_go_by_the_names_that_others_know() -> None:
    call = Call("equal", (Call("code", (A,)), Text("1")))
    assert object_map(TermMap(call, HERE)) == {
        "functionExecution": {
            "function": "https://w3id.org/imec/idlab/function#equal",
            "input": [
                {
                    "parameter": WRITTEN_AS["equal"][1]["left"],
                    "inputValueMap": {
                        "functionExecution": {
                            "function": f"{MG}code",
                            "input": {"parameter": f"{MG}value", "inputValueMap": {"reference": "a"}},
                        }
                    },
                },
                {"parameter": WRITTEN_AS["equal"][1]["right"], "inputValue": "1"},
            ],
        }
    }


def test_values_of_any_number_keep_their_order() -> None:
    made = object_map(TermMap(Call("concat", (A, Text("-"), B), (("separator", Text(";")),)), HERE))
    assert isinstance(made, dict)
    inputs = [one["parameter"] for one in made["functionExecution"]["input"]]
    assert inputs == [f"{RDF}_1", f"{RDF}_2", f"{RDF}_3", f"{MG}separator"]


@pytest.mark.parametrize("name", [name for name in WRITTEN_AS if name in FUNCTIONS])
def test_what_goes_by_other_names_is_found_again(name: str) -> None:
    function, parameters = WRITTEN_AS[name]
    assert resolve(function, {}).name == name
    assert {own: parameter(name, iri, {}) for own, iri in parameters.items()} == {own: own for own in parameters}


def test_a_triples_map_of_many_sources_and_subjects_is_parted() -> None:
    mapping = plan(TermMap(A, HERE), sources=("s", "t"), subjects=(TermMap(A, HERE, "iri"), TermMap(B, HERE, "iri")), each="a")
    mapping.sources.append(LogicalSource("t", HERE, "b.csv"))
    parts = [written(f"m{addition}", mapping) for addition in ("", ".part2", ".part3", ".part4")]
    assert [str(part["logicalSource"])[-8:] for part in parts] == ["s.source", "s.source", "t.source", "t.source"]
    assert {part["predicateObjectMap"] for part in parts} == {"https://w3id.org/airmo/mapping/m#m.po1"}
    assert [part.get("partOf") for part in parts] == [None, *["https://w3id.org/airmo/mapping/m#m"] * 3]
    assert [part.get("each") for part in parts] == ["a", None, None, None]


def test_a_record_is_joined_with_itself_within_each_source() -> None:
    mapping = plan(Join("m", (), HERE), sources=("s", "t"))
    mapping.sources.append(LogicalSource("t", HERE, "b.csv"))
    assert written("m.po1", mapping)["objectMap"] == {"parentTriplesMap": "https://w3id.org/airmo/mapping/m#m"}
    assert written("m.part2", mapping)["predicateObjectMap"] == "https://w3id.org/airmo/mapping/m#m.po1.t"
    assert written("m.po1.t", mapping)["objectMap"] == {"parentTriplesMap": "https://w3id.org/airmo/mapping/m#m.part2"}


def test_joins() -> None:
    conditions = ((A, B), (Call("lower", (A,)), B))
    made = object_map(Join("m", conditions, HERE, "warning"))
    assert isinstance(made, dict)
    assert made["unmatched"] == "warning"
    plain, called = made["joinCondition"]
    assert plain == {"child": "a", "parent": "b"}
    assert set(called) == {"childMap", "parent"}


def test_graphs_conditions_and_fields() -> None:
    graph = TermMap(Template(("g/", A)), HERE, "iri")
    mapping = plan(TermMap(A, HERE), graphs=(graph,), condition=Call("present", (A,)))
    said = written("m", mapping)
    assert said["subjectMap"] == {"reference": "a", "graphMap": {"template": "https://example.org/id/g/{a}"}}
    assert "functionExecution" in said["condition"]  # type: ignore[operator]


def test_sources_are_told_in_the_words_of_csv_on_the_web() -> None:
    options = {"delimiter": ";", "null": ["-", "n/a"], "headerRowNumber": "2"}
    source = LogicalSource("s", HERE, "a.csv", options=options, columns=("a", "b"), bundled=True)
    said = written("s.source", plan(TermMap(A, HERE), source=source))
    assert said["source"] == {
        "type": csvw.Table,
        "url": "a.csv",
        "null": ["-", "n/a"],
        "dialect": {"delimiter": ";"},
    }
    assert (said["headerRowNumber"], said["column"], said["bundled"], said["trim"]) == ("2", ["a", "b"], "true", "true")


@pytest.mark.parametrize(
    "options",
    [
        {"commentPrefix": "#", "skipRows": "02", "headerRowCount": 2, "skipColumns": "1"},
        {"delimiter": "\\t", "doubleQuote": "false", "encoding": "latin-1", "lineTerminators": ["\\r\\n", "\\n"]},
        {"header": False, "columns": ["z", "a", "(b)"], "null": ["-", "1", "true"]},
        {"header": "true", "skipBlankRows": False, "skipInitialSpace": "true"},
        *({"trim": trim} for trim in (True, False, "true", "false", "start", "end")),
        *({"quoteChar": sign, "delimiter": ";"} for sign in (None, "'", '"')),
    ],
    ids=str,
)
def test_every_option_of_csv_on_the_web_is_told_in_its_words(options: dict[str, object]) -> None:
    source = LogicalSource("s", HERE, "a.csv", options=options)
    mapping = plan(TermMap(A, HERE), source=source)
    (found,) = again(mapping, Lexicon()).sources
    assert replace(Options.of(found.options, "a.csv"), trim=None) == replace(Options.of(options, "a.csv"), trim=None)
    assert found.options.get("trim") == str(options.get("trim", True)).lower()
    of_source = {iri_text(p) for s, p, _ in rml_triples(mapping) if s.endswith("#s.source>")}
    assert {one for one in of_source if one.startswith(ours.space)} <= {ours.trim}


def test_numbers_and_truth_values_have_their_types() -> None:
    options = {"header": "false", "skipRows": "1", "delimiter": "1"}
    turtle = to_rml(plan(TermMap(A, HERE), source=LogicalSource("s", HERE, "a.csv", options=options)))
    for line in (b"csvw:header false ;", b"csvw:skipRows 1 ;", b'csvw:delimiter "1" ;'):
        assert line in turtle


def test_conditions_of_sources_and_authors_are_kept() -> None:
    source = LogicalSource("s", HERE, "a.csv", condition=Call("present", (A,)))
    mapping = replace(plan(TermMap(A, HERE), source=source), authors=("Ann Lee <ann@example.org>", "https://bo.example.org/#me"))
    other = again(mapping, Lexicon())
    assert other.sources[0].condition == source.condition
    assert set(other.authors) == set(mapping.authors)


@pytest.mark.parametrize(
    ("access", "name", "options"),
    [
        ("x", "csv", {"iterator": "$.p[*]"}),
        ("x.csv", "csv", {"iterator": "$.p[*]", "flatten": "false", "sheet": "1"}),
        ("x.xlsx", "xlsx", {"delimiter": ";", "encoding": "latin-1"}),
        ("x.json", "json", {"delimiter": ";", "skipRows": "1"}),
    ],
)
def test_idle_options_are_left_out(access: str, name: str, options: dict[str, object]) -> None:
    source = LogicalSource("s", HERE, access, name, options=options)
    (found,) = again(plan(TermMap(A, HERE), source=source), Lexicon()).sources
    assert found.format == name
    assert not set(options) & set(found.options)


def test_formats_that_no_suffix_tells() -> None:
    for access, name, expected in (("a.yml", "yaml", None), ("a.txt", "csv", "csv"), ("", "json", None), ("b", "tsv", "tsv")):
        said = written("s.source", plan(TermMap(A, HERE), source=LogicalSource("s", HERE, access, name)))
        assert said.get("format") == expected, access


def test_names_are_kept_apart() -> None:
    mapping = plan(TermMap(A, HERE))
    mapping.triples_maps.extend([replace(mapping.triples_maps[0], name=name) for name in ("m.po1", "a b.c/ü")])
    assert written("m.po1", mapping)["type"] == rml.PredicateObjectMap
    assert written("m%2Epo1", mapping)["type"] == written("a%20b.c%2F%C3%BC", mapping)["type"] == rml.TriplesMap


def test_words_of_ours_come_before_a_mapping_s_own_prefixes() -> None:
    mapping = replace(plan(TermMap(A, HERE)), prefixes={"rml": "http://semweb.mmlab.be/ns/rml#", "ex": "https://example.org/"})
    assert b"rml:predicate ex:p ;" in to_rml(mapping)


def test_words_of_before() -> None:
    assert modern("http://www.w3.org/ns/r2rml#parentTriplesMap") == rml.parentTriplesMap
    assert modern("http://semweb.mmlab.be/ns/ql#JSONPath") == rml.JSONPath
    assert modern("http://www.w3.org/ns/r2rml#class") == rml.class_


# -- there and back ----------------------------------------------------------------------------------------------------


def inputs(mapping: Mapping, folders: Sequence[Path], options: MappingOf[str, object]) -> list[Input]:
    """The files that a mapping's sources name, where they are here."""
    found = []
    for source in mapping.sources:
        files = [file for folder in folders for file in sorted(folder.rglob(source.access or "?"))]
        if files:
            data = files[0].read_bytes()
            records = open_source(Content.of_bytes(data), files[0].name, source.format, {**options, **source.options})
            found.append(Input(source, records, files[0].name, hashlib.sha256(data).hexdigest()))
    return found


def graph(mapping: Mapping, folders: Sequence[Path], lexicon: Lexicon, options: MappingOf[str, object]) -> set[object]:
    """The quads that a mapping makes of its files; why it refuses them, if it does."""
    try:
        return {*canonical(Run(mapping, inputs(mapping, folders, options), lexicon).quads())}
    except MappingError as error:
        return {(one.code, one.value) for one in error.findings}


def again(mapping: Mapping, lexicon: Lexicon) -> Mapping:
    """A mapping written as RML and read from it, under its first name, as it may say its name."""
    return replace(load_mapping(to_rml(mapping), f"{Path(mapping.name).stem}.ttl", lexicon), name=mapping.name)


@pytest.mark.parametrize("file", FILES, ids=called)
def test_there_and_back_gives_the_same_graph(file: Path, knowledge: Knowledge, lexicon: Lexicon) -> None:
    mapping = load(file, lexicon)
    other = again(mapping, lexicon)
    assert to_rml(other) == to_rml(mapping)
    folders = [file.parent, ROOT / "examples", ROOT / "mappings"]
    made = [graph(one, folders, lexicon, knowledge.reader_options) for one in (mapping, other)]
    assert made[0] == made[1]


@pytest.mark.parametrize("file", [file for file in FILES if CASES not in file.parents], ids=called)
def test_there_and_back_gives_the_same_graph_of_real_sources(
    file: Path, knowledge: Knowledge, lexicon: Lexicon, shared: Path
) -> None:
    mapping = load(file, lexicon)
    folders = [file.parent, shared / "data", shared / "seeds", ROOT / "examples", ROOT / "mappings"]
    made = [graph(one, folders, lexicon, knowledge.reader_options) for one in (mapping, again(mapping, lexicon))]
    assert made[0] == made[1]
    assert len(made[0]) > 40


def test_mappings_of_others_there_and_back(shared: Path) -> None:
    """Every case of the public suites that is no error in itself."""
    lexicon, compared = Lexicon(), 0
    for file in sorted((shared / "suites").glob("rml-*/test-cases/*/mapping.ttl")):
        try:
            mapping = load_mapping(file.read_bytes(), file.name, lexicon)
        except MappingError:
            continue
        other = again(mapping, lexicon)
        assert to_rml(other) == to_rml(mapping), file
        made = [graph(one, [file.parent], lexicon, {}) for one in (mapping, other)]
        assert made[0] == made[1], file
        compared += 1
    assert compared > 130


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_writes_a_mapping(tmp_path: Path) -> None:
    done = run("map", "-m", "example-measures", "--to", "rml", "-o", tmp_path / "m.ttl")
    assert done.code == 0, done.err
    assert b"rml:TriplesMap" in (tmp_path / "m.ttl").read_bytes()
    assert run("map", "-m", "example-measures", "--to", "rml", "-f", "nt").text.count(rml.TriplesMap) > 10


@pytest.mark.parametrize("arguments", [(), ("a.csv", "-m", "entry"), ("-m", "entry", "--head", "3")])
def test_the_command_says_what_it_needs(arguments: tuple[str, ...]) -> None:
    done = run("map", "--to", "rml", *arguments)
    assert done.code == 2
    assert "--to rml writes a mapping" in done.err
