"""The Big List of Naughty Strings: each one as id, as title and as category, in CSV, JSON and YAML.

Titles come out letter for letter, whoever reads them; ids make IRIs that no two share and that stay where they are put;
a category that no scheme has is a finding at its cell.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin

import pyoxigraph
import pytest
import rdflib
import yaml
from building import run as run_command

from mitigraph.errors import InputError
from mitigraph.finding import Finding
from mitigraph.formats import format_for
from mitigraph.mapping import Input, Lexicon, Run, load_mapping
from mitigraph.read import Content, open_source
from mitigraph.serialise import write_graph
from mitigraph.terms import RDFS, Triple, literal
from mitigraph.vocabulary import Schemes

BASE = "https://example.org/id/"
DCTERMS = "http://purl.org/dc/terms/"
NAMES = {"rdfs": RDFS, "dcterms": DCTERMS}
CASES = Path(__file__).resolve().parent.parent / "cases"
MAPPING = b"""
dataset: naughty
sources:
  rows:
    access: rows.%s
    columns: [row, id, title, category]
    trim: false
    fields:
      key: mg:key($(id))
      concept: mg:concept($(category), scheme=kinds)
mappings:
  row:
    sources: rows
    subject: naughty/$(key)
    po:
      - [dcterms:identifier, $(row)]
      - [rdfs:label, $(title)]
      - [dcterms:alternative, $(title), en~lang]
      - [dcterms:subject, $(concept)~iri]
