"""Regular expressions of shapes: those that cannot be read, that mean something else here, or that might never end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mitigraph.patterns import refusal
from mitigraph.shacl.components.strings import FLAGS, translated
from mitigraph.shacl.lint.graph import Fault, ShapesGraph
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import is_literal, literal_parts

__all__ = ["unusable_patterns"]

# In a class that begins like [a-z-[aeiou]] XPath subtracts; Python would read something else without a word.
_SUBTRACTION = re.compile(r"(?<!\\)\[(?:[^\]\\]|\\.)*-\[")


def unusable_patterns(graph: ShapesGraph) -> Iterator[Fault]:
    """A fault for each sh:pattern that cannot be used and each unknown letter in sh:flags."""
    for node in sorted(graph.rows):
        flags = "".join(literal_parts(term).text for term in graph.values(node, "flags") if is_literal(term))
        if unknown := [letter for letter in flags if letter not in FLAGS]:
            message = f"sh:flags of {graph.named(node)} has {unknown[0]!r}; known are {', '.join(sorted(FLAGS))}"
            yield Fault(message, node, sh("flags"), graph.values(node, "flags")[0])
            continue
        for term in filter(is_literal, graph.values(node, "pattern")):
            if reason := _reason(literal_parts(term).text, flags):
                yield Fault(f"{graph.named(node)} has a pattern that {reason}", node, sh("pattern"), term)


def _reason(pattern: str, flags: str) -> str:
    if "q" in flags:
        return ""
    if _SUBTRACTION.search(pattern):
        return "is refused: character classes are not subtracted here"
    try:
        unsafe = refusal(*translated(pattern, flags))
    except re.error as error:
        return f"cannot be read: {error}"
    except (OverflowError, RecursionError):
        return "cannot be read: it is too large or too deep"
    return f"is refused: {unsafe}" if unsafe else ""
