"""A file is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from mitigraph.errors import EngineError

__all__ = ["Writing", "write"]


def write(path: Path, data: bytes, like: Path | None = None) -> None:
    """Write a file whose bytes are all there, with the permissions of the file it is ``like``. EngineError when it cannot be."""
    with Writing(path, like) as file:
        file.write(data)
        file.keep()


EARLY = 32 << 20
"""Each time so many bytes are written, the system is asked to begin storing them: waiting for all at the end takes longer."""


class Writing:
    """A file that is written bit by bit beside its place, and takes it when it is said to be kept.

    What was there stays until then. A leftover of a killed process is named ``.mitigraph-….tmp``. A device or pipe is written
    to directly. EngineError when it cannot be written.
    """

    def __init__(self, path: Path, like: Path | None = None) -> None:
        self._path, self._is_kept = path, False
        self._direct = path.exists() and not path.is_file() and not path.is_dir()
        self._target = path if self._direct else path.resolve()
        self._temporary = self._target if self._direct else path.resolve().with_name(f".mitigraph-{secrets.token_hex(8)}.tmp")
        self._like = like or self._target
        self._file: BinaryIO

    def __enter__(self) -> Self:
        try:
            # Not tempfile: its files are readable by their owner only, whatever the umask says.
            self._file = self._temporary.open("wb" if self._direct else "xb", buffering=0)
            if not self._direct and self._like.is_file():
                os.fchmod(self._file.fileno(), self._like.stat().st_mode & 0o777)
        except OSError as error:
            raise self._failed(error) from None
        return self

    def write(self, data: bytes) -> None:
        """Add to the file."""
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view) :]
            if not self._direct and hasattr(os, "posix_fadvise"):
                self._store_early(len(data))
        except OSError as error:
            raise self._failed(error) from None

    def _store_early(self, size: int) -> None:
        # Asked for by place, as several processes may be writing: none asks for what another has asked for.
        end = self._file.tell()
        first, last = (end - size) // EARLY, end // EARLY
        if last > first:
            # What is told not to be needed is stored at once, and what is being stored stays in memory all the same.
            os.posix_fadvise(self._file.fileno(), first * EARLY, (last - first) * EARLY, os.POSIX_FADV_DONTNEED)

    def keep(self) -> None:
        """Say that all is written."""
        self._is_kept = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if self._is_kept and kind is None and not self._direct:
                os.fsync(self._file.fileno())
                self._file.close()
                self._temporary.replace(self._target)
                _sync_folder(self._target.parent)
        except OSError as failure:
            raise self._failed(failure) from None
        finally:
            self._file.close()
            if not self._direct:
                with contextlib.suppress(OSError):
                    self._temporary.unlink(missing_ok=True)

    def _failed(self, error: OSError) -> EngineError:
        return EngineError(f"{self._path}: cannot be written: {error.strerror or error}")


def _sync_folder(folder: Path) -> None:
    """Makes the rename itself last; not every file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
