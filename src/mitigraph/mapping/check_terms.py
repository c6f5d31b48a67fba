"""Are the terms of a plan sound? IRIs that are IRIs, and names that the ontology and the closed vocabularies have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mitigraph.finding import Finding
from mitigraph.mapping.closed import CLOSED, names_for
from mitigraph.mapping.expression import Expression, Template, Text
from mitigraph.mapping.plan import Lexicon, Mapping, TermMap, Where
from mitigraph.mapping.problems import problem
from mitigraph.mapping.terms_of import absolute
from mitigraph.terms import RDF, iri

__all__ = ["check_terms"]

TYPE = Text(f"{RDF}type")
_MEMBER = re.compile("_[1-9][0-9]*")


def _all_iris(mapping: Mapping) -> Iterator[tuple[Expression, Where, str]]:
    for plan in mapping.triples_maps:
        yield from _iris(plan.subjects, "subject")
        yield from _iris(plan.graphs, "graph")
        for rule in plan.rules:
            yield from _iris(rule.predicates, "property")
            yield from _iris(rule.graphs, "graph")
            role = "class" if any(one.expression == TYPE for one in rule.predicates) else "term"
            yield from _iris([one for one in rule.objects if isinstance(one, TermMap)], role)


def _iris(terms: Sequence[TermMap], role: str) -> Iterator[tuple[Expression, Where, str]]:
    """What makes an IRI, and of which role: the terms' own, and those of their datatypes."""
    for term in terms:
        if term.expression is not None and term.kind not in ("blank", "literal"):
            yield term.expression, term.where, role
        if term.datatype is not None:
            yield term.datatype, term.where, "datatype"


def check_terms(mapping: Mapping, lexicon: Lexicon) -> Iterator[Finding]:
    """What is wrong with the IRIs of a plan, as far as they are known beforehand."""
    for expression, where, role in _all_iris(mapping):
        yield from _check_iri(mapping, expression, where, role, lexicon)


def _check_iri(mapping: Mapping, expression: Expression, where: Where, role: str, lexicon: Lexicon) -> Iterator[Finding]:
    if role == "datatype" and isinstance(expression, Text):
        if not _is_datatype(expression.text):
            message = "a datatype is an absolute IRI or prefix:name; a language is written LANGUAGE~lang"
            yield problem("bad-datatype", message, where, expression.text)
        yield from _check_closed(expression.text, where, role)
        return
    constants = [part for part in expression.parts if isinstance(part, str)] if isinstance(expression, Template) else []
    if isinstance(expression, Text):
        text = absolute(expression.text, mapping.base)
        yield from _check_term(text, where, role, lexicon)
        yield from _check_closed(text, where, role)
        constants = [text]
    elif constants and isinstance(expression, Template) and constants[0] == expression.parts[0]:
        constants[0] = absolute(constants[0], mapping.base)
    try:
        iri(f"x:{''.join(constants)}")
    except ValueError:
        yield problem("bad-iri", "not an IRI", where, "".join(constants))


def _is_datatype(text: str) -> bool:
    try:
        return iri(text)[1:-1] not in (f"{RDF}langString", f"{RDF}dirLangString")
    except ValueError:
        return False


def _check_closed(text: str, where: Where, role: str) -> Iterator[Finding]:
    for space, all_names in CLOSED.items():
        name, names = text.removeprefix(space), names_for(space, role)
        if text.startswith(space) and name not in names and not (space == RDF and _MEMBER.fullmatch(name)):
            known = () if name in all_names else names
            yield problem("unknown-term", f"the vocabulary has no {role} {name!r}", where, name, known)


def _check_kind(text: str, where: Where, role: str, lexicon: Lexicon) -> Iterator[Finding]:
    """Terms that the ontology has not, or has as another kind of thing; a note of those that are deprecated."""
    kinds = {"property": lexicon.properties, "class": lexicon.classes}
    terms = kinds.get(role) or lexicon.terms
    spaces = lexicon.namespaces_checked
    checked = tuple(space for space in ((spaces,) if isinstance(spaces, str) else spaces) if space)
    if text in lexicon.deprecated:
        yield _deprecated(text, where, lexicon)
    elif terms and text not in terms and (text.startswith(checked) or any(text in kind for kind in kinds.values())):
        space = next((one for one in checked if text.startswith(one)), _space(text))
        name = text.removeprefix(space)
        known = {one.removeprefix(space) for one in terms - lexicon.deprecated.keys() if one.startswith(space)}
        other = next((kind for kind, others in kinds.items() if text in others), None)
        message = f"the ontology has no {role} {name!r}{f': it is a {other}' if other else ''}"
        # A name that is right is not misspelt: its place is wrong.
        yield problem("unknown-term", message, where, name, () if other else known)


def _space(text: str) -> str:
    return text[: max(map(text.rfind, "#/")) + 1]


def _deprecated(text: str, where: Where, lexicon: Lexicon) -> Finding:
    space, other = _space(text), lexicon.deprecated[text]
    instead = other.removeprefix(space) or None
    return Finding("info", "deprecated-term", "the term is deprecated", where.place, text.removeprefix(space), instead)


def _check_term(text: str, where: Where, role: str, lexicon: Lexicon) -> Iterator[Finding]:
    yield from _check_kind(text, where, role, lexicon)
    if text in lexicon.schemes.concepts or role in ("subject", "graph"):
        return
    for scheme in lexicon.schemes.schemes.values():
        if text.startswith(f"{scheme.iri}/") and not any(
            other.iri.startswith(f"{scheme.iri}/") and text.startswith(other.iri) for other in lexicon.schemes.schemes.values()
        ):
            slug = text.removeprefix(f"{scheme.iri}/")
            known = {concept.slug for concept in scheme.concepts.values()}
            yield problem("unknown-concept", f"no concept {slug!r} in {scheme.name}", where, slug, known)