"""
CELLS = ("id", "title", "category")


@pytest.fixture(scope="module")
def strings(shared: Path) -> list[str]:
    path = shared / "suites" / "blns" / "blns.json"
    if not path.is_file():
        pytest.skip("the Big List of Naughty Strings is not beside this checkout")
    found: list[str] = json.loads(path.read_bytes())
    assert (len(found), len(set(found))) == (515, 511)
    return found


def as_csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["row", *CELLS], quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_json(rows: list[dict[str, str]]) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode()


def as_yaml(rows: list[dict[str, str]]) -> bytes:
    return yaml.safe_dump(rows, allow_unicode=True).encode()


WRITERS: dict[str, Callable[[list[dict[str, str]]], bytes]] = {"csv": as_csv, "json": as_json, "yaml": as_yaml}


@dataclass(frozen=True)
class Mapped:
    """What came of all strings in one file."""

    strings: list[str]
    run: Run
    triples: list[Triple]

    def by_row(self, name: str) -> dict[int, list[str]]:
        """Objects of a property, by the number of the string."""
        rows = {s: int(o.split('"')[1]) for s, p, o in self.triples if p == f"<{DCTERMS}identifier>"}
        found: dict[int, list[str]] = {}
        for s, p, o in self.triples:
            if p == f"<{name}>":
                found.setdefault(rows[s], []).append(o)
        return found

    def of(self, code: str) -> list[Finding]:
        return [finding for finding in self.run.findings if finding.code == code]


@pytest.fixture(scope="module", params=WRITERS)
def mapped(request: pytest.FixtureRequest, strings: list[str]) -> Mapped:
    kind: str = request.param
    rows = [{"row": str(number), **dict.fromkeys(CELLS, text)} for number, text in enumerate(strings)]
    data, name = WRITERS[kind](rows), f"rows.{kind}"
    quads = pyoxigraph.parse((CASES / "schemes.ttl").read_bytes(), format=pyoxigraph.RdfFormat.TURTLE)
    schemes = Schemes.from_triples((str(q.subject), str(q.predicate), str(q.object)) for q in quads)
    lexicon = Lexicon(schemes=schemes, prefixes=NAMES, base=BASE)
    mapping = load_mapping(MAPPING % kind.encode(), "m.yml", lexicon)
    (source,) = mapping.sources
    records = open_source(Content.of_bytes(data), name, source.format, source.options)
    run = Run(mapping, [Input(source, records, name, hashlib.sha256(data).hexdigest())], lexicon)
    return Mapped(strings, run, list(run.triples()))


def test_every_record_is_mapped_or_told(mapped: Mapped) -> None:
    """Only what has no id at all is left out; equal strings in two records are two entries with one id."""
    (count,) = mapped.run.counts
    assert (count.read, count.mapped, count.rejected) == (515, 514, 1)
    assert [finding.place.row for finding in mapped.of("no-subject")] == [mapped.strings.index("") + 1]
    assert len(mapped.of("duplicate-id")) == 515 - 511


def test_titles_are_exact(mapped: Mapped) -> None:
    titles = mapped.by_row(f"{RDFS}label")
    for number, text in enumerate(mapped.strings):
        if text:
            assert titles.pop(number) == [literal(text)], repr(text)
    assert titles == {}


def test_ids_are_injective_and_stay_where_they_are(mapped: Mapped) -> None:
    subjects = {s: o for s, p, o in mapped.triples if p == f"<{DCTERMS}identifier>"}
    assert len(subjects) == len({o for s, p, o in mapped.triples if p == f"<{DCTERMS}identifier>"}) == 514
    home = f"{BASE}naughty/"
    for subject in subjects:
        iri = subject[1:-1]
        pyoxigraph.NamedNode(iri)
        assert iri.startswith(home)
        assert urljoin(home, iri.removeprefix(BASE + "naughty/")) == iri or ":" in iri.removeprefix(home)
        local = iri.removeprefix(home)
        assert "/" not in local
        assert local not in ("", ".", "..")
        plain = unquote(local)
        assert not {"..", "."} & set(plain.replace("\\", "/").split("/")), plain


def test_a_category_that_is_none_is_told_at_its_cell(mapped: Mapped) -> None:
    """Every string that is no concept and no declared non-value: one finding, at its row and column, with its text."""
    told = {(finding.place.row, finding.value) for finding in mapped.of("unknown-concept")}
    known = set(mapped.by_row(f"{DCTERMS}subject"))
    expected = {(n + 1, text) for n, text in enumerate(mapped.strings) if text and n not in known}
    assert told == expected
    assert all(
        f.place.column == "category" or (f.place.pointer or "").endswith("/category") for f in mapped.of("unknown-concept")
    )
    assert all("\n" not in str(finding) for finding in mapped.run.findings)


def test_no_other_findings(mapped: Mapped) -> None:
    found = Counter(finding.code for finding in mapped.run.findings)
    assert set(found) <= {"no-subject", "duplicate-id", "near-duplicate-id", "unsafe-id", "unknown-concept", "not-nfc"}, found


def of_oxigraph(data: bytes, name: str) -> Iterator[tuple[str, ...]]:
    wanted = pyoxigraph.RdfFormat.from_extension(name)
    for quad in pyoxigraph.parse(data, format=wanted):
        yield tuple(map(str, (quad.subject, quad.predicate, quad.object)))


def of_rdflib(data: bytes, name: str) -> Iterator[tuple[str, ...]]:
    graph = rdflib.Graph().parse(data=data, format={"nt": "nt", "ttl": "turtle"}[name])
    for s, p, o in graph:
        assert isinstance(o, (rdflib.URIRef, rdflib.Literal))
        text = f"<{o}>" if isinstance(o, rdflib.URIRef) else literal(str(o), language=o.language)
        yield f"<{s}>", f"<{p}>", text


@pytest.mark.parametrize("name", ["nt", "ttl"])
@pytest.mark.parametrize("read", [of_oxigraph, of_rdflib])
def test_what_is_written_is_read_back(mapped: Mapped, name: str, read: Callable[[bytes, str], Iterator[tuple[str, ...]]]) -> None:
    form = format_for(f"x.{name}")
    assert form is not None
    data = write_graph(mapped.triples, form, NAMES)
    expected = {(s, p, canonical(o)) for s, p, o in mapped.triples}
    assert {(s, p, canonical(o)) for s, p, o in read(data, name)} == expected


def canonical(term: str) -> str:
    """A term as pyoxigraph has it, so that two ways of escaping are one."""
    (quad,) = pyoxigraph.parse(f"<a:s> <a:p> {term} .".encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return str(quad.object)


@pytest.mark.parametrize("kind", WRITERS)
def test_through_the_command_line(kind: str, strings: list[str], tmp_path: Path) -> None:
    """All strings in one file: findings, exit code 1, output that parses, no traceback."""
    rows = [{"row": str(number), **dict.fromkeys(CELLS, text)} for number, text in enumerate(strings)]
    source, out, mapping = tmp_path / f"rows.{kind}", tmp_path / "out.nt", tmp_path / "m.yml"
    source.write_bytes(WRITERS[kind](rows))
    mapping.write_bytes((MAPPING % kind.encode()).replace(b"scheme=kinds", b"scheme=mit-v2"))
    done = run_command("map", source, "-m", mapping, "-o", out)
    assert done.returncode == 1, done.stderr[-2000:]
    assert "Traceback" not in done.stdout + done.stderr
    assert len({quad.subject for quad in pyoxigraph.parse(path=out)}) == 514


def test_a_name_that_is_naughty_is_no_key_elsewhere(strings: list[str]) -> None:
    """A string as a column's name: read as that, or told in one line."""
    for text in strings:
        try:
            source = open_source(Content.of_bytes(as_csv([]) + b"1,2,3,4\n" if not text else named(text)), "x.csv", "csv", {})
            assert len(list(source)) == 1
        except InputError as error:
            assert "\n" not in str(error)


def named(text: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([[text, "other"], ["1", "2"]])
    return out.getvalue().encode()
