"""How machine reports name files: one form, that a repository knows and that says nothing of this machine.

A file under the working folder by its path from there, with ``/``; any other by its short name (``gather``): no absolute folder,
and no way out of the working folder, gets into a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from os.path import normpath
from pathlib import Path, PurePath
from typing import Any

from mitigraph.finding import Finding, Place, order
from mitigraph.gather import Found

__all__ = ["placed", "renamed", "report_paths"]

_HALF = re.compile("[\ud800-\udfff]")


def report_paths(files: Iterable[Found], paths: Iterable[str], here: Path) -> dict[str, str]:
    """The names that findings have for files → those in reports.

    ``paths`` are what was named: for files that are not there, and for shapes and mappings, which findings know by their path.
    """
    named = {path: _from(here, path, Path(normpath(here / path)), PurePath(path).name) for path in paths}
    names = {name: written for path, written in named.items() for name in (PurePath(path).name, path)}
    names |= {file.name: file.name if file.nameless else _from(here, file.shown, file.path, file.name) for file in files}
    return {_sound(name): _sound(path) for name, path in names.items()}


def placed(findings: Iterable[Finding], names: Mapping[str, str]) -> list[Finding]:
    """Findings with their files named so, in order; half a character, which no format of text can hold, as its number.

    >>> half = Finding("warning", "x", "half a character", Place("a.json"), value=chr(0xD800))
    >>> moved, = placed([half], {"a.json": "in/a.json"})
    >>> print(moved.place, moved.value)
    in/a.json \\ud800
    """
    return sorted((renamed(finding, names) for finding in findings), key=order)


def renamed(finding: Finding, names: Mapping[str, str]) -> Finding:
    """One of them."""
    name = names.get(finding.place.file)
    return _whole(finding if name is None else replace(finding, place=replace(finding.place, file=name)))


def _whole(finding: Finding) -> Finding:
    return replace(finding, place=replace(finding.place, **_mended(finding.place)), **_mended(finding))


def _mended(thing: Finding | Place) -> dict[str, Any]:
    texts = ((part.name, getattr(thing, part.name)) for part in fields(thing))
    return {name: _sound(text) for name, text in texts if isinstance(text, str) and _HALF.search(text)}


def _sound(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _from(here: Path, shown: str, path: Path | None, name: str) -> str:
    """A path as seen from a folder; the name where it does not lie in it.

    >>> _from(Path("/w"), "./data/new.csv", None, "new.csv"), _from(Path("/w"), "../new.csv", Path("/new.csv"), "new.csv")
    ('data/new.csv', 'new.csv')
    """
    written = PurePath(shown)
    if not written.is_absolute() and ".." not in written.parts:
        return written.as_posix()
    for whole in (written, path):
        if whole is not None and whole.is_relative_to(here) and ".." not in whole.parts:
            return whole.relative_to(here).as_posix()
    return name
