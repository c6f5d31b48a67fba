"""Values in YAML: plain ones stay plain, quoted ones quoted and blocks blocks, where the new value allows it.

What would be written is read first by itself, so that no sign in it is taken for one of YAML's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import yaml

from mitigraph.edit.cells import Cell
from mitigraph.edit.edits import CannotEditError, Reading, Splice, spliced
from mitigraph.edit.json import leaves
from mitigraph.finding import Place
from mitigraph.read.options import Options
from mitigraph.read.tree import child_pointer
from mitigraph.read.yaml import read_yaml

__all__ = ["cells", "contents"]

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
SIMPLE = re.compile(r"[ -~\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
"""What single quotes can hold on one line."""

NULL = frozenset({"", "~", "null", "Null", "NULL"})
STRING = "tag:yaml.org,2002:str"
BLOCKS = ("|", ">")

Event = Any
Found = Cell | CannotEditError


class Scalar(NamedTuple):
    """A scalar's event, whether it stands in brackets, and whether an alias repeats it or what it is part of."""

    event: Event
    flow: bool
    repeated: bool


def contents(data: bytes, reading: Reading) -> dict[object, object]:
    """Every value by its pointer."""
    source = read_yaml(data, reading.name, Options.of(reading.options, reading.name))
    return {node.pointer: node.value for node in leaves(source.root)}


def cells(data: bytes, text: str, reading: Reading, places: Sequence[Place]) -> dict[Place, Found]:
    """The values at some places."""
    wanted = {place.pointer or "" for place in places}
    scalars = {pointer: scalar for pointer, scalar in _scalars(text) if pointer in wanted}
    return {place: _cell(text, scalars.get(place.pointer or "")) for place in places}


def _scalars(text: str) -> Iterator[tuple[str, Scalar]]:
    """Every scalar that is a value, by its pointer; of two with the same pointer only the first counts."""
    events = list(yaml.parse(text, Loader=LOADER))
    repeated = {event.anchor for event in events if isinstance(event, yaml.AliasEvent)}
    seen: set[str] = set()
    # A frame: pointer, key or number of the next value, whether in brackets, whether an alias repeats it.
    frames: list[tuple[str, bool, bool]] = []
    keys: list[str | int | None] = []
    for event in events[2:-2]:
        if isinstance(event, yaml.CollectionEndEvent):
            frames.pop()
            keys.pop()
            _next(keys)
            continue
        if keys and keys[-1] is None and isinstance(event, yaml.ScalarEvent):
            keys[-1] = event.value
            continue
        outer = frames[-1] if frames else ("", False, False)
        # A key that is itself a list or an object has no pointer: nothing in it is found.
        pointer = child_pointer(outer[0], "?" if keys[-1] is None else str(keys[-1])) if keys else ""
        is_repeated = outer[2] or getattr(event, "anchor", None) in repeated
        if isinstance(event, yaml.CollectionStartEvent):
            frames.append((pointer, bool(event.flow_style), is_repeated))
            keys.append(0 if isinstance(event, yaml.SequenceStartEvent) else None)
            continue
        if isinstance(event, yaml.ScalarEvent) and pointer not in seen:
            seen.add(pointer)
            yield pointer, Scalar(event, outer[1], is_repeated)
        _next(keys)


def _next(keys: list[str | int | None]) -> None:
    if keys:
        key = keys[-1]
        keys[-1] = key + 1 if isinstance(key, int) else "?" if key is None else None


def _cell(text: str, scalar: Scalar | None) -> Found:
    if scalar is None:
        return CannotEditError("there is no value of its own in that place (an alias or '<<' may bring it)")
    if scalar.repeated:
        return CannotEditError("an alias repeats it elsewhere in the file")
    event = scalar.event
    start, end = event.start_mark.index, event.end_mark.index
    start += len(PROPERTIES.match(text, start, end).group()) if event.anchor or event.tag else 0  # type: ignore[union-attr]
    raw = text[start:end]
    if _read(raw, scalar.flow) != (event.value, event.style):
        return CannotEditError("what is written there cannot be taken apart for sure")
    return Cell(start, end, event.value, partial(_rewritten, raw, scalar))


def _rewritten(raw: str, scalar: Scalar, splices: Sequence[Splice]) -> str:
    event = scalar.event
    new = spliced(event.value, list(splices))
    for candidate in _candidates(raw, event, splices, new):
        if _read(candidate, scalar.flow) not in [(new, style) for style in (event.style, "'", '"')]:
            continue
        # Plain scalars hold tabs only by the leave of some parsers.
        if _is_plain(candidate) and not (_stays_text(event, new) and all(SIMPLE.fullmatch(text) for *_, text in splices)):
            continue
        return candidate
    raise CannotEditError("the new value cannot be written in the way the old one is")


def _candidates(raw: str, event: Event, splices: Sequence[Splice], new: str) -> Iterator[str]:
    """Ways to write the new value, the one that changes least first. The line breaks of a block hold the file together."""
    broken = any("\n" in event.value[start:end] + text for start, end, text in splices)
    changed = "" if broken and event.style in BLOCKS else raw
    for start, end, text in splices:
        old = event.value[start:end]
        changed = changed.replace(_inside(old, event.style), _inside(text, event.style)) if _is_once(changed, old, event) else ""
    if changed:
        yield changed
    if event.style in BLOCKS:
        return
    if SIMPLE.fullmatch(new):
        yield "'" + new.replace("'", "''") + "'"
    yield '"' + "".join(map(_double, new)) + '"'


def _is_once(raw: str, old: str, event: Event) -> bool:
    return raw.count(_inside(old, event.style)) == 1


def _inside(text: str, style: str | None) -> str:
    """A text as it stands in a scalar of a style."""
    if style == "'":
        return text.replace("'", "''")
    return "".join(map(_double, text)) if style == '"' else text


def _double(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    if SIMPLE.fullmatch(sign):
        return sign
    code = ord(sign)
    return {"\n": r"\n", "\t": r"\t", "\r": r"\r"}.get(sign) or (f"\\u{code:04X}" if code < 1 << 16 else f"\\U{code:08X}")


def _read(raw: str, flow: bool) -> tuple[str, str | None] | None:
    """What a scalar that is written so says, and in what style; None: it is no single scalar there."""
    text = f"{{k: {raw}}}" if flow else f"k: {raw}"
    try:
        events = list(yaml.parse(text, Loader=LOADER))
    except yaml.YAMLError:
        return None
    scalars = [event for event in events if isinstance(event, yaml.ScalarEvent)]
    if len(scalars) != 2 or len(events) != 8 or scalars[1].anchor or scalars[1].tag:
        return None
    return (str(scalars[1].value), scalars[1].style) if flow or "#" not in raw or _is_whole(scalars[1], text) else None


def _is_whole(event: Event, text: str) -> bool:
    """Whether nothing but the scalar is there: no comment behind it."""
    return not text[event.end_mark.index :].strip()


def _is_plain(raw: str) -> bool:
    return not raw.startswith(("'", '"', *BLOCKS))


def _stays_text(event: Event, new: str) -> bool:
    """Whether a plain scalar does not turn from a text into a number, a date, a truth value or nothing."""
    return new not in NULL and (_kind(new) == STRING or _kind(new) == _kind(event.value))


def _kind(text: str) -> object:
    loader: Any = yaml.SafeLoader("")
    return loader.resolve(yaml.ScalarNode, text, (True, False))
