"""The gate in front of the SPARQL engine, and what a person is told of a mistake."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from mitigraph.errors import UsageError
from mitigraph.query import DEPTH_LIMIT, PARTS_LIMIT, SIZE_LIMIT, ask, guard, store_of, tokens
from mitigraph.questions import bind, read_question
from mitigraph.terms import Triple, literal

PREFIXES = {"ex": "urn:ex:", "dcterms": "http://purl.org/dc/terms/", "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}
TRIPLES: list[Triple] = [
    ("<urn:ex:a>", "<urn:ex:p>", '"one"'),
    ("<urn:ex:b>", "<urn:ex:p>", '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'),
]
# The engine refuses this port before it opens a connection, so that a hole in the gate shows without a network.
NOWHERE = "<http://127.0.0.1:1/sparql>"

REACHING_OUT = {
    "plain": f"SELECT * {{ SERVICE {NOWHERE} {{ ?s ?p ?o }} }}",
    "odd case": f"SELECT * {{ sErViCe {NOWHERE} {{ ?s ?p ?o }} }}",
    "silent": f"SELECT * {{ service silent{NOWHERE}{{ ?s ?p ?o }} }}",
    "variable endpoint": "SELECT * { ?x ex:endpoint ?e SERVICE ?e { ?s ?p ?o } }",
    "after a comment": f"SELECT * {{ SERVICE # here\n {NOWHERE} {{ ?s ?p ?o }} }}",
    "after a comment that ends with CR": f"SELECT * {{ # here\rSERVICE {NOWHERE} {{ ?s ?p ?o }} }}",
    "glued to a number": f"SELECT * {{ ?s ?p 1SERVICE{NOWHERE}{{ ?a ?b ?c }} }}",
    "glued to a decimal": f"SELECT * {{ ?s ?p 1.5SERVICE{NOWHERE}{{ ?a ?b ?c }} }}",
    "glued to true": f"SELECT * {{ ?s ?p trueSERVICE{NOWHERE}{{ ?a ?b ?c }} }}",
    "glued to a prefixed name": "SELECT * { SERVICEex:y { ?a ?b ?c } }",
    "at a dot in a name": f"SELECT * {{ ?s ?p ex:a.b.SERVICE{NOWHERE}{{ ?a ?b ?c }} }}",
    "less-than as if an IRI": f"SELECT * {{ ?s ?p ?o FILTER(?o<1)SERVICE#>\n{NOWHERE}{{ ?a ?b ?c }} }}",
    "less-than and a long string": f"SELECT * {{ FILTER(1<ex:a#>'''\n)SERVICE{NOWHERE}{{ ?a ?b ?c }} #'''\n }}",
    "less-than and a quote": f"SELECT * {{ FILTER(1<'a>b')SERVICE{NOWHERE}{{ ?a ?b ?c }} #'\n }}",
    "exponent and less-than": f"SELECT * {{ FILTER(1.e5<#>'''\n1)SERVICE{NOWHERE}{{ ?a ?b ?c }} #'''\n }}",
    "escape in an IRI": f"SELECT * {{ ?s <urn:\\u0041'> ?o . SERVICE {NOWHERE} {{ ?a ?b ?c }} ?s <urn:z'> ?o }}",
    "escape in a name": f"SELECT * {{ ?s ex:a、\\' ?o . SERVICE {NOWHERE} {{ ?a ?b ?c }} ?s ex:b、\\' ?o }}",
}


@pytest.fixture(scope="module")
def store() -> ox.Store:
    return store_of(TRIPLES)


@pytest.mark.parametrize("text", REACHING_OUT.values(), ids=REACHING_OUT)
def test_nothing_reaches_out(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        guard(text)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "delete { ?s ?p ?o } where { ?s ?p ?o }",
        "LoAd <file:///etc/passwd>",
        "CLEAR ALL",
        "Create Graph <urn:g>",
        "DROP DEFAULT",
        "COPY <urn:a> TO <urn:b>",
        "MOVE <urn:a> TO <urn:b>",
        "ADD <urn:a> TO <urn:b>",
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "PREFIX load: <urn:x>\n# read only, honestly\ninsert { ?s ?p ?o } where { ?s ?p ?o }",
    ],
)
def test_updates_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"^query:\d+:\d+: [A-Z]+ is an update and is refused"):
        guard(text)


def test_an_update_after_a_query_is_a_mistake(store: ox.Store) -> None:
    with pytest.raises(UsageError, match=r"^query:1:11: .*found ';'"):
        ask(store, "ASK { } # \n".strip(" #\n") + "   ; DROP ALL", {})
    assert len(store) == len(TRIPLES)


@pytest.mark.parametrize(
    "text", ["SELECT * FROM <urn:g> { ?s ?p ?o }", "ask from named <urn:g> { ?s ?p ?o }", "SELECT *FROM<urn:g>{}"]
)
def test_from_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="FROM is refused: choose the data with -d"):
        guard(text)


@pytest.mark.parametrize(
    "text",
    [
        "# SERVICE LOAD INSERT FROM\nSELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p 'SERVICE <x> { } FROM DROP' }",
        "SELECT * { ?s ?p '''a ' SERVICE '' b''' }",
        'SELECT * { ?s ?p """SERVICE " \\""" FROM""" }',
        "SELECT * { ?s ?p 'it\\'s a SERVICE' }",
        "SELECT * { ?s <urn:x#SERVICE> <https://example.org/service> }",
        "SELECT ?service ?from ?load { ?service ?from ?load }",
        "SELECT $service { $service ?p ?o }",
        "SELECT * { ?s ex:with ex:from ; ex:insert ex:load ; ex:service ?o ; dcterms:serviceLevel 1 }",
        "PREFIX with: <urn:w> PREFIX from: <urn:f> SELECT * { with:a from:b ?o }",
        "SELECT * { ?s ?p 1.5, 1e5, .5, 1, true, -2 ; ?q 'x'@en-GB, 'y'^^ex:t . }",
        "SELECT * { ?s ex:a\\'b ?o . ?o ex:%41b 'c' . _:a.b ?q [] }",
        "SELECT (COUNT(DISTINCT *) AS ?n) { FILTER(1<2 && 3>2) FILTER(?a < ?b || ?c > ?d) }",
        "SELECT * { VALUES (?a ?b) { (<urn:x#> <urn:y>) (ex:a <urn:z>) (UNDEF 'c') } }",
        "ASK { ?s (<urn:a>/<urn:b>|^<urn:c>)* ?o FILTER(?o IN (<urn:a>, <urn:b>) && ?o != <urn:c>) }",
        "SELECT * { ?s ?p ex:ai-system.model.learning-objectives. ?s ?p ex:a.b.c\\'d }",
        "SELECT * { ?été ?名前 'naïve 日本 🎉' }",
    ],
)
def test_what_only_looks_dangerous_runs(store: ox.Store, text: str) -> None:
    ask(store, text, PREFIXES)


def test_every_named_query_passes_as_it_stands(store: ox.Store, root: Path) -> None:
    context = json.loads((root / "ontology" / "context.jsonld").read_text("utf-8"))["@context"]
    prefixes = {name: value for name, value in context.items() if isinstance(value, str) and not name.startswith("@")}
    for file in sorted((root / "queries").glob("*.rq")):
        ask(store, file.read_text("utf-8"), prefixes)


CRASHERS: dict[str, Callable[[int], str]] = {
    "braces": lambda n: "SELECT * " + "{" * n + "?s ?p ?o" + "}" * n,
    "braces never closed": lambda n: "SELECT * " + "{" * n,
    "parentheses": lambda n: "ASK { FILTER(" + "(" * n + "1" + ")" * n + ") }",
    "square brackets": lambda n: "ASK { ?s ?p " + "[ex:p " * n + "1" + "]" * n + " }",
    "functions": lambda n: "ASK { FILTER(" + "STR(" * n + "1" + ")" * n + ") }",
    "exists": lambda n: "ASK " + "{FILTER EXISTS" * n + "{}" + "}" * n,
    "sub-selects": lambda n: "SELECT * " + "{SELECT * " * n + "{}" + "}" * n,
    "optionals": lambda n: "SELECT * { " + "OPTIONAL{?s ?p ?o}" * n + "}",
    "unions": lambda n: "SELECT * { {}" + "UNION{}" * n + "}",
    "minuses": lambda n: "SELECT * { " + "MINUS{}" * n + "}",
    "binds": lambda n: "SELECT * { " + "".join(f"BIND(1 AS?{i})" for i in range(n)) + "}",
    "projections": lambda n: "SELECT " + "".join(f"(1 AS?{i})" for i in range(n)) + "{}",
    "aggregates": lambda n: "SELECT " + "".join(f"(COUNT(?s)AS?{i})" for i in range(n)) + "{?s ?p ?o}",
    "having": lambda n: "SELECT (1 AS?x) { ?s ?p ?o } GROUP BY ?s HAVING " + "(1)" * n,
    "negations": lambda n: "ASK { FILTER(" + "!" * n + "1) }",
    "sums": lambda n: "ASK { FILTER(1" + "+1" * n + ") }",
    "conjunctions": lambda n: "ASK { FILTER(1" + "&&1" * n + ") }",
    "path alternatives": lambda n: "ASK { ?s ex:p" + "|ex:p" * n + " ?o }",
    "path steps": lambda n: "ASK { ?s ex:p" + "/ex:p" * n + " ?o }",
    "laterals": lambda n: "SELECT * { " + "LATERAL{}" * n + "}",
    "graphs": lambda n: "ASK " + "{GRAPH ?g" * n + "{}" + "}" * n,
    "hidden by less-than": lambda n: "ASK { FILTER(1<" + "(" * n + "1>0" + ")" * n + ") }",
}


@pytest.mark.parametrize("crasher", CRASHERS.values(), ids=CRASHERS)
def test_what_kills_the_engine_never_reaches_it(crasher: Callable[[int], str]) -> None:
    for number in (PARTS_LIMIT + 1, 2500, 5000):
        with pytest.raises(UsageError, match=r"nested or chained further|larger than 64 KB|less-than"):
            guard(crasher(number))


def _run(program: str, text: str, root: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    return subprocess.run([sys.executable, "-c", program], input=text, text=True, capture_output=True, env=environment)


def test_the_command_survives_what_kills_the_engine(root: Path) -> None:
    program = (
        "import sys; from mitigraph.errors import UsageError; from mitigraph.query import ask, store_of\n"
        "try: ask(store_of([]), sys.stdin.read(), {})\n"
        "except UsageError as error: print(error); sys.exit(error.exit_code)"
    )
    for name in ("braces", "functions", "exists", "optionals", "binds"):
        done = _run(program, CRASHERS[name](5000), root)
        assert (done.returncode, done.stderr) == (2, ""), name
        assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("name", ["braces", "functions", "exists", "negations", "conjunctions", "binds", "unions", "aggregates"])
def test_the_limits_leave_the_engine_room(name: str, root: Path) -> None:
    """The largest query that passes, run with half the usual stack."""
    number = DEPTH_LIMIT * 8
    while True:
        try:
            guard(CRASHERS[name](number))
            break
        except UsageError:
            number -= 1
    program = (
        "import sys, threading; from mitigraph.query import ask, store_of\n"
        "threading.stack_size(4 << 20); text = sys.stdin.read()\n"
        "t = threading.Thread(target=lambda: print(ask(store_of([]), text, {}) is not None)); t.start(); t.join()"
    )
    done = _run(program, CRASHERS[name](number), root)
    assert (done.returncode, done.stdout) == (0, "True\n"), f"{name} × {number}: {done.stderr[-200:]}"


def test_size() -> None:
    guard("ASK { }" + " " * (SIZE_LIMIT - 7))
    with pytest.raises(UsageError, match="query: larger than 64 KB"):
        guard("ASK { }" + " " * (SIZE_LIMIT - 6))
    with pytest.raises(UsageError, match="query: larger than 64 KB"):
        guard("ASK { }" + "é" * (SIZE_LIMIT // 2))


def test_long_data_blocks_are_not_depth(store: ox.Store) -> None:
    rows = " ".join(f"(ex:s{i} {i})" for i in range(3000))
    ask(store, f"SELECT * {{ VALUES (?s ?n) {{ {rows} }} ?s ?p ?o }}", PREFIXES)


@pytest.mark.parametrize("seed", range(4))
def test_no_mixture_of_pieces_gets_through_to_a_service(store: ox.Store, seed: int) -> None:
    """Whatever the gate lets pass, the engine must not try to reach out: pieces that are easily misread, in any order."""
    rng = random.Random(seed)
    call = f"SERVICE{NOWHERE}{{}}"
    pieces = [
        *(call, "SERVICE", NOWHERE, "{}", "(", ")", "{", "}", "[", "]", "<", ">", "<urn:a>", "<#>", "#", "#>", "\n", "\r", " "),
        *(
            "'",
            '"',
            "'''",
            '"""',
            "''",
            "\\",
            "\\'",
            "\\u0027",
            "?s ?p ?o",
            " ?s ?p ",
            "?a",
            "1",
            "1.",
            "1e5",
            ".5",
            "true",
            "ex:a",
        ),
        *("ex:", ":", "ex:a.b.", "ex:a\\'", "_:b", "@en", "^^", "FILTER(", "FILTER(1<", "BIND(1 AS ?x)", "VALUES ?v {", ".", ";"),
        *(",", "||", "&&", "=", "、", "\u00b7", "\u0301", "\u00a0", "%27", "a", "é", "OPTIONAL {", "UNION", "-", "!", "*", "/"),
    ]
    passed = 0
    for _ in range(4000):
        inside = "".join(rng.choice(pieces) for _ in range(rng.randrange(1, 9)))
        text = f"SELECT * {{ {inside}{rng.choice(['', call, ' ' + call])}{rng.choice(pieces)} }}"
        try:
            guard(text)
        except UsageError:
            continue
        passed += 1
        try:
            answer = store.query(text, prefixes=PREFIXES)
            assert isinstance(answer, ox.QuerySolutions)
            list(answer)
        except (SyntaxError, RuntimeError, ValueError):
            pass
        except OSError:
            pytest.fail(f"reached out: {text!r}")
    assert passed > 100


