"""Reports on findings: a table format → findings and their context in, bytes out. One small file per format.

>>> from mitigraph.finding import Finding, Place
>>> odd = Finding("violation", "bad-year", "not a year", Place("new.csv", 4, "source_year", 3), value="20244")
>>> print(write("github", [odd], Context()).decode(), end="")
::error file=new.csv,line=4,title=bad-year::source_year: not a year, found '20244'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mitigraph.finding import Finding
from mitigraph.reports import csv, github, graph, html, json, junit, sarif
from mitigraph.reports.context import Context

__all__ = ["FORMATS", "Context", "Format", "format_of_suffix", "suffixes", "write"]


class Format(NamedTuple):
    """A format: the suffixes of its files, and what writes it."""

    suffixes: tuple[str, ...]
    write: Callable[[Sequence[Finding], Context], bytes]


FORMATS = {
    "json": Format((".json",), json.write),
    "turtle": Format((".ttl",), graph.turtle),
    "jsonld": Format((".jsonld",), graph.jsonld),
    "sarif": Format((".sarif", ".sarif.json"), sarif.write),
    "junit": Format((".xml",), junit.write),
    "github": Format((), github.write),
    "csv": Format((".csv",), csv.write),
    "html": Format((".html", ".htm"), html.write),
}
"""Every report for machines; the one for people is the command line's own talk."""


def write(name: str, findings: Sequence[Finding], context: Context) -> bytes:
    """The report of a format (one of ``FORMATS``): findings in their one order (``finding.order``); the same bytes everywhere."""
    return FORMATS[name].write(findings, context)


def format_of_suffix(name: str) -> str | None:
    """The format that a file's name stands for, by the longest suffix that fits; None: no format has it.

    >>> format_of_suffix("out/new.sarif.json"), format_of_suffix("new.JSON"), format_of_suffix("new.txt")
    ('sarif', 'json', None)
    """
    known = {suffix: format_name for format_name, one in FORMATS.items() for suffix in one.suffixes}
    fitting = [suffix for suffix in known if name.lower().endswith(suffix)]
    return known[max(fitting, key=len)] if fitting else None


def suffixes() -> list[str]:
    """Every suffix that stands for a format."""
    return [suffix for one in FORMATS.values() for suffix in one.suffixes]
