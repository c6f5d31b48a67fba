"""Whether cells hold a triple's value: by kind of triple, what of the cells' text must be found in the term.

The signs of ``LITERALS``, ``NAMES`` and ``JOINS`` are tried in order; the first that is there says of what kind the triple is.
They read the cells with the mapping's own words, but nothing else of the way that the triple came.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from cells import Cell

from mitigraph.knowledge import BASE, Knowledge
from mitigraph.mapping import Mapping as RecordMapping
from mitigraph.mapping.expression import Template, Text, references, walk
from mitigraph.mapping.plan import Field, PredicateObject, TermMap
from mitigraph.terms import iri_text, literal_parts
from mitigraph.transforms import code, document_key, doi, fold, hashed, names

__all__ = ["JOINS", "LITERALS", "NAMES", "Held", "Signs", "constants", "is_constant", "is_of_two_records"]

PARTED_BY = (";", "|", ",", "\n")
"""What parts the values of a list in a cell."""


@dataclass
class Held:
    """A term, and the cells that are to hold it."""

    knowledge: Knowledge
    mapping: RecordMapping
    term: str
    cells: Sequence[Cell]

    @cached_property
    def text(self) -> str:
        return literal_parts(self.term).text

    @cached_property
    def values(self) -> dict[str, None]:
        """The cells' texts, trimmed; the parts of lists in them; the codes with which these begin."""
        raws = [cell.raw for cell in self.cells]
        whole = dict.fromkeys(
            text for raw in raws for sign in (None, *PARTED_BY) for text in ([raw] if sign is None else raw.split(sign))
        )
        texts = dict.fromkeys(text.strip() for text in whole if text.strip())
        return texts | dict.fromkeys(found for text in texts if isinstance(found := code(text), str))

    @cached_property
    def concepts(self) -> list[Any]:
        """The concepts that the values name, by the look-up that mappings use."""
        schemes = self.knowledge.lexicon.schemes.schemes.values()
        texts = [*self.values, *(re.split(r"[-\s]", text)[0] for text in self.values), *self._defined]
        return [concept for text in texts for scheme in schemes for concept in scheme.candidates(text)]

    @cached_property
    def _defined(self) -> list[str]:
        """The codes of categories that lines of a page define, in known wordings."""
        vocabulary: Any = self.knowledge.reader_options["vocabulary"]
        return [one.notation for cell in self.cells if cell.kind == "page" for one in vocabulary.defined_as(cell.raw)]

    @cached_property
    def constants(self) -> list[str]:
        """The constants of the mapping's calls."""
        return constants(self.mapping)


Signs = Mapping[str, Callable[[Held], bool]]
"""By name of a kind: whether the cells hold the term in that way."""


def constants(mapping: RecordMapping) -> list[str]:
    """Every constant text in the fields and terms of a mapping, those around the references of a template too."""
    terms = [
        term for plan in mapping.triples_maps for term in (*plan.subjects, *(one for rule in plan.rules for one in rule.objects))
    ]
    objects = [term.expression for term in terms if isinstance(term, TermMap) and term.expression]
    found = [part for one in (*(one.expression for one in _fields(mapping)), *objects) for part in walk(one)]
    templates = [text for part in found if isinstance(part, Template) for text in part.parts if isinstance(text, str)]
    return [*dict.fromkeys([part.text for part in found if isinstance(part, Text)] + templates)]


def _fields(mapping: RecordMapping) -> list[Field]:
    of_sources = [one for source in mapping.sources for one in source.fields]
    return of_sources + [one for plan in mapping.triples_maps for one in plan.fields]


def is_constant(rule: PredicateObject, mapping: RecordMapping) -> bool:
    """Whether a rule says the same of every record, or of every record of a file."""
    fields = {one.name: one.expression for one in _fields(mapping)}

    def fixed(expression: Any) -> bool:
        return all(name in fields and fixed(fields[name]) for name in references(expression))

    return all(isinstance(one, TermMap) and one.expression is not None and fixed(one.expression) for one in rule.objects)


def squashed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


# -- literals ----------------------------------------------------------------------------------------------------------


def is_cell(held: Held) -> bool:
    return any(held.text == cell.raw.strip() for cell in held.cells)


def is_value(held: Held) -> bool:
    return held.text in held.values


def is_within(held: Held) -> bool:
    """The whole of the text stands in the cell, between word ends."""
    found = re.compile(rf"(?<!\w){re.escape(squashed(held.text))}(?!\w)")
    return any(found.search(squashed(cell.raw)) for cell in held.cells)


def is_from_glued_line(held: Held) -> bool:
    """A page's line has no space where one part ends and the next begins."""
    return any(cell.kind == "page" and squashed(held.text) in squashed(cell.raw) for cell in held.cells)


