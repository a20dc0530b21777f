"""Change what a member is at an organisation."""

from typing import Annotated
from uuid import UUID

import msgspec
from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.identity.acting import is_from_outside, lock_as_administrator, require_administrator
from services.identity.events import membership_changed
from services.identity.memberships import RoleName, check_roles, keep_an_administrator, lock_membership, record
from services.identity.models import Membership
from services.identity.usecases.follow_administration import follow_administration


class ChangeRoles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All roles that the member holds from now on."""

    roles: Annotated[list[RoleName], msgspec.Meta(max_length=50)]
    """`system_administrator`, or `program_administrator:<program>`."""


async def change_roles(tx: Tx, *, actor: Actor, person_id: UUID, roles: list[str]) -> Membership:
    """Set a member's roles; the organisation's own people can't take away its last own system administrator (I13)."""
    require_administrator(actor)
    check_roles(roles)
    organisation = await lock_as_administrator(tx, actor)
    membership = await lock_membership(tx, actor.tenant, person_id)
    if SYSTEM_ADMINISTRATOR not in roles and not is_from_outside(actor):
        await keep_an_administrator(tx, membership)
    membership.change_roles(roles)
    tx.emit(membership_changed(membership, organisation), of=membership)
    await record(tx, "change_roles", membership, name=actor.name)
    await follow_administration(tx, organisation=organisation)
    return membership
