"""mitigraph build"""

from __future__ import annotations

import os
from pathlib import Path

import click

from mitigraph.cli.options import base, fail_on, outcome, sources
from mitigraph.cli.talk import common, current

DEFAULT_PLACE = "dist"


@click.command("build")
@sources(required=False)
@click.option("-o", "--output", "place", metavar="DIR", help="The folder to write; dist/ for the bundled example.")
@base
@fail_on
@click.option("--strict", is_flag=True, help="Keep the earlier folder when there is a finding at --fail-on or above.")
@common
def command(paths: tuple[str, ...], place: str | None, base: str, fail_on: str, strict: bool) -> int:
    """Read, map, infer, validate, and write a linked dataset as one folder.

    SOURCE is files or folders of CSV, TSV, XLSX, JSON, JSON Lines, YAML or page text. Each file goes through the
    mapping it fits; without SOURCE the bundled example is built into dist/.

    \b
    Examples:
      mitigraph build
      mitigraph build ../data/mit-risks new-entries.csv -o out
      mitigraph build sources/ -o out --strict --fail-on warning
    """
    from mitigraph import assets, pipeline
    from mitigraph.knowledge import Knowledge

    if paths and place is None:
        raise click.UsageError("with a SOURCE, name the folder to write: -o DIR")
    target = Path(place or DEFAULT_PLACE)
    talk = current()
    built = pipeline.build(paths or (_near(assets.examples()),), target, Knowledge(base), fail_on if strict else None)
    dataset, findings = built.dataset, built.validation.findings
    talk.names(dataset.files, paths)
    talk.findings(findings)
    talk.counts(dataset.counts)
    if built.written:
        talk.verdict(findings, f"; all are in {target / 'report.json'}")
        added = len(built.validation.inferred)
        talk.say(f"wrote {target}: {len(built.files)} files, {len(dataset.asserted):,} triples asserted, {added:,} inferred")
    elif dataset.is_nothing:
        talk.say(f"{target} is not written: nothing could be read")
    else:
        talk.verdict(findings)
        talk.say(f"{target} is left as it was: there are findings at {fail_on!r} or above (--strict)")
    return outcome(findings, fail_on, dataset.refused)


def _near(folder: Path) -> str:
    """A folder as seen from here, where that is shorter."""
    try:
        return min(os.path.relpath(folder), str(folder), key=len)
    except ValueError:  # on another drive
        return str(folder)
