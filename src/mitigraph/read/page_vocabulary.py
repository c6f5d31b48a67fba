"""The closed vocabulary a mitigation page is read with: what may be printed on it, taken from the SKOS schemes.

>>> wording_hash("Some  words.") == wording_hash("some words")
True
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mitigraph.errors import InputError
from mitigraph.terms import RDF, SKOS, Triple, is_literal, literal_parts

__all__ = ["Category", "PageVocabulary", "normal_wording", "page_vocabulary", "wording_hash"]

CATEGORY_SCHEME = "mit-v2"
_IDENTIFIER = "<http://purl.org/dc/terms/identifier>"
_NON_VALUE = "<https://w3id.org/airmo#nonValueLabel>"
_TYPE = f"<{RDF}type>"
_SCHEME, _IN_SCHEME, _BROADER, _NOTATION, _DEFINITION, _PREFERRED, _ALTERNATIVE, _HIDDEN = (
    f"<{SKOS}{name}>"
    for name in ("ConceptScheme", "inScheme", "broader", "notation", "definition", "prefLabel", "altLabel", "hiddenLabel")
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Category:
    """One mitigation category: its code, label, definition, the label of the category above it, declared spellings."""

    notation: str
    label: str
    definition: str = ""
    broader_label: str = ""
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageVocabulary:
    """What may be printed on a page.

    ``stages``, ``actors`` and ``functions`` are labels, non-values included; ``wordings`` maps the hash of a known
    source wording of a definition (see ``wording_hash``) to the notations that carry it.
    """

    categories: Sequence[Category] = ()
    stages: Sequence[str] = ()
    actors: Sequence[str] = ()
    functions: Sequence[str] = ()
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def by_notation(self) -> dict[str, Category]:
        """The categories by their code."""
        return {category.notation: category for category in self.categories}

    @cached_property
    def printed_codes(self) -> list[tuple[str, Category]]:
        """Every ``code label`` a page may print, longest first: no label is taken for the start of a longer one."""
        printed = [(f"{c.notation} {label}", c) for c in self.categories for label in (c.label, *c.variants)]
        return sorted(printed, key=lambda pair: (-len(pair[0]), pair[0]))

    @cached_property
    def _notations_by_hash(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for category in self.categories:
            if category.definition:
                found[wording_hash(category.definition)].append(category.notation)
        for digest, notations in self.wordings.items():
            found[digest].extend(notations)
        return dict(found)

    def defined_as(self, text: str) -> list[Category]:
        """The categories whose definition, or a known source wording of it, is this text; in code order."""
        notations = set(self._notations_by_hash.get(wording_hash(text), ()))
        return [category for category in self.under(None) if category.notation in notations]

    def under(self, parent: str | None) -> list[Category]:
        """The categories directly under those of a label, in code order; all of them for None.

        >>> vocabulary = PageVocabulary([Category("2.1", "Dry", "", "Towels"), Category("1", "Soap")])
        >>> [category.notation for category in vocabulary.under("towels")]
        ['2.1']
        """
        wanted = None if parent is None else normal_wording(parent)
        chosen = [c for c in self.categories if wanted is None or normal_wording(c.broader_label) == wanted]
        return sorted(chosen, key=lambda category: [int(part) for part in re.findall(r"\d+", category.notation)])


def normal_wording(text: str) -> str:
    """A wording as compared: NFC, casefold, white space collapsed and stripped, one trailing full stop removed."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return _SPACES.sub(" ", folded).strip().removesuffix(".")


def wording_hash(text: str) -> str:
    """SHA-256 (hex, of UTF-8) of a text's normal wording: how a source's wording is known without being repeated."""
    return hashlib.sha256(normal_wording(text).encode("utf-8", "surrogatepass")).hexdigest()


def page_vocabulary(schemes: Iterable[Triple], wordings_csv: bytes) -> PageVocabulary:
    """The vocabulary of pages, from the triples of ``ontology/schemes`` and the table ``page-wordings.csv``.

    The table has the columns ``sha256``, ``scheme`` and ``notation``; rows of other schemes than ``mit-v2`` are no
    wordings of categories and are passed over. Raises InputError when a column is missing or the table is not UTF-8.
    """
    graph = _by_subject(schemes)
    return PageVocabulary(
        categories=[_category(graph, concept) for concept in _concepts(graph, _scheme(graph, CATEGORY_SCHEME))],
        stages=_labels(graph, "lifecycle-stages"),
        actors=_labels(graph, "actor-roles"),
        functions=_labels(graph, "functions"),
        wordings=_wordings(wordings_csv),
    )


_Graph = Mapping[str, Mapping[str, Sequence[str]]]


def _by_subject(triples: Iterable[Triple]) -> _Graph:
    graph: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, term in sorted(set(triples)):
        graph[subject][predicate].append(term)
    return {subject: dict(found) for subject, found in graph.items()}


def _scheme(graph: _Graph, name: str) -> str | None:
    """The concept scheme of a short name."""
    schemes = (subject for subject, found in graph.items() if _SCHEME in found.get(_TYPE, ()))
    return next((scheme for scheme in schemes if name in _texts(graph, scheme, _IDENTIFIER)), None)


def _concepts(graph: _Graph, scheme: str | None) -> list[str]:
    return [subject for subject, found in graph.items() if scheme in found.get(_IN_SCHEME, ())]


def _category(graph: _Graph, concept: str) -> Category:
    def first(predicate: str, subject: str = concept) -> str:
        return next(iter(_texts(graph, subject, predicate)), "")

    broader = next(iter(graph[concept].get(_BROADER, ())), "")
    variants = (*_texts(graph, concept, _ALTERNATIVE), *_texts(graph, concept, _HIDDEN))
    return Category(first(_NOTATION), first(_PREFERRED), first(_DEFINITION), first(_PREFERRED, broader), variants)


def _labels(graph: _Graph, name: str) -> list[str]:
    """The labels of a scheme's concepts, declared spellings too, then those of its non-values."""
    scheme = _scheme(graph, name)
    spellings = (_PREFERRED, _ALTERNATIVE, _HIDDEN)
    labels = [text for c in _concepts(graph, scheme) for spelling in spellings for text in _texts(graph, c, spelling)]
    return list(dict.fromkeys([*labels, *_texts(graph, scheme or "", _NON_VALUE)]))


def _texts(graph: _Graph, subject: str, predicate: str) -> list[str]:
    """The literal texts of a property: English and untagged ones, or whatever there is when there are none of those."""
    parts = [literal_parts(term) for term in graph.get(subject, {}).get(predicate, ()) if is_literal(term)]
    english = [part.text for part in parts if part.language in (None, "en")]
    return english or [part.text for part in parts]


def _wordings(table: bytes) -> dict[str, tuple[str, ...]]:
    try:
        rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline=""))
        missing = {"sha256", "scheme", "notation"}.difference(rows.fieldnames or ())
    except UnicodeDecodeError as error:
        raise InputError(f"page-wordings.csv: not UTF-8 at byte {error.start}") from error
    if missing:
        raise InputError(f"page-wordings.csv: no column {', '.join(sorted(missing))}")
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row["scheme"] == CATEGORY_SCHEME:
            found[row["sha256"]] = (*found.get(row["sha256"], ()), row["notation"])
    return found
