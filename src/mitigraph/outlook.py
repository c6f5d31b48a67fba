"""What a check needs of the data: the predicates that shapes can see, and the rules whose conclusions they can see.

Nothing else is kept of large files, and nothing else inferred: it could change no result.

>>> from mitigraph.shacl.vocabulary import sh
>>> knowledge = Knowledge()
>>> shapes = [("<urn:s>", sh("targetClass"), "<urn:C>"), ("<urn:s>", sh("path"), f"<{NAMESPACE}inCategory>"),
...           ("<urn:s>", sh("minCount"), '"1"^^<http://www.w3.org/2001/XMLSchema#integer>')]
>>> [rule.name for rule in outlook(shapes, knowledge, subclasses=[]).rules]
['category-roll-up', 'flat-classification', 'inverses']
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import NamedTuple
from unicodedata import is_normalized

from mitigraph.clauses import Clause, clauses
from mitigraph.infer import Rule
from mitigraph.knowledge import NAMESPACE, Knowledge
from mitigraph.shacl.data import SUBCLASS, TYPE
from mitigraph.shacl.shapes import shapes_of
from mitigraph.shacl.sight import Sight, sight
from mitigraph.terms import Triple

__all__ = ["Outlook", "Watch", "outlook"]

_NAME = re.compile(f"<{re.escape(NAMESPACE)}[^<>]*>")


class Outlook(NamedTuple):
    """``keep``: predicates that the shapes, or rules that may matter to them, look at; None: all. ``rules``: those whose
    conclusions the shapes can see, directly or through other rules."""

    keep: frozenset[str] | None
    rules: list[Rule]


def outlook(shapes: Iterable[Triple], knowledge: Knowledge, subclasses: Iterable[Triple] | None = None) -> Outlook:
    """What the shapes can see. Which classes are below others may depend on the data: until its ``subclasses`` are known
    (its triples of rdfs:subClassOf), every class counts as one that may be asked for."""
    seen = sight(shapes_of(shapes))
    if subclasses is None:
        seen = Sight(seen.predicates, None)
    elif seen.classes is not None:
        known = [*subclasses, *(triple for triple in knowledge.background if triple[1] == SUBCLASS)]
        seen = Sight(seen.predicates, _with_subclasses(seen.classes, known))
    return _seen_from(seen, knowledge)


class Watch:
    """Which lines of a file are to be looked at, whatever the shapes see: for terms that the ontology does not have, and for
    texts that are not in Unicode form NFC (where they are not hidden behind escapes).

    >>> text = "<urn:a> <urn:p> <https://w3id.org/airmo#Mitigatoin> .\\n<urn:a> <urn:p> <urn:b> .\\n"
    >>> Watch(Knowledge())(text)
    ['<urn:a> <urn:p> <https://w3id.org/airmo#Mitigatoin> .\\n']
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset((f"<{NAMESPACE}>", *(f"<{term}>" for term in self._knowledge.lexicon.terms)))

    def __call__(self, text: str) -> list[str]:
        words = set(_NAME.findall(text)) - self._known if NAMESPACE in text else set()
        odd = not text.isascii() and not is_normalized("NFC", text)
        if not words and not odd:
            return []
        lines = [f"{line}\n" for line in text.split("\n")[:-1]]
        return [line for line in lines if any(word in line for word in words) or (odd and not is_normalized("NFC", line))]


def _seen_from(sight: Sight, knowledge: Knowledge) -> Outlook:
    """Clauses are added until none gives anything more that can be seen."""
    read = {rule: clauses(rule, knowledge.prefixes) for rule in knowledge.rules}
    predicates, classes = sight
    if predicates is None or None in read.values():  # a rule that cannot be followed may look at anything
        return Outlook(None, knowledge.rules)
    waiting = [(rule, clause) for rule, found in read.items() for clause in found or ()]
    taken: set[str] = set()
    while fresh := [pair for pair in waiting if _is_visible(pair[1], predicates, classes)]:
        waiting = [pair for pair in waiting if pair not in fresh]
        taken.update(rule.name for rule, _ in fresh)
        for _, clause in fresh:
            predicates = predicates.union(*(pattern.path.predicates() for pattern in clause.body))
            asked = {pattern.value for pattern in clause.body if TYPE in pattern.path.predicates()}
            classes = None if classes is None or any(name[0] == "?" for name in asked) else classes | asked
    return Outlook(predicates, [rule for rule in knowledge.rules if rule.name in taken])


def _is_visible(clause: Clause, predicates: AbstractSet[str], classes: AbstractSet[str] | None) -> bool:
    _, predicate, value = clause.head
    if predicate == TYPE:
        return classes is None or value in classes or value[0] == "?"
    return predicate in predicates


def _with_subclasses(classes: Iterable[str], subclasses: list[Triple]) -> frozenset[str]:
    found = set(classes)
    while fresh := {below for below, _, above in subclasses if above in found and below not in found}:
        found |= fresh
    return frozenset(found)
