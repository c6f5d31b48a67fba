"""N-Triples read into columns: the same triples as the parser gives, the same lines refused, whatever is kept."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mitigraph import columns
from mitigraph.columns import read_columns
from mitigraph.errors import InputError
from mitigraph.formats import format_named
from mitigraph.knowledge import Knowledge
from mitigraph.outlook import Watch
from mitigraph.parse import parse
from mitigraph.read.content import Content
from mitigraph.terms import Triple

NTRIPLES = format_named("ntriples")
LINES = r"""
<https://example.org/a> <https://example.org/p> <https://example.org/b?c=d#e> .
<https://example.org/a> <https://example.org/p> "plain" .
<https://example.org/a> <https://example.org/q> "two\nlines, \"quoted\" \\ \t" .
<https://example.org/a> <https://example.org/q> "tagged"@en .
<https://example.org/a> <https://example.org/q> "tagged"@en-GB .
<https://example.org/a> <https://example.org/q> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
<https://example.org/a> <https://example.org/q> "1"^^<http://www.w3.org/2001/XMLSchema#string> .
<https://example.org/a> <https://example.org/q> "\u00e9\U0001F600 é😀" .
<https://example.org/%C3%A9> <https://example.org/ü> <urn:x:y> .
_:x <https://example.org/p> _:y .
_:y <https://example.org/p> "of a blank node" .
<https://example.org/a>   <https://example.org/p>	"spaced"   .   # and a comment
# a comment

<https://example.org:8080/a> <https://example.org/p> <https://user@example.org/> .
<https://example.org/a> <https://example.org/q> "a sign that is none: \uFFFF" .
""".strip().split("\n")


def read(text: str, wanted: frozenset[str] | None = None) -> set[Triple]:
    found = read_columns(Content.of_bytes(text.encode()), "a.nt", wanted)
    rows = {(s, p, o) for p, (subjects, values) in found.columns.items() for s, o in zip(subjects, values, strict=True)}
    if wanted is None:
        assert found.triples == sum(len(subjects) for subjects, _ in found.columns.values())
    return rows


def test_the_same_triples_as_the_parser_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "BLOCK", 100)
    text = "\n".join(LINES)
    for ending in ("", "\n"):
        whole = set(parse((text + ending).encode(), NTRIPLES, "a.nt"))
        assert read(text + ending) == whole
        wanted = frozenset(["<https://example.org/q>", "<https://example.org/ü>"])
        assert read(text + ending, wanted) == {triple for triple in whole if triple[1] in wanted}


@pytest.mark.parametrize("line", LINES)
def test_each_line_alone(line: str) -> None:
    for start in ("", "\ufeff"):
        assert read(start + line) == set(parse((start + line).encode(), NTRIPLES, "a.nt"))


def refused(data: bytes, wanted: frozenset[str]) -> str | None:
    try:
        read_columns(Content.of_bytes(data), "a.nt", wanted)
    except InputError as error:
        return str(error)
    return None


def parsed(data: bytes) -> str | None:
    try:
        parse(data, NTRIPLES, "a.nt")
    except InputError as error:
        return str(error)
    return None


def test_a_line_that_no_one_wants_is_refused_at_its_place() -> None:
    data = "\n".join([*LINES, '<https://example.org/a> <https://example.org/never-wanted> "open .', LINES[0]]).encode()
    said = refused(data, frozenset(["<https://example.org/p>"]))
    assert said == parsed(data)
    assert said is not None
    assert said.startswith(f"a.nt:{len(LINES) + 1}:")


def test_what_is_not_utf8_is_refused() -> None:
    data = b'<urn:x:a> <urn:x:p> "\xff" .\n'
    assert refused(data, frozenset()) == parsed(data) is not None


def test_a_comment_in_another_encoding_is_refused_at_its_line() -> None:
    data = b"<urn:x:a> <urn:x:p> <urn:x:b> .\n# caf\xe9\n"
    assert refused(data, frozenset()) == "a.nt:2: a comment is not in UTF-8"


@pytest.mark.parametrize("value", ['"a"@en--ltr', "<<( <urn:x:a> <urn:x:p> <urn:x:b> )>>"])
@pytest.mark.parametrize("wanted", [frozenset[str](), frozenset(["<urn:x:p>"])])
def test_what_is_of_rdf_12_is_refused_as_by_the_parser(value: str, wanted: frozenset[str]) -> None:
    data = f"<urn:x:a> <urn:x:p> {value} .\n".encode()
    assert refused(data, wanted) == parsed(data) is not None


def test_a_long_line_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "BLOCK", 16)
    text = "x" * 1000
    assert read(f'<urn:x:a> <urn:x:p> "{text}" .\n<urn:x:a> <urn:x:p> "b" .') == {
        ("<urn:x:a>", "<urn:x:p>", f'"{text}"'),
        ("<urn:x:a>", "<urn:x:p>", '"b"'),
    }


def test_spoilt_lines_are_refused_where_the_parser_refuses_them() -> None:
    dice = random.Random(7)
    signs = [*'<>"\\ .:@^_#%/[]{}|`éA0-\t\r\x00\x7f', "\\u", "\\'", "^^", "@e", "%z", "http", "\ufffe"]
    differences = []
    for _ in range(4_000):
        line = dice.choice(LINES)
        at, length = dice.randrange(len(line) + 1), dice.choice([0, 0, 1, 2])
        spoilt = (line[:at] + dice.choice(signs) + line[at + length :] + "\n").encode("utf-8", "surrogatepass")
        error = parsed(spoilt)
        if refused(spoilt, frozenset()) != error or (
            error is None and read(spoilt.decode()) != set(parse(spoilt, NTRIPLES, "a.nt"))
        ):
            differences.append(spoilt)
    assert differences == []


def test_the_w3c_suite_reads_as_by_the_parser(shared: Path) -> None:
    files = sorted((shared / "suites" / "rdf-tests").rglob("*.nt"))
    assert len(files) > 50
    for file in files:
        data = file.read_bytes()
        assert refused(data, frozenset()) == parsed(data), file.name
        if parsed(data) is None:
            assert read_columns(Content.of_bytes(data), "a.nt", None).triples >= len(set(parse(data, NTRIPLES, "a.nt")))


def test_what_is_odd_is_noticed_though_no_one_wants_it() -> None:
    odd = [
        "<urn:x:a> <https://w3id.org/airmo#noSuchProperty> <urn:x:b> .",
        '<urn:x:a> <urn:x:p> "cafe\u0301" .',
        '<urn:x:a> <urn:x:p> "cafe\\u0301" .',
    ]
    fine = ["<urn:x:a> <https://w3id.org/airmo#hasCategory> <urn:x:b> .", '<urn:x:a> <urn:x:p> "café" .']
    text = "\n".join([*odd, *fine])
    found = read_columns(Content.of_bytes(text.encode()), "a.nt", frozenset(), Watch(Knowledge()))
    assert found.columns == {}
    assert set(found.noticed) == set(parse("\n".join(odd).encode(), NTRIPLES, "a.nt"))
