"""The inbox: each event takes effect once, in the order of its thing's versions, whatever is redelivered.

The last version of a thing that took effect is kept in the transaction of the effect and never pruned. A
lower or equal version is dropped; a higher one than the next waits, parked, for those before it. An event
that fails is parked with its payload and tried again, while later ones of its thing wait behind it; after
the last try it stays as a dead letter until somebody retries it by command. Everything parked is in the
database, so each message is acknowledged at once.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from fullmakt.cloudevents import Envelope, NotAnEvent, decode_body, from_headers, read_message, to_headers
from fullmakt.events import CONTRACTS, Event
from msgspec import DecodeError
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError
from sqlalchemy import Interval, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert

from libs.shared.bus import Bus, stop_if_cancelled
from libs.shared.database import Database, Tx, connection_lost
from libs.shared.progress import FOLLOWS, Message, Progress
from libs.shared.tables import parked
from libs.shared.trace import tracing

log = logging.getLogger(__name__)

VERSION = re.compile("[0-9]{1,18}")
REPUBLISHED_FROM = "Nats-Stream"
"""A header that the server puts on what another stream's configuration republishes."""
BATCH = 256
ATTEMPTS = 12
"""Tries before an event is a dead letter: with the delays below, about four minutes."""
FIRST_DELAY = 0.1
LONGEST_DELAY = 60.0
ATTEMPTS_AT_UNKNOWN = 8650
"""What is not yet known may take as long as another service is down: about a day."""
LONGEST_DELAY_AT_UNKNOWN = 10.0

WAITING = {"attempts": 0, "dead": False, "reason": "waits for an earlier version", "delay": None}
NEW = insert(parked).values(retry_at=func.now() + bindparam("delay", type_=Interval))
PARK = NEW.on_conflict_do_update(
    index_elements=["stream", "thing", "version"],
    set_={name: NEW.excluded[name] for name in ("attempts", "dead", "reason", "retry_at")},
)

E = TypeVar("E", bound=Event)
Handler = Callable[[Tx, Any], Awaitable[None]]


