"""Named queries: their heads, and values that are bound as terms, never as text."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from mitigraph.errors import InputError, UsageError
from mitigraph.query import ask, store_of
from mitigraph.questions import Parameter, bind, nearest, read_question, read_questions

WHOLE = """# Which things are large?
# Size counts,
# not weight.

# param kind : scheme sizes = Large : how large
# param thing : iri : which one
# param least : integer = 2 : from how many on
# param since : date = 2024-02-29 : from when on
# param words : string = a = b:c : any text
SELECT * WHERE {
  VALUES ?kind { ex:large }
  VALUES ?thing { UNDEF }
  VALUES ?least { 2 }
  VALUES ?since { "2024-02-29"^^ex:date }
  VALUES ?words { "a = b:c" }
  { SELECT ?thing { VALUES ?thing { UNDEF } ?thing a ex:Thing } }
  OPTIONAL { ?thing ex:words "VALUES ?thing { me }" }  # VALUES ?thing { nor me }
}
"""


def resolve(value: str, scheme: str | None) -> str:
    if value == "nowhere":
        raise UsageError("nothing is called 'nowhere'; did you mean 'somewhere'?")
    return f"urn:{scheme or 'any'}:{value}"


def test_the_head() -> None:
    question = read_question(WHOLE, "large")
    assert (question.name, question.text, question.explanation) == (
        "large",
        "Which things are large?",
        "Size counts, not weight.",
    )
    assert question.parameters == (
        Parameter("kind", "scheme", "sizes", "Large", "how large"),
        Parameter("thing", "iri", None, None, "which one"),
        Parameter("least", "integer", None, "2", "from how many on"),
        Parameter("since", "date", None, "2024-02-29", "from when on"),
        Parameter("words", "string", None, "a = b:c", "any text"),
    )


def test_every_block_of_a_parameter_is_bound_and_nothing_else() -> None:
    sparql = bind(read_question(WHOLE, "large"), {"thing": "t"}, resolve)
    assert sparql.count("VALUES ?thing { <urn:any:t> }") == 2
    assert "VALUES ?kind { <urn:sizes:Large> }" in sparql
    assert 'VALUES ?least { "2"^^<http://www.w3.org/2001/XMLSchema#integer> }' in sparql
    assert 'VALUES ?since { "2024-02-29"^^<http://www.w3.org/2001/XMLSchema#date> }' in sparql
    assert '"VALUES ?thing { me }" }  # VALUES ?thing { nor me }' in sparql


def test_a_value_is_never_read_again() -> None:
    """A value that looks like another parameter's block, or like the end of its own, stays text."""
    text = "# Q?\n# param a : string : a\n# param b : string : b\nSELECT ?a ?b { VALUES ?a { 1 } VALUES ?b { 2 } }"
    given = {"a": "VALUES ?b { 3 } } # '''", "b": '" } ; DROP ALL # \\" \n \x01'}
    answer = ask(store_of([]), bind(read_question(text, "q"), given, resolve), {})
    assert isinstance(answer, ox.QuerySolutions)
    assert [(row["a"].value, row["b"].value) for row in answer] == [(given["a"], given["b"])]


