"""How components read their parameters: as each value, as the only value, as a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mitigraph.shacl.component import Read
from mitigraph.shacl.reading import Given

__all__ = ["Parameters", "each", "flag", "iri", "node", "only", "several"]

Parameters = tuple[tuple[str, str], ...]
Convert = Callable[[Given, str, str], object]


def each(convert: Convert) -> Read:
    """A constraint for each value of the parameter."""

    def read(given: Given, parameters: tuple[str, ...]) -> Iterator[tuple[Parameters, object]]:
        word = parameters[0]
        for term in given.all(word):
            yield ((word, term),), convert(given, word, term)

    return read


def only(convert: Convert) -> Read:
    """One constraint: the parameter may have one value."""

    def read(given: Given, parameters: tuple[str, ...]) -> Iterator[tuple[Parameters, object]]:
        word = parameters[0]
        term = given.one(word)
        if term is not None:
            yield ((word, term),), convert(given, word, term)

    return read


def flag(given: Given, parameters: tuple[str, ...]) -> Iterator[tuple[Parameters, object]]:
    """One constraint where the parameter is written ``true``."""
    word = parameters[0]
    term = given.one(word)
    if given.boolean(word) and term is not None and term.startswith('"true"'):
        yield ((word, term),), None


def several(given: Given, parameters: tuple[str, ...]) -> Iterator[tuple[Parameters, dict[str, str]]]:
    """One constraint with the terms of those parameters that are there, each of which may have one value."""
    terms = {word: term for word in parameters if (term := given.one(word)) is not None}
    yield tuple(terms.items()), terms


def iri(given: Given, word: str, term: str) -> str:
    """An IRI."""
    return given.iri(word, term)


def node(given: Given, word: str, term: str) -> str:
    """A shape."""
    return given.node_of(word, term)
