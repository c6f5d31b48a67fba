"""Nodes and their values in a text of JSON-LD, and where they stand.

What a key or a value means is read from the text's own context as far as that is plain: names, prefixes, ``@vocab``, ``@base``
and aliases of keywords. Values are compared by their text.

>>> node = '{"@context": {"ex": "https://example.org/"}, "@id": "ex:a", "ex:p": [1, {"@value": "two", "@language": "en"}]}'
>>> [said.value for said in JsonLdText(node, {}).said("https://example.org/a")]
['1', 'two']
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urljoin

from mitigraph.rdf_lines.spoken import Said
from mitigraph.terms import RDF, XSD, literal_parts

__all__ = ["JsonLdText"]

_TOKEN = re.compile(r'(?P<string>"(?:[^"\\]|\\.)*+")(?P<colon>\s*:)?|(?P<sign>[{}\[\]])|(?P<bare>[^\s{}\[\]:,"]++)', re.DOTALL)
_BARE = "@"
"""The mark of a number, true or false."""

_VALUE = "@value"
_MARKS = ("@language", "@type")
_SAYS = ("@value", "@id", "@list", "@set", "@none")
_BARE_TYPES = tuple(XSD + name for name in ("integer", "decimal", "double", "boolean"))
_TYPE = f"<{RDF}type>"


class JsonLdText:
    """One text. ``prefixes`` are those that it may use without declaring them."""

    def __init__(self, text: str, prefixes: Mapping[str, str]) -> None:
        self.text = text
        self._names: dict[str, str] = dict(prefixes)
        self._words: dict[str, str] = {}
        self._marks: dict[str, str] = {}
        self._read_contexts()
        self._spans: dict[str, list[tuple[int, int]]] = {}
        self._first: dict[str, int] = {}
        self._split()
        self.said = lru_cache(maxsize=1024)(self._said)

    @property
    def prefixes(self) -> dict[str, str]:
        """Names that IRIs may begin with."""
        return {name: space for name, space in self._names.items() if not name.startswith("@") and space[-1:] in ("/", "#", ":")}

    def subject(self, iri: str) -> int | None:
        """Where a node is first described: at its ``@id``."""
        return self._first.get(iri)

    def named(self, iri: str) -> int | None:
        """Where an IRI is first named at all."""
        return self._mentions.get(iri)

    @cached_property
    def _mentions(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for token in _TOKEN.finditer(self.text):
            if token["string"] and not token["colon"]:
                found.setdefault(self._iri(_text(token["string"])), token.start())
        return found

    def _read_contexts(self) -> None:
        try:
            whole = json.loads(self.text)
        except (ValueError, RecursionError):
            return
        for part in whole if isinstance(whole, list) else [whole]:
            context = part.get("@context") if isinstance(part, dict) else None
            for one in context if isinstance(context, list) else [context]:
                if isinstance(one, dict):
                    self._learn(one)

    def _learn(self, context: dict[str, Any]) -> None:
        for name, meaning in context.items():
            target = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if isinstance(target, str) and target.startswith("@"):
                self._words[name] = target
            elif isinstance(target, str):
                self._names[name] = target
            if isinstance(meaning, dict):
                self._marks[name] = meaning.get("@language", meaning.get("@type", self._marks.get("@language"))) or ""
            elif name == "@language":
                self._marks[name] = target or ""

    def _word(self, key: str) -> str:
        return self._words.get(key, key)

    def _iri(self, name: str, is_word: bool = False) -> str:
        """What a name stands for: a term (where it is a word), a prefixed name, or an IRI."""
        for _ in range(len(self._names) + 1):
            if is_word and name in self._names and not name.startswith("@"):
                name = self._names[name]
                continue
            prefix, colon, local = name.partition(":")
            if not colon or local.startswith("//") or prefix not in self._names:
                break
            name = self._names[prefix] + local
        if ":" in name:
            return name
        return self._names.get("@vocab", "") + name if is_word else urljoin(self._names.get("@base", ""), name)

    def _split(self) -> None:
        """Which stretches describe which node: objects with an ``@id`` and something more."""
        open_: list[list[Any]] = []
        is_id = False
        for token in _TOKEN.finditer(self.text):
            if token["sign"] == "{":
                open_.append([token.start(), None, 0, 0])
            elif token["sign"] == "}" and open_:
                start, name, at, keys = open_.pop()
                if name is not None and keys > 1:
                    self._spans.setdefault(name, []).append((start, token.end()))
                    self._first[name] = min(at, self._first.get(name, at))
            elif token["colon"] and open_:
                is_id = self._word(_text(token["string"])) == "@id"
                open_[-1][3] += 1
                continue
            elif is_id and open_ and token["string"]:
                open_[-1][1:3] = self._iri(_text(token["string"])), token.start()
            is_id = False

    def _said(self, iri: str) -> list[Said]:
        return [said for span in self._spans.get(iri, ()) for said in self._triples(*span)]

    def _triples(self, start: int, end: int) -> Iterator[Said]:
        """The values of an object's own keys, those in arrays and value objects too, not those of nodes inside."""
        keys: list[str] = []
        verb, verb_at, mark = "", 0, ""
        inside: list[Said] = []
        for token in _TOKEN.finditer(self.text, start, end):
            if token["sign"] == "{":
                keys.append("")
            elif token["sign"] == "}":
                keys.pop()
                if len(keys) == 1:
                    yield from (said._replace(mark=mark if said.mark == _VALUE else said.mark) for said in inside)
                    inside, mark = [], ""
            elif token["colon"]:
                keys[-1] = self._word(_text(token["string"]))
                if len(keys) == 1:
                    verb, verb_at, own = keys[-1], token.start(), self._mark(_text(token["string"]))
            elif len(keys) == 2 and keys[1] in _MARKS:
                mark = _text(token["string"] or "")
            elif not token["sign"] and verb not in ("@id", "@context") and _counts(keys):
                written = token["string"] or token["bare"]
                said = Said(self._predicate(verb), _text(written), verb_at, token.start(), own if token["string"] else _BARE)
                if len(keys) == 1:
                    yield said
                else:
                    inside.append(said._replace(mark=_inner_mark(keys[1], said.mark)))

    def _mark(self, key: str) -> str:
        return self._marks.get(key, self._marks.get("@language", ""))

    def fits(self, mark: str, literal: str) -> bool:
        """Whether a literal has the language or the datatype that is written."""
        _, language, datatype = literal_parts(literal)
        if language:
            return mark.lower() == language
        if mark == _BARE:
            return datatype in _BARE_TYPES
        return datatype == (self._iri(mark, is_word=True) if mark else f"{XSD}string")

    def _predicate(self, key: str) -> str:
        return _TYPE if key == "@type" else f"<{self._iri(key, is_word=True)}>"

    def is_meant(self, written: str, iri: str) -> bool:
        """Whether a text stands for an IRI."""
        return iri in (self._iri(written), self._iri(written, is_word=True))


def _inner_mark(key: str, mark: str) -> str:
    """The mark of a value within an object: as that says, by language, or as outside."""
    if key == _VALUE:
        return mark if mark == _BARE else _VALUE
    return mark if key.startswith("@") else key


def _counts(keys: list[str]) -> bool:
    """Whether a value is one of the outer object's own: in it, or in an object that only says what a value is."""
    return len(keys) == 1 or (len(keys) == 2 and (keys[1] in _SAYS or (not keys[1].startswith("@") and ":" not in keys[1])))


def _text(written: str) -> str:
    if not written.startswith('"'):
        return written
    try:
        return str(json.loads(written))
    except ValueError:
        return written[1:-1]
