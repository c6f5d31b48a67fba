"""The file that a new entry goes to: what it holds already, and its bytes with the entry at their end.

Whatever is made is read again before it is kept: the entries of before must be there unchanged, and after them the new one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from mitigraph import read
from mitigraph.errors import EngineError, InputError, UsageError
from mitigraph.form.fields import Form
from mitigraph.form.tables import append_row, header_cells, new_table
from mitigraph.form.trees import append_json, append_jsonl, append_yaml, is_empty_list, new_json, new_jsonl, new_yaml
from mitigraph.gather import FALLBACK, Found, gather
from mitigraph.knowledge import Knowledge
from mitigraph.read import Content
from mitigraph.read.lines import codec_of
from mitigraph.record import Record, RecordSource
from mitigraph.serialise import write

__all__ = ["SUFFIXES", "Destination", "open_destination"]

SUFFIXES = (".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".yaml", ".yml")
ROWS = 1000
"""Rows of a new workbook that have drop-downs."""

Entry = Mapping[str, str]


@dataclass
class Destination:
    """A file of entries. ``data`` None: it is not there yet; ``fields`` are those it has a place for; ``entries`` title by id."""

    path: Path
    format: str
    form: Form
    knowledge: Knowledge
    data: bytes | None = None
    records: RecordSource | None = None
    fields: list[str] = field(default_factory=list)
    entries: dict[str, str] = field(default_factory=dict)
    on_disk: bytes | None = None
    """What the file held when it was opened, be it nothing but white space."""

    def with_entry(self, entry: Entry) -> bytes:
        """The file's bytes with the entry after the last. InputError: there is no place in it where the entry could go."""
        try:
            data = MAKERS[self.format](self, entry) if self.data is None else APPENDERS[self.format](self, self.data, entry)
        except InputError as error:
            raise InputError(f"{self.path}: {error}; nothing is written") from None
        except UnicodeEncodeError:
            raise InputError(f"{self.path}: its encoding has no way to write the entry; nothing is written") from None
        self._prove(data, entry)
        return data

    def try_out(self) -> None:
        """Make the file with some entry and let it be. InputError: it cannot be added to, whatever the entry."""
        if self.data is not None:
            self.with_entry({self.form.key.name: "an-entry", self.form.title.name: "An entry"})

    def save(self, entry: Entry) -> None:
        """Write the file with the entry, whole or not at all. EngineError: it was changed meanwhile, or cannot be written."""
        data = self.with_entry(entry)
        if (self.path.read_bytes() if self.path.exists() else None) != self.on_disk:
            raise EngineError(f"{self.path}: was changed while you were answering; nothing is written")
        write(self.path, data)

    def text(self) -> tuple[str, str, int]:
        """The file's text, its encoding, and the length of its byte order mark."""
        data = self.data or b""
        codec, start = codec_of(data[:4], str(self.path), None)
        try:
            return data[start:].decode(codec), codec, start
        except UnicodeDecodeError:
            raise InputError(f"holds bytes that are no text in {codec}") from None

    def item(self, entry: Entry) -> dict[str, str | list[str]]:
        """The entry as an object: several values as a list."""
        parts = {name: self.form[name].parts(value) for name, value in entry.items() if value}
        return {name: found if len(found) > 1 else entry[name] for name, found in parts.items()}

    def _prove(self, data: bytes, entry: Entry) -> None:
        before = [] if self.records is None else [record.raw() for record in self.records]
        wanted = {name: value for name, value in entry.items() if value}
        try:
            after = list[Record](_opened(self.path.name, Content.of_bytes(data), self.knowledge) or ())
        except InputError:
            after = []
        if not after or [record.raw() for record in after[:-1]] != before or not self._holds(after[-1], wanted):
            raise InputError(f"{self.path}: cannot be added to without changing what it holds; nothing is written")

    def _holds(self, record: Record, entry: Entry) -> bool:
        is_table = self.format in TABLES
        return all(
            record.values(name) == ([value] if is_table else self.form[name].parts(value) or [value])
            for name, value in entry.items()
        )


TABLES = ("csv", "tsv", "xlsx")
Item = Mapping[str, str | list[str]]
Way = tuple[Callable[[Destination, Entry], bytes], Callable[[Destination, bytes, Entry], bytes]]
"""How a new file is made of an entry, and how an entry is added to one that is there."""


