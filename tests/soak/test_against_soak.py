"""Hundreds of random edits of a dataset, small and very large: what is told of each adds up to what the full run tells."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from edits import Editor, everything

from bench.entries import COLUMNS, entries
from mitigraph import against, pipeline
from mitigraph.entail import Closed, Rules
from mitigraph.existing import open_existing
from mitigraph.infer import infer
from mitigraph.knowledge import Knowledge
from mitigraph.shacl import Result
from mitigraph.shacl.affected import Reach
from mitigraph.shacl.data import Tables
from mitigraph.shacl.engine import check
from mitigraph.shacl.shapes import shapes_of

pytestmark = pytest.mark.skipif(not os.environ.get("MITIGRAPH_SOAK"), reason="long: run by make soak")

EDITS = 500


@pytest.mark.parametrize(("number", "every"), [(500, 10), (100_000, 250)])
def test_edits_have_the_findings_of_the_full_run(
    number: int, every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    knowledge = Knowledge()
    rules, shapes = Rules(knowledge.rules, knowledge.prefixes), shapes_of(knowledge.shapes)
    for name, first, last in (("old.csv", 0, number), ("spare.csv", number, number + EDITS)):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *list(entries(last))[first:]])
    old, spare = (pipeline.read_dataset([str(tmp_path / name)], knowledge).asserted for name in ("old.csv", "spare.csv"))
    existing = open_existing(str(tmp_path / "old.csv"), knowledge)
    editor = Editor(old, spare, knowledge.schemes, seed=number)
    state = Closed(existing.data, existing.is_derived)
    known = everything(Tables(existing.index.triples()), shapes)
    reach, elsewhere = Reach(shapes), 0
    for edited in range(1, EDITS + 1):
        change = editor.change()
        edit = against.edit(state, rules, shapes, reach, change.added, change.removed)
        known.subtract(one for found in edit.earlier.values() for one in found)
        known.update(one for found in edit.later.values() for one in found)
        subjects = {subject for subject, _, _ in change.added | change.removed}
        elsewhere += any(one.focus not in subjects for found in edit.later.values() for one in found)
        state.absorb(edit.after)
        if edited % every == 0:
            asserted = editor.asserted | knowledge.background
            full = asserted | infer(asserted, knowledge.rules, knowledge.prefixes)
            assert sum(1 for _ in state.triples()) == len(full)
            assert all(state.holds(triple) for triple in full)
            assert sorted(+known, key=Result.sort_key) == check(Tables(full), shapes), change.name
    assert elsewhere > EDITS / 10, "faults must appear elsewhere, too"
