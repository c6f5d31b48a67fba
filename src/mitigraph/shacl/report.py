"""A ``sh:ValidationReport`` as triples (SHACL, section 3.6).

>>> from mitigraph.shacl.result import Result
>>> missing = Result("<urn:a>", "^<urn:p>", None, "<urn:s>", "<urn:c>", "info", "p is missing")
>>> report = report_graph([missing], "https://example.org/")
>>> [o for _, p, o in report if p in (sh("resultSeverity"), sh("inversePath"), sh("resultMessage"))]
['<http://www.w3.org/ns/shacl#Info>', '"p is missing"', '<urn:p>']
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from mitigraph.shacl import paths
from mitigraph.shacl.result import Result
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import RDF, XSD, Triple, iri, literal

__all__ = ["report_graph"]

_TYPE, _FIRST, _REST, _NIL = (f"<{RDF}{word}>" for word in ("type", "first", "rest", "nil"))
_REPEATED = {
    paths.Inverse: sh("inversePath"),
    paths.ZeroOrMore: sh("zeroOrMorePath"),
    paths.OneOrMore: sh("oneOrMorePath"),
    paths.ZeroOrOne: sh("zeroOrOnePath"),
}


def report_graph(results: Sequence[Result], base: str) -> list[Triple]:
    """The report, all it says of results and of the results within them; paths are structures of blank nodes.

    Results are named by the hash of their content, so diffs stay small; the hash leaves out where individuals begin: another
    base moves the names and keeps the rest. A result that is given twice gets two names.
    """
    writer = _Writer(base)
    report = iri(f"{base}report")
    conforms = literal("false" if results else "true", XSD + "boolean")
    triples = [(report, _TYPE, sh("ValidationReport")), (report, sh("conforms"), conforms)]
    for result in results:
        triples += writer.result(report, sh("result"), result)
    return triples


class _Writer:
    """Names of results and of the blank nodes of their paths, each given once."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._given: Counter[str] = Counter()

    def result(self, above: str, link: str, result: Result) -> Iterator[Triple]:
        """A result under a report or under another result."""
        key = hashlib.sha256(f"{link}{result!r}".replace(self._base, "").encode()).hexdigest()[:16]
        self._given[key] += 1
        key += f"-{self._given[key]}" if self._given[key] > 1 else ""
        node = iri(f"{self._base}report/{key}")
        yield above, link, node
        yield node, _TYPE, sh("ValidationResult")
        for word, term in _parts(result).items():
            if term is not None:
                yield node, sh(word), term
        for message in result.messages or (literal(result.message),):
            yield node, sh("resultMessage"), message
        if result.path is not None:
            yield from _path(node, sh("resultPath"), paths.path_of(result.path), f"_:p{key.replace('-', 'n')}")
        for detail in result.details:
            yield from self.result(node, sh("detail"), detail)


def _parts(result: Result) -> dict[str, str | None]:
    return {
        "focusNode": result.focus,
        "value": result.value,
        "sourceShape": result.shape,
        "sourceConstraintComponent": result.component,
        "sourceConstraint": result.constraint,
        "resultSeverity": result.severity_iri or sh(result.severity.capitalize()),
    }


def _path(above: str, link: str, path: paths.Path, name: str) -> Iterator[Triple]:
    """A path below a node: an IRI, or a blank node with its parts."""
    if isinstance(path, paths.Predicate):
        yield above, link, path.term
    elif isinstance(path, paths.Sequence):
        yield from _list(above, link, path.paths, name)
    elif isinstance(path, paths.Alternative):
        yield above, link, name
        yield from _list(name, sh("alternativePath"), path.paths, f"{name}x")
    else:
        assert isinstance(path, paths.Inverse | paths.ZeroOrMore | paths.OneOrMore | paths.ZeroOrOne)
        yield above, link, name
        yield from _path(name, _REPEATED[type(path)], path.path, f"{name}x")


def _list(above: str, link: str, parts: Sequence[paths.Path], name: str) -> Iterator[Triple]:
    for number, part in enumerate(parts):
        node = f"{name}l{number}"
        yield above, link, node
        yield from _path(node, _FIRST, part, f"{node}x")
        above, link = node, _REST
    yield above, link, _NIL
