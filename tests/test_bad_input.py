"""Every hazard that a file can hold: one clear line at the right place, the right exit code, all other records kept.

Each case is a file as a curator might hand it in. ``lines`` are all violations and warnings that are told, word for word;
``kept`` are the entries that must come out all the same.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from running import Ran, run

from mitigraph.read import limits

HEAD = b"id,title,category,source_year,source_url\n"
GOOD_1 = b"g1,Good one,,,\n"
GOOD_2 = b"g2,Good two,,,\n"
BOTH = ("g1", "g2")
MITIGATION = re.compile(r"<https://w3id\.org/airmo/id/entries/([^/>]+)> <[^>]*#type> <https://w3id\.org/airmo#Mitigation> \.")


@dataclass(frozen=True)
class Case:
    """A bad file and what is to be said of it."""

    id: str
    name: str
    content: bytes
    code: int
    lines: Sequence[str] = ()
    kept: Sequence[str] = ()


def csv_case(id: str, rows: bytes, line: str, kept: Sequence[str] = ()) -> Case:
    """Rows between two good ones, which are kept; and what else is."""
    return Case(id, "new.csv", HEAD + GOOD_1 + rows + GOOD_2, 1, [line], [*kept, *BOTH])


def whole(id: str, name: str, content: bytes | str, line: str) -> Case:
    """A file that is refused as a whole."""
    return Case(id, name, content if isinstance(content, bytes) else content.encode(), 3, (line,))


def check(case: Case, ran: Ran) -> None:
    told = [line for line in (*ran.text.splitlines(), *ran.lines) if re.search(r": (violation|warning)\[", line)]
    assert ran.code == case.code, ran.err
    assert sorted(told) == sorted(case.lines)
    assert "Traceback" not in ran.err
    assert set(MITIGATION.findall(ran.text)) == set(case.kept)


def _zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    return stream.getvalue()


LINK = "not a link that may be followed"
SCHEMES = "expected a link: http, https, mailto, urn"
UNSAFE = "cannot be part of an IRI or a file name; it is given"
SIMPLE = "expected an id of letters, digits and simple signs"
CONCEPT = "violation[unknown-concept] no concept of mit-v2 or mit-v1, found"

TABLES = [
    Case("bom", "new.csv", b"\xef\xbb\xbf" + HEAD + GOOD_1, 0, (), ["g1"]),
    Case("utf-16", "new.csv", (HEAD + GOOD_1).decode().encode("utf-16"), 0, (), ["g1"]),
    Case("utf-32", "new.csv", (HEAD + GOOD_1).decode().encode("utf-32"), 0, (), ["g1"]),
    Case("cr-lf", "new.csv", (HEAD + GOOD_1).replace(b"\n", b"\r\n"), 0, (), ["g1"]),
    Case("cr", "new.csv", (HEAD + GOOD_1).replace(b"\n", b"\r"), 0, (), ["g1"]),
    Case("no-last-line-end", "new.csv", (HEAD + GOOD_1).rstrip(), 0, (), ["g1"]),
    Case("blank-rows", "new.csv", HEAD + GOOD_1 + b"   \n,,,,\n\n" + GOOD_2, 0, (), BOTH),
    csv_case(
        "latin-1",
        "b1,Café,,,\n".encode("latin-1"),
        "new.csv:3:title: violation[bad-encoding] bytes that are no text in utf-8: 0xE9, found 'Caf�'",
    ),
    csv_case("too-few-cells", b"b1,short\n", "new.csv:3: violation[ragged-row] the row has 2 cells, expected 5 cells"),
    csv_case("too-many-cells", b"b1,long,,,,x,y\n", "new.csv:3: violation[ragged-row] the row has 7 cells, expected 5 cells"),
    csv_case("unclosed-quote", b'b1,"open,,,\n', "new.csv:3:title: violation[unclosed-quote] a quote is opened and not closed"),
    csv_case(
        "stray-quote",
        b'b1,"open"x,,,\n',
        "new.csv:3:title: violation[stray-quote] text follows a closing quote (a quote inside quotes is written twice)",
    ),
    csv_case("nul", b"b1,nu\0l,,,\n", r"new.csv:3:title: violation[nul-character] a NUL character, found 'nu\x00l'"),
    csv_case(
        "after-a-cell-of-three-lines",
        b'b0,"one\ntwo\nthree",,,\nb1,One,,20024,\n',
        "new.csv:6:source_year: violation[bad-year] not a year, found '20024', expected a year from 1800 to 2100",
        kept=["b0", "b1"],
    ),
    Case(
        "duplicate-header",
        "new.csv",
        b"id,title,title\ng1,Good one,Other\n",
        0,
        [
            "new.csv:1:title (2): warning[duplicate-column] the name of column 3 comes twice; it is read as 'title (2)', "
            "found 'title'"
        ],
        ["g1"],
    ),
]

WHOLE_TABLES = [
    whole("empty", "new.csv", b"", "new.csv: violation[unreadable-data] the file is empty"),
    whole("bom-only", "new.csv", b"\xef\xbb\xbf", "new.csv: violation[unreadable-data] the file is empty"),
    whole("blank", "new.csv", b"\n \n\n", "new.csv: violation[unreadable-data] the file is empty"),
    Case("header-only", "new.csv", HEAD, 0, ["new.csv: warning[no-records] there are no records in it"]),
    whole(
        "utf-16-without-mark",
        "new.csv",
        (HEAD + GOOD_1).decode().encode("utf-16-le"),
        "new.csv: violation[unreadable-data] this is binary data, or UTF-16 without a byte order mark (then say "
        "encoding: utf-16)",
    ),
    whole("zip", "new.csv", _zip(), "new.csv: violation[unreadable-data] this is a ZIP archive or an Excel workbook, not text"),
    whole("gzip", "new.json", gzip.compress(HEAD), "new.json: violation[unreadable-data] this is a gzip archive, not text"),
    whole("pdf", "new.csv", b"%PDF-1.7\n1 0 obj\n", "new.csv: violation[unreadable-data] this is a PDF, not text"),
    whole("png", "new.csv", b"\x89PNG\r\n\x1a\n\0\0", "new.csv: violation[unreadable-data] this is a PNG image, not text"),
    whole("html", "new.csv", b"<!DOCTYPE html><html></html>", "new.csv: violation[unreadable-data] this is an HTML page"),
    whole(
        "ods",
        "new.ods",
        _zip(),
        "new.ods: violation[not-data] not a kind of file mitigraph reads; save it as .xlsx, or its sheets as CSV (UTF-8)",
    ),
    whole("xlsx", "new.xlsx", _zip(), "new.xlsx: violation[unreadable-data] the workbook has no sheet with cells"),
    whole(
        "docx",
        "new.docx",
        _zip(),
        "new.docx: violation[not-data] not a kind of file mitigraph reads, "
        "expected .csv .tsv .xlsx .json .jsonl .yaml .txt, or RDF",
    ),
    whole(
        "not-a-page",
        "new.txt",
        "Hello\nworld\n",
        "new.txt: violation[unreadable-data] not a mitigation page: no "
        "'Reasoning' line, "
        "no 'Also in' line and no lifecycle stage, actor and risk-management function at its end",
    ),
    whole(
        "misspelt-column",
        "new.csv",
        "id,titel\n1,One\n",
        "new.csv:1: violation[no-mapping] no mapping reads these columns, "
        "found 'id, titel', expected also 'title', for entry.yml; did you mean 'title'?",
    ),
    whole(
        "other-columns",
        "new.csv",
        "foo,bar\n1,2\n",
        "new.csv:1: violation[no-mapping] no mapping reads these columns, "
        "found 'foo, bar', expected also 'id', 'title', for entry.yml",
    ),
    whole(
        "semicolons",
        "new.csv",
        "id;title\n1;One\n",
        "new.csv:1: violation[no-mapping] the cells seem to be separated by ';', "
        "found 'id;title', expected cells separated by ','",
    ),
]

CELLS = [
    csv_case(
        "unknown-code",
        b"b1,T,mit-v2:2.2.99,,\n",
        f"new.csv:3:category: {CONCEPT} 'mit-v2:2.2.99', expected 2.2.9 Other; did you mean 'mit-v2:2.2.9'?",
        kept=["b1"],
    ),
    csv_case(
        "misspelt-label",
        b"b1,T,Testng & Evaluation,,\n",
        f"new.csv:3:category: {CONCEPT} 'Testng & Evaluation', expected 2.2.2 Testing & Evaluation; "
        "did you mean 'Testing & Evaluation'?",
        kept=["b1"],
    ),
    csv_case(
        "unknown-scheme",
        b"b1,T,mitv3:1.1,,\n",
        f"new.csv:3:category: {CONCEPT} 'mitv3:1.1', expected 1.1 Model; did you mean 'mit-v2:1.1'?",
        kept=["b1"],
    ),
    csv_case("one-of-several", b"b1,T,mit-v2:2.2.2; Zzzz,,\n", f"new.csv:3:category: {CONCEPT} 'Zzzz'", kept=["b1"]),
    *(
        csv_case(
            f"year-{value}",
            f"b1,T,,{value},\n".encode(),
            f"new.csv:3:source_year: violation[bad-year] not a year, found '{value}', expected a year from 1800 to 2100",
            kept=["b1"],
        )
        for value in ("20024", "-5", "0000", "2999", "last year", "1e3")
    ),
    *(
        csv_case(
            f"link-{value}",
            f"b1,T,,,{value}\n".encode(),
            f"new.csv:3:source_url: violation[unsafe-link] {LINK}, found '{value}', {SCHEMES}{hint}",
            kept=["b1"],
        )
        for value, hint in (
            ("javascript:alert(1)", ""),
            ("JaVaScRiPt:alert(1)", ""),
            ("data:text/html;x", ""),
            ("file:///etc/passwd", ""),
            ("not a link", ""),
            ("http://ex ample.org/", ""),
            ("www.example.org", "; did you mean 'https://www.example.org'?"),
        )
    ),
]

IDS = [
    csv_case(
        "duplicate",
        b"g1,Another,,,\n",
        "new.csv:3:id: violation[duplicate-id] the id of another entry with other "
        "content, at new.csv:2 (row 1); "
        "it is given 'g1~6b1331e5', found 'g1', expected an id of its own",
        kept=["g1~6b1331e5"],
    ),
    Case("repeated", "new.csv", HEAD + GOOD_1 + GOOD_1 + GOOD_2, 0, (), BOTH),
    csv_case(
        "missing",
        b",Nameless,,,https://example.org/x\n",
        "new.csv:3:id: violation[no-subject] the record has nothing to be named by and is left out, expected a value",
    ),
    csv_case(
        "blank",
        b"   ,Nameless,,,\n",
        "new.csv:3:id: violation[no-subject] the record has nothing to be named by and is left out, expected a value",
    ),
    *(
        csv_case(
            f"unsafe-{shown[:12]}",
            f'"{value}",T,,,\n'.encode(),
            f"new.csv:3:id: violation[unsafe-id] {UNSAFE} '{key}', found '{shown}', {SIMPLE}",
            kept=[key],
        )
        for value, shown, key in (
            ("../../x", "../../x", "hash-9cdf6a50100a"),
            (".", ".", "hash-cdb4ee2aea69"),
            ("..", "..", "hash-5ec1f7e700f3"),
            ("a\tb", r"a\tb", "hash-894891f8b78a"),
            ("a\nb", r"a\nb", "hash-7e18f737311b"),
            ("a\u202eb", r"a\u202eb", "hash-1f7a9d5e8e21"),
            ("a\u200bb", r"a\u200bb", "hash-8df62aef5f92"),
            ("x" * 10_000, "x" * 79 + "…", "hash-e4ee97ec2527"),
        )
    ),
    Case(
        "spaces-and-signs",
        "new.csv",
        HEAD + b" a b ,T,,,\na/b,T,,,\n%2e%2e,T,,,\n\xc3\xbc,T,,,\n",
        0,
        (),
        ["a%20b", "a%2Fb", "%252e%252e", "ü"],
    ),
    Case(
        "colliding",
        "new.csv",
        HEAD + b"a 1,One,,,\na-1,Two,,,\na_1,Three,,,\na%201,Four,,,\n",
        0,
        (),
        ["a%201", "a-1", "a_1", "a%25201"],
    ),
]

TREES = [
    Case(
        "json-duplicate-key",
        "new.json",
        b'[\n{"id": "b1", "title": "One", "title": "Uno"},\n{"id": "g1", "title": "Good"}]',
        1,
        ["new.json:2:/0/title: violation[duplicate-key] the name comes twice in one object, found 'title'"],
        ["g1"],
    ),
    Case(
        "json-nan",
        "new.json",
        b'[\n{"id": "b1", "title": NaN},\n{"id": "g1", "title": "Good"}]',
        1,
        ["new.json:2:/0/title: violation[non-finite-number] JSON has no such number, found 'NaN'"],
        ["g1"],
    ),
    Case(
        "json-lone-surrogate",
        "new.json",
        rb'[{"id": "b1", "title": "\ud800x"},{"id": "g1", "title": "Good"}]',
        1,
        ["new.json:1:/0/title: violation[lone-surrogate] half of a surrogate pair, found '�x'"],
        ["g1"],
    ),
    Case(
        "json-nul",
        "new.json",
        rb'[{"id": "b1", "title": "a\u0000"},{"id": "g1", "title": "Good"}]',
        1,
        [r"new.json:1:/0/title: violation[nul-character] a NUL character, found 'a\x00'"],
        ["g1"],
    ),
    Case(
        "json-latin-1",
        "new.json",
        '[{"id": "b1", "title": "Café"},\n{"id": "g1", "title": "Good"}]'.encode("latin-1"),
        1,
        ["new.json:1:/0/title: violation[bad-encoding] bytes that are no text: 0xE9, found 'Caf�'"],
        ["g1"],
    ),
    Case(
        "json-numbers-stay",
        "new.json",
        b'[{"id": 1.10, "title": "Ten"}, {"id": 12345678901234567890123, "title": true}]',
        0,
        (),
        ["1.10", "12345678901234567890123"],
    ),
    Case("json-huge-integer", "new.json", b'[{"id": "g1", "title": ' + b"9" * 5000 + b"}]", 0, (), ["g1"]),
    Case(
        "json-null-id",
        "new.json",
        b'[{"id": null, "title": "One"}, {"id": "g1", "title": "Good"}]',
        1,
        ["new.json:1:/0/id: violation[no-subject] the record has nothing to be named by and is left out, expected a value"],
        ["g1"],
    ),
    Case("json-single-entry", "new.json", b'{"id": "g1", "title": "Good"}', 0, (), ["g1"]),
    whole(
        "json-trailing-comma",
        "new.json",
        '[{"id": "g1", "title": "Good",}]',
        "new.json:1:31: "
        "violation[unreadable-data] not JSON: "
        "expected a name in double quotes (the comma before '}' is one too many)",
    ),
    whole(
        "json-trailing-comma-in-list",
        "new.json",
        '[{"id": "g1", "title": "Good"},\n]',
        "new.json:2:1: violation[unreadable-data] not JSON: expected a value (the comma before ']' is one too many)",
    ),
    whole(
        "json-cut-off",
        "new.json",
        '[{"id": "g1",',
        "new.json:1:14: violation[unreadable-data] not JSON: expected a name in double quotes, but the text ends",
    ),
    whole(
        "json-more-text",
        "new.json",
        "[]\nhello",
        "new.json:2:1: violation[unreadable-data] not JSON: text after the end of the value",
    ),
    whole(
        "json-deep",
        "new.json",
        "[" * 200 + "]" * 200,
        "new.json:1:129: violation[unreadable-data] not JSON: lists and objects nested more than 128 deep",
    ),
    whole(
        "json-no-objects",
        "new.json",
        "[1, 2]",
        "new.json: violation[no-mapping] holds no records: no list of objects with named fields",
    ),
    whole(
        "json-empty-list",
        "new.json",
        "[]",
        "new.json: violation[no-mapping] holds no records: no list of objects with named fields",
    ),
    Case(
        "jsonl",
        "new.jsonl",
        b'{"id": "g1", "title": "Good"}\n{"id": "b1", "title": }\n{"id": "g2", "title": "Good"}\n',
        1,
        ["new.jsonl:2: violation[bad-json] not JSON: expected a value (column 23)"],
        BOTH,
    ),
    Case("yaml-no-norway", "new.yaml", b"- id: NO\n  title: 1.10\n- id: 2024-01-01\n  title: yes\n", 0, (), ["NO", "2024-01-01"]),
    Case(
        "yaml-duplicate-key",
        "new.yaml",
        b"- id: b1\n  title: One\n  title: Uno\n- id: g1\n  title: Good\n",
        1,
        ["new.yaml:3:/0/title: violation[duplicate-key] the key comes twice in one mapping, found 'title'"],
        ["g1"],
    ),
    Case(
        "yaml-tag",
        "new.yaml",
        b'- {id: g1, title: Good, page: !!python/object/apply:os.system ["exit 1"]}\n',
        0,
        [
            "new.yaml:1:/0/page: warning[unknown-tag] the tag is passed over, found "
            "'tag:yaml.org,2002:python/object/apply:os.system'"
        ],
        ["g1"],
    ),
    Case("yaml-single-entry", "new.yaml", b"id: g1\ntitle: Good\n", 0, (), ["g1"]),
    whole(
        "yaml-bomb",
        "new.yaml",
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True))
        + "entries: *h\n",
        "new.yaml: violation[unreadable-data] aliases repeat more than 100,000 values",
    ),
    whole(
        "yaml-tab",
        "new.yaml",
        "- id: g1\n\ttitle: One\n",
        "new.yaml:2: violation[unreadable-data] not YAML: found a tab character that violates indentation (indent with spaces)",
    ),
    whole(
        "yaml-colon",
        "new.yaml",
        "- id: g1\n  title: One: two\n",
        "new.yaml:2: violation[unreadable-data] not YAML: "
        "mapping values are not allowed in this context (a text that holds ': ' stands in quotes)",
    ),
    whole(
        "yaml-open-quote",
        "new.yaml",
        '- id: g1\n  title: "One\n- id: g2\n',
        "new.yaml:2: violation[unreadable-data] not YAML: a quote is opened and not closed",
    ),
    whole(
        "yaml-two-documents",
        "new.yaml",
        "- id: g1\n  title: One\n---\n- id: g2\n",
        "new.yaml:3: violation[unreadable-data] a second document begins; only one is read",
    ),
    whole(
        "yaml-unknown-alias",
        "new.yaml",
        "- id: g1\n  title: *nope\n",
        "new.yaml:2: violation[unreadable-data] the alias *nope repeats nothing, or what it stands in",
    ),
]

RDF = [
    whole(
        "turtle",
        "new.ttl",
        "@prefix ex: <urn:x:> .\nex:a ex:b .\n",
        "new.ttl:2:11: violation[unreadable-data] . is not a valid RDF object",
    ),
    whole(
        "turtle-prefix",
        "new.ttl",
        "ex:a ex:b 1 .\n",
        "new.ttl:1:1: violation[unreadable-data] The prefix ex: has not been declared",
    ),
    whole(
        "turtle-deep",
        "new.ttl",
        "<urn:a> <urn:b>\n" + "[ <urn:p> " * 200 + "1" + "]" * 200 + " .",
        "new.ttl:2: violation[unreadable-data] brackets nest deeper than 128",
    ),
    whole(
        "ntriples",
        "new.nt",
        "<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b>\n",
        "new.nt:3:1: violation[unreadable-data] line jumps are not allowed in the middle of triples",
    ),
    whole(
        "jsonld",
        "new.jsonld",
        '{"@context": {},\n"@id":}',
        "new.jsonld:2:7: violation[unreadable-data] Unexpected closing curly bracket, no array to close",
    ),
    whole(
        "jsonld-remote",
        "new.jsonld",
        '{"@context": "https://schema.org/", "@id": "urn:a"}',
        "new.jsonld: violation[unreadable-data] "
        "remote JSON-LD contexts are never fetched, write them inline: https://schema.org/",
    ),
    whole(
        "rdfxml",
        "new.rdf",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n<x></rdf:RDF>',
        "new.rdf:2:6: violation[unreadable-data] mismatched tag",
    ),
    whole(
        "rdfxml-doctype",
        "new.rdf",
        '<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY e "x">]>\n<r/>',
        "new.rdf:2:13: violation[unreadable-data] a DOCTYPE is refused in RDF/XML; write IRIs in full instead of entities",
    ),
    whole(
        "rdfxml-deep",
        "new.rdf",
        "<a>" * 200 + "</a>" * 200,
        "new.rdf:1:385: violation[unreadable-data] elements nest deeper than 128",
    ),
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files are named as a user in their folder would."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", [*TABLES, *WHOLE_TABLES, *CELLS, *IDS, *TREES, *RDF], ids=lambda case: f"{case.name}-{case.id}")
def test_a_file(case: Case, here: Path) -> None:
    (here / case.name).write_bytes(case.content)
    check(case, run("map", case.name, "-f", "nt"))


@pytest.mark.parametrize(
    "case", [one for one in (*WHOLE_TABLES, *TREES, *RDF) if one.code == 3], ids=lambda case: f"{case.name}-{case.id}"
)
def test_a_refused_file_does_not_stop_the_others(case: Case, here: Path) -> None:
    (here / case.name).write_bytes(case.content)
    (here / "good.csv").write_bytes(HEAD + GOOD_1 + GOOD_2)
    ran = run("map", case.name, "good.csv", "-f", "nt")
    check(Case("", "", b"", 3, case.lines, BOTH), ran)


def test_validate_and_build_say_the_same_as_map(here: Path) -> None:
    (here / "new.csv").write_bytes(HEAD + GOOD_1 + b"b1,T,,20024,javascript:x\nb2\n" + GOOD_2)
    said = run("map", "new.csv").findings()
    assert len(said) == 3
    assert [line for line in run("validate", "new.csv").findings() if "[mitigation-" not in line] == said
    built = run("build", "new.csv", "-o", "out")
    assert built.code == 1
    assert [line for line in built.findings() if "[mitigation-" not in line] == said
    assert all(f"entries/{key}>" in (here / "out" / "full.nt").read_text("utf-8") for key in ("g1", "g2", "b1"))


# -- files and folders ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["map", "validate"])
def test_a_missing_file_suggests_its_neighbour(verb: str, here: Path) -> None:
    (here / "entries.csv").write_bytes(HEAD + GOOD_1)
    ran = run(verb, "entires.csv")
    assert ran.code == 3
    assert ran.findings() == ["entires.csv: violation[missing-file] there is no such file or folder; did you mean 'entries.csv'?"]
    assert run(verb, "nothing-like-it.csv").findings() == [
        "nothing-like-it.csv: violation[missing-file] there is no such file or folder"
    ]


def test_a_name_that_no_file_can_have(here: Path) -> None:
    name = "x" * 5000
    assert run("map", name).findings() == [f"{name}: violation[unreadable-file] cannot be read: File name too long"]


def test_a_file_beyond_the_limit_is_not_even_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "new.csv").touch()
    os.truncate(here / "new.csv", (1 << 30) + 1)
    ran = run("map", "new.csv")
    line = "violation[unreadable-file] cannot be read: it is larger than {} bytes"
    assert (ran.code, ran.findings()) == (3, [f"new.csv: {line.format('1,073,741,824')}"])
    monkeypatch.setattr(limits, "FILE_BYTES", 20)
    assert run("map", "-", stdin=HEAD + GOOD_1).findings() == [f"-: {line.format(20)}"]


def test_a_folder_without_data(here: Path) -> None:
    (here / "empty").mkdir()
    (here / "other").mkdir()
    (here / "other" / "readme.md").write_text("hello")
    (here / "other" / "data.ttl").write_text("<urn:a> <urn:b> <urn:c> .")
    for folder in ("empty", "other"):
        for arguments in (["map", folder], ["validate", folder], ["build", folder, "-o", "out"]):
            ran = run(*arguments)
            assert ran.code == 3
            assert ran.findings() == [
                f"{folder}: violation[no-data] holds no file that a mapping reads; RDF that lies in a folder must be "
                f"named outright"
            ]
    assert not (here / "out").exists()


def test_in_a_folder_what_does_not_fit_is_a_note(here: Path) -> None:
    folder = here / "in"
    folder.mkdir()
    (folder / "good.csv").write_bytes(HEAD + GOOD_1)
    (folder / "other.csv").write_text("foo,bar\n1,2\n")
    (folder / "empty.csv").write_text("")
    (folder / "data.ttl").write_text("this is no turtle")
    (folder / "notes.md").write_text("hello")
    ran = run("map", "in", "-f", "nt")
    assert (ran.code, ran.findings(), MITIGATION.findall(ran.text)) == (0, [], ["g1"])
    assert [re.sub(r"\] .*", "]", line) for line in ran.findings("info")] == [
        f"in/{name}: info[{code}]" if name != "other.csv" else f"in/{name}:1: info[{code}]"
        for name, code in (
            ("data.ttl", "rdf-skipped"),
            ("empty.csv", "unreadable-data"),
            ("notes.md", "not-data"),
            ("other.csv", "no-mapping"),
        )
    ]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="for root every file can be read and every folder written")
def test_files_and_folders_that_may_not_be_touched(here: Path) -> None:
    (here / "secret.csv").write_bytes(HEAD)
    (here / "secret.csv").chmod(0)
    assert run("map", "secret.csv").findings() == ["secret.csv: violation[unreadable-file] cannot be read: Permission denied"]
    (here / "good.csv").write_bytes(HEAD + GOOD_1)
    (here / "shut").mkdir(mode=0o500)
    assert run("map", "good.csv", "-o", "shut/out.nt").code == 4
    assert run("build", "good.csv", "-o", "shut/out").code == 4


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["map", "good.csv", "-o", "nowhere/out.nt"], "mitigraph: nowhere/out.nt: cannot be written: No such file or directory"),
        (["map", "good.csv", "-o", "good.csv/out.nt"], "mitigraph: good.csv/out.nt: cannot be written: Not a directory"),
        (["build", "good.csv", "-o", "good.csv"], "mitigraph: good.csv: is a file, a folder is needed"),
        (["build", "good.csv", "-o", "."], "mitigraph: .: is not empty and no build of mitigraph; name another folder"),
    ],
)
def test_an_output_that_cannot_be_written(arguments: list[str], line: str, here: Path) -> None:
    (here / "good.csv").write_bytes(HEAD + GOOD_1)
    ran = run(*arguments)
    assert ran.code == 4
    assert ran.lines[-1] == line
    assert sorted(file.name for file in here.iterdir()) == ["good.csv"]


# -- mappings ------------------------------------------------------------------------------------------------

MAPPING = """\
prefixes: {ex: "https://example.org/"}
sources:
  rows: {access: new.csv, referenceFormulation: csv, columns: [id, title]}
