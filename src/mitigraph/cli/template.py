"""mitigraph template"""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from mitigraph.cli.talk import common, current
from mitigraph.errors import EngineError
from mitigraph.finding import one_line

ROWS, MOST_ROWS = 1000, 1_048_575
"""How many rows have drop-downs unless told otherwise, and how many a sheet has below its header."""
SUFFIXES = (".xlsx", ".csv")


@click.command("template")
@click.argument("file", metavar="FILE.xlsx|FILE.csv")
@click.option("--example", is_flag=True, help="With one entry filled in, to be written over.")
@click.option(
    "--rows", type=click.IntRange(1, MOST_ROWS), default=ROWS, show_default=True, metavar="N", help="Rows that have drop-downs."
)
@click.option("--scheme", "schemes", multiple=True, metavar="NAME", help="Offer only this scheme's categories: mit-v2 or mit-v1.")
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@common
def command(file: str, example: bool, rows: int, schemes: tuple[str, ...], force: bool) -> int:
    """Make a table to fill in: a workbook with drop-downs, hints and the meaning of every choice, or the header of a CSV file.

    Columns, choices and hints come from the mapping of entries, the shapes and the schemes; what is filled in is checked with
    "mitigraph validate".

    \b
    Examples:
      mitigraph template new-entries.xlsx
      mitigraph template new-entries.xlsx --example --scheme mit-v2
      mitigraph template new-entries.csv
    """
    place = Path(file)
    suffix = place.suffix.lower()
    if suffix not in SUFFIXES:
        raise click.BadParameter(f"{file!r}: a template is a file that ends with {' or '.join(SUFFIXES)}", param_hint="FILE")
    given = click.get_current_context().get_parameter_source("rows") is not ParameterSource.DEFAULT
    if suffix == ".csv" and (given or schemes):
        raise click.UsageError(
            f"{'--rows' if given else '--scheme'} is for the drop-downs of a workbook; a table of text has none"
        )
    if place.exists() and not force:
        raise EngineError(f"{file}: is there already; --force replaces it")
    from mitigraph.form import entry_form
    from mitigraph.knowledge import Knowledge
    from mitigraph.serialise import write

    form = entry_form(Knowledge(), schemes)
    entry = form.example() if example else {}
    if suffix == ".csv":
        from mitigraph.form.tables import new_table

        write(place, new_table(form.names, [entry] if entry else []))
    else:
        from mitigraph.form.workbook import template

        write(place, template(form, place.name, rows, entry))
    shown = one_line(file)
    current().say(f"{shown}: {len(form.names)} columns; fill it in, then: mitigraph validate {shown}")
    return 0
