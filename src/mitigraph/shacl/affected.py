"""What a change of the data can matter to: the shapes and focus nodes whose results may differ, and no others need be checked.

A result depends on the triples that are walked over to find it: those of the shape's paths, of the paths of shapes within it, of
``sh:class`` and of the properties it compares with. So each changed triple is followed backwards along every path that could have
come to it. If the results of a focus node differ, some walk from it met a changed triple for the first time; until there it
met none, so it is found in the data after the change as well as in those before, whether triples came or went.

>>> from mitigraph.shacl.data import Tables
>>> from mitigraph.shacl.shapes import shapes_of
>>> from mitigraph.shacl.vocabulary import sh
>>> shapes = shapes_of([("<urn:s>", sh("targetSubjectsOf"), "<urn:id>"), ("<urn:s>", sh("path"), "_:back"),
...     ("_:back", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>", "<urn:id>"),
...     ("_:back", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>", "_:rest"),
...     ("_:rest", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>", "_:inverse"),
...     ("_:rest", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>"),
...     ("_:inverse", sh("inversePath"), "<urn:id>"),
...     ("<urn:s>", sh("maxCount"), '"1"^^<http://www.w3.org/2001/XMLSchema#integer>')])
>>> old, new = ("<urn:a>", "<urn:id>", '"1"'), ("<urn:b>", "<urn:id>", '"1"')
>>> before, after = Tables([old, ("<urn:c>", "<urn:id>", '"2"')]), Tables([old, ("<urn:c>", "<urn:id>", '"2"'), new])
>>> sorted(Reach(shapes).affected(before, after, [new])["<urn:s>"])
['<urn:a>', '<urn:b>']
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

from mitigraph.shacl.component import Constraint, Shape
from mitigraph.shacl.components.shape_based import Qualified
from mitigraph.shacl.data import SUBCLASS, TYPE, Data
from mitigraph.shacl.edges import joined, uses
from mitigraph.shacl.engine import Check, targets
from mitigraph.shacl.paths import Inverse, Path, Predicate, Sequence, ZeroOrMore
from mitigraph.shacl.result import Result
from mitigraph.shacl.shapes import Shapes
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import Triple

__all__ = ["Pairs", "Reach", "Targeted", "results"]

Pairs = Mapping[str, AbstractSet[str]]
"""Shape → focus nodes."""

_CLASS = Sequence((Predicate(TYPE), ZeroOrMore(Predicate(SUBCLASS))))

_TARGETS: Mapping[str, Callable[[str], Path | None]] = {
    "targetNode": lambda value: None,
    "targetClass": lambda value: _CLASS,
    "targetSubjectsOf": Predicate,
    "targetObjectsOf": lambda value: Inverse(Predicate(value)),
}
"""What makes a node a focus node, as a path from it."""

_IS_TARGET: Mapping[str, Callable[[Data, str, str], bool]] = {
    "targetNode": lambda data, value, node: node == value,
    "targetSubjectsOf": lambda data, value, node: node in data.out(value),
    "targetObjectsOf": lambda data, value, node: node in data.into(value),
}


def _component(name: str) -> str:
    return sh(f"{name}ConstraintComponent")


def _components(*names: str) -> frozenset[str]:
    return frozenset(map(_component, names))


_VALUES_ALONE = _components(
    "Datatype", "NodeKind", "MinCount", "MaxCount", "MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive"
) | _components("MinLength", "MaxLength", "Pattern", "LanguageIn", "UniqueLang", "HasValue", "In")
"""Components that look at value nodes and at nothing that the data say of them."""
_OTHER_PROPERTY = _components("Equals", "Disjoint", "LessThan", "LessThanOrEquals")
_WITHIN = _components("Not", "And", "Or", "Xone", "Node", "Property", "QualifiedMinCount", "QualifiedMaxCount")
_OF_CLASS, _CLOSED = _component("Class"), _component("Closed")


class Reach:
    """For every shape with targets, the walks on which its results depend."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._steps: dict[str, dict[tuple[Path | None, bool], set[str]]] = defaultdict(lambda: defaultdict(set))
        self._any_property: dict[Path | None, set[str]] = defaultdict(set)
        self._anything: set[str] = set()
        for shape in shapes.values():
            if shape.targets and not shape.deactivated:
                for word, value in shape.targets:
                    self._walk(shape.node, _TARGETS[word](value))
                self._read(shape.node, shape, None, ())

    def affected(self, before: Data, after: Data, changed: Iterable[Triple]) -> dict[str, set[str]]:
        """Each shape with those of its focus nodes, before or after, whose results may differ; ``changed`` triples are there
        only before or only after."""
        found: dict[str, set[str]] = defaultdict(set)
        starts: dict[tuple[Path | None, str], list[str]] = {}
        triples = list(changed)
        for subject, predicate, value in triples:
            steps = [(back, value if inverse else subject, owners) for (back, inverse), owners in self._of(predicate)]
            steps += [(back, subject, owners) for back, owners in self._any_property.items()]
            for back, node, owners in steps:
                if (back, node) not in starts:
                    starts[back, node] = [node] if back is None else back.values(after, node)
                for owner in owners:
                    found[owner].update(starts[back, node])
        for owner in self._anything if triples else ():
            found[owner] = {node for data in (before, after) for node in targets(self._shapes[owner], data)}
        either = Targeted(before), Targeted(after)
        both = {
            name: set().union(*(targeted.among(found[name], self._shapes[name]) for targeted in either)) for name in sorted(found)
        }
        return {name: nodes for name, nodes in both.items() if nodes}

    def _of(self, predicate: str) -> Iterable[tuple[tuple[Path | None, bool], set[str]]]:
        return self._steps[predicate].items() if predicate in self._steps else ()

    def _read(self, owner: str, shape: Shape, at: Path | None, within: tuple[str, ...]) -> None:
        """Take in what a shape looks at; ``at`` leads from the owner's focus nodes to those of the shape."""
        here = joined(at, shape.path)
        self._walk(owner, here)
        if shape.node in within:
            self._anything.add(owner)
            return
        for constraint in shape.constraints:
            name = constraint.component
            if name in _WITHIN:
                for inner in _inner(constraint):
                    self._read(owner, self._shapes[inner], here, (*within, shape.node))
            elif name in _OTHER_PROPERTY:
                self._walk(owner, joined(at, Predicate(str(constraint.argument))))
            elif name == _OF_CLASS:
                self._walk(owner, joined(here, _CLASS))
            elif name == _CLOSED:
                self._any_property[_back(here)].add(owner)
            elif name not in _VALUES_ALONE:
                self._anything.add(owner)

    def _walk(self, owner: str, path: Path | None) -> None:
        for use in uses(path) if path is not None else ():
            self._steps[use.predicate][_back(use.before), use.inverse].add(owner)


