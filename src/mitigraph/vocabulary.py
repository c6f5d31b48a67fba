"""Controlled values: SKOS schemes read from triples, and plain lookup tables; both with "did you mean".

>>> table = Table({"data-privacy": ["Data Privacy"], "bias": ["Harmful Bias", "Bias, Harmful"]})
>>> table.find("data  privacy"), table.segment("Bias, Harmful Data Privacy; other", ";")
('data-privacy', (['Bias, Harmful', 'Data Privacy', 'other'], True))
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypedDict

from mitigraph.likeness import Guess, Words, closest, plain
from mitigraph.terms import RDF, SKOS, Triple, iri_text, is_iri, literal_parts
from mitigraph.transforms import CellError, code, fold, label

__all__ = ["Concept", "Scheme", "Schemes", "Table", "closest"]

SHOWN = 200
"""A piece of a list that is longer than this many characters is no known value."""

LISTED = 15
"""How many values are listed as the ones to choose from."""

LONGEST = 40
"""No label has more words than this: a hostile cell costs no more than its length."""

_WORD = re.compile(r"[^\s,;/|]+")
_NAMED = re.compile(r"\s*([^\W\d][\w-]*)\s*[:/\s]\s*(\S.*)")
_IDENTIFIER = "<http://purl.org/dc/terms/identifier>"
_TYPE = f"<{RDF}type>"
_NON_VALUE = "<https://w3id.org/airmo#nonValueLabel>"
_TEXTS = {
    f"<{SKOS}notation>": "notation",
    f"<{SKOS}prefLabel>": "label",
    f"<{SKOS}altLabel>": "variant",
    f"<{SKOS}hiddenLabel>": "variant",
    f"<{SKOS}definition>": "definition",
    _IDENTIFIER: "identifier",
    _NON_VALUE: "non-value",
}
_LINKS = {f"<{SKOS}inScheme>": "scheme", f"<{SKOS}topConceptOf>": "scheme", f"<{SKOS}broader>": "broader"}


def segment(text: str, separator: str, known: Mapping[str, object]) -> tuple[list[str], bool]:
    """The parts of a list whose values may hold the separator, longest known first, and whether a separator was mended."""
    spans = _spans(text, re.compile(f"[^{re.escape(separator)}]+") if separator else re.compile(r".+", re.DOTALL))
    parts: list[str] = []
    mended, start = False, 0
    while start < len(spans):
        piece, taken = _longest(text, spans[start:], known)
        start += taken or 1
        words = None if taken else _words(piece, known)
        mended = mended or words is not None
        parts.extend(words if words is not None else [piece])
    return [part for part in parts if part], mended


def _spans(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text)]


def _longest(text: str, spans: Sequence[tuple[int, int]], known: Mapping[str, object]) -> tuple[str, int]:
    """The longest known run of spans from the first on, and how many it takes; the first span and 0 if none is known."""
    for count in range(min(len(spans), LONGEST), 0, -1):
        start, end = spans[0][0], spans[count - 1][1]
        if end - start <= SHOWN and fold(text[start:end]) in known:
            return text[start:end].strip(), count
    return text[spans[0][0] : spans[0][1]].strip(), 0


def _words(piece: str, known: Mapping[str, object]) -> list[str] | None:
    """A piece as a row of known values, or None unless it is one through and through."""
    spans = _spans(piece, _WORD)
    parts: list[str] = []
    while spans:
        part, taken = _longest(piece, spans, known)
        if not taken:
            return None
        parts.append(part)
        spans = spans[taken:]
    return parts or None


class Table:
    """A lookup table: key → its labels; a text finds its key whatever its case and spacing.

    ValueError: one label stands for two keys; unless not ``exact``, when the first key has it.
    """

    def __init__(self, entries: Mapping[str, Sequence[str]], exact: bool = True) -> None:
        self.entries = {key: list(labels) for key, labels in entries.items()}
        self._keys: dict[str, str] = {}
        for key, labels in self.entries.items():
            for text in (key, *labels):
                if self._keys.setdefault(fold(text), key) != key and exact:
                    raise ValueError(f"{text!r} stands for both {self._keys[fold(text)]!r} and {key!r}")

    def find(self, text: str) -> str:
        """The key of a text. CellError ``unknown-value``."""
        key = self._keys.get(fold(text))
        if key is None:
            near = self._words.nearest(text)
            known = None if near or len(self.entries) > LISTED else "one of: " + "; ".join(map(self._shown, self.entries))
            raise CellError("unknown-value", "not a known value", expected=known, **_suggested(near))
        return key

    @cached_property
    def _words(self) -> Words:
        return Words({text: key for key, labels in self.entries.items() for text in labels or [key]})

    def _shown(self, key: str) -> str:
        return next(iter(self.entries[key]), key)

    def label(self, text: str) -> str:
        """The first label of the key that a text stands for. CellError ``unknown-value``."""
        return self._shown(self.find(text))

    def segment(self, text: str, separator: str) -> tuple[list[str], bool]:
        """The parts of a list of this table's values, and whether a missing or odd separator was mended."""
        return segment(text, separator, self._keys)


