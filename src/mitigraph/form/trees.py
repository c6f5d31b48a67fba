"""JSON, JSON Lines and YAML: an entry more at the end of the list, indented as the others; all other bytes stay.

Each function takes the file's text and the entry as an object of texts and lists of texts, and gives the place of the insertion
and what is inserted. InputError: there is no list at whose end an entry could stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from mitigraph.errors import InputError

__all__ = ["LIST", "append_json", "append_jsonl", "append_yaml", "is_empty_list", "new_json", "new_jsonl", "new_yaml"]

LIST = "entries"
"""The key under which the list of entries may stand."""

Item = Mapping[str, str | list[str]]
Insertion = tuple[int, str]

_JSON_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"|([\[\]{},])')
_PLAIN = re.compile(r"[A-Za-z](?:[\w ./&'+()-]|:(?=\S))*(?<! )|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_ENTRIES = re.compile(rf'\s*(?:\[\s*\]|\{{\s*"{LIST}"\s*:\s*\[\s*\]\s*\}}|{LIST}:\s*\[\s*\])\s*')
_FALSE_FRIENDS = re.compile("(?:y|n|yes|no|on|off|true|false|null)", re.IGNORECASE)
_NOT_YAML = re.compile("[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Event = Any


def new_json(item: Item) -> str:
    """A file with one entry."""
    return f"[\n{_indented(_json(item, 2), '  ')}\n]\n"


def new_jsonl(item: Item) -> str:
    """A file with one entry."""
    return f"{_json(item)}\n"


def new_yaml(item: Item) -> str:
    """A file with one entry."""
    return _yaml(item, "", "\n")


def is_empty_list(text: str) -> bool:
    """Whether a file is a list without entries, of which nothing tells what entries would look like.

    >>> is_empty_list("[ ]"), is_empty_list('{"entries": []}'), is_empty_list("entries: []"), is_empty_list("[1]")
    (True, True, True, False)
    """
    return _NO_ENTRIES.fullmatch(text) is not None


def append_jsonl(text: str, item: Item) -> Insertion:
    r"""A line more.

    >>> append_jsonl('{"id": "a"}', {"id": "b"})
    (11, '\n{"id": "b"}\n')
    """
    end = _line_end(text)
    return len(text), ("" if not text or text.endswith(("\n", "\r")) else end) + _json(item) + end


def append_json(text: str, item: Item) -> Insertion:
    r"""An object more in the list, which is the root or stands under ``entries``.

    >>> append_json('[\n  {"id": "a"}\n]\n', {"id": "b"})
    (15, ',\n  {"id": "b"}')
    """
    members, end = _json_list(text)
    if not members:
        close = text.rindex("[", 0, end) + 1
        return (close, _json(item)) if text[close:end].strip() == "" else (end, _json(item))
    start, stop = members[-1]
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start]
    if before.strip():
        return stop, ", " + _json(item)
    block = text[start:stop]
    unit = _unit(block, before) if "\n" in block else None
    return stop, "," + _line_end(text) + _indented(_json(item, unit), before).replace("\n", _line_end(text))


def append_yaml(text: str, item: Item) -> Insertion:
    r"""An item more in the list, which is the root or stands under ``entries``.

    >>> append_yaml("# mine\n- id: a\n  title: One\n", {"id": "b", "title": "Two"})
    (28, '- id: b\n  title: Two\n')
    """
    found = _YamlList().find(text)
    if found.is_flow:
        return found.end, (", " if found.first is not None else "") + _json(item)
    end = _line_end(text)
    newline = text.find("\n", found.end)
    if found.end and text[found.end - 1] == "\n":
        place, lead = found.end, ""
    else:
        place, lead = (newline + 1, "") if newline >= 0 else (len(text), end)
    return place, lead + _yaml(item, " " * found.column, end)


def _json(item: object, indent: int | str | None = None) -> str:
    """JSON that is YAML as well: what YAML cannot hold is escaped, and nothing else."""
    text = json.dumps(item, ensure_ascii=False, indent=indent)
    return _NOT_YAML.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _indented(text: str, indent: str) -> str:
    return indent + text.replace("\n", f"\n{indent}")


def _unit(block: str, before: str) -> str:
    """By how much the members of an object stand further right than the object."""
    for line in block.splitlines()[1:]:
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() and len(indent) > len(before):
            return indent[len(before) :]
    return "  "


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _json_list(text: str) -> tuple[list[tuple[int, int]], int]:
    """Where the members of the list of entries begin and end, and where its closing bracket is."""
    depth, wanted, key = 0, 0, None
    members: list[tuple[int, int]] = []
    start = 0
    for token in _JSON_TOKEN.finditer(text):
        sign = token[2]
        if sign is None:
            key = token[1] if depth == 1 and not wanted else key
        elif sign in "[{":
            depth += 1
            if sign == "[" and not wanted and (depth == 1 or (depth == 2 and key == LIST)):
                wanted = depth
            elif wanted and depth == wanted + 1:
                start = token.start()
        elif sign in "]}":
            if wanted and depth == wanted:
                return members, token.start()
            if wanted and depth == wanted + 1:
                members.append((start, token.end()))
            depth -= 1
    raise InputError(f"has no list of entries: neither at its root nor under {LIST!r}")


@dataclass
class _YamlList:
    """Finds the list of entries among the parser's events: its style, its column, its first item and the end of its last one."""

    end: int = 0
    first: int | None = None
    column: int = 0
    is_flow: bool = False
    _stack: list[tuple[bool, bool]] = field(default_factory=list)
    """For each open collection, whether it is the list, and whether it is written in brackets."""
    _key: str | None = None
    _is_key: bool = True

    def find(self, text: str) -> _YamlList:
        events: Iterator[Event] = yaml.parse(text, Loader=_LOADER)
        for event in events:
            if self._takes(event):
                return self
        raise InputError(f"has no list of entries: neither at its root nor under {LIST!r}")

    def _takes(self, event: Event) -> bool:
        """Take an event; whether the list ends with it."""
        inside, mark = any(is_list for is_list, _ in self._stack), event.end_mark.index
        if isinstance(event, yaml.CollectionEndEvent):
            is_list, is_flow = self._stack.pop()
            if is_list:
                self.end = mark - 1 if is_flow else self.end
                return True
            self.end = mark if is_flow else self.end
        elif isinstance(event, yaml.CollectionStartEvent):
            is_list = not inside and isinstance(event, yaml.SequenceStartEvent) and self._is_wanted()
            self._begin(event, inside)
            if is_list:
                self.is_flow, self.column = bool(event.flow_style), _column(event)
            self._stack.append((is_list, bool(event.flow_style)))
        elif isinstance(event, yaml.NodeEvent):
            self._begin(event, inside)
            if len(self._stack) == 1 and not inside:
                self._key = getattr(event, "value", None) if self._is_key else None
            self.end = mark
        self._is_key = not self._is_key if len(self._stack) == 1 and isinstance(event, yaml.ScalarEvent) else True
        return False

    def _is_wanted(self) -> bool:
        return not self._stack or (len(self._stack) == 1 and self._key == LIST)

    def _begin(self, event: Event, inside: bool) -> None:
        if inside and self._stack[-1][0] and self.first is None:
            self.first = event.start_mark.index


def _column(event: Event) -> int:
    return int(event.start_mark.column)


def _yaml(item: Item, indent: str, end: str) -> str:
    lines = [f"{name}: {_values(value)}" for name, value in item.items()]
    return "".join(f"{indent}{'  ' if at else '- '}{line}{end}" for at, line in enumerate(lines))


def _values(value: str | Sequence[str]) -> str:
    return _scalar(value) if isinstance(value, str) else f"[{', '.join(map(_scalar, value))}]"


def _scalar(text: str) -> str:
    """As it is where every reader of YAML takes it for that text; else in quotes."""
    if _PLAIN.fullmatch(text) and not _FALSE_FRIENDS.fullmatch(text):
        return text
    return _json(text)
