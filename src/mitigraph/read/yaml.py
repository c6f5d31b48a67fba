"""YAML, from the parser's events, as text: ``NO`` stays NO, ``1.10`` stays 1.10, a date stays as written.

>>> source = read_yaml(b"- {country: NO, version: 1.10, end: ~}\\n", "t.yml", Options())
>>> [(record.values("country"), record.values("version"), record.values("end")) for record in source]
[(['NO'], ['1.10'], [])]
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read import limits
from mitigraph.read.lines import UNREADABLE, codec_of, decoded, unreadable_bytes
from mitigraph.read.options import Options
from mitigraph.read.tree import Node, TreeSource, child_pointer

__all__ = ["read_yaml"]

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NULL = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEAN = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")
CORE = "tag:yaml.org,2002:"
CORE_KINDS = ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
CORE_TAGS = frozenset({None, "!", *(CORE + kind for kind in CORE_KINDS)})
MERGE = "<<"
NOT_YAML = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HINTS = {
    "mapping values are not allowed": "a text that holds ': ' stands in quotes",
    "tab": "indent with spaces",
    "'@'": "a text that begins so stands in quotes",
    "'%'": "a text that begins so stands in quotes",
    "'`'": "a text that begins so stands in quotes",
}
"""What a person did, by the parser's words for what it met."""
LINE_END = re.compile("\r\n?|\n")


Event = Any
Mark = Any
"""The type stubs tell the pure parser's from the C parser's; they are alike in all that is used here."""


def read_yaml(data: bytes, name: str, options: Options) -> TreeSource:
    """Read a document. InputError: no YAML, no text, not one document, nested or repeated too much, a bad option.

    Repeated keys and keys that are no text are violations: the record that holds one is refused. Aliases and ``<<`` are
    expanded, each copy with its own pointer; tags beyond the core schema are warnings.
    """
    codec, start = codec_of(data, name, options.encoding)
    text = decoded(data, codec, start)
    _refuse_characters(text, name, codec)
    builder = _Builder(text, name)
    try:
        root = builder.document()
    except yaml.MarkedYAMLError as error:
        raise InputError(f"{name}:{builder.line_at(_mark(error))}: not YAML: {_told(error)}") from None
    except yaml.YAMLError as error:
        raise InputError(f"{name}: not YAML: {' '.join(str(error).split())}") from None
    return TreeSource(name, root, options, builder.findings)


def _is_open_quote(error: yaml.MarkedYAMLError) -> bool:
    return "quoted scalar" in (error.context or "") and "end of stream" in (error.problem or "")


def _mark(error: yaml.MarkedYAMLError) -> Mark | None:
    """Where to look: for a quote that is never closed, where it is opened."""
    return error.context_mark if _is_open_quote(error) else error.problem_mark or error.context_mark


def _told(error: yaml.MarkedYAMLError) -> str:
    if _is_open_quote(error):
        return "a quote is opened and not closed"
    problem = error.problem or error.context or "broken"
    hint = next((hint for words, hint in HINTS.items() if words in problem), None)
    return f"{problem} ({hint})" if hint else problem


def _refuse_characters(text: str, name: str, codec: str) -> None:
    found = NOT_YAML.search(text)
    if found is None:
        return
    line = len(LINE_END.findall(text, 0, found.start())) + 1
    if UNREADABLE.match(found.group()):
        raise InputError(f"{name}:{line}: bytes that are no text in {codec}: {unreadable_bytes(found.group())}")
    raise InputError(f"{name}:{line}: not YAML: the control character U+{ord(found.group()):04X}")