@dataclass(slots=True)
class Concept:
    """A concept: its IRI and every text that may stand for it; ``slug`` is the IRI's part after the scheme's."""

    iri: str
    scheme: Scheme
    slug: str
    notation: str | None = None
    label: str | None = None
    variants: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    broader: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Scheme name and slug: a short name that fits into an IRI."""
        return f"{self.scheme.name}.{self.slug}"

    @property
    def code(self) -> str | None:
        """The notation, unless it only repeats the slug: then people know the concept by its label."""
        return self.notation if self.notation != self.slug else None

    def __repr__(self) -> str:
        return f"Concept({self.key!r})"


class Scheme:
    """One concept scheme: its concepts, how texts find them, and its non-values."""

    def __init__(self, name: str, iri: str, non_values: Iterable[str] = ()) -> None:
        self.name, self.iri = name, iri
        self.concepts: dict[str, Concept] = {}
        self.non_values = {fold(key): text for text in non_values for key in (text, code(text)) if isinstance(key, str)}
        self.indexes: tuple[dict[str, list[Concept]], ...] = ()

    def index(self) -> None:
        """Build the ways to a concept, in the order they are tried."""
        texts = (
            lambda c: [c.notation],
            lambda c: [f"{self.name}:{c.notation}"] if c.notation else [],
            lambda c: [c.label],
            lambda c: c.variants,
            lambda c: [c.slug, c.key],
            lambda c: [c.iri],
            lambda c: c.definitions,
        )
        self.indexes = tuple(_index(self.concepts.values(), way) for way in texts)

    def candidates(self, text: str) -> list[Concept]:
        """The concepts a text stands for by the first way that finds any; "code label", also after the scheme's name and a
        colon, counts where both agree."""
        key = fold(text)
        found = next((index[key] for index in self.indexes if key in index), None)
        return found if found is not None else self._by_code_and_label(text.strip().removeprefix(f"{self.name}:"))

    def known(self) -> set[str]:
        """Every notation, label and variant, folded."""
        return {key for place in (0, 2, 3) for key in self.indexes[place]}

    def words(self) -> list[str]:
        """Labels, variants and notations, for suggestions."""
        return [text for one in self.concepts.values() for text in (one.label, one.code, *one.variants) if text]

    def _by_code_and_label(self, text: str) -> list[Concept]:
        notation, name = code(text), label(text)
        if not isinstance(notation, str) or not isinstance(name, str):
            return []
        by_label = {id(concept) for place in (2, 3) for concept in self.indexes[place].get(fold(name), ())}
        return [concept for concept in self.indexes[0].get(fold(notation), ()) if id(concept) in by_label]


def _index(concepts: Iterable[Concept], texts_of: object) -> dict[str, list[Concept]]:
    found: dict[str, list[Concept]] = defaultdict(list)
    for concept in concepts:
        for key in {fold(text) for text in texts_of(concept) if text}:  # type: ignore[operator]
            found[key].append(concept)
    return dict(found)


class Schemes:
    """All schemes, by name (``dcterms:identifier``) and their concepts by IRI."""

    def __init__(self, schemes: Iterable[Scheme] = ()) -> None:
        self.schemes = {scheme.name: scheme for scheme in schemes}
        self.concepts = {iri: concept for scheme in self.schemes.values() for iri, concept in scheme.concepts.items()}
        self._words: dict[tuple[str, ...], Words] = {}
        self._under: dict[tuple[str, ...], tuple[str | None, Words]] = {}

    @classmethod
    def from_triples(cls, triples: Iterable[Triple]) -> Schemes:
        """Read SKOS schemes (concepts by skos:inScheme or skos:topConceptOf) from triples, in any order.

        >>> skos = "<http://www.w3.org/2004/02/skos/core#"
        >>> schemes = Schemes.from_triples([
        ...     ("<https://x.example/s>", "<http://purl.org/dc/terms/identifier>", '"s"'),
        ...     ("<https://x.example/s>", _TYPE, f"{skos}ConceptScheme>"),
        ...     ("<https://x.example/s/a>", f"{skos}inScheme>", "<https://x.example/s>"),
        ...     ("<https://x.example/s/a>", f"{skos}prefLabel>", '"Alpha"@en'),
        ... ])
        >>> schemes.find("alpha", ["s"])
        Concept('s.a')
        """
        texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        links: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        heads: list[str] = []
        for subject, predicate, term in triples:
            if predicate in _TEXTS and not is_iri(term) and is_iri(subject):
                texts[iri_text(subject)][_TEXTS[predicate]].append(literal_parts(term).text)
            elif predicate in _LINKS and is_iri(term) and is_iri(subject):
                links[iri_text(subject)][_LINKS[predicate]].append(iri_text(term))
            elif predicate == _TYPE and term == f"<{SKOS}ConceptScheme>" and is_iri(subject):
                heads.append(iri_text(subject))
        return cls(_schemes(heads, texts, links))

    def named(self, name: str) -> Scheme | None:
        """The scheme of a name, if there is one."""
        return self.schemes.get(name)

    def find(self, text: str, names: Sequence[str], under: str | None = None) -> Concept | None:
        """The concept a text stands for in the first scheme that knows it; None for a non-value.

        ``under`` narrows the search to what lies below the concept that *it* stands for. CellError ``unknown-concept``
        or ``ambiguous-concept``.
        """
        above = self.find(under, names) if under else None
        for name in names:
            scheme = self.schemes[name]
            found = [c for c in scheme.candidates(text) if above is None or self.lies_under(c, above)]
            if len(found) == 1:
                return found[0]
            if found:
                raise CellError(
                    "ambiguous-concept",
                    f"stands for {len(found)} concepts of {name}",
                    expected="one of: " + ", ".join(sorted(_shown(c) for c in found)),
                )
        if any(fold(text) in self.schemes[name].non_values for name in names):
            return None
        raise self._unknown(text, names, above)

    def non_value(self, text: str, names: Sequence[str]) -> bool:
        """Whether a text is declared to be no value of one of the schemes.

        >>> Schemes([Scheme("timing", "https://x.example/t", ["4 - Not coded"])]).non_value("4 - not coded", ["timing"])
        True
        """
        return any(fold(text) in self.schemes[name].non_values for name in names)

    def lies_under(self, concept: Concept, above: Concept) -> bool:
        """Whether a concept lies below another, at any depth."""
        seen: set[str] = set()
        stack = list(concept.broader)
        while stack:
            iri = stack.pop()
            if iri == above.iri:
                return True
            if iri not in seen and iri in self.concepts:
                seen.add(iri)
                stack.extend(self.concepts[iri].broader)
        return False

    def guess(self, text: str, names: Sequence[str]) -> Guess | None:
        """What was probably meant, so that ``find`` finds it: of the scheme that is named before a colon, else of all."""
        found = _NAMED.fullmatch(text)
        if found and (home := Words({name: name for name in names}).nearest(found[1])):
            written, meant = (plain(name).replace(" ", "") for name in (found[1], home.text))
            return self._of_scheme(home.text, found[2], is_so_named=written == meant)
        if ":" in text:
            rest = text.partition(":")[2].strip()
            if known := next((known for name in names if (known := self._one([name], rest))), None):
                return Guess(_coded(known), False)
        notation, name = code(text), label(text)
        if isinstance(notation, str) and isinstance(name, str) and (near := self._near(name, names)):
            concept = self._one(names, near.text)
            is_code = concept is not None and concept.code is not None and fold(concept.code) == fold(notation)
            return Guess(_shown(concept), near.sure and is_code) if concept else None
        return self._near(text, names)

    def _of_scheme(self, name: str, rest: str, is_so_named: bool) -> Guess | None:
        near = Guess(rest, True) if self._one([name], rest) else self._near(rest, [name])
        concept = self._one([name], near.text) if near else None
        return Guess(_coded(concept), near.sure and is_so_named) if near and concept else None

    def _one(self, names: Sequence[str], text: str) -> Concept | None:
        """What ``find`` finds, if that is one concept."""
        found = next((found for name in names if (found := self.schemes[name].candidates(text))), ())
        return found[0] if len(found) == 1 else None

    def _near(self, text: str, names: Sequence[str]) -> Guess | None:
        key = tuple(names)
        if key not in self._words:
            self._words[key] = Words({word: iri for name in names for word, iri in self._meanings(name, names)})
        return self._words[key].nearest(text)

    def _meanings(self, name: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The words of a scheme that lead to one concept of it, and not to one of a scheme that is asked before."""
        before = names[: names.index(name)]
        for word in self.schemes[name].words():
            found = self.schemes[name].candidates(word)
            if len(found) == 1 and not any(self.schemes[other].candidates(word) for other in before):
                yield word, found[0].iri

    def _unknown(self, text: str, names: Sequence[str], above: Concept | None) -> CellError:
        if above is None:
            near, expected = self.guess(text, names), self._choices(names)
            if near:
                concept = self._one(names, near.text)
                expected = _shown(concept) if concept and concept.code else None
            return CellError("unknown-concept", f"no concept of {' or '.join(names)}", expected=expected, **_suggested(near))
        if (key := (*names, above.iri)) not in self._under:
            below = [c for name in names for c in self.schemes[name].concepts.values() if self.lies_under(c, above)]
            choices = "one of: " + ", ".join(sorted(map(_shown, below))) if below else None
            self._under[key] = choices, Words({c.label: c.iri for c in below if c.label})
        expected, near = self._under[key][0], self._under[key][1].nearest(text)
        return CellError("unknown-concept", f"no concept under {_shown(above)}", expected=expected, **_suggested(near))

    def _choices(self, names: Sequence[str]) -> str | None:
        """All labels, if they are few enough to be listed."""
        labels = [concept.label or concept.slug for name in names for concept in self.schemes[name].concepts.values()]
        return f"one of: {', '.join(dict.fromkeys(labels))}" if len(labels) <= LISTED else None


