"""The lint of shapes: each rule of SHACL's syntax is held, each fault stands at its line, what is well-formed is used."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import run
from shacl_strategies import Pair, pairs
from shacl_suite import cases, triples
from test_shacl import PREFIXES, ex, turtle

from mitigraph.errors import InputError
from mitigraph.knowledge import Knowledge
from mitigraph.shacl import validate
from mitigraph.shacl.data import Tables
from mitigraph.shacl.engine import check
from mitigraph.shacl.lint import SHOWN, doubts, faults, refuse_unusable, shapes_graph
from mitigraph.shacl.lint.form import RULES
from mitigraph.shacl.shapes import Shapes, shapes_of
from mitigraph.shacl.vocabulary import TERMS, sh
from mitigraph.shapes_check import read_shapes
from mitigraph.terms import RDF, XSD, Triple, literal

S = "ex:s a sh:NodeShape ; sh:targetNode ex:a ; "
P = "ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:path ex:p ; "
RDF_PREFIX = f"@prefix rdf: <{RDF}> .\n"
QUERY = "ex:s a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ sh:select 'SELECT $this { %s }' ] ."
COMPONENT = """
ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:lang ] ;
  sh:validator [ sh:ask "ASK { FILTER (LANG($value) = $lang) }" ] .
ex:s a sh:NodeShape ; sh:targetNode ex:a ; ex:lang "en" .
"""

VALUES = [
    ex("a"),
    "_:x",
    f"<{RDF}nil>",
    sh("IRI"),
    *(literal(text, XSD + kind) for text, kind in (("a", "string"), ("1", "integer"))),
]
VALUES += [literal("true", XSD + "boolean"), literal("1.5", XSD + "decimal"), literal("x", language="en")]

REFUSED = [
    # terms
    (S + "sh:minCout 1 .", "uses the unknown SHACL term sh:minCout; did you mean sh:minCount?"),
    (S + "sh:class ex:C ; sh:severity sh:Warn .", "unknown SHACL term sh:Warn"),
    (S + "<http://www.w3.org/ns/shacl/minCount> 1 .", "but the namespace of SHACL is <http://www.w3.org/ns/shacl#>"),
    (S + "sh:class ex:C . ex:t a <https://www.w3.org/ns/shacl#NodeShape> .", "but the namespace of SHACL is"),
    (S + "sh:nodeKind sh:iri .", "the unknown SHACL term sh:iri; did you mean sh:IRI?"),
    (S + "sh:class ex:C ; sh:rule ex:r .", "sh:rule, a term of SHACL-AF, which is not applied here"),
    (S + "sh:class ex:C ; sh:target ex:r .", "sh:target, a term of SHACL-AF"),
    (S + "sh:js ex:f .", "sh:js, a term of SHACL-JS"),
    (S + "sh:class ex:C ; sh:resultMessage 'x' .", "sh:resultMessage, a term of reports"),
    (S + "sh:class ex:C . ex:o sh:entailment <http://www.w3.org/ns/entailment/OWL-DL> .", "which is not done here"),
    # SHACL-SHACL
    ("ex:s a sh:NodeShape ; sh:targetClass 'C' ; sh:class ex:C .", "sh:targetClass of <https://example.org/s> must be an IRI"),
    ("ex:s a sh:NodeShape ; sh:targetNode [] ; sh:class ex:C .", "must be an IRI or a literal, but found a blank node"),
    ("ex:s a sh:NodeShape ; sh:targetSubjectsOf [] ; sh:class ex:C .", "sh:targetSubjectsOf"),
    ("ex:s a sh:NodeShape ; sh:targetObjectsOf 1 ; sh:class ex:C .", 'must be an IRI, but found "1"^^xsd:integer'),
    (P + "sh:minCount 'one' .", 'sh:minCount of <https://example.org/s> must be an xsd:integer, but found "one"'),
    (P + "sh:minCount 1.0 .", "must be an xsd:integer"),
    (P + "sh:minCount '1e'^^xsd:integer .", "must be an xsd:integer"),
    (P + "sh:minCount 1 , 2 .", "has more than one sh:minCount"),
    (P + "sh:path ex:q ; sh:minCount 1 .", "has more than one sh:path"),
    (S + "sh:minCount 1 .", "sh:minCount of <https://example.org/s> needs a property shape"),
    (S + "sh:property [ sh:minCount 1 ] .", "is to be a property shape, but has no sh:path"),
    (S + "sh:property [] .", "a shape within <https://example.org/s> is to be a property shape"),
    (S + "sh:path ex:p ; sh:minCount 1 .", "is to be a node shape, but has a sh:path"),
    (S + "sh:node [ sh:path ex:p ] .", "is to be a node shape, but has a sh:path"),
    (S + "sh:node ex:nowhere .", "but of <https://example.org/nowhere> nothing is said here"),
    (S + "sh:not 'x' .", 'must be a shape, but found "x"'),
    (S + "sh:or ( ex:nowhere ) .", "in it of <https://example.org/nowhere> nothing is said here"),
    (S + "sh:or [ sh:class ex:C ] .", "sh:or of <https://example.org/s> must be a list of shapes, but found a blank node"),
    (S + "sh:or ( 1 ) .", 'in it found "1"^^xsd:integer'),
    (S + "sh:in ex:a .", "sh:in of <https://example.org/s> must be a list"),
    (S + "sh:in ( 1 ) , ( 2 ) .", "has more than one sh:in"),
    (S + "sh:in _:l . _:l rdf:first 1 .", "the list has a part without exactly one rdf:first and one rdf:rest"),
    (S + "sh:in _:l . _:l rdf:first 1 , 2 ; rdf:rest () .", "the list has a part without exactly one"),
    (S + "sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l .", "the list goes round in a circle"),
    (S + "sh:in _:l . _:l rdf:first 1 ; rdf:rest ex:end .", "the list has no end"),
    (S + "sh:nodeKind sh:Literal , sh:IRI .", "has more than one sh:nodeKind"),
    (S + "sh:nodeKind ex:IRI .", "must be one of the six node kinds"),
    (S + "sh:datatype ex:d , ex:e .", "has more than one sh:datatype"),
    (S + "sh:datatype 'string' .", "sh:datatype of <https://example.org/s> must be an IRI"),
    (S + "sh:class 'C' .", "sh:class"),
    (P + "sh:uniqueLang 'true' .", "must be an xsd:boolean"),
    (S + "sh:closed 'yes'^^xsd:boolean .", "must be an xsd:boolean"),
    (S + "sh:closed true ; sh:ignoredProperties ( 'p' ) .", "must be a list of IRIs"),
    (S + "sh:languageIn ( 'en'@en ) .", "must be a list of xsd:string"),
    (S + "sh:pattern 'a'@en .", "sh:pattern of <https://example.org/s> must be an xsd:string"),
    (S + "sh:pattern 'a' ; sh:flags 'g' .", "sh:flags of <https://example.org/s> has 'g'; known are i, m, q, s, x"),
    (S + "sh:class ex:C ; sh:deactivated 'true' .", "must be true or false"),
    (S + "sh:class ex:C ; sh:severity 'high' .", "sh:severity of <https://example.org/s> must be an IRI"),
    (S + "sh:class ex:C ; sh:message 1 .", "must be a text"),
    (S + "sh:minInclusive ex:a .", "must be a literal"),
    (S + "sh:equals 'p' .", "sh:equals of <https://example.org/s> must be an IRI"),
    (P + "sh:qualifiedValueShape [] , [] ; sh:qualifiedMinCount 1 .", "has more than one sh:qualifiedValueShape"),
    ("[] a sh:NodeShape , rdfs:Class ; sh:class ex:C .", "a shape that is also a class must have an IRI"),
    (S + "sh:class ex:C . ex:o sh:shapesGraph 'x' .", "sh:shapesGraph must be an IRI"),
    # paths
    (S + "sh:property [ sh:path 'p' ; sh:minCount 1 ] .", 'is no path: found "p"'),
    (S + "sh:property [ sh:path ( ex:p ) ; sh:minCount 1 ] .", "at least two members"),
    (S + "sh:property [ sh:path [ sh:alternativePath ( ex:p ) ] ; sh:minCount 1 ] .", "at least two members"),
    (S + "sh:property [ sh:path [] ; sh:minCount 1 ] .", "is no path: found a blank node"),
    (S + "sh:property [ sh:path [ ex:inverse ex:p ] ; sh:minCount 1 ] .", "exactly one of"),
    (S + "sh:property [ sh:path [ sh:inversePath ex:p ; sh:zeroOrOnePath ex:p ] ; sh:minCount 1 ] .", "exactly one of"),
    (S + "sh:property [ sh:path _:p ; sh:minCount 1 ] . _:p sh:inversePath _:p .", "it leads back to itself"),
    # recursion
    (S + "sh:node ex:s .", "<https://example.org/s> refers to itself: recursive shapes are not checked"),
    (S + "sh:or ( [ sh:not ex:s ] [ sh:class ex:C ] ) .", "refers to itself"),
    (
        S + "sh:node ex:t . ex:t sh:property [ sh:path ex:p ; sh:node ex:s ] .",
        "refers to itself (through <https://example.org/t>)",
    ),
    (P + "sh:qualifiedValueShape ex:t ; sh:qualifiedMinCount 1 . ex:t sh:property ex:s .", "refers to itself"),
    # patterns
    (S + "sh:pattern '(' .", "has a pattern that cannot be read: missing )"),
    (S + "sh:pattern '(a+)+$' .", "has a pattern that is refused: a text of some dozen letters could keep it busy for ever"),
    (S + "sh:pattern '[a-z-[aeiou]]' .", "has a pattern that is refused: character classes are not subtracted"),
    (S + "sh:pattern 'a{99999999999}' .", "has a pattern that cannot be read"),
    # queries
    (S + "sh:sparql [] .", "sh:sparql of <https://example.org/s> must hold a sh:select query"),
    (S + "sh:sparql 'SELECT' .", "must be a node, found a literal"),
    (S + "sh:sparql [ sh:select 'SELECT' ] .", "a part within <https://example.org/s> holds a query that cannot be used"),
    (S + "sh:sparql [ sh:select 'SELECT $this { }' , 'SELECT $this { $this ?p ?o }' ] .", "holds more than one query"),
    (S + "sh:sparql [ sh:select 'SELECT $this { $this ?p ?o }' ; sh:deactivated 1 ] .", "must be true or false"),
    (S + "sh:sparql [ sh:select 'SELECT $this { $this ?p ?o }' ; sh:message 1 ] .", "must be a text"),
    (S + "sh:sparql [ sh:select 'SELECT $this { $this x:p 1 }' ] .", "the prefix 'x' is not declared"),
    (S + "sh:sparql [ sh:select 'SELECT ?p { $this ?p ?o }' ] .", "it must return $this"),
    (S + "sh:sparql [ sh:select 'SELECT * { FILTER (BOUND($this)) }' ] .", "it must return $this"),
    (S + "sh:sparql [ sh:select 'ASK { $this ?p ?o }' ] .", "it must be a SELECT query, not ASK"),
    (S + f"sh:sparql [ sh:select 'SELECT $this {'{' * 2201}{'}' * 2201}' ] .", "nested or chained further than mitigraph allows"),
    (QUERY % "$this ?p ?o MINUS { $this ?p 1 }", "MINUS is refused"),
    (QUERY % "VALUES ?x { 1 }", "VALUES is refused"),
    (QUERY % "SERVICE <http://127.0.0.1/> { $this ?p ?o }", "SERVICE is refused: nothing is ever fetched"),
    (QUERY % "BIND (1 AS $this)", "AS $this is refused"),
    (QUERY % "{ SELECT ?o { $this ?p ?o } }", "its subquery must return $this"),
    (QUERY % "$this $PATH ?o", "it uses $PATH, which only the queries of property shapes have"),
    (P + "sh:sparql [ sh:select 'SELECT $this { $PATH ?p $this }' ] .", "holds a query that cannot be used"),
    (P + "sh:sparql [ sh:select 'SELECT $this { $this ?p ?o FILTER ($PATH = 1) }' ] .", "holds a query that cannot be used"),
    (
        "ex:o sh:declare [ sh:prefix 'x' ; sh:namespace 'urn:a:' ] , [ sh:prefix 'x' ; sh:namespace 'urn:b:'^^xsd:anyURI ] ."
        + S
        + "sh:sparql [ sh:prefixes ex:o ; sh:select 'SELECT $this { $this ?p x:q }' ] .",
        "the prefix 'x' has several namespaces",
    ),
    (S + "sh:class ex:C . ex:o sh:declare [ sh:prefix 'x' ] .", "must have exactly one sh:namespace, but has 0"),
    # components
    (COMPONENT.replace("ex:lang ]", "ex:this ]"), "has the name 'this': no variable can be called so"),
    (COMPONENT.replace("ex:lang ]", "ex:a-b ]"), "has the name 'a-b'"),
    (COMPONENT.replace("ex:lang ]", "ex:lang ] , [ sh:path <urn:x/lang> ]"), "another parameter has it"),
    (COMPONENT.replace("ex:lang ]", "ex:lang ; sh:optional true ]"), "has no parameter that is not optional"),
    (COMPONENT.replace("ex:lang ]", "ex:lang ; sh:optional 1 ]"), "must be an xsd:boolean"),
    (COMPONENT.replace("sh:path ex:lang", "rdfs:label 'x'"), "must have exactly one sh:path, but has 0"),
    (COMPONENT.replace("sh:ask", "rdfs:label"), "must hold a sh:ask query"),
    (COMPONENT.replace("FILTER", "BIND (1 AS ?value) FILTER"), "AS ?value is refused"),
    # nothing to check
    ("", "the shapes hold no shape that has both a target and a constraint"),
    ("ex:s a sh:NodeShape ; sh:class ex:C .", "no shape that has both"),
    ("ex:s a rdfs:Class ; sh:class ex:C .", "no shape that has both"),
    (S + "rdfs:label 'idle' .", "no shape that has both"),
]

USABLE = [
    S + "sh:class ex:C , ex:D .",
    S + "sh:property [ sh:path ( ex:p [ sh:inversePath ( ex:q ex:p ) ] ) ; sh:minCount '01'^^xsd:integer ] .",
    P + "sh:uniqueLang true .",
    S + "sh:class ex:C ; sh:severity ex:Grave ; sh:message 'eins'@de , 'one' .",
    S + "sh:pattern '(a+)+$' ; sh:flags 'q' .",
    S + "sh:pattern '\\\\w+' ; sh:flags 'ismx' .",
    S + "sh:in () ; sh:node [ sh:closed false ] .",
    "ex:s a ex:Kind , ex:Meta ; sh:class ex:C . ex:Kind rdfs:subClassOf sh:NodeShape . ex:Meta rdfs:subClassOf rdfs:Class .",
    COMPONENT.replace("sh:validator", "sh:nodeValidator")
    .replace("ASK { FILTER (LANG($value) = $lang) }", "SELECT $this { }")
    .replace("sh:ask", "sh:select"),
    S + "sh:class ex:C . ex:report a sh:ValidationReport ; sh:conforms false ; sh:result [ a sh:ValidationResult ] .",
    "ex:s a sh:NodeShape , rdfs:Class ; sh:class ex:C .",
    QUERY % "{ SELECT $this (COUNT(?o) AS ?n) { $this ?p ?o } GROUP BY $this } FILTER (?n > 1)",
    QUERY % "{ SELECT * { $this ?p ?o } }",
    P + "sh:sparql [ sh:select 'SELECT $this ?value { $this $PATH ?value }' ] .",
    COMPONENT,
]


@pytest.mark.parametrize(("shapes", "said"), REFUSED, ids=[str(number) for number in range(len(REFUSED))])
def test_shapes_that_cannot_be_used_never_conform(shapes: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        validate(turtle("ex:a ex:p 1 ."), turtle(RDF_PREFIX + shapes))
    assert caught.value.exit_code == 3
    lines = caught.value.lines()
    assert all(line.startswith("mitigraph: could not check: ") for line in lines)
    assert any(said in line for line in lines), lines


@pytest.mark.parametrize("shapes", USABLE)
def test_well_formed_shapes_are_used(shapes: str) -> None:
    graph = shapes_graph(turtle(shapes))
    assert (faults(graph), doubts(graph)) == ([], [])
    validate(turtle("ex:a ex:p 1 ."), turtle(shapes))


def test_all_faults_are_told_up_to_a_number() -> None:
    shapes = [triple for number in range(SHOWN + 5) for triple in turtle((S + "sh:class 1 .").replace("ex:s", f"ex:s{number}"))]
    with pytest.raises(InputError) as caught:
        refuse_unusable(shapes)
    assert len(caught.value.lines()) == SHOWN + 1
    assert caught.value.lines()[-1] == "mitigraph: could not check: 5 more faults of the shapes"
    assert "\n" not in str(caught.value)


def test_the_bundled_shapes_are_beyond_doubt() -> None:
    graph = shapes_graph(Knowledge().shapes)
    assert (faults(graph), doubts(graph)) == ([], [])


@settings(max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(pairs())
def test_random_well_formed_shapes_are_used(pair: Pair) -> None:
    assert faults(shapes_graph(pair.shapes)) == []


@settings(max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(pairs(), st.data())
def test_spoilt_shapes_are_used_or_refused(pair: Pair, data: st.DataObject) -> None:
    """Whatever stands in a shapes graph, the outcome is results, or a refusal in one line for each fault."""
    shapes = list(pair.shapes)
    values = st.sampled_from([*VALUES, *sorted(TERMS), *(term for triple in shapes for term in (triple[0], triple[2]))])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(shapes) - 1))
        subject, predicate, _ = shapes[place]
        spoilt = (subject, data.draw(st.sampled_from([predicate, *sorted(TERMS)])), data.draw(values))
        shapes[place : place + data.draw(st.integers(0, 1))] = [spoilt]
    try:
        validate(pair.data, shapes)
    except InputError as error:
        assert all(line.startswith("mitigraph: could not check: ") and line.isprintable() for line in error.lines())


# -- SHACL for SHACL -----------------------------------------------------------------------------------------


@st.composite
def spoilt(draw: st.DrawFn) -> list[Triple]:
    """A property shape with one to three triples of which some may be wrong."""
    base = turtle("ex:s a sh:PropertyShape ; sh:targetNode ex:n ; sh:path ex:p ; sh:nodeKind sh:IRI . ex:a a sh:NodeShape .")
    names = st.sampled_from([*RULES, "path"])
    return base + [(ex("s"), sh(draw(names)), draw(st.sampled_from(VALUES))) for _ in range(draw(st.integers(1, 3)))]


@settings(max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(shapes=spoilt())
def test_what_shacl_for_shacl_refuses_is_refused(shapes: list[Triple], shacl_shacl: Shapes) -> None:
    """The standard's own shapes for shapes say of no graph that it is ill-formed that the lint lets pass."""
    if check(Tables(shapes), shacl_shacl):
        assert faults(shapes_graph(shapes)) != []


