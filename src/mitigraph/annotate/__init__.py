"""``--annotate OUT.xlsx``: the user's own spreadsheet with the bad cells coloured and a comment in each.

A workbook is patched, so that nothing of it is lost. Of other files a new one is made, a sheet for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from mitigraph.annotate.book import FINDINGS, annotated_book
from mitigraph.annotate.flat import FlatBook, FlatTable, flat_tree
from mitigraph.annotate.tables import Table, new_book, sheet_names
from mitigraph.edit import Reading, xlsx
from mitigraph.errors import UsageError
from mitigraph.finding import Finding, Place, order
from mitigraph.fix import ZIP, readings_of
from mitigraph.gather import Found
from mitigraph.knowledge import Knowledge
from mitigraph.pipeline import Dataset

__all__ = ["annotated", "refuse_suffix"]

SUFFIXES = (".xlsx", ".xlsm")
TABLES = ("csv", "tsv")
TREES = ("json", "jsonl", "yaml", "page")


class Flat(Protocol):
    """A file as rows of texts."""

    def rows(self) -> Iterator[Sequence[str]]:
        """All rows."""

    def spot(self, place: Place) -> tuple[int, int] | None:
        """The cell of a place, if it has one."""


def refuse_suffix(output: Path, inputs: Sequence[str]) -> None:
    """UsageError: the output's suffix is not that of the workbook it will be.

    >>> refuse_suffix(Path("out.csv"), ["new.csv"])
    Traceback (most recent call last):
    mitigraph.errors.UsageError: out.csv: an annotated spreadsheet is a workbook: name it with .xlsx
    """
    own = Path(inputs[0]).suffix.lower() if len(inputs) == 1 else ""
    wanted = own if own in SUFFIXES else SUFFIXES[0]
    if output.suffix.lower() != wanted:
        why = "of a workbook with macros is one too" if wanted == ".xlsm" else "is a workbook"
        raise UsageError(f"{output}: an annotated spreadsheet {why}: name it with {wanted}")


def annotated(dataset: Dataset, knowledge: Knowledge, findings: Iterable[Finding], output: Path) -> bytes:
    """The bytes of the annotated workbook.

    UsageError: the suffix of ``output`` is not that of the workbook. InputError: a file was changed since it was read, or a
    workbook cannot be taken apart for sure.
    """
    files, listed = dataset.files, sorted(findings, key=order)
    refuse_suffix(output, [file.name for file in files])
    readings = readings_of(dataset, knowledge)
    if len(files) == 1 and files[0].content.head(len(ZIP)) == ZIP and files[0].name in readings:
        return annotated_book(files[0].content.read(), files[0].name, listed)
    flats = [(name, file, flat) for file in files for name, flat in _flats(file, readings.get(file.name, []))]
    names = sheet_names([name for name, _, _ in flats])
    tables = [Table(names[name], flat.rows(), _marks(flat, file, listed)) for name, file, flat in flats]
    return new_book(tables, listed, FINDINGS)


def _flats(file: Found, readings: Sequence[Reading]) -> Iterator[tuple[str, Flat]]:
    """A file's sheets by their names; none for RDF, and for what could not be read."""
    if not readings:
        return
    reading = readings[0]
    data = file.content.read()
    if reading.format in TABLES:
        yield file.name, FlatTable(data, reading)
    elif reading.format in TREES:
        yield file.name, flat_tree(data, readings)
    elif reading.format == "xlsx":
        sheets: dict[str, dict[tuple[int, int], str]] = {}
        for spot, text in xlsx.texts(data, reading).items():
            sheets.setdefault(spot.sheet, {})[spot.line, spot.column] = text
        for sheet, cells in sheets.items():
            yield f"{file.name} {sheet}", FlatBook(cells, sheet)


def _marks(flat: Flat, file: Found, findings: Sequence[Finding]) -> dict[tuple[int, int], list[Finding]]:
    """The findings of a file by their cells."""
    found: dict[tuple[int, int], list[Finding]] = {}
    for finding in findings:
        spot = flat.spot(finding.place) if finding.place.file == file.name else None
        if spot is not None:
            found.setdefault(spot, []).append(finding)
    return found
