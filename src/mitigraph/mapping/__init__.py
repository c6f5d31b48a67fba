"""The mapping engine: YARRRML in, a checked plan, compiled closures, triples out, and back from a triple to its cell.

>>> mapping = load_mapping(b"mappings: {m: {subject: a, po: [[rdfs:label, Alpha, en~lang]]}}", "m.yml", Lexicon())
>>> mapping.triples_maps[0].rules[0].where.key
'mappings.m.po[1]'
"""

from __future__ import annotations

from collections.abc import Sequence

from mitigraph.formats import format_for
from mitigraph.mapping.keys import KeyRegistry
from mitigraph.mapping.origin import Cell, Origin
from mitigraph.mapping.plan import Lexicon, LogicalSource, Mapping, MappingError
from mitigraph.mapping.problems import refuse
from mitigraph.mapping.run import Count, Input, Run
from mitigraph.record import RecordSource

__all__ = [
    "Cell",
    "Count",
    "Input",
    "KeyRegistry",
    "Lexicon",
    "LogicalSource",
    "Mapping",
    "MappingError",
    "Origin",
    "Run",
    "accepts",
    "examine",
    "fitting",
    "load_mapping",
    "names_of",
]

UNCHECKABLE = ("no-mappings", "bad-rule")
"""What leaves a plan so incomplete that whatever else it shows would be a consequence."""


def load_mapping(data: bytes, name: str, lexicon: Lexicon, is_proven: bool = False) -> Mapping:
    """Read a mapping file and check it. MappingError: it cannot be used; its findings name every problem.

    Of one that ``is_proven`` only the form is looked at: the check takes longer than mapping a small file, and what it would
    tell of the project's own mappings, their tests have told.
    """
    mapping = _read(data, name, lexicon) if is_proven else examine(data, name, lexicon)
    refuse(name, mapping.findings)
    return mapping


def examine(data: bytes, name: str, lexicon: Lexicon) -> Mapping:
    """A mapping file with all that is wrong with it among its findings. MappingError: it cannot be read at all."""
    from mitigraph.mapping.check import check_plan  # the project's own mappings need none

    mapping = _read(data, name, lexicon)
    if not any(problem.code in UNCHECKABLE for problem in mapping.findings):
        mapping.findings.extend(check_plan(mapping, lexicon))
    return mapping


def _read(data: bytes, name: str, lexicon: Lexicon) -> Mapping:
    # Only the language that is read is imported.
    if format_for(name) is not None:
        from mitigraph.mapping.rml import read_rml as read
    else:
        from mitigraph.mapping.yarrrml import read_yarrrml as read
    return read(data, name, lexicon)


def fitting(mapping: Mapping, file_name: str, records: RecordSource | Sequence[str]) -> list[LogicalSource]:
    """The mapping's sources that a file may be: by its name, and by columns (a table) or top-level keys (a tree).

    >>> text = b"{sources: {s: {access: a.csv, columns: [id]}}, mappings: {m: {sources: s, subject: 'x/$(id)', po: []}}}"
    >>> [source.name for source in fitting(load_mapping(text, "m.yml", Lexicon()), "other.csv", ["id", "title"])]
    ['s']
    """
    return [source for source in mapping.sources if not source.bundled and source.matches(file_name) and accepts(source, records)]


def accepts(source: LogicalSource, records: RecordSource | Sequence[str]) -> bool:
    """Whether a file has the columns or keys that a source asks for, and a list at its root where the iterator needs one."""
    root, iterator = getattr(records, "root", None), str(source.options.get("iterator", ""))
    if source.keys and iterator and root is not None and isinstance(root.value, list) != iterator.startswith("$[*]"):
        return False
    return set(names_of(records)).issuperset((*source.columns, *source.keys))


def names_of(records: RecordSource | Sequence[str]) -> Sequence[str]:
    """What a file is told by: a table's columns, or the keys of a tree's root or of its first member."""
    if isinstance(records, Sequence):
        return records
    columns: Sequence[str] = records.columns if records.columns is not None else getattr(records, "keys", ())
    return columns
