"""Made-up records of mitigations as N-Triples, every hundredth with a fault of one of ten kinds: what the SHACL bench checks.

About 20.7 triples come of each record; what they refer to (stages, risks, categories, documents) is described first.

>>> made = list(lines(100))
>>> len(made) > 2_000, made[-1].endswith(" .\\n")
(True, True)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from bench import records

__all__ = ["EVERY", "lines"]

EVERY = 100
"""Of so many records one has a fault."""

EX, ID = "https://example.org/terms#", "https://example.org/id/"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL, ALT = "<http://www.w3.org/2000/01/rdf-schema#label>", "<http://www.w3.org/2004/02/skos/core#altLabel>"
DCTERMS, XSD = "http://purl.org/dc/terms/", "http://www.w3.org/2001/XMLSchema#"
DERIVED = "<http://www.w3.org/ns/prov#wasDerivedFrom>"
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def lines(number: int) -> Iterator[str]:
    """The lines of so many records, and of what they refer to."""
    yield from _background()
    for row, cells in enumerate(records.rows(number), 1):
        record = _record(dict(zip(records.COLUMNS, cells, strict=True)))
        yield from FAULTS[row // EVERY % len(FAULTS)](record) if row % EVERY == 0 else record


def _background() -> Iterator[str]:
    categories = [f"mit-v2:{a}.{b}.{c}" for a in range(1, 5) for b in range(1, 7) for c in range(1, 4)]
    kinds = {
        "LifecycleStage": [f"stage/{name}" for name in records.STAGES],
        "ActorRole": [f"actor/{name}" for name in records.ACTORS],
        "Risk": [f"risk/R{number:04}" for number in range(1, 1_062)],
        "MitigationCategory": [f"category/{quote(name, safe='')}" for name in categories],
    }
    for kind, names in kinds.items():
        yield from (_line(f"<{ID}{name}>", RDF_TYPE, f"<{EX}{kind}>") for name in names)
    for number in range(1, 401):
        yield _line(f"<{ID}document/doi-10.5555-{number}>", f"<{DCTERMS}title>", f'"Document {number}"')


def _record(cell: dict[str, str]) -> list[str]:
    measure = f"<{ID}measure/{quote(cell['id'], safe='')}>"
    record, assigned = f"{measure[:-1]}/record>", f"{measure[:-1]}/classification>"
    rows = [
        (measure, RDF_TYPE, f"<{EX}Mitigation>"),
        (measure, LABEL, _text(cell["title"], "@en")),
        (measure, ALT, _text(cell["title_de"], "@de")),
        (measure, f"<{DCTERMS}description>", _text(cell["description"], "@en")),
        (measure, f"<{DCTERMS}identifier>", _text(cell["id"])),
        (measure, f"<{EX}appliesAtStage>", _node("stage", cell["stage"])),
        (measure, f"<{EX}responsibleActor>", _node("actor", cell["actor"])),
        (measure, f"<{EX}servesFunction>", _node("function", cell["function"])),
        (measure, f"<{EX}mitigatesRisk>", _node("risk", cell["risk"])),
        (measure, f"<{EX}describedIn>", _node("document", cell["document"])),
        (measure, f"<{DCTERMS}issued>", _text(cell["published"], f"^^<{XSD}date>")),
        (measure, f"<{EX}classifiedBy>", assigned),
        (record, RDF_TYPE, f"<{EX}MitigationRecord>"),
        (record, f"<{EX}recordOf>", measure),
        (record, f"<{EX}hasStatus>", f"<{ID}status/published>"),
        (record, f"<{DCTERMS}creator>", _text(cell["author"])),
        (record, f"<{DCTERMS}modified>", _text(cell["modified"], f"^^<{XSD}dateTime>")),
        (record, f"<{EX}publicationYear>", _text(cell["year"], f"^^<{XSD}integer>")),
        (record, f"<{EX}pageLabel>", _text(cell["page"])),
        (record, DERIVED, f"<{ID}file/records>"),
        (assigned, RDF_TYPE, f"<{EX}ClassificationAssignment>"),
        (assigned, f"<{EX}assignedCategory>", _node("category", cell["category"])),
    ]
    return [_line(*row) for row in rows if row[2][:2] != '""']


def _line(subject: str, predicate: str, value: str) -> str:
    return f"{subject} {predicate} {value} .\n"


def _text(text: str, end: str = "") -> str:
    return f'"{text.translate(ESCAPES)}"{end}'


def _node(kind: str, name: str) -> str:
    return f"<{ID}{kind}/{quote(name, safe='')}>"


def _without(predicate: str) -> Callable[[list[str]], list[str]]:
    return lambda record: [line for line in record if f" <{predicate}> " not in line]


def _with(predicate: str, pattern: str, value: str) -> Callable[[list[str]], list[str]]:
    """What writes another value after a predicate."""
    found = re.compile(f"( <{re.escape(predicate)}> ){pattern}( [.]\n)$")
    return lambda record: [found.sub(lambda match: match[1] + value + match[2], line) for line in record]


FAULTS: list[Callable[[list[str]], list[str]]] = [
    _without(LABEL[1:-1]),
    _without(f"{DCTERMS}identifier"),
    _without(f"{EX}recordOf"),
    _without(f"{EX}assignedCategory"),
    _with(f"{DCTERMS}issued", ".*", f'"2024-02-30"^^<{XSD}date>'),
    _with(f"{EX}publicationYear", ".*", f'"1066"^^<{XSD}integer>'),
    _with(f"{EX}appliesAtStage", ".*", f"<{ID}stage/some-day>"),
    _with(f"{EX}servesFunction", ".*", f"<{ID}function/dance>"),
    _with(f"{EX}describedIn", ".*", f"<{ID}document/lost>"),
    _with(LABEL[1:-1], ".*", '" A label that begins with a space"@en'),
]
