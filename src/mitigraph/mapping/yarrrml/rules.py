"""Rules: predicates, inverse predicates and objects in every form, joins, and the conditions on each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mitigraph.finding import LEVELS
from mitigraph.mapping.expression import Call, Expression
from mitigraph.mapping.names import resolve
from mitigraph.mapping.plan import Join, PredicateObject, TermMap
from mitigraph.mapping.yarrrml.nodes import Parts
from mitigraph.mapping.yarrrml.terms import TYPE, Kinds, Terms
from mitigraph.mapping.yarrrml.words import CALL, OBJECT, RULE
from mitigraph.read.tree import Node

__all__ = ["Inverse", "Rules"]

SHORT = "a short rule has a predicate, an object and one datatype or language"
Pair = tuple[Expression, Expression]
Made = tuple[TermMap | Join, Expression | None]
"""An object and its own condition."""

Inverse = tuple[PredicateObject, tuple[TermMap, ...]]
"""A rule, and the predicates that lead back from its objects."""


class Rules(Terms):
    """Nodes to rules; ``inverses`` are told to whoever reads the mapping."""

    def rule(self, node: Node, key: str, inverses: list[Inverse]) -> list[PredicateObject]:
        """A rule in its long form, or as ``[predicates, objects, datatype or language]``: one, and one more for each object
        with a condition of its own."""
        where = self.where(node, key)
        parts = self.long_rule(node, key)
        predicates, objects = parts.get("predicates"), parts.get("objects")
        if predicates is None or objects is None:
            self.problem("bad-rule", "a rule needs a predicate and an object", node, key)
            return [PredicateObject((), (), where)]
        names = tuple(self.predicate(one, key) for one in self.listed(predicates))
        kinds = Kinds(typed=any(one.expression == TYPE for one in names)).of(parts)
        condition = self.condition(parts.get("condition"), key)
        made = list(self.objects(objects, kinds, key))
        base = PredicateObject(names, (), where, condition, self.graphs(parts, key))
        plain = tuple(one for one, own in made if own is None)
        rules = [replace(base, objects=plain)] if plain or not made else []
        rules += [replace(base, objects=(one,), condition=_both(condition, own)) for one, own in made if own is not None]
        back = tuple(self.predicate(one, key) for one in self.listed(parts.get("inversepredicates")))
        if back:
            inverses += [(rule, back) for rule in rules]
        return rules

    def long_rule(self, node: Node, key: str) -> Parts:
        """The parts of a rule, whichever form it has."""
        if isinstance(node.value, dict):
            return self.keys(node, RULE, key)
        given = self.listed(node)
        if len(given) > 3:
            self.problem("bad-rule", SHORT, node, key)
        return dict(zip(("predicates", "objects", "datatype"), given, strict=False))

    def objects(self, node: Node, kinds: Kinds, key: str) -> Iterator[Made]:
        """Each object; in a list, ``[value, datatype or language]`` is one object."""
        for one in self.listed(node):
            if isinstance(one.value, list):
                value, said = [*one.value, None, None][:2]
                if len(one.value) > 2 or value is None:
                    self.problem("bad-object", "a short object is [value, datatype or language]", one, key)
                if value is not None:
                    own = Kinds(kinds.type, said, None, kinds.typed) if said is not None else kinds
                    yield self.short_object(value, key, own), None
            elif isinstance(one.value, dict):
                yield from self.long_object(one, kinds, key)
            else:
                yield self.short_object(one, key, kinds), None

    def long_object(self, node: Node, kinds: Kinds, key: str) -> Iterator[Made]:
        """A value with its kind, a function, or a join with each of some mappings."""
        parts = self.keys(node, OBJECT, key)
        if "mappings" in parts:
            for name in self.listed(parts["mappings"]):
                yield self.join(name, parts, node, key), None
            return
        if "unmatched" in parts:
            self.problem("bad-join", "'unmatched' belongs to a join", parts["unmatched"], key)
        yield self.object(parts, node, key, kinds), self.condition(parts.get("condition"), key)

    # -- joins -----------------------------------------------------------------------------------------------

    def join(self, name: Node, parts: Parts, node: Node, key: str) -> Join:
        """An object map that refers to another triples map."""
        for other in sorted({"value", "type", "function", "datatype", "language"} & set(parts)):
            self.problem("bad-join", f"a join has no {other!r}", parts[other], key)
        pairs = [pair for one in self.listed(parts.get("condition")) for pair in self.pairs(one, key)]
        return Join(self.text(name), tuple(pairs), self.where(node, key), self.severity(parts, key))

    def pairs(self, node: Node, key: str) -> Iterator[Pair]:
        """The values that must be equal: this record's, and the other's."""
        if isinstance(node.value, dict):
            parts = self.keys(node, CALL, key)
            written = parts.get("function")
            if written is not None and isinstance(written.value, str) and "(" not in written.value:
                yield from self.long_pair(parts, node, key)
                return
        yield from self.equals(self.expression(node, key), node, key)

    def equals(self, condition: Expression, node: Node, key: str) -> Iterator[Pair]:
        """The pairs of a condition that was read: ``equal``, or ``and`` of several."""
        if isinstance(condition, Call) and condition.function == "and":
            for one in condition.arguments:
                yield from self.equals(one, node, key)
        elif isinstance(condition, Call) and condition.function == "equal" and len(condition.arguments) == 2:
            yield condition.arguments[0], condition.arguments[1]
        else:
            self.problem("bad-join", "a join's condition is 'equal' of two values", node, key)

    def long_pair(self, parts: Parts, node: Node, key: str) -> Iterator[Pair]:
        """``equal`` with its parameters listed; where one says s or o, that decides, else the first is this record's."""
        inner = [value for one in self.listed(parts.get("parameters")) if (value := _function_in(one)) is not None]
        if resolve(self.text(parts["function"]), self.prefixes).name == "and" and inner:
            for one in inner:
                yield from self.pairs(one, key)
            return
        given = self.given(parts, key)
        found = self.made(self.text(parts["function"]), [(one.label, one.value) for one in given], parts["function"], key)
        sides = [one.side for one in given]
        if len(given) != 2 or sides == [None, None]:
            yield from self.equals(found, node, key)
        elif found.function != "equal" or sides[0] == sides[1]:
            self.problem(
                "bad-join", "a join's condition is 'equal' of a value of this record (s) and one of the other (o)", node, key
            )
        else:
            first, second = (one.value for one in given)
            yield (first, second) if sides[0] == "s" or sides[1] == "o" else (second, first)

    def severity(self, parts: Parts, key: str) -> str | None:
        """How grave it is that a join finds nothing."""
        severity = self.text_of(parts, "unmatched")
        if severity is not None and severity not in LEVELS:
            self.problem("bad-join", f"{severity!r} is no severity", parts["unmatched"], key, suggestions=LEVELS)
        return None if severity == "none" else severity


def _function_in(parameter: Node) -> Node | None:
    """The function that a parameter is the value of, if it is one."""
    value = parameter.value
    if isinstance(value, list) and len(value) > 1:
        return _function_in(value[1])
    if not isinstance(value, dict):
        return None
    inner = value.get("value") or value.get("v")
    return _function_in(inner) if inner is not None else parameter


def _both(one: Expression | None, other: Expression | None) -> Expression | None:
    given = tuple(condition for condition in (one, other) if condition is not None)
    return Call("and", given) if len(given) > 1 else next(iter(given), None)
