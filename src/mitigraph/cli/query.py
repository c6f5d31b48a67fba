"""mitigraph query"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from mitigraph.cli.options import data_option, emit
from mitigraph.cli.talk import common
from mitigraph.errors import InputError


@click.command("query")
@click.argument("question", required=False, metavar="[@NAME|FILE|TEXT|-]")
@data_option
@click.option("-f", "--format", "format_name", metavar="FORMAT", help="table csv tsv json xml md html; for graphs turtle jsonld nt xml.")
@click.option("-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="A named query's parameter: label, code or IRI.")
@click.option("-o", "--output", metavar="FILE", help="Write here instead of standard output.")
@click.option("--list", "listing", is_flag=True, help="List the named queries and their parameters.")
@common
def command(
    question: str | None,
    data: tuple[str, ...],
    format_name: str | None,
    parameters: tuple[str, ...],
    output: str | None,
    listing: bool,
) -> int:
    """Ask the dataset in SPARQL 1.1, or by a question's name. No prefix needs to be declared.

    \b
    Examples:
      mitigraph query --list
      mitigraph query @in-category -p category="Model"
      mitigraph query "SELECT ?m ?label { ?m a airmo:Mitigation ; rdfs:label ?label } LIMIT 5"
      mitigraph query question.rq -d out -f csv
    """
    from mitigraph import asking, results

    if listing:
        click.echo(asking.listing(), nl=False)
        return 0
    if question is None:
        raise click.UsageError("ask something: @NAME (--list shows them), a file, SPARQL text, or - for standard input")
    asked = asking.Asked(data)
    sparql = asked.text(_text(question), dict(map(_pair, parameters)))
    answer = asked.ask(sparql)
    name = format_name or _by_suffix(output)
    emit(results.write_answer(answer, name, asked.prefixes, asked.write_graph, _width(output)), output)
    return 0


def _text(question: str) -> str:
    """The query itself: from standard input, from a file, or as it was typed."""
    if question == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    if question.startswith("@") or any(c in question for c in "{\n"):
        return question
    file = Path(question)
    if file.is_file():
        return file.read_text("utf-8")
    if file.suffix in (".rq", ".sparql"):
        raise InputError(f"{question}: there is no such file")
    return question


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r}: expected NAME=VALUE", param_hint="-p")
    return name, value


def _by_suffix(output: str | None) -> str | None:
    return Path(output).suffix.lstrip(".") or None if output and output != "-" else None


def _width(output: str | None) -> int | None:
    """A terminal's width; None where lines may be as long as they are."""
    return shutil.get_terminal_size().columns if output is None and sys.stdout.isatty() else None
