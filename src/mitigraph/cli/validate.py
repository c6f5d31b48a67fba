"""mitigraph validate"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mitigraph.cli.options import (
    emit,
    fail_on,
    mapping_option,
    outcome,
    refuse_own_files,
    refuse_own_input,
    sources,
    timeout,
)
from mitigraph.cli.talk import common, current
from mitigraph.finding import one_line

if TYPE_CHECKING:
    from mitigraph.finding import Finding
    from mitigraph.knowledge import Knowledge
    from mitigraph.pipeline import Dataset, Validation
    from mitigraph.reports.baseline import Compared
    from mitigraph.shapes_check import OwnShapes

HUMAN, STDIN, DATASET = "human", "-", "dist"
REPORTS = (HUMAN, "json", "turtle", "jsonld", "sarif", "junit", "github", "csv", "html")
GRAPHS = ("turtle", "jsonld")
ENGINES = ("own", "pyshacl", "both")
BOOKS = (".xlsx", ".xlsm")
TIMEOUT = 60.0


@dataclass(frozen=True)
class Asked:
    """What was typed."""

    paths: tuple[str, ...]
    shapes: tuple[str, ...]
    mapping: str | None
    report: str | None
    output: str | None
    fail_on: str
    baseline: str | None
    against: str | None
    fix: bool
    in_place: bool
    annotate: str | None
    engine: str
    timeout: float

    @property
    def form(self) -> str:
        """The report that is named, else that of the output's suffix, else the one for people."""
        if self.report or not self.is_to_file:
            return self.report or HUMAN
        from mitigraph.reports import format_of_suffix, suffixes

        found = format_of_suffix(str(self.output))
        if found is None:
            problem = f"{self.output!r}: its suffix is that of no report ({' '.join(suffixes())}); name one with --report"
            raise click.BadParameter(problem, param_hint="-o")
        return found

    @property
    def named(self) -> list[str]:
        """All files and folders that findings may be about."""
        return [*self.paths, *self.shapes, *filter(None, [self.mapping])]

    @property
    def is_to_file(self) -> bool:
        """Whether the report goes elsewhere than to standard output."""
        return self.output not in (None, STDIN)

    @property
    def is_stream(self) -> bool:
        """Whether standard output is for the mended data."""
        return self.fix and STDIN in self.paths

    @property
    def moves_cells(self) -> bool:
        """Whether findings are told of files that have changed since they were read."""
        return self.fix and (self.in_place or self.is_stream)

    def refuse_misuse(self) -> None:
        """What cannot be meant, before any work."""
        if self.in_place and not self.fix:
            raise click.UsageError("--in-place goes with --fix")
        if self.baseline and self.form in GRAPHS:
            raise click.UsageError(
                f"{self.form} holds all results of the shapes: with --baseline take another report, such as json"
            )
        if self.baseline == STDIN and STDIN in self.paths:
            raise click.UsageError("standard input cannot be both the data and the baseline")
        if self.is_stream and self.form != HUMAN and not self.is_to_file:
            raise click.UsageError("with --fix, standard output is for the mended data: write the report elsewhere with -o FILE")
        if self.annotate and Path(self.annotate).suffix.lower() not in BOOKS:
            problem = f"{self.annotate!r} is no workbook: its suffix must be {' or '.join(BOOKS)}"
            raise click.BadParameter(problem, param_hint="--annotate")
        inputs = (*self.named, self.baseline, *self._dataset())
        refuse_own_input("-o", self.output, inputs)
        refuse_own_input("--annotate", self.annotate, inputs)
        if self.annotate and _is_same(self.annotate, self.output):
            raise click.UsageError("-o and --annotate cannot be one file")
        if self.fix and not self.in_place:
            self._refuse_place_of_copy()

    def _dataset(self) -> list[str]:
        """What of the dataset that exists could be written over: of a build any file, as its checksums speak of all."""
        if self.against is None:
            return []
        there = Path(self.against or DATASET)
        outputs = (Path(output).name for output in (self.output, self.annotate) if output)
        return [str(there), *(str(there / name) for name in outputs)]

    def _refuse_place_of_copy(self) -> None:
        """What else is written must not be written over by a mended copy, or over it."""
        from mitigraph.fix import copy_of

        copies = {copy_of(Path(path)).resolve(): path for path in self.paths if path != STDIN and Path(path).name}
        for option, output in (("-o", self.output), ("--annotate", self.annotate)):
            path = copies.get(Path(output).resolve()) if output not in (None, STDIN) else None
            if path is not None:
                raise click.BadParameter(f"{output!r} is where the mended copy of {path!r} goes", param_hint=option)


