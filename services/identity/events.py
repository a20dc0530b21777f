"""The events of identity, made from its rows."""

from typing import Literal, cast
from uuid import UUID

from fullmakt.events import (
    InvitationSent,
    MembershipChanged,
    OrganisationChanged,
    OrganisationKind,
    PersonChanged,
    SessionEnded,
)

from services.identity.models import Invitation, Membership, Organisation, Person, Session


def organisation_changed(row: Organisation) -> OrganisationChanged:
    """An organisation as it is now."""
    return OrganisationChanged(
        organisation_id=row.id,
        organisation_kind=kind_of(row),
        name=row.name,
        country=row.country,
        organisation_number=row.number,
        subscription_number=row.subscription_number,
        language=row.language,
        state=cast("Literal['in_verification', 'verified']", row.state),
        sole_trader=row.sole_trader,
        without_administrator=row.without_administrator,
    )


def person_changed(row: Person) -> PersonChanged:
    """A person as they are now."""
    return PersonChanged(
        person_id=row.id,
        name=row.name,
        email=row.email,
        mobile=row.mobile,
        language=row.language,
        time_zone=row.time_zone,
        erased=row.erased_at is not None,
        pending_email=row.pending_email,
    )


def membership_changed(row: Membership, organisation: Organisation) -> MembershipChanged:
    """A membership as it is now."""
    return MembershipChanged(
        membership_id=row.id,
        organisation_id=row.organisation_id,
        organisation_kind=kind_of(organisation),
        person_id=row.person_id,
        state=cast("Literal['invited', 'active', 'ended']", row.state),
        roles=tuple(row.roles),
        apps=tuple(row.apps),
        leaving=row.leaving_since is not None,
    )


def invitation_sent(
    row: Invitation, organisation: Organisation, *, inviting_agency_id: UUID | None = None
) -> InvitationSent:
    """An invitation that somebody is to be mailed."""
    return InvitationSent(
        invitation_id=row.id,
        organisation_id=row.organisation_id,
        organisation_kind=kind_of(organisation),
        person_id=row.person_id,
        invited_by=row.invited_by,
        generation=row.generation,
        apps=tuple(row.apps),
        by_service=row.by_service,
        accepted=row.accepted_at is not None,
        inviting_agency_id=inviting_agency_id,
    )


def session_ended(row: Session) -> SessionEnded:
    """A session that is over."""
    assert row.ended_at is not None  # noqa: S101 - told once it has ended
    return SessionEnded(
        session_id=row.id,
        person_id=row.person_id,
        program=row.program,
        reason=row.ended_by or "",
        ended_at=row.ended_at,
    )


def kind_of(organisation: Organisation) -> OrganisationKind:
    """Agency or company."""
    return "agency" if organisation.kind == "agency" else "company"
