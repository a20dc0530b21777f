"""Link requests and links, with their transitions and errors; and the copies they are judged by."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from fullmakt.terms import Terms
from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from libs.shared.database import TYPES, Versioned
from libs.shared.errors import Conflict, Forbidden

LIFETIME = timedelta(hours=168)
"""A request lives 168 hours from its last sending (L5)."""

PENDING, ACCEPTED, DECLINED, CANCELLED, EXPIRED = "pending", "accepted", "declined", "cancelled", "expired"


class Base(DeclarativeBase):
    """Rows of clients."""

    type_annotation_map = TYPES


class AlreadyDecided(Conflict):
    """This request was answered already; `more` says how, by whom and when."""


class RequestExpired(Conflict):
    """This request has expired: it was good for seven days. The agency can send a new one."""


class RequestCancelled(Conflict):
    """The agency has taken this request back."""


class AlreadyLinked(Conflict):
    """This company is linked to your agency already."""


class PendingWithOtherTerms(Conflict):
    """A request with other terms is waiting for an answer; cancel it, then send anew. `more` says which."""


class LinkHasEnded(Conflict):
    """This link has ended; it can't be taken up again. Send a new request instead."""


class OnlyAgencies(Forbidden):
    """Only an agency can look companies up and ask them for a link."""


class NotVerified(Forbidden):
    """Your organisation is not verified; until it is, it can neither ask for a link nor approve one."""


class NotTheSender(Forbidden):
    """Only who sent the request, or an admin of the agency, may do this."""


class NotOwnAdministrator(Forbidden):
    """Only a system administrator of the company itself may answer this; a role held through an agency is none."""


class MayNotEndLink(Forbidden):
    """Only admins of the agency and system administrators of the company may end a link."""


class Organisation(Base):
    """Copy of an organisation's details."""

    __tablename__ = "organisation"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    country: Mapped[str]
    number: Mapped[str]
    subscription_number: Mapped[str]
    state: Mapped[str]

    __table_args__ = (
        Index("organisation_number", "number", "country"),
        Index("organisation_subscription", "subscription_number"),
    )

    def ensure_verified(self) -> None:
        """Refuse what nobody may do before it is known who they are (I1)."""
        if self.state != "verified":
            raise NotVerified


class Person(Base):
    """Copy of a person's name; None once erased."""

    __tablename__ = "person"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]


class Member(Base):
    """Copy of an active membership."""

    __tablename__ = "member"
    __tenants__ = ("organisation_id",)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    membership_id: Mapped[UUID]
    roles: Mapped[list[str]]

    __table_args__ = (Index("member_person", "person_id"),)


class LinkRequest(Versioned, Base):
    """An agency asks a company for a link. Both see all of it."""

    __tablename__ = "link_request"
    __tenants__ = ("agency_id", "company_id")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    company_id: Mapped[UUID]
    state: Mapped[str]
    terms: Mapped[object] = mapped_column(JSONB)
    generation: Mapped[int]
    requested_by: Mapped[UUID]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]
    traceparent: Mapped[str | None] = mapped_column(comment="W3C trace context of its last sending")

    __table_args__ = (
        Index(
            "link_request_pending",
            "agency_id",
            "company_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        Index("link_request_agency", "agency_id", "company_id", "sent_at"),
        Index("link_request_company", "company_id", "sent_at"),
        Index("link_request_due", "expires_at", postgresql_where=text("state = 'pending'")),
    )

    @property
    def agreed_terms(self) -> Terms:
        """The terms asked for."""
        return msgspec.convert(self.terms, Terms)

    def state_at(self, now: datetime) -> str:
        """The state at this moment: a pending request is dead after its time, swept or not."""
        return EXPIRED if self.state == PENDING and self.expires_at <= now else self.state

    def send(self, *, at: datetime) -> None:
        """Send, or send anew: 168 hours from now, and the links of earlier mails are dead."""
        self.generation = (self.generation or 0) + 1
        self.sent_at = at
        self.expires_at = at + LIFETIME

    def accept(self, *, by: UUID, at: datetime) -> "Link":
        """The company approves: the link begins."""
        self._decide(ACCEPTED, by=by, at=at)
        return Link(
            id=uuid4(),
            link_request_id=self.id,
            agency_id=self.agency_id,
            company_id=self.company_id,
            state="live",
            terms=self.terms,
            accepted_by=by,
            accepted_at=at,
        )

    def decline(self, *, by: UUID, reason: str | None, at: datetime) -> None:
        """The company says no."""
        self._decide(DECLINED, by=by, at=at)
        self.decline_reason = reason

    def cancel(self, *, by: UUID, at: datetime) -> None:
        """The agency takes the request back."""
        self._decide(CANCELLED, by=by, at=at)

    def expire(self, *, at: datetime) -> None:
        """Note that the time is over."""
        self.state = EXPIRED
        self.decided_at = at

    def ensure_pending(self, *, at: datetime) -> None:
        """Refuse what only a request that still waits for an answer can undergo."""
        state = self.state_at(at)
        if state == EXPIRED:
            raise RequestExpired
        if state == CANCELLED:
            raise RequestCancelled
        if state != PENDING:
            raise AlreadyDecided(state=state, decided_by=self.decided_by, decided_at=self.decided_at)

    def _decide(self, state: str, *, by: UUID, at: datetime) -> None:
        self.ensure_pending(at=at)
        self.state, self.decided_by, self.decided_at = state, by, at


class Link(Versioned, Base):
    """An agency is let into a company. Its id is never used again, and *ended* is final."""

    __tablename__ = "link"
    __tenants__ = ("agency_id", "company_id")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    link_request_id: Mapped[UUID] = mapped_column(unique=True)
    agency_id: Mapped[UUID]
    company_id: Mapped[UUID]
    state: Mapped[str]
    terms: Mapped[object] = mapped_column(JSONB)
    accepted_by: Mapped[UUID]
    accepted_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("link_live", "agency_id", "company_id", unique=True, postgresql_where=text("state = 'live'")),
        Index("link_company", "company_id"),
    )

    def end(self, *, by: UUID, at: datetime) -> None:
        """End the link for good."""
        if self.state == "ended":
            raise LinkHasEnded
        self.state, self.ended_by, self.ended_at = "ended", by, at
