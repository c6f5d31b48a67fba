"""The constraint components of SHACL Core, one small function each, grouped as section 4 of the standard groups them."""

from __future__ import annotations

from mitigraph.shacl.component import Component
from mitigraph.shacl.components import (
    cardinality,
    logical,
    other,
    property_pair,
    shape_based,
    strings,
    value_range,
    value_type,
)

__all__ = ["CORE"]

_GROUPS = (value_type, cardinality, value_range, strings, property_pair, logical, shape_based, other)

CORE: tuple[Component, ...] = tuple(component for group in _GROUPS for component in group.COMPONENTS)
"""The table of components."""
