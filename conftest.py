"""Fixtures of all tests: a real Postgres and a real NATS, a database per test, apps as callers see them."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from libs.local.nats import Nats
from libs.local.ports import choose_ports
from libs.local.postgres import Cluster
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.streams import ensure_streams
from tests.kit import App, Keys, app_of, environment_of


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """Where this run keeps what it starts."""
    with tempfile.TemporaryDirectory(prefix="fullmakt-test-", dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def cluster(home: Path) -> Iterator[Cluster]:
    """A Postgres cluster with every service's database, migrated."""
    started = Cluster.start(home / "cluster", durable=False)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def nats_server(home: Path) -> Iterator[Nats]:
    """A NATS server with a user for each service."""
    started = Nats.start(home / "nats", port=choose_ports(["nats"], "free")["nats"])
    yield started
    started.stop()


@pytest.fixture
async def nats(nats_server: Nats) -> AsyncIterator[Nats]:
    """The NATS server, with every stream, empty."""
    admin = Bus(nats_server.url, "admin", nats_server.passwords["admin"])
    await admin.connect()
    await ensure_streams(admin)
    yield nats_server
    for stream in await admin.jetstream.streams_info():
        await admin.jetstream.delete_stream(stream.config.name or "")
    await admin.close()


@pytest.fixture
def database_url(cluster: Cluster) -> Iterator[Callable[[str], str]]:
    """Gives the app role's address of a service's own database, fresh in each test."""
    made: dict[str, str] = {}

    def url(service: str) -> str:
        if service not in made:
            made[service] = f"{service}_{uuid4().hex[:12]}"
            cluster.create_database(made[service], service, service)
        return cluster.url(service, "app", database=made[service])

    yield url
    for name in made.values():
        cluster.drop_database(name)


@pytest.fixture
async def database(database_url: Callable[[str], str]) -> AsyncIterator[Callable[[str], Database]]:
    """Gives a service's fresh database."""
    opened: list[Database] = []

    def open_(service: str) -> Database:
        opened.append(Database(database_url(service), source=service, pool_size=5))
        return opened[-1]

    yield open_
    for each in opened:
        await each.close()


@pytest.fixture
async def connect(nats: Nats) -> AsyncIterator[Callable[[str], Awaitable[Bus]]]:
    """Gives a connection to NATS as a service's user, or as admin."""
    made: list[Bus] = []

    async def connected(user: str) -> Bus:
        bus = Bus(nats.url, user, nats.passwords[user])
        await bus.connect()
        made.append(bus)
        return bus

    yield connected
    for bus in made:
        await bus.close()


@pytest.fixture(scope="session")
def keys() -> Keys:
    """A signing key, and tokens signed with it."""
    return Keys()


@pytest.fixture
async def app(
    database_url: Callable[[str], str], nats: Nats, keys: Keys
) -> AsyncIterator[Callable[[str], Awaitable[App]]]:
    """Gives a running app of a service on a fresh database, and a client that calls it."""
    async with AsyncExitStack() as stack:

        async def start(service: str) -> App:
            environment = environment_of(service, database_url(service), nats, keys)
            started = app_of(service, environment, keys)
            for hook in started.on_startup:
                await hook(started)  # type: ignore[call-arg]  # all of ours take the app
            for hook in reversed(started.on_shutdown):
                stack.push_async_callback(hook, started)  # type: ignore[arg-type]
            transport = httpx.ASGITransport(started, raise_app_exceptions=False)  # type: ignore[arg-type]
            client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://test"))
            return App(started, client, keys)

        yield start
