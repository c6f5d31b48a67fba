"""Paths: what they select, what is refused, and that a long or crooked one is told in a line."""

from __future__ import annotations

import pytest

from mitigraph.errors import InputError
from mitigraph.read.json import read_json
from mitigraph.read.options import Options
from mitigraph.read.path import compile_path

DOCUMENT = b"""{"n": "top", "Country Code": "BO", "a": [
  {"x": 1, "n": "one", "z": {"n": "deep"}}, {"x": "1", "n": "two"}, {"x": null, "n": "three", "ok": true}]}"""


def values(path: str) -> list[str]:
    (record,) = read_json(DOCUMENT, "t.json", Options())
    return record.values(path)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$['Country Code']", "BO"),
        ("$.Country Code", "BO"),
        ("$..n", "top one deep two three"),
        ("$.a..n", "one deep two three"),
        ("$..[1].n", "two"),
        ("$.a[-1].n", "three"),
        ("$.a[-4].n", ""),
        ("$.a[0:2].n", "one two"),
        ("$.a[::2].n", "one three"),
        ("$.a[::-1].n", "three two one"),
        ("$.a[::0].n", ""),
        ("$.a[0]['n', 'x']", "one 1"),
        ("$.a[2,0].n", "three one"),
        ("$.a[?@.x == 1].n", "one"),
        ("$.a[?(@.x == '1')].n", "two"),
        ("$.a[?@.x].n", "one two three"),
        ("$.a[?!@.z].n", "two three"),
        ("$.a[?@.x == null].n", "three"),
        ("$.a[?@.ok == true].n", "three"),
        ("$.a[?@.x >= 1 && @.x < 2].n", "one"),
        ("$.a[?@.x > 0 || @.n == 'two'].n", "one two"),
        ("$.a[?(@.x < 2 || @.ok) && !(@.n == 'one')].n", "three"),
        ("$.a[?@.x != 1].n", "two three"),
        ("$.a[?@.z.n == 'deep'].n", "one"),
        ("$.a[?@['n'] > 'three'].n", "two"),
        ("$.a[?@.none == @.nothing].n", "one two three"),
        (r"$['Country\u0020Code']", "BO"),
    ],
)
def test_what_a_path_selects(path: str, found: str) -> None:
    assert " ".join(values(path)) == found


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("$.a[?length(@.x) > 1]", "functions are not supported in filters (character 6)"),
        ("$.a[?@.x == $.n]", "a filter looks at a member (@), not at the whole file ($) (character 13)"),
        ("$.a[?@.x == @.*]", "what is compared must be one value (character 16)"),
        ("$['a','a']", "only different names and positions can stand beside each other in brackets (character 2)"),
        ("$..a..b..c..d", "more than 3 '..' (character 11)"),
        ("$.a[?!!@.x]", "'!' stands twice (character 8)"),
        ("$.a[?'x']", "cannot read ']' at character 9"),
        ("$.a[?@.x =~ 'u']", "cannot read \"=~ 'u']\" at character 10"),
        ("$.a[?@.x == 'u]", 'cannot read "\'u]" at character 13'),
        ("$.a[?@.x", "cannot read '[?@.x' at character 4"),
        ("$.a[?@.x ==", "something is missing at its end"),
        ("..a", "cannot read '..a' at character 1"),
        ("$..", "cannot read '..' at character 2"),
        ("$.a[0", "cannot read '[0' at character 4"),
    ],
)
def test_what_is_refused_is_told_with_its_place(path: str, told: str) -> None:
    with pytest.raises(InputError, match=r"is not a path|cannot be followed") as error:
        compile_path(path)
    assert str(error.value).endswith(told)


@pytest.mark.parametrize(
    "path", ["$[?" + "(" * 5000, "$[?@" + "[?@" * 5000, "$[?" + "!" * 5000, "$" + ".a" * 5000, "$" + "[" * 5000]
)
def test_crooked_paths_end(path: str) -> None:
    try:
        compile_path(path)
    except InputError as error:
        assert len(str(error)) < 30_000


def test_descents_keep_what_encloses_an_item() -> None:
    options = Options.of({"iterator": "$..[?@.n == 'deep']"}, "t")
    (record,) = read_json(DOCUMENT, "t.json", options)
    assert (record.values("n"), record.values("^.n"), record.values("^^.n")) == (["deep"], ["one"], ["top"])


def test_kinds_stand_beside_values() -> None:
    (record,) = read_json(DOCUMENT, "t.json", Options())
    assert record.values("$.a[*].x") == ["1", "1"]
    assert record.kinds("$.a[*].x") == ["number", "string"]
    assert record.kinds("$.a[*].ok") == ["boolean"]


def test_lists_that_are_not_to_be_taken_apart() -> None:
    source = read_json(b'[{"a": [1, 2], "b": {"c": 3}, "d": 4}]', "t.json", Options.of({"flatten": False}, "t"))
    records = list(source)
    assert [source.column(records, path)[1] for path in ("a", "a[*]", "b", "b.c", "d", "e")] == [
        [],
        ["1", "2"],
        [],
        ["3"],
        ["4"],
        [],
    ]
    assert source.column(records, "a") == ([], [])
    assert [(one.code, str(one.place), one.expected) for one in source.findings] == [
        ("not-a-value", "t.json:1:/0/a", "a path to its members, as a[*]"),
        ("not-a-value", "t.json:1:/0/b", "a path to its members, as b.name"),
    ]
    assert source.asked.unseen == {"e"}
