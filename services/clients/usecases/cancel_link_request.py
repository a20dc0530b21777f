"""Cancel a link request."""

from uuid import UUID

from fullmakt.events import LinkRequestCancelled

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.clients.models import CANCELLED, LinkRequest
from services.clients.requests import lock_sent
from services.clients.trail import record


async def cancel_link_request(tx: Tx, *, actor: Actor, request_id: UUID) -> LinkRequest:
    """Take a pending request back (L9); its mailed links lead to that news."""
    request = await lock_sent(tx, actor, request_id)
    if request.state == CANCELLED:
        return request
    request.cancel(by=actor.person_id, at=tx.now)
    tx.emit(
        LinkRequestCancelled(
            link_request_id=request.id,
            agency_id=request.agency_id,
            company_id=request.company_id,
            cancelled_by=actor.person_id,
            cancelled_at=tx.now,
        ),
        of=request,
    )
    await record(tx, actor, "cancel_link_request", request.id)
    return request
