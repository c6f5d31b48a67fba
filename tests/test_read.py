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
from mitigraph.read import FORMATS, format_of, limits, open_source
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
@pytest.mark.parametrize("format", FORMATS)
def test_files_of_another_kind(format: str, data: bytes, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        open_source(data, "x", format)
    assert str(caught.value) == f"x: this is {kind}"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_empty_files(format: str, data: bytes) -> None:
    with pytest.raises(InputError, match="x: the file is empty"):
        open_source(data, "x", format)


def test_a_file_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 10)
    with pytest.raises(InputError, match="x: the file is larger than 10 bytes"):
        open_source(b"a" * 11, "x", "csv")


def test_formats() -> None:
    assert [format_of(name) for name in ("a.CSV", "b.ndjson", "c.yml", "d.txt", "e.xlsx", "csv")] == [
        "csv",
        "jsonl",
        "yaml",
        "page",
        None,
        None,
    ]
    with pytest.raises(UsageError, match="unknown source format 'xls'"):
        open_source(b"a", "x", "xls")


def test_csv_spectrum(shared: Path) -> None:
    files = sorted((shared / "suites/csv-spectrum/csvs").glob("*.csv"))
    assert len(files) == 12
    for file in files:
        data = file.read_bytes()
        if file.stem.endswith("_crlf") and b"\r" not in data:
            # Some copies of the suite have lost what these files are about.
            data = data.replace(b"\n", b"\r\n")
        source = open_source(data, file.name, "csv")
        expected = json.loads((file.parent.parent / "json" / f"{file.stem}.json").read_bytes())
        rows = [record.raw() for record in source]
        if file.stem == "location_coordinates":
            # The suite gives one object here, with another telephone number than the table has.
            expected = [{**expected, "Contact Phone Number": "2095257564"}]
        assert rows == expected, file.name
        assert source.findings == []


def test_json_parsing_suite(shared: Path) -> None:
    files = sorted((shared / "suites/json-parsing").glob("test_*/*.json"))
    assert len(files) > 300
    wrong = [file.name for file in files if not _verdict(file)]
    assert wrong == []


def _verdict(file: Path) -> bool:
    """Whether a file of the suite is treated as its name asks; what may be either must only not fall over."""
    data = file.read_bytes()
    try:
        source = open_source(data, file.name, "json")
        records = [record.raw() for record in source]
    except InputError as error:
        return "\n" not in str(error) and not file.name.startswith("y_")
    clean = not source.findings
    if file.name.startswith("y_"):
        # Repeated names and NUL are read with a finding, because they would be lost on the way.
        lossy = any(finding.code in ("duplicate-key", "nul-character") for finding in source.findings)
        return lossy or (clean and records == _texts(data))
    return not (file.name.startswith("n_") and clean)


def _texts(data: bytes) -> list[object]:
    value = json.loads(data, parse_int=str, parse_float=str)
    return [_text(item) for item in (value if isinstance(value, list) else [value])]


def _text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return {key: _text(item) for key, item in value.items()}
    return [_text(item) for item in value] if isinstance(value, list) else value


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
    source = open_source(file.read_bytes(), file.name, format_of(file.name) or "", options)
    read = list(source)
    assert (len(read), source.refused, source.findings) == (records, 0, [])
    lines = [record.line for record in read]
    assert lines == sorted(lines) and lines[-1] <= file.read_bytes().count(b"\n") + 1


def test_real_table_lines(shared: Path) -> None:
    data = (shared / "data/mit-mitigations-v1/mitigation-database-2025-07-23.csv").read_bytes()
    physical = data.decode("utf-8-sig").split("\n")
    for record in open_source(data, "m.csv", "csv"):
        assert physical[record.line - 1].lstrip('"').startswith(record.values("Action ID")[0].split("\n")[0])


def exercise(data: bytes, format: str, options: dict[str, object]) -> None:
    """Read to the end; InputError is the only way to fail, and the sums must hold, twice over."""
    try:
        source = open_source(data, "x", format, options)
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
    source = open_source(text.getvalue().encode(), "x", "csv")
    assert [record.raw() for record in source] == [{"a": a, "b": b} for a, b in rows if (a + b).strip()]
    assert (source.findings, source.refused) == ([], 0)
