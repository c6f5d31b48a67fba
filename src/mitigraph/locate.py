"""From a validation result to the place a person can mend: the cell, the item, or the line of the subject.

What a record became is not kept triple by triple: a mapping run knows which record a subject came from and maps that
record once more, this time noting cells. RDF files are searched for the line where the subject begins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from urllib.parse import quote, unquote

from mitigraph.advice import Advice
from mitigraph.concern import Concern, Pattern
from mitigraph.finding import Finding, Place, order
from mitigraph.gather import Found, rdf_format_of
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Run
from mitigraph.parse import parse
from mitigraph.rdf_lines import RdfLines
from mitigraph.rdf_lines.nested import NestedLines
from mitigraph.rdf_lines.ntriples import NTriplesLines
from mitigraph.results import compact
from mitigraph.shacl import Result
from mitigraph.terms import Triple, iri_text, is_iri, is_literal, literal_parts

__all__ = ["Spot", "WayBack", "consequences", "findings", "not_fetched", "not_normal"]

NOWHERE = Place("(built-in)")

_LARGE = 1 << 20
"""Bytes of N-Triples beyond which a file is not held to find lines in it."""

_SEVERAL = re.compile(r"[;|\n]")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands; ``written`` is what a cell holds there, None in RDF and where nothing is."""

    place: Place
    written: str | None = None


