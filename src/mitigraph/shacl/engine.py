"""The engine: shapes over tables, whole sets of nodes at a time (SHACL, section 3).

>>> from mitigraph.shacl.data import Tables
>>> from mitigraph.shacl.shapes import shapes_of
>>> from mitigraph.shacl.vocabulary import sh
>>> shapes = shapes_of([("<urn:s>", sh("targetObjectsOf"), "<urn:p>"), ("<urn:s>", sh("nodeKind"), sh("IRI"))])
>>> [result.focus for result in check(Tables([("<urn:a>", "<urn:p>", "_:b"), ("<urn:a>", "<urn:p>", "<urn:c>")]), shapes)]
['_:b']
"""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from itertools import chain

from mitigraph.errors import InputError
from mitigraph.shacl.component import Constraint, Fault, Shape
from mitigraph.shacl.components.shape_based import PROPERTY
from mitigraph.shacl.data import Data
from mitigraph.shacl.paths import Predicate
from mitigraph.shacl.result import Result
from mitigraph.shacl.shapes import Shapes
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import iri_text, is_iri, is_literal, literal, literal_parts

__all__ = ["Check", "check", "targets", "unhurried"]

_LEVELS = {sh("Info"): "info", sh("Warning"): "warning"}
_PLACEHOLDER = re.compile(r"\{[$?](\w+)\}")
_ALONE: dict[str, tuple[str, ...]] = {}


def check(data: Data, shapes: Shapes, focus: Iterable[str] | None = None, every: bool = False) -> list[Result]:
    """All results, sorted; with ``focus`` only those of these of the targets.

    A result that several shapes lead to (the values of two ``sh:property``, say) is told once, or, as the standard has it,
    with ``every`` each time. InputError: a shape refers to itself.
    """
    asked = None if focus is None else frozenset(focus)
    run = Check(data, shapes)
    found: list[Result] = []
    with unhurried():
        for shape in shapes.values():
            nodes = targets(shape, data)
            if asked is not None:
                nodes = nodes & asked
            if nodes:
                found.extend(result for _, result in run.results(shape, nodes))
        return sorted(found if every else set(found), key=Result.sort_key)


