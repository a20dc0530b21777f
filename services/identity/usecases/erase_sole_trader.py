"""Erase a sole trader."""

from uuid import UUID

from sqlalchemy import delete, func, select, update

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.tables import outbox, parked
from services.identity.acting import require_operator
from services.identity.events import sole_trader_changed
from services.identity.models import NotASoleTrader, Organisation, SoleTrader, Verification
from services.identity.organisations import pending_verification, subscriptions, withdraw_verification
from services.identity.usecases.erase_person import PEOPLE


async def erase_sole_trader(tx: Tx, *, caller: Caller | None, organisation_id: UUID) -> Organisation:
    """Forget name and number of an organisation that is one person, here and by a tombstone everywhere (L22).

    Operators only; `caller`: None is the command line. What it has been part of stays, by its id.
    """
    await require_operator(tx, caller)
    await tx.become(organisation_id)
    row = await tx.lock(Organisation, organisation_id, visible_to=organisation_id)
    if not row.sole_trader:
        raise NotASoleTrader
    counter = await tx.lock(SoleTrader, organisation_id, visible_to=organisation_id)
    if row.number == "":
        return row
    _, ordinal = await subscriptions(tx, row.country, "")
    row.forget(ordinal=ordinal)
    pending = await pending_verification(tx, organisation_id)
    if pending is not None:
        withdraw_verification(tx, row, pending)
    await _forget_copies(tx, organisation_id)
    tx.emit(sole_trader_changed(row), of=counter)
    entry = Entry(tenant=row.id, at=tx.now, actor=tx.actor, action="erase_sole_trader", thing=row.id)
    await tx.record(entry)
    return row


async def _forget_copies(tx: Tx, organisation_id: UUID) -> None:
    """What messages, stored answers and verifications say of it."""
    of_it = Verification.organisation_id == organisation_id
    await tx.session.execute(update(Verification).where(of_it).values(number=""))
    await tx.session.execute(delete(outbox).where(outbox.c.stream == PEOPLE, outbox.c.thing == organisation_id))
    await tx.session.execute(delete(parked).where(parked.c.stream == PEOPLE, parked.c.thing == organisation_id))
    await tx.session.execute(select(func.forget_answers(organisation_id)))
