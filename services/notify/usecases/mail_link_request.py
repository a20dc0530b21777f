"""Mail a link request."""

from fullmakt.events import LinkRequestSent

from libs.shared.database import Tx
from libs.shared.trace import current_trace
from services.notify.models import LinkRequest, Params
from services.notify.usecases.queue_deliveries import queue_deliveries


async def mail_link_request(tx: Tx, *, event: LinkRequestSent) -> None:
    """Mail every own administrator of the company, each with a link of their own (L4); anew for each generation."""
    await tx.session.merge(
        LinkRequest(
            id=event.link_request_id,
            agency_id=event.agency_id,
            company_id=event.company_id,
            requested_by=event.requested_by,
            recipients=list(event.recipients),
            generation=event.generation,
            state="pending",
            sent_at=event.sent_at,
            expires_at=event.expires_at,
            traceparent=current_trace.get(),
        )
    )
    await queue_deliveries(
        tx,
        organisation_id=event.company_id,
        kind="company",
        to=event.recipients,
        template="link_request",
        cause=f"link_request.sent:{event.link_request_id}:{event.generation}",
        params=Params(
            link_request_id=event.link_request_id,
            generation=event.generation,
            agency_id=event.agency_id,
            company_id=event.company_id,
        ),
    )
