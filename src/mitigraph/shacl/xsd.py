"""XML Schema's datatypes: which texts they allow, and how their values compare (RDF 1.1, section 5.1; SPARQL 1.1, section 17.3).

>>> is_well_typed("2024-02-29", f"{XSD}date"), is_well_typed("2023-02-29", f"{XSD}date"), is_well_typed("256", f"{XSD}byte")
(True, False, False)
>>> compare(f'"1.0"^^<{XSD}decimal>', f'"1"^^<{XSD}integer>'), compare('"a"', f'"1"^^<{XSD}integer>')
(0, None)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from mitigraph.terms import RDF, XSD, is_literal, literal_parts

__all__ = ["DATATYPES", "compare", "is_well_typed", "lexical_test", "quick_lexical_test"]

Test = Callable[[str], object]

_ZONE = r"(Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR = r"(-?(?:[1-9][0-9]{4,}|[0-9]{4}))"
_MONTH, _DAY = r"(0[1-9]|1[0-2])", r"(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_WHEN = {
    "dateTime": rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}",
    "dateTimeStamp": rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}",
    "date": rf"{_YEAR}-{_MONTH}-{_DAY}(){_ZONE}",
    "time": rf"()()(){_CLOCK}{_ZONE}",
    "gYear": rf"{_YEAR}()()(){_ZONE}",
    "gYearMonth": rf"{_YEAR}-{_MONTH}()(){_ZONE}",
    "gMonth": rf"()--{_MONTH}()(){_ZONE}",
    "gMonthDay": rf"()--{_MONTH}-{_DAY}(){_ZONE}",
    "gDay": rf"()()---{_DAY}(){_ZONE}",
}
_DURATION = (
    r"(-)?P(?=[0-9T])(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
_INTEGER = r"[+-]?[0-9]+"
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_DOUBLE = rf"[+-]?(?:{_NUMBER}(?:[eE][+-]?[0-9]+)?|INF)|NaN"
_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
)
_NAME_START += "\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_NAME = _NAME_START + "0-9.\u00b7\u0300-\u036f\u203f-\u2040-"

_BITS = {"byte": 8, "short": 16, "int": 32, "long": 64}
_LEAST_MOST: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in _BITS.items()},
    **{f"unsigned{name.title()}": (0, 2**bits - 1) for name, bits in _BITS.items()},
}
_PATTERNS = {
    "string": r"(?s:.*)",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "Name": f"[:{_NAME_START}][:{_NAME}]*",
    "NCName": f"[{_NAME_START}][{_NAME}]*",
    "NMTOKEN": f"[:{_NAME}]+",
    "boolean": r"true|false|1|0",
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    "base64Binary": r"(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]"
    r"|(?:[A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?",
    "anyURI": r"(?s:.*)",
    "decimal": rf"[+-]?{_NUMBER}",
    "double": _DOUBLE,
    "float": _DOUBLE,
    "duration": _DURATION,
    "yearMonthDuration": r"-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?",
    "dayTimeDuration": r"-?P(?=[0-9T])(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?",
}
_QUICK = {
    **{name: _WHEN[name].replace(_DAY, "(0[1-9]|1[0-9]|2[0-8])") for name in ("dateTime", "date")},
    **dict.fromkeys(("decimal", "double", "float"), "[0-9]+[.]?[0-9]*"),
    **{name: "[1-9][0-9]?" for name, (_, most) in _LEAST_MOST.items() if most is None or most > 98},
    "integer": _INTEGER,
}
"""What most texts of a datatype match, and nothing that it does not allow."""

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EXACT = Context(prec=100_000, Emax=MAX_EMAX, Emin=MIN_EMIN)
_MOST_DIGITS = 10_000
"""Years and lengths of more digits are not compared: making integers of them could not be stopped."""

_HALF_DAY = 14 * 3600
"""The most by which a moment without a time zone may lie beside one with it (XML Schema 1.1 part 2, section 3.3.7.3)."""


class _Moment(NamedTuple):
    seconds: Decimal
    zoned: bool


class _Duration(NamedTuple):
    months: int
    seconds: Decimal


_Value = str | bool | Decimal | float | _Moment | _Duration


def is_well_typed(text: str, datatype: str) -> bool:
    """Whether a text is in the lexical space of a datatype (an IRI); of one that is not known, every text is."""
    test = lexical_test(datatype)
    return test is None or bool(test(text))


@cache
def lexical_test(datatype: str) -> Test | None:
    """What tells whether a datatype allows a text; None for one that is not known."""
    name = datatype.removeprefix(XSD)
    if datatype not in DATATYPES:
        return None
    if name in _WHEN:
        return _is_when(name)
    return _is_whole(*_LEAST_MOST[name]) if name in _LEAST_MOST else re.compile(_PATTERNS.get(name, "(?s:.*)")).fullmatch


@cache
def quick_lexical_test(datatype: str) -> Test | None:
    """What is quick to tell that a datatype allows a text, and perhaps does not tell it of each; None where nothing is."""
    name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
    return re.compile(_QUICK[name]).fullmatch if name in _QUICK else None


def compare(left: str, right: str) -> int | None:
    """-1, 0 or 1 as one literal is less than, equal to or greater than another; None where the two cannot be compared.

    Numbers compare with numbers: exactly, unless one is a double or float, which SPARQL makes of the other too. A moment
    without time zone compares with one that has it where no zone could turn the answer around.
    """
    one, other = _value(left), _value(right)
    if one is None or other is None or one[0] != other[0]:
        return None
    return _ORDERS[type(one[1])](one[1], other[1]) if not isinstance(other[1], float) else _numbers(one[1], other[1])


def _plain(one: _Value, other: _Value) -> int:
    return (one > other) - (one < other)  # type: ignore[operator]


def _numbers(one: _Value, other: _Value) -> int | None:
    left, right = _float(one), _float(other)
    return None if left != left or right != right else (left > right) - (left < right)


def _float(number: _Value) -> float:
    return float(number)  # type: ignore[arg-type]  # a Decimal beyond all doubles becomes an infinity


def _moments(one: _Value, other: _Value) -> int | None:
    assert isinstance(one, _Moment) and isinstance(other, _Moment)
    if one.zoned != other.zoned and abs(_EXACT.subtract(one.seconds, other.seconds)) <= _HALF_DAY:
        return None
    return _plain(one.seconds, other.seconds)


def _durations(one: _Value, other: _Value) -> int | None:
    assert isinstance(one, _Duration) and isinstance(other, _Duration)
    signs = {_plain(one.months, other.months), _plain(one.seconds, other.seconds)} - {0}
    return None if len(signs) > 1 else signs.pop() if signs else 0


_ORDERS: dict[type, Callable[[_Value, _Value], int | None]] = {
    str: _plain,
    bool: _plain,
    Decimal: _plain,
    float: _numbers,
    _Moment: _moments,
    _Duration: _durations,
}


@lru_cache(maxsize=65536)
def _value(term: str) -> tuple[str, _Value] | None:
    """What kind of value a term has and which, None where it has none that compares."""
    if not is_literal(term):
        return None
    text, _, datatype = literal_parts(term)
    name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
    if name not in _KINDS or not is_well_typed(text, datatype):
        return None
    kind, convert = _KINDS[name]
    try:
        return kind, convert(text, name)
    except _TooLongError:
        return None


def _moment(text: str, name: str) -> _Moment:
    found = re.fullmatch(_WHEN[name], text)
    assert found is not None
    year, month, day, clock, zone = found.groups()
    whole = 86400 * _day_number(_whole(year or "2000"), int(month or 1), int(day or 1))
    hours, minutes, rest = clock.split(":") if clock else ("0", "0", "0")
    whole += int(hours) * 3600 + int(minutes) * 60
    if zone and zone != "Z":
        ahead = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
        whole -= ahead if zone[0] == "+" else -ahead
    return _Moment(_EXACT.add(Decimal(whole), Decimal(rest)), bool(zone))


class _TooLongError(ValueError):
    """A number beyond what is compared."""


def _whole(text: str) -> int:
    """An integer of at most ``_MOST_DIGITS`` digits."""
    if len(text) > _MOST_DIGITS:
        raise _TooLongError
    return int(Decimal(text))  # int() refuses texts of some thousand digits


def _day_number(year: int, month: int, day: int) -> int:
    """Days since a day long ago, in the Gregorian calendar of all years (datetime knows the years 1 to 9999 only)."""
    year -= month < 3
    month = month + 9 if month < 3 else month - 3
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day


def _duration(text: str, _: str) -> _Duration:
    found = re.fullmatch(_DURATION, text)
    assert found is not None
    sign = -1 if found[1] else 1
    years, months, days, hours, minutes = (_whole(part or "0") for part in found.groups()[1:6])
    seconds = _EXACT.add(Decimal(((days * 24 + hours) * 60 + minutes) * 60), Decimal(found[7] or 0))
    return _Duration(sign * (12 * years + months), _EXACT.multiply(Decimal(sign), seconds))


def _is_whole(least: int | None, most: int | None) -> Test:
    integer = re.compile(_INTEGER)

    def test(text: str) -> bool:
        if not integer.fullmatch(text):
            return False
        number = Decimal(text)
        return (least is None or number >= least) and (most is None or number <= most)

    return test if (least, most) != (None, None) else integer.fullmatch


def _is_when(name: str) -> Test:
    pattern = re.compile(_WHEN[name])

    def test(text: str) -> bool:
        found = pattern.fullmatch(text)
        if found is None or (name == "dateTimeStamp" and not found[5]):
            return False
        year, month, day = found[1], found[2], found[3]
        if not day or not month:
            return True
        return int(day) <= (28 if month == "02" and year and not _is_leap(int(year[-4:])) else _DAYS[int(month) - 1])

    return test


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


_NUMBERS = {**dict.fromkeys(("decimal", *_LEAST_MOST), Decimal), **dict.fromkeys(("double", "float"), float)}
_KINDS: dict[str, tuple[str, Callable[[str, str], _Value]]] = {
    "string": ("string", lambda text, _: text),
    "boolean": ("boolean", lambda text, _: text in ("true", "1")),
    **{name: ("number", lambda text, _, make=make: make(text)) for name, make in _NUMBERS.items()},  # type: ignore[misc]
    **{name: ("dateTime" if name == "dateTimeStamp" else name, _moment) for name in _WHEN},
    **dict.fromkeys(("duration", "yearMonthDuration", "dayTimeDuration"), ("duration", _duration)),
}

DATATYPES = frozenset(XSD + name for name in (*_PATTERNS, *_LEAST_MOST, *_WHEN)) | {RDF + "langString"}
"""The datatypes that are known."""
