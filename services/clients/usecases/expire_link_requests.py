"""Expire link requests whose time is over."""

from sqlalchemy import text

from libs.shared.database import Database
from services.clients.models import PENDING, LinkRequest
from services.clients.requests import expire

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
