"""sh:minLength, sh:maxLength, sh:pattern, sh:languageIn, sh:uniqueLang (SHACL, section 4.4)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mitigraph.shacl.component import Component, Constraint, Fault, Here
from mitigraph.shacl.components.faults import faulty
from mitigraph.shacl.components.reads import Parameters, flag, only
from mitigraph.shacl.reading import Given
from mitigraph.terms import iri_text, is_iri, literal_parts

__all__ = ["COMPONENTS", "FLAGS", "expression", "translated"]

_LONGEST_ESCAPE = 10

FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.NOFLAG, "q": re.NOFLAG}
"""The letters that sh:flags may have (XPath and XQuery Functions and Operators, section 5.6.1.1), and what Python has for
them: its VERBOSE would take comments out, too."""

_KEPT = r"\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]"
_END = re.compile(rf"{_KEPT}|\$", re.DOTALL)
_SPACE = re.compile(rf"{_KEPT}|[ \t\n\r]", re.DOTALL)


def min_length(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes whose text is too short; blank nodes have none."""
    least = int(str(constraint.argument))
    unsure = {v for v in here.each() if v[0] != '"' or v.rindex('"') - _LONGEST_ESCAPE * v.count("\\") <= least}
    return faulty(here, {value for value in unsure if (text := _text(value)) is None or len(text) < least})


def max_length(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes whose text is too long; blank nodes have none."""
    most = int(str(constraint.argument))
    # An escaped text is never shorter than the text itself.
    unsure = {value for value in here.each() if len(value) > most or value[0] == "_"}
    return faulty(here, {value for value in unsure if (text := _text(value)) is None or len(text) > most})


def pattern(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes whose text the expression does not find anything in; blank nodes have none."""
    assert isinstance(constraint.argument, re.Pattern)
    search = constraint.argument.search
    return faulty(here, {value for value in here.distinct() if (text := _text(value)) is None or not search(text)})


def language_in(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Value nodes whose language is none of the given ranges (SPARQL's langMatches)."""
    ranges = constraint.argument
    assert isinstance(ranges, tuple)

    def is_in(value: str) -> bool:
        tag = _language(value)
        return bool(tag) and any(one == "*" or tag == one or tag.startswith(f"{one}-") for one in ranges)

    endings = tuple(f'"@{one}' for one in ranges)
    return faulty(here, {value for value in here.each() if not value.endswith(endings) and not is_in(value)})


def unique_lang(here: Here, constraint: Constraint) -> Iterator[Fault]:
    """Focus nodes with two values in one language: a fault for each such language."""
    for focus, row in here.longer(1):
        counts = Counter(filter(None, map(_language, row)))
        for tag, number in sorted(counts.items()):
            if number > 1:
                yield Fault(focus, bindings={"lang": tag})


def expression(text: str, flags: str = "") -> re.Pattern[str]:
    r"""A SHACL pattern for Python: as in XPath, ``$`` is the very end. ``re.error``: it cannot be read.

    >>> bool(expression("^a$").search("a\n")), bool(expression("^A[$]$", "i").search("a$"))
    (False, True)
    """
    return re.compile(*translated(text, flags))


def translated(text: str, flags: str) -> tuple[str, int]:
    """The text and the flags of a SHACL pattern as Python writes them. ``re.error``: a flag is unknown.

    >>> translated("^a b[ ]#$", "xi")
    ('^ab[ ]#\\\\Z', re.IGNORECASE)
    """
    options = re.NOFLAG
    for letter in flags:
        if letter not in FLAGS:
            raise re.error(f"unknown flag {letter!r}")
        options |= FLAGS[letter]
    if "q" in flags:
        return re.escape(text), options
    if "x" in flags:
        text = _SPACE.sub(lambda found: "" if found[0].isspace() else found[0], text)
    if "m" not in flags:
        text = _END.sub(lambda found: r"\Z" if found[0] == "$" else found[0], text)
    return text, options


def _text(value: str) -> str | None:
    if value[0] == '"':
        return literal_parts(value).text if "\\" in value else value[1 : value.rindex('"')]
    return iri_text(value) if is_iri(value) else None


def _language(value: str) -> str:
    """The language tag of a literal in lower case, empty without one."""
    return value[value.rindex('"') + 2 :].lower() if value[0] == '"' and value[-1] not in '">' else ""


def _pattern(given: Given, parameters: tuple[str, ...]) -> Iterator[tuple[Parameters, object]]:
    word, flags_word = parameters
    flags_term = given.one(flags_word)
    flags = "" if flags_term is None else given.text(flags_word, flags_term)
    for term in given.all(word):
        try:
            found = expression(given.text(word, term), flags)
        except (re.error, OverflowError) as error:
            given.refuse(f"has a pattern that cannot be read: {error}")
        yield ((word, term), *([(flags_word, flags_term)] if flags_term else [])), found


def _languages(given: Given, word: str, term: str) -> tuple[str, ...]:
    return tuple(given.text(word, member).lower() for member in given.members(word, term))


def _length(given: Given, word: str, term: str) -> int:
    return given.integer(word, term)


COMPONENTS = (
    Component.core("MinLength", "minLength", only(_length), min_length, "The text must have {$minLength} characters or more."),
    Component.core("MaxLength", "maxLength", only(_length), max_length, "The text may have {$maxLength} characters or fewer."),
    Component.core("Pattern", "pattern flags", _pattern, pattern, "The text must match {$pattern}."),
    Component.core("LanguageIn", "languageIn", only(_languages), language_in, "The text must be in one of the given languages."),
    Component.core("UniqueLang", "uniqueLang", flag, unique_lang, "There are two texts in the language {?lang}.", True),
)
