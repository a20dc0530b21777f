"""Withdraw the wish for another organisation number."""

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.identity.acting import lock_as_administrator
from services.identity.models import NoNumberChange, Organisation
from services.identity.models.organisations import NUMBER
from services.identity.organisations import pending_verification, record, withdraw_verification


async def withdraw_number_change(tx: Tx, *, actor: Actor) -> Organisation:
    """Ask for another number no longer: the organisation keeps the one that it has."""
    row = await lock_as_administrator(tx, actor)
    pending = await pending_verification(tx, row.id)
    if pending is None or pending.kind != NUMBER:
        raise NoNumberChange
    withdraw_verification(tx, row, pending)
    await record(tx, actor, "withdraw_number_change")
    return row
