"""Where in the text of their files findings stand, to the character, and what mends those that are sure: for machine reports."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from mitigraph import edit as editing
from mitigraph.edit import Edit, Reading
from mitigraph.edit.lines import ENDS
from mitigraph.errors import InputError
from mitigraph.finding import Finding
from mitigraph.fix import readings_of
from mitigraph.gather import Found
from mitigraph.knowledge import Knowledge
from mitigraph.pipeline import Dataset
from mitigraph.reports.context import Region, Spot

__all__ = ["region_of", "spots_of"]


def spots_of(findings: Iterable[Finding], dataset: Dataset, knowledge: Knowledge) -> dict[Finding, Spot]:
    """The cell of each finding that has one in a file of text; nothing for workbooks, and for what stands nowhere."""
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.place.file, []).append(finding)
    readings = readings_of(dataset, knowledge)
    found: dict[Finding, Spot] = {}
    for file in dataset.files:
        for reading in readings.get(file.name, []):
            left = [finding for finding in by_file.get(file.name, []) if finding not in found]
            found.update(_in_file(file, reading, left))
    return found


def region_of(starts: Sequence[int], start: int, end: int) -> Region:
    """A stretch of a text as lines and columns; ``starts`` says where its lines begin.

    >>> region_of([0, 3, 7], 4, 8)
    Region(start_line=2, start_column=2, end_line=3, end_column=2)
    """
    lines = [bisect_right(starts, place) for place in (start, end)]
    return Region(lines[0], start - starts[lines[0] - 1] + 1, lines[1], end - starts[lines[1] - 1] + 1)


def _in_file(file: Found, reading: Reading, findings: Sequence[Finding]) -> Iterator[tuple[Finding, Spot]]:
    edits = {
        finding: Edit(finding.place, finding.value or "", finding.suggestion or "") for finding in findings if _has_cell(finding)
    }
    if not edits:
        return
    try:
        text, known = editing.spots(file.content.read(), reading, list(edits.values()))
    except InputError:  # said already: what can be told of its cells is enough
        return
    starts = [0, *(end.end() for end in ENDS.finditer(text))]
    for finding, edit in edits.items():
        spot = known.get(edit)
        if spot is not None:
            yield finding, Spot(region_of(starts, spot.start, spot.end), spot.new if finding.sure else None)


def _has_cell(finding: Finding) -> bool:
    place = finding.place
    return place.cell is None and (finding.sure or place.column is not None or place.pointer is not None)
