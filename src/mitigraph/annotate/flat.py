"""Files as rows of texts: tables as they stand, records of trees flattened into columns; and where on them findings point.

>>> root = Node({"id": Node("a", 1, "/0/id"), "tags": Node([Node("x", 1, "/0/tags/0")], 1, "/0/tags")}, 1, "/0")
>>> flat = FlatTree([(1, root)])
>>> list(flat.rows()), flat.spot(Place("t.json", 1, pointer="/0/tags/0"))
([['(line)', 'id', 'tags/0'], ['1', 'a', 'x']], (1, 2))
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from mitigraph.edit import csv, xlsx
from mitigraph.edit.edits import Reading
from mitigraph.edit.json import leaves
from mitigraph.edit.text import decode
from mitigraph.finding import Place
from mitigraph.read import Content, open_source
from mitigraph.read.rows import Fault
from mitigraph.read.tree import Node, TreeRecord, TreeSource

__all__ = ["FlatBook", "FlatTable", "FlatTree", "flat_tree"]

Spot = tuple[int, int]


class FlatTable:
    """Delimited text, row by row, those that cannot be read as the line they are."""

    def __init__(self, data: bytes, reading: Reading) -> None:
        self._table = csv.table_text(data, reading)
        self._transposed = self._table.options.transpose
        self._lines = csv.LINE_END.split(decode(data, reading)[0])
        self._index = {} if self._transposed else csv.header_of(self._table)
        self._starts = [line for line, _ in csv.rows_of(self._table)]

    def rows(self) -> Iterator[Sequence[str]]:
        """All rows."""
        for line, row in csv.rows_of(self._table):
            yield [self._lines[line - 1]] if isinstance(row, Fault) else row

    def spot(self, place: Place) -> Spot | None:
        """The cell of a place, if it has one."""
        row = bisect_right(self._starts, place.line or 0) - 1
        column = place.across - 1 if self._transposed and place.across else self._index.get(place.column or "")
        return None if row < 0 or column is None else (row, column)


class FlatTree:
    """Records of a tree, each a row: its line and its values by their pointers within it. What no record holds comes last."""

    def __init__(self, records: Sequence[tuple[int, Node]]) -> None:
        self._columns: dict[str, int] = {}
        self._rows: list[dict[int, str]] = []
        self._spots: dict[tuple[int | None, str], Spot] = {}
        for line, node in records:
            self._add(line, node)

    def rows(self) -> Iterator[Sequence[str]]:
        """The names of the columns, then the records."""
        yield ["(line)", *self._columns]
        for row in self._rows:
            yield [row.get(at, "") for at in range(len(self._columns) + 1)]

    def spot(self, place: Place) -> Spot | None:
        """The cell of a place, if it has one."""
        return self._spots.get((place.line, place.pointer or ""))

    def _add(self, line: int, record: Node) -> None:
        row = {0: str(line)}
        # What is said of a record as a whole.
        self._spots.setdefault((record.line, record.pointer), (len(self._rows) + 1, 0))
        for node in leaves(record):
            name = node.pointer.removeprefix(record.pointer).removeprefix("/") or "(value)"
            at = self._columns.setdefault(name, len(self._columns) + 1)
            row[at] = node.value if isinstance(node.value, str) else ""
            self._spots.setdefault((node.line, node.pointer), (len(self._rows) + 1, at))
        self._rows.append(row)


class FlatBook:
    """A sheet of a workbook."""

    def __init__(self, cells: dict[Spot, str], sheet: str) -> None:
        self._cells, self._sheet = cells, sheet

    def rows(self) -> Iterator[Sequence[str]]:
        """All rows, from the first."""
        rows: dict[int, dict[int, str]] = {}
        for (line, column), text in self._cells.items():
            rows.setdefault(line, {})[column] = text
        for line in range(1, max(rows, default=0) + 1):
            row = rows.get(line, {})
            yield [row.get(column, "") for column in range(max(row, default=-1) + 1)]

    def spot(self, place: Place) -> Spot | None:
        """The cell of a place, if it has one."""
        found = xlsx.area_of(place.cell or "")
        if found is None or found[0] != self._sheet:
            return None
        area = found[1]
        return (area.top - 1, area.left) if (area.left, area.top) == (area.right, area.bottom) else None


def flat_tree(data: bytes, readings: Sequence[Reading]) -> FlatTree:
    """The records of a tree, those of all its sources; then what is in none of them. InputError: it cannot be read."""
    records: dict[tuple[int, str], Node] = {}
    rest: list[Node] = []
    for reading in readings:
        source = open_source(Content.of_bytes(data), reading.name, reading.format, reading.options)
        nodes = [record.node for record in source if isinstance(record, TreeRecord)]
        if isinstance(source, TreeSource):
            rest = [source.root]
            records |= {(0, node.pointer): node for node in nodes if node.pointer}
        else:
            records |= {(node.line, node.pointer): node for node in nodes}
    taken = {pointer for _, pointer in records}
    outermost = [node for (_, pointer), node in records.items() if not _is_within(pointer, taken)]
    return FlatTree([(node.line, node) for node in [*outermost, *(part for node in rest for part in _rest(node, taken))]])


def _is_within(pointer: str, taken: set[str]) -> bool:
    """Whether one of some pointers leads to what holds what this one leads to."""
    parts = pointer.split("/")
    return any("/".join(parts[:length]) in taken for length in range(1, len(parts)))


def _rest(node: Node, taken: set[str]) -> list[Node]:
    """What of a tree is in no record: a part for all that is in no list of objects, then the members of those lists."""
    lists: list[Node] = []
    own = _without(node, taken, lists)
    parts = [] if own is None else [own]
    for one in lists:
        for member in one.value if isinstance(one.value, list) else []:
            parts += _rest(member, taken) if member.pointer not in taken else []
    return parts


def _without(node: Node, taken: set[str], lists: list[Node]) -> Node | None:
    """A tree without the records and without lists of objects, which are put by; None where nothing is left."""
    value = node.value
    if node.pointer in taken:
        return None
    if isinstance(value, list) and any(isinstance(member.value, dict | list) for member in value):
        lists.append(node)
        return None
    if isinstance(value, dict):
        members = {key: kept for key, child in value.items() if (kept := _without(child, taken, lists)) is not None}
        return Node(members, node.line, node.pointer) if members else None
    return node if not isinstance(value, list) or value else None
