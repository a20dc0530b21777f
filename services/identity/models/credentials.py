"""What a person signs in with beside the password, and how lost or changed ones are put right (I14)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from libs.shared.database import Versioned
from services.identity.models.base import Base


class SecondFactor(Base):
    """A person's TOTP secret (RFC 6238), sealed; asked for at sign-in once the person has shown a code of it."""

    __tablename__ = "second_factor"
    __tenants__ = ("person_id",)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(comment="sealed with the key secret")
    confirmed_at: Mapped[datetime | None] = mapped_column(comment="null: shown to the person, not yet in use")
    last_step: Mapped[int] = mapped_column(BigInteger, default=0, comment="of the last code taken: a code is good once")


class RecoveryCode(Base):
    """A code that stands in for a lost second factor, once."""

    __tablename__ = "recovery_code"
    __tenants__ = ("person_id",)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class PasswordReset(Versioned, Base):
    """That somebody has forgotten their password; good once, by the mailed link."""

    __tablename__ = "password_reset"
    __tenants__ = ("person_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        Index("password_reset_person", "person_id", "requested_at"),
        Index("password_reset_expires", "expires_at"),
    )


class EmailChange(Versioned, Base):
    """That a person wants another e-mail address; it holds once both addresses have confirmed."""

    __tablename__ = "email_change"
    __tenants__ = ("person_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    old_confirmed_at: Mapped[datetime | None]
    new_confirmed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    state: Mapped[str]

    __table_args__ = (
        Index("email_change_pending", "person_id", unique=True, postgresql_where=text("state = 'pending'")),
        Index("email_change_settled", "settled_at", postgresql_where=text("settled_at IS NOT NULL")),
    )

    @property
    def missing(self) -> Literal["old", "new"] | None:
        """Which address has not confirmed yet."""
        if self.old_confirmed_at is None:
            return "old"
        return "new" if self.new_confirmed_at is None else None

    def is_open(self, *, at: datetime) -> bool:
        """Whether it can still be confirmed."""
        return self.state == "pending" and at < self.expires_at

    def confirm(self, side: Literal["old", "new"], *, at: datetime) -> None:
        """One of the addresses has confirmed; the first time counts."""
        if side == "old":
            self.old_confirmed_at = self.old_confirmed_at or at
        else:
            self.new_confirmed_at = self.new_confirmed_at or at

    def settle(self, state: Literal["done", "cancelled", "expired"], *, at: datetime) -> None:
        """It is over."""
        self.state, self.settled_at = state, at


class Failures(Base):
    """How often signing in failed lately, by what is limited: belongs to no tenant, and no route reads it as it is."""

    __tablename__ = "failures"

    bucket: Mapped[bytes] = mapped_column(primary_key=True, comment="keyed hash of an address, an account, a device")
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(comment="real time, from which on they do not count any more")

    __table_args__ = (Index("failures_ends_at", "ends_at"),)
