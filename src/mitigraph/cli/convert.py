"""mitigraph convert"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mitigraph.cli.options import emit
from mitigraph.cli.talk import common


@click.command("convert")
@click.argument("source", metavar="IN")
@click.option("-o", "--output", metavar="OUT", help="Write here; the suffix says the format. Default: standard output.")
@click.option("-f", "--format", "format_name", metavar="FORMAT", help="turtle, jsonld, nt, nq, trig or xml.")
@click.option("--from", "source_format", metavar="FORMAT", help="The input's format, where its name does not say it.")
@common
def command(source: str, output: str | None, format_name: str | None, source_format: str | None) -> int:
    """Convert between RDF formats: Turtle, JSON-LD, N-Triples, N-Quads, TriG, RDF/XML. Nothing is fetched.

    \b
    Examples:
      mitigraph convert data.ttl -o data.jsonld
      mitigraph convert data.jsonld -f nt
      cat data.nt | mitigraph convert - --from nt -f turtle
    """
    from mitigraph import formats, parse, serialise
    from mitigraph.knowledge import Knowledge

    target = formats.format_named(format_name) if format_name else formats.format_for(output or "")
    if target is None:
        raise click.UsageError("name the output's format: -o FILE with a known suffix, or -f FORMAT")
    given = formats.format_named(source_format) if source_format else formats.format_for(source)
    if given is None:
        raise click.UsageError(f"{source}: its name does not say its format; name it with --from FORMAT")
    data = sys.stdin.buffer.read() if source == "-" else parse.read_file(Path(source))
    emit(serialise.convert(data, given, target, source, Knowledge().context), output)
    return 0
