"""Work in a process of its own ends when its time is over, and nothing of it gets lost or mixed up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mitigraph.deadline import Worker
from mitigraph.errors import EngineError, InputError, MitigraphError, UsageError

# What the workers of these tests run: a module of its own, in a folder on the path.
ODD_JOBS = """
import os, re, sys
from mitigraph.errors import InputError, UsageError
def hang(): return re.fullmatch("(a+)+b", "a" * 64)
def refuse(text): raise UsageError(text)
def fail(): return {}["missing"]
def leave(code): os._exit(code)
def kill(): os.kill(os.getpid(), 9)
def chatter(): print("noise on stdout", flush=True); os.write(1, b"more noise"); return "result"
def echo(value): return value
def unpicklable(): return lambda: None
def whereabouts(): return sys.path, os.getcwd()
"""


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "odd_jobs.py").write_text(ODD_JOBS, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "odd_jobs"


def called(jobs: str, function: str, *arguments: object, timeout: float | None = 30) -> object:
    worker = Worker()
    worker.call(jobs, function, *arguments)
    return worker.result(timeout)


def gone(process: int) -> bool:
    for _ in range(200):
        try:
            state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_large_values_go_and_come_back(jobs: str) -> None:
    value = {"text": "é" * (1 << 22), "triples": {("<urn:a>", "<urn:b>", '"c"')}}
    assert called(jobs, "echo", value) == value


def test_a_regex_that_hangs_is_stopped(jobs: str) -> None:
    worker = Worker()
    worker.call(jobs, "hang")
    with pytest.raises(EngineError, match=r"stopped after 0\.5 s \(--timeout\)") as refusal:
        worker.result(0.5)
    assert refusal.value.exit_code == 4
    assert gone(worker._process.pid)


def test_a_refusal_travels_back(jobs: str) -> None:
    with pytest.raises(UsageError, match=r"shapes\.ttl:3: no such thing") as refusal:
        called(jobs, "refuse", "shapes.ttl:3: no such thing")
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(("job", "message"), [(("leave", 7), "ended with code 7"), (("kill",), r"was killed \(signal 9\)")])
def test_a_dying_process_is_an_engine_error(jobs: str, job: tuple[str, object], message: str) -> None:
    with pytest.raises(EngineError, match=message):
        called(jobs, *job)


def test_a_bug_shows_as_a_bug(jobs: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="KeyError: 'missing'") as bug:
        called(jobs, "fail")
    assert not isinstance(bug.value, MitigraphError)
    assert "in fail" in bug.value.__notes__[0]
    assert capfd.readouterr().err == ""


def test_prints_do_not_mix_with_the_result(jobs: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert called(jobs, "chatter") == "result"
    talk = capfd.readouterr()
    assert talk.out == ""
    assert "noise on stdout" in talk.err


def test_a_worker_that_is_never_called_ends_quietly(root: Path) -> None:
    program = "from mitigraph.deadline import Worker; Worker('json')"
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("job", [None, "hang", "echo"])
def test_leaving_the_block_ends_it(jobs: str, job: str | None) -> None:
    with Worker() as worker, pytest.raises(KeyError):
        if job:
            worker.call(jobs, job, *([1] if job == "echo" else []))
        raise KeyError(job)
    assert gone(worker._process.pid)


def test_a_module_that_is_not_there_shows_as_a_bug(capfd: pytest.CaptureFixture[str]) -> None:
    worker = Worker("no_such_module")
    worker.call("no_such_module", "add", 1, 1)
    with pytest.raises(RuntimeError, match="ModuleNotFoundError: No module named 'no_such_module'"):
        worker.result(30)
    assert capfd.readouterr().err == ""


def test_files_where_the_user_is_are_no_modules(jobs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = tmp_path / "downloads"
    trap.mkdir()
    for name in ("operator.py", "pickle.py", "mitigraph.py", "rdflib.py"):
        (trap / name).write_text("raise SystemExit(66)", "utf-8")
    monkeypatch.chdir(trap)
    whereabouts = called(jobs, "whereabouts")
    assert isinstance(whereabouts, tuple)
    path, folder = whereabouts
    assert folder == str(trap)
    assert not {str(trap), "", "."} & set(path)


@pytest.mark.skipif(sys.platform != "linux", reason="the system ends orphans only on Linux")
def test_it_ends_with_its_parent(jobs: str, tmp_path: Path, root: Path) -> None:
    program = (
        "import time; from mitigraph.deadline import Worker\n"
        "w = Worker(); w.call('odd_jobs', 'hang'); print(w._process.pid, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(tmp_path)])}
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(0.5)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(child)


def test_an_error_with_a_place_keeps_it(jobs: str) -> None:
    with pytest.raises(UsageError) as refusal:
        called(jobs, "refuse", "x\x1b y")
    assert str(refusal.value) == "x\x1b y"
    assert not isinstance(refusal.value, InputError)
