"""The worker of a service: relay, consumers and what is due, in the one process that leads.

It is made to be killed: whatever can't go on, such as a lost database, ends the process, and whoever
started it starts it again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
from fullmakt.events import CONTRACTS
from sqlalchemy import text

from libs.shared.bus import Bus
from libs.shared.database import Database, connection_lost
from libs.shared.inbox import Consumers, Inbox
from libs.shared.relay import Relay
from libs.shared.settings import ServiceSettings

log = logging.getLogger(__name__)

LEADER_LOCK = 7001
TICK = 1.0
RETRY_TICK = 0.1
POOL = 3

Due = Callable[[Database], Awaitable[None]]
PRUNE = (
    text("DELETE FROM outbox WHERE stream_seq IS NOT NULL AND written_at < now() - interval '7 days'"),
    text("DELETE FROM idempotency WHERE at < now() - interval '24 hours'"),
)


class LostLeadership(Exception):
    """The connection that held the leader's lock is gone; another worker may lead now."""


class Worker:
    """Everything a service does without being asked over HTTP."""

    def __init__(
        self, service: str, settings: ServiceSettings, *, consumers: Consumers, due: Sequence[Due], partition: int = 0
    ) -> None:
        self.service = service
        self.partition = partition
        self.database = Database(settings.database_url, source=service, pool_size=POOL)
        self.bus = Bus(settings.nats_url, settings.nats_user, settings.nats_password)
        self.due = [prune, *due]
        self.inboxes = [Inbox(self.database, consumers, stream) for stream in sorted(consumers.streams())]
        own = {c.stream: c.latest_only for type_, c in CONTRACTS.items() if type_.startswith(f"{service}.")}
        self.relays = [Relay(self.database, self.bus, stream, latest_only=only) for stream, only in own.items()]

    async def run(self) -> None:
        """Lead, and work until cancelled or until something that can't go on."""
        leader = await self._lead()
        await self.bus.connect()
        log.info("leading", extra={"partition": self.partition})
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_leading(leader))
                tasks.create_task(self._tick())
                tasks.create_task(self._retry())
                for relay in self.relays:
                    tasks.create_task(relay.run())
                for inbox in self.inboxes:
                    tasks.create_task(inbox.run(self.bus))
        finally:
            await self.bus.close()
            await self.database.close()
            leader.terminate()

    async def _lead(self) -> asyncpg.Connection:
        """Wait to be the one active worker of this service and partition; listen for what is to be relayed."""
        connection = await self.database.connect()
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", LEADER_LOCK, self.partition):
            await asyncio.sleep(TICK)
        for relay in self.relays:
            await connection.add_listener("outbox", lambda *_, relay=relay: relay.hint.set())
        return connection

    async def _keep_leading(self, leader: asyncpg.Connection) -> None:
        lost = asyncio.Event()
        leader.add_termination_listener(lambda _: lost.set())
        while not leader.is_closed():
            try:
                await asyncio.wait_for(lost.wait(), TICK)
            except TimeoutError:
                await leader.execute("SELECT 1")
        raise LostLeadership

    async def _tick(self) -> None:
        while True:
            for due in self.due:
                try:
                    await due(self.database)
                except Exception as error:
                    if connection_lost(error):
                        raise
                    log.exception("due work failed", extra={"work": due.__qualname__})
            await asyncio.sleep(TICK)

    async def _retry(self) -> None:
        while True:
            for inbox in self.inboxes:
                await inbox.retry_due()
            await asyncio.sleep(RETRY_TICK)


async def prune(database: Database) -> None:
    """Delete sent rows of the outbox after 7 days and idempotency keys after 24 hours."""
    async with database.begin(None) as tx:
        for statement in PRUNE:
            await tx.session.execute(statement)
