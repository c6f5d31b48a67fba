"""The plan: what a mapping file says, as plain data, each part knowing the line and key it was written at.

The words are those of RML (https://w3id.org/rml/): logical source, triples map, subject map, predicate-object map, join.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePath

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.mapping.expression import Expression, Text
from mitigraph.vocabulary import Schemes, Table

__all__ = [
    "DEFAULT_BASE",
    "DEFAULT_GRAPH",
    "TERM_TYPES",
    "Field",
    "Join",
    "Lexicon",
    "LogicalSource",
    "Mapping",
    "MappingError",
    "PredicateObject",
    "TermMap",
    "TriplesMap",
    "Where",
]

DEFAULT_BASE = "https://w3id.org/airmo/id/"
DEFAULT_GRAPH = "http://w3id.org/rml/defaultGraph"
"""The name by which mappings speak of the graph that has none."""

TERM_TYPES = ("iri", "uri", "unsafe-iri", "unsafe-uri", "blank", "literal")
"""RML's term types. Values inside an ``iri`` are percent-encoded but for letters of every language, inside a ``uri`` but for
ASCII's, inside the ``unsafe-`` ones not at all."""


class MappingError(InputError):
    """A mapping that cannot be used; ``findings`` names every reason, each with file, line and key."""

    def __init__(self, message: str, findings: list[Finding]) -> None:
        super().__init__(message)
        self.findings = findings

    def lines(self) -> list[str]:
        """Every finding that keeps the mapping from being used."""
        return [str(finding) for finding in self.findings if finding.severity == "violation"]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a mapping may speak of: schemes, prefixes, the ontology's terms, and the base of relative IRIs.

    ``terms`` are the ontology's IRIs; a term in ``namespaces_checked`` that is not among them is an error, and so is a class
    where a property is wanted, or the other way round (``classes``, ``properties``; none: not known). ``deprecated`` leads to
    what took a term's place, or to an empty text; ``chains`` from an inferred property to the last step of its property chain
    (hasCategory → assignedCategory), for tracing. ``base`` None: the mapping's own base, else ``DEFAULT_BASE``.
    """

    schemes: Schemes = field(default_factory=Schemes)
    prefixes: MappingOf[str, str] = field(default_factory=dict)
    terms: frozenset[str] = frozenset()
    namespaces_checked: str | tuple[str, ...] = ()
    base: str | None = None
    chains: MappingOf[str, str] = field(default_factory=dict)
    classes: frozenset[str] = frozenset()
    properties: frozenset[str] = frozenset()
    deprecated: MappingOf[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a mapping file: its name, a line (from 1) and the path of keys.

    >>> str(Where("risks.yml", 42, "mappings.risk.po[3]"))
    'risks.yml:42 mappings.risk.po[3]'
    """

    file: str
    line: int
    key: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.key}"

    @property
    def place(self) -> Place:
        """The same as a finding's place."""
        return Place(self.file, self.line, self.key)


@dataclass(frozen=True, slots=True)
class Field:
    """A derived field: a name for the values of an expression."""

    name: str
    expression: Expression
    where: Where


@dataclass(frozen=True, slots=True)
class LogicalSource:
    """A source as the mapping declares it (RML: logical source).

    ``access`` is the file's own name or path; ``match`` globs that other names may fit; ``columns`` (tables) or ``keys`` (trees)
    a file must have, ``optional`` those it may lack; ``options`` go to the reader (``iterator`` among them); records for which
    ``condition`` does not hold are none of its own (a banner, a footer).
    """

    name: str
    where: Where
    access: str = ""
    format: str = "csv"
    match: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    options: MappingOf[str, object] = field(default_factory=dict)
    bundled: bool = False
    alternative_to: str | None = None
    fields: tuple[Field, ...] = ()
    condition: Expression | None = None

    def matches(self, file_name: str) -> bool:
        """Whether a file's name fits ``match``, whatever its case; without ``match`` any name does if columns or keys decide,
        else only ``access``.

        >>> LogicalSource("s", Where("m.yml", 1, "s"), "a.csv", match=("*.csv",)).matches("folder/b.CSV")
        True
        """
        name = PurePath(file_name).name
        if self.match:
            return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in self.match)
        return bool(self.columns or self.keys) or name == PurePath(self.access).name


@dataclass(frozen=True, slots=True)
class TermMap:
    """What makes terms of one of ``TERM_TYPES`` (RML: term map).

    ``expression`` None: a blank node of the record's own. ``datatype`` and ``language`` are those of literals, constant or from
    the data. ``natural``: a number or boolean of a tree is a literal of that type (RML: natural datatype), not its text.
    """

    expression: Expression | None
    where: Where
    kind: str = "literal"
    datatype: Expression | None = None
    language: Expression | None = None
    natural: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """An object that is the subject of another triples map; ``conditions`` pair a child with a parent expression.

    ``unmatched``: the severity of a finding for a value that no parent has; None: as RML, none.
    """

    triples_map: str
    conditions: tuple[tuple[Expression, Expression], ...]
    where: Where
    unmatched: str | None = None


@dataclass(frozen=True, slots=True)
class PredicateObject:
    """One rule: predicates and objects, under a condition; ``graphs`` are added to those of the triples map."""

    predicates: tuple[TermMap, ...]
    objects: tuple[TermMap | Join, ...]
    where: Where
    condition: Expression | None = None
    graphs: tuple[TermMap, ...] = ()


@dataclass(frozen=True, slots=True)
class TriplesMap:
    """Rules with one subject, for the records of some sources; ``each`` names a field that is gone through value by value.

    ``graphs`` are those of all its triples, ``base`` what relative IRIs begin with (None: the mapping's).
    """

    name: str
    where: Where
    sources: tuple[str, ...]
    subjects: tuple[TermMap, ...]
    rules: tuple[PredicateObject, ...]
    each: str | None = None
    fields: tuple[Field, ...] = ()
    condition: Expression | None = None
    graphs: tuple[TermMap, ...] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping file. ``findings`` are remarks that do not stop it; ``authors`` are ``name <email> (website)``."""

    name: str
    title: str | None
    dataset: str | None
    base: str
    prefixes: MappingOf[str, str]
    sources: list[LogicalSource]
    triples_maps: list[TriplesMap]
    lookups: MappingOf[str, Table]
    findings: list[Finding] = field(default_factory=list)
    authors: tuple[str, ...] = ()

    @property
    def names_graphs(self) -> bool:
        """Whether triples go to graphs other than the default one."""
        of_rules = [one for plan in self.triples_maps for rule in plan.rules for one in rule.graphs]
        terms = [*of_rules, *(one for plan in self.triples_maps for one in plan.graphs)]
        return any(one.expression != Text(DEFAULT_GRAPH) for one in terms)

    def source(self, name: str) -> LogicalSource | None:
        """The source of a name, if there is one."""
        return next((source for source in self.sources if source.name == name), None)

    def triples_map(self, name: str) -> TriplesMap | None:
        """The triples map of a name, if there is one."""
        return next((one for one in self.triples_maps if one.name == name), None)
