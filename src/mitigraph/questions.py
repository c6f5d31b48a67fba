"""Named queries: a question in plain words, its typed parameters, its SPARQL, all in one plain file.

The head is comment lines: the question, a blank line, then ``# param NAME : TYPE [= default] : meaning`` lines, where TYPE is
``iri``, ``string``, ``integer``, ``date`` or ``scheme NAME``. In the SPARQL each parameter stands as an ordinary
``VALUES ?NAME { … }`` block (with the default, or UNDEF), so that the file runs as it is in any engine; a given value replaces
the block's content as an RDF term, never as text.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mitigraph.errors import InputError, UsageError
from mitigraph.query import tokens
from mitigraph.terms import XSD, iri, literal

__all__ = ["Parameter", "Question", "bind", "nearest", "question_of", "read_question", "read_questions"]

TYPES = ("iri", "string", "integer", "date", "scheme")
SHOWN = 80
_INTEGER = re.compile(r"[+-]?[0-9]{1,1000}")
_PARAM = re.compile(r"param\s+(\w+)\s*:\s*([a-z]+)(?:\s+([\w-]+))?\s*(?:=\s*(.*?)\s*)?:\s+(.*)")

Resolve = Callable[[str, str | None], str]
"""From the user's text and a scheme's name (None: any resource) to an IRI; UsageError with did-you-mean when there is none."""


@dataclass(frozen=True)
class Parameter:
    """One parameter: ``scheme`` names the SKOS scheme whose concepts it takes; ``default`` is None when a value must be given."""

    name: str
    type: str
    scheme: str | None
    default: str | None
    meaning: str


@dataclass(frozen=True)
class Question:
    """A named query as read from its file."""

    name: str
    text: str
    explanation: str
    parameters: tuple[Parameter, ...]
    sparql: str


def read_question(text: str, name: str) -> Question:
    """A named query from the text of its file. InputError names the line that is wrong.

    >>> question = read_question("# Who?\\n\\n# param who : string = me : whose name\\nASK { VALUES ?who { 'me' } }", "who")
    >>> question.text, question.parameters[0].default
    ('Who?', 'me')
    """
    head: list[str] = []
    parameters: list[Parameter] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            break
        words = line.lstrip("#").strip()
        if words.startswith("param "):
            parameter = _parameter(words, f"{name}.rq:{number}")
            if parameter.name in (known.name for known in parameters):
                raise InputError(f"{name}.rq:{number}: a second parameter {parameter.name!r}")
            parameters.append(parameter)
        elif words:
            head.append(words)
    if not head:
        raise InputError(f"{name}.rq:1: the first line must be a comment with the question")
    question = Question(name, head[0], " ".join(head[1:]), tuple(parameters), text)
    for parameter in parameters:
        if not _blocks(text, parameter.name):
            raise InputError(f"{name}.rq: the parameter {parameter.name!r} has no VALUES ?{parameter.name} {{ … }} block")
    return question


def read_questions(folder: Path) -> dict[str, Question]:
    """All named queries of a folder by name, in the order of their names. InputError: one cannot be read."""
    return {file.stem: question_of(file) for file in sorted(folder.glob("*.rq"))}


def question_of(file: Path) -> Question:
    """The named query that a file holds. InputError: it cannot be read, or names the line that is wrong."""
    return read_question(_text(file), file.stem)


def bind(question: Question, given: Mapping[str, str], resolve: Resolve) -> str:
    """The query's SPARQL with the given values, or defaults, in its VALUES blocks.

    Raises UsageError for an unknown or missing parameter, or a value that does not fit its type.
    """
    known = [parameter.name for parameter in question.parameters]
    for name in given:
        if name not in known:
            raise UsageError(f"@{question.name} has no parameter {name!r}{nearest(name, known)}")
    sparql = question.sparql
    for parameter in question.parameters:
        value = given.get(parameter.name, parameter.default)
        if value is None:
            raise UsageError(f"@{question.name} needs -p {parameter.name}=…: {parameter.meaning}")
        term = _term(parameter, value, resolve)
        for start, end in reversed(_blocks(sparql, parameter.name)):
            sparql = f"{sparql[:start]} {term} {sparql[end:]}"
    return sparql


def nearest(word: str, choices: Sequence[str]) -> str:
    """A did-you-mean clause, empty when nothing is near.

    >>> nearest("stge", ["stage", "actor"])
    "; did you mean 'stage'?"
    """
    from rapidfuzz import fuzz, process

    best = process.extractOne(word.casefold(), {c: c.casefold() for c in choices}, scorer=fuzz.ratio, score_cutoff=70)
    return f"; did you mean {best[2]!r}?" if best else ""


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{file}: not UTF-8") from None
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error


def _parameter(words: str, place: str) -> Parameter:
    match = _PARAM.fullmatch(words)
    if match is None or match.group(2) not in TYPES or (match.group(2) == "scheme") != (match.group(3) is not None):
        raise InputError(f"{place}: expected 'param NAME : TYPE [= default] : meaning', TYPE one of {', '.join(TYPES)} NAME")
    name, kind, scheme, default, meaning = match.groups()
    return Parameter(name, kind, scheme, default, meaning)


def _blocks(sparql: str, name: str) -> list[tuple[int, int]]:
    """Where the content of each ``VALUES ?name { … }`` block begins and ends."""
    stream = list(tokens(sparql))
    found = []
    for index, (kind, text, _) in enumerate(stream[:-2]):
        if kind == "word" and text.upper() == "VALUES" and stream[index + 1][1][1:] == name and stream[index + 2][1] == "{":
            end = next((token for token in stream[index + 3 :] if token[1] == "}"), None)
            if end is not None:
                found.append((stream[index + 2][2] + 1, end[2]))
    return found


def _term(parameter: Parameter, value: str, resolve: Resolve) -> str:
    try:
        return _TERMS[parameter.type](value, parameter.scheme, resolve)
    except UsageError as error:
        raise UsageError(f"-p {parameter.name}: {error}") from None
    except ValueError as error:
        shown = value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
        raise UsageError(f"-p {parameter.name}: {shown!r} is no {parameter.type}: {error}") from None


def _integer(value: str, _scheme: str | None, _resolve: Resolve) -> str:
    if not _INTEGER.fullmatch(value):
        raise ValueError("expected digits")
    return literal(str(int(value)), XSD + "integer")


def _date(value: str, _scheme: str | None, _resolve: Resolve) -> str:
    if datetime.date.fromisoformat(value).isoformat() != value:
        raise ValueError("expected YYYY-MM-DD")
    return literal(value, XSD + "date")


def _string(value: str, _scheme: str | None, _resolve: Resolve) -> str:
    return literal(value)


def _resource(value: str, scheme: str | None, resolve: Resolve) -> str:
    return iri(resolve(value, scheme))


_TERMS: dict[str, Callable[[str, str | None, Resolve], str]] = {
    "iri": _resource,
    "scheme": _resource,
    "string": _string,
    "integer": _integer,
    "date": _date,
}
