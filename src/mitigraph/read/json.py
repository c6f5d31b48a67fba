"""JSON (RFC 8259), by a scanner of our own: numbers stay as written, and every value knows its place.

>>> source = read_json(b'[{"code": 1.10, "last": null}]', "t.json", Options())
>>> [(record.values("code"), record.values("last"), str(record.place("code"))) for record in source]
[(['1.10'], [], 't.json:1:/0/code')]
"""

from __future__ import annotations

import re

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read import limits
from mitigraph.read.lines import UNREADABLE, codec_of, decoded, shown, unreadable_bytes
from mitigraph.read.options import Options
from mitigraph.read.tree import Node, TreeSource, child_pointer

__all__ = ["JsonSyntaxError", "read_json", "scan_json"]

SPACE = re.compile(r"[ \t\n]*")
PLAIN = re.compile(r'"([^"\\\x00-\x1f]*+)"')
NAME = re.compile(r'"([^"\\\x00-\x1f]*+)": *+')
STRING = re.compile(r'"([^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+)"')
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
SPACES = frozenset(" \t\n")
WORD = re.compile(r"true|false|null|NaN|-?Infinity")
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"true": ("true", "boolean"), "false": ("false", "boolean"), "null": (None, "string")}


class JsonSyntaxError(ValueError):
    """The text is not JSON; ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line, self.column = line, column


def read_json(data: bytes, name: str, options: Options) -> TreeSource:
    """Read a document. InputError: not JSON (text after the value included), nested too deeply, a bad option.

    Repeated names, numbers that are not finite, lone surrogates, NUL and undecodable bytes are violations: the record
    that holds one is refused.
    """
    codec, start = codec_of(data, name, options.encoding)
    try:
        root, findings = scan_json(decoded(data, codec, start), name)
    except JsonSyntaxError as error:
        raise InputError(f"{name}:{error.line}:{error.column}: not JSON: {error}") from None
    return TreeSource(name, root, options, findings)


def scan_json(text: str, file: str, line: int = 1) -> tuple[Node, list[Finding]]:
    """A text's root and what is wrong inside it. JsonSyntaxError: it is not one JSON value."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    scanner = _Scanner(text, file, line)
    return scanner.document(), scanner.findings


