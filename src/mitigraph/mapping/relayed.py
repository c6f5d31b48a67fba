"""One table mapped by several processes, each taking the next stretch of it (``mitigraph.relay``).

All that a run keeps of a stretch (findings, counts) is told to the first process, in the order of the stretches: what it has in
the end is what it would have had alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from mitigraph import relay
from mitigraph.errors import InputError
from mitigraph.finding import Finding
from mitigraph.mapping.batch import Context, Frame, together
from mitigraph.mapping.count import Count
from mitigraph.mapping.plan import Mapping
from mitigraph.mapping.program import Program
from mitigraph.mapping.uses import calls
from mitigraph.read.table import Ahead, Passage, Stretch, TableSource

__all__ = ["MapRunner", "relayed", "table_for_several"]

LARGE = 1 << 21
"""Tables of fewer bytes are mapped before other processes are ready to help."""

Block = Callable[[Frame, Count], bytes]
"""The lines of a batch of records, which are counted."""


def table_for_several(mapping: Mapping, program: Program) -> TableSource | None:
    """The input, if its stretches may be mapped apart: a large UTF-8 table, unless keys are minted, where each entry has to be
    held against all before it."""
    source = program.input.records
    if not isinstance(source, TableSource) or source.size < LARGE or not source.is_cuttable:
        return None
    return None if calls(mapping, "key") else source


def relayed(
    program: Program,
    source: TableSource,
    context: Context,
    count: Count,
    block: Block,
    runners: int,
    write: Callable[[bytes], object],
) -> None:
    """Map the records of a table with so many processes; what is found and counted is as it is with one."""
    try:
        with closing(Passage(source)) as passage:
            beginning = passage.beginning
    except InputError as error:
        program.stop(context, error)
        return
    before, refused = len(source.findings), source.refused
    all_told = relay.run(runners, beginning, lambda: MapRunner(program, source, block), write)
    del source.findings[before:]
    source.refused = refused
    for told in all_told:
        count.add(told.counts)
        context.passed_over += told.passed_over
        source.take_over(told.unread, told.refused, told.reported)
        for finding in told.found:
            context.report(finding)


class _Told(NamedTuple):
    """What a stretch adds: what was counted; found in mapping, and in reading; how many rows were refused, and the last of them
    that was ever reported; how many records were passed over."""

    counts: Count
    found: list[Finding]
    unread: list[Finding]
    refused: int
    reported: int
    passed_over: int


class MapRunner:
    """One process' part in it."""

    def __init__(self, program: Program, source: TableSource, block: Block) -> None:
        self._program, self._source, self._block = program, source, block
        self._passage: Passage | None = None

    def read(self, baton: Ahead) -> tuple[Stretch, Ahead | None]:
        self._seen, self._refused = len(self._source.findings), self._source.refused
        try:
            # Opened here: processes that share an open file would share their place in it.
            self._passage = self._passage or Passage(self._source)
            stretch = self._passage.read(baton)
        except InputError as error:
            stretch = Stretch([], None, error)
        return stretch, stretch.ahead

    def work(self, stretch: Stretch) -> tuple[bytes, _Told]:
        program, source, found = self._program, self._source, list[Finding]()
        context, count = program.context(found.append), Count(program.input.file_name, program.input.source.name)
        frames = (frame for records in together(stretch.records) for frame in program.framed(context, records))
        data = b"".join([self._block(frame, count) for frame in frames])
        if stretch.error is not None:
            program.stop(context, stretch.error)
        unread, refused = source.findings[self._seen :], source.refused - self._refused
        return data, _Told(count, found, unread, refused, source.reported, context.passed_over)
