r"""What a cell of a workbook says, as text: nothing that a sheet stores is shortened, and nothing is made up.

>>> number_text("1.1000000000000001"), number_text("12"), number_text("3.0"), number_text("1E-7")
('1.1', '12', '3', '1e-07')
>>> date_text(45356.0, "date", DAYS_FROM_1900), date_text(45356.604166666664, "datetime", DAYS_FROM_1900)
('2024-03-05', '2024-03-05T14:30:00')
>>> unescaped("a_x000D_\nb _x005F_x000D_")
'a\r\nb _x000D_'
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from mitigraph.read import limits
from mitigraph.read.lines import UNREADABLE, shown

__all__ = [
    "DAYS_FROM_1900",
    "DAYS_FROM_1904",
    "CellFaultError",
    "Sort",
    "Values",
    "date_text",
    "format_kind",
    "format_of",
    "number_text",
    "shown_as",
    "unescaped",
]

Sort = int
TEXT, NUMBER, DATE, TRUTH = range(4)

DAYS_FROM_1900, DAYS_FROM_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
"""Day 0 of the two systems. The first takes 1900 for a leap year: its days up to 60 are off by one, and its day 60 is none."""

LEAP_DAY = 60
DAY = 86_400_000
"""Milliseconds: times are kept to that, which is what a sheet can show."""

WHOLE = re.compile(r"0|-?[1-9]\d*", re.ASCII)
NUMBER_TEXT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")

BUILT_IN_FORMATS: Mapping[int, str] = {
    **dict.fromkeys([*range(14, 18), *range(27, 32), 34, 35, 36, *range(50, 59)], "date"),
    **dict.fromkeys([18, 19, 20, 21, 32, 33, 45, 47], "time"),
    2: "0.00",
    22: "datetime",
    46: "duration",
}
"""Number formats that no workbook writes out (ECMA-376 part 1, 18.8.30)."""

DIGITS = re.compile(r"0{1,30}(?:\.0{1,30})?")
"""Formats that say how many digits are shown, and nothing else."""

NOT_SHOWN = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]|am/pm|a/p', re.IGNORECASE | re.DOTALL)
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


class CellFaultError(Exception):
    """A cell without a value that can be used: a finding's code and message, and what stands in the cell."""

    def __init__(self, code: str, message: str, value: str | None = None, expected: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.value, self.expected = code, message, value, expected


@dataclass(frozen=True, slots=True)
class Values:
    """What a workbook's cells refer to: its shared texts, its cell formats (``format_of``), and where its days begin."""

    shared: Sequence[str]
    kinds: Sequence[str]
    day_zero: datetime

    def of(self, kind: str, style: str | None, stored: str | None, has_formula: bool) -> tuple[str, Sort]:
        """A cell's text, and what sort of value it is. CellFaultError: it has none that can be used."""
        if has_formula and kind != "str" and not (stored and stored.strip()):
            message = "the formula has no stored value; open and save the workbook in a spreadsheet program"
            raise CellFaultError("formula-without-value", message)
        if stored is None:
            return "", TEXT
        if kind == "n":
            return self._number(stored, style)
        if kind in ("s", "str", "inlineStr"):
            return self._text(self._shared(stored) if kind == "s" else unescaped(stored)), TEXT
        if kind == "b":
            return _truth(stored), TRUTH
        if kind == "d":
            return stored.strip(), DATE
        if kind == "e":
            raise CellFaultError("error-value", "the cell holds an error instead of a value", stored.strip())
        raise CellFaultError("bad-cell", f"no such type of cell: {shown(kind)}", stored)

    def _shared(self, stored: str) -> str:
        try:
            return self.shared[_index(stored)]
        except (IndexError, ValueError):
            raise CellFaultError("bad-cell", "the workbook has no shared text of this number", stored) from None

    def _text(self, text: str) -> str:
        if len(text) > limits.FIELD_CHARACTERS:
            raise CellFaultError("field-too-long", f"a cell is longer than {limits.FIELD_CHARACTERS:,} characters")
        if "\0" in text:
            raise CellFaultError("nul-character", "a NUL character", text)
        if not text.isascii() and UNREADABLE.search(text):
            raise CellFaultError("bad-encoding", "half of a character, which is no text", shown(text))
        return text

    def _number(self, stored: str, style: str | None) -> tuple[str, Sort]:
        if not stored.strip():
            return "", TEXT
        kind = self._format(style)
        if kind == "number":
            return number_text(stored), NUMBER
        if kind[0] == "0":
            return shown_as(number_text(stored), kind), NUMBER
        return date_text(_float(stored), kind, self.day_zero), DATE

    def _format(self, style: str | None) -> str:
        try:
            return "number" if style is None else self.kinds[_index(style)]
        except (IndexError, ValueError):
            return "number"


def number_text(stored: str) -> str:
    """The shortest text that is the same number, whole numbers in digits alone. CellFaultError: no number."""
    text = stored.strip()
    if WHOLE.fullmatch(text):
        return text
    number = _float(text)
    # By way of its decimal text: 1e23 is written with zeros, not with the digits of the nearest binary number.
    return str(int(Decimal(repr(number)))) if number.is_integer() else repr(number)


def shown_as(number: str, digits: str) -> str:
    """A number's text with the zeros that its format shows; as it is if the format would hide some of its digits.

    >>> shown_as("1.1", "0.00"), shown_as("3", "000"), shown_as("-3", "00.0"), shown_as("1.25", "0.0"), shown_as("1e-07", "0.00")
    ('1.10', '003', '-03.0', '1.25', '1e-07')
    """
    whole, _, places = digits.partition(".")
    head, _, fraction = number.removeprefix("-").partition(".")
    if "e" in number or len(fraction) > len(places):
        return number
    text = head.zfill(len(whole)) + ("." + fraction.ljust(len(places), "0") if places else "")
    return f"-{text}" if number.startswith("-") else text


def date_text(days: float, kind: str, day_zero: datetime) -> str:
    """ISO 8601 text of a day number; the time of day where the ``kind`` of format shows one or there is one.

    CellFaultError: a day that no calendar has.
    """
    if days < 0:
        raise _no_day(days)
    whole = int(days)
    millisecond = round((days - whole) * DAY)
    if kind == "duration":
        return _hours(whole * DAY + millisecond)
    if whole == 0 and (kind == "time" or millisecond):
        return _hours(millisecond)
    if day_zero == DAYS_FROM_1900:
        if whole < 1 or whole == LEAP_DAY:
            raise _no_day(days)
        day_zero += timedelta(whole < LEAP_DAY)
    try:
        moment = day_zero + timedelta(whole, milliseconds=millisecond)
    except OverflowError:
        raise _no_day(days) from None
    midnight = moment.time() == time()
    return moment.date().isoformat() if midnight and kind == "date" else f"{moment.date()}T{_hours(millisecond % DAY)}"


def format_kind(code: str) -> str:
    """What a number format makes of a number: ``number``, ``date``, ``time``, ``datetime`` or ``duration``.

    >>> [format_kind(code) for code in ('0.00"m"', "d-mmm", "[h]:mm", "hh:mm:ss", "yyyy-mm-dd hh:mm", "[Red]0;[Blue]d")]
    ['number', 'date', 'duration', 'time', 'datetime', 'number']
    """
    told = NOT_SHOWN.sub("", code).partition(";")[0].lower()
    if ELAPSED.search(told):
        return "duration"
    if "general" in told:
        return "number"
    has_time = "h" in told or "s" in told
    has_date = "y" in told or "d" in told or ("m" in told and not has_time)
    return {(True, True): "datetime", (True, False): "date", (False, True): "time"}.get((has_date, has_time), "number")


def format_of(code: str) -> str:
    """The kind of a number format; for one that only says how many digits are shown, the format itself.

    >>> [format_of(code) for code in ("0.00", "000", "0", "#,##0.00", "yyyy")]
    ['0.00', '000', 'number', 'number', 'date']
    """
    return code if code != "0" and DIGITS.fullmatch(code) else format_kind(code)


def unescaped(text: str) -> str:
    """A text without the escapes by which workbooks write what XML cannot say (ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    plain = ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return PAIR.sub(lambda found: found[0].encode("utf-16", "surrogatepass").decode("utf-16"), plain)


def _truth(stored: str) -> str:
    found = {"1": "true", "0": "false", "true": "true", "false": "false"}.get(stored.strip().lower())
    if found is None:
        raise CellFaultError("bad-cell", "neither true nor false", stored)
    return found


def _index(stored: str) -> int:
    text = stored.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(stored)
    return int(text)


def _float(stored: str) -> float:
    if not NUMBER_TEXT.fullmatch(stored.strip()) or abs(number := float(stored)) == float("inf"):
        raise CellFaultError("bad-cell", "no number", stored)
    return number


def _no_day(days: float) -> CellFaultError:
    return CellFaultError(
        "bad-date", "formatted as a date, but there is no such day", number_text(repr(days)), "a date from 1900 on"
    )


def _hours(millisecond: int) -> str:
    seconds, rest = divmod(millisecond, 1000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:03}" if rest else text
