"""From a validation result to the place a person can mend: the cell, the item, or the line of the subject.

What a record became is not kept triple by triple: a mapping run knows which record a subject came from and maps that
record once more, this time noting cells. RDF files are searched for the line where the subject begins.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from urllib.parse import quote

from mitigraph.finding import Finding, Place
from mitigraph.gather import Found
from mitigraph.mapping import Run
from mitigraph.rdf_lines import RdfLines
from mitigraph.results import compact
from mitigraph.shacl import Result
from mitigraph.terms import Triple, iri_text, is_iri, is_literal, literal_parts

__all__ = ["WayBack", "consequences", "findings", "not_fetched", "not_normal"]

NOWHERE = Place("(built-in)")


class WayBack:
    """From triples to where they were read: mapping runs know their cells, RDF files are searched for their lines."""

    def __init__(self, runs: Sequence[Run], rdf: Sequence[Found], prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes
        self._runs, self._rdf = runs, rdf

    def place(self, focus: str, path: str | None, value: str | None) -> Place:
        """The cell or the line of a triple, or of what comes nearest to it; else the file, or the built-in knowledge."""
        for run in self._runs:
            if places := run.locate(focus, path, value):
                return places[0]
        # A file in which a line begins with the subject goes before one that only names it.
        for anywhere in (False, True):
            for file, lines in zip(self._rdf, self._lines, strict=True):
                if line := lines.of(focus, path, value, anywhere):
                    return Place(file.name, line)
        return Place(self._rdf[0].name) if self._rdf and not self._runs else NOWHERE

    @cached_property
    def _lines(self) -> list[RdfLines]:
        return [RdfLines(file.content.read(), self.prefixes) for file in self._rdf]


def findings(results: Iterable[Result], way_back: WayBack) -> list[Finding]:
    """Each result as a finding at its cell or line."""
    return [_finding(result, way_back) for result in results]


def consequences(findings: Iterable[Finding]) -> set[Finding]:
    """Which findings only repeat another: a value is missing where it was refused, a whole line is odd, a key told twice.

    >>> cell = Place("a.csv", 3, "actor", 2)
    >>> refused = Finding("violation", "unknown-concept", "no such actor", cell, "Develper")
    >>> missing = Finding("warning", "mitigation-actor", "no actor", cell, focus="urn:m")
    >>> odd = Finding("warning", "unknown-label", "no such label", Place("a.csv", 3), "Develper")
    >>> consequences([refused, missing, odd]) == {missing, odd}
    True
    """
    found = list(findings)
    refused = {one.place: one.value for one in found if one.severity == "violation" and one.value is not None}
    lines = {(place.file, place.line): value for place, value in refused.items()}
    keys = {quote(one.value or "", safe="") for one in found if one.code == "duplicate-id"}

    def repeats(one: Finding) -> bool:
        place = one.place
        if one.value is None:
            return one.focus is not None and place in refused
        value = lines.get((place.file, place.line))
        return value is not None and value in one.value and place.column is None and place.pointer is None

    def told_by_key(one: Finding) -> bool:
        key = (one.focus or "").removesuffix("/record").rpartition("/")[2]
        return (one.rule or "").endswith("#record-identifier-unique") and key.partition("~")[0] in keys

    return {one for one in found if told_by_key(one) or (one.severity != "violation" and repeats(one))}


def not_fetched(name: str, imports: Iterable[str]) -> list[Finding]:
    """What a file would have had fetched.

    >>> print(not_fetched("a.ttl", ["https://example.org/o"])[0])
    a.ttl: info[not-fetched] names another ontology; nothing is ever fetched, found 'https://example.org/o'
    """
    message = "names another ontology; nothing is ever fetched"
    return [Finding("info", "not-fetched", message, Place(name), value=iri) for iri in imports]


def not_normal(triples: Iterable[Triple], way_back: WayBack) -> list[Finding]:
    """Literals that are not in Unicode normalisation form C, which SHACL cannot say.

    >>> decomposed = ("<urn:a>", "<urn:p>", '"cafe\u0301"')
    >>> [finding.code for finding in not_normal([decomposed], WayBack([], [], {}))]
    ['not-nfc']
    """
    message = "text is not in Unicode form NFC"
    odd = ((s, p, o) for s, p, o in triples if is_literal(o) and not o.isascii() and not unicodedata.is_normalized("NFC", o))
    return [Finding("warning", "not-nfc", message, way_back.place(s, p, o), literal_parts(o).text) for s, p, o in sorted(odd)]


def _finding(result: Result, way_back: WayBack) -> Finding:
    prefixes = way_back.prefixes
    return Finding(
        result.severity,
        result.code,
        result.message,
        way_back.place(result.focus, result.path, result.value),
        value=_shown(result.value, prefixes),
        rule=_shown(result.shape, prefixes),
        focus=_shown(result.focus, {}),
        path=_shown(result.path, {}),
    )


def _shown(term: str | None, prefixes: Mapping[str, str]) -> str | None:
    if term is None:
        return None
    if is_literal(term):
        return literal_parts(term).text
    return compact(iri_text(term), prefixes) if is_iri(term) and term.count("<") == 1 else term
