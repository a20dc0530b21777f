"""Withdraw the wish for another organisation number."""

from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.identity.models import NoNumberChange, NotAnAdministrator, Organisation
from services.identity.models.organisations import NUMBER
from services.identity.organisations import pending_verification, record
from services.identity.queries import OPERATOR


async def withdraw_number_change(tx: Tx, *, actor: Actor) -> Organisation:
    """Ask for another number no longer: the organisation keeps the one that it has."""
    if not actor.roles & {SYSTEM_ADMINISTRATOR, OPERATOR}:
        raise NotAnAdministrator
    row = await tx.lock(Organisation, actor.tenant, visible_to=actor.tenant)
    pending = await pending_verification(tx, row.id)
    if pending is None or pending.kind != NUMBER:
        raise NoNumberChange
    pending.withdraw(by=actor.caller.actor, at=tx.now)
    await record(tx, actor, "withdraw_number_change")
    return row
