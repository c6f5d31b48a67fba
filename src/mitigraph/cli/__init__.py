"""The command line: one file per verb, loaded only when it is called. The only room that imports click."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Iterable
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

import click

from mitigraph import __version__
from mitigraph.cli.pipe import go_on_without_readers
from mitigraph.cli.talk import Talk
from mitigraph.errors import MitigraphError
from mitigraph.finding import one_line

__all__ = ["VERBS", "cli", "main", "run"]

VERBS = {
    "build": "Records in, a validated linked dataset out: the main job.",
    "map": "Records to RDF, and nothing more.",
    "validate": "Check records or RDF; findings point at the cell or line.",
    "query": "Ask in SPARQL, or by a question's name.",
    "describe": "One resource, with all that is said of it.",
    "convert": "From one RDF format to another.",
    "fmt": "One canonical Turtle shape for files kept by hand.",
    "template": "A table to fill in, with drop-downs and hints.",
    "new": "An entry asked for field by field, checked as you go.",
}

USAGE, ENGINE, BUG, INTERRUPTED = 2, 4, 5, 130


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
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            hint = _nearest(args[0], VERBS) or f"; there are {', '.join(VERBS)}"
            raise click.UsageError(f"no such command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Verbs, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, "-V", "--version", message="mitigraph %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """From records about AI-risk mitigations to a validated, queryable, linked dataset.

    \b
    mitigraph build                         the bundled example, into dist/
    mitigraph build my-sources/ -o out      your own sources
    mitigraph validate new-entries.csv      what is wrong, in which cell
    mitigraph query --list                  what one may ask
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(USAGE)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process with the exit code of the contract (docs/exit-codes.md)."""
    if not sys.warnoptions:
        # Warnings of Python's are for developers; those for a user are findings. The checking process inherits this.
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
    go_on_without_readers()
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code; every error ends here as one line for each thing to mend."""
    talk = Talk(debug="--debug" in (sys.argv[1:] if arguments is None else arguments))
    try:
        code = cli.main(args=arguments, prog_name="mitigraph", standalone_mode=False, obj=talk)
        sys.stdout.flush()
        return int(code) if isinstance(code, int) else 0
    except click.ClickException as error:
        return _say(USAGE, _usage(error))
    except (click.Abort, KeyboardInterrupt):
        return _say(INTERRUPTED, "mitigraph: interrupted")
    except MitigraphError as error:
        return talk.refuse(error)
    except OSError as error:
        return _say(ENGINE, f"mitigraph: {error.filename or 'output'}: {error.strerror or error}")
    except MemoryError:
        return _say(ENGINE, "mitigraph: out of memory")
    except Exception as error:  # the one place where a bug of ours becomes a line and an exit code
        return _bug(error, talk)


def _say(code: int, line: str) -> int:
    click.echo(one_line(line), err=True)
    return code


def _usage(error: click.ClickException) -> str:
    """A wrong use in one line: which command, what is wrong, what was probably meant, where help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "mitigraph"
    message = error.format_message().strip()
    if isinstance(error, click.NoSuchOption):
        options = [name for one in context.command.get_params(context) for name in one.opts] if context else []
        message = f"no such option {error.option_name!r}{_nearest(error.option_name, options)}"
    message = message[:1].lower() + message[1:].removesuffix(".")
    return f"{command}: {message} ({command} --help)"


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _bug(error: Exception, talk: Talk) -> int:
    if talk.debug:
        traceback.print_exception(error)
    text = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    hint = "please report it with the command and its input (--debug shows where)"
    return _say(BUG, f"mitigraph: a bug of ours: {text}; {hint}")
