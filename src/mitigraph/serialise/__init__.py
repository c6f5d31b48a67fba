"""Triples out, as text: deterministic, sorted, and proven by reading them back.

The same triples in any order give the same bytes, in every format.

>>> print(to_turtle([("<urn:a>", "<http://example.org/p>", '"x"@en')], {"ex": "http://example.org/"}).decode(), end="")
@prefix ex: <http://example.org/> .
<BLANKLINE>
<urn:a>
    ex:p "x"@en ;
.
"""

from mitigraph.serialise.convert import convert
from mitigraph.serialise.graph import write_graph, write_quads
from mitigraph.serialise.jsonld import dataset_to_jsonld, to_jsonld
from mitigraph.serialise.lines import to_nquads, to_ntriples
from mitigraph.serialise.prove import prove
from mitigraph.serialise.rdfxml import to_rdfxml
from mitigraph.serialise.turtle import to_trig, to_turtle
from mitigraph.serialise.write import Writing, write

__all__ = [
    "Writing",
    "convert",
    "dataset_to_jsonld",
    "prove",
    "to_jsonld",
    "to_nquads",
    "to_ntriples",
    "to_rdfxml",
    "to_trig",
    "to_turtle",
    "write",
    "write_graph",
    "write_quads",
]
