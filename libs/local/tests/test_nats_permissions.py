"""Each service speaks for itself alone, and reads others' streams by its own durable alone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

from libs.local.nats import Nats
from libs.local.nats_permissions import OWN_STREAMS, SERVICES
from libs.local.ports import choose_ports


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    server = Nats.start(tmp_path_factory.mktemp("nats"), port=choose_ports(["nats"], "free")["nats"])
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
        await self.client.flush()
        try:
            await asyncio.wait_for(self.refusal.wait(), 0.5)
        except TimeoutError:
            return False
        return True


@asynccontextmanager
async def connected(server: Nats, user: str) -> AsyncIterator[Connected]:
    """Connect as a user."""
    it = Connected()
    await it.client.connect(
        server.url,
        user=user,
        password=server.passwords[user],
        inbox_prefix=f"_INBOX_{user}".encode(),
        error_cb=it.on_error,
    )
    try:
        yield it
    finally:
        await it.client.close()


async def make_stream(server: Nats, service: str) -> None:
    """Make a service's stream, as that service."""
    async with connected(server, service) as it:
        await it.client.jetstream().add_stream(StreamConfig(name=service, subjects=[f"fullmakt.{service}.thing.>"]))


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_publishes_in_its_own_name(server: Nats, service: str) -> None:
    await make_stream(server, service)

    async with connected(server, service) as it:
        answer = await it.client.jetstream().publish(f"fullmakt.{service}.thing.x", b"{}")

    assert answer.stream == service


async def test_identity_has_a_second_stream_for_people(server: Nats) -> None:
    async with connected(server, "identity") as it:
        made = await it.client.jetstream().add_stream(
            StreamConfig(name="people", subjects=["fullmakt.identity.person.>"])
        )
        await it.client.jetstream().purge_stream("people", subject="fullmakt.identity.person.x")

    assert made.config.name in OWN_STREAMS["identity"]


@pytest.mark.parametrize(
    "subject",
    [
        "fullmakt.identity.thing.x",
        "ask.identity.access.roles",
        "_INBOX_identity.abc",
        "$JS.API.STREAM.CREATE.identity",
        "$JS.API.STREAM.PURGE.identity",
        "$JS.API.STREAM.MSG.GET.identity",
        "$JS.API.STREAM.DELETE.people",
        "$JS.API.CONSUMER.CREATE.identity.access",
        "$JS.API.CONSUMER.CREATE.identity",
        "$JS.API.CONSUMER.MSG.NEXT.identity.access",
        "$JS.API.CONSUMER.DELETE.identity.access",
        "$JS.ACK.identity.access.1.1.1.1.0",
        "$JS.ACK._.hash.identity.access.1.1.1.1.0",
        "$SYS.REQ.SERVER.PING",
    ],
)
async def test_a_service_cannot_publish_as_another(server: Nats, subject: str) -> None:
    async with connected(server, "clients") as it:
        await it.client.publish(subject, b"{}")

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


async def test_a_question_is_answered(server: Nats) -> None:
    async def answer(question: Msg) -> None:
        await question.respond(b"yes " + question.subject.split(".")[2].encode())

    async with connected(server, "identity") as asked, connected(server, "clients") as asker:
        await asked.client.subscribe("ask.identity.>", "identity", cb=answer)
        await asked.client.flush()
        reply = await asker.client.request("ask.identity.clients.role", b"{}", timeout=2)

        assert reply.data == b"yes clients"
        assert asked.refused == asker.refused == []


async def test_a_wrong_password_is_refused(server: Nats) -> None:
    client = Client()

    with pytest.raises(Error):
        await client.connect(server.url, user="clients", password="guess", allow_reconnect=False)

    await client.close()
