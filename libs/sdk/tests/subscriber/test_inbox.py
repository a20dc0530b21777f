"""With an inbox the effect and how far we are stand in one transaction."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from fullmakt.events import Context, LinkAccepted, LinkEnded, PostgresInbox, Retry
from sqlalchemy.engine import make_url

from libs.local.postgres import Cluster
from tests.kit import eventually
from tests.wire import Seen, Wire, accepted, crash, ended, running

EFFECT = "CREATE TABLE effect (id bigserial PRIMARY KEY, link uuid NOT NULL, version bigint NOT NULL)"


@pytest.fixture
async def pool(cluster: Cluster, database_url: Callable[[str], str]) -> AsyncIterator[asyncpg.Pool]:
    database = make_url(database_url("notify")).database
    assert database is not None
    pool = await asyncpg.create_pool(cluster.url("notify", "owner", database=database), min_size=1, max_size=4)
    await pool.execute(EFFECT)
    await PostgresInbox(pool).create_table()
    yield pool
    await pool.close()


async def write(event: LinkAccepted | LinkEnded, context: Context) -> None:
    """The effect: a row."""
    await context.tx.execute(
        "INSERT INTO effect (link, version) VALUES ($1, $2)", event.link_id, context.envelope.version
    )


async def effects(pool: asyncpg.Pool, link: UUID) -> list[int]:
    return [row[0] for row in await pool.fetch("SELECT version FROM effect WHERE link = $1 ORDER BY id", link)]


async def test_effect_and_version_are_committed_together(wire: Wire, pool: asyncpg.Pool) -> None:
    link = uuid4()
    subscriber = wire.subscriber(inbox=PostgresInbox(pool))
    subscriber.on(LinkAccepted, LinkEnded)(write)
    await wire.tell(accepted(link), ended(link))

    async with running(subscriber):
        await eventually(lambda: _count(pool, 2))

    assert await effects(pool, link) == [1, 2]
    assert await pool.fetchval("SELECT version FROM fullmakt_inbox WHERE reader = 'billing/clients'") == 2


async def _count(pool: asyncpg.Pool, expected: int) -> bool:
    return bool(await pool.fetchval("SELECT count(*) FROM effect") == expected)


async def test_an_effect_committed_but_not_acknowledged_does_not_happen_again(wire: Wire, pool: asyncpg.Pool) -> None:
    link, other = uuid4(), uuid4()
    crashing, next_one = (wire.subscriber(inbox=PostgresInbox(pool), ack_wait=0.5) for _ in range(2))
    crashing.on(LinkAccepted)(write)
    next_one.on(LinkAccepted)(write)
    committed, publish = asyncio.Event(), crashing.client.publish

    async def all_but_acknowledgements(subject: str, *rest: Any, **named: Any) -> None:
        if subject.startswith("$JS.ACK"):
            committed.set()
            await asyncio.Event().wait()
        await publish(subject, *rest, **named)

    crashing.client.publish = all_but_acknowledgements  # type: ignore[method-assign]
    await wire.tell(accepted(link))
    task = asyncio.create_task(crashing.run())
    await committed.wait()
    await crash(crashing, task)

    await wire.tell(accepted(other))
    async with running(next_one):
        await eventually(lambda: _count(pool, 2))

        async def all_acknowledged() -> bool:
            return await wire.unacknowledged() == 0

        await eventually(all_acknowledged)

    assert await effects(pool, link) == [1]
    assert next_one.metrics()["clients"].duplicates == 1


async def test_one_that_fails_takes_only_its_own_effect_with_it(wire: Wire, pool: asyncpg.Pool) -> None:
    bad, good = uuid4(), [uuid4() for _ in range(5)]
    subscriber = wire.subscriber(inbox=PostgresInbox(pool), retry=Retry(attempts=2, first_pause=0.01))

    @subscriber.on(LinkAccepted)
    async def handle(event: LinkAccepted, context: Context) -> None:
        await write(event, context)
        if event.link_id == bad:
            await context.tx.execute("SELECT 1 / 0")

    await wire.tell(*map(accepted, [*good[:3], bad, *good[3:]]))
    async with running(subscriber):

        async def dead() -> bool:
            return len(subscriber.dead_letters()) == 1 and await _count(pool, 5)

        await eventually(dead)

    assert await effects(pool, bad) == []
    assert [await effects(pool, link) for link in good] == [[1]] * 5


class Breakable(PostgresInbox):
    """An inbox whose database is away for a while."""

    away = False

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        if self.away:
            raise ConnectionRefusedError
        async with super().begin() as tx:
            yield tx


async def test_a_database_that_is_away_is_waited_for_and_no_event_is_given_up_on(
    wire: Wire, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fullmakt.events.subscriber.handling.INBOX_PAUSE", 0.01)
    inbox, link = Breakable(pool), uuid4()
    inbox.away = True
    subscriber = wire.subscriber(inbox=inbox, retry=Retry(attempts=1))
    subscriber.on(LinkAccepted)(write)
    await wire.tell(accepted(link))

    async with running(subscriber):

        async def received() -> bool:
            return bool(subscriber.metrics()) and subscriber.metrics()["clients"].received == 1

        await eventually(received)
        inbox.away = False
        await eventually(lambda: _count(pool, 1))

    assert subscriber.metrics()["clients"].failures == 0


async def test_two_processes_at_the_same_event_have_one_effect(wire: Wire, pool: asyncpg.Pool) -> None:
    """As when one stood still for so long that the server gave its event to another."""
    link, standing, go_on = uuid4(), asyncio.Event(), asyncio.Event()
    frozen, next_one = (wire.subscriber(inbox=PostgresInbox(pool), ack_wait=0.5) for _ in range(2))

    @frozen.on(LinkAccepted)
    async def slowly(event: LinkAccepted, context: Context) -> None:
        standing.set()
        await go_on.wait()
        await write(event, context)

    next_one.on(LinkAccepted)(write)
    await wire.tell(accepted(link))
    async with running(frozen):
        await standing.wait()
        frozen._streams["clients"].acknowledge = _nothing  # noqa: SLF001
        for task in asyncio.all_tasks():
            if "_stay_on_it" in repr(task.get_coro()):
                task.cancel()
        async with running(next_one):
            await eventually(lambda: _count(pool, 1))
            go_on.set()

            async def both_through() -> bool:
                metrics = [each.metrics()["clients"] for each in (frozen, next_one)]
                return sum(m.handled + m.duplicates + m.failures for m in metrics) >= 2

            await eventually(both_through)

    assert await effects(pool, link) == [1]


async def _nothing(_: Sequence[object]) -> None:
    return


class OwnInbox:
    """An inbox of somebody's own: a dictionary, and effects in a list, both only once committed."""

    def __init__(self) -> None:
        self.committed: dict[tuple[str, UUID], int] = {}
        self.effects: list[UUID] = []

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[tuple[dict[tuple[str, UUID], int], list[UUID]]]:
        tx: tuple[dict[tuple[str, UUID], int], list[UUID]] = ({}, [])
        yield tx
        self.committed |= tx[0]
        self.effects += tx[1]

    async def last_versions(self, _: Any, reader: str, things: Sequence[UUID]) -> Mapping[UUID, int]:
        return {thing: self.committed[reader, thing] for thing in things if (reader, thing) in self.committed}

    async def save(self, tx: Any, reader: str, versions: Mapping[UUID, int]) -> None:
        tx[0].update({(reader, thing): version for thing, version in versions.items()})


async def test_an_inbox_of_ones_own_is_three_methods(wire: Wire) -> None:
    inbox, link, seen = OwnInbox(), uuid4(), Seen()
    subscriber = wire.subscriber(inbox=inbox)

    @subscriber.on(LinkAccepted, LinkEnded)
    async def handle(event: LinkAccepted | LinkEnded, context: Context) -> None:
        context.tx[1].append(event.link_id)
        await seen.handle(event, context)

    await wire.tell(accepted(link), ended(link))
    await wire.tell_again(accepted(link), 1)
    async with running(subscriber):
        await eventually(lambda: _all_read(wire))

    assert inbox.effects == [link, link]
    assert inbox.committed == {("billing/clients", link): 2}


async def _all_read(wire: Wire) -> bool:
    names = [consumer.name for consumer in await wire.jetstream.consumers_info("clients")]
    return "billing" in names and await wire.unacknowledged() == 0
