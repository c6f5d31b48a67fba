"""The RDF formats mitigraph reads and writes, as one table.

>>> format_named("json-ld").media_type, format_for("dist/graph.ttl").name
('application/ld+json', 'turtle')
"""

from __future__ import annotations

import difflib
from pathlib import PurePath
from typing import NamedTuple

from mitigraph.errors import UsageError

__all__ = ["FORMATS", "Format", "format_for", "format_named", "is_format"]


class Format(NamedTuple):
    """One RDF syntax: its name, other names, file suffixes (the first is written), media type, whether it names graphs."""

    name: str
    aliases: tuple[str, ...]
    suffixes: tuple[str, ...]
    media_type: str
    is_quads: bool


FORMATS = (
    Format("turtle", ("ttl",), (".ttl",), "text/turtle", False),
    Format("jsonld", ("json-ld",), (".jsonld",), "application/ld+json", True),
    Format("ntriples", ("nt",), (".nt",), "application/n-triples", False),
    Format("nquads", ("nq",), (".nq",), "application/n-quads", True),
    Format("trig", (), (".trig",), "application/trig", True),
    Format("rdfxml", ("xml",), (".rdf", ".owl", ".rdfxml"), "application/rdf+xml", False),
)
_BY_NAME = {alias: fmt for fmt in FORMATS for alias in (fmt.name, *fmt.aliases)}
_BY_SUFFIX = {suffix: fmt for fmt in FORMATS for suffix in fmt.suffixes}


def is_format(name: str) -> bool:
    """Whether a name or alias is that of an RDF format."""
    return name.lower() in _BY_NAME


def format_named(alias: str) -> Format:
    """The format of that name or alias, in any case of letters. UsageError, with a hint, when there is none."""
    found = _BY_NAME.get(alias.lower())
    if found is None:
        near = difflib.get_close_matches(alias.lower(), _BY_NAME, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(_BY_NAME))}"
        raise UsageError(f"no RDF format {alias!r}; {hint}")
    return found


def format_for(path: str | PurePath) -> Format | None:
    """The format a file name's suffix stands for, or None.

    >>> format_for("entries.csv") is None
    True
    """
    return _BY_SUFFIX.get(PurePath(path).suffix.lower())
