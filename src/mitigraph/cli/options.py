"""Options and arguments that several verbs share, and the exit code that findings lead to."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from mitigraph.finding import LEVELS, Finding, at_least, worst

if TYPE_CHECKING:
    from mitigraph.pipeline import Dataset

__all__ = [
    "BASE",
    "base",
    "data_option",
    "emit",
    "fail_on",
    "format_of_suffix",
    "mapping_option",
    "optional_base",
    "outcome",
    "output_to",
    "refuse_own_files",
    "refuse_own_input",
    "sources",
    "timeout",
]

BASE = "https://w3id.org/airmo/id/"
FINE, FINDINGS, UNREADABLE = 0, 1, 3
LEAST_TIME, MOST_TIME = 0.1, 1_000_000.0
"""Seconds; no timer of a system counts for ever."""

Command = TypeVar("Command", bound=Callable[..., object])


def sources(required: bool, name: str = "SOURCE") -> Callable[[Command], Command]:
    """The files or folders a verb reads; ``-`` is standard input."""
    return click.argument("paths", nargs=-1, required=required, metavar=f"{name}..." if required else f"[{name}]...")


def base(command: Command) -> Command:
    """--base IRI."""
    text = "Where the IRIs of individuals begin."
    return click.option("--base", default=BASE, show_default=True, metavar="IRI", callback=_checked_base, help=text)(command)


def optional_base(command: Command) -> Command:
    """--base IRI, of a verb that otherwise keeps the mapping's own."""
    text = f"Where the IRIs of individuals begin.  [default: the mapping's own base, else {BASE}]"
    return click.option("--base", metavar="IRI", callback=_checked_base, help=text)(command)


def fail_on(command: Command) -> Command:
    """--fail-on LEVEL."""
    text = "Exit with 1 for findings at this level or above."
    return click.option("--fail-on", type=click.Choice(LEVELS), default="violation", show_default=True, help=text)(command)


def mapping_option(command: Command) -> Command:
    """-m MAPPING."""
    text = "Use this mapping for every file, whatever it fits."
    return click.option("-m", "--mapping", "mapping", metavar="FILE", help=text)(command)


def data_option(command: Command) -> Command:
    """-d DATA."""
    text = "Data to ask: files, folders, a build. Default: ./dist, else the bundled dataset."
    return click.option("-d", "--data", "data", multiple=True, metavar="DATA", help=text)(command)


def timeout(default: float) -> Callable[[Command], Command]:
    """--timeout S."""
    return click.option(
        "--timeout",
        type=click.FloatRange(LEAST_TIME, MOST_TIME),
        default=default,
        show_default=True,
        callback=_a_number,
        metavar="S",
        help="Give up after S seconds.",
    )


def outcome(findings: Iterable[Finding], level: str, refused: bool) -> int:
    """The exit code, the highest that applies: 3 when a file that was named was not taken, 1 for findings at the level."""
    if refused:
        return UNREADABLE
    return FINDINGS if at_least(worst(findings), level) else FINE


@contextmanager
def output_to(output: str | None) -> Iterator[tuple[Callable[[bytes], object], Callable[[], None]]]:
    """What writes to a file or to standard output, and what says that all is written: unsaid, no file takes its place."""
    if output is None or output == "-":
        yield sys.stdout.buffer.write, sys.stdout.buffer.flush
        return
    from mitigraph.serialise import Writing

    with Writing(Path(output)) as file:
        yield file.write, file.keep


def emit(data: bytes, output: str | None) -> None:
    """Data to a file, whole or not at all, or to standard output."""
    if output is None or output == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        from mitigraph.serialise import write

        write(Path(output), data)


def format_of_suffix(output: str | None, others: Mapping[str, str]) -> str | None:
    """The format that an output's suffix stands for: one of ``others``, by suffix, or an RDF format. None without a suffix."""
    from mitigraph.formats import format_for

    suffix = Path(output).suffix.lower() if output is not None else ""
    if not suffix or suffix in others:
        return others.get(suffix)
    rdf = format_for(str(output))
    if rdf is None:
        raise click.BadParameter(f"{output!r}: no format has the suffix {suffix!r}; name one with -f", param_hint="-o")
    return rdf.name


def refuse_own_input(option: str, output: str | None, inputs: Iterable[str | None]) -> None:
    """An output must not be written over what is read."""
    if output not in (None, "-"):
        for one in inputs:
            if one and Path(one).is_file() and Path(str(output)).exists() and Path(one).samefile(str(output)):
                raise click.BadParameter(f"{output!r} is what is read", param_hint=option)


def refuse_own_files(option: str, output: str | None, dataset: Dataset) -> None:
    """Nor over what was found in a folder and read; what was passed over there, such as an earlier output, is replaced."""
    taken = {count.file for _, count in dataset.counts} | {file.name for file in dataset.rdf}
    refuse_own_input(option, output, (str(file.path) for file in dataset.files if file.path and file.name in taken))


def _a_number(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    if math.isnan(value):  # which is in every range
        raise click.BadParameter("not a number")
    return value


def _checked_base(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from mitigraph.terms import iri

    if value is None:
        return None
    try:
        iri(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not an absolute IRI") from None
    if not value.startswith(("https://", "http://", "urn:")) or not value.endswith(("/", "#", ":")):
        raise click.BadParameter(f"{value!r} must begin with https:, http: or urn: and end with '/', '#' or ':'")
    return value
