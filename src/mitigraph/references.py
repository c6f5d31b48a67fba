"""Joins of new records to records that are in an existing dataset already, as if both were mapped together.

What a mapping writes of a record's key is read back: the property whose value is the expression by which a join finds its
parents, on the parent itself or on a node that the mapping links to it. What no property says cannot be read back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from mitigraph.mapping import KeyRegistry, Run
from mitigraph.mapping import Mapping as RecordMapping
from mitigraph.mapping.expression import Expression, Template, Text
from mitigraph.mapping.plan import Join, TermMap, TriplesMap
from mitigraph.pipeline import Dataset
from mitigraph.shacl.data import Data
from mitigraph.terms import is_iri, literal

__all__ = ["joined"]


def joined(dataset: Dataset, data: Data) -> Dataset:
    """The dataset, its records mapped once more with what the data have of those they refer to; as it is if none can refer."""
    ways = {run.mapping.name: _ways(run.mapping, run.lexicon.base or run.mapping.base) for run in dataset.runs}
    if not any(ways[run.mapping.name] and run.misses_parents for run in dataset.runs):
        return dataset
    registry = KeyRegistry()
    runs = [_again(run, registry, data, ways[run.mapping.name]) for run in dataset.runs]
    asserted = dataset.asserted.union(*(run.triples() for run in runs))
    told = {finding for run in dataset.runs for finding in run.findings}
    findings = [one for one in dataset.findings if one not in told] + [one for run in runs for one in run.findings]
    return replace(dataset, asserted=asserted, runs=runs, findings=findings)


class _Way(NamedTuple):
    """How a key is read back: the property that has it, as which literal; the link to what is meant; how its IRI begins."""

    predicate: str
    said: TermMap
    link: str | None
    beginning: str

    def parents(self, data: Data, key: str) -> Iterator[str]:
        """The subjects that have a key."""
        for node in data.into(self.predicate).get(_literal(self.said, key), ()):
            for parent in (node,) if self.link is None else data.out(self.link).get(node, ()):
                if parent.startswith(self.beginning):
                    yield parent


def _again(run: Run, registry: KeyRegistry, data: Data, ways: dict[Join, list[_Way]]) -> Run:
    def known(join: Join, values: Sequence[str]) -> list[str]:
        return sorted({parent for way in ways.get(join, ()) for parent in way.parents(data, values[0])})

    again = Run(run.mapping, [program.input for program in run.programs], run.lexicon, registry)
    again.look_elsewhere(known)
    return again


def _ways(mapping: RecordMapping, base: str) -> dict[Join, list[_Way]]:
    """The ways back for each join that is made by one key."""
    joins = {one for plan in mapping.triples_maps for rule in plan.rules for one in rule.objects if isinstance(one, Join)}
    found = {join: list(_ways_of(mapping, join, base)) for join in joins if len(join.conditions) == 1}
    return {join: ways for join, ways in found.items() if ways}


def _ways_of(mapping: RecordMapping, join: Join, base: str) -> Iterator[_Way]:
    parent = mapping.triples_map(join.triples_map)
    if parent is None or len(parent.subjects) != 1 or not isinstance(parent.subjects[0].expression, Template):
        return
    beginning, meant = _beginning(parent.subjects[0].expression, base), parent.subjects[0].expression
    for plan in mapping.triples_maps:
        if not set(plan.sources) & set(parent.sources):
            continue
        links: list[str | None] = [None] if plan.name == parent.name else [*_properties(plan, meant, "iri")]
        for predicate, said in _properties(plan, join.conditions[0][1], "literal").items():
            yield from (_Way(predicate, said, link, beginning) for link in links)


def _properties(plan: TriplesMap, expression: Expression, kind: str) -> dict[str, TermMap]:
    """The properties (terms) by which a triples map says an expression, whatever the record."""
    return {
        f"<{predicate.expression.text}>": said
        for rule in plan.rules
        for predicate in rule.predicates
        for said in rule.objects
        if isinstance(said, TermMap) and said.kind == kind and said.expression == expression
        if isinstance(predicate.expression, Text) and _is_constant(said)
    }


def _is_constant(said: TermMap) -> bool:
    """Whether the literal's type and language are the same for every record."""
    return all(part is None or isinstance(part, Text) for part in (said.datatype, said.language)) and not said.natural


def _literal(said: TermMap, key: str) -> str:
    datatype, language = (part.text if isinstance(part, Text) else None for part in (said.datatype, said.language))
    return literal(key, datatype, language)


def _beginning(subject: Template, base: str) -> str:
    """What every subject of a template begins with."""
    first = subject.parts[0] if isinstance(subject.parts[0], str) else ""
    start = f"<{first}"
    return start if ":" in first and is_iri(start) else f"<{base}{first}"
