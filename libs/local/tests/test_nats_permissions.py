"""Each service speaks for itself alone, and reads others' streams by its own durable alone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import permutations

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

from libs.local.nats import ADMIN, Nats
from libs.local.nats_permissions import SERVICES
from libs.local.ports import choose_ports
from tests.kit import eventually, heard

BOOKS, PAYROLL, CHECK = "books", "payroll", "check"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    home = tmp_path_factory.mktemp("nats")
    port = choose_ports(["nats"], "free")["nats"]
    prepared = Nats.prepare(home, port=port)
    prepared.add_subscriber(BOOKS)
    prepared.add_subscriber(PAYROLL, people=True)
    prepared.add_subscriber(CHECK, vendor=True)
    server = Nats.start(home, port=port)
    yield server
    server.stop()


class Connected:
    """A user's connection, and what the server refused it."""

    def __init__(self) -> None:
        self.client = Client()
        self.refused: list[str] = []
        self.refusal = asyncio.Event()

    async def on_error(self, error: Exception) -> None:
        """Note what the server says."""
        self.refused.append(str(error))
        self.refusal.set()

    async def is_refused(self) -> bool:
        """Wait until the server has seen all that was sent, and say whether it complained."""
        await heard(self.client)
        try:
            await asyncio.wait_for(self.refusal.wait(), 0.5)
        except TimeoutError:
            return False
        return True


def password_of(server: Nats, user: str) -> str:
    """The password of a service or a subscriber."""
    return server.passwords[user] if user in server.passwords else server.subscribers()[user].password


@asynccontextmanager
async def connected(server: Nats, user: str) -> AsyncIterator[Connected]:
    """Connect as a user."""
    it = Connected()
    await it.client.connect(
        server.url,
        user=user,
        password=password_of(server, user),
        inbox_prefix=f"_INBOX_{user}".encode(),
        error_cb=it.on_error,
    )
    try:
        yield it
    finally:
        await it.client.close()


async def make_stream(server: Nats, service: str) -> None:
    """Make a service's stream, as admin: services may not."""
    async with connected(server, ADMIN) as it:
        await it.client.jetstream().add_stream(StreamConfig(name=service, subjects=[f"fullmakt.{service}.thing.>"]))


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_publishes_in_its_own_name(server: Nats, service: str) -> None:
    await make_stream(server, service)

    async with connected(server, service) as it:
        answer = await it.client.jetstream().publish(f"fullmakt.{service}.thing.x", b"{}")

    assert answer.stream == service


async def test_identity_alone_erases_messages_and_those_of_people_alone(server: Nats) -> None:
    async with connected(server, ADMIN) as admin:
        await admin.client.jetstream().add_stream(StreamConfig(name="people", subjects=["fullmakt.identity.person.>"]))
    async with connected(server, "identity") as it:
        told = await it.client.jetstream().publish("fullmakt.identity.person.x", b"{}")
        assert await it.client.jetstream().delete_msg("people", told.seq)

    for service in SERVICES:
        async with connected(server, service) as it:
            await it.client.publish(f"$JS.API.STREAM.MSG.DELETE.{service}", b"{}")
            assert await it.is_refused()


@pytest.mark.parametrize(("service", "other"), list(permutations(SERVICES, 2)))
@pytest.mark.parametrize(
    "subject",
    [
        "fullmakt.{other}.thing.x",
        "ask.identity.{other}.roles",
        "_INBOX_{other}.abc",
        "$JS.API.STREAM.MSG.GET.{other}",
        "$JS.API.CONSUMER.CREATE.{other}.{other}",
        "$JS.API.CONSUMER.MSG.NEXT.{service}.{other}",
        "$JS.API.CONSUMER.DELETE.{service}.{other}",
        "$JS.ACK.{service}.{other}.1.1.1.1.0",
        "$JS.ACK._.hash.{service}.{other}.1.1.1.1.0",
    ],
)
async def test_a_service_cannot_publish_as_another(server: Nats, service: str, other: str, subject: str) -> None:
    async with connected(server, service) as it:
        await it.client.publish(subject.format(service=service, other=other), b"{}")

        assert await it.is_refused()


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("call", ["CREATE", "UPDATE", "DELETE", "PURGE", "RESTORE", "SNAPSHOT"])
async def test_no_service_configures_a_stream_not_even_its_own(server: Nats, service: str, call: str) -> None:
    """Who may can have a stream republish into another's, or take in what others ask and answer."""
    async with connected(server, service) as it:
        await it.client.publish(f"$JS.API.STREAM.{call}.{service}", b"{}")

        assert await it.is_refused()


