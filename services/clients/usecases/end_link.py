"""End a link."""

from uuid import UUID

from fullmakt.events import LinkEnded
from fullmakt.roles import SYSTEM_ADMINISTRATOR, is_agency_admin

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.clients.models import Link, MayNotEndLink
from services.clients.trail import record


async def end_link(tx: Tx, *, actor: Actor, link_id: UUID) -> Link:
    """End a link for good, from either side; what hung on it ends with it (L16)."""
    link = await tx.lock(Link, link_id, visible_to=actor.tenant)
    entitled = is_agency_admin(actor.roles) if link.agency_id == actor.tenant else SYSTEM_ADMINISTRATOR in actor.roles
    if not entitled:
        raise MayNotEndLink
    if link.state == "ended":
        return link
    link.end(by=actor.person_id, at=tx.now)
    tx.emit(
        LinkEnded(
            link_id=link.id,
            agency_id=link.agency_id,
            company_id=link.company_id,
            ended_by=actor.person_id,
            ended_at=tx.now,
        ),
        of=link,
    )
    await record(tx, actor, "end_link", link.id)
    return link
