"""What notify knows of others, and what it has told to whom, with transitions and errors."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

import msgspec
from fullmakt.roles import SYSTEM_ADMINISTRATOR, is_agency_admin
from sqlalchemy import ARRAY, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from libs.shared.database import TYPES, Versioned
from libs.shared.errors import Conflict, Forbidden

TRIES = 10
"""Tries before a delivery is given up: with the delays below, about 50 minutes."""
FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(minutes=15)
WAITS = 1500
"""Looks for something not known yet before a delivery is given up: with the delays below, about a day."""
FIRST_WAIT = timedelta(milliseconds=100)
LONGEST_WAIT = timedelta(minutes=1)
REMIND_BEFORE = timedelta(hours=48)
"""How long before a link request expires those who have not answered are reminded (N2)."""
PERSON = "person"
"""What stands for the kind of organisation where a person is written to on nobody's behalf."""
DELIVERIES = UUID("5b0f4d3e-6a53-4f43-9f0b-0c9b6a0a7d11")

Channel = Literal["mail", "sms"]
DeliveryState = Literal["due", "sent", "given_up", "lapsed"]


class Base(DeclarativeBase):
    """Rows of notify."""

    type_annotation_map = TYPES | {list[UUID]: ARRAY(Uuid), dict[str, Any]: JSONB}


class MayNotSeeDeliveries(Forbidden):
    """Only administrators of the organisation may see what its people were sent, and have it sent again."""


class NotGivenUp(Conflict):
    """Only a delivery that was given up can be sent again."""


