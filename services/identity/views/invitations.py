"""Invitations that wait to be accepted, as they are answered with."""

from datetime import datetime
from typing import Self
from uuid import UUID

import msgspec

from services.identity.models import Invitation


class OpenInvitationView(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that waits to be accepted."""

    id: UUID
    person_id: UUID
    name: str | None
    """As whoever invites typed it."""
    email: str | None
    """As whoever invites typed it."""
    invited_by: UUID
    """A person, or a service account."""
    sent_at: datetime
    """When it was mailed the last time."""
    apps: list[str]
    """Apps that it invites to: `receipts` for client users."""
    roles: list[str]
    """What the person is to be at the organisation."""

    @classmethod
    def of(cls, row: Invitation, roles: list[str]) -> Self:
        """View of a row, with the roles of its membership."""
        return cls(
            id=row.id,
            person_id=row.person_id,
            name=row.name,
            email=row.email,
            invited_by=row.invited_by,
            sent_at=row.sent_at,
            apps=row.apps,
            roles=roles,
        )


class OpenInvitationPage(msgspec.Struct, frozen=True, kw_only=True):
    """Open invitations, the last sent first."""

    items: list[OpenInvitationView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""
