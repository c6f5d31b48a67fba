"""RML to a plan and back: mappings in RDF, in the words of today (``http://w3id.org/rml/``) and of before.

lines, description (the file) → expressions → term_maps → sources, read. Nothing stops at the first problem: each becomes a
finding with file, line and key, and reading goes on.
"""

from __future__ import annotations

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.formats import format_for
from mitigraph.mapping.plan import DEFAULT_BASE, Lexicon, LogicalSource, Mapping, MappingError, TriplesMap
from mitigraph.mapping.rml.description import FORMATS, Description, Value, local
from mitigraph.mapping.rml.read import Reading
from mitigraph.mapping.rml.words import modern, ours, rml

__all__ = ["read_rml"]

TITLE, CREATOR = "http://purl.org/dc/terms/title", "http://purl.org/dc/terms/creator"


def read_rml(data: bytes, name: str, lexicon: Lexicon) -> Mapping:
    """A mapping with every problem of its form among its findings. MappingError: it is no RDF, or cannot be parsed.

    >>> turtle = b'''@prefix rml: <http://w3id.org/rml/> .
    ... <#People> rml:logicalSource [ rml:source "people.csv" ; rml:referenceFormulation rml:CSV ] ;
    ...     rml:subjectMap [ rml:template "person/{id}" ; rml:class <http://xmlns.com/foaf/0.1/Person> ] .'''
    >>> people = read_rml(turtle, "people.ttl", Lexicon()).triples_maps[0]
    >>> people.name, people.sources, people.subjects[0].expression
    ('People', ('people.csv',), Template(parts=('person/', Reference(name='id'))))
    """
    try:
        description = Description(data, name, format_for(name) or FORMATS[0], lexicon.base or DEFAULT_BASE)
    except InputError as error:
        raise MappingError(str(error), [_unreadable(name, error)]) from None
    reading = Reading(description)
    if not reading.triples_maps:
        _without_maps(description)
    head = reading.head
    return Mapping(
        name,
        description.text(head, TITLE) if head else None,
        description.text(head, ours.dataset) if head else None,
        lexicon.base or (description.text(head, ours.base) if head else None) or description.base or DEFAULT_BASE,
        description.prefixes,
        *_in_order(reading),
        reading.lookups,
        description.problems,
        description.texts(head, CREATOR) if head else (),
    )


def _in_order(reading: Reading) -> tuple[list[LogicalSource], list[TriplesMap]]:
    """Sources and triples maps in the order that our words tell, as records are read in it; others come after."""
    description, head = reading.description, reading.head
    lists = [description.one(head, word) if head else None for word in (ours.sources, ours.triplesMaps)]
    sources, maps = [[one.term for one in description.members(at)] if at else [] for at in lists]
    named = {reading.sources.name_of(term): place for place, term in enumerate(sources)}
    placed = {reading.names.get(term): place for place, term in enumerate(maps)}
    return (
        sorted(reading.sources.found, key=lambda one: named.get(one.name, len(named))),
        sorted(reading.triples_maps, key=lambda one: placed.get(one.name, len(placed))),
    )


def _without_maps(description: Description) -> None:
    """No triples map: perhaps as RML's words are written with another namespace."""
    foreign = {}
    for word in sorted(description.words()):
        if local(word) in ("logicalSource", "subjectMap", "predicateObjectMap", "logicalTable") and modern(word) == word:
            foreign[word] = word.removesuffix(local(word))
    space = next(iter(foreign.values()), None)
    at = next(description.subjects(), Value("", 1, ""))
    message = "the file has no triples map" + (f", as {space} is not the namespace of RML" if space else "")
    description.problem("no-mappings", message, at, space, [rml.space] if space else ())


def _unreadable(name: str, error: InputError) -> Finding:
    """What keeps a file from being RDF, at its line if the parser knows it."""
    line, _, message = str(error).removeprefix(f"{name}:").strip().partition(":")
    if not line.isdigit():
        return Finding("violation", "bad-rdf", str(error).removeprefix(f"{name}:").strip(), Place(name))
    column, _, rest = message.partition(":")
    return Finding("violation", "bad-rdf", rest.strip() if column.isdigit() else message.strip(), Place(name, int(line)))
