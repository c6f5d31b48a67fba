r"""Expressions: constants, references, templates and function calls, read from one line of text.

``$(name)`` is a reference; text around it makes a template; ``mg:name(argument, key=argument)`` is a call, whose arguments
are calls, templates, bare words or "quoted" text. A backslash before ``$(``, ``)``, ``:`` or itself takes its meaning away.
``$(_name)`` is an external reference: the constant that the mapping gives for it, if it does; ``$(\\_name)`` never is.

>>> parse("mg:split($(Risks), separator=';')", lambda name, given: Call(name, tuple(value for _, value in given)))
Call(function='mg:split', arguments=(Reference(name='Risks'), Text(text=';')), named=())
>>> parse_template("a/$(Key \\(own\\))")
Template(parts=('a/', Reference(name='Key (own)')))
>>> parse_template("$(_city)-$(\\_city)", {"city": "Ghent"})
Template(parts=('Ghent-', Reference(name='_city')))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

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
_NAMED = re.compile(r"\s*((?:[A-Za-z_][\w.-]*:)?[A-Za-z_]\w*)\s*=(?!=)")
_DEPTH = 32
_ESCAPED = ("\\", "$", ")", "(", ":")
_NOTHING: Mapping[str, str] = MappingProxyType({})


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

Maker = Callable[[str, Sequence[tuple[str, Expression]]], Call]
"""Makes a call of a function's name as written and its arguments in order, each with its name, "" for none."""


def looks_like_call(text: str) -> str | None:
    """The prefix of a text that begins as a call; whether it is one depends on what the prefix stands for.

    >>> looks_like_call("mg:code($(a))"), looks_like_call("see (below)")
    ('mg', None)
    """
    match = _CALL_START.match(text)
    return match.group(1) if match else None


def parse(text: str, make: Maker, external: Mapping[str, str] = _NOTHING) -> Expression:
    """A call; ``make`` is asked for each, the inner ones first. ExpressionError."""
    return _Parser(text.strip(), make, external).whole()


def parse_template(text: str, external: Mapping[str, str] = _NOTHING) -> Expression:
    """A template; a constant if it has no references, a reference if it is nothing else. ExpressionError.

    >>> parse_template("$(a)"), parse_template("plain")
    (Reference(name='a'), Text(text='plain'))
    """
    parts: list[str | Reference] = []
    constant, position = "", 0
    while position < len(text):
        if text[position] == "\\" and text[position + 1 : position + 2] in _ESCAPED:
            constant += text[position + 1]
            position += 2
        elif text.startswith("$(", position):
            start = position + 2
            name, position = _reference(text, start)
            if text[start] == "_" and name[1:] in external:
                constant += external[name[1:]]
                continue
            parts += [constant, Reference(name)] if constant else [Reference(name)]
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

    def __init__(self, text: str, make: Maker, external: Mapping[str, str]) -> None:
        self.text, self.make, self.external, self.position, self.depth = text, make, external, 0, 0

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
        given: list[tuple[str, Expression]] = []
        while not self.taken(")"):
            if given:
                self.expect(",", name)
            match = _NAMED.match(self.text, self.position)
            if match:
                self.position = match.end()
                given.append((match.group(1), self.argument()))
            elif given and given[-1][0]:
                raise ExpressionError(f"an argument without a name after {given[-1][0]!r} in {name}(…)")
            else:
                given.append(("", self.argument()))
        self.depth -= 1
        return self.make(name, given)

    def quoted(self, quote: str) -> Expression:
        end = self.position + 1
        while end < len(self.text) and self.text[end] != quote:
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise ExpressionError(f"a {quote} is not closed")
        inner = self.text[self.position + 1 : end].replace(f"\\{quote}", quote)
        self.position = end + 1
        return parse_template(inner, self.external)

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
        return parse_template(text, self.external)

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
