"""Tables: rows, lines, findings, options, limits."""

from __future__ import annotations

import csv
import random
from io import StringIO
from typing import Literal

import pytest

from mitigraph.errors import InputError
from mitigraph.read import Content, limits, open_source
from mitigraph.record import RecordSource


def table(data: bytes, **options: object) -> RecordSource:
    return open_source(Content.of_bytes(data), "t.csv", "csv", options)


def read(data: bytes, **options: object) -> tuple[list[object], list[tuple[str, int | None, int | None, str | None]]]:
    """The rows' contents, and (code, row, line, column) of each finding."""
    source = table(data, **options)
    rows = [record.raw() for record in source]
    return rows, [(f.code, f.place.row, f.place.line, f.place.column) for f in source.findings]


def test_lines_are_physical_and_blank_rows_are_passed_over() -> None:
    source = table(b'a,b\r\n1,"two\nlines"\r\n\r\n , \r\n2,x\ry,"z"')
    assert [(r.number, r.line, r.values("a"), r.values("b")) for r in source] == [
        (1, 2, ["1"], ["two\nlines"]),
        (2, 6, ["2"], ["x"]),
        (3, 7, ["y"], ["z"]),
    ]
    assert source.findings == []


def test_values_are_trimmed_or_verbatim_and_null_tokens_give_none() -> None:
    data = b"a,b\n x , n/a \n"
    (record,) = table(data, null=["n/a", "-"])
    assert (record.values("a"), record.values("b"), record.raw()) == (["x"], [], {"a": " x ", "b": " n/a "})
    (record,) = table(data, trim=False, null="n/a")
    assert (record.values("a"), record.values("b")) == ([" x "], [])
    with pytest.raises(KeyError):
        record.values("c")
    assert str(record.place("b")) == "t.csv:2:b"
    assert str(record.place("c")) == "t.csv:2"


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (b"1", "ragged-row", None),
        (b"1,2,3", "ragged-row", None),
        (b"1,x\0y", "nul-character", "b"),
        (b"1,caf\xe9", "bad-encoding", "b"),
        (b'1,"open', "unclosed-quote", "b"),
        (b'"1" x,2', "stray-quote", "a"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_go_on(row: bytes, code: str, column: str | None) -> None:
    for end in (b"\n", b"\r\n"):
        rows, findings = read(end.join([b"a,b", b"0,0", row, b'2,"q"', b"3,w", b""]))
        assert rows == [{"a": "0", "b": "0"}, {"a": "2", "b": "q"}, {"a": "3", "b": "w"}]
        assert findings == [(code, 2, 3, column)]


def test_an_unclosed_quote_that_ends_as_a_wide_row_gives_up_one_line_only() -> None:
    rows, findings = read(b'a,b,c\n1,"x,y\n2,"",z\n3,"",w\n')
    assert rows == [{"a": "2", "b": "", "c": "z"}, {"a": "3", "b": "", "c": "w"}]
    assert findings == [("unclosed-quote", 1, 2, "b")]


def test_a_ragged_row_over_several_lines_is_one_finding() -> None:
    rows, findings = read(b'a,b\n1,"x\ny",z\n2,w\n')
    assert (rows, findings) == ([{"a": "2", "b": "w"}], [("ragged-row", 1, 2, None)])


def test_c1_controls_and_quotes_inside_a_cell_are_text() -> None:
    rows, findings = read('a,b\n5" pipe,\x85\x9f\u2028\n'.encode())
    assert (rows, findings) == ([{"a": '5" pipe', "b": "\x85\x9f\u2028"}], [])


def test_findings_stay_the_same_however_often_the_source_is_read() -> None:
    source = table(b"a,b\n1\n2,2\n3\n")
    first, second = iter(source), iter(source)
    assert next(first).number == next(second).number == 2
    assert [r.number for r in source] == [2]
    assert not list(first)
    assert (source.refused, len(source.findings)) == (2, 2)


def test_header_names() -> None:
    source = table(b"a , a,a (2),,\n1,2,3,4,\n5,6,7,8,\n")
    rows = list(source)
    assert source.columns == ["a", "a (2)", "a (2) (2)"]
    assert rows[0].raw() == {"a": "1", "a (2)": "2", "a (2) (2)": "3", "(column 4)": "4"}
    assert [(f.severity, f.code, f.place.line) for f in source.findings] == [
        ("warning", "duplicate-column", 1),
        ("warning", "duplicate-column", 1),
        ("info", "nameless-column", 2),
    ]


def test_a_header_alone_is_an_empty_table() -> None:
    source = table(b"a,b\n")
    assert (list(source), source.columns, source.findings) == ([], ["a", "b"], [])


def test_header_row_and_skipped_rows() -> None:
    banner = b'Export of\n\n"a\nbanner"\na,b\n1,2\n'
    for options in ({"headerRowNumber": 4}, {"skipRows": "3"}, {"skipRows": 1, "headerRowNumber": 3}):
        (record,) = table(banner, **options)
        assert (record.number, record.line, record.raw()) == (1, 6, {"a": "1", "b": "2"})
    (record,) = table(b"\n,\na,b\n1,2\n")
    assert record.line == 4


def test_dialects() -> None:
    assert read(b"a;b\n'x;y';2\n", delimiter=";", quoteChar="'")[0] == [{"a": "x;y", "b": "2"}]
    assert read(b'a,b\n"x,y"\n', quoteChar=None)[0] == [{"a": '"x', "b": 'y"'}]
    (record,) = open_source(Content.of_bytes(b"a\tb\nx,y\t2\n"), "t.tsv", "tsv")
    assert record.raw() == {"a": "x,y", "b": "2"}


@pytest.mark.parametrize(
    ("codec", "bom", "option"),
    [
        ("utf-8", "\ufeff", None),
        ("utf-16-le", "\ufeff", None),
        ("utf-16-be", "\ufeff", None),
        ("utf-32-be", "\ufeff", None),
        ("utf-16-le", "", "utf-16"),
        ("cp1252", "", "windows-1252"),
        ("latin-1", "", "ISO-8859-1"),
        ("utf-8", "\ufeff", "cp1252"),
    ],
)
def test_encodings(codec: str, bom: str, option: str | None) -> None:
    rows, findings = read(f"{bom}a,b\ncafé,2\n".encode(codec), encoding=option)
    assert (rows, findings) == ([{"a": "café", "b": "2"}], [])


def test_undecodable_utf16_is_one_row() -> None:
    rows, findings = read("\ufeffa,b\n1,".encode("utf-16-le") + b"\x00\xdc" + "\n2,2\n".encode("utf-16-le"))
    assert (rows, findings) == ([{"a": "2", "b": "2"}], [("bad-encoding", 1, 2, "b")])


def test_transposed() -> None:
    source = table(b',M1,M2,,M4\ntitle,Audits,"Red\nteaming",,x\0\n\ntext, t1 ,t2,,\nlast,l1,l2\n', transpose="true")
    first, second = list(source)
    assert source.columns == ["(row 1)", "title", "text", "last"]
    assert (first.values("(row 1)"), first.values("text"), first.values("last")) == (["M1"], ["t1"], ["l1"])
    assert [(second.place(c).line, second.place(c).column, second.place(c).row) for c in ("title", "text", "nope")] == [
        (2, "title", 2),
        (5, "text", 2),
        (1, None, 2),
    ]
    assert [str(second.place(c)) for c in ("title", "nope")] == ["t.csv:2:title (column 3)", "t.csv:1:(column 3)"]
    assert [str(f) for f in source.findings] == [
        r"t.csv:2:title (column 5): violation[nul-character] a NUL character, found 'x\x00'"
    ]
    assert (source.findings[0].place.row, source.findings[0].place.across) == (3, 5)
    assert source.refused == 1
    source = table(b"id,a,b\nx,1\n", transpose=True)
    assert [len(list(source)), len(list(source)), source.refused] == [1, 1, 1]
    assert str(source.findings[0]) == "t.csv:2:x (column 3): violation[ragged-row] the row has no cell for column 3"


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (b"a,\xe9\n", {}, "t.csv:1: the header cannot be read: bytes that are no text in utf-8: 0xE9"),
        (b'"a\n', {}, "t.csv:1: the header cannot be read: a quote is opened and not closed"),
        (b"a\n , \n", {"headerRowNumber": 2}, "t.csv:2: the header row is blank"),
        (b"a\n", {"headerRowNumber": 3}, "t.csv: there is no header row"),
        (b",,\n\n", {}, "t.csv: there is no header row"),
        (b"a\n", {"encoding": "rot13"}, "t.csv: unknown encoding 'rot13'"),
        (b"a\n", {"encoding": "klingon\0"}, r"t.csv: unknown encoding 'klingon\x00'"),
        (b"a\n", {"encoding": 8}, "t.csv: option encoding must be a text, not 8"),
        (b"a\n", {"delimiter": "||"}, "t.csv: option delimiter must be one character, not '||'"),
        (b"a\n", {"quoteChar": ","}, "t.csv: option quoteChar is the same character as delimiter"),
        (b"a\n", {"headerRowNumber": 0}, "t.csv: option headerRowNumber must be a whole number from 1, not 0"),
        (b"a\n", {"skipRows": True}, "t.csv: option skipRows must be a whole number from 0, not True"),
        (b"a\n", {"trim": "maybe"}, "t.csv: option trim must be true, false, start or end, not 'maybe'"),
        (b"a\n", {"null": [1]}, "t.csv: option null must be a text or a list of texts, not [1]"),
        (b'a,b\n"c\n', {"transpose": True}, "t.csv:2: the row cannot be read: a quote is opened and not closed"),
        (b"a,b\n\0,c\n", {"transpose": True}, "t.csv:2: the row cannot be read: a NUL character"),
    ],
)
def test_a_table_refused_as_a_whole(data: bytes, options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        table(data, **options)
    assert str(caught.value) == message


def test_a_field_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FIELD_CHARACTERS", 10)
    rows, findings = read(b"a,b\n1,2\n1,xxxxxxxxxxx\n3,4\n")
    assert (rows, findings) == ([{"a": "1", "b": "2"}, {"a": "3", "b": "4"}], [("field-too-long", 2, 3, None)])


def test_a_row_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROW_CHARACTERS", 10)
    rows, findings = read(b"a,b\n1,2\n1," + b"x" * 35 + b'\n3,4\n5,"\n6,7\n8,9\n10,11\n12,13')
    assert [row["a"] for row in rows if isinstance(row, dict)] == ["1", "3", "6", "8", "10", "12"]
    assert findings == [("row-too-long", 2, 3, None), ("unclosed-quote", 4, 5, "b")]


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 2)
    assert len(list(table(b"a\n1\n2\n\n"))) == 2
    with pytest.raises(InputError, match=r"t\.csv:4: more than 2 rows"):
        list(table(b"a\n1\n2\n3\n"))
    with pytest.raises(InputError, match="more than 2 columns"):
        table(b"a,1,2\n", transpose=True)


