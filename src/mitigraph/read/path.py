"""Paths into trees: the iterators of mappings and the references within a record, a subset of JSONPath (RFC 9535).

A path is names and selectors (``a.b``, ``a['x y']``, ``a[0]``, ``a[*]``, ``a.*``); it may begin with ``$`` or ``@``,
the item itself, or with ``^`` once for each enclosing object to climb. Each is compiled once and kept.

>>> compile_path("^.document['year of issue']")
Path(text="^.document['year of issue']", climb=1, steps=('document', 'year of issue'))
>>> compile_path("$.persons[*]").steps
('persons', None)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mitigraph.errors import InputError

__all__ = ["Path", "Step", "compile_path"]

Step = str | int | None
"""A name, a position in a list, or None for every member."""

HEAD = re.compile(r"[$@](?=[.\[]|$)|\^+(?:\.\^+)*(?=[.\[]|$)")
STEP = re.compile(
    r"(?P<dot>\.)?(?:(?P<name>[^.\[\]'\"]+)"
    r"|\[(?:(?P<every>\*)|(?P<index>\d{1,9})|'(?P<single>(?:[^'\\]|\\.)+)'|\"(?P<double>(?:[^\"\\]|\\.)+)\")\])",
    re.DOTALL,
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path: objects to climb first, then steps downwards."""

    text: str
    climb: int
    steps: tuple[Step, ...]


@lru_cache(maxsize=4096)
def compile_path(text: str) -> Path:
    """Compile a path. InputError: it is none, or uses more of JSONPath than is supported (``..``, filters, slices).

    >>> compile_path("$.students[*]]")
    Traceback (most recent call last):
    mitigraph.errors.InputError: '$.students[*]]' is not a path: cannot read ']' at character 14
    """
    head = HEAD.match(text)
    position = start = head.end() if head else 0
    steps: list[Step] = []
    while position < len(text):
        found = STEP.match(text, position)
        if found is None or bool(found["dot"]) != bool(position and found["name"]):
            raise _unread(text, position)
        steps.append(_step(found))
        position = found.end()
    if not steps and not start:
        raise InputError("an empty text is not a path")
    return Path(text, head.group().count("^") if head else 0, tuple(steps))


def _step(found: re.Match[str]) -> Step:
    if found["every"] or found["name"] == "*":
        return None
    if found["index"]:
        return int(found["index"])
    quoted = found["single"] or found["double"]
    return ESCAPED.sub(r"\1", quoted) if quoted else found["name"]


def _unread(text: str, position: int) -> InputError:
    return InputError(f"{text!r} is not a path: cannot read {text[position:]!r} at character {position + 1}")
