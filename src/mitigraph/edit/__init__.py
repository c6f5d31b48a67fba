"""Values in files, changed where they stand: of every other cell, and of all between them, not a byte.

One table says which form of file is edited how. What was edited is read again, and must differ in the edited cells alone.

>>> place = Place("new.csv", 2, "actor", 1)
>>> reading = Reading("new.csv", "csv", {"delimiter": ";"})
>>> edited(b"id;actor\\r\\nx; Develper \\r\\n", reading, [Edit(place, "Develper", "Developer")])
Edited(data=b'id;actor\\r\\nx; Developer \\r\\n', refused=[], changes=[(' Develper ', ' Developer ')])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from mitigraph.edit import csv, json, lines, xlsx, yaml
from mitigraph.edit.cells import Cell
from mitigraph.edit.diff import book_diff, text_diff
from mitigraph.edit.edits import CannotEditError, Edit, Edited, Reading
from mitigraph.edit.text import Finder, Spot, edit_text, text_spots
from mitigraph.errors import EngineError, InputError
from mitigraph.finding import Place

__all__ = ["FORMS", "Edit", "Edited", "Reading", "Spot", "diff", "edited", "spots"]

Contents = Callable[[bytes, Reading], dict[object, object]]


class Form(NamedTuple):
    """How files of a form are edited, what they hold by its place, how two of them differ; of text, where cells are found."""

    edit: Callable[[bytes, Reading, Sequence[Edit]], Edited]
    contents: Contents
    diff: Callable[[bytes, bytes, Reading], str]
    find: Finder | None = None
    may_spread: bool = False
    """Whether a change can alter how other parts of a file are read: then it is refused, while elsewhere it is a bug of ours."""


def _text(find: Finder, contents: Contents, may_spread: bool = False) -> Form:
    return Form(partial(edit_text, find=find), contents, text_diff, find, may_spread)


def _by_place(find: Callable[[bytes, str, Reading, Sequence[Place]], dict[Place, Cell | CannotEditError]]) -> Finder:
    """A finder that need not know what is to be changed."""

    def found(data: bytes, text: str, reading: Reading, edits: Sequence[Edit]) -> dict[Edit, Cell | CannotEditError]:
        cells = find(data, text, reading, list(dict.fromkeys(edit.place for edit in edits)))
        return {edit: cells[edit.place] for edit in edits}

    return found


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        # The quotes of a new value may close one that the file leaves open.
        "csv": _text(_by_place(csv.cells), csv.contents, may_spread=True),
        "tsv": _text(_by_place(csv.cells), csv.contents, may_spread=True),
        "json": _text(_by_place(json.cells), json.contents),
        "jsonl": _text(_by_place(json.cells), json.contents),
        "yaml": _text(_by_place(yaml.cells), yaml.contents),
        "page": _text(_by_place(lines.page_lines), lines.page_contents, may_spread=True),
        "turtle": _text(lines.literals, lines.rdf_contents, may_spread=True),
        "ntriples": _text(lines.literals, lines.rdf_contents, may_spread=True),
        "nquads": _text(lines.literals, lines.rdf_contents, may_spread=True),
        "trig": _text(lines.literals, lines.rdf_contents, may_spread=True),
        "xlsx": Form(xlsx.edit_workbook, xlsx.contents, book_diff),
    }
)
"""Every form of file that can be edited."""


def edited(data: bytes, reading: Reading, edits: Sequence[Edit]) -> Edited:
    """A file with the edits that can be made; the others are refused, each with its reason.

    InputError: the file cannot be read. EngineError: what came out does not read as it should, which is a bug of ours.
    """
    form = FORMS.get(reading.format)
    wanted = list(dict.fromkeys(edits))
    if form is None:
        return Edited(data, [(edit, f"{reading.format} files are not edited") for edit in wanted], [])
    done = form.edit(data, reading, wanted)
    problem = _problem(form.contents, data, reading, done) if done.changes else None
    if problem is None:
        return done
    if not form.may_spread:
        raise EngineError(f"{reading.name}: not fixed: {problem}")
    return _one_by_one(data, reading, wanted, f"with it {problem}")


def spots(data: bytes, reading: Reading, edits: Sequence[Edit]) -> tuple[str, dict[Edit, Spot]]:
    """A file's text, and where in it the cells of edits stand; none where the file is no text, or a cell is not found.

    InputError: the file cannot be read.

    >>> edit = Edit(Place("a.csv", 2, "actor"), "Develper", "Developer")
    >>> spots(b"id,actor\\nx,Develper\\n", Reading("a.csv", "csv"), [edit])[1][edit]
    Spot(start=11, end=19, new='Developer')
    """
    form = FORMS.get(reading.format)
    if form is None or form.find is None:
        return "", {}
    return text_spots(data, reading, list(dict.fromkeys(edits)), form.find)


def diff(before: bytes, after: bytes, reading: Reading) -> str:
    """What changed, for people: a unified diff, or for a workbook a line for each cell. Control characters are escaped."""
    return FORMS[reading.format].diff(before, after, reading)


def _one_by_one(data: bytes, reading: Reading, edits: Sequence[Edit], problem: str) -> Edited:
    """Those edits that cause no problem; where all do not go together they are parted, but for those of one place."""
    places = list(dict.fromkeys(edit.place for edit in edits))
    if len(places) == 1:
        return Edited(data, [(edit, problem) for edit in edits], [])
    early = set(places[: len(places) // 2])
    first = edited(data, reading, [edit for edit in edits if edit.place in early])
    second = edited(first.data, reading, [edit for edit in edits if edit.place not in early])
    return Edited(second.data, [*first.refused, *second.refused], [*first.changes, *second.changes])


def _problem(contents: Contents, data: bytes, reading: Reading, done: Edited) -> str | None:
    """What is wrong with an edited file, if anything. InputError: it could not be read before."""
    before = contents(data, reading)
    try:
        after = contents(done.data, reading)
    except InputError as error:
        return f"the file cannot be read any more: {error}"
    changed = Counter((before[key], after[key]) for key in before.keys() & after.keys() if before[key] != after[key])
    as_meant = before.keys() == after.keys() and changed == Counter(done.changes)
    return None if as_meant else "the file does not differ in the edited cells alone"
