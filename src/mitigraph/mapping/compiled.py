"""An expression that is ready to be evaluated, and what is known of it beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mitigraph.mapping.batch import NOTHING, Batch, Values, grouped
from mitigraph.mapping.spot import Spot, all_of

__all__ = [
    "CONSTANT",
    "PER_FILE",
    "PER_RECORD",
    "Compiled",
    "Evaluate",
    "combined",
    "firsts",
    "fixed",
    "turns_where",
]

CONSTANT, PER_FILE, PER_RECORD = 0, 1, 2
"""How often a value changes."""

Evaluate = Callable[[Batch], Values]


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression ready to be evaluated for the turns of a batch.

    ``spots`` are the columns or paths it reads, and which of their values each result belongs to; ``fixed`` its values where
    they are known beforehand.
    """

    evaluate: Evaluate
    spots: tuple[Spot, ...] = ()
    level: int = CONSTANT
    fixed: tuple[str, ...] | None = None

    @property
    def references(self) -> tuple[str, ...]:
        """The columns or paths it reads."""
        return tuple(dict.fromkeys(name for spot in self.spots for name in spot.references))


def fixed(texts: tuple[str, ...], level: int = CONSTANT) -> Compiled:
    """Values that are known beforehand.

    >>> fixed(("a",)).fixed
    ('a',)
    """

    def evaluate(batch: Batch) -> Values:
        if len(texts) == 1:
            return Values(batch.turns, [texts[0]] * len(batch.turns))
        return Values([turn for turn in batch.turns for _ in texts], [*texts] * len(batch.turns)) if texts else NOTHING

    return Compiled(evaluate, level=level, fixed=texts)


def combined(evaluate: Evaluate, parts: Sequence[Compiled]) -> Compiled:
    """What is made of several expressions: it reads what they read, and changes as often as they do."""
    return Compiled(evaluate, all_of(part.spots for part in parts), max((part.level for part in parts), default=CONSTANT))


def firsts(compiled: Compiled) -> Callable[[Batch], Callable[[int], str]]:
    """For each turn its first text, or none: an empty one."""
    if compiled.fixed is not None:
        text = compiled.fixed[0] if compiled.fixed else ""
        return lambda batch: lambda turn: text

    def read(batch: Batch) -> Callable[[int], str]:
        turns, texts = compiled.evaluate(batch)
        known = dict(zip(reversed(turns), reversed(texts), strict=True))
        return lambda turn: known.get(turn, "")

    return read


def lists(compiled: Compiled) -> Callable[[Batch], Sequence[list[str]]]:
    """For each of a batch's turns all its texts."""
    if compiled.fixed is not None:
        texts = list(compiled.fixed)
        return lambda batch: [texts] * len(batch.turns)
    return lambda batch: grouped(compiled.evaluate(batch), batch.turns)


def turns_where(condition: Compiled, batch: Batch) -> Batch:
    """The turns for which a condition holds: one of its values is ``true``."""
    turns, texts = condition.evaluate(batch)
    return batch.select(list(dict.fromkeys(turn for turn, text in zip(turns, texts, strict=True) if text == "true")))
