"""What shapes can see of the data: nothing else needs to be read, kept or inferred for them.

>>> from mitigraph.shacl.shapes import shapes_of
>>> from mitigraph.shacl.vocabulary import sh
>>> seen = sight(shapes_of([("<urn:s>", sh("targetClass"), "<urn:C>"), ("<urn:s>", sh("equals"), "<urn:p>")]))
>>> "<urn:p>" in seen.predicates, "<urn:q>" in seen.predicates, sorted(seen.classes)
(True, False, ['<urn:C>'])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mitigraph.shacl.component import Shape
from mitigraph.shacl.components import CORE, property_pair
from mitigraph.shacl.components.other import CLOSED
from mitigraph.shacl.data import SUBCLASS, TYPE
from mitigraph.shacl.shapes import Shapes
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import is_iri

__all__ = ["Sight", "sight"]

_CORE = {component.term for component in CORE}
_BY_PROPERTY = ("targetSubjectsOf", "targetObjectsOf")
_CLASS = sh("class")
_PAIRS = {parameter for component in property_pair.COMPONENTS for parameter in component.parameters}


class Sight(NamedTuple):
    """Predicates, and the classes whose instances are asked for; None: any. Instances of subclasses are instances, too."""

    predicates: frozenset[str] | None
    classes: frozenset[str] | None


def sight(shapes: Shapes) -> Sight:
    """All that some shape looks at. A closed shape looks at any predicate, and so may a component that is not of SHACL Core."""
    used = {constraint.component for shape in shapes.values() for constraint in shape.constraints}
    if CLOSED in used or not used <= _CORE:
        return Sight(None, None)
    predicates = {predicate for shape in shapes.values() for predicate in _predicates(shape)}
    classes = {name for shape in shapes.values() for name in _classes(shape)}
    # Whoever asks for rdf:type by name may see any class.
    return Sight(frozenset(predicates | {TYPE, SUBCLASS}), None if TYPE in predicates else frozenset(classes))


def _predicates(shape: Shape) -> Iterator[str]:
    if shape.path is not None:
        yield from shape.path.predicates()
    yield from (value for word, value in shape.targets if word in _BY_PROPERTY)
    for constraint in shape.constraints:
        yield from (term for word, term in constraint.parameters if word in _PAIRS and is_iri(term))


def _classes(shape: Shape) -> Iterator[str]:
    yield from (value for word, value in shape.targets if word == "targetClass")
    for constraint in shape.constraints:
        yield from (term for word, term in constraint.parameters if word == _CLASS)
