"""Records in batches: what goes through a mapping together, column by column.

A *turn* is one passage of the rules: at first one for each record, in a triples map with ``each`` one for each of its values.
Every expression gives ``Values``, texts beside the turns they belong to. A *frame* holds the turns of a batch and what was
worked out for them; a ``Batch`` is some of a frame's turns: those for which a condition holds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from operator import itemgetter
from typing import NamedTuple

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.logic import CellError
from mitigraph.mapping.plan import Where
from mitigraph.mapping.spot import Spot
from mitigraph.record import Record, RecordSource, entry_digest

__all__ = ["NOTHING", "Batch", "Context", "Frame", "Values", "batches", "cross", "grouped", "index_of", "is_single"]


TOGETHER = 400
"""How many records go through the rules together: of 100 to 2,000 the fastest when measured, as their cells stay near."""


class Values(NamedTuple):
    """Texts or terms, each beside the turn it belongs to; turns ascend, a turn may have none or several."""

    turns: Sequence[int]
    texts: list[str]


NOTHING = Values((), [])


class Context:
    """What holds for all batches of one file: its records, where findings go, how many entries came from elsewhere, and how
    many records are none of the source's."""

    __slots__ = ("alternatives", "file", "passed_over", "report", "source")

    def __init__(self, file: str, source: RecordSource, report: Callable[[Finding], None]) -> None:
        self.file, self.source, self.report = file, source, report
        self.alternatives = self.passed_over = 0


class Frame:
    """The turns of a batch and what is known of them.

    ``outer`` is the frame of the records, ``at`` the record's turn in it, ``positions`` (from 1) which of the record's values
    of ``each`` a turn is for; a frame of records has none of the three. ``noted``, ``repeated``, ``rejected``: turns of records
    that a violation was found in, whose entry came before, that cannot be told by a key.
    """

    __slots__ = (
        "at",
        "columns",
        "context",
        "digests",
        "each",
        "noted",
        "outer",
        "positions",
        "records",
        "rejected",
        "repeated",
        "slots",
    )

    def __init__(self, context: Context, records: Sequence[Record]) -> None:
        self.context, self.records = context, records
        self.outer: Frame | None = None
        self.at: Sequence[int] = ()
        self.positions: Sequence[int] = ()
        self.each = NOTHING
        self.slots: dict[int, tuple[Values, Sequence[int]]] = {}
        self.columns: dict[str, Values] = {}
        self.digests: dict[int, str] = {}
        self.noted: set[int] = set()
        self.repeated: set[int] = set()
        self.rejected: set[int] = set()

    @property
    def whole(self) -> Batch:
        """All turns."""
        return Batch(self, range(len(self.records)))

    def inner(self, evaluate: Callable[[Batch], Values], batch: Batch) -> Frame:
        """A frame with one turn for each of some turns' values."""
        passes = evaluate(batch)
        made = Frame(self.context, [self.records[turn] for turn in passes.turns])
        made.outer, made.at = self, passes.turns
        made.each = Values(range(len(passes.texts)), passes.texts)
        made.positions = self.numbered(passes, evaluate)
        return made

    def numbered(self, passes: Values, evaluate: Callable[[Batch], Values]) -> Sequence[int]:
        """Which of its record's values, from 1, each of some is."""
        return list(_counting(passes.turns))

    def root_turns(self, turns: Sequence[int]) -> Sequence[int]:
        """The turns of the records that some of these turns are of."""
        return turns if self.outer is None else [self.at[turn] for turn in turns]

    def each_index(self, turn: int) -> int:
        """Which of the values of ``each`` a turn is for, from 0."""
        return self.positions[turn] - 1 if self.positions else 0

    def column(self, reference: str) -> Values:
        """What a reference names in the frame's records, read once."""
        known = self.columns.get(reference)
        if known is None:
            try:
                known = Values(*self.context.source.column(self.records, reference))
            except KeyError:  # whether a table has a column without a name shows only with its records
                known = NOTHING
            self.columns[reference] = known
        return known

    def kinds(self, turn: int, reference: str) -> list[str]:
        """What the values of a reference are in a tree (``TreeRecord.kinds``); of a table nothing is told."""
        if self.outer is not None:
            return self.outer.kinds(self.at[turn], reference)
        kinds = getattr(self.records[turn], "kinds", None)
        return kinds(reference) if kinds is not None else []

    def minted(self, texts: Callable[[Batch], Values], mint: Callable[[Batch], Values], batch: Batch) -> Values:
        """The keys that are minted for texts; of a record of which only a part is looked at those that it has already."""
        return mint(batch)

    def digest(self, turn: int) -> str:
        """The digest of a record's content, taken once."""
        known = self.digests.get(turn)
        if known is None:
            known = self.digests[turn] = entry_digest(self.records[turn])
        return known


