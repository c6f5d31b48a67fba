"""Paths into trees: the iterators of mappings and the references within a record, a subset of JSONPath (RFC 9535).

A path is names and selectors (``a.b``, ``a['x y']``, ``a[0]``, ``a[-1]``, ``a[*]``, ``a.*``, ``a[1:3]``, ``a['b', 'c']``,
``..a``, ``a[?@.b == 'c']``); it may begin with ``$`` or ``@``, the item itself, or with ``^`` once for each enclosing object to
climb. Each is compiled once and kept.

>>> compile_path("^.document['year of issue']")
Path(text="^.document['year of issue']", climb=1, steps=('document', 'year of issue'))
>>> compile_path("$.persons[*]").steps
('persons', None)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from mitigraph.errors import InputError
from mitigraph.read.selectors import (
    COMPARISONS,
    Compared,
    Descent,
    Either,
    Exists,
    Filter,
    FromEnd,
    Not,
    Operand,
    Slice,
    Step,
    Test,
    Union,
)

__all__ = ["Path", "Step", "compile_path"]

DESCENTS = 3
"""How many ``..`` a path may have: each may multiply what is looked at by the depth of the tree."""
DEPTH = 16
"""How deep filters and their parentheses may lie in each other."""

HEAD = re.compile(r"[$@](?=[.\[]|$)|\^+(?:\.\^+)*(?=[.\[]|$)")
NAME = re.compile(r"[^.\[\]'\"]+")
# Inside a filter a name ends where the comparison goes on.
NAME_IN_FILTER = re.compile(r"[^\s.\[\]'\"()=<>!&|,]+")
SPACES = re.compile(r"\s*")
INDEX = re.compile(r"-?\d{1,9}(?=\s*[\],])")
SLICE = re.compile(r"(-?\d{1,9})?\s*:\s*(-?\d{1,9})?(?:\s*:\s*(-?\d{1,9})?)?(?=\s*[\],])")
QUOTED = re.compile(r"'((?:[^'\\]|\\.)+)'|\"((?:[^\"\\]|\\.)+)\"", re.DOTALL)
TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?(?![\w.])")
WORD = re.compile(r"(?:true|false|null)(?!\w)")
SIGN = re.compile(r"==|!=|<=|>=|<|>")
CALL = re.compile(r"[a-z][a-z0-9_]*\(")
WORDS = {"true": ("boolean", True), "false": ("boolean", False), "null": ("null", None)}


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path: objects to climb first, then steps downwards."""

    text: str
    climb: int
    steps: tuple[Step, ...]


@lru_cache(maxsize=4096)
def compile_path(text: str) -> Path:
    """Compile a path. InputError: it is none, or uses more of JSONPath than is supported (functions, ``$`` in a filter).

    >>> compile_path("$.students[*]]")
    Traceback (most recent call last):
    mitigraph.errors.InputError: '$.students[*]]' is not a path: cannot read ']' at character 14
    """
    head = HEAD.match(text)
    start = head.end() if head else 0
    parser = _Parser(text, start)
    steps = parser.steps(NAME, bare=not start)
    if parser.position < len(text):
        raise parser.unread()
    if not steps and not start:
        raise InputError("an empty text is not a path")
    return Path(text, head.group().count("^") if head else 0, steps)


