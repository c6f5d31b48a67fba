"""A rule in plain words, made from the shape and from what things are called.

>>> from mitigraph.shacl.vocabulary import sh
>>> from mitigraph.terms import RDFS, XSD
>>> year = [("<urn:s>", f"<{RDFS}label>", '"year"@en'), ("<urn:s>", sh("datatype"), f"<{XSD}integer>"),
...         ("<urn:s>", sh("minInclusive"), f'"1800"^^<{XSD}integer>'), ("<urn:s>", sh("maxCount"), f'"1"^^<{XSD}integer>')]
>>> Plain(year, {}, {}).rule("<urn:s>")
'year: at most one, a whole number from 1800'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mitigraph.shacl.vocabulary import Index, index, members, sh
from mitigraph.terms import RDF, RDFS, XSD, Triple, iri_text, is_iri, is_literal, literal_parts

__all__ = ["BLANK_AROUND", "LISTED", "Plain"]

LISTED = 15
"""How many values are listed one by one; of more only the kind is told."""

BLANK_AROUND = '"^(\\\\s|$)|\\\\s$"'
"""The pattern that no trimmed text matches: white space at an end, or nothing at all."""

DATATYPES = {
    XSD + "integer": "a whole number",
    XSD + "nonNegativeInteger": "a whole number from 0",
    XSD + "positiveInteger": "a whole number from 1",
    XSD + "decimal": "a number",
    XSD + "double": "a number",
    XSD + "float": "a number",
    XSD + "boolean": "true or false",
    XSD + "date": "a date such as 2024-05-31",
    XSD + "dateTime": "a date with time such as 2024-05-31T12:00:00Z",
    XSD + "gYear": "a year such as 2024",
    XSD + "string": "plain text",
    XSD + "anyURI": "a web address",
    RDF + "langString": "text with a language tag such as @en",
}
PATTERNS = {
    '"^https?://"': "a web address that begins with http:// or https://",
    '"\\\\S"': "not empty",
    '"^[0-9a-f]{64}$"': "64 hexadecimal digits in lower case",
}
KINDS = {"IRI": "an IRI", "Literal": "a value, no IRI", "BlankNode": "a node without a name", "BlankNodeOrIRI": "no literal"}
_RANGES = (("minInclusive", "from {}"), ("minExclusive", "above {}"), ("maxInclusive", "to {}"), ("maxExclusive", "below {}"))
_COMPARED = (
    ("equals", "the same values as {}"),
    ("disjoint", "no value of {}"),
    ("lessThan", "less than {}"),
    ("lessThanOrEquals", "not more than {}"),
)
_NUMBERS = {"1": "one", "2": "two", "3": "three"}

Rows = Mapping[str, Sequence[str]]


class Plain:
    """The rules of a shapes graph in words.

    ``names``: what IRI terms are called; ``kinds``: class terms with the names of their known members.
    """

    def __init__(self, shapes: Iterable[Triple], names: Mapping[str, str], kinds: Mapping[str, Sequence[str]]) -> None:
        self.index: Index = index(shapes)
        self.names, self.kinds = names, kinds

    def rule(self, shape: str) -> str | None:
        """All that a shape itself asks of a value, after what the value is called. None: nothing that could be told."""
        said = ", ".join(self._parts(shape))
        name = self.called(shape)
        return (f"{name}: {said}" if name and said else said) or None

    def called(self, shape: str) -> str:
        """What the value of a shape is called: its name, without what tells it from the other rules about that value."""
        rows = self.index.get(shape, {})
        found = [*rows.get(sh("name"), ()), *rows.get(f"<{RDFS}label>", ())]
        return literal_parts(found[0]).text.partition(", ")[0] if found else ""

    def choices(self, shape: str) -> str | None:
        """The values to choose from, where a shape lists them or names a class with few known members."""
        rows = self.index.get(shape, {})
        return next((said for said in (self._listed(rows), self._members(rows)) if said), None)

    def has_message(self, shape: str) -> bool:
        """Whether a shape says itself what is wrong."""
        return sh("message") in self.index.get(shape, {})

    def name(self, term: str) -> str:
        """What a term is called, a literal by its text."""
        if is_literal(term):
            return literal_parts(term).text
        local = iri_text(term).rstrip("/#").replace("#", "/").rpartition("/")[2] if is_iri(term) else term
        return self.names.get(term, local)

    # -- parts ----------------------------------------------------------------------------------------------

    def _parts(self, shape: str, depth: int = 3) -> Iterator[str]:
        rows = self.index.get(shape, {})
        if depth:
            for part in PARTS:
                if said := part(self, rows, depth - 1):
                    yield said

    def inner(self, shape: str, depth: int) -> str:
        """A nested shape in words, with the property that it speaks of."""
        said = " and ".join(self._parts(shape, depth))
        path = self.index.get(shape, {}).get(sh("path"), [""])[0]
        return f"{self.name(path)} {said}".strip() if is_iri(path) else said

    def count(self, rows: Rows, depth: int) -> str:
        """How many."""
        low, high = _one(rows, "minCount"), _one(rows, "maxCount")
        each = " per language" if _one(rows, "uniqueLang") == "true" else ""
        if each:
            high = high or "1"
        if low == "0":
            low = ""
        few = {text: _NUMBERS.get(text, text) for text in (low, high) if text}
        if low and low == high:
            return f"exactly {few[low]}{each}"
        if low and high:
            return f"from {few[low]} to {few[high]}{each}"
        if high == "0":
            return "none"
        return f"at most {few[high]}{each}" if high else f"at least {few[low]}" if low else ""

    def kind(self, rows: Rows, depth: int) -> str:
        """Which sort of value, and in which range."""
        datatype = rows.get(sh("datatype"), [""])[0]
        said = DATATYPES.get(datatype.strip("<>"), f"a value of {self.name(datatype)}") if datatype else ""
        bounds = [form.format(limit) for name, form in _RANGES if (limit := _one(rows, name))]
        return " ".join([said or "a value", *bounds]) if bounds else said

    def node_kind(self, rows: Rows, depth: int) -> str:
        """IRI or literal; an address says so itself."""
        kind = rows.get(sh("nodeKind"), [""])[0].rpartition("#")[2].rstrip(">")
        return "" if kind == "IRI" and '"^https?://"' in rows.get(sh("pattern"), ()) else KINDS.get(kind, "")

    def length(self, rows: Rows, depth: int) -> str:
        """How long."""
        low, high = _one(rows, "minLength"), _one(rows, "maxLength")
        if low and high:
            return f"{low} characters" if low == high else f"{low} to {high} characters"
        signs = "character" if (low or high) == "1" else "characters"
        return f"at least {low} {signs}" if low else f"at most {high} {signs}" if high else ""

    def pattern(self, rows: Rows, depth: int) -> str:
        """Which form; a pattern that nobody put into words is shown."""
        found = rows.get(sh("pattern"), ())
        return ", ".join(PATTERNS.get(one, f"of the form {literal_parts(one).text}") for one in found)

    def languages(self, rows: Rows, depth: int) -> str:
        """Which languages."""
        tags = [self.name(tag) for head in rows.get(sh("languageIn"), ()) for tag in members(self.index, head)]
        return f"in {' or '.join(tags)}" if tags else ""

    def value(self, rows: Rows, depth: int) -> str:
        """Which values, or of which class."""
        said = self._listed(rows) or self._members(rows)
        kinds = " and ".join(_an(self.name(one).lower()) for one in rows.get(sh("class"), ()))
        held = " and ".join(self.name(one) for one in rows.get(sh("hasValue"), ()))
        return ", ".join(part for part in (said or kinds, f"{held} among them" if held else "") if part)

    def compared(self, rows: Rows, depth: int) -> str:
        """How it compares with another property."""
        told = ((form, other) for name, form in _COMPARED for other in rows.get(sh(name), ()))
        return ", ".join(form.format(repr(self.name(other))) for form, other in told)

    def negated(self, rows: Rows, depth: int) -> str:
        """What it must not be."""
        told = []
        for inner in rows.get(sh("not"), ()):
            if BLANK_AROUND in self.index.get(inner, {}).get(sh("pattern"), ()):
                told.append("not empty and without white space before or after it")
            elif said := self.inner(inner, depth):
                told.append(f"not {said}")
        return ", ".join(told)

    def joined(self, rows: Rows, depth: int) -> str:
        """Several rules that hold together, or of which some or one must."""
        told = []
        for name, word in (("and", " and "), ("or", " or "), ("xone", ", or else ")):
            for head in rows.get(sh(name), ()):
                parts = [said for one in members(self.index, head) if (said := self.inner(one, depth))]
                told.append(("either " if name == "xone" else "") + word.join(parts))
        told += [said for one in rows.get(sh("node"), ()) if (said := self.inner(one, depth))]
        return ", ".join(told)

    def qualified(self, rows: Rows, depth: int) -> str:
        """How many of a kind."""
        low, high = _one(rows, "qualifiedMinCount"), _one(rows, "qualifiedMaxCount")
        count = self.count({sh("minCount"): _as_row(low), sh("maxCount"): _as_row(high)}, depth)
        kinds = [said for one in rows.get(sh("qualifiedValueShape"), ()) if (said := self.inner(one, depth))]
        return f"{count} with {' and '.join(kinds)}" if kinds and count else ""

    def closed(self, rows: Rows, depth: int) -> str:
        """That nothing else may be said."""
        return "no other properties" if _one(rows, "closed") == "true" else ""

    def _listed(self, rows: Rows) -> str:
        for head in rows.get(sh("in"), ()):
            names = [self.name(one) for one in members(self.index, head)]
            if 0 < len(names) <= LISTED:
                return f"one of: {', '.join(names)}" if len(names) > 1 else names[0]
        return ""

    def _members(self, rows: Rows) -> str:
        for one in rows.get(sh("class"), ()):
            names = dict.fromkeys(self.kinds.get(one, ()))
            if 0 < len(names) <= LISTED:
                return f"one of: {', '.join(names)}"
        return ""


def _one(rows: Rows, name: str) -> str:
    found = rows.get(sh(name), ())
    return literal_parts(found[0]).text if found and is_literal(found[0]) else ""


def _an(name: str) -> str:
    return f"an {name}" if name[:1] in "aeio" else f"a {name}"


def _as_row(text: str) -> list[str]:
    return [f'"{text}"'] if text else []


PARTS: tuple[Callable[[Plain, Rows, int], str], ...] = (
    Plain.count,
    Plain.kind,
    Plain.node_kind,
    Plain.length,
    Plain.pattern,
    Plain.languages,
    Plain.value,
    Plain.compared,
    Plain.negated,
    Plain.joined,
    Plain.qualified,
    Plain.closed,
)
"""What a shape may ask, in the order in which it is told."""
