"""One SHACL validation result, its terms as N-Triples text (SHACL, section 3.6.2)."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Result"]


class Result(NamedTuple):
    """What one constraint says about one node; tuples sort by focus, path, value, shape and component.

    ``path`` is an IRI term, or a SPARQL property path over IRI terms; ``value`` any term; both None where the standard
    has none. ``shape`` and ``component`` are terms, ``severity`` is ``info``, ``warning`` or ``violation``.

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

    @property
    def code(self) -> str:
        """The local name of the shape, or of the constraint component where the shape has no IRI."""
        name = self.shape if self.shape.startswith("<") else self.component
        return name.strip("<>").replace("#", "/").rstrip("/").rpartition("/")[2]

    def sort_key(self) -> tuple[str, ...]:
        """A total order that treats absent parts as empty."""
        return tuple(part or "" for part in self)
