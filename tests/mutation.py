"""Good files of every kind, and a seeded mutator that spoils them: the same number spoils the same file in the same way."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GOOD", "Good", "mutant"]

ROOT = Path(__file__).resolve().parent.parent
HOW_MANY = (1, 1, 1, 2, 3, 4)
DEEP = 300
WORD = re.compile(rb"[A-Za-z0-9.-]+(?:[:/][A-Za-z0-9./-]+)?")

ENTRIES_CSV = b"""id,title,description,category,reasoning,actor,risks,parent,source_title,source_authors,source_year,source_url,quote,page
m1,Red teaming,"Attack it, before others do",mit-v2:2.2.2,It is a test,Developer,Confabulation; Data Privacy,,A paper,"Ann Lee; Bo Yu",2024,https://example.org/p,"We ""attack"" it",3
m2,A board,"A board
that decides",mit-v1:1.1,,,,m1,,,,,,
m3,Dialogues priv\xc3\xa9s,,,,,,,,,,https://doi.org/10.48550/arXiv.2501.17805,,
"""
ENTRIES_JSON = b"""[
  {"id": "m1", "title": "Red teaming", "category": ["mit-v2:2.2.2", "1.1"], "source_year": 2024, "sources": [{"title": "B", "year": 2023}]},
  {"id": "m2", "title": "A board \\u00e9 \\ud83d\\ude00", "parent": "m1", "risks": null, "source_url": "https://example.org/p"}
]
"""
ENTRIES_JSONL = b"""{"id": "m1", "title": "Red teaming", "category": "mit-v2:2.2.2"}
{"id": "m2", "title": "A board", "parent": "m1"}
"""
ENTRIES_YAML = b"""entries:
  - id: m1
    title: &t Red teaming
    category: [mit-v2:2.2.2, "1.1"]
    description: >-
      Attack it
      before others do
    source_year: 2024
  - id: m2
    title: *t
    parent: m1
    source_url: "https://example.org/p"
"""
TURTLE = b"""@prefix ex: <https://example.org/> .
# a remark
ex:a a ex:Thing ; ex:label "one"@en, 'two' ; ex:year 2024 ; ex:has [ ex:p ( 1 2.5 true ) ] .
ex:b ex:text \"\"\"long
text\"\"\" ; ex:of ex:a, <https://example.org/c%20d> .
"""
NTRIPLES = b"""<https://example.org/a> <https://example.org/p> "one"@en .
<https://example.org/a> <https://example.org/q> "2024"^^<http://www.w3.org/2001/XMLSchema#gYear> .
_:b <https://example.org/p> <https://example.org/a> .
"""
JSONLD = b"""{"@context": {"ex": "https://example.org/", "label": {"@id": "ex:label", "@language": "en"}},
 "@graph": [{"@id": "ex:a", "@type": "ex:Thing", "label": "one", "ex:year": 2024}, {"@id": "ex:b", "ex:of": {"@id": "ex:a"}}]}
"""
RDFXML = b"""<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://example.org/">
  <ex:Thing rdf:about="https://example.org/a"><ex:label xml:lang="en">one</ex:label><ex:of rdf:resource="https://example.org/b"/></ex:Thing>
</rdf:RDF>
"""
TRIG = b"""@prefix ex: <https://example.org/> .
ex:g { ex:a ex:p "one" . }
{ ex:a ex:q ex:b . }
"""
MAPPING = b"""prefixes: {ex: "https://example.org/"}
dataset: mine
lookups: {sizes: {small: [Small, S], large: [Large]}}
sources:
  rows:
    access: rows.csv
    referenceFormulation: csv
    match: "*.csv"
    columns: [id, title]
    optional: [category, parent]
    fields:
      key: mg:key(mg:trim($(id)))
      concept: mg:concept(mg:split($(category), separator=";"), scheme="mit-v2 mit-v1")
