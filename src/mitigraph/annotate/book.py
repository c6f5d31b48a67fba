"""The user's own workbook with its bad cells marked: parts are added and a few changed, all else stays byte for byte."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from mitigraph.annotate.comments import comments_part, drawing_part
from mitigraph.annotate.listing import listing_part
from mitigraph.annotate.notes import COLOURS, MOST_COMMENTS, comment, severity_of
from mitigraph.annotate.sheets import SheetPart
from mitigraph.annotate.styles import NEW_STYLES, Wanted, coloured
from mitigraph.edit.archive import part_key, repacked
from mitigraph.edit.edits import CannotEditError
from mitigraph.edit.markup import elements, escaped_text, filled, patched
from mitigraph.edit.xlsx import area_of, part_bytes
from mitigraph.errors import InputError
from mitigraph.finding import Finding
from mitigraph.read import Content
from mitigraph.read.xlsx_book import Sheet, Workbook

__all__ = ["FINDINGS", "annotated_book", "by_cell", "free_name"]

FINDINGS = "Findings"
STYLES = "xl/styles{}.xml"
"""Without a number: some programs look for it by its usual name, whatever the relations say."""

TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
NEW_RELATIONS = f"<?xml version='1.0' encoding='UTF-8' standalone='yes'?><Relationships xmlns='{RELATIONS}'/>".encode()
VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"

Spot = tuple[int, int]


def annotated_book(data: bytes, name: str, findings: Sequence[Finding]) -> bytes:
    """The workbook with a colour and a comment in each cell that has findings, and a sheet that lists all findings.

    InputError: it cannot be taken apart for sure.
    """
    try:
        return _Package(data, name).annotated(findings)
    except CannotEditError as error:
        raise InputError(f"{name}: cannot be annotated: {error}") from None


def by_cell(findings: Sequence[Finding], file: str) -> dict[str, dict[Spot, list[Finding]]]:
    """The findings of a workbook that point at one cell, by sheet and cell."""
    found: dict[str, dict[Spot, list[Finding]]] = {}
    for finding in findings:
        place = finding.place
        where = area_of(place.cell) if place.file == file and place.cell is not None else None
        if where is not None and (where[1].left, where[1].top) == (where[1].right, where[1].bottom):
            found.setdefault(where[0], {}).setdefault((where[1].top, where[1].left), []).append(finding)
    return found


def free_name(wanted: str, taken: Sequence[str]) -> str:
    """A name that no sheet has yet.

    >>> free_name("Findings", ["findings", "Findings (2)"])
    'Findings (3)'
    """
    known, name, number = {one.casefold() for one in taken}, wanted, 1
    while name.casefold() in known:
        number += 1
        name = f"{wanted} ({number})"
    return name


@dataclass
class _Package:
    """A workbook's parts as they are and as they will be."""

    data: bytes
    name: str
    changed: dict[str, bytes] = field(default_factory=dict)
    added: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.book = Workbook(Content.of_bytes(self.data), self.name)
        self.main = self.book.package.workbook()
        self.overrides: dict[str, str] = {}
        self.needs_vml = False

    def annotated(self, findings: Sequence[Finding]) -> bytes:
        """The new archive."""
        cells = by_cell(findings, self.name)
        sheets = {sheet.name: sheet for sheet in self.book.sheets if sheet.name in cells}
        parts = {
            name: SheetPart(part_bytes(self.book, sheet.part), {spot: severity_of(own) for spot, own in cells[name].items()})
            for name, sheet in sheets.items()
        }
        # The severities of the list are coloured like cells.
        wanted: list[Wanted] = [one for part in parts.values() for _, one in sorted(part.wanted.items())]
        numbers = self._styles([*wanted, *((0, severity) for severity in COLOURS)])
        for name, part in parts.items():
            self._mark(sheets[name], part, numbers, cells[name])
        self._list(findings, {severity: numbers[0, severity] for severity in COLOURS})
        self._content_types()
        return repacked(self.data, self.changed, self.added)

    # -- sheets ----------------------------------------------------------------------------------------------

    def _mark(self, sheet: Sheet, part: SheetPart, numbers: Mapping[Wanted, int], cells: Mapping[Spot, list[Finding]]) -> None:
        texts = {spot: comment(cells[spot]) for spot in sorted(cells)[:MOST_COMMENTS]}
        related = self.book.package.related(sheet.part)
        there = next((target for kind, target in related.values() if kind == "comments" and target in self.book.package), None)
        old = self._bytes(there) if there else None
        comments, spots = comments_part(old, self._namespace(), texts)
        if there:
            self.changed[there] = comments
        else:
            path = self._new_part("xl/comments{}.xml", comments, TYPES + "comments+xml")
            self._relate(sheet.part, "comments", path)
        self.changed[sheet.part] = part.marked(numbers, self._draw(sheet, part, related, spots))

    def _draw(
        self, sheet: Sheet, part: SheetPart, related: Mapping[str, tuple[str, str]], spots: Sequence[Spot]
    ) -> tuple[str, str] | None:
        """Boxes for new comments, in the sheet's drawing if it has one; else how the sheet is to refer to the new one."""
        target = related.get(part.drawing or "", ("", ""))[1]
        if target and target in self.book.package:
            if spots:
                self.changed[target] = drawing_part(self._bytes(target), spots)
            return None
        if not spots:
            return None
        self.needs_vml = True
        path = self._new_part("xl/drawings/vmlDrawing{}.vml", drawing_part(None, spots))
        return self._type_base(), self._relate(sheet.part, "vmlDrawing", path)

    def _styles(self, wanted: Sequence[Wanted]) -> dict[Wanted, int]:
        related = self.book.package.related(self.main).values()
        there = next((part for kind, part in related if kind == "styles" and part in self.book.package), None)
        old = self._bytes(there) if there else NEW_STYLES.format(self._namespace()).encode()
        styles, numbers = coloured(old, wanted)
        if there:
            self.changed[there] = styles
        else:
            self._relate(self.main, "styles", self._new_part(STYLES, styles, TYPES + "styles+xml"))
        return numbers

    def _list(self, findings: Sequence[Finding], styles: Mapping[str, int]) -> None:
        """The sheet of all findings, behind the others."""
        listing = listing_part(findings, self._namespace(), styles, self.name)
        path = self._new_part("xl/worksheets/findings{}.xml", listing, TYPES + "worksheet+xml")
        number = self._relate(self.main, "worksheet", path)
        main = self._bytes(self.main)
        found = elements(main)
        sheets = next((one for one in found if one.name == "sheets"), None)
        if sheets is None:
            raise CannotEditError("its list of sheets cannot be taken apart for sure")
        there = [one for one in found if one.parent == "sheets" and one.name == "sheet"]
        ids = [int(told) for one in there if (told := one.told.get("sheetId", "")).isascii() and told.isdigit()]
        name = escaped_text(free_name(FINDINGS, [one.told.get("name", "") for one in there])).decode()
        element = f"{sheets.prefix}:sheet" if sheets.prefix else "sheet"
        new = f"<{element} name='{name}' sheetId='{max(ids, default=0) + 1}' xmlns:r='{self._type_base()}' r:id='{number}'/>"
        self.changed[self.main] = patched(main, [filled(main, sheets.span, new.encode())])

    # -- parts and relations ---------------------------------------------------------------------------------

    def _bytes(self, part: str) -> bytes:
        """A part as it will be."""
        return self.changed[part] if part in self.changed else part_bytes(self.book, part)

    def _new_part(self, pattern: str, content: bytes, content_type: str | None = None) -> str:
        """Add a part under a name that is free."""
        taken = {part_key(name) for name in self.added}
        plain = [pattern.format("")] if pattern == STYLES else []
        path = next(
            path for path in chain(plain, _numbered(pattern)) if path not in self.book.package and part_key(path) not in taken
        )
        self.added[path] = content
        if content_type:
            self.overrides[path] = content_type
        return path

    def _relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation from a part to another; its id."""
        folder, base = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{base}.rels")
        is_old = path in self.book.package
        relations = self._bytes(path) if is_old else self.added.get(path, NEW_RELATIONS)
        found = elements(relations)
        ids = {one.told.get("Id", "") for one in found}
        number = next(number for number in _numbered("mitigraph{}") if number not in ids)
        root = found[-1]
        element = f"{root.prefix}:Relationship" if root.prefix else "Relationship"
        new = f"<{element} Id='{number}' Type='{self._type_base()}/{kind}' Target='/{target}'/>".encode()
        (self.changed if is_old else self.added)[path] = patched(relations, [filled(relations, root.span, new)])
        return number

    def _content_types(self) -> None:
        path = "[Content_Types].xml"
        if path not in self.book.package:
            raise CannotEditError("it has no list of the types of its parts")
        types = self._bytes(path)
        found = elements(types)
        root = found[-1]
        before = f"{root.prefix}:" if root.prefix else ""
        extensions = {one.told.get("Extension", "").lower() for one in found if one.name == "Default"}
        new = "".join(f"<{before}Override PartName='/{part}' ContentType='{kind}'/>" for part, kind in self.overrides.items())
        defaults = {"vml": VML} if self.needs_vml else {}
        if any(name.endswith(".rels") for name in self.added):
            defaults["rels"] = "application/vnd.openxmlformats-package.relationships+xml"
        for extension, kind in defaults.items():
            if extension not in extensions:
                new += f"<{before}Default Extension='{extension}' ContentType='{kind}'/>"
        self.changed[path] = patched(types, [filled(types, root.span, new.encode())])

    def _namespace(self) -> str:
        """The namespace of the workbook's own words: there are two, of the transitional and of the strict form."""
        root = elements(self._bytes(self.main))[-1]
        return root.told.get(f"xmlns:{root.prefix}" if root.prefix else "xmlns", "")

    def _type_base(self) -> str:
        """What the types of relations begin with, likewise."""
        strict = "purl.oclc.org" in self._namespace()
        base = "http://purl.oclc.org/ooxml" if strict else "http://schemas.openxmlformats.org"
        return f"{base}/officeDocument{'' if strict else '/2006'}/relationships"


def _numbered(pattern: str) -> Iterator[str]:
    """Names in their order."""
    return (pattern.format(number) for number in count(1))
