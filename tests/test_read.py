"""All readers: what is refused before reading, the public suites, the real sources, and fuzzing."""

from __future__ import annotations

import csv
import gzip
import json
import random
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigraph.errors import InputError, UsageError
from mitigraph.read import FORMATS, Content, format_of, limits, open_source
from mitigraph.record import entry_digest

GOOD = {
    "csv": 'id,title,text\nM1,Audits,"two\nlines"\nM2,"Red, ""teaming""",é\nM3,,\n'.encode(),
    "tsv": b"id\ttitle\nM1\tAudits\nM2\tTraining\n",
    "json": '{"items": [{"id": "M1", "n": 1.10, "tags": ["a", null]}, {"id": "M2", "t": "é\\u00e9"}]}'.encode(),
    "jsonl": b'{"id": "M1"}\n{"id": "M2", "tags": [1, true]}\n',
    "yaml": "items:\n- &a {id: M1, version: 1.10}\n- id: é\n  text: |\n    two\n    lines\n- *a\n".encode(),
}
TREES = {"json": "$.items[*]", "yaml": "$.items[*]"}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04\x14\0", "a ZIP archive or an Excel workbook, not text"),
        (gzip.compress(b"a,b\n"), "a gzip archive, not text"),
        (b"%PDF-1.7\n", "a PDF, not text"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image, not text"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "an HTML page"),
        (b"a\0b\0,\0", "binary data, or UTF-16 without a byte order mark (then say encoding: utf-16)"),
    ],
)
@pytest.mark.parametrize("format", [name for name, reader in FORMATS.items() if reader.text])
def test_files_of_another_kind(format: str, data: bytes, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        open_source(Content.of_bytes(data), "x", format)
    assert str(caught.value) == f"x: this is {kind}"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_empty_files(format: str, data: bytes) -> None:
    with pytest.raises(InputError, match="x: the file is empty"):
        open_source(Content.of_bytes(data), "x", format)


def test_a_file_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 10)
    with pytest.raises(InputError, match="x: the file is larger than 10 bytes"):
        open_source(Content.of_bytes(b"a" * 11), "x", "csv")


def test_formats() -> None:
    assert [format_of(name) for name in ("a.CSV", "b.ndjson", "c.yml", "d.txt", "e.XLSM", "f.xls", "csv")] == [
        "csv",
        "jsonl",
        "yaml",
        "page",
        "xlsx",
        None,
        None,
    ]
    with pytest.raises(UsageError, match="unknown source format 'xls'"):
        open_source(Content.of_bytes(b"a"), "x", "xls")


@pytest.mark.parametrize(
    ("path", "options", "records"),
    [
        ("mit-mitigations-v1/mitigation-database-2025-07-23.csv", {}, 831),
        ("mit-risks/risks.csv", {}, 1518),
        ("nist-genai-actions/actions_extracted_from_nist.csv", {}, 212),
        ("nist-ai-rmf/nist_ai_rmf_playbook.csv", {"transpose": True}, 72),
        ("nist-ai-rmf/nist_ai_rmf_playbook.json", {}, 72),
        ("mitre-atlas/ATLAS.yaml", {"iterator": "$.matrices[*].mitigations[*]"}, 35),
    ],
)
def test_real_sources(shared: Path, path: str, options: dict[str, object], records: int) -> None:
    file = shared / "data" / path
    source = open_source(Content.of_file(file), file.name, format_of(file.name) or "", options)
    read = list(source)
    assert (len(read), source.refused, source.findings) == (records, 0, [])
    lines = [record.line for record in read]
    assert lines == sorted(lines) and lines[-1] <= file.read_bytes().count(b"\n") + 1


def test_real_table_lines(shared: Path) -> None:
    data = (shared / "data/mit-mitigations-v1/mitigation-database-2025-07-23.csv").read_bytes()
    physical = data.decode("utf-8-sig").split("\n")
    for record in open_source(Content.of_bytes(data), "m.csv", "csv"):
        assert physical[record.line - 1].lstrip('"').startswith(record.values("Action ID")[0].split("\n")[0])


def exercise(data: bytes, format: str, options: dict[str, object]) -> None:
    """Read to the end; InputError is the only way to fail, and the sums must hold, twice over."""
    try:
        source = open_source(Content.of_bytes(data), "x", format, options)
        read = list(source)
        again = list(source)
    except InputError as error:
        assert "\n" not in str(error)
        return
    assert [record.number for record in read] == [record.number for record in again]
    numbers = [record.number for record in read]
    assert numbers == sorted(set(numbers)) and all(number > 0 for number in numbers)
    assert len(read) + source.refused >= max(numbers, default=0)
    violations = [finding for finding in source.findings if finding.severity == "violation"]
    assert bool(violations) or not source.refused
    for record in read[:3]:
        entry_digest(record).encode()
        str(record.place("id")).encode()
    for finding in source.findings[:20]:
        assert "\n" not in str(finding)
        json.dumps(finding.as_dict(), ensure_ascii=False).encode()


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "transpose": st.booleans(),
        "trim": st.booleans(),
        "null": st.just(["", "x"]),
        "quoteChar": st.sampled_from(["'", None]),
        "headerRowNumber": st.integers(1, 3),
        "skipRows": st.integers(0, 2),
        "encoding": st.sampled_from(["utf-8", "utf-16", "cp1252", "latin-1", "gb18030"]),
        "iterator": st.sampled_from(["$", "$[*]", "$.items[*]", "$.*.*"]),
    },
)
PIECES = st.lists(
    st.one_of(
        st.binary(max_size=4),
        st.sampled_from(
            [
                b'"',
                b'""',
                b",",
                b"\n",
                b"\r\n",
                b"\r",
                b"\t",
                b"a",
                b"{",
                b"}",
                b"[",
                b"]",
                b":",
                b": ",
                b"- ",
                b"&a ",
                b"*a",
                b"<<",
                b"1.5",
                b'"id"',
                b"null",
                b"\\u",
                b"d800",
                b"\0",
                b"\xe9",
                b"\xff\xfe",
                b"\xef\xbb\xbf",
                b"? ",
                b"|\n",
                b"!!x ",
                b"#",
                b"---\n",
                b"\xe2\x80\xa8",
            ]
        ),
    ),
    max_size=40,
).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(PIECES, st.sampled_from(sorted(GOOD)), OPTIONS)
def test_fuzz_random_bytes(data: bytes, format: str, options: dict[str, object]) -> None:
    exercise(data, format, options)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(sorted(GOOD)))
def test_fuzz_mutants(seed: int, format: str) -> None:
    chance = random.Random(seed)
    data = bytearray(GOOD[format])
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        end = at + chance.choice((0, 0, 1, 5))
        new = (b"", b'"', b"\n", b"\0", b"\xff", b",", b"[", b"{", b"&a", data[:9], chance.randbytes(2))
        data[at:end] = chance.choice(new)
    exercise(bytes(data), format, {"iterator": TREES[format]} if format in TREES else {})


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_what_the_csv_module_writes_comes_back(rows: list[tuple[str, str]]) -> None:
    text = StringIO()
    csv.writer(text).writerows([("a", "b"), *rows])
    source = open_source(Content.of_bytes(text.getvalue().encode()), "x", "csv")
    assert [record.raw() for record in source] == [{"a": a, "b": b} for a, b in rows if (a + b).strip()]
    assert (source.findings, source.refused) == ([], 0)
