"""Asking for an entry field by field: questions on standard error, answers from a terminal or line by line from standard input.

``?`` shows all choices or explains, ``?word`` the choices that hold the word, ``<`` goes back, ``-`` empties, ``=`` takes what
was probably meant, ``!`` keeps an answer despite a warning.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import click

from mitigraph.cli.talk import COLOURS, Talk, use_colour
from mitigraph.errors import InputError
from mitigraph.finding import Finding, one_line, worst
from mitigraph.form import Choice, Field, Form
from mitigraph.form.checker import is_of_value
from mitigraph.form.words import explained, need
from mitigraph.transforms import fold

__all__ = ["Dialogue", "answers"]

MOST_LISTED = 12
"""More choices than these are only shown when they are asked for."""
BACK, EMPTY, KEEP, MEANT, ALL = "<", "-", "!", "=", "?"
KEYS = "? explains and lists all, ?word searches, < goes back, - empties, = takes what was meant, ! keeps despite a warning"

Check = Callable[[Mapping[str, str]], Sequence[Finding]]


def answers() -> Callable[[str], str]:
    """What puts a question and gives the answer. InputError, when asked: standard input has ended or is not UTF-8."""
    if sys.stdin.isatty():
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 -- lines can be edited where there is such a library

        return _from_terminal
    return _from_lines


def _from_terminal(question: str) -> str:
    while True:
        try:
            answer: str = click.prompt(question, default="", show_default=False, prompt_suffix="", err=True)
            answer.encode()
        except UnicodeError:
            click.echo("that was no text in UTF-8; once more, please", err=True)
        else:
            return answer


def _from_lines(question: str) -> str:
    line = sys.stdin.buffer.readline()
    if not line:
        click.echo(question, err=True)
        raise InputError("standard input ended before all was answered; nothing is written")
    try:
        answer = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError("standard input is not UTF-8; nothing is written") from None
    click.echo(f"{question}{one_line(answer)}", err=True)
    return answer


class _Judgement(NamedTuple):
    """The gravest severity of what is said of an answer; the answer if it may be kept; what was probably meant by it."""

    severity: str = "none"
    kept: str | None = None
    meant: str | None = None


class Dialogue:
    """The questions for one entry. ``fields`` are asked in their order; ``propose`` says what an empty answer stands for."""

    def __init__(
        self,
        form: Form,
        fields: Sequence[Field],
        check: Check,
        propose: Callable[[Field, Mapping[str, str]], str],
        ask: Callable[[str], str],
        talk: Talk,
    ) -> None:
        self._form, self._fields, self._check, self._propose, self._ask, self._talk = form, fields, check, propose, ask, talk
        self.entry: dict[str, str] = {}
        self._told: set[str] = set()

    def run(self, target: str, given: Mapping[str, str]) -> dict[str, str] | None:
        """Ask for everything, show it, and ask whether to save it; None: it is not to be saved."""
        self.entry.update(given)
        self._talk.say(KEYS)
        at = 0
        while True:
            while at < len(self._fields):
                at = max(0, at - 1) if not self._field(self._fields[at]) else at + 1
            chosen = self._review(target)
            if not isinstance(chosen, Field):
                return self._result() if chosen else None
            self._field(chosen)

    def _result(self) -> dict[str, str]:
        return {name: self.entry[name] for name in self._form.names if self.entry.get(name)}

    def _field(self, field: Field) -> bool:
        """Ask for a field until it has a value that may stand; False: go back."""
        self._introduce(field)
        judged = _Judgement()
        while True:
            answer = self._ask(self._question(field))
            answer = answer if field.verbatim else answer.strip()
            if answer == ALL or (field.choices and answer.startswith(ALL)):
                self._explain(field, answer.removeprefix(ALL).strip())
            elif answer == BACK:
                return False
            elif answer in (KEEP, MEANT) and (judged.kept if answer == KEEP else judged.meant) is None:
                self._talk.say(f"there is nothing that {answer} could stand for")
            else:
                value = judged.kept if answer == KEEP else judged.meant if answer == MEANT else self._meant(field, answer)
                if value is None:
                    continue
                judged = _Judgement() if answer == KEEP else self._judge(field, value)
                if judged.severity == "none":
                    self.entry[field.name] = value
                    return True

    def _introduce(self, field: Field) -> None:
        self._talk.say("")
        self._talk.say(_bold(field.label) + (f": {field.help}" if field.help else ""))
        if len(field.choices) <= MOST_LISTED:
            self._list(field, field.choices)
        else:
            self._talk.say(
                f"  {len(field.choices)} choices: ? lists them, ?word those with a word in them; a code or a label will do"
            )

    def _question(self, field: Field) -> str:
        value = self.entry.get(field.name) or self._propose(field, self.entry)
        told = f" [{one_line(value)}]" if value else "" if field.required else f" ({need(field).lower()})"
        return f"{field.name}{told}> "

    def _explain(self, field: Field, word: str) -> None:
        found = [one for one in field.choices if fold(word) in fold(f"{one.text} {one.label} {one.definition}")]
        if not word:
            for line in explained(field):
                self._talk.say(f"  {line}")
        elif not found:
            self._talk.say(f"  no choice has {word!r} in it")
        self._list(field, found, True)

    def _list(self, field: Field, choices: Iterable[Choice], with_definitions: bool = False) -> None:
        """Choices with their numbers; with their codes alone where those could be taken for numbers."""
        numbers = {one: number for number, one in enumerate(field.choices, 1)}
        for one in choices:
            if _is_numbered(field):
                mark = f"{numbers[one]:>3}  {one.text}" + (f"  {one.label}" if one.label not in ("", one.text) else "")
            else:
                mark = f"  {one.code or one.text}  {one.label}"
            self._talk.say(mark + (f": {one.definition}" if with_definitions and one.definition else ""))

    def _meant(self, field: Field, answer: str) -> str | None:
        """The value that an answer stands for; None: there must be one and there is none."""
        if answer == EMPTY:
            value = ""
        elif not answer.strip():
            value = self.entry.get(field.name) or self._propose(field, self.entry)
        elif field.choices:
            value = field.joined(_chosen(field, part) for part in field.parts(answer))
        else:
            value = answer
        if not value and field.required:
            self._talk.say(f"{field.name} is required")
            return None
        return value

    def _judge(self, field: Field, value: str) -> _Judgement:
        """Say what is wrong with a value."""
        if not value:
            if field.wanted:
                self._talk.say(f"  left out: {field.wanted}")
            return _Judgement()
        found = [one for one in self._check({**self.entry, field.name: value}) if one.severity != "info"]
        own = [one for one in found if one.place.file == field.name and is_of_value(one)]
        for one in own:
            self._say(one)
        for one in found:
            # What is missing may still come; it is told once, and again before the entry is saved.
            if one not in own and one.severity == "violation" and str(one) not in self._told:
                self._told.add(str(one))
                self._say(one)
        severity = worst(own)
        if severity == "warning":
            self._talk.say(f"{KEEP} keeps it all the same")
        return _Judgement(severity, value if severity == "warning" else None, _mended(field, value, own))

    def _review(self, target: str) -> Field | bool:
        """Show the entry and what is said of it: whether to save it, or the field to change."""
        self._talk.say("")
        result = self._result()
        for name, value in result.items():
            self._talk.say(f"{name}: {one_line(value)}")
        found = [one for one in self._check(result) if one.severity != "info"]
        for one in sorted(found, key=lambda one: one.severity == "violation"):
            self._say(one)
        is_wrong = any(one.severity == "violation" for one in found)
        hint = "a field to change, or n to give up" if is_wrong else f"Save to {one_line(target)}? Y, n, or a field to change"
        while True:
            answer = fold(self._ask(f"{hint}> "))
            field = next((field for field in self._fields if answer in (fold(field.name), fold(field.label))), None)
            if answer == BACK or field is not None:
                return field or self._fields[-1]
            if answer in ("n", "no"):
                return False
            if answer in ("", "y", "yes") and not is_wrong:
                return True

    def _say(self, finding: Finding) -> None:
        line = str(finding)
        mark = f"{finding.severity}[{finding.code}]"
        styled = click.style(mark, fg=COLOURS[finding.severity]) if use_colour() else mark
        click.echo(line.replace(mark, styled, 1), err=True, color=use_colour())


def _chosen(field: Field, part: str) -> str:
    """What is written for a choice that is named by its text, code, label or number; other text as it is."""
    if (choice := field.choice(part)) is not None:
        return choice.text
    if _is_numbered(field) and part.isascii() and part.isdigit() and 0 < int(part) <= len(field.choices):
        return field.choices[int(part) - 1].text
    return part


def _mended(field: Field, value: str, findings: Iterable[Finding]) -> str | None:
    """The answer with every value in the place of which another was probably meant; None: there is none."""
    meant = {one.value: one.suggestion for one in findings if one.value is not None and one.suggestion is not None}
    parts = [_chosen(field, meant[part]) if part in meant else part for part in field.parts(value)]
    return field.joined(parts) if meant.keys() & set(field.parts(value)) else None


def _is_numbered(field: Field) -> bool:
    """Whether a number can only stand for a place in the list: no choice has a code that begins with a digit."""
    return not any((one.code or one.text).rpartition(":")[2][:1].isdigit() for one in field.choices)


def _bold(text: str) -> str:
    return click.style(text, bold=True) if use_colour() else text