class _Scanner:
    def __init__(self, text: str, file: str, line: int) -> None:
        self.text, self.file, self.line = text, file, line
        self.position = 0
        self.plain = len(text) <= limits.FIELD_CHARACTERS and UNREADABLE.search(text) is None
        self.findings: list[Finding] = []

    def document(self) -> Node:
        self.skip()
        root = self.value("", 0)
        self.skip()
        if self.position < len(self.text):
            raise self.error("text after the end of the value")
        return root

    def skip(self) -> str:
        """Go to the next character that is no white space and return it ("" at the end)."""
        text, start = self.text, self.position
        if text[start : start + 1] not in SPACES:
            return text[start : start + 1]
        self.position = end = SPACE.match(text, start).end()  # type: ignore[union-attr]
        self.line += text.count("\n", start, end)
        return text[end : end + 1]

    def value(self, pointer: str, depth: int) -> Node:
        first = self.text[self.position : self.position + 1]
        if first == '"':
            line = self.line
            return Node(self.string(pointer), line, pointer)
        if first in ("{", "["):
            if depth >= limits.NESTING:
                raise self.error(f"lists and objects nested more than {limits.NESTING} deep")
            self.position += 1
            return self.object(pointer, depth + 1) if first == "{" else self.list(pointer, depth + 1)
        return self.bare(pointer)

    def object(self, pointer: str, depth: int) -> Node:
        members: dict[str, Node] = {}
        node = Node(members, self.line, pointer)
        if self.skip() == "}":
            self.position += 1
            return node
        while True:
            key, line = self.name(pointer), self.line
            self.skip()
            child = self.value(child_pointer(pointer, key), depth)
            if key in members:
                self.report("duplicate-key", "the name comes twice in one object", child.pointer, key, line)
            else:
                members[key] = child
            if self.closed("}"):
                return node

    def name(self, pointer: str) -> str:
        """A member's name and the colon after it."""
        first = self.skip()
        found = NAME.match(self.text, self.position) if self.plain else None
        if found is not None:
            self.position = found.end()
            return found.group(1)
        if first != '"':
            raise self.error("expected a name in double quotes" + self.one_comma("}"))
        key = self.string(pointer)
        if self.skip() != ":":
            raise self.error("expected ':' after a name")
        self.position += 1
        return key

    def list(self, pointer: str, depth: int) -> Node:
        members: list[Node] = []
        node = Node(members, self.line, pointer)
        if self.skip() == "]":
            self.position += 1
            return node
        while True:
            self.skip()
            members.append(self.value(f"{pointer}/{len(members)}", depth))
            if self.closed("]"):
                return node

    def closed(self, end: str) -> bool:
        """Step over a comma or the closing bracket; whether it was the bracket."""
        found = self.skip()
        if found not in (",", end) or not found:
            raise self.error(f"expected ',' or '{end}'")
        self.position += 1
        return found == end

    def bare(self, pointer: str) -> Node:
        found = NUMBER.match(self.text, self.position)
        if found:
            self.position = found.end()
            return Node(self.bounded(found.group(), pointer), self.line, pointer, "number")
        found = WORD.match(self.text, self.position)
        if found is None:
            raise self.error("expected a value" + self.one_comma("]"))
        self.position = found.end()
        word = found.group()
        if word not in WORDS:
            self.report("non-finite-number", "JSON has no such number", pointer, word)
            return Node(None, self.line, pointer)
        text, kind = WORDS[word]
        return Node(text, self.line, pointer, kind)

    def string(self, pointer: str) -> str:
        found = PLAIN.match(self.text, self.position) if self.plain else None
        if found is not None:
            self.position = found.end()
            return found.group(1)
        found = STRING.match(self.text, self.position)
        if found is None:
            raise self.error("a string that is not closed, or holds a control character or an unknown escape")
        self.position = found.end()
        text = self.bounded(found.group(1), pointer)
        if not text.isascii() and UNREADABLE.search(text):
            message = f"bytes that are no text: {unreadable_bytes(text)}"
            self.report("bad-encoding", message, pointer, shown(text))
            text = shown(text)
        return self.unescaped(text, pointer) if "\\" in text else text

    def unescaped(self, text: str, pointer: str) -> str:
        text = PAIR.sub(_joined, ESCAPE.sub(_character, text))
        if "\0" in text:
            self.report("nul-character", "a NUL character", pointer, text)
        if UNREADABLE.search(text):
            self.report("lone-surrogate", "half of a surrogate pair", pointer, shown(text))
        return shown(text)

    def bounded(self, text: str, pointer: str) -> str:
        if len(text) > limits.FIELD_CHARACTERS:
            message = f"a text longer than {limits.FIELD_CHARACTERS:,} characters"
            self.report("field-too-long", message, pointer)
            return ""
        return text

    def report(self, code: str, message: str, pointer: str, value: str | None = None, line: int = 0) -> None:
        place = Place(self.file, line or self.line, pointer=pointer)
        self.findings.append(Finding("violation", code, message, place, value=value))

    def one_comma(self, end: str) -> str:
        """A hint where a closing bracket follows a comma."""
        before = self.text[: self.position].rstrip()
        is_one_too_many = before.endswith(",") and self.text.startswith(end, self.position)
        return f" (the comma before '{end}' is one too many)" if is_one_too_many else ""

    def error(self, message: str) -> JsonSyntaxError:
        line_start = self.text.rfind("\n", 0, self.position) + 1
        if self.position >= len(self.text):
            message += ", but the text ends"
        return JsonSyntaxError(message, self.line, self.position - line_start + 1)


def _character(found: re.Match[str]) -> str:
    code, letter = found.groups()
    return chr(int(code, 16)) if code else ESCAPED.get(letter, letter)


def _joined(found: re.Match[str]) -> str:
    return found.group().encode("utf-16", "surrogatepass").decode("utf-16")
