"""Functions over lists of texts: conditions and choices, the other half of the words mappings are written with; what picks
from a list or orders it is in ``mitigraph.lists``.

>>> truth(equal(["Paper"], ["Paper"]))
True
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from mitigraph.patterns import refusal

__all__ = ["CellError", "Result", "Texts", "compiled", "truth"]

Result = str | list[str] | None
Texts = Sequence[str]


class CellError(ValueError):
    """What a cell function has to say about a value; ``result`` is what it gives all the same (a warning's mended value).

    ``value`` is the text that is meant, where a function looks at several; ``sure``: whether the suggestion may be taken unasked.
    """

    def __init__(
        self,
        code: str,
        message: str,
        severity: str = "violation",
        expected: str | None = None,
        suggestion: str | None = None,
        result: Result = None,
        value: str | None = None,
        sure: bool = False,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.severity, self.sure = code, message, severity, sure
        self.expected, self.suggestion, self.result, self.value = expected, suggestion, result, value


def truth(values: Texts) -> bool:
    """Whether an expression's values mean yes.

    >>> truth(["true"]), truth(["false"]), truth([])
    (True, False, False)
    """
    return "true" in values


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """A regular expression, compiled once. CellError ``bad-pattern``, ``slow-pattern`` (also for one that is in the data).

    >>> compiled("[a-z]+").pattern
    '[a-z]+'
    """
    try:
        expression, reason = re.compile(pattern), refusal(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise CellError("bad-pattern", f"not a regular expression: {error}", expected="a regular expression") from None
    if reason is not None:
        raise CellError("slow-pattern", f"the regular expression {pattern!r} is refused: {reason}")
    return expression


def _answer(yes: bool) -> Result:
    return ["true" if yes else "false"]


def equal(left: Texts, right: Texts) -> Result:
    """Whether a left value equals a right one, letter by letter.

    >>> equal(["a", "b"], ["b"])
    ['true']
    """
    return _answer(not set(left).isdisjoint(right))


def not_equal(left: Texts, right: Texts) -> Result:
    """Whether no left value equals a right one.

    >>> not_equal(["a"], ["b"])
    ['true']
    """
    return _answer(set(left).isdisjoint(right))


def is_in(value: Texts, *choices: Texts) -> Result:
    """Whether a value is among the choices.

    >>> is_in(["b"], ["a"], ["b"])
    ['true']
    """
    return _answer(any(not set(value).isdisjoint(choice) for choice in choices))


def matches(value: Texts, pattern: Texts) -> Result:
    """Whether a value as a whole matches a regular expression.

    >>> matches(["A12"], ["[A-Z][0-9]+"])
    ['true']
    """
    return _answer(any(map(compiled(pattern[0]).fullmatch, value)) if pattern else False)


def present(value: Texts) -> Result:
    """Whether there is a value.

    >>> present(["a"])
    ['true']
    """
    return _answer(bool(value))


def absent(value: Texts) -> Result:
    """Whether there is no value.

    >>> absent([])
    ['true']
    """
    return _answer(not value)


def all_of(*conditions: Texts) -> Result:
    """Whether every condition holds, of a list every one.

    >>> all_of(["true"], ["false"]), all_of(["true", "false"]), all_of([])
    (['false'], ['false'], ['false'])
    """
    return _answer(all(one and all(text == "true" for text in one) for one in conditions))


def any_of(*conditions: Texts) -> Result:
    """Whether a condition holds.

    >>> any_of(["true"], ["false"])
    ['true']
    """
    return _answer(any(map(truth, conditions)))


def one_of(*conditions: Texts) -> Result:
    """Whether exactly one condition holds.

    >>> one_of(["true"], ["false"]), one_of(["true"], ["true"])
    (['true'], ['false'])
    """
    return _answer(sum(text == "true" for one in conditions for text in one) == 1)


def negation(condition: Texts) -> Result:
    """Whether a condition does not hold.

    >>> negation(["false"])
    ['true']
    """
    return _answer(not truth(condition))


def choose(condition: Texts, then: Texts, otherwise: Texts = ()) -> Result:
    """One of two values, by a condition; none if the condition has no answer: what is not known is not false.

    >>> choose(["true"], ["a"], ["b"]), choose(["false"], ["a"], ["b"]), choose([], ["a"], ["b"])
    (['a'], ['b'], [])
    """
    return list(then if truth(condition) else otherwise) if condition else []


def decide(value: Texts, expected: Texts, then: Texts) -> Result:
    """A value for one that equals the expected; none for any other.

    >>> decide(["a"], ["a"], ["yes"]), decide(["b"], ["a"], ["yes"])
    (['yes'], [])
    """
    return [] if set(value).isdisjoint(expected) else list(then)


def first(*values: Texts) -> Result:
    """The first argument that has a value.

    >>> first([], ["a"], ["b"])
    ['a']
    """
    return list(next((texts for texts in values if texts), ()))


def constant(value: Texts) -> Result:
    """The value itself.

    >>> constant(["a"])
    ['a']
    """
    return list(value)
