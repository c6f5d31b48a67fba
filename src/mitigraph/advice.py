"""How to mend what a shape found: what it asks for in plain words, and the value that was probably meant.

>>> from mitigraph.knowledge import Knowledge
>>> from mitigraph.shacl.vocabulary import sh
>>> name = "<https://w3id.org/airmo/shapes#mitigation-label-trimmed>"
>>> result = Result("<urn:a>", "<urn:p>", '" Red teaming"@en', name, sh("NotConstraintComponent"), "violation", "…")
>>> Advice(Knowledge(), None, list).suggestion(result, " Red teaming")
Guess(text='Red teaming', sure=True)
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from urllib.parse import unquote

from mitigraph.knowledge import Knowledge
from mitigraph.lexical import proper
from mitigraph.likeness import Guess, Words
from mitigraph.logic import CellError, compiled
from mitigraph.shacl import Result
from mitigraph.shacl.data import Tables
from mitigraph.shacl.plain import BLANK_AROUND, Plain
from mitigraph.shacl.vocabulary import members, sh
from mitigraph.terms import RDF, RDFS, SKOS, XSD, Triple, iri_text, is_iri, is_literal, literal, literal_parts

__all__ = ["Advice"]

_LABELS = (f"<{RDFS}label>", f"<{SKOS}prefLabel>")
_TYPE = f"<{RDF}type>"
_TAGGED = f"{RDF}langString"
_LANGUAGE = "en"
"""The language of a text that names none: that of the shapes and schemes."""

_DOI = ("https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi.org/", "doi:", "DOI:", "DOI ")


class Advice:
    """``shapes`` are the project's own unless given; ``triples`` gives the whole graph, in which an IRI may be looked for."""

    def __init__(self, knowledge: Knowledge, shapes: Iterable[Triple] | None, triples: Callable[[], Iterable[Triple]]) -> None:
        self._knowledge, self._triples = knowledge, triples
        self._shapes = knowledge.shapes if shapes is None else shapes
        self._words: dict[tuple[str, ...], Words] = {}
        self._iris: dict[tuple[str, ...], list[str]] = {}

    @cached_property
    def plain(self) -> Plain:
        """The rules in words."""
        concepts = self._knowledge.lexicon.schemes.concepts
        names = {s: literal_parts(o).text for s, p, o in sorted(self._knowledge.background) if p in _LABELS}
        kinds: dict[str, list[str]] = defaultdict(list)
        for subject, predicate, kind in sorted(self._knowledge.background):
            if predicate == _TYPE and subject in names and iri_text(subject) in concepts:
                kinds[kind].append(names[subject])
        return Plain(self._shapes, names, kinds)

    def expected(self, result: Result) -> str | None:
        """What a shape asks for, unless its message says so: the whole rule if it has none, the values to choose from if any."""
        if not self.plain.has_message(result.shape):
            return self.plain.rule(result.shape)
        choices = self.plain.choices(result.shape) if _component(result) in _CHOOSING else None
        is_told = choices is None or all(name in result.message for name in choices.partition(": ")[2].split(", "))
        return None if is_told else choices

    def suggestion(self, result: Result, found: str | None) -> Guess | None:
        """The text that should stand instead of what was ``found``; None if nothing is near."""
        mend = _MENDS.get(_component(result))
        if mend is None or result.value is None or found is None or not all(map(is_iri, self._rows(result, "path"))):
            return None  # what lies further away than one step cannot be written here
        guess = mend(self, result, found)
        return guess if guess is not None and guess.text != found else None

    # -- by component ---------------------------------------------------------------------------------------

    def _rows(self, result: Result, name: str) -> Sequence[str]:
        return self.plain.index.get(result.shape, {}).get(sh(name), ())

    def _trimmed(self, result: Result, found: str) -> Guess | None:
        """Without the white space around it, where that is what a shape does not want."""
        inner = (self.plain.index.get(one, {}) for one in self._rows(result, "not"))
        text = found.strip()
        return Guess(text, True) if text and any(BLANK_AROUND in one.get(sh("pattern"), ()) for one in inner) else None

    def _formed(self, result: Result, found: str) -> Guess | None:
        """The only near text that has the form of a pattern."""
        patterns = [literal_parts(one).text for one in self._rows(result, "pattern")]
        try:
            forms = [compiled(one) for one in patterns]
        except CellError:
            return None
        for tries, sure in ((_tidied(found), True), (_rewritten(found), False)):
            fitting = [one for one in dict.fromkeys(tries) if one and all(form.search(one) for form in forms)]
            if len(fitting) == 1:
                return Guess(fitting[0], sure)
        return None

    def _typed(self, result: Result, found: str) -> Guess | None:
        """The proper form of a value of a datatype; a literal with its tag or datatype where only that is missing."""
        datatypes = self._rows(result, "datatype")
        if len(datatypes) != 1 or result.value is None or not is_literal(result.value):
            return None
        wanted, given = iri_text(datatypes[0]), literal_parts(result.value)
        if wanted == _TAGGED:
            return Guess(literal(given.text, language=_LANGUAGE), False) if given.datatype == f"{XSD}string" else None
        if given.datatype == wanted:
            return proper(given.text, wanted)
        text = proper(given.text, wanted)
        return Guess(literal(text.text, wanted), False) if text else None

    def _chosen(self, result: Result, found: str) -> Guess | None:
        """The nearest of the listed values."""
        if result.value is None or not is_literal(result.value):
            return self._near_iri(result, found, self._listed)
        key = (result.shape, "literals")
        if key not in self._words:
            self._words[key] = Words({literal_parts(one).text: one for one in self._listed(result) if is_literal(one)})
        return self._words[key].nearest(found)

    def _listed(self, result: Result) -> Iterable[str]:
        return (one for head in self._rows(result, "in") for one in members(self.plain.index, head))

    def _known(self, result: Result, found: str) -> Guess | None:
        """The nearest member of the class that is asked for."""
        return self._near_iri(result, found, self._classed)

    def _classed(self, result: Result) -> Iterable[str]:
        classes = self._rows(result, "class")
        return self._members.get(classes[0], ()) if len(classes) == 1 else ()

    def _near_iri(self, result: Result, found: str, known: Callable[[Result], Iterable[str]]) -> Guess | None:
        """An IRI near another of the same namespace, written as that was: in a cell often only its end."""
        if result.value is None or not is_iri(result.value):
            return None
        iri = unquote(iri_text(result.value))
        end = found if found and iri.endswith(found) else re.split(r"[/#:]", iri)[-1]
        if not found.endswith(end):
            return None
        start = iri.removesuffix(end)
        of_shape = (result.shape, result.component)
        if of_shape not in self._iris:
            self._iris[of_shape] = sorted(_decoded(one) for one in known(result) if is_iri(one))
        key = (*of_shape, start)
        if key not in self._words:
            self._words[key] = Words({one[len(start) :]: one for one in _starting(start, self._iris[of_shape])})
        near = self._words[key].nearest(end)
        return Guess(found.removesuffix(end) + near.text, near.sure) if near else None

    @cached_property
    def _members(self) -> dict[str, tuple[str, ...]]:
        """Class → what is of it."""
        found: dict[str, set[str]] = defaultdict(set)
        triples = self._triples()
        for subject, predicate, kind in triples.triples({_TYPE}) if isinstance(triples, Tables) else triples:
            if predicate == _TYPE and is_iri(subject):
                found[kind].add(subject)
        return {kind: tuple(sorted(nodes)) for kind, nodes in found.items()}


