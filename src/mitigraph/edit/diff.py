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
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""What a terminal would obey, or what would make a line look like another."""

LINE = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r)|[^\r\n]++\Z")


def text_diff(before: bytes, after: bytes, reading: Reading) -> str:
    """A unified diff; line ends that are not LF are left out of it."""
    old, new = (_lines(decode(data, reading)[0]) for data in (before, after))
    if old == new:
        return ""
    same_length = len(old) == len(new)
    hunks = _hunks(old, new) if same_length else difflib.unified_diff(old, new, n=CONTEXT, lineterm="")
    body = [line for line in hunks if not line.startswith(("--- ", "+++ "))] if not same_length else list(hunks)
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
            yield from (f"-{line}" for line in old[at:run])
            yield from (f"+{line}" for line in new[at:run])
            if run == at:
                yield f" {old[at]}"
                run += 1
            at = run


def _safe(line: str) -> str:
    return CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), line)
