"""mitigraph validate"""

from __future__ import annotations

import click

from mitigraph.cli.options import emit, fail_on, mapping_option, outcome, sources
from mitigraph.cli.talk import common, current

REPORTS = ("human", "json", "turtle", "jsonld")
TIMEOUT = 60.0


@click.command("validate")
@sources(required=True, name="DATA")
@click.option("-s", "--shapes", multiple=True, metavar="SHAPES", help="Shapes to use instead of the project's own.")
@mapping_option
@click.option("--report", type=click.Choice(REPORTS), default="human", show_default=True, help="The report on stdout.")
@fail_on
@click.option(
    "--timeout", type=click.FloatRange(0.1), default=TIMEOUT, show_default=True, metavar="S", help="Give up after S seconds."
)
@common
def command(
    paths: tuple[str, ...], shapes: tuple[str, ...], mapping: str | None, report: str, fail_on: str, timeout: float
) -> int:
    """Check records or RDF against the shapes; findings point at the cell or line.

    Records (CSV, TSV, XLSX, JSON, JSON Lines, YAML, page text) are mapped first; everything is inferred, then checked.

    \b
    Examples:
      mitigraph validate new-entries.csv
      mitigraph validate out/data.ttl --fail-on warning
      cat new.csv | mitigraph validate - --report json
    """
    from mitigraph import pipeline
    from mitigraph.knowledge import Knowledge

    knowledge, talk = Knowledge(), current()
    only = knowledge.named_mapping(mapping) if mapping else None
    own = pipeline.read_shapes(shapes) if shapes else None
    dataset = pipeline.read_dataset(paths, knowledge, only)
    validation = pipeline.validate(dataset, knowledge, own, timeout)
    talk.names(dataset.files, paths)
    if report == "human":
        talk.findings(validation.findings, err=False)
        talk.counts(dataset.counts)
        talk.verdict(validation.findings)
    else:
        emit(pipeline.report(validation, report, knowledge), None)
    return outcome(validation.findings, fail_on, dataset.refused)
