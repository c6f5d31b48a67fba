"""What a small run does without: mappings that no file fits, checks that tests have made, modules that nothing asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from running import run

from mitigraph import assets, pipeline
from mitigraph.finding import Finding
from mitigraph.knowledge import Knowledge
from mitigraph.mapping.check import check_plan
from mitigraph.shacl.lint import faults, shapes_graph
from mitigraph.shacl.sparql_declared import needs_queries

OWN = sorted(Knowledge().mappings)
ENTRIES = "docs/new-entries.csv"
UNASKED = {
    f"mitigraph.{name}"
    for name in ("against", "clauses", "edit", "entail", "mapping.rml", "outlook", "query", "shacl.lint", "shacl.pyshacl_engine")
}
"""Modules that only other tasks need."""
TELL = "import json, sys; from mitigraph.cli import run; run(sys.argv[1:]); print(json.dumps(sorted(sys.modules)))"


def test_only_the_mapping_that_a_file_fits_is_read(root: Path) -> None:
    knowledge = Knowledge()
    dataset = pipeline.read_dataset([str(root / ENTRIES)], knowledge, check=knowledge.shapes)
    assert ([run.mapping.name for run in dataset.runs], knowledge.mappings.taken) == (["entry.yml"], ["entry"])
    assert len(knowledge.mappings) == len(OWN) > 5


@pytest.mark.parametrize("name", OWN)
def test_what_a_mapping_is_for_can_be_told_without_reading_it(name: str) -> None:
    knowledge = Knowledge()
    offer, mapping = knowledge.mappings.offers[name], knowledge.mappings[name]
    assert offer.name == mapping.name
    assert list(offer.sources) == [replace(source, fields=(), condition=None) for source in mapping.sources] != []


@pytest.mark.parametrize("name", OWN)
def test_the_check_that_own_mappings_are_spared_tells_nothing(name: str) -> None:
    knowledge = Knowledge()
    assert (knowledge.mappings[name].findings, check_plan(knowledge.mappings[name], knowledge.lexicon)) == ([], [])


def test_the_look_that_own_shapes_are_spared_tells_nothing() -> None:
    shapes = Knowledge().shapes
    assert (faults(shapes_graph(shapes)), needs_queries(shapes)) == ([], False)


def test_modules_that_nothing_asked_for_are_not_imported(root: Path) -> None:
    command = [sys.executable, "-c", TELL, "validate", "--quiet", ENTRIES]
    ran = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True)
    loaded = json.loads(ran.stdout.splitlines()[-1])
    assert "mitigraph.shacl.engine" in loaded
    assert UNASKED.intersection(loaded) == set()
    assert all(map(find_spec, UNASKED)), "a name that nothing has is never loaded"


def findings(paths: list[str]) -> list[Finding]:
    knowledge = Knowledge()
    dataset = pipeline.read_dataset(paths, knowledge, check=knowledge.shapes)
    return pipeline.validate(dataset, knowledge).findings


def test_of_small_data_all_is_inferred_and_the_same_is_found(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text("id,title,description,parent\na,One,,b\nb,Two,,a\nc,Three,Some text.,nobody\n")
    for paths in ([str(root / ENTRIES)], [str(assets.examples())], [str(bare)]):
        monkeypatch.setattr(pipeline, "SMALL", 10**9)
        whole = findings(paths)
        monkeypatch.setattr(pipeline, "SMALL", -1)
        assert findings(paths) == whole != []


def test_of_a_small_file_of_n_triples_the_same_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = tmp_path / "data.nt"
    assert run("map", assets.examples(), "-o", lines).code == 0
    whole = findings([str(lines)])
    monkeypatch.setattr(pipeline, "SMALL", -1)
    monkeypatch.setattr(pipeline, "BYTES_OF_SMALL", -1)
    assert findings([str(lines)]) == whole != []
