"""Terms in the ontology's namespace that the ontology does not have: RDF and SPARQL take any name and then find nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from mitigraph.finding import Finding, Place
from mitigraph.gather import Found
from mitigraph.knowledge import NAMESPACE, Knowledge
from mitigraph.rdf_lines import RdfLines
from mitigraph.results import compact
from mitigraph.terms import Triple, iri_text, is_iri
from mitigraph.vocabulary import closest

__all__ = ["unknown_in", "unknown_in_query", "unknown_in_rdf"]


def unknown_in_rdf(file: Found, triples: Iterable[Triple], knowledge: Knowledge) -> list[Finding]:
    """A finding for each unknown term of an RDF file, at the line that first names it."""
    return unknown_in(file.name, file.content.read, triples, knowledge)


def unknown_in(name: str, read: Callable[[], bytes], triples: Iterable[Triple], knowledge: Knowledge) -> list[Finding]:
    """The same for a file by its name; its content is only read when there is something to find in it."""
    uses: dict[str, Triple] = {}
    for triple in triples:
        for term in triple:
            if term.startswith(f"<{NAMESPACE}") and is_iri(term) and _is_unknown(iri_text(term), knowledge):
                uses[term] = min(uses.get(term, triple), triple)
    if not uses:
        return []
    lines = RdfLines(read(), knowledge.prefixes)
    return [
        _finding(iri_text(term), Place(name, lines.mention(term) or lines.of(*use)), knowledge)
        for term, use in sorted(uses.items())
    ]


def unknown_in_query(sparql: str, knowledge: Knowledge) -> list[Finding]:
    """A finding for each unknown term of a query, at its first place.

    >>> print(*unknown_in_query("ASK { ?m a airmo:Mitigatoin }", Knowledge()))
    query:1:12: warning[unknown-term] the ontology has no such term, found 'airmo:Mitigatoin'; did you mean 'airmo:Mitigation'?
    """
    places = dict(reversed(list(_places(sparql, knowledge.prefixes))))
    unknown = [iri for iri in places if iri.startswith(NAMESPACE) and _is_unknown(iri, knowledge)]
    return [_finding(iri, places[iri], knowledge) for iri in sorted(unknown)]


def _places(sparql: str, prefixes: Mapping[str, str]) -> Iterator[tuple[str, Place]]:
    from mitigraph.query import iris  # of no use to who checks RDF, and it takes its time to import

    for iri, start in iris(sparql, prefixes):
        line = sparql.count("\n", 0, start) + 1
        yield iri, Place("query", line, str(start - sparql.rfind("\n", 0, start)))


def _is_unknown(iri: str, knowledge: Knowledge) -> bool:
    return iri != NAMESPACE and iri not in knowledge.lexicon.terms


def _finding(iri: str, place: Place, knowledge: Knowledge) -> Finding:
    known = [term.removeprefix(NAMESPACE) for term in knowledge.lexicon.terms if term.startswith(NAMESPACE)]
    near = closest(iri.removeprefix(NAMESPACE), known)
    suggestion = compact(NAMESPACE + near, knowledge.prefixes) if near else None
    value = compact(iri, knowledge.prefixes)
    return Finding("warning", "unknown-term", "the ontology has no such term", place, value=value, suggestion=suggestion)
