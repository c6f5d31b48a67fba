"""The whole file: what it says of itself, its prefixes, tables, sources and mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mitigraph.finding import Finding
from mitigraph.mapping.plan import LogicalSource, TriplesMap, Where
from mitigraph.mapping.yarrrml.inverse import turned_round
from mitigraph.mapping.yarrrml.rules import Inverse, Rules
from mitigraph.mapping.yarrrml.sources import Sources
from mitigraph.mapping.yarrrml.words import AUTHOR, MAP, TOP
from mitigraph.read.tree import Node
from mitigraph.terms import iri
from mitigraph.vocabulary import Table

__all__ = ["Document"]


class Document(Sources, Rules):
    """One mapping file, read; ``problems`` are all that is wrong with it."""

    def __init__(self, name: str, root: Node, prefixes: Mapping[str, str]) -> None:
        super().__init__(name, prefixes)
        self.inline: list[LogicalSource] = []
        self.top = self.keys(root, TOP, "")
        for key, node in self.members("prefixes"):
            self.declare(key, self.text(node))
        self.external = {key: self.text(node) for key, node in self.members("external")}
        self.base = self.checked_base()
        self.dataset, self.title = self.text_of(self.top, "dataset"), self.text_of(self.top, "title")
        self.authors = tuple(self.author(one) for one in self.listed(self.top.get("authors")))
        self.lookups = {key: table for key, node in self.members("lookups") if (table := self.table(key, node))}
        self.sources = [self.source(key, node, f"sources.{key}") for key, node in self.members("sources")]
        self.inverses: dict[str, list[Inverse]] = {}
        self.triples_maps = [self.triples_map(key, node) for key, node in self.members("mappings")]
        self.triples_maps += [back for plan in self.triples_maps for back in self.ways_back(plan)]
        self.sources += self.inline
        if not self.triples_maps:
            self.problem("no-mappings", "the file has no mappings", root, "mappings")

    def members(self, key: str) -> Iterable[tuple[str, Node]]:
        """Keys and values of a part of the file."""
        return self.children(self.top[key], key) if key in self.top else ()

    def checked_base(self) -> str | None:
        """What relative IRIs begin with."""
        base = self.text_of(self.top, "base")
        if base is not None:
            try:
                iri(base)
            except ValueError:
                self.problem("bad-iri", "the base is no absolute IRI", self.top["base"], "base", base)
                return None
        return base

    def author(self, node: Node) -> str:
        """A person as ``name <email> (website)``, or a WebID."""
        if not isinstance(node.value, dict):
            return self.text(node)
        parts = self.keys(node, AUTHOR, "authors")
        told = {name: self.text(part) for name, part in parts.items()}
        forms = {"name": "{}", "email": "<{}>", "website": "({})"}
        return " ".join(form.format(told[name]) for name, form in forms.items() if name in told)

    def table(self, name: str, node: Node) -> Table | None:
        """A lookup table: key → label or labels; or a plain list of values."""
        if isinstance(node.value, list):
            entries = {self.text(member): list[str]() for member in node.value}
        else:
            entries = {key: self.texts(child) for key, child in self.children(node, f"lookups.{name}")}
        try:
            return Table(entries)
        except ValueError as error:
            self.problem("ambiguous-lookup", str(error), node, f"lookups.{name}")
            return None

    def triples_map(self, name: str, node: Node) -> TriplesMap:
        """One entry of ``mappings``."""
        key = f"mappings.{name}"
        parts = self.keys(node, MAP, key)
        subjects = self.listed(parts["subjects"]) if "subjects" in parts else [Node(None, node.line, node.pointer)]
        inverses = self.inverses.setdefault(name, [])
        rules = enumerate(self.listed(parts.get("predicateobjects")), 1)
        return TriplesMap(
            name,
            self.where(node, key),
            self.source_names(parts.get("sources"), key),
            tuple(self.subject(one, f"{key}.subject") for one in subjects),
            tuple(made for number, rule in rules for made in self.rule(rule, f"{key}.po[{number}]", inverses)),
            self.text_of(parts, "each"),
            self.fields(parts.get("fields"), f"{key}.fields"),
            self.condition(parts.get("condition"), f"{key}.condition"),
            self.graphs(parts, key),
        )

    def ways_back(self, plan: TriplesMap) -> list[TriplesMap]:
        """The triples maps of a mapping's inverse predicates."""

        def refuse(message: str, where: Where) -> None:
            self.problems.append(Finding("violation", "bad-rule", message, where.place))

        return list(turned_round(plan, self.inverses.get(plan.name, []), self.triples_maps, refuse))
