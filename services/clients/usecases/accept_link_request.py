"""Accept a link request."""

from uuid import UUID

from fullmakt.events import LinkAccepted, LinkRequestAccepted

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.clients.models import ACCEPTED, Link, LinkRequest, Organisation
from services.clients.requests import lock_received
from services.clients.trail import record


async def accept_link_request(tx: Tx, *, actor: Actor, request_id: UUID) -> LinkRequest:
    """Accept a pending request: the agency may from now on be activated for the client.

    Accepting what a colleague accepted already changes nothing and shows what they did (L8).
    """
    request = await lock_received(tx, actor, request_id)
    if request.state == ACCEPTED:
        return request
    (await tx.get(Organisation, request.company_id, visible_to=request.company_id)).ensure_verified()
    link = request.accept(by=actor.person_id, at=tx.now)
    tx.add(link)
    tx.emit(_request_accepted(request, link), of=request)
    tx.emit(_link_accepted(request, link), of=link)
    await record(tx, actor, "accept_link_request", request.id)
    return request


def _request_accepted(request: LinkRequest, link: Link) -> LinkRequestAccepted:
    return LinkRequestAccepted(
        link_request_id=request.id,
        agency_id=request.agency_id,
        company_id=request.company_id,
        requested_by=request.requested_by,
        accepted_by=link.accepted_by,
        accepted_at=link.accepted_at,
        link_id=link.id,
    )


def _link_accepted(request: LinkRequest, link: Link) -> LinkAccepted:
    return LinkAccepted(
        link_id=link.id,
        link_request_id=request.id,
        agency_id=link.agency_id,
        company_id=link.company_id,
        accepted_by=link.accepted_by,
        accepted_at=link.accepted_at,
        terms=request.agreed_terms,
    )