@contextmanager
def unhurried() -> Iterator[None]:
    """No search for cycles while much is made and nothing thrown away: that search would bend the time it takes."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def targets(shape: Shape, data: Data) -> AbstractSet[str]:
    """The focus nodes of a shape (SHACL, section 2.1.3)."""
    found = [_TARGETS[word](data, value) for word, value in shape.targets]
    return found[0] if len(found) == 1 else frozenset().union(*found)


_TARGETS: dict[str, Callable[[Data, str], AbstractSet[str]]] = {
    "targetNode": lambda data, value: frozenset((value,)),
    "targetClass": lambda data, value: data.instances(value),
    "targetSubjectsOf": lambda data, value: data.out(value).keys(),
    "targetObjectsOf": lambda data, value: data.values(value),
}


class Check:
    """One run over one set of data; what was found out about a node and a nested shape is kept."""

    def __init__(self, data: Data, shapes: Shapes) -> None:
        self.data, self.shapes = data, shapes
        self._asked: dict[str, set[str]] = defaultdict(set)
        self._failed: dict[str, set[str]] = defaultdict(set)
        self._open: list[str] = []

    def results(self, shape: Shape, focus: AbstractSet[str]) -> Iterator[tuple[str, Result]]:
        """Each focus node with the results it leads to: its own, or those of property shapes about its values."""
        if shape.deactivated:
            return
        with _Entered(self._open, shape):
            here = Pass(self, shape, focus)
            path = None if shape.path is None else shape.path.sparql()
            for constraint in shape.constraints:
                if constraint.component == PROPERTY:
                    yield from self._inner(here, str(constraint.argument))
                    continue
                component = self.shapes.components[constraint.component]
                for fault in component.check(here, constraint):
                    yield fault.focus, self._result(shape, path, constraint, fault)

    def failing(self, node: str, nodes: Iterable[str]) -> AbstractSet[str]:
        """Which of the nodes (and of those asked before) do not conform to a shape."""
        asked, failed = self._asked[node], self._failed[node]
        fresh = set(nodes) - asked
        if fresh:
            failed.update(self._fail(self.shapes[node], fresh))
            asked |= fresh
        return failed

    def _fail(self, shape: Shape, focus: set[str]) -> set[str]:
        if shape.deactivated:
            return set()
        with _Entered(self._open, shape):
            here = Pass(self, shape, focus)
            table = self.shapes.components
            return {fault.focus for one in shape.constraints for fault in table[one.component].check(here, one)}

    def _inner(self, here: Pass, node: str) -> Iterator[tuple[str, Result]]:
        """The results of a property shape about value nodes, each with the focus nodes that have the value."""
        if here.shape.path is None:
            yield from self.results(self.shapes[node], here.focus)
            return
        found: dict[str, list[Result]] = defaultdict(list)
        for value, result in self.results(self.shapes[node], here.values()):
            found[value].append(result)
        for focus, value in here.holding(found.keys()):
            for result in found[value]:
                yield focus, result

    def _result(self, shape: Shape, path: str | None, constraint: Constraint, fault: Fault) -> Result:
        messages = tuple(self._filled(text, constraint, fault, path) for text in fault.messages or shape.messages)
        if not messages:
            default = self.shapes.components[constraint.component].message
            message = self._filled(literal(default), constraint, fault, path)
            messages = (message,) if default else ()
        return Result(
            fault.focus,
            path if fault.path is None else fault.path.sparql(),
            fault.value,
            shape.node,
            constraint.component,
            _LEVELS.get(shape.severity, "violation"),
            _said(messages) or constraint.component.strip("<>").rpartition("#")[2],
            shape.severity,
            messages,
            fault.constraint,
            self._details(fault),
        )

    def _details(self, fault: Fault) -> tuple[Result, ...]:
        if fault.value is None:
            return ()
        found = {result for shape in fault.within for _, result in self.results(self.shapes[shape], frozenset((fault.value,)))}
        return tuple(sorted(found, key=Result.sort_key))

    def _filled(self, message: str, constraint: Constraint, fault: Fault, path: str | None) -> str:
        """A message whose placeholders (SHACL, section 5.3.2: {$this}, {?value}, parameters) are filled in."""
        if "{" not in message:
            return message
        known = {"this": fault.focus, "value": fault.value, "path": path, "PATH": path, **(fault.bindings or {})}
        known.update((word.strip("<>").replace("#", "/").rpartition("/")[2], term) for word, term in constraint.parameters)
        text, language, _ = literal_parts(message)

        def fill(found: re.Match[str]) -> str:
            term = known.get(found[1])
            return found[0] if term is None else _shown(term)

        return literal(_PLACEHOLDER.sub(fill, text), language=language)


class Pass:
    """One shape's pass over its focus nodes; see ``component.Here``."""

    def __init__(self, run: Check, shape: Shape, focus: AbstractSet[str]) -> None:
        self.data, self.shape, self.focus, self._run = run.data, shape, focus, run
        self.failing = run.failing
        self._values: AbstractSet[str] | None = None
        self._table: Mapping[str, Collection[str]] = _ALONE if shape.path is None else shape.path.table(run.data, focus)

    def of(self, node: str) -> Collection[str]:
        return (node,) if self.shape.path is None else self._table.get(node, ())

    def rows(self) -> Iterator[tuple[str, Collection[str]]]:
        if self.shape.path is None:
            return ((node, (node,)) for node in self.focus)
        table, focus = self._table, self.focus
        if self._is_small():
            return ((node, table[node]) for node in focus if node in table)
        return ((node, row) for node, row in table.items() if node in focus)

    def longer(self, most: int) -> Iterator[tuple[str, Collection[str]]]:
        if self.shape.path is None or self._is_small():
            return ((node, row) for node, row in self.rows() if len(row) > most)
        return self._in_focus([(node, row) for node, row in self._table.items() if len(row) > most])

    def lacking(self) -> AbstractSet[str]:
        return set() if self.shape.path is None else self.focus - self._table.keys()

    def distinct(self) -> AbstractSet[str]:
        if isinstance(self.shape.path, Predicate) and not self._is_small():
            return self.data.values(self.shape.path.term)
        return self.values()

    def each(self) -> Iterable[str]:
        if self.shape.path is None:
            return self.focus
        if isinstance(self.shape.path, Predicate) and not self._is_small():
            return chain.from_iterable(self._table.values())
        return self.values()

    def values(self) -> AbstractSet[str]:
        """All value nodes, and no others."""
        if self._values is None:
            rows = (row for _, row in self.rows())
            self._values = self.focus if self.shape.path is None else set(chain.from_iterable(rows))
        return self._values

    def holding(self, wanted: AbstractSet[str]) -> Iterator[tuple[str, str]]:
        if self.shape.path is None:
            return ((node, node) for node in self.focus & wanted)
        if self._is_small():
            rows = self.rows()
        else:
            has_none = wanted.isdisjoint
            rows = self._in_focus([(node, row) for node, row in self._table.items() if not has_none(row)])
        return ((node, value) for node, row in rows for value in row if value in wanted)

    def _is_small(self) -> bool:
        """Whether it is less work to look for the focus nodes in the table than to go through it."""
        return 2 * len(self.focus) < len(self._table)

    def _in_focus(self, rows: Iterable[tuple[str, Collection[str]]]) -> Iterator[tuple[str, Collection[str]]]:
        focus = self.focus
        return ((node, row) for node, row in rows if node in focus)


class _Entered:
    """The shapes that are being checked: none may be entered again before it is done."""

    def __init__(self, entered: list[str], shape: Shape) -> None:
        if shape.node in entered:
            named = shape.node if is_iri(shape.node) else "a shape without a name"
            raise InputError(f"could not check: {named} refers to itself")
        self._entered, self._node = entered, shape.node

    def __enter__(self) -> None:
        self._entered.append(self._node)

    def __exit__(self, *_: object) -> None:
        self._entered.remove(self._node)


def _said(messages: Iterable[str]) -> str:
    """The message without language or in English, else the first."""
    parts = [literal_parts(message) for message in messages]
    ranked = sorted((part.language not in (None, "en"), part.language or "", part.text) for part in parts)
    return ranked[0][2] if ranked else ""


def _shown(term: str) -> str:
    if is_literal(term):
        return literal_parts(term).text
    return iri_text(term) if is_iri(term) and term.count("<") == 1 else term
