"""End a membership."""

from uuid import UUID

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.identity.acting import lock_as_administrator
from services.identity.events import membership_changed
from services.identity.memberships import is_last_administrator, lock_membership, record, show_administration
from services.identity.models import Membership, Organisation
from services.identity.usecases.end_place import end_place, end_sessions_through


async def end_membership(tx: Tx, *, actor: Actor, person_id: UUID) -> Membership:
    """End a membership, with all that is held through it: an administrator removes somebody, or a member leaves (I13).

    Of who leaves as the organisation's only own system administrator that role alone stays until a successor is
    named. An operator ends anybody else's place whole.
    """
    leaves = actor.person_id == person_id
    organisation = (
        await tx.lock(Organisation, actor.tenant, visible_to=actor.tenant)
        if leaves
        else await lock_as_administrator(tx, actor)
    )
    membership = await lock_membership(tx, actor.tenant, person_id)
    if leaves and await is_last_administrator(tx, membership):
        await _leave_the_role(tx, organisation, membership, actor.name)
        return membership
    reason = "left" if leaves else "removed"
    await end_place(tx, organisation=organisation, membership=membership, reason=reason, name=actor.name)
    await show_administration(tx, organisation)
    return membership


async def _leave_the_role(tx: Tx, organisation: Organisation, membership: Membership, name: str | None) -> None:
    if membership.leaving_since is not None:
        return
    membership.leave(at=tx.now)
    tx.emit(membership_changed(membership, organisation), of=membership)
    await record(tx, "leave", membership, reason="last_administrator", name=name)
    await end_sessions_through(tx, membership)
