"""Where the plain files live, in a checkout or in a wheel: the only room that knows folder names.

>>> path("ontology", "airmo.ttl").name
'airmo.ttl'
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from mitigraph.errors import InputError

__all__ = ["FOLDERS", "SINGLE", "digest", "examples", "files", "path", "read"]

FOLDERS = ("ontology", "mappings", "shapes", "queries", "examples", "site")
SINGLE = ("docs/findings.yml",)
"""Files that a wheel holds of other folders."""


@cache
def _home() -> Path:
    """The folder that holds the asset folders: beside the package in a wheel, the checkout's top otherwise."""
    package = Path(__file__).resolve().parent
    for candidate in (package / "assets", package.parent.parent):
        if (candidate / "ontology" / "airmo.ttl").is_file():
            return candidate
    raise InputError(f"mitigraph's own files are missing beside {package.name}: install it again")


def path(*parts: str) -> Path:
    """The path of one of the project's own files or folders."""
    return _home().joinpath(*parts)


def read(*parts: str) -> bytes:
    """The bytes of one of the project's own files. InputError when it is not there."""
    try:
        return path(*parts).read_bytes()
    except OSError as error:
        raise InputError(f"{'/'.join(parts)}: {error.strerror}") from error


def files(folder: str, pattern: str) -> list[Path]:
    """The project's own files of a folder, in the order of their names.

    >>> [file.name for file in files("ontology", "airmo.*")]
    ['airmo.ttl']
    """
    return sorted(path(folder).glob(pattern), key=lambda file: file.as_posix())


def examples() -> Path:
    """The folder of the bundled example."""
    return path("examples")


@cache
def digest() -> str:
    """SHA-256 (hex) over every own file, name and content: changes whenever any of them does."""
    total = hashlib.sha256()
    for folder in FOLDERS:
        for file in files(folder, "**/*"):
            if file.is_file():
                content = file.read_bytes()
                total.update(f"{file.relative_to(_home()).as_posix()}\0{len(content)}\0".encode())
                total.update(content)
    return total.hexdigest()
