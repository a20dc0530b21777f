"""From a commit to a subscriber's handler, at 200 events a second, beside JetStream alone."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

from fullmakt.events import Context, LinkEnded, Subscriber
from nats.aio.msg import Msg

from libs.local.system import System
from libs.shared.bus import Bus
from libs.shared.database import Database, Versioned
from tests.bench.figure import Figure, at_most
from tests.kit import eventually
from tests.wire import ADMIN, ended

RATE = 200
SECONDS = 2
ROUNDS = 5


class Thing(Versioned):
    """Something that events tell of, kept nowhere."""

    def __init__(self) -> None:
        self.version = 0


async def paced(send: Callable[[], Awaitable[None]]) -> None:
    """Send at the rate, whatever each takes."""
    began = time.perf_counter()
    under_way = []
    for number in range(RATE * SECONDS):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        under_way.append(asyncio.create_task(_each(send)))
    await asyncio.gather(*under_way)


async def _each(send: Callable[[], Awaitable[None]]) -> None:
    await send()


class Ours:
    """Commits through the outbox of clients, whose worker tells them; handled by a subscriber."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.committed: dict[UUID, float] = {}
        self.handled: dict[UUID, float] = {}

    async def send(self) -> None:
        """Commit one event."""
        event = ended(uuid4())
        async with self.database.begin(event.agency_id) as tx:
            tx.emit(event, of=Thing())
        self.committed[event.link_id] = time.perf_counter()

    async def handle(self, event: LinkEnded, _: Context) -> None:
        """Note when."""
        self.handled[event.link_id] = time.perf_counter()

    async def all_handled(self) -> None:
        """Wait until every commit has come."""

        async def handled() -> bool:
            return self.committed.keys() <= self.handled.keys()

        await eventually(handled, within=30)

    def milliseconds(self) -> list[float]:
        """From each commit's return to its handler."""
        return [1000 * (self.handled[each] - began) for each, began in self.committed.items()]


class Floor:
    """Publish with acknowledgement to a push subscription's handler."""

    def __init__(self, bus: Bus) -> None:
        self.jetstream = bus.jetstream
        self.taken: list[float] = []

    @asynccontextmanager
    async def set_up(self) -> AsyncIterator[None]:
        """A stream of its own."""
        await self.jetstream.add_stream(name="bare", subjects=["bare"])

        async def handle(message: Msg) -> None:
            self.taken.append(1000 * (time.perf_counter() - float(message.data[:20])))

        subscription = await self.jetstream.subscribe("bare", cb=handle)
        yield
        await subscription.unsubscribe()

    async def send(self) -> None:
        """Publish one, of the size of an event."""
        began = time.perf_counter()
        await self.jetstream.publish("bare", f"{began:020.9f}".encode() + b"x" * 380)


async def to_handler() -> Figure:
    """The figure: medians over all events of all rounds."""
    with System.start(ports="free", timeout=120) as system:
        status = system.status()
        bus = Bus(status.nats, ADMIN, status.nats_passwords[ADMIN])
        await bus.connect()
        ours, floor = Ours(Database(status.postgres["clients"]["app"], source="clients", pool_size=5)), Floor(bus)
        subscriber = _subscriber(status.nats, status.nats_passwords[ADMIN], ours)
        following = asyncio.create_task(subscriber.run())
        async with floor.set_up():
            for _ in range(ROUNDS):
                await paced(ours.send)
                await ours.all_handled()
                await paced(floor.send)
        subscriber.stop()
        await following
        await ours.database.close()
        await bus.close()
    return at_most(
        f"commit to handler at {RATE}/s",
        "ms",
        ours=statistics.median(ours.milliseconds()),
        floor=statistics.median(floor.taken),
        times=3,
    )


def _subscriber(url: str, password: str, ours: Ours) -> Subscriber:
    subscriber = Subscriber(url, "bench", user=ADMIN, password=password, start=datetime.now(UTC))
    subscriber.on(LinkEnded)(ours.handle)
    return subscriber
