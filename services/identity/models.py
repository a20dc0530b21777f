"""Organisations, people and what ties them together, with their transitions and errors."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from libs.shared.database import TYPES, Versioned
from libs.shared.errors import Conflict, Forbidden, Invalid


class Base(DeclarativeBase):
    """Rows of identity."""

    type_annotation_map = TYPES


class LastAdministrator(Conflict):
    """This is the organisation's only own system administrator; name a successor first."""


class AlreadyAccepted(Conflict):
    """This invitation was accepted already; sign in instead."""


class InvitationNotOpen(Conflict):
    """This invitation link is no longer good; ask whoever invited you to send a new one."""


class AlreadyRegistered(Conflict):
    """This organisation number already has an account; confirm explicitly for a second subscription."""


class NotAnAdministrator(Forbidden):
    """Only a system administrator of the organisation, or a platform operator, may do this."""


class NotAnOperator(Forbidden):
    """Only a platform operator may do this."""


class UnknownRole(Invalid):
    """A role is `system_administrator` or `program_administrator:<program>`."""


class Organisation(Versioned, Base):
    """A tenant: an agency or a company. Its details are its own (I7)."""

    __tablename__ = "organisation"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    country: Mapped[str]
    number: Mapped[str]
    ordinal: Mapped[int] = mapped_column(comment="which subscription of its number this is, from 1 on")
    subscription_number: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    state: Mapped[str]

    __table_args__ = (Index("organisation_number", "country", "number", "ordinal", unique=True),)


class Person(Versioned, Base):
    """One person with one sign-in, however many organisations they are a member of. Nobody's tenant but their own."""

    __tablename__ = "person"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(comment="case-folded")
    mobile: Mapped[str | None]
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    password_hash: Mapped[str | None]
    operator: Mapped[bool] = mapped_column(default=False)
    erased_at: Mapped[datetime | None]

    __table_args__ = (Index("person_email", "email", unique=True),)

    def erase(self, *, at: datetime) -> None:
        """Forget who this was; the id stays, naming nobody."""
        self.name = self.email = self.mobile = self.language = self.time_zone = self.password_hash = None
        self.operator = False
        self.erased_at = at


class Membership(Versioned, Base):
    """A person's place in one organisation, with the roles held there."""

    __tablename__ = "membership"
    __tenants__ = ("organisation_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    roles: Mapped[list[str]]

    __table_args__ = (
        Index(
            "membership_once", "organisation_id", "person_id", unique=True, postgresql_where=text("state <> 'ended'")
        ),
        Index("membership_person", "person_id"),
    )

    @property
    def is_system_administrator(self) -> bool:
        """Whether this person is an own system administrator of the organisation now."""
        return self.state == "active" and SYSTEM_ADMINISTRATOR in self.roles

    def accept(self) -> None:
        """The invited person is a member from now on."""
        if self.state == "active":
            raise AlreadyAccepted
        if self.state == "ended":
            raise InvitationNotOpen
        self.state = "active"

    def end(self) -> None:
        """The person is no member any more and holds nothing here."""
        self.state = "ended"
        self.roles = []


class Invitation(Versioned, Base):
    """An invitation to an organisation, accepted by the link in the mail."""

    __tablename__ = "invitation"
    __tenants__ = ("organisation_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id", initially="DEFERRED", deferrable=True))
    person_id: Mapped[UUID]
    invited_by: Mapped[UUID]
    generation: Mapped[int]
    sent_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]

    def accept(self, *, at: datetime) -> None:
        """Note when the person accepted; an invitation is good once."""
        if self.accepted_at is not None:
            raise AlreadyAccepted
        self.accepted_at = at


class ServiceAccount(Base):
    """Another system that calls us, by client credentials. Its secret is kept hashed."""

    __tablename__ = "service_account"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes]
    scopes: Mapped[list[str]]


Scope = Literal["access.decide", "events.read", "people.read", "sandbox"]
