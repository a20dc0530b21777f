"""The two wheels, made from the working tree: `python -m libs.system.wheels [folder]`.

`fullmakt-system` holds everything that runs. `fullmakt` is what others install; it carries a lock that names every
wheel of a running system by its hash, the one of `fullmakt-system` included, so that one is made first.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SDK = ROOT / "libs" / "sdk"
RUNS = ("services", "libs/local", "libs/shared")
GROUPS = ("identity", "clients", "access", "notify", "portal", "local")
LEFT_OUT = shutil.ignore_patterns("tests", "__pycache__", "dist", "*.lock")
PAGES = ("events.md", "asyncapi.yaml", "errors.md")
EPOCH = "1577836800"  # 2020-01-01: the same files make the same wheel, whenever


def make_wheels(target: Path) -> list[Path]:
    """Make both wheels in `target`, in place of those of an earlier run; fullmakt-system first."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("fullmakt*.whl"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        system = _build(_stage_system(Path(folder) / "system"), target)
        sdk = _build(_stage_sdk(Path(folder) / "sdk", lock=_lock(system)), target)
    return [system, sdk]


def _stage_system(folder: Path) -> Path:
    for name in RUNS:
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    shutil.copytree(SDK / "fullmakt", folder / "fullmakt", ignore=LEFT_OUT)
    (folder / "pyproject.toml").write_text(_system_project())
    return folder


def _stage_sdk(folder: Path, *, lock: str) -> Path:
    shutil.copytree(SDK, folder, ignore=LEFT_OUT)
    (folder / "fullmakt" / "testing" / "system.lock").write_text(lock)
    (folder / "fullmakt" / "docs").mkdir()
    for page in PAGES:
        shutil.copy(ROOT / "docs" / page, folder / "fullmakt" / "docs" / page)
    shutil.copytree(ROOT / "docs" / "schemas", folder / "fullmakt" / "docs" / "schemas")
    shutil.copytree(ROOT / "docs" / "openapi", folder / "fullmakt" / "docs" / "openapi")
    return folder


def _system_project() -> str:
    """A project that needs what the services need; `fullmakt` is inside."""
    ours, sdk = _read(ROOT / "pyproject.toml"), _read(SDK / "pyproject.toml")
    needs = [*ours["project"]["dependencies"], *sdk["project"]["dependencies"]]
    needs += [need for group in GROUPS for need in ours["dependency-groups"][group]]
    return f"""
[project]
name = "fullmakt-system"
version = "{sdk["project"]["version"]}"
description = "All services of Fullmakt on one machine, for the pytest plugin in fullmakt; installed by that alone"
requires-python = "{ours["project"]["requires-python"]}"
dependencies = {sorted(set(needs) - {"fullmakt"})}

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
only-include = ["services", "libs", "fullmakt"]
"""


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text())


def _build(project: Path, target: Path) -> Path:
    """Build a staged project's wheel."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target.absolute())]
    env = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    before = set(target.iterdir())
    subprocess.run(command, cwd=project, env=env, check=True, capture_output=True)
    (made,) = set(target.iterdir()) - before
    return made


def _lock(system: Path) -> str:
    """Requirements of a running system, each with the hashes that pip has to find."""
    groups = [f"--group={group}" for group in GROUPS]
    plain = ["--frozen", "--no-dev", "--no-emit-workspace", "--no-header", "--no-annotate", "--quiet"]
    others = subprocess.run(
        [_uv(), "export", *plain, *groups], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    name, version = system.name.split("-")[:2]
    digest = hashlib.sha256(system.read_bytes()).hexdigest()
    return f"{others}{name.replace('_', '-')}=={version} --hash=sha256:{digest}\n"


def _uv() -> str:
    """The uv that `make` has installed, or else the one on the path.

    Raises FileNotFoundError: neither is there.
    """
    found = shutil.which("uv", path=os.pathsep.join([str(ROOT / ".bootstrap" / "bin"), os.environ.get("PATH", "")]))
    if found is None:
        raise FileNotFoundError("uv: run make wheels, which installs it")
    return found


if __name__ == "__main__":
    for made in make_wheels(Path(sys.argv[1] if len(sys.argv) > 1 else "dist")):
        sys.stdout.write(f"{made}\n")
