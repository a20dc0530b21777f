"""What several use cases need when they change what somebody is at an organisation."""

import re
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import msgspec
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import select, update

from libs.shared.audit import Entry
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.identity.events import membership_changed, organisation_changed
from services.identity.models import Invitation, LastAdministrator, Membership, Organisation, UnknownRole

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


async def administrators(tx: Tx, organisation_id: UUID) -> list[Membership]:
    """The memberships of an organisation's own system administrators, of who is leaving too."""
    query = select(Membership).where(
        Membership.organisation_id == organisation_id,
        Membership.state == "active",
        Membership.roles.contains([SYSTEM_ADMINISTRATOR]),
    )
    return list(await tx.session.scalars(query.order_by(Membership.id)))


async def is_last_administrator(tx: Tx, membership: Membership) -> bool:
    """Whether this is the organisation's only own system administrator."""
    return [each.id for each in await administrators(tx, membership.organisation_id)] == [membership.id]


async def keep_an_administrator(tx: Tx, membership: Membership) -> None:
    """Refuse what would leave the organisation without an own system administrator (I13)."""
    if await is_last_administrator(tx, membership):
        raise LastAdministrator


async def has_other_members(tx: Tx, membership: Membership) -> bool:
    """Whether anybody else belongs to the organisation."""
    others = select(Membership.id).where(
        Membership.organisation_id == membership.organisation_id,
        Membership.id != membership.id,
        Membership.state == "active",
    )
    return await tx.session.scalar(others.limit(1)) is not None


async def show_administration(tx: Tx, organisation: Organisation) -> None:
    """Have an organisation say whether somebody of its own administers it, and tell it when that has changed.

    Belongs into every transaction that changes who does, which has locked the organisation's row first.
    """
    without = not await administrators(tx, organisation.id)
    if organisation.without_administrator != without:
        organisation.without_administrator = without
        tx.emit(organisation_changed(organisation), of=organisation)


async def end(
    tx: Tx,
    organisation: Organisation,
    membership: Membership,
    *,
    reason: str,
    name: str | None,
    on_behalf_of: UUID | None = None,
) -> None:
    """End a membership: its row, its event, its entry in the organisation's trail. `name`: of who ends it."""
    was_invited = membership.state == "invited"
    membership.end(at=tx.now)
    tx.emit(membership_changed(membership, organisation), of=membership)
    if was_invited:
        # Only now: a row that is written twice checks its keys again, which locks the person before their row is.
        typed = update(Invitation).where(Invitation.membership_id == membership.id)
        await tx.session.execute(typed.values(name=None, email=None))
    await record(tx, "end_membership", membership, reason=reason, name=name, on_behalf_of=on_behalf_of)


async def record(
    tx: Tx,
    action: str,
    membership: Membership,
    *,
    reason: str | None = None,
    name: str | None = None,
    on_behalf_of: UUID | None = None,
) -> None:
    """Note in the organisation's trail what was done to the membership, and the roles after it.

    `on_behalf_of`: the agency that it was done for, if it was.
    """
    entry = Entry(
        tenant=membership.organisation_id,
        at=tx.now,
        actor=tx.actor,
        on_behalf_of=on_behalf_of or membership.organisation_id,
        action=action,
        thing=membership.id,
        reason=reason,
        details={"person": str(membership.person_id), "roles": membership.roles},
    )
    await tx.record(entry, name=name)
