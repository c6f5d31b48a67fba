"""The sheet on which all findings are listed, each linked to its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mitigraph.annotate.comments import reference
from mitigraph.annotate.notes import COLUMNS, MOST_ROWS, row_of
from mitigraph.edit.markup import escaped_text
from mitigraph.finding import Finding

__all__ = ["WHERE", "listing_part", "more"]

WHERE = [name for name, _ in COLUMNS].index("where")
"""The column that is linked."""

NEW_SHEET = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?><worksheet xmlns='{}'>"
VIEW = (
    "<sheetViews><sheetView workbookViewId='0'><pane ySplit='1' topLeftCell='A2' activePane='bottomLeft' state='frozen'/>"
    "</sheetView></sheetViews>"
)


def listing_part(findings: Sequence[Finding], namespace: str, styles: Mapping[str, int], file: str) -> bytes:
    """The XML of the sheet; ``styles`` has the number of the format for each severity, ``file`` is the workbook's own name."""
    columns = "".join(f"<col min='{at}' max='{at}' width='{width}' customWidth='1'/>" for at, (_, width) in enumerate(COLUMNS, 1))
    rows = [_row(1, [name for name, _ in COLUMNS])]
    links = []
    for line, finding in enumerate(findings[:MOST_ROWS], 2):
        rows.append(_row(line, row_of(finding), styles.get(finding.severity)))
        if finding.place.cell is not None and finding.place.file == file:
            target = escaped_text(finding.place.cell).replace(b"'", b"&apos;")
            links.append(f"<hyperlink ref='{reference((line, WHERE))}' location='".encode() + target + b"'/>")
    if len(findings) > MOST_ROWS:
        rows.append(_row(MOST_ROWS + 2, [more(len(findings))]))
    linked = b"<hyperlinks>" + b"".join(links) + b"</hyperlinks>" if links else b""
    head = (NEW_SHEET.format(namespace) + VIEW + f"<cols>{columns}</cols><sheetData>").encode()
    return head + b"".join(rows) + b"</sheetData>" + linked + b"</worksheet>"


def more(count: int) -> str:
    """What is said where not all findings are listed."""
    return f"{count - MOST_ROWS:,} more findings are not listed here; --report has all"


def _row(line: int, texts: Sequence[str], first_style: int | None = None) -> bytes:
    cells = []
    for at, text in enumerate(texts):
        style = f" s='{first_style}'" if first_style is not None and at == 0 else ""
        if text:
            opening = f"<c r='{reference((line, at))}'{style} t='inlineStr'><is><t xml:space='preserve'>".encode()
            cells.append(opening + escaped_text(text) + b"</t></is></c>")
    return f"<row r='{line}'>".encode() + b"".join(cells) + b"</row>"
