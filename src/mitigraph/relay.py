"""Several processes at one long piece of work, as runners in a relay: what they give comes in the order of the whole.

A runner takes the baton (where the next stretch begins), reads the stretch, hands the baton on, works on the stretch beside the
others, and writes what came of it when all before it is written. Where a stretch begins is only known from the one before: so
nothing has to be guessed, and what comes out does not depend on how many run.

>>> import tempfile
>>> class Squares:
...     def read(self, at): return at, at + 1 if at < 4 else None
...     def work(self, at): return b"%d," % at, at * at
>>> file = tempfile.TemporaryFile(buffering=0)
>>> run(2, 1, Squares, file.write)
[1, 4, 9, 16]
>>> _ = file.seek(0)
>>> file.read()
b'1,2,3,4,'
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import zip_longest
from typing import Any, NoReturn, Protocol, TypeVar

from mitigraph.errors import EngineError, MitigraphError

__all__ = ["Runner", "cores", "run"]

Baton = TypeVar("Baton")
Stretch = TypeVar("Stretch")
Told = TypeVar("Told", covariant=True)

MOST = 4
"""One reads at a time: of more runners some would only wait."""


class Runner(Protocol[Baton, Stretch, Told]):
    """What each process does."""

    def read(self, baton: Baton) -> tuple[Stretch, Baton | None]:
        """A stretch, and where the next begins (None: nowhere)."""

    def work(self, stretch: Stretch) -> tuple[bytes, Told]:
        """What is to be written for a stretch, and what is to be told of it."""


def cores() -> int:
    """How many runners are worth while: one for each core that this process may use; one where there is no fork, or where
    threads would be cut off in the middle of something."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity") or threading.active_count() > 1:
        return 1
    return min(MOST, len(os.sched_getaffinity(0)))


def run(
    number: int,
    beginning: Baton,
    start: Callable[[], Runner[Baton, Stretch, Told]],
    write: Callable[[bytes], object],
) -> list[Told]:
    """Run with so many processes, this one among them, each with its own runner. Gives what is told of each stretch, in order.

    ``write`` leads, unbuffered, to what all processes have open together. What is told and the batons are picklable. A runner's
    MitigraphError is raised here; EngineError: one was killed. However it ends, no other process is left.
    """
    track, others = _Track(number), list[_Other]()
    gc.freeze()  # what is there is left alone by the others' garbage collection, and so need not be copied for them
    try:
        track.hand(0, beginning)
        track.give_turn(0)
        try:
            for one in range(1, number):
                others.append(_Other(track, one, partial(_legs, track, one, start, write)))
        except OSError:  # the system gives no more processes
            return run(1, beginning, start, write)
        track.keep(0)
        try:
            told = [_legs(track, 0, start, write)]
        except _AloneError:
            told = []
        track.close()
        told += _answers(others)
    finally:
        gc.unfreeze()
        track.close()
        for other in others:
            other.stop()
    if len(told) < number:
        raise EngineError("a process that worked beside this one ended early")
    absent: Any = object()
    return [one for row in zip_longest(*told, fillvalue=absent) for one in row if one is not absent]


def _legs(
    track: _Track, one: int, start: Callable[[], Runner[Baton, Stretch, Told]], write: Callable[[bytes], object]
) -> list[Told]:
    """What one process does, until it is handed no baton."""
    runner, told = start(), []
    after = (one + 1) % track.number
    while (baton := track.take(one)) is not None:
        stretch, further = runner.read(baton)
        track.hand(after, further)
        data, said = runner.work(stretch)
        track.await_turn(one)
        write(data)
        track.give_turn(after)
        told.append(said)
    with suppress(_AloneError):  # who handed on that there is no more has gone
        track.hand(after, None)
    return told


class _AloneError(Exception):
    """The process before or after this one is no more."""


class _Track:
    """What runners hand each other through pipes: for each one into which batons come, and one into which its turns to write."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._batons = [os.pipe() for _ in range(number)]
        self._turns = [os.pipe() for _ in range(number)]
        self._open = {end for pipe in (*self._batons, *self._turns) for end in pipe}

    def hand(self, one: int, baton: object) -> None:
        data = pickle.dumps(baton)
        _write(self._batons[one][1], len(data).to_bytes(4, "big") + data)

    def take(self, one: int) -> Any:
        pipe = self._batons[one][0]
        return pickle.loads(_read(pipe, int.from_bytes(_read(pipe, 4), "big")))

    def give_turn(self, one: int) -> None:
        with suppress(_AloneError):  # it had nothing more to write
            _write(self._turns[one][1], b".")

    def await_turn(self, one: int) -> None:
        _read(self._turns[one][0], 1)

    def keep(self, one: int) -> None:
        """Let go of what is others': a pipe ends when those who write to it do."""
        after = (one + 1) % self.number
        own = {self._batons[one][0], self._turns[one][0], self._batons[after][1], self._turns[after][1]}
        self._close(self._open - own)

    def close(self) -> None:
        self._close(set(self._open))

    def _close(self, ends: set[int]) -> None:
        for end in ends:
            os.close(end)
        self._open -= ends


class _Other:
    """A process that does the same with the next stretch: a copy of this one, which ends with what it has to answer."""

    def __init__(self, track: _Track, one: int, call: Callable[[], object]) -> None:
        self._answer, end = os.pipe()
        try:
            self.process: int | None = os.fork()
        except OSError:
            os.close(self._answer)
            os.close(end)
            raise
        if not self.process:
            _run(track, one, call, end)
        os.close(end)

    def answer(self) -> tuple[bytes, int]:
        """All that the process says before it ends, and its exit code (below zero: it was killed)."""
        with os.fdopen(os.dup(self._answer), "rb") as stream:
            data = stream.read()
        return data, self._wait()

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        os.close(self._answer)
        if self.process is not None:
            os.kill(self.process, signal.SIGKILL)
            self._wait()

    def _wait(self) -> int:
        assert self.process is not None
        _, status = os.waitpid(self.process, 0)
        self.process = None
        return os.waitstatus_to_exitcode(status)


def _answers(others: list[_Other]) -> list[Any]:
    answers = [other.answer() for other in others]
    said = [pickle.loads(data) for data, _ in answers if data]
    for is_good, value in said:
        if not is_good:
            raise value
    for _, code in answers:
        if code < 0:
            raise EngineError(f"a process that worked beside this one was killed (signal {-code})")
    return [value for _, value in said]


def _run(track: _Track, one: int, call: Callable[[], object], end: int) -> NoReturn:
    """The life of another process. Nothing of what the first one was about to do is done here too."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process is interrupted too, and ends this one
        track.keep(one)
        with suppress(_AloneError):
            _write(end, pickle.dumps(_called(call)))
            code = 0
    finally:
        os._exit(code)


def _called(call: Callable[[], object]) -> tuple[bool, object]:
    try:
        return True, call()
    except (MitigraphError, MemoryError) as error:
        return False, error
    except _AloneError:
        raise
    except Exception as error:  # the edge of a process: a bug must cross it and show as one
        import traceback

        bug = RuntimeError(f"{type(error).__name__}: {error}")
        bug.add_note(traceback.format_exc())
        return False, bug


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(pipe, view) :]
    except BrokenPipeError:
        raise _AloneError from None


def _read(pipe: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = os.read(pipe, size - len(data))
        if not more:
            raise _AloneError
        data += more
    return data
