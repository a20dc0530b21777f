"""What several use cases note of what people do with their own sign-in: in a trail of their own."""

from typing import Any, Protocol
from uuid import UUID

from libs.shared.audit import Entry
from libs.shared.database import Tx


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
