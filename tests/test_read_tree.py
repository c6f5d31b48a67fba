"""Trees: paths, records, JSON, JSON lines, YAML."""

from __future__ import annotations

import pytest

from mitigraph.errors import InputError
from mitigraph.read import Content, limits, open_source
from mitigraph.read.path import compile_path
from mitigraph.record import Record, RecordSource

DOCUMENT = b"""{"key": "set", "groups": [
  {"name": "A", "items": [
    {"id": 1.10, "tags": ["x", null, "", "y"], "a b": {"c.d": true}},
    {"id": -0e5, "tags": "z", "note": " n/a "}
  ]},
  {"name": "B", "items": []}
]}
"""


def tree(data: bytes, format: str = "json", **options: object) -> RecordSource:
    return open_source(Content.of_bytes(data), "t", format, options)


def lines(source: RecordSource) -> tuple[list[int], list[str], int]:
    """Numbers of the records, the findings, and how many were refused."""
    numbers = [record.number for record in source]
    return numbers, [str(finding) for finding in source.findings], source.refused


@pytest.fixture
def record() -> Record:
    first, _ = tree(DOCUMENT, iterator="$.groups[*].items[*]")
    return first


@pytest.mark.parametrize(
    ("reference", "values", "place"),
    [
        ("id", ["1.10"], "t:3:/groups/0/items/0/id"),
        ("$.id", ["1.10"], "t:3:/groups/0/items/0/id"),
        ("@['id']", ["1.10"], "t:3:/groups/0/items/0/id"),
        ("tags", ["x", "y"], "t:3:/groups/0/items/0/tags/0"),
        ("tags[*]", ["x", "y"], "t:3:/groups/0/items/0/tags/0"),
        ("tags[3]", ["y"], "t:3:/groups/0/items/0/tags/3"),
        ("tags[1]", [], "t:3:/groups/0/items/0/tags/1"),
        ("tags[9]", [], "t:3:/groups/0/items/0"),
        ("['a b']['c.d']", ["true"], "t:3:/groups/0/items/0/a b/c.d"),
        ("a b.*", ["true"], "t:3:/groups/0/items/0/a b/c.d"),
        ('a b["c.d"]', ["true"], "t:3:/groups/0/items/0/a b/c.d"),
        ("a b", [], "t:3:/groups/0/items/0/a b"),
        ("id.more", [], "t:3:/groups/0/items/0"),
        ("missing", [], "t:3:/groups/0/items/0"),
        ("^.name", ["A"], "t:2:/groups/0/name"),
        ("^^.key", ["set"], "t:1:/key"),
        ("^.^.key", ["set"], "t:1:/key"),
        ("^.items[*].id", ["1.10", "-0e5"], "t:3:/groups/0/items/0/id"),
        ("^^^.key", [], "t:3:/groups/0/items/0"),
    ],
)
def test_references(record: Record, reference: str, values: list[str], place: str) -> None:
    assert (record.values(reference), str(record.place(reference))) == (values, place)


def test_place_of_one_of_several(record: Record) -> None:
    assert record.place("tags", 1).pointer == "/groups/0/items/0/tags/3"
    assert record.raw() == {"id": "1.10", "tags": ["x", None, "", "y"], "a b": {"c.d": "true"}}


def test_null_tokens_and_trimming() -> None:
    _, second = tree(DOCUMENT, iterator="$.groups[*].items[*]", null="n/a")
    assert (second.values("note"), second.values("tags")) == ([], ["z"])
    _, second = tree(DOCUMENT, iterator="$.groups[*].items[*]", trim=True)
    assert second.values("note") == ["n/a"]


@pytest.mark.parametrize(
    "path", ["", "a..", "a[", "a[*]]", "[?(@.x]", "a[1:2:3:4]", ".a", "a[-]", "$a['b", "a['']", "^a.'", "a['b']c"]
)
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(InputError):
        compile_path(path)


def test_names_that_look_like_heads() -> None:
    assert compile_path("$ref").steps == ("$ref",)
    assert compile_path(r"['it\'s']").steps == ("it's",)
    assert compile_path("^").climb == 1


@pytest.mark.parametrize(
    ("iterator", "message"),
    [
        ("$.a[*]]", "t: the iterator '$.a[*]]' is not a path: cannot read ']' at character 7"),
        ("^.a", "t: the iterator '^.a' climbs above the root"),
        (7, "t: option iterator must be a text, not 7"),
    ],
)
def test_bad_iterators(iterator: object, message: str) -> None:
    for format in ("json", "jsonl", "yaml"):
        with pytest.raises(InputError) as caught:
            tree(b"{}", format, iterator=iterator)
        assert str(caught.value) == message


def test_an_iterator_that_leads_nowhere_is_a_warning_an_empty_list_is_not() -> None:
    for format in ("json", "yaml"):
        source = tree(b'{"items": []}', format, iterator="$.itmes[*]")
        assert [str(f) for f in source.findings] == [
            "t: warning[empty-iterator] the iterator selects nothing, found '$.itmes[*]'"
        ]
        assert tree(b'{"items": []}', format, iterator="$.items[*]").findings == []
    source = tree(b"{}\n{}\n", "jsonl", iterator="$.x")
    assert len(list(source) + list(source)) == 0
    assert [f.code for f in source.findings] == ["empty-iterator"]


