"""Send a link request anew."""

from uuid import UUID

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.clients.models import LinkRequest
from services.clients.requests import lock_sent, mail_request
from services.clients.trail import record


async def resend_link_request(tx: Tx, *, actor: Actor, request_id: UUID, recipients: tuple[UUID, ...]) -> LinkRequest:
    """Send a pending request anew: 168 hours from now, with new links; the old ones are dead (L9)."""
    request = await lock_sent(tx, actor, request_id)
    request.ensure_pending(at=tx.now)
    mail_request(tx, request, recipients)
    await record(tx, actor, "resend_link_request", request.id)
    return request
