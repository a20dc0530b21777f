"""Commits events at a rate, as a service's api does, in a process of its own: `python -m tests.bench.committing URL`.

For each line on standard input it commits for some seconds, and answers with a line of JSON: the thing of each event,
and when its commit returned, on the clock that all processes share.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
from fullmakt.events import DeliverySettled

from libs.shared.database import Database, Versioned

RATE = 200
SECONDS = 2


class Thing(Versioned):
    """Something that events tell of, kept nowhere."""

    def __init__(self) -> None:
        self.version = 0


async def commit(database: Database, committed: dict[str, float]) -> None:
    """Commit one event: of a type that no service of ours listens to, so that the worker does nothing but tell it."""
    event = DeliverySettled(
        delivery_id=uuid4(),
        organisation_id=uuid4(),
        organisation_kind="agency",
        person_id=uuid4(),
        channel="mail",
        template="bench",
        outcome="sent",
        settled_at=datetime.now(UTC),
    )
    async with database.begin(event.organisation_id) as tx:
        tx.emit(event, of=Thing())
    committed[str(event.delivery_id)] = time.monotonic()


async def paced(database: Database) -> dict[str, float]:
    """Commit at the rate, whatever each takes."""
    committed: dict[str, float] = {}
    began, under_way = time.monotonic(), []
    for number in range(RATE * SECONDS):
        await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
        under_way.append(asyncio.create_task(commit(database, committed)))
    await asyncio.gather(*under_way)
    return committed


async def main(url: str) -> None:
    """Commit when told."""
    database = Database(url, source="notify", pool_size=5)
    while await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(msgspec.json.encode(await paced(database)).decode() + "\n")
        sys.stdout.flush()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
