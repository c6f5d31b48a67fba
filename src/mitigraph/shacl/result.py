"""One SHACL validation result, its terms as N-Triples text (SHACL, section 3.6.2)."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Result"]


class Result(NamedTuple):
    """What one constraint says about one node; they sort by focus, path, value, shape and component.

    ``path`` is an IRI term, or a SPARQL property path over IRI terms; ``value`` any term; both None where the standard
    has none. ``shape`` and ``component`` are terms, ``severity`` is ``info``, ``warning`` or ``violation``.
    ``severity_iri`` is the term the shape itself names (empty: that of ``severity``), ``messages`` are all messages as literal
    terms, ``constraint`` is the node of a SPARQL constraint, ``details`` are the results of nested shapes.

    >>> Result("<urn:a>", None, None, "<https://w3id.org/airmo/shapes#mitigation-label>", "<urn:c>", "info", "m").code
    'mitigation-label'
    """

    focus: str
    path: str | None
    value: str | None
    shape: str
    component: str
    severity: str
    message: str
    severity_iri: str = ""
    messages: tuple[str, ...] = ()
    constraint: str | None = None
    details: tuple[Result, ...] = ()

    @property
    def code(self) -> str:
        """The local name of the shape, or of the constraint component where the shape has no IRI."""
        name = self.shape if self.shape.startswith("<") else self.component
        return name.strip("<>").replace("#", "/").rstrip("/").rpartition("/")[2]

    def sort_key(self) -> tuple[object, ...]:
        """A total order that treats absent parts as empty."""
        parts = tuple(part or "" for part in self[:-1])
        return (*parts, tuple(detail.sort_key() for detail in self.details))
