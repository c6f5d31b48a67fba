"""What is said in a text of RDF, and where: the form in which every syntax is looked through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

__all__ = ["Said", "Spoken"]


class Said(NamedTuple):
    """One triple of a subject: its predicate and value as terms (a value may also be a text that has to be compared), and where
    each of them begins."""

    predicate: str
    value: str
    verb_at: int
    value_at: int


class Spoken(Protocol):
    """A text, looked through once for where its subjects are spoken of."""

    def subject(self, iri: str) -> int | None:
        """Where a subject is first spoken of."""

    def said(self, iri: str) -> Sequence[Said]:
        """What is said of it, in the order of the text."""

    def named(self, iri: str) -> int | None:
        """Where an IRI is first named at all."""
