"""Inference: the project's rules on the embedded store against owlrl, the pure-Python OWL 2 RL engine.

The two do not derive the same: owlrl makes the whole OWL 2 RL closure, our rules what the ontology promises to publish. That
the rules lack nothing of it is what the tests of the rules check; here only time counts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import chain, count

from bench.measure import Row, said
from mitigraph.terms import Triple

__all__ = ["rows"]

TRIPLES = 18_000
SHARE = 3_500


def rows(full: bool) -> Iterator[Row]:
    """So many copies of the example that there are 18,000 triples; owlrl gets fewer unless ``full``."""
    runs = 3
    if not full:
        yield Row(f"inference, {TRIPLES:,} triples", said("bench.inference", "ours", str(TRIPLES), runs=runs), note="median of 3")
    number = TRIPLES if full else SHARE
    ours = said("bench.inference", "ours", str(number), runs=runs)
    peer = said("bench.inference", "owlrl", str(number), runs=1)
    note = f"median of 3, owlrl once{'' if full else f'; {number:,} triples because owlrl takes long, all with --full'}"
    yield Row(f"inference, {number:,} triples", ours, "owlrl", peer, note)


def graph(number: int) -> set[Triple]:
    """The ontology, then the example's data, the schemes, and copies of the data under other names, up to a number of triples."""
    from mitigraph import assets, pipeline
    from mitigraph.knowledge import Knowledge

    knowledge = Knowledge()
    data = sorted(pipeline.read_dataset([str(assets.examples())], knowledge).asserted)
    made = set(knowledge.ontology)
    copies = ([_renamed(triple, copy) for triple in data] for copy in count(1))
    for part in chain([data, sorted(knowledge.schemes)], copies):
        made.update(part[: number - len(made)])
        if len(made) >= number:
            return made
    raise AssertionError("copies never end")


def _renamed(triple: Triple, copy: int) -> Triple:
    s, p, o = (term.replace("https://w3id.org/airmo/id/", f"https://w3id.org/airmo/id/copy-{copy}/") for term in triple)
    return s, p, o


def _ours(number: int) -> float:
    from mitigraph.infer import infer
    from mitigraph.knowledge import Knowledge

    made, knowledge = graph(number), Knowledge()
    rules, prefixes = knowledge.rules, knowledge.prefixes
    began = time.perf_counter()
    infer(made, rules, prefixes)
    return time.perf_counter() - began


def _owlrl(number: int) -> float:
    from owlrl import DeductiveClosure, OWLRL_Semantics
    from rdflib import Graph

    closed = Graph()
    closed.parse(data="".join(f"{s} {p} {o} .\n" for s, p, o in graph(number)), format="nt")
    began = time.perf_counter()
    DeductiveClosure(OWLRL_Semantics).expand(closed)
    return time.perf_counter() - began


if __name__ == "__main__":
    print({"ours": _ours, "owlrl": _owlrl}[sys.argv[1]](int(sys.argv[2])))
