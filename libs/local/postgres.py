"""An embedded Postgres cluster with every service's database, roles and migrations in place."""

import hashlib
import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Literal

from libs.local.account import Account, passable, postgres_account, private_folder
from libs.local.cache import cache_folder
from libs.local.files import read_json, write_json, write_private
from libs.local.layout import Layout
from libs.local.postgres_binaries import binaries
from libs.local.postgres_roles import SUPERUSER, identifier, new_passwords, open_to, set_passwords
from libs.local.postgres_server import LONGEST_SOCKET, PostgresError, Server, stop
from libs.local.postgres_template import migrate, template, template_key

Role = Literal["owner", "app"]


class Cluster:
    """A cluster on this machine: a data directory, its passwords, and (once started) its postmaster."""

    def __init__(self, server: Server, passwords: dict[str, str], folder: Path) -> None:
        """Use `start` or `prepare`."""
        self.server = server
        self.folder = folder
        self._passwords = passwords
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(
        cls, home: Path, *, durable: bool = True, layout: Layout | None = None, log: Path | None = None
    ) -> "Cluster":
        """Start the cluster of `home`, made first if it isn't there. It stops when the calling thread ends.

        `home`: a folder of ours; where the Postgres user can't get to it, the data lie in the cache folder.
        `durable`: False gives up what a power cut would take, for speed: for tests.
        `log`: where the server writes; `home`/postgres.log unless told.

        Raises PostgresError: it doesn't start, or a migration fails.
        """
        layout = layout or Layout()
        cluster = cls.prepare(home, durable=durable, layout=layout, log=log)
        cluster.restart()
        cluster.bring_up_to_date(layout)
        return cluster

    @classmethod
    def prepare(cls, home: Path, *, durable: bool, layout: Layout, log: Path | None = None) -> "Cluster":
        """Make the data directory if it isn't there, and start nothing."""
        account = postgres_account()
        cache = cache_folder(account)
        home = home.absolute()
        if not home.exists():
            private_folder(home, account)
        folder = _data_folder(home, cache, account)
        sockets = _socket_folder(cache, folder, account)
        programs = binaries(cache, account)
        server = Server(programs, folder / "data", sockets, log or home / "postgres.log", account, durable)
        if not server.data.is_dir():
            _copy_template(server, template(cache, programs, account, layout), template_key(layout))
        return cls(server, read_json(folder / "passwords.json", dict[str, str]), folder)

    def bring_up_to_date(self, layout: Layout) -> None:
        """Migrate a cluster that was made from older migrations; the postmaster must run."""
        mark, key = self.folder / "migrated", template_key(layout)
        if mark.read_text() != key:
            migrate(layout, lambda service: self.url(service, "owner"))
            write_private(mark, key.encode())

    def url(self, service: str, role: Role, *, database: str | None = None) -> str:
        """Return the address for a service's role, in its own database unless told."""
        return self._url(f"{service}_{role}", database or service)

    def superuser_url(self, database: str = "postgres") -> str:
        """Return the address for the superuser, whom no policy stops."""
        return self._url(SUPERUSER, database)

    def _url(self, user: str, database: str) -> str:
        return f"postgresql://{user}:{self._passwords[user]}@/{database}?host={self.server.sockets}"

    @property
    def pid(self) -> int:
        """Process id of the postmaster.

        Raises PostgresError: it isn't running, or isn't ours.
        """
        if self._process is None:
            raise PostgresError("the cluster isn't started")
        return self._process.pid

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run statements as superuser and return the rows' text."""
        return self.server.psql(sql, database=database, user=SUPERUSER, password=self._passwords[SUPERUSER])

    def create_database(self, name: str, template: str, service: str) -> None:
        """Copy database `template`, to which nobody may be connected, for `service`'s two roles."""
        copy = f"CREATE DATABASE {identifier(name)} TEMPLATE {identifier(template)} OWNER {service}_owner;\n"
        self.execute(copy + open_to(name, service))

    def drop_database(self, name: str) -> None:
        """Drop a database, cutting off who is connected; one that isn't there is fine."""
        self.execute(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE);")

    def restart(self) -> None:
        """Start the postmaster again, whether it was stopped, was killed or still runs."""
        if self._process:
            stop(self._process)
        self._process = self.server.start()

    def stop(self) -> None:
        """Stop the postmaster: sessions are cut off, what is committed is kept."""
        if self._process:
            stop(self._process)
        self._process = None
        self.remove_sockets()

    def remove_sockets(self) -> None:
        """Remove the socket's folder, once the postmaster has gone."""
        shutil.rmtree(self.server.sockets, ignore_errors=True)


def _data_folder(home: Path, cache: Path, account: Account | None) -> Path:
    """Return where the data lie: in `home`, or in the cache where the Postgres user can't get to `home`."""
    if passable(home, account) or (home / "postgres" / "data").is_dir():
        return private_folder(home / "postgres", account)
    mark = home / "postgres-id"
    if not mark.exists():
        write_private(mark, secrets.token_hex(8).encode())
    clusters = private_folder(cache / "clusters", account)
    _remove_orphans(clusters)
    folder = private_folder(clusters / mark.read_text(), account)
    write_private(folder / "home", str(home).encode())
    return folder


def _remove_orphans(clusters: Path) -> None:
    """Remove data of homes that are no more."""
    for folder in clusters.iterdir():
        home = folder / "home"
        if home.exists() and not (Path(home.read_text()) / "postgres-id").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _socket_folder(cache: Path, folder: Path, account: Account | None) -> Path:
    """Make a folder with a short path for the socket, the same at each start."""
    sockets = private_folder(cache / "s", account) / hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    if len(os.fsencode(sockets / ".s.PGSQL.5432")) > LONGEST_SOCKET:
        raise PostgresError(f"{sockets} is too long for a socket: set FULLMAKT_CACHE to a shorter path")
    sockets.mkdir(mode=0o700, exist_ok=True)
    if account:
        os.chown(sockets, account.uid, account.gid)
    return sockets


def _copy_template(server: Server, source: Path, key: str) -> None:
    """Copy the template to where the server expects its data, with passwords of its own; whole or not at all."""
    partial, passwords = server.data.with_name("data.partial"), new_passwords()
    shutil.rmtree(partial, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(partial)], check=True)
    quick = ["-c", "fsync=off", "-c", "log_checkpoints=off"]
    server.run("postgres", ["--single", "-D", str(partial), *quick, "postgres"], sql=set_passwords(passwords))
    if server.durable:
        server.run("initdb", ["--sync-only", "-D", str(partial)])
    write_json(server.data.parent / "passwords.json", passwords)
    write_private(server.data.parent / "migrated", key.encode())
    partial.rename(server.data)


__all__ = ["Cluster", "PostgresError", "Role"]
