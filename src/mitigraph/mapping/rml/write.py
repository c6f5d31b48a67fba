r"""A plan as RML: the words of RML-Core and RML-FNML, and our own (``words.ours``) for what they have no word for.

Triples maps, rules and sources have names, so that a mapping reads in its own order and a change of a rule is a change of
its lines. Everything that another engine needs for the rules it can run stands in words it knows.

>>> from mitigraph.mapping import Lexicon, load_mapping
>>> text = b"{sources: {s: {access: a.csv}}, mappings: {m: {sources: s, s: 'x/$(id)', po: [[rdfs:label, $(t), en~lang]]}}}"
>>> turtle = to_rml(load_mapping(text, "m.yml", Lexicon())).decode()
>>> print(turtle[turtle.index(":m.po1\n    a") :].partition("\n.\n")[0])
:m.po1
    a rml:PredicateObjectMap ;
    rml:objectMap [
        rml:language "en" ;
        rml:reference "t" ;
    ] ;
    rml:predicate rdfs:label ;
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import PurePath
from urllib.parse import quote

from mitigraph.mapping.plan import Join, LogicalSource, Mapping, PredicateObject, TermMap, TriplesMap
from mitigraph.mapping.rml.words import FORMULATIONS, OPTIONS, PREFIXES, csvw, ours, rml
from mitigraph.mapping.rml.write_terms import Statements, Terms, spread
from mitigraph.read import format_of
from mitigraph.read.options import ESCAPES
from mitigraph.read.options import OPTIONS as READ_BY
from mitigraph.serialise import to_turtle
from mitigraph.terms import RDF, XSD, Triple, iri, literal

__all__ = ["MAPPINGS", "rml_triples", "to_rml"]

MAPPINGS = "https://w3id.org/airmo/mapping/"
TITLE, CREATOR = "http://purl.org/dc/terms/title", "http://purl.org/dc/terms/creator"
TABLES = ("csv", "tsv", "xlsx")
NUMBERS = ("headerRowCount", "skipColumns", "skipRows")
TEXTS = ("commentPrefix", "delimiter", "encoding", "lineTerminators", "quoteChar")
ADDED = re.compile(r"\.(?:source|po[0-9]+|part[0-9]+)(?:\.|$)")
"""What is added to names: of a source, of rules, of the further parts of a triples map."""


def to_rml(mapping: Mapping) -> bytes:
    """A mapping as canonical Turtle."""
    prefixes = {"dcterms": TITLE.removesuffix("title"), **mapping.prefixes, **PREFIXES, "": f"{_document(mapping)}#"}
    return to_turtle(rml_triples(mapping), prefixes)


def rml_triples(mapping: Mapping) -> list[Triple]:
    """A mapping as triples."""
    return _Writing(mapping).triples()


def _document(mapping: Mapping) -> str:
    return MAPPINGS + _encoded(PurePath(mapping.name).stem)


def _encoded(name: str) -> str:
    """A name as part of an IRI; dots too where it could be taken for a name with an addition of ours.

    >>> _encoded("a b.csv"), _encoded("risk.po1")
    ('a%20b.csv', 'risk%2Epo1')
    """
    encoded = quote(name, safe="")
    return encoded.replace(".", "%2E") if ADDED.search(encoded) else encoded


def _text(value: object) -> str:
    """An option's value as a term: numbers and truth values as such."""
    if isinstance(value, bool) or value in ("true", "false"):
        return literal(str(value).lower(), f"{XSD}boolean")
    return literal(str(value), f"{XSD}integer" if isinstance(value, int) else None)


def _is_of_csvw(name: str, value: object) -> bool:
    """Whether an option stands in the words of CSV on the Web; a table that is only trimmed stays a plain file's name."""
    return name in OPTIONS and not (name == "trim" and value in (True, "true"))


def _of_csvw(name: str, value: object) -> list[str]:
    r"""An option's values as a csvw:Table or its dialect has them. No quotation mark is an empty text, as RDF has no null.

    >>> _of_csvw("skipRows", "02"), _of_csvw("delimiter", r"\t"), _of_csvw("quoteChar", None)
    (['"2"^^<http://www.w3.org/2001/XMLSchema#integer>'], ['"\\t"'], ['""'])
    """
    values = value if isinstance(value, list | tuple) else [value]
    if name in NUMBERS:
        return [_text(int(str(one))) for one in values]
    if name in TEXTS:
        return [literal(ESCAPES.get(str(one), str(one)) if one is not None else "") for one in values]
    if name == "null":
        return [literal(str(one)) for one in values]
    return [_text(one) for one in values]