mappings:
  row:
    sources: rows
    subject: rows/$(id)
    po:
      - [a, airmo:Mitigation]
      - [rdfs:label, $(title)]
"""

BAD_MAPPINGS = [
    (
        "column",
        "$(title)",
        "$(titel)",
        "mine.yml:10:mappings.row.po[2]: violation[unknown-column] source 'rows' declares "
        "no such column, "
        "found 'titel'; did you mean 'title'?",
    ),
    (
        "function",
        "$(title)",
        "mg:slugg($(title))",
        "mine.yml:10:mappings.row.po[2]: violation[unknown-function] no function 'mg:slugg'; did you mean 'mg:slug'?",
    ),
    (
        "prefix",
        "rdfs:label",
        "rdf5:label",
        "mine.yml:10:mappings.row.po[2]: violation[unknown-prefix] no prefix 'rdf5', found 'rdf5:label'; did you mean 'rdf'?",
    ),
    (
        "property",
        "rdfs:label",
        "airmo:hasCategorie",
        "mine.yml:10:mappings.row.po[2]: violation[unknown-term] the "
        "ontology has no property "
        "'hasCategorie', found 'hasCategorie'; did you mean 'hasCategory'?",
    ),
    (
        "class",
        "airmo:Mitigation",
        "airmo:Mitigatoin",
        "mine.yml:9:mappings.row.po[1]: violation[unknown-term] the "
        "ontology has no class "
        "'Mitigatoin', found 'Mitigatoin'; did you mean 'Mitigation'?",
    ),
    (
        "datatype",
        "$(title)]",
        "$(title), e~n~lang]",
        "mine.yml:10:mappings.row.po[2]: violation[bad-language] not a language tag (BCP 47), found 'e~n'",
    ),
    (
        "language",
        "$(title)]",
        "$(title), e~lang]",
        "mine.yml:10:mappings.row.po[2]: violation[bad-language] not a language tag (BCP 47), found 'e'",
    ),
    ("yaml", "[a, airmo", "[a airmo: [", "mine.yml:9: violation[bad-yaml] not YAML: did not find expected node content"),
    ("empty", MAPPING, "", "mine.yml: violation[bad-yaml] there is no document in the file"),
]


@pytest.mark.parametrize(("old", "new", "line"), [one[1:] for one in BAD_MAPPINGS], ids=[one[0] for one in BAD_MAPPINGS])
def test_a_bad_mapping(old: str, new: str, line: str, here: Path) -> None:
    (here / "new.csv").write_bytes(b"id,title\ng1,Good\n")
    (here / "mine.yml").write_text(MAPPING.replace(old, new))
    for verb in ("map", "validate"):
        ran = run(verb, "-m", "mine.yml", "new.csv")
        assert (ran.code, ran.out, ran.lines) == (3, b"", [line])


def test_every_problem_of_a_mapping_is_told(here: Path) -> None:
    (here / "mine.yml").write_text(MAPPING.replace("$(title)]", "mg:slugg($(titel))]").replace("rdfs:label", "rdf5:label"))
    ran = run("map", "-m", "mine.yml", "new.csv")
    assert (ran.code, len(ran.findings())) == (3, 3)
    assert all(line.startswith("mine.yml:10:mappings.row.po[2]: violation[unknown-") for line in ran.findings())


def test_a_mapping_that_is_not_there(here: Path) -> None:
    assert run("map", "-m", "nowhere.yml", "x.csv").lines == ["mitigraph: nowhere.yml: cannot be read: No such file or directory"]
    ran = run("map", "-m", "entri", "x.csv")
    assert (ran.code, ran.lines) == (3, ["mitigraph: there is no mapping 'entri'; did you mean 'entry'?"])


def test_a_mapping_and_a_file_that_do_not_fit(here: Path) -> None:
    (here / "mine.yml").write_text(MAPPING)
    (here / "other.csv").write_text("id,titel\ng1,Good\n")
    (here / "other.json").write_text("[]")
    assert run("map", "-m", "mine.yml", "other.csv").findings() == [
        "other.csv:1: violation[no-mapping] no mapping reads these columns, found 'id, titel', expected also 'title', for "
        "mine.yml; "
        "did you mean 'title'?"
    ]
    assert run("map", "-m", "mine.yml", "other.json").code == 3


def test_a_chosen_mapping_is_used_whatever_the_file_is_called(here: Path) -> None:
    (here / "mine.yml").write_text(MAPPING.replace("columns:", 'match: "rows-*.csv", columns:'))
    (here / "other.csv").write_bytes(b"id,title\ng1,Good\n")
    for arguments in (["map", "-m", "mine.yml", "other.csv"], ["map", "-m", "mine.yml", "-"]):
        ran = run(*arguments, "-f", "nt", stdin=b"id,title\ng1,Good\n")
        assert ran.code == 0, ran.err
        assert b"/rows/g1>" in ran.out


# -- shapes --------------------------------------------------------------------------------------------------

SHAPES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix airmo: <https://w3id.org/airmo#> .
<urn:s> a sh:NodeShape ; sh:targetClass airmo:Mitigation ; sh:property <urn:p> .
<urn:p> sh:path airmo:x ; sh:minCount 0 .
"""

