"""Which mapping a file fits: by its name, and by a table's columns or a tree's keys; and where none does, what it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from mitigraph import read
from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.mapping import LogicalSource, accepts, names_of
from mitigraph.mapping.shelf import Offered
from mitigraph.read import Content
from mitigraph.record import RecordSource
from mitigraph.vocabulary import closest

__all__ = ["FALLBACK", "Fits", "diagnose", "fit"]

FALLBACK = "entry"
"""The mapping for people's own entries: tried for records that no source mapping fits."""

Fits = dict[str, list[tuple[LogicalSource, RecordSource]]]
"""By a mapping's name: its logical sources that a file is, each opened over the file."""

STAND_INS = {"xlsx": ("csv",)}
"""Formats whose sources a file of another format may be as well: a sheet of a workbook is a table like any."""

ODD_DELIMITERS = ";\t|"
SHOWN_NAMES = 12


def fit(
    mappings: Mapping[str, Offered],
    name: str,
    content: Content,
    data_format: str,
    options: Mapping[str, object],
    nameless: bool = False,
    chosen: bool = False,
) -> Fits:
    """The mappings a file fits; where no other does, the fallback.

    A ``nameless`` file is standard input; where the mapping was ``chosen`` by the user, the file's name does not matter
    either. InputError: the file cannot be read at all.
    """
    opening = _Opening(name, content, options)
    special = {key: mapping for key, mapping in mappings.items() if key != FALLBACK}
    fits = opening.fits(special, data_format, loose=nameless)
    last = special if chosen else {key: mapping for key, mapping in mappings.items() if key == FALLBACK}
    if not fits and last:
        others = opening.problems[:]
        opening.problems.clear()  # those of mappings for other files say nothing about this one
        fits = opening.fits(last, data_format, loose=nameless, named=chosen)
        # unless no mapping at all could open it, as with text that is no page
        problems = opening.problems or ([] if opening.can_be_read else others)
        if not fits and problems:
            raise problems[0]
    return fits


def diagnose(
    mappings: Mapping[str, Offered],
    name: str,
    content: Content,
    data_format: str,
    options: Mapping[str, object],
    severity: str,
) -> Finding:
    """Why a file that can be read fits no mapping: the columns or keys that the nearest one misses. InputError: it cannot."""
    records = read.open_source(content, name, data_format, options)
    found = names_of(records)
    place: Place = getattr(records, "head", None) or Place(name, 1 if records.columns is not None else None)
    if not found:
        return Finding(severity, "no-mapping", "holds no records: no list of objects with named fields", place)
    what = "columns" if records.columns is not None else "fields"
    value = ", ".join(found[:SHOWN_NAMES]) + (", …" if len(found) > SHOWN_NAMES else "")
    if len(found) == 1 and (sign := next((sign for sign in ODD_DELIMITERS if sign in found[0]), None)):
        message = f"the cells seem to be separated by {sign!r}"
        return Finding(severity, "no-mapping", message, place, value=value, expected="cells separated by ','")
    nearest = _nearest(mappings, name, data_format, found)
    if nearest is None:
        kinds = ", ".join(sorted({source.format for mapping in mappings.values() for source in mapping.sources}))
        return Finding(severity, "no-mapping", f"no mapping is for {data_format} files", place, expected=f"one of {kinds}")
    mapping, missing = nearest
    names = ", ".join(repr(one) for one in missing)
    message = f"no mapping reads these {what}"
    suggestion = next((one for one in missing if closest(one, found)), None)
    return Finding(severity, "no-mapping", message, place, value, f"also {names}, for {mapping.name}", suggestion)


class _Opening:
    """One file, opened once for each set of reading options that a source asks for."""

    def __init__(self, name: str, content: Content, options: Mapping[str, object]) -> None:
        self.name, self.content, self.options = name, content, options
        self.problems: list[InputError] = []
        self._opened: dict[str, RecordSource | InputError] = {}

    @property
    def can_be_read(self) -> bool:
        """Whether any of the mappings that were tried could open the file."""
        return any(not isinstance(one, InputError) for one in self._opened.values())

    def fits(self, mappings: Mapping[str, Offered], data_format: str, loose: bool, named: bool = False) -> Fits:
        fits: Fits = {}
        for key, mapping in sorted(mappings.items()):
            found = list(self._sources(mapping, data_format, loose, named))
            if found:
                fits[key] = found
        return fits

    def _sources(
        self, mapping: Offered, data_format: str, loose: bool, named: bool
    ) -> Iterator[tuple[LogicalSource, RecordSource]]:
        """The sources of the file's own format that it fits; where there are none, those it can stand in for."""
        for source_format in (data_format, *STAND_INS.get(data_format, ())):
            is_fitting = False
            for source in mapping.sources:
                if source.bundled or source.format != source_format or not (named or _may_be(source, self.name, loose)):
                    continue
                records = self._open(source, data_format)
                if isinstance(records, InputError):
                    self.problems.append(records)
                elif accepts(source, records):
                    is_fitting = True
                    yield source, records
            if is_fitting:
                return

    def _open(self, source: LogicalSource, data_format: str) -> RecordSource | InputError:
        # Of a workbook's sheets the reader takes the one that has the columns.
        columns = {"columns": source.columns} if data_format == "xlsx" else {}
        given = {**self.options, **columns, **source.options}
        key = repr((data_format, sorted({**columns, **source.options}.items())))
        if key not in self._opened:
            try:
                self._opened[key] = read.open_source(self.content, self.name, data_format, given)
            except InputError as error:
                self._opened[key] = error
        return self._opened[key]


def _may_be(source: LogicalSource, name: str, loose: bool) -> bool:
    """Whether a name fits a source; ``loose`` for a file without one: columns or keys decide, or a glob for all of a suffix."""
    suffixes = read.FORMATS[source.format].suffixes
    if not loose:
        stands_in = source.format in STAND_INS.get(read.format_of(name) or "", ())
        return source.matches(str(PurePath(name).with_suffix(suffixes[0])) if stands_in else name)
    return bool(source.columns or source.keys) or any(source.matches(f"{name}{suffix}") for suffix in suffixes)


def _nearest(
    mappings: Mapping[str, Offered], name: str, data_format: str, found: Sequence[str]
) -> tuple[Offered, list[str]] | None:
    """The mapping that misses the smallest part of what it needs, and what that is; the fallback where all miss everything."""
    best: tuple[float, Offered, list[str]] | None = None
    for key, mapping in sorted(mappings.items(), key=lambda item: item[0] != FALLBACK):
        for source in mapping.sources:
            needed = (*source.columns, *source.keys)
            missing = [one for one in needed if one not in found]
            if source.bundled or source.format not in (data_format, *STAND_INS.get(data_format, ())) or not missing:
                continue
            if key != FALLBACK and len(mappings) > 1 and not _may_be(source, name, loose=False):
                continue
            if best is None or len(missing) / len(needed) < best[0]:
                best = len(missing) / len(needed), mapping, missing
    return None if best is None else best[1:]
