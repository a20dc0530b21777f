"""From a commit to a subscriber's handler, at 200 events a second, beside JetStream alone.

Ours: one process commits through the outbox, the worker of notify tells, and we handle. The floor: we publish, with
acknowledgement, and handle.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
from fullmakt.events import Context, DeliverySettled, Subscriber
from nats.aio.msg import Msg

from libs.local.system import System
from libs.shared.bus import Bus
from tests.bench.committing import RATE, SECONDS
from tests.bench.figure import Figure, at_most
from tests.kit import eventually
from tests.wire import ADMIN

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5


class Ours:
    """Commits elsewhere, handled here; the first round is for warming up."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.handled: dict[UUID, float] = {}
        self.taken: list[float] = []

    async def handle(self, event: DeliverySettled, _: Context) -> None:
        """Note when."""
        self.handled[event.delivery_id] = time.monotonic()

    async def measure(self) -> None:
        """One round: milliseconds from each commit's return to its handler."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(b"\n")
        committed = msgspec.json.decode(await self.process.stdout.readline(), type=dict[UUID, float])

        async def all_handled() -> bool:
            return committed.keys() <= self.handled.keys()

        await eventually(all_handled, within=30)
        self.taken += [1000 * (self.handled[each] - began) for each, began in committed.items()]


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
            self.taken.append(1000 * (time.monotonic() - float(message.data[:20])))

        subscription = await self.jetstream.subscribe("bare", cb=handle)
        yield
        await subscription.unsubscribe()

    async def measure(self) -> None:
        """One round, at the same rate."""
        began = time.monotonic()
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
            await self.jetstream.publish("bare", f"{time.monotonic():020.9f}".encode() + b"x" * 380)


async def to_handler() -> Figure:
    """The figure: medians over all events of all rounds but the first."""
    with System.start(ports="free", timeout=120) as system:
        status = system.status()
        bus = Bus(status.nats, ADMIN, status.nats_passwords[ADMIN])
        await bus.connect()
        async with committing(status.postgres["notify"]["app"]) as process:
            ours, floor = Ours(process), Floor(bus)
            async with following(status.nats, status.nats_passwords[ADMIN], ours.handle), floor.set_up():
                await _rounds(ours, floor)
        await bus.close()
    medians = {name: statistics.median(each.taken) for name, each in (("ours", ours), ("floor", floor))}
    return at_most(f"commit to handler at {RATE}/s", "ms", **medians, times=3)


async def _rounds(ours: Ours, floor: Floor) -> None:
    for number in range(1 + ROUNDS):
        await ours.measure()
        await floor.measure()
        if number == 0:
            ours.taken.clear()
            floor.taken.clear()


@asynccontextmanager
async def committing(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process that commits."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.committing", url, cwd=ROOT, stdin=pipe, stdout=pipe, limit=2**24
    )
    yield process
    assert process.stdin
    process.stdin.close()
    await process.wait()


@asynccontextmanager
async def following(
    url: str, password: str, handle: Callable[[DeliverySettled, Context], Awaitable[None]]
) -> AsyncIterator[None]:
    """A subscriber at work."""
    subscriber = Subscriber(url, "bench", user=ADMIN, password=password, start=datetime.now(UTC))
    subscriber.on(DeliverySettled)(handle)
    task = asyncio.create_task(subscriber.run())
    yield
    subscriber.stop()
    await task
