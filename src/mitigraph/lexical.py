"""What a text that a datatype does not allow was surely meant to be: its proper form, where there is but one.

>>> proper("2024-1-5", f"{XSD}date"), proper("5/1/2024", f"{XSD}date"), proper("25/12/2024", f"{XSD}date")
(Guess(text='2024-01-05', sure=True), None, Guess(text='2024-12-25', sure=True))
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from mitigraph.dates import DATES
from mitigraph.likeness import LONGEST_TEXT, Guess
from mitigraph.logic import CellError
from mitigraph.terms import XSD

__all__ = ["proper"]

_FORMS = ("Y-M-D", "Y/M/D", "Y.M.D", "YYYYMMDD", "D.M.Y", "D/M/Y", "M/D/Y", "D-M-Y", "M-D-Y", "D MMMM Y", "MMMM D, Y", "MMM D Y")
_TIMES = ("YYYY-MM-DD HH:mm:ss", "YYYY-MM-DD HH:mm", "YYYY-MM-DD'T'HH:mm", "Y-M-D'T'H:m:s", "YYYY-MM-DD HH:mm:ssZ")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_MIDNIGHT = "T00:00:00Z"
_WORDS = {"yes": "true", "y": "true", "no": "false", "n": "false", "on": "true", "off": "false"}


def proper(text: str, datatype: str) -> Guess | None:
    """The proper form of a text for a datatype (IRI); None: there is none, or more than one.

    It is sure when nothing is decided but how the same thing is written.
    """
    tidy = unicodedata.normalize("NFKC", text).strip()
    form = _PROPER.get(datatype)
    if form is None or not tidy or len(text) > LONGEST_TEXT:
        return None
    found = [*dict.fromkeys(form(tidy))]
    if len(found) != 1:
        return None
    is_decided = tidy.lower() in _WORDS or (found[0].endswith(_MIDNIGHT) and ":" not in tidy)
    return Guess(found[0], not is_decided)


def _integer(text: str) -> Iterator[str]:
    whole = re.sub(r"\.0*$", "", text)
    if _WHOLE.fullmatch(whole):
        yield whole


def _decimal(text: str) -> Iterator[str]:
    if _NUMBER.fullmatch(text):
        yield text.rstrip(".")


def _boolean(text: str) -> Iterator[str]:
    word = text.lower()
    if word in ("true", "false", *_WORDS):
        yield _WORDS.get(word, word)


def _date(text: str) -> Iterator[str]:
    yield from _read("date", text, _FORMS)


def _date_time(text: str) -> Iterator[str]:
    yield from _read("dateTime", text, _TIMES)
    yield from (f"{date}{_MIDNIGHT}" for date in _read("date", text, _FORMS))


def _year(text: str) -> Iterator[str]:
    if re.fullmatch(r"[0-9]{4}", text):
        yield text


def _read(function: str, text: str, forms: tuple[str, ...]) -> Iterator[str]:
    for form in forms:
        try:
            yield str(DATES[function](text, form))
        except CellError:
            continue


_PROPER: dict[str, Callable[[str], Iterator[str]]] = {
    f"{XSD}integer": _integer,
    f"{XSD}decimal": _decimal,
    f"{XSD}boolean": _boolean,
    f"{XSD}date": _date,
    f"{XSD}dateTime": _date_time,
    f"{XSD}gYear": _year,
}
