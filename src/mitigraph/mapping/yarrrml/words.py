"""The keys of a mapping file: where each may stand, what it is called for short, and what is known and not offered.

>>> ALIASES["po"], "graphs" in RULE
('predicateobjects', True)
"""

from __future__ import annotations

from mitigraph.read.options import OPTIONS

__all__ = [
    "ALIASES",
    "AUTHOR",
    "CALL",
    "MAP",
    "MAY_BE_NULL",
    "OBJECT",
    "PARAMETER",
    "READING",
    "RULE",
    "SOURCE",
    "TERM",
    "TOP",
    "UNSUPPORTED",
]

ALIASES = {
    short: key
    for key, shorts in {
        "authors": "author a",
        "condition": "conditions c",
        "external": "externals",
        "fields": "field",
        "function": "fn f",
        "graphs": "graph g",
        "inversepredicates": "inversepredicate i iv",
        "lookups": "lookup",
        "mappings": "mapping m",
        "objects": "object o",
        "parameter": "pm",
        "parameters": "pms",
        "predicateobjects": "predicateobject po",
        "predicates": "predicate p",
        "sources": "source",
        "subjects": "subject s",
        "targets": "target t",
        "value": "v",
    }.items()
    for short in shorts.split()
}
"""Short and other forms of keys; they hold wherever the full key may stand."""

CALL = frozenset({"function", "parameters"})
TERM = CALL | {"value", "type", "targets"}
READING = frozenset(OPTIONS)
"""How a file is read: these go to the reader."""

TOP = frozenset(
    {"prefixes", "base", "sources", "targets", "mappings", "authors", "external", "dataset", "title", "lookups"},
)
SOURCE = READING | {
    "access",
    "alternativeTo",
    "bundled",
    "columns",
    "condition",
    "fields",
    "format",
    "keys",
    "match",
    "optional",
    "referenceFormulation",
    "type",
}
MAP = frozenset({"sources", "targets", "subjects", "predicateobjects", "condition", "graphs", "each", "fields"})
RULE = frozenset({"predicates", "inversepredicates", "objects", "condition", "graphs", "targets", "type", "datatype", "language"})
OBJECT = TERM | {"datatype", "language", "mappings", "condition", "unmatched"}
PARAMETER = CALL | {"parameter", "value", "type"}
AUTHOR = frozenset({"name", "email", "website"})

MAY_BE_NULL = frozenset({"subjects", "quoteChar", "commentPrefix"})
"""Keys whose null says something: no name (a blank node), no quotes, no comments."""

_DATABASE = "databases and services are not read, files are; save the query's result as CSV or JSON"
_STAR = "quoted triples (RDF-star) are not made"

UNSUPPORTED = {
    "authentications": _DATABASE,
    "changeDetection": "changes are told by comparing two datasets, not while mapping",
    "contentType": _DATABASE,
    "credentials": _DATABASE,
    "operationType": _DATABASE,
    "query": _DATABASE,
    "queryFormulation": _DATABASE,
    "quoted": _STAR,
    "quotedNonAsserted": _STAR,
    "quotednonasserted": _STAR,
    "security": _DATABASE,
    "table": _DATABASE,
}
"""Keys of YARRRML and of its dialects that are known and not offered: why, and what to do instead."""
