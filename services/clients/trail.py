"""What people do, noted in the audit trail."""

from uuid import UUID

from sqlalchemy import select

from libs.shared.audit import Entry
from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.clients.models import Person


async def record(tx: Tx, actor: Actor, action: str, thing: UUID) -> None:
    """Note in the trail of the actor's organisation what they did for it."""
    name: str | None = await tx.session.scalar(select(Person.name).where(Person.id == actor.person_id))
    entry = Entry(
        tenant=actor.tenant,
        at=tx.now,
        actor=actor.caller.actor,
        on_behalf_of=actor.tenant,
        action=action,
        thing=thing,
    )
    await tx.record(entry, name=name)
