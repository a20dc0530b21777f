"""Link requests as several use cases take them: locked for whoever may act on them, mailed, and ended by time."""

from uuid import UUID

from fullmakt.events import LinkRequestExpired, LinkRequestSent
from fullmakt.roles import SYSTEM_ADMINISTRATOR, is_agency_admin

from libs.shared.audit import Entry
from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import Conflict, NotFound
from libs.shared.trace import current_trace, tracing
from services.clients.models import LinkRequest, NotOwnAdministrator, NotTheSender


class NoOwnAdministrator(Conflict):
    """This company has no system administrator of its own who could approve; use the paper form instead."""


async def lock_received(tx: Tx, actor: Actor, request_id: UUID) -> LinkRequest:
    """The request that the actor's company got, locked, for an own system administrator of it to answer (L11).

    For another's request, or one that the organisation sent itself, NotFound, whatever the actor's roles.
    """
    request = await tx.lock(LinkRequest, request_id, visible_to=actor.tenant)
    if request.company_id != actor.tenant:
        raise NotFound
    if SYSTEM_ADMINISTRATOR not in actor.roles:
        raise NotOwnAdministrator
    return request


async def lock_sent(tx: Tx, actor: Actor, request_id: UUID) -> LinkRequest:
    """The request that the actor's agency sent, locked, for its sender or an admin of the agency (L9)."""
    request = await tx.lock(LinkRequest, request_id, visible_to=actor.tenant)
    if request.agency_id != actor.tenant:
        raise NotFound
    if actor.person_id != request.requested_by and not is_agency_admin(actor.roles):
        raise NotTheSender
    return request


def mail_request(tx: Tx, request: LinkRequest, recipients: tuple[UUID, ...]) -> None:
    """Have every own system administrator of the company mailed (L4), with 168 hours from now (L5)."""
    if not recipients:
        raise NoOwnAdministrator
    request.send(at=tx.now)
    request.traceparent = current_trace.get()
    tx.emit(
        LinkRequestSent(
            link_request_id=request.id,
            agency_id=request.agency_id,
            company_id=request.company_id,
            requested_by=request.requested_by,
            recipients=recipients,
            terms=request.agreed_terms,
            generation=request.generation,
            sent_at=request.sent_at,
            expires_at=request.expires_at,
        ),
        of=request,
    )


async def expire(tx: Tx, request: LinkRequest) -> None:
    """End a request whose time is over, and tell, in the trace of its sending."""
    request.expire(at=tx.now)
    expired = LinkRequestExpired(
        link_request_id=request.id,
        agency_id=request.agency_id,
        company_id=request.company_id,
        requested_by=request.requested_by,
        expired_at=request.expires_at,
    )
    with tracing(request.traceparent):
        tx.emit(expired, of=request)
    entry = Entry(tenant=request.agency_id, at=tx.now, actor="system", action="expire_link_request", thing=request.id)
    await tx.record(entry)
