"""What became of a file's records.

>>> count = Count("t.csv", "rows", read=2, mapped=2, triples=9)
>>> count.add(Count("t.csv", "rows", read=1, rejected=1))
>>> count
Count(file='t.csv', source='rows', read=3, mapped=2, rejected=1, repeated=0, triples=9)
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Count"]


@dataclass(slots=True)
class Count:
    """What became of a file's records: ``read`` = ``mapped`` + ``rejected`` + ``repeated``."""

    file: str
    source: str
    read: int = 0
    mapped: int = 0
    rejected: int = 0
    repeated: int = 0
    triples: int = 0

    def add(self, more: Count) -> None:
        """Count more records of the same file."""
        self.read += more.read
        self.mapped += more.mapped
        self.rejected += more.rejected
        self.repeated += more.repeated
        self.triples += more.triples
