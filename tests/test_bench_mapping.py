"""What the mapping bench stands on: records that are always the same, mappings that say the same, memory that does not grow."""

from __future__ import annotations

import hashlib
import io
import shutil
import tracemalloc
from pathlib import Path

import pytest
from building import graph
from running import run

from bench import records
from bench.mapping import MAPPINGS, as_uris

BENCH = Path(__file__).resolve().parent.parent / "bench"
FEW, MANY = 4_000, 12_000
GROWTH = 1_000_000
"""Bytes by which the peak may rise; the triples of the further records would take a hundred times as much."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the bench's mappings."""
    for name in MAPPINGS:
        shutil.copy(BENCH / name, tmp_path)
    return tmp_path


def table(number: int) -> str:
    text = io.StringIO(newline="")
    records.write(text, number)
    return text.getvalue()


def mapped(folder: Path, number: int, mapping: str) -> Path:
    """The N-Triples that the command line makes of so many records."""
    (folder / "records.csv").write_text(table(number), encoding="utf-8", newline="")
    done = run("map", "--quiet", "-m", folder / mapping, "-o", folder / "out.nt")
    assert (done.code, done.findings()) == (0, [])
    return folder / "out.nt"


def test_the_records_are_always_the_same() -> None:
    digest = hashlib.sha256(table(500).encode()).hexdigest()
    assert digest == "d3441982453898d9f96189330ecf9d4a54c03e019268ead7e1ae3ff1b003e7b7"
    assert table(800).startswith(table(500)), "a smaller table is the beginning of a larger one"


def test_the_records_hold_what_real_ones_hold() -> None:
    rows = [dict(zip(records.COLUMNS, row, strict=True)) for row in records.rows(500)]
    assert len({row["id"] for row in rows}) == 500
    assert any(" " in row["id"] for row in rows)
    assert any(not row["id"].isascii() for row in rows)
    assert any('"' in row["description"] for row in rows)
    assert any("\n" in row["description"] for row in rows)
    assert {not row["page"] for row in rows} == {not row["title_de"] for row in rows} == {True, False}


def test_about_twenty_triples_come_of_a_record(folder: Path) -> None:
    assert 20 < len(graph(mapped(folder, 200, "mitigations.yml"))) / 200 < 21


def test_both_mappings_say_the_same(folder: Path) -> None:
    first, second = (graph(mapped(folder, 50, mapping)) for mapping in MAPPINGS)
    assert first == second


def test_iris_are_comparedas_uris() -> None:
    assert as_uris('<a:/ß%20> <a:b> "<ß> \\" <c>"@de .\n') == '<a:/%C3%9F%20> <a:b> "<ß> \\" <c>"@de .\n'


def test_memory_does_not_grow_with_the_records(folder: Path) -> None:
    mapped(folder, FEW, "mitigations.yml")  # what is read once is read
    peaks = []
    for number in (FEW, MANY):
        text = table(number).encode()
        (folder / "records.csv").write_bytes(text)
        del text
        tracemalloc.start()
        run("map", "--quiet", "-m", folder / "mitigations.yml", "-o", folder / "out.nt")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < GROWTH
