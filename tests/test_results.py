"""Answers as text: nothing in the data can forge a line, a column, a tag or a colour."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest

from mitigraph.errors import UsageError
from mitigraph.query import Answer, ask, store_of
from mitigraph.results import RESULT_FORMATS, compact, rows, write_answer
from mitigraph.terms import Triple, literal

PREFIXES = {"ex": "https://example.org/", "id": "https://example.org/id/", "airmo": "https://w3id.org/airmo#"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a | b \\| c",
    "line\none\r\nfour",
    "\x1b[31mred\x1b[0m\x9b2J",
    "left \u202eright",
    "[here](javascript:alert(1)) *x* _y_ `z`",
    "&lt;b&gt; & co",
    "tab\tseparated",
    "=1+1",
    "日本語 🎉 naïve",
    "\x00\x07\x7f",
]
W3C = {"csv": ox.QueryResultsFormat.CSV, "tsv": ox.QueryResultsFormat.TSV, "json": ox.QueryResultsFormat.JSON}


def answered(text: str, triples: list[Triple] | None = None) -> Answer:
    return ask(store_of(triples or []), text, PREFIXES)


def hostile() -> list[Triple]:
    return [(f"<https://example.org/s{i:02}>", "<urn:p>", literal(text)) for i, text in enumerate(HOSTILE)]


def written(text: str, name: str | None, triples: list[Triple] | None = None, width: int | None = None) -> str:
    return write_answer(answered(text, triples), name, PREFIXES, lambda graph, fmt: repr((graph, fmt)).encode(), width).decode()


ALL = "SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s"


def test_a_table() -> None:
    text = "SELECT ?x ?n { VALUES (?x ?n) { (ex:a 1) (UNDEF 'two') } } ORDER BY ?n"
    assert sorted(written(text, None).splitlines()[2:4]) == sorted(["ex:a  1", "      two"])
    assert written(text, "table").splitlines()[:2] == ["x     n", "────  ───"]
    assert written(text, "table").splitlines()[-1] == "2 rows"


def test_a_table_fits_a_terminal() -> None:
    lines = written("SELECT ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' AS ?a) ('b' AS ?b) { }", "table", width=20).splitlines()
    assert max(map(len, lines)) == 20
    assert lines[2] == "aaaaaaaaaaaaaaaa…  b"


def test_hostile_cells_stay_in_their_line() -> None:
    for name in ("table", "md"):
        lines = written(ALL, name, hostile()).splitlines()
        assert len(lines) == len(HOSTILE) + (3 if name == "table" else 2)
        assert all(line.isprintable() for line in lines)


def test_markdown_cells_stay_cells_and_text() -> None:
    lines = written(ALL, "md", hostile()).splitlines()
    assert lines[:2] == ["| s | o |", "| --- | --- |"]
    assert lines[2] == "| ex:s00 | &lt;script&gt;alert(1)&lt;/script&gt; |"
    assert lines[4] == "| ex:s02 | a \\| b \\\\\\| c |"
    assert lines[8] == "| ex:s06 | \\[here\\](javascript:alert(1)) \\*x\\* \\_y\\_ \\`z\\` |"


class Reader(HTMLParser):
    """The tags of a page, and the text of its cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert attrs == []
        if tag in ("td", "th"):
            self.cells.append("")
        if tag == "br":
            self.cells[-1] += "\n"

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.cells[-1] += data


def test_html_cells_hold_no_tags_and_the_whole_text() -> None:
    page = Reader()
    page.feed(written(ALL, "html", hostile()))
    assert set(page.tags) == {"table", "tr", "th", "td", "br"}
    cells = page.cells[3::2]
    assert cells[0] == HOSTILE[0] and cells[1] == HOSTILE[1] and cells[7] == HOSTILE[7]
    assert cells[3] == "line\none\nfour"
    assert all(c.isprintable() or c == "\n" for cell in cells for c in cell)


