"""Good files of every kind, and a seeded mutator that spoils them: the same number spoils the same file in the same way."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GOOD", "Good", "good", "mutant"]

ROOT = Path(__file__).resolve().parent.parent
HOW_MANY = (1, 1, 1, 2, 3, 4)
DEEP = 300
WORD = re.compile(rb"[A-Za-z0-9.-]+(?:[:/][A-Za-z0-9./-]+)?")


@dataclass(frozen=True)
class Good:
    """A good file: its kind, its name, its content, and the signs whose loss or gain matters most in it."""

    kind: str
    name: str
    content: bytes
    signs: bytes


def good(name: str) -> bytes:
    """The content of a good file."""
    folder = "pages" if name == "full.txt" else "good"
    return (ROOT / "tests" / folder / name).read_bytes()


SIGNS = {
    "rows.csv": ("records", b',";\n'),
    "rows.tsv": ("records", b'\t";\n'),
    "rows.json": ("records", b'"{}[],:\\'),
    "rows.jsonl": ("records", b'"{},:\n'),
    "rows.yaml": ("records", b":-&*\"'[]{}\n "),
    "full.txt": ("records", b"\n;(>"),
    "data.ttl": ("rdf", b"<>[]()\";.,'@#"),
    "data.nt": ("rdf", b'<>".@^_\n'),
    "data.jsonld": ("rdf", b'"{}[],:@'),
    "data.rdf": ("rdf", b'<>"/&:'),
    "data.trig": ("rdf", b'<>{}";.'),
    "mine.yml": ("mapping", b":-[]{}$()~,\n "),
    "mine.ttl": ("shapes", b'<>[]";.:'),
    "mine.rq": ("query", b"{}()?<>.#"),
}
GOOD = tuple(Good(kind, name, good(name), signs) for name, (kind, signs) in SIGNS.items())

NAUGHTY = tuple(
    text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    for text in (
        "\0", "\r", "\r\n", "\x1b[31m", "\ufeff", "\u202e", "\u2028", "\ud800", "😀", "é", "ﬁ", b"\xff", b"\xe9", b"\xff\xfe",
        "NO", "1.10", "1e999", "NaN", "-0", "0x10", "9" * 400, "2024-13-45", "null", "~", "''", '"""', "javascript:alert(1)",
        "../../x", "..", "%2e%2e", "http://[", "https://example.org/{x}", "urn:x y", "<<: *a", "&a ", "*a",
        "!!python/name:os.system", "---\n", "...\n", "\t", "{{{{", "}}", "[" * DEEP, "(" * DEEP, "{" * DEEP, "<a>" * DEEP,
        '{"a":' * DEEP, "'" * 9, "\\", "\\u0000", "\\ud800", "\\x", "$(", "$(nope)", "\\$(", "mg:", "mg:key(",
        "mg:nope($(id))", "~iri", "~lang", "a~b~c", "xsd:integer", '"@context": "https://schema.org/", ',
        '"@context": ["x"], ', '"@id": 1, ', "<!DOCTYPE x [<!ENTITY e 'x'>]>", "&e;", "<!--", "@prefix : <x> .",
        "@base <rel> .", "_:b", "<<", "SERVICE <http://x.example/> { ?s ?p ?o }", "LOAD <x>;", "DROP ALL", "=1+1", "#", "/*",
        "sh:js", "sh:select '''SELECT * { SERVICE <x> {} }'''", "mit-v2:9.9.9", "scheme:", ":", ";;;;", "||", " ",
    )
)  # fmt: skip

Change = Callable[[random.Random, bytes, Good], bytes]


def _spot(dice: random.Random, data: bytes) -> int:
    return dice.randrange(len(data) + 1)


def _flip(dice: random.Random, data: bytes, good: Good) -> bytes:
    at = _spot(dice, data)
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def _cut(dice: random.Random, data: bytes, good: Good) -> bytes:
    at = _spot(dice, data)
    return data[:at] + data[at + dice.choice((1, 1, 2, 5, 20, 200)) :]


def _repeat(dice: random.Random, data: bytes, good: Good) -> bytes:
    at, length = _spot(dice, data), dice.choice((1, 3, 20, 100))
    return data[:at] + data[at : at + length] * dice.choice((2, 3, 50)) + data[at + length :]


def _insert(dice: random.Random, data: bytes, good: Good) -> bytes:
    at = _spot(dice, data)
    return data[:at] + dice.choice(NAUGHTY) + data[at:]


def _overwrite(dice: random.Random, data: bytes, good: Good) -> bytes:
    at = _spot(dice, data)
    return data[:at] + dice.choice(NAUGHTY) + data[at + dice.choice((1, 4, 16)) :]


def _sign(dice: random.Random, data: bytes, good: Good) -> bytes:
    """One more or one less of the signs that give the file its form."""
    sign = bytes([dice.choice(good.signs)])
    places = [at for at in range(len(data)) if data[at : at + 1] == sign]
    if not places or dice.random() < 0.4:
        at = _spot(dice, data)
        return data[:at] + sign + data[at:]
    at = dice.choice(places)
    return data[:at] + (b"" if dice.random() < 0.5 else sign * 2) + data[at + 1 :]


def _lines(dice: random.Random, data: bytes, good: Good) -> bytes:
    """A line moved, lost or doubled."""
    lines = data.splitlines(keepends=True) or [b""]
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    taken = lines.pop(one) if dice.random() < 0.7 else lines[one]
    if dice.random() < 0.7:
        lines.insert(other, taken)
    return b"".join(lines)


def _splice(dice: random.Random, data: bytes, good: Good) -> bytes:
    """The beginning of this file and the end of another."""
    other = dice.choice(GOOD).content
    return data[: _spot(dice, data)] + other[_spot(dice, other) :]


def _end(dice: random.Random, data: bytes, good: Good) -> bytes:
    return data[: _spot(dice, data)]


def _encode(dice: random.Random, data: bytes, good: Good) -> bytes:
    text = data.decode("utf-8", "replace")
    encoding = dice.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig", "cp1252"))
    return text.encode(encoding, "replace")


def _word(dice: random.Random, data: bytes, good: Good) -> bytes:
    """A word for another, or for a naughty text: the form of the file stays."""
    words = list(WORD.finditer(data))
    if not words:
        return data
    found = dice.choice(words)
    new = dice.choice(words).group() if dice.random() < 0.4 else dice.choice(NAUGHTY)
    return data[: found.start()] + new + data[found.end() :]


CHANGES: tuple[Change, ...] = (
    _flip,
    _cut,
    _repeat,
    _insert,
    _insert,
    _overwrite,
    _sign,
    _sign,
    _lines,
    _word,
    _word,
    _word,
    _splice,
    _end,
    _encode,
)


def mutant(good: Good, seed: int) -> bytes:
    """The file, spoilt in one to four ways."""
    dice = random.Random(f"{good.name} {seed}")
    data = good.content
    for _ in range(dice.choice(HOW_MANY)):
        data = dice.choice(CHANGES)(dice, data, good)
    return data