mappings:
  row:
    sources: rows
    subject: mine/$(key)
    condition: mg:present($(title))
    po:
      - [a, airmo:Mitigation]
      - [rdfs:label, "$(title) of $(id)", en~lang]
      - [dcterms:subject, $(concept)~iri]
      - p: airmo:hasParentMitigation
        o: {mapping: row, condition: {function: equal, parameters: [[str1, $(parent)], [str2, $(id)]]}}
"""
SHAPES = b"""@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix airmo: <https://w3id.org/airmo#> .
airmo:S a sh:NodeShape ; sh:targetClass airmo:Mitigation ; sh:message "no"@en ; sh:severity sh:Warning ;
  sh:property [ sh:path rdfs:label ; sh:minCount 1 ; sh:pattern "^[A-Z]" ] ; sh:nodeKind sh:IRI .
"""
QUERY = b"""# What is there?
PREFIX ex: <https://example.org/>
SELECT ?s (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o . OPTIONAL { ?s ex:label ?l FILTER(LANG(?l) = "en") } MINUS { ?s a ex:No } }
GROUP BY ?s ORDER BY DESC(?n) LIMIT 5
"""


@dataclass(frozen=True)
class Good:
    """A good file: its kind, its name, its content, and the signs whose loss or gain matters most in it."""

    kind: str
    name: str
    content: bytes
    signs: bytes


def _pages() -> bytes:
    return (ROOT / "tests" / "pages" / "full.txt").read_bytes()


GOOD = (
    Good("records", "rows.csv", ENTRIES_CSV, b',";\n'),
    Good("records", "rows.tsv", ENTRIES_CSV.replace(b",", b"\t"), b'\t";\n'),
    Good("records", "rows.json", ENTRIES_JSON, b'"{}[],:\\'),
    Good("records", "rows.jsonl", ENTRIES_JSONL, b'"{},:\n'),
    Good("records", "rows.yaml", ENTRIES_YAML, b":-&*\"'[]{}\n "),
    Good("records", "page.txt", _pages(), b"\n;(>"),
    Good("rdf", "data.ttl", TURTLE, b"<>[]()\";.,'@#"),
    Good("rdf", "data.nt", NTRIPLES, b'<>".@^_\n'),
    Good("rdf", "data.jsonld", JSONLD, b'"{}[],:@'),
    Good("rdf", "data.rdf", RDFXML, b'<>"/&:'),
    Good("rdf", "data.trig", TRIG, b'<>{}";.'),
    Good("mapping", "mine.yml", MAPPING, b":-[]{}$()~,\n "),
    Good("shapes", "mine.ttl", SHAPES, b'<>[]";.:'),
    Good("query", "mine.rq", QUERY, b"{}()?<>.#"),
)

NAUGHTY = tuple(
    text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    for text in (
        "\0", "\r", "\r\n", "\x1b[31m", "\ufeff", "\u202e", "\u2028", "\ud800", "😀", "é", "ﬁ", b"\xff", b"\xe9", b"\xff\xfe",
        "NO", "1.10", "1e999", "NaN", "-0", "0x10", "9" * 400, "2024-13-45", "null", "~", "''", '"""', "javascript:alert(1)",
        "../../x", "..", "%2e%2e", "http://[", "https://example.org/{x}", "urn:x y", "<<: *a", "&a ", "*a", "!!python/name:os.system",
        "---\n", "...\n", "\t", "{{{{", "}}", "[" * DEEP, "(" * DEEP, "{" * DEEP, "<a>" * DEEP, '{"a":' * DEEP, "'" * 9, "\\", "\\u0000",
        "\\ud800", "\\x", "$(", "$(nope)", "\\$(", "mg:", "mg:key(", "mg:nope($(id))", "~iri", "~lang", "a~b~c", "xsd:integer",
        '"@context": "https://schema.org/", ', '"@context": ["x"], ', '"@id": 1, ', "<!DOCTYPE x [<!ENTITY e 'x'>]>", "&e;", "<!--",
        "@prefix : <x> .", "@base <rel> .", "_:b", "<<", "SERVICE <http://x.example/> { ?s ?p ?o }", "LOAD <x>;", "DROP ALL", "=1+1", "#",
        "/*", "sh:js", "sh:select '''SELECT * { SERVICE <x> {} }'''", "mit-v2:9.9.9", "scheme:", ":", ";;;;", "||", " ",
    )
)  # fmt: skip

