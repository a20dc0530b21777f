"""Close a link request that nobody answered."""

from fullmakt.events import LinkRequestCancelled, LinkRequestExpired

from libs.shared.database import Tx
from services.notify.models import LinkRequest, Params
from services.notify.usecases.tell_of_answer import tell_agency


async def close_cancelled(tx: Tx, *, event: LinkRequestCancelled) -> None:
    """Send nothing more of a request that the agency took back; nobody is told."""
    request = await tx.lock(LinkRequest, event.link_request_id, visible_to=event.agency_id)
    request.state = "cancelled"


async def close_expired(tx: Tx, *, event: LinkRequestExpired) -> None:
    """Tell the sender and the agency's admins that nobody answered (N2)."""
    request = await tx.lock(LinkRequest, event.link_request_id, visible_to=event.agency_id)
    request.state = "expired"
    params = Params(
        link_request_id=request.id, agency_id=request.agency_id, company_id=request.company_id, at=event.expired_at
    )
    await tell_agency(tx, request, "expired", params)
