"""What is said in a text of RDF, and where: the form in which every syntax is looked through."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Said"]


class Said(NamedTuple):
    """One triple of a subject: its predicate and value as terms (a value may also be a text that has to be compared), and where
    each of them begins. ``mark`` is what a text has for a language or a datatype, as it is written."""

    predicate: str
    value: str
    verb_at: int
    value_at: int
    mark: str = ""
