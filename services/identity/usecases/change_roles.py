"""Change what a member is at an organisation."""

from typing import Annotated
from uuid import UUID

import msgspec
from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.identity.events import membership_changed
from services.identity.memberships import RoleName, check_roles, keep_an_administrator, lock_membership, record
from services.identity.models import Membership, NotAnAdministrator, Organisation
from services.identity.queries import OPERATOR


class ChangeRoles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All roles that the member holds from now on."""

    roles: Annotated[list[RoleName], msgspec.Meta(max_length=50)]
    """`system_administrator`, or `program_administrator:<program>`."""


async def change_roles(tx: Tx, *, actor: Actor, person_id: UUID, roles: list[str]) -> Membership:
    """Set a member's roles; the last own system administrator can't be taken away (I13)."""
    if not actor.roles & {SYSTEM_ADMINISTRATOR, OPERATOR}:
        raise NotAnAdministrator
    check_roles(roles)
    organisation = await tx.lock(Organisation, actor.tenant, visible_to=actor.tenant)
    membership = await lock_membership(tx, actor.tenant, person_id)
    await keep_an_administrator(tx, membership, still=SYSTEM_ADMINISTRATOR in roles)
    membership.roles = sorted(set(roles))
    tx.emit(membership_changed(membership, organisation), of=membership)
    await record(tx, actor, "change_roles", membership)
    return membership
