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
from functools import cached_property, lru_cache

from mitigraph.rdf_lines.jsonld import JsonLdText
from mitigraph.rdf_lines.spoken import Said
from mitigraph.rdf_lines.turtle import TurtleText
from mitigraph.rdf_lines.xml import XmlText
from mitigraph.terms import iri_text, is_iri, is_literal, literal_parts

__all__ = ["RdfLines"]

_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\]{])')
_XML = re.compile(r"\s*(?:<\?xml|<!--|<!DOCTYPE|<[^>\s]+\s[^>]*xmlns)", re.IGNORECASE)
_NAME_GOES_ON = re.compile(r"[\w:/%-]")


class RdfLines:
    """The lines of one file. ``prefixes`` are names that it may use without declaring them, as JSON-LD does."""

    def __init__(self, data: bytes, prefixes: Mapping[str, str]) -> None:
        self._text = data.decode("utf-8-sig", "replace")
        self._prefixes = prefixes

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self._text))]

    @cached_property
    def _spoken(self) -> JsonLdText | TurtleText | XmlText:
        if _JSON.match(self._text):
            return JsonLdText(self._text, self._prefixes)
        if _XML.match(self._text):
            return XmlText(self._text)
        return TurtleText(self._text, self._prefixes)

    def of(self, subject: str, predicate: str | None = None, value: str | None = None, anywhere: bool = True) -> int | None:
        """The line of a triple's value, else of the first value of its predicate, else of its subject.

        None where the file says nothing of the subject, and, if it is looked for ``anywhere``, does not even name it.
        """
        if not is_iri(subject):
            return None
        iri = iri_text(subject)
        place = self._spoken.subject(iri)
        if place is None:
            return self._line(self._spoken.named(iri)) if anywhere else None
        same = self._said(iri).get(predicate or "", {})
        said = self._exact(same, value) or next((first for first, *_ in same.values()), None)
        return self._line(said.value_at if said else place)

    def triple(self, subject: str, predicate: str, value: str) -> int | None:
        """The line of just this triple's value, if the file has it.

        >>> RdfLines(b'<urn:a> <urn:p> 1 ,\\n 2 .', {}).triple("<urn:a>", "<urn:p>", '"2"^^<http://www.w3.org/2001/XMLSchema#integer>')
        2
        """
        if not is_iri(subject):
            return None
        exact = self._exact(self._said(iri_text(subject)).get(predicate, {}), value)
        return self._line(exact.value_at) if exact else None

    @lru_cache(maxsize=1024)  # noqa: B019  # lives as long as the lines
    def _said(self, iri: str) -> dict[str, dict[str, list[Said]]]:
        """Predicate → value → where that is said of a subject, in the order of the text."""
        found: dict[str, dict[str, list[Said]]] = {}
        for said in self._spoken.said(iri):
            found.setdefault(said.predicate, {}).setdefault(said.value, []).append(said)
        return found

    def _exact(self, same: Mapping[str, list[Said]], value: str | None) -> Said | None:
        if value is None:
            return None
        spoken = self._spoken
        if isinstance(spoken, TurtleText):
            return next(iter(same.get(value, ())), None)
        if is_literal(value):
            alike = same.get(literal_parts(value).text, [])
            fitting = (said for said in alike if isinstance(spoken, JsonLdText) and spoken.fits(said.mark, value))
            return next(fitting, alike[0] if alike else None)
        if not is_iri(value):
            return None
        return next((first for written, (first, *_) in same.items() if spoken.is_meant(written, iri_text(value))), None)

    def _line(self, place: int | None) -> int | None:
        return None if place is None else bisect_right(self._starts, place)

    # -- names ----------------------------------------------------------------------------------------------

    def mention(self, term: str) -> int | None:
        """The first line that names an IRI, comments left out; in JSON-LD that may be by its last part alone.

        >>> RdfLines(b"# <urn:x#a>\\n<urn:b> <urn:x#a> 1 .", {}).mention("<urn:x#a>")
        2
        """
        last = re.split(r"[/#]", iri_text(term))[-1]
        for names in (list(self._names(term)), [f'"{last}"']):
            if places := [place for name in names if (place := self._uncommented(name)) is not None]:
                return self._line(min(places))
        return None

    def _uncommented(self, name: str) -> int | None:
        place = self._find(name)
        while place >= 0:
            start = self._starts[bisect_right(self._starts, place) - 1]
            if not self._text[start:place].lstrip().startswith("#"):
                return place
            place = self._find(name, place + 1)
        return None

    def _names(self, term: str) -> Iterator[str]:
        """The ways in which a file may write an IRI."""
        iri = iri_text(term)
        yield term
        yield f'"{iri}"'
        for prefix, start in self._declared.items():
            if iri.startswith(start):
                local = iri[len(start) :]
                yield from (f"{prefix}:{local}", f'"{prefix}:{local}"')
                if "/" in local:
                    yield f"{prefix}:{local}".replace("/", r"\/")

    @cached_property
    def _declared(self) -> dict[str, str]:
        return {**self._prefixes, **self._spoken.prefixes}

    def _find(self, name: str, start: int = 0) -> int:
        """The first place of a name that is not the beginning of a longer one."""
        place = self._text.find(name, start)
        while place >= 0 and name[-1] not in '>"' and _NAME_GOES_ON.match(self._text, place + len(name)):
            place = self._text.find(name, place + 1)
        return place
