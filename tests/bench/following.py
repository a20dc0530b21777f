"""What following events costs: without a database beside a bare pull loop, with an inbox beside a bare batch loop."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
from fullmakt.events import Context, LinkEnded, PostgresInbox, Subscriber
from nats.aio.msg import Msg

from libs.local.nats import Nats
from libs.local.ports import choose_ports
from libs.local.postgres import Cluster
from libs.shared.bus import Bus
from tests.bench.figure import Figure, at_least
from tests.kit import heard
from tests.wire import ADMIN, Wire, ended, message_of

EVENTS = 20_000
BATCH = 256
ROUNDS = 5
EFFECT = "CREATE TABLE effect (thing uuid NOT NULL, version bigint NOT NULL)"
WRITE = "INSERT INTO effect (thing, version) VALUES ($1, $2)"


@asynccontextmanager
async def filled() -> AsyncIterator[tuple[Wire, str]]:
    """A stream of events to read, and a database."""
    with tempfile.TemporaryDirectory(prefix="fullmakt-bench-", dir="/var/tmp") as folder:
        cluster = Cluster.start(Path(folder) / "cluster", durable=True)
        nats = Nats.start(Path(folder) / "nats", port=choose_ports(["nats"], "free")["nats"])
        bus = Bus(nats.url, ADMIN, nats.passwords[ADMIN])
        await bus.connect()
        try:
            wire = Wire(nats, bus)
            await bus.ensure_stream("clients", latest_only=False)
            for _ in range(EVENTS // 1000):
                pending = [await wire.jetstream.publish_async(*_message()) for _ in range(1000)]
                await asyncio.gather(*pending)
            yield wire, cluster.url("notify", "owner")
        finally:
            await bus.close()
            nats.stop()
            cluster.stop()


def _message() -> tuple[str, bytes, float, str, dict[str, str]]:
    subject, body, headers = message_of(ended(uuid4()), 1)
    return subject, body, 5.0, "clients", headers


class Bare:
    """nats-py alone: fetch, handle, acknowledge."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    async def alone(self) -> float:
        """Events a second without a database."""

        async def nothing(_: Sequence[Msg]) -> None:
            return

        return await self._loop(nothing)

    async def with_database(self, pool: asyncpg.Pool) -> float:
        """Events a second where each writes a row, a commit for each batch."""

        async def write(messages: Sequence[Msg]) -> None:
            async with pool.acquire() as connection, connection.transaction():
                for message in messages:
                    thing = (message.headers or {})["ce-subject"]
                    await connection.execute(WRITE, thing, 1)

        return await self._loop(write)

    async def _loop(self, handle: Callable[[Sequence[Msg]], Awaitable[None]]) -> float:
        subscription = await self.wire.jetstream.pull_subscribe(
            "fullmakt.clients.link.>", durable=f"bare-{uuid4().hex}", stream="clients"
        )
        began, handled = time.perf_counter(), 0
        while handled < EVENTS:
            messages = await subscription.fetch(BATCH)
            await handle(messages)
            for message in messages:
                await message.ack()
            handled += len(messages)
        await heard(self.wire.client)
        return EVENTS / (time.perf_counter() - began)


async def ours(wire: Wire, pool: asyncpg.Pool | None = None) -> float:
    """Events a second of the subscriber, from its start to the last one handled."""
    inbox = PostgresInbox(pool) if pool else None
    subscriber = wire.subscriber(f"ours-{uuid4().hex}", inbox=inbox, ack_wait=30.0)
    handled = 0

    @subscriber.on(LinkEnded)
    async def handle(event: LinkEnded, context: Context) -> None:
        nonlocal handled
        if pool is not None:
            await context.tx.execute(WRITE, event.link_id, 1)
        handled += 1
        if handled == EVENTS:
            _stop_when_done(subscriber)

    began = time.perf_counter()
    await subscriber.run()
    return EVENTS / (time.perf_counter() - began)


def _stop_when_done(subscriber: Subscriber) -> None:
    asyncio.get_running_loop().call_soon(subscriber.stop)


async def following() -> list[Figure]:
    """Both figures."""
    taken: dict[str, list[float]] = {"bare": [], "ours": [], "bare with": [], "ours with": []}
    async with filled() as (wire, url):
        pool = await asyncpg.create_pool(url, min_size=2, max_size=4)
        await pool.execute(EFFECT)
        await PostgresInbox(pool).create_table()
        bare = Bare(wire)
        for _ in range(ROUNDS):
            taken["bare"].append(await bare.alone())
            taken["ours"].append(await ours(wire))
            taken["bare with"].append(await bare.with_database(pool))
            taken["ours with"].append(await ours(wire, pool))
        await pool.close()
    median = {name: statistics.median(values) for name, values in taken.items()}
    return [
        at_least("subscriber without a database", "1/s", ours=median["ours"], floor=median["bare"], times=0.6),
        at_least("subscriber with an inbox", "1/s", ours=median["ours with"], floor=median["bare with"], times=0.6),
    ]