class _Suggested(TypedDict):
    suggestion: str | None
    sure: bool


def _suggested(near: Guess | None) -> _Suggested:
    """A guess as a CellError takes it."""
    return {"suggestion": near.text if near else None, "sure": near is not None and near.sure}


def _coded(concept: Concept) -> str:
    """How a concept is told from all those of other schemes."""
    return f"{concept.scheme.name}:{concept.notation}" if concept.notation else concept.label or concept.slug


def _shown(concept: Concept) -> str:
    return " ".join(text for text in (concept.code, concept.label) if text) or concept.slug


def _schemes(
    heads: Iterable[str], texts: Mapping[str, Mapping[str, list[str]]], links: Mapping[str, Mapping[str, list[str]]]
) -> list[Scheme]:
    schemes = {iri: _scheme(iri, texts.get(iri, {})) for iri in sorted(set(heads))}
    for iri in sorted(links):
        for home in sorted(set(links[iri].get("scheme", ()))):
            if home in schemes:
                schemes[home].concepts[iri] = _concept(iri, schemes[home], texts.get(iri, {}), links[iri])
    for scheme in schemes.values():
        scheme.index()
    return list(schemes.values())


def _scheme(iri: str, texts: Mapping[str, list[str]]) -> Scheme:
    name = min(texts.get("identifier", ()), default=iri.rstrip("/").rpartition("/")[2])
    return Scheme(name, iri, texts.get("non-value", ()))


def _concept(iri: str, scheme: Scheme, texts: Mapping[str, list[str]], links: Mapping[str, list[str]]) -> Concept:
    slug = iri.removeprefix(scheme.iri).lstrip("/#")
    return Concept(
        iri,
        scheme,
        slug,
        min(texts.get("notation", ()), default=None),
        min(texts.get("label", ()), default=None),
        sorted(texts.get("variant", ())),
        sorted(texts.get("definition", ())),
        sorted(links.get("broader", ())),
    )
