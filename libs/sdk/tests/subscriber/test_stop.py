"""Stopping: at once where nothing is under way, within the grace in any case; nothing is kept from the next."""

import asyncio
import os
import signal
import time
from typing import Any
from uuid import uuid4

import pytest
from fullmakt.events import Context, Event, LinkAccepted, LinkEnded, MemoryInbox, Subscriber

from libs.local.nats import Nats
from libs.local.ports import choose_ports
from tests.kit import eventually
from tests.wire import Seen, Wire, accepted, ended, running


async def test_told_to_stop_before_it_runs_it_does_not_begin(wire: Wire) -> None:
    seen = Seen()
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted)(seen.handle)
    await wire.tell(accepted(uuid4()))

    subscriber.stop()
    await asyncio.wait_for(subscriber.run(), 2)

    assert seen.calls == []


async def test_it_stops_at_once_while_the_server_is_away() -> None:
    port = choose_ports(["nats"], "free")["nats"]
    subscriber = Subscriber(f"nats://127.0.0.1:{port}", "billing", password="secret")
    subscriber.on(LinkAccepted)(Seen().handle)
    task = asyncio.create_task(subscriber.run())
    await eventually(lambda: _true(subscriber.client.is_connecting or subscriber.client.last_error is not None))

    subscriber.stop()

    await asyncio.wait_for(task, 2)


async def _true(value: bool) -> bool:  # noqa: FBT001
    return value


class Away(MemoryInbox):
    """An inbox whose database can't be reached."""

    asked = False

    async def last_versions(self, *_: Any) -> Any:
        """Fail."""
        self.asked = True
        raise ConnectionRefusedError


async def test_it_stops_while_the_database_is_away_and_gives_its_events_back(wire: Wire) -> None:
    inbox, seen = Away(), Seen()
    subscriber, next_one = wire.subscriber(inbox=inbox, ack_wait=600), wire.subscriber(ack_wait=600)
    subscriber.on(LinkAccepted)(Seen().handle)
    next_one.on(LinkAccepted)(seen.handle)
    await wire.tell(accepted(uuid4()))
    task = asyncio.create_task(subscriber.run())
    await eventually(lambda: _true(inbox.asked))

    subscriber.stop()
    await asyncio.wait_for(task, 5)

    async with running(next_one):
        await eventually(seen.count(1))


async def test_a_handler_that_never_returns_is_broken_off_after_the_grace_and_its_event_is_not_lost(wire: Wire) -> None:
    link, begun, seen = uuid4(), asyncio.Event(), Seen()
    hanging, next_one = wire.subscriber(grace=0.2, ack_wait=600), wire.subscriber(ack_wait=600)

    @hanging.on(LinkAccepted)
    async def hang(*_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    next_one.on(LinkAccepted)(seen.handle)
    await wire.tell(accepted(link))
    task = asyncio.create_task(hanging.run())
    await begun.wait()

    hanging.stop()
    await asyncio.wait_for(task, 5)

    async with running(next_one):
        await eventually(seen.count(1))
    assert seen.versions(link) == [1]


async def test_a_handler_may_stop_its_subscriber(wire: Wire) -> None:
    seen = Seen()
    subscriber = wire.subscriber()

    @subscriber.on(LinkAccepted)
    async def last(event: LinkAccepted, context: Context) -> None:
        await seen.handle(event, context)
        subscriber.stop()

    await wire.tell(accepted(uuid4()), accepted(uuid4()))
    await asyncio.wait_for(subscriber.run(), 5)

    assert len(seen.calls) == 1
    assert await wire.unacknowledged() == 1


async def test_what_was_on_its_way_when_told_to_stop_goes_to_the_next_at_once(wire: Wire) -> None:
    links, seen = [uuid4() for _ in range(500)], Seen()
    await asyncio.gather(*(wire.tell(accepted(link)) for link in links))
    first, next_one = wire.subscriber(ack_wait=600), wire.subscriber(ack_wait=600)

    @first.on(LinkAccepted)
    async def stop(event: Event, context: Context) -> None:
        await seen.handle(event, context)
        connection = first.client._transport._io_reader._transport  # type: ignore[union-attr]  # noqa: SLF001
        connection.pause_reading()
        asyncio.get_running_loop().call_later(0.2, connection.resume_reading)
        first.stop()

    next_one.on(LinkAccepted)(seen.handle)
    await asyncio.wait_for(first.run(), 5)
    async with running(next_one):
        await eventually(seen.count(500))

    assert sorted(seen.things()) == sorted(links)


async def test_it_stops_within_the_grace_while_the_server_stands_still(wire: Wire, nats_server: Nats) -> None:
    seen = Seen()
    subscriber = wire.subscriber(grace=1)
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    await wire.tell(accepted(link := uuid4()), ended(link))
    task = asyncio.create_task(subscriber.run())
    await eventually(seen.count(2))
    assert nats_server.process is not None

    os.kill(nats_server.process.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        subscriber.stop()
        await asyncio.wait_for(task, 15)
        took = time.monotonic() - began
    finally:
        os.kill(nats_server.process.pid, signal.SIGCONT)

    assert took < 12


async def test_a_subscriber_runs_once(wire: Wire) -> None:
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted)(Seen().handle)
    async with running(subscriber):
        await eventually(lambda: _true(subscriber.client.is_connected))

        with pytest.raises(RuntimeError, match="runs once"):
            await subscriber.run()
        with pytest.raises(RuntimeError, match="before it runs"):
            subscriber.on(LinkEnded)

    with pytest.raises(RuntimeError, match="runs once"):
        await subscriber.run()
