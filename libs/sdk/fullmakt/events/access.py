"""What access tells: activation, agency people's administration at clients, grants, bulk jobs."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from fullmakt.events.base import Event, event


class GrantItem(msgspec.Struct, frozen=True, kw_only=True):
    """One grant as it now stands. `revision` counts up over giving and taking, so the higher one holds."""

    client: UUID
    """The link that the grant hangs on."""
    company_id: UUID
    person_id: UUID
    program: str | None
    """None: access to the client itself."""
    held: bool
    revision: int


@event("access.client.eligible.v1", thing="link_id")
class ClientEligible(Event, frozen=True, kw_only=True):
    """A linked client is on the agency's activation list (A2)."""

    link_id: UUID
    agency_id: UUID
    company_id: UUID
    eligible_at: datetime


@event("access.client.activated.v1", thing="link_id")
class ClientActivated(Event, frozen=True, kw_only=True):
    """An admin of the agency activated the client; `administrators` got the role that the terms allow (L15)."""

    link_id: UUID
    agency_id: UUID
    company_id: UUID
    activated_by: UUID
    activated_at: datetime
    administrators: tuple[UUID, ...]
    roles: tuple[str, ...]
    """What each of them holds at the client from now on; see fullmakt.roles."""


@event("access.client.ended.v1", thing="link_id")
class ClientEnded(Event, frozen=True, kw_only=True):
    """The link ended: nobody of the agency reaches the client any more (A11)."""

    link_id: UUID
    agency_id: UUID
    company_id: UUID
    ended_at: datetime


@event("access.grants.changed.v1", thing="job_id")
class GrantsChanged(Event, frozen=True, kw_only=True):
    """A chunk of a bulk job gave or took grants. At most 256 kB; compare item by item by `revision`."""

    job_id: UUID
    agency_id: UUID
    grants: tuple[GrantItem, ...]


@event("access.grants.withdrawn.v1", thing="withdrawal_id")
class GrantsWithdrawn(Event, frozen=True, kw_only=True):
    """A person's grants at an agency's clients went at once (A11). At most 256 kB, so several may tell of one."""

    withdrawal_id: UUID
    agency_id: UUID
    person_id: UUID
    reason: Literal["membership_ended"]
    grants: tuple[GrantItem, ...]
    withdrawn_at: datetime


@event("access.job.finished.v1", thing="job_id")
class JobFinished(Event, frozen=True, kw_only=True):
    """A bulk job is through; every item has its outcome (A9)."""

    job_id: UUID
    agency_id: UUID
    started_by: UUID
    operation: Literal["give"]
    done: int
    unchanged: int
    refused: int
    finished_at: datetime
