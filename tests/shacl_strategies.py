"""Random shapes and data for SHACL: small alphabets, so that they meet; every constraint component of Core, paths, nesting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import RDF, RDFS, XSD, Triple, literal

__all__ = ["CONSTRAINTS", "Pair", "pairs"]

EX = "https://example.org/"
TYPE, SUBCLASS = f"<{RDF}type>", f"<{RDFS}subClassOf>"
FIRST, REST, NIL = (f"<{RDF}{name}>" for name in ("first", "rest", "nil"))
NODES = [f"<{EX}{name}>" for name in "abcd"]
BLANKS = ["_:x", "_:y"]
PREDICATES = [f"<{EX}{name}>" for name in "pqr"]
CLASSES = [f"<{EX}{name}>" for name in "CDE"]
DEEPEST = 3

LITERALS = [
    literal(text, XSD + kind if kind else None)
    for text, kind in (
        ("", None),
        ("a", None),
        ("ab", None),
        ("AB", None),
        ("a\nb", None),
        ("é", None),
        ("1", "integer"),
        ("2", "integer"),
        ("01", "integer"),
        ("x", "integer"),
        ("300", "byte"),
        ("1.0", "decimal"),
        ("1.10", "decimal"),
        ("1.5e0", "double"),
        ("2", "float"),
        ("true", "boolean"),
        ("yes", "boolean"),
        ("2024-01-31", "date"),
        ("2024-02-31", "date"),
        ("2024-01-31T00:00:00", "dateTime"),
        ("2024-01-31T01:00:00Z", "dateTime"),
        ("2024-01-31T01:00:00+01:00", "dateTime"),
        ("https://example.org/a", "anyURI"),
    )
] + [literal(text, language=tag) for text, tag in (("a", "en"), ("ab", "en"), ("a", "de"), ("a", "en-gb"))]
LITERALS.append(literal("a", EX + "own"))

nodes = st.sampled_from([*NODES, *BLANKS])
values = st.sampled_from([*NODES, *BLANKS, *LITERALS])
terms = st.sampled_from([*NODES, *LITERALS])
literals = st.sampled_from(LITERALS)
predicates = st.sampled_from(PREDICATES)
classes = st.sampled_from(CLASSES)
small = st.integers(0, 2).map(lambda number: literal(str(number), XSD + "integer"))
true = st.just(literal("true", XSD + "boolean"))


class Pair(NamedTuple):
    """A data graph and a shapes graph."""

    data: list[Triple]
    shapes: list[Triple]


class Builder:
    """Writes shapes as triples, drawing what they are made of."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw, self.triples, self.count = draw, list[Triple](), 0
        self.done: dict[bool, list[str]] = {True: [], False: []}

    def new(self) -> str:
        """A node of its own, with or without a name."""
        self.count += 1
        return str(self.draw(st.sampled_from((f"<{EX}s{self.count}>", f"_:s{self.count}"))))

    def add(self, node: str, word: str, value: str) -> None:
        self.triples.append((node, sh(word), value))

    def list_of(self, members: list[str]) -> str:
        head = NIL
        for member in reversed(members):
            self.count += 1
            cell = f"_:l{self.count}"
            self.triples += [(cell, FIRST, member), (cell, REST, head)]
            head = cell
        return head

    def path(self, deep: int = 0) -> str:
        kind = self.draw(st.sampled_from(("predicate", "predicate", "predicate", *PATHS))) if deep < 2 else "predicate"
        if kind == "predicate":
            return str(self.draw(predicates))
        if kind == "sequence":
            return self.list_of([self.path(deep + 1), self.path(deep + 1)])
        self.count += 1
        node = f"_:p{self.count}"
        inner = self.path(deep + 1)
        if kind == "alternative":
            inner = self.list_of([inner, self.path(deep + 1)])
        self.add(node, f"{kind}Path", inner)
        return node

    def shape(self, deep: int, of_path: bool, node: str | None = None) -> str:
        """A shape: a property shape if it has a path."""
        node = node or self.new()
        self.triples.append((node, TYPE, sh("PropertyShape" if of_path else "NodeShape")))
        if of_path:
            self.add(node, "path", self.path())
        names = [name for name in CONSTRAINTS if of_path or name not in OF_PATHS]
        if deep >= DEEPEST:
            names = [name for name in names if name not in NESTING]
        chosen = self.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3))
        for place, name in enumerate(chosen):
            if name in REPEATED or name not in chosen[:place]:
                CONSTRAINTS[name](self, node, name, deep)
        if self.draw(st.integers(0, 19)) == 0:
            self.add(node, "deactivated", self.draw(true))
        if self.draw(st.integers(0, 4)) == 0:
            self.add(node, "severity", self.draw(st.sampled_from((sh("Info"), sh("Warning")))))
        self.done[of_path].append(node)
        return node

    def inner(self, deep: int, of_path: bool | None = None) -> str:
        """A shape within another, sometimes one that is used elsewhere too."""
        of_path = self.draw(st.booleans()) if of_path is None else of_path
        if self.done[of_path] and self.draw(st.integers(0, 3)) == 0:
            return str(self.draw(st.sampled_from(self.done[of_path])))
        return self.shape(deep + 1, of_path)

    def target(self, node: str) -> None:
        kind = self.draw(st.sampled_from(("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")))
        self.add(node, kind, self.draw(terms if kind == "targetNode" else classes if kind == "targetClass" else predicates))


