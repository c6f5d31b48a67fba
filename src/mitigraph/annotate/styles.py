"""Cell formats of a workbook: copies of those that bad cells have, with a colour."""

from __future__ import annotations

from collections.abc import Sequence

from mitigraph.annotate.notes import COLOURS
from mitigraph.edit.edits import CannotEditError
from mitigraph.edit.markup import Element, Patch, elements, filled, patched, with_attribute

__all__ = ["NEW_STYLES", "Wanted", "coloured"]

Wanted = tuple[int, str]
"""The number of a cell format, and the severity for which it is coloured."""

SECTIONS = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)
"""The order of a style sheet (ECMA-376 part 1, 18.8.39)."""

DEFAULTS = {
    "fonts": ("font", ["<{0}font><{0}sz val='11'/><{0}name val='Calibri'/></{0}font>"]),
    "fills": (
        "fill",
        [
            "<{0}fill><{0}patternFill patternType='none'/></{0}fill>",
            "<{0}fill><{0}patternFill patternType='gray125'/></{0}fill>",
        ],
    ),
    "borders": ("border", ["<{0}border/>"]),
    "cellStyleXfs": ("xf", ["<{0}xf numFmtId='0' fontId='0' fillId='0' borderId='0'/>"]),
    "cellXfs": ("xf", ["<{0}xf numFmtId='0' fontId='0' fillId='0' borderId='0' xfId='0'/>"]),
}
"""What every style sheet has, for those that lack it."""

FILL = (
    "<{0}fill><{0}patternFill patternType='solid'><{0}fgColor rgb='FF{1}'/><{0}bgColor indexed='64'/></{0}patternFill></{0}fill>"
)
NEW_STYLES = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?><styleSheet xmlns='{}'></styleSheet>"


def coloured(styles: bytes, wanted: Sequence[Wanted]) -> tuple[bytes, dict[Wanted, int]]:
    """A style sheet with a format for each that is wanted, and the numbers of those; all others keep theirs."""
    styles = _complete(styles)
    found = elements(styles)
    fills, formats = _section(found, "fills"), _section(found, "cellXfs")
    old = [one for one in found if one.parent == "cellXfs" and one.name == "xf"]
    first_fill = sum(one.parent == "fills" and one.name == "fill" for one in found)
    before = f"{formats.prefix}:" if formats.prefix else ""
    colours = {severity: first_fill + at for at, severity in enumerate(COLOURS)}
    copies, numbers = list[bytes](), dict[Wanted, int]()
    for style, severity in dict.fromkeys(wanted):
        numbers[style, severity] = len(old) + len(copies)
        base = old[style if style < len(old) else 0].span
        tag = with_attribute(styles[base.start : base.tag_end], "fillId", str(colours[severity]))
        copies.append(with_attribute(tag, "applyFill", "1") + styles[base.tag_end : base.end])
    new_fills = "".join(FILL.format(before, colour) for colour in COLOURS.values()).encode()
    patches = [
        *_grown(styles, fills, new_fills, first_fill + len(COLOURS)),
        *_grown(styles, formats, b"".join(copies), len(old) + len(copies)),
    ]
    return patched(styles, patches), numbers


def _section(found: Sequence[Element], name: str) -> Element:
    return next(one for one in found if one.name == name and one.parent == "styleSheet")


def _grown(styles: bytes, section: Element, inner: bytes, count: int) -> list[Patch]:
    """A section with more in it, and its count."""
    span = section.span
    tag = with_attribute(styles[span.start : span.tag_end], "count", str(count))
    return [Patch(span.start, span.tag_end, tag), Patch(span.inner_end, span.inner_end, inner)]


def _complete(styles: bytes) -> bytes:
    """A style sheet in which none of the sections is missing or empty that formats refer to."""
    for name, (child, defaults) in DEFAULTS.items():
        found = elements(styles)
        root = found[-1] if found else None
        if root is None or root.name != "styleSheet":
            raise CannotEditError("the workbook's style sheet cannot be taken apart for sure")
        before = f"{root.prefix}:" if root.prefix else ""
        inner = "".join(defaults).format(before).encode()
        there = next((one for one in found if one.name == name and one.parent == "styleSheet"), None)
        if there is None:
            whole = f"<{before}{name} count='{len(defaults)}'>".encode() + inner + f"</{before}{name}>".encode()
            styles = patched(styles, [_placed(styles, found, root, name, whole)])
        elif not any(one.parent == name and one.name == child for one in found):
            styles = patched(styles, [filled(styles, there.span, inner)])
    return styles


def _placed(styles: bytes, found: Sequence[Element], root: Element, name: str, whole: bytes) -> Patch:
    """A section put where the order wants it."""
    later = SECTIONS[SECTIONS.index(name) + 1 :]
    starts = [one.span.start for one in found if one.parent == "styleSheet" and one.name in later]
    return Patch(min(starts), min(starts), whole) if starts else filled(styles, root.span, whole)
