"""What is asked, and of which data: the default dataset, files and folders, named queries with their values resolved."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from mitigraph import assets, pipeline
from mitigraph.errors import EngineError, InputError, UsageError
from mitigraph.formats import format_for, format_named
from mitigraph.infer import infer
from mitigraph.knowledge import Knowledge
from mitigraph.parse import parse
from mitigraph.query import Answer, ask, store_of
from mitigraph.questions import Question, bind, nearest, read_questions
from mitigraph.results import compact
from mitigraph.serialise import write_graph
from mitigraph.transforms import CellError
from mitigraph.terms import RDFS, SKOS, Triple, iri, literal_parts

__all__ = ["Asked", "bundled", "describe", "listing", "questions"]

FULL = "full.nt"
BUILD = "build.json"
DEFAULT = "dist"
NAMES = (f"<{SKOS}prefLabel>", f"<{RDFS}label>", f"<{SKOS}altLabel>", f"<{SKOS}notation>", "<http://purl.org/dc/terms/identifier>")


def questions() -> dict[str, Question]:
    """The project's named queries, and those of a ``queries/`` folder where the user is; equal names: the user's."""
    own = Path("queries")
    found = read_questions(assets.path("queries"))
    return {**found, **(read_questions(own) if own.is_dir() else {})}


def listing() -> str:
    """Every named query with its question and parameters, as ``query --list`` prints them."""
    lines = []
    for name, question in sorted(questions().items()):
        lines.append(f"@{name}  {question.text}")
        for parameter in question.parameters:
            kind = f"{parameter.type} {parameter.scheme}" if parameter.scheme else parameter.type
            default = "" if parameter.default is None else f" = {parameter.default}"
            lines.append(f"    -p {parameter.name}=…  {kind}{default}: {parameter.meaning}")
    return "\n".join(lines) + "\n"


def bundled() -> Path:
    """The folder of the bundled dataset in the user's cache, built when it is not there.

    Raises EngineError when the cache folder cannot be written.
    """
    place = _cache() / f"bundled-{assets.digest()[:16]}"
    if not (place / FULL).is_file():
        pipeline.build([str(assets.examples())], place, Knowledge())
    return place


class Asked:
    """The data a query or a description is asked of: named files and folders, else ``./dist``, else the bundled dataset."""

    def __init__(self, data: Sequence[str] = ()) -> None:
        self.data = tuple(data) or (_default(),)
        self.knowledge = Knowledge()

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that need no declaration."""
        return self.knowledge.prefixes

    @cached_property
    def triples(self) -> set[Triple]:
        """All triples: RDF as it is; records mapped, with everything inferred. InputError: something cannot be read."""
        triples: set[Triple] = set()
        records = []
        for text in self.data:
            files = _rdf_files(Path(text))
            records += [] if files else [text]
            for file in files:
                triples.update(_parsed(file))
        return triples | self._mapped(records) if records else triples

    @cached_property
    def store(self) -> ox.Store:
        """The triples in an embedded store."""
        return store_of(self.triples)

    def text(self, question: str, given: Mapping[str, str]) -> str:
        """The SPARQL to run: a named query (``@name``) with its values, or the text itself. UsageError: no such query."""
        if not question.startswith("@"):
            if given:
                raise UsageError("-p goes with a named query (@NAME)")
            return question
        known = questions()
        if question[1:] not in known:
            raise UsageError(f"no named query {question}{nearest(question[1:], list(known))} (query --list shows them)")
        return bind(known[question[1:]], given, self.resolve)

    def ask(self, sparql: str) -> Answer:
        """Run a query behind the gate."""
        return ask(self.store, sparql, self.prefixes)

    def write_graph(self, triples: list[Triple], format_name: str) -> bytes:
        """Triples in a named RDF format."""
        return write_graph(triples, format_named(format_name), self.knowledge.context)

    def resolve(self, value: str, scheme: str | None) -> str:
        """A resource by IRI, CURIE, label, code or identifier, of one scheme or of all. UsageError with did-you-mean."""
        if scheme is not None:
            return self._concept(value, scheme)
        if resource := _as_iri(value, self.prefixes):
            return resource
        by_name = self._names
        if value.casefold() not in by_name:
            raise UsageError(f"nothing is called {value!r}{nearest(value.casefold(), list(by_name))}")
        found = sorted(by_name[value.casefold()])
        if len(found) > 1:
            raise UsageError(f"{value!r} is the name of {len(found)} resources: {', '.join(found[:5])}")
        return found[0][1:-1]

    def _concept(self, value: str, scheme: str) -> str:
        try:
            concept = self.knowledge.library.schemes.find(value, [scheme])
        except CellError as error:
            hint = f"; did you mean {error.suggestion!r}?" if error.suggestion else ""
            raise UsageError(f"{error.message}, found {value!r}{hint}") from None
        if concept is None:
            raise UsageError(f"{value!r} is no value of {scheme}")
        return concept.iri

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        names: dict[str, set[str]] = {}
        for subject, predicate, name in self.triples:
            if predicate in NAMES and subject.startswith("<"):
                names.setdefault(literal_parts(name).text.casefold(), set()).add(subject)
        return names

    def _mapped(self, paths: Sequence[str]) -> set[Triple]:
        dataset = pipeline.read_dataset(paths, self.knowledge)
        if dataset.refused:
            raise InputError(str(next(f for f in dataset.findings if f.severity == "violation")))
        full = dataset.asserted | self.knowledge.background
        return full | infer(full, self.knowledge.rules, self.knowledge.prefixes)


