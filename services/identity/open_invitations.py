"""Invitations that wait to be accepted: which there are, and locking one of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from libs.shared.paging import read_cursor, write_cursor
from services.identity.acting import AGENCY, lock_as_administrator, require_administrator
from services.identity.models import AlreadyAccepted, Invitation, InvitationOver, Membership, Organisation
from services.identity.trail import record_administered
from services.identity.views.invitations import OpenInvitationPage, OpenInvitationView


async def open_invitations(tx: Tx, *, actor: Actor, after: str | None, limit: int) -> OpenInvitationPage:
    """The organisation's open invitations, the last sent first; for an agency's people those of client users (I8).

    Name and address are what was typed here, never the person's own: whether they have a sign-in shows nowhere.
    """
    require_administrator(actor)
    query = (
        select(Invitation, Membership.roles)
        .join(Membership, Membership.id == Invitation.membership_id)
        .where(Invitation.organisation_id == actor.tenant, Invitation.accepted_at.is_(None))
        .where(Membership.state == "invited")
        .order_by(Invitation.sent_at.desc(), Invitation.id.desc())
        .limit(limit + 1)
    )
    if AGENCY in actor.roles:
        query = query.where(Invitation.apps != [])
    if after is not None:
        query = query.where(tuple_(Invitation.sent_at, Invitation.id) < read_cursor(after, tuple[datetime, UUID]))
    found = list(await tx.session.execute(query))
    items = [OpenInvitationView.of(row, roles) for row, roles in found[:limit]]
    more = len(found) > limit
    return OpenInvitationPage(items=items, next=write_cursor(items[-1].sent_at, items[-1].id) if more else None)


async def lock_open(tx: Tx, *, actor: Actor, invitation_id: UUID) -> tuple[Organisation, Invitation, Membership]:
    """An invitation that waits to be accepted, with what it is to, as `lock_invitation` locks them."""
    organisation, invitation, membership = await lock_invitation(tx, actor=actor, invitation_id=invitation_id)
    if invitation.accepted_at is not None:
        raise AlreadyAccepted
    if membership.state != "invited":
        raise InvitationOver
    return organisation, invitation, membership


async def lock_invitation(tx: Tx, *, actor: Actor, invitation_id: UUID) -> tuple[Organisation, Invitation, Membership]:
    """An invitation with what it is to, all locked, for whoever administers it.

    To an agency's people there are those of client users alone (I8).
    """
    organisation = await lock_as_administrator(tx, actor)
    invitation = await tx.lock(Invitation, invitation_id, visible_to=actor.tenant)
    if AGENCY in actor.roles and not invitation.apps:
        raise NotFound
    membership = await tx.lock(Membership, invitation.membership_id, visible_to=actor.tenant)
    return organisation, invitation, membership


async def record(tx: Tx, actor: Actor, action: str, invitation: Invitation) -> None:
    """Note in the organisation's trail what was done to an invitation."""
    await record_administered(tx, actor, action, thing=invitation.id, person=str(invitation.person_id))