@click.command("validate")
@sources(required=True, name="DATA")
@click.option("-s", "--shapes", multiple=True, metavar="SHAPES", help="Shapes to use instead of the project's own.")
@mapping_option
@click.option("--report", type=click.Choice(REPORTS), help="The report's form.  [default: as -o's suffix says, else human]")
@click.option("-o", "--output", metavar="FILE", help="Write the report here, not to standard output.")
@fail_on
@click.option("--baseline", metavar="FILE", help="An earlier JSON report: findings that it has are known, and only counted.")
@click.option(
    "--against",
    metavar="[DATA]",
    is_flag=False,
    flag_value="",
    help="Check DATA... as additions to a dataset, and tell what they touch.  [without a value: ./dist, else the bundled one]",
)
@click.option("--fix", is_flag=True, help="Write mended copies: every suggestion that is sure, and nothing else.")
@click.option("--in-place", is_flag=True, help="With --fix: mend the files themselves.")
@click.option("--annotate", metavar="OUT.xlsx", help="Write a spreadsheet with the bad cells coloured, a comment in each.")
@click.option("--engine", type=click.Choice(ENGINES), default="own", show_default=True, help="What checks; both must agree.")
@timeout(TIMEOUT)
@common
def command(**typed: Any) -> int:
    """Check records or RDF against the shapes; findings point at the cell or line.

    Records (CSV, TSV, XLSX, JSON, JSON Lines, YAML, page text) are mapped first; everything is inferred, then checked.

    \b
    Examples:
      mitigraph validate new-entries.xlsx
      mitigraph validate new-entries.xlsx --annotate marked.xlsx
      mitigraph validate new-entries.csv --fix
      mitigraph validate new-entries.csv --against out/
      mitigraph validate entries/ --baseline known.json -o report.sarif
      cat new.csv | mitigraph validate - --report json
    """
    from mitigraph import pipeline
    from mitigraph.knowledge import Knowledge

    asked = Asked(**typed)
    asked.refuse_misuse()
    knowledge, talk, known = Knowledge(), current(), _known(asked)
    only = knowledge.named_mapping(asked.mapping) if asked.mapping else None
    own = _own_shapes(asked, knowledge)
    seen_by = (own.triples if own else knowledge.shapes) if asked.against is None else None
    dataset = pipeline.read_dataset(asked.paths, knowledge, only, seen_by)
    refuse_own_files("-o", asked.output, dataset)
    refuse_own_files("--annotate", asked.annotate, dataset)
    talk.names(dataset.files, asked.named)
    validation = _validated(asked, dataset, knowledge, own)
    compared = _compared(validation.findings, known, dataset)
    findings = compared.new if compared else validation.findings
    if asked.annotate:
        _annotate(asked.annotate, dataset, knowledge, findings)
    if asked.fix:
        findings = _mend(dataset, knowledge, findings, asked.in_place)
    _tell(asked, findings, dataset, validation, knowledge)
    if compared:
        talk.say(str(compared))
    return outcome(findings, asked.fail_on, dataset.refused)


def _is_same(path: str, output: str | None) -> bool:
    """Whether an output goes to a place, be it there or not."""
    return output not in (None, STDIN) and Path(path).resolve() == Path(str(output)).resolve()