class _Writing:
    """One mapping being written."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping, self.out = mapping, Statements()
        self.space = f"{_document(mapping)}#"

    def triples(self) -> list[Triple]:
        self.head()
        for source in self.mapping.sources:
            self.source(source)
        for plan in self.mapping.triples_maps:
            self.triples_map(plan)
        return self.out.triples

    def named(self, name: str, addition: str = "") -> str:
        """The term that names a part of the mapping."""
        return iri(f"{self.space}{_encoded(name)}{addition}")

    def head(self) -> None:
        """What holds for the whole file."""
        node, add, mapping = iri(self.space.removesuffix("#")), self.out.add, self.mapping
        add(node, f"{RDF}type", iri(ours.Mapping))
        add(node, ours.base, literal(mapping.base))
        if mapping.title is not None:
            add(node, TITLE, literal(mapping.title))
        add(node, CREATOR, *map(literal, mapping.authors))
        if mapping.dataset is not None:
            add(node, ours.dataset, literal(mapping.dataset))
        if mapping.sources:
            add(node, ours.sources, self.out.sequence(self.named(one.name, ".source") for one in mapping.sources))
        add(node, ours.triplesMaps, self.out.sequence(self.named(one.name) for one in mapping.triples_maps))
        for name, table in mapping.lookups.items():
            add(node, ours.lookup, self.lookup(name, table.entries.items()))

    def lookup(self, name: str, entries: Iterable[tuple[str, list[str]]]) -> str:
        """A lookup table; entries and labels are in order, as the first of equals counts."""
        node, members = self.out.node(), list[str]()
        for key, labels in entries:
            member = self.out.node()
            self.out.add(member, ours.key, literal(key))
            self.out.add(member, ours.labels, self.out.sequence(map(literal, labels)))
            members.append(member)
        self.out.add(node, ours.name, literal(name))
        self.out.add(node, ours.entries, self.out.sequence(members))
        return node

    # -- sources ---------------------------------------------------------------------------------------------

    def source(self, source: LogicalSource) -> None:
        """A logical source."""
        node, add = self.named(source.name, ".source"), self.out.add
        is_table = source.format in TABLES
        formulation = rml.CSV if is_table else rml.JSONPath
        add(node, f"{RDF}type", iri(rml.LogicalSource))
        add(node, rml.referenceFormulation, iri(formulation))
        if (format_of(source.access) or FORMULATIONS[formulation]) != source.format:
            add(node, ours.format, literal(source.format))
        # Tables are trimmed unless they are told not to be; RML knows of no trimming, so it is said in any case.
        given = {name: value for name, value in source.options.items() if source.format in READ_BY.get(name, (source.format,))}
        options: dict[str, object] = {**({"trim": True} if is_table else {}), **given}
        self.file(node, source, options)
        iterator = options.pop("iterator", None)
        if iterator is not None:
            add(node, rml.iterator, literal(str(iterator)))
        for name, value in options.items():
            add(node, ours.space + name, *map(_text, value if isinstance(value, list | tuple) else [value]))
        self.fitting(node, source)
        terms = Terms(self.out, self.mapping.base, not is_table)
        terms.fields(node, source.fields)
        if source.condition is not None:
            add(node, ours.condition, terms.value(source.condition))

    def file(self, node: str, source: LogicalSource, options: dict[str, object]) -> None:
        """The file: its name alone, or a csvw:Table where CSV on the Web has words for how to read it."""
        told = {name: options.pop(name) for name in list(options) if source.format in TABLES and _is_of_csvw(name, options[name])}
        columns = options.pop("columns", None)
        if not told:
            if source.access:
                self.out.add(node, rml.source, literal(source.access))
            return
        table, dialect = self.out.node(), self.out.node()
        self.out.add(node, rml.source, table)
        self.out.add(table, f"{RDF}type", iri(csvw.Table))
        self.out.add(table, csvw.url, literal(source.access))
        for name, value in told.items():
            self.out.add(table if name == "null" else dialect, OPTIONS[name], *_of_csvw(name, value))
        if told.keys() - {"null"}:
            self.out.add(table, csvw.dialect, dialect)
        if isinstance(columns, list | tuple):
            self.schema(table, columns)

    def schema(self, table: str, columns: Sequence[object]) -> None:
        """The names of columns, in order, of a table that has no header."""
        schema, members = self.out.node(), [self.out.node() for _ in columns]
        self.out.add(table, csvw.tableSchema, schema)
        self.out.add(schema, csvw.column, self.out.sequence(members))
        for member, name in zip(members, columns, strict=True):
            self.out.add(member, csvw.title, literal(str(name)))

    def fitting(self, node: str, source: LogicalSource) -> None:
        """What files the source is for."""
        words = {"match": source.match, "column": source.columns, "topLevelKey": source.keys, "optional": source.optional}
        for name, values in words.items():
            self.out.add(node, ours.space + name, *map(literal, values))
        if source.bundled:
            self.out.add(node, ours.bundled, _text(True))
        if source.alternative_to is not None:
            self.out.add(node, ours.alternativeTo, self.named(source.alternative_to, ".source"))

    # -- triples maps ----------------------------------------------------------------------------------------

    def parts(self, plan: TriplesMap) -> Iterator[tuple[str, str | None, TermMap]]:
        """The RML triples maps that a triples map makes, as RML wants one source and one subject of each."""
        pairs = list(product(plan.sources or (None,), spread(plan.subjects)))
        width = len(str(len(pairs)))
        for number, (source, subject) in enumerate(pairs, 1):
            yield self.named(plan.name, f".part{number:0{width}}" if number > 1 else ""), source, subject

    def triples_map(self, plan: TriplesMap) -> None:
        """A triples map; its parts share its rules, unless these join what belongs to each part's own source."""
        terms, shared = (
            self.terms(plan),
            len(plan.sources) < 2
            or not any(isinstance(one, Join) and not one.conditions for rule in plan.rules for one in rule.objects),
        )
        first = self.named(plan.name)
        width = len(str(len(plan.rules)))
        names = [f".po{number:0{width}}" for number in range(1, len(plan.rules) + 1)]
        for number, (node, source, subject) in enumerate(self.parts(plan)):
            self.part(node, plan, source, subject, terms)
            if number == 0:
                self.ways(node, plan, terms)
            else:
                self.out.add(node, ours.partOf, first)
            own = "" if shared or source == plan.sources[0] else f".{_encoded(source or '')}"
            rules = [self.named(plan.name, name + own) for name in names]
            self.out.add(node, rml.predicateObjectMap, *rules)
            if number == 0 or own:
                for rule, written in zip(rules, plan.rules, strict=True):
                    self.rule(rule, written, terms, None if shared else source)

    def terms(self, plan: TriplesMap) -> Terms:
        found = [source for name in plan.sources if (source := self.mapping.source(name))]
        of_trees = bool(found) and any(source.format not in TABLES for source in found)
        return Terms(self.out, plan.base or self.mapping.base, of_trees)

    def part(self, node: str, plan: TriplesMap, source: str | None, subject: TermMap, terms: Terms) -> None:
        """One RML triples map without its rules."""
        add = self.out.add
        add(node, f"{RDF}type", iri(rml.TriplesMap))
        add(node, rml.baseIRI, iri(terms.base))
        if source is not None:
            add(node, rml.logicalSource, self.named(source, ".source"))
        if plan.graphs:
            made = terms.map(subject)
            add(node, rml.subjectMap, made)
            self.graphs(made, plan.graphs, terms)
        else:
            terms.term(node, rml.subject, rml.subjectMap, subject)

    def ways(self, node: str, plan: TriplesMap, terms: Terms) -> None:
        """What RML has no word for. The first part says it for all."""
        if plan.each is not None:
            self.out.add(node, ours.each, literal(plan.each))
        terms.fields(node, plan.fields)
        if plan.condition is not None:
            self.out.add(node, ours.condition, terms.value(plan.condition))

    def graphs(self, node: str, graphs: tuple[TermMap, ...], terms: Terms) -> None:
        for graph in spread(graphs):
            terms.term(node, rml.graph, rml.graphMap, graph)

    def rule(self, node: str, plan: PredicateObject, terms: Terms, source: str | None) -> None:
        """A predicate-object map. ``source``: the one whose records are joined without a condition; None: any."""
        self.out.add(node, f"{RDF}type", iri(rml.PredicateObjectMap))
        for predicate in spread(plan.predicates):
            terms.term(node, rml.predicate, rml.predicateMap, predicate)
        for one in plan.objects:
            if isinstance(one, Join):
                self.join(node, one, terms, source)
            else:
                for term in spread([one]):
                    terms.term(node, rml.object, rml.objectMap, term)
        self.graphs(node, plan.graphs, terms)
        if plan.condition is not None:
            self.out.add(node, ours.condition, terms.value(plan.condition))

    def join(self, node: str, plan: Join, terms: Terms, source: str | None) -> None:
        """A referencing object map for each part of the parent."""
        parent = self.mapping.triples_map(plan.triples_map)
        if parent is None:
            return
        theirs = self.terms(parent)
        for name, parent_source, _ in self.parts(parent):
            if source is not None and parent_source != source:
                continue
            made = self.out.node()
            self.out.add(node, rml.objectMap, made)
            self.out.add(made, rml.parentTriplesMap, name)
            for child, other in plan.conditions:
                condition = self.out.node()
                self.out.add(made, rml.joinCondition, condition)
                terms.side(condition, rml.child, rml.childMap, child)
                theirs.side(condition, rml.parent, rml.parentMap, other)
            if plan.unmatched is not None:
                self.out.add(made, ours.unmatched, literal(plan.unmatched))
