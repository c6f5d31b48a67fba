"""The XML of a sheet in which bad cells get another format, those that were not written out too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mitigraph.annotate.comments import reference
from mitigraph.annotate.styles import Wanted
from mitigraph.edit.edits import CannotEditError
from mitigraph.edit.markup import Patch, Span, elements, filled, patched, told, with_attribute
from mitigraph.edit.sheet import Found, find

__all__ = ["SheetPart"]

LATER = frozenset(
    {
        "AlternateContent",
        "controls",
        "drawingHF",
        "extLst",
        "legacyDrawingHF",
        "oleObjects",
        "picture",
        "tableParts",
        "webPublishItems",
    }
)
"""What comes behind the reference to the drawing of comments (ECMA-376 part 1, 18.3.1.99)."""

Spot = tuple[int, int]
TRUE = ("1", "true")


@dataclass
class SheetPart:
    """A sheet, the severity of each of its bad cells, and where those stand."""

    xml: bytes
    severities: Mapping[Spot, str]

    def __post_init__(self) -> None:
        self.found: Found = find(self.xml, self.severities)
        self.wanted: dict[Spot, Wanted] = {spot: (self._style(spot), severity) for spot, severity in self.severities.items()}

    @property
    def drawing(self) -> str | None:
        """The relation's id of the drawing of comments that the sheet has."""
        for name, span in self.found.around:
            if name.rpartition(":")[2] == "legacyDrawing":
                one = elements(self.xml[span.start : span.end])[-1]
                return next((value for key, value in one.told.items() if key.rpartition(":")[2] == "id"), None)
        return None

    def marked(self, numbers: Mapping[Wanted, int], drawing: tuple[str, str] | None) -> bytes:
        """The sheet with its bad cells in the formats of these numbers, and a reference (namespace and id) to a new drawing."""
        patches: list[Patch] = []
        new: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        cell = self._named("c")
        for spot, wanted in sorted(self.wanted.items()):
            span = self.found.cells.get(spot)
            if span is not None:
                tag = with_attribute(self.xml[span.start : span.tag_end], "s", str(numbers[wanted]))
                patches.append(Patch(span.start, span.tag_end, tag))
            else:
                new[spot[0]].append((spot[1], f"<{cell} r='{reference(spot)}' s='{numbers[wanted]}'/>".encode()))
        patches += self._inserted(new)
        if drawing is not None:
            patches.append(self._referring(*drawing))
        return patched(self.xml, patches)

    def _inserted(self, new: Mapping[int, list[tuple[int, bytes]]]) -> Iterable[Patch]:
        """Cells, and rows for those whose rows are not written out."""
        rows = list[tuple[int, bytes]]()
        for line, cells in sorted(new.items()):
            row = self.found.rows.get(line)
            if row is None:
                name = self._named("row")
                rows.append((line, f"<{name} r='{line}'>".encode() + b"".join(xml for _, xml in cells) + f"</{name}>".encode()))
            elif row.is_empty:
                yield filled(self.xml, row, b"".join(xml for _, xml in cells))
            else:
                yield from (_at(self.found.places[line, column], xml) for column, xml in cells)
        data = self.found.data
        if data is not None and data.is_empty and rows:
            yield filled(self.xml, data, b"".join(xml for _, xml in rows))
        else:
            yield from (_at(self.found.row_places[line], xml) for line, xml in rows)

    def _referring(self, namespace: str, number: str) -> Patch:
        name = self._named("legacyDrawing")
        element = f"<{name} xmlns:r='{namespace}' r:id='{number}'/>".encode()
        data = self.found.data
        starts = [
            span.start
            for name, span in self.found.around
            if name.rpartition(":")[2] in LATER and data is not None and span.start > data.start
        ]
        end = self.xml.rstrip().rfind(b"</")
        if not starts and end < 0:
            raise CannotEditError("the sheet cannot be taken apart for sure")
        return _at(min(starts, default=end), element)

    def _named(self, local: str) -> str:
        return f"{self.found.prefix}:{local}" if self.found.prefix else local

    # -- formats ---------------------------------------------------------------------------------------------

    def _style(self, spot: Spot) -> int:
        """The number of a cell's format: its own, else its row's, else its column's."""
        cell, row = self.found.cells.get(spot), self.found.rows.get(spot[0])
        if cell is not None:
            return _number(told(self._tag(cell), "s"))
        if row is not None and told(self._tag(row), "customFormat") in TRUE:
            return _number(told(self._tag(row), "s"))
        return next((style for first, last, style in self._columns() if first <= spot[1] + 1 <= last), 0)

    def _tag(self, span: Span) -> bytes:
        return self.xml[span.start : span.tag_end]

    def _columns(self) -> Iterable[tuple[int, int, int]]:
        for name, span in self.found.around:
            if name.rpartition(":")[2] == "cols":
                for one in elements(self.xml[span.start : span.end]):
                    if one.name == "col":
                        yield _number(one.told.get("min")), _number(one.told.get("max")), _number(one.told.get("style"))


def _number(text: str | None) -> int:
    stripped = (text or "").strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) < 8 else 0


def _at(place: int, new: bytes) -> Patch:
    return Patch(place, place, new)
