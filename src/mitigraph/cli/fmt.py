"""mitigraph fmt"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mitigraph.cli.options import emit
from mitigraph.cli.talk import common, current
from mitigraph.errors import MitigraphError

FINE, WOULD_CHANGE = 0, 1


@click.command("fmt")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when a file would change.")
@common
def command(files: tuple[str, ...], check: bool) -> int:
    """Rewrite Turtle files in one canonical shape: one triple a line, sorted, comments kept. - is standard input to output.

    \b
    Examples:
      mitigraph fmt ontology/airmo.ttl
      mitigraph fmt --check shapes/*.ttl
    """
    return max(_fmt_one(name, check) for name in files)


def _fmt_one(name: str, check: bool) -> int:
    """The exit code of one file; one that cannot be read does not keep the others from being done."""
    from mitigraph.layout import format_turtle
    from mitigraph.parse import read_file

    try:
        data = sys.stdin.buffer.read() if name == "-" else read_file(Path(name))
        formatted = format_turtle(data, name)
    except MitigraphError as error:
        return current().refuse(error)
    if check:
        if formatted != data:
            click.echo(f"{name}: would change", err=True)
        return WOULD_CHANGE if formatted != data else FINE
    if name == "-" or formatted != data:
        emit(formatted, name)
        if name != "-":
            current().say(f"{name}: rewritten")
    return FINE