def _component(result: Result) -> str:
    return result.component.rpartition("#")[2].removesuffix("ConstraintComponent>")


def _decoded(term: str) -> str:
    return unquote(iri_text(term))


def _starting(start: str, iris: list[str]) -> list[str]:
    """Those of some IRIs in order that start so: a wrong namespace in each row costs no look at them all."""
    return iris[bisect(iris, start) : bisect(iris, f"{start}\U0010ffff")]


def _tidied(text: str) -> Iterator[str]:
    """The same, written more tidily."""
    yield text.strip()
    yield from (text.strip()[len(prefix) :].strip() for prefix in _DOI if text.strip().startswith(prefix))


def _rewritten(text: str) -> Iterator[str]:
    """What may have been meant."""
    tidy = text.strip()
    yield tidy.lower()
    yield tidy.upper()
    yield "-".join(tidy.lower().replace("_", " ").split())
    if "." in tidy and not tidy.startswith(("http://", "https://")) and not any(sign in tidy for sign in ": @"):
        yield f"https://{tidy}"
    yield tidy.replace("http:/", "http://", 1).replace("https:/", "https://", 1).replace(":///", "://")


_CHOOSING = ("In", "Class")
_MENDS: dict[str, Callable[[Advice, Result, str], Guess | None]] = {
    "Not": Advice._trimmed,
    "Pattern": Advice._formed,
    "Datatype": Advice._typed,
    "In": Advice._chosen,
    "Class": Advice._known,
}
"""Constraint component → how to guess what was meant."""
