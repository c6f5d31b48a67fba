"""A file is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from mitigraph.errors import EngineError

__all__ = ["write"]


def write(path: Path, data: bytes) -> None:
    """Writes beside the target, syncs, renames over it; what was there stays until the new file is complete.

    A leftover of a killed process is named ``.mitigraph-….tmp``. A device or pipe is written to directly.
    EngineError when the file cannot be written.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(data)
        else:
            _swap_in(path.resolve(), data)
    except OSError as error:
        raise EngineError(f"{path}: cannot be written: {error.strerror or error}") from None


def _swap_in(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".mitigraph-{secrets.token_hex(8)}.tmp")
    try:
        # Not tempfile: its files are readable by their owner only, whatever the umask says.
        with temporary.open("xb") as file:
            if path.is_file():
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Makes the rename itself last; not every file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
