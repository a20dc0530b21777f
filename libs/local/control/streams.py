"""What goes wrong with delivery, on demand: an event that comes again, a consumer that gets nothing for a while."""

import re
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

import msgspec
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig

from libs.local.control.connection import jetstream
from libs.local.control.errors import Unknown, check_name
from libs.local.nats import ADMIN, Nats

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
BATCH = 500
PATIENCE = 5.0  # seconds


class Published(msgspec.Struct, frozen=True):
    """Where an event stands in its stream, again."""

    stream: str
    sequence: int


class Paused(msgspec.Struct, frozen=True):
    """A consumer's pause, as the server has it; `until` is null when the consumer gets what there is."""

    paused: bool
    until: str | None


class Streams:
    """All streams, as admin."""

    def __init__(self, nats: Nats) -> None:
        """Connect when asked."""
        self._nats = nats

    async def redeliver(self, stream: str, *, sequence: int | None, id_: str | None) -> Published:
        """Publish an event again, by sequence or else by `ce-id`: to every consumer it is a redelivery.

        NATS' own headers stay away: by them it would take the message for a repetition and drop it.
        """
        check_name(stream, NAME)
        async with self._connected() as js:
            found = await _sequence_of(js, stream, id_ or "") if sequence is None else sequence
            message = await js.get_msg(stream, found)
            headers = {name: value for name, value in (message.headers or {}).items() if not name.startswith("Nats-")}
            again = await js.publish(message.subject or "", message.data or b"", headers=headers)
            return Published(again.stream, again.seq)

    async def pause(self, stream: str, durable: str, *, seconds: float) -> Paused:
        """Let a consumer have nothing for so long; 0 ends its pause."""
        for name in (stream, durable):
            check_name(name, NAME)
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        async with self._connected() as js:
            done = await js.pause_consumer(stream, durable, until.isoformat())
            return Paused(done.paused, done.pause_until if done.paused else None)

    def _connected(self) -> AbstractAsyncContextManager[JetStreamContext]:
        return jetstream(self._nats.url, ADMIN, self._nats.passwords[ADMIN])


async def _sequence_of(js: JetStreamContext, stream: str, id_: str) -> int:
    """The newest message with this `ce-id`; all headers of the stream are read for it."""
    config = ConsumerConfig(ack_policy=AckPolicy.NONE, headers_only=True, inactive_threshold=PATIENCE)
    consumer = await js.add_consumer(stream, config)
    subscription = await js.pull_subscribe_bind(consumer.name, stream)
    found, left = 0, consumer.num_pending or 0
    while left > 0:
        messages = await subscription.fetch(min(BATCH, left), timeout=PATIENCE)
        found = max([found, *(m.metadata.sequence.stream for m in messages if (m.headers or {}).get("ce-id") == id_)])
        left = messages[-1].metadata.num_pending
    if not found:
        raise Unknown(f"no event {id_!r} in stream {stream!r}")
    return found
