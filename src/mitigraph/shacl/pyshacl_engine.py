"""pySHACL as the engine: triples to rdflib and back, its failures as our errors, its results in a fixed order."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pyshacl
from pyshacl.errors import ReportableRuntimeError
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from mitigraph.errors import EngineError, InputError
from mitigraph.shacl.result import Result
from mitigraph.shacl.targets import hoist, narrow, relevant
from mitigraph.shacl.vocabulary import SH, Index, index, members, sh
from mitigraph.terms import RDF, Triple, iri_text, is_iri, is_literal, literal, literal_parts

__all__ = ["check"]

_SEVERITIES = {sh("Info"): "info", sh("Warning"): "warning"}
_LOGGERS = ("rdflib.term", "pyshacl-validate")
_FAILURES = (RuntimeError, ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError)
_PATH_FORMS = {"inversePath": "^({})", "zeroOrMorePath": "({})*", "oneOrMorePath": "({})+", "zeroOrOnePath": "({})?"}


def check(data: Iterable[Triple], shapes: Iterable[Triple], focus: Iterable[str] | None = None) -> list[Result]:
    """See ``mitigraph.shacl.validate``."""
    rules = list(shapes)
    facts = relevant(data, rules)
    usable = hoist(rules)
    if focus is not None:
        usable = narrow(usable, facts, focus)
    report = _run(_graph(facts), _graph(usable))
    known = index(rules)
    rows = report.subject_objects(URIRef(SH + "result"))
    return sorted({_result(report, node, known) for _, node in rows}, key=Result.sort_key)


def _run(data: Graph, shapes: Graph) -> Graph:
    with _quiet():
        try:
            conforms, report, text = pyshacl.validate(
                data,
                shacl_graph=shapes,
                inplace=True,
                advanced=False,
                meta_shacl=False,
                inference="none",
                do_owl_imports=False,
                js=False,
            )
        except ReportableRuntimeError as error:
            raise InputError(f"could not check: {_first_line(error)}") from error
        except _FAILURES as error:
            raise EngineError(f"could not check: {_first_line(error)}") from error
    if not isinstance(report, Graph):
        raise EngineError(f"could not check: {_first_line(text)}")
    if conforms != ((None, URIRef(SH + "result"), None) not in report):
        raise EngineError("could not check: the engine contradicts its own report")
    return report


@contextmanager
def _quiet() -> Iterator[None]:
    """Ill-typed literals and broken shapes are findings or errors here, not log lines on somebody's terminal."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.disabled for logger in loggers]
    try:
        for logger in loggers:
            logger.disabled = True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled


def _first_line(error: object) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _graph(triples: Iterable[Triple]) -> Graph:
    graph = Graph(bind_namespaces="none")
    cache: dict[str, Node] = {}
    add: Callable[..., None] = graph.store.add
    with _quiet():
        for triple in triples:
            for term in triple:
                if term not in cache:
                    cache[term] = _node(term)
            subject, predicate, value = triple
            add((cache[subject], cache[predicate], cache[value]), graph)
    return graph


def _node(term: str) -> Node:
    if is_iri(term):
        return URIRef(iri_text(term))
    if not is_literal(term):
        return BNode(term.removeprefix("_:"))
    text, language, datatype = literal_parts(term)
    return Literal(text, lang=language) if language else Literal(text, datatype=URIRef(datatype), normalize=False)


def _term(node: Node) -> str:
    if isinstance(node, Literal):
        return literal(str(node), str(node.datatype) if node.datatype else None, node.language)
    return f"_:{node}" if isinstance(node, BNode) else f"<{node}>"


def _result(report: Graph, node: Node, shapes: Index) -> Result:
    parts = {str(predicate): _term(value) for predicate, value in report.predicate_objects(node)}

    def part(name: str) -> str | None:
        return parts.get(SH + name)

    shape, component = part("sourceShape") or "", part("sourceConstraintComponent") or ""
    paths = shapes.get(shape, {}).get(sh("path"), [])
    told = part("resultPath")  # of sh:closed that is the property, not the shape's own path
    path = _path(shapes, paths[0]) if paths and not is_iri(told or "") else told
    severity = _SEVERITIES.get(part("resultSeverity") or "", "violation")
    message = _message(report, node, component)
    return Result(part("focusNode") or "", path, part("value"), shape, component, severity, message)


def _message(report: Graph, node: Node, component: str) -> str:
    """The message without language or in English, else the first; the component's name where a shape gives none."""
    found = [value for value in report.objects(node, URIRef(SH + "resultMessage")) if isinstance(value, Literal)]
    ranked = sorted((text.language not in (None, "en"), text.language or "", str(text)) for text in found)
    return ranked[0][2] if ranked else component.strip("<>").rpartition("#")[2]


def _path(shapes: Index, path: str) -> str:
    """A SHACL path as a SPARQL property path (SHACL, section 2.3.1)."""
    rows = shapes.get(path, {})
    if is_iri(path):
        return path
    if f"<{RDF}first>" in rows:
        return "/".join(_step(shapes, step) for step in members(shapes, path))
    for head in rows.get(sh("alternativePath"), []):
        return "|".join(_step(shapes, step) for step in members(shapes, head))
    for name, form in _PATH_FORMS.items():
        for inner in rows.get(sh(name), []):
            return form.format(_path(shapes, inner)).replace(f"({inner})", inner)
    return path


def _step(shapes: Index, path: str) -> str:
    text = _path(shapes, path)
    return text if is_iri(path) or sh("inversePath") in shapes.get(path, {}) else f"({text})"
