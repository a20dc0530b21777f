import asyncio
import time
from contextlib import aclosing

import msgspec
import pytest
from fullmakt.events import InvitationSent
from fullmakt.events.subscriber import pulling
from fullmakt.questions import ROLES, RolesAnswer, RolesQuestion
from nats.aio.msg import Msg
from nats.js.api import Header
from nats.js.errors import BadRequestError, NotFoundError

from libs.local.nats import Nats
from libs.shared import bus as bus_module
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.errors import Unavailable
from libs.shared.inbox import Consumers, Inbox
from libs.shared.jetstream import JetStream
from libs.shared.tests.kit import STREAM, Connect, Thing, all_sent, cancel, relaying, start, value, write
from libs.shared.trace import current_trace, tracing
from tests.kit import eventually

QUESTION = RolesQuestion(organisation_id=Thing().id, person_id=Thing().id)


class Puller:
    """A consumer that notes what it is handed, and when."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.got: list[tuple[float, Msg]] = []

    async def run(self) -> None:
        await self.bus.ensure_durable(STREAM, ["fullmakt.identity.>"])
        async with aclosing(self.bus.pull(STREAM, batch=100)) as batches:
            async for messages in batches:
                for message in messages:
                    self.got.append((time.monotonic(), message))
                    await message.ack()

    async def has(self, count: int) -> bool:
        return len(self.got) >= count


@pytest.fixture
def short_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pull requests expire, beat and fall silent ten times as soon."""
    monkeypatch.setattr(pulling, "NANO", pulling.NANO // 10)
    monkeypatch.setattr(pulling, "SILENT", pulling.SILENT / 10)


async def waits_at_the_server(watcher: Bus) -> bool:
    """Whether a pull request of clients lies at the server."""
    try:
        return bool((await watcher.jetstream.consumer_info(STREAM, "clients")).num_waiting)
    except NotFoundError:
        return False


async def as_user(server: Nats, user: str) -> Bus:
    bus = Bus(server.url, user, server.passwords[user])
    await bus.connect()
    return bus


async def test_a_message_is_handed_over_at_once_also_to_an_idle_consumer(bus: Bus, connect: Connect) -> None:
    puller, admin = Puller(await connect("clients")), await connect("admin")
    task = asyncio.ensure_future(puller.run())
    for count in (1, 2, 3):
        await eventually(lambda: waits_at_the_server(admin))
        published = time.monotonic()
        await bus.jetstream.publish("fullmakt.identity.invitation.x", b"{}")
        await eventually(lambda count=count: puller.has(count))  # type: ignore[misc]
        assert puller.got[-1][0] - published < 0.2 < pulling.EXPIRES
    await cancel(task)


@pytest.mark.usefixtures("short_seconds")
async def test_an_idle_consumer_goes_on_after_its_request_expired(
    bus: Bus, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    puller, admin = Puller(await connect("clients")), await connect("admin")
    task = asyncio.ensure_future(puller.run())
    await eventually(lambda: waits_at_the_server(admin))
    sent = puller.bus.client.stats["out_msgs"]

    async def asked_again() -> bool:
        return puller.bus.client.stats["out_msgs"] > sent and await waits_at_the_server(admin)

    await eventually(asked_again)
    assert [record for record in caplog.records if record.name == "libs.shared.bus"] == []
    published = time.monotonic()
    await bus.jetstream.publish("fullmakt.identity.invitation.x", b"{}")
    await eventually(lambda: puller.has(1))
    assert puller.got[0][0] - published < 0.2
    await cancel(task)


@pytest.mark.usefixtures("short_seconds", "own_bus")
async def test_a_consumer_survives_an_outage_of_nats(own_nats: Nats, caplog: pytest.LogCaptureFixture) -> None:
    clients = await as_user(own_nats, "clients")
    clients.jetstream = JetStream(clients.client, timeout=0.5)  # the first outage is while it asks for its durable
    puller = Puller(clients)
    task = asyncio.ensure_future(puller.run())

    async def failed_to_connect(times: int) -> bool:
        return caplog.text.count("NATS connection: ConnectionRefusedError") >= times

    for count in (1, 2, 3):
        caplog.clear()
        if count == 3 and own_nats.process is not None:
            own_nats.process.kill()  # without a word about the pull request that lay there
        own_nats.stop()
        await eventually(lambda count=count: failed_to_connect(5 * count))  # type: ignore[misc]
        start(own_nats)
        publisher = await as_user(own_nats, "identity")
        await publisher.jetstream.publish("fullmakt.identity.invitation.x", b"{}")
        await publisher.close()
        await eventually(lambda count=count: puller.has(count), within=6)  # type: ignore[misc]
    assert not task.done()
    await cancel(task)
    await clients.close()


async def test_a_durable_that_was_deleted_is_made_again(db: Database, bus: Bus, connect: Connect) -> None:
    consumers, clients, admin = Consumers(), await connect("clients"), await connect("admin")

    @consumers.on(InvitationSent)
    async def invited(_tx: object, _event: InvitationSent) -> None:
        return

    async def taken(version: int) -> bool:
        return int(await value(db, "SELECT coalesce(max(version), 0) FROM inbox")) == version

    thing = Thing()
    async with relaying(db, bus):
        await write(db, thing)
        await eventually(lambda: all_sent(db))
        task = asyncio.ensure_future(Inbox(db, consumers, STREAM).run(clients))
        await eventually(lambda: taken(1))

        await admin.jetstream.delete_consumer(STREAM, "clients")
        await write(db, thing)

        await eventually(lambda: taken(2))
        await cancel(task)


async def test_pulling_without_a_durable_does_not_ask_in_a_loop(connect: Connect) -> None:
    clients = await connect("clients")
    sent = clients.client.stats["out_msgs"]

    with pytest.raises(NotFoundError):
        await anext(clients.pull(STREAM, batch=10))

    assert clients.client.stats["out_msgs"] - sent < 5


async def test_a_question_nobody_answers_is_unavailable(bus: Bus, connect: Connect) -> None:
    clients = await connect("clients")
    begun = time.monotonic()

    with pytest.raises(Unavailable):
        await clients.ask("identity", ROLES, QUESTION, RolesAnswer)

    assert time.monotonic() - begun < 0.5, "no responder is told at once"
    del bus


async def test_a_question_while_nats_is_down_is_unavailable(own_nats: Nats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "ASK_TIMEOUT", 0.4)
    clients = await as_user(own_nats, "clients")
    own_nats.stop()
    begun = time.monotonic()

    for _ in range(3):
        with pytest.raises(Unavailable):
            await clients.ask("identity", ROLES, QUESTION, RolesAnswer)

    assert time.monotonic() - begun < 1, "once it is known to be down, it is told at once"
    await clients.close()


async def test_a_question_that_fails_is_unavailable_and_tells_nothing(bus: Bus, connect: Connect) -> None:
    async def fails(_caller: str, _question: RolesQuestion) -> RolesAnswer:
        raise ValueError("secret")

    await bus.answer(ROLES, RolesQuestion, fails)

    with pytest.raises(Unavailable) as told:
        await (await connect("clients")).ask("identity", ROLES, QUESTION, RolesAnswer)
    assert "secret" not in str(told.value)


async def test_the_caller_is_who_the_connection_is(bus: Bus, connect: Connect) -> None:
    callers: list[str] = []

    async def note(caller: str, _question: RolesQuestion) -> RolesAnswer:
        callers.append(caller)
        return RolesAnswer(member=False, roles=())

    await bus.answer(ROLES, RolesQuestion, note)
    clients, access = await connect("clients"), await connect("access")
    await clients.ask("identity", ROLES, QUESTION, RolesAnswer)
    await access.ask("identity", ROLES, QUESTION, RolesAnswer)
    assert callers == ["clients", "access"]

    inbox = clients.client.new_inbox()
    forged = msgspec.json.encode(QUESTION)
    await clients.client.publish(f"ask.identity.access.{ROLES}", forged, reply=inbox)
    await clients.ask("identity", ROLES, QUESTION, RolesAnswer)  # comes after the forged one, if that had come
    assert callers == ["clients", "access", "clients"]


async def test_a_slow_answer_does_not_hold_up_others(bus: Bus, connect: Connect) -> None:
    first, go = asyncio.Event(), asyncio.Event()

    async def slow(_caller: str, _question: RolesQuestion) -> RolesAnswer:
        if not first.is_set():
            first.set()
            await go.wait()
        return RolesAnswer(member=True, roles=())

    await bus.answer(ROLES, RolesQuestion, slow)
    clients = await connect("clients")
    waiting = asyncio.ensure_future(clients.ask("identity", ROLES, QUESTION, RolesAnswer))
    await first.wait()
    await clients.ask("identity", ROLES, QUESTION, RolesAnswer)
    assert not waiting.done()
    go.set()
    assert (await waiting).member


async def test_an_answer_goes_to_the_askers_inbox_and_is_no_way_to_publish_elsewhere(
    bus: Bus, connect: Connect
) -> None:
    async def answer(_caller: str, _question: RolesQuestion) -> RolesAnswer:
        return RolesAnswer(member=False, roles=())

    await bus.answer(ROLES, RolesQuestion, answer)
    clients = await connect("clients")
    elsewhere = ("$JS.API.STREAM.DELETE.identity", "fullmakt.identity.organisation.changed.v1._._", "_INBOX_access.x")

    for reply in elsewhere:
        for question in (msgspec.json.encode(QUESTION), b"no question at all"):
            await clients.client.publish(f"ask.identity.clients.{ROLES}", question, reply=reply)
    await clients.ask("identity", ROLES, QUESTION, RolesAnswer)  # comes after those, so they have been seen to

    info = await bus.jetstream.stream_info("identity")
    assert info.state.messages == 0


async def test_a_question_is_answered_in_the_trace_of_who_asks(bus: Bus, connect: Connect) -> None:
    traces: list[str] = []

    async def answer(caller: str, question: RolesQuestion) -> RolesAnswer:  # noqa: ARG001
        traces.append(current_trace.get() or "")
        return RolesAnswer(member=True, roles=())

    await bus.answer(ROLES, RolesQuestion, answer)
    clients = await connect("clients")
    with tracing(None):
        asked_in = (current_trace.get() or "").split("-")[1]
        await clients.ask("identity", ROLES, QUESTION, RolesAnswer)
    await clients.ask("identity", ROLES, QUESTION, RolesAnswer)

    assert [trace.split("-")[1] == asked_in for trace in traces] == [True, False]
    assert current_trace.get() is None


async def test_a_publication_that_the_server_refuses_is_told_of_at_once(bus: Bus) -> None:
    wrong = {Header.EXPECTED_LAST_SEQUENCE: "7"}
    pending = await bus.jetstream.publish_async("fullmakt.identity.invitation.x", b"", headers=wrong)

    async with asyncio.timeout(2):
        with pytest.raises(BadRequestError):
            await pending
