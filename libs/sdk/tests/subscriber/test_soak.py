"""Subscribers started, stopped, killed and frozen at random, handlers that fail, and a server that is killed.

The moments are chosen by a seed (FULLMAKT_SOAK_SEED); FULLMAKT_SOAK_SECONDS says for how long events flow.
"""

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import asyncpg
import nats.errors
import pytest
from nats.js.errors import Error as JetStreamError

from libs.local.nats import Nats
from tests.kit import eventually
from tests.mortal import Work, mortals
from tests.wire import ADMIN, Wire, accepted, message_of

SECONDS = float(os.environ.get("FULLMAKT_SOAK_SECONDS", "4"))
SEED = int(os.environ.get("FULLMAKT_SOAK_SEED", "20261121"))
THINGS = 200
MOST = 5
"""Processes at a time."""


class Fate:
    """What happens to the subscribers and to the server, moment by moment."""

    def __init__(self, do: Callable[[str], None], nats: Nats) -> None:
        self.chance = random.Random(SEED)  # noqa: S311 - a seeded choice of moments
        self.do = do
        self.nats = nats
        self.numbers: Iterator[int] = iter(range(10_000))
        self.alive: dict[int, bool] = {}
        """Whether it is frozen."""

    async def strike(self, seconds: float) -> None:
        """Strike for so long; then all that are left are awake, and one more is there."""
        ends = asyncio.get_running_loop().time() + seconds
        self.start()
        while asyncio.get_running_loop().time() < ends:
            await asyncio.sleep(self.chance.uniform(0.05, 0.5))
            acts = [self.start, self.start, self.end, self.end, self.freeze, self.thaw, self.kill_server]
            await asyncio.to_thread(self.chance.choices(acts, [4, 4, 3, 3, 2, 3, 1])[0])
        for number in self.alive:
            self.do(f"thaw {number}")
        self.start()

    def start(self) -> None:
        if len(self.alive) < MOST:
            number = next(self.numbers)
            self.do(f"start {number}")
            self.alive[number] = False

    def end(self) -> None:
        if self.alive:
            number = self.chance.choice(sorted(self.alive))
            frozen = self.alive.pop(number)
            self.do(f"kill {number}" if frozen or self.chance.random() < 0.6 else f"stop {number}")

    def freeze(self) -> None:
        if self.alive:
            number = max(self.alive)
            self.alive[number] = True
            self.do(f"freeze {number}")

    def thaw(self) -> None:
        for number in self.alive:
            self.alive[number] = False
            self.do(f"thaw {number}")

    def kill_server(self) -> None:
        assert self.nats.process is not None
        self.nats.process.kill()
        self.nats.process.wait()
        self.nats.process = self.nats.spawn()
        self.nats.wait(self.nats.process)


async def publish(wire: Wire, links: list[UUID], until: asyncio.Event) -> int:
    """One version of all things after the other; what the server did not confirm is published again, with the rest."""
    version = 0
    while not until.is_set():
        version += 1
        await eventually(lambda: _published(wire, links, version), within=30)  # noqa: B023
    return version


async def _published(wire: Wire, links: list[UUID], version: int) -> bool:
    try:
        async with asyncio.timeout(2):
            told = [wire.jetstream.publish_async(*_message(link, version)) for link in links]
            await asyncio.gather(*[await each for each in told])
    except (nats.errors.Error, JetStreamError, TimeoutError, OSError):
        return False
    return True


def _message(link: UUID, version: int) -> tuple[str, bytes, float, str, dict[str, str]]:
    subject, body, headers = message_of(accepted(link), version)
    return subject, body, 5.0, "clients", headers


@pytest.mark.parametrize("inbox", [True, False], ids=["with an inbox", "without"])
async def test_whatever_happens_each_event_takes_effect_in_order_and_with_an_inbox_once(
    wire: Wire, owner_url: str, nats_server: Nats, *, inbox: bool
) -> None:
    links, ended = [uuid4() for _ in range(THINGS)], asyncio.Event()
    watching = await asyncpg.connect(owner_url)
    work = Work(wire.nats.url, wire.nats.passwords[ADMIN], owner_url, ack_wait=0.5, inbox=inbox, fails_one_in=200)

    with mortals(work) as do:
        publishing = asyncio.create_task(publish(wire, links, ended))
        await Fate(do, nats_server).strike(SECONDS)
        ended.set()
        versions = await publishing

        async def all_there() -> bool:
            query = "SELECT count(*) = $1 FROM (SELECT DISTINCT link, version FROM effect) AS distinct_"
            return bool(await watching.fetchval(query, versions * THINGS))

        await eventually(all_there, within=60)

    seen: dict[UUID, list[int]] = defaultdict(list)
    for link, version in await watching.fetch("SELECT link, version FROM effect ORDER BY id"):
        if inbox or version not in seen[link]:
            seen[link].append(version)
    await watching.close()
    assert seen == {link: list(range(1, versions + 1)) for link in links}
