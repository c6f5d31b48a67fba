"""The lines of a page, and texts in the lines of Turtle and N-Triples: a value must stand there once, and as it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial

from mitigraph.edit.cells import Cell
from mitigraph.edit.edits import CannotEditError, Edit, Reading, Splice, spliced
from mitigraph.edit.text import decode
from mitigraph.finding import Place
from mitigraph.formats import format_named
from mitigraph.parse import parse_quads
from mitigraph.read import Content, open_source
from mitigraph.terms import is_literal, literal_parts

__all__ = ["literals", "page_contents", "page_lines", "rdf_contents"]

ENDS = re.compile(r"\r\n|\n|\r")
UNSAFE = re.compile(r"""["'\\\x00-\x1f]""")

Found = Cell | CannotEditError


def page_contents(data: bytes, reading: Reading) -> dict[object, object]:
    """Every line by its number: what it means is for the page's own reader. InputError: to that it is no page."""
    open_source(Content.of_bytes(data), reading.name, "page", reading.options)
    return dict(enumerate(ENDS.split(decode(data, reading)[0])))


def page_lines(data: bytes, text: str, reading: Reading, places: Sequence[Place]) -> dict[Place, Found]:
    """The lines at some places."""
    lines = _lines(text)
    return {place: _line(text, lines, place) for place in places}


def rdf_contents(data: bytes, reading: Reading) -> dict[object, object]:
    """What each triple says, by its subject, predicate and graph, and which of several it is; blank nodes are all alike."""
    found: dict[object, object] = {}
    count: Counter[tuple[str, ...]] = Counter()
    for quad in parse_quads(data, format_named(reading.format), reading.name):
        s, p, o, g = ("_:" if term.startswith("_:") else term for term in quad)
        count[s, p, g] += 1
        found[s, p, g, count[s, p, g]] = literal_parts(o).text if is_literal(o) else o
    return found


def literals(data: bytes, text: str, reading: Reading, edits: Sequence[Edit]) -> dict[Edit, Found]:
    """Each edit's own text: whole, in quotes, without escapes, once in its line."""
    lines = _lines(text)
    return {edit: _literal(text, lines, edit) for edit in edits}


def _lines(text: str) -> list[tuple[int, int]]:
    found = list(ENDS.finditer(text))
    return list(zip([0, *(one.end() for one in found)], [*(one.start() for one in found), len(text)], strict=True))


def _line(text: str, lines: Sequence[tuple[int, int]], place: Place) -> Found:
    if not 0 < (place.line or 0) <= len(lines):
        return CannotEditError("it stands in no line of the file")
    start, end = lines[(place.line or 0) - 1]
    return Cell(start, end, text[start:end], partial(_spliced, text[start:end]))


def _spliced(raw: str, splices: Sequence[Splice]) -> str:
    new = spliced(raw, list(splices))
    if ENDS.search(new):
        raise CannotEditError("the new value has several lines")
    return new


def _literal(text: str, lines: Sequence[tuple[int, int]], edit: Edit) -> Found:
    line = _line(text, lines, edit.place)
    if isinstance(line, CannotEditError):
        return line
    found = list(re.finditer(rf"""(?<!["'\\])(["']){re.escape(edit.old)}\1(?!["'])""", line.text))
    if len(found) != 1 or UNSAFE.search(edit.old):
        return CannotEditError("in RDF only a text is mended that stands whole, in quotes and once in its line")
    start = line.start + found[0].start() + 1
    return Cell(start, start + len(edit.old), edit.old, partial(_quoted, edit.old))


def _quoted(raw: str, splices: Sequence[Splice]) -> str:
    new = spliced(raw, list(splices))
    if UNSAFE.search(new):
        raise CannotEditError("the new value needs escapes")
    return new
