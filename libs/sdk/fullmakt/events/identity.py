"""What identity tells: organisations, people, their membership and roles, invitations."""

from typing import Literal
from uuid import UUID

from fullmakt.events.base import Event, OrganisationKind, PersonalData, event


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


@event("identity.person.changed.v1", thing="person_id", stream="people", latest_only=True)
class PersonChanged(Event, frozen=True, kw_only=True):
    """A person was added, changed or erased. The only event with personal data.

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


@event("identity.invitation.sent.v1", thing="invitation_id")
class InvitationSent(Event, frozen=True, kw_only=True):
    """A person was invited to an organisation, or invited again. No event carries the token of the mail."""

    invitation_id: UUID
    organisation_id: UUID
    organisation_kind: OrganisationKind
    person_id: UUID
    invited_by: UUID
    """The person who invited them."""
    generation: int
