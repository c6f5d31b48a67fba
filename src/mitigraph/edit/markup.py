"""The XML of a workbook's parts as bytes: where elements stand in it, and how they are changed without the others.

>>> without(b'<c r="A1" t="s" s="3">', "t"), told(b'<c r="A1" t=\\'s\\'/>', "t")
(b'<c r="A1" s="3">', 's')
>>> patched(b"<a><b/></a>", [Patch(3, 3, b"<x/>"), Patch(3, 7, b"")])
b'<a><x/></a>'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, unescape

from mitigraph.edit.edits import CannotEditError

__all__ = [
    "Element",
    "Patch",
    "Span",
    "elements",
    "escaped_text",
    "filled",
    "inner_texts",
    "parse",
    "patched",
    "refuse_encoding",
    "span_of",
    "tag_end",
    "text_of",
    "told",
    "with_attribute",
    "without",
]

DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
TAG_END = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
BOM = b"\xef\xbb\xbf"
ESCAPE = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")
BROKEN = "the part of the workbook it stands in cannot be taken apart for sure"
NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
ENTITIES = {"&quot;": '"', "&apos;": "'"}
CHARACTER = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")


@dataclass(frozen=True)
class Span:
    """An element: where its first tag begins and ends, and where its last one does."""

    start: int
    tag_end: int
    inner_end: int
    end: int

    @property
    def is_empty(self) -> bool:
        """Whether it is one tag."""
        return self.tag_end == self.end


class Element(NamedTuple):
    """An element of a small part: its name and its parent's without prefixes, its prefix, its attributes as written."""

    parent: str
    name: str
    prefix: str
    told: dict[str, str]
    span: Span


class Patch(NamedTuple):
    """What stands between two positions of some bytes becomes something else."""

    start: int
    end: int
    new: bytes


def patched(data: bytes, patches: Iterable[Patch]) -> bytes:
    """Bytes with all patches made; of those in one place the first comes first. ValueError: two of them meet."""
    parts, at = list[bytes](), 0
    for start, end, new in sorted(patches, key=lambda patch: patch[:2]):
        if start < at:
            raise ValueError(f"two patches meet at {start}")
        parts += [data[at:start], new]
        at = end
    return b"".join([*parts, data[at:]])


def refuse_encoding(part: bytes) -> None:
    """CannotEditError: the part is not in UTF-8, as those of workbooks are."""
    found = DECLARED.match(part.removeprefix(BOM))
    if part.startswith((b"\xff\xfe", b"\xfe\xff", b"\0")) or (
        found and found[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")
    ):
        raise CannotEditError("the part of the workbook it stands in is not written in UTF-8")


def tag_end(part: bytes, start: int) -> int:
    """Where the tag ends that begins at a position."""
    found = TAG_END.match(part, start)
    if found is None:
        raise CannotEditError(BROKEN)
    return found.end()


def span_of(part: bytes, start: int, last: int) -> Span:
    """The element that begins at a position and whose last tag, if it has one, begins at another."""
    first = tag_end(part, start)
    if part[first - 2 : first] == b"/>":
        return Span(start, first, first, first)
    return Span(start, first, last, tag_end(part, last))


def elements(part: bytes) -> list[Element]:
    """The elements of a small part, each after those in it. CannotEditError: it cannot be taken apart for sure."""
    refuse_encoding(part)
    found: list[Element] = []
    stack: list[tuple[str, str, dict[str, str], int]] = [("", "", {}, 0)]
    parser = expat.ParserCreate()

    def start(name: str, told: dict[str, str]) -> None:
        prefix, _, local = name.rpartition(":")
        stack.append((local, prefix, told, parser.CurrentByteIndex))

    def end(name: str) -> None:
        local, prefix, told, at = stack.pop()
        found.append(Element(stack[-1][0], local, prefix, told, span_of(part, at, parser.CurrentByteIndex)))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parse(parser, part)
    return found


def parse(parser: expat.XMLParserType, part: bytes) -> None:
    """Drive a parser over a part. CannotEditError: it is not well-formed, or has a document type."""

    def doctype(*_: object) -> None:
        raise CannotEditError(BROKEN)

    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError):
        raise CannotEditError(BROKEN) from None


def filled(part: bytes, span: Span, inner: bytes) -> Patch:
    """What puts more into an element, behind what it holds.

    >>> xml = b"<a><b/></a>"
    >>> [patched(xml, [filled(xml, element.span, b"<c/>")]) for element in elements(xml)]
    [b'<a><b><c/></b></a>', b'<a><b/><c/></a>']
    """
    if not span.is_empty:
        return Patch(span.inner_end, span.inner_end, inner)
    tag = part[span.start : span.end]
    name = re.split(rb"[\s/>]", tag[1:], maxsplit=1)[0]
    return Patch(span.start, span.end, tag[:-2].rstrip() + b">" + inner + b"</" + name + b">")


def told(tag: bytes, name: str) -> str | None:
    """An attribute of a tag."""
    found = _attribute(name).search(tag)
    return None if found is None else text_of(found[1][1:-1])


def without(tag: bytes, name: str) -> bytes:
    """A tag without an attribute."""
    return _attribute(name).sub(b"", tag, count=1)


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """A tag with an attribute as said, be it new or not.

    >>> with_attribute(b"<c/>", "s", "1"), with_attribute(b'<c s="2" r="A1">', "s", "1")
    (b'<c s="1"/>', b'<c r="A1" s="1">')
    """
    tag = without(tag, name)
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + f' {name}="{value}"'.encode() + tag[end:]


def _attribute(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"""\s+%s\s*=\s*("[^"]*"|'[^']*')""" % re.escape(name.encode()))


def text_of(raw: bytes) -> str:
    """What a piece of XML without tags says."""
    plain = raw.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    plain = CHARACTER.sub(lambda found: chr(int(found[1], 16) if found[1] else int(found[2])), plain)
    return unescape(plain, ENTITIES)


def escaped_text(text: str) -> bytes:
    r"""A text as a cell of a workbook has it: what XML cannot say in ECMA-376's own escapes (part 1, 22.9.2.19).

    >>> escaped_text("a<b\r\n_x000D_")
    b'a&lt;b_x000D_\n_x005F_x000D_'
    """
    text = ESCAPE.sub("_x005F_x", text)
    return escape(NOT_XML.sub(lambda found: f"_x{ord(found.group()):04X}_", text)).encode("utf-8")


def inner_texts(inner: bytes, prefix: str) -> list[tuple[int, int]]:
    """Where the texts of a shared or inline string stand in it. CannotEditError: it holds what no such string should."""
    if b"<!" in inner or b"<?" in inner:
        raise CannotEditError("the cell's text cannot be taken apart for sure")
    name = re.escape((f"{prefix}:" if prefix else "") + "t").encode()
    return [found.span(1) for found in re.finditer(rb"<%s(?:\s[^>]*)?(?<!/)>([^<]*)</%s\s*>" % (name, name), inner)]
