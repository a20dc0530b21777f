"""Copy a person, or forget them."""

from uuid import UUID

from fullmakt.events import PersonChanged
from sqlalchemy import select

from libs.shared.database import Tx
from libs.shared.erasure import forget_person
from services.notify.events import delivery_settled
from services.notify.models import Delivery, Person

ERASED = "erased"


async def copy_person(tx: Tx, *, event: PersonChanged) -> None:
    """Keep how to reach a person, as themselves; of an erased one the id alone stays."""
    await tx.session.merge(
        Person(
            id=event.person_id,
            name=event.name,
            email=event.email,
            mobile=event.mobile,
            language=event.language,
            time_zone=event.time_zone,
            pending_email=event.pending_email,
            email_change_id=event.email_change_id,
            erased=event.erased,
        )
    )
    if event.erased:
        await _forget(tx, event.person_id)


async def _forget(tx: Tx, person_id: UUID) -> None:
    """Give up what is open to an erased person, and delete what the audit trail and stored answers say by name."""
    still_open = select(Delivery).where(Delivery.person_id == person_id, Delivery.state == "due").order_by(Delivery.id)
    for delivery in await tx.session.scalars(still_open.with_for_update()):
        delivery.give_up(ERASED, at=tx.now)
        if not delivery.is_personal:
            tx.emit(delivery_settled(delivery), of=delivery)
    await forget_person(tx, person_id)
