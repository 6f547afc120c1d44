"""What is installed from the built wheel is the whole service, not only its modules."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", "feedsvc")


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files in the wheel, built from a copy because building writes beside the sources."""
    copy = tmp_path_factory.mktemp("sources")
    for name in BUILT_FROM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    command = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        ".",
    ]
    built = subprocess.run([*command, "."], cwd=copy, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stderr[-2000:]
    (wheel,) = copy.glob("feedsvc-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        return set(packed.namelist())


@pytest.mark.parametrize("room", ["store/migrations", "serve/templates", "serve/static"])
def test_the_wheel_carries_what_is_no_module(names: set[str], room: str):
    files = {
        path for path in (ROOT / "feedsvc" / room).rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert files
    assert {path.relative_to(ROOT).as_posix() for path in files} <= names


def test_the_wheel_carries_every_module_and_the_command(names: set[str]):
    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / "feedsvc").rglob("*.py")} <= names
    assert any(name.endswith(".dist-info/entry_points.txt") for name in names)
    assert any(name.endswith("/LICENSE") for name in names)


def test_the_wheel_carries_nothing_else(names: set[str]):
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"feedsvc"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".db", ".pyc"))]
