"""Random files of every form that know where their cells stand, and random edits of those cells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import yaml
from hypothesis import strategies as st

from mitigraph.edit import Edit, Reading
from mitigraph.finding import Place
from mitigraph.read.tree import child_pointer

__all__ = ["File", "edits", "json_files", "jsonl_files", "tables", "yaml_files"]

ODD = "\u00e9\u4e2d\U0001f600\u00a0"
LETTERS = st.text("abc XYZ019.:#-'\"\\,;|\t=[]{}&*!%@`~<>é中😀", max_size=12)
LINED = st.one_of(LETTERS, st.text("ab \n\"',;", max_size=8))
VALUES = st.one_of(
    LETTERS, st.sampled_from(["NO", "1.10", "null", "~", "true", "2024-01-01", " x ", "- a", "a: b", "a #b", "#c", "''"])
)


LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass
class File:
    """A file's bytes, how it is read, and by place what each cell says and what bytes stand before and behind it."""

    data: bytes
    reading: Reading
    cells: dict[Place, tuple[str, bytes, bytes]]


class _Writer:
    """Text written bit by bit; remembers where cells stand."""

    def __init__(self) -> None:
        self.text, self.cells = "", dict[Place, tuple[str, int, int]]()

    def cell(self, place: Place, says: str, raw: str) -> None:
        self.cells[place] = says, len(self.text), len(self.text) + len(raw)
        self.text += raw

    def file(self, reading: Reading, codec: str = "utf-8", bom: bytes = b"") -> File:
        def encoded(text: str) -> bytes:
            return text.encode(codec)

        cells = {
            place: (says, bom + encoded(self.text[:start]), encoded(self.text[end:]))
            for place, (says, start, end) in self.cells.items()
        }
        return File(bom + encoded(self.text), reading, cells)


@st.composite
def edits(draw: st.DrawFn, file: File, new: st.SearchStrategy[str] = LINED) -> list[Edit]:
    """Edits of whole cells or parts of them, several of a file."""
    places = [place for place, (says, _, _) in file.cells.items() if says]
    if not places:
        return []
    found = []
    for place in draw(st.lists(st.sampled_from(places), max_size=4, unique=True)):
        says = file.cells[place][0]
        start = draw(st.integers(0, len(says) - 1))
        old = draw(st.sampled_from([says, says[start : draw(st.integers(start + 1, len(says)))]]))
        found.append(Edit(place, old, draw(new.filter(bool))))
    return found


@st.composite
def tables(draw: st.DrawFn) -> File:
    """Delimited text of any dialect."""
    delimiter, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    codec, bom, options = draw(
        st.sampled_from(
            [
                ("utf-8", b"", {}),
                ("utf-8", b"\xef\xbb\xbf", {}),
                ("utf-16-le", b"\xff\xfe", {}),
                ("utf-16-be", b"\xfe\xff", {}),
                ("gb18030", b"", {"encoding": "gb18030"}),
            ]
        )
    )
    width = draw(st.integers(1, 4))
    quote = draw(st.sampled_from(['"', "'"]))
    out, line = _Writer(), 2
    names = [f"c{at}" for at in range(width)]
    out.text = delimiter.join(names) + end
    for row in range(1, draw(st.integers(1, 4)) + 1):
        texts = draw(st.lists(LINED, min_size=width, max_size=width).filter(lambda row: "".join(row).strip()))
        for at, text in enumerate(texts):
            out.text += delimiter if at else ""
            needed = any(sign in text for sign in (delimiter, quote, "\n", "\r"))
            raw = quote + text.replace(quote, quote * 2) + quote if needed or draw(st.booleans()) else text
            out.cell(Place("t.csv", line, names[at], row), text, raw)
        out.text += end
        line += 1 + sum(text.count("\n") for text in texts)
    form = "tsv" if delimiter == "\t" else "csv"
    return out.file(Reading("t.csv", form, {**options, "delimiter": delimiter, "quoteChar": quote}), codec, bom)


