"""Handlers that do what handlers shouldn't: each keeps back its own thing alone, and nobody else pays for it."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from fullmakt.events import Context, Event, LinkAccepted, LinkEnded, Retry
from fullmakt.events.subscriber import durable, pulling

from tests.kit import eventually
from tests.wire import Seen, Wire, accepted, ended, running

QUICK = Retry(attempts=2, first_pause=0.01)


async def _true(value: object) -> bool:
    return bool(value)


async def test_a_handler_whose_own_task_was_cancelled_has_failed_and_others_go_on(wire: Wire) -> None:
    bad, good, seen = uuid4(), uuid4(), Seen()
    subscriber = wire.subscriber(retry=QUICK)

    @subscriber.on(LinkAccepted)
    async def handle(event: Event, context: Context) -> None:
        if event.thing_id() == bad:
            task = asyncio.create_task(asyncio.Event().wait())
            task.cancel()
            await task
        await seen.handle(event, context)

    await wire.tell(accepted(bad), accepted(good))
    async with running(subscriber):
        await eventually(seen.count(1))
        await eventually(lambda: _true(subscriber.dead_letters()))

    assert seen.things() == [good]


class Deferring:
    """An inbox whose transactions fail at their end if one of `bad` is in them, as by a deferred constraint."""

    def __init__(self, *bad: UUID) -> None:
        self.bad = set(bad)
        self.versions: dict[UUID, int] = {}
        self.effects: list[UUID] = []

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[list[UUID]]:
        """Commit unless."""
        tx: list[UUID] = []
        yield tx
        if self.bad & set(tx):
            raise RuntimeError("violates a deferred constraint")
        self.effects += tx

    async def last_versions(self, _: Any, __: str, things: Sequence[UUID]) -> Mapping[UUID, int]:
        """What was kept."""
        return {thing: self.versions[thing] for thing in things if thing in self.versions}

    async def save(self, tx: list[UUID], _: str, versions: Mapping[UUID, int]) -> None:
        """Keep."""
        if not self.bad & set(tx):
            self.versions |= versions


async def test_one_that_fails_when_all_is_committed_is_found_without_calling_each_again_and_again(wire: Wire) -> None:
    events, calls = [accepted(uuid4()) for _ in range(256)], 0
    inbox = Deferring(events[255].link_id)
    subscriber = wire.subscriber(inbox=inbox, retry=QUICK)

    @subscriber.on(LinkAccepted)
    async def handle(event: Event, context: Context) -> None:
        nonlocal calls
        calls += 1
        context.tx.append(event.thing_id())

    await asyncio.gather(*(wire.tell(event) for event in events))
    async with running(subscriber):
        await eventually(lambda: _true(subscriber.dead_letters()))

    assert sorted(inbox.effects) == sorted(each.link_id for each in events if each.link_id not in inbox.bad)
    assert calls < 256 * 10


async def test_a_whole_transaction_of_failures_is_given_up_on_one_by_one(wire: Wire) -> None:
    events = [accepted(uuid4()) for _ in range(256)]
    subscriber = wire.subscriber(inbox=Deferring(), retry=Retry(attempts=1))

    @subscriber.on(LinkAccepted)
    async def fail(*_: object) -> None:
        raise RuntimeError("never")

    await asyncio.gather(*(wire.tell(event) for event in events))
    async with running(subscriber):
        await eventually(lambda: _true(len(subscriber.dead_letters()) == 256))

    assert subscriber.metrics()["clients"].failures == 256
    assert {letter.stream for letter in subscriber.dead_letters()} <= {"clients"}


async def test_a_dead_letter_of_a_type_that_has_no_handler_any_more_is_let_go(wire: Wire) -> None:
    link, seen = uuid4(), Seen()
    before, after = wire.subscriber(retry=Retry(attempts=1)), wire.subscriber()

    @before.on(LinkAccepted, LinkEnded)
    async def fail(*_: object) -> None:
        raise RuntimeError("never")

    after.on(LinkEnded)(seen.handle)
    await wire.tell(accepted(link), ended(link))
    async with running(before):
        await eventually(lambda: _true(before.dead_letters()))

    async with running(after):
        await eventually(seen.count(1))
        await eventually(lambda: _read(wire))

    assert seen.versions(link) == [2]
    assert after.metrics()["clients"].failures == 0


async def _read(wire: Wire) -> bool:
    return await wire.unacknowledged() == 0


async def test_who_stood_still_for_longer_than_the_ack_wait_goes_on_with_nothing_that_another_has(wire: Wire) -> None:
    """Without an inbox: what was in hand comes to the other, and is not handled twice."""
    links, seen, woken = [uuid4() for _ in range(40)], Seen(), threading.Event()
    frozen, other = wire.subscriber(ack_wait=0.5), wire.subscriber(ack_wait=0.5)
    other.on(LinkAccepted, LinkEnded)(seen.handle)
    stood = False

    @frozen.on(LinkAccepted, LinkEnded)
    async def handle(event: Event, context: Context) -> None:
        nonlocal stood
        await seen.handle(event, context)
        if not stood:
            stood = True
            thread.start()
            woken.wait()

    def run_other() -> None:
        asyncio.run(_until_half(other, seen, woken))

    thread = threading.Thread(target=run_other)
    await wire.tell(*map(accepted, links))
    async with running(frozen):
        await eventually(seen.count(40), within=20)
        thread.join()
        await wire.tell(*map(ended, links))
        await eventually(seen.count(80), within=20)

    doubles = [link for link in links if seen.versions(link) not in ([1, 2], [1, 1, 2])]
    assert doubles == []
    assert sum(seen.versions(link) == [1, 1, 2] for link in links) <= 1, "the one under way alone"


async def _until_half(subscriber: Any, seen: Seen, woken: threading.Event) -> None:
    task = asyncio.create_task(subscriber.run())
    try:
        await eventually(lambda: _true(len(seen.calls) >= 20), within=20)
    finally:
        woken.set()
    await eventually(lambda: _true(len(seen.calls) >= 40), within=20)
    subscriber.stop()
    await task


async def test_while_a_slow_handler_works_no_other_process_is_given_anything(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "PIN_TIMEOUT", 1)
    monkeypatch.setattr(pulling, "EXPIRES", 0.4)
    monkeypatch.setattr(pulling, "HEARTBEAT", 0.15)
    waiting, working = wire.subscriber(), wire.subscriber()
    others, begun, done = Seen(), asyncio.Event(), Seen()
    waiting.on(LinkAccepted)(others.handle)

    @working.on(LinkAccepted)
    async def slowly(event: Event, context: Context) -> None:
        begun.set()
        until = time.monotonic() + 2.5
        if not done.calls:
            await eventually(lambda: _true(time.monotonic() > until))
        await done.handle(event, context)

    async with running(waiting):
        await wire.tell(accepted(uuid4()))
        await eventually(others.count(1))
        async with running(working):
            await eventually(lambda: _tell_until(wire, begun))
            before = len(others.calls)
            await eventually(lambda: _tell_until(wire, done))
            while_slow = len(others.calls) - before

    assert while_slow == 0


async def _tell_until(wire: Wire, there: asyncio.Event | Seen) -> bool:
    await wire.tell(accepted(uuid4()))
    return there.is_set() if isinstance(there, asyncio.Event) else bool(there.calls)


async def test_what_comes_while_another_event_is_tried_again_for_long_is_not_given_again(wire: Wire) -> None:
    bad, tries, seen = uuid4(), list[int](), Seen()
    subscriber = wire.subscriber(ack_wait=0.4)

    @subscriber.on(LinkAccepted)
    async def handle(event: Event, context: Context) -> None:
        if event.thing_id() == bad:
            tries.append(context.attempt)
            if len(tries) == 1:
                raise RuntimeError("not this time")
            until = time.monotonic() + 1.5
            await eventually(lambda: _true(time.monotonic() > until))
        await seen.handle(event, context)

    await wire.tell(accepted(bad))
    async with running(subscriber):
        await eventually(lambda: _true(len(tries) == 2))
        await wire.tell(*(accepted(uuid4()) for _ in range(5)))
        await eventually(seen.count(6))
        await eventually(lambda: _read(wire))
        received = subscriber.metrics()["clients"].received

    assert received == 6
