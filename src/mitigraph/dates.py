"""Cell functions for dates: from a declared format to what XML Schema writes, or a finding; never a guess.

A format is written with Y (or y, u) for the year, M for the month, D (or d) for the day, H (or h with a) m s S for the time
and Z for the zone; twice or more for that many digits, MMM or MMMM for the month's name. Other signs stand for themselves,
letters between single quotes. A year of two digits needs its century in the format: ``20YY``.

>>> date("3/5/2024", "D/M/YYYY"), date_time("2024-05-03 07:30", "yyyy-MM-dd HH:mm")
('2024-05-03', '2024-05-03T07:30:00')
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from mitigraph.logic import CellError, Result

__all__ = ["DATES", "read_format"]

ISO = "YYYY-MM-DD"
MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
"""Names of months by language; a name may be cut after three letters or more."""

SHORT = {"fr": {"janv": 1, "févr": 2, "avr": 4, "juil": 7, "déc": 12}, "nl": {"mrt": 3}, "de": {"mrz": 3}, "en": {"sept": 9}}

_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)
_SIGNS = {"Y": "year", "y": "year", "u": "year", "M": "month", "L": "month", "D": "day", "d": "day", "H": "hour"} | {
    "h": "half",
    "m": "minute",
    "s": "second",
    "S": "fraction",
    "a": "noon",
    "Z": "zone",
    "X": "zone",
}
_ZONE = r"[zZ]|[+-][0-9]{2}:?[0-9]{2}"
_STAMP = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.][0-9]+)?)?)?(?:[zZ]|[+-][0-9]{2}:?[0-9]{2})?"
)
_PAGES_AS_DATE = re.compile(
    r"(?P<day>[0-9]{1,2})[-./ ](?P<name>[A-Za-z]{3})|(?P<name2>[A-Za-z]{3})[-./ ](?P<day2>[0-9]{2})"
    r"|[0-9]{4}-(?P<month>[0-9]{2})-(?P<day3>[0-9]{2})(?:[T ]00:00(?::00)?)?"
)


class Form(NamedTuple):
    """A format that has been read: what matches, which parts it has, and the century before a year of two digits."""

    pattern: re.Pattern[str]
    parts: frozenset[str]
    century: str


def _bad_format(text: str, why: str) -> CellError:
    return CellError("bad-pattern", f"no format of a date, {text!r}: {why}", expected=f"a format such as {ISO} or DD/MM/YYYY")


@lru_cache(maxsize=64)
def read_format(text: str) -> Form:
    """A format read once. CellError ``bad-pattern``."""
    out, parts, century = "", list[str](), ""
    for token in _TOKEN.finditer(text):
        sign, run = token[2], token.group()
        if sign is None:
            out += re.escape("'" if run == "''" else token[1].replace("''", "'") if token[1] is not None else run)
            continue
        part = _SIGNS.get(sign)
        if part is None or part in parts:
            raise _bad_format(text, f"{run!r} has no meaning here")
        if part == "year" and len(run) == 2:
            century = text[max(0, token.start() - 2) : token.start()]
            if not re.fullmatch("[0-9]{2}", century):
                raise _bad_format(text, f"of which century is {run!r}? write 20{run}")
            out = out[:-2]
        parts.append(part)
        out += f"(?P<{part}>{_expression(part, len(run))})"
    missing = {"year", "month", "day"}.difference(parts)
    if missing:
        raise _bad_format(text, f"no {' and '.join(sorted(missing))}; M is the month, m the minute")
    return Form(re.compile(out, re.IGNORECASE), frozenset(parts), century)


def _expression(part: str, length: int) -> str:
    if part == "year":
        return "[0-9]{2}" if length == 2 else "[0-9]{4}"
    if part == "month" and length > 2:
        return r"[^\W\d_]+\.?"
    if part in ("zone", "noon"):
        return _ZONE if part == "zone" else r"[ap]\.?m\.?"
    return "[0-9]+" if part == "fraction" else "[0-9]{2}" if length == 2 else "[0-9]{1,2}"


def month_named(name: str, language: str) -> int | None:
    """The number of a month by its name, whole or cut after three letters or more.

    >>> month_named("Sept.", "en"), month_named("März", "de"), month_named("ju", "en")
    (9, 3, None)
    """
    plain = name.rstrip(".").casefold()
    if plain in SHORT.get(language, {}):
        return SHORT[language][plain]
    found = [number for number, one in enumerate(MONTHS[language].split(), 1) if one.startswith(plain)]
    return found[0] if len(found) == 1 and len(plain) > 2 else None


def _parsed(value: str, form: str, language: str) -> dict[str, str]:
    """Parts of a date as XML Schema writes them: ``date``, ``time`` (empty without one) and ``zone``."""
    if language not in MONTHS:
        raise CellError("bad-value", f"no months in {language!r} here", expected=f"one of: {', '.join(MONTHS)}")
    read = read_format(form)
    found = read.pattern.fullmatch(value.strip())
    if not found:
        raise _not_a_date(form)
    part = found.groupdict()
    month = part["month"] if part["month"].isdecimal() else month_named(part["month"], language)
    if month is None:
        raise _not_a_date(form)
    try:
        day = datetime.date(int(read.century * (len(part["year"]) == 2) + part["year"]), int(month), int(part["day"]))
        return {"date": day.isoformat(), "time": _time(part), "zone": _zone(part.get("zone") or "")}
    except ValueError:
        raise CellError("bad-value", "no such day or time", expected=f"a date as {form}") from None


def _not_a_date(form: str) -> CellError:
    return CellError("bad-value", "not a date in the declared format", expected=f"a date as {form}")


def _time(part: dict[str, str]) -> str:
    hour = part.get("hour")
    if "half" in part and "noon" in part:
        half = int(part["half"])
        if not 1 <= half <= 12:
            raise ValueError
        hour = str(half % 12 + 12 * (part["noon"][0] in "pP"))
    if hour is None:
        return ""
    time = datetime.time(int(hour), int(part.get("minute") or 0), int(part.get("second") or 0))
    return time.isoformat() + (f".{part['fraction']}" if part.get("fraction") else "")


def _zone(text: str) -> str:
    if not text or text in "zZ":
        return text.upper()
    hours, minutes = text[1:3], text[-2:]
    if int(hours) * 60 + int(minutes) > 14 * 60 or int(minutes) > 59:
        raise ValueError
    return f"{text[0]}{hours}:{minutes}"


def date(value: str, format: str = ISO, language: str = "en") -> str:
    """An xsd:date from a declared format. CellError ``bad-value``, also where a time of day would be lost.

    >>> date("03/05/2024", "DD/MM/YYYY"), date("1 März 22", "D MMMM 20YY", "de"), date("2024-05-03 00:00", "y-M-d H:m")
    ('2024-05-03', '2022-03-01', '2024-05-03')
    """
    found = _parsed(value, format, language)
    if found["time"].strip("0:."):
        raise CellError("bad-value", "has a time of day, which a date would lose", expected="a date", suggestion=found["date"])
    return found["date"] + found["zone"]


def date_time(value: str, format: str = "YYYY-MM-DD'T'HH:mm:ss", language: str = "en") -> str:
    """An xsd:dateTime from a declared format. CellError ``bad-value``.

    >>> date_time("3.5.2024 7:30 pm", "d.M.y h:mm a"), date_time("2024-05-03T07:30:00+02:00", "yyyy-MM-dd'T'HH:mm:ssZ")
    ('2024-05-03T19:30:00', '2024-05-03T07:30:00+02:00')
    """
    found = _parsed(value, format, language)
    if not found["time"]:
        raise CellError("bad-value", "has no time of day", expected="a date with a time")
    return f"{found['date']}T{found['time']}{found['zone']}"


def to_date(value: str, format: str = ISO, language: str = "en") -> str:
    """An xsd:date, or an xsd:dateTime where the format has a time. CellError ``bad-value``.

    >>> to_date("May 3, 2024", "MMM d, yyyy"), to_date("2024-05-03 00:00", "yyyy-MM-dd HH:mm")
    ('2024-05-03', '2024-05-03T00:00:00')
    """
    timed = read_format(format).parts & {"hour", "half"}
    return (date_time if timed else date)(value, format, language)


_UNITS = {
    "year": "year years",
    "month": "month months",
    "day": "day days d",
    "hour": "hour hours h",
    "minute": "minute minutes min",
    "second": "second seconds sec s",
}
UNITS = {name: part for part, names in _UNITS.items() for name in names.split()}


def date_part(value: str, unit: str) -> Result:
    """The year, month, day, hour, minute or second of an xsd:date or xsd:dateTime, as a number; none where there is none.

    >>> date_part("2024-05-03", "month"), date_part("2024-05-03T07:30:00Z", "hours"), date_part("2024-05-03", "h")
    ('5', '7', None)
    """
    part = UNITS.get(unit.lower())
    if part is None:
        raise CellError("bad-value", f"no part of a date, {unit!r}", expected=f"one of: {', '.join(_UNITS)}")
    found = _STAMP.fullmatch(value.strip())
    if not found:
        raise CellError("bad-value", "not a date", expected=f"a date as {ISO}")
    return str(int(found[part])) if found[part] else None


def pages(value: str) -> str:
    """A page or pages as they are written. CellError ``dated-pages`` for what a spreadsheet turned into a date.

    Spreadsheets take 3-5 for a day in March or May and show ``5-Mar``; the first page is the lower one, so both ways of
    reading it come to the same. It is told and not mended: the cell may have been a date.

    >>> pages("12–14"), pages("p. 7")
    ('12–14', 'p. 7')
    """
    found = _PAGES_AS_DATE.fullmatch(value.strip())
    name = found and (found["name"] or found["name2"])
    month = month_named(name, "en") if name else int(found["month"]) if found else None
    if not found or month is None:
        return value
    low, high = sorted((month, int(found["day"] or found["day2"] or found["day3"])))
    raise CellError("dated-pages", "a date where pages should be", "warning", expected="pages", suggestion=f"{low}-{high}")


DATES: dict[str, Callable[..., Result]] = {
    "date": date,
    "dateTime": date_time,
    "datePart": date_part,
    "pages": pages,
    "toDate": to_date,
}
"""These functions by the names mappings use."""
