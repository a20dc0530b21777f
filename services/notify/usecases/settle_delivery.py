"""Record what became of a delivery."""

from typing import Literal
from uuid import UUID

import msgspec

from libs.shared.database import Tx
from services.notify.events import delivery_settled
from services.notify.models import Delivery
from services.notify.queries import real_now

Result = Literal["sent", "failed", "refused", "unknown", "pointless"]


class Outcome(msgspec.Struct, frozen=True):
    """How a try ended. `reason` is a code of ours, never a server's words."""

    result: Result
    reason: str = ""


async def settle_delivery(tx: Tx, *, organisation_id: UUID, delivery_id: UUID, outcome: Outcome) -> Delivery:
    """Record a try, and tell others if it was the last; what was settled meanwhile stays as it is."""
    delivery = await tx.lock(Delivery, delivery_id, visible_to=organisation_id)
    if delivery.state != "due":
        return delivery
    match outcome.result:
        case "sent":
            delivery.is_sent(at=tx.now)
        case "failed":
            delivery.put_off(outcome.reason, real_now=await real_now(tx), at=tx.now)
        case "refused":
            delivery.attempts += 1
            delivery.give_up(outcome.reason, at=tx.now)
        case "unknown":
            delivery.wait(outcome.reason, real_now=await real_now(tx), at=tx.now)
        case "pointless":
            delivery.lapse(outcome.reason, at=tx.now)
    if delivery.state in ("sent", "given_up") and not delivery.is_personal:
        tx.emit(delivery_settled(delivery), of=delivery)
    return delivery
