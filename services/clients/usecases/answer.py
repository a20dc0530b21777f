"""Who may answer a request: an own system administrator of the company, now (L11)."""

from uuid import UUID

from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.clients.models import LinkRequest, NotOwnAdministrator


async def lock_received(tx: Tx, actor: Actor, request_id: UUID) -> LinkRequest:
    """The request that the actor's company got, locked; for a request that it sent itself, NotFound."""
    if SYSTEM_ADMINISTRATOR not in actor.roles:
        raise NotOwnAdministrator
    request = await tx.lock(LinkRequest, request_id, visible_to=actor.tenant)
    if request.company_id != actor.tenant:
        raise NotFound
    return request
