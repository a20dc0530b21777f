"""Decide a verification."""

import logging
from typing import Literal
from uuid import UUID

import msgspec
from fullmakt.events import VerificationDecided

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import Invalid
from services.identity.events import organisation_refused, verification_settled
from services.identity.models import NothingToVerify, Organisation, Verification
from services.identity.models.organisations import NUMBER, REFUSED, VERIFIED
from services.identity.organisations import VERIFY, require_back_office, subscriptions, tell

log = logging.getLogger(__name__)


class NotAService(Exception):
    """The vendor's own check is a service account or the system; it names no person as who found it out."""


class VerifyOrganisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found out about an organisation."""

    verification_id: UUID
    """What was looked at, by its `id` in the list: where that is no longer asked for, nothing is decided."""
    outcome: Literal["verified", "refused"]
    reason: Literal["not_registered", "ceased", "name_differs", "other"] | None = None
    """Why it was refused; not given where it was verified."""

    def ensure_sound(self) -> None:
        """Refuse a reason for what is verified, and a refusal without one."""
        if (self.outcome == REFUSED) != (self.reason is not None):
            raise Invalid("A reason is given where the outcome is refused, and only there.", field="reason")


async def verify_organisation(
    tx: Tx, *, caller: Caller, organisation_id: UUID, given: VerifyOrganisation
) -> Organisation:
    """Decide what waits to be verified: an operator, or the vendor's own check (I1, I12).

    A registration is good or refused for good; another number is taken over, or the organisation keeps the one it has.
    """
    await require_back_office(tx, caller, VERIFY)
    return await _decide(tx, organisation_id, given)


async def take_decision(tx: Tx, event: VerificationDecided) -> None:
    """As `verify_organisation`, told by the vendor's own check as an event; runs as the organisation (I1).

    What was decided before, or is no longer asked for, stays as it is. Raises NotFound: the organisation has no such
    verification. Invalid: its reason and its outcome don't go together. NotAService: it is told as a person's doing.
    """
    if tx.actor.startswith("person:"):
        raise NotAService
    given = VerifyOrganisation(verification_id=event.verification_id, outcome=event.outcome, reason=event.reason)
    try:
        await _decide(tx, event.organisation_id, given)
    except NothingToVerify:
        log.warning("verification %s was over when it was told of as %s", event.verification_id, event.outcome)


async def _decide(tx: Tx, organisation_id: UUID, given: VerifyOrganisation) -> Organisation:
    given.ensure_sound()
    row = await tx.lock(Organisation, organisation_id, visible_to=organisation_id)
    told = await tx.lock(Verification, given.verification_id, visible_to=row.id)
    told.decide(given.outcome, reason=given.reason, by=tx.actor, at=tx.now)
    if given.outcome == VERIFIED:
        await _verify(tx, row, told)
    elif told.kind != NUMBER:
        row.state = REFUSED
        tx.emit(organisation_refused(row, reason=given.reason or "other", at=tx.now), of=row)
    tx.emit(verification_settled(told, row), of=told)
    entry = Entry(
        tenant=row.id,
        at=tx.now,
        actor=tx.actor,
        action="verify_organisation",
        thing=told.id,
        details={"kind": told.kind, "outcome": told.state, "reason": told.reason},
    )
    await tx.record(entry)
    return row


async def _verify(tx: Tx, row: Organisation, found: Verification) -> None:
    """The organisation is who it says; or it has the number that it asked for."""
    if found.kind == NUMBER:
        _, row.ordinal = await subscriptions(tx, found.country, found.number)
        row.country, row.number = found.country, found.number
    else:
        row.state = VERIFIED
    await tell(tx, row)
