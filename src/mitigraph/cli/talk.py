"""What a command says to a person: on standard error, so that data on standard output stays data."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import click

from mitigraph.finding import Finding, order

if TYPE_CHECKING:
    from mitigraph.mapping import Count

__all__ = ["Talk", "common", "current"]

SHOWN_OF_A_KIND = 3
COLOURS = {"violation": "red", "warning": "yellow", "info": "blue"}

Command = TypeVar("Command", bound=Callable[..., object])


@dataclass
class Talk:
    """How much to say (-1 quiet, 0, 1 verbose), and how the files of findings were named by the user."""

    verbosity: int = 0
    debug: bool = False
    shown: dict[str, str] = field(default_factory=dict)

    def say(self, text: str) -> None:
        """One line, unless quiet."""
        if self.verbosity >= 0:
            click.echo(text, err=True, color=use_colour())

    def findings(self, findings: Iterable[Finding]) -> None:
        """Findings, one line each. Violations all; of lighter ones the first few of each kind, unless verbose; quiet: violations."""
        left: Counter[tuple[str, str, str]] = Counter()
        for finding in sorted(findings, key=order):
            kind = (finding.place.file, finding.severity, finding.code)
            left[kind] += 1
            if finding.severity != "violation" and (
                self.verbosity < 0 or (self.verbosity == 0 and left[kind] > SHOWN_OF_A_KIND)
            ):
                continue
            click.echo(self._line(finding), err=True, color=use_colour())
        if self.verbosity == 0:
            self._summary(left)

    def counts(self, counts: Iterable[tuple[str, Count]]) -> None:
        """A table: what became of each file's records. EngineError when records are missing from the sum: a bug of ours."""
        if self.verbosity < 0:
            return
        rows: list[tuple[str, ...]] = [("source", "mapping", "read", "mapped", "rejected", "repeated", "triples")]
        for mapping, count in counts:
            if count.read != count.mapped + count.rejected + count.repeated:
                raise AssertionError(f"{count.file}: {count.read} read, but the parts do not add up")
            numbers = (count.read, count.mapped, count.rejected, count.repeated, count.triples)
            name = self.shown.get(count.file, count.file)
            rows.append((f"{name} ({count.source})", mapping, *(f"{number:,}" for number in numbers)))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows if len(rows) > 1 else []:
            names = [cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False)]
            self.say("  ".join([*names, *(cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))]))

    def verdict(self, findings: Iterable[Finding]) -> None:
        """How many findings there are of each severity."""
        numbers = Counter(finding.severity for finding in findings)
        parts = [f"{numbers[level]:,} {level}{'' if level == 'info' or numbers[level] == 1 else 's'}" for level in ("violation", "warning", "info")]
        self.say(", ".join(parts))

    def _line(self, finding: Finding) -> str:
        place = replace(finding.place, file=self.shown.get(finding.place.file, finding.place.file))
        line = str(replace(finding, place=place))
        mark = f"{finding.severity}[{finding.code}]"
        return line.replace(mark, click.style(mark, fg=COLOURS[finding.severity]), 1) if use_colour() else line

    def _summary(self, left: Mapping[tuple[str, str, str], int]) -> None:
        for (file, severity, code), number in sorted(left.items()):
            if severity != "violation" and number > SHOWN_OF_A_KIND:
                more = number - SHOWN_OF_A_KIND
                click.echo(f"{self.shown.get(file, file)}: {severity}[{code}] {more} more like this (-v shows all)", err=True)


def use_colour() -> bool:
    """Colours only on a terminal, and never when NO_COLOR is set."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")


def current() -> Talk:
    """The talk of the running command."""
    talk = click.get_current_context().find_object(Talk)
    return talk if talk is not None else Talk()


def common(command: Command) -> Command:
    """The options every command has: -v, -q, --debug."""
    for names, help_text, change in (
        (("--debug",), "On a bug of ours, show the traceback.", {"debug": True}),
        (("-q", "--quiet"), "Say only what is wrong.", {"verbosity": -1}),
        (("-v", "--verbose"), "Say everything.", {"verbosity": 1}),
    ):
        command = click.option(*names, is_flag=True, expose_value=False, help=help_text, callback=_setter(change))(command)
    return command


def _setter(change: Mapping[str, object]) -> Callable[[click.Context, click.Parameter, bool], bool]:
    def note(context: click.Context, _parameter: click.Parameter, given: bool) -> bool:
        talk = context.find_object(Talk)
        if given and talk is not None:
            for name, value in change.items():
                setattr(talk, name, value)
        return given

    return note
