"""Nodes and their values in a text of RDF/XML, and where they stand: as far as it is written plainly.

>>> text = '<r:RDF xmlns:r="urn:r#" xmlns:e="urn:e#"><e:C r:about="urn:a">\\n<e:p>one &amp; two</e:p></e:C></r:RDF>'
>>> [(said.predicate, said.value) for said in XmlText(text).said("urn:a")]
[('<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>', 'urn:e#C'), ('<urn:e#p>', 'one & two')]
"""

from __future__ import annotations

import re
from html import unescape

from mitigraph.rdf_lines.spoken import Said
from mitigraph.terms import RDF

__all__ = ["XmlText"]

_PREFIX = re.compile(r"""\bxmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']""")
_NODE = re.compile(r"""<([\w.-]+(?::[\w.-]+)?)\s[^<>]*?\b(?:about)\s*=\s*("[^"]*"|'[^']*')[^<>]*>""")
_PROPERTY = re.compile(
    r"""<(?P<name>[\w.-]+(?::[\w.-]+)?)(?:\s[^<>]*?)??(?:\bresource\s*=\s*(?P<iri>"[^"]*"|'[^']*')[^<>]*)?(?:/>|>(?P<text>[^<]*)(?:</(?P=name)\s*>)?)"""
)
_TYPE = f"<{RDF}type>"


class XmlText:
    """One text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.prefixes = {found[1] or "": unescape(found[2]) for found in _PREFIX.finditer(text)}
        nodes = [*_NODE.finditer(text)]
        ends = [*(found.start() for found in nodes[1:]), len(text)]
        self._nodes: dict[str, list[tuple[re.Match[str], int]]] = {}
        for found, end in zip(nodes, ends, strict=True):
            self._nodes.setdefault(unescape(found[2][1:-1]), []).append((found, end))

    def subject(self, iri: str) -> int | None:
        """Where a node is first described: at its ``rdf:about``."""
        found = self._nodes.get(iri)
        return found[0][0].start(2) if found else None

    def said(self, iri: str) -> list[Said]:
        """What is said of it up to the next node."""
        found: list[Said] = []
        for node, end in self._nodes.get(iri, ()):
            if node[1].partition(":")[2] != "Description":
                found.append(Said(_TYPE, self._name(node[1]), node.start(), node.start()))
            for one in _PROPERTY.finditer(self.text, node.end(), end):
                value = one["iri"][1:-1] if one["iri"] else one["text"] or ""
                at = one.start("iri") if one["iri"] else one.start()
                found.append(Said(f"<{self._name(one['name'])}>", unescape(value), one.start(), at))
        return found

    def named(self, iri: str) -> int | None:
        """Where an IRI is first named at all."""
        place = self.text.find(f'"{iri}"')
        return place if place >= 0 else None

    def _name(self, written: str) -> str:
        prefix, colon, local = written.rpartition(":")
        return self.prefixes.get(prefix, f"{prefix}{colon}") + local

    def is_meant(self, written: str, iri: str) -> bool:
        """Whether a text stands for an IRI."""
        return written == iri