Constraint = Callable[[Builder, str, str, int], None]


def one(values: st.SearchStrategy[str]) -> Constraint:
    return lambda build, node, name, deep: build.add(node, name, build.draw(values))


def listed(values: st.SearchStrategy[str]) -> Constraint:
    return lambda build, node, name, deep: build.add(node, name, build.list_of(build.draw(st.lists(values, max_size=3))))


def nested(build: Builder, node: str, name: str, deep: int) -> None:
    build.add(node, name, build.inner(deep, None if name == "not" else name == "property"))


def logical(build: Builder, node: str, name: str, deep: int) -> None:
    build.add(node, name, build.list_of([build.inner(deep) for _ in range(build.draw(st.integers(1, 3)))]))


def pattern(build: Builder, node: str, name: str, deep: int) -> None:
    build.add(node, name, literal(build.draw(st.sampled_from(("^a", "b$", "^ab?$", "[A-Z]", "a.b", "", "^https")))))
    if flags := build.draw(st.sampled_from(("", "i", "s", "im"))):
        build.add(node, "flags", literal(flags))


def qualified(build: Builder, node: str, name: str, deep: int) -> None:
    build.add(node, name, build.inner(deep))
    for word in build.draw(st.sampled_from((("Min",), ("Max",), ("Min", "Max")))):
        build.add(node, f"qualified{word}Count", build.draw(small))
    if build.draw(st.booleans()):
        build.add(node, "qualifiedValueShapesDisjoint", build.draw(true))


def siblings(build: Builder, node: str, name: str, deep: int) -> None:
    """Two property shapes of one path, whose values are not to be counted twice."""
    path = build.draw(predicates)
    for _ in range(2):
        shape = build.new()
        build.add(shape, "path", path)
        qualified(build, shape, "qualifiedValueShape", deep)
        build.add(node, "property", shape)


def closed(build: Builder, node: str, name: str, deep: int) -> None:
    build.add(node, name, build.draw(true))
    if build.draw(st.booleans()):
        build.add(
            node, "ignoredProperties", build.list_of(build.draw(st.lists(st.sampled_from([TYPE, *PREDICATES]), max_size=2)))
        )


KINDS = [sh(name) for name in ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")]
DATATYPES = [
    f"<{XSD}{name}>" for name in ("string", "integer", "byte", "decimal", "double", "boolean", "date", "dateTime", "anyURI")
]
LANGUAGES = [literal(tag) for tag in ("en", "de", "en-GB", "*", "fr")]
PATHS = ("sequence", "alternative", "inverse", "zeroOrMore", "oneOrMore", "zeroOrOne")

CONSTRAINTS: dict[str, Constraint] = {
    "class": one(classes),
    "datatype": one(st.sampled_from([*DATATYPES, f"<{RDF}langString>", f"<{EX}own>"])),
    "nodeKind": one(st.sampled_from(KINDS)),
    "minCount": one(small),
    "maxCount": one(small),
    "minExclusive": one(literals),
    "minInclusive": one(literals),
    "maxExclusive": one(literals),
    "maxInclusive": one(literals),
    "minLength": one(small),
    "maxLength": one(small),
    "pattern": pattern,
    "languageIn": listed(st.sampled_from(LANGUAGES)),
    "uniqueLang": one(true),
    "equals": one(predicates),
    "disjoint": one(predicates),
    "lessThan": one(predicates),
    "lessThanOrEquals": one(predicates),
    "not": nested,
    "and": logical,
    "or": logical,
    "xone": logical,
    "node": nested,
    "property": nested,
    "qualifiedValueShape": qualified,
    "siblings": siblings,
    "closed": closed,
    "hasValue": one(terms),
    "in": listed(terms),
}
OF_PATHS = {"minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape"}
NESTING = {"not", "and", "or", "xone", "node", "property", "qualifiedValueShape", "siblings"}
REPEATED = {"class", "equals", "disjoint", "lessThan", "lessThanOrEquals", "hasValue"} | NESTING - {"qualifiedValueShape"}
"""What a shape may have several of."""

triples = st.one_of(
    st.tuples(nodes, predicates, values),
    st.tuples(nodes, predicates, values),
    st.tuples(nodes, st.just(TYPE), classes),
)


@st.composite
def pairs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Pair:
    """A data graph of a dozen triples with a few subclasses, and one to three shapes with targets."""
    data = draw(st.lists(triples, max_size=12, unique=True))
    data += draw(st.lists(st.tuples(classes, st.just(SUBCLASS), classes), max_size=2, unique=True))
    build = Builder(draw)
    for _ in range(draw(st.integers(1, 3))):
        implicit = draw(st.integers(0, 5)) == 0
        node = draw(classes) if implicit else None
        if node is not None and any(subject == node for subject, *_ in build.triples):
            continue
        node = build.shape(0, draw(st.booleans()), node)
        if implicit:
            build.triples.append((node, TYPE, f"<{RDFS}Class>"))
        else:
            build.target(node)
    return Pair(data, build.triples)
