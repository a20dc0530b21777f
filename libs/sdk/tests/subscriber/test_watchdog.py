"""A subscription that has gone dead is noticed and made anew; servers, streams and durables may come and go."""

import asyncio
from typing import Literal
from uuid import UUID, uuid4

import nats.errors
import pytest
from fullmakt.events import LinkAccepted, LinkEnded

from libs.local.nats import Nats
from libs.shared.bus import Bus
from libs.shared.streams import ensure_streams
from tests.kit import eventually, heard
from tests.wire import Seen, Wire, accepted, ended, running


async def test_a_subscription_that_the_server_has_forgotten_is_made_anew(wire: Wire) -> None:
    seen = Seen()
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted)(seen.handle)
    async with running(subscriber):
        await wire.tell(accepted(uuid4()))
        await eventually(seen.count(1))
        for sid, subscription in list(subscriber.client._subs.items()):  # noqa: SLF001
            if not subscription.subject.endswith("*"):
                await subscriber.client._send_unsubscribe(sid)  # noqa: SLF001 - as if the server had lost it
        await heard(subscriber.client)
        await wire.tell(accepted(uuid4()))

        await eventually(seen.count(2))

    assert subscriber.metrics()["clients"].resubscribed >= 1


@pytest.mark.parametrize(("start", "before"), [("beginning", 1), ("now", 0)])
async def test_a_durable_that_is_deleted_is_made_again_and_nothing_is_lost_or_comes_twice(
    wire: Wire, start: Literal["beginning", "now"], before: int
) -> None:
    link, seen = uuid4(), Seen()
    subscriber = wire.subscriber(start=start)
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    await wire.tell(accepted(uuid4()))
    async with running(subscriber):
        await eventually(lambda: _exists(wire))
        await wire.tell(accepted(link))
        await eventually(seen.count(before + 1))
        await wire.jetstream.delete_consumer("clients", "billing")
        await wire.tell(ended(link))

        await eventually(seen.count(before + 2))

    assert seen.versions(link) == [1, 2]
    assert len(seen.calls) == before + 2


async def _exists(wire: Wire) -> bool:
    return "billing" in [consumer.name for consumer in await wire.jetstream.consumers_info("clients")]


async def test_a_stream_that_is_not_there_yet_is_waited_for(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    seen = Seen()
    await wire.jetstream.delete_stream("clients")
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted)(seen.handle)
    async with running(subscriber):

        async def is_missed() -> bool:
            return "stream not found; waiting for it" in caplog.text

        await eventually(is_missed)
        admin = Bus(wire.nats.url, "admin", wire.nats.passwords["admin"])
        await admin.connect()
        await ensure_streams(admin)
        await admin.close()
        await wire.tell(accepted(uuid4()))

        await eventually(seen.count(1))


async def test_a_killed_server_is_found_again_and_each_event_handled_once(wire: Wire, nats_server: Nats) -> None:
    links, seen = [uuid4() for _ in range(50)], Seen()
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    async with running(subscriber):
        await wire.tell(*map(accepted, links))
        await eventually(seen.count(10))
        assert nats_server.process is not None
        nats_server.process.kill()
        await asyncio.to_thread(nats_server.process.wait)
        nats_server.process = nats_server.spawn()
        await asyncio.to_thread(nats_server.wait, nats_server.process)
        await eventually(lambda: _tell(wire, links), within=20)

        await eventually(seen.count(100), within=20)

    assert all(seen.versions(link) == [1, 2] for link in links)


async def _tell(wire: Wire, links: list[UUID]) -> bool:
    """Tell the ends, each once, as soon as the stream answers."""
    try:
        await wire.jetstream.stream_info("clients")
    except (nats.errors.Error, TimeoutError):
        return False
    for link in links:
        await wire.tell(ended(link))
    return True
