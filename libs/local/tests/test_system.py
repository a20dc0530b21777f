"""The whole system with stub services: what falls comes back, and nothing is left behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from libs.local.home import HomeInUse
from libs.local.layout import ROOT, Layout
from libs.local.ports import DEFAULTS, HOST, choose_ports
from libs.local.system import NotReady, System, temporary_home
from libs.local.wait import wait_for

STUBS = Layout("libs.local.tests.stubs", "libs.local.tests.stubs.serve")
PARTS = ("postgres", "nats", "catcher", "clients-api", "clients-worker", "portal-api")


@pytest.fixture
def home() -> Iterator[Path]:
    home = temporary_home()
    yield home
    shutil.rmtree(home)


def start(
    home: Path | None = None, *, env: dict[str, str] | None = None, layout: Layout = STUBS, timeout: float = 30
) -> System:
    return System.start(home, ports="free", durable=False, layout=layout, env=env, timeout=timeout)


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with start() as system:
        yield system


def descendants(pid: int) -> set[int]:
    """Return every process below this one."""
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    found = {int(child) for child in children}
    return found.union(*(descendants(child) for child in found))


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that only waits to be reaped doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_gone(pids: set[int]) -> None:
    wait_for(lambda: not [pid for pid in pids if is_alive(pid)], timeout=15, what="every process to end")


@pytest.mark.parametrize("name", PARTS)
def test_what_is_killed_comes_back_under_a_new_id(system: System, name: str) -> None:
    old = system.kill(name)

    new = system.wait_restarted(name, old)

    assert new != old
    assert is_alive(new)
    system.wait_healthy()


def test_postgres_answers_again_after_a_kill(system: System) -> None:
    system.wait_restarted("postgres", system.kill("postgres"))

    ask = [sys.executable, "-c", ASK_POSTGRES, system.status().postgres["clients"]["app"]]

    wait_for(lambda: subprocess.run(ask, capture_output=True, check=False).returncode == 0, timeout=15, what="Postgres")


ASK_POSTGRES = """
import asyncio, asyncpg, sys
async def ask():
    connection = await asyncpg.connect(sys.argv[1])
    assert await connection.fetchval("SELECT current_user") == "clients_app"
asyncio.run(ask())
"""


def test_a_process_that_keeps_stumbling_is_started_again_and_again(system: System) -> None:
    before = system.status().starts["clients-worker"]

    for _ in range(3):
        pid = system.pids()["clients-worker"]
        os.kill(pid, signal.SIGUSR1)
        system.wait_restarted("clients-worker", pid)

    assert system.status().starts["clients-worker"] == before + 3
    assert "stumbled" in (system.home / "log" / "clients-worker.log").read_text()


def test_a_service_gets_its_own_settings_and_no_others(system: System) -> None:
    clients = httpx.get(system.urls["clients"]).json()
    portal = httpx.get(system.urls["portal"]).json()

    assert clients["FULLMAKT_NATS_USER"] == "clients"
    assert clients["FULLMAKT_PUBLIC_URL"] == system.urls["clients"]
    assert "clients_app" in clients["FULLMAKT_DATABASE_URL"]
    assert not {"FULLMAKT_DATABASE_OWNER_URL", "FULLMAKT_KEY_SECRET"} & clients.keys()
    assert not {"FULLMAKT_DATABASE_URL", "FULLMAKT_NATS_PASSWORD", "FULLMAKT_MAIL_TOKEN_SECRET"} & portal.keys()


def test_secrets_are_for_our_eyes_alone(system: System) -> None:
    for file in ("system.json", "secrets.json", "nats/nats.conf", "postgres/passwords.json"):
        assert (system.home / file).stat().st_mode & 0o077 == 0


def test_nothing_is_left_after_the_supervisor_is_killed() -> None:
    system = start()
    pids = descendants(system.pids()["supervisor"])
    assert set(system.pids().values()) <= pids | {system.pids()["supervisor"]}

    system.kill("supervisor")

    wait_gone(pids)
    system.stop()
    assert not system.home.exists()


def test_nothing_is_left_after_an_orderly_stop() -> None:
    system = start()
    pids = descendants(system.pids()["supervisor"])

    system.stop()

    assert not [pid for pid in pids if is_alive(pid)]
    assert not system.home.exists()


def test_a_system_stops_when_the_process_that_started_it_is_killed() -> None:
    starter = subprocess.Popen([sys.executable, "-c", START_AND_WAIT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    supervisor, home = starter.stdout.readline().split()
    pids = {int(supervisor)} | descendants(int(supervisor))

    starter.kill()
    starter.communicate()

    wait_gone(pids)
    assert not Path(home).exists()


START_AND_WAIT = """
import signal
from libs.local.tests.test_system import start
system = start()
print(system.pids()["supervisor"], system.home, flush=True)
signal.pause()
"""


def test_a_home_goes_on_with_its_secrets_and_refuses_a_second_system(home: Path) -> None:
    with start(home) as first:
        passwords, settings = first.status().nats_passwords, httpx.get(first.urls["clients"]).json()
        with pytest.raises(HomeInUse):
            start(home)
        first.wait_healthy()

    with start(home) as second:
        again = httpx.get(second.urls["clients"]).json()
        assert second.status().nats_passwords == passwords
        assert again["FULLMAKT_DATABASE_URL"] == settings["FULLMAKT_DATABASE_URL"]
        assert again["FULLMAKT_MAIL_TOKEN_SECRET"] == settings["FULLMAKT_MAIL_TOKEN_SECRET"]


def test_a_system_starts_at_once_after_its_supervisor_was_killed(home: Path) -> None:
    killed = start(home)
    killed.kill("supervisor")

    with start(home) as again:
        again.wait_healthy()
    killed.stop()


def test_a_home_that_the_postgres_user_cannot_reach_works(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)

    with start(private / "home") as system:
        system.wait_healthy()

    assert private.stat().st_mode & 0o777 == 0o700


def test_a_service_that_does_not_start_is_named_with_its_log() -> None:
    with pytest.raises(NotReady, match="not today"):
        start(env={"STUB_FAILS": "not today"}, timeout=12)


def test_a_default_port_that_is_taken_is_avoided() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        DEFAULTS["probe"] = taken.getsockname()[1]
        try:
            chosen = choose_ports(["probe", "other"])
        finally:
            del DEFAULTS["probe"]
        assert taken.getsockname()[1] not in chosen.values()
    assert len(set(chosen.values())) == len(chosen)
