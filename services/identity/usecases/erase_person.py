"""Erase a person."""

from uuid import UUID

from sqlalchemy import delete, func, select, update

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.erasure import forget_person
from libs.shared.errors import NotFound
from libs.shared.tables import outbox, parked
from services.identity.acting import require_self_or_operator
from services.identity.events import person_changed
from services.identity.memberships import (
    end,
    has_other_members,
    keep_an_administrator,
    lock_membership,
    show_administration,
)
from services.identity.models import AuthorizationCode, LastAdministrator, Organisation, Person, RefreshToken, Session
from services.identity.usecases.close_sign_in import forget_sign_in

PEOPLE = "people"


async def erase_person(tx: Tx, *, caller: Caller | None, person_id: UUID, reason: str | None = None) -> None:
    """Forget who a person was, here and by a tombstone everywhere; memberships end, ids and the trail stay.

    `caller`: None is the command line, or the worker, for a reason. By themselves, nobody erases an organisation's only
    own system administrator while it has other members (I13): they name a successor first. An operator always succeeds.
    """
    await require_self_or_operator(tx, caller, person_id)
    by_self = caller is not None and caller.id == person_id
    ended = await _end_memberships(tx, person_id, set(), by_self=by_self)
    await tx.become(person_id)
    person = await tx.lock(Person, person_id, visible_to=person_id)
    if person.erased_at is not None:
        return
    await _end_memberships(tx, person_id, ended, by_self=by_self)  # whoever was inviting them meanwhile is through
    await tx.become(person_id)
    person.erase(at=tx.now)
    await forget_sign_in(tx, person, reason="erased")
    await _forget_devices(tx, person_id)
    await _forget_copies(tx, person_id)
    tx.emit(person_changed(person), of=person)
    entry = Entry(
        tenant=person_id,
        at=tx.now,
        actor=tx.actor,
        action="erase_person",
        thing=person_id,
        reason=reason,
        details={"person": str(person_id)},
    )
    await tx.record(entry)


async def _end_memberships(tx: Tx, person_id: UUID, ended: set[UUID], *, by_self: bool) -> set[UUID]:
    tenants = set(await tx.session.scalars(select(func.tenants_of_person(person_id))))
    alone_at = []
    for tenant in sorted(tenants - ended):
        try:
            await _end_membership(tx, tenant, person_id, by_self=by_self)
        except LastAdministrator:
            alone_at.append(tenant)
    if alone_at:
        raise LastAdministrator(organisations=alone_at)
    return tenants


async def _end_membership(tx: Tx, tenant: UUID, person_id: UUID, *, by_self: bool) -> None:
    """What ends from outside always succeeds: an organisation may be left without an administrator (L16)."""
    await tx.become(tenant)
    organisation = await tx.lock(Organisation, tenant, visible_to=tenant)
    try:
        membership = await lock_membership(tx, tenant, person_id)
    except NotFound:
        return  # it ended while the organisation's row was waited for
    if by_self and await has_other_members(tx, membership):
        await keep_an_administrator(tx, membership)
    await end(tx, organisation, membership, reason="erased", name=None)
    await show_administration(tx, organisation)


async def _forget_devices(tx: Tx, person_id: UUID) -> None:
    """Where from the person was signed in, and what programs held for them."""
    seen = update(Session).where(Session.person_id == person_id)
    await tx.session.execute(seen.values(user_agent=None, address=None))
    for kept in (AuthorizationCode, RefreshToken):
        await tx.session.execute(delete(kept).where(kept.person_id == person_id))


async def _forget_copies(tx: Tx, person_id: UUID) -> None:
    """Delete what messages, stored answers and the audit trail say of the person by name."""
    await tx.session.execute(delete(outbox).where(outbox.c.stream == PEOPLE, outbox.c.thing == person_id))
    await tx.session.execute(delete(parked).where(parked.c.stream == PEOPLE, parked.c.thing == person_id))
    await forget_person(tx, person_id)
