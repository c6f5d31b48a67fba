"""mitigraph map"""

from __future__ import annotations

import click

from mitigraph.cli.options import emit, mapping_option, outcome, sources
from mitigraph.cli.talk import common, current


@click.command("map")
@sources(required=False)
@mapping_option
@click.option("-o", "--output", metavar="FILE", help="Write here; the suffix says the format.")
@click.option("-f", "--format", "format_name", metavar="FORMAT", help="turtle, jsonld, nt, nq, trig or xml.")
@click.option("--head", type=click.IntRange(1), metavar="N", help="Show the first N triples beside the rule that made each.")
@common
def command(paths: tuple[str, ...], mapping: str | None, output: str | None, format_name: str | None, head: int | None) -> int:
    """Map records to RDF and write it, without inference and validation.

    Without SOURCE the mapping's own sources are read (-m is needed then).

    \b
    Examples:
      mitigraph map new-entries.csv
      mitigraph map -m mappings/mit-risks.yml risks.csv -o risks.nt
      mitigraph map new-entries.csv --head 20
    """
    from mitigraph import pipeline
    from mitigraph.knowledge import Knowledge

    if not paths and mapping is None:
        raise click.UsageError("name a SOURCE, or a mapping with -m whose own sources are read")
    pipeline.output_format(output, format_name)  # a wrong one is told before the work, not after it
    knowledge, talk = Knowledge(), current()
    only = knowledge.named_mapping(mapping) if mapping else None
    if head is not None:
        dataset, rows = pipeline.head(paths, knowledge, only, head)
        emit("".join(f"{' '.join(triple)} .  # {rule}\n" for triple, rule in rows).encode(), output)
    else:
        dataset = pipeline.read_dataset(paths, knowledge, only)
        if not dataset.is_nothing:
            emit(pipeline.written(dataset.asserted, output, format_name, knowledge), output)
    talk.names(dataset.files, paths)
    talk.findings(dataset.findings)
    talk.counts(dataset.counts)
    return outcome(dataset.findings, "violation", dataset.refused)
