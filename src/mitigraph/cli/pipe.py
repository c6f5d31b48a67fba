"""Standard streams that cannot be written to: after ``| head`` a command ends as it would have, and says nothing of it; one
that is full or closed fails once, and not again when the process ends."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["go_on_without_readers"]


class Unread(io.FileIO):
    """A stream whose bytes are lost, and nothing else, once nobody reads it; one that is full fails once."""

    def write(self, data: ReadableBuffer) -> int:
        """Write, or pretend to when the pipe is closed."""
        try:
            return super().write(data)
        except BrokenPipeError:
            self._lead_nowhere()
            return memoryview(data).nbytes
        except OSError:
            self._lead_nowhere()
            raise

    def _lead_nowhere(self) -> None:
        # From here on the same stream leads nowhere: no later write, at the end of the process either, has to fail again.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), self.fileno())


class Closed(io.RawIOBase):
    """A standard stream that was closed before the command began: the first to want it is told, no later one."""

    def __init__(self, name: str) -> None:
        self.name, self._is_told = name, False

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Fail once."""
        if self._is_told:
            return memoryview(data).nbytes
        self._is_told = True
        raise OSError(errno.EBADF, "it is closed", self.name)


def go_on_without_readers() -> None:
    """Let both outputs of this process be closed by whoever reads them, without changing how the command ends; and give the
    process the streams that it was begun without."""
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(Closed("standard output")), "utf-8")
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open as long as the process lasts)
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 (likewise)
    sys.stdout, sys.stderr = _patient(sys.stdout), _patient(sys.stderr)


def _patient(stream: TextIO) -> TextIO:
    """The stream as it is, or where it is a pipe, one over the same file that takes a broken one."""
    try:
        place = stream.fileno()
    except (AttributeError, OSError, ValueError):  # none at all, or one in memory
        return stream
    if stream.isatty():
        return stream
    stream.flush()
    raw = io.BufferedWriter(Unread(place, "wb", closefd=False))
    by_line, at_once = getattr(stream, "line_buffering", False), getattr(stream, "write_through", False)
    return io.TextIOWrapper(raw, stream.encoding, stream.errors, line_buffering=by_line, write_through=at_once)
