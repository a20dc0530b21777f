"""Change what a member is at an organisation, or end the membership."""

from typing import Annotated
from uuid import UUID

import msgspec
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import func, select

from libs.shared.audit import Entry
from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.identity.events import membership_changed
from services.identity.models import LastAdministrator, Membership, NotAnAdministrator, Organisation, UnknownRole
from services.identity.queries import OPERATOR
from services.identity.usecases.invite_member import ROLE


class ChangeRoles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All roles that the member holds from now on."""

    roles: Annotated[list[str], msgspec.Meta(max_length=50)]


async def change_roles(tx: Tx, *, actor: Actor, person_id: UUID, roles: list[str]) -> Membership:
    """Set a member's roles; the last own system administrator can't be taken away (I13)."""
    if not actor.roles & {SYSTEM_ADMINISTRATOR, OPERATOR}:
        raise NotAnAdministrator
    for role in roles:
        if not ROLE.fullmatch(role):
            raise UnknownRole(field="roles")
    organisation = await tx.lock(Organisation, actor.tenant, visible_to=actor.tenant)
    membership = await lock_membership(tx, actor.tenant, person_id)
    await keep_an_administrator(tx, membership, still=SYSTEM_ADMINISTRATOR in roles)
    membership.roles = sorted(set(roles))
    tx.emit(membership_changed(membership, organisation), of=membership)
    await tx.record(_entry(tx, actor, membership, "change_roles"), name=actor.name)
    return membership


async def end_membership(tx: Tx, *, actor: Actor, person_id: UUID) -> Membership:
    """End a membership: an administrator removes somebody, or a member leaves."""
    if not (actor.roles & {SYSTEM_ADMINISTRATOR, OPERATOR} or actor.person_id == person_id):
        raise NotAnAdministrator
    organisation = await tx.lock(Organisation, actor.tenant, visible_to=actor.tenant)
    membership = await lock_membership(tx, actor.tenant, person_id)
    await keep_an_administrator(tx, membership, still=False)
    membership.end()
    tx.emit(membership_changed(membership, organisation), of=membership)
    await tx.record(_entry(tx, actor, membership, "end_membership"), name=actor.name)
    return membership


async def lock_membership(tx: Tx, organisation_id: UUID, person_id: UUID) -> Membership:
    """The person's membership that has not ended; the organisation's row is locked before it."""
    query = select(Membership).where(
        Membership.organisation_id == organisation_id,
        Membership.person_id == person_id,
        Membership.state != "ended",
    )
    membership = (await tx.session.scalars(query.with_for_update())).one_or_none()
    if membership is None:
        raise NotFound
    return membership


async def keep_an_administrator(tx: Tx, membership: Membership, *, still: bool) -> None:
    """Refuse what would leave the organisation without an own system administrator."""
    if still or not membership.is_system_administrator:
        return
    others = select(func.count()).where(
        Membership.organisation_id == membership.organisation_id,
        Membership.id != membership.id,
        Membership.state == "active",
        Membership.roles.contains([SYSTEM_ADMINISTRATOR]),
    )
    if not await tx.session.scalar(others):
        raise LastAdministrator


def _entry(tx: Tx, actor: Actor, membership: Membership, action: str) -> Entry:
    return Entry(
        tenant=actor.tenant,
        at=tx.now,
        actor=actor.caller.actor,
        on_behalf_of=actor.tenant,
        action=action,
        thing=membership.id,
        details={"person": str(membership.person_id), "roles": membership.roles},
    )