@pytest.fixture(scope="module")
def shacl_shacl(shared: Path) -> Shapes:
    return shapes_of(triples(cases(shared, "core")[0].parent.parent / "complex" / "shacl-shacl-data-shapes.ttl"))


# -- places --------------------------------------------------------------------------------------------------

FILE = (
    PREFIXES
    + """@prefix airmo: <https://w3id.org/airmo#> .

ex:s a sh:NodeShape ;
    sh:targetClass airmo:Mitigation ;
    sh:property [
        sh:path ex:p ;
        sh:minCount 1 ;
        sh:or ( [ sh:datatype xsd:date ]
                [ sh:datatype xsd:gYear ] ) ;
    ] ;
    sh:property [
        sh:path ex:title ;
        sh:minCount 1 ;
    ] .
"""
)
HEAD = FILE[: FILE.index("ex:s a")].count("\n")

PLACED = [
    ("sh:minCount 1 ;\n        sh:or", "sh:minCount 'one' ;\n        sh:or", 5),
    ("sh:path ex:title ;\n        sh:minCount 1", "sh:path ex:title ;\n        sh:minCount 'one'", 11),
    ("sh:path ex:title ;\n", "", 9),
    ("[ sh:datatype xsd:gYear ]", "[ sh:dataype xsd:gYear ]", 7),
    ("[ sh:datatype xsd:gYear ]", "ex:nowhere", 6),
    ("xsd:date ]", "'date' ]", 6),
    ("sh:path ex:p", "sh:path ( ex:p )", 4),
    ("sh:targetClass airmo:Mitigation", "sh:targetClass 'M'", 2),
]


