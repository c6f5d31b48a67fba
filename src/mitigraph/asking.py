"""What is asked, and of which data: the default dataset, files and folders, named queries with their values resolved."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from mitigraph import assets, pipeline
from mitigraph.errors import EngineError, InputError, UsageError
from mitigraph.finding import Finding
from mitigraph.formats import format_for, format_named
from mitigraph.infer import infer
from mitigraph.knowledge import Knowledge
from mitigraph.parse import parse, read_file
from mitigraph.query import Answer, ask, store_of
from mitigraph.questions import Question, bind, nearest, question_of
from mitigraph.results import compact
from mitigraph.serialise import write_graph
from mitigraph.terms import RDF, RDFS, SKOS, Triple, iri, iri_text, literal_parts
from mitigraph.transforms import CellError
from mitigraph.vocabulary_check import unknown_in_query

__all__ = ["Asked", "bundled", "cache_folder", "default_data", "listing", "rdf_files"]

FULL = "full.nt"
BUILD = "build.json"
DEFAULT = "dist"
SHOWN = 10
"""How many resources of one name are listed."""
NAMES = {
    f"<{SKOS}prefLabel>": 0,
    f"<{RDFS}label>": 0,
    f"<{SKOS}altLabel>": 1,
    f"<{SKOS}notation>": 2,
    "<http://purl.org/dc/terms/identifier>": 2,
}
"""What a resource may be called by; a name of a lower number goes before one of a higher."""
_CURIE = re.compile(r"([A-Za-z][\w-]*):[^\s/]\S*")


def listing() -> str:
    """Every named query with its question and parameters, as ``query --list`` prints them; one that is wrong says so."""
    lines: list[str] = []
    for name, file in sorted(_named().items()):
        try:
            lines += _entry(question_of(file))
        except InputError as error:
            lines.append(f"@{name}  cannot be asked: {error}")
    return "\n".join(lines) + "\n"


def bundled() -> Path:
    """The folder of the bundled dataset in the user's cache, built when it is not there.

    Raises EngineError when there is no cache folder or it cannot be written.
    """
    place = cache_folder() / f"bundled-{assets.digest()[:16]}"
    if not (place / FULL).is_file():
        pipeline.build([str(assets.examples())], place, Knowledge())
    return place


class Asked:
    """The data a query or a description is asked of: named files and folders, else ``./dist``, else the bundled dataset.

    ``findings`` is what came up while records were mapped, once ``triples`` has been asked for.
    """

    def __init__(self, data: Sequence[str] = ()) -> None:
        self.data = tuple(data) or (default_data(),)
        self.knowledge = Knowledge()
        self.findings: list[Finding] = []

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that need no declaration."""
        return self.knowledge.prefixes

    @cached_property
    def triples(self) -> set[Triple]:
        """All triples: RDF as it is; where there are records, they are mapped and everything is inferred.

        Of a folder its RDF is read, or its records when it has none. InputError: something cannot be read.
        """
        triples: set[Triple] = set()
        records = []
        for text in self.data:
            files = rdf_files(Path(text))
            records += [] if files else [text]
            for file in files:
                triples.update(_parsed(file))
        return self._mapped(records, triples) if records else triples

    @cached_property
    def store(self) -> ox.Store:
        """The triples in an embedded store."""
        return store_of(self.triples)

    def text(self, question: str, given: Mapping[str, str]) -> str:
        """The SPARQL to run: a named query (``@name``) with its values, or the text itself. UsageError: no such query."""
        known = _named()
        if not question.startswith("@"):
            if question in known:
                raise UsageError(f"a named query is asked with @ before its name: @{question}")
            if given:
                raise UsageError("-p goes with a named query (@NAME)")
            return question
        if question[1:] not in known:
            raise UsageError(f"no named query {question}{nearest(question[1:], list(known))} (query --list shows them)")
        return bind(question_of(known[question[1:]]), given, self.resolve)

    def ask(self, sparql: str) -> Answer:
        """Run a query behind the gate."""
        return ask(self.store, sparql, self.prefixes)

    def unknown_terms(self, sparql: str) -> list[Finding]:
        """A warning for each term of the ontology's namespace that the query names and the ontology does not have."""
        return unknown_in_query(sparql, self.knowledge)

    def write_graph(self, triples: list[Triple], format_name: str) -> bytes:
        """Triples in a named RDF format."""
        return write_graph(triples, format_named(format_name), self.knowledge.context)

    def resolve(self, value: str, scheme: str | None) -> str:
        """A resource by IRI, CURIE, label, ``scheme:code``, code or identifier; with ``scheme``, one of its concepts.

        Concepts of another scheme of the same kind are taken by IRI, CURIE or ``scheme:code``. UsageError with did-you-mean.
        """
        resource = _as_iri(value, self.prefixes)
        if scheme is not None:
            return self._concept(value, scheme, resource)
        if resource is not None:
            return self._known(resource)
        concepts = self.knowledge.lexicon.schemes
        if value.partition(":")[0] in concepts.schemes:
            return self._concept(value, value.partition(":")[0])
        return self._named(value)

    def _known(self, resource: str) -> str:
        term = iri(resource)
        if any(term in (s, o) for s, _, o in self.triples):
            return resource
        shown = compact(resource, self.prefixes)
        known = sorted({compact(iri_text(s), self.prefixes) for s, _, _ in self.triples if s.startswith("<")})
        raise UsageError(f"nothing is said of {shown}{nearest(shown, known)}")

    def _concept(self, value: str, scheme: str, resource: str | None = None) -> str:
        schemes = self.knowledge.lexicon.schemes
        alike = [name for name in schemes.schemes if self._kinds[name] == self._kinds[scheme]]
        prefix = value.partition(":")[0]
        names = alike if resource is not None else [prefix] if prefix in alike else [scheme]
        try:
            concept = schemes.find(resource or value, names)
        except CellError as error:
            hint = f"; did you mean {error.suggestion!r}?" if error.suggestion else ""
            expected = f", expected {error.expected}" if error.expected else ""
            raise UsageError(f"{error.message}, found {value!r}{expected}{hint}") from None
        if concept is None:
            raise UsageError(f"{value!r} is no value of {scheme}")
        return concept.iri

    @cached_property
    def _kinds(self) -> dict[str, frozenset[str]]:
        """Scheme name → the classes of its concepts."""
        types: dict[str, set[str]] = {}
        for subject, predicate, kind in self.knowledge.schemes:
            if predicate == f"<{RDF}type>":
                types.setdefault(iri_text(subject), set()).add(kind)
        schemes = self.knowledge.lexicon.schemes.schemes
        return {name: frozenset(k for c in scheme.concepts for k in types[c]) for name, scheme in schemes.items()}

    def _named(self, value: str) -> str:
        names: dict[str, dict[str, int]] = {}
        written: dict[str, str] = {}
        for subject, predicate, name in self.triples:
            if predicate in NAMES and subject.startswith("<"):
                text = literal_parts(name).text
                found = names.setdefault(text.casefold(), {})
                found[subject] = min(found.get(subject, NAMES[predicate]), NAMES[predicate])
                written[text.casefold()] = min(written.get(text.casefold(), text), text)
        if value.casefold() not in names:
            raise UsageError(f"nothing is called {value!r}{self._hint(value, written.values())}")
        found = names[value.casefold()]
        best = sorted(subject for subject, rank in found.items() if rank == min(found.values()))
        if len(best) > 1:
            shown = ", ".join(compact(iri_text(one), self.prefixes) for one in best[:SHOWN])
            more = f" and {len(best) - SHOWN} more" if len(best) > SHOWN else ""
            raise UsageError(f"{value!r} is what {len(best)} resources are called; take one of {shown}{more}")
        return iri_text(best[0])

    def _hint(self, value: str, names: Iterable[str]) -> str:
        curie = _CURIE.fullmatch(value)
        if curie is not None:
            return f", and there is no prefix {curie[1]!r}{nearest(curie[1], list(self.prefixes))}"
        return nearest(value, sorted(names))

    def _mapped(self, paths: Sequence[str], triples: set[Triple]) -> set[Triple]:
        dataset = pipeline.read_dataset(paths, self.knowledge)
        self.findings += dataset.findings
        if dataset.refused:
            raise InputError(str(next(f for f in dataset.findings if f.severity == "violation")))
        full = triples | dataset.asserted | self.knowledge.background
        return full | infer(full, self.knowledge.rules, self.knowledge.prefixes)


