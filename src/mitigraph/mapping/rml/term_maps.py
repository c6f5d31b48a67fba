"""Term maps of RML as those of the plan: which kind of term, of which datatype or language (RML-Core, section Term Maps)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from mitigraph.mapping.expression import Expression, Reference, Template, Text
from mitigraph.mapping.plan import TermMap
from mitigraph.mapping.rml.description import Description, Value, local
from mitigraph.mapping.rml.expressions import Expressions
from mitigraph.mapping.rml.words import TERM_TYPES, rml
from mitigraph.terms import XSD, is_language, literal_parts

__all__ = ["Made", "Role", "Surroundings", "TermMaps"]

KINDS = {iri: kind for kind, iri in TERM_TYPES.items()}
IRIS = ("iri", "uri", "unsafe-iri", "unsafe-uri")
LITERAL_ONLY = (rml.datatype, rml.datatypeMap, rml.language, rml.languageMap)


class Role(NamedTuple):
    """A place for terms: its words for a constant and for a map, and the kinds of terms that may be there."""

    short: str
    long: str
    kinds: tuple[str, ...]
    beside: tuple[str, ...] = ()


SUBJECT = Role(rml.subject, rml.subjectMap, (*IRIS, "blank"), (rml.class_, rml.graph, rml.graphMap))
PREDICATE = Role(rml.predicate, rml.predicateMap, IRIS)
OBJECT = Role(rml.object, rml.objectMap, (*IRIS, "blank", "literal"), LITERAL_ONLY)
GRAPH = Role(rml.graph, rml.graphMap, (*IRIS, "blank"))
DATATYPE = Role(rml.datatype, rml.datatypeMap, IRIS)
LANGUAGE = Role(rml.language, rml.languageMap, ("literal",))


class Made(NamedTuple):
    """A term map, the condition under which it makes terms, and where it is."""

    term: TermMap
    condition: Expression | None
    at: Value


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a term map's triples map says of it. ``natural``: numbers of its source are literals of their type."""

    natural: bool = False