def _default() -> str:
    here = Path(DEFAULT)
    if (here / FULL).is_file():
        return str(here)
    try:
        return str(bundled())
    except EngineError:
        return str(assets.examples())


def _rdf_files(path: Path) -> list[Path]:
    """The RDF a path leads to: a build's full graph, a folder's RDF files, or the file itself; [] where it holds records."""
    if (path / BUILD).is_file():
        return [path / FULL]
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file() and format_for(file) is not None)
    return [path] if format_for(path) is not None else []


def _parsed(file: Path) -> list[Triple]:
    data_format = format_for(file)
    assert data_format is not None
    try:
        return parse(file.read_bytes(), data_format, str(file))
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error


def _as_iri(value: str, prefixes: Mapping[str, str]) -> str | None:
    prefix, colon, local = value.strip("<>").partition(":")
    text = prefixes[prefix] + local if colon and prefix in prefixes else value.strip("<>")
    if not colon or (prefix not in prefixes and not local.startswith("//") and prefix != "urn"):
        return None
    try:
        return iri(text)[1:-1]
    except ValueError:
        return None


def _cache() -> Path:
    """The user's cache folder, as each system has it."""
    if sys.platform == "darwin":
        home = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home())
    else:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "mitigraph"


def describe(asked: Asked, name: str) -> tuple[str, list[Triple]]:
    """A resource's IRI and every triple it stands in, as subject or as object. InputError: nothing is known of it."""
    resource = iri(asked.resolve(name, None))
    triples = sorted(triple for triple in asked.triples if resource in (triple[0], triple[2]))
    if not triples:
        raise InputError(f"{name}: nothing is known of {compact(resource[1:-1], asked.prefixes)}")
    return resource, triples


def description(asked: Asked, name: str) -> str:
    """A description for people: ``predicate  object  (label)`` lines, then ``is predicate of`` lines for what points to it."""
    resource, triples = describe(asked, name)
    labels = _labels(asked.triples)

    def shown(term: str) -> str:
        if not term.startswith("<"):
            return literal_parts(term).text if term.startswith('"') else term
        label = labels.get(term)
        return compact(term[1:-1], asked.prefixes) + (f"  ({label})" if label else "")

    lines = [shown(resource)]
    lines += [f"  {compact(p[1:-1], asked.prefixes)}  {_indented(shown(o))}" for s, p, o in triples if s == resource]
    lines += [f"  is {compact(p[1:-1], asked.prefixes)} of  {shown(s)}" for s, p, o in triples if o == resource]
    return "\n".join(lines) + "\n"


def _labels(triples: set[Triple]) -> dict[str, str]:
    """A label for each resource: the preferred one before others, the smallest where there are several."""
    labels: dict[str, str] = {}
    for predicate in reversed(NAMES[:2]):
        found: dict[str, str] = {}
        for subject, p, name in triples:
            if p == predicate and name.startswith('"'):
                text = literal_parts(name).text
                found[subject] = min(found.get(subject, text), text)
        labels.update(found)
    return labels


def _indented(text: str) -> str:
    return text.replace("\n", "\n      ")