class Params(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a mail or a notice speaks of: ids, codes, counts and times, never a name or an address."""

    link_request_id: UUID | None = None
    link_id: UUID | None = None
    invitation_id: UUID | None = None
    person_version: int | None = None
    membership_id: UUID | None = None
    generation: int | None = None
    agency_id: UUID | None = None
    company_id: UUID | None = None
    acted_by: UUID | None = None
    at: datetime | None = None
    password_reset_id: UUID | None = None
    email_change_id: UUID | None = None
    expires_at: datetime | None = None
    change: str | None = None
    job_id: UUID | None = None
    done: int | None = None
    unchanged: int | None = None
    refused: int | None = None

    def stored(self) -> dict[str, Any]:
        """As it is kept in a row."""
        return dict(msgspec.to_builtins(self))


class Organisation(Base):
    """An agency or a company, as identity tells of it."""

    __tablename__ = "organisation"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    country: Mapped[str]
    language: Mapped[str]


class Person(Base):
    """A person and where to reach them, as identity tells of them. Erased: only the id is left."""

    __tablename__ = "person"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    email: Mapped[str | None]
    mobile: Mapped[str | None]
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    pending_email: Mapped[str | None] = mapped_column(comment="wanted, and not confirmed yet")
    email_change_id: Mapped[UUID | None] = mapped_column(comment="the change that pending_email belongs to")
    erased: Mapped[bool]


class Member(Base):
    """A membership, as identity tells of it. An ended one stays, to tell who left from who is not known yet."""

    __tablename__ = "member"
    __tenants__ = ("organisation_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the membership; who leaves and comes back has two")
    organisation_id: Mapped[UUID]
    person_id: Mapped[UUID]
    state: Mapped[str]
    roles: Mapped[list[str]]

    __table_args__ = (Index("member_person", "organisation_id", "person_id"),)


class LinkRequest(Base):
    """A link request, as clients tells of it."""

    __tablename__ = "link_request"
    __tenants__ = ("agency_id", "company_id")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    company_id: Mapped[UUID]
    requested_by: Mapped[UUID]
    recipients: Mapped[list[UUID]]
    generation: Mapped[int]
    reminded_generation: Mapped[int] = mapped_column(
        default=0, comment="the generation that a reminder went out for; 0: none"
    )
    state: Mapped[str]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    traceparent: Mapped[str | None] = mapped_column(comment="W3C trace context of its sending, for the reminder")

    __table_args__ = (
        Index("link_request_agency", "agency_id", "company_id"),
        Index("link_request_company", "company_id", "agency_id"),
        Index(
            "link_request_unreminded",
            "expires_at",
            postgresql_where=text("state = 'pending' AND reminded_generation < generation"),
        ),
    )

    def is_open(self, generation: int | None, *, at: datetime) -> bool:
        """Whether a mail of this generation still leads somewhere."""
        return self.state == "pending" and self.generation == generation and at < self.expires_at

    def is_to_be_reminded_of(self, *, at: datetime) -> bool:
        """Whether it is the last 48 hours of a pending request that nobody was reminded of."""
        is_last_stretch = self.expires_at - REMIND_BEFORE <= at < self.expires_at
        return self.state == "pending" and is_last_stretch and self.reminded_generation < self.generation


class Delivery(Versioned, Base):
    """One mail or SMS to one person for one cause, on behalf of one organisation (N7)."""

    __tablename__ = "delivery"
    __tenants__ = ("organisation_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        comment="on whose behalf it goes to the person: about their sign-in, their own"
    )
    organisation_kind: Mapped[str]
    person_id: Mapped[UUID]
    channel: Mapped[str]
    template: Mapped[str]
    cause: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(comment="ids and codes; the text is made when it is sent")
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    waits: Mapped[int] = mapped_column(
        default=0, comment="times it was put off because something it speaks of is not known yet"
    )
    due_at: Mapped[datetime] = mapped_column(
        server_default=text("now()"), comment="real time; the other times are business time"
    )
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(comment="a code; never what a server answered")
    traceparent: Mapped[str | None] = mapped_column(comment="W3C trace context of what caused it")

    __table_args__ = (
        UniqueConstraint("cause", "person_id", "channel", name="delivery_once"),
        Index("delivery_due", "due_at", postgresql_where=text("state = 'due'")),
        Index("delivery_listed", "organisation_id", "state", "created_at", "id"),
        Index("delivery_person", "person_id", "organisation_id"),
    )

    @property
    def is_personal(self) -> bool:
        """Whether it is about the person's own sign-in, and no organisation's to know of."""
        return self.organisation_kind == PERSON

    def is_sent(self, *, at: datetime) -> None:
        """The server took it."""
        self.attempts += 1
        self._settle("sent", None, at)

    def give_up(self, reason: str, *, at: datetime) -> None:
        """It can't be delivered; it is listed, and somebody may have it sent again."""
        self._settle("given_up", reason, at)

    def lapse(self, reason: str, *, at: datetime) -> None:
        """It became pointless before it was sent."""
        self._settle("lapsed", reason, at)

    def _settle(self, state: DeliveryState, reason: str | None, at: datetime) -> None:
        self.state, self.reason, self.settled_at = state, reason, at

    def put_off(self, reason: str, *, real_now: datetime, at: datetime) -> None:
        """It failed for now: try again later, three times as late each time, or give up after the last try."""
        self.attempts += 1
        self.reason = reason
        if self.attempts >= TRIES:
            self.give_up(reason, at=at)
        else:
            self.due_at = real_now + min(FIRST_DELAY * 3 ** (self.attempts - 1), LONGEST_DELAY)

    def wait(self, reason: str, *, real_now: datetime, at: datetime) -> None:
        """Something it speaks of is not known yet: look again soon."""
        self.waits += 1
        self.reason = reason
        if self.waits >= WAITS:
            self.give_up(reason, at=at)
        else:
            self.due_at = real_now + min(FIRST_WAIT * 2 ** min(self.waits, 16), LONGEST_WAIT)

    def retry(self, *, real_now: datetime) -> None:
        """Send it again from the start, at once."""
        if self.state != "given_up":
            raise NotGivenUp
        self.state, self.reason, self.settled_at = "due", None, None
        self.attempts = self.waits = 0
        self.due_at = real_now


class Notice(Base):
    """Something told to one person in the product, at one organisation."""

    __tablename__ = "notice"
    __tenants__ = ("organisation_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    cause: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(comment="ids and codes; the text is made when it is read")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("cause", "person_id", name="notice_once"),
        Index("notice_listed", "organisation_id", "person_id", "created_at", "id"),
        Index("notice_unread", "organisation_id", "person_id", postgresql_where=text("read_at IS NULL")),
    )

    def read(self, *, at: datetime) -> None:
        """The person has seen it; the first time counts."""
        self.read_at = self.read_at or at


def id_of(cause: str, person_id: UUID, channel: Channel | Literal["notice"]) -> UUID:
    """The id of what is told to a person for a cause: a repeat has the same, and so the same Message-ID (N7)."""
    return uuid5(DELIVERIES, f"{cause}|{person_id}|{channel}")


def administers(kind: str, roles: Collection[str]) -> bool:
    """Whether these roles make somebody an administrator of an agency, or of a company."""
    return is_agency_admin(roles) if kind == "agency" else SYSTEM_ADMINISTRATOR in roles