async def test_identity_alone_tells_which_sessions_have_ended_and_every_service_hears_it(server: Nats) -> None:
    for service in SERVICES:
        told: list[bytes] = []

        async def hear(message: Msg, told: list[bytes] = told) -> None:
            told.append(message.data)

        async def has_heard(told: list[bytes] = told) -> bool:
            return told == [b"a beat"]

        async with connected(server, "identity") as identity, connected(server, service) as it:
            await it.client.subscribe("feed.identity.sessions", cb=hear)
            await heard(it.client)
            await identity.client.publish("feed.identity.sessions", b"a beat")
            await eventually(has_heard)

            assert it.refused == identity.refused == []

    for user in (*SERVICES[1:], BOOKS, PAYROLL):
        async with connected(server, user) as it:
            await it.client.publish("feed.identity.sessions", b"a false beat")
            assert await it.is_refused()


@pytest.mark.parametrize("subject", ["feed.>", "feed.identity.>", "feed.identity.other"])
async def test_of_feeds_a_service_hears_none_but_that_of_ended_sessions(server: Nats, subject: str) -> None:
    async with connected(server, "clients") as it:
        await it.client.subscribe(subject)

        assert await it.is_refused()


async def test_no_service_asks_the_server_itself(server: Nats) -> None:
    async with connected(server, "clients") as it:
        await it.client.publish("$SYS.REQ.SERVER.PING", b"{}")

        assert await it.is_refused()


@pytest.mark.parametrize(
    "subject", ["_INBOX_identity.>", "_INBOX.>", ">", "ask.identity.>", "ask.*.clients.>", "fullmakt.>"]
)
async def test_a_service_cannot_listen_to_what_others_are_told(server: Nats, subject: str) -> None:
    async with connected(server, "clients") as it:
        await it.client.subscribe(subject)

        assert await it.is_refused()


async def test_a_service_reads_another_stream_by_its_own_durable(server: Nats) -> None:
    await make_stream(server, "identity")
    async with connected(server, "identity") as publisher:
        await publisher.client.jetstream().publish("fullmakt.identity.thing.read", b"{}")

    async with connected(server, "clients") as it:
        config = ConsumerConfig(name="clients", durable_name="clients", ack_policy=AckPolicy.EXPLICIT)
        context = it.client.jetstream()
        await context.add_consumer("identity", config)
        subscription = await context.pull_subscribe_bind("clients", "identity")
        for message in await subscription.fetch(1, timeout=2):
            await message.ack_sync()
        state = await context.consumer_info("identity", "clients")

        assert state.num_ack_pending == 0
        assert state.ack_floor.consumer_seq >= 1
        assert it.refused == []


async def test_a_service_cannot_read_by_a_durable_of_another_name(server: Nats) -> None:
    await make_stream(server, "identity")

    async with connected(server, "clients") as it:
        with pytest.raises(Error):
            await it.client.jetstream(timeout=0.3).add_consumer(
                "identity", ConsumerConfig(name="other", durable_name="other")
            )

        assert it.refused


async def test_a_subscriber_reads_a_stream_by_its_own_durable_and_takes_it_away_again(server: Nats) -> None:
    await make_stream(server, "identity")
    async with connected(server, "identity") as publisher:
        told = await publisher.client.jetstream().publish("fullmakt.identity.thing.followed", b"{}")

    async with connected(server, BOOKS) as it:
        context = it.client.jetstream()
        config = ConsumerConfig(durable_name=BOOKS, filter_subject="fullmakt.identity.thing.followed")
        await context.add_consumer("identity", config)
        subscription = await context.pull_subscribe_bind(BOOKS, "identity")
        (message,) = await subscription.fetch(1, timeout=2)
        await message.ack_sync()
        state = await context.consumer_info("identity", BOOKS)
        assert await context.delete_consumer("identity", BOOKS)

        assert message.metadata.sequence.stream == told.seq
        assert state.num_ack_pending == 0
        assert it.refused == []


