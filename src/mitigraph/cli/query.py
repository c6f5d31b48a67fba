"""mitigraph query"""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from mitigraph.cli.options import data_option, emit, format_of_suffix
from mitigraph.cli.talk import common, current
from mitigraph.errors import InputError

QUERY_SUFFIXES = (".rq", ".sparql")
RESULT_SUFFIXES = {
    ".txt": "table",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".srj": "json",
    ".xml": "xml",
    ".srx": "xml",
    ".md": "md",
    ".html": "html",
    ".htm": "html",
}


@click.command("query")
@click.argument("question", required=False, metavar="[@NAME|FILE|TEXT|-]")
@data_option
@click.option(
    "-f", "--format", "format_name", metavar="FORMAT", help="table csv tsv json xml md html; for graphs turtle jsonld nt xml."
)
@click.option(
    "-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="A named query's parameter: label, code or IRI."
)
@click.option("-o", "--output", metavar="FILE", help="Write here instead of standard output; the suffix says the format.")
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
        emit(asking.listing().encode(), output)
        return 0
    if question is None:
        raise click.UsageError("ask something: @NAME (--list shows them), a file, SPARQL text, or - for standard input")
    name = format_name or format_of_suffix(output, RESULT_SUFFIXES)
    asked = asking.Asked(data)
    sparql = asked.text(_text(question), _values(parameters))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine does not come back for Python's own handler
    answer = asked.ask(sparql)
    refused = [finding for finding in asked.findings if finding.severity == "violation"]
    current().findings([*refused, *asked.unknown_terms(sparql)])
    emit(results.write_answer(answer, name, asked.prefixes, asked.write_graph, _width(output)), output)
    return 0


def _text(question: str) -> str:
    """The query itself: from standard input, from a file, or as it was typed."""
    if question == "-":
        return _decoded(sys.stdin.buffer.read(), "-")
    if question.startswith("@") or any(c in question for c in "{\n"):
        return question
    from mitigraph.parse import read_file

    file = Path(question)
    if file.suffix in QUERY_SUFFIXES or _is_file(file):
        return _decoded(read_file(file), question)
    return question


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except (OSError, ValueError):  # text that no file could be called
        return False


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name}: not UTF-8") from None


def _values(parameters: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"{text!r}: expected NAME=VALUE", param_hint="-p")
        if name in values:
            raise click.BadParameter(f"{name!r} is given twice; a query takes one value for each parameter", param_hint="-p")
        values[name] = value
    return values


def _width(output: str | None) -> int | None:
    """A terminal's width; None where lines may be as long as they are."""
    return shutil.get_terminal_size().columns if output in (None, "-") and sys.stdout.isatty() else None
