import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from fullmakt.cloudevents import from_headers, to_structured
from fullmakt.events import InvitationSent, OrganisationChanged, PersonChanged
from nats.aio.msg import Msg
from sqlalchemy import event, insert, select, text

from libs.shared import bus as bus_module
from libs.shared import inbox as inbox_module
from libs.shared.bus import Bus
from libs.shared.database import Database, Tx
from libs.shared.inbox import Consumers, Inbox, NotYetKnown
from libs.shared.progress import FOLLOWS
from libs.shared.serve import RETRY_DEAD
from libs.shared.tables import outbox
from libs.shared.tests.kit import (
    PEOPLE,
    STREAM,
    Connect,
    Thing,
    all_sent,
    cancel,
    kill,
    moments_until,
    organisation,
    person,
    relaying,
    rows,
    running,
    value,
    write,
)
from libs.shared.trace import current_trace
from services.identity.models import Organisation
from tests.kit import eventually, message_of


class Seen:
    """A service that notes each effect in its database, and fails where it is told to."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.consumers = Consumers()
        self.failing: dict[UUID, Exception] = {}
        self.tried: list[str] = []

        @self.consumers.on(InvitationSent)
        async def invited(tx: Tx, event: InvitationSent) -> None:
            await self.note(tx, event.invitation_id, event.generation)

        @self.consumers.on(PersonChanged)
        async def changed(tx: Tx, event: PersonChanged) -> None:
            await self.note(tx, event.person_id, event.name)

    async def note(self, tx: Tx, thing: UUID, what: object) -> None:
        """The effect: one more row."""
        self.tried.append(f"{thing} {what}")
        if error := self.failing.get(thing):
            raise error
        noted = {"stream": "effects", "thing": uuid4(), "version": 1, "subject": f"{thing} {what}"}
        await tx.session.execute(insert(outbox).values(headers={}, body=b"", **noted))

    def inbox(self, stream: str = STREAM) -> Inbox:
        return Inbox(self.database, self.consumers, stream)

    async def effects(self, thing: UUID | None = None) -> list[str]:
        """Effects in their order."""
        found = await rows(self.database, "SELECT subject FROM outbox WHERE stream = 'effects' ORDER BY id")
        return [row.subject for row in found if thing is None or row.subject.startswith(str(thing))]

    async def count(self) -> int:
        """How many effects there are."""
        return int(await value(self.database, "SELECT count(*) FROM outbox WHERE stream = 'effects'"))

    async def parked(self) -> list[Any]:
        query = "SELECT thing, version, attempts, retry_at, reason, dead FROM parked ORDER BY thing, version"
        return await rows(self.database, query)

    async def retry_now_once(self) -> int:
        """As the worker does, but without the wait between two attempts."""
        async with self.database.begin(None) as tx:
            await tx.session.execute(text("UPDATE parked SET retry_at = now() WHERE retry_at IS NOT NULL"))
        return await self.inbox().retry_due()

    async def retry_now(self) -> None:
        """Until nothing is due any more."""
        while await self.retry_now_once():
            pass


@pytest.fixture
def redelivered_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not acknowledged comes again after half a second."""
    monkeypatch.setattr(bus_module, "ACK_WAIT", 0.5)


@pytest.fixture
def seen(db: Database) -> Seen:
    """A service that notes what it is told."""
    return Seen(db)


def invited(thing: UUID, version: int) -> Msg:
    """A message that tells of a thing."""
    known = Thing(thing)
    known.version = version - 1
    return message_of(known.invited(), version=version)


def said(thing: UUID, *versions: object) -> list[str]:
    """Effects as they are noted."""
    return [f"{thing} {version}" for version in versions]


async def test_a_redelivered_event_takes_effect_once(seen: Seen) -> None:
    thing = uuid4()
    first, second = invited(thing, 1), invited(thing, 2)

    await seen.inbox().take([first, second, first])
    await seen.inbox().take([second])
    await seen.inbox().take([first])

    assert await seen.effects() == said(thing, 1, 2)
    assert await seen.parked() == []


