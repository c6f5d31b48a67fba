"""A mapping file as nodes: keys by their full names, texts and lists out of every form, and every problem at its place."""

from __future__ import annotations

from collections.abc import Iterable

from mitigraph.finding import Finding
from mitigraph.mapping.plan import Where
from mitigraph.mapping.yarrrml.words import ALIASES, MAY_BE_NULL, UNSUPPORTED
from mitigraph.read.tree import Node
from mitigraph.vocabulary import closest

__all__ = ["Nodes", "Parts"]

Parts = dict[str, Node]
"""The members of an object by their full names."""

NOTHING_SAID = "the key has no value"
GOES_ELSEWHERE = "targets are not written to: what is made goes where -o says"


class Nodes:
    """Reads nodes of the file ``name``; ``problems`` fills as it goes."""

    def __init__(self, name: str) -> None:
        self.name, self.problems = name, list[Finding]()

    def keys(self, node: Node, known: frozenset[str], key: str) -> Parts:
        """The members of an object; those that are unknown, not offered, empty or there twice are findings."""
        found: Parts = {}
        for name, child in self.children(node, key):
            full = name if name in known else ALIASES.get(name, name)
            place = f"{key}.{name}".lstrip(".")
            if full in UNSUPPORTED:
                self.problem("not-supported", f"{name!r} is not offered: {UNSUPPORTED[full]}", child, place)
            elif full not in known:
                self.problem("unknown-key", f"no key {name!r} here", child, place, suggestions=known)
            elif full in found:
                self.problem("duplicate-key", f"{name!r} is there twice", child, place)
            elif child.value is None and full not in MAY_BE_NULL:
                self.problem("empty-key", NOTHING_SAID, child, place, severity="warning")
            else:
                found[full] = child
                if full == "targets":
                    self.problem("not-supported", GOES_ELSEWHERE, child, place, severity="warning")
        return found

    def children(self, node: Node, key: str) -> Iterable[tuple[str, Node]]:
        """Keys and values of an object; of nothing, none."""
        if isinstance(node.value, dict):
            return node.value.items()
        if node.value is not None:
            self.problem("bad-mapping", "keys and values are wanted here", node, key)
        return ()

    def listed(self, node: Node | None) -> list[Node]:
        """The members of a list; anything else stands for a list of itself."""
        if node is None:
            return []
        return node.value if isinstance(node.value, list) else [node]

    def text(self, node: Node) -> str:
        """A single text."""
        if isinstance(node.value, str):
            return node.value
        if node.value is not None:
            self.problem("bad-value", "a single text is wanted here", node, node.pointer.lstrip("/").replace("/", "."))
        return ""

    def texts(self, node: Node) -> list[str]:
        """One text or a list of them."""
        return [self.text(one) for one in self.listed(node)]

    def text_of(self, parts: Parts, key: str) -> str | None:
        """The text under a key, if the key is there."""
        return self.text(parts[key]) if key in parts else None

    def texts_of(self, parts: Parts, key: str) -> tuple[str, ...]:
        """The texts under a key."""
        return tuple(self.texts(parts[key])) if key in parts else ()

    def where(self, node: Node, key: str) -> Where:
        """A node's place in the file."""
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
        """A finding; what was probably meant is looked for among the suggestions, by the name the message quotes."""
        known = sorted(suggestions)
        wrong = message.split("'")[1] if "'" in message else value
        suggestion = closest(wrong, known) if known and wrong else None
        self.problems.append(Finding(severity, code, message, self.where(node, key).place, value, expected, suggestion))
