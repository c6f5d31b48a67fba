"""The triples maps of a mapping in RDF, with their rules and joins (RML-Core, sections Triples Maps to Joins)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from mitigraph.finding import LEVELS
from mitigraph.mapping.expression import Expression, Reference, Text
from mitigraph.mapping.plan import Join, PredicateObject, TermMap, TriplesMap
from mitigraph.mapping.rml.description import Description, Value
from mitigraph.mapping.rml.expressions import Expressions, all_of
from mitigraph.mapping.rml.sources import TABLES, Sources
from mitigraph.mapping.rml.term_maps import GRAPH, OBJECT, PREDICATE, SUBJECT, Made, Role, Surroundings, TermMaps
from mitigraph.mapping.rml.words import fnml, ours, rml
from mitigraph.terms import RDF, iri_text
from mitigraph.vocabulary import Table

__all__ = ["Reading"]

Thing = TypeVar("Thing")

TYPE = Text(f"{RDF}type")
TRIPLES_MAP = (
    rml.logicalSource,
    rml.subjectMap,
    rml.subject,
    rml.predicateObjectMap,
    rml.baseIRI,
    rml.condition,
    *(ours.space + name for name in ("name", "each", "fields", "condition", "partOf")),
)
RULE = (
    *(word for role in (PREDICATE, OBJECT, GRAPH) for word in (role.short, role.long)),
    rml.condition,
    ours.condition,
)
JOIN = (rml.parentTriplesMap, rml.joinCondition, ours.unmatched)
CONDITION = (rml.child, rml.childMap, rml.parent, rml.parentMap)
NOT_SUPPORTED = {
    rml.logicalTarget: ("targets are not known: all that is made goes to the output", "warning"),
    rml.strategy: ("strategies are not supported", "violation"),
    rml.gather: ("collections and containers are not supported", "violation"),
    rml.gatherAs: ("collections and containers are not supported", "violation"),
    rml.viewOn: ("logical views are not supported", "violation"),
    rml.subjectQuotedMap: ("quoted triples are not supported", "violation"),
    rml.quotedTriplesMap: ("quoted triples are not supported", "violation"),
}
"""Words of other modules of RML: what is said of them, and how grave it is to go on without."""


class _Part(NamedTuple):
    """A triples map as it stands in the file, and what tells whether it is a part of another."""

    plan: TriplesMap
    part_of: str | None
    rules: tuple[str, ...]


class Reading:
    """A mapping being read. ``own``: it says in our words what RML has none for, as mappings do that mitigraph wrote."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.head = next((one for one in description.subjects() if ours.Mapping in description.types(one)), None)
        self.sources = Sources(description, strict=self.head is None)
        self.maps, self.expressions = TermMaps(description), Expressions(description)
        self.resources = list(self.triples_map_resources())
        self.names = self.named(self.resources)
        self.tell_unsupported()
        self.triples_maps = self.merged([self.part(one) for one in self.resources])
        self.lookups = dict(self.tables())

    # -- the file --------------------------------------------------------------------------------------------

    def triples_map_resources(self) -> Iterator[Value]:
        """What is called a triples map, or has what only triples maps have."""
        description, resources = self.description, list(self.description.subjects())
        executed = {one.term for owner in resources for one in description.values(owner, fnml.functionValue)}
        for one in resources:
            has_parts = description.has(one, rml.logicalSource, rml.subjectMap, rml.subject, rml.predicateObjectMap)
            if one.term not in executed and (has_parts or rml.TriplesMap in description.types(one)):
                yield one

    def named(self, resources: Sequence[Value]) -> dict[str, str]:
        """Names of triples maps by their terms: the last part of their IRIs, or all of it where that is not enough."""
        keys = [one.key for one in resources]
        return {
            one.term: one.key if keys.count(one.key) == 1 else iri_text(one.term) if one.is_iri else f"{one.key} {one.term}"
            for one in resources
        }

    def tell_unsupported(self) -> None:
        for owner in self.description.subjects():
            for word, (message, severity) in NOT_SUPPORTED.items():
                for at in self.description.values(owner, word):
                    self.description.problem("not-supported", message, at, severity=severity)

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Lookup tables, words of ours."""
        told = self.description
        for one in told.values(self.head, ours.lookup) if self.head is not None else []:
            name, head = told.text(one, ours.name), told.one(one, ours.entries)
            entries: dict[str, list[str]] = {}
            for member in told.members(head) if head is not None else []:
                labels = told.one(member, ours.labels)
                entries[told.text(member, ours.key) or ""] = [label.text for label in told.members(labels)] if labels else []
            try:
                yield name or "", Table(entries)
            except ValueError as error:
                told.problem("ambiguous-lookup", str(error), one)

    def merged(self, parts: Sequence[_Part]) -> list[TriplesMap]:
        """Triples maps; those that were written in parts, one for each source and subject, are put together again."""
        found: dict[str, _Part] = {}
        renamed: dict[str, str] = {}
        for part in parts:
            first = found.get(part.part_of or "")
            if first is None or first.rules != part.rules:
                found[part.plan.name] = part
                continue
            renamed[part.plan.name] = first.plan.name
            plan = replace(
                first.plan,
                sources=tuple(dict.fromkeys((*first.plan.sources, *part.plan.sources))),
                subjects=_distinct((*first.plan.subjects, *part.plan.subjects)),
            )
            found[plan.name] = first._replace(plan=plan)
        return [_rejoined(part.plan, renamed) if renamed else part.plan for part in found.values()]

    # -- triples maps ----------------------------------------------------------------------------------------

    def part(self, owner: Value) -> _Part:
        """One triples map as it stands in the file."""
        told = self.description
        told.only(owner, "a triples map", *TRIPLES_MAP, *NOT_SUPPORTED)
        at = told.one(owner, rml.logicalSource)
        source = self.sources.named(at) if at is not None else None
        around = Surroundings(source is not None and source.format not in TABLES and not told.is_legacy)
        subject = self.subject(owner, around)
        rules = [rule for one in told.values(owner, rml.predicateObjectMap) for rule in self.rules(one, around)]
        classes = self.classes(subject)
        base = told.one(owner, rml.baseIRI)
        plan = TriplesMap(
            self.names[owner.term],
            told.where(owner),
            (source.name,) if source is not None else (),
            (subject.term,) if subject else (),
            (*([classes] if classes else []), *rules),
            told.text(owner, ours.each),
            self.expressions.fields(owner),
            all_of(self.expressions.condition(owner), subject.condition if subject else None),
            self.graphs(subject.at, around) if subject else (),
            base.text if base is not None and base.is_iri else None,
        )
        if base is not None and not base.is_iri:
            told.problem("bad-iri", "the base is an IRI", base, base.text)
        whole = told.one(owner, ours.partOf)
        shared = tuple(one.term for one in told.values(owner, rml.predicateObjectMap))
        return _Part(plan, self.names.get(whole.term) if whole else None, shared)

    def subject(self, owner: Value, around: Surroundings) -> Made | None:
        """The one subject map."""
        found = self.maps.all(owner, SUBJECT, around)
        if not found:
            self.description.problem("no-subject", "the triples map has no subject", owner)
        elif len(found) > 1:
            message = f"a triples map has one subject map, this one has {len(found)}"
            self.description.problem("bad-mapping", message, found[1].at)
        return found[0] if found else None

    def classes(self, subject: Made | None) -> PredicateObject | None:
        """The rule of a subject map's classes."""
        if subject is None:
            return None
        made = []
        for one in self.description.values(subject.at, rml.class_):
            if one.is_iri:
                made.append(TermMap(Text(one.text), self.description.where(one), "iri"))
            else:
                self.description.problem("bad-term-type", "a class is an IRI", one, one.text if one.is_literal else None)
        where = made[0].where if made else self.description.where(subject.at)
        return PredicateObject((TermMap(TYPE, where, "iri"),), tuple(made), where) if made else None

    def graphs(self, owner: Value, around: Surroundings) -> tuple[TermMap, ...]:
        return tuple(one.term for one in self.always(self.maps.all(owner, GRAPH, around), GRAPH))

    def always(self, found: Sequence[Made], role: Role) -> Sequence[Made]:
        """Term maps of a place where conditions are not supported."""
        for one in found:
            if one.condition is not None:
                word = role.short.rpartition("/")[2]
                self.description.problem("not-supported", f"a {word} map cannot have a condition", one.at)
        return found

    # -- rules -----------------------------------------------------------------------------------------------

    def rules(self, owner: Value, around: Surroundings) -> Iterator[PredicateObject]:
        """A predicate-object map: one rule, and one more for every object or predicate with a condition of its own."""
        told = self.description
        if owner.is_literal:
            told.problem("bad-rule", "a predicate-object map is wanted here", owner, owner.text)
            return
        told.only(owner, "a predicate-object map", *RULE, *NOT_SUPPORTED)
        predicates, objects = self.maps.all(owner, PREDICATE, around), list(self.objects(owner, around))
        for what, found in (("predicate", predicates), ("object", objects)):
            if not found:
                told.problem("bad-rule", f"the predicate-object map has no {what}", owner)
        graphs, condition = self.graphs(owner, around), self.expressions.condition(owner)
        for own_predicates, when in _by_condition([(one.term, one.condition) for one in predicates]):
            for own_objects, also in _by_condition(objects):
                whole = all_of(condition, when, also)
                yield PredicateObject(own_predicates, own_objects, told.where(owner), whole, graphs)

    def objects(self, owner: Value, around: Surroundings) -> Iterator[tuple[TermMap | Join, Expression | None]]:
        """Object maps and referencing object maps, in the order of the file."""
        joins = [one for one in self.description.values(owner, rml.objectMap) if self.description.has(one, *JOIN)]
        terms = {one.term for one in joins}
        yield from ((one.term, one.condition) for one in self.maps.all(owner, OBJECT, around, terms))
        yield from ((self.join(one), None) for one in joins)

    def join(self, owner: Value) -> Join:
        """A referencing object map."""
        told = self.description
        told.only(owner, "a referencing object map", *JOIN)
        parent = told.one(owner, rml.parentTriplesMap)
        if parent is None:
            told.problem("bad-join", "a join needs rml:parentTriplesMap", owner)
        elif parent.term not in self.names:
            told.problem("unknown-mapping", "no such triples map", parent, parent.text, self.names.values(), wrong=_last(parent))
        conditions = tuple(self.condition(one) for one in told.values(owner, rml.joinCondition))
        unmatched = told.text(owner, ours.unmatched)
        if unmatched is not None and unmatched not in LEVELS:
            told.problem("bad-join", f"{unmatched!r} is no severity", owner, unmatched, LEVELS)
        name = self.names.get(parent.term, "") if parent is not None else ""
        return Join(name, conditions, told.where(owner), None if unmatched == "none" else unmatched)

    def condition(self, owner: Value) -> tuple[Expression, Expression]:
        """A join condition: child and parent."""
        self.description.only(owner, "a join condition", *CONDITION)
        return self.side(owner, rml.child, rml.childMap), self.side(owner, rml.parent, rml.parentMap)

    def side(self, owner: Value, short: str, long: str) -> Expression:
        """A side of a join condition: a reference, or a map of values."""
        found = self.description.one(owner, short, long)
        if found is None:
            self.description.problem("bad-join", f"a join condition needs rml:{short.rpartition('/')[2]}", owner)
            return Text("")
        if self.description.has(owner, short):
            return Reference(found.text)
        return self.expressions.needed(found)