def test_the_root_and_keys() -> None:
    source = tree(b'[1, {"a": 1, "b": 2}, {"c": 3}]')
    assert getattr(source, "keys", None) == ["a", "b"]
    assert [r.raw() for r in source] == ["1", {"a": "1", "b": "2"}, {"c": "3"}]
    source = tree(b'{"a": [1]}')
    assert (getattr(source, "keys", None), [r.raw() for r in source]) == (["a"], [{"a": ["1"]}])


@pytest.mark.parametrize(
    ("item", "finding"),
    [
        (b'{"a": 1, "b": 2,\n "a": 3}', "t:3:/1/a: violation[duplicate-key] the name comes twice in one object, found 'a'"),
        (b'{"a": NaN}', "t:2:/1/a: violation[non-finite-number] JSON has no such number, found 'NaN'"),
        (b'{"a": [-Infinity]}', "t:2:/1/a/0: violation[non-finite-number] JSON has no such number, found '-Infinity'"),
        (b'{"a": "\\ud800"}', "t:2:/1/a: violation[lone-surrogate] half of a surrogate pair, found '\ufffd'"),
        (b'{"\\udfff": 1}', "t:2:/1: violation[lone-surrogate] half of a surrogate pair, found '\ufffd'"),
        (b'{"a": "\xe9"}', "t:2:/1/a: violation[bad-encoding] bytes that are no text: 0xE9, found '\ufffd'"),
        (b'{"a": "\\u0000"}', r"t:2:/1/a: violation[nul-character] a NUL character, found '\x00'"),
    ],
)
def test_a_bad_item_is_refused_and_the_others_go_on(item: bytes, finding: str) -> None:
    assert lines(tree(b'["x",\n' + item + b',\n"y"]')) == ([1, 3], [finding], 1)


