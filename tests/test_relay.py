"""Several processes at one piece of work: what comes out is what one makes, and however it ends, none of them is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mitigraph import relay
from mitigraph.errors import EngineError, InputError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

LAST = 20


class Squares:
    """Each stretch is a number."""

    def read(self, baton: int) -> tuple[int, int | None]:
        return baton, baton + 1 if baton < LAST else None

    def work(self, stretch: int) -> tuple[bytes, tuple[int, int]]:
        return b"%d\n" % stretch, (stretch * stretch, os.getpid())


def failing(at: int, fail: Callable[[], object]) -> type[Squares]:
    """Runners of which the one that comes to a stretch fails."""

    class Failing(Squares):
        def work(self, stretch: int) -> tuple[bytes, tuple[int, int]]:
            if stretch == at:
                fail()
            return super().work(stretch)

    return Failing


def raising(error: BaseException) -> Callable[[], object]:
    def fail() -> None:
        raise error

    return fail


def no_process_is_left() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


@pytest.mark.parametrize("first", [0, 18, LAST])
@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_what_comes_out_does_not_depend_on_how_many_run(number: int, first: int) -> None:
    with tempfile.TemporaryFile(buffering=0) as file:
        told = relay.run(number, first, Squares, file.write)
        file.seek(0)
        assert file.read() == b"".join(b"%d\n" % one for one in range(first, LAST + 1))
    assert [square for square, _ in told] == [one * one for one in range(first, LAST + 1)]
    assert len({process for _, process in told}) == min(number, LAST + 1 - first)
    assert no_process_is_left()


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_error_of_any_runner_is_that_of_the_whole(number: int, at: int) -> None:
    with pytest.raises(InputError, match=r"^no more$"):
        relay.run(number, 0, failing(at, raising(InputError("no more"))), lambda data: None)
    assert no_process_is_left()


def test_a_bug_in_another_process_shows_as_one() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError: no") as caught:
        relay.run(2, 0, failing(1, raising(ZeroDivisionError("no"))), lambda data: None)
    assert "Traceback" in "".join(caught.value.__notes__)
    assert no_process_is_left()


@pytest.mark.parametrize("at", range(1, 3))
def test_a_killed_runner_is_one_clear_error(at: int) -> None:
    with pytest.raises(EngineError, match=r"was killed \(signal 9\)"):
        relay.run(3, 0, failing(at, lambda: os.kill(os.getpid(), signal.SIGKILL)), lambda data: None)
    assert no_process_is_left()


def test_a_runner_that_ends_without_a_word_is_an_error_too() -> None:
    with pytest.raises(EngineError, match="ended early"):
        relay.run(2, 0, failing(1, lambda: os._exit(0)), lambda data: None)
    assert no_process_is_left()


def test_interrupting_the_first_process_ends_the_others() -> None:
    with pytest.raises(KeyboardInterrupt):
        relay.run(3, 0, failing(3, raising(KeyboardInterrupt())), lambda data: None)
    assert no_process_is_left()


def test_there_is_a_runner_for_each_core_and_one_beside_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    for count, runners in ((1, 1), (2, 2), (64, relay.MOST)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, count=count: set(range(count)), raising=False)
        assert relay.cores() == runners
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(relay.cores).result() == 1
    monkeypatch.delattr(os, "fork")
    assert relay.cores() == 1


@pytest.mark.parametrize("given", [0, 1])
def test_where_no_more_processes_are_given_one_does_it_all(monkeypatch: pytest.MonkeyPatch, given: int) -> None:
    fork, asked = os.fork, list[int]()

    def refused() -> int:
        asked.append(1)
        if len(asked) > given:
            raise BlockingIOError("no more")
        return fork()

    monkeypatch.setattr(os, "fork", refused)
    with tempfile.TemporaryFile(buffering=0) as file:
        told = relay.run(3, 0, Squares, file.write)
        file.seek(0)
        assert file.read() == b"".join(b"%d\n" % one for one in range(LAST + 1))
    assert {process for _, process in told} == {os.getpid()}
    assert no_process_is_left()


ENDLESS = """
import os, sys, time
from mitigraph import relay
class Endless:
    def read(self, baton): return baton, baton + 1
    def work(self, stretch):
        if stretch < 3: os.write(1, b"%d " % os.getpid())
        time.sleep(0.01)
        return b"", None
relay.run(3, 0, Endless, lambda data: None)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("killed", range(3))
def test_after_kill_9_of_any_process_none_runs_on(killed: int) -> None:
    with subprocess.Popen([sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as first:
        assert first.stdout is not None
        processes, said = list[int](), b""
        while len(processes) < 3:
            said += os.read(first.stdout.fileno(), 100)
            processes = [int(part) for part in said.split(b" ")[:-1]]
        os.kill(processes[killed], signal.SIGKILL)
        first.wait(20)
        assert ended(processes)


def ended(processes: list[int]) -> bool:
    for _ in range(400):
        if not any(Path(f"/proc/{process}").exists() for process in processes):
            return True
        time.sleep(0.05)
    return False