async def test_a_version_that_comes_early_waits_for_the_one_before_it(seen: Seen) -> None:
    thing = uuid4()
    await seen.inbox().take([invited(thing, 1)])

    await seen.inbox().take([invited(thing, 3)])
    assert await seen.effects() == said(thing, 1)
    await seen.inbox().take([invited(thing, 2)])
    await seen.inbox().retry_due()

    assert await seen.effects() == said(thing, 1, 2, 3)
    assert await seen.parked() == []


async def test_versions_in_disorder_within_one_batch_take_effect_in_order(seen: Seen) -> None:
    thing = uuid4()

    await seen.inbox().take([invited(thing, version) for version in (4, 2, 1, 5, 3)])

    assert await seen.effects() == said(thing, 1, 2, 3, 4, 5)
    assert await seen.parked() == []


def following(message: Msg, version: int) -> Msg:
    """The message as it is sent again once all between it and this version is pruned."""
    message.headers = {**(message.headers or {}), FOLLOWS: str(version)}
    return message


async def test_a_gap_is_passed_where_the_event_tells_that_nothing_is_left_in_it(seen: Seen) -> None:
    thing = uuid4()

    await seen.inbox().take([following(invited(thing, 3), 0), following(invited(thing, 9), 3), invited(thing, 10)])
    await seen.inbox().take([invited(thing, 12), following(invited(thing, 20), 11)])

    assert await seen.effects() == said(thing, 3, 9, 10)
    assert [row.version for row in await seen.parked()] == [12, 20]


async def test_what_waits_behind_a_gap_that_nothing_is_left_in_comes_through_once_it_may(seen: Seen) -> None:
    thing = uuid4()
    await seen.inbox().take([following(invited(thing, 9), 2), invited(thing, 10), following(invited(thing, 15), 10)])
    assert await seen.effects() == []

    await seen.inbox().take([invited(thing, 1)])
    await seen.inbox().take([invited(thing, 2)])
    assert await seen.inbox().retry_due() == 3

    assert await seen.effects() == said(thing, 1, 2, 9, 10, 15)
    assert await seen.parked() == []


async def test_a_failing_event_is_not_passed_though_it_is_pruned_where_it_came_from(seen: Seen) -> None:
    thing = uuid4()
    seen.failing[thing] = ValueError("no")
    await seen.inbox().take([invited(thing, 1)])
    seen.failing.clear()

    await seen.inbox().take([following(invited(thing, 5), 0)])
    assert [row.version for row in await seen.parked()] == [1, 5]
    await seen.retry_now()

    assert await seen.effects() == said(thing, 1, 5)


async def test_a_failing_event_holds_up_its_own_thing_alone(seen: Seen) -> None:
    failing, other = uuid4(), uuid4()
    seen.failing[failing] = ValueError("no")

    mixed = [message for v in (1, 2, 3) for message in (invited(failing, v), invited(other, v))]
    await seen.inbox().take(mixed)

    assert await seen.effects() == said(other, 1, 2, 3)
    assert [(row.version, row.attempts, row.reason) for row in await seen.parked()] == [
        (1, 1, "ValueError"),
        (2, 0, "waits for an earlier version"),
        (3, 0, "waits for an earlier version"),
    ]


async def test_after_the_last_attempt_an_event_is_a_dead_letter_and_a_command_brings_it_through(seen: Seen) -> None:
    thing = uuid4()
    seen.failing[thing] = ValueError("no")
    await seen.inbox().take([invited(thing, 1), invited(thing, 2), invited(thing, 3)])

    for _ in range(inbox_module.ATTEMPTS):
        await seen.retry_now_once()
    assert [(row.version, row.attempts, row.dead) for row in await seen.parked()] == [
        (1, inbox_module.ATTEMPTS, True),
        (2, 0, False),
        (3, 0, False),
    ]
    await seen.inbox().take([invited(thing, 1)])
    assert (await seen.parked())[0].dead, "a redelivery is no command"

    seen.failing.clear()
    async with seen.database.begin(None) as tx:
        await tx.session.execute(RETRY_DEAD)
    await seen.retry_now()

    assert await seen.effects() == said(thing, 1, 2, 3)
    assert await seen.parked() == []


