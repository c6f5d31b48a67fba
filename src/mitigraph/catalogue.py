"""What a build tells catalogues of its dataset: true counts (VoID) and where each file is had (DCAT 3).

The dataset is the full graph; the asserted data, the concept schemes and the ontology are subsets of it. Its name is the
project's own only where the sources are exactly the bundled ones: what others build is theirs to name, license and sign.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from mitigraph import assets, read
from mitigraph.formats import format_for, format_named
from mitigraph.gather import Found
from mitigraph.knowledge import BASE, Knowledge
from mitigraph.parse import parse
from mitigraph.terms import RDF, XSD, Triple, iri, is_iri, literal

__all__ = ["GRAPHS", "dataset_iri", "dcat", "is_bundled", "void"]

DATASET = "https://w3id.org/airmo/dataset"
GRAPHS = {
    "data.ttl": "The asserted data as Turtle",
    "full.ttl": "Ontology, schemes, asserted and inferred data in one Turtle file",
    "full.nt": "Ontology, schemes, asserted and inferred data in one N-Triples file",
    "data.jsonld": "The asserted data as JSON-LD",
    "ontology.ttl": "The ontology",
    "schemes.ttl": "The concept schemes",
    "shapes.ttl": "The SHACL shapes",
}
"""The graph files of a build and what each is called."""

_TYPE = f"<{RDF}type>"
_DCAT, _DCTERMS = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
_SPDX, _VOID = "http://spdx.org/rdf/terms#", "http://rdfs.org/ns/void#"
_LICENCE = f"<{_DCTERMS}license>"


def is_bundled(sources: Iterable[Found]) -> bool:
    """Whether the sources are exactly those of the bundled example: all of its data, and nothing that is not in its folder."""
    folder = {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in assets.files("examples", "**/*") if file.is_file()}
    data = {digest for file, digest in folder.items() if read.format_of(file.name) is not None}
    return data <= {source.content.sha256 for source in sources} <= set(folder.values())


def dataset_iri(base: str, bundled: bool) -> str:
    """What the dataset of a build is called.

    >>> dataset_iri(BASE, True), dataset_iri("https://example.org/id/", False)
    ('https://w3id.org/airmo/dataset', 'https://example.org/id/dataset')
    """
    return DATASET if bundled and base == BASE else f"{base}dataset"


def void(dataset: str, full: set[Triple], asserted: set[Triple], knowledge: Knowledge) -> list[Triple]:
    """Counts of the full graph and of its subsets, and of the full graph a partition by class and by property (VoID, 4)."""
    subsets: dict[str, tuple[Collection[Triple], tuple[str, ...]]] = {
        "asserted": (asserted, ("data.ttl", "data.jsonld")),
        "schemes": (set(knowledge.schemes), ("schemes.ttl",)),
        "ontology": (set(knowledge.ontology), ("ontology.ttl",)),
    }
    triples = [*_counted(dataset, iri(dataset), full, ("full.nt", "full.ttl")), *_partitions(dataset, full)]
    for name, (graph, files) in subsets.items():
        subset = _part(dataset, name)
        triples += [(iri(dataset), f"<{_VOID}subset>", subset), *_counted(dataset, subset, graph, files)]
    return triples


def dcat(dataset: str, files: Mapping[str, bytes], date: str | None, knowledge: Knowledge, bundled: bool) -> list[Triple]:
    """The ``dcat:Dataset`` with one ``dcat:Distribution`` for each graph file (DCAT 3, sections 6.6 and 6.8).

    A file is downloaded from under the dataset's IRI. Licences are stated where they are known: of the bundled data, and of
    what states its own.
    """
    about = _about(dataset, bundled)
    licences = {
        "data": _licences(about),
        "full": _licences(about),
        "ontology": _licences(knowledge.ontology),
        "schemes": _licences(knowledge.schemes),
        "shapes": _licences(knowledge.shapes),
    }
    modified = [(iri(dataset), f"<{_DCTERMS}modified>", literal(date, XSD + "date"))] if date else []
    distributions = (_distribution(dataset, name, files[name], licences[name.partition(".")[0]]) for name in GRAPHS)
    return [*about, *modified, *(triple for one in distributions for triple in one)]


def _about(dataset: str, bundled: bool) -> list[Triple]:
    """What is said of the dataset itself; of one that is not the bundled one, makers and licence are not ours to state."""
    if bundled:
        triples = parse(assets.read("ontology", "dataset.ttl"), format_named("turtle"), "dataset.ttl")
        return [(iri(dataset) if s == iri(DATASET) else s, p, o) for s, p, o in triples]
    title = literal("Dataset of AI-risk mitigations built with mitigraph", language="en")
    return [(iri(dataset), _TYPE, f"<{_DCAT}Dataset>"), (iri(dataset), f"<{_DCTERMS}title>", title)]


def _licences(triples: Iterable[Triple]) -> list[str]:
    return sorted({o for _, p, o in triples if p == _LICENCE})


def _distribution(dataset: str, name: str, data: bytes, licences: Iterable[str]) -> list[Triple]:
    data_format = format_for(name)
    assert data_format is not None
    node, checksum = _part(dataset, name), _part(dataset, f"{name}-checksum")
    media = iri(f"https://www.iana.org/assignments/media-types/{data_format.media_type}")
    return [
        (iri(dataset), f"<{_DCAT}distribution>", node),
        (node, _TYPE, f"<{_DCAT}Distribution>"),
        (node, f"<{_DCTERMS}title>", literal(GRAPHS[name], language="en")),
        (node, f"<{_DCAT}accessURL>", iri(dataset)),
        (node, f"<{_DCAT}downloadURL>", _file(dataset, name)),
        (node, f"<{_DCAT}mediaType>", media),
        (node, f"<{_DCAT}byteSize>", literal(str(len(data)), XSD + "nonNegativeInteger")),
        *((node, _LICENCE, licence) for licence in licences),
        (node, f"<{_SPDX}checksum>", checksum),
        (checksum, _TYPE, f"<{_SPDX}Checksum>"),
        (checksum, f"<{_SPDX}algorithm>", f"<{_SPDX}checksumAlgorithm_sha256>"),
        (checksum, f"<{_SPDX}checksumValue>", literal(hashlib.sha256(data).hexdigest(), XSD + "hexBinary")),
    ]


def _counted(dataset: str, node: str, graph: Collection[Triple], files: Iterable[str]) -> list[Triple]:
    """A ``void:Dataset`` with what is counted in it and the files that hold all of it."""
    numbers = {
        "triples": len(graph),
        "distinctSubjects": len({s for s, _, _ in graph}),
        "distinctObjects": len({o for _, _, o in graph}),
        "classes": len({o for _, p, o in graph if p == _TYPE}),
        "properties": len({p for _, p, _ in graph}),
    }
    return [
        (node, _TYPE, f"<{_VOID}Dataset>"),
        *((node, f"<{_VOID}dataDump>", _file(dataset, name)) for name in files),
        *((node, f"<{_VOID}{name}>", _integer(number)) for name, number in numbers.items()),
    ]


def _partitions(dataset: str, full: set[Triple]) -> list[Triple]:
    classes = Counter(o for _, p, o in full if p == _TYPE and is_iri(o))
    predicates = Counter(p for _, p, _ in full)
    triples = []
    for kind, counted, measure in (("class", classes, "entities"), ("property", predicates, "triples")):
        for term, number in sorted(counted.items()):
            part = _part(dataset, f"{kind}-{hashlib.sha256(term.encode()).hexdigest()[:12]}")
            triples += [
                (iri(dataset), f"<{_VOID}{kind}Partition>", part),
                (part, f"<{_VOID}{kind}>", term),
                (part, f"<{_VOID}{measure}>", _integer(number)),
            ]
    return triples


def _part(dataset: str, name: str) -> str:
    """A part of the dataset. Where its IRI has a fragment already, that one goes on: an IRI has only one."""
    return iri(f"{dataset}{'-' if '#' in dataset else '#'}{name}")


def _file(dataset: str, name: str) -> str:
    return iri(f"{dataset}/{name}")


def _integer(number: int) -> str:
    return literal(str(number), XSD + "integer")