def is_begun_by_line(held: Held) -> bool:
    """A text of several lines on a page: its place is the line that it begins on."""
    return any(cell.kind == "page" and held.text.split("\n")[0] == cell.raw.strip() for cell in held.cells)


def is_key_of_page(held: Held) -> bool:
    return held.text in keys_on_pages(held)


def is_put_together(held: Held) -> bool:
    """Cells, parts of them, what they stand for, and constants: nothing is left over. Before "…" a beginning will do."""
    rest = squashed(held.text).removesuffix("…").rstrip()
    read = [concept.label for concept in held.concepts] + [text.partition(",")[0] for text in held.values]
    read += [found for text in held.values if (found := _ends_with_year(text))]
    for part in sorted({squashed(text) for text in (*held.values, *held.constants, *read) if text}, key=len, reverse=True):
        beginning = next((part[:n] for n in range(len(part), 20, -1) if part[:n] in rest), part) if "…" in held.text else part
        rest = rest.replace(beginning, "", 1) if len(beginning) > 1 else rest
    return not re.sub(r"[\s:>()-]", "", rest)


def is_reason(held: Held) -> bool:
    """After the name of the field, a value the schemes declare as none."""
    return held.text.partition(": ")[2] in held.values


def is_year(held: Held) -> bool:
    return any(_ends_with_year(text) == held.text for text in held.values)


def is_doi(held: Held) -> bool:
    return any(doi(text) == held.text for text in held.values)


def is_rank(held: Held) -> bool:
    """The cell has so many names."""
    return held.text in ranks(held)


def is_digest(held: Held) -> bool:
    """The digest of the record, taken of the file's own row or item."""
    return any(held.text == hashlib.sha256(_canonical(cell.record)).hexdigest() for cell in held.cells)


def is_digest_of_page(held: Held) -> bool:
    """Of what a page tells of a mitigation there is no item in the file: only that it is a digest, and of this page."""
    return re.fullmatch("[0-9a-f]{64}", held.text) is not None and all(cell.kind in ("page", "line") for cell in held.cells)


# -- IRIs --------------------------------------------------------------------------------------------------------------


def is_link(held: Held) -> bool:
    return any(iri_text(held.term) in cell.raw.split() for cell in held.cells)


def is_concept(held: Held) -> bool:
    return any(f"<{concept.iri}>" == held.term for concept in held.concepts)


def is_named(held: Held) -> bool:
    """What the cells say names it, and constants of the mapping do the rest: nothing of the IRI is left over."""
    path = re.sub("~[0-9a-f]+", "", unquote(iri_text(held.term).removeprefix(BASE)))
    fixed = {word for text in held.constants for word in text.split("/") if word}
    rest = "/".join(part for part in path.split("/") if part not in fixed)
    said: set[str] = set()
    for pieces in PIECES.values():
        said.update(piece for piece in pieces(held) if piece in rest)
        if said and not re.search(r"\w", _without(rest, said, fixed)):
            return True
    return False


def _without(text: str, words: Iterable[str], beginnings: Iterable[str]) -> str:
    """What is left of a text without whole words, then without beginnings of words."""
    for parts, end in ((words, r"(?!\w)"), (beginnings, "")):
        for part in sorted(parts, key=lambda part: (-len(part), part)):
            text = re.sub(rf"(?<!\w){re.escape(part)}{end}", "", text) if part in text else text
    return text


def is_joined(held: Held) -> bool:
    """A value of the cell is also one of another record, whose cells name the object."""
    here, there = _both_records(held)
    return not _values_of(there).isdisjoint(here.values) and any(holds(there) for holds in NAMES.values())


def is_joined_above(held: Held) -> bool:
    """So is the id above the cell's: the same but for its last number, which is none."""
    here, there = _both_records(held)
    above = {re.sub(r"[0-9]+(?:\.[a-z])?$", "00", text) for text in here.values}
    return not _values_of(there).isdisjoint(above) and any(holds(there) for holds in NAMES.values())


NAMES: Signs = {
    "the cell's link": is_link,
    "the concept that the cell names": is_concept,
    "named by the cells": is_named,
}
JOINS: Signs = {
    "named by the cell that is joined": lambda held: any(holds(_both_records(held)[0]) for holds in NAMES.values()),
    "joined by the cell's value": is_joined,
    "joined by the id above the cell's": is_joined_above,
}


# -- what cells name things by -----------------------------------------------------------------------------------------


def keys_of_concepts(held: Held) -> set[str]:
    return {concept.key for concept in held.concepts}


def keys_in_tables(held: Held) -> set[str]:
    """By a label that is a value of the cell or, where the list's separators are odd, stands in it."""
    tables = [table.entries for table in held.mapping.lookups.values()]
    texts = [fold(cell.raw) for cell in held.cells]
    return {
        key
        for table in tables
        for key, labels in table.items()
        if any(fold(label) in text for label in (key, *labels) for text in texts)
    }


