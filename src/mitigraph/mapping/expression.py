r"""Expressions: constants, references, templates and function calls, read from one line of text.

``$(name)`` is a reference; text around it makes a template; ``mg:name(argument, key=argument)`` is a call, whose arguments
are calls, templates, bare words or "quoted" text. A backslash before ``$(``, ``)`` or itself takes its meaning away.

>>> parse("mg:split($(Risks), separator=';')", lambda name: name.removeprefix("mg:"))
Call(function='split', arguments=(Reference(name='Risks'),), named=(('separator', Text(text=';')),))
>>> parse_template("a/$(Key \\(own\\))")
Template(parts=('a/', Reference(name='Key (own)')))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = [
    "Call",
    "Expression",
    "ExpressionError",
    "Reference",
    "Several",
    "Template",
    "Text",
    "looks_like_call",
    "parse",
    "parse_template",
    "references",
    "walk",
]

_CALL_HEAD = re.compile(r"\s*([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)\(")
_CALL_START = re.compile(r"\s*([A-Za-z_][\w-]*):[A-Za-z_][\w.-]*\(")
_NAMED = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)")
_DEPTH = 32


class ExpressionError(ValueError):
    """An expression that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Text:
    """A constant."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A column, a path, or a derived field."""

    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """Constant parts and references, joined."""

    parts: tuple[str | Reference, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to arguments."""

    function: str
    arguments: tuple[Expression, ...]
    named: tuple[tuple[str, Expression], ...] = ()


@dataclass(frozen=True, slots=True)
class Several:
    """The values of several expressions, one after the other."""

    parts: tuple[Expression, ...]


Expression = Text | Reference | Template | Call | Several


def looks_like_call(text: str) -> str | None:
    """The prefix of a text that begins as a call; whether it is one depends on what the prefix stands for.

    >>> looks_like_call("mg:code($(a))"), looks_like_call("see (below)")
    ('mg', None)
    """
    match = _CALL_START.match(text)
    return match.group(1) if match else None


def parse(text: str, resolve: Callable[[str], str]) -> Expression:
    """A call. ``resolve`` turns a function's name as written into its own. ExpressionError."""
    return _Parser(text.strip(), resolve).whole()


def parse_template(text: str) -> Expression:
    """A template; a constant if it has no references, a reference if it is nothing else. ExpressionError.

    >>> parse_template("$(a)"), parse_template("plain")
    (Reference(name='a'), Text(text='plain'))
    """
    parts: list[str | Reference] = []
    constant, position = "", 0
    while position < len(text):
        if text[position] == "\\" and text[position + 1 : position + 2] in ("\\", "$", ")", "("):
            constant += text[position + 1]
            position += 2
        elif text.startswith("$(", position):
            parts += [constant] if constant else []
            name, position = _reference(text, position + 2)
            parts.append(Reference(name))
            constant = ""
        else:
            constant += text[position]
            position += 1
    parts += [constant] if constant else []
    return _simplest(parts)


def _simplest(parts: list[str | Reference]) -> Expression:
    if not parts:
        return Text("")
    if len(parts) > 1:
        return Template(tuple(parts))
    return Text(parts[0]) if isinstance(parts[0], str) else parts[0]


def _reference(text: str, position: int) -> tuple[str, int]:
    name = ""
    while position < len(text) and text[position] != ")":
        position += text[position] == "\\" and position + 1 < len(text)
        name += text[position]
        position += 1
    if position >= len(text):
        raise ExpressionError(f"'$({name}' is not closed")
    if not name.strip():
        raise ExpressionError("'$()' names nothing")
    return name, position + 1


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and everything in it.

    >>> [type(part).__name__ for part in walk(parse_template("a$(b)"))]
    ['Template', 'Reference']
    """
    yield expression
    for part in _parts(expression):
        yield from walk(part)


def _parts(expression: Expression) -> list[Expression]:
    match expression:
        case Template(parts):
            return [part for part in parts if isinstance(part, Reference)]
        case Several(parts):
            return list(parts)
        case Call(_, arguments, named):
            return [*arguments, *(value for _, value in named)]
    return []


def references(expression: Expression) -> list[str]:
    """The names an expression refers to, in order.

    >>> references(parse_template("$(b)-$(a)"))
    ['b', 'a']
    """
    return [part.name for part in walk(expression) if isinstance(part, Reference)]


class _Parser:
    """Reads one call, from left to right."""

    def __init__(self, text: str, resolve: Callable[[str], str]) -> None:
        self.text, self.resolve, self.position, self.depth = text, resolve, 0, 0

    def whole(self) -> Expression:
        expression = self.argument()
        if self.text[self.position :].strip():
            raise ExpressionError(f"unexpected {self.text[self.position :].strip()[:20]!r} after the call")
        return expression

    def argument(self) -> Expression:
        match = _CALL_HEAD.match(self.text, self.position)
        if match:
            self.position = match.end()
            return self.call(match.group(1))
        self.skip_spaces()
        quote = self.text[self.position : self.position + 1]
        return self.quoted(quote) if quote in ('"', "'") and quote else self.bare()

    def call(self, name: str) -> Call:
        self.depth += 1
        if self.depth > _DEPTH:
            raise ExpressionError(f"calls nested more than {_DEPTH} deep")
        arguments: list[Expression] = []
        named: list[tuple[str, Expression]] = []
        while not self.taken(")"):
            if arguments or named:
                self.expect(",", name)
            match = _NAMED.match(self.text, self.position)
            if match:
                self.position = match.end()
                named.append((match.group(1), self.argument()))
            elif named:
                raise ExpressionError(f"an argument without a name after {named[-1][0]!r} in {name}(…)")
            else:
                arguments.append(self.argument())
        self.depth -= 1
        return Call(self.resolve(name), tuple(arguments), tuple(named))

    def quoted(self, quote: str) -> Expression:
        end = self.position + 1
        while end < len(self.text) and self.text[end] != quote:
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise ExpressionError(f"a {quote} is not closed")
        inner = self.text[self.position + 1 : end].replace(f"\\{quote}", quote)
        self.position = end + 1
        return parse_template(inner)

    def bare(self) -> Expression:
        start = self.position
        while self.position < len(self.text) and self.text[self.position] not in ",)":
            if self.text[self.position] == "\\":
                self.position += 2
            elif self.text.startswith("$(", self.position):
                _, self.position = _reference(self.text, self.position + 2)
            else:
                self.position += 1
        text = self.text[start : self.position].strip()
        if not text:
            raise ExpressionError("an argument is missing")
        return parse_template(text)

    def skip_spaces(self) -> None:
        while self.text[self.position : self.position + 1].isspace():
            self.position += 1

    def taken(self, sign: str) -> bool:
        self.skip_spaces()
        if self.text.startswith(sign, self.position):
            self.position += 1
            return True
        if self.position >= len(self.text):
            raise ExpressionError("a '(' is not closed")
        return False

    def expect(self, sign: str, name: str) -> None:
        if not self.taken(sign):
            raise ExpressionError(f"a {sign!r} is missing between the arguments of {name}(…)")
