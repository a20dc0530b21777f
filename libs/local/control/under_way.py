"""What has not come to rest in a system: for tests that wait until nothing more can come."""

import asyncio

import asyncpg
import msgspec

from libs.local.control.connection import jetstream
from libs.local.control.errors import NotNow
from libs.local.home import Status
from libs.local.nats import ADMIN, Nats

UNTOLD = "SELECT count(*) FROM outbox WHERE stream_seq IS NULL"
WAITING = "SELECT count(*) FROM parked WHERE NOT dead"
UNSENT = "SELECT count(*) FROM delivery WHERE state = 'due'"
UNFINISHED = "SELECT count(*) FROM job WHERE state <> 'finished'"


class UnderWay(msgspec.Struct, frozen=True):
    """Events not told yet, events not taken in yet, mails and text messages not sent yet, bulk jobs not through yet."""

    untold: int
    untaken: int
    unsent: int
    unfinished: int


async def under_way(status: Status, nats: Nats) -> UnderWay:
    """Count it all. Dead letters and paused consumers' events count as not taken in only where NATS has them."""
    try:
        services = list(status.postgres)
        untold = await asyncio.gather(*(_count(status, service, UNTOLD) for service in services))
        waiting = await asyncio.gather(*(_count(status, service, WAITING) for service in services))
        unsent, unfinished = await _count(status, "notify", UNSENT), await _count(status, "access", UNFINISHED)
    except (OSError, asyncpg.PostgresError) as error:
        raise NotNow(f"not every service's database answered: {error}") from error
    untaken = await _unread(nats, set(services)) + sum(waiting)
    return UnderWay(untold=sum(untold), untaken=untaken, unsent=unsent, unfinished=unfinished)


async def _count(status: Status, service: str, query: str) -> int:
    connection = await asyncpg.connect(status.postgres_superuser.replace("/postgres?", f"/{service}?"))
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


async def _unread(nats: Nats, services: set[str]) -> int:
    """Messages that some service's durable has not got yet, or has not acknowledged."""
    async with jetstream(nats.url, ADMIN, nats.passwords[ADMIN]) as js:
        streams = [stream.config.name or "" for stream in await js.streams_info()]
        consumers = [each for stream in streams for each in await js.consumers_info(stream) if each.name in services]
    return sum((each.num_pending or 0) + (each.num_ack_pending or 0) for each in consumers)
