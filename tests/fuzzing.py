"""What must hold of every run over a spoilt file, whatever is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph
from mutation import Good, good
from running import Ran, run

__all__ = ["check"]

LATE = 4
ROW = re.compile(r"^(?:\S+ +)?\S+ {2,}\S.*?((?: +[0-9,]+){5})$")


def check(good_file: Good, data: bytes, folder: Path) -> int:
    """Run the verbs that read such a file over it and hold the outcome against the contract; the exit code of the last run."""
    file, output = folder / good_file.name, folder / ("out.nq" if good_file.kind == "rdf" else "out.nt")
    file.write_bytes(data)
    output.unlink(missing_ok=True)
    (folder / "beside").mkdir(exist_ok=True)
    before = sorted(folder.iterdir())
    ran = _runs(good_file, file, output)
    for one in ran:
        _holds(one, {0, 1, 2, 3, LATE} if good_file.kind == "shapes" else {0, 1, 2, 3})
    assert sorted(folder.iterdir()) in (before, sorted({*before, output})), "a file is left over"
    if output.exists():
        for _ in pyoxigraph.parse(output.read_bytes(), format=pyoxigraph.RdfFormat.N_QUADS):
            pass
    return ran[-1].code


def _runs(good_file: Good, file: Path, output: Path) -> list[Ran]:
    if good_file.kind == "records":
        return [run("map", file, "-o", output)]
    if good_file.kind == "mapping":
        return [run("map", "-m", file, _beside(file, "rows.csv"), "-o", output)]
    if good_file.kind == "shapes":
        return [run("validate", _beside(file, "data.ttl"), "-s", file, "--timeout", "20")]
    if good_file.kind == "query":
        return [run("query", file, "-d", _beside(file, "data.ttl"), "-f", "csv")]
    more = [run("fmt", "-", stdin=file.read_bytes())] if file.suffix == ".ttl" else []
    return [run("map", file), *more, run("convert", file, "-o", output)]


def _beside(file: Path, name: str) -> Path:
    place = file.parent / "beside" / name
    if not place.exists():
        place.write_bytes(good(name))
    return place


def _holds(ran: Ran, codes: set[int]) -> None:
    assert ran.code in codes, (ran.code, ran.err)
    assert "Traceback" not in ran.err
    assert all(line.isprintable() for line in ran.err.split("\n")), ran.err
    if ran.code == 0:
        assert not ran.findings(), ran.err
    if ran.code == 1:
        assert ran.findings(), ran.err
    if ran.code >= 2:
        assert ran.findings() or any(line.startswith("mitigraph") for line in ran.lines), ran.err
    for line in ran.lines:
        if found := ROW.match(line):
            read, mapped, rejected, repeated, _ = (int(number.replace(",", "")) for number in found[1].split())
            assert read == mapped + rejected + repeated, line
