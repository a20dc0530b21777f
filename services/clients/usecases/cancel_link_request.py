"""Cancel or resend a link request."""

from uuid import UUID

from fullmakt.events import LinkRequestCancelled
from fullmakt.roles import is_agency_admin

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.clients.models import CANCELLED, LinkRequest, NotTheSender
from services.clients.usecases.send_link_request import mail_request, record


async def cancel_link_request(tx: Tx, *, actor: Actor, request_id: UUID) -> LinkRequest:
    """Take a pending request back (L9); its mailed links lead to that news."""
    request = await _lock_sent(tx, actor, request_id)
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


async def resend_link_request(tx: Tx, *, actor: Actor, request_id: UUID, recipients: tuple[UUID, ...]) -> LinkRequest:
    """Send a pending request anew: 168 hours from now, with new links; the old ones are dead (L9)."""
    request = await _lock_sent(tx, actor, request_id)
    request.ensure_pending(at=tx.now)
    mail_request(tx, request, recipients)
    await record(tx, actor, "resend_link_request", request.id)
    return request


async def _lock_sent(tx: Tx, actor: Actor, request_id: UUID) -> LinkRequest:
    request = await tx.lock(LinkRequest, request_id, visible_to=actor.tenant)
    if request.agency_id != actor.tenant:
        raise NotFound
    if actor.person_id != request.requested_by and not is_agency_admin(actor.roles):
        raise NotTheSender
    return request
