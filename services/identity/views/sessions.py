"""Sign-ins and sessions, as they are answered with."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

import msgspec

from services.identity.models import Session


class SignedInView(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in: an access token, and what to get the next one with. `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind of token
    session_token: str
    """What further access tokens of this session are got with; to be kept as a password is."""
    session_id: UUID
    device_token: str
    """For the next sign-in on this device: wrong guesses made elsewhere won't count there."""


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """A session of the person's that goes on."""

    session_id: UUID
    current: bool
    """Whether the caller's own token is of it."""
    program: str | None
    """The program that it is at; null: the sign-in itself."""
    company_id: UUID | None
    """The client acted for."""
    methods: list[str]
    """How it was begun (RFC 8176): `pwd`, `otp`, `mfa`."""
    user_agent: str | None
    address: str | None
    created_at: datetime
    used_at: datetime

    @classmethod
    def of(cls, row: Session, *, current: UUID | None) -> Self:
        """A row as its owner sees it."""
        return cls(
            session_id=row.id,
            current=row.id == current,
            program=row.program,
            company_id=row.company_id,
            methods=row.methods,
            user_agent=row.user_agent,
            address=row.address,
            created_at=row.created_at,
            used_at=row.used_at,
        )


class SessionPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of sessions."""

    items: list[SessionView]
    next: str | None
