"""From triples of the real sources back to their cells: the files are opened again, and what stands there must hold the value.

What "holds" means is said by kind of triple in ``holding.py``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import pytest
from cells import Cell, Files
from holding import JOINS, LITERALS, NAMES, Held, Signs, is_constant, is_of_two_records
from test_build_real import SOURCES
from test_mapping import inputs

from mitigraph import assets
from mitigraph.finding import Place
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Run, load_mapping
from mitigraph.mapping.origin import Origin
from mitigraph.mapping.plan import Join, PredicateObject
from mitigraph.pipeline import Dataset, read_dataset
from mitigraph.terms import Triple, is_literal

TRIPLES, SEED = 1_000, 2026
DERIVED = ("/own", "/key", "/rank")
"""What of a page stands nowhere on it as it is."""
STAGE = "/classification/mitre/atlas-lifecycle."


@dataclass
class Reading:
    """All real sources, mapped; and their files, to be opened again."""

    dataset: Dataset
    knowledge: Knowledge
    files: Files

    @cached_property
    def plans(self) -> dict[str, tuple[Run, PredicateObject]]:
        """The rules of all mappings, as they are named."""
        runs = self.dataset.runs
        return {str(rule.where): (run, rule) for run in runs for plan in run.mapping.triples_maps for rule in plan.rules}

    def origins(self, triple: Triple) -> list[Origin]:
        """Every rule and its cells that made a triple, over all mappings."""
        return [origin for run in self.dataset.runs for origin in run.origins(*triple)]

    def cells(self, origin: Origin) -> list[Cell]:
        return [self.files.cell(cell.place) for cell in origin.cells]

    def kind(self, triple: Triple, origin: Origin, cells: list[Cell] | None = None) -> str | None:
        """In what way an origin's cells, or those given, hold a triple's value; None: they do not."""
        subject, _, term = triple
        run, rule = self.plans[origin.rule]
        cells = self.cells(origin) if cells is None else cells
        if not is_constant(rule, run.mapping):
            joins = any(isinstance(one, Join) for one in rule.objects) and is_of_two_records(cells)
            return self._held(run, term, cells, LITERALS if is_literal(term) else JOINS if joins else NAMES)
        if named := self._held(run, subject, cells, NAMES):
            return f"constant; the subject is {named}"
        if [cell.place for cell in cells] == [rule.where.place]:
            return "constant, at its line of the mapping"
        return "said of the file" if all(cell.kind == "file" for cell in cells) else None

    def _held(self, run: Run, term: str, cells: list[Cell], signs: Signs) -> str | None:
        held = Held(self.knowledge, run.mapping, term, cells)
        return next((kind for kind, holds in signs.items() if holds(held)), None)


def reading(shared: Path) -> Reading:
    """Read all real sources."""
    knowledge = Knowledge()
    dataset = read_dataset([str(shared / source) for source in SOURCES], knowledge)
    beside = {run.mapping.name for run in dataset.runs}
    beside |= {source.access for run in dataset.runs for source in run.mapping.sources if source.bundled}
    paths = {name: assets.path("mappings", name) for name in beside}
    return Reading(dataset, knowledge, Files(paths | {file.name: file.path for file in dataset.files if file.path is not None}))


@pytest.fixture(scope="module")
def real(shared: Path) -> Reading:
    """The real sources, read once."""
    return reading(shared)


def sample(real: Reading, number: int, seed: int) -> list[Triple]:
    return random.Random(seed).sample(sorted(real.dataset.asserted), number)


def unexplained(real: Reading, triples: list[Triple]) -> list[tuple[Triple, list[Origin]]]:
    """The triples that have no origin, or one whose cells do not hold them."""
    told = [(triple, real.origins(triple)) for triple in triples]
    return [(triple, found) for triple, found in told if not found or any(real.kind(triple, one) is None for one in found)]


def test_a_thousand_triples_lead_to_cells_that_hold_them(real: Reading) -> None:
    assert unexplained(real, sample(real, TRIPLES, SEED)) == []


def test_what_is_said_to_be_written_there_is_written_there(real: Reading) -> None:
    """Letter by letter in tables and trees. A page has no cells: a value is a part of what begins on its line, or derived, and
    then written nowhere."""
    told = [cell for triple in sample(real, TRIPLES, SEED) for origin in real.origins(triple) for cell in origin.cells]
    assert [cell for cell in told if not _is_written(real, cell.place, cell.written)] == []
    assert sum(cell.written is not None for cell in told) > TRIPLES / 2


def _is_written(real: Reading, place: Place, written: str | None) -> bool:
    found = real.files.cell(place)
    if written is None:
        return not found.raw or found.kind in ("file", "line", "page")
    if found.kind != "page":
        return written == found.raw
    return written.split("\n")[0] in found.record and not (place.pointer or "").endswith(DERIVED)


def test_the_cells_of_another_record_do_not_hold_a_value(real: Reading) -> None:
    """What holds is said strictly: given cells of the same columns in another row, next to nothing is explained."""
    by_rule: dict[str, list[tuple[Triple, Origin]]] = {}
    for triple in sample(real, 3 * TRIPLES, SEED):
        for origin in real.origins(triple)[:1]:
            by_rule.setdefault(origin.rule, []).append((triple, origin))
    varied = [found for rule, found in by_rule.items() if not is_constant(real.plans[rule][1], real.plans[rule][0].mapping)]
    pairs = [
        (one, origin, there)
        for found in varied
        for (one, origin), (other, there) in pairwise(found)
        if (*other[:2], one[2]) not in real.dataset.asserted
    ]
    wrong = [one for one, origin, there in pairs if real.kind(one, origin, real.cells(there)) is not None]
    assert len(pairs) > TRIPLES
    assert len({real.kind(one, origin) for one, origin, _ in pairs}) >= 8, "signs of many kinds are tried"
    assert len(wrong) < len(pairs) / 100, wrong[:5]


def test_a_value_of_a_list_leads_to_its_own_item(real: Reading) -> None:
    """Of a field that is made of several expressions too."""
    stages = [triple for triple in real.dataset.asserted if STAGE in triple[0] or STAGE in triple[2]]
    assert len(stages) > 100
    assert unexplained(real, stages) == []


SHIFTED = """
sources:
  rows: {access: rows.json, iterator: "$[*]", keys: [id], fields: {kind: "mg:concept($(kinds), scheme=mit-v2)"}}
mappings:
  row: {sources: rows, subject: row/$(id), po: [[dcterms:subject, $(kind)~iri]]}
  each: {sources: rows, each: kind, subject: each/$(id), po: [[dcterms:type, $(kind)~iri]]}
"""


def test_a_value_after_one_that_is_refused_leads_to_its_own_item() -> None:
    lexicon = Knowledge().lexicon
    mapping = load_mapping(SHIFTED.encode(), "m.yml", lexicon)
    run = Run(mapping, inputs(mapping, {"rows.json": b'[{"id": "A", "kinds": ["no such kind", "1.1", "2.2.2"]}]'}), lexicon)
    items = {term: run.origins(s, p, term) for s, p, term in run.triples()}
    assert {origin.cells[0].written for found in items.values() for origin in found} == {"1.1", "2.2.2"}
