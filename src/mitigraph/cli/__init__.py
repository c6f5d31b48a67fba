"""The command line: one file per verb, loaded only when it is called. The only room that imports click."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from typing import NoReturn

import click

from mitigraph import __version__
from mitigraph.cli.talk import Talk
from mitigraph.errors import MitigraphError

__all__ = ["VERBS", "cli", "main"]

VERBS = {
    "build": "Records in, a validated linked dataset out: the main job.",
    "map": "Records to RDF, and nothing more.",
    "validate": "Check records or RDF; findings point at the cell or line.",
    "query": "Ask in SPARQL, or by a question's name.",
    "describe": "One resource, with all that is said of it.",
    "convert": "From one RDF format to another.",
    "fmt": "One canonical Turtle shape for files kept by hand.",
}

USAGE, OUTPUT, BUG, INTERRUPTED = 2, 4, 5, 130


class Verbs(click.Group):
    """A group whose commands are imported when called, so that ``--help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command = import_module(f"mitigraph.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message}\nCommands: {', '.join(VERBS)}", ctx) from None


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="mitigraph %(version)s")
def cli() -> None:
    """From records about AI-risk mitigations to a validated, queryable, linked dataset.

    \b
    mitigraph build                         the bundled example, into dist/
    mitigraph build my-sources/ -o out      your own sources
    mitigraph validate new-entries.csv      what is wrong, in which cell
    mitigraph query --list                  what one may ask
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process with the exit code of the contract (docs/exit-codes.md)."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; every error ends here as one line and its exit code."""
    talk = Talk(debug="--debug" in (sys.argv[1:] if arguments is None else arguments))
    try:
        code = cli.main(args=arguments, prog_name="mitigraph", standalone_mode=False, obj=talk)
        sys.stdout.flush()
        return int(code) if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        _close_pipe()
        return 0
    except MitigraphError as error:
        click.echo(f"mitigraph: {error}", err=True)
        return error.exit_code
    except OSError as error:
        click.echo(f"mitigraph: {error.filename or 'output'}: {error.strerror or error}", err=True)
        return OUTPUT
    except Exception as error:  # the one place where a bug of ours becomes a line and an exit code
        return _bug(error, talk)


def _bug(error: Exception, talk: Talk) -> int:
    if talk.debug:
        traceback.print_exception(error)
    click.echo(
        f"mitigraph: a bug of ours: {type(error).__name__}: {' '.join(str(error).split())[:200]}; please report it"
        " with the command and its input (--debug shows where)",
        err=True,
    )
    return BUG


def _close_pipe() -> None:
    """Point standard output elsewhere, so that the interpreter does not complain while it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


