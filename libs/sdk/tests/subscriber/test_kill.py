"""A subscriber killed again and again while events flow: each takes effect once, in the order of its thing."""

import asyncio
import os
import random
from collections import defaultdict
from uuid import UUID, uuid4

import asyncpg

from tests.kit import eventually
from tests.mortal import Work, mortals
from tests.wire import ADMIN, Wire, accepted, message_of

EVENTS = int(os.environ.get("FULLMAKT_KILL_EVENTS", "20000"))
KILLS = int(os.environ.get("FULLMAKT_KILLS", "100"))
THINGS = 400
SEED = 20261121


async def publish(wire: Wire, links: list[UUID]) -> None:
    """Tell of these links in turn, so that every thing has events under way at any moment."""
    pending = []
    for number in range(EVENTS):
        subject, body, headers = message_of(accepted(links[number % THINGS]), number // THINGS + 1)
        pending.append(await wire.jetstream.publish_async(subject, body, headers=headers))
        if len(pending) == 500:
            await asyncio.gather(*pending)
            pending.clear()
    await asyncio.gather(*pending)


async def test_killed_a_hundred_times_while_events_flow_each_takes_effect_once_in_order(
    wire: Wire, owner_url: str
) -> None:
    chance, links = random.Random(SEED), [uuid4() for _ in range(THINGS)]  # noqa: S311 - a seeded choice of moments
    watching = await asyncpg.connect(owner_url)
    publishing = asyncio.create_task(publish(wire, links))

    async def effects_from(count: int) -> bool:
        return bool(await watching.fetchval("SELECT coalesce(max(id), 0) >= $1 FROM effect", count))

    with mortals(Work(wire.nats.url, wire.nats.passwords[ADMIN], owner_url, ack_wait=0.3)) as do:
        do("start 0")
        for moment in sorted(chance.sample(range(1, EVENTS), KILLS)):
            await eventually(lambda moment=moment: effects_from(moment), within=60)  # type: ignore[misc]
            do("kill 0")
            do("start 0")
        await publishing

        async def all_there() -> bool:
            return bool(await watching.fetchval("SELECT count(*) >= $1 FROM effect", EVENTS))

        await eventually(all_there, within=60)

    rows = await watching.fetch("SELECT link, version FROM effect ORDER BY id")
    await watching.close()
    seen: dict[UUID, list[int]] = defaultdict(list)
    for link, version in rows:
        seen[link].append(version)
    assert seen == {link: list(range(1, EVENTS // THINGS + 1)) for link in links}
