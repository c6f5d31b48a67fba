"""Trees and their records: what JSON, JSON lines, YAML and pages become. Every value knows its line and JSON pointer.

>>> item = Node({"title": Node("Red teaming", 2, "/items/0/title")}, 2, "/items/0")
>>> root = Node({"items": Node([item], 2, "/items"), "key": Node("a", 1, "/key")}, 1, "")
>>> for record in TreeSource("t.json", root, {"iterator": "$.items[*]"}):
...     print(record.number, record.values("title"), record.values("^.key"), record.place("title"))
1 ['Red teaming'] ['a'] t.json:2:/items/0/title
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read import limits
from mitigraph.read.options import Options
from mitigraph.read.path import Step, compile_path
from mitigraph.record import column_by_record

__all__ = ["Node", "TreeRecord", "TreeSource", "child_pointer", "items", "keys_of", "refused_pointers"]

EMPTY: frozenset[str] = frozenset()


class Node:
    """A value and where it stands: text, a list, an object, or None for null.

    ``pointer`` is the JSON pointer (RFC 6901) from the root; ``kind`` is ``number`` or ``boolean`` where the file says
    so without quotes (the value is text all the same), else ``string``.
    """

    __slots__ = ("kind", "line", "pointer", "value")

    def __init__(self, value: str | list[Node] | dict[str, Node] | None, line: int, pointer: str, kind: str = "string") -> None:
        self.value, self.line, self.pointer, self.kind = value, line, pointer, kind

    def plain(self) -> object:
        """The bare content: texts, lists and dicts (null stays None)."""
        value = self.value
        if isinstance(value, dict):
            return {key: node.plain() for key, node in value.items()}
        return [node.plain() for node in value] if isinstance(value, list) else value


class TreeRecord:
    """One item of a tree; ``values`` follows a path from it (see ``mitigraph.read.path``)."""

    __slots__ = ("_enclosing", "_file", "_null", "_trim", "line", "node", "number")

    def __init__(
        self,
        file: str,
        number: int,
        node: Node,
        enclosing: tuple[Node, ...] = (),
        null: frozenset[str] = EMPTY,
        trim: bool = False,
    ) -> None:
        self.number, self.line, self.node = number, node.line, node
        self._file, self._enclosing, self._null, self._trim = file, enclosing, null, trim

    def values(self, reference: str) -> list[str]:
        """The texts at a path; lists are taken apart; null, empty text and null tokens give none.

        A name the item lacks gives none either: items of a tree need not be alike. InputError: no path.
        """
        return [text for _, text in self._leaves(reference)]

    def place(self, reference: str, index: int = 0) -> Place:
        """Where the index-th value stands; if there is none, where the path ends (at a null), else the record's own."""
        leaves = self._leaves(reference)
        if index < len(leaves):
            return self._at(leaves[index][0])
        selected = self.nodes(reference)
        return self._at(selected[0] if selected else self.node)

    def nodes(self, reference: str) -> list[Node]:
        """The nodes at a path, lists and objects included."""
        path = compile_path(reference)
        if not path.climb:
            return _select(self.node, path.steps)
        if path.climb > len(self._enclosing):
            return []
        return _select(self._enclosing[-path.climb], path.steps)

    def raw(self) -> object:
        return self.node.plain()

    def _leaves(self, reference: str) -> list[tuple[Node, str]]:
        found: list[tuple[Node, str]] = []
        for node in self.nodes(reference):
            self._add_leaves(node, found)
        return found

    def _add_leaves(self, node: Node, found: list[tuple[Node, str]]) -> None:
        value = node.value
        if isinstance(value, str):
            text = value.strip() if self._trim else value
            if text and not (self._null and text.strip() in self._null):
                found.append((node, text))
        elif isinstance(value, list):
            for member in value:
                self._add_leaves(member, found)

    def _at(self, node: Node) -> Place:
        return Place(self._file, node.line, pointer=node.pointer, row=self.number)


