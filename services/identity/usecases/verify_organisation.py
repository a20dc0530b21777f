"""Decide a verification."""

from typing import Literal
from uuid import UUID

import msgspec

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import Invalid
from services.identity.events import organisation_refused
from services.identity.models import NothingToVerify, Organisation, Verification
from services.identity.models.organisations import NUMBER, REFUSED, VERIFIED
from services.identity.organisations import VERIFY, pending_verification, require_back_office, subscriptions, tell


class VerifyOrganisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found out about an organisation."""

    outcome: Literal["verified", "refused"]
    reason: Literal["not_registered", "ceased", "name_differs", "other"] | None = None
    """Why it was refused; not given where it was verified."""


async def verify_organisation(
    tx: Tx, *, caller: Caller, organisation_id: UUID, given: VerifyOrganisation
) -> Organisation:
    """Decide what waits to be verified: an operator, or the vendor's own check (I1, I12).

    A registration is good or refused for good; another number is taken over, or the organisation keeps the one it has.
    """
    await require_back_office(tx, caller, VERIFY)
    if (given.outcome == REFUSED) != (given.reason is not None):
        raise Invalid("A reason is given where the outcome is refused, and only there.", field="reason")
    row = await tx.lock(Organisation, organisation_id, visible_to=organisation_id)
    pending = await pending_verification(tx, row.id)  # of two who decide at once, one has waited for the other's lock
    if pending is None:
        raise NothingToVerify
    pending.decide(given.outcome, reason=given.reason, by=caller.actor, at=tx.now)
    if given.outcome == VERIFIED:
        await _verify(tx, row, pending)
    elif pending.kind != NUMBER:
        row.state = REFUSED
        tx.emit(organisation_refused(row, reason=given.reason or "other", at=tx.now), of=row)
    await _record(tx, caller, row.id, pending)
    return row


async def _verify(tx: Tx, row: Organisation, found: Verification) -> None:
    """The organisation is who it says; or it has the number that it asked for."""
    if found.kind == NUMBER:
        _, row.ordinal = await subscriptions(tx, found.country, found.number)
        row.country, row.number = found.country, found.number
    else:
        row.state = VERIFIED
    await tell(tx, row)


async def _record(tx: Tx, caller: Caller, organisation_id: UUID, decided: Verification) -> None:
    entry = Entry(
        tenant=organisation_id,
        at=tx.now,
        actor=caller.actor,
        action="verify_organisation",
        thing=decided.id,
        details={"kind": decided.kind, "outcome": decided.state, "reason": decided.reason},
    )
    await tx.record(entry)
