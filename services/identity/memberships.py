"""What several use cases need when they change what somebody is at an organisation."""

import re
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import msgspec
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import func, select

from libs.shared.audit import Entry
from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.identity.models import LastAdministrator, Membership, UnknownRole

RoleName = Annotated[str, msgspec.Meta(max_length=100)]
ROLE = re.compile(r"system_administrator|program_administrator:[a-z][a-z0-9-]{0,63}")


def check_roles(roles: Iterable[str]) -> None:
    """Refuse what is no role."""
    for role in roles:
        if not ROLE.fullmatch(role):
            raise UnknownRole(field="roles")


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
    """Refuse what would leave the organisation without an own system administrator (I13)."""
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


async def record(tx: Tx, actor: Actor, action: str, membership: Membership) -> None:
    """Note in the organisation's trail what was done to the membership, and the roles after it."""
    entry = Entry(
        tenant=actor.tenant,
        at=tx.now,
        actor=actor.caller.actor,
        on_behalf_of=actor.tenant,
        action=action,
        thing=membership.id,
        details={"person": str(membership.person_id), "roles": membership.roles},
    )
    await tx.record(entry, name=actor.name)
