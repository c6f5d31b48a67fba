"""Are the calls of a plan sound? Arguments, schemes and tables there are, and regular expressions that come to an end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from mitigraph.dates import DATES, read_format
from mitigraph.finding import Finding
from mitigraph.logic import CellError
from mitigraph.mapping.expression import Call, Expression, Text
from mitigraph.mapping.names import CONTEXT_FUNCTIONS
from mitigraph.mapping.plan import Lexicon, Mapping, Where
from mitigraph.mapping.problems import problem
from mitigraph.parting import EXPRESSIONS, between_slashes
from mitigraph.patterns import refusal
from mitigraph.transforms import FUNCTIONS

__all__ = ["check_call"]

ENTRY_ONLY = {"concept": 1, "conceptKey": 1, "nonValue": 1, "lookup": 2, "tableLabel": 2, "split": 1, "key": 1}
"""How many arguments the functions of the context need."""


def check_call(mapping: Mapping, call: Call, where: Where, lexicon: Lexicon) -> Iterator[Finding]:
    """What is wrong with one call; a function there is not was told when it was read."""
    if call.function in CONTEXT_FUNCTIONS:
        parameters: Sequence[str] = CONTEXT_FUNCTIONS[call.function]
        required = ENTRY_ONLY.get(call.function, 0)
    elif call.function in FUNCTIONS:
        parameters, required = FUNCTIONS[call.function].parameters, FUNCTIONS[call.function].required
    else:
        return
    yield from _check_arguments(call, parameters, required, where)
    given = dict(zip(parameters, call.arguments, strict=False)) | dict(call.named)
    for name, check in CHECKED_ARGUMENTS.items():
        if name in given and (call.function in CONTEXT_FUNCTIONS or name == "pattern"):
            yield from check(given[name], mapping, lexicon, where)
    written = given.get(EXPRESSIONS.get(call.function, ""))
    if isinstance(written, Text) and (inner := between_slashes(written.text)) is not None:
        yield from _check_pattern(Text(inner), mapping, lexicon, where)
    if call.function in DATES and isinstance(given.get("format"), Text):
        yield from _check_format(given["format"], where)


def _check_arguments(call: Call, parameters: Sequence[str], required: int, where: Where) -> Iterator[Finding]:
    many = any(name.startswith("*") for name in parameters)
    for name, _ in call.named:
        if name not in parameters:
            yield problem("unknown-argument", f"{call.function} has no argument {name!r}", where, name, parameters)
    if len(call.arguments) > len(parameters) and not many:
        most = f"{len(parameters)} argument{'s' * (len(parameters) != 1)}"
        yield problem("bad-arguments", f"{call.function} takes at most {most}", where, str(len(call.arguments)))
    filled = {*parameters[: len(call.arguments)], *(name for name, _ in call.named)}
    missing = [name for name in parameters[:required] if name not in filled]
    if missing:
        yield problem("bad-arguments", f"{call.function} needs {', '.join(missing)}", where)


def _check_schemes(argument: Expression, mapping: Mapping, lexicon: Lexicon, where: Where) -> Iterator[Finding]:
    if not isinstance(argument, Text):
        yield problem("bad-arguments", "schemes are named outright", where)
        return
    for name in argument.text.split():
        if lexicon.schemes.named(name) is None:
            yield problem("unknown-scheme", f"no scheme {name!r}", where, name, lexicon.schemes.schemes)


def _check_table(argument: Expression, mapping: Mapping, lexicon: Lexicon, where: Where) -> Iterator[Finding]:
    if not isinstance(argument, Text):
        yield problem("bad-arguments", "a table is named outright", where)
    elif argument.text not in mapping.lookups and lexicon.schemes.named(argument.text) is None:
        known = [*mapping.lookups, *lexicon.schemes.schemes]
        yield problem("unknown-lookup", f"no lookup table {argument.text!r}", where, argument.text, known)


def _check_pattern(argument: Expression, mapping: Mapping, lexicon: Lexicon, where: Where) -> Iterator[Finding]:
    if isinstance(argument, Text):
        try:
            reason = refusal(argument.text)
        except re.error as error:
            yield problem("bad-pattern", f"not a regular expression: {error}", where, argument.text)
        else:
            if reason is not None:
                yield problem("slow-pattern", reason, where, argument.text)


def _check_every(argument: Expression, mapping: Mapping, lexicon: Lexicon, where: Where) -> Iterator[Finding]:
    if not isinstance(argument, Text):
        yield problem("bad-arguments", "the words for every concept are given outright", where)


def _check_format(argument: Expression, where: Where) -> Iterator[Finding]:
    try:
        read_format(argument.text if isinstance(argument, Text) else "")
    except CellError as error:
        yield problem(error.code, f"{error.message}; {error.expected}", where)


CHECKED_ARGUMENTS: dict[str, Callable[[Expression, Mapping, Lexicon, Where], Iterator[Finding]]] = {
    "scheme": _check_schemes,
    "table": _check_table,
    "every": _check_every,
    "pattern": _check_pattern,
}
