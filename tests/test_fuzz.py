"""Spoilt files and made-up tables through the command line: never a traceback, never a bug, nothing lost, nothing half.

The same files come each time; ``tests/soak`` goes through many more.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from faults import holds, plant
from fuzzing import check
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutation import GOOD, Good, mutant
from running import run

from mitigraph.terms import RDFS, literal

SAMPLES = {"records": 120, "rdf": 80, "mapping": 150, "query": 150, "shapes": 25}
LABEL = f"<{RDFS}label>"
STEADY = settings(
    derandomize=True, deadline=None, database=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

CELL = st.text(max_size=12) | st.sampled_from(
    ("", " ", "NO", "1.10", "a,b", 'a"b', "a\nb", "\u202ea", "..", "=1+1", "<b>", "{x}")
)


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.name)
def test_a_good_file_is_good(good: Good, tmp_path: Path) -> None:
    assert check(good, good.content, tmp_path) == 0


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.name)
def test_spoilt_files(good: Good, tmp_path: Path) -> None:
    for seed in range(SAMPLES[good.kind]):
        try:
            check(good, mutant(good, seed), tmp_path)
        except Exception as error:
            error.add_note(f"mutant({good.name}, {seed})")
            raise


def test_every_planted_fault_is_found_and_no_other(tmp_path: Path) -> None:
    holds(plant(2_000, 20, seed=1), tmp_path)


def _is_text(text: str) -> bool:
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)


@STEADY
@given(st.lists(st.tuples(CELL.filter(_is_text), CELL.filter(_is_text)), min_size=1, max_size=6))
def test_text_stays_text(tmp_path: Path, cells: list[tuple[str, str]]) -> None:
    rows = [(f"m{number}", title, description) for number, (title, description) in enumerate(cells)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("id", "title", "description"), *rows])
    file = tmp_path / "rows.csv"
    file.write_bytes(text.getvalue().encode())
    ran = run("map", file, "-f", "nt")
    assert ran.code == 0, ran.err
    written = {tuple(line.removesuffix(" .").split(" ", 2)) for line in ran.text.split("\n") if line}
    for key, title, _ in rows:
        labels = {o for s, p, o in written if s == f"<https://w3id.org/airmo/id/entries/{key}>" and p == LABEL}
        wanted = {literal(title.strip(), language="en")} if title.strip() else set()
        assert {unicodedata.normalize("NFC", label) for label in labels} == {
            unicodedata.normalize("NFC", text) for text in wanted
        }


@STEADY
@given(st.lists(CELL.filter(_is_text), min_size=1, max_size=8))
def test_every_id_makes_a_subject_of_its_own_or_a_finding(tmp_path: Path, ids: list[str]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("id", "title"), *((one, f"Title {at}") for at, one in enumerate(ids))])
    file = tmp_path / "rows.csv"
    file.write_bytes(text.getvalue().encode())
    ran = run("map", file, "-f", "nt")
    assert ran.code in (0, 1), ran.err
    mitigations = [line.split(" ")[0] for line in ran.text.split("\n") if line.endswith("<https://w3id.org/airmo#Mitigation> .")]
    named = [one for one in ids if one.strip()]
    assert len(set(mitigations)) == len(mitigations) == len(named)
    assert ran.err.count("violation[no-subject]") == len(ids) - len(named)


@STEADY
@given(st.binary(max_size=200))
def test_any_bytes_on_standard_input(data: bytes) -> None:
    for arguments in (("map", "-"), ("map", "-", "-m", "entry"), ("convert", "-", "--from", "jsonld", "-f", "nt"), ("fmt", "-")):
        ran = run(*arguments, stdin=data)
        assert ran.code in (0, 1, 3), (arguments, ran.err)
