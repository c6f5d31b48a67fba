"""Which nodes a shape looks at, rewritten so that the engine does less work for the same results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from mitigraph.shacl.data import Tables
from mitigraph.shacl.engine import targets
from mitigraph.shacl.shapes import shapes_of
from mitigraph.shacl.sight import sight
from mitigraph.shacl.vocabulary import TARGETS, index, sh
from mitigraph.terms import RDF, RDFS, Triple

__all__ = ["are_all_without_focus", "hoist", "narrow", "relevant"]

_TYPE, _SUBCLASS = f"<{RDF}type>", f"<{RDFS}subClassOf>"
_CLASS, _NODE, _OBJECTS, _SUBJECTS = TARGETS
_RDFS_CLASS = f"<{RDFS}Class>"
_NOT_HOISTED = (sh("path"), sh("deactivated"), sh("closed"))
_LOOK_ANYWHERE = (sh("closed"), sh("sparql"), sh("ConstraintComponent"))


def are_all_without_focus(shapes: Iterable[Triple], data: Iterable[Triple]) -> bool:
    """Whether no node is a target of any of the shapes: then they were held against nothing, and say nothing of the data.

    >>> shapes = [("<urn:s>", sh("targetClass"), "<urn:C>"), ("<urn:s>", sh("nodeKind"), sh("IRI"))]
    >>> are_all_without_focus(shapes, [("<urn:a>", "<urn:p>", "<urn:C>")])
    True
    >>> are_all_without_focus(shapes, [("<urn:a>", _TYPE, "<urn:C>")])
    False
    """
    rules = shapes_of(shapes)
    tables = data if isinstance(data, Tables) else Tables(data, sight(rules).predicates)
    return not any(targets(shape, tables) for shape in rules.values())


def hoist(shapes: Iterable[Triple]) -> list[Triple]:
    """Give the property shapes of a targeted node shape its targets, so that each is checked over all nodes at once.

    A node shape's ``sh:property`` checks the property shape on the node itself (SHACL, section 4.7.2): the results are
    the same, and pySHACL is faster. Shapes that others refer to stay as they are, and so do those that are deactivated
    or whose list of property shapes matters itself (``sh:closed``, ``sh:qualifiedValueShapesDisjoint``).
    """
    triples = set(shapes)
    known = index(triples)
    if any(predicate == sh("qualifiedValueShapesDisjoint") for _, predicate, _ in triples):
        return sorted(triples)
    referred = {value for _, _, value in triples}
    for shape, rows in known.items():
        targets = list(_targets(shape, rows))
        if not targets or shape in referred or not rows.keys().isdisjoint(_NOT_HOISTED):
            continue
        for inner in rows.get(sh("property"), []):
            triples.discard((shape, sh("property"), inner))
            triples.add((inner, _TYPE, sh("PropertyShape")))
            triples.update((inner, target, value) for target, value in targets)
    return sorted(triples)


def _targets(shape: str, rows: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for target in TARGETS:
        for value in rows.get(target, []):
            yield target, value
    if _RDFS_CLASS in rows.get(_TYPE, []):
        yield _CLASS, shape


def narrow(shapes: Iterable[Triple], data: Iterable[Triple], focus: Iterable[str]) -> list[Triple]:
    """The shapes with each target replaced by those of its nodes that are in ``focus`` (SHACL, section 2.1.3)."""
    triples = set(shapes)
    wanted = set(focus)
    targeted = _Targeted(data, wanted)
    for shape, rows in index(triples).items():
        found = {node for target, value in _targets(shape, rows) for node in targeted.nodes(target, value)}
        triples.difference_update({(shape, target, value) for target in TARGETS for value in rows.get(target, [])})
        triples.discard((shape, _TYPE, _RDFS_CLASS))
        triples.update((shape, _NODE, node) for node in found)
    return sorted(triples)


def relevant(data: Iterable[Triple], shapes: Iterable[Triple]) -> list[Triple]:
    """The triples whose predicate some shape speaks of; all of them where a shape may look at any.

    >>> relevant([("<urn:a>", "<urn:p>", '"1"'), ("<urn:a>", "<urn:q>", '"2"')], [("<urn:s>", sh("path"), "<urn:p>")])
    [('<urn:a>', '<urn:p>', '"1"')]
    """
    words = {term for triple in shapes for term in triple}
    if not words.isdisjoint(_LOOK_ANYWHERE):
        return list(data)
    words |= {_TYPE, _SUBCLASS}
    return [triple for triple in data if triple[1] in words]


class _Targeted:
    """The focus nodes by what may select them: their types, and the properties they are subject or object of."""

    def __init__(self, data: Iterable[Triple], focus: set[str]) -> None:
        self._focus = focus
        self._selected: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._subclasses: dict[str, set[str]] = defaultdict(set)
        for subject, predicate, value in data:
            if subject in focus:
                self._selected[_SUBJECTS, predicate].add(subject)
                if predicate == _TYPE:
                    self._selected[_CLASS, value].add(subject)
            if value in focus:
                self._selected[_OBJECTS, predicate].add(value)
            if predicate == _SUBCLASS:
                self._subclasses[value].add(subject)

    def nodes(self, target: str, value: str) -> set[str]:
        if target == _NODE:
            return {value} & self._focus
        if target != _CLASS:
            return self._selected[target, value]
        return {node for name in self._with_subclasses(value) for node in self._selected[_CLASS, name]}

    def _with_subclasses(self, name: str) -> set[str]:
        found, waiting = {name}, [name]
        while waiting:
            below = self._subclasses[waiting.pop()] - found
            found |= below
            waiting.extend(below)
        return found
