"""What notify tells: what became of a mail or an SMS."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fullmakt.events.base import Event, event


@event("notify.delivery.settled.v1", thing="delivery_id")
class DeliverySettled(Event, frozen=True, kw_only=True):
    """A mail or an SMS was taken by the server, or given up on after its last try (N7)."""

    delivery_id: UUID
    organisation_id: UUID
    organisation_kind: Literal["agency", "company"]
    person_id: UUID
    channel: Literal["mail", "sms"]
    template: str
    outcome: Literal["sent", "given_up"]
    settled_at: datetime
