"""The XML of a sheet in which bad cells get another format, those that were not written out too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from mitigraph.annotate.comments import reference
from mitigraph.annotate.styles import Wanted
from mitigraph.edit.edits import CannotEditError
from mitigraph.edit.markup import Patch, elements, patched, with_attribute
from mitigraph.edit.sheet import Found, find, format_at, inserted

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


@dataclass
class SheetPart:
    """A sheet, the severity of each of its bad cells, and where those stand."""

    xml: bytes
    severities: Mapping[Spot, str]

    def __post_init__(self) -> None:
        self.found: Found = find(self.xml, self.severities)
        self.wanted: dict[Spot, Wanted] = {
            spot: (format_at(self.xml, self.found, spot), severity) for spot, severity in self.severities.items()
        }

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
        cell = self.found.named("c")
        for spot, wanted in sorted(self.wanted.items()):
            span = self.found.cells.get(spot)
            if span is not None:
                tag = with_attribute(self.xml[span.start : span.tag_end], "s", str(numbers[wanted]))
                patches.append(Patch(span.start, span.tag_end, tag))
            else:
                new[spot[0]].append((spot[1], f"<{cell} r='{reference(spot)}' s='{numbers[wanted]}'/>".encode()))
        patches += inserted(self.xml, self.found, new)
        if drawing is not None:
            patches.append(self._referring(*drawing))
        return patched(self.xml, patches)

    def _referring(self, namespace: str, number: str) -> Patch:
        name = self.found.named("legacyDrawing")
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
        place = min(starts, default=end)
        return Patch(place, place, element)
