"""The mapping engine: YARRRML in, a checked plan, compiled closures, triples out, and back from a triple to its cell.

>>> mapping = load_mapping(b"mappings: {m: {subject: a, po: [[rdfs:label, Alpha, en~lang]]}}", "m.yml", Lexicon())
>>> mapping.triples_maps[0].rules[0].where.key
'mappings.m.po[1]'
"""

from __future__ import annotations

from collections.abc import Sequence

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.mapping.check import check_plan, refuse
from mitigraph.mapping.keys import KeyRegistry
from mitigraph.mapping.plan import DEFAULT_BASE, Lexicon, LogicalSource, Mapping, MappingError
from mitigraph.mapping.run import Count, Input, Run
from mitigraph.mapping.yarrrml import Reading
from mitigraph.read.options import Options
from mitigraph.read.yaml import read_yaml
from mitigraph.record import RecordSource

__all__ = [
    "Count",
    "Input",
    "KeyRegistry",
    "Lexicon",
    "LogicalSource",
    "Mapping",
    "MappingError",
    "Run",
    "accepts",
    "fitting",
    "load_mapping",
    "names_of",
]


def load_mapping(data: bytes, name: str, lexicon: Lexicon) -> Mapping:
    """Read a YARRRML file and check it. MappingError: it cannot be used; its findings name every problem."""
    try:
        tree = read_yaml(data, name, Options())
    except InputError as error:
        raise MappingError(str(error), [_unreadable(name, error)]) from None
    reading = Reading(name, tree.root, dict(lexicon.prefixes))
    base = lexicon.base or reading.base or DEFAULT_BASE
    mapping = Mapping(
        name,
        reading.title,
        reading.dataset,
        base,
        reading.prefixes,
        reading.sources,
        reading.triples_maps,
        reading.lookups,
    )
    problems = [*tree.findings, *reading.problems]
    if not any(problem.code in ("no-mappings", "no-subject", "bad-rule") for problem in problems):
        problems += check_plan(mapping, lexicon)
    refuse(name, problems)
    mapping.findings.extend(problems)
    return mapping


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


def _unreadable(name: str, error: InputError) -> Finding:
    """What keeps a file from being YAML, at its line if the reader knows it."""
    text = str(error).removeprefix(f"{name}:")
    line, _, message = text.partition(":")
    if line.isdigit():
        return Finding("violation", "bad-yaml", message.strip(), Place(name, int(line)))
    return Finding("violation", "bad-yaml", text.strip(), Place(name))
