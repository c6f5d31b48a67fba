r"""Values in JSON and JSON Lines: what is new is escaped, what was there keeps its escapes.

>>> [(pointer, start, end) for pointer, start, end in values('{"a": ["x", 1.10]}')]
[('/a/0', 7, 10), ('/a/1', 12, 16)]
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import partial

from mitigraph.edit.cells import Cell, Units
from mitigraph.edit.edits import CannotEditError, Reading, Splice, spliced
from mitigraph.errors import InputError
from mitigraph.finding import Place
from mitigraph.read.json import JsonSyntaxError, scan_json
from mitigraph.read.lines import codec_of, decoded
from mitigraph.read.tree import Node, child_pointer

__all__ = ["cells", "contents", "leaves", "values"]

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]++', re.DOTALL)
UNIT = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
TRUTH = ("true", "false")
LINE = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r|\Z)")

Found = Cell | CannotEditError


def contents(data: bytes, reading: Reading) -> dict[object, object]:
    """Every value by its pointer, in JSON Lines by its line too; a broken line by its text."""
    text = _text(data, reading)
    found: dict[object, object] = {}
    for number, start, end in _documents(text, reading):
        try:
            root, _ = scan_json(text[start:end].rstrip(), reading.name)
        except JsonSyntaxError:
            found[number, None] = text[start:end]
        else:
            found.update({(number, node.pointer): node.value for node in leaves(root)})
    return found


def leaves(node: Node) -> Iterator[Node]:
    """The nodes that are no lists or objects."""
    value = node.value
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from leaves(child)
    else:
        yield node


def cells(data: bytes, text: str, reading: Reading, places: Sequence[Place]) -> dict[Place, Found]:
    """The values at some places. InputError: the file is not JSON."""
    lines = reading.format == "jsonl"
    wanted: dict[tuple[int, str], list[Place]] = {}
    for place in places:
        wanted.setdefault(((place.line or 0) if lines else 0, place.pointer or ""), []).append(place)
    numbers = {number for number, _ in wanted}
    found: dict[Place, Found] = dict.fromkeys(places, CannotEditError("there is no value of its own in that place"))
    seen: set[tuple[int, str]] = set()
    for number, start, end in _documents(text, reading):
        if number not in numbers or not _is_json(text[start:end], reading):
            continue
        for pointer, first, last in values(text, start, end):
            if (number, pointer) in wanted and (number, pointer) not in seen:
                seen.add((number, pointer))
                cell = _cell(text, first, last)
                found.update(dict.fromkeys(wanted[number, pointer], cell))
    return found


def values(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[str, int, int]]:
    """The pointer, the beginning and the end of each text, number or word of a document that is known to be JSON."""
    pointers, keys = list[str](), list[str | int | None]()
    for found in TOKEN.finditer(text, start, len(text) if end is None else end):
        token, sign = found.group(), found.group()[0]
        if sign == ":":
            continue
        if sign in "]}":
            pointers.pop()
            keys.pop()
        elif sign == ",":
            key = keys[-1]
            keys[-1] = key + 1 if isinstance(key, int) else None
        elif keys and keys[-1] is None:
            keys[-1] = json.loads(token, strict=False)
        else:
            pointer = child_pointer(pointers[-1], str(keys[-1])) if keys else ""
            if sign in "[{":
                pointers.append(pointer)
                keys.append(0 if sign == "[" else None)
            else:
                yield pointer, found.start(), found.end()


def _is_json(text: str, reading: Reading) -> bool:
    """Whether a document can be taken apart. InputError: it cannot, and is all of the file."""
    try:
        scan_json(text.rstrip(), reading.name)
    except JsonSyntaxError as error:
        if reading.format == "jsonl":
            return False
        raise InputError(f"{reading.name}:{error.line}:{error.column}: not JSON: {error}") from None
    return True


def _documents(text: str, reading: Reading) -> Iterator[tuple[int, int, int]]:
    """The one document, number 0; or the lines that are not blank, with their numbers."""
    if reading.format != "jsonl":
        yield 0, 0, len(text)
        return
    for number, found in enumerate(LINE.finditer(text), 1):
        if found.group().strip():
            yield number, found.start(), found.end()


def _text(data: bytes, reading: Reading) -> str:
    encoding = reading.options.get("encoding")
    return decoded(data, *codec_of(data, reading.name, str(encoding) if encoding else None))


def _cell(text: str, start: int, end: int) -> Cell:
    raw = text[start:end]
    if not raw.startswith('"'):
        return Cell(start, end, raw, partial(_bare, raw, text.isascii()))
    pieces = [('"', ""), *((unit, json.loads(f'"{unit}"')) for unit in UNIT.findall(raw[1:-1])), ('"', "")]
    units = Units.of(pieces)
    escape = partial(_escaped, ascii_only=text.isascii())
    return Cell(start, end, units.text, lambda splices: units.written(splices, escape))


def _bare(raw: str, ascii_only: bool, splices: Sequence[Splice]) -> str:
    """A number stays one where the new value is one; else it becomes a text."""
    new = spliced(raw, list(splices))
    alike = (NUMBER.fullmatch(raw) and NUMBER.fullmatch(new)) or (raw in TRUTH and new in TRUTH)
    return new if alike else json.dumps(new, ensure_ascii=ascii_only)


def _escaped(text: str, ascii_only: bool) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]
