"""kill -9 at any moment of a build: the folder is the earlier one or the new one, and nothing stays behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from building import ROOT, broken_sums, command, environment, files, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="child processes are looked up in /proc")

KILLS = 12
SOURCES = (ROOT / "examples/shallow-alignment.yml", ROOT / "examples/pages/preference-alignment.txt")


def start(source: Path, place: Path) -> subprocess.Popen[bytes]:
    arguments = command("build", source, "-o", place)
    return subprocess.Popen(arguments, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def children(process: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]
    except OSError:
        return []


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def leftovers(place: Path) -> list[Path]:
    return list(place.parent.glob(f".{place.name}.*"))


def wait_for_folder(build: subprocess.Popen[bytes], place: Path) -> None:
    """Until the new folder begins to grow, or the build is over."""
    while build.poll() is None and not leftovers(place):
        time.sleep(0.0005)


def kill_builds(folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """How often the folder was a new one after a kill, and how often a half-grown one lay beside it."""
    place, random_ = folder / "out", random.Random(seed)
    wholes = []
    for source in SOURCES:
        began = time.monotonic()
        run("build", source, "-o", place)
        wholes.append(files(place))
        lasts = time.monotonic() - began
    current, replaced, half_grown = 1, 0, 0
    for number in range(kills):
        wanted = 1 - current
        build = start(SOURCES[wanted], place)
        # Half of the kills fall anywhere, half into the moments in which the folder is written and takes its place.
        if number % 2:
            wait_for_folder(build, place)
            time.sleep(random_.uniform(0, 0.03))
        else:
            time.sleep(random_.uniform(0, lasts))
        workers = children(build.pid)
        build.send_signal(signal.SIGKILL)
        _, talk = build.communicate()
        assert b"Traceback" not in talk
        assert not broken_sums(place)
        found = files(place)
        assert found in wholes
        replaced += found == wholes[wanted]
        half_grown += bool(leftovers(place))
        current = wholes.index(found)
        deadline = time.monotonic() + 5
        while any(map(runs, workers)) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not [worker for worker in workers if runs(worker)], "the checking process lives on"
    assert run("build", SOURCES[1 - current], "-o", place).returncode == 0
    assert files(place) == wholes[1 - current]
    assert not leftovers(place), "what killed builds left was not swept"
    return replaced, half_grown


def test_killed_at_any_moment(tmp_path: Path) -> None:
    kill_builds(tmp_path, KILLS, seed=9)


def checking(place: Path) -> subprocess.Popen[bytes]:
    """A check by the engine that runs in a process of its own, as soon as that process is there."""
    example, report = ROOT / "examples", place / "report.json"
    arguments = command("validate", example, "--engine", "pyshacl", "-o", report)
    check = subprocess.Popen(arguments, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    while not children(check.pid):
        assert check.poll() is None
        time.sleep(0.005)
    return check


def test_the_worker_ends_when_the_check_is_killed(tmp_path: Path) -> None:
    check = checking(tmp_path)
    workers = children(check.pid)
    check.kill()
    check.communicate()
    deadline = time.monotonic() + 5
    while any(map(runs, workers)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(runs, workers))
    assert not list(tmp_path.iterdir())


def test_an_interrupt_is_quiet_and_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C reaches every process of the foreground group at once."""
    check = checking(tmp_path)
    os.killpg(check.pid, signal.SIGINT)
    out, talk = check.communicate(timeout=30)
    assert (check.returncode, out) == (130, b"")
    assert b"Traceback" not in talk
    assert not list(tmp_path.iterdir())
