"""Every option of a source that says how its file is read, what it makes of a small file, and what it refuses."""

from __future__ import annotations

import pytest

from mitigraph.errors import InputError
from mitigraph.read import open_source
from mitigraph.read.content import Content
from mitigraph.read.options import OPTIONS, BadOptionError, Options
from mitigraph.record import RecordSource

Rows = list[dict[str, list[str]]]


def opened(text: str, options: dict[str, object], form: str = "csv") -> RecordSource:
    encoding = str(options.get("encoding", "utf-8"))
    return open_source(Content.of_bytes(text.encode(encoding)), f"t.{form}", form, options)


def table(text: str, options: dict[str, object]) -> Rows:
    """The values of every record by column, nameless ones by their places."""
    source = opened(text, options)
    records = list(source)
    names = list(source.columns or []) or [f"(column {place + 1})" for place in range(9)]
    found: Rows = []
    for record in records:
        row = {}
        for name in names:
            try:
                row[name] = record.values(name)
            except KeyError:
                break
        found.append(row)
    return found


PLAIN: Rows = [{"id": ["1"], "name": ["Ann"]}, {"id": ["2"], "name": ["Bo"]}]


@pytest.mark.parametrize(
    ("options", "text", "rows"),
    [
        ({}, "id,name\n1,Ann\n2,Bo\n", PLAIN),
        ({"commentPrefix": "#"}, "# a list\nid,name\n1,Ann\n# half\n2,Bo\n", PLAIN),
        ({"delimiter": ";"}, "id;name\n1;Ann\n2;Bo\n", PLAIN),
        ({"delimiter": "\\t"}, "id\tname\n1\tAnn\n2\tBo\n", PLAIN),
        ({"doubleQuote": "false"}, 'id,name\n1,"A \\"n\\", n"\n', [{"id": ["1"], "name": ['A "n", n']}]),
        ({"encoding": "latin-1"}, "id,name\n1,Löf\n", [{"id": ["1"], "name": ["Löf"]}]),
        ({"header": "false"}, "1,Ann\n", [{"(column 1)": ["1"], "(column 2)": ["Ann"]}]),
        ({"header": "false", "columns": ["id", "name"]}, "1,Ann\n2,Bo\n", PLAIN),
        ({"headerRowCount": "0", "skipRows": "1", "columns": ["id", "name"]}, "no header\n1,Ann\n2,Bo\n", PLAIN),
        ({"headerRowCount": "2"}, "who,who,\nid,name,year\n1,Ann,9\n", [{"who id": ["1"], "who name": ["Ann"], "year": ["9"]}]),
        ({"headerRowNumber": "3"}, "A list\n\nid,name\n1,Ann\n2,Bo\n", PLAIN),
        ({"lineTerminators": ["\r\n", "\\n"]}, "id,name\r\n1,Ann\r\n2,Bo\r\n", PLAIN),
        ({"null": ["n/a", "-"]}, "id,name\n1,n/a\n2,-\n", [{"id": ["1"], "name": []}, {"id": ["2"], "name": []}]),
        ({"quoteChar": "'"}, "id,name\n1,'Ann, B.'\n", [{"id": ["1"], "name": ["Ann, B."]}]),
        ({"quoteChar": None}, 'id,name\n1,12" disk\n', [{"id": ["1"], "name": ['12" disk']}]),
        ({"skipBlankRows": "false"}, "id,name\n,\n1,Ann\n", [{"id": [], "name": []}, {"id": ["1"], "name": ["Ann"]}]),
        ({"skipColumns": "1"}, "x,id,name\nx,1,Ann\ny,2,Bo\n", PLAIN),
        ({"skipInitialSpace": "true"}, 'id, name\n1, "Ann, B."\n', [{"id": ["1"], "name": ["Ann, B."]}]),
        ({"skipRows": "1"}, "A list\nid,name\n1,Ann\n2,Bo\n", PLAIN),
        ({"transpose": "true"}, "id,1,2\nname,Ann,Bo\n", PLAIN),
        ({"trim": "false"}, "id,name\n1, Ann \n", [{"id": ["1"], "name": [" Ann "]}]),
        ({"trim": "start"}, "id,name\n1, Ann \n", [{"id": ["1"], "name": ["Ann "]}]),
        ({"trim": "end"}, "id,name\n1, Ann \n", [{"id": ["1"], "name": [" Ann"]}]),
    ],
)
def test_an_option(options: dict[str, object], text: str, rows: Rows) -> None:
    assert table(text, options) == rows


def test_columns_read_at_once_and_one_by_one_are_the_same() -> None:
    for side in ("true", "false", "start", "end"):
        source = opened("id,name\n1, Ann \n2,  \n3,-\n", {"trim": side, "null": "-"})
        records = list(source)
        at, texts = source.column(records, "name")
        assert [records[place].values("name") for place in at] == [[text] for text in texts]