def test_a_sub_select_alone_is_enough() -> None:
    text = "# Q?\n# param n : integer = 1 : n\nSELECT ?n { { SELECT $n { VALUES $n{2} } } }"
    answer = ask(store_of([]), bind(read_question(text, "q"), {"n": "-7"}, resolve), {})
    assert isinstance(answer, ox.QuerySolutions)
    assert [row["n"].value for row in answer] == ["-7"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "@large needs -p thing=…: which one"),
        ({"thing": "t", "leest": "3"}, "@large has no parameter 'leest'; did you mean 'least'?"),
        ({"thing": "t", "zzz": "3"}, "@large has no parameter 'zzz'"),
        ({"thing": "nowhere"}, "-p thing: nothing is called 'nowhere'; did you mean 'somewhere'?"),
        ({"thing": "a b"}, "-p thing: 'a b' is no iri: not an absolute IRI: 'urn:any:a b'"),
        ({"thing": "t> } DROP ALL #"}, "-p thing: 't> } DROP ALL #' is no iri: not an absolute IRI: 'urn:any:t> } DROP ALL #'"),
        ({"thing": "t", "least": "two"}, "-p least: 'two' is no integer: expected digits"),
        ({"thing": "t", "least": "1_000"}, "-p least: '1_000' is no integer: expected digits"),
        ({"thing": "t", "least": "٣"}, "-p least: '٣' is no integer: expected digits"),
        ({"thing": "t", "least": "9" * 5000}, f"-p least: '{'9' * 79}…' is no integer: expected digits"),
        ({"thing": "t", "since": "2023-02-29"}, "-p since: '2023-02-29' is no date: day is out of range for month"),
        ({"thing": "t", "since": "20240101"}, "-p since: '20240101' is no date: expected YYYY-MM-DD"),
        ({"thing": "t", "words": "\ud800"}, "-p words: '\\ud800' is no string: not Unicode text: '\\ud800'"),
    ],
)
def test_values_that_do_not_fit(given: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        bind(read_question(WHOLE, "large"), given, resolve)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "q.rq:1: the first line must be a comment with the question"),
        ("SELECT * { }\n# Which?", "q.rq:1: the first line must be a comment with the question"),
        ("# Q?\n# param x integer\nASK { VALUES ?x { 1 } }", "q.rq:2: expected 'param NAME : TYPE"),
        ("# Q?\n# param x : number : n\nASK { VALUES ?x { 1 } }", "q.rq:2: expected 'param NAME : TYPE"),
        ("# Q?\n# param x : scheme : n\nASK { VALUES ?x { 1 } }", "q.rq:2: expected 'param NAME : TYPE"),
        ("# Q?\n# param x : integer stages : n\nASK { VALUES ?x { 1 } }", "q.rq:2: expected 'param NAME : TYPE"),
        ("# Q?\n# param x : integer : n\nASK { ?x ?y ?z }", "q.rq: the parameter 'x' has no VALUES ?x { … } block"),
        ("# Q?\n# param x : integer : n\nASK { } # VALUES ?x { 1 }", "q.rq: the parameter 'x' has no VALUES ?x { … } block"),
        (
            "# Q?\n# param x : iri : n\n# param x : iri : m\nASK { VALUES ?x { 1 } }",
            "q.rq:3: a second parameter 'x'",
        ),
    ],
)
def test_files_that_are_wrong_name_the_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_question(text, "q")
    assert str(refusal.value).startswith(message)


def test_a_folder_of_questions(tmp_path: Path) -> None:
    (tmp_path / "b.rq").write_bytes(b"\xef\xbb\xbf# Second?\r\nASK { }\r\n")
    (tmp_path / "a.rq").write_text("# First?\nASK { }\n", "utf-8")
    (tmp_path / "note.txt").write_text("no question", "utf-8")
    assert [(name, question.text) for name, question in read_questions(tmp_path).items()] == [("a", "First?"), ("b", "Second?")]
    (tmp_path / "c.rq").write_bytes(b"# caf\xe9\nASK { }")
    with pytest.raises(InputError, match=r"c\.rq: not UTF-8"):
        read_questions(tmp_path)


def test_nothing_near_gives_no_hint() -> None:
    assert nearest("stage", []) == nearest("stage", ["zzz"]) == ""
    assert nearest("Build And Use", ["build and use model"]) == "; did you mean 'build and use model'?"


def test_every_named_query_runs_as_it_stands_and_bound(root: Path) -> None:
    context = json.loads((root / "ontology" / "context.jsonld").read_text("utf-8"))["@context"]
    prefixes = {name: value for name, value in context.items() if isinstance(value, str) and not name.startswith("@")}
    questions = read_questions(root / "queries")
    assert questions
    for question in questions.values():
        assert question.text.endswith("?")
        assert all(parameter.meaning and parameter.default for parameter in question.parameters)
        ask(store_of([]), question.sparql, prefixes)
        ask(store_of([]), bind(question, {}, lambda value, scheme: "urn:any"), prefixes)
