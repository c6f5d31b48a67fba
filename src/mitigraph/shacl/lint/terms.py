"""Words of SHACL that are none, or that nothing here applies: an engine would pass over them in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from mitigraph.shacl.lint.graph import FIRST, Fault, ShapesGraph
from mitigraph.shacl.vocabulary import SH, TARGETS, TERMS, sh
from mitigraph.terms import RDF, XSD

__all__ = ["stray_terms", "unknown_datatypes", "unknown_terms"]

_ADVANCED = """
    condition construct count distinct else exists expression ExpressionConstraintComponent filterShape Function groupConcat if
    intersection limit max min nodes object offset orderBy predicate returnType Rule rule SPARQLConstructExecutable SPARQLFunction
    SPARQLRule SPARQLTarget SPARQLTargetType SPARQLUpdateExecutable subject sum target Target TargetType then this TripleRule
    union update values annotationProperty annotationValue annotationVarName resultAnnotation ResultAnnotation
"""
_SCRIPT = """
    js JSConstraint JSExecutable JSFunction JSLibrary jsFunctionName jsLibrary jsLibraryURL JSRule JSTarget JSTargetType
    JSValidator
"""
_REPORT = """
    AbstractResult conforms detail focusNode result resultMessage resultPath resultSeverity sourceConstraint
    sourceConstraintComponent sourceShape ValidationReport ValidationResult value
"""
_KINDS = {
    **dict.fromkeys(_ADVANCED.split(), "a term of SHACL-AF, which is not applied here"),
    **dict.fromkeys(_SCRIPT.split(), "a term of SHACL-JS, which is not applied here"),
    **dict.fromkeys(_REPORT.split(), "a term of reports, not of shapes"),
}
_FURTHER = ("QName", "NOTATION", "ID", "IDREF", "ENTITY", "anySimpleType", "anyAtomicType")
_OF_RDF = ("langString", "dirLangString", "HTML", "XMLLiteral", "JSON", "PlainLiteral")
_REPORT_TERMS = frozenset(sh(name) for name in _REPORT.split())
_PREFIX = "<" + SH
_LIKE_SHACL = re.compile(r"<(?!http://www\.w3\.org/ns/shacl#)https?://(?:www\.)?w3\.org/ns/shacl[#/]?\w*>", re.IGNORECASE)
_CORE_COMPONENT = "ConstraintComponent>"


def unknown_terms(graph: ShapesGraph) -> Iterator[Fault]:
    """A fault for each use of a SHACL term that is unknown or not applied here, on a shape or on what belongs to one; and for
    each namespace that only looks like that of SHACL."""
    yield from _other_namespaces(graph)
    speaking = _speaking(graph)
    yield from (fault for fault in _unknown(graph) if fault.node in speaking)


def stray_terms(graph: ShapesGraph) -> Iterator[Fault]:
    """The same on other nodes, where no engine looks; what describes SHACL itself, and reports, are let be."""
    speaking = _speaking(graph)
    return (fault for fault in _unknown(graph) if fault.node not in speaking)


def _other_namespaces(graph: ShapesGraph) -> Iterator[Fault]:
    for triple in graph.triples:
        for term in triple[1:]:
            if term[0] == "<" and _LIKE_SHACL.fullmatch(term):
                yield Fault(f"{graph.named(triple[0])} uses {term}, but the namespace of SHACL is <{SH}>", *triple)


def _unknown(graph: ShapesGraph) -> Iterator[Fault]:
    for subject, predicate, value in graph.triples:
        reports = subject not in graph.shapes
        if subject.startswith(_PREFIX) and reports:
            continue
        for term in (predicate, value):
            if term.startswith(_PREFIX) and term not in TERMS and not (reports and _of_reports(term)):
                yield Fault(_message(graph.named(subject), term[len(_PREFIX) : -1]), subject, predicate, value)


def _speaking(graph: ShapesGraph) -> set[str]:
    """The nodes that use the words of SHACL, or are the value of one."""
    found = {subject for subject, predicate, _ in graph.triples if predicate in TERMS}
    return found | {value for _, predicate, value in graph.triples if predicate == FIRST or _refers(predicate)}


def unknown_datatypes(graph: ShapesGraph) -> Iterator[Fault]:
    """A fault for each sh:datatype in the namespace of XML Schema or RDF that is not there: no literal has it."""
    from mitigraph.shacl.xsd import DATATYPES  # its expressions take their time to compile

    of_xsd = [iri.removeprefix(XSD) for iri in sorted(DATATYPES) if iri.startswith(XSD)]
    spaces = (("xsd", XSD, of_xsd, (*of_xsd, *_FURTHER)), ("rdf", RDF, _OF_RDF, _OF_RDF))
    for subject, predicate, value in graph.triples:
        for prefix, space, common, known in spaces if predicate == sh("datatype") else ():
            name = value.removeprefix(f"<{space}")[:-1]
            if value.startswith(f"<{space}") and name not in known:
                close = get_close_matches(name, common, n=1)
                hint = f"; did you mean {prefix}:{close[0]}?" if close else ""
                message = f"{graph.named(subject)} asks for the unknown datatype {prefix}:{name}{hint}"
                yield Fault(message, subject, predicate, value)


def _refers(predicate: str) -> bool:
    return predicate.startswith(_PREFIX) and predicate not in TARGETS


def _of_reports(term: str) -> bool:
    return term in _REPORT_TERMS or term.endswith(_CORE_COMPONENT)


def _message(node: str, name: str) -> str:
    if name in _KINDS:
        return f"{node} uses sh:{name}, {_KINDS[name]}"
    names = {known[len(_PREFIX) : -1].lower(): known[len(_PREFIX) : -1] for known in sorted(TERMS)}
    close = get_close_matches(name.lower(), names, n=1)
    hint = f"; did you mean sh:{names[close[0]]}?" if close else " (SHACL Core and SHACL-SPARQL are understood)"
    return f"{node} uses the unknown SHACL term sh:{name}{hint}"
