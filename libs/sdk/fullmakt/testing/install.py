"""The private environment of the system: made once from locked wheels, kept for later runs, shared with nobody.

Its packages are none of the tester's: it has an interpreter of its own, in a folder of our cache.
"""

import ctypes
import fcntl
import hashlib
import json
import os
import platform
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOCK = Path(__file__).with_name("system.lock")
UNUSED = 14 * 24 * 3600  # seconds after which an environment is removed
MOST = 4  # environments of 300 MB each
TOLD = 15  # last lines of what pip says
PR_SET_PDEATHSIG = 1
ELSEWHERE = ("CONSTRAINT", "DRY_RUN", "NO_BINARY", "PREFIX", "PYTHON", "REQUIREMENT", "ROOT", "TARGET", "USER")
"""Settings of pip, PIP_… in the environment, that would have it put something else, or put it somewhere else."""


_libc = ctypes.CDLL(None)


class InstallError(RuntimeError):
    """The environment can't be made; the message tells why, and what to do about it."""


def environment(lock: Path = LOCK, *, wheels: Path | None = None, say: Callable[[str], None] = lambda _: None) -> Path:
    """Return the interpreter of the system's own environment, made now if there is none for this lock.

    Several processes may call this at once: one makes it, the others wait.

    `lock`: requirements with hashes; those that came with this package unless told.
    `wheels`: a folder where pip is to look for wheels, beside what its own configuration names.
    `say`: gets a line when there is something to wait for.

    Raises InstallError: it can't be made.
    """
    if not lock.exists():
        raise InstallError(
            f"{lock} isn't there: this fullmakt was installed from its sources, and only a wheel (make wheels)"
            " knows which wheels a system is made of"
        )
    folder = _folder() / _key(lock)
    with _alone(folder.parent):
        if not (folder / "complete").exists():
            say("fullmakt: installing the system into an environment of its own, once, in a minute or so ...")
            shutil.rmtree(folder, ignore_errors=True)
            partial = folder.with_name(f"{folder.name}.{os.getpid()}")  # what is killed may still write into its own
            _make(partial, lock, wheels)
            partial.rename(folder)
        (folder / "complete").touch()
        _remove_unused(folder.parent)
    return folder / "bin" / "python"


def _folder() -> Path:
    """Return the cache's folder of environments: our own, and no link to elsewhere."""
    cache = Path(os.environ.get("FULLMAKT_CACHE") or f"/var/tmp/fullmakt-{os.geteuid()}").absolute()  # noqa: S108 - checked below
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = cache.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise InstallError(f"{cache} isn't a folder of ours: remove it, or set FULLMAKT_CACHE")
    environments = cache / "envs"
    environments.mkdir(mode=0o755, exist_ok=True)
    return environments


def _key(lock: Path) -> str:
    """A hash over all that decides what is installed, and for which interpreter."""
    interpreter = f"{sys.version}\0{sys.base_prefix}\0{platform.platform()}"
    return hashlib.sha256(lock.read_bytes() + interpreter.encode()).hexdigest()[:24]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock of the environments; the kernel frees it should we be killed."""
    with (folder.parent / "envs.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _make(folder: Path, lock: Path, wheels: Path | None) -> None:
    _run([sys.executable, "-I", "-m", "venv", str(folder)], "is Python's venv module installed?")
    ours = Path(sys.prefix) / "pip.conf"
    if ours.exists():  # pip's configuration of the tests' environment
        shutil.copy(ours, folder / "pip.conf")
    wanted = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--requirement", str(lock)]
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    places = [part for place in _places(wheels) for part in ("--find-links", str(place))]
    pip = [str(folder / "bin" / "python"), "-I", "-m", "pip", "install"]
    _run(
        [*pip, *quiet, *places, *wanted],
        "pip must find every wheel of the lock, fullmakt-system included: on your package index, in a folder that "
        "PIP_FIND_LINKS or the setting for wheels names, or beside the wheel of fullmakt when that is installed "
        "from a file",
    )


def _places(wheels: Path | None) -> list[Path]:
    """Folders with wheels: the one that was told, and the one from which fullmakt itself was installed."""
    beside = _installed_from()
    return [place for place in (wheels, beside) if place is not None]


def _installed_from() -> Path | None:
    """Return the folder of the wheel file that `fullmakt` was installed from (PEP 610), if it was."""
    try:
        origin = json.loads(distribution("fullmakt").read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        return None
    url = urlsplit(origin.get("url", ""))
    return Path(unquote(url.path)).parent if url.scheme == "file" and url.path.endswith(".whl") else None


def _run(command: list[str], advice: str) -> None:
    """Run a command, which ends with us; the tests' own import paths say nothing to it."""
    ran = subprocess.run(  # noqa: S603 - our own command
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={name: value for name, value in os.environ.items() if name not in {f"PIP_{each}" for each in ELSEWHERE}},
        preexec_fn=lambda: _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0),
    )
    if ran.returncode:
        said = "\n".join(ran.stdout.splitlines()[-TOLD:])
        raise InstallError(f"{' '.join(command)}\nfailed:\n{said}\n\n{advice}")


def _remove_unused(environments: Path) -> None:
    used = {each: mark.stat().st_mtime for each in environments.iterdir() if (mark := each / "complete").exists()}
    newest = sorted(used, key=used.__getitem__)[-MOST:]
    for each in environments.iterdir():
        if each not in newest or time.time() - used[each] > UNUSED:
            shutil.rmtree(each, ignore_errors=True)