class Batch:
    """Some turns of a frame, ascending."""

    __slots__ = ("frame", "turns")

    def __init__(self, frame: Frame, turns: Sequence[int]) -> None:
        self.frame, self.turns = frame, turns

    @property
    def is_whole(self) -> bool:
        """Whether these are all turns of the frame."""
        return len(self.turns) == len(self.frame.records)

    def only(self, values: Values) -> Values:
        """Those of some values that belong to these turns."""
        turns, texts = values
        if self.is_whole or turns == self.turns:
            return values
        wanted = set(self.turns)
        kept = [(turn, text) for turn, text in zip(turns, texts, strict=True) if turn in wanted]
        return Values([turn for turn, _ in kept], [text for _, text in kept])

    def select(self, turns: Sequence[int]) -> Batch:
        """The turns told, if they are not all."""
        return self if len(turns) == len(self.turns) else Batch(self.frame, turns)

    def of_records(self) -> Batch:
        """The records that these turns are of."""
        frame = self.frame
        if frame.outer is None:
            return self
        return Batch(frame.outer, list(dict.fromkeys(frame.at[turn] for turn in self.turns)))

    def spread(self, values: Values) -> Values:
        """Values of records, given to each of these turns."""
        at = self.frame.at
        texts = grouped(values, [at[turn] for turn in self.turns])
        return Values(
            [turn for turn, given in zip(self.turns, texts, strict=True) for _ in given], [t for given in texts for t in given]
        )

    def column(self, reference: str) -> Values:
        """What a reference names in the records of these turns."""
        if self.frame.outer is None:
            return self.only(self.frame.column(reference))
        return self.spread(self.frame.outer.column(reference))

    def kept(self, slot: int, evaluate: Callable[[Batch], Values]) -> Values:
        """Values that are worked out once for each turn, when they are first asked for."""
        slots = self.frame.slots
        known = slots.get(slot)
        if known is None:
            values = evaluate(self)
            slots[slot] = (values, self.turns)
            return values
        values, done = known
        if done is self.turns or done == self.turns:
            return values
        missing = [] if len(done) == len(self.frame.records) else sorted(set(self.turns).difference(done))
        if missing:
            values = _merged(values, evaluate(Batch(self.frame, missing)))
            slots[slot] = (values, sorted([*done, *missing]))
        return self.only(values)

    def place(self, spots: Sequence[Spot], turn: int, index: int) -> Place:
        """The cell a value was made of: the first of them; of what was made of none the record's own place."""
        frame = self.frame
        record = frame.records[turn]
        if not spots:
            return record.place("")
        return record.place(*spots[0].cell(record, index, frame.each_index(turn)))

    def note(self, turn: int, finding: Finding) -> None:
        """Report a finding about a turn's record."""
        frame = self.frame
        root, at = frame.outer or frame, frame.at[turn] if frame.outer else turn
        if at in root.repeated:
            return  # what is to be said of the entry was said where it came first
        if finding.severity == "violation":
            root.noted.add(at)
        frame.context.report(finding)

    def fail(self, error: CellError, turn: int, place: Place, value: str | None, where: Where) -> None:
        """Report what a cell function has to say of a value."""
        told = (place, value, error.expected, error.suggestion, str(where))
        self.note(turn, Finding(error.severity, error.code, error.message, *told, sure=error.sure))


