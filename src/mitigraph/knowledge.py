"""The project's plain files, read once: ontology, schemes, shapes, rules, prefixes, mappings.

>>> knowledge = Knowledge()
>>> knowledge.prefixes["airmo"]
'https://w3id.org/airmo#'
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from mitigraph import assets
from mitigraph.errors import InputError
from mitigraph.formats import format_named
from mitigraph.infer import Rule, load_rules
from mitigraph.mapping import Lexicon, examine, load_mapping
from mitigraph.mapping import Mapping as RecordMapping
from mitigraph.mapping.shelf import Shelf
from mitigraph.parse import parse
from mitigraph.read.page_vocabulary import page_vocabulary
from mitigraph.terms import RDF, Triple, iri_text, is_iri, literal_parts
from mitigraph.vocabulary import Schemes

__all__ = ["BASE", "NAMESPACE", "Knowledge"]

BASE = "https://w3id.org/airmo/id/"
NAMESPACE = "https://w3id.org/airmo#"
OWL = "http://www.w3.org/2002/07/owl#"
_CHAIN = f"<{OWL}propertyChainAxiom>"
_VERSION = f"<{OWL}versionInfo>"
_DEPRECATED, _REPLACED_BY = f"<{OWL}deprecated>", "<http://purl.org/dc/terms/isReplacedBy>"
_FIRST, _REST = f"<{RDF}first>", f"<{RDF}rest>"


@dataclass(frozen=True)
class Knowledge:
    """Everything a build needs besides the sources; each part is read when it is first asked for.

    ``base`` is where individuals' IRIs begin; another one moves the prefix ``id`` with it. ``overrides``: whether it outranks
    the base that a mapping names itself.
    """

    base: str = BASE
    overrides: bool = True
    _folders: dict[str, Path] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def context(self) -> dict[str, Any]:
        """The JSON-LD context: the one prefix map and the terms of ``data.jsonld``."""
        context: dict[str, Any] = json.loads(assets.read("ontology", "context.jsonld"))["@context"]
        return {**context, "id": self.base}

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Prefix → namespace IRI."""
        return {
            name: value
            for name, value in self.context.items()
            if isinstance(value, str) and value.endswith(("#", "/")) and not name.startswith("@")
        }

    @cached_property
    def ontology(self) -> list[Triple]:
        """The triples of ``ontology/airmo.ttl``."""
        return _turtle([assets.path("ontology", "airmo.ttl")])

    @cached_property
    def schemes(self) -> list[Triple]:
        """The triples of all SKOS schemes."""
        return _turtle(assets.files("ontology", "schemes/*.ttl"))

    @cached_property
    def alignments(self) -> list[Triple]:
        """The triples of all alignments with other vocabularies."""
        return _turtle(assets.files("ontology", "alignments/*.ttl"))

    @cached_property
    def background(self) -> set[Triple]:
        """What stands in ``full`` besides the data: ontology, schemes and alignments."""
        return {*self.ontology, *self.schemes, *self.alignments}

    @cached_property
    def shapes(self) -> list[Triple]:
        """The triples of all shapes."""
        return _turtle(file for file in assets.files("shapes", "*.ttl") if file.stem != "consumer")

    @cached_property
    def rules(self) -> list[Rule]:
        """The inference rules."""
        return load_rules(assets.path("ontology", "rules"))

    @cached_property
    def version(self) -> str:
        """The ontology's own version."""
        return next(literal_parts(o).text for s, p, o in self.ontology if p == _VERSION and "#" not in s)

    @cached_property
    def reader_options(self) -> dict[str, object]:
        """What readers need to know: the page reader's closed vocabulary."""
        return {"vocabulary": page_vocabulary(self.schemes, assets.read("mappings", "page-wordings.csv"))}

    @cached_property
    def lexicon(self) -> Lexicon:
        """What mappings are checked against and look up."""
        kinds = [(iri_text(s), o) for s, p, o in self.ontology if p == f"<{RDF}type>" and is_iri(s)]
        replaced = {s: iri_text(o) for s, p, o in self.ontology if p == _REPLACED_BY}
        return Lexicon(
            schemes=Schemes.from_triples(self.schemes),
            prefixes=self.prefixes,
            terms=frozenset(term for term, _ in kinds),
            namespaces_checked=NAMESPACE,
            base=self.base if self.overrides else None,
            chains=_last_steps(self.ontology),
            classes=frozenset(term for term, kind in kinds if kind == f"<{OWL}Class>"),
            properties=frozenset(term for term, kind in kinds if kind.endswith("Property>")),
            deprecated={iri_text(s): replaced.get(s, "") for s, p, _ in self.ontology if p == _DEPRECATED},
        )

    @cached_property
    def mappings(self) -> Shelf:
        """The project's mappings by name, in the order of their names; each is read when it is asked for."""
        from mitigraph.mapping.yarrrml.offer import read_offer  # RDF is checked without any mapping

        files = {file.stem: file for file in assets.files("mappings", "*.yml")}
        offers = {name: read_offer(assets.read("mappings", file.name), file.name, self.prefixes) for name, file in files.items()}
        return Shelf(offers, lambda name: self._proven(files[name]))

    @cached_property
    def entry_mapping(self) -> RecordMapping:
        """The mapping of people's own entries, by itself."""
        return self._proven(assets.path("mappings", "entry.yml"))

    def mapping(self, file: Path) -> RecordMapping:
        """One mapping from its file. InputError: it cannot be read; MappingError: it is wrong, with all findings."""
        return load_mapping(self._text(file), file.name, self.lexicon)

    def _proven(self, file: Path) -> RecordMapping:
        """One of the project's own mappings."""
        return load_mapping(self._text(file), file.name, self.lexicon, is_proven=True)

    def named_mapping(self, name: str) -> RecordMapping:
        """A mapping by file, or by the name of one of the project's own. InputError: there is none."""
        return self.mapping(_named(name))

    def examined_mapping(self, name: str) -> RecordMapping:
        """The same, with all that is wrong with it among its findings. MappingError: it is no mapping at all."""
        file = _named(name)
        return examine(self._text(file), file.name, self.lexicon)

    def _text(self, file: Path) -> bytes:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise InputError(f"{file}: cannot be read: {error.strerror}") from error
        self._folders[file.name] = file.parent
        return data

    def folder(self, mapping: RecordMapping) -> Path:
        """Where the mapping's file lies, and with it the tables it brings along."""
        return self._folders[mapping.name]


def _named(name: str) -> Path:
    """The file of a mapping: of one of the project's own by its mere name. InputError: there is none of that name."""
    file = Path(name)
    if file.suffix or file.exists():
        return file
    own = {one.stem: one for one in assets.files("mappings", "*.yml")}
    if name not in own:
        near = get_close_matches(name, own, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(own)}, or name a file"
        raise InputError(f"there is no mapping {name!r}{hint}")
    return own[name]


def _turtle(files: Iterable[Path]) -> list[Triple]:
    turtle = format_named("turtle")
    return [triple for file in files for triple in parse(file.read_bytes(), turtle, file.name)]


def _last_steps(ontology: list[Triple]) -> dict[str, str]:
    """Property → the last property of its chain axiom: where a missing value of the first would have been asserted."""
    first = {s: o for s, p, o in ontology if p == _FIRST}
    rest = {s: o for s, p, o in ontology if p == _REST}
    steps: dict[str, str] = {}
    for subject, predicate, node in ontology:
        if predicate == _CHAIN:
            while rest.get(node) in first:
                node = rest[node]
            steps.setdefault(iri_text(subject), iri_text(first[node]))
    return steps
