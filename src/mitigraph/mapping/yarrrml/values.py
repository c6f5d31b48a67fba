"""Values: templates, references, CURIEs, external references, and functions in every form that YARRRML has for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

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
from mitigraph.mapping.names import PREFIXES, arrange, is_function_space, parameter, parameters, resolve
from mitigraph.mapping.plan import Field
from mitigraph.mapping.rdfa import INITIAL_CONTEXT
from mitigraph.mapping.yarrrml.nodes import Nodes, Parts
from mitigraph.mapping.yarrrml.words import CALL, PARAMETER
from mitigraph.read.tree import Node

__all__ = ["IRI_MARK", "Given", "Values"]

IRI_MARK = "~iri"
QUOTED = "as many ')' as '('; within [ ] a text with commas stands in quotes"
SIDES = {"s": "s", "subject": "s", "o": "o", "object": "o"}
"""Whose record a parameter of a join's condition is read from: this rule's, or the other mapping's."""

COMPARED = {"str1": "left", "str2": "right"}
"""What YARRRML calls the parameters of its own ``equal``."""

_CURIE = re.compile(r"([A-Za-z_][\w.-]*|):(?!//)(\S*)", re.DOTALL)
_OTHER_SCHEMES = {"http", "https", "urn", "mailto", "tag", "file", "data", "ftp", "info", "doi"}


class Given(NamedTuple):
    """An argument as it was given: its name as written (or none), its value, and whose record it is read from, if told."""

    label: str
    value: Expression
    side: str | None