BAD_SHAPES = [
    ("turtle", "sh:minCount 0 .", "sh:minCount .", "mine.ttl:4:39: . is not a valid RDF object"),
    (
        "misspelt",
        "sh:minCount",
        "sh:minCuont",
        "mine.ttl:4: <urn:p> uses the unknown SHACL term sh:minCuont; did you mean sh:minCount?",
    ),
    (
        "pattern",
        "sh:minCount 0",
        'sh:pattern "("',
        "mine.ttl:4: <urn:p> has a pattern that cannot be read: missing ), unterminated subpattern at position 0",
    ),
    (
        "idle",
        "sh:targetClass airmo:Mitigation ;",
        "",
        "mine.ttl: the shapes hold no shape that has both a target and a constraint",
    ),
    ("none", SHAPES, "<urn:a> <urn:b> <urn:c> .", "mine.ttl: the shapes hold no shape that has both a target and a constraint"),
    (
        "circle",
        "sh:minCount 0",
        "sh:node <urn:s>",
        "mine.ttl:3: <urn:p> refers to itself (through <urn:s>): recursive shapes are not checked",
    ),
]


@pytest.mark.parametrize(("old", "new", "reason"), [one[1:] for one in BAD_SHAPES], ids=[one[0] for one in BAD_SHAPES])
def test_shapes_that_cannot_be_used_never_pass_for_conforming(old: str, new: str, reason: str, here: Path) -> None:
    (here / "new.csv").write_bytes(HEAD + GOOD_1)
    (here / "mine.ttl").write_text(SHAPES.replace(old, new))
    ran = run("validate", "new.csv", "-s", "mine.ttl")
    assert (ran.code, ran.out, ran.lines) == (3, b"", [f"mitigraph: could not check: {reason}"])


