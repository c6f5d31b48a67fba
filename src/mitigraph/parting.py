"""Cell functions that look into a text or take it apart: GREL's string functions, in GREL's meaning.

Positions count from 0; a negative one counts from the end. What GREL takes as "a text or a regular expression" is an
expression if it stands between slashes: ``/[,;]/``.

>>> substring("profound", "2", "4"), split_text("a1b", "/[0-9]/")
('of', ['a', 'b'])
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby

from mitigraph.logic import CellError, Result, compiled

__all__ = ["EXPRESSIONS", "PARTING", "between_slashes", "whole_number"]

_WHOLE = re.compile("-?[0-9]{1,9}")
_WORD = re.compile(r"\S+")
_GROUP = re.compile(r"\\(.)|\$([0-9])|(\\)", re.DOTALL)


def between_slashes(text: str) -> str | None:
    """The regular expression that stands between slashes, if one does.

    >>> between_slashes("/a+/"), between_slashes("a/"), between_slashes("/")
    ('a+', None, None)
    """
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] == "/" else None


def whole_number(text: str, what: str) -> int:
    """A whole number that a mapping gives. CellError ``bad-value``.

    >>> whole_number("-1", "a position")
    -1
    """
    if not _WHOLE.fullmatch(text):
        raise CellError("bad-value", f"{text!r} cannot be {what}", expected="a whole number")
    return int(text)


def answer(yes: bool) -> str:
    """Yes or no as mappings have it.

    >>> answer(True)
    'true'
    """
    return "true" if yes else "false"


def title(value: str) -> str:
    """Every word with a capital first letter, the others small.

    >>> title("the OECD's list")
    "The Oecd's List"
    """
    return _WORD.sub(lambda match: match.group()[0].title() + match.group()[1:].lower(), value)


def length(value: str) -> str:
    """How many characters it has.

    >>> length("Zürich")
    '6'
    """
    return str(len(value))


def substring(value: str, start: str, end: str = "") -> Result:
    """The characters from a position up to another, which is left out; none if there are none.

    >>> substring("profound", "3"), substring("profound", "1", "-1"), substring("a", "5")
    ('found', 'rofoun', None)
    """
    stop = whole_number(end, "a position") if end else None
    return value[whole_number(start, "a position") : stop] or None


def starts_with(value: str, part: str) -> str:
    """Whether it begins with a text.

    >>> starts_with("food", "foo")
    'true'
    """
    return answer(value.startswith(part))


def ends_with(value: str, part: str) -> str:
    """Whether it ends with a text.

    >>> ends_with("food", "odd")
    'false'
    """
    return answer(value.endswith(part))


def contains(value: str, part: str) -> str:
    """Whether a text, or what a ``/regular expression/`` matches, is in it.

    >>> contains("food", "oo"), contains("food", "/[0-9]/")
    ('true', 'false')
    """
    pattern = between_slashes(part)
    return answer(part in value if pattern is None else bool(compiled(pattern).search(value)))


def index_of(value: str, part: str) -> str:
    """Where a text first stands in it; -1 if it does not.

    >>> index_of("internationalization", "nation"), index_of("a", "b")
    ('5', '-1')
    """
    return str(value.find(part))


def last_index_of(value: str, part: str) -> str:
    """Where a text last stands in it; -1 if it does not.

    >>> last_index_of("parallel", "a")
    '3'
    """
    return str(value.rfind(part))


def is_listed(value: str, part: str, separator: str) -> str:
    """Whether a text is one of the parts between separators, letter by letter.

    >>> is_listed("a;b", "b", ";"), is_listed("ab;c", "b", ";")
    ('true', 'false')
    """
    return answer(part in (value.split(separator) if separator else [value]))


def chomp(value: str, part: str) -> Result:
    """Without a text at its end.

    >>> chomp("hardly", "ly"), chomp("hard", "ly")
    ('hard', 'hard')
    """
    return value.removesuffix(part) or None


def diff(value: str, other: str) -> Result:
    """What the other text has from where they differ on.

    >>> diff("cacti", "cactus")
    'us'
    """
    same = next((at for at, (one, two) in enumerate(zip(value, other, strict=False)) if one != two), min(len(value), len(other)))
    return other[same:] or None


def replace_text(value: str, find: str, new: str = "") -> Result:
    """Every occurrence of a text replaced; of a ``/regular expression/``, ``$1`` standing for its first group.

    >>> replace_text("a.b.c", ".", "-"), replace_text("v12", "/v([0-9])/", "$1.")
    ('a-b-c', '1.2')
    """
    pattern = between_slashes(find)
    if pattern is None:
        return (value.replace(find, new) if find else value) or None
    try:
        return compiled(pattern).sub(_template(new), value) or None
    except (re.error, IndexError) as error:
        raise CellError("bad-pattern", f"cannot replace by {new!r}: {error}") from None


@lru_cache(maxsize=256)
def _template(text: str) -> str:
    """A replacement in GREL's writing, ``$1`` and ``\\$``, in that of Python."""
    return _GROUP.sub(lambda m: rf"\g<{m[2]}>" if m[2] else (m[1] or m[3]).replace("\\", r"\\"), text)