async def test_what_is_not_yet_known_comes_through_later(seen: Seen) -> None:
    thing = uuid4()
    seen.failing[thing] = NotYetKnown()
    await seen.inbox().take([invited(thing, 1), invited(thing, 2)])
    for _ in range(2 * inbox_module.ATTEMPTS):
        await seen.retry_now_once()
    assert not any(row.dead for row in await seen.parked())

    seen.failing.clear()
    await seen.retry_now()

    assert await seen.effects() == said(thing, 1, 2)


@pytest.mark.usefixtures("redelivered_soon")
async def test_a_crash_between_commit_and_acknowledgement_has_no_second_effect(
    seen: Seen, connect: Connect, bus: Bus
) -> None:
    thing = Thing()
    clients = await connect("clients")

    class Dies(Inbox):
        async def take(self, messages: Sequence[Msg]) -> None:
            await super().take(messages)
            raise asyncio.CancelledError

    async with relaying(seen.database, bus):
        await write(seen.database, thing, times=3)
        await eventually(lambda: all_sent(seen.database))
    with suppress(asyncio.CancelledError):
        await Dies(seen.database, seen.consumers, STREAM).run(clients)
    assert await seen.effects() == said(thing.id, 1, 2, 3)

    task = asyncio.ensure_future(seen.inbox().run(clients))

    async def settled() -> bool:
        info = await clients.jetstream.consumer_info(STREAM, "clients")
        return (info.num_ack_pending, info.num_pending) == (0, 0)

    await eventually(settled)
    await cancel(task)
    assert await seen.effects() == said(thing.id, 1, 2, 3)


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        {"ce-id": "x", "ce-type": "fullmakt.identity.invitation.sent.v1"},
        {"ce-version": "99999999999999999999999"},
        {"ce-version": "0"},
        {"ce-version": "one"},
        {"ce-subject": "nobody"},
        {"ce-time": "yesterday"},
    ],
)
async def test_a_message_that_is_no_event_is_dropped_and_blocks_nothing(
    seen: Seen, headers: dict[str, str] | None, caplog: pytest.LogCaptureFixture
) -> None:
    thing = uuid4()
    good = invited(thing, 1)
    broken = None if not headers or "ce-id" in headers else dict(good.headers or {}) | headers
    bad = Msg(_client=None, subject="x", data=b"", headers=broken or headers)  # type: ignore[arg-type]

    await seen.inbox().take([bad, good])

    assert await seen.effects() == said(thing, 1)
    assert "dropped a message that is no event" in caplog.text


async def test_an_event_in_structured_mode_counts_as_any_other(seen: Seen) -> None:
    thing = uuid4()
    messages = [invited(thing, version) for version in (1, 2, 3)]
    for message in messages[1:]:
        message.headers, message.data = to_structured(from_headers(message.headers), message.data)

    await seen.inbox().take([messages[0], messages[2]])
    assert len(await seen.parked()) == 1, "it waits for the second"
    await seen.inbox().take([messages[1]])
    await seen.inbox().retry_due()

    assert await seen.effects() == said(thing, 1, 2, 3)


async def test_a_body_that_can_not_be_read_becomes_a_parked_event(seen: Seen) -> None:
    thing, other = uuid4(), uuid4()
    bad = invited(thing, 1)
    bad.data = b'{"invitation_id": 7}'

    await seen.inbox().take([bad, invited(other, 1)])

    assert await seen.effects() == said(other, 1)
    assert [row.reason for row in await seen.parked()] == ["ValidationError"]


async def test_a_header_that_a_database_can_not_hold_blocks_nothing(seen: Seen) -> None:
    thing, other = uuid4(), uuid4()
    seen.failing[thing] = ValueError("no")
    bad = invited(thing, 1)
    bad.headers = dict(bad.headers or {}) | {"ce-actor": "a%00b", "x": "a\0b"}

    await seen.inbox().take([bad, invited(other, 1)])

    assert await seen.effects() == said(other, 1)
    assert len(await seen.parked()) == 1


async def test_an_event_of_an_unknown_type_counts_its_version(seen: Seen) -> None:
    thing = uuid4()
    unknown = invited(thing, 2)
    unknown.headers = dict(unknown.headers or {}) | {"ce-type": "fullmakt.identity.invitation.revoked.v1"}
    unknown.subject = f"fullmakt.identity.invitation.revoked.v1._.{thing}"

    await seen.inbox().take([invited(thing, 1), unknown, invited(thing, 3)])

    assert await seen.effects() == said(thing, 1, 3)


