"""What the steps of a path select below a value of a tree (RFC 9535, section 2.3): members, slices, descendants, filters.

A step is a name, a position from 0, None for every member, or a ``Selector``. All of them take the members in the order of
the file. Values are compared as JSON has them, so that the number 1 is not the text "1".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from mitigraph.read.tree import Node

__all__ = [
    "COMPARISONS",
    "Compared",
    "Descent",
    "Either",
    "Exists",
    "Filter",
    "FromEnd",
    "Not",
    "Operand",
    "Selector",
    "Slice",
    "Step",
    "Test",
    "Union",
    "children",
    "select",
]


class Selector(Protocol):
    """A step that is more than a name or a position."""

    def select(self, node: Node) -> Iterable[Node]:
        """What it takes of a value's members."""


class Test(Protocol):
    """What a filter asks of a member."""

    def holds(self, node: Node) -> bool:
        """Whether it is so."""


Step = str | int | Selector | None
Value = tuple[str, object]
"""A JSON value: its type and content, so that values of two types are never equal."""

COMPARISONS: dict[str, Callable[[Value | None, Value | None], bool]] = {}
"""The comparisons of filters by their signs; None stands for what is not there (RFC 9535, section 2.3.5.2.2)."""


def children(node: Node, step: Step) -> Iterable[Node]:
    """The members that one step selects."""
    value = node.value
    if isinstance(step, str):
        child = value.get(step) if isinstance(value, dict) else None
        return () if child is None else (child,)
    if step is None:
        return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(step, int):
        return (value[step],) if isinstance(value, list) and step < len(value) else ()
    return step.select(node)


def select(node: Node, steps: Sequence[Step]) -> list[Node]:
    """What steps lead to, one after the other."""
    nodes = [node]
    for step in steps:
        nodes = [child for parent in nodes for child in children(parent, step)]
    return nodes


@dataclass(frozen=True, slots=True)
class FromEnd:
    """The member of a list at a place counted from its end, 1 for the last."""

    place: int

    def select(self, node: Node) -> Iterable[Node]:
        value = node.value
        return (value[-self.place],) if isinstance(value, list) and self.place <= len(value) else ()


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a list: ``[start:stop:step]``. A step of 0 takes nothing."""

    start: int | None
    stop: int | None
    step: int | None

    def select(self, node: Node) -> Iterable[Node]:
        if not isinstance(node.value, list) or self.step == 0:
            return ()
        return node.value[self.start : self.stop : self.step]


@dataclass(frozen=True, slots=True)
class Union:
    """Several names or positions: ``['a', 'b']``."""

    steps: tuple[Step, ...]

    def select(self, node: Node) -> Iterable[Node]:
        return [child for step in self.steps for child in children(node, step)]


@dataclass(frozen=True, slots=True)
class Descent:
    """One step from a value and from everything in it: ``..name``."""

    step: Step

    def select(self, node: Node) -> Iterator[Node]:
        waiting = [node]
        while waiting:
            here = waiting.pop()
            yield from children(here, self.step)
            waiting.extend(reversed(list(children(here, None))))


@dataclass(frozen=True, slots=True)
class Filter:
    """The members of which a test holds: ``[?@.kind == 'paper']``."""

    test: Test

    def select(self, node: Node) -> Iterable[Node]:
        return [child for child in children(node, None) if self.test.holds(child)]


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether a path leads anywhere."""

    steps: tuple[Step, ...]

    def holds(self, node: Node) -> bool:
        return bool(select(node, self.steps))


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    test: Test

    def holds(self, node: Node) -> bool:
        return not self.test.holds(node)


@dataclass(frozen=True, slots=True)
class Either:
    """Whether one of several tests holds, or, where ``all`` is asked, each of them."""

    tests: tuple[Test, ...]
    all: bool = False

    def holds(self, node: Node) -> bool:
        answers = (test.holds(node) for test in self.tests)
        return all(answers) if self.all else any(answers)


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison: a constant, or the one value that a path leads to."""

    steps: tuple[Step, ...] | None
    constant: Value | None = None

    def value(self, node: Node) -> Value | None:
        """The value; None if there is none."""
        if self.steps is None:
            return self.constant
        found = select(node, self.steps)
        return _value(found[0]) if found else None


@dataclass(frozen=True, slots=True)
class Compared:
    """Whether a comparison of two values holds."""

    left: Operand
    sign: str
    right: Operand

    def holds(self, node: Node) -> bool:
        return COMPARISONS[self.sign](self.left.value(node), self.right.value(node))


def _value(node: Node) -> Value:
    value = node.value
    if not isinstance(value, str):
        return ("null", None) if value is None else ("structure", node.plain())
    if node.kind == "boolean":
        return "boolean", value.lower() == "true"
    if node.kind == "number":
        try:
            return "number", Decimal(value)
        except InvalidOperation:
            return "string", value
    return "string", value


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Value | None, Value | None], bool]:
    """Numbers and texts have an order among themselves, nothing else has."""

    def ordered(left: Value | None, right: Value | None) -> bool:
        if left is None or right is None or left[0] != right[0] or left[0] not in ("number", "string"):
            return False
        return compare(left[1], right[1])

    return ordered


COMPARISONS |= {
    "==": operator.eq,
    "!=": operator.ne,
    "<": _ordered(operator.lt),
    ">": _ordered(operator.gt),
    "<=": lambda left, right: left == right or _ordered(operator.le)(left, right),
    ">=": lambda left, right: left == right or _ordered(operator.ge)(left, right),
}
