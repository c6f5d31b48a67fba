"""Names of functions: our own (``mg:``) and those of GREL and IDLab's library that mean the same.

>>> resolve("grel:toUpperCase", PREFIXES).name, resolve("mg:slugg", PREFIXES).suggestions is None
('upper', False)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mitigraph.transforms import FUNCTIONS

__all__ = ["CONTEXT_FUNCTIONS", "MG", "PREFIXES", "Resolved", "is_function_space", "resolve"]

MG = "https://w3id.org/airmo/function#"
GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"
IDLAB = "https://w3id.org/imec/idlab/function#"
IDLAB_EXAMPLE = "http://example.com/idlab/function/"

PREFIXES = {
    "mg": MG,
    "grel": GREL,
    "idlab-fn": IDLAB,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes that every mapping has."""

CONTEXT_FUNCTIONS = {
    "concept": ("value", "scheme", "under"),
    "conceptKey": ("concept",),
    "nonValue": ("value", "scheme", "field"),
    "lookup": ("value", "table"),
    "tableLabel": ("value", "table"),
    "split": ("value", "separator", "table"),
    "key": ("value", "within"),
    "position": (),
    "fileName": (),
    "fileDigest": (),
    "entryDigest": (),
    "mappingFile": (),
    "dataset": (),
}
"""Functions that need more than their arguments (vocabulary, record, file), and their parameters."""

ALIASES = {
    f"{GREL}toLowerCase": "lower",
    f"{GREL}toUpperCase": "upper",
    f"{GREL}string_trim": "trim",
    f"{GREL}trim": "trim",
    f"{GREL}string_replace": "replace",
    f"{GREL}replace": "replace",
    f"{GREL}string_split": "split",
    f"{GREL}split": "split",
    f"{GREL}array_join": "concat",
    f"{GREL}concat": "concat",
    f"{GREL}boolean_not": "not",
    f"{GREL}boolean_and": "and",
    f"{GREL}boolean_or": "or",
    f"{GREL}controls_if": "choose",
    **{
        f"{space}{name}": own
        for space in (IDLAB, IDLAB_EXAMPLE)
        for name, own in {
            "equal": "equal",
            "notEqual": "notEqual",
            "slugify": "slug",
            "toUpperCase": "upper",
            "trueCondition": "choose",
        }.items()
    },
}


class Resolved(NamedTuple):
    """A function's own name; ``suggestions`` are the names there are, if this is none of them."""

    name: str
    suggestions: list[str] | None = None


def resolve(name: str, prefixes: Mapping[str, str]) -> Resolved:
    """The own name of a function as written: bare, with a prefix, or as an IRI."""
    prefix, colon, local = name.rpartition(":")
    iri = prefixes.get(prefix, f"{prefix}:") + local if colon else MG + name
    own = ALIASES.get(iri) or (iri.removeprefix(MG) if iri.startswith(MG) else None)
    if own in FUNCTIONS or own in CONTEXT_FUNCTIONS:
        return Resolved(str(own))
    known = sorted({*FUNCTIONS, *CONTEXT_FUNCTIONS})
    return Resolved(local, [f"{prefix}:{one}" if colon else one for one in known])


def is_function_space(namespace: str) -> bool:
    """Whether a namespace holds functions."""
    return namespace in (MG, GREL, IDLAB, IDLAB_EXAMPLE)