def test_escapes_pairs_and_line_ends() -> None:
    (record,) = tree(b'{"a": "\\ud83d\\ude00\\n\\/\\"\\\\\\u00e9",\r\n\r"b/~": 1}')
    assert (record.values("a"), record.place("b/~").line) == (['\U0001f600\n/"\\é'], 3)
    assert record.place("b/~").pointer == "/b~1~0"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a": 1} x', "t:1:10: not JSON: text after the end of the value"),
        (b'{"a": 1,\n}', "t:2:1: not JSON: expected a name in double quotes (the comma before '}' is one too many)"),
        (b"[1 2]", "t:1:4: not JSON: expected ',' or ']'"),
        (b'{"a" 1}', "t:1:6: not JSON: expected ':' after a name"),
        (b"[01]", "t:1:3: not JSON: expected ',' or ']'"),
        (b"[", "t:1:2: not JSON: expected a value, but the text ends"),
        (b'["a\nb"]', "t:1:2: not JSON: a string that is not closed, or holds a control character or an unknown escape"),
    ],
)
def test_what_is_no_json(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        tree(data)
    assert str(caught.value) == message


def test_json_lines() -> None:
    data = b'\xef\xbb\xbf{"id": "a"}\n\n{"id": }\r\n{"id": 1, "id": 2}\n[{"id": "d"}]\nx\xff'
    source = tree(data, "jsonl")
    assert [(r.number, r.line, r.values("id")) for r in source] == [(1, 1, ["a"]), (4, 5, [])]
    again = lines(source)
    assert again == (
        [1, 4],
        [
            "t:3: violation[bad-json] not JSON: expected a value (column 8)",
            "t:4:/id: violation[duplicate-key] the name comes twice in one object, found 'id'",
            "t:6: violation[bad-json] not JSON: expected a value (column 1)",
        ],
        3,
    )
    assert getattr(source, "keys", None) == ["id"]
    assert [r.number for r in tree(b'{"a": [1, 2]}\n{"a": [3]}', "jsonl", iterator="$.a[*]")] == [1, 2, 3]


def test_yaml_is_text_with_physical_lines() -> None:
    source = tree(
        b"a: {no: NO, v: 1.10, d: 2024-01-01, n: ~, e: , q: '~', s: !!str null, t: true}\r\n"
        + "b: 'x\u2028y\u0085'\r\nc: |\r\n  é\r\n  z\r\n".encode(),
        "yaml",
    )
    (record,) = source
    assert [record.values(f"a.{key}") for key in ("no", "v", "d", "n", "e", "q", "s", "t")] == [
        ["NO"],
        ["1.10"],
        ["2024-01-01"],
        [],
        [],
        ["~"],
        ["null"],
        ["true"],
    ]
    assert (record.place("b").line, record.place("c").line, record.values("c")) == (2, 3, ["é\nz\n"])
    assert source.findings == []


def test_yaml_aliases_and_merges_have_their_own_pointers() -> None:
    data = b"base: &b {x: 1, y: [2]}\nitems:\n- <<: *b\n  y: 3\n- <<: [{z: 4}, *b]\n- *b\n- '<<': {}\n"
    source = tree(data, "yaml", iterator="$.items[*]")
    records = list(source)
    assert [record.raw() for record in records] == [
        {"y": "3", "x": "1"},
        {"z": "4", "x": "1", "y": ["2"]},
        {"x": "1", "y": ["2"]},
        {"<<": {}},
    ]
    assert str(records[2].place("y")) == "t:1:/items/2/y/0"


@pytest.mark.parametrize(
    ("item", "findings", "refused"),
    [
        (b"{a: 1, a: 2}", ["t:2:/1/a: violation[duplicate-key] the key comes twice in one mapping, found 'a'"], 1),
        (b"{? [x] : 2}", ["t:2:/1: violation[complex-key] a key that is no text"], 1),
        (b"{<<: [[1]]}", ["t:2:/1: violation[bad-merge] '<<' takes a mapping or a list of mappings"], 1),
        (b'"a\\0"', [r"t:2:/1: violation[nul-character] a NUL character, found 'a\x00'"], 1),
        (
            b"!!python/object:os.system x",
            ["t:2:/1: warning[unknown-tag] the tag is passed over, found 'tag:yaml.org,2002:python/object:os.system'"],
            0,
        ),
    ],
)
def test_a_bad_yaml_item_is_refused_and_the_others_go_on(item: bytes, findings: list[str], refused: int) -> None:
    numbers = [1, 3] if refused else [1, 2, 3]
    assert lines(tree(b"- x\n- " + item + b"\n- y\n", "yaml")) == (numbers, findings, refused)


def test_a_violation_is_repeated_with_its_alias() -> None:
    numbers, findings, refused = lines(tree(b"- &a {k: 1, k: 2}\n- x\n- y: *a\n", "yaml"))
    assert (numbers, refused) == ([2], 2)
    assert [line.split(" ")[0] for line in findings] == ["t:1:/0/k:", "t:1:/2/y/k:"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"# nothing\n", "t: there is no document in the file"),
        (b"a: 1\n---\nb: 2\n", "t:2: a second document begins; only one is read"),
        (b"a: [1\nb: 2\n", "t:2: not YAML: did not find expected ',' or ']'"),
        (b"a: 1\nb: \xe9\n", "t:2: bytes that are no text in utf-8: 0xE9"),
        (b"a: 1\nb: \x07\n", "t:2: not YAML: the control character U+0007"),
        (b"a: &x [*x]\n", "t:1: the alias *x repeats nothing, or what it stands in"),
    ],
)
def test_a_yaml_file_refused_as_a_whole(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        tree(data, "yaml")
    assert str(caught.value) == message


@pytest.mark.parametrize("format", ["json", "yaml"])
def test_nesting(format: str) -> None:
    assert lines(tree(b"[" * 128 + b"]" * 128, format, iterator="$"))[0] == [1]
    for depth in (129, 100_000):
        with pytest.raises(InputError, match="nested more than 128 deep"):
            tree(b"[" * depth + b"]" * depth, format)


def test_nesting_by_aliases_and_in_lines() -> None:
    chain = b"".join(b"- &a%d [*a%d]\n" % (n, n - 1) for n in range(1, 200))
    with pytest.raises(InputError, match="nested more than 128 deep"):
        tree(b"- &a0 []\n" + chain, "yaml")
    numbers, findings, refused = lines(tree(b"[" * 129 + b"]" * 129 + b"\n1\n", "jsonl"))
    assert (numbers, refused, "nested" in findings[0]) == ([2], 1, True)


def test_alias_bomb() -> None:
    bomb = b"a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 10)
    )
    with pytest.raises(InputError, match="aliases repeat more than 100,000 values"):
        tree(bomb, "yaml")


@pytest.mark.parametrize("format", ["json", "jsonl", "yaml"])
def test_a_text_too_long_and_too_many_records(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FIELD_CHARACTERS", 10)
    data = b'["%s"]\n' % (b"x" * 11) if format == "jsonl" else b'["%s", "y"]' % (b"x" * 11)
    numbers, findings, refused = lines(tree(data, format, iterator="$[*]"))
    assert (refused, numbers, "field-too-long" in findings[0]) == (1, [] if format == "jsonl" else [2], True)
    monkeypatch.setattr(limits, "ROWS", 2)
    assert len(list(tree(b"[1,2]", format, iterator="$[*]"))) == 2
    with pytest.raises(InputError, match="more than 2 records"):
        list(tree(b"[1,2,3]", format, iterator="$[*]"))


def test_a_line_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROW_CHARACTERS", 10)
    assert lines(tree(b'"a"\n"' + b"x" * 30 + b'"\n"c"\n', "jsonl")) == (
        [1, 3],
        ["t:2: violation[row-too-long] the line is longer than 10 characters"],
        1,
    )