def open_destination(path: Path, form: Form, knowledge: Knowledge) -> Destination:
    """The file at a path, which need not be there.

    UsageError: no file of entries has such a name. InputError: it is there and holds something else, or cannot be read.
    EngineError: there is no folder for it.
    """
    suffix, name = path.suffix.lower(), read.format_of(path.name)
    if suffix not in SUFFIXES or name is None:
        raise UsageError(f"{path}: entries go to a file that ends with {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
    found = Destination(path, name, form, knowledge, fields=form.names)
    _refuse_place(path)
    if not path.exists():
        return found
    try:
        data = found.on_disk = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        return found
    found.data = data
    if name in ("json", "yaml") and is_empty_list(data.decode("utf-8-sig", "replace")):
        return found
    found.records = _opened(path.name, Content.of_bytes(data), knowledge)
    if found.records is not None:
        found.fields = [one for one in form.names if found.records.columns is None or one in found.records.columns]
        titles = ((record.values(form.key.name), record.values(form.title.name)) for record in found.records)
        found.entries = {ids[0].strip(): next(iter(title), "") for ids, title in titles if ids}
    return found


def _refuse_place(path: Path) -> None:
    """What would keep the file from being written is told before anything is asked."""
    if not path.parent.is_dir():
        raise EngineError(f"{path}: there is no folder {str(path.parent)!r} to write it to")
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: cannot be read: it is no file")
    if not os.access(path.resolve().parent, os.W_OK):
        raise EngineError(f"{path}: cannot be written: nothing may be written to its folder")


def _opened(name: str, content: Content, knowledge: Knowledge) -> RecordSource | None:
    """The records of a file of entries, however many; None: it holds none. InputError: it is no file of entries."""
    mapping = knowledge.entry_mapping
    file = Found(name, name, Path(name), True, content)
    gathered = gather([file], {FALLBACK: mapping}, knowledge.reader_options)
    if gathered.refused:
        raise InputError("; ".join(map(str, gathered.findings)))
    inputs = [one for found in gathered.inputs.values() for one in found]
    if inputs and inputs[0].source.options.get("iterator") == "$" and inputs[0].source.format != "jsonl":
        raise InputError(f"{name}: holds a single entry; put it into a list and others can follow it")
    return inputs[0].records if inputs else None


def _table(delimiter: str) -> Way:
    def make(file: Destination, entry: Entry) -> bytes:
        return new_table(file.form.names, [entry], delimiter)

    def append(file: Destination, data: bytes, entry: Entry) -> bytes:
        text, codec, start = file.text()
        return append_row(data, header_cells(text, delimiter), entry, delimiter, codec, start)

    return make, append


def _tree(new: Callable[[Item], str], insertion: Callable[[str, Item], tuple[int, str]]) -> Way:
    def make(file: Destination, entry: Entry) -> bytes:
        return new(file.item(entry)).encode()

    def append(file: Destination, data: bytes, entry: Entry) -> bytes:
        text, codec, start = file.text()
        at, more = insertion(text, file.item(entry))
        place = start + len(text[:at].encode(codec))
        return data[:place] + more.encode(codec) + data[place:]

    return make, append


def _new_workbook(file: Destination, entry: Entry) -> bytes:
    from mitigraph.form.workbook import template

    return template(file.form, file.path.name, ROWS, entry)


def _append_to_workbook(file: Destination, data: bytes, entry: Entry) -> bytes:
    from mitigraph.form.sheets import append_sheet_row
    from mitigraph.read.xlsx_sheet import SheetSource

    sheet = cast(SheetSource, file.records)
    line = max((record.line for record in sheet), default=sheet.head.line or 1) + 1
    header = sheet.header
    places = {name: header.left + header.index[name] for name, value in entry.items() if value}
    numbers = {name for name in places if file.form[name].kind == "integer" and entry[name].isascii() and entry[name].isdigit()}
    return append_sheet_row(data, sheet.sheet.part, line, {at: (entry[name], name in numbers) for name, at in places.items()})


_WAYS = {
    "csv": _table(","),
    "tsv": _table("\t"),
    "json": _tree(new_json, append_json),
    "jsonl": _tree(new_jsonl, append_jsonl),
    "yaml": _tree(new_yaml, append_yaml),
    "xlsx": (_new_workbook, _append_to_workbook),
}
MAKERS = {name: make for name, (make, _) in _WAYS.items()}
APPENDERS = {name: append for name, (_, append) in _WAYS.items()}
