"""Sessions of people and of programs, the programs themselves, and the keys that tokens are signed with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.shared.database import Versioned
from services.identity.models.base import Base


class Session(Versioned, Base):
    """Somebody is signed in: at the portal (`sign_in`), or from there at a program (`program`), perhaps for a client.

    All times are real time. What ends a sign-in ends the program sessions below it.
    """

    __tablename__ = "session"
    __tenants__ = ("person_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id"), comment="the sign-in of a program session")
    token_hash: Mapped[bytes | None] = mapped_column(comment="of the opaque token that a sign-in is used by")
    authenticated_at: Mapped[datetime]
    methods: Mapped[list[str]] = mapped_column(comment="amr of RFC 8176: pwd, otp, mfa")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(comment="why, as a code")
    user_agent: Mapped[str | None]
    address: Mapped[str | None] = mapped_column(comment="where it was begun from")
    program: Mapped[str | None]
    scopes: Mapped[list[str]]
    company_id: Mapped[UUID | None] = mapped_column(comment="the client acted for")
    agency_id: Mapped[UUID | None] = mapped_column(comment="null: an own user of the company")
    link_id: Mapped[UUID | None]

    __table_args__ = (
        Index("session_expires", "expires_at"),
        Index("session_person", "person_id", postgresql_where=text("ended_at IS NULL")),
        Index("session_parent", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        Index("session_ended", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
        Index("session_link", "link_id", postgresql_where=text("link_id IS NOT NULL AND ended_at IS NULL")),
    )

    def end(self, *, reason: str, at: datetime) -> None:
        """Its tokens are void from now on. `at`: real time."""
        self.ended_at = at
        self.ended_by = reason

    def is_open(self, *, at: datetime) -> bool:
        """Whether its tokens are good. `at`: real time."""
        return self.ended_at is None and self.expires_at > at


class AuthorizationCode(Base):
    """A code of RFC 6749, 4.1, for a program session that nobody holds a token of yet; good once, for a minute."""

    __tablename__ = "authorization_code"
    __tenants__ = ("person_id",)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"), primary_key=True)
    person_id: Mapped[UUID]
    code_hash: Mapped[bytes]
    redirect_uri: Mapped[str]
    code_challenge: Mapped[str]
    nonce: Mapped[str | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    def use(self, *, at: datetime) -> None:
        """It was redeemed. `at`: real time."""
        self.used_at = at


class RefreshToken(Base):
    """A refresh token of a program session. Its successor is derived from it, so a repeat gets the same one."""

    __tablename__ = "refresh_token"
    __tenants__ = ("person_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"))
    person_id: Mapped[UUID]
    token_hash: Mapped[bytes]
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index("refresh_token_session", "session_id"),)

    def use(self, *, at: datetime) -> None:
        """Its successor was given out. `at`: real time."""
        self.used_at = at


class Program(Base):
    """A program of the vendor that signs people in by OIDC (I6); belongs to no tenant."""

    __tablename__ = "program"

    id: Mapped[str] = mapped_column(primary_key=True, comment="also its client_id, and the audience of its tokens")
    name: Mapped[str]
    launch_url: Mapped[str]
    redirect_uris: Mapped[list[str]]
    post_logout_redirect_uris: Mapped[list[str]]
    secret_hash: Mapped[bytes | None] = mapped_column(comment="null: a public client, which has PKCE alone")


class SigningKey(Base):
    """A key that access tokens and ID tokens are signed with; published before it signs and after; no tenant's."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    private_key: Mapped[bytes] = mapped_column(comment="PEM, sealed with the key secret")
    public_key: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="JWK (RFC 7517)")
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    retired_at: Mapped[datetime | None] = mapped_column(comment="from then on it is not published any more")
