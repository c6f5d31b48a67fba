"""Readers: a file's content becomes a ``RecordSource``; one table says which reader has which format.

>>> source = open_source(Content.of_bytes(b"id,title\\n1,Red teaming\\n"), "new.csv", "csv")
>>> [record.values("title") for record in source], source.columns
([['Red teaming']], ['id', 'title'])
>>> format_of("risks.TSV"), format_of("notes.docx")
('tsv', None)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from mitigraph.errors import InputError, UsageError
from mitigraph.read import limits
from mitigraph.read.content import Content
from mitigraph.read.kinds import SAMPLE, refuse_wrong_kind
from mitigraph.read.options import Options
from mitigraph.record import RecordSource

__all__ = ["FORMATS", "Content", "format_of", "open_source"]

NOT_BLANK = re.compile(rb"[^ \t\r\n\xef\xbb\xbf]")
NO_OPTIONS: Mapping[str, object] = MappingProxyType({})


Opens = Callable[[Content, str, Options, Mapping[str, object]], RecordSource]
"""From a content, its name, the checked options and the options as given."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A format's file suffixes and what opens its files; whether those are ``text``, all of them."""

    suffixes: tuple[str, ...]
    open: Opens
    text: bool = True


# Each reader is imported when it is first needed, so that no command pays for formats it does not read.


def _table(delimiter: str) -> Opens:
    def opened(content: Content, name: str, options: Options, given: Mapping[str, object]) -> RecordSource:
        from mitigraph.read.table import TableSource, TableText

        text = TableText(content, name, options, delimiter)
        if not options.transpose:
            return TableSource(text)
        from mitigraph.read.transposed import TransposedSource

        return TransposedSource(text)

    return opened


def _json(content: Content, name: str, options: Options, given: Mapping[str, object]) -> RecordSource:
    from mitigraph.read.json import read_json

    return read_json(content.read(), name, options)


def _jsonl(content: Content, name: str, options: Options, given: Mapping[str, object]) -> RecordSource:
    from mitigraph.read.jsonl import JsonLinesSource

    return JsonLinesSource(content, name, options)


def _yaml(content: Content, name: str, options: Options, given: Mapping[str, object]) -> RecordSource:
    from mitigraph.read.yaml import read_yaml

    return read_yaml(content.read(), name, options)


def _page(content: Content, name: str, options: Options, given: Mapping[str, object]) -> RecordSource:
    from mitigraph.read.page import read_page

    return read_page(content.read(), name, given)


def _workbook(content: Content, name: str, options: Options, given: Mapping[str, object]) -> RecordSource:
    from mitigraph.read.xlsx import open_workbook

    return open_workbook(content, name, options, given)


FORMATS: Mapping[str, Reader] = MappingProxyType(
    {
        "csv": Reader((".csv",), _table(",")),
        "tsv": Reader((".tsv", ".tab"), _table("\t")),
        "json": Reader((".json",), _json),
        "jsonl": Reader((".jsonl", ".ndjson"), _jsonl),
        "yaml": Reader((".yml", ".yaml"), _yaml),
        "page": Reader((".txt",), _page),
        "xlsx": Reader((".xlsx", ".xlsm"), _workbook, text=False),
    }
)
"""Every source format by name."""


def format_of(name: str) -> str | None:
    """The format a file name's suffix stands for, or None.

    >>> format_of("ATLAS.yaml")
    'yaml'
    """
    lowered = name.lower()
    return next((known for known, reader in FORMATS.items() if lowered.endswith(reader.suffixes)), None)


def open_source(content: Content, name: str, format: str, options: Mapping[str, object] = NO_OPTIONS) -> RecordSource:
    """Open a source for reading; iterate it for its records, then look at its findings.

    ``name`` is how the file is called in findings; for ``options`` see ``Options`` and the mapping language.
    UsageError: no such format. InputError: the file is empty, too large, of another kind, or broken as a whole; or an
    option cannot be meant.
    """
    reader = FORMATS.get(format)
    if reader is None:
        raise UsageError(f"{name}: unknown source format {format!r}; known are {', '.join(FORMATS)}")
    if content.size > limits.FILE_BYTES:
        raise InputError(f"{name}: the file is larger than {limits.FILE_BYTES:,} bytes")
    checked = Options.of(options, name)
    if reader.text:
        refuse_wrong_kind(content.head(SAMPLE), name, checked.encoding)
    if _is_blank(content):
        raise InputError(f"{name}: the file is empty")
    return reader.open(content, name, checked, options)


def _is_blank(content: Content) -> bool:
    with content.open() as stream:
        return not any(map(NOT_BLANK.search, iter(partial(stream.read, SAMPLE), b"")))
