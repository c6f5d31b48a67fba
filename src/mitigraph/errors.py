"""The small family of errors: each carries the exit code the command line ends with.

>>> InputError("notes.docx: not a data file").exit_code
3
"""

from __future__ import annotations

__all__ = ["EngineError", "FileChangedError", "InputError", "MitigraphError", "UsageError"]


class MitigraphError(ValueError):
    """Anything mitigraph refuses or cannot do; the text is one clear line for a person."""

    exit_code = 3

    def lines(self) -> list[str]:
        """What a person is told: one line for each thing to mend."""
        return [f"mitigraph: {self}"]


class UsageError(MitigraphError):
    """Wrong use: an option, a query's syntax, an update where only reading is allowed (exit code 2)."""

    exit_code = 2


class InputError(MitigraphError):
    """An input is missing, unreadable, not parseable or refused (exit code 3); ``code`` is that of its finding."""

    code = "unreadable-data"


class FileChangedError(InputError):
    """An input was written to while it was being read: what was taken of it cannot be vouched for."""

    code = "file-changed"


class EngineError(MitigraphError):
    """An engine, a time limit, the network or an output that cannot be written (exit code 4)."""

    exit_code = 4
