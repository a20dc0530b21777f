"""Remind of link requests."""

from uuid import UUID

from sqlalchemy import func, select

from libs.shared.database import Database, Tx
from libs.shared.trace import tracing
from services.notify.models import REMIND_BEFORE, LinkRequest, Params
from services.notify.queries import administrators
from services.notify.usecases.queue_deliveries import queue_deliveries

BATCH = 200


async def remind_recipients(database: Database) -> None:
    """Remind of every pending link request that expires within 48 hours (N2), once for each generation."""
    async with database.begin(None) as tx:
        due = await tx.session.execute(select("*").select_from(func.link_requests_to_remind(REMIND_BEFORE, BATCH)))
        found = [(row.company_id, row.link_request_id) for row in due]
    for company_id, request_id in found:
        async with database.begin(company_id) as tx:
            await _remind(tx, company_id, request_id)


async def _remind(tx: Tx, company_id: UUID, request_id: UUID) -> None:
    """Remind those who were asked and are administrators still, in the trace of the request."""
    request = await tx.lock(LinkRequest, request_id, visible_to=company_id)
    if not request.is_to_be_reminded_of(at=tx.now):
        return
    request.reminded_generation = request.generation
    with tracing(request.traceparent):
        await queue_deliveries(
            tx,
            organisation_id=company_id,
            kind="company",
            to=set(request.recipients) & set(await administrators(tx, company_id, "company")),
            template="link_request_reminder",
            cause=f"link_request.reminder:{request.id}:{request.generation}",
            params=Params(
                link_request_id=request.id,
                generation=request.generation,
                agency_id=request.agency_id,
                company_id=company_id,
            ),
        )
