"""The part of a mapping that says nothing but what RML-Core has words for, and that every engine so should map alike.

>>> from mitigraph.mapping import Lexicon, load_mapping
>>> rules = "[[rdfs:label, $(t)], [rdfs:comment, 'mg:upper($(t))']]"
>>> text = f"{{sources: {{s: {{access: a.csv}}}}, mappings: {{m: {{sources: s, s: 'x/$(id)', po: {rules}}}}}}}"
>>> len(standard_part(load_mapping(text.encode(), "m.yml", Lexicon())).triples_maps[0].rules)
1
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mitigraph.mapping.check import is_position
from mitigraph.mapping.expression import Call, Expression, Reference, walk
from mitigraph.mapping.plan import Join, LogicalSource, Mapping, PredicateObject, TermMap, TriplesMap
from mitigraph.mapping.rml.words import OPTIONS

__all__ = ["standard_part"]


def standard_part(mapping: Mapping) -> Mapping:
    """The sources, triples maps and rules without anything of ours: no functions, conditions, derived fields, lookups.

    A triples map all of whose rules are left out stays as long as another is joined with it.
    """
    sources = [_bare(source) for source in mapping.sources if _is_standard_source(source)]
    names = {source.name for source in sources}
    derived = {source.name: {one.name for one in source.fields} for source in mapping.sources}
    maps = {}
    for plan in mapping.triples_maps:
        kept = tuple(name for name in plan.sources if name in names)
        own = set().union(*(derived[name] for name in kept)) if kept else set()
        if kept and plan.each is None and plan.condition is None and not plan.fields and _are_plain(plan.subjects, own):
            maps[plan.name] = replace(plan, sources=kept)
    fields = {name: set().union(*(derived[one] for one in plan.sources)) for name, plan in maps.items()}
    made = [_with_rules(plan, fields, _are_plain(plan.graphs, fields[plan.name])) for plan in maps.values()]
    parents = {one.triples_map for plan in made for rule in plan.rules for one in rule.objects if isinstance(one, Join)}
    made = [plan for plan in made if plan.rules or plan.name in parents]
    used = {name for plan in made for name in plan.sources}
    return replace(
        mapping,
        title=None,
        dataset=None,
        authors=(),
        sources=[one for one in sources if one.name in used],
        triples_maps=made,
        lookups={},
    )


def _is_standard_source(source: LogicalSource) -> bool:
    """A table, or JSON whose records are told by an iterator: without one RML takes the root, we its members."""
    if source.condition is not None:
        return False
    if source.format == "csv":
        return source.options.keys() <= OPTIONS.keys()
    return source.format == "json" and source.options.keys() == {"iterator"}


def _bare(source: LogicalSource) -> LogicalSource:
    return LogicalSource(source.name, source.where, source.access, source.format, options=source.options)


def _with_rules(plan: TriplesMap, fields: dict[str, set[str]], graphs_plain: bool) -> TriplesMap:
    """A triples map with those of its rules that are standard."""
    rules = [rule for rule in plan.rules if _is_standard(rule, plan, fields)] if graphs_plain else []
    return replace(plan, rules=tuple(map(_without_findings, rules)))


def _is_standard(rule: PredicateObject, plan: TriplesMap, fields: dict[str, set[str]]) -> bool:
    own = fields[plan.name]
    terms = [*rule.predicates, *rule.graphs, *(one for one in rule.objects if isinstance(one, TermMap))]
    joins = [one for one in rule.objects if isinstance(one, Join)]
    return rule.condition is None and _are_plain(terms, own) and all(_is_standard_join(one, plan, fields) for one in joins)


def _is_standard_join(join: Join, plan: TriplesMap, fields: dict[str, set[str]]) -> bool:
    """A join with a triples map that is itself standard, on references."""
    theirs = fields.get(join.triples_map)
    if theirs is None:
        return False
    own = fields[plan.name]
    sides = [(child, own) for child, _ in join.conditions] + [(parent, theirs) for _, parent in join.conditions]
    return all(isinstance(one, Reference) and _is_plain(one, derived) for one, derived in sides)


def _without_findings(rule: PredicateObject) -> PredicateObject:
    """RML says nothing of a join that finds nothing."""
    return replace(rule, objects=tuple(replace(one, unmatched=None) if isinstance(one, Join) else one for one in rule.objects))


def _are_plain(terms: Iterable[TermMap], derived: set[str]) -> bool:
    given = [one for term in terms for one in (term.expression, term.datatype, term.language)]
    return all(_is_plain(one, derived) for one in given if one is not None)


def _is_plain(expression: Expression, derived: set[str]) -> bool:
    """Whether an expression is made of constants and references to what the source itself has."""
    return not any(
        isinstance(part, Call)
        or (isinstance(part, Reference) and (part.name in derived or part.name.startswith("^") or is_position(part.name)))
        for part in walk(expression)
    )
