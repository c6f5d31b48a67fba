"""Natural datatypes (RML-IO Registry, JSON): a number or boolean of a tree is a literal of that type."""

from __future__ import annotations

from dataclasses import replace

from mitigraph.mapping.batch import Batch, Values
from mitigraph.mapping.compiled import Compiled
from mitigraph.mapping.terms_of import literal_encoder
from mitigraph.terms import XSD
from mitigraph.transforms import INTEGER

__all__ = ["natural_literals"]

_PLAIN, _INTEGER, _DOUBLE, _BOOLEAN = (
    literal_encoder(datatype) for datatype in (None, f"{XSD}integer", f"{XSD}double", f"{XSD}boolean")
)


def natural_literals(texts: Compiled, reference: str) -> Compiled:
    """A reference's values as literals of the types they have in the file; in a table all is text."""

    def evaluate(batch: Batch) -> Values:
        values = texts.evaluate(batch)
        kinds = [kind for turn in dict.fromkeys(values.turns) for kind in batch.frame.kinds(turn, reference)]
        if len(kinds) != len(values.texts):
            return Values(values.turns, _PLAIN(values.texts))
        return Values(values.turns, [_literal(text, kind) for text, kind in zip(values.texts, kinds, strict=True)])

    return replace(texts, evaluate=evaluate)


def _literal(text: str, kind: str) -> str:
    if kind == "number":
        return (_INTEGER if INTEGER.fullmatch(text) else _DOUBLE)([text])[0]
    return (_BOOLEAN if kind == "boolean" else _PLAIN)([text])[0]
