"""The command line run inside the tests: arguments and standard input in; exit code, standard output and standard error out.

What the project's own plain files say is read once for all runs; everything else is as it is for a user.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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
        """The lines of either stream that are findings of a severity: of ``validate`` they are the data."""
        said = [*self.out.decode("utf-8", "replace").splitlines(), *self.lines]
        return [line for line in said if f": {severity}[" in line]


_own = cache(knowledge.Knowledge)


def run(*arguments: object, stdin: bytes = b"", terminal: bool = False) -> Ran:
    """Run ``mitigraph ARGUMENTS``, as in a shell but without a new process; ``terminal``: as if both outputs were one."""
    with (
        _streams(stdin, terminal) as (out, err),
        patch.object(knowledge, "Knowledge", _own),
        patch.object(asking, "Knowledge", _own),
    ):
        code = cli.run([str(argument) for argument in arguments])
        return Ran(code, out.getvalue(), err.getvalue().decode())


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@contextmanager
def _streams(stdin: bytes, terminal: bool) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    out, err = io.BytesIO(), io.BytesIO()
    kind = _Terminal if terminal else io.TextIOWrapper
    texts = {
        "stdin": io.TextIOWrapper(io.BytesIO(stdin), "utf-8"),
        "stdout": kind(out, "utf-8", write_through=True),
        "stderr": kind(err, "utf-8", write_through=True),
    }
    with ExitStack() as stack:
        for name, stream in texts.items():
            stack.enter_context(patch.object(sys, name, stream))
        yield out, err