class NotYetKnown(Exception):
    """The event speaks of something that this service has not heard of yet; it is tried again shortly."""


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
        """Pull and take in, for ever; a durable that is gone is made again, and versions absorb the overlap."""
        while True:
            stop_if_cancelled()
            await bus.ensure_durable(self.stream, self.consumers.subjects(self.stream))
            try:
                async with aclosing(bus.pull(self.stream, batch=BATCH)) as batches:
                    async for messages in batches:
                        stop_if_cancelled()
                        await self.take(messages)
                        for message in messages:
                            await message.ack()
            except NotFoundError:
                log.warning("the durable on %s is gone and is made again", self.stream)

    async def take(self, messages: Sequence[Msg]) -> None:
        """Take a batch in, each event once and in the order of its thing's versions; what fails is parked."""
        await self._take([message for message in map(self._read, messages) if message is not None])

    def _read(self, message: Msg) -> Message | None:
        try:
            envelope, data = read_message(message.headers, message.data)
        except NotAnEvent:
            log.exception("dropped a message that is no event", extra={"subject": message.subject})
            return None
        if not self._is_genuine(message, envelope):
            log.error("dropped an event that is not its stream's to tell", extra={"subject": message.subject})
            return None
        follows = followed(message.headers or {}, envelope)
        return Message(stream=self.stream, envelope=envelope, body=data, follows=follows)

    def _is_genuine(self, message: Msg, envelope: Envelope) -> bool:
        """Whether the event's type is that of its subject and its stream: NATS lets each service publish its own.

        A message that another stream republished bears that stream's name, and is none of ours.
        """
        contract = CONTRACTS.get(envelope.type)
        own = contract is None or contract.stream == self.stream
        republished = REPUBLISHED_FROM in (message.headers or {})
        return own and not republished and message.subject.startswith(f"fullmakt.{envelope.type}.")

    async def _take(self, messages: Sequence[Message]) -> None:
        """Take these in within one transaction; if one of them fails, by halves, until it stands alone."""
        if not messages:
            return
        try:
            async with self.database.begin(self._first_tenant(messages[0])) as tx:
                await self._take_within(tx, messages)
        except Exception as error:
            if connection_lost(error):
                raise
            if len(messages) == 1:
                await self._park_failed(messages[0], error)
                return
            half = len(messages) // 2
            await self._take(messages[:half])
            await self._take(messages[half:])

    def _first_tenant(self, message: Message) -> UUID | None:
        """Whom to begin as, which saves a round trip where a batch is one event."""
        if message.envelope.type not in self.consumers.handlers:
            return None
        try:
            event = decode_body(message.envelope.type, message.body)
        except DecodeError:
            return None  # it fails where it is handled
        return None if event is None else event.first_tenant()

    async def _take_within(self, tx: Tx, messages: Sequence[Message]) -> None:
        progress = await Progress.lock(tx, self.stream, messages)
        for message in messages:
            now: Message | None = message if progress.is_next(message) else None
            while now is not None:
                await self._handle(tx, now)
                now = progress.advance(now.envelope)
        await self._park(tx, progress.early.values(), WAITING)
        await progress.save(tx)

    async def _handle(self, tx: Tx, message: Message) -> None:
        handler = self.consumers.handlers.get(message.envelope.type)
        event = decode_body(message.envelope.type, message.body) if handler else None
        if handler is None or event is None:
            return
        with tracing(message.envelope.traceparent):
            tx.cause, tx.actor = message.envelope, message.envelope.actor
            await tx.become(event.first_tenant())
            await handler(tx, event)
            await tx.session.flush()
        tx.session.expunge_all()  # the next event reads anew, as its own tenant

    async def _park_failed(self, message: Message, error: Exception) -> None:
        unknown = isinstance(error, NotYetKnown)
        attempts = message.attempts + 1
        dead = attempts >= (ATTEMPTS_AT_UNKNOWN if unknown else ATTEMPTS)
        delay = min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY_AT_UNKNOWN if unknown else LONGEST_DELAY)
        what = {"type": message.envelope.type, "thing": message.envelope.subject, "attempts": attempts, "dead": dead}
        with tracing(message.envelope.traceparent):
            level = logging.INFO if unknown and not dead else logging.ERROR
            log.log(level, "event failed, parked", exc_info=error, extra=what)
        state = {"attempts": attempts, "dead": dead, "reason": type(error).__name__, "delay": timedelta(seconds=delay)}
        async with self.database.begin(None) as tx:
            await self._park(tx, [message], state)

    async def _park(self, tx: Tx, messages: Iterable[Message], state: dict[str, Any]) -> None:
        """Keep these events, or the new state of them; `delay` says when to try again, None: with the one before."""
        rows = [
            {
                "stream": self.stream,
                "thing": message.envelope.subject,
                "version": message.envelope.version,
                "headers": to_headers(message.envelope) | {FOLLOWS: str(message.follows)},
                "body": message.body,
                **state,
            }
            for message in messages
        ]
        if rows:
            await tx.session.execute(PARK, rows)

    async def retry_due(self) -> int:
        """Try again what failed or waited and is due; answers how many were tried."""
        async with self.database.begin(None) as tx:
            due = select(parked).where(
                parked.c.stream == self.stream, parked.c.retry_at <= text("now()"), ~parked.c.dead
            )
            found = await tx.session.execute(due.order_by(parked.c.retry_at, parked.c.version).limit(BATCH))
            messages = [message_of(dict(row)) for row in found.mappings()]
        await self._take(messages)
        return len(messages)


def followed(headers: Mapping[str, str], envelope: Envelope) -> int:
    """The version that an event comes next after: the one before its own unless it tells of another."""
    told = headers.get(FOLLOWS, "")
    return int(told) if VERSION.fullmatch(told) else envelope.version - 1


def message_of(row: Mapping[str, Any]) -> Message:
    """A parked event as it came."""
    envelope = from_headers(row["headers"])
    return Message(
        stream=row["stream"],
        envelope=envelope,
        body=row["body"],
        follows=followed(row["headers"], envelope),
        attempts=row["attempts"],
        parked=True,
    )
