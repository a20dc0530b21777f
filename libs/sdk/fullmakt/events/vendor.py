"""What the vendor's own systems tell Fullmakt: they publish these, and Fullmakt acts on them."""

from typing import Literal
from uuid import UUID

from fullmakt.events.base import Event, OrganisationKind, event


@event("vendor.verification.decided.v1", thing="verification_id")
class VerificationDecided(Event, frozen=True, kw_only=True):
    """The vendor's own check has found out whether an organisation is who it says (I1).

    Sent by the check, of what `identity.verification.requested` told and `GET /identity/v1/verifications` lists;
    identity then does as if an operator had said so. One event for each verification: its version is 1. What was
    decided or withdrawn before stays as it was.
    """

    verification_id: UUID
    organisation_id: UUID
    organisation_kind: OrganisationKind
    outcome: Literal["verified", "refused"]
    """`verified`: there is such an organisation, or it has the number that it asked for."""
    reason: Literal["not_registered", "ceased", "name_differs", "other"] | None = None
    """Why it was refused; null where it was verified."""
