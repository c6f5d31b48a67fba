"""Files of the same content: they are read once, whatever they are called, and the counts say so."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from running import run

from mitigraph import gather
from mitigraph.knowledge import Knowledge
from mitigraph.pipeline import Dataset, read_dataset

KNOWLEDGE = Knowledge()
ENTRIES = "id,title,category\na,Alpha,mit-v1:1.1\nb,Beta,mit-v1:1.1\n"
TURTLE = "[] a <https://w3id.org/airmo#Mitigation> .\n"


def read(*paths: Path) -> Dataset:
    return read_dataset([str(path) for path in paths], KNOWLEDGE)


def counted(dataset: Dataset) -> list[tuple[str, int, int, int]]:
    return sorted((count.source, count.read, count.mapped, count.repeated) for _, count in dataset.counts)


def entries(dataset: Dataset) -> list[tuple[str, int, int]]:
    return [(count.file, count.mapped, count.repeated) for _, count in dataset.counts if count.source == "csv"]


@pytest.mark.parametrize("named", [True, False], ids=["named outright", "in a folder"])
def test_the_same_file_twice_is_read_once(tmp_path: Path, named: bool) -> None:
    files = [tmp_path / name for name in ("b.csv", "a.csv", "c.csv")]
    for file in files:
        file.write_text(ENTRIES, "utf-8")
    dataset, alone = read(*(files if named else [tmp_path])), read(files[1])
    assert counted(dataset) == counted(alone)
    assert dataset.asserted == alone.asserted
    assert not dataset.refused
    notes = {str(finding) for finding in dataset.findings if finding.code == "same-file"}
    assert notes == {f"{name}: info[same-file] same content as a.csv; read once" for name in ("b.csv", "c.csv")}


def test_what_differs_by_a_byte_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ENTRIES, "utf-8")
    (tmp_path / "b.csv").write_text(ENTRIES + "\n", "utf-8")
    dataset = read(tmp_path)
    assert entries(dataset) == [("a.csv", 2, 0), ("b.csv", 0, 2)]
    assert not [finding for finding in dataset.findings if finding.code == "same-file"]


def test_what_was_not_taken_keeps_nothing_else_out(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text(ENTRIES, "utf-8")
    (tmp_path / "b.csv").write_text(ENTRIES, "utf-8")
    assert entries(read(tmp_path)) == [("b.csv", 2, 0)]


def test_the_same_rdf_twice_is_taken_in_once(tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text(TURTLE, "utf-8")
    dataset = read(tmp_path / "a.ttl", tmp_path / "b.ttl")
    assert len(dataset.asserted) == 1
    assert [(finding.place.file, finding.code) for finding in dataset.findings] == [("b.ttl", "same-file")]


def test_standard_input_may_be_a_file_that_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ENTRIES, "utf-8")
    ran = run("validate", tmp_path / "a.csv", "-", "--report", "json", stdin=ENTRIES.encode())
    assert [f["file"] for f in json.loads(ran.out)["findings"] if f["code"] == "same-file"] == ["a.csv"]


def test_links_of_atlas_count_once(shared: Path, tmp_path: Path) -> None:
    data = (shared / "data/mitre-atlas/ATLAS.yaml").read_bytes()
    for name in ("ATLAS.yaml", "ATLAS-copy.yaml"):
        (tmp_path / name).write_bytes(data)
    assert counted(read(tmp_path)) == counted(read(tmp_path / "ATLAS.yaml"))


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(ENTRIES)
    for named in ([str(file)], [str(tmp_path)]):
        files, _ = gather.find_files(named)
        file.write_text(file.read_text() + "\n")
        gathered = gather.gather(files, KNOWLEDGE.mappings, KNOWLEDGE.reader_options)
        severity = "violation" if named == [str(file)] else "info"
        told = f"t.csv: {severity}[file-changed] the file was changed while it was being read"
        assert ([str(finding) for finding in gathered.findings], gathered.inputs) == ([told], {})
        assert gathered.refused is (severity == "violation")


def test_a_changed_rdf_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(TURTLE)
    files, _ = gather.find_files([str(file)])
    file.write_text(file.read_text() + "\n")
    gathered = gather.gather(files, KNOWLEDGE.mappings, KNOWLEDGE.reader_options)
    assert ([finding.code for finding in gathered.findings], gathered.rdf, gathered.refused) == (["file-changed"], [], True)


# -- pipes -------------------------------------------------------------------------------------------------------------


def piped(*contents: bytes) -> list[Path]:
    """Pipes as a shell puts them for ``<(command)``, with something in them."""
    paths = []
    for content in contents:
        reads, writes = os.pipe()
        os.write(writes, content)
        os.close(writes)
        paths.append(Path(f"/dev/fd/{reads}"))
    return paths


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="the system has no /dev/fd")
def test_what_a_shell_pipes_is_looked_at() -> None:
    dataset = read(*piped(ENTRIES.encode(), f"@prefix : <urn:x:> .\n{TURTLE}".encode(), ENTRIES.replace("\na,", "\nc,").encode()))
    assert not dataset.refused, dataset.findings
    assert [(file.name, file.named) for file in dataset.files] == [("pipe", True), ("pipe (2)", True), ("pipe (3)", True)]
    assert entries(dataset) == [("pipe", 2, 0), ("pipe (3)", 1, 1)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_goes_by_its_name(tmp_path: Path) -> None:
    pipe = tmp_path / "rows.csv"
    os.mkfifo(pipe)
    (tmp_path / "m.yml").write_text(
        "sources: {rows: {access: rows.csv}}\nmappings: {row: {sources: rows, s: e/$(id), po: [[rdfs:label, $(title)]]}}\n"
    )
    for arguments in (("-m", tmp_path / "m.yml"), ("-m", tmp_path / "m.yml", pipe)):
        writer = threading.Thread(target=pipe.write_text, args=(ENTRIES,))
        writer.start()
        done = run("map", *arguments, "-f", "nt")
        writer.join(10)
        assert (done.code, done.text.count("\n")) == (0, 2)


def test_a_folder_s_pipes_are_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rows.csv")
    (tmp_path / "a.csv").write_text(ENTRIES, "utf-8")
    assert [file.name for file in read(tmp_path).files] == ["a.csv"]
