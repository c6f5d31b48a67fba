"""The bytes of a source, wherever they lie: read in passes, and never held whole unless they came so.

A file may change between two passes. Every pass looks, so that what is read is what the digest was taken of.

>>> content = Content.of_bytes(b"id,title\\n1,Audits\\n")
>>> content.size, content.head(2), content.sha256[:8]
(18, b'id', '59049bc8')
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mitigraph.errors import FileChangedError, InputError
from mitigraph.read import limits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["Content"]

PIECE = 1 << 18
"""What is read at a time."""

HELD = 1 << 22
"""What comes from a pipe is held in memory up to this size, and beyond it in a temporary file."""


class Content:
    """Bytes that can be read again and again: ``of_bytes``, ``of_file`` and ``of_stream`` make one.

    A pass raises InputError where the system lets it not go on, and FileChangedError where the file is another by now.
    ``kept`` is what a reader has made of the content and may use again when it is opened for another mapping; ``is_apart``:
    passes have nothing in common, so that each may be another process'.
    """

    def __init__(self, size: int, opens: Callable[[], BinaryIO], is_apart: bool = True) -> None:
        self.size, self._opens, self.is_apart = size, opens, is_apart
        self.kept: dict[type, object] = {}

    @classmethod
    def of_bytes(cls, data: bytes) -> Content:
        """Bytes in memory."""
        return cls(len(data), lambda: io.BytesIO(data))

    @classmethod
    def of_file(cls, path: Path) -> Content:
        """A file, not read yet; a pipe or a device, that can be read only once. OSError: it cannot be opened."""
        with path.open("rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return cls.of_stream(io.BufferedReader(file))
        return cls(status.st_size, lambda: _again(path, _stamp(status)))

    @classmethod
    def of_stream(cls, stream: BinaryIO) -> Content:
        """What a stream holds: little of it in memory, much in a temporary file. InputError: more than ``limits.FILE_BYTES``."""
        spool = tempfile.SpooledTemporaryFile(HELD)  # noqa: SIM115 -- it lives as long as the content
        while piece := stream.read(PIECE):
            spool.write(piece)
            if spool.tell() > limits.FILE_BYTES:
                raise InputError(f"it is larger than {limits.FILE_BYTES:,} bytes")
        return cls(spool.tell(), lambda: io.BufferedReader(_Share(spool), PIECE), is_apart=False)

    def open(self) -> BinaryIO:
        """A pass over the bytes; several may go on at once."""
        return self._opens()

    def head(self, count: int) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return stream.read(count)

    def read(self) -> bytes:
        """All bytes at once."""
        with self.open() as stream:
            return stream.read(self.size + 1)

    @cached_property
    def sha256(self) -> str:
        """Digest (hex) of all bytes."""
        digest = hashlib.sha256()
        with self.open() as stream:
            while piece := stream.read(PIECE):
                digest.update(piece)
        return digest.hexdigest()


Stamp = tuple[int, int, int, int]


def _stamp(status: os.stat_result) -> Stamp:
    """What changes when a file is written to, or another is put in its place."""
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev


def _again(path: Path, stamp: Stamp) -> BinaryIO:
    try:
        return io.BufferedReader(_Pass(path.open("rb", buffering=0), path.name, stamp), PIECE)
    except OSError as error:
        raise _lost(path.name, error) from None


def _lost(name: str, error: OSError) -> InputError:
    return InputError(f"{name}: cannot be read any more: {error.strerror}")


class _Pass(io.RawIOBase):
    """One pass over a file that must be, and after each piece still be, the one that ``stamp`` was taken of."""

    def __init__(self, file: io.FileIO, name: str, stamp: Stamp) -> None:
        self._file, self._name, self._stamp = file, name, stamp
        self._check()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: WriteableBuffer) -> int:
        try:
            count = self._file.readinto(buffer)
        except OSError as error:
            raise _lost(self._name, error) from None
        self._check()
        return count

    def close(self) -> None:
        self._file.close()
        super().close()

    def _check(self) -> None:
        if _stamp(os.fstat(self._file.fileno())) != self._stamp:
            self.close()
            raise FileChangedError(f"{self._name}: the file was changed while it was being read")


class _Share(io.RawIOBase):
    """One pass over a file that others are reading too, each from where it is."""

    def __init__(self, file: tempfile.SpooledTemporaryFile[bytes]) -> None:
        self._file, self._at = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_CUR:
            offset += self._at
        self._at = self._file.seek(offset, os.SEEK_END if whence == os.SEEK_END else os.SEEK_SET)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._file.seek(self._at)
        count = self._file.readinto(buffer)
        self._at += count
        return count
