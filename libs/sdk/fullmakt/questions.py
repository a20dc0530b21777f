"""What services ask each other live, over NATS request-reply on `ask.<service asked>.<asker>.<question>`."""

from datetime import datetime
from uuid import UUID

import msgspec

ROLES = "roles"
ADMINISTRATORS = "administrators"
DECIDE = "decide"


class RolesQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Which roles does this person hold as an own member of this organisation, at this moment? Asked of identity."""

    organisation_id: UUID
    person_id: UUID


class RolesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The roles held; `member` is False for somebody who is no active member."""

    member: bool
    roles: tuple[str, ...]


class AdministratorsQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Who are the own system administrators of this organisation, at this moment? Asked of identity."""

    organisation_id: UUID


class AdministratorsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Their person ids; none for an organisation that has none, or is not there."""

    person_ids: tuple[UUID, ...]


class DecideQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """May this person use this program at this company, at this moment? Asked of access (A14)."""

    person_id: UUID
    company_id: UUID
    program: str


class DecideAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The decision; `reason` says why not, and is None for a yes."""

    decision: bool
    reason: str | None
    evaluated_at: datetime
