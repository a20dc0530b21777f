"""The events of identity, made from its rows."""

from datetime import datetime
from typing import Literal, cast

from fullmakt.events import (
    InvitationSent,
    MembershipChanged,
    OrganisationChanged,
    OrganisationKind,
    OrganisationRefused,
    PersonChanged,
    SessionEnded,
    SoleTraderChanged,
    VerificationRequested,
    VerificationSettled,
)

from services.identity.models import Invitation, Membership, Organisation, Person, Session, Verification


def organisation_changed(row: Organisation) -> OrganisationChanged:
    """An organisation as it is now; of a sole trader all but who it is, which `sole_trader_changed` tells (L22)."""
    return OrganisationChanged(
        organisation_id=row.id,
        organisation_kind=kind_of(row),
        name="" if row.sole_trader else row.name,
        country=row.country,
        organisation_number="" if row.sole_trader else row.number,
        subscription_number=row.subscription_number,
        language=row.language,
        state="verified" if row.state == "verified" else "in_verification",  # that it was refused is told once
        sole_trader=row.sole_trader,
        without_administrator=row.without_administrator,
    )


def sole_trader_changed(row: Organisation) -> SoleTraderChanged:
    """Who a sole trader is now, or that they were erased."""
    erased = row.number == ""
    return SoleTraderChanged(
        organisation_id=row.id,
        organisation_kind=kind_of(row),
        name=None if erased else row.name,
        country=row.country,
        organisation_number=None if erased else row.number,
        erased=erased,
    )


def organisation_refused(row: Organisation, *, reason: str, at: datetime) -> OrganisationRefused:
    """An organisation that is not who it was registered as."""
    return OrganisationRefused(organisation_id=row.id, organisation_kind=kind_of(row), reason=reason, refused_at=at)


def verification_requested(row: Verification, organisation: Organisation) -> VerificationRequested:
    """That somebody is to check who an organisation is; the number stands in the row alone (L22)."""
    return VerificationRequested(
        verification_id=row.id,
        organisation_id=organisation.id,
        organisation_kind=kind_of(organisation),
        kind=cast("Literal['registration', 'number']", row.kind),
        requested_at=row.requested_at,
    )


def verification_settled(row: Verification, organisation: Organisation) -> VerificationSettled:
    """A verification that is over."""
    assert row.decided_at is not None  # noqa: S101 - told once it is decided
    return VerificationSettled(
        verification_id=row.id,
        organisation_id=organisation.id,
        organisation_kind=kind_of(organisation),
        kind=cast("Literal['registration', 'number']", row.kind),
        outcome=cast("Literal['verified', 'refused', 'withdrawn']", row.state),
        reason=row.reason,
        settled_at=row.decided_at,
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
        email_change_id=row.email_change_id,
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


def invitation_sent(row: Invitation, organisation: Organisation, person: Person | None = None) -> InvitationSent:
    """An invitation that somebody is to be mailed. `person`: where it was looked at when they were invited."""
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
        inviting_agency_id=row.agency_id,
        person_version=person.version if person else 0,
        membership_id=row.membership_id,
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