def _validated(asked: Asked, dataset: Dataset, knowledge: Knowledge, own: OwnShapes | None) -> Validation:
    """The check that was asked for: of the dataset alone, or beside one that exists."""
    shapes = own.triples if own else None
    dataset.findings.extend(own.findings if own else ())
    if asked.against is None:
        from mitigraph import pipeline

        return pipeline.validate(dataset, knowledge, shapes, asked.timeout, asked.engine)
    from mitigraph import against

    return against.validate(dataset, knowledge, asked.against or against.default(), shapes, asked.timeout, asked.engine)


def _own_shapes(asked: Asked, knowledge: Knowledge) -> OwnShapes | None:
    """The user's shapes; wrong ones are told before any work."""
    if not asked.shapes:
        return None
    from mitigraph.shapes_check import read_shapes

    return read_shapes(asked.shapes, knowledge)


def _known(asked: Asked) -> list[Finding] | None:
    if asked.baseline is None:
        return None
    from mitigraph.parse import read_file
    from mitigraph.reports.baseline import read_baseline

    data = sys.stdin.buffer.read() if asked.baseline == STDIN else read_file(Path(asked.baseline))
    return read_baseline(data, asked.baseline)


def _compared(findings: Sequence[Finding], known: list[Finding] | None, dataset: Dataset) -> Compared | None:
    if known is None:
        return None
    from mitigraph.reports.baseline import compare

    return compare(findings, known, [*(file.name for file in dataset.files), *(run.mapping.name for run in dataset.runs)])


def _annotate(annotate: str, dataset: Dataset, knowledge: Knowledge, findings: Sequence[Finding]) -> None:
    from mitigraph.annotate import annotated

    emit(annotated(dataset, knowledge, findings, Path(annotate)), annotate)
    current().say(one_line(f"wrote {annotate}"))


def _mend(dataset: Dataset, knowledge: Knowledge, findings: Sequence[Finding], in_place: bool) -> list[Finding]:
    """Mend what is sure; what is then still to be told: of files that stay as they are, everything."""
    from mitigraph.finding import order
    from mitigraph.fix import fix

    fixed, talk = fix(dataset, knowledge, findings), current()
    if fixed.diff:
        talk.say(fixed.diff.rstrip("\n"))
    written = [one_line(f"; wrote {path}") for path in fixed.write(in_place)]
    if fixed.stream is not None:
        emit(fixed.stream, None)
    talk.say(f"mended {len(fixed.mended):,} of {len(findings):,} findings{''.join(written)}")
    gone = {finding for finding in fixed.mended if in_place or finding.place.file == STDIN}
    return sorted([*(finding for finding in findings if finding not in gone), *fixed.left], key=order)


def _tell(asked: Asked, findings: Sequence[Finding], dataset: Dataset, validation: Validation, knowledge: Knowledge) -> None:
    """The report, and unless a machine alone is listening, what a person wants to know."""
    talk = current()
    if asked.form != HUMAN:
        emit(_machine_report(asked, findings, dataset, validation, knowledge), asked.output)
    elif asked.is_to_file:
        emit(talk.text(findings).encode(), asked.output)
    if asked.form != HUMAN and not asked.is_to_file:
        return
    talk.findings(findings, err=asked.is_to_file or asked.is_stream)
    talk.counts(dataset.counts)
    talk.files(findings, dataset.files)
    talk.verdict(findings, f"; all are in {asked.output}" if asked.is_to_file else "")


def _machine_report(
    asked: Asked, findings: Sequence[Finding], dataset: Dataset, validation: Validation, knowledge: Knowledge
) -> bytes:
    from mitigraph import reports
    from mitigraph.reports.paths import placed, renamed, report_paths
    from mitigraph.reports.spots import spots_of

    names = report_paths(dataset.files, asked.named, Path.cwd())
    files = [names[file.name] for file in dataset.files]
    spots = spots_of(findings, dataset, knowledge) if asked.form == "sarif" and not asked.moves_cells else {}
    spots = {renamed(finding, names): spot for finding, spot in spots.items()}
    context = reports.Context(knowledge, validation.results, files, asked.fail_on, dataset.refused, spots)
    return reports.write(asked.form, placed(findings, names), context)
