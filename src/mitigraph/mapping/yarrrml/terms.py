"""Term maps: subjects, predicates, objects and graphs, in text or as ``{value, type, datatype, language}``."""

from __future__ import annotations

from dataclasses import dataclass

from mitigraph.mapping.expression import Expression, Text
from mitigraph.mapping.plan import DEFAULT_GRAPH, TERM_TYPES, TermMap
from mitigraph.mapping.yarrrml.nodes import Parts
from mitigraph.mapping.yarrrml.values import IRI_MARK, Values
from mitigraph.mapping.yarrrml.words import TERM
from mitigraph.read.tree import Node
from mitigraph.terms import RDF, is_language

__all__ = ["TYPE", "Kinds", "Terms"]

TYPE = Text(f"{RDF}type")
LANGUAGE_MARK = "~lang"
DEFAULT_GRAPHS = {f"{space}defaultGraph" for space in ("http://www.w3.org/ns/r2rml#", "http://semweb.mmlab.be/ns/rml#")}
"""What the default graph was called before."""

LIKE_IRI = "a text that begins with a declared prefix"
SAID = "~iri at its end (an IRI has no spaces), or a text: 'prefix\\:…'"

NAMED = tuple(kind for kind in TERM_TYPES if kind != "literal")


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a rule says of all its objects: their type, datatype and language; ``typed``: they are classes, so IRIs."""

    type: Node | None = None
    datatype: Node | None = None
    language: Node | None = None
    typed: bool = False

    def of(self, parts: Parts) -> Kinds:
        """The same, but for what an object says itself."""
        own = "datatype" in parts or "language" in parts
        datatype, language = (None, None) if own else (self.datatype, self.language)
        return Kinds(parts.get("type", self.type), parts.get("datatype", datatype), parts.get("language", language), self.typed)


class Terms(Values):
    """Nodes to term maps."""

    def subject(self, node: Node, key: str) -> TermMap:
        """An IRI or a blank node; nothing at all is a blank node of the record's own."""
        if node.value is None:
            return TermMap(None, self.where(node, key), "blank")
        return self.named(node, key, NAMED)

    def predicate(self, node: Node, key: str) -> TermMap:
        """An IRI; ``a`` is rdf:type."""
        if node.value == "a":
            return TermMap(TYPE, self.where(node, key), "iri")
        return self.named(node, key, tuple(kind for kind in NAMED if kind != "blank"))

    def graph(self, node: Node, key: str) -> TermMap:
        """An IRI or a blank node; the default graph goes by any of its names."""
        found = self.named(node, key, NAMED)
        if isinstance(found.expression, Text) and found.expression.text in DEFAULT_GRAPHS:
            return TermMap(Text(DEFAULT_GRAPH), found.where, found.kind)
        return found

    def graphs(self, parts: Parts, key: str) -> tuple[TermMap, ...]:
        """Those under the key ``graphs``."""
        return tuple(self.graph(one, f"{key}.graphs") for one in self.listed(parts.get("graphs")))

    def named(self, node: Node, key: str, kinds: tuple[str, ...]) -> TermMap:
        """A term that is no literal."""
        where = self.where(node, key)
        if not isinstance(node.value, dict):
            return TermMap(self.expression(node, key, iri=True), where, "iri")
        parts = self.keys(node, TERM, key)
        kind = self.kind(parts.get("type"), key, kinds) or "iri"
        if "function" not in parts and "value" not in parts:
            if kind != "blank":
                self.problem("bad-term", "a value or a function is missing", node, key)
            return TermMap(None, where, "blank")
        return TermMap(self.content(parts, node, key, kind), where, kind)

    def content(self, parts: Parts, node: Node, key: str, kind: str) -> Expression:
        """The value or function of a term map that has one."""
        if "function" in parts:
            if "value" in parts:
                self.problem("bad-term", "a term has a value or a function, not both", node, key)
            return self.call({name: parts[name] for name in ("function", "parameters") if name in parts}, node, key)
        return self.expression(parts["value"], key, iri=kind not in ("literal", "blank"))

    def kind(self, node: Node | None, key: str, kinds: tuple[str, ...]) -> str | None:
        """A type, as written."""
        if node is None:
            return None
        text = self.text(node)
        if text not in kinds:
            self.problem(
                "bad-term-type", f"no type {text!r} here", node, key, text, kinds, expected=" or ".join(kinds[:1] + kinds[-1:])
            )
            return None
        return text

    # -- objects ---------------------------------------------------------------------------------------------

    def object(self, parts: Parts, node: Node, key: str, given: Kinds) -> TermMap:
        """An object in its long form."""
        kinds = given.of(parts)
        kind = self.kind(kinds.type, key, TERM_TYPES)
        if "function" in parts or "value" in parts:
            text = parts["value"].value if "value" in parts else None
            kind = kind or self.guessed(text if isinstance(text, str) else "", kinds, node, key)
            return self.complete(self.content(parts, node, key, kind), kind, kinds, node, key)
        if kind != "blank":
            self.problem("bad-object", "an object needs a value, a function or a mapping", node, key)
        return TermMap(None, self.where(node, key), "blank")

    def short_object(self, node: Node, key: str, kinds: Kinds) -> TermMap:
        """An object that is a text."""
        text = self.text(node)
        kind = self.kind(kinds.type, key, TERM_TYPES) or self.guessed(text, kinds, node, key)
        expression = self.expression(node, key, iri=kind not in ("literal", "blank"))
        return self.complete(expression, kind, kinds, node, key)

    def guessed(self, text: str, kinds: Kinds, node: Node, key: str) -> str:
        """What an object is that does not say so; a warning of a text that may have been meant to be an IRI."""
        if text.endswith(IRI_MARK) or kinds.typed:
            return "iri"
        if kinds.datatype is not None or kinds.language is not None or not self.begins_as_curie(text):
            return "literal"
        if self.is_constant_curie(text):
            return "iri"
        self.problem("text-like-iri", LIKE_IRI, node, key, text, severity="warning", expected=SAID)
        return "literal"

    def complete(self, expression: Expression, kind: str, kinds: Kinds, node: Node, key: str) -> TermMap:
        """With the datatype or the language that a literal may have."""
        where = self.where(node, key)
        said = kinds.datatype or kinds.language
        if kind != "literal" or said is None:
            if said is not None:
                self.problem("bad-object", "only a literal has a datatype or a language", said, key, self.text(said))
            return TermMap(expression, where, kind)
        datatype, language = kinds.datatype, kinds.language
        if language is None and datatype is not None and self.text(datatype).endswith(LANGUAGE_MARK):
            datatype, language = None, datatype
        told = self.datatype(datatype, key, language) if datatype is not None else None
        return TermMap(expression, where, datatype=told, language=self.language(language, key) if language else None)

    def datatype(self, node: Node, key: str, language: Node | None) -> Expression | None:
        """A datatype, constant or from the data. rdf:langString beside a language says nothing more."""
        found = self.expression(node, key, iri=True)
        if language is None:
            return None if found == Text("") else found
        if found != Text(f"{RDF}langString"):
            self.problem("bad-object", "a literal has a datatype or a language, not both", node, key)
        return None

    def language(self, node: Node, key: str) -> Expression:
        """A language, constant or from the data, with or without ``~lang``."""
        if isinstance(node.value, dict):
            parts = self.keys(node, TERM, key)
            return self.language(parts["value"], key) if "value" in parts else self.call(parts, node, key)
        found = self.template(self.text(node).removesuffix(LANGUAGE_MARK), node, key)
        if isinstance(found, Text) and not is_language(found.text):
            self.problem("bad-language", "not a language tag (BCP 47)", node, key, found.text)
        return found