class Values(Nodes):
    """``prefixes`` are all there are; an object that is a constant CURIE is an IRI if its prefix is ``declared``."""

    def __init__(self, name: str, prefixes: Mapping[str, str]) -> None:
        super().__init__(name)
        self.declared = {**PREFIXES, **prefixes}
        self.prefixes = {**INITIAL_CONTEXT, **self.declared}
        self.external: dict[str, str] = {}
        self._read: dict[tuple[str, bool], Expression] = {}

    def declare(self, prefix: str, namespace: str) -> None:
        """A prefix of the file's own."""
        self.declared[prefix] = self.prefixes[prefix] = namespace

    # -- expressions -----------------------------------------------------------------------------------------

    def fields(self, node: Node | None, key: str) -> tuple[Field, ...]:
        """Derived fields, in their order."""
        if node is None:
            return ()
        return tuple(
            Field(name, self.expression(child, f"{key}.{name}"), self.where(child, f"{key}.{name}"))
            for name, child in self.children(node, key)
        )

    def condition(self, node: Node | None, key: str) -> Expression | None:
        """What must hold; of a list, all must."""
        if node is None:
            return None
        found = [self.expression(one, key) for one in self.listed(node)]
        for expression, one in zip(found, self.listed(node), strict=True):
            if isinstance(expression, Text) and expression.text not in ("true", "false", ""):
                self.problem("bad-condition", "a condition is a function or a reference", one, key, expression.text)
        return found[0] if len(found) == 1 else Call("and", tuple(found))

    def expression(self, node: Node, key: str, iri: bool = False) -> Expression:
        """A function in its long form, a list of expressions, or text; ``iri``: CURIEs are expanded."""
        if isinstance(node.value, dict):
            return self.call(self.keys(node, CALL, key), node, key)
        if isinstance(node.value, list):
            return Several(tuple(self.expression(one, key, iri) for one in node.value))
        text = self.text(node)
        return self.template(text.removesuffix(IRI_MARK) if iri else text, node, key, iri)

    def template(self, text: str, node: Node, key: str, iri: bool = False) -> Expression:
        """A call or a template, as text; what is right is read once, however many sources share a field."""
        known = self._read.get((text, iri))
        if known is None:
            before = len(self.problems)
            known = self._template(text, node, key, iri)
            if len(self.problems) == before:
                self._read[text, iri] = known
        return known

    def _template(self, text: str, node: Node, key: str, iri: bool) -> Expression:
        prefix = looks_like_call(text)
        try:
            if prefix is not None and is_function_space(self.prefixes.get(prefix, "")):
                return self.parsed(text, node, key)
            if prefix is not None and prefix not in self.prefixes:
                self.problem("unknown-prefix", f"no prefix {prefix!r}", node, key, text, self.prefixes)
                return Text("")
            return parse_template(self.expand(text, node, key) if iri else text, self.external)
        except ExpressionError as error:
            self.problem("bad-expression", str(error), node, key, text, expected=QUOTED if text.count("(") else None)
            return Text("")

    def parsed(self, text: str, node: Node, key: str) -> Expression:
        return parse(text, lambda name, given: self.made(name, given, node, key), self.external)

    # -- functions -------------------------------------------------------------------------------------------

    def call(self, parts: Parts, node: Node, key: str) -> Expression:
        """``{function: name, parameters: [[name, value], …]}``, or with the parameters in brackets after the name."""
        written = parts.get("function")
        if written is None or not isinstance(written.value, str):
            self.problem("bad-expression", "a function is missing", written or node, key)
            return Text("")
        if "(" not in written.value:
            given = [(one.label, one.value) for one in self.given(parts, key)]
            return self.made(written.value, given, written, key)
        if "parameters" in parts:
            self.problem("bad-expression", "parameters stand in brackets or under their own key, not both", node, key)
        try:
            return self.parsed(written.value, written, key)
        except ExpressionError as error:
            self.problem("bad-expression", str(error), written, key, written.value, expected=QUOTED)
            return Text("")

    def given(self, parts: Parts, key: str) -> list[Given]:
        """The parameters of a function's long form."""
        node = parts.get("parameters")
        if node is not None and isinstance(node.value, list) and self.is_lone_pair(node.value):
            return [self.argument(node, key)]
        return [self.argument(one, key) for one in self.listed(node)]

    def is_lone_pair(self, members: Sequence[Node]) -> bool:
        """``[grel:valueParameter, $(a)]`` where a list of such pairs was meant."""
        texts = [one.value for one in members]
        if len(texts) not in (2, 3) or not isinstance(texts[0], str):
            return False
        prefix, colon, _ = texts[0].partition(":")
        return bool(colon) and is_function_space(self.prefixes.get(prefix, "")) and looks_like_call(texts[0]) is None

    def argument(self, node: Node, key: str) -> Given:
        """One parameter: ``[name, value]``, ``[name, value, s or o]``, ``{parameter: name, value: value}``, or a bare value."""
        label, value, side = "", node, None
        if isinstance(node.value, list) and len(node.value) > 1:
            label, value = self.text(node.value[0]), node.value[1]
            side = self.side(node.value[2], key) if len(node.value) > 2 else None
            if len(node.value) > 3:
                self.problem("bad-expression", "a parameter is a name, a value and s or o", node, key)
        elif isinstance(node.value, dict):
            parts = self.keys(node, PARAMETER, key)
            label = self.text_of(parts, "parameter") or ""
            if "function" in parts:
                return Given(label, self.call(parts, node, key), next(self.sides(node), None))
            if "value" not in parts:
                self.problem("bad-expression", "a parameter needs a value or a function", node, key)
                return Given(label, Text(""), None)
            value = parts["value"]
        iri = isinstance(value.value, str) and value.value.endswith(IRI_MARK)
        return Given(label, self.expression(value, key, iri), side or next(self.sides(value), None))

    def side(self, node: Node, key: str) -> str | None:
        text = self.text(node)
        if text not in SIDES:
            self.problem("bad-expression", f"{text!r} says not whose record it is", node, key, text, expected="s or o")
        return SIDES.get(text)

    def sides(self, node: Node) -> Iterator[str]:
        """Whose records the parameters of a nested function are read from, as far as told."""
        parts = node.value if isinstance(node.value, dict) else {}
        for name in ("parameters", "pms"):
            for one in self.listed(parts.get(name)):
                if isinstance(one.value, list) and len(one.value) == 3 and isinstance(one.value[2].value, str):
                    yield SIDES.get(one.value[2].value, "s")
                yield from self.sides(one)
        for name in ("value", "v"):
            if name in parts:
                yield from self.sides(parts[name])

    def made(self, written: str, given: Sequence[tuple[str, Expression]], node: Node, key: str) -> Call:
        """A call of a function as written; unknown functions and parameters are findings."""
        found = resolve(written, self.prefixes)
        if found.suggestions is not None:
            reason = f"{written!r} is not offered: {found.reason}" if found.reason else f"no function {written!r}"
            others = [] if found.reason else [name for name in found.suggestions if name != written]
            self.problem("unknown-function", reason, node, key, suggestions=others)
            return Call(found.name, tuple(value for _, value in given))
        space = written.rpartition(":")[0]
        labelled = [(self.label(found.name, label, space), value) for label, value in given]
        arranged = arrange(found.name, labelled, self.prefixes)
        for label in arranged.unknown:
            names = [one.lstrip("*") for one in parameters(found.name)]
            self.problem("unknown-argument", f"{found.name} has no argument {label!r}", node, key, label, names)
        return Call(found.name, arranged.arguments, arranged.named)

    def label(self, function: str, label: str, space: str) -> str:
        """A parameter's name; one without a prefix may have that of the function."""
        if label in COMPARED and function in ("equal", "notEqual"):
            return COMPARED[label]
        if not label or not space or ":" in label or parameter(function, label, self.prefixes) is not None:
            return label
        with_space = f"{space}:{label}"
        return with_space if parameter(function, with_space, self.prefixes) is not None else label

    # -- CURIEs ----------------------------------------------------------------------------------------------

    def expand(self, text: str, node: Node, key: str) -> str:
        """A CURIE as an IRI; other text as it is. A prefix that is not declared is a finding."""
        match = _CURIE.match(text)
        if not match or match.group(1) in _OTHER_SCHEMES - set(self.declared):
            return text
        prefix = match.group(1)
        if prefix == "_":
            wanted = "{value: " + text[2:] + ", type: blank}"
            self.problem("bad-blank-node", "a blank node is told by its type", node, key, text, expected=wanted)
            return text[2:]
        if prefix in self.prefixes:
            return self.prefixes[prefix] + text[len(prefix) + 1 :]
        self.problem("unknown-prefix", f"no prefix {prefix!r}", node, key, text, self.prefixes)
        return text

    def begins_as_curie(self, text: str) -> bool:
        """Whether a text begins with a declared prefix and a name, so that an IRI may be meant (not so before a space)."""
        match = _CURIE.match(text)
        return bool(match and match.group(1) in self.declared and match.group(2) and not looks_like_call(text))

    def is_constant_curie(self, text: str) -> bool:
        """Whether a text is a CURIE of a declared prefix, without references."""
        match = _CURIE.fullmatch(text)
        return bool(match and match.group(1) in self.declared and "$(" not in text and not looks_like_call(text))
