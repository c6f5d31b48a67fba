"""mitigraph map"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mitigraph.cli.options import (
    emit,
    mapping_option,
    optional_base,
    outcome,
    output_to,
    refuse_own_files,
    refuse_own_input,
    sources,
)
from mitigraph.cli.talk import common, current

if TYPE_CHECKING:
    from mitigraph.knowledge import Knowledge


@click.command("map")
@sources(required=False)
@mapping_option
@click.option("-o", "--output", metavar="FILE", help="Write here; the suffix says the format.")
@click.option("-f", "--format", "format_name", metavar="FORMAT", help="turtle, jsonld, nt, nq, trig or xml.")
@click.option("--head", type=click.IntRange(1), metavar="N", help="Show the first N triples beside the rule that made each.")
@click.option("--check", is_flag=True, help="Say what is wrong with the mapping and with the files it is for; map nothing.")
@optional_base
@click.option("--to", type=click.Choice(["rml"]), help="Write the mapping itself, in another language.")
@common
def command(
    paths: tuple[str, ...],
    mapping: str | None,
    output: str | None,
    format_name: str | None,
    head: int | None,
    check: bool,
    base: str | None,
    to: str | None,
) -> int:
    """Map records to RDF and write it, without inference and validation.

    Without SOURCE the mapping's own sources are read (-m is needed then).

    \b
    Examples:
      mitigraph map new-entries.csv
      mitigraph map -m mappings/mit-risks.yml risks.csv -o risks.nt
      mitigraph map new-entries.csv --head 20
      mitigraph map --check -m my.yml measures.csv
      mitigraph map -m mappings/mit-risks.yml --to rml -o risks.ttl
    """
    from mitigraph import pipeline, relay
    from mitigraph.knowledge import Knowledge

    # A base that is not given is the mapping's own.
    knowledge, talk = Knowledge(base) if base else Knowledge(overrides=False), current()
    if check:
        if mapping is None or output or head or to:
            raise click.UsageError("--check wants a mapping with -m, and only says what is wrong with it")
        return _check(mapping, paths, knowledge)
    if to is not None and (paths or mapping is None or head is not None):
        raise click.UsageError(f"--to {to} writes a mapping: name it with -m, and no SOURCE")
    if not paths and mapping is None:
        raise click.UsageError("name a SOURCE, or a mapping with -m whose own sources are read")
    data_format = pipeline.output_format(output, format_name)  # a wrong one is told before the work, not after it
    only = knowledge.named_mapping(mapping) if mapping else None
    if only is not None and only.names_graphs and output in (None, "-") and format_name is None:
        data_format = pipeline.output_format(None, "trig")
    refuse_own_input("-o", output, (*paths, mapping))
    if to is not None and only is not None:
        emit(pipeline.as_rml(only, output, format_name, knowledge), output)
        talk.findings(only.findings)
        return outcome(only.findings, "violation", False)
    if head is not None:
        dataset, rows = pipeline.head(paths, knowledge, only, head)
        emit("".join(f"{' '.join(triple)} .  # {rule}\n" for triple, rule in rows).encode(), output)
    else:
        with output_to(output) as (write, keep):
            runners = relay.cores() if output not in (None, "-") else 1
            dataset = pipeline.map_records(paths, knowledge, only, data_format, write, runners)
            refuse_own_files("-o", output, dataset)
            if not dataset.is_nothing:
                keep()
    talk.names(dataset.files, [*paths, *filter(None, [mapping])])
    talk.findings(dataset.findings)
    talk.counts(dataset.counts)
    return outcome(dataset.findings, "violation", dataset.refused)


def _check(mapping: str, paths: tuple[str, ...], knowledge: Knowledge) -> int:
    from mitigraph.mapping_check import check_mapping

    checked, talk = check_mapping(mapping, paths, knowledge), current()
    talk.names(checked.files, [*paths, mapping])
    talk.findings(checked.findings, err=False)
    if not checked.refused:
        talk.say(f"{checked.summary}; {talk.sum_of(checked.findings) or 'nothing wrong'}")
    return outcome(checked.findings, "violation", checked.refused)
