"""Telling Fullmakt something, for the vendor's own systems."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from msgspec import json
from nats.aio.client import Client

from fullmakt.cloudevents import Envelope, to_headers
from fullmakt.events.base import Event

TIMEOUT = 5.0  # seconds


async def publish(
    client: Client,
    event: Event,
    *,
    version: int = 1,
    id_: UUID | None = None,
    at: datetime | None = None,
    actor: str = "system",
    traceparent: str | None = None,
) -> UUID:
    """Publish an event; returns its id once JetStream has it.

    `client` is connected as a NATS user who may publish the event's subject. `version` counts the events of the thing
    from 1 on. To try again after an error, give the same `id_`: it takes effect once. `at`: when it happened, now
    unless told. `actor`: `service:<id>` of a service account, or `system`.

    Raises nats.errors.Error, nats.js.errors.Error: it may not have arrived.
    """
    envelope = Envelope(
        id=id_ or uuid4(),
        source=event.source(),
        type=event.type,
        subject=event.thing_id(),
        time=at or datetime.now(UTC),
        version=version,
        actor=actor,
        traceparent=traceparent,
    )
    headers = to_headers(envelope) | {"Nats-Msg-Id": str(envelope.id)}
    await client.jetstream().publish(event.subject(), json.encode(event), timeout=TIMEOUT, headers=headers)
    return envelope.id
