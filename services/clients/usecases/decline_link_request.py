"""Decline a link request."""

from typing import Annotated
from uuid import UUID

import msgspec
from fullmakt.events import LinkRequestDeclined

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.clients.models import DECLINED, LinkRequest
from services.clients.requests import lock_received
from services.clients.trail import record


class DeclineLinkRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why not, if the company wants to say."""

    reason: Annotated[str, msgspec.Meta(max_length=500)] | None = None


async def decline_link_request(tx: Tx, *, actor: Actor, request_id: UUID, reason: str | None) -> LinkRequest:
    """Decline a pending request (L9); declining again what was declined shows what was done."""
    request = await lock_received(tx, actor, request_id)
    if request.state == DECLINED:
        return request
    request.decline(by=actor.person_id, reason=reason, at=tx.now)
    tx.emit(
        LinkRequestDeclined(
            link_request_id=request.id,
            agency_id=request.agency_id,
            company_id=request.company_id,
            requested_by=request.requested_by,
            declined_by=actor.person_id,
            declined_at=tx.now,
        ),
        of=request,
    )
    await record(tx, actor, "decline_link_request", request.id)
    return request
