"""What identity tells: organisations, people, their membership and roles, invitations."""

from typing import Literal
from uuid import UUID

from fullmakt.events.base import Event, Moment, OrganisationKind, PersonalData, event


@event("identity.organisation.changed.v1", thing="organisation_id")
class OrganisationChanged(Event, frozen=True, kw_only=True):
    """An organisation was registered or its company details were corrected. Carries all of them."""

    organisation_id: UUID
    organisation_kind: OrganisationKind
    name: str
    """The registered name."""
    country: str
    """ISO 3166-1 alpha-2: SE, DK, NO or FI."""
    organisation_number: str
    """Digits only, without separators or country prefix."""
    subscription_number: str
    """What its subscription goes by."""
    language: str
    """BCP 47: sv, da, nb, en."""
    state: Literal["in_verification", "verified"]
    """Whether somebody has yet verified who it is."""
    sole_trader: bool = False
    """True: name and number are personal data, empty here, and told by `identity.sole_trader.changed` (L22)."""
    without_administrator: bool = False
    """True while the organisation has no own system administrator."""


@event("identity.organisation.refused.v1", thing="organisation_id")
class OrganisationRefused(Event, frozen=True, kw_only=True):
    """It was found that an organisation is not who it was registered as (I1, L2). It stays as it is, of no use."""

    organisation_id: UUID
    organisation_kind: OrganisationKind
    reason: str
    """Why: `not_registered`, `ceased`, `name_differs`, `other`. More reasons may come."""
    refused_at: Moment
    """When it was found."""


@event("identity.verification.requested.v1", thing="verification_id")
class VerificationRequested(Event, frozen=True, kw_only=True):
    """Somebody is to find out whether an organisation is who it says, or has the number that it asks for (I1, I7).

    Which number that is tells `GET /identity/v1/verifications`, and no event: a sole trader's is personal data (L22).
    """

    verification_id: UUID
    organisation_id: UUID
    organisation_kind: OrganisationKind
    kind: Literal["registration", "number"]
    """`registration`: whether there is such an organisation; `number`: whether it has another number from now on."""
    requested_at: Moment
    """When it was asked for."""


@event("identity.verification.settled.v1", thing="verification_id")
class VerificationSettled(Event, frozen=True, kw_only=True):
    """A verification is over, whoever decided it and by which way, or nobody asks for it any more."""

    verification_id: UUID
    organisation_id: UUID
    organisation_kind: OrganisationKind
    kind: Literal["registration", "number"]
    """What it was about, as it was asked for."""
    outcome: Literal["verified", "refused", "withdrawn"]
    """`refused`: of a registration the organisation stays as it is, of no use; of a number it keeps the one it has."""
    reason: str | None = None
    """Why it was refused: `not_registered`, `ceased`, `name_differs`, `other`, null where it was not. More may come."""
    settled_at: Moment
    """When it was over."""


@event("identity.sole_trader.changed.v1", thing="organisation_id", stream="people", latest_only=True)
class SoleTraderChanged(Event, frozen=True, kw_only=True):
    """Name and number of an organisation that is one person: personal data, which no other event carries (L22).

    Once it is erased both are null here, and are to be forgotten by whoever kept them.
    """

    organisation_id: UUID
    organisation_kind: OrganisationKind
    name: PersonalData
    """The registered name."""
    country: str
    """ISO 3166-1 alpha-2: SE."""
    organisation_number: PersonalData
    """The personal identity number: ten digits, without the century."""
    erased: bool = False
    """True from then on."""


@event("identity.person.changed.v1", thing="person_id", stream="people", latest_only=True)
class PersonChanged(Event, frozen=True, kw_only=True):
    """A person was added, changed or erased. Personal data rides in this and in `identity.sole_trader.changed` alone.

    Once a person is erased, all that is known of them is null here, and is to be forgotten by whoever kept it.
    """

    person_id: UUID
    name: PersonalData
    """As they write it."""
    email: PersonalData
    """Where mail reaches them."""
    mobile: PersonalData
    """E.164."""
    language: PersonalData
    """BCP 47: sv, da, nb, en."""
    time_zone: PersonalData
    """IANA name, such as Europe/Stockholm."""
    erased: bool = False
    """True from then on."""
    pending_email: PersonalData = None
    """An address that they want instead, until both addresses have confirmed it (I14). Not theirs yet."""
    email_change_id: UUID | None = None
    """The change that `pending_email` belongs to, as `identity.email_change.requested` names it."""


