"""The words mappings are written with in RDF: RML of today and before, and ours for what RML has no word for.

``rml.subjectMap`` is an IRI, and so for every space of names here. Ours are explained in mappings/rml-extension.md. A mapping
written in the words of before is read with each replaced by today's:

>>> modern("http://www.w3.org/ns/r2rml#template") == rml.template, modern("urn:other")
(True, 'urn:other')
"""

from __future__ import annotations

from mitigraph.mapping.grel import GREL, IDLAB
from mitigraph.mapping.names import MG

__all__ = [
    "FORMULATIONS",
    "OPTIONS",
    "PREFIXES",
    "TERM_TYPES",
    "WRITTEN_AS",
    "Names",
    "csvw",
    "fnml",
    "fno",
    "legacy",
    "modern",
    "ours",
    "ql",
    "rml",
    "rr",
]


class Names:
    """A space of names; its attributes are the IRIs in it. A name that Python keeps for itself ends with an underscore.

    >>> Names("http://example.org/").label, Names("http://example.org/").class_
    ('http://example.org/label', 'http://example.org/class')
    """

    def __init__(self, space: str) -> None:
        self.space = space

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.space + name.removesuffix("_")


rml = Names("http://w3id.org/rml/")
legacy = Names("http://semweb.mmlab.be/ns/rml#")
rr = Names("http://www.w3.org/ns/r2rml#")
ql = Names("http://semweb.mmlab.be/ns/ql#")
fnml = Names("http://semweb.mmlab.be/ns/fnml#")
fno = Names("https://w3id.org/function/ontology#")
csvw = Names("http://www.w3.org/ns/csvw#")
ours = Names("https://w3id.org/airmo/mapping#")
"""Our own words, by where they stand:

- the mapping (``Mapping``): ``base`` and ``dataset``, texts (its title: dcterms:title, its authors: dcterms:creator);
  ``sources``, ``triplesMaps`` → list of them, as records are read in that order; ``lookup`` → [``name``,
  ``entries`` → list of [``key``, ``labels`` → list]]
- a logical source: ``format`` ``match`` ``column`` ``topLevelKey`` ``optional`` ``bundled``, ``alternativeTo`` →
  logical source, ``fields`` → list of [``name``, and what a term map has to make a value], ``condition`` → [what a term map has
  to make a value], a reader's option by its name
- a triples map: ``each``, ``fields`` as above, ``condition`` → [what a term map has to make a value],
  ``partOf`` → triples map: the same, over another source or with another subject, as RML wants one of each; what else is said
  of such a part in words of RML is said again of the first, and joins with its parts are one join
- a predicate-object map: ``condition`` as above; a join (object map): ``unmatched``, a severity
- wherever a value is made: ``several`` → list of [what a term map has to make a value], all of whose values it has

Names are the fragments of IRIs, percent-decoded; of a source without ``.source``: ``#risk``, ``#rows.source``.
"""

PREFIXES = {
    "rml": rml.space,
    "csvw": csvw.space,
    "map": ours.space,
    "mg": MG,
    "grel": GREL,
    "idlab-fn": IDLAB,
}
"""What Turtle written by us is prefixed with, beside the mapping's own."""

TERM_TYPES = {
    "iri": rml.IRI,
    "uri": rml.URI,
    "unsafe-iri": rml.UnsafeIRI,
    "unsafe-uri": rml.UnsafeURI,
    "blank": rml.BlankNode,
    "literal": rml.Literal,
}
"""Kinds of term maps (plan.TERM_TYPES) → RML's."""

FORMULATIONS = {rml.CSV: "csv", rml.JSONPath: "json"}
"""Reference formulations → the format that one stands for, where the file's suffix or ``ours.format`` does not tell."""

