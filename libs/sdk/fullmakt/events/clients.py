"""What clients tells: link requests and links between an agency and a company."""

from uuid import UUID

from fullmakt.events.base import Event, Moment, event
from fullmakt.terms import LinkTerms


@event("clients.link_request.sent.v1", thing="link_request_id")
class LinkRequestSent(Event, frozen=True, kw_only=True):
    """An agency asked a company for a link, or asked again: a higher generation, which ends the old mail links."""

    link_request_id: UUID
    agency_id: UUID
    company_id: UUID
    requested_by: UUID
    recipients: tuple[UUID, ...]
    """Every own system administrator of the company at that moment (L4), to be told by mail."""
    terms: LinkTerms
    generation: int
    sent_at: Moment
    """When it was sent, for the first time or again."""
    expires_at: Moment
    """168 hours after sending (L5)."""


@event("clients.link_request.declined.v1", thing="link_request_id")
class LinkRequestDeclined(Event, frozen=True, kw_only=True):
    """An own system administrator of the company said no. Why stands in clients' API: free text rides in no event."""

    link_request_id: UUID
    agency_id: UUID
    company_id: UUID
    requested_by: UUID
    declined_by: UUID
    """The administrator of the company who declined."""
    declined_at: Moment
    """When they declined."""


@event("clients.link_request.cancelled.v1", thing="link_request_id")
class LinkRequestCancelled(Event, frozen=True, kw_only=True):
    """The agency took the request back."""

    link_request_id: UUID
    agency_id: UUID
    company_id: UUID
    cancelled_by: UUID
    """The person of the agency who cancelled."""
    cancelled_at: Moment
    """When they cancelled."""


@event("clients.link_request.expired.v1", thing="link_request_id")
class LinkRequestExpired(Event, frozen=True, kw_only=True):
    """Nobody answered within 168 hours of the last sending (L5)."""

    link_request_id: UUID
    agency_id: UUID
    company_id: UUID
    requested_by: UUID
    expired_at: Moment
    """When the 168 hours were over."""


@event("clients.link_request.accepted.v1", thing="link_request_id")
class LinkRequestAccepted(Event, frozen=True, kw_only=True):
    """An own system administrator of the company approved; the link that came of it has its own event."""

    link_request_id: UUID
    agency_id: UUID
    company_id: UUID
    requested_by: UUID
    accepted_by: UUID
    """The administrator of the company who approved."""
    accepted_at: Moment
    """When they approved."""
    link_id: UUID
    """The link that came of it."""


@event("clients.link.accepted.v1", thing="link_id")
class LinkAccepted(Event, frozen=True, kw_only=True):
    """A link between agency and company began: the client may be activated (L15)."""

    link_id: UUID
    link_request_id: UUID
    """The request that it came of."""
    agency_id: UUID
    company_id: UUID
    accepted_by: UUID
    """The administrator of the company who approved."""
    accepted_at: Moment
    """When they approved."""
    terms: LinkTerms


@event("clients.link.ended.v1", thing="link_id")
class LinkEnded(Event, frozen=True, kw_only=True):
    """A link ended for good; all that hung on it ends with it (L16). Its id is never used again."""

    link_id: UUID
    agency_id: UUID
    company_id: UUID
    ended_by: UUID
    """The person, of the agency or of the company, who ended it."""
    ended_at: Moment
    """When they ended it."""
