"""What access tells: activation, agency people's administration at clients, grants, bulk jobs."""

from uuid import UUID

import msgspec

from fullmakt.events.base import Event, Moment, event


class GrantItem(msgspec.Struct, frozen=True, kw_only=True):
    """One grant as it now stands. `revision` counts up over giving and taking, so the higher one holds."""

    client: UUID
    """The link that the grant hangs on."""
    company_id: UUID
    person_id: UUID
    """The person of the agency who holds the grant, or held it."""
    program: str | None
    """The program that it opens at the client; null: access to the client itself."""
    held: bool
    """Whether the person holds it from now on."""
    revision: int
    """Counts the changes of this grant from 1 on; an item with a lower one than you have is old news."""


@event("access.client.eligible.v1", thing="link_id")
class ClientEligible(Event, frozen=True, kw_only=True):
    """A link began, so the client is on the agency's activation list (A2)."""

    link_id: UUID
    agency_id: UUID
    company_id: UUID
    eligible_at: Moment
    """When the client came onto the list."""


@event("access.client.activated.v1", thing="link_id")
class ClientActivated(Event, frozen=True, kw_only=True):
    """An admin of the agency activated the client; `administrators` got the role that the terms allow (L15)."""

    link_id: UUID
    agency_id: UUID
    company_id: UUID
    activated_by: UUID
    """The admin of the agency."""
    activated_at: Moment
    """When they activated it."""
    administrators: tuple[UUID, ...]
    """The people of the agency who administer the client from now on."""
    roles: tuple[str, ...]
    """What each of them holds at the client: `system_administrator`, or `program_administrator:<program>` for each."""


@event("access.client.ended.v1", thing="link_id")
class ClientEnded(Event, frozen=True, kw_only=True):
    """A link ended: nobody of the agency reaches the client any more (A11).

    All grants that hang on the link are over with it; no event tells of each.
    """

    link_id: UUID
    agency_id: UUID
    company_id: UUID
    ended_at: Moment
    """When access closed."""


@event("access.grants.changed.v1", thing="job_id", keeps="all")
class GrantsChanged(Event, frozen=True, kw_only=True):
    """A chunk of a bulk job gave or took grants; a job tells of its chunks one by one, then that it is finished.

    At most 256 kB each. Compare item by item by `revision`: two jobs may touch the same grant.
    """

    job_id: UUID
    agency_id: UUID
    grants: tuple[GrantItem, ...]
    """The grants that this chunk changed, as they now stand."""


@event("access.grants.withdrawn.v1", thing="withdrawal_id", keeps="all")
class GrantsWithdrawn(Event, frozen=True, kw_only=True):
    """A person lost all that they held at an agency's clients, at once (A11).

    At most 256 kB each, so several may tell of one withdrawal. Compare item by item by `revision`.
    """

    withdrawal_id: UUID
    agency_id: UUID
    person_id: UUID
    """The person of the agency who lost them."""
    reason: str
    """Why: `membership_ended`. More reasons may come."""
    grants: tuple[GrantItem, ...]
    """The grants that went, as they now stand."""
    withdrawn_at: Moment
    """When they went."""


@event("access.job.finished.v1", thing="job_id")
class JobFinished(Event, frozen=True, kw_only=True):
    """A bulk job is through; every item has its outcome (A9)."""

    job_id: UUID
    agency_id: UUID
    started_by: UUID
    """The person of the agency who started it."""
    operation: str
    """What it did: `give`. More operations may come."""
    done: int
    """Items that took effect."""
    unchanged: int
    """Items that were so already."""
    refused: int
    """Items that could not be done; the job's result says why."""
    finished_at: Moment
    """When the last item had its outcome."""