@pytest.mark.parametrize(("old", "new", "line"), PLACED)
def test_a_fault_stands_at_its_line(old: str, new: str, line: int, tmp_path: Path) -> None:
    assert old in FILE
    (tmp_path / "mine.ttl").write_text(FILE.replace(old, new), "utf-8")
    with pytest.raises(InputError) as caught:
        read_shapes([str(tmp_path / "mine.ttl")], Knowledge())
    assert str(caught.value).startswith(f"could not check: {tmp_path / 'mine.ttl'}:{HEAD + line}: ")


def test_a_fault_in_the_second_file_is_told_there(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.ttl", tmp_path / "bad.nt"
    good.write_text(FILE, "utf-8")
    bad.write_text(f"{ex('t')} {sh('targetNode')} {ex('a')} .\n{ex('t')} {sh('class')} 'C' .\n".replace("'", '"'), "utf-8")
    with pytest.raises(InputError) as caught:
        read_shapes([str(good), str(bad)], Knowledge())
    assert str(caught.value).startswith(f"could not check: {bad}:2: sh:class")


JSON_LD = """{"@context": {"sh": "http://www.w3.org/ns/shacl#"},
 "@graph": [
  {"@id": "urn:s",
   "sh:targetSubjectsOf": {"@id": "urn:p"},
   "sh:nodeKynd": {"@id": "sh:IRI"}}]}
"""
RDF_XML = f"""<rdf:RDF xmlns:rdf="{RDF}" xmlns:sh="http://www.w3.org/ns/shacl#">
  <rdf:Description rdf:about="urn:s">
    <sh:targetSubjectsOf rdf:resource="urn:p"/>
    <sh:nodeKynd rdf:resource="http://www.w3.org/ns/shacl#IRI"/>
  </rdf:Description>
</rdf:RDF>
"""


@pytest.mark.parametrize(("name", "text", "line"), [("mine.jsonld", JSON_LD, 5), ("mine.rdf", RDF_XML, 4)])
def test_a_fault_stands_at_its_line_in_other_formats(name: str, text: str, line: int, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_shapes([str(tmp_path / name)], Knowledge())
    assert f"{name}:{line}: <urn:s> uses the unknown SHACL term sh:nodeKynd" in str(caught.value)


DOUBTFUL = [
    ("ex:t a sh:NodeShape ; sh:class ex:C .", "idle-shape", "has no target, and no other shape refers to it"),
    ("ex:t a sh:NodeShape ; sh:targetNode ex:a .", "idle-shape", "has a target but no constraint"),
    (S.replace("ex:s", "ex:t") + "sh:class ex:C ; sh:flags 'i' .", "idle-shape", "says nothing without sh:pattern"),
    (P.replace("ex:s", "ex:t") + "sh:qualifiedMinCount 1 .", "idle-shape", "says nothing without sh:qualifiedValueShape"),
    (
        S.replace("ex:s", "ex:t") + "sh:ignoredProperties ( ex:p ) ; sh:class ex:C .",
        "idle-shape",
        "says nothing without sh:closed",
    ),
    (
        S.replace("ex:s", "ex:t") + "sh:datatype xsd:strnig .",
        "unknown-term",
        "unknown datatype xsd:strnig; did you mean xsd:string?",
    ),
    (
        S.replace("ex:s", "ex:t") + "sh:datatype <http://www.w3.org/1999/02/22-rdf-syntax-ns#langStrin> .",
        "unknown-term",
        "unknown datatype rdf:langStrin; did you mean rdf:langString?",
    ),
    (P.replace("ex:s", "ex:t") + "sh:uniqueLang '1'^^xsd:boolean .", "idle-shape", "says nothing unless it is written true"),
    (S.replace("ex:s", "ex:t") + "sh:or ( [ sh:class ex:C ] [ ex:class ex:C ] ) .", "idle-shape", "everything conforms to it"),
    (S.replace("ex:s", "ex:t") + "sh:node [] .", "idle-shape", "sh:node of <https://example.org/t> leads to a shape without"),
    ("ex:t sh:nodShape ex:s .", "unknown-term", "the unknown SHACL term sh:nodShape"),
    (S.replace("ex:s", "ex:t") + "sh:class airmo:Mitigatoin .", "unknown-term", "the ontology has no such term"),
    ("ex:o owl:imports <http://127.0.0.1:9/more> .", "not-fetched", "nothing is ever fetched"),
    ("ex:o sh:shapesGraph <http://127.0.0.1:9/shapes> .", "not-fetched", "nothing is ever fetched"),
]


@pytest.mark.parametrize(("more", "code", "said"), DOUBTFUL)
def test_what_is_doubtful_is_a_finding(more: str, code: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.ttl").write_text(FILE + "\n" + more, "utf-8")
    Path("data.nt").write_text(f"{ex('a')} {ex('p')} {ex('b')} .\n", "utf-8")
    [found] = [one for one in read_shapes(["mine.ttl"], Knowledge()).findings if said in one.message]
    assert found.code == code
    assert found.place.file == "mine.ttl"
    if code != "not-fetched":
        assert found.severity == "warning"
        assert found.place.line == FILE.count("\n") + 2
    ran = run("validate", "data.nt", "-s", "mine.ttl")
    assert ran.code in (0, 1)
    assert any(f"[{code}]" in line for line in ran.text.splitlines())


OF_COMPONENTS = [
    (COMPONENT.replace("a sh:ConstraintComponent ;", ""), "which is not of the type sh:ConstraintComponent"),
    (COMPONENT.replace("ex:lang ] ;", "ex:lang ] , [ sh:path ex:more ] ;"), "which also needs <https://example.org/more>"),
    (
        COMPONENT.replace('ex:lang "en"', 'ex:lang "en" ; sh:path ex:p').replace("sh:validator", "rdfs:seeAlso"),
        "for property shapes",
    ),
]


@pytest.mark.parametrize(("shapes", "said"), OF_COMPONENTS)
def test_parameters_that_no_component_looks_at_are_told(shapes: str, said: str) -> None:
    graph = shapes_graph(turtle(shapes.replace("ex:s a sh:NodeShape", "ex:s sh:class ex:C")))
    assert faults(graph) == []
    [(code, fault)] = doubts(graph)
    assert (code, fault.node, fault.predicate) == ("idle-shape", ex("s"), ex("lang"))
    assert "<https://example.org/s> is not checked by <https://example.org/C>, " in fault.message
    assert said in fault.message


def test_a_class_of_shapes_of_ones_own_makes_targets() -> None:
    shapes = turtle(
        "ex:s a ex:Kind , ex:Meta ; sh:nodeKind sh:Literal . ex:Kind rdfs:subClassOf sh:NodeShape ."
        "ex:Meta rdfs:subClassOf rdfs:Class ."
    )
    assert [result.focus for result in validate(turtle("ex:a a ex:s ."), shapes)] == [ex("a")]
