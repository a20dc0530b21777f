"""A handle on a whole running system, for tests and demonstrations."""

import os
import secrets
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from libs.local.account import postgres_account, private_folder
from libs.local.cache import cache_folder
from libs.local.files import tail
from libs.local.health import answers
from libs.local.home import HOME_IN_USE, HomeInUse, Status, is_held, read_status
from libs.local.layout import ROOT, Layout, python
from libs.local.ports import Choice
from libs.local.wait import wait_for

STOPPED_WITHIN = 30.0
FORGOTTEN = 24 * 3600.0  # seconds after which a temporary home was left by a process that was killed


class NotReady(RuntimeError):
    """The system didn't come up; the message ends with the log that tells why."""


class System:
    """A running system. Leaving its `with` block stops it."""

    def __init__(self, home: Path, supervisor: subprocess.Popen[bytes], *, temporary: bool) -> None:
        """Use `start`."""
        self.home = home
        self._supervisor = supervisor
        self._temporary = temporary

    @classmethod
    def start(
        cls,
        home: Path | None = None,
        *,
        ports: Choice = "default",
        durable: bool = True,
        timeout: float = 60,
        env: Mapping[str, str] | None = None,
        layout: Layout | None = None,
    ) -> Self:
        """Start a system and wait until every service is ready. It stops when this process ends, however that may be.

        `home`: folder for data, logs and secrets; None makes one that `stop` removes.
        `ports`: `free` leaves the well-known ones alone, so that several can run side by side.
        `durable`: False gives up durability over a power cut, for speed.
        `timeout`: seconds until ready; the very first start makes the databases' template.
        `env`: settings for the services on top of this process' environment.

        Raises HomeInUse: another system runs there.
        Raises NotReady: it didn't become ready.
        """
        folder = (home or temporary_home()).absolute()
        layout = layout or Layout()
        told, tells = os.pipe()
        command = ["--home", str(folder), "--ports", ports, "--with-parent", str(os.getpid()), "--ready-fd", str(tells)]
        command += ["--package", layout.package, "--serve", layout.serve, *([] if durable else ["--quick"])]
        command += ["--temporary"] if home is None else []
        system = cls(folder, _spawn(command, _log(folder), tells, env or {}), temporary=home is None)
        os.close(tells)
        try:
            system._await_ready(told, timeout)
        except BaseException:
            system.stop()
            raise
        finally:
            os.close(told)
        return system

    def _await_ready(self, told: int, timeout: float) -> None:
        readable, _, _ = select.select([told], [], [], timeout)
        if readable and os.read(told, 1):
            return
        if readable and self._supervisor.wait(STOPPED_WITHIN) == HOME_IN_USE:
            self._temporary = False
            raise HomeInUse(f"{self.home} is in use by a running system")
        raise NotReady(f"the system {'ended' if readable else f'is not ready after {timeout:g} s'}\n{self._why()}")

    def _why(self) -> str:
        """Return the end of the log of what kept the system from being ready."""
        try:
            status = self.status()
        except FileNotFoundError:
            status = Status()
        unwell = [name for name in status.urls if not self._healthy(status, name)]
        failing = [name for name, starts in status.starts.items() if starts > 1] or [f"{name}-api" for name in unwell]
        logs = [*failing, "supervisor"]
        return "\n".join(f"--- {name}\n{tail(self.home / 'log' / f'{name}.log')}" for name in logs)

    @staticmethod
    def _healthy(status: Status, name: str) -> bool:
        return answers(f"{status.urls[name]}/health/ready")

    def status(self) -> Status:
        """Read what the supervisor wrote last: addresses, passwords, process ids."""
        return read_status(self.home)

    @property
    def urls(self) -> dict[str, str]:
        """Address of each service, its prefix included, by name."""
        return self.status().urls

    @property
    def catcher(self) -> str:
        """Address of the catcher of mails and text messages."""
        return self.status().catcher

    @property
    def control(self) -> str:
        """Address of the control API, its token included."""
        return self.status().control

    def pids(self) -> dict[str, int]:
        """Process ids by name at this moment: `supervisor`, `postgres`, `nats`, `catcher`, `<service>-api` ..."""
        return self.status().pids

    def kill(self, name: str) -> int:
        """Kill a process the hard way and return its id; the supervisor starts it again."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_restarted(self, name: str, old: int, timeout: float = 20) -> int:
        """Wait until a process runs under another id than `old`, and return the new one."""

        def other() -> int | None:
            found = self.pids().get(name)
            return None if found == old else found

        found = wait_for(other, timeout=timeout, what=f"{name} to be restarted")
        return found or old

    def wait_healthy(self, timeout: float = 30) -> None:
        """Wait until every api says that it is ready."""
        status = self.status()

        def all_healthy() -> bool:
            return all(self._healthy(status, name) for name in status.urls)

        wait_for(all_healthy, timeout=timeout, what="every service to be ready")

    def stop(self) -> None:
        """Stop everything, in order; a home made by `start` is removed."""
        if self._supervisor.poll() is None:
            self._supervisor.terminate()
        try:
            self._supervisor.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()
            self._supervisor.wait()
        if self._temporary:
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        """Return the system."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()


def temporary_home() -> Path:
    """Make a folder for a system that leaves nothing behind; where the Postgres user can get to it."""
    account = postgres_account()
    homes = private_folder(cache_folder(account) / "homes", account)
    home = private_folder(homes / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}", account)
    for old in homes.iterdir():
        if time.time() - old.lstat().st_mtime > FORGOTTEN and not is_held(old):
            shutil.rmtree(old, ignore_errors=True)
    return home


def _log(home: Path) -> Path:
    return home / "log" / "supervisor.log"


def _spawn(arguments: list[str], log: Path, tells: int, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the supervisor in a session of its own: Ctrl-C in the terminal is for us, who then stop it in order."""
    if not log.parent.parent.exists():
        private_folder(log.parent.parent, postgres_account())
    log.parent.mkdir(mode=0o700, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            python("libs.local.supervisor", *arguments),
            cwd=ROOT,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            pass_fds=[tells],
            start_new_session=True,
        )