async def test_a_newer_version_of_a_latest_only_thing_outdates_a_parked_one(seen: Seen) -> None:
    thing = uuid4()
    inbox = seen.inbox(PEOPLE)
    seen.failing[thing] = ValueError("no")
    await inbox.take([message_of(person(thing, "Old"), version=2)])
    seen.failing.clear()

    await inbox.take([message_of(person(thing, "New"), version=5)])
    await inbox.take([message_of(person(thing, "Late"), version=4)])
    await inbox.retry_due()

    assert await seen.effects() == said(thing, "New")
    assert await seen.parked() == []


async def test_an_event_that_an_effect_tells_is_written_with_it_or_not_at_all(db: Database) -> None:
    consumers, told = Consumers(), Thing()

    @consumers.on(InvitationSent)
    async def tell(tx: Tx, event: InvitationSent) -> None:
        tx.emit(told.invited(), of=told)
        if event.generation == 2:
            raise ValueError

    thing = uuid4()
    await Inbox(db, consumers, STREAM).take([invited(thing, 1), invited(thing, 2)])

    assert await value(db, "SELECT count(*) FROM outbox") == 1
    assert await value(db, "SELECT version FROM inbox") == 1


async def test_an_early_event_is_not_overlooked_by_the_one_before_it_that_succeeds_meanwhile(db: Database) -> None:
    """Version 1 failed and is tried again while version 2 arrives: both take effect, whoever is first."""
    for early_waits in (False, True):
        seen, thing = Seen(db), uuid4()
        seen.failing[thing] = ValueError("no")
        await seen.inbox().take([invited(thing, 1)])
        seen.failing.clear()
        holding, go = asyncio.Event(), asyncio.Event()

        class Slow(Seen):
            async def note(self, tx: Tx, thing: UUID, what: object) -> None:
                holding.set()  # noqa: B023
                await go.wait()  # noqa: B023
                await super().note(tx, thing, what)

        slow, other = Slow(db), uuid4()
        if early_waits:
            first = asyncio.ensure_future(slow.inbox().take([invited(thing, 2), invited(other, 1)]))
            await holding.wait()
            second = asyncio.ensure_future(seen.retry_now_once())
        else:
            async with db.begin(None) as tx:
                await tx.session.execute(text("UPDATE parked SET retry_at = now()"))
            first = asyncio.ensure_future(slow.inbox().retry_due())  # type: ignore[arg-type]
            await holding.wait()
            second = asyncio.ensure_future(seen.inbox().take([invited(thing, 2)]))  # type: ignore[arg-type]
        await eventually(lambda: _waits_for_a_lock(db))
        go.set()
        await first
        await second
        await seen.retry_now()
        assert await seen.effects(thing) == said(thing, 1, 2)
        assert await seen.parked() == []


async def _waits_for_a_lock(db: Database) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await value(db, query))


async def test_each_event_of_a_batch_sees_rows_anew_and_as_its_own_tenant(db: Database) -> None:
    consumers, seen = Consumers(), []
    ours, theirs = uuid4(), uuid4()

    @consumers.on(OrganisationChanged)
    async def changed(tx: Tx, event: OrganisationChanged) -> None:
        known = (await tx.session.scalars(select(Organisation))).all()
        seen.append((tx.tenant, event.organisation_id, [(row.id, row.name) for row in known], current_trace.get()))
        if not known:
            row = Organisation(
                id=event.organisation_id, kind="company", country="SE", number=event.name, ordinal=1, language="sv",
                name=event.name, subscription_number=str(event.organisation_id), state="verified",
            )  # fmt: skip
            tx.add(row)
        else:
            given = {"name": event.name, "id": event.organisation_id}
            await tx.session.execute(text("UPDATE organisation SET name = :name WHERE id = :id"), given)

    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    events = [(ours, 1, "A"), (theirs, 1, "B"), (ours, 2, "C"), (ours, 3, "D")]
    messages = [message_of(organisation(id_, name), version=version) for id_, version, name in events]
    messages[0].headers = dict(messages[0].headers or {}) | {"ce-traceparent": trace}
    await Inbox(db, consumers, STREAM).take(messages)

    assert [(tenant == about, known) for tenant, about, known, _ in seen] == [
        (True, []),
        (True, []),
        (True, [(ours, "A")]),
        (True, [(ours, "C")]),
    ]
    assert len({trace_id(each[3]) for each in seen}) == 4, "traces of events do not leak into each other"
    assert trace_id(seen[0][3]) == "a" * 32
    assert current_trace.get() is None


