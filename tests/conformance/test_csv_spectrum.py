"""csv-spectrum: what each CSV file says, as the suite's JSON has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mitigraph.read import Content, open_source

NAMES = (
    "comma_in_quotes",
    "empty",
    "empty_crlf",
    "escaped_quotes",
    "json",
    "location_coordinates",
    "newlines",
    "newlines_crlf",
    "quotes_and_newlines",
    "simple",
    "simple_crlf",
    "utf8",
)

NOT_AS_THE_CSV = {"location_coordinates": ("Contact Phone Number", "1234567890", "2095257564")}
"""Where the suite's JSON does not hold what its CSV does: the column, what the JSON says and what the CSV says."""


@pytest.fixture(scope="module")
def suite(shared: Path) -> Path:
    folder = shared / "suites" / "csv-spectrum"
    if not folder.is_dir():
        pytest.skip("csv-spectrum is not beside this checkout")
    return folder


def expected(suite: Path, name: str) -> list[dict[str, str]]:
    read = json.loads((suite / "json" / f"{name}.json").read_bytes())
    rows: list[dict[str, str]] = read if isinstance(read, list) else [read]
    if name in NOT_AS_THE_CSV:
        column, stated, held = NOT_AS_THE_CSV[name]
        assert rows[0][column] == stated
        rows[0][column] = held
    return rows


def test_all_files_are_here(suite: Path) -> None:
    assert sorted(path.stem for path in (suite / "csvs").iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_file(suite: Path, name: str) -> None:
    data = (suite / "csvs" / f"{name}.csv").read_bytes()
    if name.endswith("_crlf") and b"\r" not in data:
        data = data.replace(b"\n", b"\r\n")  # some copies of the suite have lost what these files are about
    source = open_source(Content.of_bytes(data), f"{name}.csv", "csv", {"trim": False})
    columns = source.columns or []
    rows = [{column: "".join(record.values(column)) for column in columns} for record in source]
    assert rows == expected(suite, name)
    assert (source.findings, source.refused) == ([], 0)
