"""Functions for numbers and yes or no. Numbers are decimal text and stay exact: 0.1 and 0.2 make 0.3, 1.50 stays 1.50.

>>> total(["0.1", "0.2"]), floor("3.7")
(['0.3'], '3')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, Inexact
from functools import reduce

from mitigraph.logic import CellError, Result, Texts

__all__ = ["AMOUNTS", "AMOUNTS_OF_LISTS"]

DIGITS = 1000
"""More digits than any amount has: a longer number is a finding."""

_EXACT = Context(prec=10 * DIGITS, traps=[Inexact])
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[,  '’][0-9]{3})+(?:\.[0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_YES_NO = {
    "true": "true",
    "yes": "true",
    "y": "true",
    "on": "true",
    "1": "true",
    "false": "false",
    "no": "false",
    "n": "false",
    "off": "false",
    "0": "false",
}


def number(value: str) -> str:
    """A decimal number, digits as they are. CellError ``bad-value`` for anything else, thousands signs too.

    >>> number("1.50"), number("-3")
    ('1.50', '-3')
    """
    text = value.strip()
    if _NUMBER.fullmatch(text):
        return text
    meant = re.sub("[,  '’]", "", text) if _THOUSANDS.fullmatch(text) else None
    if meant is None and _COMMA.fullmatch(text):
        meant = text.replace(",", ".")
    raise CellError("bad-value", "not a number", expected="a number such as 3 or 2.50", suggestion=meant, value=value)


def boolean(value: str) -> str:
    """``true`` or ``false`` for a yes or no in any case: true yes y on 1, false no n off 0. CellError ``bad-value``.

    >>> boolean("TRUE"), boolean("no")
    ('true', 'false')
    """
    found = _YES_NO.get(value.strip().lower())
    if found is None:
        raise CellError("bad-value", "neither yes nor no", expected=f"one of: {', '.join(_YES_NO)}")
    return found


def _amount(text: str) -> Decimal:
    digits = number(text)
    if len(digits) > DIGITS:
        raise CellError("bad-value", "too long a number", expected=f"at most {DIGITS} digits")
    return Decimal(digits)


def _written(amount: Decimal) -> str:
    return format(amount if amount else abs(amount), "f")


def absolute(value: str) -> str:
    """Without its sign.

    >>> absolute("-2.50")
    '2.50'
    """
    return _written(_EXACT.abs(_amount(value)))


def floor(value: str) -> str:
    """The next whole number below.

    >>> floor("-1.5")
    '-2'
    """
    return _written(_amount(value).to_integral_value(ROUND_FLOOR))


def ceil(value: str) -> str:
    """The next whole number above.

    >>> ceil("1.1"), ceil("-0.5")
    ('2', '0')
    """
    return _written(_amount(value).to_integral_value(ROUND_CEILING))


def rounded(value: str) -> str:
    """The nearest whole number, the greater of two that are equally near.

    >>> rounded("2.5"), rounded("-2.5"), rounded("2.4")
    ('3', '-2', '2')
    """
    return _written(_EXACT.add(_amount(value), Decimal("0.5")).to_integral_value(ROUND_FLOOR))


def mod(value: str, other: str) -> str:
    """What is left of a division, with the sign of what is divided. CellError ``bad-value`` for a division by zero.

    >>> mod("7", "3"), mod("-7", "3")
    ('1', '-1')
    """
    divisor = _amount(other)
    if not divisor:
        raise CellError("bad-value", "divided by zero")
    return _written(_EXACT.remainder(_amount(value), divisor))


def total(values: Texts) -> Result:
    """The sum; none of no values, which may be amounts that could not be read.

    >>> total(["1.20", "3"]), total([])
    (['4.20'], [])
    """
    return [_written(reduce(_EXACT.add, map(_amount, values)))] if values else []


def least(*values: Texts) -> Result:
    """The smallest number, as it is written.

    >>> least(["10", "9.0"], ["12"])
    ['9.0']
    """
    return [min(every, key=_amount)] if (every := [text for texts in values for text in texts]) else []


def greatest(*values: Texts) -> Result:
    """The greatest number, as it is written.

    >>> greatest(["10"], ["9.0"])
    ['10']
    """
    return [max(every, key=_amount)] if (every := [text for texts in values for text in texts]) else []


def in_range(value: Texts, start: Texts = (), end: Texts = ()) -> Result:
    """Whether a number is at least the one and less than the other; a bound that is not there is no bound.

    >>> in_range(["5"], ["1"], ["5"]), in_range(["5"], ["1"]), in_range([])
    (['false'], ['true'], ['false'])
    """
    lowest, highest = (_amount(texts[0]) if texts else None for texts in (start, end))
    amounts = map(_amount, value)
    return [
        "true" if any((lowest is None or lowest <= one) and (highest is None or one < highest) for one in amounts) else "false"
    ]


AMOUNTS: dict[str, Callable[..., Result]] = {
    "number": number,
    "boolean": boolean,
    "abs": absolute,
    "floor": floor,
    "ceil": ceil,
    "round": rounded,
    "mod": mod,
}
"""Functions of one text, by the names mappings use."""

AMOUNTS_OF_LISTS: dict[str, Callable[..., Result]] = {"sum": total, "min": least, "max": greatest, "inRange": in_range}
"""Functions of lists of texts, by the names mappings use."""