def _named() -> dict[str, Path]:
    """The project's named queries, and those of a ``queries`` folder where the user is; of equal names the user's counts."""
    folders = (assets.path("queries"), Path("queries"))
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.rq"))}


def _entry(question: Question) -> list[str]:
    lines = [f"@{question.name}  {question.text}"]
    lines += [f"    {question.explanation}"] if question.explanation else []
    for parameter in question.parameters:
        kind = f"{parameter.type} {parameter.scheme}" if parameter.scheme else parameter.type
        value = shlex.quote(f"{parameter.name}={'…' if parameter.default is None else parameter.default}")
        lines.append(f"    -p {value}  {parameter.meaning} ({kind})")
    return lines


def default_data() -> str:
    """Where the default dataset lies: ``./dist`` if it is there, else the bundled dataset, else what that is built from."""
    here = Path(DEFAULT)
    if (here / FULL).is_file():
        return str(here)
    try:
        return str(bundled())
    except EngineError:
        return str(assets.examples())


def rdf_files(path: Path) -> list[Path]:
    """The RDF a path leads to: a build's full graph, a folder's RDF files, or the file itself; [] where it holds records."""
    if (path / BUILD).is_file():
        return [path / FULL]
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file() and format_for(file) is not None)
    return [path] if format_for(path) is not None else []


def _parsed(file: Path) -> list[Triple]:
    data_format = format_for(file)
    assert data_format is not None
    return parse(read_file(file), data_format, str(file))


def _as_iri(value: str, prefixes: Mapping[str, str]) -> str | None:
    text = value[1:-1] if value.startswith("<") and value.endswith(">") else value
    prefix, colon, local = text.partition(":")
    if not colon or (prefix not in prefixes and not local.startswith("//") and prefix not in ("urn", "mailto")):
        return None
    expanded = prefixes[prefix] + local.replace("\\/", "/") if prefix in prefixes else text
    try:
        return iri_text(iri(expanded))
    except ValueError:
        raise UsageError(f"{value!r} is no IRI") from None


def cache_folder() -> Path:
    """The user's cache folder, as each system has it. EngineError: the user has no home."""
    given = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", "")
    try:
        if sys.platform == "darwin":
            home = Path.home() / "Library" / "Caches"
        else:
            home = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    except RuntimeError as error:
        raise EngineError(f"no cache folder: {error}") from None
    return home / "mitigraph"
