"""JSONTestSuite: what RFC 8259 accepts is read, what it does not is refused with one line, what it leaves open is either.

A document that the standard accepts but that would lose data if it were read (a name twice in an object, half of a
character, NUL) is read with a finding and the item concerned is refused, never silently mended. ``NaN`` and ``Infinity``,
which JSON does not have, cost their item only.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mitigraph.errors import InputError
from mitigraph.finding import Finding
from mitigraph.read import Content, open_source

COUNTS = {"y": 95, "n": 188, "i": 35}

LOSES_DATA = {
    "y_object_duplicated_key": "duplicate-key",
    "y_object_duplicated_key_and_value": "duplicate-key",
    "y_object_escaped_null_in_key": "nul-character",
    "y_string_null_escape": "nul-character",
}
COSTS_AN_ITEM = {
    "n_number_NaN": "non-finite-number",
    "n_number_infinity": "non-finite-number",
    "n_number_minus_infinity": "non-finite-number",
}
OPEN = {
    "refused": {
        "i_string_utf16BE_no_BOM",
        "i_string_utf16LE_no_BOM",
        "i_structure_500_nested_arrays",
    },
    "read": {
        "i_number_double_huge_neg_exp",
        "i_number_huge_exp",
        "i_number_neg_int_huge_exp",
        "i_number_pos_double_huge_exp",
        "i_number_real_neg_overflow",
        "i_number_real_pos_overflow",
        "i_number_real_underflow",
        "i_number_too_big_neg_int",
        "i_number_too_big_pos_int",
        "i_number_very_big_negative_int",
        "i_string_UTF-16LE_with_BOM",
        "i_structure_UTF-8_BOM_empty_object",
    },
}
"""What the standard leaves open and we take whole or not at all; all others lose their item to a finding."""


@pytest.fixture(scope="module")
def files(shared: Path) -> list[Path]:
    folder = shared / "suites" / "json-parsing" / "test_parsing"
    if not folder.is_dir():
        pytest.skip("JSONTestSuite is not beside this checkout")
    return sorted(folder.iterdir())


def outcome(path: Path) -> tuple[str, list[Finding]]:
    """``read``, ``refused`` as a whole, or ``item`` where the only item is; and the findings."""
    try:
        source = open_source(Content.of_bytes(path.read_bytes()), path.name, "json", {})
        taken = len(list(source))
    except InputError as error:
        assert "\n" not in str(error)
        assert str(error).startswith(f"{path.name}:")
        return "refused", []
    assert all("\n" not in str(finding) for finding in source.findings)
    return ("item" if source.refused and not taken else "read"), source.findings


def of_kind(files: list[Path], kind: str) -> list[Path]:
    found = [path for path in files if path.name.startswith(f"{kind}_")]
    assert len(found) == COUNTS[kind]
    return found


def test_what_the_standard_accepts_is_read(files: list[Path]) -> None:
    for path in of_kind(files, "y"):
        how, findings = outcome(path)
        loses = LOSES_DATA.get(path.stem)
        assert (how, [one.code for one in findings]) == (("item", [loses]) if loses else ("read", [])), path.name


def test_what_the_standard_does_not_accept_is_refused(files: list[Path]) -> None:
    for path in of_kind(files, "n"):
        how, findings = outcome(path)
        costs = COSTS_AN_ITEM.get(path.stem)
        assert (how, [one.code for one in findings]) == (("item", [costs]) if costs else ("refused", [])), path.name


def test_what_the_standard_leaves_open_is_read_or_told(files: list[Path]) -> None:
    for path in of_kind(files, "i"):
        how, findings = outcome(path)
        known = next((one for one, names in OPEN.items() if path.stem in names), "item")
        assert how == known, path.name
        assert {one.code for one in findings} <= {"lone-surrogate", "bad-encoding"}
        assert bool(findings) == (how == "item"), path.name


def test_values_are_those_of_another_parser(files: list[Path]) -> None:
    """What is read whole holds the same names and texts, and numbers as they are written, however long or large."""
    for path in files:
        how, findings = outcome(path)
        if how == "read" and not findings:
            data = path.read_bytes()
            source = open_source(Content.of_bytes(data), path.name, "json", {"iterator": "$"})
            text = data.decode("utf-16" if data.startswith(b"\xff\xfe") else "utf-8-sig")
            assert [record.raw() for record in source] == [as_text(json.loads(text, parse_int=str, parse_float=str))], path.name


def as_text(value: object) -> object:
    """A parsed value as records have it: every scalar a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    return [as_text(item) for item in value] if isinstance(value, list) else value


def test_what_parsers_disagree_about_is_read_or_told(files: list[Path]) -> None:
    """The suite's second half, documents that parsers turn into different things: nothing is lost unseen."""
    transform = sorted((files[0].parent.parent / "test_transform").iterdir())
    assert len(transform) == 22
    for path in transform:
        how, findings = outcome(path)
        loses = path.name.startswith(("object_same_key", "string_"))
        assert (how, bool(findings)) == (("item", True) if loses else ("read", False)), path.name
