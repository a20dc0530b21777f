"""Fixtures of the shared parts' tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from libs.local.nats import Nats
from libs.local.ports import choose_ports
from libs.shared import relay
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.tests.kit import Connect, DatabaseOf


@pytest.fixture(autouse=True)
def short_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relays of these tests look for rows often: nothing hints at them but in a worker."""
    monkeypatch.setattr(relay, "POLL", 0.05)


@pytest.fixture
def db(database: DatabaseOf) -> Database:
    """A fresh database of identity."""
    return database("identity")


@pytest.fixture
async def bus(connect: Connect) -> Bus:
    """A connection as identity."""
    return await connect("identity")


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[Nats]:
    """A server that this test may stop and start."""
    server = Nats.start(tmp_path / "nats", port=choose_ports(["own"], "free")["own"])
    yield server
    server.stop()


@pytest.fixture
async def own_bus(own_nats: Nats) -> AsyncIterator[Bus]:
    """A connection as identity to the server that may be stopped."""
    bus = Bus(own_nats.url, "identity", own_nats.passwords["identity"])
    await bus.connect()
    yield bus
    await bus.close()