def _spaces(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(["", " ", "\n", "\r\n  ", "\t"]))


def _escaped(draw: st.DrawFn, text: str) -> str:
    """A text as JSON, some of its characters escaped that need not be."""
    ascii_only = draw(st.booleans())
    raw = json.dumps(text, ensure_ascii=ascii_only)
    return raw.replace("a", "\\u0061") if draw(st.booleans()) else raw


TREES = st.recursive(
    st.one_of(LINED, st.sampled_from([1, 1.5, True, False, None])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text('ab/~"é', max_size=3), inner, max_size=3)),
    max_leaves=8,
)


def _write_json(draw: st.DrawFn, out: _Writer, value: Any, pointer: str, one_line: bool, line: int | None) -> None:
    def space() -> None:
        out.text += "" if one_line else _spaces(draw)

    space()
    if isinstance(value, dict | list):
        out.text += "{" if isinstance(value, dict) else "["
        for at, key in enumerate(value):
            out.text += "," if at else ""
            space()
            if isinstance(value, dict):
                out.text += _escaped(draw, key) + ":"
            child = value[key] if isinstance(value, dict) else key
            _write_json(draw, out, child, child_pointer(pointer, str(key if isinstance(value, dict) else at)), one_line, line)
        out.text += "}" if isinstance(value, dict) else "]"
    elif value is None:
        out.text += "null"
    else:
        raw = _escaped(draw, value) if isinstance(value, str) else json.dumps(value)
        out.cell(Place("t.json", line, pointer=pointer), value if isinstance(value, str) else raw, raw)
    space()


@st.composite
def json_files(draw: st.DrawFn) -> File:
    """A JSON document."""
    out = _Writer()
    _write_json(draw, out, draw(TREES), "", False, 1)
    return out.file(Reading("t.json", "json"))


@st.composite
def jsonl_files(draw: st.DrawFn) -> File:
    """JSON lines."""
    out = _Writer()
    for line in range(1, draw(st.integers(1, 3)) + 1):
        _write_json(draw, out, draw(TREES), "", True, line)
        out.text += "\n"
    return out.file(Reading("t.json", "jsonl"))


def _scalar(draw: st.DrawFn, text: str, indent: str) -> str | None:
    """A text as YAML in some style; None where that style cannot say it."""
    style = draw(st.sampled_from(["", "'", '"', "|", ">"]))
    if style in ("|", ">"):
        raw = f"{style}\n" + "".join(f"{indent}  {line}\n" if line else "\n" for line in text.split("\n"))
    else:
        raw = {"": text, "'": "'" + text.replace("'", "''") + "'", '"': json.dumps(text, ensure_ascii=False)}[style]
    try:
        if yaml.load(f"{indent}k: {raw}", LOADER) in ({"k": text}, {"k": text + "\n"}):
            return raw
    except yaml.YAMLError:
        pass
    return None


@st.composite
def yaml_files(draw: st.DrawFn) -> File:
    """A list of records, their values in all styles."""
    out = _Writer()
    for record in range(draw(st.integers(1, 3))):
        for at in range(draw(st.integers(1, 3))):
            out.text += "- " if at == 0 else "  "
            text = draw(st.one_of(VALUES, LINED))
            raw = _scalar(draw, text, "  ") or json.dumps(text, ensure_ascii=False)
            says = yaml.load(f"  k: {raw}", LOADER)["k"]
            out.text += f"k{at}: "
            null = raw in ("", "~", "null")
            if null:
                out.text += raw
            else:
                out.cell(Place("t.yml", 1, pointer=f"/{record}/k{at}"), says, raw)
            out.text += draw(st.sampled_from(["\n", " # why\n"])) if not raw.endswith("\n") else ""
        if draw(st.booleans()):
            out.text += f"  flow: {{a: 1, b: [x, 'y']}} # {record}\n"
    return out.file(Reading("t.yml", "yaml"))
