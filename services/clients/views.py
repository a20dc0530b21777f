"""What clients answers with."""

from datetime import datetime
from typing import Self
from uuid import UUID

import msgspec
from fullmakt.terms import Terms

from services.clients.models import Link, LinkRequest


class HitView(msgspec.Struct, frozen=True, kw_only=True):
    """A company found by its exact number."""

    company_id: UUID
    name: str
    country: str
    organisation_number: str
    subscription_number: str
    can_be_asked: bool
    """False: the company has no own system administrator; the way to a link is the paper form (L12)."""
    standing: str
    """Towards this agency: none, pending or linked."""


class SearchView(msgspec.Struct, frozen=True, kw_only=True):
    """What a search found; no hits is an answer, not an error."""

    hits: list[HitView]
    subscription_number_needed: bool
    """The number has several subscriptions: search by subscription number."""


class LinkRequestView(msgspec.Struct, frozen=True, kw_only=True):
    """A link request, as either side sees it."""

    id: UUID
    agency_id: UUID
    agency_name: str | None
    company_id: UUID
    company_name: str | None
    company_number: str | None
    state: str
    """pending, accepted, declined, cancelled or expired."""
    terms: Terms
    requested_by: UUID
    requested_by_name: str | None
    sent_at: datetime
    expires_at: datetime
    decided_by: UUID | None
    decided_by_name: str | None
    decided_at: datetime | None
    decline_reason: str | None

    @classmethod
    def of(
        cls,
        row: LinkRequest,
        *,
        now: datetime,
        agency_name: str | None,
        company_name: str | None,
        company_number: str | None,
        sender_name: str | None,
        decider_name: str | None,
    ) -> Self:
        """View of a row, with the names that its ids stand for."""
        return cls(
            id=row.id,
            agency_id=row.agency_id,
            agency_name=agency_name,
            company_id=row.company_id,
            company_name=company_name,
            company_number=company_number,
            state=row.state_at(now),
            terms=row.agreed_terms,
            requested_by=row.requested_by,
            requested_by_name=sender_name,
            sent_at=row.sent_at,
            expires_at=row.expires_at,
            decided_by=row.decided_by,
            decided_by_name=decider_name,
            decided_at=row.decided_at,
            decline_reason=row.decline_reason,
        )


class LinkRequestPage(msgspec.Struct, frozen=True, kw_only=True):
    """Link requests, the newest first."""

    items: list[LinkRequestView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class LocatedView(msgspec.Struct, frozen=True, kw_only=True):
    """What a mailed link leads to, for whoever holds it."""

    link_request_id: UUID
    company_id: UUID
    company_name: str | None
    agency_name: str | None
    state: str
    expires_at: datetime


class ClientView(msgspec.Struct, frozen=True, kw_only=True):
    """A client of the agency, with the name and number that the company has."""

    company_id: UUID
    name: str
    organisation_number: str | None
    state: str
    """request_pending, declined, cancelled, expired, awaiting_activation, active or ended."""
    link_request_id: UUID
    link_id: UUID | None
    approved_by: str | None
    approved_at: datetime | None
    activated_at: datetime | None


class ClientPage(msgspec.Struct, frozen=True, kw_only=True):
    """Clients by name."""

    items: list[ClientView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A link between agency and company."""

    id: UUID
    agency_id: UUID
    company_id: UUID
    state: str
    ended_at: datetime | None

    @classmethod
    def of(cls, row: Link) -> Self:
        """View of a row."""
        return cls(
            id=row.id, agency_id=row.agency_id, company_id=row.company_id, state=row.state, ended_at=row.ended_at
        )
