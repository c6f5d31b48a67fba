"""One resource and all that is said of it, both ways round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mitigraph.asking import Asked
from mitigraph.results import compact, one_line
from mitigraph.terms import RDF, RDFS, SKOS, Triple, iri, iri_text, literal_parts

__all__ = ["about", "as_text"]

SHOWN = 10
"""How many resources that point to this one by one property are shown."""
DCTERMS = "http://purl.org/dc/terms/"
FIRST = [
    f"<{name}>"
    for name in (
        f"{RDF}type",
        f"{SKOS}prefLabel",
        f"{RDFS}label",
        f"{DCTERMS}title",
        f"{SKOS}notation",
        f"{SKOS}definition",
        f"{DCTERMS}description",
    )
]
LABELS = (f"<{RDFS}label>", f"<{SKOS}prefLabel>")


def about(asked: Asked, name: str) -> tuple[str, list[Triple]]:
    """A resource, as a term, and every triple it stands in, as subject or as object, sorted.

    UsageError: nothing has that name, several have, or nothing is said of it.
    """
    resource = iri(asked.resolve(name, None))
    return resource, sorted(triple for triple in asked.triples if resource in (triple[0], triple[2]))


def as_text(asked: Asked, name: str) -> str:
    """A description for people: a line for each property and value, then ``is … of`` lines for what points to the resource.

    What the resource points to itself is not said again the other way round, and of many that point to it by one property the
    first few stand for all.
    """
    resource, triples = about(asked, name)
    prefixes, labels = asked.prefixes, _labels(asked.triples)

    def shown(term: str) -> str:
        if term.startswith('"'):
            return literal_parts(term).text
        label = labels.get(term)
        return (compact(iri_text(term), prefixes) if term.startswith("<") else term) + (f"  ({label})" if label else "")

    def property_of(predicate: str) -> str:
        return compact(iri_text(predicate), prefixes)

    outward = sorted((_place(p), property_of(p), shown(o)) for s, p, o in triples if s == resource)
    targets = {o for s, _, o in triples if s == resource}
    inward = sorted((property_of(p), shown(s)) for s, p, o in triples if o == resource and s.startswith("<") and s not in targets)
    rows = [(name, value) for _, name, value in outward] + [(f"is {name} of", value) for name, value in _few(inward)]
    width = max((len(name) for name, _ in rows), default=0)
    lines = [one_line(shown(resource)), *(f"  {name.ljust(width)}  {_indented(value, width + 4)}" for name, value in rows)]
    return "\n".join(lines) + "\n"


def _place(predicate: str) -> int:
    return FIRST.index(predicate) if predicate in FIRST else len(FIRST)


def _few(rows: list[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    numbers = Counter(name for name, _ in rows)
    seen: Counter[str] = Counter()
    for name, value in rows:
        seen[name] += 1
        if seen[name] <= SHOWN:
            yield name, value
        elif seen[name] == numbers[name]:
            yield name, f"… and {numbers[name] - SHOWN:,} more (-f turtle has them all)"


def _labels(triples: Iterable[Triple]) -> dict[str, str]:
    """A label for each resource: the preferred one before others, the smallest where there are several."""
    found: dict[str, tuple[int, str]] = {}
    for subject, predicate, name in triples:
        if predicate in LABELS and name.startswith('"'):
            label = (-LABELS.index(predicate), literal_parts(name).text)
            found[subject] = min(found.get(subject, label), label)
    return {subject: text for subject, (_, text) in found.items()}


def _indented(text: str, width: int) -> str:
    return f"\n{' ' * width}".join(one_line(line) for line in text.splitlines() or [""])