class Targeted:
    """Which nodes are focus nodes of a shape by its targets (SHACL, section 2.1.3), looked at one at a time."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._types: dict[str, AbstractSet[str]] = {}

    def among(self, nodes: Iterable[str], shape: Shape) -> set[str]:
        """The focus nodes among some nodes."""
        return {node for node in nodes if any(self._is(word, value, node) for word, value in shape.targets)}

    def _is(self, word: str, value: str, node: str) -> bool:
        if word != "targetClass":
            return _IS_TARGET[word](self._data, value, node)
        if node not in self._types:
            self._types[node] = self._data.types(node)
        return value in self._types[node]


def results(data: Data, shapes: Shapes, pairs: Pairs) -> dict[tuple[str, str], set[Result]]:
    """The results of some shapes on some nodes, by shape and focus node; nodes that a shape does not target have none."""
    run, targeted = Check(data, shapes), Targeted(data)
    found: dict[tuple[str, str], set[Result]] = defaultdict(set)
    for name, nodes in pairs.items():
        focus = targeted.among(nodes, shapes[name])
        for node, result in run.results(shapes[name], focus) if focus else ():
            found[name, node].add(result)
    return dict(found)


def _inner(constraint: Constraint) -> tuple[str, ...]:
    """The shapes that a constraint puts values to."""
    match constraint.argument:
        case Qualified(shape, siblings):
            return shape, *siblings
        case tuple() as shapes:
            return tuple(map(str, shapes))
    return (str(constraint.argument),)


def _back(path: Path | None) -> Path | None:
    return None if path is None else path.reversed()