class _Builder:
    """Builds nodes by recursive descent over the events; the depth is bounded by ``limits.NESTING``."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._events: Iterator[Event] = yaml.parse(text, Loader=LOADER)
        self._ends = [found.end() for found in LINE_END.finditer(text)]
        self._anchors: dict[str, Node] = {}
        self._flaws: dict[str, Finding] = {}
        self._repeated = 0

    def document(self) -> Node:
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise InputError(f"{self.file}: there is no document in the file")
        root = self.node(next(self._events), "", 0)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            line = self.line_at(after.start_mark)
            raise InputError(f"{self.file}:{line}: a second document begins; only one is read")
        return root

    def line_at(self, mark: Mark | None) -> int:
        """The physical line of a mark: YAML itself also counts NEL, LS and PS, which no editor does."""
        return 1 if mark is None else bisect_left(self._ends, mark.index + 1) + 1

    def node(self, event: Event, pointer: str, depth: int) -> Node:
        line = self.line_at(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event.anchor, line, pointer, depth)
        if event.tag not in CORE_TAGS:
            self.report("unknown-tag", "the tag is passed over", pointer, line, event.tag, "warning")
        if isinstance(event, yaml.ScalarEvent):
            node = self.scalar(event, line, pointer)
        else:
            if depth >= limits.NESTING:
                raise InputError(f"{self.file}:{line}: lists and objects nested more than {limits.NESTING} deep")
            build = self.mapping if isinstance(event, yaml.MappingStartEvent) else self.sequence
            node = build(line, pointer, depth + 1)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def scalar(self, event: Event, line: int, pointer: str) -> Node:
        text = event.value
        if len(text) > limits.FIELD_CHARACTERS:
            message = f"a text longer than {limits.FIELD_CHARACTERS:,} characters"
            self.report("field-too-long", message, pointer, line)
            return Node(None, line, pointer)
        if "\0" in text:
            self.report("nul-character", "a NUL character", pointer, line, text)
        if not event.implicit[0]:
            return Node(None if event.tag == CORE + "null" else text, line, pointer)
        kind = "boolean" if text in BOOLEAN else "number" if NUMBER.fullmatch(text) else "string"
        return Node(None if text in NULL else text, line, pointer, kind)

    def sequence(self, line: int, pointer: str, depth: int) -> Node:
        members: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            members.append(self.node(event, f"{pointer}/{len(members)}", depth))
        return Node(members, line, pointer)

    def mapping(self, line: int, pointer: str, depth: int) -> Node:
        members: dict[str, Node] = {}
        merged: list[Node] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self.key(event, pointer, depth)
            child = self.node(next(self._events), child_pointer(pointer, key), depth)
            if key == MERGE and event.implicit[0] and not isinstance(child.value, str | None):
                merged.extend(child.value if isinstance(child.value, list) else [child])
            elif key in members:
                at = self.line_at(event.start_mark)
                self.report("duplicate-key", "the key comes twice in one mapping", child.pointer, at, key)
            else:
                members[key] = child
        self.merge(members, merged, pointer, depth)
        return Node(members, line, pointer)

    def key(self, event: Event, pointer: str, depth: int) -> str:
        node = self.node(event, pointer, depth)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        if isinstance(node.value, str):
            return node.value
        self.report("complex-key", "a key that is no text", pointer, node.line)
        return "?"

    def merge(self, members: dict[str, Node], merged: list[Node], pointer: str, depth: int) -> None:
        """Add what ``<<`` names and the mapping itself does not have; of several the first wins."""
        for node in merged:
            if not isinstance(node.value, dict):
                self.report("bad-merge", "'<<' takes a mapping or a list of mappings", pointer, node.line)
                continue
            for key, child in node.value.items():
                if key not in members:
                    members[key] = self.copy(child, child_pointer(pointer, key), depth)

    def alias(self, anchor: str | None, line: int, pointer: str, depth: int) -> Node:
        node = self._anchors.get(anchor or "")
        if node is None:
            raise InputError(f"{self.file}:{line}: the alias *{anchor} repeats nothing, or what it stands in")
        return self.copy(node, pointer, depth)

    def copy(self, node: Node, pointer: str, depth: int) -> Node:
        """A node again under another pointer, its violations with it; the line stays where the text is."""
        self._repeated += 1
        if self._repeated > limits.ALIASED_NODES:
            raise InputError(f"{self.file}: aliases repeat more than {limits.ALIASED_NODES:,} values")
        if depth >= limits.NESTING and isinstance(node.value, dict | list):
            raise InputError(f"{self.file}:{node.line}: lists and objects nested more than {limits.NESTING} deep")
        if node.pointer in self._flaws:
            finding = self._flaws[node.pointer]
            self._add(replace(finding, place=replace(finding.place, pointer=pointer)))
        value = node.value
        if isinstance(value, dict):
            members = {key: self.copy(child, child_pointer(pointer, key), depth + 1) for key, child in value.items()}
            return Node(members, node.line, pointer)
        if isinstance(value, list):
            copies = [self.copy(child, f"{pointer}/{at}", depth + 1) for at, child in enumerate(value)]
            return Node(copies, node.line, pointer)
        return Node(value, node.line, pointer, node.kind)

    def report(
        self, code: str, message: str, pointer: str, line: int, value: str | None = None, severity: str = "violation"
    ) -> None:
        self._add(Finding(severity, code, message, Place(self.file, line, pointer=pointer), value=value))

    def _add(self, finding: Finding) -> None:
        self.findings.append(finding)
        if finding.severity == "violation":
            self._flaws[finding.place.pointer or ""] = finding
