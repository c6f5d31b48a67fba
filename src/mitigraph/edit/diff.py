"""What an edit changed, for people: a unified diff of a text, a line for each cell of a workbook."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from mitigraph.edit.edits import Reading
from mitigraph.edit.text import decode
from mitigraph.edit.xlsx import changed_cells

__all__ = ["book_diff", "text_diff"]

CONTEXT = 3
LONG, NEAR, GAP = 500, 80, " … "
"""Characters of a line that is shown as a whole; of a longer one, those shown before and behind each change; what is between."""

ANCHOR, FAR = 16, 1000
"""So many characters that are the same are the end of a change, where they are not farther away than so many."""

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""What a terminal would obey, or what would make a line look like another."""

LINE = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r)|[^\r\n]++\Z")


def text_diff(before: bytes, after: bytes, reading: Reading) -> str:
    """A unified diff; line ends that are not LF are left out of it, and of long lines what is far from any change."""
    old, new = (_lines(decode(data, reading)[0]) for data in (before, after))
    if old == new:
        return ""
    same_length = len(old) == len(new)
    hunks = _hunks(old, new) if same_length else difflib.unified_diff(old, new, n=CONTEXT, lineterm="")
    body = list(hunks) if same_length else [_clipped(line) for line in list(hunks)[2:]]
    return "".join(f"{_safe(line)}\n" for line in [f"--- {reading.name}", f"+++ {reading.name} (fixed)", *body])


def book_diff(before: bytes, after: bytes, reading: Reading) -> str:
    """A line for each cell: ``Sheet!C17: 'old' → 'new'``."""
    changed = changed_cells(before, after, reading)
    return "".join(f"{_safe(f'{cell}: {old!r} → {new!r}')}\n" for cell, old, new in changed)


def _lines(text: str) -> list[str]:
    return [found.group().rstrip("\r\n") for found in LINE.finditer(text)]


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """The hunks of two texts in which lines changed, and none came or went."""
    groups: list[list[int]] = []
    for at in (at for at, (one, other) in enumerate(zip(old, new, strict=True)) if one != other):
        if groups and at - groups[-1][-1] <= 2 * CONTEXT:
            groups[-1].append(at)
        else:
            groups.append([at])
    for group in groups:
        start, end = max(group[0] - CONTEXT, 0), min(group[-1] + CONTEXT + 1, len(old))
        yield f"@@ -{start + 1},{end - start} +{start + 1},{end - start} @@"
        at, changed = start, set(group)
        while at < end:
            run = at
            while run in changed:
                run += 1
            pairs = [_near_changes(one, other) for one, other in zip(old[at:run], new[at:run], strict=True)]
            yield from (f"-{line}" for line, _ in pairs)
            yield from (f"+{line}" for _, line in pairs)
            if run == at:
                yield f" {_clipped(old[at])}"
                run += 1
            at = run


def _clipped(line: str) -> str:
    return line if len(line) <= LONG else line[:LONG] + GAP


def _near_changes(old: str, new: str) -> tuple[str, str]:
    """Two lines that differ; of long ones what is near to where they do."""
    if max(len(old), len(new)) <= LONG:
        return old, new
    changes = list(_changes(old, new))
    return _parts(old, [own for own, _ in changes]), _parts(new, [own for _, own in changes])


def _changes(old: str, new: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where one line differs from the other, and the other there from it: up to where a few signs are the same again."""
    old, new = (line + "\n" * ANCHOR for line in (old, new))
    at, there = 0, 0
    while True:
        same = _same(old, new, at, there)
        at, there = at + same, there + same
        if at >= len(old) or there >= len(new):
            return
        end, other = _same_again(old, new, at, there)
        yield (at, end), (there, other)
        at, there = end, other


def _same_again(old: str, new: str, at: int, there: int) -> tuple[int, int]:
    """Where two lines are the same again that differ from two places on; their ends if that is nowhere near."""
    for end in range(at, min(at + FAR, len(old) - ANCHOR) + 1):
        other = new.find(old[end : end + ANCHOR], there, there + FAR)
        if other >= 0:
            return end, other
    return len(old), len(new)


def _same(old: str, new: str, at: int, there: int) -> int:
    """How many signs are the same in two lines from two places on."""
    length, step = 0, 1 << 12
    while step:
        while (run := old[at + length : at + length + step]) and run == new[there + length : there + length + step]:
            length += len(run)
        step >>= 1
    return length


def _parts(line: str, changes: Sequence[tuple[int, int]]) -> str:
    """What stands near some changes, those that are long themselves without their middle."""
    shown, at = list[str](), 0
    for first, last in changes:
        start, end = max(first - NEAR, at), max(last + NEAR, at)
        part = line[start:end]
        shown += [GAP if start > at else "", part if len(part) <= LONG else f"{part[:NEAR]}{GAP}{part[-NEAR:]}"]
        at = end
    return "".join([*shown, GAP if at < len(line) else ""])


def _safe(line: str) -> str:
    return CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), line)