def test_hostile_quotes_do_not_make_reading_quadratic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REREAD_CHARACTERS", 1000)
    with pytest.raises(InputError, match="too many quotes"):
        list(table(b"a,b,c\n" + b'a",",\n' * 100))


FAULTS = {
    "ragged-row": "{},x",
    "unclosed-quote": '{},"x,,',
    "nul-character": "{},\0,,",
    "bad-encoding": "{},\udce9,,",
    "stray-quote": '{},"x"y,,',
}


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_planted_faults_are_found_each_once_and_nothing_else(quoting: Literal[0, 1]) -> None:
    chance = random.Random(7)
    text, planted, line = StringIO(), [], 2
    writer = csv.writer(text, quoting=quoting, lineterminator="\n")
    writer.writerow("abcd")
    for number in range(1, 2001):
        begin = text.tell()
        if chance.random() < 0.02:
            code = chance.choice(sorted(FAULTS))
            text.write(FAULTS[code].format(number) + "\n")
            planted.append((code, number, line))
        else:
            writer.writerow([number, *chance.choices(("", "a, b", "two\nlines", 'say "x"', ","), k=3)])
        line += text.getvalue().count("\n", begin)
    rows, findings = read(text.getvalue().encode("utf-8", "surrogateescape"))
    assert [finding[:3] for finding in findings] == planted
    assert len(rows) == 2000 - len(planted)
