"""Work in a process of its own: beside ours, and ended when its time is over, whatever it is doing.

>>> worker = Worker()
>>> worker.call("operator", "add", 2, 3)
>>> worker.result()
5
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from importlib import import_module
from typing import Any

from mitigraph.errors import EngineError, MitigraphError

__all__ = ["Worker"]


class Worker:
    """One process for one call. It starts at once, so that its imports run beside ours; ``module`` is imported ahead."""

    def __init__(self, module: str | None = None) -> None:
        path = os.pathsep.join(part for part in sys.path if part)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mitigraph.deadline", *([module] if module else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )

    def call(self, module: str, function: str, *arguments: object) -> None:
        """Send the one call: what it takes and gives must be picklable."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(pickle.dumps((module, function, arguments)))
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # the process ended early: result() says how

    def result(self, timeout: float | None = None) -> Any:
        """What the call gave. Raises its MitigraphError, or EngineError when it took longer than ``timeout`` seconds or died."""
        assert self._process.stdout is not None
        try:
            self._process.stdin = None
            answer, _ = self._process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise EngineError(f"stopped after {timeout:g} s (--timeout)") from None
        except BaseException:
            self.stop()
            raise
        if self._process.returncode:
            raise EngineError(f"the checking process ended with code {self._process.returncode}")
        good, value = pickle.loads(answer)
        if good:
            return value
        raise value

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.stop()

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.communicate()


def _serve(ahead: str | None) -> None:
    """The other side: import ahead, read one call, write its result or its refusal."""
    if ahead:
        import_module(ahead)
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that the call prints may mix with its result
    module, function, arguments = pickle.load(sys.stdin.buffer)
    try:
        answer = (True, getattr(import_module(module), function)(*arguments))
    except MitigraphError as error:
        answer = (False, error)
    with output:
        pickle.dump(answer, output)


if __name__ == "__main__":
    _serve(sys.argv[1] if len(sys.argv) > 1 else None)
