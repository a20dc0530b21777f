"""One Postgres server on one data directory: starting it, asking it by psql, stopping it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from libs.local.account import Account
from libs.local.child import prelude, spawn
from libs.local.files import tail
from libs.local.wait import INTERVAL, wait_for

READY_LINE = 7  # of postmaster.pid, counted from 0
QUICK = {"fsync": "off"}  # and no more: without synchronous_commit a killed server would forget what it confirmed
LONGEST_SOCKET = 107  # bytes in sun_path, without the closing zero


class PostgresError(RuntimeError):
    """Postgres didn't start, or refused a statement."""


class Server(msgspec.Struct, frozen=True):
    """Where everything of a server lies, and who it runs as."""

    binaries: Path
    data: Path
    sockets: Path
    log: Path
    account: Account | None
    durable: bool

    def command(self) -> list[str]:
        """Return the argv of the postmaster."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "log_error_verbosity": "terse",  # the detail of an error quotes rows, and with them people
        } | ({} if self.durable else QUICK)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *options]

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the postmaster and don't wait. It shuts down fast when the calling thread ends."""
        return spawn(self.command(), log=self.log, account=self.account, death=signal.SIGINT)

    def is_ready(self, pid: int) -> bool:
        """Say whether the postmaster with this process id accepts connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > READY_LINE and lines[0] == str(pid) and lines[READY_LINE].strip() == "ready"

    def start(self, timeout: float = 30) -> subprocess.Popen[bytes]:
        """Start the postmaster and wait until it is ready.

        While backends of a killed predecessor are still leaving, Postgres refuses to start: it is tried again.

        Raises PostgresError: not ready within `timeout` seconds; with the end of the log.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            process = self.spawn()
            if self._came_up(process, deadline):
                return process
            time.sleep(INTERVAL * 10)  # nobody tells when the last orphan has gone
        raise PostgresError(f"Postgres didn't start within {timeout:g} s:\n{tail(self.log)}")

    def _came_up(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        def settled() -> bool:
            return process.poll() is not None or self.is_ready(process.pid)

        try:
            wait_for(settled, timeout=max(0.1, deadline - time.monotonic()), what="Postgres")
        except TimeoutError:
            stop(process)
        return process.poll() is None

    def psql(self, sql: str, *, database: str, user: str, password: str) -> str:
        """Run statements, each in its own transaction, and return the rows' text.

        Raises PostgresError: the first statement that was refused; those before it are done.
        """
        connection = ["-h", str(self.sockets), "-U", user, "-d", database]
        ran = subprocess.run(
            [str(self.binaries / "psql"), *connection, "-XqAt", "-v", "ON_ERROR_STOP=1"],
            input=sql,
            capture_output=True,
            check=False,
            text=True,
            env={**os.environ, "PGPASSWORD": password},
        )
        if ran.returncode != 0:
            raise PostgresError(ran.stderr.strip())
        return ran.stdout.strip()

    def run(self, program: str, arguments: Iterable[str], *, sql: str | None = None) -> str:
        """Run one of Postgres' programs to its end, as its user, and return its output.

        Raises PostgresError: it failed.
        """
        ran = subprocess.run(
            [str(self.binaries / program), *arguments],
            input=sql,
            stdin=subprocess.DEVNULL if sql is None else None,
            capture_output=True,
            check=False,
            text=True,
            cwd="/",
            preexec_fn=prelude(signal.SIGKILL),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if ran.returncode != 0 or "ERROR:" in ran.stderr:
            raise PostgresError(f"{program}: {ran.stdout}{ran.stderr}")
        return ran.stdout


def stop(process: subprocess.Popen[bytes], timeout: float = 10) -> None:
    """Stop a postmaster fast: sessions are cut off, what is committed is kept; after `timeout` seconds it is killed."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
