"""Query results as text: the W3C formats exactly as the engine writes them, tables for people."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mitigraph.errors import UsageError
from mitigraph.terms import Triple

if TYPE_CHECKING:
    from mitigraph.query import Answer

__all__ = ["GRAPH_FORMAT", "RESULT_FORMATS", "compact", "one_line", "rows", "write_answer"]

W3C = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
RESULT_FORMATS = ("table", "csv", "tsv", "json", "xml", "md", "html")
GRAPH_FORMAT = "turtle"
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[\w%.-]*[\w%-])?")

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")  # XML 1.0, section 2.2
_MARKDOWN = {ord(c): f"\\{c}" for c in "\\`*_[]|~"} | {ord("<"): "&lt;", ord(">"): "&gt;", ord("&"): "&amp;"}

GraphWriter = Callable[[list[Triple], str], bytes]


def write_answer(
    answer: Answer, name: str | None, prefixes: Mapping[str, str], write_graph: GraphWriter, width: int | None = None
) -> bytes:
    """An answer in a named format; ``None`` is a table, or Turtle for CONSTRUCT and DESCRIBE.

    ``write_graph`` gets triples and the name of an RDF format. ``width`` is a terminal's, None when there is none: then no
    cell is cut. Raises UsageError when the format does not fit the kind of answer.
    """
    if isinstance(answer, ox.QueryTriples):
        if name in RESULT_FORMATS and name not in ("table", "xml"):
            raise UsageError(f"-f {name}: the answer is a graph, which needs an RDF format such as turtle or jsonld")
        triples = [(str(t.subject), str(t.predicate), str(t.object)) for t in answer]
        return write_graph(triples, GRAPH_FORMAT if name in (None, "table") else str(name))
    if name not in (None, *RESULT_FORMATS):
        raise UsageError(f"-f {name}: the answer is a table, which needs one of {', '.join(RESULT_FORMATS)}")
    if name in W3C:
        written = answer.serialize(format=W3C[str(name)]) or b""
        if name == "xml" and _NOT_XML.search(written):
            raise UsageError("-f xml: a control character in the answer cannot be written in XML; take json or tsv")
        return written if written.endswith(b"\n") else written + b"\n"
    if isinstance(answer, ox.QueryBoolean):
        return b"true\n" if answer else b"false\n"
    header, body = rows(answer, prefixes)
    return _LAYOUTS[name or "table"](header, body, width).encode()


def rows(answer: ox.QuerySolutions, prefixes: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
    """Column names and rows of texts: CURIEs for IRIs, the bare text of literals, empty where unbound."""
    header = [variable.value for variable in answer.variables]
    body = [[_text(solution[variable], prefixes) for variable in answer.variables] for solution in answer]
    return header, body


def compact(iri: str, prefixes: Mapping[str, str]) -> str:
    """An IRI as CURIE if a prefix fits and the rest needs no escape, else the IRI itself.

    >>> compact("https://w3id.org/airmo#Risk", {"airmo": "https://w3id.org/airmo#"})
    'airmo:Risk'
    """
    best = max((p for p, start in prefixes.items() if iri.startswith(start)), key=lambda p: len(prefixes[p]), default=None)
    if best is None:
        return iri
    local = iri[len(prefixes[best]) :]
    return f"{best}:{local}" if _LOCAL.fullmatch(local) or (local and "/" in local and " " not in local) else iri


def _text(term: object, prefixes: Mapping[str, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return compact(term.value, prefixes)
    return str(term) if isinstance(term, ox.BlankNode | ox.Triple) else str(getattr(term, "value", term))


def one_line(text: str) -> str:
    """Line breaks, control characters and changes of writing direction as spaces: a cell cannot forge lines or colours.

    >>> one_line("a\\nb\\x1b[31m")
    'a b [31m'
    """
    return _UNSEEN.sub(" ", text)


def _table(header: Sequence[str], body: Sequence[Sequence[str]], width: int | None) -> str:
    lines = [list(header), *([one_line(cell) for cell in row] for row in body)]
    limits = _column_widths(lines, width)
    ruled = [lines[0], ["─" * limit for limit in limits], *lines[1:]]
    text = "\n".join("  ".join(_fit(cell, limit) for cell, limit in zip(row, limits, strict=True)).rstrip() for row in ruled)
    return f"{text}\n{len(body)} row{'' if len(body) == 1 else 's'}\n"


def _column_widths(lines: list[list[str]], width: int | None) -> list[int]:
    """The widest cell of each column; on a terminal the widest columns give way until the row fits."""
    widths = [max(len(row[column]) for row in lines) for column in range(len(lines[0]))]
    if width is not None:
        while sum(widths) + 2 * (len(widths) - 1) > width and max(widths, default=0) > 8:
            widths[widths.index(max(widths))] -= 1
    return widths


def _fit(cell: str, limit: int) -> str:
    return cell.ljust(limit) if len(cell) <= limit else cell[: limit - 1] + "…"


def _markdown(header: Sequence[str], body: Sequence[Sequence[str]], _width: int | None) -> str:
    def line(row: Sequence[str]) -> str:
        return "| " + " | ".join(one_line(cell).translate(_MARKDOWN) for cell in row) + " |"

    return "\n".join([line(header), line(["---"] * len(header)), *map(line, body)]) + "\n"


def _html(header: Sequence[str], body: Sequence[Sequence[str]], _width: int | None) -> str:
    def marked(cell: str) -> str:
        return "<br>".join(html.escape(one_line(line)) for line in cell.splitlines())

    def line(row: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{marked(cell)}</{tag}>" for cell in row) + "</tr>"

    inside = "\n".join([line(header, "th"), *(line(row, "td") for row in body)])
    return f"<table>\n{inside}\n</table>\n"


_LAYOUTS: dict[str, Callable[[Sequence[str], Sequence[Sequence[str]], int | None], str]] = {
    "table": _table,
    "md": _markdown,
    "html": _html,
}
