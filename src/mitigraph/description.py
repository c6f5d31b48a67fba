"""One resource and all that is said of it, both ways round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

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
TYPE, FIRST_OF_LIST, REST_OF_LIST = f"<{RDF}type>", f"<{RDF}first>", f"<{RDF}rest>"
DEEPEST = 8
"""How deep nodes within nodes are shown."""
LABELS = (f"<{RDFS}label>", f"<{SKOS}prefLabel>")


def about(asked: Asked, name: str) -> tuple[str, list[Triple]]:
    """A resource, as a term, and every triple it stands in, as subject or as object, sorted; with what is said of the blank
    nodes that it points to.

    UsageError: nothing has that name, several have, or nothing is said of it.
    """
    resource = iri(asked.resolve(name, None))
    triples = {triple for triple in asked.triples if resource in (triple[0], triple[2])}
    return resource, sorted(triples | _inside({o for s, _, o in triples if s == resource}, asked.triples))


def as_text(asked: Asked, name: str) -> str:
    """A description for people: a line for each property and value, then ``is … of`` lines for what points to the resource.

    What the resource points to itself is not said again the other way round, and of many that point to it by one property the
    first few stand for all.
    """
    resource, triples = about(asked, name)
    prefixes, labels = asked.prefixes, _labels(asked.triples)
    nodes = _nodes(triples)

    def shown(term: str) -> str:
        if term.startswith('"'):
            return literal_parts(term).text
        if term in nodes:
            return _nested(term, nodes, prefixes, set())
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


def _inside(terms: Iterable[str], triples: Iterable[Triple]) -> set[Triple]:
    """What is said of the blank nodes among some terms, and of those that these point to in turn."""
    nodes = _nodes(triples) if any(term.startswith("_:") for term in terms) else {}
    found: set[Triple] = set()
    ahead = [term for term in terms if term in nodes]
    while ahead:
        node = ahead.pop()
        told = {(node, predicate, value) for predicate, value in nodes[node]} - found
        found |= told
        ahead += [value for _, _, value in told if value in nodes]
    return found


def _nodes(triples: Iterable[Triple]) -> dict[str, list[tuple[str, str]]]:
    """Blank node → its properties and values, sorted."""
    nodes: dict[str, list[tuple[str, str]]] = {}
    for subject, predicate, value in sorted(triple for triple in triples if triple[0].startswith("_:")):
        nodes.setdefault(subject, []).append((predicate, value))
    return nodes


def _nested(
    term: str, nodes: Mapping[str, list[tuple[str, str]]], prefixes: Mapping[str, str], told: set[str], above: int = 0
) -> str:
    """A term as Turtle has it: a list as its members in brackets, another blank node, once, as its properties and values."""

    def inner(value: str) -> str:
        return _nested(value, nodes, prefixes, told, above + 1)

    if term.startswith("<"):
        return compact(iri_text(term), prefixes)
    if term not in nodes or term in told or above > DEEPEST:
        return term
    told.add(term)
    if FIRST_OF_LIST in dict(nodes[term]):
        return f"( {' '.join(map(inner, _members(term, nodes)))} )"
    said = " ; ".join(f"{'a' if p == TYPE else inner(p)} {inner(o)}" for p, o in nodes[term])
    return f"[ {said} ]"


def _members(node: str, nodes: Mapping[str, list[tuple[str, str]]]) -> list[str]:
    """The members of a list; what is no proper list ends where it stops being one."""
    members: list[str] = []
    seen: set[str] = set()
    while node in nodes and node not in seen:
        seen.add(node)
        rows = dict(nodes[node])
        members += [rows[FIRST_OF_LIST]] if FIRST_OF_LIST in rows else []
        node = rows.get(REST_OF_LIST, "")
    return members


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
