"""JSON-LD compacted with an inline context: a flat ``@graph`` of sorted nodes (JSON-LD 1.1, sections 4 and 5).

The quoted part of an N-Triples literal is a JSON string already: both have the same escapes.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from mitigraph.canonical import canonical, is_blank
from mitigraph.serialise.compact import Context, Term
from mitigraph.terms import RDF, XSD, Quad, Triple

__all__ = ["dataset_to_jsonld", "to_jsonld"]

_TYPE = f"<{RDF}type>"
_STRING = XSD + "string"
# JSON numbers are safe as 64-bit floats up to 15 digits.
_NATIVE = {XSD + "integer": re.compile(r'"(?:0|-?[1-9][0-9]{0,14})"'), XSD + "boolean": re.compile(r'"(?:true|false)"')}


def to_jsonld(triples: Iterable[Triple], context: Mapping[str, object]) -> bytes:
    """Triples as JSON-LD; ``context`` is a context or a document that holds one under ``@context``.

    EngineError when the context is remote or not understood.

    >>> print(to_jsonld([("<urn:a>", "<urn:p>", '"x"@en')], {"p": {"@id": "urn:p", "@language": "en"}}).decode(), end="")
    {
     "@context": {
      "p": {
       "@id": "urn:p",
       "@language": "en"
      }
     },
     "@graph": [
      {
       "@id": "urn:a",
       "p": "x"
      }
     ]
    }
    """
    writer = _NodeWriter(Context(context))
    return _document(writer.context, writer.nodes(canonical(triples), "  "))


def dataset_to_jsonld(quads: Iterable[Quad], context: Mapping[str, object]) -> bytes:
    """Quads as JSON-LD: the nodes of the default graph, then each named graph with its own ``@graph``."""
    writer = _NodeWriter(Context(context))
    graphs: dict[str, list[Triple]] = defaultdict(list)
    for s, p, o, g in canonical(quads):
        graphs[g].append((s, p, o))
    parts = list(writer.nodes(graphs.pop("", []), "  "))
    for graph in sorted(graphs):
        inside = _array(writer.nodes(graphs[graph], "    "), "   ")
        parts.append(f"  {{\n   {writer.id_key}: {writer.ids[graph]},\n   {writer.graph_key}: {inside}\n  }}")
    return _document(writer.context, parts)


class _Slot(NamedTuple):
    """Where values of one kind go under a property: the key, whether always an array, how a value is written."""

    key: str
    is_set: bool
    form: str


class _Ids(dict[str, str]):
    """Subject or object term → its JSON text."""

    def __init__(self, context: Context, vocab: bool) -> None:
        super().__init__()
        self.context, self.vocab = context, vocab

    def __missing__(self, term: str) -> str:
        text = term if is_blank(term) else self.context.compact(term[1:-1], vocab=self.vocab)
        self[term] = result = _string(text)
        return result


class _NodeWriter:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.ids, self.words = _Ids(context, vocab=False), _Ids(context, vocab=True)
        self.slots: dict[tuple[str, str], _Slot] = {}
        self.id_key, self.type_key, self.graph_key, self.value_key, self.language_key = (
            _string(context.keyword(k)) for k in ("@id", "@type", "@graph", "@value", "@language")
        )

    def nodes(self, triples: Iterable[Triple], indent: str) -> Iterator[str]:
        subjects: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for s, p, o in triples:
            subjects[s].append((p, o))
        for subject in sorted(subjects, key=_node_order):
            yield self._node(subject, subjects[subject], indent)

    def _node(self, subject: str, pairs: list[tuple[str, str]], indent: str) -> str:
        types: list[str] = []
        values: dict[str, list[str]] = {}
        sets: set[str] = set()
        for p, o in sorted(pairs):
            if p == _TYPE and o[0] != '"':
                types.append(self.words[o])
                continue
            slot, value = self._value(p, o)
            values.setdefault(slot.key, []).append(value)
            if slot.is_set:
                sets.add(slot.key)
        deeper = indent + " "
        lines = [f"{deeper}{self.id_key}: {self.ids[subject]}"]
        if types:
            lines.append(f"{deeper}{self.type_key}: {_one_or_array(types, deeper)}")
        for key in sorted(values):
            found = values[key]
            lines.append(f"{deeper}{key}: {_array(found, deeper, deeper + ' ') if key in sets else _one_or_array(found, deeper)}")
        return f"{indent}{{\n" + ",\n".join(lines) + f"\n{indent}}}"

    def _value(self, predicate: str, term: str) -> tuple[_Slot, str]:
        kind, text = _kind(term)
        slot = self.slots.get((predicate, kind)) or self._find_slot(predicate, kind)
        return slot, self._written(slot.form, kind, term, text)

    def _written(self, form: str, kind: str, term: str, text: str) -> str:
        if form == "id":
            return self.ids[term]
        if form == "word":
            return self.words[term]
        if form == "plain":
            return text
        if kind == "@id":
            return f"{{{self.id_key}: {self.ids[term]}}}"
        native = _NATIVE.get(kind)
        if form == "native" and native and native.fullmatch(text):
            return text[1:-1]
        if kind == _STRING:
            return f"{{{self.value_key}: {text}}}"
        if kind.startswith("@"):
            return f"{{{self.language_key}: {_string(kind[1:])}, {self.value_key}: {text}}}"
        return f"{{{self.type_key}: {self.words[f'<{kind}>']}, {self.value_key}: {text}}}"

    def _find_slot(self, predicate: str, kind: str) -> _Slot:
        iri = predicate[1:-1]
        terms = self.context.terms_for(iri)
        ranked = [(form, term) for form, fits in _FORMS for term in terms if fits(term, kind)]
        if ranked:
            form, term = ranked[0]
            slot = _Slot(_string(term.name), term.is_set, form)
        else:
            plain = (self.context.language is None and kind == _STRING) or kind == f"@{(self.context.language or '').lower()}"
            form = "plain" if plain else "native" if kind in _NATIVE else "object"
            slot = _Slot(_string(self.context.compact(iri, vocab=True, terms=False)), False, form)
        self.slots[predicate, kind] = slot
        return slot


def _is_plain(term: Term, kind: str) -> bool:
    if term.type is not None:
        return term.type == kind
    return kind == (f"@{term.language.lower()}" if term.language else _STRING)


_FORMS: tuple[tuple[str, Callable[[Term, str], bool]], ...] = (
    ("id", lambda term, kind: kind == "@id" and term.type == "@id"),
    ("word", lambda term, kind: kind == "@id" and term.type == "@vocab"),
    ("native", lambda term, kind: kind in _NATIVE and term.type in (None, kind)),
    ("plain", lambda term, kind: kind != "@id" and _is_plain(term, kind)),
    ("object", lambda term, kind: term.type is None),
    ("object", lambda term, kind: True),
)


def _kind(term: str) -> tuple[str, str]:
    """``@id``, a datatype IRI or ``@language``; and the quoted text of a literal."""
    if term[0] != '"':
        return "@id", ""
    if term[-1] == '"':
        return _STRING, term
    cut = term.rindex('"') + 1
    return (term[cut + 3 : -1] if term[-1] == ">" else term[cut:]), term[:cut]


def _node_order(term: str) -> tuple[bool, str]:
    return is_blank(term), term.strip("<>")


def _one_or_array(values: list[str], indent: str) -> str:
    return values[0] if len(values) == 1 else _array(values, indent, indent + " ")


def _array(values: Iterable[str], indent: str, deeper: str = "") -> str:
    inside = ",\n".join(deeper + value for value in values)
    return f"[\n{inside}\n{indent}]" if inside else "[]"


def _document(context: Context, nodes: Iterable[str]) -> bytes:
    head = json.dumps(context.raw, ensure_ascii=False, indent=1, sort_keys=True).replace("\n", "\n ")
    return f'{{\n "@context": {head},\n "@graph": {_array(nodes, " ")}\n}}\n'.encode()


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
