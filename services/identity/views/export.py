"""Everything that identity has of a person, as it is exported (GDPR, articles 15 and 20)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from services.identity.views.audit import AuditEntryView


class ExportedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """The person."""

    id: UUID
    name: str | None
    email: str | None
    pending_email: str | None
    mobile: str | None
    language: str | None
    time_zone: str | None
    operator: bool
    has_password: bool


class ExportedMembership(msgspec.Struct, frozen=True, kw_only=True):
    """A place at an organisation, also one that has ended."""

    id: UUID
    organisation_id: UUID
    state: str
    roles: list[str]
    apps: list[str]
    username: str | None
    leaving_since: datetime | None


class ExportedInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that was sent to the person."""

    id: UUID
    organisation_id: UUID
    invited_by: UUID
    name: str | None
    """As whoever invites typed it, while the invitation is open."""
    email: str | None
    """As whoever invites typed it, while the invitation is open."""
    apps: list[str]
    sent_at: datetime
    accepted_at: datetime | None


class ExportedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session, also one that is over."""

    id: UUID
    kind: str
    program: str | None
    company_id: UUID | None
    agency_id: UUID | None
    methods: list[str]
    scopes: list[str]
    created_at: datetime
    authenticated_at: datetime
    used_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    user_agent: str | None
    address: str | None


class ExportedSecondFactor(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a second factor is asked for, and how many recovery codes are left; no secret of it."""

    in_use_since: datetime | None
    recovery_codes_left: int


class ExportedReset(msgspec.Struct, frozen=True, kw_only=True):
    """That a forgotten password was to be replaced."""

    id: UUID
    requested_at: datetime
    expires_at: datetime
    used_at: datetime | None


class ExportedEmailChange(msgspec.Struct, frozen=True, kw_only=True):
    """That the e-mail address was to change."""

    id: UUID
    state: str
    requested_at: datetime
    expires_at: datetime
    old_confirmed_at: datetime | None
    new_confirmed_at: datetime | None
    settled_at: datetime | None


class ExportView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that identity has of a person; other services have what they keep of them by the same id."""

    version: Literal[1] = 1
    """Of this form; it counts up when something in it comes to mean something else."""
    generated_at: datetime
    person: ExportedPerson
    memberships: list[ExportedMembership]
    invitations: list[ExportedInvitation]
    sessions: list[ExportedSession]
    second_factor: ExportedSecondFactor
    password_resets: list[ExportedReset]
    email_changes: list[ExportedEmailChange]
    audit: list[AuditEntryView]
    """What the person did and what was done to them, newest first: the newest 10,000."""
    audit_next: str | None
    """The `after` by which /people/{id}/audit goes on, where there are more."""
