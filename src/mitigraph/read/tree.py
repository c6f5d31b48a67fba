"""Trees and their records: what JSON, JSON lines, YAML and pages become. Every value knows its line and JSON pointer.

>>> item = Node({"title": Node("Red teaming", 2, "/items/0/title")}, 2, "/items/0")
>>> root = Node({"items": Node([item], 2, "/items"), "key": Node("a", 1, "/key")}, 1, "")
>>> for record in TreeSource("t.json", root, {"iterator": "$.items[*]"}):
...     print(record.number, record.values("title"), record.values("^.key"), record.place("title"))
1 ['Red teaming'] ['a'] t.json:2:/items/0/title
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read import limits
from mitigraph.read.options import Options
from mitigraph.read.path import compile_path
from mitigraph.read.selectors import Descent, Step, children, select
from mitigraph.record import Column, Record

__all__ = ["Asked", "Node", "TreeRecord", "TreeSource", "child_pointer", "items", "keys_of", "refused_pointers"]

EMPTY: frozenset[str] = frozenset()


class Node:
    """A value and where it stands: text, a list, an object, or None for null.

    ``pointer`` is the JSON pointer (RFC 6901) from the root; ``kind`` is ``number`` or ``boolean`` where the file says
    so without quotes (the value is text all the same), ``derived`` where it stands nowhere in the file as it is, else ``string``.
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

    __slots__ = ("_enclosing", "_file", "_flatten", "_null", "_trim", "line", "node", "number")

    def __init__(
        self,
        file: str,
        number: int,
        node: Node,
        enclosing: tuple[Node, ...] = (),
        null: frozenset[str] = EMPTY,
        trim: bool = False,
        flatten: bool = True,
    ) -> None:
        self.number, self.line, self.node = number, node.line, node
        self._file, self._enclosing, self._null, self._trim, self._flatten = file, enclosing, null, trim, flatten

    def values(self, reference: str) -> list[str]:
        """The texts at a path; lists are taken apart; null, empty text and null tokens give none.

        A name the item lacks gives none either: items of a tree need not be alike. InputError: no path.
        """
        return [text for _, text in self._leaves(reference)]

    def kinds(self, reference: str) -> list[str]:
        """What each of the values is in its file: ``string``, ``number``, ``boolean`` or ``derived``."""
        return [node.kind for node, _ in self._leaves(reference)]

    def not_a_value(self, node: Node, reference: str, through: str = "") -> Finding:
        """What is wrong with a path that ends at a list or an object; a warning where lists are taken apart, ``through`` some."""
        is_list = isinstance(node.value, list)
        what, members = ("a list", f"{reference}[*]") if is_list else ("an object", f"{reference}{through}.name")
        message = f"the path {reference!r} ends at {what}, not at a value"
        severity = "warning" if self._flatten else "violation"
        return Finding(severity, "not-a-value", message, self._at(node), expected=f"a path to its members, as {members}")

    def objects(self, node: Node, through: str = "") -> Iterator[tuple[Node, str]]:
        """The objects that a value is or that lie in its lists, and the way: what is left out where lists are taken apart."""
        value = node.value
        if isinstance(value, list):
            for member in value:
                if not _is_leaf(member):
                    yield from self.objects(member, f"{through}[*]")
        elif isinstance(value, dict) and value:
            yield node, through

    def text_of(self, node: Node) -> str | None:
        """The text of a leaf; None for null, empty text and null tokens."""
        text = node.value
        if not isinstance(text, str):
            return None
        text = text.strip() if self._trim else text
        return None if not text or (self._null and text.strip() in self._null) else text

    def place(self, reference: str, index: int = 0) -> Place:
        """Where the index-th value stands; if there is none, where the path ends (at a null), else the record's own."""
        if not reference:
            return self._at(self.node)
        leaves = self._leaves(reference)
        if index < len(leaves):
            return self._at(leaves[index][0])
        selected = self.nodes(reference)
        return self._at(selected[0] if selected else self.node)

    def written(self, reference: str, index: int = 0) -> str | None:
        leaves = self._leaves(reference)
        node = leaves[index][0] if index < len(leaves) else None
        return node.value if node is not None and node.kind != "derived" and isinstance(node.value, str) else None

    def nodes(self, reference: str) -> list[Node]:
        """The nodes at a path, lists and objects included."""
        path = compile_path(reference)
        if not path.climb:
            return select(self.node, path.steps)
        if path.climb > len(self._enclosing):
            return []
        return select(self._enclosing[-path.climb], path.steps)

    def raw(self) -> object:
        return self.node.plain()

    def _leaves(self, reference: str) -> list[tuple[Node, str]]:
        found: list[tuple[Node, str]] = []
        for node in self.nodes(reference):
            if self._flatten or _is_leaf(node):
                self.add_leaves(node, found)
        return found

    def add_leaves(self, node: Node, found: list[tuple[Node, str]]) -> None:
        """Add the values that a node is or that lie in its lists."""
        if isinstance(node.value, list):
            for member in node.value:
                self.add_leaves(member, found)
        elif (text := self.text_of(node)) is not None:
            found.append((node, text))

    def _at(self, node: Node) -> Place:
        return Place(self._file, node.line, pointer=node.pointer, row=self.number)