MISTAKES = {
    "SELEC * {}": "query: no SELECT, ASK, CONSTRUCT or DESCRIBE in it; did you mean 'SELECT'?",
    "": "query: no SELECT, ASK, CONSTRUCT or DESCRIBE in it",
    "SELECT * WHRE { ?s ?p ?o }": "query:1:10: not SPARQL from here on, found 'WHRE'; did you mean 'WHERE'?",
    "SELECT * {\n ?s ?p ?o . FITLER(?s) }": "query:2:13: not SPARQL from here on, found 'FITLER'; did you mean 'FILTER'?",
    "SELECT * { ?s ?p ?o } ORDR BY ?s": "query:1:23: not SPARQL from here on, found 'ORDR'; did you mean 'ORDER'?",
    "SELECT * { ?s dcterm:title ?o }": "query:1:15: the prefix 'dcterm' is not declared; did you mean 'dcterms'?",
    "SELECT * { ?s ?p %% }": "query:1:18: '%' is no part of SPARQL here",
    "SELECT * {\n  { ?s ?p ?o }": "query:2:15: the query ends too early: '{' of query:1:10 is open",
    "SELECT * { ?s ?p ?o FILTER(?o > 3 }": "query:1:35: not SPARQL from here on, found '}'",
    "SELECT ?s WHERE ?s ?p ?o }": "query:1:17: not SPARQL from here on, found '?s'",
    "SELECT ?x { ?s ?p ?o } GROUP BY ?s": "query:1:35: The SELECT contains a variable that is unbound",
    "SELECT * { ?s rdfs:label 'abc }": "query:1:26: the string that begins here has no end (\"'''\" may span lines)",
    "SELECT * { ?s a <a b> }": "query:1:21: IRI parsing failed",
    "ASK { FILTER(<urn:f>(1)) }": "query: The custom function <urn:f> is not supported",
    "ASK { << ?s ?p ?o >> ?q ?r }": "query:1:7: triple terms ('<<') are not part of SPARQL 1.1",
}


