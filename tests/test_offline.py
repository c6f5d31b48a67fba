"""Nothing is ever fetched: the system calls of every command are watched, over inputs that ask for the network."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from building import ROOT, Build, command, environment, run

REMOTE = "https://example.org/"
OWL = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
INPUTS = {
    "remote.jsonld": f'{{"@context": "{REMOTE}context.jsonld", "@id": "urn:a", "p": 1}}',
    "inner.jsonld": f'{{"@context": {{"p": {{"@id": "urn:p", "@context": "{REMOTE}inner.jsonld"}}}}, "@id": "urn:a", "p": {{}}}}',
    "imports.ttl": f"{OWL}<urn:o> a owl:Ontology ; owl:imports <{REMOTE}o.ttl> .\n",
    "entity.rdf": f'<!DOCTYPE r SYSTEM "{REMOTE}r.dtd"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    "new.csv": f"id,title,category,source_title,source_url\na,Alpha,mit-v1:1.1,A Source,{REMOTE}source\n",
    "service.rq": f"SELECT * {{ SERVICE <{REMOTE}sparql> {{ ?s ?p ?o }} }}",
    "shapes.ttl": (
        f"{OWL}@prefix sh: <http://www.w3.org/ns/shacl#> .\n<urn:g> owl:imports <{REMOTE}s.ttl> .\n"
        "<urn:s> a sh:PropertyShape ; sh:targetClass <urn:c> ; sh:path <urn:p> ; sh:minCount 1 .\n"
    ),
}
COMMANDS = {
    "build": (["build", "new.csv", "imports.ttl", "-o", "out"], 0),
    "build-refused": (["build", "remote.jsonld", "new.csv", "-o", "out"], 3),
    "map": (["map", "new.csv", "-f", "jsonld"], 0),
    "validate": (["validate", "new.csv", "imports.ttl"], 0),
    "validate-shapes": (["validate", "imports.ttl", "-s", "shapes.ttl"], 0),
    "validate-refused": (["validate", "remote.jsonld"], 3),
    "query": (["query", "-d", "imports.ttl", "ASK { ?s ?p ?o }"], 0),
    "query-refused": (["query", "-d", "imports.ttl", "service.rq"], 2),
    "describe": (["describe", "-d", "imports.ttl", "urn:o"], 0),
    "convert": (["convert", "imports.ttl", "-f", "jsonld"], 0),
    "convert-refused": (["convert", "inner.jsonld", "-f", "nt"], 3),
    "convert-xml": (["convert", "entity.rdf", "-f", "nt"], 3),
    "fmt": (["fmt", "imports.ttl"], 0),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in INPUTS.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@cache
def strace() -> str:
    """The tool; tests are skipped where it is missing or may not trace."""
    tool = shutil.which("strace")
    if tool is None:
        pytest.skip("strace is not installed")
    if subprocess.run([tool, "-f", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here")
    return tool


def calls(folder: Path, arguments: list[str]) -> tuple[int, str, str]:
    """A command's exit code, what it said, and the calls by which it reached for an address."""
    log = folder / "calls.log"
    traced = [strace(), "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,bind", "-o", str(log)]
    done = subprocess.run(
        [*traced, *command(*arguments)],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr, log.read_text("utf-8")


def test_a_call_would_be_seen(folder: Path) -> None:
    program = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    log = folder / "calls.log"
    traced = [strace(), "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect", "-o", str(log)]
    subprocess.run([*traced, command()[0], "-c", program], check=True, timeout=60)
    assert "AF_INET" in log.read_text("utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_reaches_out(folder: Path, name: str) -> None:
    arguments, code = COMMANDS[name]
    exit_code, said, log = calls(folder, arguments)
    assert exit_code == code, said
    assert "AF_INET" not in log


def test_the_whole_example_reaches_nowhere(tmp_path: Path) -> None:
    exit_code, said, log = calls(tmp_path, ["build", str(ROOT / "examples"), "-o", "out"])
    assert exit_code == 0, said
    assert "AF_INET" not in log
    assert Build(tmp_path / "out", 0, said).count("?x a airmo:Mitigation") > 50


@pytest.mark.parametrize(
    ("arguments", "place", "address"),
    [
        (["validate", "imports.ttl"], "imports.ttl: info[not-fetched]", "o.ttl"),
        (["build", "imports.ttl", "-o", "out"], "imports.ttl: info[not-fetched]", "o.ttl"),
        (["validate", "remote.jsonld"], "remote.jsonld: violation[unreadable-data]", "context.jsonld"),
        (["convert", "inner.jsonld", "-f", "nt"], "mitigraph: inner.jsonld:", "inner.jsonld"),
        (["map", "imports.ttl"], "imports.ttl: info[not-fetched]", "o.ttl"),
    ],
)
def test_what_would_have_been_fetched_is_listed(folder: Path, arguments: list[str], place: str, address: str) -> None:
    done = run(*arguments, cwd=folder)
    assert [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(place) and REMOTE + address in line]


def test_other_places_of_a_query_are_refused_by_name(folder: Path) -> None:
    for question, word in {
        INPUTS["service.rq"]: "SERVICE",
        f"SELECT * FROM <{REMOTE}g> {{ ?s ?p ?o }}": "FROM",
        f"LOAD <{REMOTE}g>": "LOAD",
    }.items():
        done = run("query", "-d", "imports.ttl", question, cwd=folder)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert f"{word} is" in line


def test_an_address_is_no_file(folder: Path) -> None:
    for arguments in (
        ["validate", f"{REMOTE}a.ttl"],
        ["convert", f"{REMOTE}a.ttl", "-f", "nt"],
        ["query", "-d", REMOTE, "ASK {}"],
    ):
        done = run(*arguments, cwd=folder)
        assert done.returncode == 3, arguments
        assert "Traceback" not in done.stderr
