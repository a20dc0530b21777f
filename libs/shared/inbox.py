"""The inbox: each event takes effect once, in the order of its thing's versions, whatever is redelivered.

The last version of a thing that took effect is kept in the transaction of the effect and never pruned. A
lower or equal version is dropped; a higher one than the next waits, parked, for those before it. An event
that fails is parked with its payload and tried again, while later ones of its thing wait behind it; after
the last try it stays as a dead letter until somebody retries it by command. Everything parked is in the
database, so each message is acknowledged at once.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from fullmakt.cloudevents import Envelope, NotAnEvent, decode_body, from_headers
from fullmakt.events import CONTRACTS, Event
from msgspec import Struct
from nats.aio.msg import Msg
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import Insert, insert

from libs.shared.bus import Bus
from libs.shared.database import Database, Tx, connection_lost
from libs.shared.tables import parked
from libs.shared.trace import child_of, current_trace

log = logging.getLogger(__name__)

BATCH = 256
ATTEMPTS = 12
"""Tries before an event is a dead letter: with the delays below, about four minutes."""
FIRST_DELAY = 0.1
LONGEST_DELAY = 60.0

ADVANCE = text(
    "WITH event(stream, thing, version, latest_only) AS"
    " (SELECT CAST(:stream AS text), CAST(:thing AS uuid), CAST(:version AS bigint), CAST(:latest_only AS boolean))"
    " INSERT INTO inbox AS i (stream, thing, version) SELECT e.stream, e.thing, e.version FROM event e"
    " WHERE e.latest_only OR e.version = 1"
    " OR EXISTS (SELECT FROM inbox known WHERE known.stream = e.stream AND known.thing = e.thing)"
    " ON CONFLICT (stream, thing) DO UPDATE SET version = excluded.version"
    " WHERE i.version = excluded.version - 1 OR (:latest_only AND i.version < excluded.version)"
    " RETURNING version"
)
LAST = text("SELECT version FROM inbox WHERE stream = :stream AND thing = :thing")

E = TypeVar("E", bound=Event)
Handler = Callable[[Tx, Any], Awaitable[None]]


class NotYetKnown(Exception):
    """The event speaks of something that this service has not heard of yet; it is tried again shortly."""


class Message(Struct, frozen=True, kw_only=True):
    """An event as it came, before it is decoded."""

    stream: str
    envelope: Envelope
    headers: dict[str, str]
    body: bytes
    attempts: int = 0


class Consumers:
    """What a service does upon which event. `consumers.py` of a service is a table of these."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}

    def on(self, contract: type[E]) -> Callable[[Callable[[Tx, E], Awaitable[None]]], Handler]:
        """Register a use case for an event type; it runs as the event's first tenant, in the inbox's transaction."""

        def register(handler: Callable[[Tx, E], Awaitable[None]]) -> Handler:
            self.handlers[contract.type] = handler
            return handler

        return register

    def streams(self) -> set[str]:
        """The streams that these events come in."""
        return {CONTRACTS[type_].stream for type_ in self.handlers}

    def subjects(self, stream: str) -> list[str]:
        """Subjects to pull: all events of each thing handled, since versions count over all of them."""
        things = {CONTRACTS[type_].thing for type_ in self.handlers if CONTRACTS[type_].stream == stream}
        types = [c.type.split(".") for c in CONTRACTS.values() if c.stream == stream and c.thing in things]
        return sorted({f"fullmakt.{context}.{thing}.>" for context, thing, *_ in types})