def trace_id(traceparent: str | None) -> str:
    assert traceparent is not None
    return traceparent[3:35]


async def test_a_failure_is_logged_in_the_trace_of_its_event(seen: Seen, caplog: pytest.LogCaptureFixture) -> None:
    thing = uuid4()
    seen.failing[thing] = ValueError("anna@company.test")
    heard: list[str | None] = []
    handler = logging.Handler()
    handler.emit = lambda _: heard.append(current_trace.get())  # type: ignore[method-assign, assignment]
    logging.getLogger("libs.shared.inbox").addHandler(handler)
    message = invited(thing, 1)
    message.headers = dict(message.headers or {}) | {"ce-traceparent": "00-" + "c" * 32 + "-" + "d" * 16 + "-01"}

    await seen.inbox().take([message])

    logging.getLogger("libs.shared.inbox").removeHandler(handler)
    assert [trace[3:35] for trace in heard if trace] == ["c" * 32]
    assert len(caplog.records) == 1


async def test_the_round_trips_of_a_batch_do_not_grow_with_it(seen: Seen) -> None:
    statements: list[str] = []
    event.listen(seen.database.engine.sync_engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    unhandled = Consumers()
    inbox = Inbox(seen.database, unhandled, STREAM)
    things = [uuid4() for _ in range(50)]

    await inbox.take([invited(thing, 1) for thing in things])

    assert len(statements) == 3  # tenant and time, lock and read, advance
    assert await value(seen.database, "SELECT sum(version) FROM inbox") == 50


@pytest.mark.usefixtures("redelivered_soon")
async def test_five_thousand_events_take_effect_once_each_though_the_consumer_is_killed_twenty_times(
    seen: Seen, connect: Connect, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    things = [Thing() for _ in range(50)]
    clients = await connect("clients")
    async with relaying(seen.database, bus):
        for _ in range(10):
            await write(seen.database, *things, times=10)
        with monkeypatch.context() as patch:
            patch.setattr(inbox_module, "BATCH", 64)  # so that some batches are done and some are not
            for moment in moments_until(2500, times=20):
                await kill(work_like_a_worker(seen, clients), at=moment)
        assert 0 < await seen.count() < 5000, "not killed in the midst of it"

        async def done() -> bool:
            await seen.inbox().retry_due()
            return await seen.count() >= 5000

        async with running(seen.inbox().run(clients)):
            await eventually(done, within=60)

    for thing in things:
        assert await seen.effects(thing.id) == said(thing.id, *range(1, 101))
    assert await seen.parked() == []


async def work_like_a_worker(seen: Seen, bus: Bus) -> None:
    """Take in, and try again what is due."""

    async def retry() -> None:
        while True:
            await seen.inbox().retry_due()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(seen.inbox().run(bus))
        tasks.create_task(retry())


@pytest.mark.parametrize("header", ["ce-type", "Nats-Stream"])
async def test_an_event_that_is_not_its_streams_to_tell_is_dropped(seen: Seen, header: str) -> None:
    """A service may publish under its own name alone, whatever the headers of its message say."""
    thing = uuid4()
    forged = invited(thing, 1)
    if header == "ce-type":
        forged.subject = f"fullmakt.clients.link.accepted.v1._.{thing}"
    else:
        forged.headers = dict(forged.headers or {}) | {header: "clients"}

    await seen.inbox().take([forged])

    assert await seen.effects() == []
    assert await seen.parked() == []


async def test_an_event_of_another_stream_is_dropped(seen: Seen) -> None:
    await seen.inbox("clients").take([invited(uuid4(), 1)])

    assert await seen.effects() == []