class _Parser:
    """Reads a path from left to right."""

    def __init__(self, text: str, position: int) -> None:
        self.text, self.position, self.descents, self.depth = text, position, 0, 0

    def unread(self) -> InputError:
        rest, place = self.text[self.position :], self.position + 1
        if not rest:
            return InputError(f"{self.text!r} is not a path: something is missing at its end")
        return InputError(f"{self.text!r} is not a path: cannot read {rest!r} at character {place}")

    def refused(self, why: str) -> InputError:
        return InputError(f"{self.text!r} cannot be followed: {why} (character {self.position + 1})")

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.position)
        if found is not None:
            self.position = found.end()
        return found

    def taken(self, sign: str) -> bool:
        self.take(SPACES)
        if not self.text.startswith(sign, self.position):
            return False
        self.position += len(sign)
        return True

    # -- steps -----------------------------------------------------------------------------------------------

    def steps(self, name: re.Pattern[str], bare: bool = False) -> tuple[Step, ...]:
        """Steps as far as they go; ``bare``: the first may be a name without a dot."""
        found: list[Step] = []
        while self.position < len(self.text):
            here, text = self.position, self.text
            if text.startswith("..", here):
                found.append(self.descent(name))
            elif text[here] == "[":
                found.append(self.bracket())
            elif text[here] == "." or (bare and not found):
                self.position += text[here] == "."
                found.append(self.name(name, here))
                if here == 0 and text[0] == ".":
                    self.position = 0
                    raise self.unread()
            else:
                break
        return tuple(found)

    def name(self, pattern: re.Pattern[str], start: int) -> Step:
        found = self.take(pattern)
        if found is None:
            self.position = start
            raise self.unread()
        return None if found.group() == "*" else found.group()

    def descent(self, name: re.Pattern[str]) -> Step:
        start = self.position
        self.descents += 1
        if self.descents > DESCENTS:
            raise self.refused(f"more than {DESCENTS} '..'")
        self.position += 2
        if start == 0:
            self.position = 0
            raise self.unread()
        return Descent(self.bracket() if self.text.startswith("[", self.position) else self.name(name, start))

    def bracket(self) -> Step:
        """What stands in brackets: one selector, or names and positions one after the other."""
        start = self.position
        self.position += 1
        found = [self.selector(start)]
        while self.taken(","):
            found.append(self.selector(start))
        if not self.taken("]"):
            self.position = start if self.position >= len(self.text) else self.position
            raise self.unread()
        if len(found) == 1:
            return found[0]
        if any(not isinstance(one, str | int | FromEnd) for one in found) or len(set(found)) < len(found):
            self.position = start
            raise self.refused("only different names and positions can stand beside each other in brackets")
        return Union(tuple(found))

    def selector(self, start: int) -> Step:
        self.take(SPACES)
        if found := self.take(QUOTED):
            return _unescaped(found[1] or found[2])
        if self.taken("*"):
            return None
        if found := self.take(INDEX):
            place = int(found.group())
            return place if place >= 0 else FromEnd(-place)
        if found := self.take(SLICE):
            start_at, stop, step = (int(part) if part else None for part in found.groups())
            return Slice(start_at, stop, step)
        if self.taken("?"):
            return Filter(self.any_of())
        self.position = start
        raise self.unread()

    # -- filters ---------------------------------------------------------------------------------------------

    def any_of(self) -> Test:
        self.depth += 1
        if self.depth > DEPTH:
            raise self.refused(f"filters and parentheses more than {DEPTH} deep")
        made = self.chain("||", lambda: self.chain("&&", self.test, True), False)
        self.depth -= 1
        return made

    def chain(self, sign: str, part: Callable[[], Test], every: bool) -> Test:
        tests = [part()]
        while self.taken(sign):
            tests.append(part())
        return tests[0] if len(tests) == 1 else Either(tuple(tests), every)

    def test(self) -> Test:
        if self.taken("!"):
            if self.taken("!"):
                raise self.refused("'!' stands twice")
            return Not(self.test())
        if self.taken("("):
            inner = self.any_of()
            if not self.taken(")"):
                raise self.unread()
            return inner
        left = self.operand()
        self.take(SPACES)
        sign = self.take(SIGN)
        if sign is None:
            if left.steps is None:
                raise self.unread()
            return Exists(left.steps)
        right = self.operand()
        for side in (left, right):
            if side.steps is not None and not all(isinstance(step, str | int | FromEnd) for step in side.steps):
                raise self.refused("what is compared must be one value")
        assert sign.group() in COMPARISONS
        return Compared(left, sign.group(), right)

    def operand(self) -> Operand:
        self.take(SPACES)
        if self.taken("@"):
            return Operand(self.steps(NAME_IN_FILTER))
        if found := self.take(TEXT):
            return Operand(None, ("string", _unescaped(found[1] if found[1] is not None else found[2])))
        if found := self.take(NUMBER):
            return Operand(None, ("number", Decimal(found.group())))
        if found := self.take(WORD):
            return Operand(None, WORDS[found.group()])
        if self.text.startswith("$", self.position):
            raise self.refused("a filter looks at a member (@), not at the whole file ($)")
        if CALL.match(self.text, self.position):
            raise self.refused("functions are not supported in filters")
        raise self.unread()


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else ESCAPES.get(found[2], found[2]), text)
