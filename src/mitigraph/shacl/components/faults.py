"""How faults are told: about the nodes whose values are among those found wrong."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from mitigraph.shacl.component import Fault, Here

__all__ = ["faulty"]


def faulty(here: Here, wrong: AbstractSet[str], within: tuple[str, ...] = ()) -> Iterator[Fault]:
    """A fault for each focus node and each of its value nodes that is wrong; what is wrong is told by value, once."""
    if wrong:
        for focus, value in here.holding(wrong):
            yield Fault(focus, value, within=within)
