"""What several use cases note: of people's own sign-in in a trail of their own, of organisations in theirs."""

from typing import Any, Protocol
from uuid import UUID

from libs.shared.audit import Entry
from libs.shared.auth import Actor
from libs.shared.database import Database, Tx


class Named(Protocol):
    """A person, or what was read of one."""

    @property
    def id(self) -> Any:
        """Who it is."""

    @property
    def name(self) -> Any:
        """For the trail, where it can be erased."""


async def record_own(tx: Tx, person: Named, action: str, *, thing: UUID | None = None, **details: Any) -> None:
    """Note it in the person's trail; runs with them as tenant. `thing`: the person if nothing else."""
    entry = Entry(tenant=person.id, at=tx.now, actor=tx.actor, action=action, thing=thing or person.id, details=details)
    await tx.record(entry, name=person.name if tx.actor == f"person:{person.id}" else None)


async def record_refused(database: Database, person_id: UUID, action: str, *, reason: str, actor: str) -> None:
    """Note in a person's trail what was refused to somebody who came as far as only that person should come.

    A transaction of its own: that of the refusal is undone. `actor`: `system`, as long as nobody knows who it was.
    """
    async with database.begin(person_id, actor=actor) as tx:
        entry = Entry(
            tenant=person_id, at=tx.now, actor=actor, action=action, thing=person_id, outcome="refused", reason=reason
        )
        await tx.record(entry)


async def record_at(tx: Tx, actor: Actor, action: str, *, tenant: UUID, thing: UUID, **details: Any) -> None:
    """Note in an organisation's trail what was done there, and for whom; runs as the organisation."""
    entry = Entry(
        tenant=tenant,
        at=tx.now,
        actor=actor.caller.actor,
        on_behalf_of=actor.on_behalf_of or actor.tenant,
        action=action,
        thing=thing,
        details=details,
    )
    await tx.record(entry, name=actor.name)


async def record_administered(tx: Tx, actor: Actor, action: str, *, thing: UUID, **details: Any) -> None:
    """Note what was done to the organisation; by an agency's person it is noted in the agency's trail too: where."""
    await record_at(tx, actor, action, tenant=actor.tenant, thing=thing, **details)
    if actor.on_behalf_of is not None:
        await tx.become(actor.on_behalf_of)
        await record_at(tx, actor, action, tenant=actor.on_behalf_of, thing=thing, company=str(actor.tenant))
        await tx.become(actor.tenant)
