"""Cell functions that mend or shorten prose: what printing, line ends and wrong decoding did to a text.

>>> ligatures(dehyphenate("eﬀec- tive"))
'effective'
"""

from __future__ import annotations

import re

from mitigraph.logic import CellError, Result

__all__ = ["dehyphenate", "demojibake", "ligatures", "shorten", "unquote"]

_HYPHEN_BREAK = re.compile(r"(?<=[a-z])-(?:\r?\n[ \t]*|[ \t]+(?!(?:and|or|to|und|oder|et|y)\b))(?=[a-z])")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]{2,}")
_QUOTES = re.compile(r"(?P<opening>(?:(?<![^\s(\[{])\"(?=\S))|“)|[\"”]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


def ligatures(value: str) -> str:
    """Typographic ligatures as letters.

    >>> ligatures("eﬀect")
    'effect'
    """
    return value if value.isascii() else value.translate(_LIGATURES)


def dehyphenate(value: str) -> str:
    """Words that a line end broke, whole again; hyphens that belong stay.

    >>> dehyphenate("infor- mation, short- and long-term")
    'information, short- and long-term'
    """
    return _HYPHEN_BREAK.sub("", value) if "-" in value else value


def demojibake(value: str) -> str:
    """UTF-8 that was read as Windows-1252 or Mac Roman, read rightly.

    >>> demojibake("AÔ¨Äected donâ€™t café")
    'Aﬀected don’t café'
    """
    return value if value.isascii() else _NOT_ASCII.sub(_reread, value)


def _reread(match: re.Match[str]) -> str:
    for encoding in ("cp1252", "mac_roman"):
        try:
            return match.group().encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return match.group()


def unquote(value: str) -> Result:
    """Without a double quotation mark at an end that has no partner in the text; none if nothing is left.

    >>> unquote('as agreed."'), unquote('"as agreed.'), unquote('said "yes"'), unquote('"said "yes"')
    ('as agreed.', 'as agreed.', 'said "yes"', 'said "yes"')
    """
    open_: list[int] = []
    alone: list[int] = []
    for match in _QUOTES.finditer(value):
        if match["opening"]:
            open_.append(match.start())
        elif open_:
            open_.pop()
        else:
            alone.append(match.start())
    lost = {*open_, *alone}
    return value[0 in lost : len(value) - (len(value) - 1 in lost)].strip() or None


def shorten(value: str, length: str) -> Result:
    """At most so many characters: cut after a word, with an ellipsis; a longer first word is cut itself.

    CellError ``bad-value`` if the length is no whole number above 0.

    >>> shorten("one two three", "10"), shorten("one two", "7"), shorten("overlong", "5")
    ('one two…', 'one two', 'over…')
    """
    if not re.fullmatch("[1-9][0-9]{0,8}", length):
        raise CellError("bad-value", f"cannot shorten to {length!r} characters", expected="a whole number above 0")
    if len(value) <= int(length):
        return value
    kept = value[: int(length)]
    words = re.match(r"(?s).*(?=\s)", kept)
    return f"{(words.group().rstrip(' ,;:–—-') if words else '') or kept[:-1]}…"
