"""A whole running system for tests, started apart: nothing of it lands in the tests' own imports."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self

PASSED_ON = ("FULLMAKT_CACHE", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "USER")
"""Of the tests' environment; all else, such as their own settings, proxies and import paths, stays theirs."""
STOPPED_WITHIN = 40.0  # seconds


class BackendError(RuntimeError):
    """The system didn't start; the message tells why."""


class Launch(NamedTuple):
    """How a system is started; the process id to end with is added as the last argument."""

    argv: list[str]
    cwd: Path


class Backend:
    """A running system, known by the address of its control API. Leaving its `with` block stops it."""

    def __init__(self, process: subprocess.Popen[str], errors: IO[str]) -> None:
        """Use `start`."""
        self._process = process
        self._errors = errors
        self.control = ""

    @classmethod
    def start(cls, launch: Launch, *, env: Mapping[str, str] | None = None) -> Self:
        """Start a system and wait until all of it is ready; it ends with this process, however that may be.

        `launch`: `installed(python)` or `from_checkout(root)`.
        `env`: settings of the services, such as FULLMAKT_LOG_LEVEL, on top of what is passed on.

        Raises BackendError: it didn't become ready.
        """
        errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by `stop`
        process = subprocess.Popen(  # noqa: S603 - what we were told to run
            [*launch.argv, str(os.getpid())],
            cwd=launch.cwd,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ} | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # Ctrl-C is for the tests, which then stop it in order
        )
        backend = cls(process, errors)
        try:
            backend.control = backend._told()
        except BaseException:
            backend.stop()
            raise
        return backend

    def _told(self) -> str:
        """Wait for its one line, and return the address of its control API."""
        assert self._process.stdout  # noqa: S101 - piped above
        line = self._process.stdout.readline()
        told: dict[str, str] = json.loads(line) if line.startswith("{") else {}
        if "control" not in told:
            self._errors.seek(0)
            raise BackendError(f"the system didn't start\n{told.get('error') or line + self._errors.read()[-4000:]}")
        return told["control"]

    def stop(self) -> None:
        """Stop the system in order and wait for its end; what it kept on disk is removed."""
        self._process.terminate()
        try:
            self._process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        if self._process.stdout:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        """Return the backend."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()


def installed(python: Path) -> Launch:
    """Start the system that is installed in an environment of its own; no folder of the tests' has a say in it."""
    return Launch([str(python), "-I", "-m", "libs.local.backend"], Path("/"))


def from_checkout(root: Path) -> Launch:
    """Start the system of a source checkout, as it is now, with the interpreter that runs the tests."""
    return Launch([sys.executable, "-m", "libs.local.backend"], root)
