"""The connection to NATS: streams, pulling, questions and answers between services."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec
import nats.errors
from fullmakt.events import subjects_of
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from libs.shared.errors import Unavailable

log = logging.getLogger(__name__)

STREAM_AGE = 30 * 24 * 3600.0
ASK_TIMEOUT = 2.0
ACK_WAIT = 5.0
PULL_EXPIRES = 5
HEARTBEAT = 1
SILENT = 2.5 * HEARTBEAT
NANO = 1_000_000_000

A = TypeVar("A")
Q = TypeVar("Q", bound=msgspec.Struct)


class Bus:
    """One connection to NATS, as the user that names this service. Reconnects for ever."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        self.user = user
        self._password = password
        self.client = Client()
        self.jetstream: JetStreamContext = self.client.jetstream(timeout=5)

    async def connect(self) -> None:
        """Connect, trying until the server answers."""
        while True:
            try:
                await self.client.connect(
                    self.url,
                    user=self.user,
                    password=self._password,
                    name=self.user,
                    inbox_prefix=f"_INBOX_{self.user}".encode(),
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.1,  # type: ignore[arg-type]  # any number of seconds
                    ping_interval=5,
                    error_cb=self._on_error,
                )
                return
            except (nats.errors.Error, OSError, TimeoutError):
                log.warning("NATS does not answer yet")
                await asyncio.sleep(0.2)

    async def close(self) -> None:
        """Close the connection; what was published and not yet sent is sent first."""
        if self.client.is_connected:
            await self.client.drain()
        else:
            await self.client.close()

    async def _on_error(self, error: Exception) -> None:
        log.warning("NATS connection: %s", type(error).__name__)

    async def ensure_stream(self, stream: str, *, latest_only: bool) -> None:
        """Create the stream, or bring it to the subjects that the contracts give it.

        A stream of latest states is kept for ever: it is what a newcomer starts from.
        """
        config = StreamConfig(
            name=stream,
            subjects=subjects_of(stream),
            storage=StorageType.FILE,
            max_age=0 if latest_only else STREAM_AGE,
        )
        try:
            await self.jetstream.stream_info(stream)
        except NotFoundError:
            await self.jetstream.add_stream(config)
        else:
            await self.jetstream.update_stream(config)

    async def ensure_durable(self, stream: str, subjects: Sequence[str]) -> None:
        """Create or update this service's durable consumer on a stream; waits until the stream exists."""
        config = ConsumerConfig(
            durable_name=self.user, filter_subjects=list(subjects), ack_wait=ACK_WAIT, max_ack_pending=4096
        )
        while True:
            try:
                await self.jetstream.add_consumer(stream, config)
                return
            except NotFoundError:
                log.info("stream %s is not there yet", stream)
                await asyncio.sleep(0.2)

    async def pull(self, stream: str, *, batch: int) -> AsyncIterator[list[Msg]]:
        """Messages of this service's durable, in batches of what is there, at once when something comes.

        One lingering pull request is kept at the server (the library's own fetch waits for a full batch). A
        server that falls silent for longer than its heartbeats allow is asked anew on a new subscription.
        """
        while True:
            queue: asyncio.Queue[Msg] = asyncio.Queue()
            inbox = self.client.new_inbox()
            subscription = await self.client.subscribe(inbox, cb=_into(queue))
            try:
                async for messages in self._requested(stream, inbox, queue, batch):
                    yield messages
            except TimeoutError:
                log.warning("consumer on %s was silent, subscribing again", stream)
                if self.client.is_connected:
                    await self.jetstream.consumer_info(stream, self.user)
            finally:
                await subscription.unsubscribe()

    async def _requested(
        self, stream: str, inbox: str, queue: asyncio.Queue[Msg], batch: int
    ) -> AsyncIterator[list[Msg]]:
        request = {"batch": batch, "expires": PULL_EXPIRES * NANO, "idle_heartbeat": HEARTBEAT * NANO}
        while True:
            await self.client.publish(
                f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{self.user}", msgspec.json.encode(request), reply=inbox
            )
            owed = batch
            while owed > 0:
                received = [await asyncio.wait_for(queue.get(), SILENT)]
                while not queue.empty():
                    received.append(queue.get_nowait())
                messages = [message for message in received if not _is_status(message)]
                owed -= len(messages)
                if messages:
                    yield messages
                if any(_ends_request(message) for message in received):
                    break

    async def ask(self, service: str, question: str, body: msgspec.Struct, answer: type[A]) -> A:
        """Ask another service; Unavailable when no answer comes in time."""
        if not self.client.is_connected:
            raise Unavailable
        subject = f"ask.{service}.{self.user}.{question}"
        try:
            reply = await self.client.request(subject, msgspec.json.encode(body), timeout=ASK_TIMEOUT)
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise Unavailable from error
        if reply.header and "error" in reply.header:
            raise Unavailable
        return msgspec.json.decode(reply.data, type=answer)

    async def answer(
        self, question: str, kind: type[Q], handler: Callable[[str, Q], Awaitable[msgspec.Struct]]
    ) -> None:
        """Answer a question that other services ask; the handler is told who asks, by the subject."""

        async def reply(message: Msg) -> None:
            caller = message.subject.split(".")[2]
            if not message.reply.startswith(f"_INBOX_{caller}."):
                log.warning("a question of %s wants its answer elsewhere, not answered", caller)
                return
            try:
                result = await handler(caller, msgspec.json.decode(message.data, type=kind))
            except Exception:
                log.exception("question %s could not be answered", question)
                await self.client.publish(message.reply, b"", headers={"error": "unanswered"})
                return
            await message.respond(msgspec.json.encode(result))

        await self.client.subscribe(f"ask.{self.user}.*.{question}", queue=self.user, cb=reply)


def _into(queue: asyncio.Queue[Msg]) -> Callable[[Msg], Awaitable[None]]:
    async def put(message: Msg) -> None:
        queue.put_nowait(message)

    return put


def _is_status(message: Msg) -> bool:
    return bool(message.headers) and "Status" in (message.headers or {})


def _ends_request(message: Msg) -> bool:
    """A status other than a heartbeat (100): the request expired, was filled or was refused."""
    return _is_status(message) and (message.headers or {}).get("Status") != "100"