@pytest.mark.parametrize("name", W3C)
@pytest.mark.parametrize(
    "text", [ALL, "SELECT * { }", "SELECT ?s { ?s ?p 'nobody' }", "ASK { ?s ?p ?o }", "ASK { ?s ?p 'nobody' }"]
)
def test_w3c_formats_are_the_engines(name: str, text: str) -> None:
    triples = hostile()
    engines = answered(text, triples)
    assert not isinstance(engines, ox.QueryTriples)
    expected = engines.serialize(format=W3C[name])
    assert expected is not None
    ours = written(text, name, triples).encode()
    assert ours.removesuffix(b"\n") == expected.removesuffix(b"\n")
    assert ours.endswith(b"\n")


def test_csv_keeps_every_character() -> None:
    read = list(csv.reader(io.StringIO(written(ALL, "csv", hostile()), newline="")))
    assert [row[1] for row in read[1:]] == HOSTILE


def test_xml_that_would_be_ill_formed_is_refused() -> None:
    assert written("SELECT ('é<&' AS ?a) { }", "xml").startswith('<?xml version="1.0"?>')
    with pytest.raises(UsageError, match="control character"):
        written(ALL, "xml", hostile())


@pytest.mark.parametrize("name", RESULT_FORMATS)
def test_no_rows_and_no_columns(name: str) -> None:
    assert written("SELECT ?s { ?s ?p ?o }", name).endswith("\n")
    assert written("SELECT * { }", name).endswith("\n")


def test_counts_of_rows() -> None:
    assert written("SELECT ?s { ?s ?p ?o }", "table").splitlines()[-1] == "0 rows"
    assert written("SELECT (1 AS ?n) { }", "table").splitlines()[-1] == "1 row"


@pytest.mark.parametrize("name", ["table", "md", "html", None])
def test_ask(name: str | None) -> None:
    assert written("ASK { }", name) == "true\n"
    assert written("ASK { ?s ?p ?o }", name) == "false\n"


def test_graphs_go_to_the_graph_writer() -> None:
    text = "CONSTRUCT { ex:a ex:b 'c\\u0001' } { }"
    triple = ("<https://example.org/a>", "<https://example.org/b>", '"c\\u0001"')
    for name, given in ((None, "turtle"), ("table", "turtle"), ("nt", "nt"), ("xml", "xml"), ("jsonld", "jsonld")):
        assert written(text, name) == repr(([triple], given))
    for wrong in ("csv", "json", "html"):
        with pytest.raises(UsageError, match=f"-f {wrong}: the answer is a graph"):
            written(text, wrong)


@pytest.mark.parametrize("name", ["turtle", "xlsx", ""])
def test_tables_do_not_go_to_graph_formats(name: str) -> None:
    with pytest.raises(UsageError, match="the answer is a table"):
        written("SELECT * { }", name)


@pytest.mark.parametrize(
    ("iri", "shown"),
    [
        ("https://w3id.org/airmo#Risk", "airmo:Risk"),
        ("https://example.org/id/set/m-1", "id:set/m-1"),
        ("https://example.org/a.b", "ex:a.b"),
        ("https://example.org/", "https://example.org/"),
        ("https://example.org/a.", "https://example.org/a."),
        ("https://elsewhere.org/a", "https://elsewhere.org/a"),
        ("https://w3id.org/airmo#a(b)", "https://w3id.org/airmo#a(b)"),
    ],
)
def test_curies(iri: str, shown: str) -> None:
    assert compact(iri, PREFIXES) == shown


def test_rows_of_every_kind_of_term() -> None:
    answer = answered("SELECT ?a ?b ?c ?d { BIND(ex:x AS ?a) BIND('t'@en AS ?b) BIND('1.10' AS ?c) }")
    assert isinstance(answer, ox.QuerySolutions)
    assert rows(answer, PREFIXES) == (["a", "b", "c", "d"], [["ex:x", "t", "1.10", ""]])
