"""Cells read again from the files themselves, by nothing of ours: ``csv``, ``json``, a plain YAML loader, lines of a page."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from mitigraph.finding import Place

__all__ = ["Cell", "Files"]

Row = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Cell:
    """What stands at a place, verbatim; ``record`` is all of the row or item, ``kind`` how it was found."""

    place: Place
    raw: str
    record: Any
    kind: str


class Files:
    """Files by the name that places have for them."""

    def __init__(self, paths: dict[str, Path]) -> None:
        self._files = {name: _File(path) for name, path in paths.items()}

    def cell(self, place: Place) -> Cell:
        """What stands at a place. KeyError, IndexError: nothing does."""
        return self._files[place.file].cell(place)


class _File:
    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def text(self) -> str:
        return self.path.read_bytes().decode("utf-8-sig")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def rows(self) -> dict[int, Row]:
        """Rows by the physical line that they begin on, each with its number; blank rows do not count."""
        reader = csv.reader(io.StringIO(self.text, newline=""))
        header, found, line, number = [name.strip() for name in next(reader)], {}, reader.line_num + 1, 0
        for cells in reader:
            if any(cell.strip() for cell in cells):
                number += 1
                names = [name or f"(column {at})" for at, name in enumerate(header, 1)]
                found[line] = number, dict(zip(names, cells, strict=True))
            line = reader.line_num + 1
        return found

    @cached_property
    def tree(self) -> Any:
        # What is written stays text.
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        return json.loads(self.text) if self.path.suffix == ".json" else yaml.load(self.text, loader)

    def cell(self, place: Place) -> Cell:
        if place.line is None:
            assert (place.column, place.pointer) == (None, None)
            return Cell(place, self.text, self.text, "file")
        if self.path.suffix == ".csv":
            return self._of_table(place)
        if place.pointer is None or self.path.suffix == ".txt":
            return Cell(place, self.lines[place.line - 1], self.text, "page" if place.pointer else "line")
        return self._of_tree(place)

    def _of_table(self, place: Place) -> Cell:
        number, row = self.rows[place.line or 0]
        assert number == place.row, place
        return Cell(place, row[place.column] if place.column is not None else "", row, "table")

    def _of_tree(self, place: Place) -> Cell:
        steps = [step.replace("~1", "/").replace("~0", "~") for step in (place.pointer or "").split("/")[1:]]
        node = record = self.tree
        for step in steps:
            if isinstance(node, dict):
                record = node
            node = node[int(step)] if isinstance(node, list) else node[step]
        raw = node if isinstance(node, str) else ""
        line = self.lines[(place.line or 0) - 1]
        # A text may begin on the line after its key ("|", ">"), else it begins on the very line.
        assert _beginning(raw) in line or line.rstrip().endswith(("|", "|-", ">", ">-", ":")) or steps[-1] in line, (place, line)
        return Cell(place, raw, record if isinstance(node, str) else node, "tree")


def _beginning(text: str) -> str:
    return next(iter(text.split()), "")[:8]
