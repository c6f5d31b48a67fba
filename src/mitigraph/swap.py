"""Writing a whole folder so that it is either the earlier one or the new one, never a mixture.

The new folder grows beside its place under a hidden name and is exchanged with the earlier one in a single system call
(``renameat2`` with ``RENAME_EXCHANGE`` on Linux, ``renamex_np`` with ``RENAME_SWAP`` on macOS). Where neither is to be had,
two renames do it; between them the place is empty for an instant and the earlier folder lies beside it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from mitigraph.errors import EngineError

__all__ = ["refuse_foreign", "replace_folder"]

SUMS = "SHA256SUMS"
RECORD = "build.json"
_AT_FDCWD = -100
_EXCHANGE = 2
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY)


def replace_folder(place: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder with these files at a place, all at once; whatever goes wrong, the earlier folder is whole.

    ``files`` must hold ``SHA256SUMS`` that names them: by it a later call knows what it may replace. Raises EngineError when
    the place cannot be written, is a file, or holds anything that no build wrote (the folder is replaced as a whole, so it
    would be lost).

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "out"
    >>> replace_folder(place, {"build.json": b"{}", "SHA256SUMS": b"00  build.json"})
    >>> sorted(file.name for file in place.iterdir())
    ['SHA256SUMS', 'build.json']
    """
    refuse_foreign(place)
    target = place.resolve()  # a link stays a link: what it points to is replaced
    growing = target.with_name(f".{target.name}.new-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        growing.mkdir()
        for name, content in files.items():
            (growing / name).write_bytes(content)
        _settle(growing)
        _take_place(growing, target)
        _sync(target.parent)
    except OSError as error:
        raise EngineError(f"{place}: cannot be written: {error.strerror}; what was there is unchanged") from error
    finally:
        shutil.rmtree(growing, ignore_errors=True)


def refuse_foreign(place: Path) -> None:
    """EngineError when a place holds anything that no build wrote, or is a file."""
    if not place.exists():
        return
    if not place.is_dir():
        raise EngineError(f"{place}: is a file, a folder is needed")
    present = {file.name for file in place.iterdir()}
    known = _written_by_a_build(place / SUMS)
    if present and RECORD not in known:
        raise EngineError(f"{place}: is not empty and no build of mitigraph; name another folder")
    if foreign := sorted(present - known - {SUMS}):
        raise EngineError(f"{place}: holds {foreign[0]!r}, which no build wrote; move it away or name another folder")


def _written_by_a_build(sums: Path) -> set[str]:
    try:
        return {line.partition("  ")[2] for line in sums.read_text("utf-8").splitlines()}
    except (OSError, UnicodeDecodeError):
        return set()


def _sweep(target: Path) -> None:
    """What a killed build left beside the place; the folder of a build that still runs stays."""
    beginning = f".{target.name}.new-"
    for left in target.parent.iterdir():
        process = left.name.removeprefix(beginning).partition("-")[0]
        only_copy = left.suffix == ".old" and not target.exists()
        if left.name.startswith(beginning) and process.isdigit() and not only_copy and not _alive(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _settle(folder: Path) -> None:
    """Every byte on disk before the name changes, so that a power cut cannot leave the new name with old blocks."""
    for file in (*folder.iterdir(), folder):
        _sync(file)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _take_place(growing: Path, target: Path) -> None:
    """Exchange, or move where nothing is yet; another build may come first in between, so both are tried."""
    if target.exists() and _exchange(growing, target):
        return
    try:
        growing.rename(target)
    except OSError as error:
        if error.errno not in _TAKEN:
            raise
        if not _exchange(growing, target):
            _step_aside(growing, target)


def _step_aside(growing: Path, target: Path) -> None:
    aside = growing.with_name(growing.name + ".old")
    target.rename(aside)
    try:
        growing.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system cannot."""
    call = _exchange_call()
    return call is not None and call(os.fsencode(one), os.fsencode(other)) == 0


def _exchange_call() -> Callable[[bytes, bytes], int] | None:
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return lambda a, b: int(libc.renamex_np(a, b, _EXCHANGE))
        rename = libc.renameat2
    except (OSError, AttributeError, TypeError):
        return None
    return lambda a, b: int(rename(_AT_FDCWD, a, _AT_FDCWD, b, _EXCHANGE))
