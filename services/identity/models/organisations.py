"""Organisations and what is to be verified of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from libs.shared.database import Versioned
from libs.shared.errors import Conflict, Forbidden
from services.identity.models.base import Base

PENDING, VERIFIED, REFUSED = "pending", "verified", "refused"
IN_VERIFICATION, WITHDRAWN = "in_verification", "withdrawn"
REGISTRATION, NUMBER = "registration", "number"


ERASED = "\N{EN DASH}"
"""The name of an organisation that was erased."""


class AlreadyRegistered(Conflict):
    """This organisation number already has an account; confirm explicitly for a second subscription."""


class VerificationPending(Conflict):
    """This organisation is being verified; wait for the outcome, or withdraw what was asked for."""


class NothingToVerify(Conflict):
    """Nothing of this organisation waits to be verified, or it was decided a moment ago."""


class NoNumberChange(Conflict):
    """No other organisation number was asked for, or it was decided a moment ago."""


class OrganisationWasRefused(Conflict):
    """This organisation was refused at its verification, and stays as it is; register it anew."""


class AnotherKindOfNumber(Conflict):
    """A sole trader and a company are not the same organisation; register the other one as what it is."""


class NotASoleTrader(Conflict):
    """This organisation is no sole trader: who it is, is no personal data, and stays."""


class NotAnAdministrator(Forbidden):
    """Only a system administrator of the organisation, or a platform operator, may do this."""


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
    sole_trader: Mapped[bool] = mapped_column(default=False, comment="its number is a personal identity number")
    without_administrator: Mapped[bool] = mapped_column(default=True, comment="no own system administrator now")

    __table_args__ = (Index("organisation_number", "country", "number", "ordinal", unique=True),)

    def ensure_not_refused(self) -> None:
        """Refuse to change what is of no use any more."""
        if self.state == REFUSED:
            raise OrganisationWasRefused

    def forget(self, *, ordinal: int) -> None:
        """Nobody can tell any more who this was; the id stays."""
        self.name, self.number, self.ordinal = ERASED, "", ordinal


class SoleTrader(Versioned, Base):
    """Counts the events that tell a sole trader's name and number, which are personal data (L22)."""

    __tablename__ = "sole_trader"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, comment="the organisation")


class Verification(Versioned, Base):
    """That somebody checks who an organisation is: at its registration (I1), or when its number is to change (I7)."""

    __tablename__ = "verification"
    __tenants__ = ("organisation_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(comment="registration or number")
    country: Mapped[str]
    number: Mapped[str]
    state: Mapped[str]
    requested_by: Mapped[str] = mapped_column(comment="the actor, as the audit trail names it")
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(comment="a code, where it was refused")

    __table_args__ = (
        Index("verification_pending", "organisation_id", unique=True, postgresql_where=text("state = 'pending'")),
        Index("verification_waiting", "requested_at", "id", postgresql_where=text("state = 'pending'")),
        Index("verification_organisation", "organisation_id", "requested_at"),
    )

    def decide(self, outcome: str, *, reason: str | None, by: str, at: datetime) -> None:
        """Note what was found: `verified`, or `refused` with the reason."""
        if self.state != PENDING:
            raise NothingToVerify
        self.state, self.reason, self.decided_by, self.decided_at = outcome, reason, by, at

    def withdraw(self, *, by: str, at: datetime) -> None:
        """Note that nobody wants it any more."""
        if self.state != PENDING:
            raise NoNumberChange
        self.state, self.decided_by, self.decided_at = WITHDRAWN, by, at
