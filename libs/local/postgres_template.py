"""Migrated data directories, made once and copied for each cluster."""

import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from libs.local.account import Account, private_folder
from libs.local.cache import locked, remove_older
from libs.local.child import prelude
from libs.local.files import write_private
from libs.local.layout import ROOT, Layout, python
from libs.local.postgres_binaries import postgres_version
from libs.local.postgres_roles import (
    DATABASES,
    SUPERUSER,
    create_databases,
    create_roles,
    new_passwords,
    prepare_schema,
    set_passwords,
)
from libs.local.postgres_server import PostgresError, Server, stop

KEPT = 7 * 24 * 3600  # seconds
MOST = 6  # templates of 40 MB: someone writing migrations makes many
LOCALE = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def template_key(layout: Layout) -> str:
    """Return a hash over all that decides what a migrated cluster looks like."""
    digest = hashlib.sha256(postgres_version().encode())
    ours = sorted(Path(__file__).parent.glob("postgres*.py"))
    for path in [*ours, *layout.migration_files()]:
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    digest.update("\0".join(["", *layout.migrated()]).encode())
    return digest.hexdigest()[:24]


def template(cache: Path, binaries: Path, account: Account | None, layout: Layout) -> Path:
    """Return a migrated data directory to copy from, made now if there is none for these migrations."""
    templates = private_folder(cache / "templates", account)
    target = templates / template_key(layout)
    with locked(cache / "templates.lock"):
        if not target.is_dir():
            _make(target, binaries, account, layout)
        os.utime(target)
        remove_older(templates, seconds=KEPT, keep=MOST)
    return target / "data"


def _make(target: Path, binaries: Path, account: Account | None, layout: Layout) -> None:
    shutil.rmtree(partial := target.with_suffix(".tmp"), ignore_errors=True)
    private_folder(partial, account)
    sockets = private_folder(partial / "s", account)
    server = Server(binaries, partial / "data", sockets, partial / "log", account, durable=False)
    for folder in (server.data, sockets):
        folder.mkdir(mode=0o700, exist_ok=True)
        if account:
            os.chown(folder, account.uid, account.gid)
    _initialise(server, layout)
    partial.rename(target)


def _initialise(server: Server, layout: Layout) -> None:
    passwords = new_passwords()
    _initdb(server, passwords[SUPERUSER])
    process = server.start()
    try:
        create(server, passwords)
        migrate(layout, lambda service: owner_url(server.sockets, service, passwords))
    finally:
        stop(process)


def _initdb(server: Server, password: str) -> None:
    file = server.sockets / "password"
    write_private(file, password.encode())
    if server.account:
        os.chown(file, server.account.uid, server.account.gid)
    settings = ["--set=timezone=UTC", "--set=log_timezone=UTC", "--no-sync", "--no-instructions"]
    login = ["-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={file}"]
    server.run("initdb", ["-D", str(server.data), *login, *LOCALE, *settings])
    file.unlink()


def create(server: Server, passwords: dict[str, str]) -> None:
    """Make roles and databases in a new cluster."""

    def run(sql: str, database: str = "postgres") -> None:
        server.psql(sql, database=database, user=SUPERUSER, password=passwords[SUPERUSER])

    run(create_roles() + set_passwords(passwords) + create_databases())
    for service in DATABASES:
        run(prepare_schema(service), service)


def owner_url(sockets: Path, service: str, passwords: dict[str, str]) -> str:
    """Return the address by which a service's migrations connect."""
    return f"postgresql://{service}_owner:{passwords[f'{service}_owner']}@/{service}?host={sockets}"


def migrate(layout: Layout, url: Callable[[str], str]) -> None:
    """Bring every service's database up to date, all at the same time.

    Raises PostgresError: a migration failed; with its output.
    """
    running = {service: _start_migration(layout, service, url(service)) for service in layout.migrated()}
    outputs = {service: (process.communicate()[0], process.returncode) for service, process in running.items()}
    failed = [f"migrating {service} failed:\n{output}" for service, (output, code) in outputs.items() if code]
    if failed:
        raise PostgresError("\n".join(failed))


def _start_migration(layout: Layout, service: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        python(layout.serve, "migrate", service),
        cwd=ROOT,  # so that `libs` and `services` are ours, whatever folder the caller stands in
        env={**os.environ, "FULLMAKT_DATABASE_OWNER_URL": url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=prelude(signal.SIGKILL),
    )
