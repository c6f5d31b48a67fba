"""Where a subject and its triples stand in the text of an RDF file: parsers give triples, people mend lines.

>>> text = b"@prefix ex: <https://example.org/> .\\n\\nex:a\\n    a ex:C ;\\n    ex:p 1 ;\\n."
>>> lines = RdfLines(text, {})
>>> lines.of("<https://example.org/a>"), lines.of("<https://example.org/a>", "<https://example.org/p>")
(3, 5)
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import islice

from mitigraph.terms import RDF, XSD, iri_text, is_iri, is_literal, literal_parts

__all__ = ["RdfLines"]

_PREFIX = re.compile(
    r"""^\s*@?prefix\s+([^\s:]*):\s*<([^>\s]+)>|"([\w-]+)"\s*:\s*"([a-z]+:[^"\s]*[/#:])\"""", re.MULTILINE | re.IGNORECASE
)
# Turtle and N-Triples begin a line with a subject; JSON-LD and RDF/XML say it with a word of their own.
_SUBJECT = re.compile(
    r"""^(<[^>\s]*>|[^\s<>"'@#]*:[^\s<>"',;]*)|"@id"\s*:\s*("[^"\n]*")|\babout\s*=\s*("[^"\n]*")""", re.MULTILINE
)
_NAME_GOES_ON = re.compile(r"[\w:/%-]")
_BLOCK_LIMIT = 10_000
_NUMBERS = (f"{XSD}integer", f"{XSD}decimal", f"{XSD}double", f"{XSD}boolean")


class RdfLines:
    """The lines of one file. ``prefixes`` are names that it may use without declaring them, as JSON-LD does."""

    def __init__(self, data: bytes, prefixes: Mapping[str, str]) -> None:
        self._text = data.decode("utf-8", "replace")
        self._lines = self._text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        declared = {found[1] or found[3] or "": found[2] or found[4] for found in _PREFIX.finditer(self._text)}
        self._prefixes = {**prefixes, **declared}
        self._subjects: dict[str, int] = {}
        for found in _SUBJECT.finditer(self._text):
            self._subjects.setdefault(found[1] or found[2] or found[3], found.start())

    def of(self, subject: str, predicate: str | None = None, value: str | None = None, anywhere: bool = True) -> int | None:
        """The line of a triple, else of its predicate, else of its subject.

        None where no line begins with the subject, and, if it is looked for ``anywhere``, none names it.
        """
        if not is_iri(subject):
            return None
        names = list(self._names(subject))
        place = min((self._subjects[name] for name in names if name in self._subjects), default=None)
        if place is None and anywhere:
            place = self._anywhere(names)
        if place is None:
            return None
        line = bisect_right(self._starts, place)
        return self._within(line, names, predicate, value) if predicate is not None and is_iri(predicate) else line

    def mention(self, term: str) -> int | None:
        """The first line that names an IRI, comments left out; in JSON-LD that may be by its last part alone.

        >>> RdfLines(b"# <urn:x#a>\\n<urn:b> <urn:x#a> 1 .", {}).mention("<urn:x#a>")
        2
        """
        last = re.split(r"[/#]", iri_text(term))[-1]
        for names in (list(self._names(term)), [f'"{last}"']):
            if places := [place for name in names if (place := self._uncommented(name)) is not None]:
                return bisect_right(self._starts, min(places))
        return None

    def _uncommented(self, name: str) -> int | None:
        place = self._find(name, self._text)
        while place >= 0:
            line = self._lines[bisect_right(self._starts, place) - 1]
            if not line.lstrip().startswith("#"):
                return place
            place = self._find(name, self._text, place + 1)
        return None

    def _within(self, line: int, names: list[str], predicate: str, value: str | None) -> int:
        """The line of a subject's block that holds a predicate, at best with the value."""
        verbs = [f" {name} " for name in self._names(predicate)] + [" a "] * (predicate == f"<{RDF}type>")
        values = [] if value is None else list(self._names(value))
        best = None
        for number, text in enumerate(islice(self._lines, line - 1, line - 1 + _BLOCK_LIMIT), line):
            if number > line and text[:1].strip() and not text.startswith(tuple(names)):
                break
            if any(verb in f" {text.strip()} " for verb in verbs):
                best = best or number
                if any(self._stands_in(name, text) for name in values):
                    return number
        return best or line

    def _names(self, term: str) -> Iterator[str]:
        """The ways in which a file may write a term."""
        if is_literal(term):
            text, _, datatype = literal_parts(term)
            yield term[: term.rindex('"') + 1]
            if datatype in _NUMBERS:
                yield text
            return
        iri = iri_text(term)
        yield term
        yield f'"{iri}"'
        for prefix, start in self._prefixes.items():
            if iri.startswith(start):
                local = iri[len(start) :]
                yield from (f"{prefix}:{local}", f'"{prefix}:{local}"')
                if "/" in local:
                    yield f"{prefix}:{local}".replace("/", r"\/")

    def _anywhere(self, names: list[str]) -> int | None:
        return min((place for name in names if (place := self._find(name, self._text)) >= 0), default=None)

    def _stands_in(self, name: str, text: str) -> bool:
        return self._find(name, text) >= 0

    @staticmethod
    def _find(name: str, text: str, start: int = 0) -> int:
        """The first place of a name that is not the beginning of a longer one."""
        place = text.find(name, start)
        while place >= 0 and name[-1] not in '>"' and _NAME_GOES_ON.match(text, place + len(name)):
            place = text.find(name, place + 1)
        return place
