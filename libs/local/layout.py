"""Which services there are, found by their folders."""

import importlib.util
import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]


class Service(msgspec.Struct, frozen=True):
    """A service that has something to run."""

    name: str
    api: bool
    worker: bool


class Layout(msgspec.Struct, frozen=True):
    """Where services lie, and the module that knows how to run one; tests put stubs here."""

    package: str = "services"
    serve: str = "libs.shared.serve"

    @property
    def folder(self) -> Path:
        """The services' folder."""
        return ROOT.joinpath(*self.package.split("."))

    def services(self) -> list[Service]:
        """Return the services with an `app.py` or a `worker.py`, by name."""
        if not self.folder.is_dir() or not can_import(self.serve):
            return []
        found = [_service(path) for path in sorted(self.folder.iterdir()) if path.is_dir()]
        return [service for service in found if service.api or service.worker]

    def migrated(self) -> list[str]:
        """Return the names of the services that have migrations."""
        return [service.name for service in self.services() if (self.folder / service.name / "migrations").is_dir()]

    def migration_files(self) -> list[Path]:
        """Return every file that decides what migrated databases look like."""
        shared = ROOT / "libs" / "shared"
        candidates = [shared / "migrate.py", *shared.glob("migrations/**/*"), *self.folder.glob("*/migrations/**/*")]
        return sorted(path for path in candidates if path.is_file() and path.suffix != ".pyc")


def python(module: str, *arguments: str) -> list[str]:
    """Return the argv that runs a module of ours; to be run in `ROOT`.

    In an environment of our own (`python -I`) modules come from there alone, and `ROOT` says nothing.
    """
    isolated = ["-I"] if sys.flags.isolated else []
    return [sys.executable, *isolated, "-m", module, *arguments]


def can_import(module: str) -> bool:
    """Say whether a module exists, without importing it (its packages are)."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _service(path: Path) -> Service:
    return Service(path.name, api=(path / "app.py").is_file(), worker=(path / "worker.py").is_file())
