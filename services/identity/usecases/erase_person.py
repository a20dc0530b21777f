"""Erase a person."""

from uuid import UUID

from sqlalchemy import delete, func, select

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.erasure import forget_person
from libs.shared.errors import NotFound
from libs.shared.tables import outbox, parked
from services.identity.events import membership_changed, person_changed
from services.identity.memberships import lock_membership
from services.identity.models import Membership, Organisation, Person
from services.identity.queries import is_operator

PEOPLE = "people"


async def erase_person(tx: Tx, *, caller: Caller, person_id: UUID) -> None:
    """Forget who a person was, here and by a tombstone everywhere; memberships end, ids and the trail stay."""
    if caller.id != person_id and not await is_operator(tx, caller.id):
        raise NotFound
    tenants = list(await tx.session.scalars(select(func.tenants_of_person(person_id))))
    for tenant in sorted(tenants):
        await _end_membership(tx, tenant, person_id)
    await tx.become(person_id)
    person = await tx.lock(Person, person_id, visible_to=person_id)
    if person.erased_at is not None:
        return
    person.erase(at=tx.now)
    await _forget_copies(tx, person_id)
    tx.emit(person_changed(person), of=person)
    entry = Entry(tenant=person_id, at=tx.now, actor=caller.actor, action="erase_person", thing=person_id)
    await tx.record(entry)


async def _end_membership(tx: Tx, tenant: UUID, person_id: UUID) -> None:
    """What ends from outside always succeeds: an organisation may be left without an administrator (L16)."""
    await tx.become(tenant)
    organisation = await tx.lock(Organisation, tenant, visible_to=tenant)
    membership: Membership = await lock_membership(tx, tenant, person_id)
    membership.end()
    tx.emit(membership_changed(membership, organisation), of=membership)


async def _forget_copies(tx: Tx, person_id: UUID) -> None:
    """Delete what messages, stored answers and the audit trail say of the person by name."""
    await tx.session.execute(delete(outbox).where(outbox.c.stream == PEOPLE, outbox.c.thing == person_id))
    await tx.session.execute(delete(parked).where(parked.c.stream == PEOPLE, parked.c.thing == person_id))
    await forget_person(tx, person_id)
