"""Fixtures of the subscriber's tests."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest
from fullmakt.events import PostgresInbox
from sqlalchemy.engine import make_url

from libs.local.nats import Nats
from libs.local.postgres import Cluster
from libs.shared.bus import Bus
from tests.mortal import TABLE
from tests.wire import ADMIN, Wire


@pytest.fixture
async def wire(nats: Nats, connect: Callable[[str], Awaitable[Bus]]) -> Wire:
    """A server with every stream, empty, to publish to."""
    return Wire(nats, await connect(ADMIN))


@pytest.fixture
async def owner_url(cluster: Cluster, database_url: Callable[[str], str]) -> AsyncIterator[str]:
    """A database for mortal subscribers to write to, with the tables there."""
    url = cluster.url("notify", "owner", database=make_url(database_url("notify")).database)
    pool = await asyncpg.create_pool(url, min_size=1, max_size=1)
    await PostgresInbox(pool).create_table()
    await pool.execute(TABLE)
    yield url
    await pool.close()