class TreeSource:
    """The records of one tree: what ``options["iterator"]`` selects; by default the root, or its members.

    ``findings`` are those of reading the file; a record that holds the pointer of a violation among them is refused and
    counted. ``keys`` are the names of the root object, or of the first object of a root list. InputError: a bad option.
    """

    columns: list[str] | None = None

    def __init__(
        self,
        name: str,
        root: Node,
        options: Mapping[str, object] | Options | None = None,
        findings: Iterable[Finding] = (),
    ) -> None:
        self.name, self.root = name, root
        self.options = options if isinstance(options, Options) else Options.of(options or {}, name)
        self.findings: list[Finding] = list(findings)
        self.refused = 0
        self.keys = keys_of(root)
        self._steps = iterator_steps(self.options, name, root)
        self._flawed = refused_pointers(self.findings)
        if not _reaches(root, self._steps):
            self.findings.append(nothing_selected(name, self.options))

    column = staticmethod(column_by_record)

    def __iter__(self) -> Iterator[TreeRecord]:
        null, trim = self.options.null, bool(self.options.trim)
        refused = 0
        for number, (node, enclosing) in enumerate(items(self.root, self._steps), 1):
            if number > limits.ROWS:
                raise InputError(f"{self.name}: more than {limits.ROWS:,} records")
            if node.pointer in self._flawed:
                refused += 1
                self.refused = max(self.refused, refused)
                continue
            yield TreeRecord(self.name, number, node, enclosing, null, trim)


def iterator_steps(options: Options, name: str, root: Node | None = None) -> tuple[Step, ...]:
    """The steps of a source's iterator. InputError: it is not a path from the root."""
    if options.iterator is None:
        return (None,) if root is not None and isinstance(root.value, list) else ()
    try:
        path = compile_path(options.iterator)
    except InputError as error:
        raise InputError(f"{name}: the iterator {error}") from None
    if path.climb:
        raise InputError(f"{name}: the iterator {options.iterator!r} climbs above the root")
    return path.steps


def items(root: Node, steps: tuple[Step, ...]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """What steps select, in document order, each with its enclosing objects (outermost first)."""
    if not steps:
        yield root, ()
        return
    outer = (root,) if isinstance(root.value, dict) else ()
    for child in _children(root, steps[0]):
        for node, inner in items(child, steps[1:]):
            yield node, outer + inner


def keys_of(root: Node) -> list[str]:
    """The names of an object, or of the first object of a list: what a mapping is chosen by."""
    value = root.value
    if isinstance(value, list):
        value = next((node.value for node in value if isinstance(node.value, dict)), None)
    return list(value) if isinstance(value, dict) else []


def refused_pointers(findings: Iterable[Finding]) -> frozenset[str]:
    """Every pointer that holds a violation, upwards to the root."""
    flawed: set[str] = set()
    for finding in findings:
        pointer = finding.place.pointer
        if finding.severity != "violation" or pointer is None:
            continue
        while pointer and pointer not in flawed:
            flawed.add(pointer)
            pointer = pointer.rpartition("/")[0]
        flawed.add("")
    return frozenset(flawed)


def nothing_selected(name: str, options: Options) -> Finding:
    """The finding for an iterator that leads nowhere: more likely misspelt than meant."""
    return Finding("warning", "empty-iterator", "the iterator selects nothing", Place(name), value=options.iterator)


def child_pointer(pointer: str, key: str) -> str:
    """The JSON pointer of an object's member (RFC 6901, section 3).

    >>> child_pointer("/a", "b/c~d")
    '/a/b~1c~0d'
    """
    if "~" in key or "/" in key:
        key = key.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{key}"


def _reaches(root: Node, steps: tuple[Step, ...]) -> bool:
    while steps and steps[-1] is None:
        steps = steps[:-1]
    return next(items(root, steps), None) is not None


def _select(node: Node, steps: tuple[Step, ...]) -> list[Node]:
    nodes = [node]
    for step in steps:
        nodes = [child for parent in nodes for child in _children(parent, step)]
    return nodes


def _children(node: Node, step: Step) -> Iterable[Node]:
    value = node.value
    if isinstance(value, dict):
        if step is None:
            return value.values()
        child = value.get(step) if isinstance(step, str) else None
        return () if child is None else (child,)
    if isinstance(value, list):
        if step is None:
            return value
        return (value[step],) if isinstance(step, int) and step < len(value) else ()
    return ()