def keys_of_documents(held: Held) -> set[str]:
    """By a DOI, or by title and year, as they stand in the cells or, constant, in the mapping."""
    texts = [text for cell in held.cells for text in (cell.raw.strip(), *_ends(cell.raw if cell.kind == "page" else ""))]
    texts += held.constants
    years = dict.fromkeys(found for text in texts if (found := _ends_with_year(text)))
    titles = [*texts, *(f"{start.strip()} {text}" for start in held.constants for text in held.values)]
    whens = [[], *([one] for one in years)]
    by_title = {key for title in titles for when in whens for key in document_key(title=[title], year=when) or []}
    return by_title | {key for text in texts for key in document_key(doi=[text]) or []}


def hashes(held: Held) -> set[str]:
    """Of a cell's text, verbatim or trimmed, alone or after a constant."""
    texts = [text for cell in held.cells for text in (cell.raw, cell.raw.strip(), *_goes_on(cell))]
    alone = hashed(texts) or []
    return {*alone, *(key for constant in held.constants for text in texts for key in hashed([constant], [text]) or [])}


def keys_on_pages(held: Held) -> set[str]:
    """The hash of the page's document and a title on one of its lines, or the title above that; or the page itself."""
    pages = [cell for cell in held.cells if cell.kind == "page"]
    about = [cell for cell in pages if (cell.place.pointer or "").startswith("/document")]
    documents = keys_of_documents(replace(held, cells=about)) if about else set()
    paths = {part for cell in pages if cell not in about for part in _ends(cell.raw)}
    titles = paths | {path.rpartition(" > ")[0] for path in paths}
    keys = {key for whole in documents for title in titles for key in hashed([whole], [title]) or []}
    return keys | {cell.place.file.removesuffix(".txt") for cell in pages}


def ranks(held: Held) -> set[str]:
    """The places among the names that a cell lists."""
    return {str(n) for cell in held.cells for n in range(1, len(names(cell.raw) or ()) + 1)}


PIECES: Mapping[str, Callable[[Held], Iterable[str]]] = {
    "values": lambda held: held.values,
    "concepts": keys_of_concepts,
    "tables": keys_in_tables,
    "documents": lambda held: keys_of_documents(held) if "/document/" in held.term else (),
    "hashes": hashes,
    "pages": keys_on_pages,
    "ranks": ranks,
    "files": lambda held: {cell.place.file for cell in held.cells},
}


LITERALS: Signs = {
    "the cell": is_cell,
    "one of the cell's values": is_value,
    "within the cell": is_within,
    "a part of a page's line": is_from_glued_line,
    "begun by a page's line": is_begun_by_line,
    "why there is no value": is_reason,
    "the year in the cell": is_year,
    "the DOI in the cell": is_doi,
    "the place among the cell's names": is_rank,
    "the record's digest": is_digest,
    "the digest of what a page tells": is_digest_of_page,
    "the hash of a title on the page": is_key_of_page,
    "put together from cells": is_put_together,
}


# -- how ---------------------------------------------------------------------------------------------------------------


def is_of_two_records(cells: Sequence[Cell]) -> bool:
    return len({(cell.place.file, cell.place.row) for cell in cells}) > 1


def _both_records(held: Held) -> tuple[Held, Held]:
    """The cells of the record that the first is of, and those of the other."""
    first = held.cells[0].place
    here = [cell for cell in held.cells if (cell.place.file, cell.place.row) == (first.file, first.row)]
    return replace(held, cells=here), replace(held, cells=[cell for cell in held.cells if cell not in here])


def _values_of(held: Held) -> set[str]:
    """What stands in the cells' records."""
    records = [cell.record for cell in held.cells if isinstance(cell.record, dict)]
    return {value.strip() for record in records for value in record.values() if isinstance(value, str)}


def _goes_on(cell: Cell) -> list[str]:
    """Texts of several lines that begin with a page's line."""
    lines = cell.record.split("\n")[(cell.place.line or 1) - 1 :] if cell.kind == "page" else []
    return ["\n".join(lines[:number]).strip() for number in range(2, min(len(lines), 20))]


def _ends_with_year(text: str) -> str | None:
    found = re.search(r"((?:18|19|20)[0-9]{2})\)?\Z", text.strip())
    return found[1] if found else None


def _ends(line: str) -> Iterator[str]:
    """What may be the last part of a line in which parts are glued together."""
    return (
        line[at:].strip()
        for at in range(len(line))
        if not at or line[at].isupper() or line[at].isalnum() > line[at - 1].isalnum()
    )


def _canonical(record: Any) -> bytes:
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
