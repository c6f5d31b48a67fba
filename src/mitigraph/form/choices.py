"""Choices: the concepts of schemes and the entries of lookup tables, each with the text that is sure to be taken for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mitigraph.form.fields import Choice
from mitigraph.vocabulary import Concept, Schemes, Table

__all__ = ["scheme_choices", "table_choices"]

_PIECE = re.compile(r"(\d+)")


def scheme_choices(
    names: Sequence[str], schemes: Schemes, ranks: Mapping[str, int], separators: Sequence[str]
) -> tuple[Choice, ...]:
    """The concepts of the named schemes, scheme by scheme, in the order of ranks, else of codes, else of labels.

    What is written for a concept is its label; of several schemes it is scheme, code and label, as in ``mit-v2:1.1 Model``.
    """
    found = []
    for name in names:
        scheme = schemes.named(name)
        for concept in sorted(scheme.concepts.values() if scheme else (), key=lambda one: _order(one, ranks)):
            code = f"{name}:{concept.notation}" if len(names) > 1 else concept.code or ""
            definition = next(iter(concept.definitions), "")
            text = _written(concept, names, schemes, separators)
            found.append(Choice(text, code, concept.label or concept.slug, definition, name))
    return tuple(found)


def table_choices(table: Table, definitions: Mapping[str, str]) -> tuple[Choice, ...]:
    """The entries of a lookup table in its order, each written as its first label; ``definitions`` by key.

    >>> table_choices(Table({"bias": ["Harmful Bias", "Bias"]}), {})[0].text
    'Harmful Bias'
    """
    return tuple(
        Choice(next(iter(labels), key), key, next(iter(labels), key), definitions.get(key, ""))
        for key, labels in table.entries.items()
    )


def _order(concept: Concept, ranks: Mapping[str, int]) -> tuple[object, ...]:
    numbered = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in _PIECE.split(concept.code or "") if part]
    return ranks.get(concept.iri, 0), numbered, concept.label or concept.slug


def _written(concept: Concept, names: Sequence[str], schemes: Schemes, separators: Sequence[str]) -> str:
    """The first way of writing a concept that stands for it alone and holds no separator; its IRI where none does."""
    for text in _ways(concept, len(names) > 1):
        if not any(separator in text for separator in separators) and _finds(text, names, schemes) is concept:
            return text
    return concept.iri


def _ways(concept: Concept, is_of_several: bool) -> Iterator[str]:
    name, code, label = concept.scheme.name, concept.notation or "", concept.label or ""
    if not is_of_several:
        yield from filter(None, (label, f"{code} {label}".strip()))
    yield from (f"{name}:{code} {label}", f"{name}:{code}")


def _finds(text: str, names: Sequence[str], schemes: Schemes) -> Concept | None:
    """What ``Schemes.find`` would find, without a word about what it would not."""
    found = next((found for name in names if (found := schemes.schemes[name].candidates(text))), [])
    return found[0] if len(found) == 1 else None
