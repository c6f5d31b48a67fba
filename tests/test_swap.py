"""A folder is the earlier one or the new one, whatever happens while it is written."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mitigraph import swap
from mitigraph.errors import EngineError
from mitigraph.swap import SUMS, refuse_foreign, replace_folder

KILLS = 25

# Rewrites one folder over and over: generation 1, 2, 3 … each file says which.
WRITER = """
import hashlib, sys
from pathlib import Path
from mitigraph.swap import replace_folder
place, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
for number in range(first, last):
    files = {f"part-{i}.txt": f"{number}\\n".encode() * 2000 for i in range(6)} | {"build.json": str(number).encode()}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\\n" for name, data in sorted(files.items()))
    replace_folder(place, files | {"SHA256SUMS": sums.encode()})
    print(number, flush=True)
"""


def folder_of(generation: int) -> dict[str, bytes]:
    files = {"data.ttl": b"# %d" % generation, "build.json": b"%d" % generation}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    return {**files, SUMS: sums.encode()}


def read(place: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in place.iterdir()}


def start_writer(root: Path, place: Path, first: int, last: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    command = [sys.executable, "-c", WRITER, str(place), str(first), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def assert_whole(place: Path) -> int:
    """The generation of a folder, whose files must all be there and agree with its checksums."""
    sums = (place / SUMS).read_text("utf-8").splitlines()
    listed = dict(line.split("  ")[::-1] for line in sums)
    assert {file.name for file in place.iterdir()} == {*listed, SUMS}
    for name, digest in listed.items():
        assert hashlib.sha256((place / name).read_bytes()).hexdigest() == digest, name
    return int((place / "build.json").read_text("utf-8"))


def kill_at_random_moments(root: Path, folder: Path, kills: int, seed: int) -> None:
    """Kill a writer at a random moment of its first, second or third round; every time the folder must be whole."""
    rng = random.Random(seed)
    place = folder / "out"
    replace_folder(place, folder_of(0))
    generation, one_round = 0, 0.01
    for _ in range(kills):
        writer = start_writer(root, place, generation + 1, 10**6)
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
        for _ in range(rng.randrange(3)):
            began = time.perf_counter()
            generation = int(writer.stdout.readline())
            one_round = time.perf_counter() - began
        time.sleep(rng.uniform(0, one_round))
        writer.kill()
        writer.communicate()
        found = assert_whole(place)
        assert found >= generation
        generation = found
    replace_folder(place, folder_of(1))
    assert [file.name for file in folder.iterdir()] == ["out"], "leftovers of the killed were not swept"


def test_new_then_replaced(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "er" / "out"
    for generation in (1, 2, 3):
        replace_folder(place, folder_of(generation))
        assert read(place) == folder_of(generation)
    assert [file.name for file in place.parent.iterdir()] == ["out"]


def test_files_that_are_gone_do_not_linger(tmp_path: Path) -> None:
    place = tmp_path / "out"
    replace_folder(place, {**folder_of(1), SUMS: folder_of(1)[SUMS] + b"00  old.txt\n", "old.txt": b""})
    replace_folder(place, folder_of(2))
    assert read(place) == folder_of(2)


def test_the_folder_has_usual_permissions(tmp_path: Path) -> None:
    replace_folder(tmp_path / "out", folder_of(1))
    (tmp_path / "usual").mkdir()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_an_empty_folder_may_be_taken(tmp_path: Path) -> None:
    replace_folder(tmp_path, folder_of(1))
    assert read(tmp_path) == folder_of(1)


@pytest.mark.parametrize(
    ("present", "message"),
    [
        ({"thesis.docx": b""}, "is not empty and no build of mitigraph"),
        ({SUMS: b"00  disk.iso\n", "disk.iso": b""}, "is not empty and no build of mitigraph"),
        ({SUMS: b"\xff\xfe\x00"}, "is not empty and no build of mitigraph"),
        ({**folder_of(1), "notes.txt": b""}, "holds 'notes.txt', which no build wrote"),
    ],
)
def test_what_no_build_wrote_is_refused(tmp_path: Path, present: dict[str, bytes], message: str) -> None:
    for name, data in present.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(EngineError, match=message) as refusal:
        replace_folder(tmp_path, folder_of(2))
    assert refusal.value.exit_code == 4
    assert read(tmp_path) == present


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(EngineError, match="is a file, a folder is needed"):
        refuse_foreign(tmp_path / "out")
    with pytest.raises(EngineError, match="cannot be written"):
        replace_folder(tmp_path / "out" / "below", folder_of(1))
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_a_parent_that_cannot_be_written() -> None:
    with pytest.raises(EngineError, match="cannot be written"):
        replace_folder(Path("/proc/mitigraph/out"), folder_of(1))


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    replace_folder(tmp_path / "real", folder_of(1))
    (tmp_path / "out").symlink_to("real")
    replace_folder(tmp_path / "out", folder_of(2))
    assert (tmp_path / "out").is_symlink()
    assert read(tmp_path / "real") == folder_of(2)


def test_a_full_disk_leaves_the_earlier_folder(tmp_path: Path) -> None:
    replace_folder(tmp_path / "out", folder_of(1))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, limits[1]))
    try:
        with pytest.raises(EngineError, match=r"cannot be written: .*; what was there is unchanged"):
            replace_folder(tmp_path / "out", {**folder_of(2), "big": b"x" * (1 << 20)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert read(tmp_path / "out") == folder_of(1)
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_without_an_exchange_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_exchange_call", lambda: None)
    for generation in (1, 2):
        replace_folder(tmp_path / "out", folder_of(generation))
        assert read(tmp_path / "out") == folder_of(generation)
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_a_second_rename_that_fails_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_folder(tmp_path / "out", folder_of(1))
    rename, calls = Path.rename, []

    def failing(self: Path, target: Path) -> Path:
        calls.append(self.name)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(swap, "_exchange_call", lambda: None)
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(EngineError, match="No space left"):
        replace_folder(tmp_path / "out", folder_of(2))
    assert read(tmp_path / "out") == folder_of(1)


def test_leftovers_of_the_dead_are_swept_those_of_the_living_stay(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for process in (dead.pid, os.getppid()):
        (tmp_path / f".out.new-{process}-abcd").mkdir()
    (tmp_path / f".out.new-{dead.pid}-abcd.old").mkdir()
    (tmp_path / f".other.new-{dead.pid}-abcd").mkdir()
    replace_folder(tmp_path / "out", folder_of(1))
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        *sorted([f".other.new-{dead.pid}-abcd", f".out.new-{os.getppid()}-abcd", f".out.new-{dead.pid}-abcd.old"]),
        "out",
    ]
    replace_folder(tmp_path / "out", folder_of(2))
    assert not (tmp_path / f".out.new-{dead.pid}-abcd.old").exists(), "the only copy is kept only while it is the only one"


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(folder: Path) -> None:
        raise KeyboardInterrupt

    replace_folder(tmp_path / "out", folder_of(1))
    monkeypatch.setattr(swap, "_settle", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_folder(tmp_path / "out", folder_of(2))
    assert read(tmp_path / "out") == folder_of(1)
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_two_writers_at_once(root: Path, tmp_path: Path) -> None:
    place = tmp_path / "out"
    for _ in range(3):
        writers = [start_writer(root, place, first, first + 40) for first in (1, 1001)]
        for writer in writers:
            _, talk = writer.communicate(timeout=60)
            assert (writer.returncode, talk) == (0, "")
        assert assert_whole(place) in (40, 1040)
        assert [file.name for file in tmp_path.iterdir()] == ["out"]
        shutil.rmtree(place)


def test_killed_at_any_moment(root: Path, tmp_path: Path) -> None:
    kill_at_random_moments(root, tmp_path, KILLS, seed=1)


def test_stopped_and_going_on(root: Path, tmp_path: Path) -> None:
    """A reader between any two steps of a writer sees a whole folder."""
    place = tmp_path / "out"
    replace_folder(place, folder_of(0))
    writer = start_writer(root, place, 1, 400)
    assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
    rng = random.Random(2)
    while writer.poll() is None:
        writer.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, writer.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert_whole(place)
        writer.send_signal(signal.SIGCONT)
        time.sleep(rng.uniform(0, 0.01))
    assert writer.communicate()[1] == ""
