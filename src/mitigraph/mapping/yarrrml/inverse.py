"""Inverse predicates: triples from the objects of a rule back to its subjects, as triples maps of their own.

The plan knows no inverse: an object that has a name becomes a subject; a join is turned round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from mitigraph.mapping.expression import Call
from mitigraph.mapping.plan import Join, PredicateObject, TermMap, TriplesMap, Where
from mitigraph.mapping.yarrrml.rules import Inverse

__all__ = ["turned_round"]

UNNAMED = "an inverse predicate needs a subject and objects that are IRIs, or blank nodes with a value"


def turned_round(
    plan: TriplesMap, inverses: Sequence[Inverse], maps: Sequence[TriplesMap], refuse: Callable[[str, Where], None]
) -> Iterator[TriplesMap]:
    """The triples maps that lead back; ``refuse`` is told where there is no way back."""
    for number, (rule, predicates) in enumerate(inverses, 1):
        name = f"{plan.name}^{number}"
        named = [one for one in rule.objects if isinstance(one, TermMap)]
        if not all(_has_name(one) for one in (*plan.subjects, *named)):
            refuse(UNNAMED, rule.where)
            continue
        if named:
            yield _under(
                plan, rule, name, tuple(named), PredicateObject(predicates, plan.subjects, rule.where, graphs=rule.graphs)
            )
        joins = [one for one in rule.objects if isinstance(one, Join)]
        if joins:
            yield _under(plan, rule, f"{name}s", plan.subjects, None)
        for place, join in enumerate(joins, 1):
            parent = next((one for one in maps if one.name == join.triples_map), None)
            if parent is not None:
                yield _joined(parent, rule, join, predicates, f"{name}o{place}", f"{name}s")


def _has_name(term: TermMap) -> bool:
    return term.expression is not None and term.kind != "literal"


def _under(
    plan: TriplesMap, rule: PredicateObject, name: str, subjects: tuple[TermMap, ...], back: PredicateObject | None
) -> TriplesMap:
    """Some subjects for the records that the rule holds for."""
    given = tuple(one for one in (plan.condition, rule.condition) if one is not None)
    condition = Call("and", given) if len(given) > 1 else next(iter(given), None)
    return replace(plan, name=name, subjects=subjects, rules=(back,) if back else (), condition=condition)


def _joined(
    parent: TriplesMap, rule: PredicateObject, join: Join, predicates: tuple[TermMap, ...], name: str, child: str
) -> TriplesMap:
    turned = Join(child, tuple((other, own) for own, other in join.conditions), join.where)
    return replace(parent, name=name, rules=(PredicateObject(predicates, (turned,), rule.where, graphs=rule.graphs),))
