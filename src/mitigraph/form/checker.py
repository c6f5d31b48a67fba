"""What ``validate`` would say of an entry, while it is being written: the same mapping, inference and shapes.

The entry is checked together with the entries of its file that it names, or whose keys are like its own, and with other data that
it may refer to.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from mitigraph import assets
from mitigraph.errors import InputError
from mitigraph.finding import LEVELS, Finding, Place
from mitigraph.form.fields import Form
from mitigraph.form.tables import new_table
from mitigraph.gather import FALLBACK, find_files, gather
from mitigraph.knowledge import Knowledge
from mitigraph.mapping.keys import likeness
from mitigraph.transforms import slug

__all__ = ["Checker", "bundled_keys", "is_of_value", "proposed_key"]

TABLE = "the-new-entry.csv"
"""Called so that no other file is likely to have the name."""
ENTRY = "entry"
_PLACES = re.compile(rf",? (?:at|in) {re.escape(TABLE)}(?::\d+)?(?: \(row \d+\))?")
"""Places in the table that is only made for the check, which would say nothing to anybody."""
LONGEST_KEY = 60
REFERRING = ("entry", "link")
"""The kinds of fields that may hold another entry's key."""


class Checker:
    """``others``: the titles of the file's entries by their keys; ``data``: further files that the entry may refer to."""

    def __init__(self, form: Form, knowledge: Knowledge, others: Mapping[str, str], data: Sequence[str] = ()) -> None:
        self._form, self._knowledge, self._others, self._data = form, knowledge, others, data
        self._mapping = knowledge.entry_mapping

    def findings(self, entry: Mapping[str, str]) -> list[Finding]:
        """What is wrong with an entry, each finding at the name of a field; a key or title still missing is made up.

        InputError: the further data cannot be read. EngineError: the shapes could not be checked.
        """
        from mitigraph import pipeline  # not before the first answer is there

        key, title = self._form.key.name, self._form.title.name
        own_key = entry.get(key) or proposed_key(entry.get(title, ""), self._others)
        whole = {**entry, key: own_key, title: entry.get(title) or "A title"}
        related = self._related(whole)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / TABLE
            file.write_bytes(new_table(self._form.names, [*related, whole]))
            dataset = pipeline.read_dataset([str(file), *self._data], self._knowledge, None if self._data else self._mapping)
            if refused := [one for one in dataset.findings if dataset.refused and one.place.file != TABLE]:
                raise InputError(str(max(refused, key=lambda one: LEVELS.index(one.severity))))
            found = pipeline.validate(dataset, self._knowledge).findings
        own = [one for one in found if one.place.file == TABLE and one.place.row == len(related) + 1]
        return [self._at_field(one) for one in own]

    def _at_field(self, finding: Finding) -> Finding:
        """A finding at the name of a field; what is said of the entry as a whole at ``entry``."""
        finding, column = replace(finding, message=_PLACES.sub("", finding.message)), finding.place.column
        if is_of_value(finding) or (finding.path is not None and column != self._form.key.name):
            return replace(finding, place=Place(column or ENTRY))
        return replace(finding, place=Place(ENTRY), value=None)

    @cached_property
    def _alike(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key in self._others:
            found.setdefault(likeness(key), []).append(key)
        return found

    def _related(self, entry: Mapping[str, str]) -> list[dict[str, str]]:
        """The other entries that matter to this one, with what matters of them."""
        key, title = self._form.key.name, self._form.title.name
        referring = (field for field in self._form if field.kind in REFERRING)
        named = [part for field in referring for part in field.parts(entry.get(field.name, ""))]
        keys = [*(one for one in named if one in self._others), *self._alike.get(likeness(entry[key]), ())]
        return [{key: one, title: self._others[one] or one} for one in dict.fromkeys(keys)]


def is_of_value(finding: Finding) -> bool:
    """Whether a finding is about what stands in the field, and not about what is missing, or about the entry as a whole."""
    if finding.value is None:
        return False
    return finding.focus is None or finding.path is not None


def proposed_key(title: str, taken: Mapping[str, object]) -> str:
    """A key made of a title, of whole words, that is neither taken nor like one that is.

    >>> proposed_key("Canary Strings, in Data!", {}), proposed_key("Canary Strings in Data", {"canary-strings-in-data": 1})
    ('canary-strings-in-data', 'canary-strings-in-data-2')
    """
    made = slug(title)
    words = made if isinstance(made, str) else "entry"
    if len(words) > LONGEST_KEY:
        words = words[: LONGEST_KEY + 1].rpartition("-")[0] or words[:LONGEST_KEY]
    alike = {likeness(one) for one in taken}
    key, number = words, 1
    while likeness(key) in alike:
        number += 1
        key = f"{words}-{number}"
    return key


def bundled_keys(form: Form, knowledge: Knowledge) -> dict[str, str]:
    """Keys and titles of the entries of the bundled example."""
    files, _ = find_files([str(assets.examples())])
    mapping = knowledge.entry_mapping
    gathered = gather(files, {FALLBACK: mapping}, knowledge.reader_options)
    inputs = [one for found in gathered.inputs.values() for one in found if not one.source.name.endswith("Further")]
    found = {}
    for one in inputs:
        for record in one.records:
            if ids := record.values(form.key.name):
                found[ids[0]] = next(iter(record.values(form.title.name)), "")
    return found