@pytest.mark.parametrize(
    "subject",
    [
        "fullmakt.identity.thing.x",
        "fullmakt.books.thing.x",
        "ask.identity.books.roles",
        "ask.identity.clients.roles",
        "_INBOX_clients.abc",
        "_INBOX_books.abc",
        "$SYS.REQ.SERVER.PING",
        "$JS.ACK.identity.clients.1.1.1.1.0",
        "$JS.ACK._.hash.identity.clients.1.1.1.1.0",
        "$JS.API.CONSUMER.CREATE.identity",
        *(
            f"$JS.API.CONSUMER.{call}.identity.{durable}"
            for call in ("CREATE", "DURABLE.CREATE", "INFO", "MSG.NEXT", "DELETE", "UNPIN", "PAUSE")
            for durable in ("clients", "other", "books2")
        ),
        *(
            f"$JS.API.STREAM.{call}.identity"
            for call in ("CREATE", "UPDATE", "DELETE", "PURGE", "RESTORE", "SNAPSHOT", "MSG.GET", "MSG.DELETE")
        ),
    ],
)
async def test_a_subscriber_neither_tells_nor_asks_nor_touches_what_is_not_its_own(server: Nats, subject: str) -> None:
    async with connected(server, BOOKS) as it:
        await it.client.publish(subject, b"{}")

        assert await it.is_refused()


@pytest.mark.parametrize("call", ["CREATE", "DURABLE.CREATE", "INFO", "MSG.NEXT", "DELETE", "UNPIN"])
async def test_only_a_subscriber_who_may_read_people_comes_near_their_stream(server: Nats, call: str) -> None:
    async with connected(server, BOOKS) as books, connected(server, PAYROLL) as payroll:
        await books.client.publish(f"$JS.API.CONSUMER.{call}.people.{BOOKS}", b"{}")
        await payroll.client.publish(f"$JS.API.CONSUMER.{call}.people.{PAYROLL}", b"{}")

        assert await books.is_refused()
        assert not await payroll.is_refused()


@pytest.mark.parametrize("subject", ["fullmakt.vendor.verification.decided.v1._.x", "$JS.API.STREAM.INFO.vendor"])
async def test_only_a_user_of_the_vendors_own_systems_comes_near_their_stream(server: Nats, subject: str) -> None:
    async with connected(server, CHECK) as check:
        await check.client.publish(subject, b"{}")

        assert not await check.is_refused()
    for other in (*SERVICES, BOOKS, PAYROLL):
        async with connected(server, other) as it:
            await it.client.publish(subject, b"{}")

            may_look = other in SERVICES and subject.startswith("$JS")
            assert await it.is_refused() is not may_look


@pytest.mark.parametrize(
    "subject", ["fullmakt.identity.organisation.changed.v1._.x", "fullmakt.vendored.x", "ask.x.y.z"]
)
async def test_a_user_of_the_vendors_own_systems_tells_nothing_else(server: Nats, subject: str) -> None:
    async with connected(server, CHECK) as check:
        await check.client.publish(subject, b"{}")

        assert await check.is_refused()


@pytest.mark.parametrize(
    "subject", ["_INBOX_clients.>", "_INBOX.>", ">", "fullmakt.>", "ask.>", "ask.books.>", "feed.identity.sessions"]
)
async def test_a_subscriber_hears_nothing_but_what_its_durable_gives(server: Nats, subject: str) -> None:
    async with connected(server, BOOKS) as it:
        await it.client.subscribe(subject)

        assert await it.is_refused()


async def test_a_question_is_answered(server: Nats) -> None:
    async def answer(question: Msg) -> None:
        await question.respond(b"yes " + question.subject.split(".")[2].encode())

    async with connected(server, "identity") as asked, connected(server, "clients") as asker:
        await asked.client.subscribe("ask.identity.>", "identity", cb=answer)
        await heard(asked.client)
        reply = await asker.client.request("ask.identity.clients.role", b"{}", timeout=2)

        assert reply.data == b"yes clients"
        assert asked.refused == asker.refused == []


async def test_a_wrong_password_is_refused(server: Nats) -> None:
    client = Client()

    with pytest.raises(Error):
        await client.connect(server.url, user="clients", password="guess", allow_reconnect=False)

    await client.close()
