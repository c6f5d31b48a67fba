"""SHACL validation: triples and shapes in, sorted results out (SHACL, section 3: validation and graphs).

>>> from mitigraph.terms import RDF, XSD
>>> sh, ex = "http://www.w3.org/ns/shacl#", "https://example.org/"
>>> shapes = [(f"<{ex}s>", f"<{RDF}type>", f"<{sh}PropertyShape>"), (f"<{ex}s>", f"<{sh}targetNode>", f"<{ex}a>"),
...           (f"<{ex}s>", f"<{sh}path>", f"<{ex}p>"), (f"<{ex}s>", f"<{sh}minCount>", f'"1"^^<{XSD}integer>'),
...           (f"<{ex}s>", f"<{sh}message>", '"p is missing"')]
>>> [(result.focus, result.severity, result.message) for result in validate([], shapes)]
[('<https://example.org/a>', 'violation', 'p is missing')]
"""

from __future__ import annotations

from collections.abc import Iterable

from mitigraph.shacl.result import Result
from mitigraph.terms import Triple

__all__ = ["Result", "validate"]


def validate(
    data: Iterable[Triple], shapes: Iterable[Triple], focus: Iterable[str] | None = None, engine: str = "own"
) -> list[Result]:
    """All results of checking ``data`` against ``shapes``, sorted, each once; an empty list means that the data conform.

    ``data`` is the whole graph (ontology and inferred triples with it): nothing is inferred or fetched here. With
    ``focus`` (IRI terms) only those of the targets are checked. ``engine`` is a name in ``engines.ENGINES``. InputError when
    the shapes cannot be used as they are, EngineError when the check cannot be finished: what could not be checked never
    passes as conforming.
    """
    from mitigraph.shacl.engines import ENGINES
    from mitigraph.shacl.lint import refuse_unusable

    rules = list(shapes)
    refuse_unusable(rules)
    return ENGINES[engine](data, rules, focus)
