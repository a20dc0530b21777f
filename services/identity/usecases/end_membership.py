"""End a membership."""

from uuid import UUID

from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.identity.events import membership_changed
from services.identity.memberships import keep_an_administrator, lock_membership, record
from services.identity.models import Membership, NotAnAdministrator, Organisation
from services.identity.queries import OPERATOR


async def end_membership(tx: Tx, *, actor: Actor, person_id: UUID) -> Membership:
    """End a membership: an administrator removes somebody, or a member leaves (I13)."""
    if not (actor.roles & {SYSTEM_ADMINISTRATOR, OPERATOR} or actor.person_id == person_id):
        raise NotAnAdministrator
    organisation = await tx.lock(Organisation, actor.tenant, visible_to=actor.tenant)
    membership = await lock_membership(tx, actor.tenant, person_id)
    await keep_an_administrator(tx, membership, still=False)
    membership.end()
    tx.emit(membership_changed(membership, organisation), of=membership)
    await record(tx, actor, "end_membership", membership)
    return membership
