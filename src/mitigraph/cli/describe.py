"""mitigraph describe"""

from __future__ import annotations

import click

from mitigraph.cli.options import data_option, emit, format_of_suffix
from mitigraph.cli.talk import common, current

TEXT = "text"


@click.command("describe")
@click.argument("resource", metavar="IRI|CURIE|LABEL")
@data_option
@click.option("-f", "--format", "format_name", metavar="FORMAT", help="text, or turtle jsonld nt xml.  [default: text]")
@click.option("-o", "--output", metavar="FILE", help="Write here instead of standard output; the suffix says the format.")
@common
def command(resource: str, data: tuple[str, ...], format_name: str | None, output: str | None) -> int:
    """Show one resource: what is said of it, and what points to it, with labels beside the IRIs.

    \b
    Examples:
      mitigraph describe mitv2:ai-system.model.learning-objectives
      mitigraph describe "Red Teaming"
      mitigraph describe airmo:Mitigation -f turtle
    """
    from mitigraph import asking, description
    from mitigraph.formats import format_named

    name = format_name or format_of_suffix(output, {".txt": TEXT, ".xml": "rdfxml"}) or TEXT
    if name != TEXT:
        format_named(name)  # a wrong one is told before the work, not after it
    asked = asking.Asked(data)
    if name == TEXT:
        written = description.as_text(asked, resource).encode()
    else:
        written = asked.write_graph(description.about(asked, resource)[1], name)
    current().findings(finding for finding in asked.findings if finding.severity == "violation")
    emit(written, output)
    return 0