def test_shapes_that_are_not_there_or_no_rdf(here: Path) -> None:
    (here / "new.csv").write_bytes(HEAD + GOOD_1)
    for name, reason in (
        ("nowhere.ttl", "nowhere.ttl: cannot be read: No such file or directory"),
        ("new.csv", "new.csv: shapes are RDF: Turtle, JSON-LD, N-Triples, RDF/XML"),
    ):
        ran = run("validate", "new.csv", "-s", name)
        assert (ran.code, ran.out, ran.lines) == (3, b"", [f"mitigraph: could not check: {reason}"])


# -- RDF through the verbs that read nothing else ------------------------------------------------------------


@pytest.mark.parametrize("case", RDF, ids=lambda case: f"{case.name}-{case.id}")
def test_rdf_that_convert_and_query_refuse(case: Case, here: Path) -> None:
    (here / case.name).write_bytes(case.content)
    line = case.lines[0].replace("violation[unreadable-data] ", "")
    for arguments in (["convert", case.name, "-f", "nq", "-o", "out.nq"], ["query", "ASK {}", "-d", case.name, "-o", "out.csv"]):
        ran = run(*arguments)
        assert (ran.code, ran.out, ran.lines) == (3, b"", [f"mitigraph: {line}"])
    if case.name.endswith(".ttl"):
        assert (run("fmt", case.name).code, run("fmt", case.name).lines) == (3, [f"mitigraph: {line}"])
    assert [file.name for file in here.iterdir()] == [case.name]
