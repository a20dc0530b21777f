"""The connection to NATS: streams, pulling, questions and answers between services."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from typing import Any, TypeVar

import msgspec
import nats.errors
from fullmakt.events import subjects_of
from fullmakt.events.subscriber.pulling import Puller, Refused
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, StorageType, StreamConfig
from nats.js.errors import NotFoundError, ServiceUnavailableError

from libs.shared.errors import Unavailable
from libs.shared.jetstream import JetStream
from libs.shared.trace import child_of, current_trace, tracing

log = logging.getLogger(__name__)

STREAM_AGE = 30 * 24 * 3600.0
ASK_TIMEOUT = 2.0
ACK_WAIT = 5.0
PAUSE = 0.2
PASSING = (TimeoutError, nats.errors.NoRespondersError, ServiceUnavailableError)
"""Errors of a server that is not there yet or again."""

A = TypeVar("A")
Q = TypeVar("Q", bound=msgspec.Struct)


class Bus:
    """One connection to NATS, as the user that names this service. Reconnects for ever."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        self.user = user
        self._password = password
        self.client = Client()
        self.jetstream = JetStream(self.client, timeout=5)
        self._was_connected = False
        self._answering: set[asyncio.Task[None]] = set()

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
                self._was_connected = True
                stop_if_cancelled()
                return
            except asyncio.CancelledError:
                if self.client._transport is not None:  # noqa: SLF001 - the library leaves a half-made connection open
                    self.client._transport.close()  # type: ignore[no-untyped-call]  # noqa: SLF001
                raise
            except (nats.errors.Error, OSError, TimeoutError):
                log.warning("NATS does not answer yet")
                await asyncio.sleep(0.2)

    async def close(self) -> None:
        """Close the connection; what was published and not yet sent is sent first."""
        if self.client.is_connected:
            await self.client.drain()
        elif self._was_connected:
            with suppress(OSError):  # what it was trying to connect to again has hung up
                await self.client.close()

    async def _on_error(self, error: Exception) -> None:
        log.warning("NATS connection: %s", type(error).__name__)

    async def ensure_stream(self, stream: str, *, latest_only: bool) -> None:
        """Create the stream, or bring it to the subjects that the contracts give it.

        A stream of latest states is kept for ever: it is what a newcomer starts from.
        """
        kept: dict[str, Any] = {"subjects": subjects_of(stream), "max_age": 0.0 if latest_only else STREAM_AGE}
        try:
            config = (await self.jetstream.stream_info(stream)).config
        except NotFoundError:
            await self.jetstream.add_stream(StreamConfig(name=stream, storage=StorageType.FILE, **kept))
            return
        if {"subjects": sorted(config.subjects or []), "max_age": config.max_age or 0.0} != kept:
            await self.jetstream.update_stream(config.evolve(**kept))

    async def ensure_durable(self, stream: str, subjects: Sequence[str]) -> None:
        """Create or update this service's durable consumer on a stream; waits until the stream exists."""
        config = ConsumerConfig(
            durable_name=self.user, filter_subjects=list(subjects), ack_wait=ACK_WAIT, max_ack_pending=4096
        )
        while True:
            stop_if_cancelled()
            try:
                await self.jetstream.add_consumer(stream, config)
                return
            except (NotFoundError, *PASSING) as error:
                log.info("no durable on %s yet: %s", stream, type(error).__name__)
                await asyncio.sleep(PAUSE)

    async def pull(self, stream: str, *, batch: int) -> AsyncGenerator[list[Msg], None]:
        """Messages of this service's durable, in batches of what is there, at once when something comes.

        A subscription that has gone dead is made anew.
        """
        puller = Puller(self.client, stream, self.user, batch=batch)
        while True:
            try:
                async with aclosing(puller.batches()) as batches:
                    async for messages in batches:
                        yield messages
            except (TimeoutError, Refused):
                log.warning("consumer on %s gives nothing, subscribing again", stream)
            await self._durable_is_there(stream)

    async def _durable_is_there(self, stream: str) -> None:
        """Wait until the server shows this service's durable; NotFoundError if it is gone."""
        while True:
            await asyncio.sleep(PAUSE)
            stop_if_cancelled()
            if self.client.is_closed:
                raise nats.errors.ConnectionClosedError
            if not self.client.is_connected:
                continue
            try:
                await self.jetstream.consumer_info(stream, self.user)
            except PASSING:
                continue
            return

    async def ask(self, service: str, question: str, body: msgspec.Struct, answer: type[A]) -> A:
        """Ask another service; Unavailable when no answer comes in time."""
        if not self.client.is_connected:
            raise Unavailable
        subject = f"ask.{service}.{self.user}.{question}"
        try:
            reply = await self.client.request(
                subject,
                msgspec.json.encode(body),
                timeout=ASK_TIMEOUT,
                headers={"traceparent": child_of(current_trace.get())},
            )
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise Unavailable from error
        if reply.header and "error" in reply.header:
            raise Unavailable
        try:
            return msgspec.json.decode(reply.data, type=answer)
        except msgspec.MsgspecError as error:
            raise Unavailable from error

    async def answer(
        self, question: str, kind: type[Q], handler: Callable[[str, Q], Awaitable[msgspec.Struct]]
    ) -> None:
        """Answer a question that other services ask; the handler is told who asks, by the subject."""

        async def reply(message: Msg) -> None:
            caller = message.subject.split(".")[2]
            if not message.reply.startswith(f"_INBOX_{caller}."):
                log.warning("%s wants its answer elsewhere than in its inbox; it gets none", caller)
                return  # we may publish where the asker may not: an answer is no way around that
            try:
                result = await handler(caller, msgspec.json.decode(message.data, type=kind))
            except Exception:
                log.exception("question %s could not be answered", question)
                await self.client.publish(message.reply, b"", headers={"error": "unanswered"})
                return
            await message.respond(msgspec.json.encode(result))

        async def begin(message: Msg) -> None:
            with tracing((message.header or {}).get("traceparent")):
                task = asyncio.create_task(reply(message))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

        await self.client.subscribe(f"ask.{self.user}.*.{question}", queue=self.user, cb=begin)


def stop_if_cancelled() -> None:
    """Go on no longer if the task was told to end: the library's waits (`wait_for` of Python 3.11) can swallow that."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
