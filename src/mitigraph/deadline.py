"""Work that ends when its time is over: in a process of its own, whatever it is doing, or in ours.

>>> worker = Worker()
>>> worker.call("operator", "add", 2, 3)
>>> worker.result()
5
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from mitigraph.errors import EngineError, MitigraphError

__all__ = ["Worker", "within"]

AGAIN = 0.1
"""Seconds between one attempt to stop and the next."""

_PR_SET_PDEATHSIG = 1


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Work in this process that is given so long, or as long as it takes. Raises EngineError when the time is over.

    Only where the system has timers, and in the main thread: elsewhere there is no limit.

    >>> with within(0.01):
    ...     while True:
    ...         pass
    Traceback (most recent call last):
    mitigraph.errors.EngineError: stopped after 0.01 s (--timeout)
    """
    timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if seconds is None or not timed:
        yield
        return

    def stop(*_: object) -> None:
        raise EngineError(f"stopped after {seconds:g} s (--timeout)")

    before = signal.signal(signal.SIGALRM, stop)
    # Again and again: where the first one falls into a callback of the interpreter's own, its error is lost.
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Worker:
    """One process for one call. It starts at once, so that its imports run beside ours; ``module`` is imported ahead."""

    def __init__(self, module: str = "mitigraph") -> None:
        path = os.pathsep.join(part for part in sys.path if part)
        # -P: a file in the folder where the user happens to be is never taken for a module.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mitigraph.deadline", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )

    def call(self, module: str, function: str, *arguments: object) -> None:
        """Send the one call: what it takes and gives must be picklable."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # the process ended early: result() says how
            self._process.stdin.write(pickle.dumps((module, function, arguments)))
            self._process.stdin.close()

    def result(self, timeout: float | None = None) -> Any:
        """What the call gave. Raises its MitigraphError, or EngineError when it took longer than ``timeout`` seconds or died.

        Any other exception in the process is a bug of ours and comes back as RuntimeError, its traceback as a note.
        """
        self._process.stdin = None  # closed by call(); communicate() must not touch it
        try:
            answer, _ = self._process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise EngineError(f"stopped after {timeout:g} s (--timeout)") from None
        except BaseException:
            self.stop()
            raise
        if code := self._process.returncode:
            raise EngineError(f"the checking process {f'ended with code {code}' if code > 0 else f'was killed (signal {-code})'}")
        good, value = pickle.loads(answer)
        if good:
            return value
        raise value

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.stdin = None
        self._process.communicate()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self.stop()


def _serve(ahead: str) -> None:
    """The other side: import ahead, read one call, write its result or its refusal. Without a call it ends quietly."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _end_with_parent()
    gc.disable()  # one call and the process is over: a fifth of a long check went into looking for cycles
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that the call prints may mix with its result
    with suppress(ImportError):  # the call itself will say so
        import_module(ahead)
    if sent := sys.stdin.buffer.read():
        answer = pickle.dumps(_called(*pickle.loads(sent)))
        with suppress(BrokenPipeError), output:
            output.write(answer)


def _called(module: str, function: str, arguments: tuple[object, ...]) -> tuple[bool, object]:
    try:
        return True, getattr(import_module(module), function)(*arguments)
    except MitigraphError as error:
        return False, error
    except Exception as error:  # the edge of a process: a bug must cross it and show as one
        bug = RuntimeError(f"{type(error).__name__}: {error}")
        bug.add_note(traceback.format_exc())
        return False, bug


def _end_with_parent() -> None:
    """Have the system end this process when ours is killed; elsewhere than on Linux it ends with its work."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    _serve(sys.argv[1])
