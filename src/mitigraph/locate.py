"""From a validation result to the place a person can mend: the cell, the item, or the line of the subject.

What a record became is not kept triple by triple: a mapping run knows which record a subject came from and maps that
record once more, this time noting cells. RDF files are searched for the line where the subject begins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from mitigraph.finding import Finding, Place
from mitigraph.gather import Found
from mitigraph.mapping import Run
from mitigraph.results import compact
from mitigraph.shacl import Result
from mitigraph.terms import Triple, iri_text, is_iri, is_literal, literal_parts

__all__ = ["findings", "not_fetched", "not_normal"]

NOWHERE = Place("(built-in)")


def findings(results: Iterable[Result], runs: Sequence[Run], rdf: Sequence[Found], prefixes: Mapping[str, str]) -> list[Finding]:
    """Each result as a finding at its cell, at the line of its subject in an RDF file, or at the built-in knowledge."""
    return [_finding(result, runs, rdf, prefixes) for result in results]


def not_fetched(name: str, imports: Iterable[str]) -> list[Finding]:
    """What a file would have had fetched.

    >>> print(not_fetched("a.ttl", ["https://example.org/o"])[0])
    a.ttl: info[not-fetched] names another ontology; nothing is ever fetched, found 'https://example.org/o'
    """
    message = "names another ontology; nothing is ever fetched"
    return [Finding("info", "not-fetched", message, Place(name), value=iri) for iri in imports]


def not_normal(
    triples: Iterable[Triple], runs: Sequence[Run], rdf: Sequence[Found], prefixes: Mapping[str, str]
) -> list[Finding]:
    """Literals that are not in Unicode normalisation form C, which SHACL cannot say.

    >>> decomposed = ("<urn:a>", "<urn:p>", '"cafe\u0301"')
    >>> [finding.code for finding in not_normal([decomposed], [], [], {})]
    ['not-nfc']
    """
    message = "text is not in Unicode form NFC"
    return [
        Finding("warning", "not-nfc", message, _place(s, p, o, runs, rdf, prefixes), value=literal_parts(o).text)
        for s, p, o in sorted(triples)
        if is_literal(o) and not o.isascii() and not unicodedata.is_normalized("NFC", o)
    ]


def _finding(result: Result, runs: Sequence[Run], rdf: Sequence[Found], prefixes: Mapping[str, str]) -> Finding:
    place = _place(result.focus, result.path, result.value, runs, rdf, prefixes)
    return Finding(
        result.severity,
        result.code,
        result.message,
        place,
        value=_shown(result.value, prefixes),
        rule=_shown(result.shape, prefixes),
        focus=_shown(result.focus, {}),
        path=_shown(result.path, {}),
    )


def _place(
    focus: str, path: str | None, value: str | None, runs: Sequence[Run], rdf: Sequence[Found], prefixes: Mapping[str, str]
) -> Place:
    for run in runs:
        if places := run.locate(focus, path, value):
            return places[0]
    for file in rdf:
        if line := _subject_line(file.data, focus, prefixes):
            return Place(file.name, line)
    return Place(rdf[0].name) if rdf and not runs else NOWHERE


def _subject_line(data: bytes, subject: str, prefixes: Mapping[str, str]) -> int | None:
    """The first line that begins with the subject, else the first that holds it at all."""
    if not is_iri(subject):
        return None
    names = {subject, compact(iri_text(subject), prefixes), f'"@id": "{iri_text(subject)}"'}
    text = data.decode("utf-8", "replace")
    words = "|".join(re.escape(name) for name in sorted(names))
    found = re.search(rf"^(?:{words})(?![\w:/-])", text, re.MULTILINE) or re.search(rf"(?:{words})(?![\w:/-])", text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _shown(term: str | None, prefixes: Mapping[str, str]) -> str | None:
    if term is None:
        return None
    if is_literal(term):
        return literal_parts(term).text
    return compact(iri_text(term), prefixes) if is_iri(term) and term.count("<") == 1 else term