class WayBack:
    """From triples to where they were read: mapping runs know their cells, RDF files are searched for their lines."""

    def __init__(self, runs: Sequence[Run], rdf: Sequence[Found], prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes
        self._runs, self._rdf = runs, rdf
        self._expected: set[str] = set()

    def expect(self, subjects: Iterable[str]) -> None:
        """What will be asked about, in about this order: large files are gone through once for all of it."""
        named = list(filter(is_iri, subjects))
        self._expected.update(named)
        for run in self._runs if named else ():
            run.expect(named)

    def place(self, focus: str, path: str | None, value: str | None) -> Place:
        """The cell or the line of a triple, or of what comes nearest to it; else the file, or the built-in knowledge."""
        return self.spot(focus, [(focus, path, value)] if path is not None else []).place

    def spot(self, focus: str, sought: Iterable[Pattern]) -> Spot:
        """The first of some triples that stands somewhere; else what comes nearest to it, of all that is said of the focus."""
        patterns = list(sought)
        exact = (self._exact(s, p, o) if o is not None else self._near(s, p, None) for s, p, o in patterns)
        own = (self._near(s, p, o) for s, p, o in patterns if s == focus and o is not None)
        found = next((spot for spot in chain(exact, own) if spot is not None), None) or self._near(focus, None, None)
        return found or Spot(Place(self._rdf[0].name) if self._rdf and not self._runs else NOWHERE)

    def _exact(self, subject: str, predicate: str, value: str) -> Spot | None:
        for run in self._runs:
            for origin in run.origins(subject, predicate, value):
                for cell in origin.cells:
                    return Spot(cell.place, cell.written)
        if nameless := self._nameless(subject, predicate, value):
            return nameless
        for file, lines in zip(self._rdf, self._lines, strict=True):
            if line := lines.triple(subject, predicate, value):
                return Spot(Place(file.name, line))
        return None

    def _near(self, subject: str, predicate: str | None, value: str | None) -> Spot | None:
        """The cell that would hold it, the line that holds the predicate; with a predicate nothing less than that."""
        for run in self._runs:
            places = run.locate(subject, predicate, value)
            if places and (predicate is None or places != self._of_subject(run, subject)):
                return Spot(places[0])
        if nameless := self._nameless(subject, predicate, value):
            return nameless
        # A file that speaks of the subject goes before one that only names it.
        for anywhere in (False, True):
            for file, lines in zip(self._rdf, self._lines, strict=True):
                line = lines.of(subject, predicate, value, anywhere and predicate is None)
                if line and (predicate is None or line != lines.of(subject)):
                    return Spot(Place(file.name, line))
        return None

    def _nameless(self, subject: str, predicate: str | None, value: str | None) -> Spot | None:
        """Where a triple with a blank node stands: those of RDF are named after their file."""
        node = next((term for term in (subject, value) if term is not None and term.startswith("_:")), None)
        if node is None:
            return None
        file = next((file for file in self._rdf if node.startswith(f"_:b{file.content.sha256[:10]}n")), None)
        lines = None if file is None else self._nested(file)
        if file is None or (lines is None and is_iri(subject)):
            return None
        return Spot(Place(file.name, lines.of(subject, predicate, value) if lines else None))

    @lru_cache(maxsize=64)  # noqa: B019  # lives as long as the way back
    def _nested(self, file: Found) -> NestedLines | None:
        """Of a text of Turtle or N-Triples, if it is not large, the lines of what has no name."""
        data_format = rdf_format_of(file)
        if file.content.size > _LARGE or data_format is None or data_format.name not in ("turtle", "ntriples"):
            return None
        data = file.content.read()
        return NestedLines(data.decode("utf-8-sig", "replace"), self.prefixes, parse(data, data_format, file.name))

    @lru_cache(maxsize=64)  # noqa: B019  # lives as long as the way back
    def _of_subject(self, run: Run, subject: str) -> list[Place]:
        return run.locate(subject)

    @cached_property
    def _lines(self) -> list[RdfLines | NTriplesLines]:
        return [self._lines_of(file) for file in self._rdf]

    def _lines_of(self, file: Found) -> RdfLines | NTriplesLines:
        data_format = rdf_format_of(file)
        if file.content.size > _LARGE and data_format is not None and data_format.name == "ntriples":
            return NTriplesLines(file.content.open, self._expected)
        return RdfLines(file.content.read(), self.prefixes)


def findings(
    results: Iterable[Result],
    way_back: WayBack,
    knowledge: Knowledge,
    shapes: Iterable[Triple] | None = None,
    triples: Callable[[], Iterable[Triple]] = list,
) -> list[Finding]:
    """Each result as a finding at its cell or line, with what its rule asks for and what was probably meant.

    ``shapes`` are the project's own unless given; ``triples`` gives the whole graph, for paths of several steps and for IRIs
    that are near one that nothing is known of.
    """
    told = list(results)
    way_back.expect(term for result in told for term in (result.focus, result.value or ""))
    advice = Advice(knowledge, shapes, triples)
    concern = Concern(advice.plain.index, triples)
    return [_finding(result, way_back, advice, concern) for result in told]


def consequences(findings: Iterable[Finding]) -> set[Finding]:
    """Which findings only repeat another: a value is missing where it was refused, a whole line is odd, a key told twice,
    two constraints of one rule about one value, of which only one knows a better one.

    >>> cell = Place("a.csv", 3, "actor", 2)
    >>> refused = Finding("violation", "unknown-concept", "no such actor", cell, "Develper")
    >>> missing = Finding("warning", "mitigation-actor", "no actor", cell, focus="urn:m")
    >>> odd = Finding("warning", "unknown-label", "no such label", Place("a.csv", 3), "Develper")
    >>> consequences([refused, missing, odd]) == {missing, odd}
    True
    """
    found = sorted(findings, key=order)
    refused = {one.place: one.value for one in found if one.severity == "violation" and one.value is not None}
    lines = {(place.file, place.line): value for place, value in refused.items()}
    keys = {quote(one.value or "", safe="") for one in found if one.code == "duplicate-id"}

    def repeats(one: Finding) -> bool:
        place = one.place
        if one.value is None:
            return one.focus is not None and place in refused
        value = lines.get((place.file, place.line))
        return value is not None and value in one.value and place.column is None and place.pointer is None

    advised = {replace(one, expected=None, suggestion=None, sure=False) for one in found if one.suggestion is not None}

    def told_by_key(one: Finding) -> bool:
        key = (one.focus or "").removesuffix("/record").rpartition("/")[2]
        return (one.rule or "").endswith("#record-identifier-unique") and key.partition("~")[0] in keys

    def is_advised(one: Finding) -> bool:
        return one.suggestion is None and replace(one, expected=None) in advised

    return {one for one in found if is_advised(one) or told_by_key(one) or (one.severity != "violation" and repeats(one))}


def not_fetched(name: str, imports: Iterable[str]) -> list[Finding]:
    """What a file would have had fetched.

    >>> print(not_fetched("a.ttl", ["https://example.org/o"])[0])
    a.ttl: info[not-fetched] names another graph; nothing is ever fetched, found 'https://example.org/o'
    """
    message = "names another graph; nothing is ever fetched"
    return [Finding("info", "not-fetched", message, Place(name), value=iri) for iri in imports]


def not_normal(triples: Iterable[Triple], way_back: WayBack) -> list[Finding]:
    """Literals that are not in Unicode normalisation form C, which SHACL cannot say.

    >>> decomposed = ("<urn:a>", "<urn:p>", '"cafe\u0301"')
    >>> [finding.code for finding in not_normal([decomposed], WayBack([], [], {}))]
    ['not-nfc']
    """
    odd = ((s, p, o) for s, p, o in triples if is_literal(o) and not o.isascii() and not unicodedata.is_normalized("NFC", o))
    return [_not_normal(triple, way_back) for triple in sorted(odd)]


def _not_normal(triple: Triple, way_back: WayBack) -> Finding:
    text = literal_parts(triple[2]).text
    place = way_back.place(*triple)
    mended = unicodedata.normalize("NFC", text)
    return Finding("warning", "not-nfc", "text is not in Unicode form NFC", place, text, suggestion=mended, sure=True)


def _finding(result: Result, way_back: WayBack, advice: Advice, concern: Concern) -> Finding:
    prefixes = way_back.prefixes
    spot = way_back.spot(result.focus, concern.triples(result))
    # Of a rule about a record as a whole the value is the record: in one of its cells that is nothing to be found.
    is_whole = result.value == result.focus and spot.written is None and bool(spot.place.column or spot.place.pointer)
    value = None if is_whole else _raw(result.value, spot.written, prefixes)
    guess = advice.suggestion(result, value)
    return Finding(
        result.severity,
        result.code,
        result.message,
        spot.place,
        value=value,
        expected=advice.expected(result),
        suggestion=guess.text if guess else None,
        rule=_shown(result.shape, prefixes),
        focus=_shown(result.focus, {}),
        path=_shown(result.path, {}),
        sure=guess is not None and guess.sure,
    )


def _raw(term: str | None, written: str | None, prefixes: Mapping[str, str]) -> str | None:
    """What was found, as it is written in its cell; of a cell with several values the one that is meant, if that can be told."""
    shown = _shown(term, prefixes)
    if term is None or written is None or not (is_iri(term) or is_literal(term)):
        return shown
    if is_literal(term):
        return shown if shown and shown in written else written
    iri = unquote(iri_text(term))
    parts = [part.strip() for part in _SEVERAL.split(written)]
    ends = [part for part in parts if part and iri.endswith(part)]
    return max(ends, key=len) if ends else parts[0] if len(parts) == 1 else shown


def _shown(term: str | None, prefixes: Mapping[str, str]) -> str | None:
    if term is None:
        return None
    if is_literal(term):
        return literal_parts(term).text
    return compact(iri_text(term), prefixes) if is_iri(term) and term.count("<") == 1 else term
