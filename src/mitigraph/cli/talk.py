"""What a command says to a person: on standard error, so that data on standard output stays data."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeVar

import click

from mitigraph.errors import MitigraphError
from mitigraph.finding import LEVELS, Finding, one_line, order, worst

if TYPE_CHECKING:
    from mitigraph.gather import Found
    from mitigraph.mapping import Count

__all__ = ["Talk", "common", "current"]

SHOWN_OF_A_KIND = {-1: 0, 0: 3, 1: sys.maxsize}
"""By verbosity, how many lines there are of a file's lighter findings of one kind."""
NUMBERS = ("read", "mapped", "rejected", "repeated", "triples")
LEAST_WIDTH = 40
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

    def refuse(self, error: MitigraphError) -> int:
        """What keeps the work from being done, a line for each thing to mend; the exit code it leads to."""
        for line in error.lines():
            click.echo(one_line(line), err=True)
        return error.exit_code

    def names(self, files: Iterable[Found], paths: Iterable[str]) -> None:
        """Learn how the user named files: those that were found, and those that were not."""
        self.shown.update({name: path for path in paths for name in (PurePath(path).name, path)})
        self.shown.update({file.name: file.shown for file in files})

    def findings(self, findings: Iterable[Finding], err: bool = True) -> None:
        """Findings, one line each (on a terminal folded to its width), file by file, the gravest last."""
        for line, mark in self._told(list(findings)):
            click.echo(self._dressed(line, mark, err), err=err, color=use_colour(err))

    def text(self, findings: Iterable[Finding]) -> str:
        """The same lines for a file: no colours, nothing folded."""
        return "".join(f"{line}\n" for line, _ in self._told(list(findings)))

    def _told(self, findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
        """Each line, and the severity and code in it; what would be the same line is said once, with its number.

        Unless verbose, lighter ones of a file that differ only in their place share a line, and of each kind only the first
        few lines are shown, and no notes on files that the user did not name, such as the project's own mappings. Quiet:
        violations only.
        """
        most, kinds = SHOWN_OF_A_KIND[self.verbosity], Counter[tuple[str, str]]()
        for file, found in self._by_file([finding for finding in findings if self._is_told(finding)]):
            kinds.clear()
            for group in found.values():
                first = group[0]
                kinds[first.severity, first.code] += 1
                if first.severity == "violation" or kinds[first.severity, first.code] <= most:
                    number = f" ({len(group):,} in all)" if len(group) > 1 else ""
                    yield self._line(first) + number, f"{first.severity}[{first.code}]"
            for (severity, code), count in kinds.items():
                if severity != "violation" and count > most and self.verbosity == 0:
                    mark = f"{severity}[{code}]"
                    yield f"{self._name(file)}: {mark} {count - most:,} more values like these (-v shows them)", mark

    def _is_told(self, finding: Finding) -> bool:
        return finding.severity != "info" or self.verbosity > 0 or not self.shown or finding.place.file in self.shown

    def _by_file(self, findings: Sequence[Finding]) -> Iterator[tuple[str, dict[tuple[str | None, ...], list[Finding]]]]:
        """Each file with its groups of findings that share a line; files by their gravest finding."""
        files: dict[str, dict[tuple[str | None, ...], list[Finding]]] = {}
        for finding in sorted(findings, key=lambda one: (LEVELS.index(one.severity), *order(one))):
            files.setdefault(finding.place.file, {}).setdefault(self._alike(finding), []).append(finding)
        gravest = {file: worst(group[0] for group in groups.values()) for file, groups in files.items()}
        for file in sorted(files, key=lambda file: (LEVELS.index(gravest[file]), self._name(file))):
            yield file, files[file]

    def counts(self, counts: Iterable[tuple[str, Count]]) -> None:
        """A table: what became of the records of each kind. AssertionError when some are missing from the sum: a bug of ours."""
        rows: dict[tuple[str, str], Tally] = {}
        for mapping, count in counts:
            rows.setdefault((mapping, count.source), Tally()).add(count)
        rows = {kind: tally for kind, tally in rows.items() if tally.numbers[0]}
        if self.verbosity < 0 or not rows:
            return
        head = ("read with", "records", "from", *NUMBERS)
        table: list[tuple[str, ...]] = [head]
        before = ""
        for (mapping, source), tally in rows.items():
            told = "" if mapping == before else mapping
            table.append((told, source, self._place_of(tally.files), *(f"{number:,}" for number in tally.numbers)))
            before = mapping
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for row in table:
            cells = [
                cell.rjust(width) if name in NUMBERS else cell.ljust(width)
                for name, cell, width in zip(head, row, widths, strict=True)
            ]
            self.say("  ".join(cells))

    def files(self, findings: Iterable[Finding], files: Iterable[Found]) -> None:
        """A line for each of the files with its numbers of findings, where several have some."""
        by_file: dict[str, list[Finding]] = {file.name: [] for file in files}
        for finding in findings:
            by_file.get(finding.place.file, []).append(finding)
        odd = {self._name(name): found for name, found in by_file.items() if found}
        if len(odd) > 1:
            for name, found in sorted(odd.items()):
                present = [level for level in LEVELS[1:] if any(finding.severity == level for finding in found)]
                self.say(f"{one_line(name)}: {_sum(found, present)}")

    def verdict(self, findings: Iterable[Finding], where: str = "") -> None:
        """How many findings there are of each severity, and where they all are; what was passed over is said to be there."""
        told = list(findings)
        untold = sum(not self._is_told(finding) for finding in told)
        more = f" ({untold:,} shown only with -v)" if untold else ""
        self.say(_sum(told, LEVELS[1:]) + more + one_line(where))

    def sum_of(self, findings: Iterable[Finding]) -> str:
        """How many violations and warnings there are; nothing if there are none.

        >>> Talk().sum_of([])
        ''
        """
        told = list(findings)
        return _sum(told, [level for level in LEVELS[2:] if any(finding.severity == level for finding in told)])

    def _alike(self, finding: Finding) -> tuple[str | None, ...]:
        if finding.severity == "violation" or self.verbosity > 0:
            return (str(finding),)
        return (finding.place.file, finding.severity, finding.code, finding.message, finding.value)

    def _name(self, file: str) -> str:
        return self.shown.get(file, file)

    def _place_of(self, files: Sequence[str]) -> str:
        """One file's name, or how many there are and what their names have in common."""
        names = [self._name(file) for file in files]
        if len(names) == 1:
            return one_line(names[0])
        folder = os.path.commonpath(names) if len({PurePath(name).is_absolute() for name in names}) == 1 else ""
        return f"{len(names)} files" + (f" in {one_line(folder)}" if folder else "")

    def _line(self, finding: Finding) -> str:
        return str(replace(finding, place=replace(finding.place, file=self._name(finding.place.file))))

    @staticmethod
    def _dressed(line: str, mark: str, err: bool) -> str:
        """A line as a terminal shows it best; elsewhere as it is."""
        if not _is_terminal(err):
            return line
        width = max(shutil.get_terminal_size().columns, LEAST_WIDTH)
        line = textwrap.fill(line, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
        return line.replace(mark, click.style(mark, fg=COLOURS[mark.partition("[")[0]]), 1) if use_colour(err) else line


@dataclass
class Tally:
    """What became of the records of one kind, over all files that hold such."""

    files: list[str] = field(default_factory=list)
    numbers: tuple[int, ...] = (0, 0, 0, 0, 0)

    def add(self, count: Count) -> None:
        """Add a file's."""
        assert count.read == count.mapped + count.rejected + count.repeated, f"{count.file}: records are missing"
        self.files.append(count.file)
        more = (count.read, count.mapped, count.rejected, count.repeated, count.triples)
        self.numbers = tuple(map(sum, zip(self.numbers, more, strict=True)))


def use_colour(err: bool = True) -> bool:
    """Colours only on a terminal, and never when NO_COLOR is set."""
    return _is_terminal(err) and not os.environ.get("NO_COLOR")


def _is_terminal(err: bool) -> bool:
    return (sys.stderr if err else sys.stdout).isatty()


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


def _sum(findings: Iterable[Finding], levels: Sequence[str]) -> str:
    """Numbers of findings by severity, the gravest first."""
    numbers = Counter(finding.severity for finding in findings)
    plural = {level: "" if level == "info" or numbers[level] == 1 else "s" for level in levels}
    return ", ".join(f"{numbers[level]:,} {level}{plural[level]}" for level in reversed(levels))
