"""Following: typed events, once each, in the order of their things."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from fullmakt.cloudevents import Envelope
from fullmakt.events import (
    Context,
    Event,
    Filter,
    GrantsChanged,
    LinkAccepted,
    LinkEnded,
    OrganisationChanged,
    PersonChanged,
)
from msgspec import json

from tests.kit import eventually
from tests.wire import (
    AGENCY,
    COMPANY,
    Seen,
    Wire,
    accepted,
    crash,
    ended,
    message_of,
    running,
)


async def test_handlers_get_typed_events_and_their_envelope_in_order(wire: Wire) -> None:
    link, seen = uuid4(), Seen()
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    await wire.tell(accepted(link), ended(link))

    async with running(subscriber):
        await eventually(seen.count(2))

    assert [type(event) for event, _ in seen.calls] == [LinkAccepted, LinkEnded]
    assert seen.versions(link) == [1, 2]
    context = seen.calls[0][1]
    assert isinstance(context.envelope, Envelope)
    assert (context.envelope.subject, context.attempt, context.tx) == (link, 1, None)


async def test_what_has_been_handled_is_not_handled_again_by_the_next_process(wire: Wire) -> None:
    first, second = Seen(), Seen()
    await wire.tell(accepted(uuid4()))
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted)(first.handle)
    async with running(subscriber):
        await eventually(first.count(1))
    link = uuid4()
    await wire.tell(accepted(link))

    later = wire.subscriber()
    later.on(LinkAccepted)(second.handle)
    async with running(later):
        await eventually(second.count(1))

    assert second.things() == [link]


async def test_an_event_published_twice_is_handled_once(wire: Wire) -> None:
    link, seen = uuid4(), Seen()
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    await wire.tell(accepted(link), ended(link))
    await wire.tell_again(accepted(link), 1)
    await wire.tell(accepted(uuid4()))

    async with running(subscriber):
        await eventually(seen.count(3))

    assert seen.versions(link) == [1, 2]
    assert subscriber.metrics()["clients"].duplicates == 1


async def test_only_one_agencys_events_come_when_asked_for(wire: Wire) -> None:
    seen, theirs = Seen(), uuid4()
    subscriber = wire.subscriber(only=Filter(agency=AGENCY))
    subscriber.on(LinkAccepted)(seen.handle)
    await wire.tell(accepted(uuid4(), agency=uuid4()), accepted(theirs), accepted(uuid4(), agency=uuid4()))

    async with running(subscriber):
        await eventually(seen.count(1))
        await wire.tell(last := accepted(uuid4()))
        await eventually(seen.count(2))

    assert seen.things() == [theirs, last.link_id]


async def test_only_one_companys_events_come_when_asked_for(wire: Wire) -> None:
    seen, theirs = Seen(), uuid4()
    subscriber = wire.subscriber(only=Filter(company=COMPANY))
    subscriber.on(LinkAccepted)(seen.handle)
    await wire.tell(accepted(uuid4(), company=uuid4()), accepted(theirs))

    async with running(subscriber):
        await eventually(seen.count(1))

    assert seen.things() == [theirs]


async def test_types_without_a_handler_are_not_sent_to_us(wire: Wire) -> None:
    link, seen = uuid4(), Seen()
    subscriber = wire.subscriber()
    subscriber.on(LinkEnded)(seen.handle)
    await wire.tell(accepted(link), ended(link))

    async with running(subscriber):
        await eventually(seen.count(1))

    assert seen.versions(link) == [2]
    assert subscriber.metrics()["clients"].received == 1


def test_people_cannot_be_filtered_by_a_tenant(wire: Wire) -> None:
    subscriber = wire.subscriber(only=Filter(agency=AGENCY))

    with pytest.raises(ValueError, match="PersonChanged is not told by agency"):
        subscriber.on(PersonChanged)(Seen().handle)


def test_a_type_has_one_handler(wire: Wire) -> None:
    subscriber = wire.subscriber()
    subscriber.on(LinkEnded)(Seen().handle)

    with pytest.raises(ValueError, match="LinkEnded has a handler already"):
        subscriber.on(LinkEnded)(Seen().handle)


async def test_without_a_handler_there_is_nothing_to_run(wire: Wire) -> None:
    with pytest.raises(ValueError, match="register a handler"):
        await wire.subscriber().run()


async def test_starting_now_leaves_out_what_was_told_before(wire: Wire) -> None:
    seen = Seen()
    subscriber = wire.subscriber(start="now")
    subscriber.on(LinkAccepted)(seen.handle)
    await wire.tell(accepted(uuid4()))

    async with running(subscriber):

        async def there() -> bool:
            return "billing" in [c.name for c in await wire.jetstream.consumers_info("clients")]

        await eventually(there)
        await wire.tell(new := accepted(uuid4()))
        await eventually(seen.count(1))

    assert seen.things() == [new.link_id]


async def test_starting_at_a_sequence_begins_there(wire: Wire) -> None:
    seen = Seen()
    events = [accepted(uuid4()) for _ in range(4)]
    await wire.tell(*events)
    subscriber = wire.subscriber(start=3)
    subscriber.on(LinkAccepted)(seen.handle)

    async with running(subscriber):
        await eventually(seen.count(2))

    assert seen.things() == [event.link_id for event in events[2:]]


async def test_starting_at_a_time_begins_with_what_was_told_from_then_on(wire: Wire) -> None:
    seen = Seen()
    await wire.tell(accepted(uuid4()))
    stored = await wire.jetstream.get_last_msg("clients", "fullmakt.>")
    begin = datetime.fromisoformat(str(stored.time)) if stored.time else datetime.now(UTC)
    await eventually(lambda: _after(begin))
    between = datetime.now(UTC)
    await wire.tell(new := accepted(uuid4()))
    subscriber = wire.subscriber(start=between)
    subscriber.on(LinkAccepted)(seen.handle)

    async with running(subscriber):
        await eventually(seen.count(1))

    assert seen.things() == [new.link_id]


async def _after(moment: datetime) -> bool:
    return datetime.now(UTC) > moment


def test_a_start_without_a_time_zone_is_refused(wire: Wire) -> None:
    with pytest.raises(ValueError, match="zone"):
        wire.subscriber(start=datetime(2026, 11, 1))  # noqa: DTZ001


async def test_a_message_that_is_no_event_of_its_stream_is_dropped(wire: Wire) -> None:
    link, seen = uuid4(), Seen()
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted)(seen.handle)
    subject, body, headers = message_of(accepted(link), 1)
    await wire.jetstream.publish(subject, body, headers=headers | {"ce-type": "fullmakt.clients.link.ended.v1"})
    await wire.jetstream.publish(subject, b"{}", headers={"hello": "there"})
    await wire.tell(accepted(link))

    async with running(subscriber):
        await eventually(seen.count(1))

        async def all_read() -> bool:
            return await wire.unacknowledged() == 0

        await eventually(all_read)

    assert len(seen.calls) == 1
    assert subscriber.metrics()["clients"].refused == 2


async def test_fields_that_we_do_not_know_yet_are_ignored(wire: Wire) -> None:
    seen = Seen()
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted)(seen.handle)
    event = accepted(uuid4())
    subject, body, headers = message_of(event, 1)
    await wire.jetstream.publish(subject, json.encode(json.decode(body) | {"new": {"from": "later"}}), headers=headers)

    async with running(subscriber):
        await eventually(seen.count(1))

    assert seen.things() == [event.link_id]


async def test_two_of_one_name_take_turns_and_each_thing_stays_in_order(wire: Wire) -> None:
    links, seen = [uuid4() for _ in range(20)], Seen()
    pair = [wire.subscriber(), wire.subscriber()]
    for subscriber in pair:
        subscriber.on(LinkAccepted, LinkEnded)(seen.handle)

    async with running(pair[0]):
        await wire.tell(*map(accepted, links), *map(ended, links))
        async with running(pair[1]):
            await wire.tell(*map(accepted, links), *map(ended, links))
            await eventually(seen.count(80))
        await wire.tell(*map(accepted, links))
        await eventually(seen.count(100))

    assert all(seen.versions(link) == [1, 2, 3, 4, 5] for link in links)


async def test_after_a_crash_a_later_event_waits_for_the_earlier_one_that_was_under_way(wire: Wire) -> None:
    link, seen, begun = uuid4(), Seen(), asyncio.Event()
    crashing, next_one = wire.subscriber(), wire.subscriber()

    @crashing.on(LinkAccepted, LinkEnded)
    async def hang(*_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    next_one.on(LinkAccepted, LinkEnded)(seen.handle)
    first = Seen()
    before = wire.subscriber()
    before.on(LinkAccepted, LinkEnded)(first.handle)
    await wire.tell(accepted(link))
    async with running(before):
        await eventually(first.count(1))
    await wire.tell(ended(link))
    task = asyncio.create_task(crashing.run())
    await begun.wait()

    await crash(crashing, task)
    await wire.tell(accepted(link))
    async with running(next_one):
        await eventually(seen.count(2))

    assert seen.versions(link) == [2, 3]


async def test_a_graceful_stop_finishes_the_event_under_way_and_gives_back_the_rest_at_once(wire: Wire) -> None:
    link, first, second, begun, go_on = uuid4(), Seen(), Seen(), asyncio.Event(), asyncio.Event()
    stopping, next_one = wire.subscriber(ack_wait=600), wire.subscriber(ack_wait=600)

    @stopping.on(LinkAccepted)
    async def slowly(event: LinkAccepted, context: Context) -> None:
        begun.set()
        await go_on.wait()
        await first.handle(event, context)

    next_one.on(LinkAccepted)(second.handle)
    await wire.tell(*[accepted(link)] * 10)
    async with running(stopping):
        await begun.wait()
        stopping.stop()
        go_on.set()
    async with running(next_one):
        await eventually(second.count(9))

    assert first.versions(link) == [1]
    assert second.versions(link) == [2, 3, 4, 5, 6, 7, 8, 9, 10]


async def test_a_handler_slower_than_the_ack_wait_is_called_once(wire: Wire) -> None:
    calls = 0
    subscriber = wire.subscriber(ack_wait=0.4)

    @subscriber.on(LinkAccepted)
    async def slow(*_: object) -> None:
        nonlocal calls
        calls += 1
        started = asyncio.get_running_loop().time()

        async def long_after() -> bool:
            return asyncio.get_running_loop().time() > started + 1.5

        await eventually(long_after)

    await wire.tell(accepted(uuid4()))
    async with running(subscriber):

        async def acknowledged() -> bool:
            return calls > 0 and await wire.unacknowledged() == 0

        await eventually(acknowledged)

    assert calls == 1
    assert subscriber.metrics()["clients"].received == 1


@pytest.mark.parametrize(
    ("kind", "only"),
    [
        (GrantsChanged, Filter(company=COMPANY)),
        (GrantsChanged, Filter(agency=AGENCY, company=COMPANY)),
        (OrganisationChanged, Filter(agency=AGENCY, company=COMPANY)),
        (PersonChanged, Filter(company=COMPANY)),
    ],
)
def test_a_filter_that_no_event_of_a_type_can_meet_is_refused(wire: Wire, kind: type[Event], only: Filter) -> None:
    with pytest.raises(ValueError, match=f"{kind.__name__} is not told by"):
        wire.subscriber(only=only).on(kind)


@pytest.mark.parametrize(
    ("kind", "only"),
    [
        (GrantsChanged, Filter(agency=AGENCY)),
        (OrganisationChanged, Filter(company=COMPANY)),
        (LinkEnded, Filter(agency=AGENCY, company=COMPANY)),
        (PersonChanged, Filter()),
    ],
)
def test_a_filter_that_events_can_meet_is_taken(wire: Wire, kind: type[Event], only: Filter) -> None:
    assert len(only.subjects([kind])) == 1
    wire.subscriber(only=only).on(kind)
