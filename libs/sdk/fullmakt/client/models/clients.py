"""Requests and answers of clients."""
# Made from docs/openapi by `make generate`.

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import convert, field

from fullmakt.client.model import Model


class ClientView(Model, frozen=True, kw_only=True):
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


class DeclineLinkRequest(Model, frozen=True, kw_only=True):
    """Why not, if the company wants to say."""

    reason: str | None = None


class FeedItem(Model, frozen=True, kw_only=True):
    """An event as it is published, binary mode: CloudEvents headers and the JSON body."""

    subject: str
    thing: UUID
    version: int
    headers: dict[str, str]
    body: Any


class FeedPage(Model, frozen=True, kw_only=True):
    """Events in the order of their commits; `next` continues after the last, also when there is none yet."""

    items: list[FeedItem]
    next: str


class HitView(Model, frozen=True, kw_only=True):
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


class LinkView(Model, frozen=True, kw_only=True):
    """A link between agency and company."""

    id: UUID
    agency_id: UUID
    company_id: UUID
    state: str
    ended_at: datetime | None


class LocatedView(Model, frozen=True, kw_only=True):
    """What a mailed link leads to, for whoever holds it."""

    link_request_id: UUID
    company_id: UUID
    company_name: str | None
    agency_name: str | None
    state: str
    expires_at: datetime


class SearchCompany(Model, frozen=True, kw_only=True):
    """The number of a company to search for, as people type it."""

    organisation_number: str
    country: str | None = None
    """SE, DK, NO or FI; without it, wherever the number's check digit is right."""


class SearchView(Model, frozen=True, kw_only=True):
    """What a search found; no hits is an answer, not an error."""

    hits: list[HitView]
    subscription_number_needed: bool
    """The number has several subscriptions: search by subscription number."""


class SetClock(Model, frozen=True, kw_only=True):
    """How far business time is to be ahead of real time from now on."""

    ahead_seconds: float


class SnapshotItem(Model, frozen=True, kw_only=True):
    """An event as it was published in its stream, binary mode: CloudEvents headers and the JSON body."""

    subject: str
    thing: UUID
    version: int
    headers: dict[str, str]
    body: Any
    stream: str


class SnapshotPage(Model, frozen=True, kw_only=True):
    """Events in the order of stream, thing and version; `next` continues after the last, null after the last page."""

    items: list[SnapshotItem]
    next: str | None


class Terms(Model, frozen=True, kw_only=True):
    """The terms of a link: which programs, and whether the agency may administer the client's users (B5)."""

    programs: list[str] = field(default_factory=list)
    """Programs that the agency may administer at the client; empty: all of the agency package."""
    administer_users: bool = True
    """True: agency people may be made system administrator at the client; False: only program administrator."""


class ClientPage(Model, frozen=True, kw_only=True):
    """Clients by name."""

    items: list[ClientView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class LinkRequestView(Model, frozen=True, kw_only=True):
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


class SendLinkRequest(Model, frozen=True, kw_only=True):
    """Which company to ask, and for what."""

    company_id: UUID
    terms: Terms = field(default_factory=lambda: convert({"programs": [], "administer_users": True}, type=Terms))


class LinkRequestPage(Model, frozen=True, kw_only=True):
    """Link requests, the newest first."""

    items: list[LinkRequestView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""
