"""JSON lines: one JSON value a line, streamed; a broken line is refused and the others go on.

>>> source = JsonLinesSource(Content.of_bytes(b'{"id": "a"}\\n{"id": \\n{"id": "c"}\\n'), "t.jsonl", Options())
>>> [(record.number, record.values("id")) for record in source], str(source.findings[0])
([(1, ['a']), (3, ['c'])], 't.jsonl:2: violation[bad-json] not JSON: expected a value, but the text ends (column 7)')
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.read import limits
from mitigraph.read.content import Content
from mitigraph.read.json import JsonSyntaxError, scan_json
from mitigraph.read.lines import codec_of, open_text
from mitigraph.read.options import Options
from mitigraph.read.tree import Asked, Node, TreeRecord, items, iterator_steps, keys_of, nothing_selected, refused_pointers
from mitigraph.record import Column, Record

__all__ = ["JsonLinesSource"]

BLANK = " \t\r\n"


class JsonLinesSource:
    """The records of the lines; ``options["iterator"]`` applies to each line, ``keys`` are those of the first good one.

    A line that is not JSON counts as one refused record. InputError: a bad option or iterator; while reading, too many
    records.
    """

    columns: list[str] | None = None

    def __init__(self, content: Content, name: str, options: Options) -> None:
        self.name, self.options = name, options
        self.findings: list[Finding] = []
        self.refused = self._reported = 0
        self._content = content
        self._codec, self._start = codec_of(content.head(4), name, options.encoding)
        self._steps = iterator_steps(options, name)
        self._complained = False
        self.asked = Asked(options.flatten)
        self.keys: list[str] = next((keys_of(root) for _, root, _ in self._roots() if root is not None), [])

    def column(self, records: Sequence[Record], reference: str) -> Column:
        """What a path names in each of some records; that it names no value where it leads is told once a place."""
        return self.asked.column(records, reference, self.findings)

    def __iter__(self) -> Iterator[TreeRecord]:
        null, trim, flatten = self.options.null, bool(self.options.trim), self.options.flatten
        number = refused = 0
        for line, root, findings in self._roots():
            self._report(line, findings)
            flawed = refused_pointers(findings)
            for node, enclosing in [(None, ())] if root is None else items(root, self._steps):
                number += 1
                if number > limits.ROWS:
                    raise InputError(f"{self.name}:{line}: more than {limits.ROWS:,} records")
                if node is None or node.pointer in flawed:
                    refused += 1
                    self.refused = max(self.refused, refused)
                else:
                    yield TreeRecord(self.name, number, node, enclosing, null, trim, flatten)
        if not number and not self._complained:
            self._complained = True
            self.findings.append(nothing_selected(self.name, self.options))

    def _roots(self) -> Iterator[tuple[int, Node | None, list[Finding]]]:
        """Each line's value, None if it has none, with what is wrong in it."""
        for line, text in self._lines():
            if len(text) >= limits.ROW_CHARACTERS:
                message = f"the line is longer than {limits.ROW_CHARACTERS:,} characters"
                yield line, None, [Finding("violation", "row-too-long", message, Place(self.name, line))]
                continue
            try:
                root, findings = scan_json(text.rstrip(BLANK), self.name, line)
            except JsonSyntaxError as error:
                message = f"not JSON: {error} (column {error.column})"
                yield line, None, [Finding("violation", "bad-json", message, Place(self.name, line))]
            else:
                yield line, root, findings

    def _lines(self) -> Iterator[tuple[int, str]]:
        """The lines that are not blank, with their numbers; of one that is too long only the beginning."""
        with open_text(self._content, self._codec, self._start) as stream:
            line = 0
            while text := stream.readline(limits.ROW_CHARACTERS):
                line += 1
                if text.strip(BLANK):
                    yield line, text
                while len(text) >= limits.ROW_CHARACTERS and not text.endswith(("\n", "\r")):
                    text = stream.readline(limits.ROW_CHARACTERS)

    def _report(self, line: int, findings: list[Finding]) -> None:
        # The source may be read again, or twice at once: each line is reported the first time it is met.
        if line > self._reported:
            self._reported = line
            self.findings.extend(findings)
