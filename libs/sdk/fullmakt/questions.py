"""What services ask each other live, over NATS request-reply on `ask.<service asked>.<asker>.<question>`."""

from datetime import datetime
from uuid import UUID

import msgspec

ROLES = "roles"
ADMINISTRATORS = "administrators"
DECIDE = "decide"
WAY_IN = "way_in"
ADMINISTRATION = "administration"
ENDED_SESSIONS = "ended_sessions"


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


class WayInQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """By which link does this person come to this program at this company, at this moment? Asked of access (I6)."""

    person_id: UUID
    company_id: UUID
    program: str


class WayInAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The way in; `reason` says why there is none, and is None where there is one."""

    reason: str | None
    agency_id: UUID | None = None
    """The agency that the person comes from; None for an own user of the company."""
    link_id: UUID | None = None


class AdministrationQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What does this agency person hold at these companies, at this moment? Asked of access (I4, I7, I8)."""

    person_id: UUID
    company_ids: tuple[UUID, ...]


class Administered(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody of an agency holds at a company, by a link that is live and a client that is active."""

    company_id: UUID
    agency_id: UUID
    link_id: UUID
    roles: tuple[str, ...]


class AdministrationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One entry for each link; none for a company where the person holds nothing."""

    held: tuple[Administered, ...]


class EndedSessionsQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Which sessions ended within the life of an access token? Asked of identity; in pages, by id."""

    after: UUID | None = None
    """The last id of the page before."""


class EndedSessionsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list as it was at `moment` or later; revoked service accounts stand in it by their ids."""

    epoch: UUID
    """Of the feed's publisher, who answers this."""
    moment: float
    """Seconds by a clock of the publisher's that is never set, before its database was read."""
    ended: tuple[UUID, ...]
    more: bool
    """Further pages follow after the last id of this one."""
