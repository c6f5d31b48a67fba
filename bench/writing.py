"""Canonical Turtle: our writer against rdflib's ``longturtle``, which is its stable form for files under version control."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from bench.measure import Row, said

__all__ = ["rows"]

TRIPLES = 209_000
SHARE = 10
AIRMO, RDFS, DCTERMS = "https://w3id.org/airmo#", "http://www.w3.org/2000/01/rdf-schema#", "http://purl.org/dc/terms/"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
PREFIXES = {"airmo": AIRMO, "rdfs": RDFS, "dcterms": DCTERMS, "ex": "https://example.org/id/"}


def rows(full: bool) -> Iterator[Row]:
    """The same triples for both; rdflib gets a tenth of them unless ``full``."""
    share = 1 if full else SHARE
    if share > 1:
        yield Row(f"Turtle, {TRIPLES:,} triples", said("bench.writing", "ours", str(TRIPLES)), note="writing alone, median of 3")
    number = TRIPLES // share
    note = "writing alone, median of 3" + ("" if full else f"; a tenth of the {TRIPLES:,}, all with --full")
    ours, peer = (said("bench.writing", which, str(number)) for which in ("ours", "rdflib"))
    yield Row(f"Turtle, {number:,} triples", ours, "rdflib longturtle", peer, note)


def triples(number: int) -> list[tuple[str, str, str]]:
    """Eleven triples for each of so many mitigations as give the number, without blank nodes, in no helpful order."""
    made = []
    for i in range(number // 11):
        subject = f"<https://example.org/id/m-{i * 7919 % 100_003}-{i}>"
        made += [
            (subject, RDF_TYPE, f"<{AIRMO}Mitigation>"),
            (subject, f"<{RDFS}label>", f'"Mitigation number {i}"@en'),
            (subject, f"<{DCTERMS}description>", f'"What it does, \\"in words\\",\\nover two lines: {i}"@en'),
            (subject, f"<{DCTERMS}identifier>", f'"{i:06}"'),
            (subject, f"<{AIRMO}rank>", f'"{i}"^^<http://www.w3.org/2001/XMLSchema#integer>'),
            *((subject, f"<{AIRMO}mitigatesRisk>", f"<https://example.org/id/r-{(i * k) % 997}>") for k in (3, 5, 7)),
            *((subject, f"<{AIRMO}hasCategory>", f"<https://example.org/id/c.{(i * k) % 89}>") for k in (1, 2)),
            (subject, f"<{AIRMO}describedIn>", f"<https://example.org/id/d-{i % 1009}>"),
        ]
    return made


def _ours(number: int) -> float:
    from mitigraph.serialise import to_turtle

    made = set(triples(number))
    began = time.perf_counter()
    to_turtle(made, PREFIXES)
    return time.perf_counter() - began


def _rdflib(number: int) -> float:
    from rdflib import Graph

    graph = Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    graph.parse(data="".join(f"{s} {p} {o} .\n" for s, p, o in triples(number)), format="nt")
    began = time.perf_counter()
    graph.serialize(format="longturtle", encoding="utf-8")
    return time.perf_counter() - began


if __name__ == "__main__":
    print({"ours": _ours, "rdflib": _rdflib}[sys.argv[1]](int(sys.argv[2])))
