"""The tables of mappings/README.md, row by row: what a rule makes, how a file is read, what is refused and how."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
import yaml

from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Input, Mapping, Run, examine, load_mapping
from mitigraph.mapping.rdfa import INITIAL_CONTEXT
from mitigraph.read import open_source
from mitigraph.read.content import Content
from mitigraph.read.options import OPTIONS

PAGE = (Path(__file__).resolve().parent.parent / "mappings" / "README.md").read_text("utf-8")
FRAME = PAGE.split("```yaml\n")[2].partition("```")[0]
PEOPLE = PAGE.partition("```csv\n")[2].partition("```")[0]
PREFIXES = {**INITIAL_CONTEXT, "ex": "https://example.org/"}
NAME = re.compile(r"(?:^|; ?| )((?:who )?\w+|\(column \d\))=")
VALUE = re.compile(r"((?:who )?\w+|\(column \d\))=(.*?)(?= (?:who )?\w+=| \(column|$)")
LEXICON = Knowledge(overrides=False).lexicon  # what the command line has, and nothing else


def table(head: str) -> list[tuple[str, ...]]:
    """The rows below a table's head, each cell without its backticks."""
    rows = PAGE.partition(f"| {head} |\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [tuple(cell.strip() for cell in row.strip("|").split(" | ")) for row in rows]


def code(cell: str) -> str:
    found = re.match("`(.*?)`", cell)
    return found.group(1) if found else ""


def made(mapping: Mapping, data: str, encoding: str = "utf-8") -> set[pyoxigraph.Quad]:
    """What a mapping makes of one file, whichever of its sources it is."""
    inputs = []
    for source in mapping.sources:
        content = Content.of_bytes(data.encode(encoding))
        inputs.append(Input(source, open_source(content, source.access, source.format, source.options), source.access, "0" * 64))
    run = Run(mapping, inputs, LEXICON)
    lines = "".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in run.quads())
    assert [str(finding) for finding in run.findings if finding.severity == "violation"] == []
    return set(pyoxigraph.parse(lines.encode(), format=pyoxigraph.RdfFormat.N_QUADS))


def expected(text: str) -> set[pyoxigraph.Quad]:
    head = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
    return set(pyoxigraph.parse((head + text).encode(), format=pyoxigraph.RdfFormat.TRIG))


def same(left: set[pyoxigraph.Quad], right: set[pyoxigraph.Quad]) -> bool:
    """Whether two datasets are the same but for the labels of blank nodes."""
    datasets = [pyoxigraph.Dataset(quads) for quads in (left, right)]
    for dataset in datasets:
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    return datasets[0] == datasets[1]


RULES, MAPPINGS, FILES, WRONG = (
    table(head) for head in ("rule | makes", "mapping | makes", "options | file | is read as", "wrong | is told")
)


@pytest.mark.parametrize(("rule", "turtle"), RULES)
def test_a_rule(rule: str, turtle: str) -> None:
    mapping = load_mapping(FRAME.replace("RULE", code(rule)).encode(), "m.yml", LEXICON)
    assert not [finding for finding in mapping.findings if finding.severity != "info"]
    assert same(made(mapping, PEOPLE), expected(code(turtle)))


@pytest.mark.parametrize(("text", "turtle"), MAPPINGS)
def test_a_mapping(text: str, turtle: str) -> None:
    frame = FRAME.partition("mappings:")[0]
    mapping = load_mapping(f"{frame}\nmappings: {{person: {code(text)}}}".encode(), "m.yml", LEXICON)
    assert same(made(mapping, PEOPLE), expected(code(turtle)))


@pytest.mark.parametrize(("options", "file", "read"), FILES)
def test_how_a_file_is_read(options: str, file: str, read: str) -> None:
    given = code(options).removeprefix("{").removesuffix("}")
    names = list(dict.fromkeys(NAME.findall(code(read))))
    rules = ", ".join(f"[ex:{number}, '$({name.replace(')', chr(92) + ')')})']" for number, name in enumerate(names))
    access = "t.json" if "json" in given else "t.csv"
    text = f"""
prefixes: {{ex: "https://example.org/"}}
sources: {{t: {{access: {access}{", " if given else ""}{given}}}}}
mappings: {{m: {{sources: t, s: "https://example.org/$(n)", fields: {{n: "mg:entryDigest()"}}, po: [[a, ex:T], {rules}]}}}}
"""
    mapping = load_mapping(text.encode(), "m.yml", LEXICON)
    data = code(file).replace("⏎", "\n").replace("⇥", "\t") + "\n"
    wanted = [VALUE.findall(record) for record in code(read).split(";")]
    by_subject: dict[str, list[tuple[str, str]]] = {}
    for quad in made(mapping, data, "latin-1" if "latin-1" in given else "utf-8"):
        rows = by_subject.setdefault(str(quad.subject), [])
        number = str(quad.predicate.value).rpartition("/")[2]
        if number.isdigit():
            assert isinstance(quad.object, pyoxigraph.Literal)
            rows.append((names[int(number)], quad.object.value))
    assert sorted(map(sorted, by_subject.values())) == sorted(map(sorted, wanted))


def findings(text: str) -> Iterator[str]:
    for finding in examine(f"prefixes: {{ex: 'https://example.org/'}}\n{text}".encode(), "m.yml", LEXICON).findings:
        yield f"`{finding.code}` {finding.message}"


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_refused(text: str, told: str) -> None:
    assert told in list(findings(code(text)))


def test_the_frame_is_yaml_and_every_option_has_a_row() -> None:
    assert yaml.safe_load(FRAME)["external"] == {"city": "Ghent"}
    shown = " ".join(options for options, *_ in FILES)
    assert [name for name in OPTIONS if name not in shown and f"`{name}`" not in PAGE] == []