@event("identity.membership.changed.v1", thing="membership_id")
class MembershipChanged(Event, frozen=True, kw_only=True):
    """A person was invited to an organisation, joined it, got or lost a role there, or left.

    Carries what holds from now on.
    """

    membership_id: UUID
    organisation_id: UUID
    organisation_kind: OrganisationKind
    person_id: UUID
    state: Literal["invited", "active", "ended"]
    """Only `active` members may do anything; `ended` is final."""
    roles: tuple[str, ...]
    """`system_administrator`, `program_administrator:<program>`; none once ended."""
    apps: tuple[str, ...] = ()
    """Apps that come with the membership: `receipts` (I8). More may come."""
    leaving: bool = False
    """True: has left, and holds nothing but the role of system administrator, until a successor is named (I13)."""


@event("identity.invitation.sent.v1", thing="invitation_id")
class InvitationSent(Event, frozen=True, kw_only=True):
    """A person was invited to an organisation, or invited again. No event carries the token of the mail."""

    invitation_id: UUID
    organisation_id: UUID
    organisation_kind: OrganisationKind
    person_id: UUID
    invited_by: UUID
    """The person who invited them, or the service account."""
    generation: int
    apps: tuple[str, ...] = ()
    """Apps that it invites to: `receipts` (I8). None: an invitation to be a member, and no more."""
    by_service: bool = False
    """True: a service account invited them."""
    accepted: bool = False
    """True: nothing is to be accepted; who is a member already was invited to the apps (I9)."""
    inviting_agency_id: UUID | None = None
    """The agency that whoever invited them acts for; null: they act for the organisation itself."""
    person_version: int = 0
    """The version of `identity.person.changed` that they were invited by: whoever writes to them waits for it."""
    membership_id: UUID | None = None
    """The place that they are invited to; null in events from before it was told."""


@event("identity.password_reset.requested.v1", thing="password_reset_id")
class PasswordResetRequested(Event, frozen=True, kw_only=True):
    """Somebody has forgotten their password and is to be mailed a link (I14). No event carries the token of it."""

    password_reset_id: UUID
    person_id: UUID
    generation: int
    expires_at: Moment
    """Until when the link is good."""


@event("identity.email_change.requested.v1", thing="email_change_id")
class EmailChangeRequested(Event, frozen=True, kw_only=True):
    """A person wants another e-mail address: both addresses are to be mailed a link that confirms (I14)."""

    email_change_id: UUID
    person_id: UUID
    generation: int
    expires_at: Moment
    """Until when the links are good."""


@event("identity.sign_in.changed.v1", thing="sign_in_change_id")
class SignInChanged(Event, frozen=True, kw_only=True):
    """What a person signs in with has changed: they are to be told, in case it was not them."""

    sign_in_change_id: UUID
    person_id: UUID
    change: str
    """`password_changed`, `password_reset`, `email_changed`, `second_factor_added`, `second_factor_removed`,
    `recovery_code_used`. More may come."""
    changed_at: Moment
    """When it changed."""


@event("identity.session.ended.v1", thing="session_id")
class SessionEnded(Event, frozen=True, kw_only=True):
    """A session is over: signed out, ended from elsewhere, or what it stood on is gone. Its tokens are void."""

    session_id: UUID
    """The `sid` of its tokens."""
    person_id: UUID
    program: str | None
    """The program that it was at; null: the sign-in itself."""
    reason: str
    """Why: `signed_out`, `ended`, `password_changed`, `access_gone`, `left`, `erased`. More may come."""
    ended_at: Moment
    """When it ended."""
