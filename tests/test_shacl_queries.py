"""SHACL-SPARQL: queries over many nodes at once say what they say of each, as pySHACL does; components, messages."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shacl_strategies import BLANKS, LITERALS, NODES, PREDICATES
from test_shacl import ex, turtle

from mitigraph.errors import EngineError
from mitigraph.shacl import sparql_store, validate
from mitigraph.shacl.engines import compared
from mitigraph.shacl.sparql_text import bound_first, complaint, goes_in_batches, with_path
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import XSD, Triple, literal

DECLARED = 'ex:o sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] .\n'

QUERIES = [
    "SELECT $this ?value { $this ex:p ?value }",
    "SELECT $this ?path ?value { $this ?path ?value FILTER (isLiteral(?value)) }",
    "SELECT $this { FILTER NOT EXISTS { $this ex:p ?any } }",
    "SELECT $this { FILTER (!isIRI($this)) }",
    "SELECT $this ?value { { $this ex:p ?value } UNION { ?value ex:q $this } }",
    "SELECT DISTINCT $this ?value { $this ex:p ?value OPTIONAL { ?value ex:r ?z FILTER (?z != $this) } FILTER (!BOUND(?z)) }",
    "SELECT $this (COUNT(?o) AS ?value) { $this ex:p ?o } GROUP BY $this HAVING (COUNT(?o) > 1)",
    "SELECT $this ?value { { SELECT $this (COUNT(?o) AS ?value) { $this ex:p ?o } GROUP BY $this } FILTER (?value > 1) }",
    "SELECT $this { BIND ($this AS ?that) FILTER (?that = ex:a) }",
    "SELECT $this ?value { $this ex:p ?value FILTER EXISTS { ?other ex:p ?value FILTER (?other != $this) } }",
    "SELECT $this ?value { $this ex:p ?value . { { FILTER (BOUND($this)) } } }",
    "SELECT $this ?value { $this (ex:p|^ex:q)/^ex:r ?value }",
]
ASKS = [
    "ASK { FILTER (isIRI($value)) }",
    "ASK { $this ex:q $value }",
    "ASK { FILTER NOT EXISTS { $value ex:p ?any FILTER (?any = $this) } }",
    "ASK { { FILTER ($value = $least) } UNION { $value ex:q ?x } }",
]

terms = st.sampled_from([*NODES, *BLANKS, *(one for one in LITERALS if not one.startswith(('"01"', '"1.'))), literal("1.5")])
rows = st.lists(st.tuples(st.sampled_from([*NODES, *BLANKS]), st.sampled_from(PREDICATES), terms), max_size=12, unique=True)
some = settings(max_examples=8, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def constraint(query: str, target: str = "sh:targetSubjectsOf ex:p , ex:q", more: str = "") -> list[Triple]:
    held = f"sh:sparql [ sh:prefixes ex:o ; sh:select '{query}' ; {more} ]"
    return turtle(f"{DECLARED}ex:s a sh:NodeShape ; {target} ; {held} .")


@pytest.mark.parametrize("query", QUERIES)
@some
@given(data=rows)
def test_a_query_says_what_it_says_in_pyshacl(query: str, data: list[Triple]) -> None:
    shapes = constraint(query)
    assert compared(validate(data, shapes)) == compared(validate(data, shapes, engine="pyshacl"))


@pytest.mark.parametrize("query", QUERIES)
@some
@given(data=rows)
def test_many_nodes_at_once_are_the_same_as_one_by_one(query: str, data: list[Triple]) -> None:
    shapes = constraint(query, "sh:targetSubjectsOf ex:p ; sh:targetObjectsOf ex:q")
    together = validate(data, shapes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparql_store, "BATCH", 1)
        assert validate(data, shapes) == together


@pytest.mark.parametrize("query", ASKS)
@pytest.mark.parametrize("path", ["", "sh:path ex:p ; ", "sh:path [ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ] ; "])
@some
@given(data=rows)
def test_a_component_says_of_each_value_what_it_says_in_pyshacl(query: str, path: str, data: list[Triple]) -> None:
    validator = f"[ a sh:SPARQLAskValidator ; sh:prefixes ex:o ; sh:ask '{query}' ]"
    held = f"ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:least ] ; sh:validator {validator} .\n"
    shapes = turtle(f"{DECLARED}{held}ex:s {path}ex:least 1 ; sh:targetSubjectsOf ex:p , ex:q .")
    found = validate(data, shapes)
    if not path:  # of a property shape's values pySHACL asks about one, and does not tell which (SHACL, section 6.3)
        assert compared(found) == compared(validate(data, shapes, engine="pyshacl"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparql_store, "BATCH", 1)
        assert validate(data, shapes) == found


def test_blank_nodes_and_literals_are_focus_nodes_too() -> None:
    data = turtle('ex:a ex:p [ ex:q 1 ] , "x"@en , 1.10 , "1.1"^^xsd:decimal .')
    shapes = constraint("SELECT $this { FILTER (!isIRI($this)) }", "sh:targetObjectsOf ex:p")
    found = validate(data, shapes)
    assert sorted(one.focus for one in found) == sorted(o for _, p, o in data if p == ex("p"))
    assert all(one.value == one.focus for one in found)


def test_queries_are_asked_within_other_shapes() -> None:
    data = turtle("ex:a ex:p 1 , 2 . ex:b ex:p 1 .")
    inner = "[ sh:sparql [ sh:prefixes ex:o ; sh:select 'SELECT $this { $this ex:p 2 }' ] ]"
    shapes = turtle(f"{DECLARED}ex:s a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:not {inner} .")
    assert [one.focus for one in validate(data, shapes)] == [ex("b")]


def test_a_property_shape_puts_its_path_into_the_query() -> None:
    data = turtle("ex:a ex:p ex:b . ex:b ex:q 1 , 7 .")
    query = "SELECT $this ?value { $this $PATH ?value FILTER (?value > 5) }"
    shapes = turtle(f"ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:path ( ex:p ex:q ) ; sh:sparql [ sh:select '{query}' ] .")
    [found] = validate(data, shapes)
    assert (found.path, found.value) == (f"{ex('p')}/{ex('q')}", f'"7"^^<{XSD}integer>')
    assert found.component == sh("SPARQLConstraintComponent")
    assert found.constraint == next(o for _, p, o in shapes if p == sh("sparql"))


def test_messages_come_from_the_query_then_the_constraint_then_the_shape() -> None:
    data = turtle("ex:a ex:p 1 .")
    plain = "SELECT $this ?value { $this ex:p ?value }"
    told = 'SELECT $this ?value (CONCAT("it is ", STR(?value)) AS ?message) { $this ex:p ?value }'
    own, of_shape = 'sh:message "{$this} has {?value}"', 'sh:targetNode ex:a ; sh:message "of the shape"'
    assert [one.message for one in validate(data, constraint(told, of_shape, own))] == ["it is 1"]
    assert [one.message for one in validate(data, constraint(plain, of_shape, own))] == ["https://example.org/a has 1"]
    assert [one.message for one in validate(data, constraint(plain, of_shape))] == ["of the shape"]
    assert [one.message for one in validate(data, constraint(plain, "sh:targetNode ex:a"))] == ["SPARQLConstraintComponent"]


def test_messages_of_components_name_their_parameters() -> None:
    component = """
    ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:most ] , [ sh:path ex:unit ; sh:optional true ] ;
      sh:message "above all" ; sh:validator [ sh:message "over {$most} {?unit}" ; sh:ask 'ASK { FILTER ($value <= $most) }' ] .
    """
    shape = 'ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:path ex:p ; ex:most 3 ; ex:unit "kg" '
    data = turtle("ex:a ex:p 3 , 4 .")
    [found] = validate(data, turtle(f"{component}{shape} ."))
    assert (found.message, found.component, found.constraint) == ("over 3 kg", ex("C"), None)
    [found] = validate(data, turtle(component.replace('sh:message "over {$most} {?unit}" ;', "") + f"{shape} ."))
    assert found.message == "above all"
    [found] = validate(data, turtle(f"{component}{shape} ; sh:message 'of the shape' ."))
    assert found.message == "of the shape"


def test_several_values_of_an_only_parameter_are_several_constraints() -> None:
    component = """ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:not ] ;
        sh:validator [ sh:ask 'ASK { FILTER ($value != $not) }' ] ."""
    shapes = turtle(f"{component} ex:s a sh:NodeShape ; sh:targetNode ex:a , ex:b , ex:c ; ex:not ex:a , ex:b .")
    assert [one.focus for one in validate([], shapes)] == [ex("a"), ex("b")]


def test_a_component_without_all_its_parameters_is_no_constraint() -> None:
    component = """ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:one ] , [ sh:path ex:two ] ;
        sh:validator [ sh:ask 'ASK { FILTER (false) }' ] ."""
    shapes = turtle(
        component
        + " ex:s a sh:NodeShape ; sh:targetNode ex:a ; ex:one 1 ."
        + " ex:t a sh:NodeShape ; sh:targetNode ex:b ; ex:one 1 ; ex:two 2 ."
    )
    assert [one.focus for one in validate([], shapes)] == [ex("b")]


def test_a_deactivated_constraint_is_not_asked() -> None:
    assert validate(turtle("ex:a ex:p 1 ."), constraint(QUERIES[0], more="sh:deactivated true")) == []


def test_the_shapes_graph_is_asked_beside_the_data() -> None:
    shapes = constraint(
        "SELECT $this ?value { GRAPH $shapesGraph { $currentShape ex:limit ?value } }", "ex:limit 3 ; sh:targetNode ex:a"
    )
    assert [one.value for one in validate(turtle("ex:a ex:limit 9 ."), shapes)] == [f'"3"^^<{XSD}integer>']


def test_a_query_that_the_store_cannot_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(sparql_store, "ask", fail)
    with pytest.raises(EngineError, match="could not check: a query failed: out of memory"):
        validate(turtle("ex:a ex:p 1 ."), constraint(QUERIES[0]))


# -- the text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SELECT $this { $this ?p ?o }", True),
        ("SELECT $this { $this ?p ?o } ORDER BY ?o", True),
        ("SELECT $this { $this ?p ?o } LIMIT 1", False),
        ("SELECT $this { $this ?p ?o } OFFSET 1", False),
        ("SELECT REDUCED $this { $this ?p ?o }", False),
        ("SELECT $this (COUNT(?o) AS ?n) { $this ?p ?o } GROUP BY $this", True),
        ("SELECT (SAMPLE($this) AS ?x) (COUNT(?o) AS ?n) { $this ?p ?o }", False),
        ("SELECT (SAMPLE($this) AS ?x) ?p { $this ?p ?o } GROUP BY ?p", False),
        ("SELECT $this { { SELECT $this (MAX(?o) AS ?m) { $this ?p ?o } GROUP BY $this } }", False),
        ("ASK { FILTER ('LIMIT' = $value) }", True),
    ],
)
def test_what_counts_over_all_nodes_is_asked_one_by_one(text: str, wanted: bool) -> None:
    assert goes_in_batches(text) is wanted


def test_variables_are_bound_in_each_group_but_not_in_exists_of_a_batch() -> None:
    text = "SELECT $this { { SELECT $this { ?a ?b ?c } } FILTER NOT EXISTS { { $this ?p '{' } } }"
    alone = "SELECT $this { * { SELECT $this { * ?a ?b ?c } } FILTER NOT EXISTS { * { * $this ?p '{' } } }"
    batch = "SELECT $this { * { SELECT $this { * ?a ?b ?c } } FILTER NOT EXISTS { { $this ?p '{' } } }"
    for together, wanted in ((False, alone), (True, batch)):
        assert " ".join(bound_first(text, "*", together).split()) == wanted


def test_a_path_takes_the_place_of_its_variable_and_of_nothing_else() -> None:
    text = "SELECT $this { $this $PATH ?PATHS . ?x ?PATH '$PATH' # $PATH\n}"
    assert with_path(text, "<urn:p>") == "SELECT $this { $this <urn:p> ?PATHS . ?x <urn:p> '$PATH' # $PATH\n}"
    assert with_path("ASK { $this $PATH/ex:q ?x }", "<urn:p>|<urn:q>") == "ASK { $this (<urn:p>|<urn:q>)/ex:q ?x }"


def test_a_subquery_may_return_what_it_binds_itself() -> None:
    text = "SELECT $this { { SELECT * { $this ?p ?o FILTER EXISTS { ?x ?y $lang } } } }"
    assert complaint(text, "SELECT", frozenset(("this",)), {}) == ""
    assert "$lang" in complaint(text, "SELECT", frozenset(("this", "lang")), {})