OPTIONS = {
    name: getattr(csvw, name)
    for name in (
        *("commentPrefix", "delimiter", "doubleQuote", "encoding", "header", "headerRowCount", "lineTerminators", "null"),
        *("quoteChar", "skipBlankRows", "skipColumns", "skipInitialSpace", "skipRows", "trim"),
    )
}
"""Options of readers that CSV on the Web has a word for. ``null`` stands on the csvw:Table that is the source, the others on its
csvw:dialect. Every other option, and every option where the source is no table, stands on the logical source: ``ours`` + name;
so does ``trim`` where it is true, as tables are trimmed that say nothing of it."""

_SAME_WORDS = """TriplesMap SubjectMap PredicateMap ObjectMap PredicateObjectMap RefObjectMap GraphMap Join TermMap
    subjectMap predicateMap objectMap graphMap predicateObjectMap parentTriplesMap joinCondition child parent
    subject predicate object graph class constant template reference datatype language termType
    IRI BlankNode Literal defaultGraph"""
_SAME_LEGACY_WORDS = """LogicalSource BaseSource logicalSource source query iterator referenceFormulation reference
    template constant termType languageMap datatypeMap childMap parentMap child parent"""

_MODERN = {
    **{rr.space + name: rml.space + name for name in _SAME_WORDS.split()},
    **{legacy.space + name: rml.space + name for name in _SAME_LEGACY_WORDS.split()},
    **{ql.space + name: rml.space + name for name in ("CSV", "JSONPath", "XPath")},
    rr.column: rml.reference,
    rr.logicalTable: rml.logicalSource,
    legacy.languageMap: rml.languageMap,
    fnml.execution: rml.functionExecution,
    fnml.function: rml.function,
    fnml.functionMap: rml.functionMap,
    fnml.input: rml.input,
    fnml.parameter: rml.parameter,
    fnml.parameterMap: rml.parameterMap,
    fnml.return_: rml.return_,
    fnml.returnMap: rml.returnMap,
    fnml.value: rml.inputValue,
    fnml.valueMap: rml.inputValueMap,
    "http://w3id.org/function/ontology#executes": fno.executes,
}
"""Words of before → today's. ``fnml.functionValue`` (with fno:executes) has another shape and is not among them."""


def modern(iri: str) -> str:
    """Today's word for one of before; any other IRI as it is."""
    return _MODERN.get(iri, iri)


_TEXT = {"value": f"{GREL}valueParameter"}
_PART = {**_TEXT, "part": f"{GREL}string_sub"}
_COMPARED = {"left": f"{GREL}valueParameter", "right": f"{GREL}valueParameter2"}
_CONDITIONS = {"*conditions": f"{GREL}param_rep_b"}

WRITTEN_AS = {
    "lower": (f"{GREL}toLowerCase", _TEXT),
    "upper": (f"{GREL}toUpperCase", _TEXT),
    "trim": (f"{GREL}string_trim", _TEXT),
    "length": (f"{GREL}string_length", _TEXT),
    "contains": (f"{GREL}string_contains", _PART),
    "startsWith": (f"{GREL}string_startsWith", _PART),
    "endsWith": (f"{GREL}string_endsWith", _PART),
    "replaceText": (
        f"{GREL}string_replace",
        {**_TEXT, "find": f"{GREL}p_string_find", "new": f"{GREL}p_string_replace"},
    ),
    "not": (f"{GREL}boolean_not", {"condition": f"{GREL}bool_b"}),
    "and": (f"{GREL}boolean_and", _CONDITIONS),
    "or": (f"{GREL}boolean_or", _CONDITIONS),
    "choose": (
        f"{GREL}controls_if",
        {"condition": f"{GREL}bool_b", "then": f"{GREL}any_true", "otherwise": f"{GREL}any_false"},
    ),
    "equal": (f"{IDLAB}equal", _COMPARED),
    "notEqual": (f"{IDLAB}notEqual", _COMPARED),
}
"""Our functions that are written as those of GREL and IDLab's library, which other engines know: their IRI, and the IRIs of
their parameters. Of all other functions the IRI is ``mg:NAME``, of parameters ``mg:PARAMETER``; what is given as ``*name``, which
takes any number of values, is ``rdf:_1``, ``rdf:_2`` …, as order matters there. ``mapping.names`` reads all these again."""
