"""A look at the shapes before they are used: what an engine would skip in silence or choke on is refused here.

>>> from mitigraph.shacl.vocabulary import sh
>>> refuse_unusable([("<urn:s>", sh("targetNode"), "<urn:a>"), ("<urn:s>", sh("minCout"), '"1"')])
Traceback (most recent call last):
    ...
mitigraph.errors.InputError: could not check: <urn:s> uses the unknown SHACL term sh:minCout; did you mean sh:minCount?
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import pyoxigraph

from mitigraph.errors import InputError
from mitigraph.patterns import refusal
from mitigraph.shacl.vocabulary import (
    CONSTRAINTS,
    SH,
    SHAPE_LINKS,
    SHAPE_LISTS,
    TARGETS,
    TERMS,
    Index,
    index,
    members,
    sh,
)
from mitigraph.terms import RDF, RDFS, Triple, is_literal, literal_parts

__all__ = ["refuse_unusable"]

BRACKETS = 200
"""More opening brackets than this in one SPARQL text are refused: deep nesting can crash a parser."""

_CLASSES = {f"<{RDFS}Class>", "<http://www.w3.org/2002/07/owl#Class>"}
_QUERIES = (sh("select"), sh("ask"))
_SERVICE = re.compile(r"\bSERVICE\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"[$?]PATH\b")


def refuse_unusable(shapes: Iterable[Triple]) -> None:
    """InputError for unknown or unsupported SHACL terms, recursion, patterns and queries that cannot be read or that
    would leave the graph (SERVICE), and when no shape has both a target and a constraint."""
    triples = list(shapes)
    _refuse_unknown_terms(triples)
    known = index(triples)
    _refuse_idle(known)
    _refuse_recursion(known)
    for shape, rows in known.items():
        _refuse_patterns(shape, rows)
        _refuse_queries(known, shape, rows)


def _refuse_unknown_terms(triples: list[Triple]) -> None:
    prefix = "<" + SH
    shapes = {subject for subject, predicate, _ in triples if predicate in TERMS}
    shapes |= {value for _, predicate, value in triples if _refers_to_shape(predicate)}
    for subject, *terms in sorted(triples):
        for term in terms if subject in shapes else ():
            if term.startswith(prefix) and term not in TERMS:
                name = term[len(prefix) : -1]
                close = get_close_matches(name, [known[len(prefix) : -1] for known in sorted(TERMS)], n=1)
                hint = f"; did you mean sh:{close[0]}?" if close else " (SHACL Core and SHACL-SPARQL are understood)"
                raise InputError(f"could not check: {_named(subject)} uses the unknown SHACL term sh:{name}{hint}")


def _refers_to_shape(predicate: str) -> bool:
    return predicate == f"<{RDF}first>" or (predicate.startswith("<" + SH) and predicate not in TARGETS)


def _refuse_idle(shapes: Index) -> None:
    """With constraint components of its own, any property may be a constraint, so a target is enough."""
    components = any(sh("ConstraintComponent") in values for rows in shapes.values() for values in rows.values())
    if not any(_has_target(rows) and (components or not CONSTRAINTS.isdisjoint(rows)) for rows in shapes.values()):
        raise InputError("could not check: the shapes hold no shape that has both a target and a constraint")


def _has_target(rows: dict[str, list[str]]) -> bool:
    return any(target in rows for target in TARGETS) or not _CLASSES.isdisjoint(rows.get(f"<{RDF}type>", []))


def _linked(shapes: Index, shape: str) -> Iterator[str]:
    rows = shapes.get(shape, {})
    for link in SHAPE_LINKS:
        yield from rows.get(link, [])
    for link in SHAPE_LISTS:
        for head in rows.get(link, []):
            yield from members(shapes, head)


def _refuse_recursion(shapes: Index) -> None:
    done: set[str] = set()
    for start in shapes:
        branch: dict[str, Iterator[str]] = {} if start in done else {start: _linked(shapes, start)}
        while branch:
            shape = next(reversed(branch))
            following = next(branch[shape], None)
            if following is None:
                done.add(shape)
                del branch[shape]
            elif following in branch:
                raise InputError(f"could not check: {_named(following)} refers to itself")
            elif following not in done:
                branch[following] = _linked(shapes, following)


def _refuse_patterns(shape: str, rows: dict[str, list[str]]) -> None:
    for pattern in filter(is_literal, rows.get(sh("pattern"), [])):
        try:
            reason = refusal(literal_parts(pattern).text)
        except re.error as error:
            raise InputError(f"could not check: {_named(shape)} has a pattern that cannot be read: {error}") from error
        if reason is not None:
            raise InputError(f"could not check: {_named(shape)} has a pattern that is refused: {reason}")


def _refuse_queries(shapes: Index, shape: str, rows: dict[str, list[str]]) -> None:
    holders = [shapes.get(holder, {}) for holder in rows.get(sh("prefixes"), [])]
    declared = [part for holder in holders for part in holder.get(sh("declare"), [])]
    names = {_text(shapes, part, "prefix"): _text(shapes, part, "namespace") for part in declared}
    for query in (query for name in _QUERIES for query in rows.get(name, []) if is_literal(query)):
        text = literal_parts(query).text
        if _SERVICE.search(text):
            raise InputError(f"could not check: {_named(shape)} holds a query that leaves the graph (SERVICE)")
        if text.count("{") + text.count("(") > BRACKETS:
            raise InputError(f"could not check: {_named(shape)} holds a query with more than {BRACKETS} brackets")
        try:
            pyoxigraph.Store().query(_PLACEHOLDER.sub("<urn:path>", text), prefixes=names)
        except SyntaxError as error:
            raise InputError(f"could not check: {_named(shape)} holds a query that cannot be read: {_short(error)}") from error


def _named(shape: str) -> str:
    return shape if shape.startswith("<") else "a shape without a name"


def _short(error: SyntaxError) -> str:
    return str(error).splitlines()[0][:120]


def _text(shapes: Index, node: str, name: str) -> str:
    values = shapes.get(node, {}).get(sh(name), [])
    return next((literal_parts(value).text for value in values if is_literal(value)), "")
