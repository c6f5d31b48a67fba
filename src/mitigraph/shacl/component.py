"""What a constraint component is: the parameters it reads from a shape, and the function that checks nodes (SHACL, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mitigraph.shacl.vocabulary import sh

if TYPE_CHECKING:
    from mitigraph.shacl.data import Data
    from mitigraph.shacl.paths import Path
    from mitigraph.shacl.reading import Given

__all__ = ["Component", "Constraint", "Fault", "Here", "Read", "Shape"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a shape: its component (a term), its parameters as they are written (word, term), and what its
    component's function made of them."""

    component: str
    parameters: tuple[tuple[str, str], ...]
    argument: object = None


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A shape as it is checked (SHACL, section 2). ``targets`` are pairs of a word (``targetClass``) and a term; ``path`` is
    None for a node shape; ``severity`` is the term of an IRI; ``messages`` are literal terms."""

    node: str
    path: Path | None
    targets: tuple[tuple[str, str], ...]
    constraints: tuple[Constraint, ...]
    severity: str
    messages: tuple[str, ...]
    deactivated: bool


class Fault(NamedTuple):
    """What a component's function says: a focus node, the value at fault (None: the component has none), and what differs
    from the shape's own: a path, messages (literal terms), severity, the node of the constraint, and the shapes (by node)
    whose results about the value are the details. ``bindings`` fill further placeholders of messages."""

    focus: str
    value: str | None = None
    path: Path | None = None
    messages: tuple[str, ...] = ()
    constraint: str | None = None
    within: tuple[str, ...] = ()
    bindings: Mapping[str, str] | None = None


class Here(Protocol):
    """One shape's pass over its focus nodes, as a component's function sees it."""

    data: Data
    shape: Shape
    focus: AbstractSet[str]

    def rows(self) -> Iterator[tuple[str, Collection[str]]]:
        """Focus nodes that have value nodes, each with these."""

    def longer(self, most: int) -> Iterator[tuple[str, Collection[str]]]:
        """Focus nodes with more value nodes than so many, each with these."""

    def lacking(self) -> AbstractSet[str]:
        """Focus nodes without value nodes."""

    def of(self, node: str) -> Collection[str]:
        """The value nodes of a focus node, each once."""

    def distinct(self) -> AbstractSet[str]:
        """All value nodes; of a large table perhaps those of other nodes, too."""

    def each(self) -> Iterable[str]:
        """The same with repetitions: for what is quicker to look at than to tell apart."""

    def holding(self, wanted: AbstractSet[str]) -> Iterator[tuple[str, str]]:
        """Each focus node with each of its value nodes that is among the wanted."""

    def failing(self, shape: str, nodes: Iterable[str]) -> AbstractSet[str]:
        """Which nodes (and perhaps more that were asked before) do not conform to a shape."""


class Component(NamedTuple):
    """A row of the table of components.

    ``parameters`` are the terms it is told by, the first of which a shape must have; ``read`` yields an argument for each
    constraint of a shape, ``check`` the faults of the focus nodes; ``message`` is said where the shape says nothing.
    ``on_paths``: only property shapes may have it.
    """

    term: str
    parameters: tuple[str, ...]
    read: Read
    check: Callable[[Here, Constraint], Iterator[Fault]]
    message: str = ""
    on_paths: bool = False

    @classmethod
    def core(
        cls,
        name: str,
        parameters: str,
        read: Read,
        check: Callable[[Here, Constraint], Iterator[Fault]],
        message: str,
        on_paths: bool = False,
    ) -> Component:
        """A component of SHACL's own, by the words of its parameters."""
        return cls(sh(f"{name}ConstraintComponent"), tuple(map(sh, parameters.split())), read, check, message, on_paths)


Read = Callable[["Given", tuple[str, ...]], Iterator[tuple[tuple[tuple[str, str], ...], object]]]
"""From what a shape gives, and the component's parameters, to each constraint's parameters and argument."""
