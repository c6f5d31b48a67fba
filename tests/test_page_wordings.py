"""The table of hashes by which a page's category is known from its definition line, without quoting that line."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

ROOT = Path(__file__).resolve().parent.parent
NOTATION = NamedNode("http://www.w3.org/2004/02/skos/core#notation")


def wordings() -> list[dict[str, str]]:
    text = (ROOT / "mappings" / "page-wordings.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def notations(scheme: str) -> set[str]:
    quads = parse(path=ROOT / "ontology" / "schemes" / f"{scheme}.ttl", format=RdfFormat.TURTLE)
    return {quad.object.value for quad in quads if quad.predicate == NOTATION and isinstance(quad.object, Literal)}


def wording_hash(text: str) -> str:
    normal = " ".join(unicodedata.normalize("NFC", text).casefold().split()).removesuffix(".")
    return hashlib.sha256(normal.encode()).hexdigest()


def test_each_wording_points_to_one_concept() -> None:
    rows = wordings()
    assert len({row["sha256"] for row in rows}) == len(rows) > 0
    for row in rows:
        assert set(row) == {"sha256", "scheme", "notation"}
        assert re.fullmatch(r"[0-9a-f]{64}", row["sha256"])
        assert row["notation"] in notations(row["scheme"])


def test_the_pages_are_known(shared: Path) -> None:
    pages = [path.read_text(encoding="utf-8").splitlines() for path in sorted((shared / "seeds").glob("*.txt"))]
    categories = [lines[2] for lines in pages if len(lines) > 3 and lines[3].startswith("Also in ")]
    assert len(categories) == 3
    known = {row["sha256"]: (row["scheme"], row["notation"]) for row in wordings()}
    assert {known[wording_hash(text)] for text in categories} == {("mit-v2", "1.1.2")}
