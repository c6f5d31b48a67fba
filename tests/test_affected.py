"""What a change can matter to: nothing else changes, for any shapes, data and change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigraph.shacl.affected import Reach, results
from mitigraph.shacl.data import Data, Tables
from mitigraph.shacl.edited import Edited
from mitigraph.shacl.engine import check, targets
from mitigraph.shacl.result import Result
from mitigraph.shacl.shapes import Shapes, shapes_of
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import RDF, RDFS, XSD, Triple, literal

TYPE, SUBCLASS = f"<{RDF}type>", f"<{RDFS}subClassOf>"
FIRST, REST, NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"
NODES = [f"<urn:{name}>" for name in "abcdef"]
CLASSES = [f"<urn:{name}>" for name in "ABC"]
PROPERTIES = [f"<urn:{name}>" for name in "pqr"]
LITERALS = ['"1"', '"x"@en', '"y"@en', f'"2"^^<{XSD}integer>', f'"3"^^<{XSD}integer>']

data_triples = st.one_of(
    st.tuples(st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(NODES + LITERALS)),
    st.tuples(st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(NODES)),
    st.tuples(st.sampled_from(NODES), st.just(TYPE), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(CLASSES), st.just(SUBCLASS), st.sampled_from(CLASSES)),
)
graphs = st.sets(data_triples, min_size=6, max_size=20)
changes = st.sets(data_triples, max_size=3)

paths = st.recursive(
    st.sampled_from(PROPERTIES),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["inversePath", "inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"]), inner),
        st.tuples(st.sampled_from(["sequence", "sequence", "alternativePath"]), inner, inner),
    ),
    max_leaves=4,
)


def number(value: int) -> str:
    return literal(str(value), XSD + "integer")


numbers = st.integers(0, 2).map(number)
of_values = st.one_of(
    st.tuples(st.just("class"), st.sampled_from(CLASSES)),
    st.tuples(st.just("nodeKind"), st.sampled_from([sh("IRI"), sh("Literal")])),
    st.tuples(st.just("hasValue"), st.sampled_from(NODES + LITERALS)),
    st.tuples(st.just("minInclusive"), numbers),
    st.tuples(st.sampled_from(["equals", "disjoint"]), st.sampled_from(PROPERTIES)),
    st.tuples(st.just("closed"), st.just(literal("true", XSD + "boolean"))),
)
of_paths = st.one_of(
    of_values,
    st.tuples(st.sampled_from(["minCount", "maxCount"]), numbers),
    st.tuples(st.just("uniqueLang"), st.just(literal("true", XSD + "boolean"))),
    st.tuples(st.sampled_from(["lessThan", "lessThanOrEquals"]), st.sampled_from(PROPERTIES)),
)


def nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    within = st.one_of(
        st.tuples(st.sampled_from(["node", "not", "property"]), inner),
        st.tuples(st.sampled_from(["and", "or", "xone"]), inner, inner),
        st.tuples(st.sampled_from(["qualifiedMinCount", "qualifiedMaxCount"]), inner, numbers, st.booleans()),
    )
    return shapes(st.one_of(of_values, within), st.one_of(of_paths, within))


def shapes(values: st.SearchStrategy[object], on_paths: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """A shape: its path or None, and its constraints."""
    return st.one_of(
        st.tuples(st.none(), st.lists(values, min_size=1, max_size=2)),
        st.tuples(paths, st.lists(on_paths, min_size=1, max_size=3)),
    )


some_targets = st.lists(
    st.one_of(
        st.tuples(st.just("targetClass"), st.sampled_from(CLASSES)),
        st.tuples(st.just("targetNode"), st.sampled_from(NODES)),
        st.tuples(st.sampled_from(["targetSubjectsOf", "targetObjectsOf"]), st.sampled_from(PROPERTIES)),
    ),
    min_size=1,
    max_size=2,
)
shape_graphs = st.lists(
    st.tuples(some_targets, st.recursive(shapes(of_values, of_paths), nested, max_leaves=4)), min_size=1, max_size=3
)


Drawn = tuple[list[tuple[str, str]], Any]
"""Targets, and a shape: its path or None, and its constraints."""


class Written:
    """Shapes as triples."""

    def __init__(self, drawn: Sequence[Drawn]) -> None:
        self.triples: list[Triple] = []
        self._numbers = count()
        for aims, shape in drawn:
            node = self.shape(shape)
            self.triples += [(node, sh(word), value) for word, value in aims]

    def node(self) -> str:
        return f"<urn:shape:{next(self._numbers)}>"

    def shape(self, drawn: object, property_needed: bool = False) -> str:
        assert isinstance(drawn, tuple)
        path, constraints = drawn
        if property_needed and path is None:
            path, constraints = PROPERTIES[0], [("node", drawn)]
        node = self.node()
        self.triples.append((node, TYPE, sh("NodeShape" if path is None else "PropertyShape")))
        if path is not None:
            first = self.path(path)
            self.triples.append((node, sh("path"), first))
        for constraint in constraints:
            self.constraint(node, constraint, path is not None)
        return node

    def constraint(self, node: str, constraint: tuple[Any, ...], on_path: bool) -> None:
        word, *rest = constraint
        told: dict[str, str]
        if word in ("and", "or", "xone"):
            told = {word: self.list([self.shape(one) for one in rest])}
        elif word in ("node", "not", "property"):
            told = {word: self.shape(rest[0], word == "property")}
        elif word in ("qualifiedMinCount", "qualifiedMaxCount"):
            taken = any(one[:2] == (node, sh("qualifiedValueShape")) for one in self.triples)
            told = {} if taken or not on_path else {"qualifiedValueShape": self.shape(rest[0]), word: rest[1]}
            told |= {"qualifiedValueShapesDisjoint": literal("true", XSD + "boolean")} if told and rest[2] else {}
        else:
            told = {word: rest[0]}
        if word in ("nodeKind", "minCount", "maxCount", "uniqueLang", "closed", "minInclusive"):
            self.triples = [one for one in self.triples if one[:2] != (node, sh(word))]
        self.triples += [(node, sh(name), value) for name, value in told.items()]

    def path(self, drawn: object) -> str:
        if isinstance(drawn, str):
            return drawn
        assert isinstance(drawn, tuple)
        word, *parts = drawn
        inner = [self.path(part) for part in parts]
        if word == "sequence":
            return self.list(inner)
        node, value = f"_:{next(self._numbers)}", self.list(inner) if word == "alternativePath" else inner[0]
        self.triples.append((node, sh(word), value))
        return node

    def list(self, members: list[str]) -> str:
        head = NIL
        for member in reversed(members):
            node = f"_:{next(self._numbers)}"
            self.triples += [(node, FIRST, member), (node, REST, head)]
            head = node
        return head


def everything(data: Data, known: Shapes) -> dict[tuple[str, str], set[Result]]:
    return results(data, known, {shape.node: targets(shape, data) for shape in known.values() if shape.targets})


def told(found: Mapping[tuple[str, str], set[Result]]) -> Counter[Result]:
    return Counter(result for results in found.values() for result in results)


def edited(before: set[Triple], added: set[Triple], removed: set[Triple]) -> tuple[Tables, Edited, set[Triple]]:
    """Data before an edit and after it, and what differs."""
    data = Tables(before)
    after = Edited(data)
    changed = {triple for triple in removed if after.discard(triple)} ^ {triple for triple in added if after.add(triple)}
    return data, after, changed


def differing(old: Data, new: Data, known: Shapes) -> set[tuple[str, str]]:
    """The shapes and nodes whose results differ."""
    before, after = everything(old, known), everything(new, known)
    return {pair for pair in before.keys() | after.keys() if before.get(pair) != after.get(pair)}


@settings(max_examples=500)
@given(shape_graphs, graphs, changes, st.data())
def test_only_what_is_affected_changes(drawn: list[Drawn], before: set[Triple], added: set[Triple], data: st.DataObject) -> None:
    known = shapes_of(Written(drawn).triples)
    removed = data.draw(st.sets(st.sampled_from(sorted(before)), max_size=3))
    earlier, edit, changed = edited(before, added, removed)
    later = Tables(before - removed | added)
    pairs = Reach(known).affected(earlier, edit, sorted(changed))
    assert differing(earlier, later, known) <= {(shape, node) for shape, nodes in pairs.items() for node in nodes}
    old, new = told(everything(earlier, known)), told(everything(later, known))
    assert new == old - told(results(earlier, known, pairs)) + told(results(edit, known, pairs))
    assert sorted(new, key=Result.sort_key) == check(later, known) == check(edit, known)


A, B, C, P, Q, R = "<urn:a>", "<urn:b>", "<urn:c>", "<urn:p>", "<urn:q>", "<urn:r>"
K, L = "<urn:A>", "<urn:B>"
ONE = number(1)
ON_A = [("targetNode", A)]
OF_K = [("targetClass", K)]
KNOWN = (A, TYPE, K)

CASES: dict[str, tuple[Drawn, set[Triple], Triple]] = {
    "a value": ((ON_A, (P, [("minCount", ONE)])), set(), (A, P, B)),
    "the class of a value": ((ON_A, (P, [("class", K)])), {(A, P, B)}, (B, TYPE, K)),
    "a superclass of the class of a value": ((ON_A, (P, [("class", K)])), {(A, P, B), (B, TYPE, L)}, (L, SUBCLASS, K)),
    "a new focus node": ((OF_K, (P, [("minCount", ONE)])), set(), KNOWN),
    "a new focus node by its superclass": ((OF_K, (P, [("minCount", ONE)])), {(A, TYPE, L)}, (L, SUBCLASS, K)),
    "a new subject": (([("targetSubjectsOf", Q)], (P, [("minCount", ONE)])), set(), (A, Q, B)),
    "a new object": (([("targetObjectsOf", Q)], (P, [("minCount", ONE)])), set(), (B, Q, A)),
    "a second one of the same name": (
        (OF_K, (("sequence", P, ("inversePath", P)), [("maxCount", ONE)])),
        {KNOWN, (A, P, '"1"')},
        (B, P, '"1"'),
    ),
    "the end of a sequence": ((ON_A, (("sequence", P, Q), [("nodeKind", sh("Literal"))])), {(A, P, B)}, (B, Q, C)),
    "far along a repeated path": (
        (ON_A, (("oneOrMorePath", P), [("hasValue", C)])),
        {(A, P, B), (B, P, "<urn:d>")},
        ("<urn:d>", P, C),
    ),
    "the property that is compared": ((ON_A, (P, [("equals", Q)])), {(A, P, B)}, (A, Q, B)),
    "any property of a closed node": (
        (ON_A, (P, [("node", (None, [("closed", literal("true", XSD + "boolean"))]))])),
        {(A, P, B)},
        (B, R, C),
    ),
    "a nested shape's path": ((ON_A, (P, [("not", (Q, [("minCount", ONE)]))])), {(A, P, B)}, (B, Q, C)),
    "one of several shapes": (
        (ON_A, (P, [("xone", (Q, [("minCount", ONE)]), (None, [("class", K)]))])),
        {(A, P, B)},
        (B, TYPE, K),
    ),
    "a shape that is counted by": (
        (ON_A, (P, [("qualifiedMinCount", (None, [("class", K)]), ONE, False)])),
        {(A, P, B)},
        (B, TYPE, K),
    ),
    "a property of a value": ((ON_A, (P, [("property", (Q, [("maxCount", number(0))]))])), {(A, P, B)}, (B, Q, C)),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_affected(name: str) -> None:
    drawn, before, triple = CASES[name]
    known = shapes_of(Written([drawn]).triples)
    for added, removed, data in (({triple}, set[Triple](), before), (set[Triple](), {triple}, before | {triple})):
        earlier, edit, changed = edited(data, added, removed)
        pairs = Reach(known).affected(earlier, edit, sorted(changed))
        assert differing(earlier, edit, known) == {("<urn:shape:0>", A)}, "the case is of use only if something differs"
        assert A in pairs["<urn:shape:0>"]


def test_sibling_shapes_matter() -> None:
    written = Written([])
    first, second = written.shape((None, [("class", K)])), written.shape((Q, [("minCount", ONE)]))
    for node, shape in (("<urn:first>", first), ("<urn:second>", second)):
        told = {"path": P, "qualifiedValueShape": shape, "qualifiedMinCount": ONE}
        written.triples += [("<urn:s>", sh("property"), node), *((node, sh(word), value) for word, value in told.items())]
    flag = ("<urn:first>", sh("qualifiedValueShapesDisjoint"), literal("true", XSD + "boolean"))
    known = shapes_of([*written.triples, flag, ("<urn:s>", sh("targetNode"), A)])
    known["<urn:second>"] = replace(known["<urn:second>"], constraints=())
    earlier, edit, changed = edited({(A, P, B), (B, TYPE, K)}, {(B, Q, C)}, set())
    assert differing(earlier, edit, known) == {("<urn:s>", A)}
    assert Reach(known).affected(earlier, edit, sorted(changed)) == {"<urn:s>": {A}}


def test_what_has_nothing_to_do_with_it_is_left_out() -> None:
    known = shapes_of(Written([(OF_K, (("sequence", P, Q), [("minCount", ONE)]))]).triples)
    before = {(node, TYPE, K) for node in NODES} | {(A, P, C)}
    earlier, edit, changed = edited(before, {(C, Q, '"1"'), (B, R, C)}, set())
    assert Reach(known).affected(earlier, edit, sorted(changed)) == {"<urn:shape:0>": {A}}


def test_a_query_may_look_at_anything() -> None:
    text = literal("SELECT $this WHERE { $this ?any ?value }")
    triples = [*Written([(OF_K, (P, [("minCount", ONE)]))]).triples]
    triples += [("<urn:shape:0>", sh("sparql"), "_:query"), ("_:query", sh("select"), text)]
    earlier, edit, changed = edited({(node, TYPE, K) for node in (A, B)}, {(C, R, C), (C, TYPE, K)}, set())
    assert Reach(shapes_of(triples)).affected(earlier, edit, sorted(changed)) == {"<urn:shape:0>": {A, B, C}}
    assert Reach(shapes_of(triples)).affected(earlier, earlier, []) == {}
