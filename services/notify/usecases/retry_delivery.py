"""Send again what was given up."""

from uuid import UUID

from libs.shared.audit import Entry
from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.notify.models import Delivery
from services.notify.queries import real_now, require_administrator


async def retry_delivery(tx: Tx, *, actor: Actor, delivery_id: UUID) -> Delivery:
    """Have a delivery that was given up sent again, at once; only the organisation's administrators may (N7)."""
    await require_administrator(tx, actor)
    delivery = await tx.lock(Delivery, delivery_id, visible_to=actor.tenant)
    delivery.retry(real_now=await real_now(tx))
    entry = Entry(
        tenant=actor.tenant,
        at=tx.now,
        actor=actor.caller.actor,
        on_behalf_of=actor.tenant,
        action="retry_delivery",
        thing=delivery.id,
        details={"person": str(delivery.person_id), "template": delivery.template},
    )
    await tx.record(entry, name=actor.name)
    return delivery
