"""The worker of a service: relay, consumers and what is due, in the one process that leads.

It is made to be killed: whatever can't go on, such as a lost database, ends the process, and whoever
started it starts it again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import asyncpg
from fullmakt.events import CONTRACTS

from libs.shared.bus import Bus, stop_if_cancelled
from libs.shared.database import Database, connection_lost
from libs.shared.inbox import Consumers, Inbox
from libs.shared.relay import Relay
from libs.shared.settings import ServiceSettings
from libs.shared.streams import types_kept_whole

log = logging.getLogger(__name__)

LEADER_LOCK = 7001
TICK = 1.0
SHORTEST_WAIT = 0.02
POOL = 3

Due = Callable[[Database], Awaitable[None]]
Loop = Callable[[Database, Bus], Coroutine[Any, Any, None]]
PRUNE_EACH = 60
"""Ticks between two prunings."""
PRUNED_AT_ONCE = 5000
PRUNINGS = 20
"""Steps of a pruning at most: other due work waits meanwhile."""
PRUNE_OUTBOX = (
    "WITH next AS MATERIALIZED (SELECT id, type, thing, version,"
    " stream_seq IS NOT NULL AND written_at < now() - interval '7 days' AS is_ripe"
    " FROM outbox WHERE id > (SELECT upto FROM outbox_pruned) ORDER BY id LIMIT $1),"
    " ripe AS MATERIALIZED (SELECT * FROM next"
    " WHERE id < ALL (SELECT id FROM next WHERE NOT is_ripe ORDER BY id LIMIT 1)),"
    " done AS (UPDATE outbox_pruned SET upto = (SELECT max(id) FROM ripe) WHERE EXISTS (SELECT FROM ripe)),"
    " pruned AS (DELETE FROM outbox o USING (SELECT type, thing, max(version) AS version FROM ripe"
    " WHERE type <> ALL ($2) GROUP BY type, thing) newer"
    " WHERE o.type = newer.type AND o.thing = newer.thing AND o.version < newer.version AND o.stream_seq IS NOT NULL)"
    " SELECT count(*) FROM ripe"
)
"""A step: what rows of seven days ago superseded goes. Rows are looked at once each, so those kept cost nothing."""
PRUNE_ANSWERS = "SELECT prune_idempotency()"
NEXT_RETRY = "SELECT extract(epoch FROM min(retry_at) - now())::float8 FROM parked WHERE NOT dead"
STUCK = (
    "SELECT count(*) FILTER (WHERE dead) AS dead,"
    " count(*) FILTER (WHERE NOT dead AND parked_at < now() - interval '1 minute') AS waiting FROM parked"
)


class LostLeadership(Exception):
    """The connection that held the leader's lock is gone; another worker may lead now."""


class Worker:
    """Everything a service does without being asked over HTTP."""

    def __init__(
        self,
        service: str,
        settings: ServiceSettings,
        *,
        consumers: Consumers,
        due: Sequence[Due],
        loops: Sequence[Loop] = (),
        partition: int = 0,
    ) -> None:
        self.service = service
        self.partition = partition
        self.database = Database(settings.database_url, source=service, pool_size=POOL)
        self.bus = Bus(settings.nats_url, settings.nats_user, settings.nats_password)
        self.due = list(due)
        self.loops = list(loops)
        self.inboxes = [Inbox(self.database, consumers, stream) for stream in sorted(consumers.streams())]
        own = {c.stream: c.latest_only for type_, c in CONTRACTS.items() if type_.startswith(f"{service}.")}
        self.relays = [Relay(self.database, self.bus, stream, latest_only=only) for stream, only in own.items()]

    async def run(self) -> None:
        """Lead, and work until cancelled or until something that can't go on."""
        async with AsyncExitStack() as stack:
            leader = await self.database.connect()
            stack.callback(leader.terminate)
            stack.push_async_callback(self.database.close)
            stack.push_async_callback(self.bus.close)
            await self._lead(leader)
            await self.bus.connect()
            log.info("leading", extra={"partition": self.partition})
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_leading(leader))
                tasks.create_task(self._tick())
                tasks.create_task(self._retry())
                for relay in self.relays:
                    tasks.create_task(relay.run())
                for inbox in self.inboxes:
                    tasks.create_task(inbox.run(self.bus))
                for loop in self.loops:
                    tasks.create_task(loop(self.database, self.bus))

    async def _lead(self, leader: asyncpg.Connection) -> None:
        """Wait to be the one active worker of this service and partition; listen for what is to be relayed."""
        take = "SELECT pg_try_advisory_lock($1, $2)"
        while not await leader.fetchval(take, LEADER_LOCK, self.partition):  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(TICK)
        for relay in self.relays:
            await leader.add_listener("outbox", lambda *_, relay=relay: relay.hint.set())

    async def _keep_leading(self, leader: asyncpg.Connection) -> None:
        lost = asyncio.Event()
        leader.add_termination_listener(lambda _: lost.set())
        while not leader.is_closed():
            stop_if_cancelled()
            try:
                async with asyncio.timeout(TICK):
                    await lost.wait()
            except TimeoutError:
                await _ping(leader)
        raise LostLeadership

    async def _tick(self) -> None:
        for tick in count():
            stop_if_cancelled()
            for due in [*self.due, *(MINUTELY if tick % PRUNE_EACH == 0 else ())]:
                try:
                    await due(self.database)
                except Exception as error:
                    if connection_lost(error):
                        raise
                    log.exception("due work failed", extra={"work": due.__qualname__})
            await asyncio.sleep(TICK)

    async def _retry(self) -> None:
        """Try again what is due; what comes to be parked is looked for each tick at the latest."""
        while True:
            stop_if_cancelled()
            (row,) = await self.database.fetch(NEXT_RETRY)
            wait = min(TICK, TICK if row[0] is None else row[0])
            if wait > 0:
                await asyncio.sleep(max(wait, SHORTEST_WAIT))
                continue
            for inbox in self.inboxes:
                await inbox.retry_due()


async def _ping(leader: asyncpg.Connection) -> None:
    try:
        await leader.execute("SELECT 1", timeout=5)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
        raise LostLeadership from error  # InternalClientError: the connection was cut while it was at work


async def prune(database: Database) -> None:
    """Delete events from the outbox 7 days after they were superseded, and stored answers after 24 hours.

    Of each thing the newest event of each type stays, for the snapshot; so does the newest row of each stream,
    by which the relay knows where the stream ended.
    """
    for _ in range(PRUNINGS):
        (row,) = await database.fetch(PRUNE_OUTBOX, PRUNED_AT_ONCE, types_kept_whole())
        if row[0] < PRUNED_AT_ONCE:
            break
    await database.fetch(PRUNE_ANSWERS)


async def report_stuck(database: Database) -> None:
    """Say how many events are dead letters, and how many have waited for more than a minute."""
    (row,) = await database.fetch(STUCK)
    if row["dead"] or row["waiting"]:
        log.error("events are stuck", extra=dict(row))


MINUTELY: tuple[Due, ...] = (prune, report_stuck)
