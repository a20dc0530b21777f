"""A system's folder: who holds it, its secrets, and what it says about itself in `system.json`."""

import fcntl
import os
import secrets
from pathlib import Path

import msgspec

from libs.local.account import Account, private_folder
from libs.local.files import read_json, write_json

HELD = "held.json"
HOME_IN_USE = 3  # exit code of a supervisor that found its home taken


class HomeInUse(RuntimeError):
    """Another running system holds this home."""


class Secrets(msgspec.Struct, frozen=True):
    """What must stay the same over restarts, or tokens and links would stop to work."""

    mail_token_secret: str
    key_secret: str


class ControlSecrets(msgspec.Struct, frozen=True):
    """What the control API is called by, and the password of the operator that it adds."""

    token: str
    operator_password: str


class Status(msgspec.Struct, kw_only=True):
    """The content of `system.json`. `pids` and `starts` are by process name; `held` are kept stopped.

    `postgres` is by service, then role.
    """

    state: str = "starting"
    pids: dict[str, int] = {}
    starts: dict[str, int] = {}
    held: list[str] = []
    urls: dict[str, str] = {}
    catcher: str = ""
    control: str = ""
    smtp_host: str = ""
    smtp_port: int = 0
    nats: str = ""
    nats_passwords: dict[str, str] = {}
    postgres: dict[str, dict[str, str]] = {}
    postgres_superuser: str = ""


class Home:
    """A folder held by this process for as long as it lives."""

    def __init__(self, path: Path, account: Account | None) -> None:
        """Take hold of the folder, made if missing.

        Raises HomeInUse: another process has it.
        """
        self.path = path.absolute()
        if not self.path.exists():
            private_folder(self.path, account)
        self.lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HomeInUse(f"{self.path} is in use by a running system") from error
        (self.path / "log").mkdir(mode=0o700, exist_ok=True)

    def log(self, name: str) -> Path:
        """Where the process of this name writes."""
        return self.path / "log" / f"{name}.log"

    def secrets(self) -> Secrets:
        """Return the home's secrets; what is missing, in a home of an earlier version too, is made."""
        file = self.path / "secrets.json"
        known = read_json(file, dict[str, str]) if file.exists() else {}
        missing = [name for name in Secrets.__struct_fields__ if name not in known]
        if missing:
            write_json(file, known | {name: secrets.token_urlsafe(48) for name in missing})
        return read_json(file, Secrets)

    def control_secrets(self) -> ControlSecrets:
        """Return the secrets of the home's control API, made at the first call."""
        file = self.path / "control.json"
        if not file.exists():
            write_json(file, ControlSecrets(secrets.token_urlsafe(24), secrets.token_urlsafe(24)))
        return read_json(file, ControlSecrets)

    def tell(self, status: Status) -> None:
        """Write `system.json`."""
        write_json(self.path / "system.json", status)


def is_held(home: Path) -> bool:
    """Say whether a running system has the folder."""
    try:
        with (home / "lock").open() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def read_status(home: Path) -> Status:
    """Read a home's `system.json`.

    Raises FileNotFoundError: no system was started there.
    """
    return read_json(home / "system.json", Status)


def read_held(home: Path) -> set[str]:
    """Read which processes of a home are to be kept stopped."""
    try:
        return set(read_json(home / HELD, list[str]))
    except FileNotFoundError:
        return set()


def write_held(home: Path, names: set[str]) -> None:
    """Say which processes of a home are to be kept stopped; the supervisor sees to it."""
    write_json(home / HELD, sorted(names))
