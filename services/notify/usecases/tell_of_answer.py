"""Tell of an answer to a link request."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fullmakt.events import LinkRequestAccepted, LinkRequestDeclined

from libs.shared.database import Tx
from services.notify.models import LinkRequest, Params
from services.notify.queries import administrators, is_member
from services.notify.usecases.post_notices import post_notices
from services.notify.usecases.queue_deliveries import queue_deliveries


async def tell_of_acceptance(tx: Tx, *, event: LinkRequestAccepted) -> None:
    """Tell the agency, and the company's other administrators, that a link request was accepted (N2)."""
    request = await tx.lock(LinkRequest, event.link_request_id, visible_to=event.agency_id)
    await _tell(tx, request, "accepted", acted_by=event.accepted_by, at=event.accepted_at)


async def tell_of_refusal(tx: Tx, *, event: LinkRequestDeclined) -> None:
    """Tell the agency, and the company's other administrators, that a link request was declined (N2).

    The reason is free text, which a mail may not keep: it is read in the product.
    """
    request = await tx.lock(LinkRequest, event.link_request_id, visible_to=event.agency_id)
    await _tell(tx, request, "declined", acted_by=event.declined_by, at=event.declined_at)


async def _tell(
    tx: Tx, request: LinkRequest, answer: Literal["accepted", "declined"], *, acted_by: UUID, at: datetime
) -> None:
    request.state = answer
    params = Params(
        link_request_id=request.id,
        agency_id=request.agency_id,
        company_id=request.company_id,
        acted_by=acted_by,
        at=at,
    )
    await tell_agency(tx, request, answer, params)
    await tx.become(request.company_id)
    await is_member(tx, request.company_id, acted_by)
    await queue_deliveries(
        tx,
        organisation_id=request.company_id,
        kind="company",
        to=set(await administrators(tx, request.company_id, "company")) - {acted_by},
        template=f"link_request_{answer}_by_colleague",
        cause=f"link_request.{answer}:{request.id}:{request.generation}",
        params=params,
    )


async def tell_agency(tx: Tx, request: LinkRequest, what: str, params: Params) -> None:
    """Mail the sender, if still of the agency, and the agency's admins, and tell them in the product."""
    await tx.become(request.agency_id)
    people = set(await administrators(tx, request.agency_id, "agency"))
    if await is_member(tx, request.agency_id, request.requested_by):
        people.add(request.requested_by)
    told = f"link_request_{what}"
    cause = f"link_request.{what}:{request.id}:{request.generation}"
    await queue_deliveries(
        tx, organisation_id=request.agency_id, kind="agency", to=people, template=told, cause=cause, params=params
    )
    await post_notices(tx, organisation_id=request.agency_id, to=people, kind=told, cause=cause, params=params)
