"""Expire link requests whose time is over."""

from fullmakt.events import LinkRequestExpired
from sqlalchemy import text

from libs.shared.audit import Entry
from libs.shared.database import Database, Tx
from services.clients.models import PENDING, LinkRequest

DUE = text("SELECT agency_id, id FROM due_link_requests(:now)")


async def expire_link_requests(database: Database) -> None:
    """End what nobody answered within 168 hours, one request a transaction; missed or doubled, it does no harm."""
    async with database.begin(None) as tx:
        due = list(await tx.session.execute(DUE, {"now": tx.now}))
    for agency_id, request_id in due:
        async with database.begin(agency_id) as tx:
            request = await tx.lock(LinkRequest, request_id, visible_to=agency_id)
            if request.state == PENDING and request.expires_at <= tx.now:
                await expire(tx, request)


async def expire(tx: Tx, request: LinkRequest) -> None:
    """End a request whose time is over, and tell."""
    request.expire(at=tx.now)
    tx.emit(
        LinkRequestExpired(
            link_request_id=request.id,
            agency_id=request.agency_id,
            company_id=request.company_id,
            requested_by=request.requested_by,
            expired_at=request.expires_at,
        ),
        of=request,
    )
    entry = Entry(tenant=request.agency_id, at=tx.now, actor="system", action="expire_link_request", thing=request.id)
    await tx.record(entry)
