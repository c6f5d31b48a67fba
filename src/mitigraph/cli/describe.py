"""mitigraph describe"""

from __future__ import annotations

import click

from mitigraph.cli.options import data_option, emit
from mitigraph.cli.talk import common


@click.command("describe")
@click.argument("resource", metavar="IRI|CURIE|LABEL")
@data_option
@click.option("-f", "--format", "format_name", default="text", show_default=True, metavar="FORMAT", help="text, or turtle jsonld nt xml.")
@common
def command(resource: str, data: tuple[str, ...], format_name: str) -> int:
    """Show one resource: what is said of it, and what points to it, with labels beside the IRIs.

    \b
    Examples:
      mitigraph describe mitv2:ai-system.model.learning-objectives
      mitigraph describe "Red Teaming"
      mitigraph describe airmo:Mitigation -f turtle
    """
    from mitigraph import asking

    asked = asking.Asked(data)
    if format_name == "text":
        emit(asking.description(asked, resource).encode(), None)
    else:
        emit(asked.write_graph(asking.describe(asked, resource)[1], format_name), None)
    return 0