def replace_chars(value: str, find: str, new: str) -> Result:
    """Each character of the one list replaced by that at the same place of the other. CellError ``bad-value`` if they are
    not equally long.

    >>> replace_chars("optícálly", "áí", "ai")
    'optically'
    """
    if len(find) != len(new):
        raise CellError("bad-value", f"{find!r} and {new!r} are not equally long", expected="as many characters as are replaced")
    return value.translate(str.maketrans(find, new))


def split_text(value: str, separator: str) -> Result:
    """The parts between separators, which may be a ``/regular expression/``: as they are, empty ones left out.

    >>> split_text("fire, water", ","), split_text("a||b", "|")
    (['fire', ' water'], ['a', 'b'])
    """
    pattern = between_slashes(separator)
    if pattern is not None:
        return [part for part in compiled(pattern).split(value) if part]
    return [part for part in value.split(separator) if part] if separator else [value]


def smart_split(value: str, separator: str = "") -> Result:
    """As ``splitText``; without a separator at commas or tabs, whichever are more.

    >>> smart_split("a,b"), smart_split("a,b\\tc\\td")
    (['a', 'b'], ['a,b', 'c', 'd'])
    """
    return split_text(value, separator or ("," if value.count("\t") < value.count(",") else "\t"))


def split_by_char_type(value: str) -> Result:
    """The runs of characters of one Unicode category.

    >>> split_by_char_type("BE1A3E"), split_by_char_type("HenryCTaylor")
    (['BE', '1', 'A', '3', 'E'], ['H', 'enry', 'CT', 'aylor'])
    """
    return ["".join(run) for _, run in groupby(value, unicodedata.category)]


def partition(value: str, part: str, omit: str = "") -> Result:
    """What stands before a text, the text (not if ``omit`` is "true") and what follows; the whole if it is not there.

    >>> partition("internationalization", "nation"), partition("a-b-c", "-", "true")
    (['inter', 'nation', 'alization'], ['a', 'b-c'])
    """
    return _parted(value.partition(part) if part else (value, "", ""), omit)


def rpartition(value: str, part: str, omit: str = "") -> Result:
    """As ``partition``, at the last place where the text stands.

    >>> rpartition("parallel", "a"), rpartition("b", "a")
    (['par', 'a', 'llel'], ['b'])
    """
    return _parted(value.rpartition(part) if part and part in value else (value, "", ""), omit)


def _parted(parts: tuple[str, str, str], omit: str) -> Result:
    return [one for one in (parts[::2] if omit == "true" else parts) if one]


def match(value: str, pattern: str) -> Result:
    """The groups of a regular expression that matches the whole value; none if it does not.

    >>> match("FL 32901", "([A-Z]+) ([0-9]+)"), match("x", "/[0-9]/")
    (['FL', '32901'], None)
    """
    found = compiled(between_slashes(pattern) or pattern).fullmatch(value)
    return [group for group in found.groups() if group] if found else None


def extract(value: str, pattern: str) -> Result:
    """The first match of a regular expression, or its first group if it has one; none if there is none.

    >>> extract("see AML.M0012 there", "AML[.]M[0-9]{4}"), extract("page 7", "page ([0-9]+)"), extract("a", "b")
    ('AML.M0012', '7', None)
    """
    found = compiled(between_slashes(pattern) or pattern).search(value)
    return (found.group(min(1, found.re.groups)) or None) if found else None


PARTING: dict[str, Callable[..., Result]] = {
    "chomp": chomp,
    "contains": contains,
    "diff": diff,
    "endsWith": ends_with,
    "extract": extract,
    "indexOf": index_of,
    "isListed": is_listed,
    "lastIndexOf": last_index_of,
    "length": length,
    "match": match,
    "partition": partition,
    "replaceChars": replace_chars,
    "replaceText": replace_text,
    "rpartition": rpartition,
    "smartSplit": smart_split,
    "splitByCharType": split_by_char_type,
    "splitText": split_text,
    "startsWith": starts_with,
    "substring": substring,
    "title": title,
}
"""These functions by the names mappings use."""

EXPRESSIONS = {"contains": "part", "replaceText": "find", "smartSplit": "separator", "splitText": "separator"}
"""Functions that take a regular expression between slashes, and the parameter that holds it."""
