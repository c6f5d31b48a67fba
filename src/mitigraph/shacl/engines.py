"""The engines that can check: our own, pySHACL, or both, which must agree.

>>> sorted(ENGINES)
['both', 'own', 'pyshacl']
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from mitigraph.errors import EngineError
from mitigraph.shacl.result import Result
from mitigraph.terms import Triple

__all__ = ["ENGINES", "compared"]

Check = Callable[[Iterable[Triple], Iterable[Triple], Iterable[str] | None], list[Result]]

SHOWN = 5
"""So many disagreements are told."""


def own(data: Iterable[Triple], shapes: Iterable[Triple], focus: Iterable[str] | None = None) -> list[Result]:
    """The results of our own engine, for shapes that are linted. EngineError: a query cannot be answered."""
    from mitigraph.shacl.data import Tables
    from mitigraph.shacl.engine import check
    from mitigraph.shacl.shapes import shapes_of
    from mitigraph.shacl.sight import sight

    rules = shapes_of(shapes)
    return check(data if isinstance(data, Tables) else Tables(data, sight(rules).predicates), rules, focus)


def pyshacl(data: Iterable[Triple], shapes: Iterable[Triple], focus: Iterable[str] | None = None) -> list[Result]:
    """The results of pySHACL, which takes most of a second to import. Raises as ``own`` does."""
    from mitigraph.shacl import pyshacl_engine

    return pyshacl_engine.check(data, shapes, focus)


def both(data: Iterable[Triple], shapes: Iterable[Triple], focus: Iterable[str] | None = None) -> list[Result]:
    """The results of our own engine, if pySHACL has the same. EngineError: they differ, with the first differences."""
    facts, rules = list(data), list(shapes)
    nodes = None if focus is None else list(focus)
    ours = own(facts, rules, nodes)
    theirs = pyshacl(facts, rules, nodes)
    differences = [*_only("own", compared(ours) - compared(theirs)), *_only("pyshacl", compared(theirs) - compared(ours))]
    if differences:
        more = f"; and {len(differences) - SHOWN:,} more" if len(differences) > SHOWN else ""
        raise EngineError(f"the engines disagree: {'; '.join(differences[:SHOWN])}{more}")
    return ours


def compared(results: Iterable[Result]) -> Counter[tuple[str, ...]]:
    """What two engines must agree on: focus node, path, value, component, severity and shape of each result, told once."""
    parts = {(one.focus, one.path or "", one.value or "", one.component, one.severity, one.shape) for one in results}
    return Counter(parts)


def _only(engine: str, results: Counter[tuple[str, ...]]) -> list[str]:
    return [f"only {engine}: {' '.join(part for part in parts if part)}" for parts in sorted(results)]


ENGINES: Mapping[str, Check] = {"own": own, "pyshacl": pyshacl, "both": both}
"""Each engine by the name that ``--engine`` takes."""
