"""Queue deliveries."""

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

from fullmakt.events import OrganisationKind
from sqlalchemy.dialects.postgresql import insert

from libs.shared.database import Tx
from libs.shared.trace import current_trace
from services.notify.models import Channel, Delivery, Params, id_of


async def queue_deliveries(
    tx: Tx,
    *,
    organisation_id: UUID,
    kind: OrganisationKind | Literal["person"],
    to: Iterable[UUID],
    template: str,
    cause: str,
    params: Params,
    channels: Sequence[Channel] = ("mail",),
) -> None:
    """Have these people written to on an organisation's behalf, each once for the cause (N7), in the present trace."""
    await tx.become(organisation_id)
    rows = [
        {
            "id": id_of(cause, person_id, channel),
            "organisation_id": organisation_id,
            "organisation_kind": kind,
            "person_id": person_id,
            "channel": channel,
            "template": template,
            "cause": cause,
            "params": params.stored(),
            "state": "due",
            "created_at": tx.now,
            "traceparent": current_trace.get(),
        }
        for person_id in sorted(set(to))
        for channel in channels
    ]
    if rows:
        await tx.session.execute(insert(Delivery).on_conflict_do_nothing(), rows)
