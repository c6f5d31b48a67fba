"""The bytes of a source: the same from wherever they come, never of two minds, and never held whole."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from mitigraph.errors import FileChangedError, InputError
from mitigraph.read import Content, limits, open_source
from mitigraph.read.content import HELD
from mitigraph.read.table import TableSource

DATA = b"id,title,category\n" + b"".join(b"k%d,Audits,mit-v1:1.1\n" % number for number in range(20_000))


def file_of(folder: Path, data: bytes = DATA) -> Path:
    (folder / "t.csv").write_bytes(data)
    return folder / "t.csv"


def piped(folder: Path, data: bytes) -> Content:
    """The content of a named pipe that another thread writes to."""
    os.mkfifo(folder / "pipe")
    writer = threading.Thread(target=(folder / "pipe").write_bytes, args=[data])
    writer.start()
    content = Content.of_file(folder / "pipe")
    writer.join()
    return content


MAKERS: dict[str, Callable[[Path, bytes], Content]] = {
    "bytes": lambda folder, data: Content.of_bytes(data),
    "file": lambda folder, data: Content.of_file(file_of(folder, data)),
    "stream": lambda folder, data: Content.of_stream(io.BytesIO(data)),
    "pipe": piped,
}


@pytest.mark.parametrize("made", MAKERS)
@pytest.mark.parametrize("data", [b"", b"a", DATA, b"x" * (HELD + 1)], ids=["empty", "one", "table", "spooled"])
def test_content_is_the_same_from_wherever_it_comes(tmp_path: Path, made: str, data: bytes) -> None:
    content = MAKERS[made](tmp_path, data)
    assert (content.size, content.head(5), content.read()) == (len(data), data[:5], data)
    assert content.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("made", MAKERS)
def test_passes_do_not_disturb_each_other(tmp_path: Path, made: str) -> None:
    content = MAKERS[made](tmp_path, DATA)
    with content.open() as one, content.open() as other:
        assert (one.read(9), other.read(2), one.read(), other.read()) == (DATA[:9], DATA[:2], DATA[9:], DATA[2:])
        assert (one.seek(-4, os.SEEK_END), other.seek(3)) == (len(DATA) - 4, 3)
        assert (other.seek(2, os.SEEK_CUR), other.read(4), one.read()) == (5, DATA[5:9], DATA[-4:])


def appended(file: Path) -> None:
    with file.open("ab") as stream:
        stream.write(b"z,z,z\n")


def replaced(file: Path) -> None:
    file.with_name("other").write_bytes(DATA)
    file.with_name("other").replace(file)


def rewritten(file: Path) -> None:
    file.write_bytes(DATA.upper())
    os.utime(file, (1, 1))


CHANGES = [appended, replaced, rewritten]


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changed_is_not_read_again(tmp_path: Path, change: Callable[[Path], None]) -> None:
    file = file_of(tmp_path)
    content = Content.of_file(file)
    assert content.sha256
    change(file)
    for again in (content.open, content.read, lambda: content.head(1)):
        with pytest.raises(FileChangedError, match=r"^t\.csv: the file was changed while it was being read$"):
            again()


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    content = Content.of_file(file_of(tmp_path))
    (tmp_path / "t.csv").unlink()
    with pytest.raises(InputError, match=r"^t\.csv: cannot be read any more: No such file"):
        content.open()


@pytest.mark.parametrize("change", [appended, rewritten])
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_records_stop_where_a_change_shows(tmp_path: Path, format: str, change: Callable[[Path], None]) -> None:
    lines = DATA if format == "csv" else b'{"id": "a", "title": "Audits"}\n' * 20_000
    file = file_of(tmp_path, lines)
    records = iter(open_source(Content.of_file(file), "t.csv", format))
    assert next(records).number == 1
    change(file)
    with pytest.raises(FileChangedError):
        list(records)


def test_a_stream_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 10)
    with pytest.raises(InputError, match="it is larger than 10 bytes"):
        Content.of_stream(io.BytesIO(b"a" * 11))


def peak(read: Callable[[], object]) -> int:
    """The most bytes that Python held while something was read, over what it held before."""
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


QUOTED = b'%d,"Red, ""teaming""",two,"a\nb"\n'
LINES = {"csv": QUOTED, "tsv": b"%d\tAudits\ttwo\t\n", "jsonl": b'{"id": "%d", "title": "Audits", "tags": [1]}\n'}
HEADS = {"csv": b"id,title,x,y\n", "tsv": b"id\ttitle\tx\ty\n", "jsonl": b""}


@pytest.mark.parametrize("format", LINES)
def test_memory_does_not_grow_with_records(tmp_path: Path, format: str) -> None:
    def read(rows: int) -> int:
        file = tmp_path / f"{rows}.{format}"
        file.write_bytes(HEADS[format] + b"".join(LINES[format] % number for number in range(rows)))

        def pass_over() -> None:
            content = Content.of_file(file)
            assert content.sha256
            source = open_source(content, file.name, format)
            assert sum(1 for _ in source) == rows
            assert source.findings == []

        return peak(pass_over)

    few, many = read(20_000), read(80_000)
    assert many < min(few + 100_000, 4_000_000)


def test_a_pipe_is_not_held_in_memory() -> None:
    class Endless(io.RawIOBase):
        left = 32 << 20

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            self.left -= len(buffer)
            return len(buffer) if self.left >= 0 else 0

    assert peak(lambda: Content.of_stream(io.BufferedReader(Endless())).sha256) < 3 * HELD


@pytest.mark.parametrize("trim", [True, False])
@pytest.mark.parametrize("null", [[], ["n/a"], ["", "x"]])
@pytest.mark.parametrize("rows", ["1,a\n2,b\n", "1, a \n2,\n3,  \n4,n/a\n5, n/a\n6,x\n"])
def test_a_column_is_what_its_records_say(rows: str, null: list[str], trim: bool) -> None:
    source = open_source(Content.of_bytes(b"id,title\n" + rows.encode()), "t.csv", "csv", {"null": null, "trim": trim})
    assert isinstance(source, TableSource)
    records = list(source)
    at, texts = source.column(records, "title")
    by_record = [(number, text) for number, record in enumerate(records) for text in record.values("title")]
    assert list(zip(at, texts, strict=True)) == by_record
    assert source.column([], "title") == (range(0), [])
    with pytest.raises(KeyError):
        source.column(records, "nope")
