"""No event is passed over: whatever is lost on its way comes again, and later events of its thing wait for it."""

import asyncio
import shutil
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from fullmakt.events import Context, Event, LinkAccepted, LinkEnded, Retry, Subscriber
from fullmakt.events.subscriber import pulling
from fullmakt.events.subscriber.handling import Handling

from libs.local.nats import Nats
from tests.kit import eventually
from tests.wire import Seen, Wire, accepted, ended, running

LINKS = 200


async def _true(value: object) -> bool:
    return bool(value)


async def _tell(wire: Wire, events: list[LinkAccepted]) -> None:
    """The next version of each."""
    await asyncio.gather(*(wire.tell(event) for event in events))


async def _settled(subscriber: Subscriber) -> bool:
    return any(handling.settled and handling.metrics.handled for handling in subscriber._streams.values())  # noqa: SLF001


def _lose(subscriber: Subscriber, count: int) -> None:
    """Let so many messages be lost on their way, as those under way are when a connection breaks; then break it."""
    client, left = subscriber.client, count
    before, plain = client.stats["reconnects"], client._process_msg  # noqa: SLF001

    async def lose(sid: int, *message: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            assert client._transport is not None  # noqa: SLF001
            client._transport.close()  # type: ignore[no-untyped-call]  # noqa: SLF001
        if client.stats["reconnects"] > before:
            client._process_msg = plain  # type: ignore[method-assign]  # noqa: SLF001
            await plain(sid, *message)

    client._process_msg = lose  # type: ignore[assignment, method-assign]  # noqa: SLF001


def _forget(subscriber: Subscriber) -> None:
    """As if the server had lost our subscription."""
    for sid, subscription in list(subscriber.client._subs.items()):  # noqa: SLF001
        if not subscription.subject.endswith("*"):
            subscriber.client._remove_sub(sid)  # noqa: SLF001


@pytest.mark.parametrize("fault", [partial(_lose, count=20), _forget], ids=["connection cut", "subscription gone"])
async def test_what_is_lost_on_its_way_comes_again_before_later_events_of_its_thing(
    wire: Wire, fault: Callable[[Subscriber], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault is _forget:
        monkeypatch.setattr(pulling, "HEARTBEAT", 0.1)
        monkeypatch.setattr(pulling, "SILENT", 0.3)  # as in earnest, it is found out before the ack wait is over
    events, seen = [accepted(uuid4()) for _ in range(LINKS)], Seen()
    subscriber = wire.subscriber(ack_wait=1.5)

    subscriber.on(LinkAccepted)(seen.handle)
    async with running(subscriber):
        await wire.tell(accepted(uuid4()))
        await eventually(lambda: _settled(subscriber))
        await _tell(wire, events)
        await eventually(seen.count(1 + LINKS))
        fault(subscriber)
        await _tell(wire, events)
        await eventually(lambda: _true(fault is _forget or subscriber.client.stats["reconnects"]))
        await _tell(wire, events)
        await eventually(seen.count(1 + LINKS * 3), within=30)

    assert [seen.versions(event.link_id) for event in events] == [[1, 2, 3]] * LINKS


async def test_another_event_under_the_number_of_one_in_hand_is_no_repetition(wire: Wire, nats_server: Nats) -> None:
    """The server's store went back to an older copy, and its stream was filled again in another order."""
    bad, others, seen = uuid4(), [uuid4() for _ in range(3)], Seen()
    subscriber = wire.subscriber(retry=Retry(attempts=1))

    @subscriber.on(LinkAccepted, LinkEnded)
    async def handle(event: Event, context: Context) -> None:
        if event.thing_id() == bad:
            raise RuntimeError("never")
        await seen.handle(event, context)

    async with running(subscriber):
        await wire.tell(accepted(others[0]))
        await eventually(seen.count(1))
        await eventually(lambda: _read(wire))
        await asyncio.to_thread(_away, nats_server)
        copy = nats_server.home / "copy"
        shutil.copytree(nats_server.home / "store", copy)
        await asyncio.to_thread(_back, nats_server)
        await eventually(lambda: _answers(wire), within=20)
        await wire.tell(accepted(bad))
        await eventually(lambda: _true(subscriber.dead_letters()))

        await asyncio.to_thread(_away, nats_server)
        shutil.rmtree(nats_server.home / "store")
        copy.rename(nats_server.home / "store")
        await asyncio.to_thread(_back, nats_server)
        await eventually(lambda: _answers(wire), within=20)
        await wire.tell(accepted(others[1]), accepted(others[2]))
        await eventually(seen.count(3), within=20)
        await eventually(lambda: _read(wire))

    assert seen.things() == others


async def _read(wire: Wire) -> bool:
    return await wire.unacknowledged() == 0


def _away(nats: Nats) -> None:
    nats.stop()


def _back(nats: Nats) -> None:
    nats.process = nats.spawn()
    nats.wait(nats.process)


async def _answers(wire: Wire) -> bool:
    try:
        await wire.jetstream.stream_info("clients")
    except Exception:  # noqa: BLE001 - whatever is wrong, it is not there yet
        return False
    return True


async def test_what_waits_for_an_earlier_event_costs_no_transactions_meanwhile(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, begun = Seen(), 0
    holding, subscriber = wire.subscriber(ack_wait=1.5), wire.subscriber(ack_wait=1.5)
    held = asyncio.Event()

    @holding.on(LinkAccepted, LinkEnded)
    async def hang(*_: object) -> None:
        held.set()
        await asyncio.Event().wait()

    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    events = [accepted(uuid4()) for _ in range(100)]
    await wire.tell(*events)
    task = asyncio.create_task(holding.run())
    await held.wait()
    transport = holding.client._transport  # noqa: SLF001
    holding.client.options["allow_reconnect"] = False
    assert transport is not None
    transport.close()  # type: ignore[no-untyped-call]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await wire.tell(*(ended(event.link_id) for event in events))

    plain = Handling._within_transaction  # noqa: SLF001

    async def counted(self: Handling, deliveries: object) -> object:
        nonlocal begun
        begun += 1
        return await plain(self, deliveries)  # type: ignore[arg-type]

    monkeypatch.setattr(Handling, "_within_transaction", counted)
    async with running(subscriber):
        await eventually(seen.count(200))

    assert all(seen.versions(event.link_id) == [1, 2] for event in events)
    assert begun <= 500
