"""The opening of a mapping file: which files it is for, read without its mappings.

>>> text = b"sources: {s: {access: a.csv, columns: [id]}}\\nmappings: {m: {sources: s, subject: 'x/$(id)', po: []}}\\n"
>>> [source.columns for source in read_offer(text, "m.yml", {}).sources]
[('id',)]
"""

from __future__ import annotations

from collections.abc import Mapping

from mitigraph.mapping.expression import Expression
from mitigraph.mapping.plan import Field
from mitigraph.mapping.shelf import Offer
from mitigraph.mapping.yarrrml.sources import Sources
from mitigraph.mapping.yarrrml.words import TOP
from mitigraph.read.options import Options
from mitigraph.read.tree import Node
from mitigraph.read.yaml import read_yaml

__all__ = ["read_offer"]

_RULES = b"\nmappings:"
"""Where the mappings begin; what is read is what stands before them."""


def read_offer(data: bytes, name: str, prefixes: Mapping[str, str]) -> Offer:
    """The sources that stand before a file's mappings. InputError: it is no YAML."""
    root = read_yaml(data.partition(_RULES)[0], name, Options()).root
    opening = _Opening(name, prefixes)
    parts = opening.keys(root, TOP, "")
    found = opening.children(parts["sources"], "sources") if "sources" in parts else ()
    return Offer(name, [opening.source(key, node, f"sources.{key}") for key, node in found])


class _Opening(Sources):
    """What sources ask of their records is left unread: no file is told by it."""

    def fields(self, node: Node | None, key: str) -> tuple[Field, ...]:
        return ()

    def condition(self, node: Node | None, key: str) -> Expression | None:
        return None
