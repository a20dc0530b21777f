"""A stream to publish to, subscribers on it, and what they have handled."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from fullmakt.cloudevents import Envelope, to_headers
from fullmakt.events import Context, Event, LinkAccepted, LinkEnded, Subscriber
from fullmakt.terms import Terms
from msgspec import json
from nats.aio.client import Client

from libs.local.nats import Nats
from libs.shared.bus import Bus

AGENCY, COMPANY, PERSON = uuid4(), uuid4(), uuid4()
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ADMIN = "admin"


def accepted(link: UUID, *, agency: UUID = AGENCY, company: UUID = COMPANY) -> LinkAccepted:
    """That a link began."""
    return LinkAccepted(
        link_id=link,
        link_request_id=uuid4(),
        agency_id=agency,
        company_id=company,
        accepted_by=PERSON,
        accepted_at=NOW,
        terms=Terms(),
    )


def ended(link: UUID, *, agency: UUID = AGENCY, company: UUID = COMPANY) -> LinkEnded:
    """That a link ended."""
    return LinkEnded(link_id=link, agency_id=agency, company_id=company, ended_by=PERSON, ended_at=NOW)


def message_of(event: Event, version: int) -> tuple[str, bytes, dict[str, str]]:
    """Subject, body and headers of an event."""
    envelope = Envelope(
        id=uuid4(),
        source="/fullmakt/test",
        type=event.type,
        subject=event.thing_id(),
        time=NOW,
        version=version,
        actor="system",
    )
    return event.subject(), json.encode(event), to_headers(envelope)


class Wire:
    """The server, and a connection that may publish anything."""

    def __init__(self, nats: Nats, bus: Bus) -> None:
        self.nats = nats
        self.client: Client = bus.client
        self.jetstream = bus.jetstream
        self.versions: dict[UUID, int] = {}

    async def tell(self, *events: Event) -> None:
        """Publish these, each as the next version of its thing."""
        for event in events:
            version = self.versions[event.thing_id()] = self.versions.get(event.thing_id(), 0) + 1
            subject, body, headers = message_of(event, version)
            await self.jetstream.publish(subject, body, headers=headers)

    async def tell_again(self, event: Event, version: int) -> None:
        """Publish an event under a version that was given before."""
        subject, body, headers = message_of(event, version)
        await self.jetstream.publish(subject, body, headers=headers)

    def subscriber(self, name: str = "billing", **settings: Any) -> Subscriber:
        """A subscriber that is not running yet."""
        password = self.nats.passwords[ADMIN]
        return Subscriber(self.nats.url, name, user=ADMIN, password=password, **{"ack_wait": 1.0, **settings})

    async def unacknowledged(self, name: str = "billing", stream: str = "clients") -> int:
        """How many messages of a durable are given out and not acknowledged, or not given out yet."""
        info = await self.jetstream.consumer_info(stream, name)
        return (info.num_ack_pending or 0) + (info.num_pending or 0)


class Seen:
    """What handlers were called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[Event, Context]] = []

    async def handle(self, event: Event, context: Context) -> None:
        """Note the call."""
        self.calls.append((event, context))

    def versions(self, thing: UUID) -> list[int]:
        """The versions of a thing, in the order in which they were handled."""
        return [context.envelope.version for _, context in self.calls if context.envelope.subject == thing]

    def things(self) -> list[UUID]:
        """What the events were about, in the order in which they were handled."""
        return [event.thing_id() for event, _ in self.calls]

    def count(self, at_least: int) -> "Any":
        """A condition: so many calls."""

        async def there() -> bool:
            return len(self.calls) >= at_least

        return there


@asynccontextmanager
async def running(*subscribers: Subscriber) -> AsyncIterator[None]:
    """Subscribers at work, stopped at the end of the block; what they raise is raised there."""
    tasks = [asyncio.create_task(subscriber.run()) for subscriber in subscribers]
    try:
        yield
    finally:
        for subscriber in subscribers:
            subscriber.stop()
        outcomes: Sequence[BaseException | None] = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
            raise outcome


async def crash(subscriber: Subscriber, task: "asyncio.Task[None]") -> None:
    """End a subscriber as kill -9 would: its connection is cut, nothing is given back."""
    client = subscriber.client
    client.options["allow_reconnect"] = False
    assert client._transport is not None  # noqa: SLF001
    client._transport.close()  # type: ignore[no-untyped-call]  # noqa: SLF001
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