def batches(source: RecordSource | Iterable[Record]) -> Iterator[Sequence[Record]]:
    """Records, many at a time. InputError of the reader comes after those that were read before it."""
    stretches = getattr(source, "stretches", None)
    for records in stretches() if stretches is not None else _gathered(source):
        yield from together(records)


def together(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Records that were read at once, no more of them at a time than go through the rules together."""
    if len(records) <= TOGETHER:
        return iter([records] if records else [])
    return (records[start : start + TOGETHER] for start in range(0, len(records), TOGETHER))


def _gathered(records: Iterable[Record]) -> Iterator[list[Record]]:
    gathered: list[Record] = []
    try:
        for record in records:
            gathered.append(record)
            if len(gathered) == TOGETHER:
                yield gathered
                gathered = []
    except InputError:
        if gathered:
            yield gathered
        raise
    if gathered:
        yield gathered


def is_single(turns: Sequence[int]) -> bool:
    """Whether no turn comes twice."""
    return isinstance(turns, range) or len(set(turns)) == len(turns)


def index_of(turns: Sequence[int], position: int) -> int:
    """Which of its turn's values the value at a position is.

    >>> index_of([0, 2, 2, 2, 5], 3)
    2
    """
    return position - bisect_left(turns, turns[position])


def grouped(values: Values, turns: Sequence[int]) -> list[list[str]]:
    """The texts of each of some turns.

    >>> grouped(Values([0, 2, 2], ["a", "b", "c"]), range(3))
    [['a'], [], ['b', 'c']]
    """
    if turns == values.turns and is_single(turns):
        return [[text] for text in values.texts]
    found: dict[int, list[str]] = {}
    for turn, text in zip(values.turns, values.texts, strict=True):
        found.setdefault(turn, []).append(text)
    return [found.get(turn, []) for turn in turns]


def cross(columns: Sequence[Values]) -> tuple[Sequence[int], list[list[str]]]:
    """Every combination of the values that several columns have for one turn: its turns, and each column's part in them.

    >>> cross([Values(range(3), ["a", "b", "c"]), Values([1, 1], ["x", "y"])])
    ([1, 1], [['b', 'b'], ['x', 'y']])
    """
    first = columns[0].turns
    if all(one.turns == first for one in columns) and is_single(first):
        return first, [one.texts for one in columns]
    partial = [one for one in columns if not isinstance(one.turns, range) or one.turns.start]
    if len(partial) <= 1 and len({len(one.turns) for one in columns if isinstance(one.turns, range)}) == 1:
        (only,) = partial or columns[:1]
        return only.turns, [one.texts if one is only else [one.texts[turn] for turn in only.turns] for one in columns]
    return _product(columns)


def _product(columns: Sequence[Values]) -> tuple[Sequence[int], list[list[str]]]:
    common = sorted(set(columns[0].turns).intersection(*(one.turns for one in columns[1:])))
    given = [grouped(one, common) for one in columns]
    rows = [(turn, texts) for turn, *parts in zip(common, *given, strict=True) for texts in product(*parts)]
    return [turn for turn, _ in rows], [[texts[number] for _, texts in rows] for number in range(len(columns))]


def _merged(one: Values, other: Values) -> Values:
    pairs = [*zip(one.turns, one.texts, strict=True), *zip(other.turns, other.texts, strict=True)]
    pairs.sort(key=itemgetter(0))
    return Values([turn for turn, _ in pairs], [text for _, text in pairs])


def _counting(turns: Sequence[int]) -> Iterator[int]:
    """For each turn how often it came up to here.

    >>> list(_counting([4, 4, 7]))
    [1, 2, 1]
    """
    last, count = -1, 0
    for turn in turns:
        count = count + 1 if turn == last else 1
        last = turn
        yield count
