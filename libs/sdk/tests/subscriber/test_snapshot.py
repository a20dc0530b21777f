"""Beginning with a snapshot: all there is, then what comes, with nothing left out and nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from fullmakt.client import AsyncFullmakt
from fullmakt.client.errors import NoAnswerError
from fullmakt.client.models.clients import SnapshotItem, SnapshotPage
from fullmakt.events import (
    Context,
    Event,
    Filter,
    LinkAccepted,
    LinkEnded,
    MemoryInbox,
    Retry,
    Snapshot,
    VerificationDecided,
)
from msgspec import json

from tests.kit import eventually
from tests.wire import AGENCY, COMPANY, Seen, Wire, accepted, ended, message_of, running


def item(event: Event, version: int) -> SnapshotItem:
    """An event as the snapshot gives it."""
    subject, body, headers = message_of(event, version)
    return SnapshotItem(
        stream=event.stream,
        subject=subject,
        thing=event.thing_id(),
        version=version,
        headers=headers,
        body=json.decode(body),
    )


class Served:
    """Pages as clients' API gives them; `between` is awaited after the first."""

    def __init__(self, *pages: list[SnapshotItem], between: Any = None) -> None:
        self._pages = pages
        self._between = between
        self.asked: dict[str, Any] = {}
        self.clients = self

    def read_snapshot(self, **asked: Any) -> "Served":
        """Note what was asked for."""
        self.asked = asked
        return self

    async def pages(self) -> AsyncIterator[SnapshotPage]:
        """The pages."""
        for number, items in enumerate(self._pages):
            if number == 1 and self._between is not None:
                await self._between()
            yield SnapshotPage(items=items, next=None)

    def snapshot(self) -> Snapshot:
        """To start with."""
        return Snapshot(cast(AsyncFullmakt, self))


async def test_what_there_was_comes_first_then_what_is_told_meanwhile_and_afterwards(wire: Wire) -> None:
    old, changed, new, seen = uuid4(), uuid4(), uuid4(), Seen()

    async def meanwhile() -> None:
        wire.versions[changed] = 1
        await wire.tell(ended(changed), accepted(new))

    served = Served([item(accepted(old), 1), item(accepted(changed), 1)], [item(ended(old), 2)], between=meanwhile)
    await wire.tell(accepted(old))
    subscriber = wire.subscriber(start=served.snapshot())
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)

    async with running(subscriber):
        await eventually(seen.count(5))
        await wire.tell(ended(new))
        await eventually(seen.count(6))

    assert (seen.versions(old), seen.versions(changed), seen.versions(new)) == ([1, 2], [1, 2], [1, 2])
    assert seen.things()[:3] == [old, changed, old]
    assert sorted(served.asked["type"]) == ["fullmakt.clients.link.accepted.v1", "fullmakt.clients.link.ended.v1"]


async def test_what_stands_in_the_snapshot_and_comes_by_the_stream_too_is_handled_once(wire: Wire) -> None:
    link, seen = uuid4(), Seen()

    async def meanwhile() -> None:
        await wire.tell(accepted(link), ended(link), accepted(uuid4()))

    served = Served([], [item(accepted(link), 1), item(ended(link), 2)], between=meanwhile)
    subscriber = wire.subscriber(start=served.snapshot())
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)

    async with running(subscriber):
        await eventually(seen.count(3))

    assert seen.versions(link) == [1, 2]
    assert subscriber.metrics()["clients"].duplicates == 2


async def test_however_many_things_the_snapshot_has_none_is_set_back_by_what_overlaps(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryInbox.__init__, "__defaults__", (2,))
    link, others, seen = uuid4(), [uuid4() for _ in range(5)], Seen()

    async def meanwhile() -> None:
        await wire.tell(accepted(link), ended(link), accepted(uuid4()))

    pages = [item(accepted(link), 1), item(ended(link), 2)], [item(accepted(other), 1) for other in others]
    subscriber = wire.subscriber(start=Served(*pages, between=meanwhile).snapshot())
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)

    async with running(subscriber):
        await eventually(seen.count(8))

    assert seen.versions(link) == [1, 2]


async def test_one_agencys_snapshot_is_asked_for(wire: Wire) -> None:
    link, seen = uuid4(), Seen()
    served = Served([item(accepted(link), 1), item(accepted(uuid4(), company=uuid4()), 1)])
    subscriber = wire.subscriber(start=served.snapshot(), only=Filter(agency=AGENCY, company=COMPANY))
    subscriber.on(LinkAccepted)(seen.handle)

    async with running(subscriber):
        await eventually(seen.count(1))

    assert served.asked["tenant"] == AGENCY
    assert seen.things() == [link]


async def test_stopped_half_way_the_next_process_begins_with_the_snapshot_again(wire: Wire) -> None:
    links, seen = [uuid4(), uuid4()], Seen()
    first = wire.subscriber()

    async def stop() -> None:
        first.stop()

    pages = [[item(accepted(link), 1)] for link in links]
    first.start = Served(*pages, between=stop).snapshot()
    first.on(LinkAccepted)(Seen().handle)
    await first.run()

    second = wire.subscriber(start=Served(*pages).snapshot())
    second.on(LinkAccepted)(seen.handle)
    async with running(second):
        await eventually(seen.count(2))

    assert seen.things() == links


