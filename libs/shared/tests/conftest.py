"""Fixtures of the shared parts' tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from libs.local.nats import Nats
from libs.local.ports import choose_ports
from libs.shared import relay, streams
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.tests.kit import Connect, DatabaseOf, running


@pytest.fixture(autouse=True)
def short_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relays of these tests look for rows often: nothing hints at them but in a worker. So does who keeps streams."""
    monkeypatch.setattr(relay, "POLL", 0.05)
    monkeypatch.setattr(streams, "LOOK_EACH", 0.05)


@pytest.fixture
def db(database: DatabaseOf) -> Database:
    """A fresh database of identity."""
    return database("identity")


@pytest.fixture
async def bus(connect: Connect) -> Bus:
    """A connection as identity; the streams are there."""
    return await connect("identity")


@pytest.fixture
async def keeper(connect: Connect) -> AsyncIterator[Bus]:
    """Keeps the streams while the test runs, as admin."""
    admin = await connect("admin")
    async with running(streams.keep_streams(admin)):
        yield admin


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[Nats]:
    """A server that this test may stop and start."""
    server = Nats.start(tmp_path / "nats", port=choose_ports(["own"], "free")["own"])
    yield server
    server.stop()


@pytest.fixture
async def own_bus(own_nats: Nats) -> AsyncIterator[Bus]:
    """A connection as identity to the server that may be stopped."""
    bus, admin = (Bus(own_nats.url, user, own_nats.passwords[user]) for user in ("identity", "admin"))
    await bus.connect()
    await admin.connect()
    await streams.ensure_streams(admin)
    async with running(streams.keep_streams(admin)):
        yield bus
    await bus.close()
    await admin.close()
