"""Tell of the end of a link."""

from uuid import UUID

from fullmakt.events import LinkEnded, OrganisationKind

from libs.shared.database import Tx
from services.notify.models import Params
from services.notify.queries import administrators, organisation
from services.notify.usecases.queue_deliveries import queue_deliveries


async def tell_of_end(tx: Tx, *, event: LinkEnded) -> None:
    """Mail the administrators of both sides that their link has ended (L16, N2)."""
    params = Params(link_id=event.link_id, agency_id=event.agency_id, company_id=event.company_id, at=event.ended_at)
    sides: list[tuple[OrganisationKind, UUID]] = [("agency", event.agency_id), ("company", event.company_id)]
    for kind, organisation_id in sides:
        await tx.become(organisation_id)
        await organisation(tx, organisation_id)
        await queue_deliveries(
            tx,
            organisation_id=organisation_id,
            kind=kind,
            to=await administrators(tx, organisation_id, kind),
            template="link_ended",
            cause=f"link.ended:{event.link_id}",
            params=params,
        )
