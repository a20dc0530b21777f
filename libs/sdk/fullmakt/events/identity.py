"""What identity tells: organisations, people, their membership and roles, invitations."""

from typing import Literal
from uuid import UUID

from fullmakt.events.base import Event, OrganisationKind, event


@event("identity.organisation.changed.v1", thing="organisation_id")
class OrganisationChanged(Event, frozen=True, kw_only=True):
    """An organisation was registered or its company details were corrected. Carries all of them."""

    organisation_id: UUID
    organisation_kind: OrganisationKind
    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    organisation_number: str
    """Digits only, without separators or country prefix."""
    subscription_number: str
    language: str
    """BCP 47: sv, da, nb, en."""
    state: Literal["in_verification", "verified"]


@event("identity.person.changed.v1", thing="person_id", stream="people", latest_only=True)
class PersonChanged(Event, frozen=True, kw_only=True):
    """A person was added, changed or erased. The only event with personal data; all of it is None once erased."""

    person_id: UUID
    name: str | None
    email: str | None
    mobile: str | None
    """E.164."""
    language: str | None
    time_zone: str | None
    """IANA name, such as Europe/Stockholm."""
    erased: bool = False


@event("identity.membership.changed.v1", thing="membership_id")
class MembershipChanged(Event, frozen=True, kw_only=True):
    """A person joined an organisation, got or lost a role there, or left. Carries what holds from now on."""

    membership_id: UUID
    organisation_id: UUID
    organisation_kind: OrganisationKind
    person_id: UUID
    state: Literal["invited", "active", "ended"]
    roles: tuple[str, ...]
    """See fullmakt.roles; empty once ended."""


@event("identity.invitation.sent.v1", thing="invitation_id")
class InvitationSent(Event, frozen=True, kw_only=True):
    """A person was invited to an organisation; the mail's token is an HMAC of purpose, id and generation."""

    invitation_id: UUID
    organisation_id: UUID
    organisation_kind: OrganisationKind
    person_id: UUID
    invited_by: UUID
    generation: int
