"""The same graph in another engine: our mappings as RML, the same file run by Morph-KGC and by us, compared triple by triple.

Only rules that say nothing but what RML has words for are run (``standard_part``). Compared are the project's own mappings,
over the bundled sources and the real ones beside the checkout where they are, and those of ``tests/rml``, which are standard
through and through. What differs is told with the reason where it is a known one: docs/conformance.md, "Other engines".
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

import pyoxigraph

from bench import peers
from mitigraph.canonical import canonical
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Input, Mapping, Run, load_mapping
from mitigraph.mapping.rml.standard import standard_part
from mitigraph.mapping.rml.write import to_rml
from mitigraph.mapping.terms_of import CASTS
from mitigraph.read import Content, open_source
from mitigraph.terms import XSD, Quad, is_iri, is_literal, literal_parts

__all__ = ["compare", "rows"]

ROOT = Path(__file__).resolve().parent.parent
MAPPINGS = (*sorted((ROOT / "mappings").glob("*.yml")), *sorted((ROOT / "tests" / "rml").glob("*.yml")))
SOURCES = (ROOT / "examples", ROOT / "mappings", ROOT / "tests" / "rml", ROOT.parent / "shared" / "data")
SHOWN = 2
READ = {"csv", "json"}
SETTINGS = """[CONFIGURATION]
output_file=theirs.nq
output_format=N-QUADS
number_of_processes=1
logging_level=ERROR
[sources]
mappings=mapping.ttl
"""


class Compared(NamedTuple):
    """What both engines made of a mapping: counts of rules and triples, and the triples that only one has."""

    rules: int
    standard: int
    triples: int
    theirs: int
    only_ours: list[Quad]
    only_theirs: list[Quad]
    broken: int
    refused: Counter[str]


def rows(full: bool) -> Iterator[str]:
    """A line for each mapping, and lines for what differs."""
    python = peers.environment(*peers.MORPH_KGC)
    if python is None:
        yield "rml: not compared, Morph-KGC could not be installed"
        return
    knowledge = Knowledge()
    for file in MAPPINGS:
        mapping = knowledge.mapping(file)
        compared = compare(mapping, knowledge, python)
        name = f"rml, {file.relative_to(ROOT)}"
        if isinstance(compared, str):
            yield f"{name}: {compared}"
        else:
            yield f"{name}: {_summary(compared)}"
            yield from _differences(compared)


def compare(mapping: Mapping, knowledge: Knowledge, python: Path) -> Compared | str:
    """Run the standard part of a mapping in both engines; a text says why there is nothing to compare."""
    part = _read_by_both(standard_part(mapping))
    rules, standard = (sum(len(plan.rules) for plan in one.triples_maps) for one in (mapping, part))
    files = {source.access: _found(source.access) for source in part.sources}
    if not standard:
        return f"{rules} rules, none of them standard over a file that is here"
    with tempfile.TemporaryDirectory(prefix="mitigraph-rml-") as name:
        folder = Path(name)
        for access, file in files.items():
            assert file is not None
            shutil.copy(file, folder / access)
        turtle = to_rml(part)
        (folder / "mapping.ttl").write_bytes(turtle)
        ours, refused = _ours(load_mapping(turtle, "mapping.ttl", knowledge.lexicon), folder, knowledge)
        theirs, broken = _theirs(folder, python)
    if broken is None:
        return f"Morph-KGC: {theirs}"
    assert not isinstance(theirs, str)
    only_ours, only_theirs = sorted(ours - theirs), sorted(theirs - ours)
    return Compared(rules, standard, len(ours), len(theirs), only_ours, only_theirs, broken, refused)


def _read_by_both(part: Mapping) -> Mapping:
    """Without the sources that are not here, or that Morph-KGC cannot read as RML says (it knows no csvw:dialect)."""
    kept = {
        one.name
        for one in part.sources
        if one.format in READ and one.options.keys() <= {"iterator"} and _found(one.access) is not None
    }
    sources = [one for one in part.sources if one.name in kept]
    maps = [replace(one, sources=tuple(name for name in one.sources if name in kept)) for one in part.triples_maps]
    return standard_part(replace(part, sources=sources, triples_maps=[one for one in maps if one.sources]))


def _found(access: str) -> Path | None:
    """The file of a name, bundled or among the real sources."""
    return next((file for folder in SOURCES for file in sorted(folder.rglob(access))), None) if access else None


# -- one run -----------------------------------------------------------------------------------------------------------


def _ours(mapping: Mapping, folder: Path, knowledge: Knowledge) -> tuple[set[Quad], Counter[str]]:
    """Our triples, and how many values were kept out of them, by finding."""
    inputs = []
    for source in mapping.sources:
        data = (folder / source.access).read_bytes()
        records = open_source(Content.of_bytes(data), source.access, source.format, source.options)
        inputs.append(Input(source, records, source.access, hashlib.sha256(data).hexdigest()))
    run = Run(mapping, inputs, knowledge.lexicon)
    made = canonical(run.quads())
    return made, Counter(one.code for one in run.findings if one.severity != "info")


def _theirs(folder: Path, python: Path) -> tuple[set[Quad] | str, int | None]:
    """Morph-KGC's triples and how many lines are no N-Quads; its last words and None where it gave up."""
    (folder / "settings.ini").write_text(SETTINGS, encoding="utf-8")
    command = [str(python), "-m", "morph_kgc", "settings.ini"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    if done.returncode or not (folder / "theirs.nq").is_file():
        return (done.stderr.strip().splitlines() or ["no output"])[-1], None
    triples, broken = set[Quad](), 0
    for line in (folder / "theirs.nq").read_text("utf-8").split("\n"):
        try:
            quads = list(pyoxigraph.parse(line.encode(), format=pyoxigraph.RdfFormat.N_QUADS))
        except SyntaxError:
            broken += 1
            continue
        triples.update((str(one.subject), str(one.predicate), str(one.object), _graph(one)) for one in quads)
    return canonical(triples), broken


def _graph(quad: pyoxigraph.Quad) -> str:
    return "" if isinstance(quad.graph_name, pyoxigraph.DefaultGraph) else str(quad.graph_name)


# -- what differs ------------------------------------------------------------------------------------------------------


def _summary(found: Compared) -> str:
    same = "equal" if not found.only_ours and not found.only_theirs else "different"
    lines = f", {found.broken} lines of theirs are no N-Quads" if found.broken else ""
    refused = "".join(f"; {number} {code} told by ours" for code, number in sorted(found.refused.items()))
    return (
        f"{found.standard} of {found.rules} rules are standard; {found.triples:,} triples ours, {found.theirs:,} theirs{lines}:"
        f" {same}{refused}"
    )


def _differences(found: Compared) -> Iterator[str]:
    """One line for each known reason, and the first triples that have none."""
    ours, theirs = set(found.only_ours), set(found.only_theirs)
    for reason, change in REASONS.items():
        changed = {change(triple): triple for triple in theirs}
        same = {triple for triple in ours if change(triple) in changed}
        if same:
            keys = {change(triple) for triple in same}
            yield f"  {len(same):,} triples differ: {reason}"
            ours -= same
            theirs = {triple for triple in theirs if change(triple) not in keys}
    valued = {triple[:2] for triple in ours}
    passed = {triple for triple in theirs if triple[:2] not in valued and _datatype(triple[2]) in CASTS}
    if passed and found.refused["bad-value"]:
        yield f"  {len(passed):,} triples of values that ours refuses (bad-value): they change them or pass them on, as:"
        yield from _shown(passed)
        theirs -= passed
    for whose, rest in (("ours", ours), ("theirs", theirs)):
        if rest:
            yield f"  {len(rest):,} triples only in {whose}, as:"
            yield from _shown(rest)


def _shown(triples: set[Quad]) -> Iterator[str]:
    return (f"    {' '.join(triple).strip()[:300]}" for triple in sorted(triples)[:SHOWN])


def _datatype(term: str) -> str | None:
    return literal_parts(term).datatype if is_literal(term) else None


def _each_term(change: Callable[[str], str]) -> Callable[[Quad], Quad]:
    return lambda quad: (change(quad[0]), change(quad[1]), change(quad[2]), change(quad[3]))


def _as_uri(term: str) -> str:
    """An IRI with percent-encoding for all but ASCII."""
    return quote(term, safe="<>:/?#[]@!$&'()*+,;=%") if is_iri(term) else term


def _as_number(term: str) -> str:
    """An xsd:integer as Morph-KGC writes it: by way of a floating-point number."""
    return f'"{int(float(literal_parts(term).text))}"' if _datatype(term) == f"{XSD}integer" else term


def _trimmed(term: str) -> str:
    """A term without space at the ends of its texts, in whichever form."""
    if is_literal(term):
        parts = literal_parts(term)
        return repr((parts.text.strip(), parts.language, parts.datatype))
    return "/".join(part.strip() for part in unquote(term).split("/")) if is_iri(term) else term


REASONS = {
    "they write IRIs as URIs, letters beyond ASCII percent-encoded": _each_term(_as_uri),
    "they write integers anew (007 as 7, +5 as 5)": _each_term(_as_number),
    "ours takes outer space from cells": _each_term(_trimmed),
}
"""Why graphs differ: what makes the terms of both alike again."""


def told(lines: Iterable[str]) -> None:
    """Print lines as they come."""
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    told(rows(full=False))