@pytest.mark.parametrize(("text", "line"), MISTAKES.items(), ids=range(len(MISTAKES)))
def test_mistakes_are_one_line_with_a_place(store: ox.Store, text: str, line: str) -> None:
    with pytest.raises(UsageError) as refusal:
        ask(store, text, PREFIXES)
    assert str(refusal.value) == line
    assert refusal.value.exit_code == 2


def test_control_characters_do_not_reach_the_message(store: ox.Store) -> None:
    for text in ("SELECT * { \x1b[31m }", "SELECT * { ?s ?p \x00 }", "\u202eSELECT * {}", "ASK { ?s ?p '\ud800' }"):
        with pytest.raises(UsageError) as refusal:
            ask(store, text, {})
        assert str(refusal.value).isprintable()


def test_names_with_dots_mean_their_iris() -> None:
    """The engine cannot read such names; concepts of several levels have them."""
    store = store_of([("<urn:ex:a.b.c>", "<urn:ex:p>", "<urn:own/d.e.f>")])
    assert ask(store, "PREFIX own: <urn:own/> ASK { ex:a.b.c ex:p own:d.e.f. }", PREFIXES)


def test_tokens_keep_every_character() -> None:
    text = "SELECT ?a { <urn:b>ex:c. 'd'@en 1.5 } # e"
    assert "".join(token.text for token in tokens(text)) == "SELECT?a{<urn:b>ex:c.'d'@en1.5}"
    assert all(text.startswith(token.text, token.start) for token in tokens(text))


def test_naughty_strings_change_only_the_bound_value(shared: Path) -> None:
    question = read_question(
        "# Which?\n\n# param words : string : any text\nSELECT ?words { VALUES ?words { '' } ?s ?p ?o FILTER(?s = ex:a) }",
        "which",
    )
    store = store_of(TRIPLES)
    naughty = json.loads((shared / "suites" / "blns" / "blns.json").read_text("utf-8"))
    for words in naughty:
        if words.encode("utf-8", "ignore").decode() != words:
            with pytest.raises(UsageError):
                bind(question, {"words": words}, lambda value, scheme: value)
            continue
        sparql = bind(question, {"words": words}, lambda value, scheme: value)
        assert sparql == question.sparql.replace("{ '' }", f"{{ {literal(words)} }}")
        answer = ask(store, sparql, PREFIXES)
        assert isinstance(answer, ox.QuerySolutions)
        assert [solution["words"].value for solution in answer] == [words]
