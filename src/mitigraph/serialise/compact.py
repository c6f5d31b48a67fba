"""A JSON-LD context read for writing: which term, compact IRI or IRI stands for what.

Every short form is expanded again, as a reader would (JSON-LD 1.1 API, 5.2 IRI expansion), before it is used; so a form
that a reader would take for something else is never written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import NamedTuple

from mitigraph.errors import EngineError
from mitigraph.terms import RDF

__all__ = ["Context", "Term", "prefixes_of"]

_KEYWORD = re.compile("@[A-Za-z]+")
_ABSOLUTE = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_PREFIX_ENDS = tuple(":/?#[]@")
_SETTINGS = {"@version", "@protected", "@propagate", "@vocab", "@language", "@base"}
_USABLE_KEYS = {"@id", "@type", "@language", "@prefix", "@protected", "@container"}


class Term(NamedTuple):
    """A term: what it stands for (None: nothing), how it coerces, whether it may begin compact IRIs and be written at all."""

    name: str
    meaning: str | None
    type: str | None
    language: str | None
    is_prefix: bool
    is_set: bool
    usable: bool


class Context:
    """A context, inline and complete. EngineError when it is remote, or says what this writer does not know.

    >>> context = Context({"ex": "http://example.org/", "knows": {"@id": "ex:knows", "@type": "@id"}})
    >>> context.compact("http://example.org/knows", vocab=True), context.compact("http://example.org/a", vocab=False)
    ('knows', 'ex:a')
    """

    def __init__(self, context: Mapping[str, object]) -> None:
        inner = context.get("@context", context)
        if not isinstance(inner, Mapping):
            raise EngineError("the JSON-LD context must be one object, not a list or an address")
        # Turtle has a prefix without a name, JSON-LD has no such term.
        self.raw: Mapping[str, object] = {name: value for name, value in inner.items() if name}
        unknown = sorted(key for key in inner if key.startswith("@") and key not in _SETTINGS)
        if unknown:
            raise EngineError(f"the JSON-LD context uses {', '.join(unknown)}, which is not supported")
        self.language = _text(inner.get("@language"))
        self.terms: dict[str, Term] = {}
        self.vocab = self._vocab(inner.get("@vocab"))
        for name in self.raw:
            self._define(name, ())
        self._by_meaning: dict[str, list[Term]] = defaultdict(list)
        for term in sorted(self.terms.values(), key=lambda t: (len(t.name), t.name)):
            if term.meaning is not None and term.usable:
                self._by_meaning[term.meaning].append(term)
        starts = [term for term in self.terms.values() if term.is_prefix and term.meaning]
        self._prefixes = sorted(starts, key=lambda t: (-len(t.meaning or ""), len(t.name), t.name))

    def terms_for(self, meaning: str) -> list[Term]:
        """The terms that may be written for an IRI or keyword, shortest first."""
        return self._by_meaning.get(meaning, [])

    def keyword(self, keyword: str) -> str:
        """A keyword or the context's alias of it."""
        return next((term.name for term in self.terms_for(keyword) if not term.type), keyword)

    def compact(self, iri: str, *, vocab: bool, terms: bool = True) -> str:
        """The shortest safe way to write an IRI: as a key or type (``vocab``), or as a node's ``@id``."""
        names = [term.name for term in self.terms_for(iri)] if vocab and terms else []
        if vocab and self.vocab and iri.startswith(self.vocab):
            names.append(iri[len(self.vocab) :])
        for term in self._prefixes:
            meaning = term.meaning or ""
            if iri.startswith(meaning) and iri != meaning:
                names.append(f"{term.name}:{iri[len(meaning) :]}")
        for form in (*names, iri):
            if self.expand(form, vocab=vocab) == iri and (terms or form not in self.terms):
                return form
        raise EngineError(f"the JSON-LD context hides <{iri}>: its beginning is defined as a prefix for something else")

    def expand(self, form: str, *, vocab: bool) -> str | None:
        """What a reader takes a form for."""
        return self._expand(form, vocab, lambda name: self.terms.get(name))

    def _expand(self, form: str, vocab: bool, lookup: Callable[[str], Term | None]) -> str | None:
        if _KEYWORD.fullmatch(form):
            return form if form in _KEYWORDS else None
        if vocab and (term := lookup(form)) is not None:
            return term.meaning
        prefix, colon, rest = form.partition(":")
        if colon and prefix:
            if prefix == "_" or rest.startswith("//"):
                return form
            term = lookup(prefix)
            if term is not None and term.meaning and term.is_prefix:
                return term.meaning + rest
            return form if _ABSOLUTE.match(form) else None
        return self.vocab + form if vocab and self.vocab is not None else None

    def _vocab(self, value: object) -> str | None:
        text = _text(value)
        if text is None or _ABSOLUTE.match(text):
            return text
        raise EngineError(f"the JSON-LD context's @vocab must be an absolute IRI, found {text!r}")

    def _define(self, name: str, path: tuple[str, ...]) -> Term | None:
        if name in self.terms or name not in self.raw or name.startswith("@"):
            return self.terms.get(name)
        if name in path:
            raise EngineError(f"the JSON-LD context defines {name!r} by itself")
        if ":" in name or "/" in name:
            raise EngineError(f"the JSON-LD context's term {name!r} is not supported: it looks like an IRI")
        value = self.raw[name]
        if value is not None and not isinstance(value, str | Mapping):
            raise EngineError(f"the JSON-LD context's term {name!r} is neither text nor an object")
        self.terms[name] = self._term(name, value, lambda other: self._define(other, (*path, name)))
        return self.terms[name]

    def _term(self, name: str, value: str | Mapping[str, object] | None, lookup: Callable[[str], Term | None]) -> Term:
        parts: Mapping[str, object] = value if isinstance(value, Mapping) else {"@id": value}
        own = _text(parts.get("@id", name)) if value is not None else None
        if own == name:
            meaning = self.vocab + name if self.vocab is not None else None
        else:
            meaning = None if own is None else self._expand(own, True, lookup)
        coerced = _text(parts.get("@type"))
        kind = coerced if coerced is None or coerced.startswith("@") else self._expand(coerced, True, lookup)
        container = parts.get("@container")
        is_set = container in ("@set", ["@set"])
        ends_well = not isinstance(value, Mapping) and (meaning or "").endswith(_PREFIX_ENDS)
        return Term(
            name,
            meaning,
            None if kind == "@none" else kind,
            language=_text(parts.get("@language", self.language)) if kind is None else None,
            is_prefix=bool(parts.get("@prefix", ends_well)),
            is_set=is_set,
            usable=(container is None or is_set) and parts.keys() <= _USABLE_KEYS and kind not in _FOREIGN_KINDS,
        )


def prefixes_of(context: Mapping[str, object]) -> dict[str, str]:
    """The prefixes among a context's terms.

    >>> prefixes_of({"ex": "http://example.org/", "name": "ex:name"})
    {'ex': 'http://example.org/'}
    """
    terms = Context(context).terms.values()
    prefixes = {term.name: term.meaning for term in terms if term.is_prefix and term.meaning and ":" in term.meaning}
    nameless = context.get("")
    return {"": nameless, **prefixes} if isinstance(nameless, str) else prefixes


_KEYWORDS = {
    "@id",
    "@type",
    "@value",
    "@language",
    "@graph",
    "@list",
    "@set",
    "@reverse",
    "@index",
    "@context",
    "@none",
    "@json",
    "@nest",
    "@included",
    "@direction",
    "@base",
    "@vocab",
    "@version",
    "@container",
    "@import",
    "@prefix",
    "@propagate",
    "@protected",
}
_FOREIGN_KINDS = {"@json", RDF + "JSON"}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
