"""mitigraph new"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import click

from mitigraph.cli.talk import common, current
from mitigraph.finding import one_line


@click.command("new")
@click.argument("file", metavar="FILE")
@click.option("--id", "key", metavar="ID", help="The entry's own key, instead of one made from its title.")
@click.option("--against", "data", multiple=True, metavar="DATA", help="Other data that the entry may refer to.")
@common
def command(file: str, key: str | None, data: tuple[str, ...]) -> int:
    """Ask for an entry field by field, check each answer, and add the entry to a file.

    FILE ends with .csv, .tsv, .xlsx, .json, .jsonl, .yaml or .yml; it is made where it is not there. All that it holds stays as
    it is. Answers are checked as "mitigraph validate" would. They are read from the terminal, or line by line from standard
    input.

    \b
    Examples:
      mitigraph new new-entries.csv
      mitigraph new new-entries.yaml --id canary-strings
      mitigraph new new-entries.csv < answers.txt
    """
    from mitigraph.cli.dialogue import Dialogue, answers
    from mitigraph.form import Field, entry_form
    from mitigraph.form.checker import Checker, bundled_keys, proposed_key
    from mitigraph.form.destination import open_destination
    from mitigraph.knowledge import Knowledge

    if key is not None and not key.strip():
        raise click.BadParameter("a key has letters or digits", param_hint="--id")
    knowledge, talk = Knowledge(), current()
    form = entry_form(knowledge)
    place = open_destination(Path(file), form, knowledge)
    place.try_out()
    if missing := [name for name in form.names if name not in place.fields]:
        talk.say(f"{one_line(file)} has no {'column' if len(missing) == 1 else 'columns'} {', '.join(missing)}: not asked for")
    given = {form.key.name: key} if key is not None else {}
    first = [form.title, *([form.key] if key is None else [])]
    further = (form[name] for name in place.fields if form[name] not in (form.title, form.key))
    fields = [*first, *(field.offering(place.entries) if field.kind == "entry" else field for field in further)]

    @cache
    def key_of(title: str) -> str:
        return proposed_key(title, bundled_keys(form, knowledge) | place.entries) if title else ""

    def propose(field: Field, entry: Mapping[str, str]) -> str:
        return key_of(entry.get(form.title.name, "")) if field is form.key else ""

    checker = Checker(form, knowledge, place.entries, data)
    # A key or data that cannot be used is told before the first question.
    for finding in checker.findings(given) if given or data else ():
        if finding.place.file == form.key.name and finding.severity == "violation":
            raise click.BadParameter(str(finding), param_hint="--id")
    entry = Dialogue(form, fields, checker.findings, propose, answers(), talk).run(file, given)
    if entry is None:
        talk.say("nothing is written")
        return 0
    place.save(entry)
    talk.say(f"{one_line(file)}: {entry[form.key.name]} added; it has {len(place.entries) + 1:,} now")
    return 0
