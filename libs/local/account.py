"""Postgres refuses to run as root: as root we run it as a system user of its own, else as ourselves."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

USER = "fullmakt-postgres"


class Account(NamedTuple):
    """A system user's ids."""

    uid: int
    gid: int


class NoAccount(RuntimeError):
    """The system user for Postgres is missing and can't be made."""


def postgres_account() -> Account | None:
    """Return the user that Postgres runs as, made if missing; None means ourselves."""
    if os.geteuid() != 0:
        return None
    return _look_up() or _create()


def _look_up() -> Account | None:
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _create() -> Account:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", USER]
    found = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    made = (
        subprocess.run([found or "useradd", *command[1:]], capture_output=True, text=True, check=False)
        if found
        else None
    )
    account = _look_up()  # another process may have been first, so its failure alone says nothing
    if account is None:
        raise NoAccount(f"can't create user {USER}: {made.stderr.strip() if made else 'no useradd'}")
    return account


def private_folder(path: Path, account: Account | None) -> Path:
    """Make a folder that only we can read; `account` may pass through it, to what it owns inside."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account:
        os.chown(path, -1, account.gid)
        path.chmod(0o710)
    return path


def passable(folder: Path, account: Account | None) -> bool:
    """Say whether `account` can get to what lies in `folder`: found by trying, which minds ACLs and mounts too."""
    if account is None:
        return os.access(folder, os.X_OK)
    tried = subprocess.run(
        ["/usr/bin/test", "-x", str(folder)],
        cwd="/",
        check=False,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
    )
    return tried.returncode == 0