Change = Callable[[random.Random, bytes, Good], bytes]


def _spot(dice: random.Random, data: bytes) -> int:
    return dice.randrange(len(data) + 1)


def _flip(dice: random.Random, data: bytes, good: Good) -> bytes:
    at = _spot(dice, data)
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def _cut(dice: random.Random, data: bytes, good: Good) -> bytes:
    at = _spot(dice, data)
    return data[:at] + data[at + dice.choice((1, 1, 2, 5, 20, 200)) :]


def _repeat(dice: random.Random, data: bytes, good: Good) -> bytes:
    at, length = _spot(dice, data), dice.choice((1, 3, 20, 100))
    return data[:at] + data[at : at + length] * dice.choice((2, 3, 50)) + data[at + length :]


def _insert(dice: random.Random, data: bytes, good: Good) -> bytes:
    at = _spot(dice, data)
    return data[:at] + dice.choice(NAUGHTY) + data[at:]


def _overwrite(dice: random.Random, data: bytes, good: Good) -> bytes:
    at = _spot(dice, data)
    return data[:at] + dice.choice(NAUGHTY) + data[at + dice.choice((1, 4, 16)) :]


def _sign(dice: random.Random, data: bytes, good: Good) -> bytes:
    """One more or one less of the signs that give the file its form."""
    sign = bytes([dice.choice(good.signs)])
    places = [at for at in range(len(data)) if data[at : at + 1] == sign]
    if not places or dice.random() < 0.4:
        at = _spot(dice, data)
        return data[:at] + sign + data[at:]
    at = dice.choice(places)
    return data[:at] + (b"" if dice.random() < 0.5 else sign * 2) + data[at + 1 :]


def _lines(dice: random.Random, data: bytes, good: Good) -> bytes:
    """A line moved, lost or doubled."""
    lines = data.splitlines(keepends=True) or [b""]
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    taken = lines.pop(one) if dice.random() < 0.7 else lines[one]
    if dice.random() < 0.7:
        lines.insert(other, taken)
    return b"".join(lines)


def _splice(dice: random.Random, data: bytes, good: Good) -> bytes:
    """The beginning of this file and the end of another."""
    other = dice.choice(GOOD).content
    return data[: _spot(dice, data)] + other[_spot(dice, other) :]


def _end(dice: random.Random, data: bytes, good: Good) -> bytes:
    return data[: _spot(dice, data)]


def _encode(dice: random.Random, data: bytes, good: Good) -> bytes:
    text = data.decode("utf-8", "replace")
    encoding = dice.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig", "cp1252"))
    return text.encode(encoding, "replace")


def _word(dice: random.Random, data: bytes, good: Good) -> bytes:
    """A word for another, or for a naughty text: the form of the file stays."""
    words = list(WORD.finditer(data))
    if not words:
        return data
    found = dice.choice(words)
    new = dice.choice(words).group() if dice.random() < 0.4 else dice.choice(NAUGHTY)
    return data[: found.start()] + new + data[found.end() :]


CHANGES: tuple[Change, ...] = (
    _flip,
    _cut,
    _repeat,
    _insert,
    _insert,
    _overwrite,
    _sign,
    _sign,
    _lines,
    _word,
    _word,
    _word,
    _splice,
    _end,
    _encode,
)


def mutant(good: Good, seed: int) -> bytes:
    """The file, spoilt in one to four ways."""
    dice = random.Random(f"{good.name} {seed}")
    data = good.content
    for _ in range(dice.choice(HOW_MANY)):
        data = dice.choice(CHANGES)(dice, data, good)
    return data
