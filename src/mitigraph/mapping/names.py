"""Names of functions: our own (``mg:``) and those of GREL and IDLab's library that mean the same.

>>> resolve("grel:toUpperCase", PREFIXES).name, resolve("mg:slugg", PREFIXES).suggestions is None
('upper', False)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from mitigraph.mapping import grel
from mitigraph.transforms import FUNCTIONS

__all__ = [
    "CONTEXT_FUNCTIONS",
    "MG",
    "PREFIXES",
    "Arranged",
    "Resolved",
    "arrange",
    "is_function_space",
    "parameter",
    "parameters",
    "resolve",
]

Argument = TypeVar("Argument")

MG = "https://w3id.org/airmo/function#"
_MEMBER_NAME = re.compile("_([1-9][0-9]{0,8})$")
_MEMBER = re.compile("http://www[.]w3[.]org/1999/02/22-rdf-syntax-ns#_[1-9][0-9]{0,8}")

PREFIXES = {
    "mg": MG,
    "grel": grel.GREL,
    "idlab-fn": grel.IDLAB,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rml": "http://w3id.org/rml/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes that every mapping has."""

CONTEXT_FUNCTIONS = {
    "concept": ("value", "scheme", "under", "every"),
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


class Resolved(NamedTuple):
    """A function's own name; ``suggestions`` are the names there are, if this is none of them; ``reason`` is why a function
    that is known elsewhere is not offered."""

    name: str
    suggestions: list[str] | None = None
    reason: str | None = None


def expand(name: str, prefixes: Mapping[str, str]) -> str:
    """The IRI of a name as written; a bare one is ours.

    >>> expand("mg:trim", PREFIXES) == expand("trim", PREFIXES)
    True
    """
    prefix, colon, local = name.rpartition(":")
    return prefixes.get(prefix, f"{prefix}:") + local if colon else MG + name


def resolve(name: str, prefixes: Mapping[str, str]) -> Resolved:
    """The own name of a function as written: bare, with a prefix, or as an IRI.

    >>> resolve("idlab-fn:random", PREFIXES).reason
    'it would give other bytes at every run'
    """
    iri = expand(name, prefixes)
    own = grel.FUNCTIONS.get(iri) or (iri.removeprefix(MG) if iri.startswith(MG) else None)
    if own in FUNCTIONS or own in CONTEXT_FUNCTIONS:
        return Resolved(str(own))
    prefix, colon, local = name.rpartition(":")
    return Resolved(local, suggested(prefix, prefixes) if colon else known(), grel.NOT_OFFERED.get(iri))


def known() -> list[str]:
    """Own names of all functions."""
    return sorted({*FUNCTIONS, *CONTEXT_FUNCTIONS})


def suggested(prefix: str, prefixes: Mapping[str, str]) -> list[str]:
    """What functions are called under a prefix; ours where the prefix has none."""
    space = prefixes.get(prefix, "")
    there = [iri.removeprefix(space) for iri in grel.FUNCTIONS if space and iri.startswith(space)]
    return [f"{prefix}:{one}" for one in sorted(there) or known()]


def parameters(function: str) -> tuple[str, ...]:
    """Parameters of a function of ours, in order; ``*name`` takes any number of values.

    >>> parameters("choose"), parameters("lookup"), parameters("concat")
    (('condition', 'then', 'otherwise'), ('value', 'table'), ('*values', 'separator'))
    """
    if function in CONTEXT_FUNCTIONS:
        return CONTEXT_FUNCTIONS[function]
    return FUNCTIONS[function].parameters if function in FUNCTIONS else ()


def parameter(function: str, name: str, prefixes: Mapping[str, str]) -> str | None:
    """The own name of a parameter as written; None if the function (an own name, as ``resolve`` gives it) has no such.

    ``name`` is a parameter's own name (bare or with ``mg:``), or a parameter of GREL or IDLab's library, or the predicate
    that stands for it, with a prefix or as an IRI. What is given as ``*name`` takes any number of values: each is one more
    argument, by position. ``arrange`` does so.

    >>> parameter("replaceText", "grel:p_string_find", PREFIXES), parameter("choose", "idlab-fn:_strBoolean", PREFIXES)
    ('find', 'condition')
    >>> parameter("lower", "value", PREFIXES), parameter("and", "grel:param_rep_b", PREFIXES)
    ('value', '*conditions')
    >>> parameter("lower", "grel:param_find", PREFIXES) is None
    True
    """
    have = parameters(function)
    iri = expand(name, prefixes)
    if iri.startswith(MG):
        own = iri.removeprefix(MG)
        return own if own in have else next((one for one in have if one == f"*{own}"), None)
    if _MEMBER.fullmatch(iri):
        return next((one for one in have if one.startswith("*")), None)
    return next((one for one in grel.PARAMETERS.get(iri, ()) if one in have), None)


class Arranged(NamedTuple, Generic[Argument]):
    """Arguments of a call: by position, by name, and those whose names the function does not have."""

    arguments: tuple[Argument, ...]
    named: tuple[tuple[str, Argument], ...]
    unknown: tuple[str, ...]


def arrange(function: str, given: Sequence[tuple[str, Argument]], prefixes: Mapping[str, str]) -> Arranged[Argument]:
    """Arguments that were given by name, in any order, as a call of an own function takes them.

    An empty name stands for the next place. Names as in ``parameter``; members of a sequence (``rdf:_1``) in their order.

    >>> arrange("equal", [("grel:valueParameter2", "b"), ("grel:valueParameter", "a")], PREFIXES).arguments
    ('a', 'b')
    >>> arrange("join", [("grel:p_string_sep", ";"), ("grel:p_array_a", "x")], PREFIXES)
    Arranged(arguments=('x', ';'), named=(), unknown=())
    >>> arrange("concat", [("rdf:_2", "b"), ("rdf:_1", "a"), ("idlab-fn:delimiter", "-")], PREFIXES)
    Arranged(arguments=('a', 'b'), named=(('separator', '-'),), unknown=())
    """
    have = parameters(function)
    placed = [(parameter(function, name, prefixes) if name else "", name, value) for name, value in given]
    by_name = {own: value for own, _, value in placed if own and not own.startswith("*")}
    many = [(name, value) for own, name, value in placed if own == "" or (own is not None and own.startswith("*"))]
    arguments: list[Argument] = []
    for own in have:
        if own not in by_name:
            break
        arguments.append(by_name.pop(own))
    arguments += [value for _, value in sorted(many, key=lambda one: _number(one[0]))]
    return Arranged(tuple(arguments), tuple(by_name.items()), tuple(name for own, name, _ in placed if own is None))


def _number(name: str) -> int:
    member = _MEMBER_NAME.search(name)
    return int(member.group(1)) if member else 0


def is_function_space(namespace: str) -> bool:
    """Whether a namespace holds functions."""
    return namespace in (MG, grel.GREL, grel.IDLAB, grel.IDLAB_EXAMPLE)