class Asked:
    """The paths that were asked of a source's records: ``unseen`` are those that led nowhere in any of them.

    ``names`` are those that the records have, as far as they were looked at for a path that led nowhere. ``left_out`` are the
    objects at which a path ended where lists are taken apart, by their place, each with the first such path.
    """

    def __init__(self, flatten: bool) -> None:
        self.left_out: dict[Place, tuple[str, Finding]] = {}
        self.unseen: set[str] = set()
        self.names: dict[str, None] = {}
        self._flatten = flatten
        self._seen: set[str] = set()
        self._told: set[tuple[Place, str]] = set()

    def column(self, records: Sequence[Record], reference: str, findings: list[Finding]) -> Column:
        """A column of ``TreeRecord`` objects; what ends at no value is added to the findings."""
        trees = [record for record in records if isinstance(record, TreeRecord)]
        if reference not in self._seen:
            self._see(trees, reference)
        if self._flatten:
            return self._taken_apart(trees, reference)
        positions, texts = list[int](), list[str]()
        for position, record in enumerate(trees):
            for node in record.nodes(reference):
                if not _is_leaf(node):
                    self._tell(record.not_a_value(node, reference), reference, findings)
                elif (text := record.text_of(node)) is not None:
                    positions.append(position)
                    texts.append(text)
        return positions, texts

    def _taken_apart(self, records: Sequence[TreeRecord], reference: str) -> Column:
        positions, texts = list[int](), list[str]()
        for position, record in enumerate(records):
            for node in record.nodes(reference):
                if _is_leaf(node):
                    if (text := record.text_of(node)) is not None:
                        positions.append(position)
                        texts.append(text)
                    continue
                found: list[tuple[Node, str]] = []
                record.add_leaves(node, found)
                positions += [position] * len(found)
                texts += [text for _, text in found]
                for one, through in record.objects(node):
                    finding = record.not_a_value(one, reference, through)
                    self.left_out.setdefault(finding.place, (reference, finding))
        return positions, texts

    def _tell(self, finding: Finding, reference: str, findings: list[Finding]) -> None:
        if (finding.place, reference) not in self._told:
            self._told.add((finding.place, reference))
            findings.append(finding)

    def _see(self, records: Sequence[TreeRecord], reference: str) -> None:
        for record in records:
            if record.nodes(reference):
                self._seen.add(reference)
                self.unseen.discard(reference)
                return
            self.unseen.add(reference)
            if isinstance(record.node.value, dict):
                self.names.update(dict.fromkeys(record.node.value))


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
        self.asked = Asked(self.options.flatten)
        self._steps = iterator_steps(self.options, name, root)
        self._flawed = refused_pointers(self.findings)
        if not _reaches(root, self._steps):
            self.findings.append(nothing_selected(name, self.options))

    def column(self, records: Sequence[Record], reference: str) -> Column:
        """What a path names in each of some records; that it names no value where it leads is told once a place."""
        return self.asked.column(records, reference, self.findings)

    def __iter__(self) -> Iterator[TreeRecord]:
        null, trim, flatten = self.options.null, bool(self.options.trim), self.options.flatten
        refused = 0
        for number, (node, enclosing) in enumerate(items(self.root, self._steps), 1):
            if number > limits.ROWS:
                raise InputError(f"{self.name}: more than {limits.ROWS:,} records")
            if node.pointer in self._flawed:
                refused += 1
                self.refused = max(self.refused, refused)
                continue
            yield TreeRecord(self.name, number, node, enclosing, null, trim, flatten)


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
    step, rest = steps[0], steps[1:]
    if isinstance(step, Descent):
        yield from items(root, (step.step, *rest))
        step, rest = None, steps
    for child in children(root, step):
        for node, inner in items(child, rest):
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


def _is_leaf(node: Node) -> bool:
    return not isinstance(node.value, list | dict)


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
