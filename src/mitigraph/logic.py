"""Functions over lists of texts: conditions and choices, the other half of the words mappings are written with.

>>> truth(equal(["Paper"], ["Paper"]))
True
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

__all__ = ["CellError", "Result", "Texts", "truth"]

Result = str | list[str] | None
Texts = Sequence[str]


class CellError(ValueError):
    """What a cell function has to say about a value; ``result`` is what it gives all the same (a warning's mended value)."""

    def __init__(
        self,
        code: str,
        message: str,
        severity: str = "violation",
        expected: str | None = None,
        suggestion: str | None = None,
        result: Result = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.severity = code, message, severity
        self.expected, self.suggestion, self.result = expected, suggestion, result


def truth(values: Texts) -> bool:
    """Whether an expression's values mean yes.

    >>> truth(["true"]), truth(["false"]), truth([])
    (True, False, False)
    """
    return "true" in values


def concat(*values: Texts, separator: Texts = ()) -> Result:
    """Every combination of the values, joined; nothing if one of them is missing.

    >>> concat(["a", "b"], ["1"], separator=["-"])
    ['a-1', 'b-1']
    """
    return [(separator[0] if separator else "").join(parts) for parts in product(*values)]


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
    try:
        return _answer(any(re.fullmatch(pattern[0], text) for text in value) if pattern else False)
    except re.error as error:
        raise CellError("bad-pattern", f"not a regular expression: {error}") from None


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
    """Whether every condition holds.

    >>> all_of(["true"], ["false"])
    ['false']
    """
    return _answer(all(map(truth, conditions)))


def any_of(*conditions: Texts) -> Result:
    """Whether a condition holds.

    >>> any_of(["true"], ["false"])
    ['true']
    """
    return _answer(any(map(truth, conditions)))


def negation(condition: Texts) -> Result:
    """Whether a condition does not hold.

    >>> negation(["false"])
    ['true']
    """
    return _answer(not truth(condition))


def choose(condition: Texts, then: Texts, otherwise: Texts = ()) -> Result:
    """One of two values, by a condition.

    >>> choose(["true"], ["a"], ["b"])
    ['a']
    """
    return list(then if truth(condition) else otherwise)


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
