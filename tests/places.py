"""Graphs written out so that the line of every triple is known, as people and programs write Turtle, N-Triples and JSON-LD."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mitigraph.terms import RDF, Triple, iri_text, is_iri, is_literal, literal_parts

__all__ = ["SYNTAXES", "Written"]

TYPE = f"<{RDF}type>"
PREFIXES = {
    "airmo": "https://w3id.org/airmo#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}


@dataclass
class Written:
    """A text, the line on which each triple's value begins, and the line on which each subject is first spoken of."""

    lines: list[str] = field(default_factory=list)
    triples: dict[Triple, int] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole file."""
        return "\n".join(self.lines) + "\n"

    def add(self, text: str, triple: Triple | None = None, subject: str | None = None) -> None:
        """Write a line, or several, and remember what stands on the first."""
        if triple is not None:
            self.triples[triple] = len(self.lines) + 1
        if subject is not None:
            self.subjects.setdefault(subject, len(self.lines) + 1)
        self.lines += text.split("\n")


def _short(term: str) -> str:
    for prefix, space in PREFIXES.items():
        if term.startswith(f"<{space}") and term[len(space) + 1 : -1].replace("-", "").isalnum():
            return f"{prefix}:{term[len(space) + 1 : -1]}"
    return term


def _long_string(term: str) -> str:
    """A literal with line ends as a long string."""
    parts = literal_parts(term)
    if "\n" not in parts.text or '"' in parts.text or "\\" in parts.text:
        return term
    return f'"""{parts.text}"""{term[term.rindex(chr(34)) + 1 :]}'


def turtle(triples: Iterable[Triple]) -> Written:
    """A block for each subject, a line for each value; a comment and a string that look like more."""
    out = Written(["# <https://example.org/none> a <https://example.org/None> ."])
    out.lines += [f"@prefix {prefix}: <{space}> ." for prefix, space in PREFIXES.items()]
    for subject, said in _by_subject(triples).items():
        out.add("")
        out.add(subject, subject=subject)
        for number, (_, predicate, value) in enumerate(said):
            verb = "a" if predicate == TYPE else _short(predicate)
            shown = _long_string(value) if is_literal(value) else _short(value)
            out.add(f"    {verb} {shown} {';' if number < len(said) - 1 else '.'}", (subject, predicate, value))
    return out


def ntriples(triples: Iterable[Triple]) -> Written:
    """A line for each triple, in no order."""
    out = Written(["# nothing yet"])
    every = sorted(set(triples))
    for triple in random.Random(7).sample(every, len(every)):
        out.add(f"{' '.join(triple)} .", triple, triple[0])
    return out


def jsonld(triples: Iterable[Triple]) -> Written:
    """Nodes in a ``@graph``, a line for each value; of literals the line of the text."""
    out = Written(['{"@context": ' + json.dumps(PREFIXES) + ',"@graph": ['])
    blocks = _by_subject(triples)
    for place, (subject, said) in enumerate(blocks.items()):
        out.add("{")
        out.add(f' "@id": {json.dumps(iri_text(subject))},', subject=subject)
        predicates = list(dict.fromkeys(predicate for _, predicate, _ in said))
        for number, predicate in enumerate(predicates):
            out.add(f" {json.dumps('@type' if predicate == TYPE else _short(predicate).strip('<>'))}: [")
            values = [one for one in said if one[1] == predicate]
            for at, triple in enumerate(values):
                _json_value(out, triple, "," if at < len(values) - 1 else "")
            out.add(" ]" + ("," if number < len(predicates) - 1 else ""))
        out.add("}" + ("," if place < len(blocks) - 1 else ""))
    out.add("]}")
    return out


def _json_value(out: Written, triple: Triple, end: str) -> None:
    _, predicate, value = triple
    if is_iri(value):
        shown = json.dumps(iri_text(value))
        out.add(f"  {shown}{end}" if predicate == TYPE else f'  {{"@id": {shown}}}{end}', triple)
        return
    parts = literal_parts(value)
    kind = {"@language": parts.language} if parts.language else {"@type": parts.datatype}
    out.add(f"  {{{json.dumps(kind)[1:-1]},")
    out.add(f'   "@value": {json.dumps(parts.text, ensure_ascii=False)}}}{end}', triple)


def _by_subject(triples: Iterable[Triple]) -> dict[str, list[Triple]]:
    blocks: dict[str, list[Triple]] = {}
    for triple in sorted(set(triples)):
        blocks.setdefault(triple[0], []).append(triple)
    return blocks


SYNTAXES: dict[str, Callable[[Iterable[Triple]], Written]] = {"ttl": turtle, "nt": ntriples, "jsonld": jsonld}
"""Suffix → how a graph is written."""
