"""The command line run inside the tests: arguments and standard input in; exit code, standard output and standard error out.

What the project's own plain files say is read once for all runs; everything else is as it is for a user.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from unittest.mock import patch

from mitigraph import asking, cli, knowledge

__all__ = ["Ran", "run"]


@dataclass(frozen=True)
class Ran:
    """What a run left: its exit code, its data, its talk."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode()

    @property
    def lines(self) -> list[str]:
        """The lines of standard error."""
        return self.err.splitlines()

    def findings(self, severity: str = "violation") -> list[str]:
        """The lines that are findings of a severity."""
        return [line for line in self.lines if f": {severity}[" in line]


_own = cache(knowledge.Knowledge)


def run(*arguments: object, stdin: bytes = b"") -> Ran:
    """Run ``mitigraph ARGUMENTS``, as in a shell but without a new process."""
    with _streams(stdin) as (out, err), patch.object(knowledge, "Knowledge", _own), patch.object(asking, "Knowledge", _own):
        code = cli.run([str(argument) for argument in arguments])
        return Ran(code, out.getvalue(), err.getvalue().decode())


@contextmanager
def _streams(stdin: bytes) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    out, err = io.BytesIO(), io.BytesIO()
    texts = {
        "stdin": io.TextIOWrapper(io.BytesIO(stdin), "utf-8"),
        "stdout": io.TextIOWrapper(out, "utf-8", write_through=True),
        "stderr": io.TextIOWrapper(err, "utf-8", write_through=True),
    }
    with patch.multiple(sys, **texts):
        yield out, err