@pytest.mark.parametrize(
    ("options", "key", "reason"),
    [
        ({"commentPrefix": "##"}, "commentPrefix", "must be one character, not '##'"),
        ({"delimiter": ",,"}, "delimiter", "must be one character, not ',,'"),
        ({"doubleQuote": "perhaps"}, "doubleQuote", "must be true or false, not 'perhaps'"),
        ({"encoding": ["utf-8"]}, "encoding", "must be a text, not ['utf-8']"),
        ({"flatten": "some"}, "flatten", "must be true or false, not 'some'"),
        ({"header": "2"}, "header", "must be true or false, not '2'"),
        ({"header": "false", "headerRowCount": "1"}, "headerRowCount", "must be 0 without a header, not '1'"),
        ({"header": "true", "headerRowCount": "0"}, "headerRowCount", "must be 1 or more with a header, not '0'"),
        ({"headerRowCount": "10"}, "headerRowCount", "must be at most 9, not '10'"),
        ({"headerRowNumber": "0"}, "headerRowNumber", "must be a whole number from 1, not '0'"),
        ({"headerRowNumber": "2", "header": "false"}, "headerRowNumber", "and no header contradict each other"),
        ({"iterator": ["a"]}, "iterator", "must be a text, not ['a']"),
        ({"lineTerminators": "|"}, "lineTerminators", 'must be among "\\r\\n", "\\n" and "\\r", not \'|\''),
        ({"null": {"a": "b"}}, "null", "must be a text or a list of texts, not {'a': 'b'}"),
        ({"quoteChar": ","}, "quoteChar", "is the same character as delimiter"),
        ({"commentPrefix": ";", "delimiter": ";"}, "commentPrefix", "is the same character as delimiter"),
        ({"commentPrefix": '"'}, "commentPrefix", "is the same character as quoteChar"),
        ({"skipBlankRows": "2"}, "skipBlankRows", "must be true or false, not '2'"),
        ({"skipColumns": "-1"}, "skipColumns", "must be a whole number from 0, not '-1'"),
        ({"skipInitialSpace": ""}, "skipInitialSpace", "must be true or false, not ''"),
        ({"skipRows": "many"}, "skipRows", "must be a whole number from 0, not 'many'"),
        ({"transpose": "1"}, "transpose", "must be true or false, not '1'"),
        (
            {"transpose": "true", "headerRowCount": "2"},
            "headerRowCount",
            "means nothing for a transposed table, whose names stand in its first column",
        ),
        ({"trim": "left"}, "trim", "must be true, false, start or end, not 'left'"),
    ],
)
def test_a_value_that_cannot_be_meant(options: dict[str, object], key: str, reason: str) -> None:
    with pytest.raises(BadOptionError) as error:
        Options.of(options, "t.csv")
    assert (error.value.key, error.value.reason) == (key, reason)
    with pytest.raises(InputError, match=f"t.csv: option {key}"):
        opened("id\n1\n", {**options, "encoding": "utf-8"} if key != "encoding" else options)


@pytest.mark.parametrize(
    ("options", "text", "message"),
    [
        ({"headerRowCount": "2"}, "id,name\n", "t.csv:1: the header has rows of different widths"),
        ({"headerRowCount": "2"}, "id,name\nx\n", "t.csv:2: the header has rows of different widths"),
        ({"header": "false", "skipRows": "3"}, "1,2\n", "t.csv: there are no rows"),
    ],
)
def test_a_header_that_is_not_there(options: dict[str, object], text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        opened(text, options)
    assert str(error.value) == message


def test_faults_are_told_of_the_columns_that_count() -> None:
    source = opened('x,id,name\nx,1\ny,2,"Bo\nz,3,Cy\n', {"skipColumns": "1"})
    assert [record.values("name") for record in source] == [["Cy"]]
    assert [str(finding) for finding in source.findings] == [
        "t.csv:2: violation[ragged-row] the row has 1 cell, expected 2 cells",
        "t.csv:3:name: violation[unclosed-quote] a quote is opened and not closed",
    ]


def test_lines_count_over_comments_and_backslashes() -> None:
    text = '# one\nid,name\n# two\n1,"a\n\\"b"\n# three\n2,c\n'
    source = opened(text, {"commentPrefix": "#", "doubleQuote": "false"})
    assert [(record.line, record.values("name")) for record in source] == [(4, ['a\n"b']), (7, ["c"])]


def test_blank_rows_that_count_are_ragged_where_they_are_empty() -> None:
    source = opened("id,name\n\n,\n1,Ann\n", {"skipBlankRows": "false"})
    assert [record.number for record in source] == [2, 3]
    assert [finding.code for finding in source.findings] == ["ragged-row"]


def test_every_option_stands_in_a_test(request: pytest.FixtureRequest) -> None:
    text = request.path.read_text("utf-8")
    assert [name for name in OPTIONS if f'"{name}"' not in text and name not in ("sheet", "range")] == []