class TermMaps:
    """Reads term maps; problems go to the description."""

    def __init__(self, description: Description) -> None:
        self.description, self.expressions = description, Expressions(description)

    def all(self, owner: Value, role: Role, around: Surroundings, without: Collection[str] = ()) -> list[Made]:
        """The term maps that an owner has in a role, in the order of the file; those of some resources are left out."""
        maps = {one.term for one in self.description.values(owner, role.long)}
        values = [one for one in self.description.values(owner, role.short, role.long) if one.term not in without]
        return [self.mapped(one, role, around) if one.term in maps else self.constant(one, role) for one in values]

    def constant(self, value: Value, role: Role) -> Made:
        """A constant in its short form."""
        where = self.description.where(value)
        if not value.is_iri and not value.is_literal:
            message = f"{local(role.short)} is a constant, no map; a map is written {local(role.long)}"
            self.description.problem("bad-expression", message, value)
            return Made(TermMap(Text(""), where, role.kinds[-1]), None, value)
        self.of_kind(value, "iri" if value.is_iri else "literal", role)
        if role is LANGUAGE:
            self.language(value)
        return Made(constant_term(value, self.description, role), None, value)

    def mapped(self, owner: Value, role: Role, around: Surroundings) -> Made:
        """A term map."""
        beside = (rml.termType, rml.condition, *role.beside)
        expression = self.expressions.value(owner, *beside)
        conditioned = self.description.has(owner, rml.condition)
        condition = self.expressions.condition(owner) if conditioned else None
        constant = self.description.one(owner, rml.constant)
        kind = self.kind(owner, role, expression, constant)
        if expression is None and kind != "blank":
            expression = self.expressions.needed(owner, *beside)
        if constant is not None and (constant.is_iri or constant.is_literal):
            term = constant_term(constant, self.description, role, kind)
            if role is LANGUAGE:
                self.language(constant)
        else:
            term = TermMap(expression, self.description.where(owner), kind)
        if role is OBJECT:
            term = self.typed(owner, term, around)
        return Made(term, condition, owner)

    # -- kinds -----------------------------------------------------------------------------------------------

    def kind(self, owner: Value, role: Role, expression: Expression | None, constant: Value | None) -> str:
        """The kind that is named, else that of the constant, else the usual one (RML-Core, default term type)."""
        named = self.description.one(owner, rml.termType)
        told = self.named_kind(named) if named is not None else None
        if constant is not None:
            natural = "iri" if constant.is_iri else "literal"
            if told is not None and told != natural and not (told in IRIS and natural == "iri"):
                given = "an IRI" if constant.is_iri else "a literal"
                self.description.problem(
                    "bad-term-type", f"the constant is {given}, which is of another term type", named or owner
                )
            self.of_kind(constant, natural, role)
            return told if told in IRIS and natural == "iri" else natural
        if named is not None and told is not None:
            self.of_kind(named, told, role)
            return told if told in role.kinds else role.kinds[0]
        if role is LANGUAGE:
            return "literal"
        made_of_values = expression is not None and not isinstance(expression, Template | Text)
        is_literal = role is OBJECT and (made_of_values or self.description.has(owner, *LITERAL_ONLY))
        return "literal" if is_literal else "iri"

    def named_kind(self, named: Value) -> str | None:
        kind = KINDS.get(named.word)
        if kind is None:
            known = [local(iri) for iri in KINDS]
            self.description.problem("bad-term-type", "no such term type", named, named.text, known, wrong=local(named.text))
        return kind

    def of_kind(self, at: Value, kind: str, role: Role) -> None:
        if kind not in role.kinds:
            names = ", ".join(local(TERM_TYPES[one]) for one in role.kinds)
            message = f"a {local(role.short)} is no {local(TERM_TYPES[kind])}"
            self.description.problem("bad-term-type", message, at, at.text if at.is_literal else None, expected=f"one of {names}")

    # -- datatypes and languages -----------------------------------------------------------------------------

    def typed(self, owner: Value, term: TermMap, around: Surroundings) -> TermMap:
        """A literal with its datatype or language; a reference without either, with the type that its value has by nature."""
        datatypes, languages = (self.all(owner, role, around) for role in (DATATYPE, LANGUAGE))
        for made in (*datatypes[1:], *languages[1:]):
            self.description.problem("bad-datatype", "a literal has one datatype or language", made.at)
        if not datatypes and not languages:
            natural = around.natural and term.kind == "literal" and isinstance(term.expression, Reference)
            return TermMap(term.expression, term.where, term.kind, term.datatype, term.language, natural)
        at = (datatypes or languages)[0].at
        if datatypes and languages:
            self.description.problem("bad-datatype", "a literal has either a datatype or a language", at)
        if term.kind != "literal":
            self.description.problem("bad-datatype", "only literals have a datatype or a language", at)
        for made in (*datatypes, *languages):
            if made.condition is not None:
                self.description.problem("not-supported", "a datatype or language cannot have a condition", made.at)
        datatype = datatypes[0].term.expression if datatypes else None
        language = languages[0].term.expression if languages else None
        return TermMap(term.expression, term.where, term.kind, datatype, None if datatypes else language)

    def language(self, value: Value) -> None:
        """A constant language must be well formed; longer names than of three letters are kept free for what never came."""
        primary = value.text.partition("-")[0]
        if not is_language(value.text) or len(primary) > 3:
            self.description.problem(
                "bad-language", "not a language tag (BCP 47)", value, value.text, expected="a tag such as en"
            )


def constant_term(value: Value, description: Description, role: Role, kind: str | None = None) -> TermMap:
    """What a constant says: an IRI, or a literal with the datatype or language it has."""
    where = description.where(value)
    if value.is_iri:
        return TermMap(Text(value.word if role is GRAPH else value.text), where, kind or "iri")
    text, language, datatype = literal_parts(value.term)
    if language is not None:
        return TermMap(Text(text), where, "literal", None, Text(language))
    plain = datatype == f"{XSD}string"
    return TermMap(Text(text), where, "literal", None if plain else Text(datatype))
