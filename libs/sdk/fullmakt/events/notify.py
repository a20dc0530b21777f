"""What notify tells: what became of a mail or an SMS."""

from typing import Literal
from uuid import UUID

from fullmakt.events.base import Event, Moment, OrganisationKind, event


@event("notify.delivery.settled.v1", thing="delivery_id")
class DeliverySettled(Event, frozen=True, kw_only=True):
    """A mail or an SMS was taken by the server, or given up on after its last try (N7)."""

    delivery_id: UUID
    organisation_id: UUID
    """The organisation as whose member the person was written to."""
    organisation_kind: OrganisationKind
    person_id: UUID
    """The person whom it was for."""
    channel: Literal["mail", "sms"]
    """How it went."""
    template: str
    """What it was, such as `link_request` or `invitation`. More may come."""
    outcome: Literal["sent", "given_up"]
    """`sent`: the server took it; what it made of it later is not known."""
    settled_at: Moment
    """When."""
