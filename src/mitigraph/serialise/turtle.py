"""Turtle and TriG, one triple a line: subjects apart by a blank line, ``a`` first, a lone ``.`` at the end.

A line can be added, removed or moved without touching its neighbours, so differences between versions are small.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mitigraph.canonical import canonical, is_blank
from mitigraph.serialise.curies import Curies, header
from mitigraph.serialise.nesting import Nesting, Subjects, nesting
from mitigraph.terms import RDF, XSD, Quad, Triple

__all__ = ["Block", "blocks", "to_trig", "to_turtle"]

INDENT = "    "
LIST_WIDTH = 100
_TYPE, _NIL = f"<{RDF}type>", f"<{RDF}nil>"
_ONTOLOGY = "<http://www.w3.org/2002/07/owl#Ontology>"
_SHORT_FORMS = {
    f"<{XSD}integer>": re.compile(r'"(?:0|-?[1-9][0-9]*)"'),
    f"<{XSD}boolean>": re.compile(r'"(?:true|false)"'),
}


_FLAT = Nesting(frozenset(), {}, frozenset())


class Block(NamedTuple):
    """A subject, all subjects written in its block (itself and nested ones), and the block's text."""

    subject: str
    members: list[str]
    text: str


def to_turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Canonical Turtle, with those of the prefixes that are used."""
    curies = Curies(prefixes)
    body = "\n".join([block.text for block in blocks(triples, curies)])
    return _joined(header(prefixes, curies.used), body).encode()


def to_trig(quads: Iterable[Quad], prefixes: Mapping[str, str]) -> bytes:
    """Canonical TriG: the default graph first, then each graph in braces."""
    curies = Curies(prefixes)
    graphs: dict[str, list[Triple]] = defaultdict(list)
    homes: dict[str, set[str]] = defaultdict(set)
    for s, p, o, g in canonical(quads):
        graphs[g].append((s, p, o))
        for node in filter(is_blank, (s, o, g)):
            # A graph's own name counts as a use outside of it.
            homes[node].add("name of " + g if node == g else g)
    pinned = frozenset(node for node, places in homes.items() if len(places) > 1 or places == {"name of " + node})
    parts = []
    for graph in sorted(graphs):
        body = "\n".join(block.text for block in blocks(graphs[graph], curies, pinned))
        parts.append(_in_braces(graph if is_blank(graph) else curies[graph], body) if graph else body)
    return _joined(header(prefixes, curies.used), "\n".join(parts)).encode()


def blocks(triples: Iterable[Triple], curies: Curies, pinned: frozenset[str] = frozenset()) -> list[Block]:
    """The blocks of a graph in order: ontology headers, their terms, other IRIs, named blank nodes, ``[]``.

    Blank nodes that need a name get a canonical one; those ``pinned`` keep the name they have and are never nested.
    """
    rows = set(triples)
    subjects = _grouped(rows)
    plan = nesting(subjects, pinned) if any(s[0] == "_" or o[0] == "_" for s, _, o in rows) else _FLAT
    if plan.named and not pinned:
        subjects = _grouped(canonical(rows))
        plan = nesting(subjects)
    writer = _BlockWriter(subjects, plan, curies)
    written = [writer.block(subject) for subject in subjects if subject not in plan.inline]
    ontologies = tuple(s[1:-1] for s, p, o in rows if o == _ONTOLOGY and p == _TYPE and s[0] == "<")
    return sorted(written, key=lambda block: _rank(block, ontologies, plan))


def _rank(block: Block, ontologies: tuple[str, ...], plan: Nesting) -> tuple[int, str]:
    if is_blank(block.subject):
        return (3, block.subject) if block.subject in plan.named else (4, block.text)
    # Without its brackets an IRI comes before those it begins.
    text = block.subject[1:-1]
    return 0 if text in ontologies else 1 if text.startswith(ontologies) else 2, text


def _grouped(triples: Iterable[Triple]) -> dict[str, list[tuple[str, str]]]:
    subjects: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for s, p, o in triples:
        subjects[s].append((p, o))
    return dict(subjects)


def _joined(head: str, body: str) -> str:
    return f"{head}\n{body}" if head and body else head + body


def _in_braces(name: str, body: str) -> str:
    lines = "".join(f"{INDENT}{line}\n" if line else "\n" for line in body.split("\n")[:-1])
    return f"{name} {{\n{lines}}}\n"


class _BlockWriter:
    def __init__(self, subjects: Subjects, plan: Nesting, curies: Curies) -> None:
        self.subjects, self.plan, self.curies = subjects, plan, curies
        self.members: list[str] = []

    def block(self, subject: str) -> Block:
        self.members = [subject]
        name = subject if not is_blank(subject) else subject if subject in self.plan.named else "[]"
        text = f"{self.curies[name] if name[0] == '<' else name}\n{self._pairs(subject, INDENT)}.\n"
        return Block(subject, self.members, text)

    def _pairs(self, subject: str, indent: str) -> str:
        rows = []
        for p, o in self.subjects.get(subject, ()):
            verb = "" if p == _TYPE else p
            if o in self.plan.inline:
                text = self._nested(o, indent)
                rows.append((verb, 1, text, text))
            else:
                rows.append((verb, 0, o, self._object(o)))
        rows.sort()
        curies = self.curies
        return "".join([f"{indent}{curies[verb] if verb else 'a'} {text} ;\n" for verb, _, _, text in rows])

    def _object(self, term: str) -> str:
        if term[0] == "<":
            return "()" if term == _NIL else self.curies[term]
        if term[-1] != ">" or term[0] != '"':
            return term
        cut = term.rindex("^^<")
        text, datatype = term[:cut], term[cut + 2 :]
        short = _SHORT_FORMS.get(datatype)
        return text[1:-1] if short and short.fullmatch(text) else f"{text}^^{self.curies[datatype]}"

    def _nested(self, node: str, indent: str) -> str:
        self.members.append(node)
        if node in self.plan.lists:
            return self._list(self.plan.lists[node], indent)
        inside = self._pairs(node, indent + INDENT)
        return f"[\n{inside}{indent}]" if inside else "[]"

    def _list(self, members: list[str], indent: str) -> str:
        deeper = indent + INDENT
        texts = [self._nested(m, deeper) if m in self.plan.inline else self._object(m) for m in members]
        line = f"( {' '.join(texts)} )"
        if "\n" not in line and len(line) <= LIST_WIDTH:
            return line
        return "(\n" + "".join(f"{deeper}{text}\n" for text in texts) + f"{indent})"