class Inbox:
    """Takes one stream's events into the service's database."""

    def __init__(self, database: Database, consumers: Consumers, stream: str) -> None:
        self.database = database
        self.consumers = consumers
        self.stream = stream

    async def run(self, bus: Bus) -> None:
        """Pull and take in, for ever."""
        await bus.ensure_durable(self.stream, self.consumers.subjects(self.stream))
        async for messages in bus.pull(self.stream, batch=BATCH):
            await self.take(messages)
            for message in messages:
                await message.ack()

    async def take(self, messages: Sequence[Msg]) -> None:
        """Take a batch in within one transaction; if one of them fails, each within its own."""
        read = [message for message in map(self._read, messages) if message is not None]
        try:
            async with self.database.begin(None) as tx:
                for message in read:
                    await self._take_one(tx, message)
        except Exception as error:
            if connection_lost(error):
                raise
            for message in read:
                await self.take_alone(message)

    def _read(self, message: Msg) -> Message | None:
        headers = dict(message.headers or {})
        try:
            envelope = from_headers(headers)
        except NotAnEvent:
            log.exception("dropped a message that is no event", extra={"subject": message.subject})
            return None
        return Message(stream=self.stream, envelope=envelope, headers=headers, body=message.data)

    async def take_alone(self, message: Message) -> None:
        """Take one event in; park it if it fails."""
        try:
            async with self.database.begin(None) as tx:
                await self._take_one(tx, message)
        except Exception as error:
            if connection_lost(error):
                raise
            await self._park_failed(message, error)

    async def _take_one(self, tx: Tx, message: Message) -> None:
        if not await self._advance(tx, message):
            return
        await self._handle(tx, message)
        await self._release(tx, message.envelope)

    async def _advance(self, tx: Tx, message: Message) -> bool:
        """Count the thing's version up to this event's, or drop or park the event; whether it is to be handled."""
        contract = CONTRACTS.get(message.envelope.type)
        latest_only = contract is not None and contract.latest_only
        key = {"stream": self.stream, "thing": message.envelope.subject}
        given = {**key, "version": message.envelope.version, "latest_only": latest_only}
        if await tx.session.scalar(ADVANCE, given) is not None:
            return True
        last = await tx.session.scalar(LAST, key) or 0
        if message.envelope.version > last:
            parking = self._parking(message, reason="waits for an earlier version")
            await tx.session.execute(parking.on_conflict_do_nothing())
        return False

    async def _handle(self, tx: Tx, message: Message) -> None:
        handler = self.consumers.handlers.get(message.envelope.type)
        event = decode_body(message.envelope.type, message.body) if handler else None
        if handler is None or event is None:
            return
        current_trace.set(child_of(message.envelope.traceparent))
        tx.cause, tx.actor = message.envelope, message.envelope.actor
        agency, company = event.tenants()
        await tx.become(agency or company or event.thing_id())
        await handler(tx, event)
        await tx.session.flush()

    async def _release(self, tx: Tx, done: Envelope) -> None:
        """Drop what this event outdates, and have the next of its thing tried if that has been waiting."""
        here = (parked.c.stream == self.stream, parked.c.thing == done.subject)
        await tx.session.execute(delete(parked).where(*here, parked.c.version <= done.version))
        waiting = update(parked).where(*here, parked.c.version == done.version + 1, parked.c.retry_at.is_(None))
        await tx.session.execute(waiting.values(retry_at=func.now()))

    async def _park_failed(self, message: Message, error: Exception) -> None:
        attempts = message.attempts + 1
        dead = attempts >= ATTEMPTS
        level = logging.INFO if isinstance(error, NotYetKnown) else logging.ERROR
        what = {"type": message.envelope.type, "thing": message.envelope.subject, "attempts": attempts, "dead": dead}
        log.log(level, "event failed, parked", exc_info=error, extra=what)
        delay = timedelta(seconds=min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY))
        fields = {
            "attempts": attempts,
            "dead": dead,
            "reason": type(error).__name__,
            "retry_at": func.now() + delay,
        }
        parking = self._parking(message, **fields)
        async with self.database.begin(None) as tx:
            await tx.session.execute(
                parking.on_conflict_do_update(index_elements=["stream", "thing", "version"], set_=fields)
            )

    def _parking(self, message: Message, **fields: Any) -> Insert:
        return insert(parked).values(
            stream=self.stream,
            thing=message.envelope.subject,
            version=message.envelope.version,
            headers=message.headers,
            body=message.body,
            **fields,
        )

    async def retry_due(self) -> int:
        """Try again what failed and is due; answers how many were tried."""
        async with self.database.begin(None) as tx:
            due = select(parked).where(
                parked.c.stream == self.stream, parked.c.retry_at <= text("now()"), ~parked.c.dead
            )
            found = await tx.session.execute(due.order_by(parked.c.retry_at).limit(BATCH))
            messages = [message_of(dict(row)) for row in found.mappings()]
        for message in messages:
            await self.take_alone(message)
        return len(messages)


def message_of(row: Mapping[str, Any]) -> Message:
    """A parked event as it came."""
    return Message(
        stream=row["stream"],
        envelope=from_headers(row["headers"]),
        headers=row["headers"],
        body=row["body"],
        attempts=row["attempts"],
    )