def _last(value: Value) -> str:
    return value.text.rstrip("/#").replace("#", "/").rpartition("/")[2]


def _distinct(terms: Sequence[TermMap]) -> tuple[TermMap, ...]:
    """Term maps without those that say the same at another place."""
    found: dict[TermMap, TermMap] = {}
    for one in terms:
        found.setdefault(replace(one, where=terms[0].where), one)
    return tuple(found.values())


def _by_condition(found: Sequence[tuple[Thing, Expression | None]]) -> Iterator[tuple[tuple[Thing, ...], Expression | None]]:
    """Those without a condition together, then each of the others by itself."""
    together = tuple(one for one, condition in found if condition is None)
    if together:
        yield together, None
    yield from (((one,), condition) for one, condition in found if condition is not None)


def _rejoined(plan: TriplesMap, renamed: dict[str, str]) -> TriplesMap:
    """A triples map whose joins lead to whole triples maps, each once."""
    rules = []
    for rule in plan.rules:
        objects: dict[object, TermMap | Join] = {}
        for one in rule.objects:
            if isinstance(one, Join):
                one = replace(one, triples_map=renamed.get(one.triples_map, one.triples_map))
                objects.setdefault((one.triples_map, one.conditions, one.unmatched), one)
            else:
                objects[len(objects), one] = one
        rules.append(replace(rule, objects=tuple(objects.values())))
    return replace(plan, rules=tuple(rules))
