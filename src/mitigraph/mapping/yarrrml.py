"""YARRRML text to a plan (https://rml.io/yarrrml/spec/, with the extensions of mappings/README.md).

Nothing stops at the first problem: each becomes a finding with file, line and key, and reading goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from mitigraph.finding import LEVELS, Finding
from mitigraph.mapping.expression import (
    Call,
    Expression,
    ExpressionError,
    Several,
    Text,
    looks_like_call,
    parse,
    parse_template,
)
from mitigraph.mapping.names import PREFIXES, is_function_space, resolve
from mitigraph.mapping.plan import (
    Field,
    Join,
    LogicalSource,
    PredicateObject,
    TermMap,
    TriplesMap,
    Where,
)
from mitigraph.read.tree import Node
from mitigraph.terms import RDF, is_language
from mitigraph.transforms import FUNCTIONS
from mitigraph.vocabulary import Table, closest

__all__ = ["Reading"]

ALIASES = {
    "source": "sources",
    "mapping": "mappings",
    "subject": "subjects",
    "s": "subjects",
    "predicateobject": "predicateobjects",
    "po": "predicateobjects",
    "predicate": "predicates",
    "p": "predicates",
    "object": "objects",
    "o": "objects",
    "v": "value",
    "conditions": "condition",
    "graph": "graphs",
    "g": "graphs",
    "parameter": "parameters",
    "pms": "parameters",
    "f": "function",
    "fn": "function",
    "lookup": "lookups",
    "field": "fields",
}
TOP_KEYS = {"prefixes", "base", "sources", "mappings", "authors", "dataset", "title", "lookups"}
READING_KEYS = {
    "encoding",
    "delimiter",
    "quoteChar",
    "headerRowNumber",
    "skipRows",
    "null",
    "transpose",
    "trim",
    "iterator",
}
SOURCE_KEYS = READING_KEYS | {
    "access",
    "referenceFormulation",
    "match",
    "columns",
    "keys",
    "optional",
    "bundled",
    "alternativeTo",
    "fields",
    "format",
    "type",
}
MAP_KEYS = {"sources", "subjects", "predicateobjects", "condition", "graphs", "each", "fields"}
RULE_KEYS = {"predicates", "objects", "condition"}
OBJECT_KEYS = {"value", "type", "datatype", "language", "function", "parameters", "mappings", "condition", "unmatched"}
FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".txt": "page",
}
FORMULATIONS = {"csv": "csv", "jsonpath": "json"}
QUOTED = "as many ')' as '('; within [ ] a text with commas stands in quotes"
TYPE = Text(f"{RDF}type")
_LANGUAGE = re.compile(r"([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)~lang")
_CURIE = re.compile(r"([A-Za-z_][\w.-]*|):(?!//)(\S*)", re.DOTALL)
_OTHER_SCHEMES = {"http", "https", "urn", "mailto", "tag", "file", "data", "ftp", "info", "doi"}


class Reading:
    """One mapping file being read; ``problems`` fills as it goes."""

    def __init__(self, name: str, root: Node, prefixes: dict[str, str]) -> None:
        self.name, self.problems = name, list[Finding]()
        self.prefixes = {**PREFIXES, **prefixes}
        self.top = self.keys(root, TOP_KEYS, "")
        for key, node in self.members("prefixes"):
            self.prefixes[key] = self.text(node)
        self.base = self.text_of(self.top, "base")
        self.dataset, self.title = self.text_of(self.top, "dataset"), self.text_of(self.top, "title")
        self.inline: list[LogicalSource] = []
        self.lookups = {key: table for key, node in self.members("lookups") if (table := self.table(key, node))}
        self.sources = [self.source(key, node, f"sources.{key}") for key, node in self.members("sources")]
        self.triples_maps = [self.triples_map(key, node) for key, node in self.members("mappings")]
        self.sources += self.inline
        if not self.triples_maps:
            self.problem("no-mappings", "the file has no mappings", root, "mappings")

    # -- the parts of the file -------------------------------------------------------------------------------

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

    def source(self, name: str, node: Node, key: str) -> LogicalSource:
        """A source in its long form, or as ``[access~formulation, iterator]``."""
        where = self.where(node, key)
        if not isinstance(node.value, dict):
            return self.short_source(name, node, where)
        parts = self.keys(node, SOURCE_KEYS, key)
        access = self.text_of(parts, "access")
        formulation = self.text_of(parts, "referenceFormulation")
        return LogicalSource(
            name,
            where,
            access=access or "",
            format=self.text_of(parts, "format") or self.format(access, formulation, node, key),
            match=self.texts_of(parts, "match"),
            columns=self.texts_of(parts, "columns"),
            keys=self.texts_of(parts, "keys"),
            optional=self.texts_of(parts, "optional"),
            bundled=self.text_of(parts, "bundled") == "true",
            options={name: parts[name].plain() for name in sorted(READING_KEYS & set(parts))},
            alternative_to=self.text_of(parts, "alternativeTo"),
            fields=self.fields(parts.get("fields"), f"{key}.fields"),
        )

    def short_source(self, name: str, node: Node, where: Where) -> LogicalSource:
        texts = self.texts(node)
        access, _, formulation = (texts[0] if texts else "").rpartition("~")
        if not access:
            access, formulation = formulation, ""
        options = {"iterator": texts[1]} if len(texts) > 1 else {}
        return LogicalSource(name, where, access, self.format(access, formulation, node, where.key), options=options)

    def format(self, access: str | None, formulation: str | None, node: Node, key: str) -> str:
        """The reader's name: by the file's suffix, else by the reference formulation."""
        by_suffix = FORMATS.get(PurePath(access or "").suffix.lower())
        wanted = FORMULATIONS.get((formulation or "").lower())
        if formulation and wanted is None:
            self.problem("unknown-formulation", "no such reference formulation", node, key, formulation, FORMULATIONS)
        return by_suffix or wanted or "csv"

    def triples_map(self, name: str, node: Node) -> TriplesMap:
        """One entry of ``mappings``."""
        key = f"mappings.{name}"
        parts = self.keys(node, MAP_KEYS, key)
        if "subjects" not in parts:
            self.problem("no-subject", "the mapping has no subject", node, key)
        if "graphs" in parts:
            self.problem(
                "graphs-ignored",
                "graphs are not kept: all triples go to the default graph",
                parts["graphs"],
                f"{key}.graphs",
                severity="warning",
            )
        rules = self.listed(parts.get("predicateobjects"))
        return TriplesMap(
            name,
            self.where(node, key),
            self.source_names(parts.get("sources"), key),
            tuple(self.subject(one, f"{key}.subject") for one in self.listed(parts.get("subjects"))),
            tuple(self.rule(rule, f"{key}.po[{number}]") for number, rule in enumerate(rules, 1)),
            self.text_of(parts, "each"),
            self.fields(parts.get("fields"), f"{key}.fields"),
            self.condition(parts.get("condition"), f"{key}.condition"),
        )

    def source_names(self, node: Node | None, key: str) -> tuple[str, ...]:
        """Names of sources; a source written out in place gets the mapping's name."""
        names = []
        for number, one in enumerate(self.listed(node)):
            if isinstance(one.value, str) and "~" not in one.value:
                names.append(one.value)
                continue
            name = f"{key.removeprefix('mappings.')}#{number + 1}"
            self.inline.append(self.source(name, one, f"{key}.sources[{number + 1}]"))
            names.append(name)
        return tuple(names)

    def subject(self, node: Node, key: str) -> TermMap:
        if isinstance(node.value, dict) and "value" in node.value:
            node = node.value["value"]
        return TermMap(self.expression(node, key, iri=True), self.where(node, key), "iri")

    def rule(self, node: Node, key: str) -> PredicateObject:
        """A rule in its long form, or as ``[predicates, objects, datatype or language]``."""
        where = self.where(node, key)
        if isinstance(node.value, dict):
            parts = self.keys(node, RULE_KEYS, key)
            predicates, objects, kind = parts.get("predicates"), parts.get("objects"), None
            condition = self.condition(parts.get("condition"), key)
        else:
            predicates, objects, kind, *rest = [*self.listed(node), None, None, None]
            condition = None
            if rest and rest[0] is not None:
                self.problem("bad-rule", "a short rule has a predicate, an object and one datatype or language", node, key)
        if predicates is None or objects is None:
            self.problem("bad-rule", "a rule needs a predicate and an object", node, key)
            return PredicateObject((), (), where)
        names = tuple(self.predicate(one, key) for one in self.listed(predicates))
        return PredicateObject(
            names, tuple(self.objects(objects, kind, key, any(one.expression == TYPE for one in names))), where, condition
        )

    def predicate(self, node: Node, key: str) -> TermMap:
        expression = TYPE if self.text(node) == "a" else self.expression(node, key, iri=True)
        return TermMap(expression, self.where(node, key), "iri")

    def objects(self, node: Node, kind: Node | None, key: str, typed: bool) -> Iterator[TermMap | Join]:
        """Each object; in a list of the long form, ``[value, datatype or language]`` is one object."""
        if kind is None and isinstance(node.value, list) and any(isinstance(one.value, list) for one in node.value):
            for one in node.value:
                value, one_kind = [*self.listed(one), None, None][:2]
                if value is not None:
                    yield self.object(value, one_kind, key, typed)
            return
        for one in self.listed(node):
            yield self.object(one, kind, key, typed)

    def object(self, node: Node, kind: Node | None, key: str, typed: bool) -> TermMap | Join:
        """A value with its kind, a function, or a join."""
        if not isinstance(node.value, dict):
            return self.value(node, self.text(kind) if kind else None, key, typed)
        parts = self.keys(node, OBJECT_KEYS, key)
        if "mappings" in parts:
            return self.join(parts, node, key)
        kinds = [self.text_of(parts, "datatype"), self.text_of(parts, "language")]
        wanted = f"{kinds[1].removesuffix('~lang')}~lang" if kinds[1] else kinds[0]
        typed = typed or self.text_of(parts, "type") == "iri"
        if "function" in parts:
            return self.mapped(self.long_call(parts, node, key), wanted, node, key, typed)
        if "value" not in parts:
            self.problem("bad-object", "an object needs a value, a function or a mapping", node, key)
        return self.value(parts.get("value", Node("", node.line, "")), wanted, key, typed)

    def value(self, node: Node, kind: str | None, key: str, typed: bool) -> TermMap:
        text = self.text(node)
        is_iri = typed or text.endswith("~iri") or self.is_constant_curie(text)
        return self.mapped(self.expression(node, key, iri=is_iri), kind, node, key, is_iri)

    def mapped(self, expression: Expression, kind: str | None, node: Node, key: str, is_iri: bool) -> TermMap:
        where = self.where(node, key)
        language = _LANGUAGE.fullmatch(kind) if kind else None
        if language:
            if not is_language(language.group(1)):
                self.problem("bad-language", "not a language tag (BCP 47)", node, key, language.group(1))
            return TermMap(expression, where, language=Text(language.group(1)))
        if not kind or is_iri:
            return TermMap(expression, where, "iri" if is_iri else "literal")
        return TermMap(expression, where, datatype=Text(self.expand(kind, node, key)))

    def join(self, parts: dict[str, Node], node: Node, key: str) -> Join:
        """An object map that refers to another triples map."""
        pairs = []
        for one in self.listed(parts.get("condition")):
            condition = self.condition(one, key)
            if isinstance(condition, Call) and condition.function == "equal" and len(condition.arguments) == 2:
                pairs.append((condition.arguments[0], condition.arguments[1]))
            elif condition is not None:
                self.problem("bad-join", "a join's condition is 'equal' of two values", one, key)
        return Join(self.text(parts["mappings"]), tuple(pairs), self.where(node, key), self.severity(parts, key))

    def severity(self, parts: dict[str, Node], key: str) -> str | None:
        """How grave it is that a join finds nothing."""
        severity = self.text_of(parts, "unmatched")
        if severity is not None and severity not in LEVELS:
            self.problem("bad-join", f"{severity!r} is no severity", parts["unmatched"], key, suggestions=LEVELS)
        return None if severity == "none" else severity

    # -- expressions -----------------------------------------------------------------------------------------

    def fields(self, node: Node | None, key: str) -> tuple[Field, ...]:
        if node is None:
            return ()
        return tuple(
            Field(name, self.expression(child, f"{key}.{name}"), self.where(child, f"{key}.{name}"))
            for name, child in self.children(node, key)
        )

    def condition(self, node: Node | None, key: str) -> Expression | None:
        if node is None:
            return None
        if isinstance(node.value, list):
            return Call("and", tuple(self.expression(one, key) for one in node.value))
        return self.expression(node, key)

    def expression(self, node: Node, key: str, iri: bool = False) -> Expression:
        """A function in its long form, a list of expressions, or text; ``iri``: CURIEs are expanded."""
        if isinstance(node.value, dict):
            return self.long_call(self.keys(node, OBJECT_KEYS, key), node, key)
        if isinstance(node.value, list):
            return Several(tuple(self.expression(one, key, iri) for one in node.value))
        text = self.text(node).removesuffix("~iri") if iri else self.text(node)
        try:
            prefix = looks_like_call(text)
            if prefix is not None and is_function_space(self.prefixes.get(prefix, "")):
                return parse(text, lambda name: self.function(name, node, key))
            return parse_template(self.expand(text, node, key) if iri else text)
        except ExpressionError as error:
            self.problem("bad-expression", str(error), node, key, text, expected=QUOTED if text.count("(") else None)
            return Text("")

    def long_call(self, parts: dict[str, Node], node: Node, key: str) -> Expression:
        """``{function: name, parameters: [[name, value], …]}``; names that the function has not are taken by position."""
        written = parts.get("function")
        if written is None:
            self.problem("bad-expression", "a function is missing", node, key)
            return Text("")
        if looks_like_call(self.text(written)):
            return self.expression(written, key)
        name = self.function(self.text(written), written, key)
        known = FUNCTIONS[name].parameters if name in FUNCTIONS else ()
        arguments, named = list[Expression](), list[tuple[str, Expression]]()
        for one in self.listed(parts.get("parameters")):
            label, value = self.parameter(one)
            expression = self.expression(value, key)
            if label in known and name not in ("equal", "notEqual"):
                named.append((label, expression))
            else:
                arguments.append(expression)
        return Call(name, tuple(arguments), tuple(named))

    def parameter(self, node: Node) -> tuple[str, Node]:
        if isinstance(node.value, list) and len(node.value) > 1:
            return self.text(node.value[0]), node.value[1]
        if isinstance(node.value, dict) and "value" in node.value:
            label = node.value.get("parameter")
            return self.text(label) if label else "", node.value["value"]
        return "", node

    def function(self, name: str, node: Node, key: str) -> str:
        """A function's own name; as written, and a finding, if there is no such function."""
        found = resolve(name, self.prefixes)
        if found.suggestions is not None:
            self.problem("unknown-function", f"no function {name!r}", node, key, suggestions=found.suggestions)
        return found.name

    def expand(self, text: str, node: Node, key: str) -> str:
        """A CURIE as an IRI; other text as it is. A prefix that is not declared is a finding."""
        match = _CURIE.match(text)
        if not match or match.group(1) in _OTHER_SCHEMES - set(self.prefixes):
            return text
        prefix = match.group(1)
        if prefix in self.prefixes:
            return self.prefixes[prefix] + text[len(prefix) + 1 :]
        self.problem("unknown-prefix", f"no prefix {prefix!r}", node, key, text, self.prefixes)
        return text

    def is_constant_curie(self, text: str) -> bool:
        match = _CURIE.fullmatch(text)
        return bool(match and match.group(1) in self.prefixes and "$(" not in text and not looks_like_call(text))

    # -- nodes -----------------------------------------------------------------------------------------------

    def keys(self, node: Node, known: set[str], key: str) -> dict[str, Node]:
        """The members of an object by their full names; unknown ones are findings."""
        found: dict[str, Node] = {}
        for name, child in self.children(node, key):
            full = name if name in known else ALIASES.get(name, name)
            if full not in known:
                self.problem("unknown-key", f"no key {name!r} here", child, f"{key}.{name}".lstrip("."), suggestions=known)
            elif full in found:
                self.problem("duplicate-key", f"{name!r} is there twice", child, f"{key}.{name}".lstrip("."))
            elif child.value is not None:
                found[full] = child
        return found

    def children(self, node: Node, key: str) -> Iterable[tuple[str, Node]]:
        if isinstance(node.value, dict):
            return node.value.items()
        if node.value is not None:
            self.problem("bad-mapping", "keys and values are wanted here", node, key)
        return ()

    def members(self, key: str) -> Iterable[tuple[str, Node]]:
        return self.children(self.top[key], key) if key in self.top else ()

    def listed(self, node: Node | None) -> list[Node]:
        if node is None:
            return []
        return node.value if isinstance(node.value, list) else [node]

    def text(self, node: Node) -> str:
        if isinstance(node.value, str):
            return node.value
        if node.value is not None:
            self.problem("bad-value", "a single text is wanted here", node, node.pointer.lstrip("/").replace("/", "."))
        return ""

    def texts(self, node: Node) -> list[str]:
        return [self.text(one) for one in self.listed(node)]

    def text_of(self, parts: dict[str, Node], key: str) -> str | None:
        return self.text(parts[key]) if key in parts else None

    def texts_of(self, parts: dict[str, Node], key: str) -> tuple[str, ...]:
        return tuple(self.texts(parts[key])) if key in parts else ()

    def where(self, node: Node, key: str) -> Where:
        return Where(self.name, node.line, key)

    def problem(
        self,
        code: str,
        message: str,
        node: Node,
        key: str,
        value: str | None = None,
        suggestions: Iterable[str] = (),
        severity: str = "violation",
        expected: str | None = None,
    ) -> None:
        known = sorted(suggestions)
        wrong = message.split("'")[1] if "'" in message else value
        suggestion = closest(wrong, known) if known and wrong else None
        self.problems.append(Finding(severity, code, message, self.where(node, key).place, value, expected, suggestion))