async def test_once_through_the_next_process_goes_on_without_it(wire: Wire) -> None:
    link, first, second = uuid4(), Seen(), Seen()
    subscriber = wire.subscriber(start=Served([item(accepted(link), 1)]).snapshot())
    subscriber.on(LinkAccepted, LinkEnded)(first.handle)
    async with running(subscriber):
        await eventually(first.count(1))

        async def noted() -> bool:
            config = (await wire.jetstream.consumer_info("clients", "billing")).config
            return (config.metadata or {}).get("fullmakt-bootstrap") == "done"

        await eventually(noted)
    wire.versions[link] = 1
    await wire.tell(ended(link))

    later = wire.subscriber(start=Served([item(accepted(uuid4()), 1)]).snapshot())
    later.on(LinkAccepted, LinkEnded)(second.handle)
    async with running(later):
        await eventually(second.count(1))

    assert second.versions(link) == [2]
    assert second.things() == [link]


async def test_an_event_of_the_snapshot_that_fails_is_tried_again(wire: Wire) -> None:
    link, calls = uuid4(), list[UUID]()
    subscriber = wire.subscriber(
        start=Served([item(accepted(link), 1)]).snapshot(), retry=Retry(attempts=5, first_pause=0.01)
    )

    @subscriber.on(LinkAccepted)
    async def handle(event: LinkAccepted, _: Context) -> None:
        calls.append(event.link_id)
        if len(calls) < 3:
            raise RuntimeError("not this time")

    async with running(subscriber):
        await eventually(lambda: _long_enough(calls, 3))

    assert calls == [link] * 3


async def _long_enough(calls: list[UUID], count: int) -> bool:
    return len(calls) >= count


async def test_an_event_of_the_snapshot_that_is_given_up_on_ends_the_run(wire: Wire) -> None:
    subscriber = wire.subscriber(
        start=Served([item(accepted(uuid4()), 1)]).snapshot(), retry=Retry(attempts=2, first_pause=0.01)
    )

    @subscriber.on(LinkAccepted)
    async def fail(*_: object) -> None:
        raise RuntimeError("never")

    with pytest.raises(ExceptionGroup) as raised:
        await asyncio.wait_for(subscriber.run(), 10)

    assert raised.group_contains(Exception, match="billing/clients: clients.link.accepted.v1")


async def test_without_the_snapshot_that_is_due_nothing_is_followed(wire: Wire) -> None:
    first, seen = wire.subscriber(), Seen()

    async def stop() -> None:
        first.stop()

    first.start = Served([], [], between=stop).snapshot()
    first.on(LinkAccepted)(seen.handle)
    await first.run()
    later = wire.subscriber()
    later.on(LinkAccepted)(seen.handle)

    with pytest.raises(ExceptionGroup) as raised:
        await later.run()

    assert raised.group_contains(ValueError, match="give it one")


async def test_what_the_vendor_tells_is_in_no_snapshot_and_the_run_says_so(wire: Wire) -> None:
    subscriber, seen = wire.subscriber(start=Served([], []).snapshot()), Seen()
    subscriber.on(LinkAccepted, VerificationDecided)(seen.handle)

    with pytest.raises(ValueError, match="no snapshot has VerificationDecided: follow it in a subscriber with another"):
        await subscriber.run()


class Broken(Served):
    """Fails after the first page, so many times."""

    def __init__(self, *pages: list[SnapshotItem], times: int) -> None:
        super().__init__(*pages)
        self.times = times

    async def pages(self) -> AsyncIterator[SnapshotPage]:
        """The first, and the others once it doesn't fail any more."""
        async for page in super().pages():
            yield page
            if self.times:
                self.times -= 1
                raise NoAnswerError("the service does not answer")


async def test_a_service_that_is_away_half_way_is_waited_for_and_the_snapshot_begun_again(wire: Wire) -> None:
    links, seen = [uuid4() for _ in range(3)], Seen()
    served = Broken(*([item(accepted(link), 1)] for link in links), times=2)
    subscriber = wire.subscriber(start=served.snapshot())
    subscriber.on(LinkAccepted)(seen.handle)

    async with running(subscriber):
        await eventually(seen.count(3))

    assert seen.things() == links


async def test_a_durable_that_is_deleted_is_made_again_with_the_snapshot_before_it(wire: Wire) -> None:
    links, seen = [uuid4() for _ in range(3)], Seen()
    items = [item(accepted(link), 7) for link in links]
    subscriber = wire.subscriber(start=Served(items).snapshot(), ack_wait=600)
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)

    async with running(subscriber):
        await eventually(seen.count(3))
        wire.versions[links[0]] = 7
        await wire.tell(ended(links[0]))
        await eventually(seen.count(4))
        items += [item(accepted(new := uuid4()), 7)]
        await wire.jetstream.delete_consumer("clients", "billing")
        await eventually(seen.count(5))
        await wire.tell(ended(new))
        wire.versions[new] = 7
        await wire.tell(ended(new))
        await eventually(seen.count(6))

    assert [seen.versions(link) for link in (*links, new)] == [[7, 8], [7], [7], [7, 8]]
