"""What a mapping does with each column: how its values part, what they are looked up in, which property each becomes.

A value is followed along the first arguments of the functions it goes through: of ``mg:concept(mg:split($(actor), …), …)``
the column is ``actor``, it parts at the separators, and is looked up in the scheme.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mitigraph.mapping import LogicalSource
from mitigraph.mapping import Mapping as RecordMapping
from mitigraph.mapping.expression import Call, Expression, Reference, Template, Text, references
from mitigraph.mapping.plan import Field as DerivedField
from mitigraph.mapping.plan import Join, PredicateObject, TermMap, TriplesMap
from mitigraph.terms import RDF, XSD

__all__ = ["Column", "columns_of"]

TYPE = Text(f"{RDF}type")
PARTED, DEFAULTED = "split", "first"
KINDS = {"concept": "choice", "lookup": "choice", "key": "key", "year": "integer", "integer": "integer", "iri": "link"}
"""The kind of a field by a function that its value goes through."""
KINDS_OF_TYPES = {f"{XSD}integer": "integer", f"{XSD}date": "date", f"{XSD}dateTime": "date"}
ASIDE = "nonValue"
"""The function that knows the words for "no value": they are nothing else that one may fill in."""

IN_ORDER = ("choice", "key", "integer", "date", "link", "entry", "text")
"""Of several kinds that a column may be of, the first one counts."""


@dataclass
class Column:
    """What becomes of a column.

    ``properties`` are the IRIs its values go to, each with the classes of the subject; ``of_entry`` the classes of what every
    entry has; ``tables`` lookup tables, each with the template of the IRI that a key becomes; ``ways`` in how many kinds of
    rule it is used.
    """

    name: str
    required: bool = False
    separators: list[str] = field(default_factory=list)
    schemes: list[str] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    properties: set[tuple[str, str]] = field(default_factory=set)
    of_entry: frozenset[str] = frozenset()
    default: str | None = None
    verbatim: bool = False
    ways: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """The kind of field."""
        return next((kind for kind in IN_ORDER if kind in self.kinds), "text")


@dataclass(frozen=True)
class _Way:
    """How a value comes from its column: the functions on the way, the outermost first."""

    column: str
    calls: tuple[Call, ...]


def columns_of(mapping: RecordMapping, source: LogicalSource) -> dict[str, Column]:
    """Every column of a source, in its order, with what the mapping does with it."""
    found = {name: Column(name, name in source.columns) for name in (*source.columns, *source.optional)}
    own = [one for one in mapping.triples_maps if source.name in one.sources]
    joined = {one.name for one in own}
    classes = _classes(own)
    always = frozenset(kind for one in own if _is_of_every_entry(one, source) for kind in classes[_subject(one)])
    for column in found.values():
        column.of_entry = always
    for triples_map in own:
        derived = _derived(source.fields, triples_map.fields)
        for rule in triples_map.rules:
            for way, term in _ways(rule, triples_map, derived, joined):
                if way.column in found:
                    _note(found[way.column], way, term, rule, triples_map, classes[_subject(triples_map)])
    return found


def _ways(
    rule: PredicateObject, triples_map: TriplesMap, derived: Mapping[str, Expression], joined: set[str]
) -> Iterator[tuple[_Way, TermMap | Join]]:
    """The columns that become objects of a rule, alone or as the one variable part of a resource's address."""
    for term in rule.objects:
        if isinstance(term, Join):
            expressions = [child for child, _ in term.conditions] if term.triples_map in joined else []
        elif isinstance(term.expression, Template) and triples_map.each is not None and len(references(term.expression)) == 1:
            expressions = [Reference(references(term.expression)[0])]
        else:
            expressions = [term.expression] if isinstance(term.expression, Reference) else []
        for expression in expressions:
            if (way := _followed(expression, derived)) is not None:
                yield way, term


def _followed(expression: Expression, derived: Mapping[str, Expression]) -> _Way | None:
    """The way back from an expression to the column of its value; None: it has none."""
    calls: list[Call] = []
    passed: set[str] = set()
    while True:
        match expression:
            case Reference(name) if name in derived and name not in passed:
                passed.add(name)
                expression = derived[name]
            case Reference(name):
                return _Way(name, tuple(calls))
            case Call(_, (first, *_)):
                calls.append(expression)
                expression = first
            case _:
                return None


def _note(
    column: Column, way: _Way, term: TermMap | Join, rule: PredicateObject, triples_map: TriplesMap, classes: Iterable[str]
) -> None:
    predicates = [one.expression.text for one in rule.predicates if isinstance(one.expression, Text)]
    column.properties.update((predicate, kind) for predicate in predicates for kind in classes)
    if all(call.function != ASIDE for call in way.calls):
        column.ways.add(triples_map.name if triples_map.each is not None else "")
    if isinstance(term, Join):
        column.kinds.add("entry")
    elif isinstance(term.datatype, Text):
        column.kinds.add(KINDS_OF_TYPES.get(term.datatype.text, "text"))
    elif not way.calls and term.kind == "literal":
        column.verbatim = True
    for call in way.calls:
        _note_call(column, call, term)


def _note_call(column: Column, call: Call, term: TermMap | Join) -> None:
    told = {name: value.text for name, value in call.named if isinstance(value, Text)}
    if call.function in KINDS:
        column.kinds.add(KINDS[call.function])
    for scheme in told.get("scheme", "").split() if call.function == "concept" else ():
        if scheme not in column.schemes:
            column.schemes.append(scheme)
    if call.function == "lookup" and isinstance(term, TermMap) and isinstance(term.expression, Template):
        column.tables[told["table"]] = "".join(part if isinstance(part, str) else "{}" for part in term.expression.parts)
    # The way leads from the last separator to the first.
    if call.function == PARTED and (separator := told.get("separator", ";")) not in column.separators:
        column.separators.insert(0, separator)
    if call.function == DEFAULTED and len(call.arguments) > 1 and isinstance(call.arguments[1], Text):
        column.default = call.arguments[1].text


def _derived(*layers: Iterable[DerivedField]) -> dict[str, Expression]:
    return {one.name: one.expression for layer in layers for one in layer}


def _subject(triples_map: TriplesMap) -> tuple[Expression | None, ...]:
    return tuple(one.expression for one in triples_map.subjects)


def _classes(triples_maps: Iterable[TriplesMap]) -> dict[tuple[Expression | None, ...], set[str]]:
    """Subjects with their classes, whichever of the triples maps states them."""
    found: dict[tuple[Expression | None, ...], set[str]] = defaultdict(set)
    for one in triples_maps:
        for rule in one.rules:
            if any(predicate.expression == TYPE for predicate in rule.predicates):
                kinds = (term.expression for term in rule.objects if isinstance(term, TermMap))
                found[_subject(one)].update(kind.text for kind in kinds if isinstance(kind, Text))
    return found


def _is_of_every_entry(triples_map: TriplesMap, source: LogicalSource) -> bool:
    """Whether each record makes the subject: only required columns are in its address, and no condition stands before it."""
    if triples_map.each is not None or triples_map.condition is not None:
        return False
    derived = _derived(source.fields, triples_map.fields)
    used = [name for subject in triples_map.subjects if subject.expression for name in references(subject.expression)]
    ways = [_followed(Reference(name), derived) for name in used]
    return bool(ways) and all(way is not None and way.column in source.columns for way in ways)
