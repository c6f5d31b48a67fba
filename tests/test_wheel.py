"""The wheel: built without a network, complete, and at work far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from building import ROOT, Build, files

from mitigraph import __version__
from mitigraph.assets import FOLDERS, SINGLE


def python(*arguments: str, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, encoding="utf-8", timeout=240, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    done = python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but what the wheel brings; what it needs comes from the environment of the tests."""
    target = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-compile", "--target", str(target))
    done = python("-m", "pip", "install", *options, str(wheel), cwd=target)
    assert done.returncode == 0, done.stderr
    return target


def test_it_holds_every_plain_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        prefix = "mitigraph/assets/"
        packed = {name.removeprefix(prefix): archive.read(name) for name in archive.namelist() if name.startswith(prefix)}
    there = {f"{folder}/{name}": data for folder in FOLDERS for name, data in files(ROOT / folder).items()}
    there |= {name: (ROOT / name).read_bytes() for name in SINGLE}
    assert packed.keys() == there.keys()
    assert packed == there


def test_it_holds_every_module_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.startswith("mitigraph/assets/")}
    modules = {file.relative_to(ROOT / "src").as_posix() for file in (ROOT / "src/mitigraph").rglob("*") if file.is_file()}
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == {name for name in modules if "__pycache__" not in name}
    assert {name.partition("/")[0] for name in about} == {f"mitigraph-{__version__}.dist-info"}
    assert any(name.endswith("LICENSE") for name in about)


def test_it_builds_the_example_far_from_the_checkout(installed: Path, bundled: Build, tmp_path: Path) -> None:
    where = python("-c", "import mitigraph; print(mitigraph.__file__)", cwd=tmp_path, path=installed)
    assert where.stdout.strip() == str(installed / "mitigraph" / "__init__.py")
    done = python("-m", "mitigraph", "build", cwd=tmp_path, path=installed)
    assert done.returncode == 0, done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["dist"]
    assert files(tmp_path / "dist") == files(bundled.place)
    asked = python("-m", "mitigraph", "query", "SELECT (COUNT(*) AS ?n) { ?m a airmo:Mitigation }", cwd=tmp_path, path=installed)
    assert "74" in asked.stdout
    assert python("-m", "mitigraph", "--version", cwd=tmp_path, path=installed).stdout == f"mitigraph {__version__}\n"
